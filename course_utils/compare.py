"""Compare an answer with what was expected, and say what relates them."""

import inspect
from typing import NamedTuple

import numpy as np


class Problem(NamedTuple):
    """What is wrong with an answer: ``kind`` is type, shape, range or value."""

    kind: str
    text: str


def difference(answer, expected, tolerance=1e-4):
    """Return None if ``answer`` equals ``expected``, else the Problem to report.

    Lists count as arrays, and any numeric type is accepted. Numbers may differ by
    ``tolerance`` times the largest expected magnitude.

    Parameters
    ----------
    answer : object
        Whatever a student's function returned.
    expected : ndarray, number, bool, str, or tuple of these
        What the reference returned.
    tolerance : float
        Relative to the largest magnitude in ``expected``.
    """
    if answer is None:
        return Problem("type", "it returned None: is there a way through your function "
                               "that meets no `return`?")
    if isinstance(expected, tuple):
        return _tuple_difference(answer, expected, tolerance)
    if isinstance(expected, str):
        return None if answer == expected else Problem(
            "value", f"it returned {answer!r}, expected {expected!r}")
    if inspect.isroutine(answer):
        return Problem("type", "it returned a function: call it with brackets")
    try:
        array = np.asarray(answer)
    except ValueError:
        array = np.asarray(None)
    if array.dtype.kind not in "buifc":
        return Problem("type", f"it returned {_kind(answer)}, expected "
                               f"{_kind(expected)}")
    expected = np.asarray(expected)
    if expected.dtype == bool and expected.ndim == 0 and array.dtype.kind not in "bui":
        return Problem("type", f"it returned {_kind(answer)}, expected True or False")
    if expected.ndim == 0 and array.size == 1:
        array = array.reshape(())
    return _array_difference(array, expected, tolerance)


def _kind(value):
    """Name the type of a returned value as one would say it."""
    if isinstance(value, np.ndarray) and value.ndim:
        return f"an array of shape {value.shape} of {value.dtype}"
    if isinstance(value, (bool, np.bool_)):
        return "True or False"
    if np.isscalar(value) and not isinstance(value, str):
        return "a number"
    return f"a {type(value).__name__}"


def _tuple_difference(answer, expected, tolerance):
    """Compare item by item the several values that a function returns."""
    several = isinstance(answer, (tuple, list)) or np.ndim(answer) > 0
    if not several or len(answer) != len(expected):
        got = (f"{len(answer)} values" if isinstance(answer, (tuple, list))
               else _kind(answer))
        return Problem("type", f"it returned {got}, expected {len(expected)} values, "
                               "separated by commas after `return`")
    for k, (one, wanted) in enumerate(zip(answer, expected, strict=True), 1):
        problem = difference(one, wanted, tolerance)
        if problem:
            return Problem(problem.kind, f"value {k} of {len(expected)}: {problem.text}")
    return None


def _array_difference(answer, expected, tolerance):
    """Compare two numeric arrays: shape first, then NaN, then values."""
    if answer.shape != expected.shape:
        return Problem("shape", _shape_text(answer, expected))
    if expected.size == 0:
        return None
    yours, wanted = _wide(answer), _wide(expected)
    bad = ~np.isfinite(yours) & np.isfinite(wanted) | np.isnan(yours) & ~np.isnan(wanted)
    if bad.any():
        what = "NaN" if np.isnan(yours[bad]).any() else "infinity"
        return Problem("range", f"{_where(bad)} there is {what}")
    with np.errstate(invalid="ignore"):             # equal infinities: no gap
        gap = np.where(yours == wanted, 0, np.abs(yours - wanted))
    scale = np.abs(wanted[np.isfinite(wanted)]).max(initial=0) or 1
    if (np.isnan(wanted) & ~np.isnan(yours)).any():
        return Problem("value", "some values that should be NaN are numbers")
    if not (gap > tolerance * scale).any():
        return None
    relation = related(yours, wanted, tolerance * scale)
    if relation:
        return Problem("value", relation)
    return _range_or_value(yours, wanted, gap, expected.dtype == bool)


def _wide(array):
    """Return ``array`` as float64 or complex128, so that differences do not wrap."""
    return array.astype(complex if array.dtype.kind == "c" else float)


def _shape_text(answer, expected):
    """Say in which way the shape is wrong."""
    if expected.ndim == 0:
        return f"it returned {_kind(answer)}, expected one number"
    text = f"it returned shape {answer.shape}, expected {expected.shape}"
    if answer.ndim == 2 and answer.shape == expected.shape[::-1]:
        text += ": rows and columns are exchanged"
    return text


def _where(mask):
    """Name the first place where ``mask`` is true."""
    if mask.ndim == 0:
        return "in the result"
    return f"at {[int(k) for k in np.argwhere(mask)[0]]}"


def _range_or_value(yours, wanted, gap, boolean):
    """Report a range that is far off, else the largest difference."""
    text = (f"largest difference {gap.max():.4g} {_where(gap == gap.max())}: "
            f"yours {_number(yours, gap)}, expected {_number(wanted, gap)}")
    if boolean and yours.ndim == 0:
        return Problem("value", f"it returned {bool(yours)}, expected {bool(wanted)}")
    if yours.ndim == 0 or np.iscomplexobj(yours) or np.iscomplexobj(wanted):
        return Problem("value", text)
    low, high = wanted.min(), wanted.max()
    room = 0.5 * ((high - low) or abs(high) or 1)
    if yours.min() < low - room or yours.max() > high + room:
        return Problem("range", f"its values run from {yours.min():.4g} to "
                                f"{yours.max():.4g}, expected {low:.4g} to {high:.4g}")
    share = (gap > 1e-4 * (np.abs(wanted).max() or 1)).mean()
    return Problem("value", f"{text}; {max(share, 0.01):.0%} of the values differ")


def _number(array, gap):
    """Format the entry of ``array`` where ``gap`` is largest."""
    value = array[np.unravel_index(gap.argmax(), gap.shape)] if array.ndim else array
    return f"{value:.4g}"


def related(yours, wanted, slack):
    """Name a simple relation between a wrong and the right array, or return None.

    Parameters
    ----------
    yours, wanted : ndarray of the same shape
    slack : float
        Largest difference that counts as equal.
    """
    def equal(a, b):
        return a.shape == b.shape and np.allclose(a, b, rtol=0, atol=slack)

    if yours.ndim:
        for relation, undone in _RELATIONS.items():
            if not equal(wanted, undone(wanted)) and equal(undone(yours), wanted):
                return f"your result is the expected one {relation}"
    if yours.ndim == 2 and min(yours.shape) > 12:
        inner = (slice(3, -3), slice(3, -3))
        if equal(yours[inner], wanted[inner]):
            return ("your result is right inside the image and differs only within 3 "
                    "pixels of the border")
    for rounding in () if np.iscomplexobj(wanted) else (np.trunc, np.round):
        # All zeros, or one number, may have any cause.
        if np.ptp(rounding(wanted)) > 0 and equal(yours, rounding(wanted)):
            return ("your result is the expected one without its fractions: was it "
                    "rounded, or stored in an array of integers?")
    return _affine_relation(yours, wanted, slack)


_RELATIONS = {
    "transposed (rows and columns exchanged)": np.transpose,
    "upside down or in reverse order": lambda a: np.flip(a, 0),
    "mirrored left to right": lambda a: np.flip(a, -1),
    "shifted by one place along the first axis": lambda a: np.roll(a, 1, 0),
    "shifted by one place back along the first axis": lambda a: np.roll(a, -1, 0),
    "shifted by one place along the last axis": lambda a: np.roll(a, 1, -1),
    "shifted by one place back along the last axis": lambda a: np.roll(a, -1, -1),
}


def _affine_relation(yours, wanted, slack):
    """Recognise a * wanted + b for simple cases: factor, offset, negative."""
    if np.iscomplexobj(yours) or np.iscomplexobj(wanted) or not np.isfinite(wanted).all():
        return None
    if yours.ndim and np.ptp(yours) == 0 < np.ptp(wanted):
        text = f"all values of your result are equal, to {yours.flat[0]:.4g}"
        if not yours.any() and np.abs(wanted).max() < 1:
            text += ": was nothing stored, or in an array of integers?"
        return text
    if len(np.unique(wanted[np.abs(wanted) > slack])) > 1:      # else by chance
        factor = (yours * wanted).sum() / (wanted * wanted).sum()
        if np.allclose(yours, factor * wanted, rtol=0, atol=slack * max(1, abs(factor))):
            return f"your result is the expected one multiplied by {factor:.4g}"
        offset = (yours - wanted).mean()
        if np.allclose(yours - offset, wanted, rtol=0, atol=slack):
            return f"your result is the expected one plus {offset:.4g} everywhere"
    if yours.size > 2 and np.allclose(np.sort(yours, None), np.sort(wanted, None),
                                      rtol=0, atol=slack):
        return "your result has the right values, but not in the right places"
    return None
