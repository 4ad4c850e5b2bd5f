"""Answers of readers to the exercises of page 07."""

import math
from collections import deque
from fractions import Fraction

import numpy as np
import skimage as ski
from scipy import ndimage as ndi
from sklearn.metrics import jaccard_score

from course_utils import load_exercises

EX = load_exercises("07")


# --- Dice and mean IoU -------------------------------------------------------------------

def dice_of_places(A, B):
    a, b = (set(zip(*np.nonzero(mask), strict=True)) for mask in (A, B))
    return 2 * len(a & b) / (len(a) + len(b)) if a or b else 1


def dice_from_iou(A, B):
    union = np.logical_or(A, B).sum()
    J = np.logical_and(A, B).sum() / union if union else 1.0
    return np.float32(2 * J / (1 + J))


def dice_unless_empty(A, B):
    if not A.any() and not B.any():
        return True
    return 2 * (A * B).sum() / (A.sum() + B.sum())


def iou_with_nan(t, p, K):
    with np.errstate(all="ignore"):
        values = [np.float32(((t == k) & (p == k)).sum())
                  / np.float32(((t == k) | (p == k)).sum()) for k in range(1, K + 1)]
    return 1 if np.isnan(values).all() else np.nanmean(values)


def iou_from_table(t, p, K):
    C = np.zeros((256, 256))
    for a, b in zip(t.ravel().tolist(), p.ravel().tolist(), strict=True):
        C[a, b] += 1
    common = np.diag(C)
    union = (C.sum(0) + C.sum(1) - common)[1:K + 1]
    keep = union > 0
    return float((common[1:K + 1][keep] / union[keep]).mean()) if keep.any() else 1.0


def iou_ignoring_high_labels(t, p, K):
    """Leave out pixels whose label is no class, as many programs do."""
    good = (t <= K) & (p <= K)
    present = [k for k in range(1, K + 1) if k in t[good] or k in p[good]]
    return jaccard_score(t[good], p[good], labels=present,
                         average="macro") if present else 1


def iou_in_lists(t, p, K):
    t, p, scores = t.ravel().tolist(), p.ravel().tolist(), []
    for k in range(1, K + 1):
        pairs = [(a == k, b == k) for a, b in zip(t, p, strict=True)]
        union = sum(a or b for a, b in pairs)
        if union:
            scores.append(sum(a and b for a, b in pairs) / union)
    return sum(scores) / len(scores) if scores else 1


def iou_of(t, p, classes):
    scores = [((t == k) & (p == k)).sum() / ((t == k) | (p == k)).sum() for k in classes]
    return np.mean(scores) if scores else 1


def iou_by_size(t, p, K):
    top = sum((t == k).sum() * ((t == k) & (p == k)).sum()
              / max(1, ((t == k) | (p == k)).sum()) for k in range(1, K + 1))
    return top / sum((t == k).sum() for k in range(1, K + 1)) if (t | p).any() else 1


# --- whole nuclei ------------------------------------------------------------------------

def at_border(z):
    return {*z[0].tolist(), *z[-1].tolist(), *z[:, 0].tolist(), *z[:, -1].tolist()}


def without_border(z):
    return np.where(np.isin(z, list(at_border(z))), 0, z)


def whole_in_lists(z):
    keep = sorted(set(z.ravel().tolist()) - at_border(z) - {0})
    return [[keep.index(v) + 1 if v in keep else 0 for v in row] for row in z.tolist()]


def whole_by_search(z):
    keep = np.setdiff1d(z, [0, *at_border(z)])
    return np.where(np.isin(z, keep), np.searchsorted(keep, z) + 1, 0).astype(np.uint8)


def whole_by_boxes(z, M=0, N=0):
    out, n = np.zeros(z.shape, np.float32), 0
    for region in ski.measure.regionprops(z):
        a, b, c, d = region.bbox
        if a > 0 and b > 0 and c < z.shape[0] - M and d < z.shape[1] - N:
            n += 1
            out[z == region.label] = n
    return out


def in_place(z):
    for k in at_border(z):
        z[z == k] = 0
    for n, k in enumerate(np.unique(z[z > 0]), 1):
        z[z == k] = n
    return z


# --- Otsu --------------------------------------------------------------------------------

def otsu_in_fractions(counts):
    c, best, best_T = [int(v) for v in counts], Fraction(-1), 0
    for T in range(len(c)):
        a, b = sum(c[:T + 1]), sum(c[T + 1:])
        if a and b:
            mu0 = Fraction(sum(i * v for i, v in enumerate(c) if i <= T), a)
            mu1 = Fraction(sum(i * v for i, v in enumerate(c) if i > T), b)
            if a * b * (mu0 - mu1) ** 2 > best:
                best, best_T = a * b * (mu0 - mu1) ** 2, T
    return best_T


def otsu_of_tables(counts):
    p = counts / counts.sum()
    omega, m = np.cumsum(p), np.cumsum(np.arange(len(p)) * p)
    out, below = np.zeros(len(p)), omega * (1 - omega)
    np.divide((m[-1] * omega - m) ** 2, below, out, where=below > 1e-12)
    return np.int64(out.argmax())


def otsu_with(score, start=0):
    def answer(counts):
        i, N, best, best_T = np.arange(len(counts)), counts.sum(), -1e99, 0
        for T in range(start, len(counts)):
            a, b = counts[:T + 1].sum(), counts[T + 1:].sum()
            if a and b:
                value = score(a / N, b / N, (counts * i)[:T + 1].sum() / a,
                              (counts * i)[T + 1:].sum() / b)
                if value > best + 1e-12:
                    best, best_T = value, T
        return best_T
    return answer


def otsu_with_nan(counts):
    p = counts / counts.sum()
    omega, m = np.cumsum(p), np.cumsum(np.arange(len(p)) * p)
    return np.argmax((m[-1] * omega - m) ** 2 / (omega * (1 - omega)))


# --- region growing ----------------------------------------------------------------------

def grown(I, seed, t, near_of=ndi.binary_dilation, rounds=10**6, below=np.less):
    R = np.zeros(I.shape[:2], bool)
    R[tuple(seed)] = True
    for _ in range(rounds):
        new = near_of(R) & ~R & below(np.linalg.norm(I - I[R].mean(0), axis=2), t)
        if not new.any():
            break
        R = R | new
    return R


def grown_in_lists(I, seed, t):
    M, N, _ = I.shape
    R, members = [[False] * N for _ in range(M)], [tuple(seed)]
    R[seed[0]][seed[1]] = True
    while True:
        mean = [sum(float(I[y, x, c]) for y, x in members) / len(members)
                for c in range(3)]
        new = {(v, u) for y, x in members
               for v, u in ((y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1))
               if 0 <= v < M and 0 <= u < N and not R[v][u]
               and math.dist(I[v, u].tolist(), mean) < t}
        if not new:
            return R
        for y, x in new:
            R[y][x] = True
        members += new


def grown_in_padding(I, seed, t):
    def near(R):
        P = np.pad(R, 1)
        return P[:-2, 1:-1] | P[2:, 1:-1] | P[1:-1, :-2] | P[1:-1, 2:]
    return grown(I, seed, t, near).astype(np.uint8)


def rolled(R):
    return np.roll(R, 1, 0) | np.roll(R, -1, 0) | np.roll(R, 1, 1) | np.roll(R, -1, 1)


def queue(I, seed, t):
    M, N, _ = I.shape
    R, todo, total, n = np.zeros((M, N), bool), deque([seed]), I[seed].copy(), 1
    R[seed] = True
    while todo:
        y, x = todo.popleft()
        for v, u in ((y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)):
            if 0 <= v < M and 0 <= u < N and not R[v, u] and np.linalg.norm(
                    I[v, u] - total / n) < t:
                R[v, u], total, n = True, total + I[v, u], n + 1
                todo.append((v, u))
    return R


def negative_indices(I, seed, t):
    M, N, _ = I.shape
    R = np.zeros((M, N), bool)
    R[seed] = True
    while True:
        mean = I[R].mean(0)
        new = [(v, u) for y, x in np.argwhere(R)
               for v, u in ((y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1))
               if v < M and u < N and not R[v, u] and np.linalg.norm(I[v, u] - mean) < t]
        if not new:
            return R
        for v, u in new:
            R[v, u] = True


RIGHT = [
    ("07.dice_score", dice_of_places),
    ("07.dice_score", dice_from_iou),
    ("07.dice_score", dice_unless_empty),
    ("07.dice_score", lambda A, B: (2 * (A & B).sum() + 1e-9) / (A.sum() + B.sum() + 1e-9)),
    ("07.mean_iou", iou_with_nan),
    ("07.mean_iou", iou_from_table),
    ("07.mean_iou", iou_ignoring_high_labels),
    ("07.mean_iou", iou_in_lists),
    ("07.keep_whole", whole_in_lists),
    ("07.keep_whole", whole_by_search),
    ("07.keep_whole", whole_by_boxes),
    ("07.otsu_level", otsu_in_fractions),
    ("07.otsu_level", otsu_of_tables),
    ("07.otsu_level", lambda counts: int(ski.filters.threshold_otsu(
        hist=(counts.astype(float), np.arange(len(counts)))))),
    ("07.grow_colour", grown),
    ("07.grow_colour", grown_in_lists),
    ("07.grow_colour", grown_in_padding),
]

WRONG = [
    ("07.dice_score", lambda A, B: EX.dice_score.reference(A, B)
     if A.any() and B.any() else 1, "only one mask is empty"),
    ("07.dice_score", lambda A, B: 2 * (A & B).sum(dtype=np.uint8) / (A.sum() + B.sum())
     if (A | B).any() else 1, "after 255"),
    ("07.dice_score", lambda A, B: 2 * (A & B).sum() / (A.size + B.size)
     if (A | B).any() else 1, "A.size + B.size"),
    ("07.dice_score", lambda A, B: (2 * (A & B).sum() + 1) / (A.sum() + B.sum() + 1),
     "You added 1"),
    ("07.mean_iou", lambda t, p, K: iou_of(t, p, [k for k in np.union1d(t, p) if k]),
     "every label that occurs"),
    ("07.mean_iou", lambda t, p, K: iou_of(t, p, [k for k in np.unique(t) if k]),
     "that the truth lacks"),
    ("07.mean_iou", lambda t, p, K: iou_of(t, p, [
        k for k in range(1, K + 1) if k in t and k in p]), "both images contain"),
    ("07.mean_iou", lambda t, p, K: EX.mean_iou.reference(t, p, K)
     if (t | p).any() else 0, "Your mean is right"),
    ("07.mean_iou", lambda t, p, K: EX.mean_iou.reference(t[t > 0], p[t > 0], K)
     if t.any() else 1, "whose truth is background"),
    ("07.mean_iou", iou_by_size, "weighted the classes"),
    ("07.keep_whole", lambda z: ski.segmentation.relabel_sequential(
        ski.segmentation.clear_border(z))[0], "two pieces"),
    ("07.keep_whole", lambda z: ski.measure.label(without_border(z)), "order of their old"),
    ("07.keep_whole", lambda z: ski.measure.label(without_border(z) > 0),
     "touching nuclei became one"),
    ("07.keep_whole", lambda z: whole_by_boxes(z, 1, 1), "box of regionprops"),
    ("07.keep_whole", in_place, "changes its input"),
    ("07.otsu_level", otsu_with_nan, "first NaN"),
    ("07.otsu_level", otsu_with(lambda a, b, m, n: (a + b) * (m - n) ** 2), "both shares"),
    ("07.otsu_level", otsu_with(lambda a, b, m, n: a * b * (m - n)), "is negative"),
    ("07.otsu_level", otsu_with(lambda a, b, m, n: a * b * (m - n) ** 2, 1),
     "never tried T = 0"),
    ("07.otsu_level", lambda c: otsu_in_fractions(c) + 1, "perhaps you split"),
    ("07.grow_colour", lambda I, s, t: grown(I, s, t, below=np.less_equal), "*nearer*"),
    ("07.grow_colour", lambda I, s, t: grown(I, s, t, rounds=10), "fixed number"),
    ("07.grow_colour", lambda I, s, t: grown(I, s, t, rolled), "leaves the image"),
    ("07.grow_colour", lambda I, s, t: grown(I, s[::-1], t), "(column, row)"),
    ("07.grow_colour", queue, "after each pixel"),
    ("07.grow_colour", negative_indices, "leaves the image"),
]
