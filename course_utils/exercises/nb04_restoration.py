"""Exercises of page 04: restoration."""

import numpy as np
import skimage as ski
from scipy import ndimage as ndi

from course_utils.exercise import Exercise, Mistake


def make_exercises():
    """Return the exercises of the page, in its order."""
    return [_psnr_bytes(), _fill_holes(), _notch_weight(), _blur(), _wiener_spectra(),
            _shrink()]


# --- PSNR of bytes ---------------------------------------------------------------------

def psnr_bytes(f, g):
    """Return 10 log10(255^2 / MSE) of two uint8 images; infinity if they are equal."""
    mse = np.mean((f.astype(float) - g) ** 2)
    return 10 * np.log10(255 ** 2 / mse) if mse > 0 else np.inf


def _library_psnr(f, g):
    with np.errstate(divide="ignore"):
        return ski.metrics.peak_signal_noise_ratio(f, g, data_range=255)


def _psnr_bytes():
    def scored(formula):
        """Return an answer that computes ``formula`` of the differences and of f."""
        def answer(f, g):
            d = f.astype(float) - g
            return formula(d, f) if d.any() else np.inf
        return answer

    def for_equal(value):
        return lambda f, g: psnr_bytes(f, g) if (f != g).any() else value

    def cases(rng):
        f = rng.integers(20, 200, (9, 12), dtype=np.uint8)
        g = (f + rng.integers(-15, 16, f.shape)).astype(np.uint8)
        return [(np.array([[10, 200]], np.uint8), np.array([[13, 190]], np.uint8)),
                (f, g), (g, g.copy()),
                (rng.integers(0, 250, (7, 5), dtype=np.uint8),
                 rng.integers(0, 250, (7, 5), dtype=np.uint8))]

    log = np.log10
    return Exercise(
        "psnr_bytes", psnr_bytes, cases,
        {
            "wrapped": Mistake(
                (scored(lambda d, f: 10 * log(255 ** 2 / np.mean(
                    d.astype(int).astype(np.uint8) ** 2))),
                 scored(lambda d, f: 10 * log(255 ** 2 / np.mean(
                     d.astype(int).astype(np.uint8).astype(float) ** 2))),
                 scored(lambda d, f: 10 * log(255 ** 2 / np.mean(
                     (d.astype(int) ** 2).astype(np.uint8))))),
                "You subtracted or squared bytes, and they wrapped around: 10 - 13 "
                "became 253. Convert to float before the difference."),
            "peak 1": Mistake(
                scored(lambda d, f: 10 * log(1 / np.mean(d ** 2))),
                "You took 1 as the peak. That is right for floats from 0 to 1; the "
                "peak of bytes is 255."),
            "peak not squared": Mistake(
                scored(lambda d, f: 10 * log(255 / np.mean(d ** 2))),
                "The MSE is a square, so the peak must be squared too: 255^2 / MSE."),
            "peak of the image": Mistake(
                (scored(lambda d, f: 10 * log(float(f.max()) ** 2 / np.mean(d ** 2))),
                 scored(lambda d, f: 10 * log(np.max([f, f - d]) ** 2 / np.mean(d ** 2)))),
                "You took the largest level of f as the peak. The peak is the largest "
                "level that a byte can hold, 255, so that pictures can be compared."),
            "peak 256": Mistake(
                scored(lambda d, f: 10 * log(256 ** 2 / np.mean(d ** 2))),
                "You took 256, the number of levels, as the peak. The largest level "
                "is 255."),
            "factor 20": Mistake(
                scored(lambda d, f: 20 * log(255 ** 2 / np.mean(d ** 2))),
                "You used the factor 20 with squares. It is 20 log10(255 / RMSE), or "
                "10 log10(255^2 / MSE)."),
            "factor 10 with roots": Mistake(
                scored(lambda d, f: 10 * log(255 / np.sqrt(np.mean(d ** 2)))),
                "You used the factor 10 with the root of the MSE. It is 10 log10 of "
                "squares, or 20 log10 of roots."),
            "no factor": Mistake(
                scored(lambda d, f: log(255 ** 2 / np.mean(d ** 2))),
                "The factor 10 is missing before the logarithm: a decibel is a tenth "
                "of a bel."),
            "natural logarithm": Mistake(
                scored(lambda d, f: 10 * np.log(255 ** 2 / np.mean(d ** 2))),
                "np.log is the natural logarithm. Decibels need np.log10."),
            "absolute differences": Mistake(
                (scored(lambda d, f: 10 * log(255 ** 2 / np.mean(np.abs(d)))),
                 scored(lambda d, f: 20 * log(255 / np.mean(np.abs(d))))),
                "You averaged absolute differences: square them before the mean."),
            "mean before the square": Mistake(
                (scored(lambda d, f: 10 * log(255 ** 2 / np.mean(d) ** 2)),),
                "You averaged the differences and squared then, so that errors of "
                "opposite sign cancel. Square each difference, then take the mean."),
            "sum": Mistake(
                scored(lambda d, f: 10 * log(255 ** 2 / np.sum(d ** 2))),
                "You took the sum of the squares. The M of MSE is a mean: otherwise "
                "large images score worse."),
            "upside down": Mistake(
                scored(lambda d, f: 10 * log(np.mean(d ** 2) / 255 ** 2)),
                "Your ratio is upside down: the peak is in the numerator, so that a "
                "better picture has a larger PSNR."),
            "peak of bytes, levels of floats": Mistake(
                scored(lambda d, f: 10 * log(255 ** 2 / np.mean((d / 255) ** 2))),
                "You divided the levels by 255 and kept the peak 255. Either levels "
                "from 0 to 255 and peak 255, or levels from 0 to 1 and peak 1."),
            "formula of the page": Mistake(
                (lambda f, g: -10 * log(np.mean((f - g) ** 2)) if (f != g).any()
                 else np.inf,
                 lambda f, g: -10 * log(np.mean((f - g) ** 2))),
                "That is the page's psnr, made for floats from 0 to 1. Bytes wrap "
                "around when you subtract them, and their peak is 255: two changes."),
            "no logarithm": Mistake(
                (scored(lambda d, f: np.mean(d ** 2)), lambda f, g: np.mean(
                    (f.astype(float) - g) ** 2),
                 scored(lambda d, f: np.sqrt(np.mean(d ** 2))), lambda f, g: np.sqrt(
                     np.mean((f.astype(float) - g) ** 2)),
                 scored(lambda d, f: 255 ** 2 / np.mean(d ** 2))),
                "You returned the MSE, its root, or its ratio to the peak. The PSNR is "
                "10 log10(255^2 / MSE)."),
            "root forgotten": Mistake(
                scored(lambda d, f: 20 * log(255 / np.mean(d ** 2))),
                "With the factor 20 the root of the MSE is needed: 20 log10(255 / "
                "RMSE), or 10 log10(255^2 / MSE)."),
            "variance": Mistake(
                scored(lambda d, f: 10 * log(255 ** 2 / np.var(d))),
                "You took the variance of the differences, which forgives a change of "
                "brightness. The MSE is the mean of their squares."),
            "signal to noise": Mistake(
                (scored(lambda d, f: 10 * log(np.mean(f.astype(float) ** 2)
                                              / np.mean(d ** 2))),
                 scored(lambda d, f: 10 * log(np.var(f) / np.mean(d ** 2)))),
                "You compared with the power of the picture: that is the SNR. The P "
                "of PSNR is the peak, 255, squared."),
            "contrast as the peak": Mistake(
                scored(lambda d, f: 10 * log(float(np.ptp(f)) ** 2 / np.mean(d ** 2))),
                "You took the range of levels in f, largest minus smallest, as the "
                "peak. It is 255 for all bytes, so that pictures can be compared."),
            "divided by the rows": Mistake(
                scored(lambda d, f: 10 * log(255 ** 2 / (np.sum(d ** 2) / len(f)))),
                "You divided the sum by len(f), the number of rows. Divide by the "
                "number of pixels, f.size, or use np.mean."),
            "squares overflow": Mistake(
                (scored(lambda d, f: 10 * log(255 ** 2 / np.mean(
                    d.astype(np.int16) ** 2))),),
                "16 bits hold the differences but not their squares, which wrap beyond "
                "32767. Use float, or int32."),
            "tiny number added": Mistake(
                tuple(lambda f, g, tiny=tiny: 10 * log(255 ** 2 / (np.mean(
                    (f.astype(float) - g) ** 2) + tiny))
                    for tiny in (1e-12, 1e-10, 1e-9, 1e-8, 1e-6, 1e-3, 2.0 ** -52)),
                "You added a tiny number to the MSE, so equal images get a finite "
                "PSNR that depends on it. Return np.inf for them."),
            "equal images": Mistake(
                (for_equal(0), for_equal(100), for_equal(255), for_equal(np.nan)),
                "Your formula is right, but for equal images the MSE is 0 and the "
                "PSNR infinite: return np.inf."),
        },
        ["What is 10 - 13 in bytes? Convert one of the images before you subtract.",
         "MSE is np.mean of the squared differences; PSNR is 10 * np.log10(255**2 / MSE).",
         "If the MSE is 0, return np.inf before you divide."],
        independent=_library_psnr,
        also_right=(lambda f, g: (np.inf if np.array_equal(f, g) else
                                  20 * np.log10(255 * np.sqrt(f.size) / np.linalg.norm(
                                      f.astype(int) - g.astype(int)))),
                    _psnr_by_loops))


def _psnr_by_loops(f, g):
    total = sum((int(a) - int(b)) ** 2
                for a, b in zip(f.ravel(), g.ravel(), strict=True))
    return float("inf") if total == 0 else float(-10 * np.log10(total / f.size / 65025))


# --- impulses as holes ------------------------------------------------------------------

def fill_holes(g, S):
    """Return g with pixels of 0 or 1 replaced by the mean of the good ones around."""
    good = (g > 0) & (g < 1)
    window = np.ones((S, S))
    count = ndi.convolve(good.astype(float), window, mode="constant")
    total = ndi.convolve(np.where(good, g, 0.0), window, mode="constant")
    holes = ~good & (count > 0)
    out = g.copy()
    out[holes] = total[holes] / count[holes]
    return out


def _window(g, y, x, r):
    """Return the part of g at most r from (y, x) that lies inside the image."""
    return g[max(y - r, 0):y + r + 1, max(x - r, 0):x + r + 1]


def _loop_fill(g, S):
    out = np.array(g, float)
    for y, x in np.ndindex(g.shape):
        values = [v for v in _window(g, y, x, S // 2).ravel() if 0 < v < 1]
        if g[y, x] in (0, 1) and values:
            out[y, x] = sum(values) / len(values)
    return out


def _fill_with(pick, *, bad=lambda v: v in (0, 1), radius=lambda S: S // 2,
               empty=lambda v: v, in_place=False, mirrored=False):
    """Return an answer to fill_holes in which one thing is done in another way."""
    def answer(g, S):
        r = radius(S)
        out = np.array(g, float)
        source = out if in_place else np.array(g, float)
        padded = np.pad(source, r, mode="symmetric")
        for y, x in np.ndindex(g.shape):
            if bad(g[y, x]):
                window = (padded[y:y + 2 * r + 1, x:x + 2 * r + 1] if mirrored
                          else _window(source, y, x, r))
                values = pick(window.ravel(), S)
                out[y, x] = values if values is not None else empty(g[y, x])
        return out
    return answer


def _skip_the_border(g, S):
    """Fill only holes whose window lies inside g, or is not empty after slicing."""
    r, out = S // 2, np.array(g, float)
    for y in range(r, g.shape[0] - r):
        for x in range(r, g.shape[1] - r):
            if g[y, x] in (0, 1) and _good(_window(g, y, x, r)).size:
                out[y, x] = _good(_window(g, y, x, r)).mean()
    return out


def _slice_from_below_zero(g, S):
    r, out = S // 2, np.array(g, float)
    for y, x in np.ndindex(g.shape):
        values = _good(g[y - r:y + r + 1, x - r:x + r + 1])
        if g[y, x] in (0, 1) and values.size:
            out[y, x] = values.mean()
    return out


def _slice_one_short(g, S):
    r, out = S // 2, np.array(g, float)
    for y, x in np.ndindex(g.shape):
        values = _good(g[max(y - r, 0):y + r, max(x - r, 0):x + r])
        if g[y, x] in (0, 1) and values.size:
            out[y, x] = values.mean()
    return out


def _fill_by_sums(mode="constant", counted=float, summed=lambda g, good: g * good):
    """Return an answer that counts and sums by convolution, one thing changed."""
    def answer(g, S):
        good, window = (g > 0) & (g < 1), np.ones((S, S))
        count = ndi.convolve(good.astype(counted), window, mode=mode)
        total = ndi.convolve(summed(g, good), window, mode=mode)
        return np.where(good | (count == 0), g, total / np.maximum(count, 1))
    return answer


def _fill_until_full(g, S):
    for _ in range(g.size):
        g = fill_holes(g, S)
    return g


def _if_hole(filtered):
    """Return an answer that takes ``filtered(g, S)`` at the bad pixels."""
    return lambda g, S: np.where((g == 0) | (g == 1), filtered(g, S), g)


def _good(window):
    return window[(window > 0) & (window < 1)]


def _mean_or_none(window, S):
    return _good(window).mean() if _good(window).size else None


def _fill_holes():
    def cases(rng):
        def holes(shape, density):
            g = rng.uniform(0.1, 0.9, shape)
            u = rng.random(shape)
            return np.where(u < density / 2, 0.0, np.where(u > 1 - density / 2, 1.0, g))

        small = np.array([[0.2, 0.0, 0.7], [1.0, 0.9, 0.4]])
        alone = holes((8, 9), 0.4)
        alone[:3, :4] = [[1, 0, 1, 1], [0, 1, 1, 0], [1, 0, 0, 1]]
        alone[5:, 7:] = 0
        return [(small, 3), (holes((6, 7), 0.35), 3), (alone, 3),
                (holes((13, 11), 0.6), 5)]

    mean = _mean_or_none
    return Exercise(
        "fill_holes", fill_holes, cases,
        {
            "all pixels": Mistake(
                _fill_with(mean, bad=lambda v: True),
                "You replaced the good pixels too. Only those that are exactly 0 or 1 "
                "change; that is what keeps the detail."),
            "mean of all": Mistake(
                (_fill_with(lambda w, S: w.mean()),
                 _fill_with(lambda w, S: w.mean(), mirrored=True),
                 lambda g, S: np.where((g == 0) | (g == 1), ndi.uniform_filter(
                     g, S, mode="constant"), g),
                 lambda g, S: np.where((g == 0) | (g == 1), ndi.uniform_filter(
                     g, S, mode="nearest"), g),
                 lambda g, S: np.where((g == 0) | (g == 1), ndi.uniform_filter(
                     g, S, mode="mirror"), g)),
                "You averaged over the whole window, the bad pixels included. Average "
                "the good ones only."),
            "divided by S^2": Mistake(
                (_fill_with(lambda w, S: _good(w).sum() / S ** 2 if _good(w).size
                            else None),
                 _fill_with(lambda w, S: _good(w).sum() / S ** 2)),
                "You divided the sum of the good pixels by S^2. Divide by how many "
                "good ones there are."),
            "divided by the window": Mistake(
                (_fill_with(lambda w, S: _good(w).sum() / w.size if _good(w).size
                            else None),
                 _fill_with(lambda w, S: _good(w).sum() / w.size)),
                "You divided the sum of the good pixels by the number of all pixels "
                "of the window. Divide by the number of good ones."),
            "median": Mistake(
                (_fill_with(lambda w, S: np.median(_good(w)) if _good(w).size else None),),
                "You took the median of the good pixels, a fair choice, but this "
                "exercise asks for their mean."),
            "in place": Mistake(
                _fill_with(mean, in_place=True),
                "You read from the image that you are filling, so pixels filled "
                "earlier count as good. Read from g, write into a copy."),
            "black only": Mistake(
                (_fill_with(mean, bad=lambda v: v == 0),
                 _fill_with(lambda w, S: w[w > 0].mean() if (w > 0).any() else None,
                            bad=lambda v: v == 0)),
                "You treated only the black pixels, 0, as bad; the white ones, 1, are "
                "bad as well."),
            "white only": Mistake(
                _fill_with(mean, bad=lambda v: v == 1),
                "You treated only the white pixels, 1, as bad; the black ones, 0, are "
                "bad as well."),
            "white counted": Mistake(
                _fill_with(lambda w, S: w[w > 0].mean() if (w > 0).any() else None),
                "You left out the black pixels but counted the white ones as good. "
                "Good means strictly between 0 and 1."),
            "black counted": Mistake(
                _fill_with(lambda w, S: w[w < 1].mean() if (w < 1).any() else None),
                "You left out the white pixels but counted the black ones as good. "
                "Good means strictly between 0 and 1."),
            "mirrored border": Mistake(
                (_fill_with(mean, mirrored=True), _fill_by_sums("nearest"),
                 _fill_by_sums("mirror")),
                "Inside you are right, but you mirrored or repeated the image at its "
                "border, so some pixels count twice. Only pixels inside the image "
                "count: mode='constant', or cut the window."),
            "periodic border": Mistake(
                _fill_by_sums("wrap"),
                "Inside you are right, but your window goes on at the opposite border. "
                "Only pixels inside the image count: mode='constant', or cut the "
                "window."),
            "border skipped": Mistake(
                (_skip_the_border, _slice_from_below_zero),
                "Bad pixels near the border were left as they are. Cut the window at "
                "the border: g[max(y - r, 0):y + r + 1, ...], since a slice that "
                "starts below 0 counts from the other end."),
            "slice one short": Mistake(
                _slice_one_short,
                "Your window lacks its last row and column: a slice ends before its "
                "second number, so write y - r:y + r + 1."),
            "count of booleans": Mistake(
                _fill_by_sums(counted=bool),
                "You counted in an array of booleans, in which every count above 0 is "
                "1. Convert the mask first: good.astype(float)."),
            "bad pixels in the sum": Mistake(
                _fill_by_sums(summed=lambda g, good: g),
                "You counted the good pixels, but summed all of them: the white ones "
                "add 1 each. Set the bad ones to 0 before you sum."),
            "until full": Mistake(
                _fill_until_full,
                "You filled again and again, from pixels that you had filled. One pass "
                "is asked for: without a good pixel of g around, it stays as it is."),
            "median of all": Mistake(
                (_if_hole(lambda g, S: ndi.median_filter(g, S)),
                 _if_hole(lambda g, S: ndi.median_filter(g, S, mode="constant")),
                 _if_hole(lambda g, S: ndi.median_filter(g, S, mode="nearest"))),
                "You took the median of the whole window, the bad pixels included. "
                "The exercise asks for the mean of the good ones."),
            "whole image filtered": Mistake(
                (lambda g, S: ndi.median_filter(g, S), lambda g, S: ndi.uniform_filter(
                    g, S)),
                "You filtered the whole image, good pixels too. Change the bad ones "
                "only, and let only good ones into the mean."),
            "one mean for all": Mistake(
                (_if_hole(lambda g, S: _good(g).mean()),),
                "You gave all bad pixels the same mean, that of the whole image. Each "
                "has its own S x S window."),
            "good pixels lost": Mistake(
                (lambda g, S: np.where((g == 0) | (g == 1), fill_holes(g, S), 0),),
                "The bad pixels are right, but the good ones became 0. Start from a "
                "copy of g instead of zeros."),
            "S ignored": Mistake(
                lambda g, S: fill_holes(g, 3),
                "You always used a window of 3 x 3. Its side is S."),
            "no good neighbour": Mistake(
                (_fill_with(mean, empty=lambda v: 0.0),
                 _fill_with(mean, empty=lambda v: np.nan),
                 _fill_with(mean, empty=lambda v: 0.5),
                 lambda g, S: np.where((fill_holes(g, S) == 0) | (fill_holes(g, S) == 1),
                                       _good(g).mean(), fill_holes(g, S))),
                "Where a bad pixel has no good neighbour you changed it (to 0, to some "
                "mean, or to NaN by 0/0). It should stay as it is."),
            "window too large": Mistake(
                _fill_with(mean, radius=lambda S: S),
                "Your window reaches S pixels to each side, so it is 2S + 1 wide. S is "
                "the whole width: S // 2 to each side."),
        },
        ["Make a mask of the good pixels: `(g > 0) & (g < 1)`. How many good ones does "
         "each window hold, and what is their sum?",
         "`ndi.convolve(mask.astype(float), np.ones((S, S)), mode='constant')` counts; "
         "the same with the bad pixels set to 0 sums.",
         "Work on `out = g.copy()` and change only where the pixel is bad and the count "
         "above 0."],
        independent=_loop_fill,
        also_right=(_fill_with(mean), _fill_by_nanmean))


def _fill_by_nanmean(g, S):
    holes = (g == 0) | (g == 1)
    padded = np.pad(np.where(holes, np.nan, g), S // 2, constant_values=np.nan)
    windows = np.lib.stride_tricks.sliding_window_view(padded, (S, S))
    some = np.isfinite(windows).any(axis=(2, 3))
    out = np.array(g)
    for y, x in np.argwhere(holes & some):
        out[y, x] = np.nanmean(windows[y, x])
    return out


# --- the weight of the optimum notch ----------------------------------------------------

def notch_weight(g, eta):
    """Return cov(g, eta) / var(eta), the w for which g - w eta varies least."""
    d = eta - eta.mean()
    variance = np.mean(d ** 2)
    if variance < 1e-15:
        return 0.0
    return np.mean((g - g.mean()) * d) / variance


def _weight_by_fit(g, eta):
    if np.ptp(eta) == 0:
        return 0.0
    return np.polyfit(np.ravel(eta), np.ravel(g), 1)[0]


def _weight_if_varied(formula):
    """Return an answer that is 0 where eta is constant."""
    return lambda g, eta: formula(g, eta) if np.ptp(eta) else 0.0


def _notch_weight():
    def cov(g, eta):
        return np.mean(g * eta) - g.mean() * eta.mean()

    def cases(rng):
        def pair(shape, share):
            eta = 0.3 * rng.standard_normal(shape) + 0.15
            return 0.5 + 0.2 * rng.random(shape) + share * eta, eta

        return [(np.array([0.5, 0.8, 0.3]), np.array([0.1, 0.4, -0.2])),
                pair((3, 5), 0.8), pair((7, 6), -0.4),
                (rng.random((3, 4)), np.full((3, 4), 0.25)), pair((9, 9), 1.3)]

    varied = _weight_if_varied
    return Exercise(
        "notch_weight", notch_weight, cases,
        {
            "no variance": Mistake(
                (varied(cov), varied(lambda g, e: np.cov(g.ravel(), e.ravel())[0, 1])),
                "You returned the covariance of g and eta. Divide it by the variance "
                "of eta."),
            "no covariance": Mistake(
                (varied(lambda g, e: g.var() / e.var()), varied(lambda g, e: 1 / e.var()),
                 varied(lambda g, e: g.std() / e.std())),
                "Your w has no covariance in it, so it does not know whether g and eta "
                "move together. The numerator is mean(g eta) - mean(g) mean(eta)."),
            "means not subtracted": Mistake(
                (varied(lambda g, e: np.mean(g * e) / np.mean(e ** 2)),
                 lambda g, e: np.mean(g * e) / np.mean(e ** 2)),
                "You forgot to subtract the means: mean(g eta) / mean(eta^2) makes the "
                "square of g - w eta small, not its variance."),
            "numerator not centred": Mistake(
                varied(lambda g, e: np.mean(g * e) / e.var()),
                "In the numerator mean(g) mean(eta) is missing: it is the covariance, "
                "not the mean of the product."),
            "denominator not centred": Mistake(
                (varied(lambda g, e: cov(g, e) / np.mean(e ** 2)),
                 lambda g, e: cov(g, e) / np.mean(e ** 2)),
                "In the denominator mean(eta)^2 is missing: it is the variance, not "
                "the mean of the squares."),
            "standard deviation": Mistake(
                varied(lambda g, e: cov(g, e) / e.std()),
                "You divided by the standard deviation of eta. It is the variance, its "
                "square."),
            "correlation": Mistake(
                (varied(lambda g, e: cov(g, e) / (g.std() * e.std())),
                 varied(lambda g, e: cov(g, e) ** 2 / (g.var() * e.var()))),
                "That is the correlation coefficient (or its square). It says how "
                "closely g follows eta, w says how much of eta is in g: divide by the "
                "variance of eta alone."),
            "exchanged": Mistake(
                varied(lambda g, e: cov(g, e) / g.var()),
                "You divided by the variance of g. The parabola w^2 var(eta) has the "
                "variance of eta."),
            "two kinds of variance": Mistake(
                (varied(lambda g, e: np.cov(g.ravel(), e.ravel())[0, 1] / e.var()),
                 varied(lambda g, e: cov(g, e) / e.var(ddof=1))),
                "np.cov divides by n - 1 and np.var by n unless you say ddof, so your "
                "quotient is off by n / (n - 1) or its inverse. Use one ddof in both."),
            "rows as variables": Mistake(
                (varied(lambda g, e: np.cov(g, e)[0, 1] / e.var()),
                 varied(lambda g, e: np.cov(g, e)[0, 1] / e.var(ddof=1)),
                 varied(lambda g, e: np.cov(g, e, ddof=0)[0, 1] / e.var()),
                 varied(lambda g, e: np.cov(g, e)[0, 1] / np.cov(g, e)[1, 1])),
                "np.cov takes each row of an image as a variable of its own, so entry "
                "[0, 1] relates two rows of g. Give it g.ravel() and eta.ravel()."),
            "upside down": Mistake(
                varied(lambda g, e: e.var() / cov(g, e)),
                "Your quotient is upside down: the covariance is on top, the variance "
                "of eta below."),
            "intercept": Mistake(
                varied(lambda g, e: np.polyfit(e.ravel(), g.ravel(), 1)[1]),
                "You took the constant of the fitted line. np.polyfit returns the "
                "slope first, and the slope is w."),
            "sums and means mixed": Mistake(
                varied(lambda g, e: (np.sum(g * e) - g.mean() * e.mean())
                       / (np.sum(e ** 2) - e.mean() ** 2)),
                "You took sums of the products but means of g and eta. Take means "
                "everywhere."),
            "plus": Mistake(
                varied(lambda g, e: (np.mean(g * e) + g.mean() * e.mean())
                       / (np.mean(e ** 2) + e.mean() ** 2)),
                "The signs are wrong: mean(g eta) minus mean(g) mean(eta), over "
                "mean(eta^2) minus mean(eta)^2."),
            "mean not squared": Mistake(
                varied(lambda g, e: cov(g, e) / (np.mean(e ** 2) - e.mean())),
                "In the denominator the mean of eta is not squared: mean(eta^2) - "
                "mean(eta)^2."),
            "tried on a grid": Mistake(
                tuple(varied(lambda g, e, shares=shares: shares[np.argmin(
                    [np.var(g - w * e) for w in shares])])
                    for shares in (np.linspace(0, 1, 11), np.linspace(0, 1, 101),
                                   np.linspace(-2, 2, 401), np.linspace(-1, 2, 301))),
                "You tried values of w on a grid, so you are near at best, and w may "
                "lie outside. The lowest point of the parabola has a formula."),
            "too much added": Mistake(
                tuple(lambda g, e, tiny=tiny: cov(g, e) / (e.var() + tiny)
                      for tiny in (1e-4, 1e-3, 1e-2, 1.0)),
                "You added a number to the variance that is not small beside it. "
                "Return 0 for a constant eta, and add nothing otherwise."),
            "least variance returned": Mistake(
                varied(lambda g, e: np.var(g - notch_weight(g, e) * e)),
                "You returned the least variance itself. Return the w at which it is "
                "reached."),
            "sign": Mistake(
                varied(lambda g, e: -cov(g, e) / e.var()),
                "The sign is wrong: w eta is subtracted, so w is positive where g and "
                "eta move together."),
            "clipped": Mistake(
                (lambda g, e: np.clip(notch_weight(g, e), 0, 1),
                 lambda g, e: max(notch_weight(g, e), 0),
                 lambda g, e: min(notch_weight(g, e), 1)),
                "You kept w between 0 and 1. The formula may give more than 1 or less "
                "than 0, and then this is the w of least variance."),
            "absolute value": Mistake(
                lambda g, e: abs(notch_weight(g, e)),
                "You took the absolute value. If g falls where eta rises, w is "
                "negative."),
            "half": Mistake(
                (varied(lambda g, e: 0.5 * cov(g, e) / e.var()),
                 varied(lambda g, e: 2 * cov(g, e) / e.var())),
                "You are off by a factor 2: the derivative of w^2 var is 2 w var, and "
                "the 2 cancels against that of 2 w cov."),
            "constant eta": Mistake(
                (lambda g, e: cov(g, e) / e.var() if e.var() else np.nan,
                 lambda g, e: cov(g, e) / e.var() if e.var() else 1.0),
                "Your formula is right, but a constant eta has variance 0 and nothing "
                "to remove: return 0 then."),
        },
        ["Write the variance of g - w eta as a parabola in w. Where is its lowest point?",
         "w = (mean(g eta) - mean(g) mean(eta)) / (mean(eta^2) - mean(eta)^2).",
         "If the denominator is 0, return 0."],
        independent=_weight_by_fit,
        also_right=(varied(lambda g, e: np.cov(g.ravel(), e.ravel())[0, 1]
                           / e.var(ddof=1)),
                    lambda g, e: cov(g, e) / max(e.var(), 1e-12),
                    varied(lambda g, e: np.linalg.lstsq(
                        np.stack([e.ravel(), np.ones(e.size)], 1), g.ravel(),
                        rcond=None)[0][0])))


# --- a kernel in the Fourier plane ------------------------------------------------------

def blur(f, h):
    """Return f convolved with h / sum(h), by the Fourier transform, f periodic."""
    m, n = h.shape
    padded = np.zeros(f.shape)
    padded[:m, :n] = h / h.sum()
    padded = np.roll(padded, (-(m // 2), -(n // 2)), axis=(0, 1))
    return np.fft.ifft2(np.fft.fft2(padded) * np.fft.fft2(f)).real


def _blur_in_space(f, h):
    return ndi.convolve(f, h / h.sum(), mode="wrap")


def _blur_by_rolls(f, h):
    (m, n), out = h.shape, np.zeros(f.shape)
    for k in range(m):
        for j in range(n):
            out += h[k, j] / h.sum() * np.roll(f, (k - m // 2, j - n // 2), (0, 1))
    return out


def _blur():
    def by_product(f, padded):
        return np.fft.ifft2(np.fft.fft2(padded) * np.fft.fft2(f)).real

    def in_the_middle(f, h):
        (M, N), (m, n) = f.shape, h.shape
        padded = np.zeros(f.shape)
        y, x = M // 2 - m // 2, N // 2 - n // 2
        padded[y:y + m, x:x + n] = h / h.sum()
        return padded

    def corner(f, h):
        return np.pad(h / h.sum(), [(0, a - b) for a, b in
                                    zip(f.shape, h.shape, strict=True)])

    def rolled(f, h, signs):
        shift = [s * (k // 2) for s, k in zip(signs, h.shape, strict=True)]
        return by_product(f, np.roll(corner(f, h), shift, (0, 1)))

    def with_border(mode):
        return lambda f, h: ndi.convolve(f, h / h.sum(), mode=mode)

    def cases(rng):
        return [(rng.random((3, 4)), rng.random((1, 3))),
                (rng.random((7, 9)), np.array([[0, 1, 5], [0, 2, 0], [4, 0, 0.0]])),
                (rng.random((12, 10)), 3 * rng.random((3, 5))),
                (rng.random((9, 16)), 0.1 * rng.random((7, 3)))]

    return Exercise(
        "blur", blur, cases,
        {
            "not normalised": Mistake(
                lambda f, h: blur(f, h) * h.sum(),
                "The brightness changed: your kernel sums to h.sum(), not to 1. Divide "
                "h by its sum first."),
            "kernel in the corner": Mistake(
                lambda f, h: by_product(f, corner(f, h)),
                "Your picture is blurred rightly, but moved down and to the right by "
                "half the kernel: its centre was not at pixel (0, 0). Roll the padded "
                "kernel by minus half its size."),
            "corner, not normalised": Mistake(
                lambda f, h: by_product(f, corner(f, h)) * h.sum(),
                "Two things: the picture moved by half the kernel (roll the padded "
                "kernel by minus half its size), and the brightness changed (divide h "
                "by its sum)."),
            "rolled the wrong way": Mistake(
                lambda f, h: rolled(f, h, (1, 1)),
                "You rolled the padded kernel down and right, so the picture moved "
                "twice as far. Roll it up and left, by minus half its size."),
            "rolled along one axis": Mistake(
                (lambda f, h: rolled(f, h, (-1, 0)), lambda f, h: rolled(f, h, (0, -1))),
                "You rolled the padded kernel along one axis only: rows need minus "
                "m // 2, columns minus n // 2."),
            "kernel in the middle": Mistake(
                lambda f, h: by_product(f, in_the_middle(f, h)),
                "You put the kernel in the middle of the image, so the picture moved by "
                "half its size. Use np.fft.ifftshift to bring the middle to (0, 0)."),
            "fftshift of the corner": Mistake(
                (lambda f, h: by_product(f, np.fft.fftshift(corner(f, h))),
                 lambda f, h: by_product(f, np.fft.ifftshift(corner(f, h)))),
                "fftshift moves by half the *image*, but your kernel lies in the "
                "corner: it must move by half the *kernel*, with np.roll."),
            "correlated": Mistake(
                (lambda f, h: ndi.correlate(f, h / h.sum(), mode="wrap"),
                 lambda f, h: _blur_in_space(f, h[::-1, ::-1])),
                "You correlated: the kernel is flipped. A convolution spreads each "
                "pixel by h as it is; ndi.convolve, or H without conj, does that."),
            "black border": Mistake(
                with_border("constant"),
                "Inside you are right, but you took the outside as black. The image is "
                "periodic here: mode='wrap'."),
            "mirrored border": Mistake(
                (with_border("reflect"), with_border("mirror"), with_border("nearest")),
                "Inside you are right, but you mirrored (or repeated) the border, the "
                "default of ndimage. The image is periodic here: mode='wrap'."),
            "fftshift for ifftshift": Mistake(
                lambda f, h: by_product(f, np.fft.fftshift(in_the_middle(f, h))),
                "You moved the kernel from the middle with fftshift. For odd sizes that "
                "is one pixel off: ifftshift brings the middle to (0, 0)."),
            "modulus of H": Mistake(
                lambda f, h: np.fft.ifft2(np.abs(np.fft.fft2(corner(f, h)))
                                          * np.fft.fft2(f)).real,
                "You took |H|. That removes the shift of the kernel, but its shape "
                "too: keep H complex, and roll the padded kernel."),
            "rolled one too far": Mistake(
                lambda f, h: np.roll(blur(f, h), (-1, -1), (0, 1)),
                "You rolled the kernel one place too far: its centre is at m // 2, "
                "n // 2, counted from 0."),
            "rolled by the whole kernel": Mistake(
                lambda f, h: by_product(f, np.roll(corner(f, h), [-k for k in h.shape],
                                                   (0, 1))),
                "You rolled by the whole size of the kernel. Half of it, m // 2 and "
                "n // 2, brings its centre to (0, 0)."),
            "rolls exchanged": Mistake(
                (lambda f, h: by_product(f, np.roll(corner(f, h), [
                    -(k // 2) for k in h.shape[::-1]], (0, 1))),),
                "You exchanged the two shifts: axis 0 needs the rows, -(m // 2), axis "
                "1 the columns, -(n // 2)."),
            "flipped along one axis": Mistake(
                (lambda f, h: _blur_in_space(f, h[::-1]),
                 lambda f, h: _blur_in_space(f, h[:, ::-1])),
                "Your kernel is flipped along one axis. ndi.convolve flips for you; "
                "with correlate you flip both axes, h[::-1, ::-1]."),
            "transposed kernel": Mistake(
                lambda f, h: _blur_in_space(f, h.T),
                "Your kernel is transposed: its rows became columns."),
            "conv theorem upside down": Mistake(
                lambda f, h: np.fft.ifft2(np.fft.fft2(f) / np.fft.fft2(np.roll(
                    corner(f, h), [-(k // 2) for k in h.shape], (0, 1)))).real,
                "You divided by H, which undoes a blur. To blur, multiply by H."),
            "correlated, not normalised": Mistake(
                (lambda f, h: ndi.correlate(f, h, mode="wrap"),),
                "Two things: you correlated, so the kernel is flipped (use a "
                "convolution), and the brightness changed (divide h by its sum)."),
            "mirrored, not normalised": Mistake(
                (lambda f, h: ndi.convolve(f, h),
                 lambda f, h: ndi.convolve(f, h, mode="constant")),
                "Two things: the border is not periodic (mode='wrap'), and the "
                "brightness changed (divide h by its sum)."),
            "divided by the size": Mistake(
                lambda f, h: blur(f, h) * h.sum() / h.size,
                "You divided by the number of entries of h. Brightness is kept if the "
                "entries *sum* to 1: divide by h.sum()."),
            "divided by the largest": Mistake(
                lambda f, h: blur(f, h) * h.sum() / h.max(),
                "You divided by the largest entry of h. Brightness is kept if the "
                "entries sum to 1: divide by h.sum()."),
            "divided by the norm": Mistake(
                lambda f, h: blur(f, h) * h.sum() / np.sqrt((h ** 2).sum()),
                "You divided by the Euclidean norm of h. Brightness is kept if the "
                "entries sum to 1: divide by h.sum()."),
        },
        ["What happens to a constant image if h sums to 3? And which entry of h should "
         "meet the pixel itself?",
         "In space: `ndi.convolve` with a mode that wraps around. In the Fourier plane: "
         "pad h to the shape of f, and roll its centre to (0, 0).",
         "`np.roll(padded, (-(m // 2), -(n // 2)), axis=(0, 1))`, with h / h.sum() in "
         "the corner of padded."],
        independent=_blur_in_space, also_right=(_blur_by_rolls,))


# --- Wiener's filter with spectra --------------------------------------------------------

def wiener_spectra(g, H, S_f, S_eta):
    """Return the image whose transform is conj(H) S_f / (|H|^2 S_f + S_eta) G."""
    G = np.fft.fft2(g)
    return np.fft.ifft2(np.conj(H) * S_f / (np.abs(H) ** 2 * S_f + S_eta) * G).real


def _wiener_by_loops(g, H, S_f, S_eta):
    G = np.fft.fft(np.fft.fft(g, axis=0), axis=1)
    out = np.empty(g.shape, complex)
    for k in np.ndindex(g.shape):
        a, b = H[k].real, H[k].imag
        out[k] = complex(a, -b) * G[k] / (a * a + b * b + S_eta[k] / S_f[k])
    return np.real(np.fft.ifftn(out))


def _wiener_spectra():
    conj, modulus = np.conj, np.abs

    def filtered(formula):
        """Return an answer that multiplies G by formula(H, S_f, S_eta)."""
        return lambda g, H, S, E: np.fft.ifft2(formula(H, S, E) * np.fft.fft2(g)).real

    def cases(rng):
        def spectra(shape):
            def power():
                return np.abs(np.fft.fft2(rng.standard_normal(shape))) ** 2 / g.size

            g, h = rng.random(shape), rng.standard_normal(shape)
            H = np.fft.fft2(h) / np.sqrt(h.size)
            return g, H, 0.5 + power(), 0.1 + power()

        # Zeros of H in one case only: NaN from 1/H would hide the rest.
        small = spectra((1, 4))
        small[1][0, 1] = small[1][0, -1] = 0
        return [small, spectra((4, 5)), spectra((6, 3)), spectra((9, 8))]

    return Exercise(
        "wiener_spectra", wiener_spectra, cases,
        {
            "no conjugate": Mistake(
                filtered(lambda H, S, E: H * S / (modulus(H) ** 2 * S + E)),
                "The conjugate is missing in the numerator: with H instead of conj(H) "
                "the phase is blurred twice instead of undone."),
            "modulus on top": Mistake(
                filtered(lambda H, S, E: modulus(H) * S / (modulus(H) ** 2 * S + E)),
                "You took |H| in the numerator, which keeps the phase of the blur. It "
                "is the conjugate, np.conj(H)."),
            "not squared": Mistake(
                filtered(lambda H, S, E: conj(H) * S / (modulus(H) * S + E)),
                "In the denominator |H| is not squared."),
            "complex square": Mistake(
                filtered(lambda H, S, E: conj(H) * S / (H ** 2 * S + E)),
                "H**2 is a complex number; |H|^2 is np.abs(H)**2, or H times its "
                "conjugate."),
            "inverse filter": Mistake(
                filtered(lambda H, S, E: 1 / H),
                "That is the inverse filter G/H: it fails where H is 0, and ignores "
                "the noise."),
            "through 1/H": Mistake(
                (filtered(lambda H, S, E: 1 / H * modulus(H) ** 2
                          / (modulus(H) ** 2 + E / S)),),
                "Your result has no finite values: somewhere you divide by H, which is "
                "0 at some frequencies. Cancel first: |H|^2 / H = conj(H)."),
            "spectra exchanged": Mistake(
                filtered(lambda H, S, E: conj(H) * E / (modulus(H) ** 2 * E + S)),
                "You exchanged the spectra of picture and noise (or their ratio is "
                "upside down): where noise dominates, the filter must give up."),
            "no S_f on top": Mistake(
                filtered(lambda H, S, E: conj(H) / (modulus(H) ** 2 * S + E)),
                "S_f is missing in the numerator: it stands above and below."),
            "no S_f below": Mistake(
                filtered(lambda H, S, E: conj(H) * S / (modulus(H) ** 2 + E)),
                "S_f is missing in the denominator, beside |H|^2."),
            "no S_f": Mistake(
                filtered(lambda H, S, E: conj(H) / (modulus(H) ** 2 + E)),
                "You left out S_f. The noise is to be compared with the power of the "
                "picture: |H|^2 + S_eta / S_f."),
            "no noise": Mistake(
                filtered(lambda H, S, E: conj(H) / np.maximum(modulus(H) ** 2, 1e-12)),
                "You left out S_eta, so this is the inverse filter with its zeros "
                "patched: the noise decides where to stop dividing."),
            "transform returned": Mistake(
                (lambda g, H, S, E: np.fft.fft2(wiener_spectra(g, H, S, E)),
                 lambda g, H, S, E: np.fft.fft2(wiener_spectra(g, H, S, E)).real,
                 lambda g, H, S, E: modulus(np.fft.fft2(wiener_spectra(g, H, S, E)))),
                "You returned the transform of the restored image. Go back with "
                "np.fft.ifft2, and take the real part."),
            "fft2 at the end": Mistake(
                (lambda g, H, S, E: np.fft.fft2(np.fft.fft2(
                    wiener_spectra(g, H, S, E))).real,),
                "You went forward once more: the last step is np.fft.ifft2, the "
                "inverse."),
            "spectra squared": Mistake(
                (filtered(lambda H, S, E: conj(H) * S ** 2
                          / (modulus(H) ** 2 * S ** 2 + E ** 2)),
                 filtered(lambda H, S, E: conj(H) * S / (modulus(H) ** 2 * S + E ** 2)),
                 filtered(lambda H, S, E: conj(H) * S ** 0.5
                          / (modulus(H) ** 2 * S ** 0.5 + E ** 0.5))),
                "You squared the spectra, or took their roots. S_f and S_eta are "
                "powers already: use them as they are."),
            "brackets": Mistake(
                (filtered(lambda H, S, E: conj(H) * S / modulus(H) ** 2 * S + E),
                 filtered(lambda H, S, E: conj(H) * S / (modulus(H) ** 2 * S) + E),
                 filtered(lambda H, S, E: conj(H) * S / modulus(H) ** 2 * (S + E)),
                 filtered(lambda H, S, E: conj(H) * S / (modulus(H) ** 2 * (S + E)))),
                "The brackets are not those of the formula: the whole denominator is "
                "(np.abs(H)**2 * S_f + S_eta)."),
            "product for the ratio": Mistake(
                filtered(lambda H, S, E: conj(H) / (modulus(H) ** 2 + E * S)),
                "After dividing by S_f, the noise term is the ratio S_eta / S_f, not "
                "the product."),
            "minus": Mistake(
                filtered(lambda H, S, E: conj(H) * S / (modulus(H) ** 2 * S - E)),
                "You subtracted S_eta. It is added, so that the denominator can never "
                "be 0."),
            "squared on top": Mistake(
                filtered(lambda H, S, E: modulus(H) ** 2 * S
                         / (modulus(H) ** 2 * S + E)),
                "You have |H|^2 in the numerator, which damps the noise but leaves the "
                "blur. It is conj(H) alone."),
            "blurred again": Mistake(
                (filtered(lambda H, S, E: H), filtered(lambda H, S, E: conj(H))),
                "You multiplied by H or its conjugate alone, which blurs once more. "
                "The denominator |H|^2 S_f + S_eta is missing."),
            "conjugate of G": Mistake(
                lambda g, H, S, E: np.fft.ifft2(conj(H) * S / (
                    modulus(H) ** 2 * S + E) * conj(np.fft.fft2(g))).real,
                "You took the conjugate of G. Only H is conjugated."),
            "shifted transform": Mistake(
                lambda g, H, S, E: np.fft.ifft2(conj(H) * S / (
                    modulus(H) ** 2 * S + E) * np.fft.fftshift(np.fft.fft2(g))).real,
                "You shifted G but not the rest. Zero frequency is at [0, 0] in all of "
                "them: no fftshift."),
            "clipped": Mistake(
                lambda g, H, S, E: np.clip(wiener_spectra(g, H, S, E), 0, 1),
                "Your formula is right, but you clipped the levels to 0 and 1. That "
                "was not asked: return them as they are."),
            "imaginary part": Mistake(
                lambda g, H, S, E: np.zeros(g.shape),
                "You took the imaginary part, which is 0 but for rounding. The image "
                "is the real part."),
            "one constant": Mistake(
                (filtered(lambda H, S, E: conj(H) / (modulus(H) ** 2 + np.mean(E / S))),
                 filtered(lambda H, S, E: conj(H) / (modulus(H) ** 2
                                                     + E.mean() / S.mean()))),
                "You used one constant for all frequencies, the page's K. Here the "
                "ratio S_eta / S_f belongs to each frequency."),
            "not transformed": Mistake(
                lambda g, H, S, E: np.fft.ifft2(
                    conj(H) * S / (modulus(H) ** 2 * S + E) * g).real,
                "You multiplied the filter by the image g itself. It belongs to the "
                "transform: G = np.fft.fft2(g) first."),
            "modulus of the transform": Mistake(
                lambda g, H, S, E: np.fft.ifft2(
                    conj(H) * S / (modulus(H) ** 2 * S + E)
                    * modulus(np.fft.fft2(g))).real,
                "You took the modulus of G. The phase carries the structure: multiply "
                "the complex G."),
            "modulus at the end": Mistake(
                lambda g, H, S, E: modulus(wiener_spectra(g, H, S, E)),
                "You took np.abs of the restored image, which turns negative levels "
                "positive. Take the real part."),
            "filter only": Mistake(
                (lambda g, H, S, E: np.fft.ifft2(
                    conj(H) * S / (modulus(H) ** 2 * S + E)).real,),
                "That is the filter alone, back in the image plane. Multiply it by G "
                "before you go back."),
            "shifted": Mistake(
                filtered(lambda H, S, E: np.fft.fftshift(
                    conj(H) * S / (modulus(H) ** 2 * S + E))),
                "You mixed a shifted with an unshifted spectrum. Zero frequency is at "
                "[0, 0] in all of them: no fftshift."),
        },
        ["Write the fraction first, as in the formula, with `np.conj(H)` and "
         "`np.abs(H) ** 2`; everything works pixel by pixel.",
         "Do not divide by H anywhere: where H is 0 the numerator is 0 and the "
         "denominator is S_eta, so the result is 0.",
         "Multiply the fraction by `np.fft.fft2(g)`, and take the real part of "
         "`np.fft.ifft2`."],
        independent=_wiener_by_loops,
        also_right=(lambda g, H, S_f, S_eta: np.fft.ifft2(
                        H.conj() * np.fft.fft2(g)
                        / ((H * H.conj()).real + S_eta / S_f)),
                    ))


# --- the proximal step of a length --------------------------------------------------------

def shrink(d, t):
    """Return the vectors d[:, y, x] shortened by t, or 0 if they are shorter than t."""
    length = np.sqrt((d ** 2).sum(axis=0))
    factor = np.maximum(length - t, 0) / np.where(length > 0, length, 1)
    return factor * d


def _shrink_by_projection(d, t):
    """Moreau: what is left after projecting on the disc of radius t."""
    if t == 0:
        return d.copy()
    return d - d / np.maximum(1, np.hypot(d[0], d[1]) / t)


def _shrink():
    def length(d):
        return np.hypot(d[0], d[1])

    def safe(d):
        return np.where(length(d) > 0, length(d), 1)

    def loops(d, t):
        out = np.zeros(d.shape)
        for y, x in np.ndindex(d.shape[1:]):
            r = (d[0, y, x] ** 2 + d[1, y, x] ** 2) ** 0.5
            if r > t:
                out[:, y, x] = [(1 - t / r) * d[k, y, x] for k in range(2)]
        return out

    def cases(rng):
        def field(shape):
            d = rng.standard_normal((2, *shape))
            d[:, 0, 0] = 0
            return d

        return [(np.array([[[3.0, 0.3, -5.0]], [[4.0, -0.4, 12.0]]]), 2.5),
                (field((3, 4)), 0.7), (field((6, 5)), 1.5), (field((2, 7)), 0.0),
                (field((8, 9)), 0.4)]

    return Exercise(
        "shrink", shrink, cases,
        {
            "each component": Mistake(
                lambda d, t: np.sign(d) * np.maximum(np.abs(d) - t, 0),
                "You shortened each of the two components on its own, which turns the "
                "vector towards the axes. Shorten its length: one factor for both "
                "components."),
            "sign ignored": Mistake(
                (lambda d, t: np.maximum(d - t, 0),
                 lambda d, t: np.maximum(np.abs(d) - t, 0),
                 lambda d, t: d - t),
                "You took t off the numbers themselves, so negative components are "
                "lost or grow. Shorten the length of the vector; its direction stays."),
            "length t": Mistake(
                (lambda d, t: t * d / safe(d), lambda d, t: t * d / safe(d)
                 * (length(d) > t)),
                "Your vectors have length t. They should be shorter by t."),
            "no maximum": Mistake(
                (lambda d, t: d * (1 - t / safe(d)),
                 lambda d, t: d - t * d / safe(d)),
                "Vectors shorter than t came out reversed: 1 - t / length is negative "
                "there. Take the maximum of it and 0."),
            "hard threshold": Mistake(
                (lambda d, t: d * (length(d) > t), lambda d, t: d * (length(d) >= t)),
                "You kept the long vectors as they are (a hard threshold). They should "
                "be shorter by t."),
            "hard threshold, each": Mistake(
                lambda d, t: d * (np.abs(d) > t),
                "You cut each component on its own and shortened nothing. Work with "
                "the length of the vector, and take t off it."),
            "short ones kept": Mistake(
                lambda d, t: np.where(length(d) > t, shrink(d, t), d),
                "The long vectors are right, but you kept the short ones as they "
                "were. Those shorter than t become 0."),
            "absolute factor": Mistake(
                lambda d, t: d * np.abs(1 - t / safe(d)),
                "You took the absolute value of 1 - t / length, so short vectors came "
                "out longer. Take its maximum with 0."),
            "not divided": Mistake(
                lambda d, t: d * np.maximum(length(d) - t, 0),
                "You multiplied d by its new length. Divide by the old length, too: "
                "d / length is the direction."),
            "both squared": Mistake(
                lambda d, t: d * np.maximum(1 - t ** 2 / safe(d) ** 2, 0),
                "You used squares: 1 - t^2 / length^2. The factor is 1 - t / length."),
            "wrong axis": Mistake(
                (lambda d, t: d * np.maximum(1 - t / np.maximum(np.linalg.norm(
                    d, axis=-1, keepdims=True), 1e-12), 0),
                 lambda d, t: d * np.maximum(1 - t / np.maximum(np.linalg.norm(
                     d, axis=1, keepdims=True), 1e-12), 0)),
                "You took the length along rows or columns of the image. The vector "
                "d[:, y, x] lies along axis 0."),
            "largest component": Mistake(
                lambda d, t: d * np.maximum(1 - t / np.maximum(
                    np.abs(d).max(axis=0), 1e-12), 0),
                "Your length is the larger of the two components. The length of a "
                "vector is the root of the sum of squares."),
            "lengthened": Mistake(
                lambda d, t: d * (1 + t / safe(d)),
                "Your vectors became longer by t. They should be shorter."),
            "upside down": Mistake(
                lambda d, t: d * np.maximum(1 - safe(d) / max(t, 1e-12), 0),
                "Your fraction is upside down: the factor is 1 - t / length."),
            "minimum": Mistake(
                lambda d, t: d * np.minimum(1 - t / safe(d), 0),
                "You took the minimum of the factor and 0. It is the maximum: factors "
                "below 0 become 0."),
            "one component": Mistake(
                (lambda d, t: np.stack([shrink(d, t)[0], d[1]]),
                 lambda d, t: np.stack([d[0], shrink(d, t)[1]])),
                "You changed one component only. Both get the same factor."),
            "components exchanged": Mistake(
                lambda d, t: shrink(d, t)[::-1],
                "The lengths are right, but the two components are exchanged: mind "
                "the order of sine and cosine, or of the stack."),
            "projected": Mistake(
                (lambda d, t: d - shrink(d, t),
                 lambda d, t: d / np.maximum(1, length(d) / t)),
                "That is the projection into the disc of radius t, the other half: "
                "shrinking gives d minus this projection."),
            "squared length": Mistake(
                (lambda d, t: d * np.maximum(1 - t / np.where(
                    length(d) > 0, length(d) ** 2, 1), 0),),
                "You used the squared length: the root is missing."),
            "sum of components": Mistake(
                lambda d, t: d * np.maximum(1 - t / np.where(
                    length(d) > 0, np.abs(d).sum(0), 1), 0),
                "Your length is |d_0| + |d_1|. The length of a vector is the root of "
                "the sum of squares."),
            "zero over zero": Mistake(
                (lambda d, t: d * np.maximum(1 - t / length(d), 0),
                 lambda d, t: d / length(d) * np.maximum(length(d) - t, 0)),
                "Zero vectors became NaN, from 0/0. Divide by np.where(length > 0, "
                "length, 1), or by the maximum of the length and a tiny number."),
            "direction only": Mistake(
                lambda d, t: d / safe(d) * (length(d) > t),
                "You returned vectors of length 1: multiply the direction by length "
                "minus t."),
            "over all pixels": Mistake(
                (lambda d, t: d * max(1 - t / np.sqrt((d ** 2).sum()), 0),
                 lambda d, t: d * max(1 - t / max(np.linalg.norm(d), 1e-12), 0)),
                "You took one length for the whole field. Each pixel has its own "
                "vector d[:, y, x]: sum over axis 0."),
            "scaled by t": Mistake(
                (lambda d, t: d * max(1 - t, 0), lambda d, t: d * (1 - t)),
                "You scaled all vectors by 1 - t. Each becomes shorter by t, which is "
                "the factor 1 - t / length."),
            "length returned": Mistake(
                lambda d, t: np.maximum(length(d) - t, 0),
                "You returned the new lengths (M, N). Multiply them by the directions "
                "d / length to get vectors (2, M, N)."),
        },
        ["The length of d[:, y, x] is `np.hypot(d[0], d[1])`, an array (M, N). By "
         "which factor does a vector of length 5 change if t = 1?",
         "The factor is max(length - t, 0) / length, one for both components; NumPy "
         "broadcasts (M, N) over (2, M, N).",
         "Where the length is 0, divide by 1 instead: `np.where(length > 0, length, 1)`."],
        independent=_shrink_by_projection, also_right=(loops, lambda d, t: d * np.maximum(
            1 - t / np.maximum(np.linalg.norm(d, axis=0), 1e-12), 0)))
