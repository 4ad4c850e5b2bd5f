"""Digits drawn by code: pen strokes that bend, lean and vary as handwriting does."""

from functools import lru_cache

import numpy as np

SIZE = 28               # pixels of a side, as in MNIST
INK = 20                # the digit fits into INK x INK pixels
BATCH = 256             # digits drawn at once

# For each digit the ways to write it; "|" lifts the pen. Points are "x,y" in per cent of
# the digit's box, y down; the pen follows a smooth curve through them.
WAYS = (
    ("50,0 22,12 14,50 24,90 50,100 78,88 86,50 76,12 50,0",
     "58,1 30,10 16,45 22,84 46,100 74,86 84,52 74,16 50,3 36,8"),
    ("50,0 50,50 50,100", "31,22 43,12 53,0 | 53,0 53,50 53,100",
     "60,0 52,50 42,100", "30,22 43,12 53,0 | 53,0 53,50 53,100 | 28,100 53,100 78,99"),
    ("18,24 27,7 50,0 75,9 80,29 67,51 42,76 16,99 | 16,99 50,99 88,97",
     "18,21 29,6 50,0 74,10 75,31 59,59 34,86 20,94 16,84 31,78 50,89 69,98 90,89",
     "22,14 48,0 74,14 70,42 44,70 20,98 | 20,98 52,94 86,100"),
    ("20,11 41,0 66,4 75,20 66,38 44,47 | 44,47 70,54 80,74 67,94 42,100 18,88",
     "20,2 50,2 78,2 | 78,2 60,22 44,42 | 44,42 72,50 80,75 66,95 40,100 18,88",
     "22,8 50,0 74,14 62,40 36,48 66,54 80,76 62,98 36,100 16,90"),
    ("30,0 24,30 18,58 | 18,58 50,58 88,56 | 70,8 68,50 66,100",
     "64,0 40,32 12,66 | 12,66 50,66 90,66 | 64,0 64,50 64,100",
     "22,2 20,30 30,50 55,52 74,40 | 76,2 74,40 70,100",
     "24,4 20,34 28,52 52,54 74,46 | 72,0 72,46 58,100"),
    ("80,2 50,2 28,3 | 28,3 25,22 22,42 | 22,42 50,36 76,50 80,72 66,95 40,100 16,90",
     "82,0 55,2 32,5 | 32,5 28,25 26,40 52,40 74,56 74,80 55,98 20,98",
     "34,4 28,26 26,44 56,42 78,60 74,84 50,100 20,92 | 34,4 58,5 84,0"),
    ("70,2 45,15 26,42 20,70 30,93 52,100 74,90 78,70 64,53 44,54 25,70",
     "58,0 36,25 24,55 26,85 48,100 72,88 70,66 50,58 28,75",
     "66,0 38,30 26,64 36,94 58,98 72,80 62,62 42,64 28,78"),
    ("15,4 50,4 85,3 | 85,3 62,40 42,100",
     "15,10 20,4 50,5 82,2 | 82,2 66,35 50,100 | 36,50 58,50 80,48",
     "18,20 18,4 50,4 82,4 | 82,4 60,45 46,100", "20,8 52,4 80,8 72,46 62,100"),
    ("74,14 50,0 26,12 30,34 50,48 74,64 76,88 50,100 24,88 26,64 50,48 72,32 74,14",
     "50,0 28,9 27,36 50,48 73,36 72,9 50,0 | 50,48 22,62 24,92 50,100 78,90 77,60 50,48",
     "70,8 44,0 28,16 44,42 68,66 64,94 40,100 28,84 42,60 64,36 72,14"),
    ("76,26 60,2 36,4 22,26 36,50 60,48 76,26 | 76,26 74,60 68,100",
     "76,20 55,0 28,10 22,32 42,50 66,42 76,20 | 76,20 76,60 66,90 45,100 25,93",
     "72,14 46,0 24,20 34,46 60,42 74,18 70,58 56,100"),
)


def make_digits(n, rng=None, *, variation=1.0):
    """Draw ``n`` digits of 28 x 28 pixels, like MNIST in look and difficulty.

    Parameters
    ----------
    n : int
        Number of images.
    rng : numpy.random.Generator, optional
        Default: ``np.random.default_rng(0)``.
    variation : float
        Factor of all deformations: 0 gives printed-looking digits, 1 handwriting.

    Returns
    -------
    images : ndarray of float32, shape (n, 28, 28), in [0, 1], ink is bright
    labels : ndarray of int64, shape (n,), the digits 0 to 9

    Raises
    ------
    ValueError
        n is no whole number >= 0, or variation is negative.

    Notes
    -----
    Each image is a way to write its digit, whose points are moved, bent by a quadratic
    map, slanted, turned and stretched; a round pen of random width follows them.
    """
    rng = np.random.default_rng(0) if rng is None else rng
    if n != int(n) or n < 0:
        raise ValueError(f"n = {n} digits cannot be drawn: give a whole number, 0 or more")
    if not variation >= 0:
        raise ValueError(f"variation = {variation} must be 0 or more")
    labels = rng.integers(0, 10, int(n))
    ways = (rng.random(int(n)) * [len(WAYS[digit]) for digit in labels]).astype(int)
    images = np.zeros((int(n), SIZE, SIZE), np.float32)
    for digit in range(10):
        for way in range(len(WAYS[digit])):
            chosen = np.flatnonzero((labels == digit) & (ways == way))
            for start in range(0, len(chosen), BATCH):
                part = chosen[start:start + BATCH]
                images[part] = _draw(_points(digit, way), len(part), variation, rng)
    return images, labels


@lru_cache(maxsize=None)
def _points(digit, way):
    """Return the strokes of one way to write a digit, each (points, 2), in [-.5, .5]."""
    return tuple(np.array([point.split(",") for point in stroke.split()], float) / 100 - 0.5
                 for stroke in WAYS[digit][way].split("|"))


def _draw(strokes, count, variation, rng):
    """Return ``count`` images (count, 28, 28) of one way to write a digit."""
    move = _deformation(count, variation, rng)
    lines = []
    for stroke in strokes:
        points = stroke + _tremble(stroke, count, variation, rng)
        lines.append(move(_smooth(points, 2 * len(stroke) + 3)))
    pen = np.clip(1.25 + 0.385 * variation * rng.standard_normal(count), 0.55, 2.3)
    lines = _into_the_box(lines, pen, variation, rng)
    return _ink(lines, pen)


def _tremble(stroke, count, variation, rng):
    """Return random moves (count, points, 2) of the points; pen-down places move less."""
    moves = 0.044 * variation * rng.standard_normal((count, *stroke.shape))
    moves[:, 0] *= 0.3
    moves[:, -1] *= 0.6
    if np.array_equal(stroke[0], stroke[-1]):           # closed loops stay closed
        moves[:, -1] = moves[:, 0]
    return moves


def _deformation(count, variation, rng):
    """Return a function that bends, stretches, slants and turns points (count, k, 2).

    The same for all strokes of an image, so that joined strokes stay joined.
    """
    linear = 0.077 * variation * rng.standard_normal((count, 2, 2))
    bend = 0.132 * variation * rng.standard_normal((count, 3, 2))
    stretch = np.exp(0.165 * variation * rng.standard_normal((count, 1)))
    slant = (0.11 + 0.242 * rng.standard_normal((count, 1))) * variation
    turn = 0.121 * variation * rng.standard_normal((count, 1))

    def move(points):
        x, y = points[..., 0], points[..., 1]
        squares = np.stack([x * x, y * y, x * y], -1)
        x, y = np.moveaxis(points + points @ linear + squares @ bend, -1, 0)
        x = stretch * x - slant * y
        return np.stack([np.cos(turn) * x - np.sin(turn) * y,
                         np.sin(turn) * x + np.cos(turn) * y], -1)

    return move


def _smooth(points, samples):
    """Return ``samples`` points of the Catmull-Rom curve through points (count, k, 2)."""
    ends = 2 * points[:, [0, -1]] - points[:, [1, -2]]
    padded = np.concatenate([ends[:, :1], points, ends[:, 1:]], 1)
    place = np.linspace(0, points.shape[1] - 1, samples)
    k = np.minimum(place.astype(int), points.shape[1] - 2)
    t = (place - k)[:, None]
    p0, p1, p2, p3 = (padded[:, k + shift] for shift in range(4))
    return (2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2
            + (3 * p1 - p0 - 3 * p2 + p3) * t**3) / 2


def _into_the_box(lines, pen, variation, rng):
    """Scale and shift the lines of each image so that its ink fills the middle."""
    every = np.concatenate(lines, 1)
    extent = (every.max(1) - every.min(1)).max(1)
    wanted = INK * (1 - 0.132 * variation * rng.random(len(pen)))
    scale = (wanted - 2 * pen) / np.maximum(extent, 0.3)
    middle = every.mean(1, keepdims=True)
    shift = (SIZE - 1) / 2 + 0.55 * variation * rng.standard_normal((len(pen), 1, 2))
    return [(line - middle) * scale[:, None, None] + shift for line in lines]


def _ink(lines, pen):
    """Return images of lines [(count, k, 2) pixels] drawn by round pens (count,)."""
    rows, columns = np.mgrid[:SIZE, :SIZE].reshape(2, 1, -1).astype(np.float32)
    nearest = np.full((len(pen), SIZE * SIZE), np.inf, np.float32)
    for line in lines:
        line = line.astype(np.float32)
        for start, end in zip(line.swapaxes(0, 1)[:-1], line.swapaxes(0, 1)[1:],
                              strict=True):
            along = end - start
            x, y = columns - start[:, :1], rows - start[:, 1:]
            share = (x * along[:, :1] + y * along[:, 1:]) / (
                np.sum(along**2, 1, keepdims=True) + 1e-9)
            share = np.clip(share, 0, 1)
            np.minimum(nearest, (x - share * along[:, :1]) ** 2
                       + (y - share * along[:, 1:]) ** 2, out=nearest)
    soft = (pen[:, None] + 0.6 - np.sqrt(nearest)) / 1.2
    return np.clip(soft, 0, 1).reshape(-1, SIZE, SIZE).astype(np.float32)
