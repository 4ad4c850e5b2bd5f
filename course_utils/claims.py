"""Claims: statements about a result that are checked each time the page runs."""

import numpy as np


class ClaimError(AssertionError):
    """A statement in the page is not true of what was computed."""


def claim(text, value, *, at_least=None, at_most=None, between=None, equals=None):
    """Check one measured number and print a line that is the same on every machine.

    The printed line holds the statement and its bound, never the value, so that a
    stored page and a fresh run agree.

    Parameters
    ----------
    text : str
        What is measured, with its unit: ``"PSNR gain of the median, dB"``.
    value : float
        The measured number (a scalar; booleans are refused, they hide by how much).
    at_least, at_most : float, optional
        Bounds, both inclusive. Exactly one kind of bound is given.
    between : tuple of float, optional
        ``(low, high)``, inclusive.
    equals : float or int, optional
        The exact value.

    Raises
    ------
    ClaimError
        If the bound does not hold; NaN meets no bound.
    TypeError
        If ``value`` is no number, or if no bound or several are given.

    Examples
    --------
    >>> claim("grey levels of a byte", 2 ** 8, equals=256)
    grey levels of a byte: = 256
    """
    bounds = {"at_least": at_least, "at_most": at_most,
              "between": between, "equals": equals}
    given = [name for name, bound in bounds.items() if bound is not None]
    if len(given) != 1:
        raise TypeError("claim needs exactly one of at_least, at_most, between, "
                        f"equals; got {given or 'none'}")
    number = _number(value)
    if given == ["at_least"]:
        holds, bound = number >= at_least, f">= {at_least:g}"
    elif given == ["at_most"]:
        holds, bound = number <= at_most, f"<= {at_most:g}"
    elif given == ["between"]:
        low, high = between
        holds, bound = low <= number <= high, f"in [{low:g}, {high:g}]"
    else:
        holds, bound = number == equals, f"= {equals}"
    if not holds:
        raise ClaimError(f"claim failed: {text}: expected {bound}, measured {number:g}")
    print(f"{text}: {bound}")


def _number(value):
    """Return ``value`` as a float; refuse booleans and arrays of several numbers."""
    array = np.asarray(value)
    if array.size != 1 or array.dtype.kind not in "iuf":
        raise TypeError("claim needs one real number, not "
                        f"{type(value).__name__} {value!r}: compute the number that "
                        "shows by how much the statement holds")
    return float(array.item())
