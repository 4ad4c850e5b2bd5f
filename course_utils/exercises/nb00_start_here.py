"""Exercise of page 00, for trying out how exercises work."""

import numpy as np

from course_utils.exercise import Exercise, Mistake


def negative(f):
    """Return the negative of f, an array of grey levels from 0 to 1."""
    return 1 - f


def _loop_negative(f):
    out = np.zeros(f.shape)
    for index in np.ndindex(f.shape):
        out[index] = 1 - f[index]
    return out


def make_exercises():
    """Return the exercises of the page."""
    return [
        Exercise(
            "negative", negative,
            lambda rng: [(np.array([[0.0, 0.25], [0.75, 1.0]]),),
                         (rng.random((4, 7)),),
                         (rng.random((16, 12)).astype(np.float32),)],
            {
                "sign": Mistake(lambda f: -f,
                                "You changed the sign, so white became -1. A negative "
                                "exchanges 0 and 1: what does 1 minus a level give?"),
                "bytes": Mistake(lambda f: 255 - f,
                                 "You subtracted from 255, the white of bytes. Here "
                                 "white is 1."),
                "unchanged": Mistake(lambda f: f,
                                     "You returned the image as it came in."),
                "reciprocal": Mistake(lambda f: 1 / f,
                                      "You divided 1 by the levels; subtract them from "
                                      "1 instead."),
            },
            ["Black is 0 and white is 1. Which formula sends 0 to 1 and 1 to 0, and "
             "leaves the middle grey 0.5 where it is?",
             "NumPy computes on whole arrays: `1 - f` subtracts every pixel from 1."],
            independent=_loop_negative),
    ]
