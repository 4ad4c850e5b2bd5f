"""Answers of readers to the exercises of page 06."""

import numpy as np
import skimage as ski
from scipy import ndimage as ndi


def every_copy_that_fits(X, B, reach=0):
    """Union of copies with origins up to ``reach`` pixels outside; 0: right."""
    (M, N), places = X.shape, np.argwhere(B) - np.array(B.shape) // 2
    out = np.zeros((M, N), int)
    for y in range(-reach, M + reach):
        for x in range(-reach, N + reach):
            copy = [(y + i, x + j) for i, j in places if 0 <= y + i < M and 0 <= x + j < N]
            if all(X[v, u] for v, u in copy):
                for v, u in copy:
                    out[v, u] = 1
    return out


def stamped(X, B):
    """Opening that paints with negative indices."""
    fits, out = ndi.binary_erosion(X, B, border_value=1), np.zeros_like(X)
    for y, x in np.argwhere(fits):
        for i, j in np.argwhere(B):
            v, u = y + i - B.shape[0] // 2, x + j - B.shape[1] // 2
            if v < X.shape[0] and u < X.shape[1]:
                out[v, u] = True
    return out


def stamped_with_try(X, B):
    fits, out = ndi.binary_erosion(X, B, border_value=1), np.zeros_like(X)
    for y, x in np.argwhere(fits):
        for i, j in np.argwhere(B):
            try:
                out[y + i - B.shape[0] // 2, x + j - B.shape[1] // 2] = True
            except IndexError:
                pass
    return out


def until(enough, step=None, start=np.minimum):
    """Reconstruct until ``enough(new, old)``."""
    step = step or (lambda h, mask: np.minimum(
        ski.morphology.dilation(h, np.ones((3, 3))), mask))

    def answer(marker, mask):
        h = start(marker, mask)
        while True:
            new = step(h, mask)
            if enough(new, h):
                return new
            h = new
    return answer


def steps(marker, mask, number=100):
    h = np.minimum(marker, mask)
    for _ in range(number):
        h = np.minimum(ndi.grey_dilation(h, (3, 3)), mask)
    return h


def with_a_queue(marker, mask):
    (M, N), h = mask.shape, np.minimum(marker, mask).tolist()
    todo = [(y, x) for y in range(M) for x in range(N)]
    while todo:
        y, x = todo.pop()
        for v in range(max(y - 1, 0), min(y + 2, M)):
            for u in range(max(x - 1, 0), min(x + 2, N)):
                level = min(h[y][x], mask[v, u])
                if level > h[v][u]:
                    h[v][u] = level
                    todo.append((v, u))
    return h


def labelled(union="roots", second="find", diagonal=True, above_first=True):
    """Two passes written out; each argument drops or changes one thing."""
    def answer(X, neighbours):
        M, N = X.shape
        L, parent, new = np.zeros((M, N), int), {}, 1

        def find(a):
            while parent[a] != a:
                a = parent[a]
            return a

        for y in range(M):
            for x in range(N):
                if not X[y, x]:
                    continue
                places = [(y - 1, x), (y, x - 1)]
                places = places if above_first else places[::-1]
                if neighbours == 8 and diagonal:
                    places += [(y - 1, x - 1), (y - 1, x + 1)]
                seen = [L[v, u] for v, u in places if v >= 0 and 0 <= u < N and X[v, u]]
                if not seen:
                    L[y, x] = parent[new] = new
                    new += 1
                    continue
                L[y, x] = min(seen) if union != "none" else seen[0]
                for a in seen:
                    if union == "roots":
                        parent[find(a)] = find(L[y, x])
                    elif union == "labels":
                        parent[a] = min(seen)
                    elif union == "smaller":
                        parent[a] = min(parent[a], L[y, x])
        if second == "none":
            return L
        for y, x in np.argwhere(X):
            L[y, x] = find(L[y, x]) if second == "find" else parent[L[y, x]]
        return L
    return answer


def relabelled_at_once(X, neighbours):
    """No union-find: rename the whole picture wherever two labels meet."""
    L = np.where(X, np.arange(1, X.size + 1).reshape(X.shape), 0)
    for y, x in np.argwhere(X):
        for i, j in [(0, -1), (-1, 0)] + [(-1, -1), (-1, 1)] * (neighbours == 8):
            if y + i >= 0 and 0 <= x + j < X.shape[1] and X[y + i, x + j]:
                L[L == L[y, x]] = L[y + i, x + j]
    return L


def one_sweep(X, neighbours):
    """Take over the largest number around, one sweep only."""
    L = np.where(X, np.arange(1, X.size + 1).reshape(X.shape), 0)
    for y, x in np.argwhere(X):
        L[y, x] = L[max(y - 1, 0):y + 2, max(x - 1, 0):x + 2].max()
    return L


RIGHT = [
    ("06.open_mask", every_copy_that_fits),
    ("06.open_mask", lambda X, B: ~ski.morphology.closing(~X, B, mode="ignore")),
    ("06.rank_level", lambda f, B, k: ndi.generic_filter(
        f, lambda values: np.sort(values)[k], footprint=B, mode="reflect")),
    ("06.reconstruct", with_a_queue),
    ("06.reconstruct", until(lambda new, h: not (new != h).any())),
    ("06.reconstruct", until(lambda new, h: new.sum() == h.sum())),
    ("06.label_mask", labelled()),
    ("06.label_mask", labelled(above_first=False)),
    ("06.label_mask", relabelled_at_once),
    ("06.label_mask", lambda X, n: labelled()(X, n).astype(np.float32) - 7 * X - 1000 * X),
]

SEVERAL, SHARED = "several numbers", "two objects share a number"

WRONG = [
    ("06.erode_mask", lambda X, B: X, "X itself"),
    ("06.erode_mask", lambda X, B: ndi.median_filter(X, footprint=B), "a median"),
    ("06.open_mask", lambda X, B: np.array(X), "X itself"),
    ("06.open_mask", lambda X, B: every_copy_that_fits(X, B, 5), "origins only inside"),
    ("06.open_mask", lambda X, B: ndi.binary_opening(np.pad(
        X, 10, constant_values=True), B)[10:-10, 10:-10], "origins only inside"),
    ("06.open_mask", stamped, "come in on the other"),
    ("06.open_mask", stamped_with_try, "come in on the other"),
    ("06.open_mask", lambda X, B: ski.filters.median(X, B), "a median"),
    ("06.open_mask", lambda X, B: ski.morphology.closing(X, B[::-1, ::-1]), "a closing"),
    ("06.open_mask", lambda X, B: ski.morphology.closing(X, B, mode="ignore"), "a closing"),
    ("06.rank_level", lambda f, B, k: ndi.rank_filter(f, k, footprint=B.T),
     "rows and columns of B"),
    ("06.rank_level", lambda f, B, k: np.sort(
        [np.roll(f, (1 - i, 1 - j), (0, 1)) for i, j in np.argwhere(B)], 0)[k], "not yet"),
    ("06.reconstruct", steps, "a fixed number of steps"),
    ("06.reconstruct", until(lambda new, h: abs(new.sum() - h.sum()) < 0.01),
     "when nothing changes"),
    ("06.reconstruct", until(lambda new, h: np.allclose(new, h, atol=1e-3)),
     "when nothing changes"),
    ("06.reconstruct", until(np.array_equal, lambda h, mask: ndi.grey_dilation(
        h, (3, 3)) * mask), "You multiplied by the mask"),
    ("06.reconstruct", until(np.allclose, lambda h, mask: ndi.grey_dilation(
        h, (3, 3)) * mask, lambda a, b: a), "You multiplied by the mask"),
    ("06.reconstruct", until(lambda new, h: abs(new.max() - h.max()) < 1),
     "Repeat until nothing changes"),
    ("06.reconstruct", lambda a, b: ski.morphology.reconstruction(
        np.minimum(a, b), b) * 2, "multiplied by 2"),
    ("06.reconstruct", lambda a, b: ski.morphology.reconstruction(
        np.minimum(a, b), b) + (b == 0.9), "not yet"),
    ("06.reconstruct", lambda a, b: steps(a, b, 77), "did not arrive"),
    ("06.reconstruct", lambda a, b: ski.morphology.reconstruction(
        np.minimum(a, b), b, footprint=np.ones((1, 3))), "did not arrive"),
    ("06.reconstruct", lambda a, b: ski.morphology.reconstruction(a, b),
     "Cut the marker first"),
    ("06.reconstruct", lambda a, b: ski.morphology.reconstruction(
        a, b, footprint=np.ones((3, 3))), "Cut the marker first"),
    ("06.label_mask", labelled(second="none"), SEVERAL),
    ("06.label_mask", labelled(second="none", above_first=False), SEVERAL),
    ("06.label_mask", labelled(union="none"), SEVERAL),
    ("06.label_mask", labelled(union="none", above_first=False), SEVERAL),
    ("06.label_mask", labelled(union="labels"), SEVERAL),
    ("06.label_mask", labelled(union="labels", second="parent"), SEVERAL),
    ("06.label_mask", labelled(union="smaller"), SEVERAL),
    ("06.label_mask", labelled(diagonal=False), "4 neighbours in both"),
    ("06.label_mask", one_sweep, SEVERAL),
    ("06.label_mask", lambda X, n: X * np.arange(1, len(X) + 1)[:, None], "numbered rows"),
    ("06.label_mask", lambda X, n: 2 * X, "share one number"),
    ("06.label_mask", lambda X, n: X * (1 + np.arange(X.shape[1]) // 4), SEVERAL),
    ("06.label_mask", lambda X, n: ski.measure.label(ndi.binary_closing(
        X, np.ones((1, 3))) | X, connectivity=2) * X, SHARED),
    ("06.label_mask", lambda X, n: 5 - X, "background"),
]
