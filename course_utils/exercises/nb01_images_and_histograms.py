"""Exercises of page 01: images and histograms."""

import numpy as np
from scipy import ndimage as ndi

from course_utils.exercise import Exercise, Mistake


def make_exercises():
    """Return the exercises of the page, in its order."""
    return [_crop(), _add_clipped(), _is_linear(), _running_mean(), _gamma_lut(),
            _histogram_statistics(), _equalise_inside()]


def _bytes(rng, *shape):
    return rng.integers(0, 256, shape, dtype=np.uint8)


# --- x and y, rows and columns ------------------------------------------------------

def crop(f, x, y, width, height):
    """Return the part of f whose top left pixel is (x, y), width x height pixels large."""
    return f[y:y + height, x:x + width]


def _loop_crop(f, x, y, width, height):
    return [[f[row, column] for column in range(x, x + width)]
            for row in range(y, y + height)]


def _crop():
    return Exercise(
        "crop", crop,
        lambda rng: [(rng.permutation(20).reshape(4, 5), 1, 2, 3, 1),
                     (rng.permutation(48).reshape(6, 8), 4, 1, 2, 4),
                     (rng.random((30, 40)), 12, 3, 20, 9),
                     (rng.random((9, 9)), 0, 0, 9, 2)],
        {
            "x is a row": Mistake(
                lambda f, x, y, width, height: f[x:x + width, y:y + height],
                "You used x for rows and y for columns. In an array the row comes "
                "first, and the row number is y: f[y, x]."),
            "x and width are rows": Mistake(
                lambda f, x, y, width, height: f[x:x + height, y:y + width],
                "Width and height are right, but the corner is not: x counts columns "
                "and belongs to the second slice, y counts rows and belongs to the "
                "first."),
            "from the bottom": Mistake(
                lambda f, x, y, width, height: f[::-1][y:y + height, x:x + width][::-1],
                "You counted y from the bottom. In an image row 0 is at the top."),
            "from 1": Mistake(
                lambda f, x, y, width, height: f[max(y - 1, 0):max(y - 1, 0) + height,
                                                 max(x - 1, 0):max(x - 1, 0) + width],
                "Your corner is one pixel too far up and left: rows and columns count "
                "from 0, so (x, y) needs no -1."),
            "height along x": Mistake(
                lambda f, x, y, width, height: f[y:y + width, x:x + height],
                "The corner is right, but width and height are exchanged: the width "
                "counts columns, the height counts rows."),
            "end is the size": Mistake(
                lambda f, x, y, width, height: f[y:height, x:width],
                "A slice is start:stop, not start:length. Stop is start + length."),
            "one too many": Mistake(
                lambda f, x, y, width, height: f[y:y + height + 1, x:x + width + 1],
                "You took one row and one column too many: Python's stop is already "
                "excluded."),
            "one too few": Mistake(
                lambda f, x, y, width, height: f[y:y + height - 1, x:x + width - 1],
                "You took one row and one column too few: Python excludes the stop "
                "by itself, so no -1 is needed."),
        },
        ["A slice of an array is `f[rows, columns]`. Which of x and y counts rows?",
         "Rows run from y to y + height, columns from x to x + width; Python excludes "
         "the stop."],
        independent=_loop_crop,
        also_right=(lambda f, x, y, width, height: np.array(f)[y:][:height, x:][:, :width],
                    ))


# --- bytes wrap around -----------------------------------------------------------

def add_clipped(f, g):
    """Return f + g for two uint8 images, as uint8, with sums above 255 set to 255."""
    total = f.astype(int) + g
    return np.minimum(total, 255).astype(np.uint8)


def _loop_add_clipped(f, g):
    out = np.empty(f.shape, np.uint8)
    for index in np.ndindex(f.shape):
        out[index] = min(int(f[index]) + int(g[index]), 255)
    return out


def _add_clipped():
    def wide(f, g):
        return f.astype(int) + g.astype(int)

    return Exercise(
        "add_clipped", add_clipped,
        lambda rng: [(np.array([[10, 200]], np.uint8), np.array([[20, 100]], np.uint8)),
                     (np.array([[255, 0], [128, 127]], np.uint8),
                      np.array([[255, 0], [128, 128]], np.uint8)),
                     (_bytes(rng, 12, 9), _bytes(rng, 12, 9)),
                     (_bytes(rng, 5, 16), _bytes(rng, 5, 16))],
        {
            "wrapped": Mistake(
                lambda f, g: f + g,
                "You added the bytes as they are: 200 + 100 wrapped around to 44, and "
                "clipping afterwards comes too late. Convert to a wider type before "
                "the sum."),
            "average": Mistake(
                lambda f, g: (wide(f, g) // 2).astype(np.uint8),
                "You halved the sum. That keeps it within a byte but darkens the "
                "image: the exercise asks for the sum itself, cut at 255."),
            "not clipped": Mistake(
                wide,
                "The sum is right, but it goes above 255 and its type is no longer "
                "uint8: clip it, then convert back."),
            "rescaled": Mistake(
                lambda f, g: (wide(f, g) * (255 / wide(f, g).max())).astype(np.uint8),
                "You scaled the sum so that its largest value is 255. Clipping "
                "changes only the sums above 255."),
            "fractions cut": Mistake(
                (lambda f, g: (np.minimum(f / 255 + g / 255, 1) * 255).astype(np.uint8),
                 lambda f, g: (255 * np.clip(f / 255 + g / 255, 0, 1)).astype(np.uint8)),
                "Your way through floats is fine, but at the end astype cut fractions "
                "off, and some sums are one too small: round with np.rint first."),
            "modulo": Mistake(
                lambda f, g: np.where(wide(f, g) > 255, 0, wide(f, g)).astype(np.uint8),
                "Sums above 255 became 0, black. They should become 255, white."),
        },
        ["`f.dtype` is uint8: it holds 0 to 255 and wraps around silently. Which type "
         "can hold 510?",
         "Three steps: `f.astype(int)`, then the sum, then `np.minimum(..., 255)`.",
         "The result must be bytes again: finish with `.astype(np.uint8)`."],
        independent=_loop_add_clipped,
        also_right=(lambda f, g: np.clip(f.astype(float) + g, 0, 255).astype("uint8"),
                    lambda f, g: np.where(g > 255 - f, 255, f + g).astype(np.uint8)),
        dtype=np.uint8)


# --- linear or not --------------------------------------------------------------------

def is_linear(H, f, g):
    """Return True if H[a f + b g] equals a H[f] + b H[g] for several pairs a, b."""
    for a, b in [(1, 1), (2, -3), (-0.5, 0.25)]:
        gap = H(a * f + b * g) - (a * H(f) + b * H(g))
        if np.abs(gap).max() > 1e-8:
            return False
    return True


def _is_linear_by_parts(H, f, g):
    sums = np.allclose(H(f + g), H(f) + H(g)) and np.allclose(H(f - g), H(f) - H(g))
    scales = all(np.allclose(H(a * f), a * np.asarray(H(f))) for a in (-1.7, 0, 3.1))
    return bool(sums and scales)


def _mean_filter(f):
    """H is the mean of 3 x 3 pixels"""
    return ndi.uniform_filter(f, 3)


def _row_differences(f):
    """H is the difference of neighbouring columns"""
    return np.diff(f, axis=1)


def _invert(f):
    """H is the negative, 1 - f"""
    return 1 - f


def _median_filter(f):
    """H is the median of 3 x 3 pixels"""
    return ndi.median_filter(f, 3)


def _absolute(f):
    """H is the absolute value"""
    return np.abs(f)


def _minus_absolute(f):
    """H is minus the absolute value"""
    return -np.abs(f)


def _square(f):
    """H is the square"""
    return f ** 2


def _square_below(f):
    """H squares the lower half of the image"""
    return np.concatenate([f[:len(f) // 2], f[len(f) // 2:] ** 2])


def _sorted_rows(f):
    """H sorts each row"""
    return np.sort(f, axis=1)


def _nearly_identity(f):
    """H is f + 0.001 f^2, nearly the identity"""
    return f + 0.001 * f ** 2


def _flip(f):
    """H mirrors the image left to right"""
    return f[:, ::-1]


_OPERATORS = [_flip, _mean_filter, _row_differences, _invert, _median_filter, _absolute,
              _minus_absolute, _square, _square_below, _sorted_rows, _nearly_identity]


def _linear_if(accept, pairs=((2, -3),)):
    """Return an is_linear with its own idea of which gaps are small."""
    return lambda H, f, g: bool(all(accept(H(a * f + b * g) - (a * H(f) + b * H(g)))
                                    for a, b in pairs))


def _close(gap):
    return np.allclose(gap, 0)


def _is_linear():
    return Exercise(
        "is_linear", is_linear,
        lambda rng: [(H, rng.random((8, 9)), rng.random((8, 9))) for H in _OPERATORS],
        {
            "exact equality": Mistake(
                (_linear_if(lambda gap: (gap == 0).all(), [(2, -3), (0.3, 0.7)]),
                 lambda H, f, g: np.array_equal(H(2 * f - 3 * g), 2 * H(f) - 3 * H(g))),
                "You asked for exact equality, and rounding in the last digit made a "
                "linear operator fail. Allow a small difference, as np.allclose does."),
            "never negative": Mistake(
                (_linear_if(_close, [(1, 1)]), _linear_if(_close, [(1, 1), (2, 3)])),
                "Your a and b are never negative (f + g alone is a = b = 1), and the "
                "absolute value passed: on positive numbers it does nothing. Try a "
                "negative b too."),
            "scaling only": Mistake(
                _linear_if(_close, [(2, 0), (-3, 0)]),
                "You tested scaling, H[a f] = a H[f], and the median passed. A linear "
                "operator must respect sums as well: bring in g."),
            "positive scaling only": Mistake(
                _linear_if(_close, [(2, 0)]),
                "You tested H[a f] = a H[f] for positive a only, and median, absolute "
                "value and sorting passed. Use both images and a negative factor."),
            "sum of 1": Mistake(
                (_linear_if(_close, [(2, -1)]), _linear_if(_close, [(0.5, 0.5)]),
                 _linear_if(_close, [(3, -2)])),
                "Your a and b add up to 1, and operators that move black away from 0, "
                "such as the negative 1 - f, can pass. Choose a pair with another sum."),
            "always true": Mistake(
                lambda H, f, g: True,
                "Every operator came out linear, the square too. Either nothing is "
                "compared, or a and b make both sides the same by themselves, as a = 1 "
                "and b = 0 do."),
            "always false": Mistake(
                lambda H, f, g: False,
                "Every operator came out non-linear, even mirroring the image. Check "
                "your two sides: H[a f + b g], and a H[f] + b H[g]."),
            "opposite": Mistake(
                lambda H, f, g: not is_linear(H, f, g),
                "Your answers are all reversed: True is to mean linear."),
            "some pixels": Mistake(
                lambda H, f, g: bool(np.isclose(H(2 * f - 3 * g),
                                                2 * H(f) - 3 * H(g)).any()),
                "You accepted the operator as soon as some pixels agree. All of them "
                "must: np.allclose, or the largest difference."),
            "sign of the gap": Mistake(
                _linear_if(lambda gap: gap.max() < 1e-6),
                "You looked for the largest difference without its absolute value, so "
                "an operator whose gap is negative everywhere passed: np.abs first."),
            "average of the gap": Mistake(
                (_linear_if(lambda gap: abs(gap.mean()) < 1e-6),
                 _linear_if(lambda gap: abs(gap.sum()) < 1e-6)),
                "You compared sums or means of the two sides, and sorting the pixels "
                "does not change these. Compare pixel by pixel."),
            "one pixel": Mistake(
                _linear_if(lambda gap: abs(gap[0, 0]) < 1e-6),
                "You looked at the first pixel only. An operator may be linear there "
                "and not elsewhere: compare all pixels."),
            "tolerance": Mistake(
                (_linear_if(lambda gap: np.abs(gap).max() < 0.1),
                 _linear_if(lambda gap: np.abs(gap).max() < 0.05)),
                "Your tolerance is so wide that f + 0.001 f^2 counts as linear. "
                "Rounding leaves about 1e-16: 1e-8 is wide enough."),
        },
        ["Choose numbers a and b, for instance 2 and -3. Compute `H(a * f + b * g)` and "
         "`a * H(f) + b * H(g)`: a linear operator gives the same image twice.",
         "Rounding leaves differences of about 1e-16: compare with np.allclose.",
         "The absolute value looks linear as long as everything is positive: make sure "
         "that a f + b g has negative pixels."],
        independent=_is_linear_by_parts,
        also_right=(_linear_if(_close),
                    _linear_if(lambda gap: np.abs(gap).max() < 1e-3)))


# --- averaging noisy frames -----------------------------------------------------------

def running_mean(frames):
    """Return the mean image of a list of uint8 frames, as floats, one frame at a time."""
    mean = np.zeros(frames[0].shape)
    for k, frame in enumerate(frames, start=1):
        mean += (frame - mean) / k
    return mean


def _running_mean():
    def halving(frames):
        mean = frames[0].astype(float)
        for frame in frames[1:]:
            mean = (mean + frame) / 2
        return mean

    def byte_sum(frames):
        total = frames[0].copy()
        for frame in frames[1:]:
            total = total + frame
        return total / len(frames)

    def from_zero(frames):
        return sum(frame.astype(float) for frame in frames) / (len(frames) + 1)

    def first_in_bytes(frames):
        mean = frames[0]
        for k, frame in enumerate(frames[1:], start=2):
            mean = mean + (frame - mean) / k
        return mean

    def too_small_divisor(frames):
        mean = frames[0].astype(float)
        for k in range(1, len(frames)):
            mean = mean + (frames[k] - mean) / k
        return mean

    def mean_of(frames):
        return np.mean(frames, axis=0)

    return Exercise(
        "running_mean", running_mean,
        lambda rng: [([np.array([[100, 200]], np.uint8), np.array([[100, 220]], np.uint8),
                       np.array([[103, 240]], np.uint8)],),
                     ([_bytes(rng, 4, 5)],),
                     ([_bytes(rng, 10, 12) for _ in range(7)],),
                     (list(np.full((300, 3, 2), 251, np.uint8)),)],
        {
            "halving": Mistake(
                halving,
                "You halved after each frame, so the last frame counts for one half "
                "and the first for almost nothing. Frame k must move the mean by 1/k "
                "of the difference."),
            "sum of bytes": Mistake(
                byte_sum,
                "Your sum wrapped around at 255: it was kept in uint8. Start from an "
                "array of floats."),
            "one frame too many": Mistake(
                from_zero,
                "You divided by one frame too many: enumerate counts from 0 unless you "
                "say start=1, and an array of zeros is no frame."),
            "whole numbers": Mistake(
                (lambda frames: mean_of(frames).astype(np.uint8),
                 lambda frames: np.rint(mean_of(frames))),
                "You lost the fractions: your levels are whole numbers. A mean of bytes "
                "is finer than a byte: return floats, neither cut nor rounded."),
            "first frame in bytes": Mistake(
                first_in_bytes,
                "Your mean starts as an image of bytes, so the first difference wrapped "
                "around: start with floats, frames[0].astype(float)."),
            "divisor too small": Mistake(
                too_small_divisor,
                "You divided by one too little: after frames[k] there are k + 1 frames, "
                "because k counts from 0."),
            "one number": Mistake(
                lambda frames: np.mean(frames),
                "You averaged over the pixels too and got one number. Average over "
                "the frames only: the result has the shape of one frame."),
            "sum": Mistake(
                lambda frames: np.sum(frames, axis=0, dtype=float),
                "That is the sum of the frames: divide by how many there are."),
            "median": Mistake(
                lambda frames: np.median(frames, axis=0),
                "That is the median over the frames. The exercise asks for the mean."),
        },
        ["Keep one image of floats, `mean`, and correct it with each new frame.",
         "After k frames: mean_k = mean_(k-1) + (frame_k - mean_(k-1)) / k, with k from "
         "1. `enumerate(frames, start=1)` counts for you."],
        independent=lambda frames: np.asarray(frames, float).mean(axis=0))


# --- look-up tables --------------------------------------------------------------------

def gamma_lut(gamma):
    """Return the 256-entry uint8 table of s = 255 (r / 255)^gamma, rounded."""
    r = np.arange(256) / 255
    return np.rint(255 * r ** gamma).astype(np.uint8)


def _gamma_lut():
    r = np.arange(256)
    return Exercise(
        "gamma_lut", gamma_lut,
        lambda rng: [(1.0,), (0.5,), (2.2,), (float(rng.uniform(0.3, 3)),)],
        {
            "truncated": Mistake(
                lambda gamma: (255 * (r / 255) ** gamma).astype(np.uint8),
                "You converted to uint8 without rounding: astype cuts the fraction "
                "off, 99.9 becomes 99. Round first, with np.rint."),
            "inverse": Mistake(
                lambda gamma: gamma_lut(1 / gamma),
                "You used 1/gamma as the exponent. Cameras and screens differ by this "
                "inverse; here the exponent is gamma itself."),
            "not normalised": Mistake(
                (lambda gamma: np.clip(np.rint(1.0 * r ** gamma), 0, 255).astype("uint8"),
                 lambda gamma: np.rint(255 * r ** gamma).astype(np.uint8),
                 lambda gamma: (255 * r ** gamma).astype(np.uint8),
                 lambda gamma: np.clip(255 * r ** gamma, 0, 255).astype(np.uint8)),
                "You raised the levels 0 to 255 themselves to the power. Divide by 255 "
                "first, multiply by 255 after."),
            "from 0 to 1": Mistake(
                lambda gamma: (r / 255) ** gamma,
                "Your table runs from 0 to 1. Its entries are bytes: multiply by 255, "
                "round, convert to uint8."),
            "256": Mistake(
                (lambda gamma: np.rint(256 * (r / 256) ** gamma).astype(np.uint8),
                 lambda gamma: np.rint(255 * (r / 256) ** gamma).astype(np.uint8)),
                "You divided by 256. The largest byte is 255, and it must stay 255."),
            "negative too": Mistake(
                (lambda gamma: gamma_lut(gamma)[::-1], lambda gamma: 255 - gamma_lut(gamma)),
                "Your table is a negative as well: white became black. No 1 - and no "
                "255 - is needed."),
            "not bytes": Mistake(
                lambda gamma: 255 * (r / 255) ** gamma,
                "The values are right before rounding, but a table for bytes holds "
                "bytes: round with np.rint and convert to uint8."),
        },
        ["The table has one entry for each possible level: start from `np.arange(256)`.",
         "Normalise to 0..1, raise to the power gamma, scale back to 0..255.",
         "`np.rint` rounds to the nearest integer; `.astype(np.uint8)` alone would cut."],
        independent=lambda gamma: np.array([round(255 * (k / 255) ** gamma)
                                            for k in range(256)], np.uint8),
        dtype=np.uint8, tolerance=1e-9)


# --- statistics from a histogram ---------------------------------------------------------

def histogram_statistics(counts):
    """Return mean, standard deviation and mode of the levels, from their counts alone."""
    levels = np.arange(len(counts))
    p = counts / counts.sum()
    mean = (levels * p).sum()
    deviation = np.sqrt(((levels - mean) ** 2 * p).sum())
    return mean, deviation, counts.argmax()


def _statistics_of_pixels(counts):
    pixels = np.repeat(np.arange(len(counts)), counts)
    return pixels.mean(), pixels.std(), np.bincount(pixels).argmax()


def _histogram_statistics():
    def correct(counts):
        return histogram_statistics(counts)

    def variance(counts):
        mean, deviation, mode = correct(counts)
        return mean, deviation ** 2, mode

    def unweighted(counts):
        levels = np.arange(len(counts))
        return levels.mean(), levels.std(), counts.argmax()

    def raw_moment(counts):
        mean, _, mode = correct(counts)
        p = counts / counts.sum()
        return mean, np.sqrt((np.arange(len(counts)) ** 2 * p).sum()), mode

    return Exercise(
        "histogram_statistics", histogram_statistics,
        lambda rng: [(np.array([0, 1, 2, 1]),),
                     (np.array([5, 0, 0, 3, 9, 1, 0, 2]),),
                     (np.bincount(_bytes(rng, 5000) // 2 + 30, minlength=256),),
                     (rng.integers(0, 50, 64) + 30 * (np.arange(64) == 41),)],
        {
            "mode is a count": Mistake(
                lambda counts: (*correct(counts)[:2], counts.max()),
                "Your mode is how often the commonest level occurs. The mode is that "
                "level itself: argmax, not max."),
            "variance": Mistake(
                variance,
                "Your second value is the variance: the standard deviation is its "
                "square root."),
            "statistics of the counts": Mistake(
                lambda counts: (counts.mean(), counts.std(), counts.argmax()),
                "You took mean and deviation of the counts. The counts say how often "
                "each level occurs: use them as weights of the levels 0, 1, 2, ..."),
            "unweighted": Mistake(
                unweighted,
                "You averaged the levels without their counts: a level that never "
                "occurs counted as much as the commonest one."),
            "divided by the levels": Mistake(
                lambda counts: ((np.arange(len(counts)) * counts).mean(),
                                correct(counts)[1], correct(counts)[2]),
                "Your mean divides by the number of levels. Divide by the number of "
                "pixels, which is the sum of the counts."),
            "mean not subtracted": Mistake(
                raw_moment,
                "Your deviation is taken around 0: subtract the mean from the levels "
                "before squaring."),
            "not divided": Mistake(
                lambda counts: ((np.arange(len(counts)) * counts).sum(),
                                correct(counts)[1], correct(counts)[2]),
                "Your mean is a sum: divide by the number of pixels, which is the sum "
                "of the counts."),
            "from 1": Mistake(
                (lambda counts: (correct(counts)[0] + 1, correct(counts)[1],
                                 correct(counts)[2] + 1),
                 lambda counts: (correct(counts)[0] + 1, *correct(counts)[1:])),
                "You numbered the levels from 1. The first count belongs to level 0."),
            "sample deviation": Mistake(
                lambda counts: (correct(counts)[0], correct(counts)[1] * np.sqrt(
                    counts.sum() / (counts.sum() - 1)), correct(counts)[2]),
                "You divided by the number of pixels less one. That estimates the "
                "deviation of a larger population; here the image is all there is."),
            "order": Mistake(
                tuple(lambda counts, order=order: tuple(correct(counts)[k] for k in order)
                      for order in [(0, 2, 1), (1, 0, 2), (2, 1, 0), (2, 0, 1), (1, 2, 0)]),
                "The values are right but in another order: mean, standard deviation, "
                "mode."),
        },
        ["How many pixels are there? `counts.sum()`. What share of them has level r? "
         "`p = counts / counts.sum()`.",
         "The mean is the sum of level times share, over all levels; "
         "`np.arange(len(counts))` gives the levels.",
         "The variance is the sum of (level - mean)^2 times share; the mode is "
         "`counts.argmax()`."],
        independent=_statistics_of_pixels)


# --- equalisation -----------------------------------------------------------------------

def equalise_inside(f, mask):
    """Return uint8 image f equalised by the histogram of its pixels inside mask."""
    counts = np.bincount(f[mask], minlength=256)
    cdf = counts.cumsum() / counts.sum()
    return np.rint(255 * cdf).astype(np.uint8)[f]


def _rank_equalise(f, mask):
    inside = np.sort(f[mask])
    share = np.searchsorted(inside, f, side="right") / inside.size
    return np.rint(255 * share).astype(np.uint8)


def _equalise_inside():
    def everywhere(f, mask):
        return equalise_inside(f, np.ones(f.shape, bool))

    def black_outside(f, mask):
        return np.where(mask, equalise_inside(f, mask), 0).astype(np.uint8)

    def by_all_pixels(f, mask):
        cdf = np.bincount(f[mask], minlength=256).cumsum() / f.size
        return np.rint(255 * cdf).astype(np.uint8)[f]

    def without_sum(f, mask):
        counts = np.bincount(f[mask], minlength=256)
        return np.rint(255 * counts / counts.max()).astype(np.uint8)[f]

    def from_black(f, mask):
        cdf = np.bincount(f[mask], minlength=256).cumsum()
        low = cdf[cdf > 0].min()
        share = np.clip((cdf - low) / max(cdf[-1] - low, 1), 0, 1)
        return np.rint(255 * share).astype(np.uint8)[f]

    def masked_to_zero(f, mask):
        return equalise_inside(f * mask, np.ones(f.shape, bool))

    def unrounded(f, mask):
        cdf = np.bincount(f[mask], minlength=256).cumsum() / mask.sum()
        return 255 * cdf[f]

    def untouched_outside(f, mask):
        return np.where(mask, equalise_inside(f, mask), f)

    def cases(rng):
        spots = ndi.gaussian_filter(rng.random((24, 30)), 2)
        spots = np.rint(60 + 600 * (spots - spots.min())).clip(0, 255).astype(np.uint8)
        disc = np.hypot(*np.mgrid[-12:12, -15:15]) < 11
        spots[~disc] = rng.integers(0, 9, (~disc).sum())
        # An odd number of pixels inside: 255 CDF is then never halfway between levels.
        if disc.sum() % 2 == 0:
            disc[12, 15] = False
        return [(np.array([[9, 20, 20, 40], [0, 40, 90, 90]], np.uint8),
                 np.array([[0, 1, 1, 1], [0, 1, 1, 0]], bool)),
                (_bytes(rng, 6, 7) // 3, np.arange(42).reshape(6, 7) % 9 > 3),
                (spots, disc)]

    return Exercise(
        "equalise_inside", equalise_inside, cases,
        {
            "whole image": Mistake(
                everywhere,
                "You used the histogram of the whole image: the surround still decides "
                "the mapping. Count only the pixels `f[mask]`."),
            "black outside": Mistake(
                black_outside,
                "You blackened the pixels outside the mask. The mapping comes from the "
                "inside, but every pixel goes through it."),
            "outside untouched": Mistake(
                untouched_outside,
                "You left the pixels outside the mask as they were. The mapping comes "
                "from the inside, but every pixel goes through it."),
            "inverted mask": Mistake(
                lambda f, mask: equalise_inside(f, ~mask),
                "You counted the pixels outside: the mask is True inside."),
            "outside counted as black": Mistake(
                masked_to_zero,
                "You multiplied by the mask, so the pixels outside were counted as "
                "black. Select those inside: `f[mask]`."),
            "not rounded": Mistake(
                unrounded,
                "The mapping is right, but its levels are still floats: round with "
                "np.rint, then convert to uint8."),
            "from 0 to 1": Mistake(
                lambda f, mask: unrounded(f, mask) / 255,
                "Your levels run from 0 to 1: that is the CDF itself. Bytes run to 255: "
                "multiply, round, convert to uint8."),
            "divided by all pixels": Mistake(
                by_all_pixels,
                "You divided by the number of pixels of the whole image, so the "
                "cumulative share never reaches 1. Divide by those inside."),
            "not cumulative": Mistake(
                without_sum,
                "You used the histogram itself as the mapping: common levels became "
                "bright. Equalisation needs its cumulative sum."),
            "darkest to black": Mistake(
                from_black,
                "You used the variant that sends the darkest level to 0, as OpenCV "
                "does. It is a fair choice, but here s = 255 CDF(r)."),
            "truncated": Mistake(
                lambda f, mask: (255 * (np.bincount(f[mask], minlength=256).cumsum()
                                        / mask.sum())).astype(np.uint8)[f],
                "You cut the fractions off: round with np.rint before the conversion "
                "to uint8."),
        },
        ["`f[mask]` is the list of grey levels inside. Count them as in the page, with "
         "`np.bincount(..., minlength=256)`.",
         "The cumulative sum, divided by the number of pixels inside, is the CDF.",
         "255 times the CDF, rounded, is a table of 256 bytes: apply it to all of f, "
         "`table[f]`."],
        independent=_rank_equalise, dtype=np.uint8, tolerance=1e-9)
