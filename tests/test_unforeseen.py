"""Answers that readers of the pages wrote: right ones pass, wrong ones get fair words.

Those of later pages stand in tests/readers, one file a page.
"""

import runpy
from functools import reduce
from pathlib import Path

import numpy as np
import pytest
import skimage as ski
from scipy import ndimage as ndi
from scipy import signal

from course_utils import load_exercises

READERS = sorted((Path(__file__).parent / "readers").glob("nb[0-9][0-9].py"))
SETS = {page: load_exercises(page) for page in
        ("01", "02", "03", "04", *(path.stem[2:] for path in READERS))}


def judge(name, answer):
    """Return the verdict on an answer to the exercise called "page.name"."""
    page, exercise = name.split(".")
    return getattr(SETS[page], exercise).judge(answer)


def pixel_by_pixel(f, g):
    out = np.zeros(f.shape, np.uint8)
    for i in range(f.shape[0]):
        for j in range(f.shape[1]):
            out[i, j] = min(255, int(f[i, j]) + int(g[i, j]))
    return out


def level_by_level(f, mask):
    p = np.bincount(f[mask], minlength=256) / mask.sum()
    out = np.zeros_like(f)
    for r in range(256):
        out[f == r] = round(255 * p[:r + 1].sum())
    return out


def last_of_the_modes(counts):
    levels = np.arange(len(counts))
    mean = np.average(levels, weights=counts)
    variance = np.average((levels - mean) ** 2, weights=counts)
    return [mean, variance ** 0.5, np.flatnonzero(counts == counts.max())]


def by_bisection(q, k, centre, radius):
    out = []
    for place in q:
        d = place - centre
        low, high = 0.0, 1.1
        for _ in range(60):
            r = (low + high) / 2
            low, high = (r, high) if r + k * r ** 3 < np.hypot(*d) / radius else (low, r)
        out.append(centre + d / (1 + k * low ** 2))
    return out


def scattered(f, h):
    K, L = h.shape[0] // 2, h.shape[1] // 2
    g = np.zeros((f.shape[0] + 2 * K, f.shape[1] + 2 * L))
    for k in range(h.shape[0]):
        for l in range(h.shape[1]):
            g[k:k + f.shape[0], l:l + f.shape[1]] += h[k, l] * f
    return g[K:K + f.shape[0], L:L + f.shape[1]]


def by_pseudo_inverse(p, q):
    (x, y), (u, v), one, zero = p.T, q.T, np.ones(len(p)), np.zeros(len(p))
    A = np.vstack([np.stack([x, y, one, zero, zero, zero, -u * x, -u * y], 1),
                   np.stack([zero, zero, zero, x, y, one, -v * x, -v * y], 1)])
    return np.append(np.linalg.pinv(A) @ np.append(u, v), 1).reshape(3, 3)


def looked_up(f, H, shape, inside=None, rounded=np.rint, **options):
    v, u = np.mgrid[:shape[0], :shape[1]]
    x, y, w = np.einsum("ab,bij->aij", np.linalg.inv(H), np.stack([u, v, np.ones(shape)]))
    if options:
        return ndi.map_coordinates(f, [y / w, x / w], **options)
    here = inside(x / w, y / w, *f.shape)
    out = np.zeros(shape)
    out[here] = f[rounded(y[here] / w[here]).astype(int),
                  rounded(x[here] / w[here]).astype(int)]
    return out


def fill_in_loops(g, S):
    out, r = g.copy(), S // 2
    M, N = g.shape
    for y in range(M):
        for x in range(N):
            if g[y, x] == 0 or g[y, x] == 1:
                good = [g[j, i] for j in range(y - r, y + r + 1)
                        for i in range(x - r, x + r + 1)
                        if 0 <= j < M and 0 <= i < N and 0 < g[j, i] < 1]
                if good:
                    out[y, x] = np.mean(good)
    return out


def shrink_as_complex(d, t):
    z = d[0] + 1j * d[1]
    length = np.abs(z)
    z = np.where(length > t, z * (1 - t / np.where(length > 0, length, 1)), 0)
    return np.array([z.real, z.imag])


def never_left_of_zero(g, S):
    out, r = g.copy(), S // 2
    for y in range(g.shape[0]):
        for x in range(g.shape[1]):
            if g[y, x] in (0, 1):
                w = g[y - r:y + r + 1, x - r:x + r + 1]
                v = w[(w > 0) & (w < 1)]
                if v.size:
                    out[y, x] = v.mean()
    return out


def centred_by_fftshift(f, h):
    (M, N), (m, n) = f.shape, h.shape
    p = np.zeros(f.shape)
    y, x = M // 2 - m // 2, N // 2 - n // 2
    p[y:y + m, x:x + n] = h / h.sum()
    return np.fft.ifft2(np.fft.fft2(np.fft.fftshift(p)) * np.fft.fft2(f)).real


def keeps_the_short(d, t):
    r = np.sqrt(d[0]**2 + d[1]**2)
    with np.errstate(all="ignore"):
        return np.where(r > t, d * (1 - t / r), d)


RIGHT = [
    ("04.psnr_bytes", lambda f, g: np.inf if (f == g).all() else 10 * np.log10(
        1 / np.mean((ski.util.img_as_float(f) - ski.util.img_as_float(g)) ** 2))),
    ("04.fill_holes", fill_in_loops),
    ("04.notch_weight", lambda g, eta: 0 if eta.var() == 0 else float(
        np.polynomial.Polynomial.fit(eta.ravel(), g.ravel(), 1).convert().coef[1])),
    ("04.blur", lambda f, h: signal.convolve2d(
        np.pad(f, [(k // 2, k // 2) for k in h.shape], mode="wrap"), h / h.sum(),
        mode="valid")),
    ("04.wiener_spectra", lambda g, H, S_f, S_eta: np.real(np.fft.ifft2(
        np.fft.fft2(g) * H.conj() / (H.real**2 + H.imag**2 + S_eta / S_f)))),
    ("04.shrink", shrink_as_complex),
    ("01.add_clipped", pixel_by_pixel),
    ("01.add_clipped", lambda f, g: np.clip(np.add(f, g, dtype=np.uint16), 0, 255
                                            ).astype(np.uint8)),
    ("01.add_clipped", lambda f, g: np.rint(255 * np.minimum(
        ski.util.img_as_float(f) + ski.util.img_as_float(g), 1)).astype(np.uint8)),
    ("01.equalise_inside", level_by_level),
    ("01.equalise_inside", lambda f, mask: np.rint(255 * np.cumsum(np.bincount(
        f[mask], minlength=256) / mask.sum())).astype(np.uint8)[f]),
    ("01.equalise_inside", lambda f, mask: (255 * np.cumsum(np.bincount(
        f[mask], minlength=256)) / mask.sum() + 0.5).astype(np.uint8)[f]),
    ("01.histogram_statistics", last_of_the_modes),
    ("01.crop", lambda f, x, y, width, height: [row[x:x + width]
                                                for row in f[y:y + height]]),
    ("02.convolve", lambda f, h: ndi.correlate(1.0 * f, h[::-1, ::-1],
                                               mode="constant")),
    ("02.gaussian_kernel", lambda sigma, radius: ndi.gaussian_filter(np.pad(
        [[1.0]], radius), sigma, radius=radius, mode="constant")),
    ("03.compose", lambda matrices: reduce(lambda a, b: b @ a, matrices)),
    ("02.convolve", scattered),
    ("02.swap_phase", lambda f, g: np.fft.irfft2(np.abs(np.fft.rfft2(f)) * np.exp(
        1j * np.angle(np.fft.rfft2(g))), f.shape)),
    ("02.idft2", lambda F: np.conj(np.fft.fft2(np.conj(F))) / F.size),
    ("02.low_pass_mask", lambda shape, radius: np.fft.fftfreq(shape[0])[:, None] ** 2
     + np.fft.fftfreq(shape[1]) ** 2 <= radius ** 2),
    ("03.fit_homography", by_pseudo_inverse),
    ("03.fit_homography", lambda p, q: (lambda H: H / H[2, 2])(
        ski.transform.ProjectiveTransform.from_estimate(p, q).params)),
    ("03.undistort_points", by_bisection),
    ("03.warp_nearest", lambda f, H, shape: looked_up(
        f, H, shape, order=0, mode="grid-constant")),
    ("03.warp_nearest", lambda f, H, shape: looked_up(
        f, H, shape, lambda x, y, M, N: (abs(2 * x - N + 1) < N) & (
            abs(2 * y - M + 1) < M))),
    ("04.blur", lambda f, h: signal.convolve2d(f, h / h.sum(), mode="same",
                                               boundary="wrap")),
    ("04.psnr_bytes", lambda f, g: ski.metrics.peak_signal_noise_ratio(f, g)),
]


def cut_fractions(f, x, y, width, height):
    out = np.zeros((height, width), np.uint8)
    for i in range(height):
        for j in range(width):
            out[i, j] = int(f[y + i, x + j])
    return out


def popping(frames):
    mean, k = frames.pop(0).astype(float), 1
    for frame in frames:
        k += 1
        mean = mean + (frame - mean) / k
    return mean


def one_way_out(H, f, g):
    if np.allclose(H(2 * f - 3 * g), 2 * H(f) - 3 * H(g)):
        return True


def in_place(matrices):
    H = matrices[0]
    for matrix in matrices[1:]:
        H[:] = matrix @ H
    return H


def solved_by_four(pick):
    def answer(p, q):
        chosen = pick(len(p))
        (x, y), (u, v) = p[chosen].T, q[chosen].T
        one, zero = np.ones(4), np.zeros(4)
        A = np.vstack([np.stack([x, y, one, zero, zero, zero, -u * x, -u * y], 1),
                       np.stack([zero, zero, zero, x, y, one, -v * x, -v * y], 1)])
        return np.append(np.linalg.solve(A, np.append(u, v)), 1).reshape(3, 3)
    return answer


def repeated(steps, by_ratio=False):
    def answer(q, k, centre, radius):
        d = (q - centre) / radius
        seen = np.hypot(*d.T)[:, None]
        r = seen
        for _ in range(steps):
            r = seen / (1 + k * r ** 2)
        return centre + radius * d * (r / seen if by_ratio else 1 / (1 + k * r ** 2))
    return answer


def windowed(f, h, border):
    windows = np.lib.stride_tricks.sliding_window_view(
        np.pad(f, [(size // 2, size // 2) for size in h.shape], mode=border), h.shape)
    return (windows * h).sum(axis=(2, 3))


WRONG = [
    ("04.psnr_bytes", lambda f, g: np.inf if (f == g).all() else 10 * np.log10(
        255**2 / np.mean((ski.util.img_as_float(f) - ski.util.img_as_float(g)) ** 2)),
     "kept the peak 255"),
    ("04.psnr_bytes", lambda f, g: -10 * np.log10(np.mean((f - g) ** 2)), "two changes"),
    ("04.fill_holes", never_left_of_zero, "starts below 0"),
    ("04.fill_holes", lambda g, S: np.where((g == 0) | (g == 1), ndi.median_filter(g, S),
                                            g), "median of the whole window"),
    ("04.notch_weight", lambda g, eta: 0 if eta.var() == 0 else np.cov(g, eta)[0, 1]
     / eta.var(), "each row"),
    ("04.blur", centred_by_fftshift, "ifftshift"),
    ("04.blur", lambda f, h: signal.fftconvolve(f, h / h.sum(), mode="same"),
     "outside as black"),
    ("04.wiener_spectra", lambda g, H, S_f, S_eta: np.conj(H) * S_f / (
        np.abs(H)**2 * S_f + S_eta) * np.fft.fft2(g), "np.fft.ifft2"),
    ("04.shrink", keeps_the_short, "shorter than t become 0"),
    ("02.convolve", lambda f, h: windowed(f, h, "edge"), "Two things"),
    ("02.convolve", lambda f, h: windowed(f, h, "constant"), "flip the kernel"),
    ("02.convolve", lambda f, h: signal.convolve2d(f, h)[:f.shape[0], :f.shape[1]],
     "half a kernel"),
    ("02.gradient_norm", lambda f: np.hypot(*np.gradient(f)), "asks for 0"),
    ("02.gaussian_kernel", lambda sigma, radius: (lambda h: h / h.sum())(np.exp(
        -np.add.outer(*[np.arange(-radius, radius + 1) ** 2] * 2) / 2 * sigma ** 2)),
     "Brackets"),
    ("02.idft2", lambda F: np.fft.ifft2(F) * F.shape[1], "one of M and N only"),
    ("02.log_spectrum", lambda f: np.fft.fftshift(np.log2(1 + np.abs(np.fft.fft2(f)))),
     "another base"),
    ("02.swap_phase", lambda f, g: np.fft.ifft2(np.abs(np.fft.fft2(f)) * np.exp(
        1j * np.arctan(np.fft.fft2(g).imag / np.fft.fft2(g).real))).real, "off by pi"),
    ("02.swap_phase", lambda f, g: np.fft.ifft2(np.abs(np.fft.fft2(f)) * np.exp(
        1j * np.angle(np.fft.fft2(g)))), "complex type"),
    ("02.low_pass_mask", lambda shape, radius: (np.hypot(
        np.linspace(-0.5, 0.5, shape[1]), np.linspace(-0.5, 0.5, shape[0])[:, None])
        <= radius) * 1, "np.fft.fftfreq"),
    ("03.turn_about", lambda x, y, degrees: getattr(
        SETS["03"], "turn_about").reference(x, y, np.deg2rad(degrees)), "twice"),
    ("03.compose", in_place, "matrices[0].copy()"),
    ("03.compose", lambda matrices: matrices[-1] @ matrices[0], "first and the last"),
    ("03.warp_nearest", lambda f, H, shape: looked_up(f, H, shape, order=0),
     "round first, then test"),
    ("03.warp_nearest", lambda f, H, shape: looked_up(
        f, H, shape, lambda x, y, M, N: (x >= 0) & (y >= 0) & (x < N) & (y < M)),
     "Round first"),
    ("03.fit_homography", solved_by_four(lambda K: np.arange(4)), "only four"),
    ("03.fit_homography", solved_by_four(
        lambda K: np.linspace(0, K - 1, 4).astype(int)), "only four"),
    ("03.fit_homography", solved_by_four(
        lambda K: np.random.default_rng(5).permutation(K)[:4]), "not yet"),
    ("03.undistort_points", repeated(10), "not enough"),
    ("03.undistort_points", repeated(100, by_ratio=True), "0 / 0"),
    ("03.reprojection_error", lambda H, p, q: np.std((lambda moved: moved[:, :2]
     / moved[:, 2:])(np.column_stack([p, np.ones(len(p))]) @ H.T) - q), "np.std"),
    ("01.crop", cut_fractions, "in an array of integers"),
    ("01.crop", lambda f, x, y, width, height: f[-y - height:-y or None, x:x + width],
     "from the bottom"),
    ("01.is_linear", lambda H, f, g: np.allclose(H(2 * f - g), 2 * H(f) - H(g)),
     "add up to 1"),
    ("01.is_linear", one_way_out, "meets no `return`"),
    ("01.is_linear", lambda H, f, g: np.abs(H(2 * f - 3 * g) - 2 * H(f) + 3 * H(g)).max(),
     "expected True or False"),
    ("01.is_linear", lambda H, f, g: (H(f + g) - H(f) - H(g)).max() < 1e-6, "not yet"),
    ("01.is_linear", lambda H, f, g: np.abs(H(2 * f - 3 * g) - 2 * H(f) + 3 * H(g)
                                            ).max() < 0.5, "not yet"),
    ("01.is_linear", lambda H, f, g: np.allclose(H(f), H(f)), "nothing is compared"),
    ("01.running_mean", popping, "changes its input `frames`"),
    ("01.gamma_lut", lambda gamma: (255 * np.arange(256) ** gamma).astype(np.uint8),
     "Divide by 255 first"),
    ("01.histogram_statistics",
     lambda counts: (np.average(np.arange(len(counts)), weights=counts),
                     np.average((np.arange(len(counts)) - np.average(
                         np.arange(len(counts)), weights=counts)) ** 2, weights=counts),
                     counts.max()), "is the variance"),
    ("02.convolve", lambda f, h: signal.convolve2d(f, h.T[::-1, ::-1], mode="same"),
     "transposed"),
    ("03.enlarge", lambda f, k: ski.transform.resize(f, (k * len(f), k * f.shape[1])),
     "mirrored the image"),
    ("03.enlarge", lambda f, k: ndi.zoom(f, k, order=1, grid_mode=True), "too dark"),
    ("03.compose", lambda matrices: matrices.reverse() or np.linalg.multi_dot(matrices),
     "changes its input"),
    ("03.warp_nearest", lambda f, H, shape: ski.transform.warp(
        f, H, output_shape=shape, order=0), "H itself"),
    ("03.fit_homography", lambda p, q: ski.transform.ProjectiveTransform.from_estimate(
        q, p).params, "moves q to p"),
    ("04.shrink", lambda d, t: np.maximum(d - t, 0), "direction stays"),
    ("04.blur", lambda f, h: ndi.convolve(f, h), "Two things"),
    ("01.equalise_inside", lambda f, mask: (255 * np.bincount(
        f[mask], minlength=256).cumsum() / mask.sum())[f], "still floats"),
]


for _path in READERS:
    _answers = runpy.run_path(str(_path))
    RIGHT += _answers["RIGHT"]
    WRONG += _answers["WRONG"]


@pytest.mark.parametrize(("name", "answer"), RIGHT)
def test_right_in_the_style_of_a_reader(name, answer):
    verdict = judge(name, answer)
    assert verdict.kind == "right", verdict.text


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(("name", "answer", "words"), WRONG)
def test_wrong_in_the_style_of_a_reader(name, answer, words):
    verdict = judge(name, answer)
    assert verdict.kind != "right"
    assert words in verdict.text
