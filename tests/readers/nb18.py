"""Answers of readers to the exercises of page 18."""

import math

import numpy as np
from scipy import special, stats


def occluded(cover, after=lambda R: R):
    """Return an answer that covers a copy by cover(y, i, j, q, v)."""
    def answer(score, x, q, v):
        R = np.zeros((x.shape[0] - q + 1, x.shape[1] - q + 1))
        for i, j in np.ndindex(R.shape):
            y = x.copy()
            cover(y, i, j, q, v)
            R[i, j] = score(x) - score(y)
        return after(R)
    return answer


def set_part(rows, columns=None):
    """Return a cover of the slices rows(i, q) and columns(j, q), alike by default."""
    def cover(y, i, j, q, v):
        y[rows(i, q), (columns or rows)(j, q)] = v
    return cover


def whole(i, q):
    return slice(i, i + q)


def uncovered_again(score, x, q, v):
    R, x = np.empty((x.shape[0] - q + 1, x.shape[1] - q + 1)), x.copy()
    for i, j in np.ndindex(R.shape):
        before, kept = score(x), x[i:i + q, j:j + q].copy()
        x[i:i + q, j:j + q] = v
        R[i, j] = before - score(x)
        x[i:i + q, j:j + q] = kept
    return R


def strides_of_q(score, x, q, v):
    R = np.zeros((x.shape[0] - q + 1, x.shape[1] - q + 1))
    for i in range(0, R.shape[0], q):
        for j in range(0, R.shape[1], q):
            y = x.copy()
            y[i:i + q, j:j + q] = v
            R[i, j] = score(x) - score(y)
    return R


def walked(place, parts=range):
    """Return an answer with slopes at place(k, m, x, b)."""
    def answer(gradient, x, b, m):
        return (x - b) * sum(gradient(place(k, m, x, b)) for k in parts(m)) / m
    return answer


def calibrated(place, confidence=lambda P, u: P.max(axis=1),
               right=lambda P, u: P.argmax(axis=1) == u):
    """Return an ECE over the bins that place(c, B) names."""
    def answer(P, u, B):
        c, hit = confidence(P, u), right(P, u)
        k = place(c, B)
        return sum((k == j).mean() * abs(hit[k == j].mean() - c[k == j].mean())
                   for j in np.unique(k))
    return answer


def calibrated_by_histograms(P, u, B):
    c, hit = P.max(axis=1), (P.argmax(axis=1) == u) * 1.0
    sums = [np.histogram(c, B, (0, 1), weights=w)[0] for w in (hit, c)]
    return np.abs(sums[0] - sums[1]).sum() / len(u)


def calibrated_by_statistics(P, u, B):
    c, hit = P.max(axis=1), (P.argmax(axis=1) == u) * 1.0
    hits, sums = stats.binned_statistic(-c, [hit, c], "sum", B, (-1, 0))[0]
    return np.abs(hits - sums).sum() / len(u)


def calibrated_in_python(P, u, B):
    total = 0
    for k in range(B):
        inside = [(max(p), list(p).index(max(p)) == label)
                  for p, label in zip(P, u, strict=True) if k / B < max(p) <= (k + 1) / B]
        total += abs(sum(hit - p for p, hit in inside))
    return total / len(u)


def heated(power, shared=lambda E: E / E.sum(axis=1, keepdims=True)):
    return lambda Z, T: shared(power(Z, T))


def heated_in_python(Z, T):
    rows = []
    for z in Z:
        powers = [math.exp((value - max(z)) / T) for value in z]
        rows.append([power / sum(powers) for power in powers])
    return rows


def largest(Z):
    return Z.max(axis=1, keepdims=True)


RIGHT = [
    ("18.occlusion_map", uncovered_again),
    ("18.occlusion_map", occluded(set_part(whole), lambda R: R.tolist())),
    ("18.occlusion_map", occluded(set_part(whole), np.float32)),
    ("18.integrated_gradients", walked(lambda k, m, x, b: b + (k + 0.5) / m * (x - b))),
    ("18.integrated_gradients", walked(lambda k, m, x, b: x + (k + 0.5) / m * (b - x))),
    ("18.grad_cam", lambda A, slopes: np.maximum(np.einsum(
        "ijk,k", A, slopes.mean((0, 1))), 0)),
    ("18.fgsm", lambda gradient, x, eps: np.where(
        gradient(x) > 0, np.minimum(x + eps, 1),
        np.where(gradient(x) < 0, np.maximum(x - eps, 0), x))),
    ("18.expected_calibration_error", calibrated(lambda c, B: np.ceil(c * B))),
    ("18.expected_calibration_error", calibrated(
        lambda c, B: np.digitize(c, np.linspace(0, 1, B + 1), right=True))),
    ("18.expected_calibration_error", calibrated_by_statistics),
    ("18.expected_calibration_error", calibrated_in_python),
    ("18.with_temperature", heated_in_python),
    ("18.with_temperature", heated(lambda Z, T: np.exp((Z - largest(Z)) / T))),
    ("18.with_temperature", lambda Z, T: np.exp(
        Z / T - np.logaddexp.reduce(Z / T, axis=1, keepdims=True))),
]

WRONG = [
    ("18.occlusion_map", occluded(set_part(lambda i, q: slice(i, i + q - 1))),
     "q - 1 wide"),
    ("18.occlusion_map", occluded(set_part(lambda i, q: slice(i, q))),
     "must end at i + q"),
    ("18.occlusion_map", occluded(set_part(
        lambda i, q: slice(max(0, i - q // 2), i + q // 2 + 1))), "its middle at (i, j)"),
    ("18.occlusion_map", strides_of_q, "side by side"),
    ("18.occlusion_map", occluded(set_part(whole), np.abs), "Keep its sign"),
    ("18.occlusion_map", occluded(set_part(whole, lambda j, q: slice(None))),
     "expected"),
    ("18.integrated_gradients", walked(
        lambda k, m, x, b: b + (k + 1 / 2 / m) * (x - b)), "Python divides first"),
    ("18.integrated_gradients", walked(
        lambda k, m, x, b: x + (k + 0.5) / m * (x - b)), "starts at x"),
    ("18.integrated_gradients", walked(
        lambda k, m, x, b: b + (k + 0.5) / (m * (x - b))), "The fraction ends at m"),
    ("18.integrated_gradients", walked(
        lambda k, m, x, b: b + (k + 0.5) / m * (x - b), lambda m: range(m - 1)),
     "parts is missing"),
    ("18.grad_cam", lambda A, slopes: np.maximum(
        np.maximum(A, 0) @ slopes.mean((0, 1)), 0), "You cut the maps"),
    ("18.fgsm", lambda gradient, x, eps: x + np.clip(gradient(x), -eps, eps),
     "cut at eps"),
    ("18.fgsm", lambda gradient, x, eps: x + np.clip(eps * np.sign(gradient(x)), 0, 1),
     "Clip the sum"),
    ("18.fgsm", lambda gradient, x, eps: np.clip(x + np.sign(eps * gradient(x)), 0, 1),
     "eps is lost"),
    ("18.expected_calibration_error", calibrated(
        lambda c, B: np.minimum(np.floor(c * B), B - 1)), "upper end is included"),
    ("18.expected_calibration_error", calibrated_by_histograms, "upper end is included"),
    ("18.expected_calibration_error", calibrated(lambda c, B: np.floor(c * B)),
     "a bin of its own"),
    ("18.expected_calibration_error", calibrated(lambda c, B: np.ceil(c * 10)),
     "10 bins whatever B is"),
    ("18.expected_calibration_error", calibrated(lambda c, B: np.round(c * B)),
     "shifted by half"),
    ("18.expected_calibration_error", calibrated(
        lambda c, B: np.digitize(c, np.linspace(0, 1, B))), "B + 1"),
    ("18.expected_calibration_error", calibrated(
        lambda c, B: np.ceil(c * B), lambda P, u: P.ravel(),
        lambda P, u: (np.arange(P.shape[1]) == u[:, None]).ravel()),
     "one confidence per image"),
    ("18.with_temperature", heated(lambda Z, T: np.exp((Z - largest(Z)) / T),
                                   lambda E: E / E.sum()), "Each row has to"),
    ("18.with_temperature", heated(lambda Z, T: np.exp(Z / T), lambda E: E / np.sum(E)),
     "Each row has to"),
    ("18.with_temperature", heated(lambda Z, T: np.exp(np.clip(Z / T, -700, 700))),
     "cut or replaced"),
    ("18.with_temperature", lambda Z, T: special.softmax(np.clip(Z, -50, 50) / T, axis=1),
     "cut or replaced"),
    ("18.with_temperature", lambda Z, T: np.nan_to_num(heated(
        lambda Z, T: np.exp(Z / T))(Z, T)), "cut or replaced"),
    ("18.with_temperature", heated(lambda Z, T: np.exp(Z - largest(Z) / T)), "Brackets"),
]
