"""Exercises of page 13: U-Net."""

import numpy as np
from scipy import ndimage as ndi
from skimage import segmentation

from course_utils.exercise import Exercise, Mistake


def make_exercises():
    """Return the exercises of the page, in its order."""
    return [_join_level(), _pad_to_multiple(), _dice_loss(), _three_classes(),
            _tile_spans()]


# --- join the right level --------------------------------------------------------------

def join_level(deep, first, second, third):
    """Return deep, doubled, with the encoder map of the same size behind it."""
    up = deep.repeat(2, axis=0).repeat(2, axis=1)
    skip, = (h for h in (first, second, third) if h.shape[:2] == up.shape[:2])
    return np.concatenate([up, skip], axis=-1)


def _join_by_index(deep, *kept):
    rows, columns = np.indices((2 * deep.shape[0], 2 * deep.shape[1]))
    up = deep[rows // 2, columns // 2]
    return np.dstack([up, *[h for h in kept if h[..., 0].size == up[..., 0].size]])


def _doubled(deep):
    return np.kron(deep, np.ones((2, 2, 1)))


def _skip(deep, kept):
    return next(h for h in kept
                if h.shape[:2] == (2 * deep.shape[0], 2 * deep.shape[1]))


def _fitted(skip, shape):
    """Return a map repeated, thinned out or cut to a shape."""
    rows = np.arange(shape[0]) * skip.shape[0] // shape[0]
    columns = np.arange(shape[1]) * skip.shape[1] // shape[1]
    return skip[rows][:, columns]


def _join_level():
    def cases(rng):
        def case(H, W, C, levels, K):
            sizes = [(2**k * H, 2**k * W) for k in range(levels, levels - 3, -1)]
            return (rng.normal(0, 1, (int(H), int(W), C)),
                    *(rng.normal(0, 1, (int(M), int(N), K + k))
                      for k, (M, N) in enumerate(sizes)))

        tiny = (np.array([[[1.0], [2]]]),
                np.arange(32.0).reshape(4, 8, 1), 10 + np.arange(8.0).reshape(2, 4, 1),
                np.array([[[7.0], [9]]]))
        partly = (rng.normal(0, 1, (2, 3, 2)), *(
            rng.normal(0, 1, shape) for shape in ((4, 12, 3), (8, 6, 2), (4, 6, 4))))
        return [tiny, case(3, 2, 4, 3, 2), case(2, 4, 3, 2, 3), case(2, 2, 2, 1, 2),
                partly]

    def join(up=_doubled, skip=_skip, order=1):
        def answer(deep, *kept):
            return np.concatenate([up(deep), skip(deep, kept)][::order], axis=-1)
        return answer

    def wrong_level(k):
        return join(skip=lambda deep, kept: _fitted(
            kept[k], (2 * deep.shape[0], 2 * deep.shape[1])))

    def cut(deep, kept):
        return kept[0][:2 * deep.shape[0], :2 * deep.shape[1]]

    def always(k):
        return join(skip=lambda deep, kept: kept[k])

    def by_side(axis):
        return join(skip=lambda deep, kept: next(
            h for h in kept if h.shape[axis] == 2 * deep.shape[axis]))

    def interpolated(deep):
        return ndi.zoom(deep, (2, 2, 1), order=1)

    def with_holes(deep):
        up = np.zeros((2 * deep.shape[0], 2 * deep.shape[1], deep.shape[2]))
        up[::2, ::2] = deep
        return up

    def add(deep, *kept):
        up, skip = _doubled(deep), _skip(deep, kept)
        K = min(up.shape[2], skip.shape[2])
        return up[..., :K] + skip[..., :K]

    return Exercise(
        "join_level", join_level, cases,
        {
            "first level": Mistake(
                (always(0), wrong_level(0), join(skip=cut)),
                "You always joined the first map of the encoder. Each decoder level "
                "meets the map of its own size: compare `shape[:2]`."),
            "last level": Mistake(
                (always(-1), wrong_level(-1)),
                "You always joined the last map of the encoder. Which one fits depends "
                "on `deep`: take the map of size (2H, 2W)."),
            "middle level": Mistake(
                (always(1), wrong_level(1)),
                "You always joined the second map. Which one fits depends on `deep`: "
                "compare `shape[:2]`."),
            "one side": Mistake(
                (by_side(0), by_side(1)),
                "You chose the map by its height or by its width alone. Compare both: "
                "`h.shape[:2]`."),
            "one axis": Mistake(
                (join(up=lambda deep: deep.repeat(4, axis=0)),
                 join(up=lambda deep: deep.repeat(4, axis=1)),
                 lambda deep, *kept: deep.repeat(4, axis=0),
                 lambda deep, *kept: deep.repeat(4, axis=1)),
                "You repeated along the same axis twice. Repeat the rows once (axis=0) "
                "and the columns once (axis=1)."),
            "order": Mistake(
                join(order=-1),
                "Your channels stand in the other order: those of `deep` come first, "
                "those of the skip behind them."),
            "added": Mistake(
                (add, lambda deep, *kept: _doubled(deep) + _skip(deep, kept),
                 lambda deep, *kept: _doubled(deep) + _skip(deep, kept)[..., :1]),
                "You added the two maps. A U-Net keeps both: concatenate along the last "
                "axis. (Adding is what a residual network does.)"),
            "tiled": Mistake(
                join(up=lambda deep: np.tile(deep, (2, 2, 1))),
                "np.tile puts copies of the whole map side by side. Each *pixel* is "
                "repeated 2 x 2: np.repeat along both axes."),
            "holes": Mistake(
                join(up=with_holes),
                "You put zeros between the pixels, as a transposed convolution begins. "
                "Here each pixel is repeated."),
            "interpolated": Mistake(
                join(up=interpolated),
                "You interpolated between pixels. Here each pixel is repeated 2 x 2."),
            "no skip": Mistake(
                lambda deep, *kept: _doubled(deep),
                "The skip is missing: put the channels of the encoder map behind."),
            "skip alone": Mistake(
                lambda deep, *kept: _skip(deep, kept),
                "That is the skip alone. The doubled map of `deep` comes first."),
        },
        ["Which of the three maps has twice the rows and columns of `deep`?",
         "`deep.repeat(2, axis=0).repeat(2, axis=1)` doubles; `h.shape[:2]` is a size.",
         "np.concatenate([up, skip], axis=-1) puts channels behind channels."],
        independent=_join_by_index,
        also_right=(join(),))


# --- pad to a multiple -----------------------------------------------------------------

def pad_to_multiple(image, m):
    """Return the image, mirrored below and on the right to multiples of m."""
    M, N = image.shape
    return np.pad(image, [(0, -M % m), (0, -N % m)], mode="symmetric")


def _pad_by_index(image, m):
    M, N = image.shape
    rows = np.arange(-(-M // m) * m)
    columns = np.arange(-(-N // m) * m)
    rows = np.where(rows < M, rows, 2 * M - 1 - rows)
    columns = np.where(columns < N, columns, 2 * N - 1 - columns)
    return image[rows][:, columns]


def _pad_to_multiple():
    def cases(rng):
        return [(np.array([[1.0, 2, 5], [4, 8, 6]]), 2),
                (rng.normal(0, 1, (5, 7)), 4), (rng.normal(0, 1, (8, 6)), 4),
                (rng.normal(0, 1, (6, 6)), 5), (rng.normal(0, 1, (8, 12)), 4),
                (rng.normal(0, 1, (9, 16)), 8)]

    def pad(size=lambda side, m: -side % m, mode="symmetric", place="end"):
        def answer(image, m):
            widths = []
            for side in image.shape:
                k = size(side, m)
                widths.append({"end": (0, k), "start": (k, 0),
                               "both": (k // 2, k - k // 2)}[place])
            return np.pad(image, widths, mode=mode)
        return answer

    def square(image, m):
        side = -(-max(image.shape) // m) * m
        return np.pad(image, [(0, side - n) for n in image.shape], "symmetric")

    def stacked(image, m):
        a, b = (-side % m for side in image.shape)
        out = np.vstack([image, image[-a:][::-1]])
        return np.hstack([out, out[:, -b:][:, ::-1]])

    def by_rows(image, m):
        return np.pad(image, [(0, -image.shape[0] % m)] * 2, "symmetric")

    def by_columns(image, m):
        return np.pad(image, [(0, -image.shape[1] % m)] * 2, "symmetric")

    def cropped(image, m):
        return image[:image.shape[0] // m * m, :image.shape[1] // m * m]

    return Exercise(
        "pad_to_multiple", pad_to_multiple, cases,
        {
            "a whole multiple more": Mistake(
                pad(size=lambda side, m: m - side % m),
                "A side that is a multiple of m grew by m. m - side % m gives m there; "
                "-side % m gives 0."),
            "slice from minus nothing": Mistake(
                stacked,
                "A side that is a multiple was doubled: with nothing to add, "
                "image[-0:] is the whole image. Count from the front, image[M - a:]."),
            "always 8": Mistake(
                pad(size=lambda side, m: -side % 8),
                "You always pad to multiples of 8. The multiple is the argument m."),
            "one side for both": Mistake(
                (by_rows, by_columns),
                "Rows and columns got the same padding. Each side lacks a number of "
                "its own: -M % m and -N % m."),
            "remainder": Mistake(
                pad(size=lambda side, m: side % m),
                "You added the remainder side % m. What is missing to the next multiple "
                "is -side % m."),
            "reflect": Mistake(
                pad(mode="reflect"),
                "Your mirror does not repeat the border pixel: that is 'reflect'. Asked "
                "is 1 2 3 3 2 …, which NumPy calls 'symmetric'."),
            "zeros": Mistake(
                pad(mode="constant"),
                "You padded with zeros. They would cut nuclei at a straight dark edge: "
                "mirror the image."),
            "edge": Mistake(
                pad(mode="edge"),
                "You repeated the last row and column. Asked is the mirrored image."),
            "wrapped": Mistake(
                pad(mode="wrap"),
                "You continued the image from its other side. Asked is the mirror."),
            "before": Mistake(
                pad(place="start"),
                "You padded above and on the left. Then all pixels move; pad below and "
                "on the right."),
            "both sides": Mistake(
                pad(place="both"),
                "You shared the padding between both sides. Then all pixels move; pad "
                "below and on the right only."),
            "square": Mistake(
                square,
                "You made the image square. Rows and columns are padded each to their "
                "own multiple."),
            "cropped": Mistake(
                cropped,
                "You cut the image to a multiple. Pixels are lost there: enlarge it."),
        },
        ["How many rows are missing from 5 to the next multiple of 4? And from 8?",
         "-side % m is what is missing: 3 for 5 and m = 4, and 0 for 8.",
         "np.pad takes a pair (before, after) for each axis, and mode='symmetric'."],
        independent=_pad_by_index,
        also_right=(pad(size=lambda side, m: (m - side % m) % m),))


# --- Dice loss -------------------------------------------------------------------------

def dice_loss(t, p):
    """Return one minus the smoothed Dice of mask t and shares p."""
    return 1 - (2 * (t * p).sum() + 1) / (t.sum() + p.sum() + 1)


def _dice_by_loops(t, p):
    common = total = 0.0
    for a, b in zip(np.ravel(t).tolist(), np.ravel(p).tolist(), strict=True):
        common += a * b
        total += a + b
    return (total - 2 * common) / (total + 1)


def _dice_loss():
    def cases(rng):
        def case(shape, share):
            return ((rng.random(shape) < share).astype(float), rng.random(shape))

        tiny = np.array([[1.0, 0, 1]]), np.array([[0.9, 0.3, 0.6]])
        return [tiny, (np.zeros((2, 3)), np.zeros((2, 3))), case((5, 5), 0.4),
                case((4, 7), 0.1), (np.zeros((3, 4)), rng.random((3, 4)) / 9)]

    def loss(over=lambda t, p: 2 * (t * p).sum() + 1,
             under=lambda t, p: t.sum() + p.sum() + 1, out=lambda d: 1 - d):
        return lambda t, p: out(over(t, p) / under(t, p))

    def along(axis):
        return lambda t, p: np.mean(1 - (2 * (t * p).sum(axis) + 1)
                                    / (t.sum(axis) + p.sum(axis) + 1))

    def guarded(t, p):
        total = t.sum() + p.sum()
        return 1 - 2 * (t * p).sum() / total if total else 0.0

    return Exercise(
        "dice_loss", dice_loss, cases,
        {
            "no smoothing": Mistake(
                loss(over=lambda t, p: 2 * (t * p).sum(),
                     under=lambda t, p: t.sum() + p.sum()),
                "Without smoothing an empty mask gives 0/0 = NaN, and training is lost. "
                "Add 1 above and below."),
            "guarded": Mistake(
                (guarded, *(loss(over=lambda t, p, e=e: 2 * (t * p).sum() + e,
                                 under=lambda t, p, e=e: t.sum() + p.sum() + e)
                            for e in (1e-5, 1e-6, 1e-7, 1e-8))),
                "You avoided 0/0 by a test or a tiny number. On an empty mask the "
                "faintest p then costs 1, as much as a field full of errors, and the "
                "gradient jumps. Add 1 above and below, always."),
            "smoothed below": Mistake(
                loss(over=lambda t, p: 2 * (t * p).sum()),
                "You added the 1 below only: two empty masks then lose 1, though they "
                "agree. Add it above as well."),
            "score": Mistake(
                loss(out=lambda d: d),
                "That is the score, which grows with agreement. A loss is to fall: one "
                "minus it."),
            "negative score": Mistake(
                loss(out=lambda d: -d),
                "That is minus the score. It has the same gradient, but asked is one "
                "minus the score, 0 for perfect."),
            "no two": Mistake(
                loss(over=lambda t, p: (t * p).sum() + 1),
                "The 2 before the common part is missing: a perfect answer would lose "
                "one half."),
            "two times the smoothing": Mistake(
                loss(over=lambda t, p: 2 * ((t * p).sum() + 1)),
                "Your 2 multiplies the smoothing as well: 2 sum(t p) + 1."),
            "IoU": Mistake(
                loss(over=lambda t, p: (t * p).sum() + 1,
                     under=lambda t, p: (t + p - t * p).sum() + 1),
                "That is the loss of IoU: below, the common part is subtracted. For "
                "Dice it is the plain sum, and the common part counts twice above."),
            "thresholded": Mistake(
                (loss(over=lambda t, p: 2 * (t * (p > 0.5)).sum() + 1,
                      under=lambda t, p: t.sum() + (p > 0.5).sum() + 1),
                 loss(over=lambda t, p: 2 * (t * (p >= 0.5)).sum() + 1,
                      under=lambda t, p: t.sum() + (p >= 0.5).sum() + 1)),
                "You thresholded p. Then the loss has steps and no gradient: use the "
                "shares as they are."),
            "squares": Mistake(
                loss(under=lambda t, p: (t**2).sum() + (p**2).sum() + 1),
                "You squared below, as the V-Net paper does. Asked are the plain sums."),
            "by rows": Mistake(
                (along(1), along(0)),
                "You made a Dice of each row or column and averaged. Sum over all pixels "
                "first."),
            "brackets": Mistake(
                (lambda t, p: 1 - 2 * (t * p).sum() + 1 / (t.sum() + p.sum() + 1),
                 lambda t, p: 1 - (2 * (t * p).sum() + 1) / t.sum() + p.sum() + 1,
                 lambda t, p: 1 - 2 * (t * p).sum() + 1 / t.sum() + p.sum() + 1),
                "Brackets are missing: the whole upper line is divided by the whole "
                "lower line, and the ratio is subtracted from one."),
            "product of sums": Mistake(
                loss(over=lambda t, p: 2 * t.sum() * p.sum() + 1),
                "You multiplied the two sums. The common part is a sum of products: "
                "multiply pixel by pixel, then sum."),
            "means": Mistake(
                loss(over=lambda t, p: 2 * (t * p).mean() + 1,
                     under=lambda t, p: t.mean() + p.mean() + 1),
                "You took means where sums are asked. Beside a mean the 1 is huge: the "
                "smoothing would drown the loss."),
        },
        ["The common part is the sum of t p; it is smaller where p is unsure.",
         "Above: 2 sum(t p) + 1. Below: sum(t) + sum(p) + 1.",
         "The loss is one minus that ratio, and 0 for two empty masks."],
        independent=_dice_by_loops,
        also_right=(loss(), lambda t, p: float(dice_loss(t, p))))


# --- three classes ---------------------------------------------------------------------

def three_classes(labels):
    """Return 0 background, 1 inside, 2 rim of each instance."""
    around = np.pad(labels, 1, mode="edge")
    rim = np.zeros(labels.shape, bool)
    for other in (around[:-2, 1:-1], around[2:, 1:-1], around[1:-1, :-2],
                  around[1:-1, 2:]):
        rim |= other != labels
    return np.where(labels == 0, 0, np.where(rim, 2, 1))


def _classes_by_library(labels):
    rim = segmentation.find_boundaries(labels, connectivity=1, mode="inner")
    # SciPy's erosion with a border of ones agrees with it, instance by instance.
    inside = np.zeros(labels.shape, bool)
    for k in np.unique(labels)[1:]:
        inside |= ndi.binary_erosion(labels == k, border_value=1)
    assert (inside == ((labels > 0) & ~rim)).all()
    return (labels > 0) * 1 + ((labels > 0) & rim)


def _three_classes():
    def cases(rng):
        tiny = np.array([[0, 1, 1, 1, 2], [0, 1, 1, 1, 2], [0, 1, 1, 1, 2],
                         [0, 0, 0, 1, 2]])
        seeds = np.zeros((14, 11), int)
        seeds[rng.integers(0, 14, 4), rng.integers(0, 11, 4)] = (3, 1, 7, 4)
        far = ndi.distance_transform_edt(seeds == 0, return_indices=True)
        cells = np.where(far[0] < 4.2, seeds[tuple(far[1])], 0)
        disc = (np.hypot(*np.ogrid[-6:7, -6:7]) < 4.6) * 5
        disc[:, 7:][disc[:, 7:] > 0] = 2
        thin = np.array([[0, 0, 0, 0, 0, 0], [3, 3, 3, 3, 3, 0], [0, 0, 0, 0, 0, 0],
                         [1, 2, 1, 1, 2, 1], [1, 2, 1, 1, 2, 1]])
        return [(labels,) for labels in (tiny, thin, cells, disc,
                                         np.kron(cells, np.ones((2, 3), int)))]

    def eroded(mask, structure=None, border=1):
        return ndi.binary_erosion(mask, structure, border_value=border)

    def by_instance(structure=None, border=1, iterations=1):
        def answer(labels):
            out = (labels > 0) * 2
            for k in np.unique(labels)[1:]:
                out[ndi.binary_erosion(labels == k, structure, iterations,
                                       border_value=border)] = 1
            return out
        return answer

    def of_mask(labels):
        return np.where(labels == 0, 0, np.where(eroded(labels > 0), 1, 2))

    def between(labels):
        rim = np.zeros(labels.shape, bool)
        around = np.pad(labels, 1, mode="edge")
        for other in (around[:-2, 1:-1], around[2:, 1:-1], around[1:-1, :-2],
                      around[1:-1, 2:]):
            rim |= (other != labels) & (other > 0)
        return np.where(labels == 0, 0, np.where(rim, 2, 1))

    def mode(name):
        def answer(labels):
            rim = segmentation.find_boundaries(labels, connectivity=1, mode=name)
            return np.where(rim, 2, (labels > 0) * 1)
        return answer

    def swapped(labels):
        right = three_classes(labels)
        return np.where(right > 0, 3 - right, 0)

    def one_way(labels):
        rim = np.zeros(labels.shape, bool)
        rim[1:] |= labels[1:] != labels[:-1]
        rim[:, 1:] |= labels[:, 1:] != labels[:, :-1]
        return np.where(labels == 0, 0, np.where(rim, 2, 1))

    def other_way(labels):
        return one_way(labels[::-1, ::-1])[::-1, ::-1]

    def where(rim):
        return lambda labels: np.where(labels == 0, 0, np.where(rim(labels), 2, 1))

    def slope(labels):
        return np.hypot(*np.gradient(labels.astype(float))) > 0

    def extreme(filtered):
        cross = ndi.generate_binary_structure(2, 1)
        return where(lambda labels: filtered(labels, footprint=cross,
                                             mode="nearest") != labels)

    def curvature(labels):
        return ndi.laplace(labels.astype(float), mode="nearest") != 0

    return Exercise(
        "three_classes", three_classes, cases,
        {
            "of the mask": Mistake(
                of_mask,
                "You took the rim of the whole mask. Between two nuclei that touch "
                "there is none then, and they stay one: compare labels, not the mask."),
            "only between nuclei": Mistake(
                between,
                "Your rim lies between two nuclei only. The border to the background "
                "is rim as well."),
            "outside": Mistake(
                mode("outer"),
                "Your rim lies in the background. The rim is the nucleus' own last "
                "pixel; background stays 0."),
            "thick": Mistake(
                mode("thick"),
                "Your rim has a pixel of background on its outside. Only pixels of an "
                "instance can be rim."),
            "eight neighbours": Mistake(
                by_instance(np.ones((3, 3))),
                "You asked 8 neighbours. Only the 4 at the sides count."),
            "frame": Mistake(
                by_instance(border=0),
                "You made the frame of the image a rim. Outside there is no neighbour: "
                "pad with the same labels (mode='edge'), not with zeros."),
            "two pixels": Mistake(
                by_instance(iterations=2),
                "Your rim is two pixels wide. Only direct neighbours count."),
            "swapped": Mistake(
                swapped,
                "Inside and rim are exchanged: 1 is inside, 2 is rim."),
            "one direction": Mistake(
                (one_way, other_way),
                "You compared with one pixel of each axis only, as np.diff does. Compare "
                "with all four sides."),
            "gradient": Mistake(
                where(slope),
                "np.gradient compares the two neighbours with each other, not with the "
                "pixel: a rim between equal neighbours is missed, and a wider one comes "
                "out elsewhere. Compare each neighbour with the pixel itself."),
            "largest or smallest": Mistake(
                (extreme(ndi.maximum_filter), extreme(ndi.minimum_filter)),
                "You compared with the largest or the smallest neighbour only. A pixel "
                "whose own label is the extreme one finds no difference: compare with "
                "each of the four, or with both extremes."),
            "sum of differences": Mistake(
                where(curvature),
                "You summed the differences: those of opposite sign cancel. Compare "
                "each neighbour by itself."),
            "foreground": Mistake(
                lambda labels: (labels > 0) * 1,
                "That is the mask: there is no rim yet."),
        },
        ["What tells the last pixel of a nucleus from the pixels inside of it?",
         "Compare `labels` with itself, moved by one pixel to each of the four sides.",
         "np.pad(labels, 1, mode='edge') gives the frame neighbours like itself; at the "
         "end set all background to 0."],
        independent=_classes_by_library,
        also_right=(by_instance(),))


# --- spans of tiles --------------------------------------------------------------------

def tile_spans(length, side, margin):
    """Return rows of (read from, read to, keep from, keep to)."""
    start = np.arange(0, length, side)
    stop = np.minimum(start + side, length)
    return np.stack([np.maximum(start - margin, 0), np.minimum(stop + margin, length),
                     start, stop], axis=1)


def _spans_by_loop(length, side, margin):
    spans, start = [], 0
    while start < length:
        stop = start + side if start + side < length else length
        spans.append([start - margin if start > margin else 0,
                      length if stop + margin > length else stop + margin, start, stop])
        start = stop
    return np.array(spans)


def _tile_spans():
    def cases(rng):
        return [(10, 4, 1), (12, 4, 2), (100, 32, 48), (7, 9, 2), (300, 128, 48),
                (33, 16, 8)]

    def spans(starts=lambda n, s, g: np.arange(0, n, s), low=0, cut_read=True,
              cut_keep=True, read=lambda g: g, keep=lambda start, stop: (start, stop)):
        def answer(length, side, margin):
            start = starts(length, side, margin)
            stop = np.minimum(start + side, length) if cut_keep else start + side
            top, bottom = start - read(margin), stop + read(margin)
            if low is not None:
                top = np.maximum(top, low)
            if cut_read:
                bottom = np.minimum(bottom, length)
            return np.stack([top, bottom, *keep(start, stop)], 1)
        return answer

    def local(length, side, margin):
        right = tile_spans(length, side, margin)
        return np.concatenate([right[:, :2], right[:, 2:] - right[:, :1]], 1)

    def order(length, side, margin):
        return tile_spans(length, side, margin)[:, [2, 3, 0, 1]]

    def sizes(length, side, margin):
        right = tile_spans(length, side, margin)
        return np.stack([right[:, 0], right[:, 1] - right[:, 0], right[:, 2],
                         right[:, 3] - right[:, 2]], 1)

    def inclusive(length, side, margin):
        return tile_spans(length, side, margin) - [0, 1, 0, 1]

    def shifted(length, side, margin):
        start = np.arange(0, length, side)
        start[-1] = max(length - side, 0)
        stop = np.minimum(start + side, length)
        return np.stack([np.maximum(start - margin, 0),
                         np.minimum(stop + margin, length), start, stop], 1)

    def from_start(length, side, margin):
        start = np.arange(0, length, side)
        stop = np.minimum(start + side, length)
        top = np.maximum(start - margin, 0)
        return np.stack([top, np.minimum(top + side + 2 * margin, length), start, stop],
                        1)

    def late(length, side, margin):
        right = tile_spans(length, side, margin)
        right[:, 2] = right[:, 0] + margin
        return right

    def cut_once(first, last):
        def answer(length, side, margin):
            right = tile_spans(length, side, margin)
            if first:
                right[1:, 0] = right[1:, 2] - margin
            if last:
                right[:-1, 1] = right[:-1, 3] + margin
            return right
        return answer

    def last_whole(length, side, margin):
        spans = [[max(k - margin, 0), min(k + side + margin, length), k, k + side]
                 for k in range(0, length - side + 1, side)]
        if length % side:
            k = length - side
            spans.append([max(k - margin, 0), length, k, length])
        return np.array(spans)

    return Exercise(
        "tile_spans", tile_spans, cases,
        {
            "negative": Mistake(
                spans(low=None),
                "The first tile reads from a negative place, which NumPy takes as "
                "counted from the end. Cut at 0."),
            "reads too far": Mistake(
                spans(cut_read=False),
                "The last tiles read beyond the end. Cut at length."),
            "not cut": Mistake(
                (spans(low=None, cut_read=False),
                 spans(low=None, cut_read=False, cut_keep=False)),
                "Nothing is cut: tiles at the ends read from places below 0 or beyond "
                "length."),
            "keeps too much": Mistake(
                spans(cut_keep=False),
                "The last tile keeps pixels beyond the end. Cut the kept part at length "
                "as well."),
            "rest lost": Mistake(
                spans(starts=lambda n, s, g: s * np.arange(n // s)),
                "The pixels after the last whole tile are lost. A last, shorter tile is "
                "needed: np.arange(0, length, side)."),
            "empty tile": Mistake(
                spans(starts=lambda n, s, g: s * np.arange(n // s + 1)),
                "Where length is a multiple of side your last tile is empty: there are "
                "length / side tiles, rounded up."),
            "no margin": Mistake(
                spans(read=lambda g: 0),
                "Your tiles read no margin: the seams will show."),
            "margin on one side": Mistake(
                from_start,
                "You read side + 2 margin pixels from the cut start. At the first tile "
                "that is too much on the right: count from the kept part."),
            "half a margin": Mistake(
                spans(read=lambda g: g // 2),
                "You read half a margin at each end. The margin stands at each end."),
            "tiles with margin": Mistake(
                spans(starts=lambda n, s, g: np.arange(0, n, max(s - g, 1))),
                "Your tiles keep overlapping pixels: kept parts follow each other "
                "without overlap, side pixels apart. The margin is for reading only."),
            "steps with margin": Mistake(
                (spans(starts=lambda n, s, g: np.arange(0, n, s + g)),
                 spans(starts=lambda n, s, g: np.arange(0, n, s + 2 * g))),
                "Your tiles advance by side and margin: pixels between them are lost. "
                "They advance by side alone."),
            "kept from the cut start": Mistake(
                late,
                "You keep from a margin after the first pixel that is read. Where the "
                "reading was cut at 0 that is too late: tile k keeps from k side."),
            "cut once": Mistake(
                (cut_once(True, True), cut_once(True, False), cut_once(False, True)),
                "You cut the reading in the first or the last tile only. With a margin "
                "wider than a tile others stick out as well: max and min in every "
                "tile."),
            "local": Mistake(
                local,
                "Your kept parts are counted inside of the tile. Count them in the "
                "image."),
            "order": Mistake(
                order,
                "The order is: read from, read to, keep from, keep to."),
            "sizes": Mistake(
                sizes,
                "You gave sizes in place of ends."),
            "inclusive": Mistake(
                inclusive,
                "Your ends are the last pixels. Ends are excluded, as in slices."),
            "moved back": Mistake(
                (shifted, last_whole),
                "You moved the last tile back to make it whole. Tile k keeps from k "
                "side; the last one is shorter."),
        },
        ["Where does tile k start to keep? And how many tiles cover 10 pixels by 4?",
         "start = np.arange(0, length, side); stop = np.minimum(start + side, length).",
         "Read from max(start - margin, 0) to min(stop + margin, length)."],
        independent=_spans_by_loop)
