"""Answers of readers to the exercises of page 13."""

import numpy as np
from scipy import ndimage as ndi
from skimage import segmentation

CROSS = ndi.generate_binary_structure(2, 1)


def fitting(deep, kept):
    return next(h for h in kept if h.shape[:2] == (2 * len(deep), 2 * deep.shape[1]))


def doubled(deep):
    return deep.repeat(2, 0).repeat(2, 1)


def joined(up=doubled, skip=fitting, join=np.concatenate):
    return lambda deep, *kept: join([up(deep), skip(deep, kept)], -1)


def joined_pixel_by_pixel(deep, first, second, third):
    H, W, C = deep.shape
    skip = fitting(deep, (first, second, third))
    out = np.zeros((2 * H, 2 * W, C + skip.shape[2]), np.float32)
    for i, j in np.ndindex(2 * H, 2 * W):
        out[i, j, :C], out[i, j, C:] = deep[i // 2, j // 2], skip[i, j]
    return out


def zoomed(deep):
    return ndi.zoom(deep, (2, 2, 1), order=0, grid_mode=True, mode="nearest")


def stacked(image, m):
    (M, N), (a, b) = image.shape, (-side % m for side in image.shape)
    out = np.vstack([image, image[M - a:][::-1]])
    return np.hstack([out, out[:, N - b:][:, ::-1]])


def doubled_by_minus_nothing(image, m):
    a, b = (-side % m for side in image.shape)
    out = np.vstack([image, image[-a:][::-1]])
    return np.hstack([out, out[:, -b:][:, ::-1]])


def padded_in_loops(image, m):
    M, N = image.shape
    out = np.zeros(((M + m - 1) // m * m, (N + m - 1) // m * m), image.dtype)
    for i, j in np.ndindex(out.shape):
        out[i, j] = image[i if i < M else 2 * M - 1 - i, j if j < N else 2 * N - 1 - j]
    return out


def dice_in_loops(t, p):
    common = true = shares = 0
    for i, j in np.ndindex(t.shape):
        common += t[i, j] * p[i, j]
        true += t[i, j]
        shares += p[i, j]
    return 1 - (2 * common + 1) / (true + shares + 1)


def classes_in_loops(labels):
    out = (labels > 0) * 1
    M, N = labels.shape
    for i, j in zip(*np.nonzero(labels), strict=True):
        for y, x in ((i, j + 1), (i + 1, j), (i, j - 1), (i - 1, j)):
            if 0 <= y < M and 0 <= x < N and labels[y, x] != labels[i, j]:
                out[i, j] = 2
    return out


def with_rim(rim):
    return lambda labels: np.where(labels == 0, 0, np.where(rim(labels), 2, 1))


def extreme(labels, filtered):
    return filtered(labels, footprint=CROSS, mode="nearest")


def right_and_below(labels):
    rim = np.zeros(labels.shape, bool)
    rim[:, :-1] |= labels[:, 1:] != labels[:, :-1]
    rim[:-1] |= labels[1:] != labels[:-1]
    return (labels > 0) * (1 + rim)


def spans(row, step=lambda side, margin: side):
    return lambda length, side, margin: np.array(
        [row(k, length, side, margin) for k in range(0, length, step(side, margin))])


def span(k, length, side, margin):
    return (max(k - margin, 0), min(k + side + margin, length), k, min(k + side, length))


def clipped(length, side, margin):
    k = np.arange(0, length, side)
    return np.clip(np.c_[k - margin, k + side + margin, k, k + side], 0, length)


RIGHT = [
    ("13.join_level", joined_pixel_by_pixel),
    ("13.join_level", joined(up=zoomed)),
    ("13.join_level", joined(up=lambda deep: np.kron(deep, np.ones((2, 2, 1))))),
    ("13.pad_to_multiple", stacked),
    ("13.pad_to_multiple", padded_in_loops),
    ("13.dice_loss", dice_in_loops),
    ("13.dice_loss", lambda t, p: 1 - (2 * p[t > 0].sum() + 1) / (t + p).sum(
        initial=1)),
    ("13.dice_loss", lambda t, p: 1 - (2 * np.minimum(t, p).sum() + 1) / (
        t.sum() + p.sum() + 1)),
    ("13.three_classes", classes_in_loops),
    ("13.three_classes", with_rim(lambda labels: extreme(labels, ndi.maximum_filter)
                                  != extreme(labels, ndi.minimum_filter))),
    ("13.three_classes", lambda labels: (labels > 0) + segmentation.find_boundaries(
        labels, mode="inner", connectivity=1).astype(int)),
    ("13.tile_spans", spans(span)),
    ("13.tile_spans", lambda *sizes: [tuple(row) for row in spans(span)(*sizes)]),
    ("13.tile_spans", clipped),
]

WRONG = [
    ("13.join_level", joined(skip=lambda deep, kept: kept[0]), "the first map"),
    ("13.join_level", joined(skip=lambda deep, kept: kept[1]), "the second map"),
    ("13.join_level", joined(skip=lambda deep, kept: kept[2]), "the last map"),
    ("13.join_level", joined(skip=lambda deep, kept: next(
        h for h in kept if len(h) == 2 * len(deep))), "alone. Compare both"),
    ("13.join_level", lambda deep, *kept: doubled(deep) + fitting(deep, kept)[..., :1],
     "You added the two maps"),
    ("13.join_level", lambda deep, *kept: deep.repeat(2, 0).repeat(2, 0),
     "the same axis twice"),
    ("13.pad_to_multiple", doubled_by_minus_nothing, "was doubled"),
    ("13.pad_to_multiple", lambda image, m: np.pad(
        image, [(0, -side % 8) for side in image.shape], "symmetric"), "multiples of 8"),
    ("13.pad_to_multiple", lambda image, m: np.pad(
        image, [(0, -len(image) % m)] * 2, "symmetric"), "the same padding"),
    ("13.dice_loss", lambda t, p: 1 - 2 * (t * p).sum() + 1 / (t.sum() + p.sum() + 1),
     "Brackets are missing"),
    ("13.dice_loss", lambda t, p: np.mean(1 - (2 * (t * p).sum(0) + 1) / (
        t.sum(0) + p.sum(0) + 1)), "each row or column"),
    ("13.dice_loss", lambda t, p: 1 - (2 * np.sum(t) * np.sum(p) + 1) / (
        t.sum() + p.sum() + 1), "multiplied the two sums"),
    ("13.three_classes", with_rim(lambda labels: np.hypot(
        *np.gradient(labels.astype(float))) > 0), "two neighbours with each other"),
    ("13.three_classes", with_rim(lambda labels: np.abs(
        np.array(np.gradient(labels.astype(float)))).sum(0) > 0), "with each other"),
    ("13.three_classes", right_and_below, "one pixel of each axis only"),
    ("13.three_classes", with_rim(lambda labels: extreme(
        labels, ndi.maximum_filter) != labels), "the largest or the smallest"),
    ("13.three_classes", with_rim(lambda labels: ndi.convolve(
        labels, np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]]), mode="nearest") != 0),
     "opposite sign cancel"),
    ("13.tile_spans", spans(lambda k, length, side, margin: (
        max(k - margin, 0), min(k + side + margin, length), max(k - margin, 0) + margin,
        min(k + side, length))), "keeps from k side"),
    ("13.tile_spans", spans(lambda k, length, side, margin: (
        k - margin if k else 0, *span(k, length, side, margin)[1:])), "in every"),
    ("13.tile_spans", spans(lambda k, length, side, margin: (
        max(k - margin, 0), length if k + side >= length else k + side + margin,
        k, min(k + side, length))), "in every"),
    ("13.tile_spans", spans(span, lambda side, margin: side + margin),
     "advance by side and margin"),
]
