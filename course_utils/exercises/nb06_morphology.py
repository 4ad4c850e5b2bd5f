"""Exercises of page 06: morphology."""

import numpy as np
import skimage as ski
from numpy.lib.stride_tricks import sliding_window_view
from scipy import ndimage as ndi

from course_utils.exercise import Exercise, Mistake

CROSS = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], bool)


def make_exercises():
    """Return the exercises of the page, in its order."""
    return [_erode_mask(), _open_mask(), _rank_level(), _by_level_sets(),
            _reconstruct(), _label_mask()]


def _windows(f, B, **how):
    """Return the window of the shape of B around each pixel, padded as ``how`` says."""
    r, c = B.shape[0] // 2, B.shape[1] // 2
    return sliding_window_view(np.pad(f, ((r, r), (c, c)), **how), B.shape)


def _turned(B):
    return B[::-1, ::-1]


def _elements():
    """Return three elements without symmetry; the last one lacks its origin."""
    hook = np.array([[0, 1, 0], [0, 1, 1], [0, 0, 0]], bool)
    wide = np.array([[0, 1, 0, 0, 0], [0, 0, 1, 1, 0], [0, 0, 0, 0, 1]], bool)
    split = np.array([[0, 0, 0], [1, 0, 0], [0, 0, 1], [0, 0, 1], [0, 0, 0]], bool)
    return hook, wide, split


# --- erode a mask ----------------------------------------------------------------------

def erode_mask(X, B):
    """Return where B fits into X; places outside of the picture always fit."""
    (M, N), r, c = X.shape, B.shape[0] // 2, B.shape[1] // 2
    padded = np.pad(X, ((r, r), (c, c)), constant_values=True)
    fits = np.ones(X.shape, bool)
    for i, j in np.argwhere(B):
        fits &= padded[i:i + M, j:j + N]
    return fits


def _loop_erosion(X, B):
    out = np.ones(X.shape, bool)
    for y, x in np.ndindex(X.shape):
        for i, j in np.argwhere(B):
            v, u = y + i - B.shape[0] // 2, x + j - B.shape[1] // 2
            if 0 <= v < X.shape[0] and 0 <= u < X.shape[1] and not X[v, u]:
                out[y, x] = False
    return out


def _fit(W, B):
    """Say for each window whether B fits."""
    return (W | ~B).all((2, 3))


def _inner(X, B, frame):
    """Erode where the window lies inside, and take the frame from ``frame``."""
    r, c = B.shape[0] // 2, B.shape[1] // 2
    out = frame.copy()
    place = np.s_[r:X.shape[0] - r, c:X.shape[1] - c]
    out[place] = erode_mask(X, B)[place]
    return out


def _erode_in_place(X, B):
    X = X.copy()
    r, c = B.shape[0] // 2, B.shape[1] // 2
    for y, x in np.ndindex(X.shape):
        W = np.pad(X, ((r, r), (c, c)), constant_values=True)
        X[y, x] = X[y, x] and (W[y:y + B.shape[0], x:x + B.shape[1]] | ~B).all()
    return X


def _wrapping_erosion(X, B):
    """Erode with indices below 0, which Python takes from the other side."""
    r, c = B.shape[0] // 2, B.shape[1] // 2
    W = sliding_window_view(np.pad(np.pad(X, ((r, 0), (c, 0)), mode="wrap"),
                                   ((0, r), (0, c)), constant_values=True), B.shape)
    return _fit(W, B)


def _slices_exchanged(X, B):
    """Erode with exchanged places of B, which fails where B is not square."""
    (M, N), r, c = X.shape, B.shape[0] // 2, B.shape[1] // 2
    padded = np.pad(X, ((r, r), (c, c)), constant_values=True)
    fits = np.ones(X.shape, bool)
    for j, i in np.argwhere(B):
        fits &= padded[i:i + M, j:j + N]
    return fits


def _medians():
    """Return medians of a mask under B, or under its rectangle, by libraries."""
    return (lambda X, B: ndi.median_filter(X, footprint=B),
            lambda X, B: ski.filters.median(X, B),
            lambda X, B: ndi.median_filter(X, B.shape),
            lambda X, B: ndi.median_filter(X, 3))


def _corner_erosion(X, B):
    padded = np.pad(X, ((0, B.shape[0] - 1), (0, B.shape[1] - 1)), constant_values=True)
    return _fit(sliding_window_view(padded, B.shape), B)


def _erode_mask():
    def cases(rng):
        hook, wide, split = _elements()
        tiny = np.array([[1, 1, 0, 1, 1], [1, 1, 1, 1, 1], [1, 0, 1, 1, 0],
                         [1, 1, 1, 1, 1]], bool)

        def mask(shape, share):
            return rng.random(shape) < share

        return [(tiny, hook), (mask((9, 9), 0.8), hook), (mask((8, 12), 0.85), wide),
                (mask((13, 10), 0.75), split), (mask((12, 15), 0.9), wide.T)]

    def windowed(rule, **how):
        return lambda X, B: rule(_windows(X, B, **how), B)

    inside = {"constant_values": True}
    return Exercise(
        "erode_mask", erode_mask, cases,
        {
            "outside is background": Mistake(
                (windowed(_fit), lambda X, B: ndi.binary_erosion(X, B)),
                "Inside you are right, but you took the outside of the picture as "
                "background, so that B never fits at the border. Places outside ask "
                "for nothing: pad with True, or border_value=1."),
            "mirrored border": Mistake(
                (windowed(_fit, mode="symmetric"), windowed(_fit, mode="reflect"),
                 windowed(_fit, mode="edge"), windowed(_fit, mode="wrap")),
                "Inside you are right, but at the border you continued the picture "
                "(mirrored, repeated or wrapped around). Places outside ask for "
                "nothing: pad with True; in scikit-image, mode='ignore'."),
            "index -1": Mistake(
                _wrapping_erosion,
                "At the upper and left border your index gets negative, and Python "
                "then reads from the other side: X[-1] is the last row. Check "
                "0 <= y + i < M and 0 <= x + j < N."),
            "B not used": Mistake(
                (lambda X, B: ndi.binary_erosion(X, border_value=1),
                 lambda X, B: ndi.binary_erosion(X),
                 lambda X, B: ski.morphology.erosion(X)),
                "You eroded by the library's default, a cross of five. Give it B."),
            "border left out": Mistake(
                (lambda X, B: _inner(X, B, np.zeros(X.shape, bool)),
                 lambda X, B: _inner(X, B, X),
                 lambda X, B: _inner(X, B, np.ones(X.shape, bool))),
                "You left out the pixels near the border. There, only the part of B "
                "that lies inside of the picture must fit."),
            "reflected": Mistake(
                (lambda X, B: erode_mask(X, _turned(B)),
                 lambda X, B: ndi.binary_erosion(X, _turned(B))),
                "You used the reflected element: X is asked at p - b. Erosion asks "
                "at p + b; it is dilation that needs the reflection."),
            "rows and columns": Mistake(
                (lambda X, B: erode_mask(X, B.T), _slices_exchanged,
                 lambda X, B: _fit(_windows(X, B, **inside), B.T)),
                "You exchanged rows and columns of B."),
            "touches": Mistake(
                (windowed(lambda W, B: (W & B).any((2, 3))),
                 windowed(lambda W, B: (W & _turned(B)).any((2, 3))),
                 windowed(lambda W, B: (W & B).any((2, 3)), **inside)),
                "You asked whether B touches X, with any: that is a dilation. For "
                "B to fit, all of its places must be true."),
            "whole box": Mistake(
                (windowed(lambda W, B: W.all((2, 3)), **inside),
                 windowed(lambda W, B: W.all((2, 3)))),
                "You asked for the whole rectangle around p. Only the places where B "
                "is true count; at the others X may be anything."),
            "equal to B": Mistake(
                (windowed(lambda W, B: (W == B).all((2, 3)), **inside),
                 windowed(lambda W, B: (W == B).all((2, 3)))),
                "You asked that the window equals B. Where B is false, X may be true "
                "or false."),
            "half of B": Mistake(
                (windowed(lambda W, B: 2 * (W & B).sum((2, 3)) > B.sum(), **inside),
                 *_medians()),
                "You asked for a majority of B, a median; erosion needs all of its "
                "places."),
            "corner": Mistake(
                (_corner_erosion,
                 lambda X, B: _fit(sliding_window_view(np.pad(
                     X, ((0, B.shape[0] - 1), (0, B.shape[1] - 1))), B.shape), B)),
                "Your origin is the upper left corner of B. It is the middle pixel: "
                "place (i, j) of B is b = (i - m // 2, j - n // 2)."),
            "identity": Mistake(
                lambda X, B: X.copy(),
                "You returned X itself. Keep only the places where all of B fits."),
            "only X": Mistake(
                lambda X, B: X & erode_mask(X, B),
                "You kept only pixels of X. If B lacks its own middle pixel, it may "
                "fit around a pixel of the background: return true there."),
            "in place": Mistake(
                _erode_in_place,
                "You wrote into the mask while reading from it, so that holes spread. "
                "Write the result into a new array."),
            "complement": Mistake(
                lambda X, B: ~erode_mask(X, B),
                "You returned true where B does not fit: the result is turned around."),
            "boundary": Mistake(
                lambda X, B: X & ~erode_mask(X, B),
                "You returned what the erosion removes. Return what is left."),
        },
        ["At which pixels must X be true, so that the answer at p is true? Start with "
         "a mask that is true everywhere, and take away.",
         "Pad X with True by m // 2 rows and n // 2 columns on each side. Then place "
         "(i, j) of B meets, for all p at once, the slice padded[i:i + M, j:j + N].",
         "Combine the slices of all true places of B by `&`."],
        independent=_loop_erosion,
        also_right=(lambda X, B: ski.morphology.erosion(X, B, mode="ignore"),
                    lambda X, B: ndi.binary_erosion(X, B, border_value=1),
                    windowed(_fit, **inside),
                    lambda X, B: ~ndi.binary_dilation(~X, _turned(B))))


# --- open a mask -------------------------------------------------------------------------

def open_mask(X, B):
    """Return the union of all copies of B that fit and have their origin
    inside the picture."""
    fits = ski.morphology.erosion(X, B, mode="ignore")
    return ski.morphology.dilation(fits, B[::-1, ::-1], mode="ignore")


def _painted_opening(X, B):
    M, N = X.shape
    out = np.zeros(X.shape, bool)
    places = np.argwhere(B) - np.array(B.shape) // 2
    for p in np.ndindex(X.shape):
        copy = [tuple(q) for q in places + p if 0 <= q[0] < M and 0 <= q[1] < N]
        if all(X[q] for q in copy):
            for q in copy:
                out[q] = True
    return out


def _erosion(X, B, mode="ignore"):
    return ski.morphology.erosion(X, B, mode=mode)


def _dilation(X, B, mode="ignore"):
    """Dilate by B itself, as SciPy does."""
    return ski.morphology.dilation(X, _turned(B), mode=mode)


def _framed_opening(X, B, size=2, opening=_painted_opening):
    """Open with a frame of True around X, ``size`` times half of B wide, and cut it."""
    frame = [(size * (n // 2),) * 2 for n in B.shape]
    opened = opening(np.pad(X, frame, constant_values=True), B)
    return opened[tuple(slice(a, -a) for a, _ in frame)]


def _wrapping_opening(X, B, fits=erode_mask, both=False):
    """Stamp copies with indices below 0, which Python takes from the other side."""
    M, N = X.shape
    out = np.zeros(X.shape, bool)
    for p in np.argwhere(fits(X, B)):
        for v, u in p + np.argwhere(B) - np.array(B.shape) // 2:
            if both or v < M and u < N:
                out[v % M, u % N] = True
    return out


def _open_mask():
    def cases(rng):
        hook, wide, split = _elements()
        tiny = np.array([[0, 1, 0, 1, 0], [1, 1, 1, 0, 1], [1, 0, 1, 1, 0],
                         [0, 1, 1, 0, 1]], bool)

        def mask(shape, share):
            return rng.random(shape) < share

        return [(tiny, hook), (mask((10, 10), 0.65), hook),
                (mask((9, 13), 0.7), wide), (mask((14, 11), 0.6), split),
                (mask((12, 16), 0.75), wide.T)]

    def box(B):
        return np.ones(B.shape, bool)

    return Exercise(
        "open_mask", open_mask, cases,
        {
            "not reflected": Mistake(
                (lambda X, B: _dilation(_erosion(X, B), _turned(B)),
                 lambda X, B: X & _dilation(_erosion(X, B), _turned(B)),
                 lambda X, B: _dilation(_erosion(X, B), _turned(B), "reflect"),
                 lambda X, B: ski.morphology.dilation(ski.morphology.erosion(X, B), B),
                 lambda X, B: _dilation(ndi.binary_erosion(X, B), _turned(B))),
                "You eroded and dilated with the same call of a library (or took p + b "
                "twice), and that dilates by the reflected element. See section 2: "
                "give the dilation B[::-1, ::-1], or paint at p + b."),
            "reflected twice": Mistake(
                (lambda X, B: open_mask(X, _turned(B)),
                 lambda X, B: ndi.binary_opening(X, _turned(B))),
                "You opened by the reflected element: it must fit at p + b, and be "
                "painted at p + b. Exchange where you reflect."),
            "erosion reflected": Mistake(
                lambda X, B: _dilation(_erosion(X, _turned(B)), B),
                "You reflected B in the erosion, where X is asked at p + b, and not "
                "for the painting. Use the same b for both."),
            "outside is background": Mistake(
                (lambda X, B: ndi.binary_opening(X, B),
                 lambda X, B: _dilation(ndi.binary_erosion(X, B), B)),
                "Inside you are right. At the border you took the outside as "
                "background (SciPy does), so that B never fits there: erode with "
                "border_value=1, or mode='ignore'."),
            "mirrored border": Mistake(
                (lambda X, B: ski.morphology.opening(X, B),
                 lambda X, B: ski.morphology.opening(X, B, mode="nearest"),
                 lambda X, B: ski.morphology.opening(X, B, mode="wrap"),
                 lambda X, B: _dilation(_erosion(X, B, "reflect"), B)),
                "Inside you are right, but at the border you continued the picture "
                "(scikit-image mirrors it by default). Say mode='ignore'."),
            "outside painted": Mistake(
                (lambda X, B: ndi.binary_dilation(_erosion(X, B), B, border_value=1),
                 lambda X, B: ndi.binary_dilation(ndi.binary_erosion(
                     X, B), B, border_value=1)),
                "Your dilation takes the outside as foreground, which leaks into the "
                "picture. Nothing outside is ever painted from: outside is false for "
                "the dilation, and true for the erosion."),
            "origin outside": Mistake(
                (_framed_opening,
                 lambda X, B: _framed_opening(X, B, 1, ndi.binary_opening),
                 lambda X, B: _framed_opening(X, B, 2, ndi.binary_opening),
                 lambda X, B: _framed_opening(X, B, 1, ski.morphology.opening)),
                "You also used copies whose origin lies outside of the picture. Place "
                "origins only inside."),
            "index -1": Mistake(
                (_wrapping_opening,
                 lambda X, B: _wrapping_opening(X, B, _wrapping_erosion),
                 lambda X, B: _wrapping_opening(X, B, both=True)),
                "Your copies of B leave the picture on one side and come in on the "
                "other: X[-1] is the last row. Check 0 <= y + i < M and "
                "0 <= x + j < N before you paint."),
            "identity": Mistake(
                lambda X, B: X.copy(),
                "You returned X itself. Only what the copies of B cover that fit into "
                "X is kept."),
            "median": Mistake(
                _medians(),
                "You took a median. An opening erodes by B, then dilates by B."),
            "closing": Mistake(
                (lambda X, B: _erosion(_dilation(X, B), B),
                 lambda X, B: _erosion(_dilation(X, _turned(B)), _turned(B)),
                 lambda X, B: ndi.binary_closing(X, B),
                 lambda X, B: ndi.binary_closing(X, _turned(B)),
                 lambda X, B: ski.morphology.closing(X, B),
                 lambda X, B: ski.morphology.closing(X, _turned(B)),
                 lambda X, B: _erosion(_dilation(X, _turned(B)), B)),
                "You dilated first and eroded then: that is a closing. An opening "
                "erodes first."),
            "erosion only": Mistake(
                (_erosion, lambda X, B: ndi.binary_erosion(X, B),
                 lambda X, B: _erosion(X, B, "reflect")),
                "You returned where B fits, the erosion. Now paint a copy of B at each "
                "of these places."),
            "dilation only": Mistake(
                (_dilation, lambda X, B: _dilation(X, _turned(B))),
                "You dilated without eroding: first find where B fits, then paint."),
            "box painted": Mistake(
                lambda X, B: _dilation(_erosion(X, B), box(B)),
                "You found where B fits, and painted the whole rectangle around it. "
                "Paint only the places where B is true."),
            "box": Mistake(
                (lambda X, B: open_mask(X, box(B)),
                 lambda X, B: ndi.binary_opening(X, box(B))),
                "You used a full rectangle in place of B. Only the places where B is "
                "true must fit, and only those are painted."),
            "what is removed": Mistake(
                lambda X, B: X & ~open_mask(X, B),
                "You returned what the opening removes, the top-hat. Return what it "
                "keeps."),
            "whole objects": Mistake(
                (lambda X, B: ski.morphology.reconstruction(_erosion(X, B) & X, X) > 0,
                 lambda X, B: ski.morphology.reconstruction(
                     open_mask(X, B), X, footprint=CROSS) > 0),
                "You kept whole objects. That is an opening by reconstruction (section "
                "9); here only the copies of B that fit are kept."),
            "B not used": Mistake(
                (lambda X, B: ndi.binary_opening(X),
                 lambda X, B: ski.morphology.opening(X),
                 lambda X, B: ski.morphology.opening(X, mode="ignore")),
                "You opened by the library's default, a cross of five. Give it B."),
            "rows and columns": Mistake(
                lambda X, B: open_mask(X, B.T),
                "You exchanged rows and columns of B."),
            "eroded twice": Mistake(
                (lambda X, B: _dilation(_erosion(_erosion(X, B), B), B),
                 lambda X, B: _erosion(_erosion(X, B), B)),
                "You eroded twice. Erode once by B, then dilate once by B."),
        },
        ["Where does B fit? And which pixels does a copy of B cover that stands there?",
         "Erode by B, then dilate the result by B. Outside counts as true for the "
         "erosion, and as false for the dilation.",
         "Check your dilation on a single pixel: it must draw B, not B turned around. "
         "With ski.morphology, give the dilation B[::-1, ::-1]."],
        independent=_painted_opening,
        also_right=(lambda X, B: ski.morphology.opening(X, B, mode="ignore"),
                    lambda X, B: ndi.binary_dilation(ndi.binary_erosion(
                        X, B, border_value=1), B)))


# --- rank filter -------------------------------------------------------------------------

def rank_level(f, B, k):
    """Return the k-th smallest level under the true places of B, for each pixel."""
    (M, N), r, c = f.shape, B.shape[0] // 2, B.shape[1] // 2
    padded = np.pad(f, ((r, r), (c, c)), mode="symmetric")
    stack = [padded[i:i + M, j:j + N] for i, j in np.argwhere(B)]
    return np.sort(stack, axis=0)[k]


def _ranked(f, B, k, how="symmetric", pick=None):
    """Return a rank filter in which one thing is done in another way."""
    how = {"mode": how} if isinstance(how, str) else {"constant_values": how}
    values = _windows(f, B, **how)[:, :, B]
    return np.sort(values, axis=2)[..., k] if pick is None else pick(values, k)


def _rank_loops(f, B, k):
    r, c = B.shape[0] // 2, B.shape[1] // 2
    padded = np.pad(f, ((r, r), (c, c)), mode="symmetric")
    return [[sorted(float(padded[y + i, x + j]) for i, j in np.argwhere(B))[k]
             for x in range(f.shape[1])] for y in range(f.shape[0])]


def _rank_level():
    def cases(rng):
        hook, wide, split = _elements()
        odd = np.array([[1, 0, 1], [0, 1, 1], [0, 0, 1]], bool)
        return [(rng.permutation(20).reshape(4, 5) + 1.0, hook, 1),
                (rng.random((9, 9)), odd, 1), (rng.random((8, 11)), wide, 3),
                (rng.random((12, 9)), odd, 3), (rng.random((10, 14)), split, 0)]

    def in_box(f, B, k):
        return _ranked(f, np.ones(B.shape, bool), k)

    def exchanged(f, B):
        """Return slices at exchanged places: of other shapes where B is not square."""
        (M, N), r, c = f.shape, B.shape[0] // 2, B.shape[1] // 2
        padded = np.pad(f, ((r, r), (c, c)), mode="symmetric")
        return [padded[i:i + M, j:j + N] for i, j in np.argwhere(B.T)]

    def zeros_counted(f, B, k):
        values = np.where(B, _windows(f, B, mode="symmetric"), 0)
        return np.sort(values.reshape(*f.shape, -1), axis=2)[..., k]

    def partial(f, B, k):
        W = _windows(np.asarray(f, float), B, constant_values=np.nan)[:, :, B]
        W = np.sort(W, axis=2)                        # NaN is last
        last = np.isfinite(W).sum(axis=2) - 1
        return np.take_along_axis(W, np.clip(k, 0, last)[..., None], axis=2)[..., 0]

    return Exercise(
        "rank_level", rank_level, cases,
        {
            "from the largest": Mistake(
                (lambda f, B, k: _ranked(f, B, B.sum() - 1 - k),
                 lambda f, B, k: _ranked(f, B, -k)),
                "You counted from the largest level. Rank 0 is the smallest."),
            "counted from one": Mistake(
                lambda f, B, k: _ranked(f, B, k - 1),
                "You counted ranks from 1. k = 0 is the smallest: take index k of the "
                "sorted levels, not k - 1."),
            "one too many": Mistake(
                lambda f, B, k: _ranked(f, B, min(k + 1, B.sum() - 1)),
                "You took one rank too high. k = 0 is the smallest: index k of the "
                "sorted levels, not k + 1."),
            "false places": Mistake(
                zeros_counted,
                "You set the levels at the false places of B to 0, and sorted these "
                "zeros, too. Leave them out: window[B] has the true places only."),
            "whole box": Mistake(
                in_box,
                "You sorted all levels of the rectangle. Only those under the true "
                "places of B count: window[B]."),
            "reflected": Mistake(
                lambda f, B, k: _ranked(f, _turned(B), k),
                "You reflected B: the levels are those at p + b."),
            "rows and columns": Mistake(
                (lambda f, B, k: _ranked(f, B.T, k),
                 lambda f, B, k: np.sort(exchanged(f, B), axis=0)[k],
                 lambda f, B, k: np.sort(np.stack(exchanged(f, B)), axis=0)[k],
                 lambda f, B, k: np.sort(_windows(
                     f, B, mode="symmetric")[:, :, B.T], axis=2)[..., k],
                 lambda f, B, k: np.reshape(
                     [np.sort(window[B.T])[k] for row in _windows(
                         f, B, mode="symmetric") for window in row], f.shape)),
                "You exchanged rows and columns of B."),
            "not sorted": Mistake(
                lambda f, B, k: _ranked(f, B, k, pick=lambda v, k: v[..., k]),
                "You took the k-th level in reading order. Sort the levels first."),
            "sorted along the picture": Mistake(
                (lambda f, B, k: np.sort(np.moveaxis(_windows(
                    f, B, mode="symmetric")[:, :, B], 2, 0))[k],
                 lambda f, B, k: np.sort(np.moveaxis(_windows(
                     f, B, mode="symmetric")[:, :, B], 2, 0), axis=1)[k]),
                "You sorted along rows or columns of the picture. Sort along the "
                "stack: np.sort(stack, axis=0)[k]. (The default is the last axis.)"),
            "median": Mistake(
                (lambda f, B, k: _ranked(f, B, k, pick=lambda v, k: np.median(v, 2)),
                 lambda f, B, k: _ranked(f, B, B.sum() // 2)),
                "You took the median, whatever k is."),
            "k not used": Mistake(
                (lambda f, B, k: _ranked(f, B, 0), lambda f, B, k: _ranked(f, B, -1)),
                "You took the smallest or the largest level, whatever k is: erosion and "
                "dilation. Sort, and take index k."),
            "distinct levels": Mistake(
                lambda f, B, k: np.reshape(
                    [np.unique(v)[min(k, len(np.unique(v)) - 1)] for v in _windows(
                        f, B, mode="symmetric")[:, :, B].reshape(f.size, -1)], f.shape),
                "You dropped levels that occur twice (np.unique, or a set). At the "
                "mirrored border equal levels count each: sort, and keep all."),
            "black outside": Mistake(
                (lambda f, B, k: _ranked(f, B, k, 0.0),),
                "Inside you are right. At the border you put zeros, which are sorted "
                "with the rest; mirror the picture: mode='symmetric'."),
            "mirrored without the border pixel": Mistake(
                lambda f, B, k: _ranked(f, B, k, "reflect"),
                "Inside you are right. You mirrored without the border pixel itself, "
                "np.pad's 'reflect' or SciPy's 'mirror'; asked is np.pad's 'symmetric', "
                "which SciPy calls 'reflect'."),
            "another border": Mistake(
                (lambda f, B, k: _ranked(f, B, k, "edge"),
                 lambda f, B, k: _ranked(f, B, k, "wrap"),
                 lambda f, B, k: _ranked(f, B, k, np.inf), partial),
                "Inside you are right. At the border, mirror the picture, the border "
                "pixel included: np.pad(f, ..., mode='symmetric')."),
        },
        ["What are the levels under B at one pixel? `window[B]`, with the window "
         "around p and a bool B, gives them as a list.",
         "Pad f by m // 2 rows and n // 2 columns with mode='symmetric'. For each true "
         "place (i, j) of B take the slice padded[i:i + M, j:j + N].",
         "Put the slices into a list, sort with axis=0, and take layer k."],
        independent=lambda f, B, k: ndi.rank_filter(f, k, footprint=B, mode="reflect"),
        also_right=(_rank_loops, _ranked,
                    lambda f, B, k: _ranked(f, B, k, pick=lambda v, k: np.partition(
                        v, k, axis=2)[..., k])))


# --- by level sets -----------------------------------------------------------------------

def by_level_sets(f, psi):
    """Return the sum of psi over the 255 level sets of f."""
    total = np.zeros(f.shape, int)
    for t in range(1, 256):
        total += psi(f >= t)
    return total


def _erosion_row(X):
    """erosion of a mask by a row of 3, outside ignored"""
    X = np.asarray(X, bool)
    out = X.copy()
    out[:, 1:] &= X[:, :-1]
    out[:, :-1] &= X[:, 1:]
    return out


def _dilation_column(X):
    """dilation of a mask by a column of 3"""
    X = np.asarray(X, bool)
    out = X.copy()
    out[1:] |= X[:-1]
    out[:-1] |= X[1:]
    return out


def _closing(X):
    """closing of a mask by a row of 3"""
    return _erosion_row(~_erosion_row(~np.asarray(X, bool)))


def _majority(X):
    """majority of the pixel and its neighbours to the left and right"""
    X = np.pad(np.asarray(X, bool), ((0, 0), (1, 1)), mode="edge")
    a, b, c = X[:, :-2], X[:, 1:-1], X[:, 2:]
    return a & b | b & c | a & c


def _highest_level(f, psi):
    """Return the highest t for which a pixel is in psi of the level set."""
    out = np.zeros(f.shape, int)
    for t in range(1, 256):
        out[psi(f >= t)] = t
    return out


def _by_levels_present(f, psi):
    out, below = np.zeros(f.shape), 0
    for level in np.unique(f[f > 0]).tolist():
        out += (level - below) * np.asarray(psi(f >= level), float)
        below = level
    return out


def _summed(levels, compare, weight=lambda t: 1):
    """Return an answer that sums psi of other sets, or with other weights."""
    return lambda f, psi: sum((weight(t) * psi(compare(f, t)).astype(int)
                               for t in levels(f)), np.zeros(f.shape, int))


def _by_level_sets():
    def cases(rng):
        def picture(shape, low, high):
            f = rng.integers(low, high, shape, dtype=np.uint8)
            u = rng.random(shape)
            return np.where(u < 0.15, 255, np.where(u > 0.85, 0, f)).astype(np.uint8)

        tiny = np.array([[0, 3, 2, 5], [7, 4, 4, 1]], np.uint8)
        return [(tiny, _dilation_column), (picture((6, 6), 0, 200), _erosion_row),
                (picture((7, 10), 0, 255), _majority),
                (picture((9, 6), 5, 250), _closing)]

    def every(f):
        return range(1, 256)

    at_least = np.greater_equal
    return Exercise(
        "by_level_sets", by_level_sets, cases,
        {
            "greater": Mistake(
                _summed(every, np.greater),
                "You used f > t for t = 1 ... 255, so that the lowest set, f >= 1, is "
                "missing and the levels come out 1 too low. Use f >= t."),
            "level zero": Mistake(
                _summed(lambda f: range(256), at_least),
                "You counted the level set t = 0, too. All pixels are in it, and all "
                "levels come out 1 too high: start at t = 1."),
            "last level": Mistake(
                (_summed(lambda f: range(1, 255), at_least),
                 _summed(lambda f: range(254), np.greater),
                 _summed(lambda f: range(1, int(f.max())), at_least)),
                "You left out the highest level set: range(1, 255) ends at 254. Level "
                "255 exists: range(1, 256)."),
            "overflow": Mistake(
                lambda f, psi: by_level_sets(f, psi) * (f.max() < 255),
                "f.max() + 1 overflows: for a byte, 255 + 1 is 0, and the range is "
                "empty. Use range(1, 256), or int(f.max()) + 1."),
            "weights": Mistake(
                (_summed(every, at_least, lambda t: t),
                 _summed(lambda f: range(256), at_least, lambda t: t)),
                "You multiplied each mask by its level t. The storeys add up by "
                "themselves: a pixel of level 5 is in five sets. Sum without weights."),
            "one mask": Mistake(
                (lambda f, psi: by_level_sets(f, psi) > 0, lambda f, psi: psi(f)),
                "Your result has only two values. Either psi got one mask, or the "
                "picture, in place of all 255 level sets, or you summed bools: True + "
                "True is True. Sum in integers."),
            "masked": Mistake(
                (lambda f, psi: psi(f > 0) * f, lambda f, psi: psi(f >= 1) * f),
                "You applied psi to the mask of all pixels above 0, and multiplied by "
                "f. Apply psi to each of the level sets f >= t, and sum."),
            "psi missing": Mistake(
                lambda f, psi: f.astype(int),
                "You added up the level sets themselves, which gives f again. Apply "
                "psi to each of them first."),
            "lower sets": Mistake(
                (_summed(every, np.less_equal), _summed(every, np.less),
                 _summed(lambda f: range(256), np.less_equal),
                 lambda f, psi: 255 - _summed(every, np.less)(f, psi)),
                "You took the sets of low levels, below t. A level set holds the "
                "pixels of at least t: f >= t."),
            "single levels": Mistake(
                (_summed(every, np.equal),
                 _summed(every, np.equal, lambda t: t)),
                "You took the pixels of exactly level t. A level set holds all of at "
                "least t: f >= t."),
            "each level once": Mistake(
                (_summed(np.unique, at_least),
                 _summed(lambda f: np.unique(f[f > 0]), at_least)),
                "You took only the levels that occur in f, each once. Between levels 3 "
                "and 7 there are four storeys: sum over all t from 1 to 255."),
            "mean": Mistake(
                (lambda f, psi: by_level_sets(f, psi) / 255,
                 lambda f, psi: by_level_sets(f, psi) / 256),
                "You took the mean over the levels. The sum gives levels from 0 to "
                "255."),
        },
        ["What is the sum of the masks f >= 1, f >= 2, ..., f >= 255 without psi?",
         "Start with an array of integer zeros. In a loop over t, make the mask f >= t, "
         "give it to psi, and add the result.",
         "t runs from 1 to 255, both included: range(1, 256)."],
        independent=_highest_level,
        also_right=(_by_levels_present, _summed(lambda f: range(255), np.greater),
                    lambda f, psi: np.sum([psi(f >= t) for t in range(1, 256)], axis=0),
                    lambda f, psi: by_level_sets(f, psi).astype(np.uint8)))


# --- reconstruction ------------------------------------------------------------------------

def reconstruct(marker, mask):
    """Return the marker dilated under the mask until nothing changes."""
    h = np.minimum(marker, mask)
    while True:
        grown = np.minimum(ndi.maximum_filter(h, 3, mode="nearest"), mask)
        if np.array_equal(grown, h):
            return h
        h = grown


def _flooded(step=lambda h, mask: np.minimum(ndi.maximum_filter(h, 3), mask),
             start=np.minimum, steps=500, enough=np.array_equal):
    """Return an answer with another start, step, number of steps or end."""
    def answer(marker, mask):
        h = start(marker, mask)
        for _ in range(steps):
            old, h = h, step(h, mask)
            if enough(h, old):
                break
        return h
    return answer


def _small_changes():
    """Return ends of the loop at small changes: of the sum, the largest, the mean."""
    measures = (lambda h, old: abs(h.sum() - old.sum()),
                lambda h, old: np.abs(h - old).max(),
                lambda h, old: np.abs(h - old).mean())
    return [lambda h, old, size=size, below=below: size(h, old) < below
            for size in measures for below in (0.1, 0.01, 1e-3)] + [
            lambda h, old, below=below: np.abs(h - old).mean() < below
            for below in (1e-4, 1e-5)]


def _spiral(n=25):
    """Return a corridor of one pixel, 0.9 high, and its pixels from outside to inside.

    Near its inner end it is nearly closed for a few pixels.
    """
    mask, way = np.zeros((n, n)), [(0, 0)]
    (y, x), (i, j), turns = (0, 0), (0, 1), 0
    mask[0, 0] = 0.9
    while turns < 2:
        v, u, w, t = y + i, x + j, y + 2 * i, x + 2 * j
        if 0 <= v < n and 0 <= u < n and not (
                0 <= w < n and 0 <= t < n and mask[w, t]):
            y, x, turns = v, u, 0
            mask[y, x] = 0.9
            way.append((y, x))
        else:
            i, j, turns = j, -i, turns + 1
    return mask, way


def _wrong_flood(h, wanted):
    """Say whether a flood that is right somewhere is elsewhere too low or too high."""
    off = np.asarray(h, float) - wanted
    if not (abs(off[wanted > 0]) < 1e-6).any():
        return ""
    if (off < 1e-4).all():
        return ("your flood is nowhere too high, but in some places it did not arrive: "
                "repeat until nothing changes, and look at all 8 neighbours.")
    if (off > -1e-4).all():
        return ("your flood is nowhere too low, but in some places too high: take the "
                "minimum with the mask first, and after each dilation.")
    return ""


def _first(marker, mask):
    return marker.copy()


def _reconstruct():
    def cases(rng):
        tiny_mask = np.array([[1.0, 0.1, 0.9, 0.8], [0.6, 0.2, 0.1, 0.7],
                              [0.7, 0.5, 0.6, 0.4]])
        tiny = np.zeros((3, 4))
        tiny[0, 0] = 0.45
        tiny[1, 1] = 0.3                       # above the mask there

        maze = np.zeros((15, 12))
        maze[::2] = 0.9
        maze[1::4, -1] = maze[3::4, 0] = 0.8
        maze *= rng.uniform(0.9, 1, maze.shape)
        maze[0, 0] = 1      # in each mask, so that a product does not fade everywhere
        start = np.zeros(maze.shape)
        start[0, 0], start[7, 7], start[14, 3] = 0.85, 0.4, 0.1

        def pair(shape):
            mask = 0.9 * rng.random(shape)
            mask[shape[0] // 2, 3:6] = 1
            marker = np.where(rng.random(shape) < 0.06, 0.3 + 0.7 * rng.random(shape), 0)
            return marker, mask

        spiral, way = _spiral()
        drop = np.zeros(spiral.shape)
        drop[way[0]] = 0.7
        for place in way[240:245]:
            spiral[place] = 0.0008
        spiral[0, 0] = 1
        return [(tiny, tiny_mask), (start, maze), pair((12, 12)), pair((9, 16)),
                (drop, spiral)]

    def cut(h, mask):
        return np.minimum(h, mask)

    def grow(h, **how):
        return ndi.maximum_filter(h, **(how or {"size": 3}))

    return Exercise(
        "reconstruct", reconstruct, cases,
        {
            "one step": Mistake(
                _flooded(steps=1),
                "You dilated and cut once. Repeat until nothing changes."),
            "too few steps": Mistake(
                (*(_flooded(steps=n) for n in (2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 16, 20,
                                               25, 30, 32, 40, 50, 64, 100, 128, 200, 250,
                                               256, 300)),
                 *(lambda a, b, of=of: _flooded(steps=of(a.shape))(a, b)
                   for of in (max, min, sum, lambda shape: 2 * max(shape)))),
                "You stopped after a fixed number of steps. A winding object needs "
                "more: repeat until the picture equals the one before."),
            "small change": Mistake(
                tuple(_flooded(enough=end) for end in _small_changes()),
                "You stopped when little changed. A narrow dark place lets only a low "
                "level pass, slowly: stop when nothing changes, np.array_equal."),
            "library without cut": Mistake(
                (lambda a, b: ski.morphology.reconstruction(a, b),),
                "ski.morphology.reconstruction refuses a marker that is above the mask "
                "somewhere. Cut the marker first: np.minimum(marker, mask)."),
            "marker not cut": Mistake(
                (_flooded(start=_first),),
                "You dilated the marker before you cut it. Where it is above the mask, "
                "its neighbours get too high: start with np.minimum(marker, mask)."),
            "never cut": Mistake(
                (_flooded(lambda h, mask: grow(h)),
                 _flooded(lambda h, mask: grow(h), start=_first),
                 lambda a, b: np.full(a.shape, a.max())),
                "You dilated without cutting, and the largest level flooded the "
                "picture. After each dilation take the minimum with the mask."),
            "cut at the end": Mistake(
                (lambda a, b: cut(_flooded(lambda h, mask: grow(h))(a, b), b),
                 lambda a, b: cut(np.full(a.shape, a.max()), b)),
                "You cut only at the end, so that the flood jumped over dark pixels. "
                "Cut after each dilation."),
            "4 neighbours": Mistake(
                _flooded(lambda h, mask: cut(grow(h, footprint=CROSS), mask)),
                "You dilated by a cross. The 3 x 3 square has the four diagonal "
                "neighbours, too."),
            "wrapped": Mistake(
                _flooded(lambda h, mask: cut(grow(h, size=3, mode="wrap"), mask)),
                "Your dilation wraps around (np.roll, or mode='wrap'): what leaves on "
                "one side comes in on the other. Outside never wins: mode='nearest'."),
            "maximum": Mistake(
                (_flooded(lambda h, mask: np.maximum(grow(h), mask)),
                 lambda a, b: np.maximum(a, b)),
                "You took the maximum with the mask: it is a lid, and nothing may rise "
                "above it. Take the minimum."),
            "erosion": Mistake(
                (_flooded(lambda h, mask: cut(ndi.minimum_filter(h, 3), mask)),
                 lambda a, b: np.zeros(a.shape)),
                "Your marker shrinks, or is gone: dilate it, with the maximum of the "
                "3 x 3 square."),
            "no dilation": Mistake(
                (cut, _first),
                "You returned the marker as it was, or cut. It must grow under the mask, "
                "step by step."),
            "product": Mistake(
                tuple(_flooded(lambda h, mask: grow(h) * mask, start, steps)
                      for start in (cut, _first, np.multiply) for steps in (500, 1)),
                "You multiplied by the mask. Take the minimum: np.minimum(grown, mask). "
                "The product works for masks of 0 and 1 only."),
            "switch": Mistake(
                (lambda a, b: np.where(ski.morphology.reconstruction(
                    cut(a, b), b) > 0, b, 0), lambda a, b: b * (a > 0),
                 _flooded(lambda h, mask: np.where(grow(h) > 0, mask, 0)),
                 lambda a, b: np.array(b)),
                "You returned the level of the mask where the marker arrives. The "
                "flood carries the level of its marker: take the minimum of both."),
            "binary": Mistake(
                lambda a, b: ski.morphology.reconstruction(cut(a, b), b) > 0,
                "Your result has only two values, as for masks. Here the levels count: "
                "maximum of the neighbours, minimum with the mask."),
            "exchanged": Mistake(
                (lambda a, b: reconstruct(b, a),),
                "You exchanged marker and mask: the marker grows, the mask limits it."),
        },
        ["Start with h = np.minimum(marker, mask). What is one step?",
         "One step: np.minimum(ndi.maximum_filter(h, 3), mask).",
         "Repeat with `while True`, and stop when np.array_equal(new, h)."],
        independent=lambda a, b: ski.morphology.reconstruction(cut(a, b), b),
        also_right=(_flooded(),
                    _flooded(lambda h, mask: cut(ski.morphology.dilation(
                        h, np.ones((3, 3))), mask)),
                    _flooded(enough=np.allclose)),
        explain=_wrong_flood)


# --- label components ----------------------------------------------------------------------

def renumbered(labels):
    """the labels, numbered in the order of their first pixels"""
    try:
        L = np.asarray(labels)
    except ValueError:                      # a ragged list or tuple
        return labels
    if L.dtype.kind not in "buif" or L.ndim != 2 or not np.isfinite(L).all():
        return labels
    values, first, place = np.unique(L, return_index=True, return_inverse=True)
    numbers = np.empty(len(values), int)
    order = np.argsort(np.where(values == 0, -1, first))
    numbers[order] = np.arange(len(values)) + (0 not in values)
    return numbers[place].reshape(L.shape)


def _wrong_partition(labels, wanted):
    """Say what is wrong with a labelling, in any numbering; "" if it is none."""
    labels = np.asarray(labels)
    if not np.isfinite(labels).all():
        return ""
    if (labels[wanted == 0] != 0).any():
        return "the background has a number. It must be 0."
    if (labels[wanted > 0] == 0).any():
        return "some pixels of objects are 0, like the background."
    pairs = np.unique([wanted.ravel(), labels.ravel()], axis=1)
    split, merged = (len(np.unique(row)) < len(row) for row in pairs)
    if split and merged:
        return ("some objects have several numbers, and some share a number: look at "
                "the right neighbours (4 or 8), and call union only for these.")
    if split:
        return ("one object has several numbers: two names met and were not made one. "
                "Call union where neighbours differ, and replace each label by its "
                "root (find) in a second pass.")
    return ("two objects share a number. Only neighbours (4 or 8) may be joined, and a "
            "pixel that has none yet needs a new number.") if merged else ""


def label_mask(X, neighbours):
    """Return labels of the components of X by two passes and union-find."""
    near = [(0, -1), (-1, 0)] + [(-1, -1), (-1, 1)] * (neighbours == 8)
    L, parent = np.zeros(X.shape, int), [0]

    def find(a):
        while parent[a] != a:
            parent[a] = parent[parent[a]]
            a = parent[a]
        return a

    for y, x in np.argwhere(X):
        seen = [find(L[y + i, x + j]) for i, j in near
                if y + i >= 0 and 0 <= x + j < X.shape[1] and X[y + i, x + j]]
        if not seen:
            parent.append(len(parent))
        L[y, x] = min(seen, default=len(parent) - 1)
        for root in seen:
            parent[root] = L[y, x]
    roots = [find(a) for a in range(len(parent))]
    return np.unique(roots, return_inverse=True)[1][L]


def _near(neighbours):
    return [(0, -1), (-1, 0)] + [(-1, -1), (-1, 1)] * (neighbours == 8)


def _flood_label(X, neighbours):
    """Label by flooding from each new pixel, in the order of the columns."""
    L, number = np.zeros(X.shape, int), 0
    steps = _near(neighbours) + [(-i, -j) for i, j in _near(neighbours)]
    for x, y in np.argwhere(X.T):
        todo, number = [(y, x)], number + 5
        while todo:
            p = todo.pop()
            if X[p] and not L[p]:
                L[p] = number
                todo += [(p[0] + i, p[1] + j) for i, j in steps
                         if 0 <= p[0] + i < X.shape[0] and 0 <= p[1] + j < X.shape[1]]
    return L


def _by_smallest_neighbour(X, neighbours):
    """Number all pixels, then spread the largest number until nothing changes."""
    B = CROSS if neighbours == 4 else np.ones((3, 3), bool)
    L = np.where(X, np.arange(1, X.size + 1).reshape(X.shape), 0)
    while True:
        new = np.where(X, ndi.maximum_filter(L, footprint=B, mode="constant"), 0)
        if (new == L).all():
            return L.astype(float)
        L = new


def _above_first(neighbours):
    return [(-1, 0), (0, -1)] + [(-1, -1), (-1, 1)] * (neighbours == 8)


def _in_reading_order(neighbours):
    return sorted(_near(neighbours))


def _first_of(seen):
    return seen[0]


def _last_of(seen):
    return seen[-1]


def _pass(near=_near, join="union", pick=min, last="root", border="checked"):
    """Return an answer of two passes in which one thing is done in another way."""
    def answer(X, neighbours):
        (M, N), L, parent = X.shape, np.zeros(X.shape, int), [0]

        def find(a):
            while parent[a] != a:
                a = parent[a]
            return a

        for y, x in np.argwhere(X):
            places = [(y + i, x + j) for i, j in near(neighbours)]
            if border == "wrapped":
                places = [(v, u % N) for v, u in places]
            seen = [L[v, u] for v, u in places
                    if 0 <= v < M and 0 <= u < N and L[v, u]]
            if not seen:
                parent.append(len(parent))
            L[y, x] = pick(seen) if seen else len(parent) - 1
            for a in seen:
                if join == "union":
                    a, b = find(a), find(L[y, x])
                    parent[max(a, b)] = min(a, b)
                elif join == "no find":
                    parent[max(a, L[y, x])] = min(a, L[y, x])
                elif join == "smaller":
                    parent[a] = min(parent[a], L[y, x])
                elif join == "pairs":               # each neighbour with the one before
                    b = seen[max(seen.index(a) - 1, 0)]
                    parent[max(a, b)] = min(a, b)
                elif join == "direct" and a != L[y, x]:
                    parent[a] = L[y, x]
        last_of = {"root": find, "parent": lambda a: parent[a], "same": lambda a: a}[last]
        return np.array([last_of(a) for a in range(len(parent))])[L]
    return answer


def _library(X, neighbours):
    return ski.measure.label(X, connectivity=neighbours // 4)


def _label_mask():
    def cases(rng):
        spiral = np.array([[1, 1, 1, 1, 1, 1, 1], [0, 0, 0, 0, 0, 0, 1],
                           [1, 1, 1, 1, 1, 0, 1], [1, 0, 0, 0, 1, 0, 1],
                           [1, 0, 1, 1, 1, 0, 1], [1, 0, 0, 0, 0, 0, 1],
                           [1, 1, 1, 1, 1, 1, 1]], bool)
        comb = np.zeros((5, 11), bool)
        comb[:, ::2] = True
        comb[4] = comb[2, :4] = True
        bridge = np.array([[0, 0, 0, 0, 0, 0, 0, 0, 1], [0, 0, 0, 0, 0, 0, 0, 0, 1],
                           [1, 0, 1, 1, 1, 1, 1, 0, 1], [1, 1, 1, 0, 0, 0, 1, 0, 1],
                           [0, 0, 0, 0, 0, 0, 1, 1, 1]], bool)
        stairs = np.array([[0, 0, 0, 1], [0, 1, 1, 0], [1, 0, 0, 0]], bool)
        u = np.array([[1, 0, 1], [1, 1, 1]], bool)
        random = [(rng.random((9 + k, 16 - k)) < share, neighbours)
                  for k, share in enumerate((0.35, 0.5, 0.6, 0.7))
                  for neighbours in (4, 8)]
        return [(u, 4), (stairs, 8), (stairs[:, ::-1], 4), (spiral, 4), (bridge, 4),
                (comb[:, ::-1], 8), *random, (np.zeros((3, 4), bool), 8),
                (np.ones((4, 3), bool), 4)]

    def connected(neighbours):
        return lambda X, _: label_mask(X, neighbours)

    return Exercise(
        "label_mask", label_mask, cases,
        {
            "always 4": Mistake(
                connected(4),
                "You used 4 neighbours in both cases. For 8, look at the two diagonal "
                "ones of the line above, too."),
            "always 8": Mistake(
                connected(8),
                "You used 8 neighbours in both cases. For 4, leave out the diagonal "
                "ones. (ski.measure.label has 8 as its default.)"),
            "exchanged": Mistake(
                lambda X, n: label_mask(X, 12 - n),
                "You exchanged the two kinds: 4 are the neighbours that share an edge, "
                "8 have the diagonal ones, too."),
            "first pass only": Mistake(
                tuple(_pass(near, "none", pick)
                      for near in (_near, _above_first, _in_reading_order)
                      for pick in (min, max, _first_of, _last_of)),
                "One object has several numbers: two names met and were not made one. "
                "Call union where neighbours differ, and replace each label by its root "
                "(find) in a second pass."),
            "parent is not root": Mistake(
                (_pass(last="parent"), _pass(last="parent", pick=max),
                 _pass(last="parent", pick=_first_of),
                 _pass(last="parent", pick=_last_of)),
                "One object has several numbers: in the second pass you replaced each "
                "label by its parent. The parent may have a parent: climb to the root "
                "with find."),
            "union without find": Mistake(
                (_pass(join="no find"), _pass(join="no find", last="parent"),
                 _pass(join="no find", pick=_first_of),
                 _pass(join="no find", pick=max), _pass(join="pairs"),
                 _pass(join="smaller"), _pass(join="smaller", last="parent"),
                 _pass(_in_reading_order, "pairs"), _pass(join="pairs", last="parent"),
                 _pass(join="direct", last="parent"),
                 _pass(join="direct", last="parent", pick=max),
                 _pass(join="direct", last="parent", pick=_first_of),
                 _pass(join="direct", last="parent", pick=_last_of)),
                "One object has several numbers: you joined the two labels and not "
                "their roots, so an older note is overwritten and lost. Find both roots "
                "first, then join these."),
            "no upper right": Mistake(
                (_pass(lambda n: _near(n)[:3]),
                 _pass(lambda n: _near(n)[:3], last="same")),
                "For 8 neighbours you left out the one above at the right. It has been "
                "seen already, so it counts."),
            "no upper left": Mistake(
                _pass(lambda n: [q for q in _near(n) if q != (-1, -1)]),
                "For 8 neighbours you left out the one above at the left."),
            "only left": Mistake(
                _pass(lambda n: [(0, -1)]),
                "Only neighbours in a row have been joined. Look at the line above, "
                "too."),
            "only above": Mistake(
                _pass(lambda n: [(-1, 0)]),
                "Only neighbours in a column have been joined. Look at the one at the "
                "left, too."),
            "not straight": Mistake(
                _pass(lambda n: _near(8)[2:] if n == 8 else _near(4)),
                "For 8 neighbours you looked at the diagonal ones only. The 8 contain "
                "the 4 that share an edge."),
            "wrapped": Mistake(
                _pass(border="wrapped"),
                "At the left or right border you looked at the other side: index -1 is "
                "the last column. Check 0 <= x < N before you look."),
            "background numbered": Mistake(
                (lambda X, n: _library(X, n) + 1, lambda X, n: _library(X, n) - 1,
                 lambda X, n: ski.measure.label(X + 1, background=0, connectivity=n // 4),
                 lambda X, n: np.where(X, 0, _library(~X, n))),
                "The background has a number of its own, or several. It must be 0, and "
                "all of the foreground must have other numbers."),
            "first label is 0": Mistake(
                lambda X, n: np.maximum(_library(X, n) - 1, 0),
                "Your first object has the number 0, like the background. Start at 1."),
            "one number for all": Mistake(
                (lambda X, n: X.astype(int),),
                "All objects share one number. Each component needs its own."),
            "rows": Mistake(
                (lambda X, n: X * np.arange(1, len(X) + 1)[:, None],
                 lambda X, n: X * np.arange(1, X.shape[1] + 1)),
                "You numbered rows or columns, so that objects share a number and are "
                "cut. A pixel takes the label of a neighbour that has been seen."),
            "two values": Mistake(
                (lambda X, n: ndi.label(X, np.ones((3, 3)) if n == 8 else None),
                 lambda X, n: ndi.label(X), lambda X, n: ndi.label(X, np.ones((3, 3))),
                 lambda X, n: (_library(X, n), _library(X, n).max())),
                "You returned two values: labels and their number (ndi.label does). "
                "Return the labels only; and write the labelling yourself."),
            "count": Mistake(
                (lambda X, n: _library(X, n).max(),
                 lambda X, n: _library(X, n).max() + 1),
                "You returned how many objects there are. Return the label image."),
            "each pixel": Mistake(
                lambda X, n: np.where(X, np.arange(1, X.size + 1).reshape(X.shape), 0),
                "Each pixel has a number of its own. Take over the label of a "
                "neighbour that has been seen."),
        },
        ["Which neighbours of a pixel have been visited when you go line by line? For "
         "8, these are left, above, and the two diagonal ones above.",
         "Collect the labels of these neighbours. None: a new label, its own parent. "
         "Else take one of them, and union it with all the others.",
         "Check the border before you look: x + 1 must be below N, and index -1 is the "
         "last column.",
         "At the end, make an array of find(a) for all labels a, and index it with L."],
        independent=_library,
        also_right=(_flood_label, _by_smallest_neighbour, _pass(), _pass(pick=max),
                    lambda X, n: -3 * _library(X, n),
                    lambda X, n: np.where(X, 1000 - _library(X, n), 0),
                    lambda X, n: _library(X[::-1, ::-1], n)[::-1, ::-1],
                    lambda X, n: ndi.label(X, np.ones((3, 3)) if n == 8 else None)[0]),
        canonical=renumbered, explain=_wrong_partition)
