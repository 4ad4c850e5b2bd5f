"""Exercises of page 18: interpretability."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy import integrate, special

from course_utils.exercise import Exercise, Mistake


def make_exercises():
    """Return the exercises of the page, in its order."""
    return [_occlusion_map(), _integrated_gradients(), _grad_cam(), _fgsm(),
            _expected_calibration_error(), _with_temperature()]


def _weights(shape):
    """Return weights of either sign for an image of any shape."""
    return np.cos(1.7 * np.arange(np.prod(shape)) + 0.4).reshape(shape)


# --- occlusion map ---------------------------------------------------------------------

def weighted_sum(x):
    """Score: the sum of w x, weights w of either sign."""
    return float((_weights(np.shape(x)) * x).sum())


def squared_sum(x):
    """Score: (sum of w x) squared, plus the largest pixel."""
    return float((_weights(np.shape(x)) * x).sum() ** 2 + np.max(x))


def occlusion_map(score, x, q, v):
    """Return the drop of the score for each place of a q x q cover of level v."""
    rows, columns = x.shape[0] - q + 1, x.shape[1] - q + 1
    R = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            covered = x.copy()
            covered[i:i + q, j:j + q] = v
            R[i, j] = score(x) - score(covered)
    return R


def _occlusion_by_masks(score, x, q, v):
    places = sliding_window_view(np.arange(x.size).reshape(x.shape), (q, q))
    drops = [score(x) - score(np.where(np.isin(np.arange(x.size), place),
                                       v, x.ravel()).reshape(x.shape))
             for place in places.reshape(-1, q * q)]
    return np.reshape(drops, places.shape[:2])


def _occluded(*, drop=lambda before, after: before - after, level=lambda v: v, step=None,
              size=lambda x, q: (x.shape[0] - q + 1, x.shape[1] - q + 1), start=0,
              keep=False, first=False):
    """Return an answer to occlusion_map in which one thing is done in another way."""
    def answer(score, x, q, v):
        rows, columns = size(x, q)
        R = np.zeros((rows, columns))
        covered = x.astype(float)
        for i in range(rows):
            for j in range(columns):
                if not keep:
                    covered = x.astype(float)
                top, left = (max(k * (step(q) if step else 1) - start * (q // 2), 0)
                             for k in (i, j))
                if first:
                    covered = np.full(x.shape, float(v))
                    covered[top:top + q, left:left + q] = x[top:top + q, left:left + q]
                else:
                    covered[top:top + q, left:left + q] = level(v)
                R[i, j] = drop(score(x), score(covered))
        return R
    return answer


def _kept_map(score, x, q, v):
    """Give each pixel the mean drop of the patches that cover it."""
    drops = occlusion_map(score, x, q, v)
    total, count = np.zeros(x.shape), np.zeros(x.shape)
    for i, j in np.ndindex(drops.shape):
        total[i:i + q, j:j + q] += drops[i, j]
        count[i:i + q, j:j + q] += 1
    return total / count


def _occlusion_map():
    def cases(rng):
        def case(score, shape, q, v):
            return score, rng.uniform(0.1, 0.9, shape).round(2), q, v

        return [(weighted_sum, np.array([[0.2, 0.9, 0.4], [0.7, 0.1, 0.6]]), 1, 0.5),
                case(weighted_sum, (3, 4), 2, 0), case(squared_sum, (6, 5), 3, 0.3),
                case(squared_sum, (5, 5), 2, 1), case(weighted_sum, (4, 7), 3, 0.25)]

    def inner(x, q):
        return x.shape[0] - q, x.shape[1] - q

    return Exercise(
        "occlusion_map", occlusion_map, cases,
        {
            "raised instead of dropped": Mistake(
                _occluded(drop=lambda before, after: after - before),
                "Your sign is turned: you took the covered score minus the score. A "
                "patch that speaks for the class makes the score drop when it is "
                "covered: score(x) minus the score of the covered copy."),
            "covered score": Mistake(
                _occluded(drop=lambda before, after: after),
                "You stored the score of the covered image. The map is the drop: "
                "score(x) minus it."),
            "absolute drop": Mistake(
                _occluded(drop=lambda before, after: abs(before - after)),
                "You took the size of the drop. Keep its sign: a patch can speak "
                "against the class, and then the score rises."),
            "negative drops cut": Mistake(
                _occluded(drop=lambda before, after: max(before - after, 0)),
                "You cut negative drops to 0. Keep them: there the patch speaks "
                "against the class. Only Grad-CAM cuts."),
            "ratio": Mistake(
                (_occluded(drop=lambda before, after: (before - after) / before),
                 _occluded(drop=lambda before, after: after / before)),
                "You divided by the score. The map is a difference, score(x) minus "
                "the covered score, in units of the score."),
            "cover always black": Mistake(
                _occluded(level=lambda v: 0),
                "You covered with 0. The level of the cover is given: v."),
            "covers pile up": Mistake(
                (_occluded(keep=True), _piled_rows),
                "You never took the cover away: each copy has the earlier covers as "
                "well. Start each place from a fresh x.copy()."),
            "all but the patch": Mistake(
                _occluded(first=True),
                "You covered everything but the patch. Cover the patch, and leave the "
                "rest as it is."),
            "last places missing": Mistake(
                (_occluded(size=inner),
                 _occluded(size=lambda x, q: (x.shape[0] - q, x.shape[1] - q + 1)),
                 _occluded(size=lambda x, q: (x.shape[0] - q + 1, x.shape[1] - q))),
                "The last row or column of places is missing: a patch of q fits "
                "into M rows at M - q + 1 places."),
            "patches cut at the border": Mistake(
                (_occluded(size=lambda x, q: x.shape),
                 _occluded(size=lambda x, q: x.shape, start=1)),
                "You placed a patch at every pixel and let it be cut at the border. "
                "Only whole patches count: M - q + 1 times N - q + 1 of them."),
            "patches side by side": Mistake(
                (_occluded(step=lambda q: q,
                           size=lambda x, q: (x.shape[0] // q, x.shape[1] // q)),
                 _occluded(step=lambda q: q), _stored_each_q),
                "Your patches stand side by side. The next one starts one pixel "
                "further, not q."),
            "rows and columns counted alike": Mistake(
                (_occluded(size=lambda x, q: (x.shape[0] - q + 1,) * 2),
                 _occluded(size=lambda x, q: (x.shape[1] - q + 1,) * 2),
                 _occluded(size=lambda x, q: (x.shape[1] - q + 1,
                                              x.shape[0] - q + 1))),
                "You used one side for both, or exchanged them. The image need not be "
                "square: M - q + 1 rows, N - q + 1 columns."),
            "spread over the patch": Mistake(
                _kept_map,
                "You gave each pixel the mean of the patches that cover it. That is a "
                "good map, too; asked for is one number per place, "
                "M - q + 1 times N - q + 1 of them."),
            "patch of q + 1": Mistake(
                lambda score, x, q, v: _occluded(size=lambda x, p: (
                    x.shape[0] - q + 1, x.shape[1] - q + 1))(score, x, q + 1, v),
                "Your patch is q + 1 wide. A slice ends before its second number: "
                "i:i + q has q rows."),
            "patch of q - 1": Mistake(
                _sliced(lambda i, q: slice(i, i + q - 1)),
                "Your patch is q - 1 wide. 'Rows i to i + q - 1' are q rows; a slice "
                "ends before its second number: i:i + q."),
            "slice to q": Mistake(
                _sliced(lambda i, q: slice(i, q)),
                "The slice i:q ends at q wherever it starts. It must end at i + q: "
                "i:i + q."),
            "centred patch": Mistake(
                (_sliced(lambda i, q: slice(max(0, i - q // 2), i + q // 2 + 1)),
                 _sliced(lambda i, q: slice(max(0, i - q // 2), i + (q + 1) // 2))),
                "Your patch has its middle at (i, j). It begins there: rows i to "
                "i + q - 1, columns j to j + q - 1."),
            "one pixel": Mistake(
                lambda score, x, q, v: _occluded(size=lambda x, p: (
                    x.shape[0] - q + 1, x.shape[1] - q + 1))(score, x, 1, v),
                "You covered a single pixel, whatever q is. The patch has q rows and "
                "q columns: covered[i:i + q, j:j + q] = v."),
            "framed": Mistake(
                (_framed, lambda score, x, q, v: np.pad(
                    occlusion_map(score, x, q, v), ((0, q - 1), (0, q - 1)))),
                "Your drops are right, but you framed them to the size of the image. "
                "Return the places alone, M - q + 1 times N - q + 1 of them."),
            "rows and columns exchanged": Mistake(
                _exchanged,
                "The cover of place (i, j) starts at row i and column j. Yours starts "
                "at row j: rows come first in a slice."),
            "patch alone": Mistake(
                (_patch_alone, lambda score, x, q, v: _patch_alone(
                    lambda y: score(x) - score(y), x, q, v)),
                "You asked for the score of the patch alone. The score is asked for "
                "whole images: x, and x with the patch covered."),
            "added": Mistake(
                _added,
                "You added v to the patch. A cover hides what was there: set the "
                "patch to v."),
            "view": Mistake(
                _no_copy,
                "covered = x gives the same array a second name, so the cover stays "
                "in x, and the difference is always 0. Use x.copy()."),
        },
        ["For one place (i, j): make a copy, cover it, ask for both scores.",
         "A patch of q rows fits into M rows at M - q + 1 places.",
         "covered = x.copy(); covered[i:i + q, j:j + q] = v; "
         "R[i, j] = score(x) - score(covered)."],
        independent=_occlusion_by_masks,
        also_right=(_occlusion_in_lists,))


def _piled_rows(score, x, q, v):
    R = np.zeros((x.shape[0] - q + 1, x.shape[1] - q + 1))
    for i in range(R.shape[0]):
        covered = x.astype(float)
        for j in range(R.shape[1]):
            covered[i:i + q, j:j + q] = v
            R[i, j] = score(x) - score(covered)
    return R


def _sliced(part):
    """Return an answer that covers the slices part(i, q) and part(j, q)."""
    def answer(score, x, q, v):
        R = np.zeros((x.shape[0] - q + 1, x.shape[1] - q + 1))
        for i, j in np.ndindex(R.shape):
            covered = x.copy()
            covered[part(i, q), part(j, q)] = v
            R[i, j] = score(x) - score(covered)
        return R
    return answer


def _stored_each_q(score, x, q, v):
    R = np.zeros((x.shape[0] - q + 1, x.shape[1] - q + 1))
    R[::q, ::q] = occlusion_map(score, x, q, v)[::q, ::q]
    return R


def _framed(score, x, q, v):
    before, after = (q - 1) // 2, q - 1 - (q - 1) // 2
    return np.pad(occlusion_map(score, x, q, v), ((before, after), (before, after)))


def _exchanged(score, x, q, v):
    R = np.zeros((x.shape[0] - q + 1, x.shape[1] - q + 1))
    for i, j in np.ndindex(R.shape):
        covered = x.copy()
        covered[j:j + q, i:i + q] = v
        R[i, j] = score(x) - score(covered)
    return R


def _patch_alone(score, x, q, v):
    R = np.zeros((x.shape[0] - q + 1, x.shape[1] - q + 1))
    for i, j in np.ndindex(R.shape):
        R[i, j] = score(x[i:i + q, j:j + q])
    return R


def _added(score, x, q, v):
    R = np.zeros((x.shape[0] - q + 1, x.shape[1] - q + 1))
    for i, j in np.ndindex(R.shape):
        covered = x.astype(float)
        covered[i:i + q, j:j + q] += v
        R[i, j] = score(x) - score(covered)
    return R


def _no_copy(score, x, q, v):
    R = np.zeros((x.shape[0] - q + 1, x.shape[1] - q + 1))
    for i, j in np.ndindex(R.shape):
        covered = x
        covered[i:i + q, j:j + q] = v
        R[i, j] = score(x) - score(covered)
    return R


def _occlusion_in_lists(score, x, q, v):
    before, R = score(x), []
    for i in range(len(x) - q + 1):
        row = []
        for j in range(len(x[0]) - q + 1):
            y = np.array(x, float)
            for a in range(q):
                for e in range(q):
                    y[i + a, j + e] = v
            row.append(before - score(y))
        R.append(row)
    return R


# --- integrated gradients --------------------------------------------------------------

def saturating_slope(x):
    """Slopes of the score sum of w (1 - exp(-2 x))."""
    return _weights(np.shape(x)) * 2 * np.exp(-2 * np.asarray(x))


def square_slope(x):
    """Slopes of the score (sum of w x) squared."""
    w = _weights(np.shape(x))
    return 2 * (w * x).sum() * w


def mixed_slope(x):
    """Slopes of the score sum of w x**3, times the sum of x."""
    x, w = np.asarray(x), _weights(np.shape(x))
    return 3 * w * x**2 * x.sum() + (w * x**3).sum()


def integrated_gradients(gradient, x, b, m):
    """Return (x - b) times the mean slope at the middles of m parts of the path."""
    total = np.zeros(x.shape)
    for k in range(m):
        total += gradient(b + (k + 0.5) / m * (x - b))
    return (x - b) * total / m


def _gradients_by_mean(gradient, x, b, m):
    ends = np.linspace(0, 1, m + 1)
    path = [(1 - t) * b + t * x for t in (ends[1:] + ends[:-1]) / 2]
    return np.multiply(np.mean([gradient(y) for y in path], axis=0), np.subtract(x, b))


def _path(*, places=lambda m: (np.arange(m) + 0.5) / m, factor=lambda x, b: x - b,
          start=lambda b: b, way=lambda x, b: x - b, mean=None, each=lambda g: g):
    """Return an answer to integrated_gradients with one part exchanged."""
    def answer(gradient, x, b, m):
        slopes = [each(gradient(start(b) + t * way(x, b))) for t in places(m)]
        average = sum(slopes) / len(slopes) if mean is None else mean(slopes, m)
        return factor(x, b) * average
    return answer


def _exact_path(gradient, x, b, m):
    return (x - b) * integrate.simpson(
        [gradient(b + t * (x - b)) for t in np.linspace(0, 1, 401)], dx=1 / 400, axis=0)


def _by_trapezoid(gradient, x, b, m):
    slopes = [gradient(b + t * (x - b)) for t in np.linspace(0, 1, m + 1)]
    return (x - b) * np.trapezoid(slopes, dx=1 / m, axis=0)


def _one_call(gradient, x, b, m):
    t = ((np.arange(m) + 0.5) / m)[:, None, None]
    return (x - b) * gradient(b + t * (x - b)).mean(axis=0)


def _integrated_gradients():
    def cases(rng):
        def case(slope, shape, m):
            return (slope, rng.uniform(0.2, 1, shape).round(2),
                    rng.uniform(0.1, 0.6, shape).round(2), m)

        return [(saturating_slope, np.array([[0.9, 0.4]]), np.array([[0.0, 0.1]]), 2),
                case(saturating_slope, (3, 4), 3), case(mixed_slope, (4, 2), 2),
                case(square_slope, (5, 5), 4), case(mixed_slope, (3, 5), 5)]

    return Exercise(
        "integrated_gradients", integrated_gradients, cases,
        {
            "factor forgotten": Mistake(
                _path(factor=lambda x, b: 1),
                "The factor (x - b) is missing. You have the mean slope along the "
                "path; times the length of the way at each pixel it becomes the "
                "pixel's share of the score."),
            "factor x": Mistake(
                _path(factor=lambda x, b: x),
                "You multiplied by x. The way goes from b to x, so the factor is "
                "(x - b), and x only where the baseline is 0."),
            "factor turned": Mistake(
                _path(factor=lambda x, b: b - x),
                "Your sign is turned: the way goes from b to x, so the factor is "
                "x - b."),
            "size of the factor": Mistake(
                _path(factor=lambda x, b: np.abs(x - b)),
                "You took the size of x - b. Its sign belongs to the share: a pixel "
                "that gets darker than the baseline changes the score the other way."),
            "left ends": Mistake(
                _path(places=lambda m: np.arange(m) / m),
                "You took the left end of each part, k / m. Take its middle, "
                "(k + 1/2) / m: the error falls much faster with m."),
            "right ends": Mistake(
                (_path(places=lambda m: np.arange(1, m + 1) / m),),
                "You took the right end of each part, (k + 1) / m. Take its middle, "
                "(k + 1/2) / m."),
            "both ends": Mistake(
                (_path(places=lambda m: np.linspace(0, 1, m)),
                 _path(places=lambda m: np.linspace(0, 1, m + 1)), _by_trapezoid,
                 _path(places=lambda m: np.linspace(0, 1, m + 1),
                       mean=lambda slopes, m: sum(slopes) / m)),
                "Your points run from 0 to 1 with both ends in. Asked for are the "
                "middles of m equal parts, (k + 1/2) / m."),
            "inner points": Mistake(
                _path(places=lambda m: np.arange(1, m + 1) / (m + 1)),
                "Your points are k / (m + 1). The middles of m equal parts are "
                "(k + 1/2) / m."),
            "slope at x": Mistake(
                _path(places=lambda m: [1.0]),
                "You took the slope at x only: that is gradient times input. Walk "
                "the path, m points of it."),
            "slope at the baseline": Mistake(
                _path(places=lambda m: [0.0]),
                "You took the slope at the baseline only. Walk from it to x: the "
                "point changes with k."),
            "one step": Mistake(
                _path(places=lambda m: [0.5]),
                "You took one point, the middle of the whole path. There are m "
                "points, one in the middle of each part."),
            "sum": Mistake(
                _path(mean=lambda slopes, m: sum(slopes)),
                "You summed the slopes. Take their mean: divide by m, the length of "
                "a step is 1/m."),
            "last point only": Mistake(
                (_path(mean=lambda slopes, m: slopes[-1] / m),
                 _path(mean=lambda slopes, m: slopes[-1])),
                "Only the slope of the last point is left. Add them up, total += ..., "
                "and divide by m at the end."),
            "path from black": Mistake(
                (_path(start=lambda b: 0, way=lambda x, b: x),
                 _path(start=lambda b: 0, way=lambda x, b: x,
                       factor=lambda x, b: x)),
                "Your path starts at black, t x. It starts at the baseline: "
                "b + t (x - b)."),
            "baseline missing in the point": Mistake(
                _path(start=lambda b: 0),
                "You took slopes at t (x - b). The path starts at b: "
                "b + t (x - b)."),
            "beyond x": Mistake(
                _path(way=lambda x, b: x),
                "Your path goes from b to b + x. Its end is x: b + t (x - b)."),
            "backwards from x": Mistake(
                _path(start=lambda b: b, way=lambda x, b: b - x),
                "Your path leads away from x: the step is t (x - b), not t (b - x)."),
            "size of the slopes": Mistake(
                (_path(each=np.abs),
                 lambda gradient, x, b, m: np.abs(integrated_gradients(gradient, x, b,
                                                                       m))),
                "You took sizes. With its sign a share can speak against the class, "
                "and only then do the shares add up to the score."),
            "added up": Mistake(
                lambda gradient, x, b, m: float(np.sum(integrated_gradients(
                    gradient, x, b, m))),
                "You returned the sum over the pixels, which is z(x) - z(b). The map "
                "has one number per pixel."),
            "half of the path too far": Mistake(
                _path(places=lambda m: np.arange(m) / m + 0.5),
                "Your points are k / m + 1/2, so half of them lie beyond x. The half "
                "belongs to k: (k + 0.5) / m."),
            "half divided alone": Mistake(
                _path(places=lambda m: np.arange(m) + 0.5 / m),
                "Python divides first: k + 1/2 / m is k + (1/2) / m, and your path "
                "leads far beyond x. Write (k + 0.5) / m."),
            "way in the denominator": Mistake(
                lambda gradient, x, b, m: (x - b) * sum(
                    gradient(b + (k + 0.5) / (m * (x - b))) for k in range(m)) / m,
                "You divided by m (x - b). The fraction ends at m: "
                "(k + 0.5) / m * (x - b)."),
            "starts at x": Mistake(
                lambda gradient, x, b, m: (x - b) * sum(
                    gradient(x + (k + 0.5) / m * (x - b)) for k in range(m)) / m,
                "Your path starts at x and leads away from the baseline. Start at b: "
                "b + (k + 1/2) / m (x - b)."),
            "part missing": Mistake(
                (_path(places=lambda m: (np.arange(m - 1) + 0.5) / m,
                       mean=lambda slopes, m: sum(slopes) / m),
                 _path(places=lambda m: (np.arange(1, m) + 0.5) / m,
                       mean=lambda slopes, m: sum(slopes) / m)),
                "One of the m parts is missing. k runs from 0 to m - 1: range(m)."),
            "counted from 1": Mistake(
                (_path(places=lambda m: (np.arange(m) - 0.5) / m),
                 _path(places=lambda m: (np.arange(m) + 1.5) / m)),
                "Your points are shifted by a whole part. For k = 0 ... m - 1 the "
                "middles are (k + 1/2) / m; check that they lie between 0 and 1."),
            "always the first point": Mistake(
                _path(places=lambda m: [0.5 / m]),
                "Your point does not move: it stays in the first part. It depends on "
                "k, b + (k + 1/2) / m (x - b)."),
            "neither factor nor mean": Mistake(
                _path(factor=lambda x, b: 1, mean=lambda slopes, m: sum(slopes)),
                "Two things are missing: the division by m, and the factor (x - b)."),
            "left ends without the factor": Mistake(
                _path(factor=lambda x, b: 1, places=lambda m: np.arange(m) / m),
                "Two things: the factor (x - b) is missing, and your points are the "
                "left ends k / m, where the middles (k + 1/2) / m are asked for."),
            "slope at x, divided": Mistake(
                (_path(places=lambda m: [1.0], mean=lambda slopes, m: slopes[0] / m),
                 lambda gradient, x, b, m: x * gradient(x)),
                "You took the slope at x only. Walk the path: m points between b and "
                "x, and the mean of their slopes."),
            "all points in one call": Mistake(
                _one_call,
                "You gave all m points to gradient at once. It takes one image: call "
                "it for each point, in a loop."),
            "mean over the pixels": Mistake(
                _path(mean=lambda slopes, m: np.mean(slopes)),
                "You averaged over the pixels too. Average over the m points only, "
                "axis=0: each pixel keeps a slope of its own."),
            "exact integral": Mistake(
                _exact_path,
                "You computed the integral nearly exactly. Asked for is the sum with "
                "m points, so that its error can be seen."),
        },
        ["Where on the way from b to x is the middle of part k of m?",
         "t = (k + 0.5) / m, the point is b + t * (x - b), and the slopes there are "
         "added up.",
         "At the end (x - b) * total / m, pixel by pixel."],
        independent=_gradients_by_mean,
        also_right=(_shares_in_loops,))


def _shares_in_loops(gradient, x, b, m):
    R = np.zeros_like(x)
    for k in range(m):
        t = (2 * k + 1) / (2 * m)
        slopes = np.asarray(gradient(x * t + b * (1 - t)))
        for i in range(x.shape[0]):
            for j in range(x.shape[1]):
                R[i, j] += slopes[i, j] * (x[i, j] - b[i, j]) / m
    return R.tolist()


# --- Grad-CAM --------------------------------------------------------------------------

def grad_cam(A, slopes):
    """Return the positive part of the maps' sum, weighted by their mean slopes."""
    alpha = slopes.mean(axis=(0, 1))
    return np.maximum(A @ alpha, 0)


def _cam_in_loops(A, slopes):
    H, W, K = A.shape
    L = [[0.0] * W for _ in range(H)]
    alpha = [sum(slopes[i, j, k] for i in range(H) for j in range(W)) / (H * W)
             for k in range(K)]
    for i in range(H):
        for j in range(W):
            L[i][j] = max(0.0, sum(alpha[k] * A[i, j, k] for k in range(K)))
    return np.array(L)


def _cam(*, alpha=lambda s: s.mean(axis=(0, 1)), after=lambda L: np.maximum(L, 0),
         join=lambda A, alpha: A @ alpha):
    return lambda A, slopes: after(join(A, alpha(slopes)))


def _cut_each(A, slopes):
    return np.maximum(A * slopes.mean(axis=(0, 1)), 0).sum(axis=-1)


def _scaled(L):
    L = np.maximum(L, 0)
    return L / L.max()


def _grad_cam():
    def cases(rng):
        def case(H, W, K):
            return (rng.normal(0.4, 1, (H, W, K)).round(2),
                    rng.normal(0.1, 1, (H, W, K)).round(2))

        tiny = (np.array([[[4.0, 1], [0, 3]], [[2, 0], [1, 1]]]),
                np.array([[[1.0, -2], [0.5, 0]], [[0, -1], [1, -1.5]]]))
        return [tiny, case(3, 5, 4), case(4, 4, 3), case(6, 2, 5), case(5, 4, 2)]

    return Exercise(
        "grad_cam", grad_cam, cases,
        {
            "without ReLU": Mistake(
                _cam(after=lambda L: L),
                "Negative sums are still there. Grad-CAM keeps what speaks for the "
                "class: np.maximum(L, 0)."),
            "absolute": Mistake(
                _cam(after=np.abs),
                "You took the size of the sums. What speaks against the class becomes "
                "0: np.maximum(L, 0)."),
            "negated": Mistake(
                _cam(after=lambda L: np.maximum(-L, 0)),
                "You kept the negative part. Keep what is positive: np.maximum(L, 0)."),
            "weights not averaged": Mistake(
                lambda A, slopes: np.maximum((A * slopes).sum(axis=-1), 0),
                "You multiplied place by place and did not average the slopes. First "
                "one weight per map, the mean of its slopes over all places."),
            "weights summed": Mistake(
                _cam(alpha=lambda s: s.sum(axis=(0, 1))),
                "You summed the slopes of a map. Take their mean: divide by the "
                "number of places, H W."),
            "largest slope": Mistake(
                _cam(alpha=lambda s: s.max(axis=(0, 1))),
                "You took the largest slope of each map as its weight. Grad-CAM takes "
                "the mean."),
            "one mean for all": Mistake(
                (lambda A, slopes: np.maximum(A.sum(axis=-1) * slopes.mean(), 0),),
                "You used one mean for all maps. Each map has a weight of its own: "
                "average over rows and columns only, axis=(0, 1)."),
            "mean over the maps": Mistake(
                (lambda A, slopes: np.maximum((A * slopes.mean(axis=-1, keepdims=True)
                                               ).sum(axis=-1), 0),
                 lambda A, slopes: np.maximum(A.sum(axis=-1) * slopes.mean(axis=-1), 0),),
                "You averaged the slopes over the maps, axis -1. Average over rows and "
                "columns: one weight for each map."),
            "mean over rows only": Mistake(
                lambda A, slopes: np.maximum((A * slopes.mean(axis=0)).sum(axis=-1), 0),
                "You averaged over the rows only. Average over rows and columns, "
                "axis=(0, 1): one number for each map."),
            "mean over columns only": Mistake(
                lambda A, slopes: np.maximum((A * slopes.mean(axis=1, keepdims=True)
                                              ).sum(axis=-1), 0),
                "You averaged over the columns only. Average over rows and columns, "
                "axis=(0, 1): one number for each map."),
            "size of the slopes": Mistake(
                (_cam(alpha=lambda s: np.abs(s).mean(axis=(0, 1))),
                 _cam(alpha=lambda s: np.abs(s.mean(axis=(0, 1))))),
                "You took the size of the slopes. A map with a negative weight speaks "
                "against the class and must be subtracted."),
            "negative weights cut": Mistake(
                (_cam(alpha=lambda s: np.maximum(s.mean(axis=(0, 1)), 0)),
                 _cam(alpha=lambda s: np.maximum(s, 0).mean(axis=(0, 1)))),
                "You cut the weights, or the slopes, at 0. The cut comes once, at the "
                "end, after the sum over the maps."),
            "cut before the sum": Mistake(
                _cut_each,
                "You cut each weighted map before adding. Add all maps first, so that "
                "they can cancel; then cut."),
            "mean of the maps": Mistake(
                (lambda A, slopes: np.maximum((A * slopes.mean(axis=(0, 1))
                                               ).mean(axis=-1), 0),),
                "You took the mean over the weighted maps. Take their sum over k."),
            "not summed over the maps": Mistake(
                (lambda A, slopes: np.maximum(A * slopes.mean(axis=(0, 1)), 0),
                 lambda A, slopes: A * slopes.mean(axis=(0, 1))),
                "Your result still has K maps. Add the weighted maps over their last "
                "axis: one map remains."),
            "no weights": Mistake(
                (lambda A, slopes: A.sum(axis=-1), lambda A, slopes: A.mean(axis=-1)),
                "You added the maps without weights. Their weights are what makes the "
                "map one of this class."),
            "maps and slopes exchanged": Mistake(
                lambda A, slopes: np.maximum(slopes @ A.mean(axis=(0, 1)), 0),
                "You exchanged the two: averaged are the slopes, and the maps A keep "
                "their places."),
            "maps cut": Mistake(
                (lambda A, slopes: np.maximum(A, 0) @ slopes.mean(axis=(0, 1)),
                 lambda A, slopes: grad_cam(np.maximum(A, 0), slopes)),
                "You cut the maps at 0. They stay as they are; the cut comes at the "
                "end, after the sum."),
            "place by place, mean": Mistake(
                lambda A, slopes: np.maximum((A * slopes).mean(axis=-1), 0),
                "You multiplied place by place and averaged over the maps. First the "
                "mean slope of each map over its places, then the sum over the maps."),
            "summed over the places": Mistake(
                (lambda A, slopes: np.maximum(
                    (A * slopes.mean(axis=(0, 1))).sum(axis=(0, 1)), 0),
                 lambda A, slopes: slopes.mean(axis=(0, 1))),
                "Your result has one number per map. Keep the places: the sum runs "
                "over the maps, the last axis."),
            "scaled to 1": Mistake(
                _cam(after=_scaled),
                "You divided by the largest value. That is for drawing; asked for is "
                "the sum itself."),
            "weights scaled": Mistake(
                (_cam(alpha=lambda s: special.softmax(s.mean(axis=(0, 1)))),
                 _cam(alpha=lambda s: s.mean(axis=(0, 1)) / s.mean(axis=(0, 1)).sum())),
                "You scaled the weights so that their sum is 1. They stay the mean "
                "slopes, as they are."),
        },
        ["How many weights are there? One for each map: which axes disappear?",
         "alpha = slopes.mean(axis=(0, 1)); then a sum over the last axis of A.",
         "np.maximum((A * alpha).sum(axis=-1), 0)."],
        independent=_cam_in_loops,
        also_right=(lambda A, slopes: np.clip(np.einsum(
            "ijk,k->ij", A, slopes.reshape(-1, A.shape[2]).mean(axis=0)), 0, None),
                    lambda A, slopes: (lambda L: L * (L > 0))(np.tensordot(
                        A, slopes.mean(axis=1).mean(axis=0), axes=1))))


# --- FGSM ------------------------------------------------------------------------------

def loss_slope(x):
    """Slopes of the loss sum of w x**2 / 100; 0 where x is 0."""
    return _weights(np.shape(x)) * np.asarray(x) / 50


def steep_slope(x):
    """Slopes of the loss 30 (sum of w x), the same everywhere but for their sign."""
    return 30 * _weights(np.shape(x))


def half_slope(x):
    """Slopes of a loss that ignores every third pixel."""
    w = _weights(np.shape(x))
    return np.where(np.arange(w.size).reshape(w.shape) % 3 == 1, 0, w)


def fgsm(gradient, x, eps):
    """Return x moved by eps along the sign of the loss's slopes, clipped to [0, 1]."""
    return np.clip(x + eps * np.sign(gradient(x)), 0, 1)


def _fgsm_in_loops(gradient, x, eps):
    g, y = gradient(x), np.array(x, float)
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            if g[i, j] > 0:
                y[i, j] = min(1.0, y[i, j] + eps)
            if g[i, j] < 0:
                y[i, j] = max(0.0, y[i, j] - eps)
    return y


def _attack(*, move=np.sign, step=lambda eps: eps, clip=lambda y, x: np.clip(y, 0, 1),
            sign=1):
    return lambda gradient, x, eps: clip(x + sign * step(eps) * move(gradient(x)), x)


def _fgsm():
    def cases(rng):
        def case(slope, shape, eps):
            x = rng.uniform(0.02, 0.98, shape).round(2)
            x.flat[::4] = 0
            if eps > 0.2:
                x.flat[2::5] = 1
            return slope, x, eps

        return [(steep_slope, np.array([[0.5, 0.95, 0.02], [0.3, 0.0, 0.9]]), 0.1),
                case(half_slope, (4, 4), 0.2), case(loss_slope, (3, 6), 0.3),
                case(half_slope, (5, 4), 0.05), case(steep_slope, (5, 7), 0.25)]

    def biggest(g):
        return g / np.abs(g).max()

    return Exercise(
        "fgsm", fgsm, cases,
        {
            "without sign": Mistake(
                (_attack(move=lambda g: g),),
                "You moved by eps times the slope itself. Each pixel moves by the "
                "whole eps; only the direction comes from the slope: np.sign."),
            "without sign and clip": Mistake(
                _attack(move=lambda g: g, clip=lambda y, x: y),
                "Two things are missing: np.sign around the slopes, and clipping to "
                "[0, 1]."),
            "scaled slope": Mistake(
                (_attack(move=biggest),
                 _attack(move=lambda g: g / np.linalg.norm(g))),
                "You scaled the slopes to a largest value or length of 1. FGSM moves "
                "every pixel by the whole eps: np.sign."),
            "minus": Mistake(
                _attack(sign=-1),
                "You went downhill: minus lowers the loss, and the network becomes "
                "surer of the right answer. An attack adds."),
            "minus without clip": Mistake(
                _attack(sign=-1, clip=lambda y, x: y),
                "Two things: you went downhill, an attack adds eps times the sign; "
                "and grey levels must be clipped to [0, 1]."),
            "no clipping": Mistake(
                (_attack(clip=lambda y, x: y),
                 lambda gradient, x, eps: np.clip(x, 0, 1) + eps * np.sign(gradient(x))),
                "Grey levels leave [0, 1]. Clip after the move: such an image could not "
                "be shown or saved."),
            "clipped below only": Mistake(
                (_attack(clip=lambda y, x: np.maximum(y, 0)),
                 _attack(clip=lambda y, x: np.clip(y, 0, 255))),
                "Grey levels above 1 remain. Clip on both sides, to [0, 1]: white is 1 "
                "here, not 255."),
            "clipped above only": Mistake(
                _attack(clip=lambda y, x: np.minimum(y, 1)),
                "Grey levels below 0 remain. Clip on both sides, to [0, 1]."),
            "minus and without sign": Mistake(
                _attack(move=lambda g: g, sign=-1),
                "Two things: an attack adds, it climbs the loss; and each pixel moves "
                "by the whole eps, in the direction np.sign of its slope."),
            "times instead of plus": Mistake(
                lambda gradient, x, eps: np.clip(
                    x * (1 + eps * np.sign(gradient(x))), 0, 1),
                "You multiplied x by 1 +- eps, so dark pixels hardly move. Add eps "
                "times the sign: every pixel moves by eps."),
            "eps inside the sign": Mistake(
                _attack(move=lambda g: np.sign(g), step=lambda eps: 1),
                "Your pixels move by 1: eps is lost. np.sign forgets every factor "
                "inside it; multiply its result by eps."),
            "divided by its size": Mistake(
                _attack(move=lambda g: g / np.abs(g)),
                "g / |g| is 0/0 where the slope is 0, which gives NaN. np.sign gives 0 "
                "there."),
            "all brighter": Mistake(
                lambda gradient, x, eps: np.clip(x + eps, 0, 1),
                "You made every pixel brighter and did not use the slopes. Their sign "
                "says up or down."),
            "eps in bytes": Mistake(
                _attack(step=lambda eps: eps / 255),
                "You divided eps by 255. It is already in the units of x, where white "
                "is 1."),
            "half a step": Mistake(
                _attack(step=lambda eps: eps / 2),
                "You moved by eps / 2. Each pixel moves by the whole eps."),
            "only the change": Mistake(
                (lambda gradient, x, eps: eps * np.sign(gradient(x)),
                 lambda gradient, x, eps: np.clip(eps * np.sign(gradient(x)), 0, 1)),
                "You returned the change alone. Add it to x, then clip."),
            "sign of x": Mistake(
                lambda gradient, x, eps: np.clip(x + eps * np.sign(x), 0, 1),
                "You took the sign of x. The direction comes from the slopes of the "
                "loss: np.sign(gradient(x))."),
            "slope 0 moves up": Mistake(
                (_attack(move=lambda g: np.where(g >= 0, 1, -1)),
                 _attack(move=lambda g: 2.0 * (g >= 0) - 1)),
                "Pixels with slope 0 move up in your result. They should stay: "
                "np.sign(0) is 0."),
            "slope 0 moves down": Mistake(
                (_attack(move=lambda g: np.where(g > 0, 1, -1)),),
                "Pixels with slope 0 move down in your result. They should stay: "
                "np.sign(0) is 0."),
            "up only": Mistake(
                (_attack(move=lambda g: 1.0 * (g > 0)),
                 _attack(move=lambda g: np.abs(np.sign(g)))),
                "Your pixels only get brighter, or stay. Where the slope is negative "
                "the loss grows when the pixel gets darker: move by minus eps."),
            "slope cut at eps": Mistake(
                (lambda gradient, x, eps: x + np.clip(gradient(x), -eps, eps),
                 lambda gradient, x, eps: np.clip(
                     x + np.clip(gradient(x), -eps, eps), 0, 1)),
                "You moved by the slope, cut at eps at most. Each pixel moves by the "
                "whole eps, however small its slope: eps * np.sign(...)."),
            "change clipped": Mistake(
                (lambda gradient, x, eps: x + np.clip(eps * np.sign(gradient(x)), 0, 1),
                 lambda gradient, x, eps: x + eps * np.clip(np.sign(gradient(x)), 0, 1)),
                "You clipped the change, so negative moves are lost. Clip the sum: "
                "np.clip(x + ..., 0, 1)."),
            "one sign for all": Mistake(
                lambda gradient, x, eps: np.clip(
                    x + eps * np.sign(gradient(x).sum()), 0, 1),
                "You moved all pixels the same way. Each has its own sign."),
            "scaled to 0 and 1": Mistake(
                _attack(clip=lambda y, x: (y - y.min()) / np.ptp(y)),
                "You stretched the result to [0, 1], which changes every pixel. Clip: "
                "only what lies outside is set to 0 or 1."),
            "outside kept as it was": Mistake(
                _attack(clip=lambda y, x: np.where((y < 0) | (y > 1), x, y)),
                "You undid the move where it leaves [0, 1]. Clip instead: such a "
                "pixel moves up to the end, 0 or 1."),
        },
        ["The loss shall grow. Where the slope is negative, which way must a pixel go?",
         "np.sign gives -1, 0 or 1 for each pixel; eps times that is the move.",
         "np.clip(x + eps * np.sign(gradient(x)), 0, 1)."],
        independent=_fgsm_in_loops,
        also_right=(lambda gradient, x, eps: np.minimum(1, np.maximum(
            0, np.where(gradient(x) > 0, x + eps, np.where(gradient(x) < 0, x - eps,
                                                           x)))),))


# --- expected calibration error --------------------------------------------------------

def expected_calibration_error(P, u, B):
    """Return the mean gap of accuracy and confidence, weighted by the bins' counts."""
    confidence = P.max(axis=1)
    right = P.argmax(axis=1) == u
    error = 0
    for k in range(B):
        inside = (confidence > k / B) & (confidence <= (k + 1) / B)
        if inside.any():
            gap = right[inside].mean() - confidence[inside].mean()
            error += inside.sum() / len(u) * abs(gap)
    return error


def _ece_by_sums(P, u, B):
    confidence = np.max(P, axis=1)
    place = np.minimum(np.ceil(confidence * B) - 1, B - 1).astype(int)
    gaps = np.bincount(place, (np.argmax(P, axis=1) == u) - confidence, minlength=B)
    return np.abs(gaps).sum() / len(u)


def _calibration(*, confidence=lambda P, u: P.max(axis=1),
                 right=lambda P, u: P.argmax(axis=1) == u, size=abs,
                 bins=lambda c, B: np.ceil(c * B).astype(int) - 1, places=None,
                 weight=lambda inside, n, used: inside.sum() / n,
                 level=lambda c, inside, k, B: c[inside].mean()):
    """Return an answer with one part exchanged; size acts on the gap of a bin."""
    def answer(P, u, B):
        c, hit = confidence(P, u), right(P, u)
        place = bins(c, B)
        used = [k for k in range(B) if (place == k).any()]
        error = 0
        for k in places(B) if places else used:
            inside = place == k
            gap = hit[inside].mean() - level(c, inside, k, B)
            error += weight(inside, len(c), len(used)) * size(gap)
        return error
    return answer


def _gap_of_means(P, u, B):
    return abs(np.mean(P.argmax(axis=1) == u) - P.max(axis=1).mean())


def _mean_of_gaps(P, u, B):
    return np.mean(np.abs((P.argmax(axis=1) == u) - P.max(axis=1)))


def _largest_gap(P, u, B):
    c, hit = P.max(axis=1), P.argmax(axis=1) == u
    place = np.ceil(c * B).astype(int)
    return max(abs(hit[place == k].mean() - c[place == k].mean())
               for k in np.unique(place))


def _quantile_bins(c, B):
    return np.argsort(np.argsort(c)) * B // len(c)


def _own_range_bins(c, B):
    scaled = (c - c.min()) / (np.ptp(c) or 1)
    return np.minimum((scaled * B).astype(int), B - 1)


def _from_guessing(P, u, B):
    c, hit, error = P.max(axis=1), P.argmax(axis=1) == u, 0
    ends = np.linspace(1 / P.shape[1], 1, B + 1)
    for low, high in zip(ends[:-1], ends[1:], strict=True):
        inside = (c > low) & (c <= high)
        if inside.any():
            error += inside.mean() * abs(hit[inside].mean() - c[inside].mean())
    return error


def _in_bins(place, **parts):
    """Return an answer that counts every bin that place(c, B) names, also beyond B."""
    return lambda P, u, B: _calibration(
        bins=lambda c, _: np.unique(place(c, B), return_inverse=True)[1],
        places=lambda _: np.unique(np.unique(
            place(parts.get("confidence", _answered)(P, u), B),
            return_inverse=True)[1]), **parts)(P, u, B)


def _answered(P, u):
    return P.max(axis=1)


def _of_each_class(P, u):
    return P.ravel()


def _each_class_right(P, u):
    return np.eye(P.shape[1])[u].ravel() > 0


def _expected_calibration_error():
    def cases(rng):
        def case(n, classes, B, bend, honesty=0.5):
            P = special.softmax(bend * rng.normal(0, 1, (n, classes)), axis=1)
            u = np.array([rng.choice(classes, p=special.softmax(
                honesty * np.log(row))) for row in P])
            P[0] = np.eye(classes)[u[0] - 1]        # confidence exactly 1, and wrong
            return P, u, B

        tiny = (np.array([[0.7, 0.3], [0.1, 0.9], [0.38, 0.62]]), np.array([1, 1, 1]), 4)
        border = (np.array([[0.75, 0.25], [0.75, 0.25], [0.875, 0.125],
                            [0.625, 0.375]]), np.array([1, 1, 0, 0]), 4)
        return [tiny, case(20, 3, 5, 1.5), case(40, 4, 10, 2), case(60, 2, 8, 1, 4),
                case(50, 5, 7, 3), border]

    return Exercise(
        "expected_calibration_error", expected_calibration_error, cases,
        {
            "not weighted": Mistake(
                (_calibration(weight=lambda inside, n, used: 1 / used),),
                "You took the plain mean over the bins. Weigh each bin by the share of "
                "answers in it, n_k / n: a bin of two answers hardly counts."),
            "divided by B": Mistake(
                lambda P, u, B: _calibration(weight=lambda inside, n, used: 1)(
                    P, u, B) / B,
                "You divided the sum of the gaps by B. Weigh each bin by its share of "
                "the answers, n_k / n."),
            "sum of the gaps": Mistake(
                _calibration(weight=lambda inside, n, used: 1),
                "You added the gaps of the bins without weights. Weigh each by its "
                "share of the answers, n_k / n."),
            "counts not divided": Mistake(
                _calibration(weight=lambda inside, n, used: inside.sum()),
                "You weighted by the counts n_k, but did not divide by their sum n."),
            "probability of the true class": Mistake(
                (_calibration(confidence=lambda P, u: P[np.arange(len(u)), u]),),
                "You took the probability of the true class. Confidence is that of "
                "the answer, the largest of the row: in use nobody knows the truth."),
            "signed": Mistake(
                (_calibration(size=lambda gap: gap), _calibration(size=lambda gap: -gap)),
                "Your gaps keep their sign, so bins can cancel: take the absolute gap "
                "of each bin."),
            "squared": Mistake(
                (_calibration(size=lambda gap: gap**2),
                 lambda P, u, B: _calibration(size=lambda gap: gap**2)(P, u, B) ** 0.5),
                "You squared the gaps. ECE adds their absolute values."),
            "no bins": Mistake(
                _gap_of_means,
                "Gaps cancel in your result: it is the gap between the means of all "
                "answers. Take the absolute gap inside each bin, before you add."),
            "gap of each answer": Mistake(
                _mean_of_gaps,
                "You took the gap of each single answer. One answer is right or "
                "wrong, 0 or 1; only the mean over a bin can equal a confidence."),
            "largest gap": Mistake(
                _largest_gap,
                "You took the largest gap (that is the maximum calibration error). ECE "
                "is the mean over the bins, weighted by n_k / n."),
            "middle of the bin": Mistake(
                _calibration(level=lambda c, inside, k, B: (k + 0.5) / B),
                "You compared with the middle of the bin. Compare with the mean "
                "confidence of the answers in it."),
            "ends of the bin": Mistake(
                (_calibration(level=lambda c, inside, k, B: (k + 1) / B),
                 _calibration(level=lambda c, inside, k, B: k / B)),
                "You compared with an end of the bin. Compare with the mean "
                "confidence of the answers in it."),
            "confidence 1 lost": Mistake(
                (_calibration(bins=lambda c, B: np.floor(c * B).astype(int)),),
                "An answer of confidence exactly 1 falls out of your bins. The upper "
                "end belongs to a bin: k/B < confidence <= (k + 1)/B."),
            "border in the upper bin": Mistake(
                (_calibration(bins=lambda c, B: np.minimum(np.floor(c * B), B - 1)),
                 _in_bins(lambda c, B: np.floor(c * B))),
                "An answer on a border went into the upper bin, or one of confidence 1 "
                "into a bin of its own. The upper end is included: "
                "k/B < confidence <= (k + 1)/B."),
            "rounded": Mistake(
                (_in_bins(lambda c, B: np.round(c * B)),
                 _calibration(bins=lambda c, B: np.round(c * B)),
                 _calibration(bins=lambda c, B: np.minimum(np.round(c * B), B - 1))),
                "You rounded to the nearest border, so your bins are shifted by half "
                "their width. Bin k reaches from k/B to (k + 1)/B."),
            "ten bins": Mistake(
                lambda P, u, B: expected_calibration_error(P, u, 10),
                "You used 10 bins whatever B is. The number of bins is given: B."),
            "B ends": Mistake(
                (_in_bins(lambda c, B: np.digitize(c, np.linspace(0, 1, B))),
                 _in_bins(lambda c, B: np.digitize(c, np.linspace(0, 1, B), right=True)),
                 _calibration(bins=lambda c, B: np.digitize(
                     c, np.linspace(0, 1, B)) - 1)),
                "np.linspace(0, 1, B) has B ends, so B - 1 bins. B bins have B + 1 "
                "ends."),
            "first class": Mistake(
                (_calibration(confidence=lambda P, u: P[:, 0]),
                 _calibration(confidence=lambda P, u: P[:, 1],)),
                "You took one fixed column of P. The confidence is the largest "
                "probability of each row, P.max(axis=1)."),
            "largest of each column": Mistake(
                (lambda P, u, B: _calibration()(P.T, u[:P.shape[1]], B),),
                "You took the largest value of each column. A row is one image: "
                "P.max(axis=1), P.argmax(axis=1)."),
            "all classes": Mistake(
                (_calibration(confidence=_of_each_class, right=_each_class_right),
                 _calibration(confidence=_of_each_class, right=_each_class_right,
                              bins=lambda c, B: np.maximum(np.ceil(c * B) - 1, 0)),
                 _in_bins(lambda c, B: np.ceil(c * B), confidence=_of_each_class,
                          right=_each_class_right)),
                "You binned the probabilities of all classes. ECE as asked here looks "
                "at the answer only, one confidence per image: the largest of each "
                "row."),
            "accuracy forgotten": Mistake(
                (_calibration(right=lambda P, u: np.ones(len(u))),
                 _calibration(right=lambda P, u: np.full(
                     len(u), np.mean(P.argmax(axis=1) == u)))),
                "Your accuracy is the same for every bin. Compute it inside each bin: "
                "the mean of (answer == u) over its members."),
            "wrong counted as right": Mistake(
                _calibration(right=lambda P, u: P.argmax(axis=1) != u),
                "You counted the wrong answers. Accuracy is the share of right ones, "
                "P.argmax(axis=1) == u."),
            "equally full bins": Mistake(
                _calibration(bins=_quantile_bins),
                "Your bins hold equally many answers. Asked for are B bins of equal "
                "width between 0 and 1."),
            "bins over the own range": Mistake(
                (_calibration(bins=_own_range_bins), _from_guessing,
                 _in_bins(lambda c, B: np.digitize(c, np.linspace(
                     c.min(), c.max(), B + 1), right=True))),
                "Your bins do not run from 0 to 1 but over the range of the "
                "confidences, or from 1/classes on. All are 1/B wide, from 0 to 1."),
            "last bin missing": Mistake(
                _calibration(bins=lambda c, B: np.where(
                    c > (B - 1) / B, -1, np.ceil(c * B).astype(int) - 1)),
                "The last bin is missing, the one with the surest answers. There are "
                "B bins: k = 0 ... B - 1."),
            "first bin only": Mistake(
                lambda P, u, B: 0.0,
                "Your result is 0 in each case. Does `return` stand inside the loop, "
                "so that only the first bin counts? Or is a sum rounded to whole "
                "numbers?"),
            "answer not compared": Mistake(
                (_calibration(right=lambda P, u: P.argmax(axis=1)),
                 _calibration(right=lambda P, u: u)),
                "You averaged class numbers. Accuracy needs 1 where the answer equals "
                "the label and 0 elsewhere: P.argmax(axis=1) == u."),
            "mean of all confidences": Mistake(
                _calibration(level=lambda c, inside, k, B: c.mean()),
                "You compared each bin with the mean of all confidences. Take the mean "
                "inside the bin."),
            "empty bins divided": Mistake(
                (_calibration(places=range),
                 _calibration(places=range, level=lambda c, inside, k, B: (k + .5) / B)),
                "An empty bin has no mean: NumPy gives NaN, and so becomes the sum. "
                "Skip bins without answers."),
            "percent": Mistake(
                lambda P, u, B: 100 * expected_calibration_error(P, u, B),
                "You returned percent. Leave it as a share, between 0 and 1."),
        },
        ["Which number of each row is the confidence? When is the answer right?",
         "For bin k: inside = (confidence > k / B) & (confidence <= (k + 1) / B). Is "
         "it empty?",
         "Add inside.sum() / n * abs(right[inside].mean() - confidence[inside].mean())."],
        independent=_ece_by_sums,
        also_right=(_ece_with_digitize,))


def _ece_with_digitize(P, u, B):
    c = P.max(axis=1)
    place = np.digitize(c, np.linspace(0, 1, B + 1), right=True)
    total = 0.0
    for k in range(1, B + 1):
        members = [n for n in range(len(u)) if place[n] == k]
        if members:
            share = sum(int(P[n].argmax() == u[n]) for n in members) / len(members)
            total += len(members) * abs(share - sum(c[n] for n in members)
                                        / len(members))
    return total / len(u)


# --- temperature -----------------------------------------------------------------------

def with_temperature(Z, T):
    """Return the softmax of Z / T, row by row, safe for large scores."""
    Z = Z / T
    powers = np.exp(Z - Z.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def _heated(*, scale=lambda Z, T: Z / T, shift=lambda Z: Z.max(axis=1, keepdims=True),
            power=np.exp, total=lambda E: E.sum(axis=1, keepdims=True),
            after=lambda P, T: P):
    def answer(Z, T):
        scaled = scale(Z, T)
        E = power(scaled - shift(scaled))
        return after(E / total(E), T)
    return answer


def _renormed(P):
    return P / P.sum(axis=1, keepdims=True)


def _with_temperature():
    def cases(rng):
        def case(n, classes, T, size):
            return rng.normal(0, size, (n, classes)).round(2), T

        large = rng.normal(0, 3, (4, 3)).round(2)
        large[1] += 990
        large[2] -= 990
        return [(np.array([[2.0, 1, 0], [0, 3, 1.5]]), 2.0), case(4, 4, 0.5, 1),
                case(3, 5, 1.7, 2), (large, 1.2), case(6, 2, 4, 3),
                (large[1:, :2], 5.0)]

    def inplace(Z, T):
        Z /= T
        Z -= Z.max(axis=1, keepdims=True)
        np.exp(Z, out=Z)
        Z /= Z.sum(axis=1, keepdims=True)
        return Z

    return Exercise(
        "with_temperature", with_temperature, cases,
        {
            "multiplied": Mistake(
                (_heated(scale=lambda Z, T: Z * T),
                 lambda Z, T: np.exp(Z * T) / np.exp(Z * T).sum(axis=1, keepdims=True),
                 lambda Z, T: _renormed(special.softmax(Z, axis=1) ** T)),
                "You multiplied by T (a power T does the same). Divide: a high "
                "temperature brings the scores closer together, and the network "
                "becomes less sure."),
            "T ignored": Mistake(
                (_heated(scale=lambda Z, T: Z), _heated(scale=lambda Z, T: Z - T)),
                "T does nothing in your result (to add or subtract it changes no "
                "probability). Divide the scores by T before the softmax."),
            "overflow": Mistake(
                (_heated(shift=lambda Z: 0),),
                "exp of large scores overflows, and 0/0 or inf/inf is NaN. Subtract "
                "the largest score of each row first; this changes no probability."),
            "one shift for all": Mistake(
                (_heated(shift=np.max),),
                "You subtracted the largest of all scores, and rows far below it "
                "become 0/0. Subtract the largest of each row: "
                "max(axis=1, keepdims=True)."),
            "probabilities divided": Mistake(
                (_heated(scale=lambda Z, T: Z, after=lambda P, T: P / T),),
                "You divided the probabilities by T, so the rows do not sum to 1. "
                "Divide the scores, before the softmax."),
            "softmax of the probabilities": Mistake(
                (lambda Z, T: special.softmax(special.softmax(Z, axis=1) / T, axis=1),),
                "You applied the softmax twice: the temperature divides the scores, "
                "not the probabilities."),
            "powers divided": Mistake(
                (_heated(power=lambda Z: Z - Z.min() + 1), lambda Z, T: Z / T,
                 lambda Z, T: Z / T / (Z / T).sum(axis=1, keepdims=True)),
                "There is no exp in your result: softmax shares out the powers "
                "exp(z / T), not the scores."),
            "power 1/T, not shared out": Mistake(
                lambda Z, T: special.softmax(Z, axis=1) ** (1 / T),
                "Powers 1/T of the probabilities are the right idea, but the rows no "
                "longer sum to 1. Divide each row by its sum."),
            "rounded down": Mistake(
                _heated(scale=lambda Z, T: Z // T),
                "You divided with //, which rounds down. Divide with /."),
            "keepdims missing": Mistake(
                (lambda Z, T: np.exp(Z / T) / np.exp(Z / T).sum(axis=1),
                 lambda Z, T: with_temperature(Z, T) * 1 / np.exp(
                     Z / T - (Z / T).max(axis=1)).sum(axis=1)),
                "The shapes (n, classes) and (n,) do not fit each other, or the wrong "
                "way: keep the axis, max(axis=1, keepdims=True) and "
                "sum(axis=1, keepdims=True)."),
            "columns": Mistake(
                (_heated(shift=lambda Z: Z.max(axis=0), total=lambda E: E.sum(axis=0)),
                 lambda Z, T: special.softmax(Z / T, axis=0)),
                "Your columns sum to 1. An image is a row: sum over axis=1."),
            "over everything": Mistake(
                (_heated(shift=lambda Z: Z.max(), total=lambda E: E.sum()),
                 lambda Z, T: special.softmax(Z / T), _heated(total=lambda E: E.sum()),
                 lambda Z, T: np.exp(Z / T) / np.exp(Z / T).sum()),
                "All your numbers together sum to 1. Each row has to: sum over axis=1, "
                "keepdims=True."),
            "not divided by the sum": Mistake(
                (_heated(total=lambda E: 1),
                 lambda Z, T: np.exp(Z / T)),
                "The rows do not sum to 1. Divide the powers by their sum in each "
                "row."),
            "logarithm": Mistake(
                (lambda Z, T: special.log_softmax(Z / T, axis=1),),
                "These are logarithms of probabilities. Return the probabilities."),
            "sigmoid": Mistake(
                (lambda Z, T: special.expit(Z / T),),
                "That is the sigmoid of each score. The classes exclude each other: "
                "softmax over each row."),
            "base 2": Mistake(
                (_heated(power=np.exp2),),
                "You took powers of 2. Softmax takes powers of e: np.exp."),
            "sign": Mistake(
                (_heated(scale=lambda Z, T: -Z / T),),
                "Your largest score has the smallest probability: a minus too many "
                "before the scores."),
            "square of T": Mistake(
                (_heated(scale=lambda Z, T: Z / T**2),
                 _heated(scale=lambda Z, T: Z / np.sqrt(T))),
                "You divided by a power or root of T. Divide by T itself."),
            "shift before dividing": Mistake(
                (lambda Z, T: (lambda E: E / E.sum(axis=1, keepdims=True))(
                    np.exp(Z / T - Z.max(axis=1, keepdims=True))),),
                "You subtracted the largest of Z from Z / T, so all powers may become "
                "0. Divide by T first, then subtract the largest of the result."),
            "largest divided alone": Mistake(
                lambda Z, T: _renormed(np.exp(Z - Z.max(axis=1, keepdims=True) / T)),
                "Only the largest score is divided by T. Brackets: (Z - largest) / T."),
            "overflow cut": Mistake(
                (_heated(scale=lambda Z, T: np.clip(Z, -50, 50) / T),
                 _heated(scale=lambda Z, T: np.clip(Z / T, -700, 700)),
                 _heated(scale=lambda Z, T: np.clip(Z / T, -50, 50)),
                 _heated(scale=lambda Z, T: np.minimum(Z / T, 700)),
                 lambda Z, T: np.nan_to_num(_renormed(np.exp(Z / T)))),
                "You cut or replaced what overflows; then large scores become equal, or "
                "probabilities 0. Subtract the largest of each row instead."),
            "divided by the largest": Mistake(
                (_heated(scale=lambda Z, T: Z / np.abs(Z).max(axis=1, keepdims=True) / T),
                 _heated(scale=lambda Z, T: Z / Z.max(axis=1, keepdims=True) / T),
                 _heated(scale=lambda Z, T: Z / np.max(Z) / T)),
                "You divided by the largest score, which changes the probabilities. "
                "Subtract it: differences stay as they are."),
            "answer only": Mistake(
                (lambda Z, T: Z.argmax(axis=1), lambda Z, T: special.softmax(
                    Z / T, axis=1).max(axis=1)),
                "You returned one number per row. Return the probabilities of all "
                "classes, shape (n, classes)."),
        },
        ["What does T = 2 do to the difference of two scores?",
         "Divide first, then subtract the largest of each row, then exp.",
         "powers / powers.sum(axis=1, keepdims=True)."],
        independent=lambda Z, T: special.softmax(np.asarray(Z) / T, axis=1),
        also_right=(lambda Z, T: np.exp(special.log_softmax(Z / T, axis=1)),
                    lambda Z, T: inplace(np.array(Z, float), T),
                    lambda Z, T: [[1 / sum(np.exp(min((other - z) / T, 700))
                                           for other in row) for z in row]
                                  for row in Z]))
