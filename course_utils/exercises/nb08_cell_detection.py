"""Exercises of page 08: cancerous-cell detection."""

import numpy as np
import skimage as ski
from scipy import ndimage as ndi

from course_utils.exercise import Exercise, Mistake


def make_exercises():
    """Return the exercises of the page, in its order."""
    return [_circularity(), _extrema(), _weighted_pose(), _group_folds(),
            _operating_point(), _owned()]


# --- circularity ---------------------------------------------------------------------------

def circularity(mask):
    """Return 4 pi A / P^2 with Crofton's perimeter P; 0 for an empty mask."""
    A = np.count_nonzero(mask)
    if A == 0:
        return 0.0
    P = ski.measure.perimeter_crofton(mask)
    return 4 * np.pi * A / P ** 2


def _circularity_by_lines(mask):
    """Count the crossings of lines in four directions by loops."""
    p = np.pad(np.asarray(mask, bool), 1)
    M, N = p.shape
    total = 0.0
    for y in range(M):
        for x in range(N):
            for dy, dx, weight in ((0, 1, 1), (1, 0, 1), (1, 1, 0.5 ** 0.5),
                                   (1, -1, 0.5 ** 0.5)):
                if y + dy < M and 0 <= x + dx < N:
                    total += weight * (p[y, x] != p[y + dy, x + dx])
    A = int(p.sum())
    return 4 * np.pi * A / (np.pi / 8 * total) ** 2 if A else 0


def _blob(shape, bits):
    """Return a bumpy mask of one piece."""
    y, x = np.mgrid[:shape[0], :shape[1]]
    angle = np.arctan2(y - shape[0] * 0.45, x - shape[1] * 0.55)
    radius = np.hypot(y - shape[0] * 0.45, x - shape[1] * 0.55)
    edge = 0.32 * min(shape) * (1 + 0.25 * np.cos(3 * angle + bits))
    return radius < edge


def _circularity():
    def scored(formula, empty=0.0, length=None):
        """Return an answer that computes ``formula`` of area and perimeter."""
        length = length or ski.measure.perimeter_crofton

        def answer(mask):
            A = np.count_nonzero(mask)
            return formula(A, length(mask)) if A else empty
        return answer

    def cases(rng):
        square = np.zeros((5, 6), bool)
        square[1:4, 2:5] = True
        bar = np.zeros((9, 14), bool)
        bar[3:5, 2:11] = True
        ring = _blob((24, 31), 1.0) & ~_blob((24, 31), 1.0)[::-1][::1]
        hollow = _blob((33, 29), 1.3)
        hollow[12:17, 13:19] = False
        pieces = _blob((28, 45), 0.9)
        pieces[2:8, 2:7] = True
        return [(np.zeros((3, 4), bool),), (square,), (bar,), (_blob((30, 40), 0.4),),
                (_blob((26, 26), 2.0),), (ring | _blob((24, 31), 0.2),), (hollow,),
                (pieces,)]

    def filled(mask, both=False):
        A = ndi.binary_fill_holes(mask)
        P = ski.measure.perimeter_crofton(A if both else mask)
        return 4 * np.pi * A.sum() / P ** 2 if A.any() else 0.0

    def one_piece(choose):
        def answer(mask):
            pieces = ski.measure.regionprops(ski.measure.label(mask))
            return circularity(choose(pieces).image) if pieces else 0.0
        return answer

    pi = np.pi
    walk = ski.measure.perimeter
    right = scored(lambda A, P: 4 * pi * A / P ** 2)

    def edges(mask):
        p = np.pad(mask, 1).astype(int)
        return np.abs(np.diff(p, axis=0)).sum() + np.abs(np.diff(p, axis=1)).sum()

    return Exercise(
        "circularity", circularity, cases,
        {
            "P not squared": Mistake(
                scored(lambda A, P: 4 * pi * A / P),
                "P is not squared. A grows with the square of the size, so P must be "
                "squared too, or large nuclei look rounder: 4 * np.pi * A / P ** 2."),
            "A squared": Mistake(
                scored(lambda A, P: 4 * pi * A ** 2 / P ** 2),
                "You squared the area as well. Only P is squared: A is a square of "
                "lengths already."),
            "4 pi squared with P": Mistake(
                (scored(lambda A, P: (4 * pi * A / P) ** 2),
                 scored(lambda A, P: (4 * pi / P) ** 2 * A)),
                "The square reaches too far: it belongs to P alone, "
                "4 * np.pi * A / P ** 2."),
            "4 missing": Mistake(
                scored(lambda A, P: pi * A / P ** 2),
                "The factor 4 is missing: a circle has A = pi R^2 and P = 2 pi R, so "
                "P^2 / A = 4 pi."),
            "pi missing": Mistake(
                scored(lambda A, P: 4 * A / P ** 2),
                "The factor pi is missing: a circle has P^2 / A = 4 pi."),
            "2 pi": Mistake(
                scored(lambda A, P: 2 * pi * A / P ** 2),
                "The factor is 4 pi, not 2 pi: a circle has P^2 / A = "
                "(2 pi R)^2 / (pi R^2)."),
            "upside down": Mistake(
                (scored(lambda A, P: P ** 2 / (4 * pi * A)),),
                "Your ratio is upside down: that is 1 for a circle too, but it grows "
                "for ragged shapes. Area in the numerator."),
            "without 4 pi": Mistake(
                (scored(lambda A, P: A / P ** 2), scored(lambda A, P: P ** 2 / A)),
                "The factor 4 pi, which gives a circle the value 1, is missing: "
                "4 * np.pi * A / P ** 2."),
            "precedence": Mistake(
                (scored(lambda A, P: 4 * pi * A / P * P),),
                "A / P * P is A: Python works from left to right. Write P ** 2, or "
                "brackets around (P * P)."),
            "pi rounded": Mistake(
                (scored(lambda A, P: 4 * 3.14 * A / P ** 2),
                 scored(lambda A, P: 4 * 22 / 7 * A / P ** 2)),
                "You rounded pi: take np.pi, so that the last digits agree as "
                "well."),
            "root": Mistake(
                (scored(lambda A, P: np.sqrt(4 * pi * A) / P),),
                "You returned the root of C, the ratio of two perimeters. The "
                "circularity of this page is 4 pi A / P^2."),
            "cut at 1": Mistake(
                lambda mask: min(circularity(mask), 1.0),
                "You cut C off at 1. The small square exceeds 1, and the text asks "
                "for what the formula says."),
            "centre to centre": Mistake(
                scored(lambda A, P: 4 * pi * A / max(P, 1e-9) ** 2, length=walk),
                "You took ski.measure.perimeter, which walks from pixel centre to "
                "pixel centre: too short for small shapes, too long for large ones. "
                "Take ski.measure.perimeter_crofton."),
            "holes filled": Mistake(
                (filled, lambda mask: filled(mask, True)),
                "You filled the holes of mask (area_filled does). A counts its True "
                "pixels only, mask.sum(), and the rim of a hole belongs to P."),
            "one piece of several": Mistake(
                (one_piece(lambda pieces: max(pieces, key=lambda p: p.area)),
                 one_piece(lambda pieces: pieces[0]),
                 one_piece(lambda pieces: pieces[-1])),
                "You measured one piece of mask only. Take all of its True pixels, "
                "also where it has several pieces: do not label it first."),
            "rounded": Mistake(
                (lambda mask: round(circularity(mask), 2),
                 lambda mask: round(circularity(mask), 1),
                 lambda mask: round(circularity(mask), 3)),
                "You rounded C. Return it as it is, and round when you print."),
            "pixel edges": Mistake(
                scored(lambda A, P: 4 * pi * A / P ** 2, length=edges),
                "You counted pixel edges as the perimeter: a disc gets that of its "
                "box. Take ski.measure.perimeter_crofton."),
            "two directions": Mistake(
                scored(lambda A, P: 4 * pi * A / P ** 2,
                       length=lambda m: ski.measure.perimeter_crofton(m, 2)),
                "You used two directions of lines. The page, and the default of "
                "perimeter_crofton, use four."),
            "area of the image": Mistake(
                lambda mask: (4 * pi * mask.size / ski.measure.perimeter_crofton(mask)
                              ** 2 if mask.any() else 0.0),
                "You took all pixels of the image as the area (size). Count the True "
                "ones: mask.sum()."),
            "empty": Mistake(
                (scored(lambda A, P: 4 * pi * A / P ** 2, np.nan),
                 scored(lambda A, P: 4 * pi * A / P ** 2, np.inf),
                 scored(lambda A, P: 4 * pi * A / P ** 2, 1.0),
                 scored(lambda A, P: 4 * pi * A / P ** 2, None),
                 lambda mask: 4 * pi * np.sum(mask) / np.float64(
                     ski.measure.perimeter_crofton(mask)) ** 2),
                "Your formula is right, but an empty mask has no perimeter: return 0 "
                "before you divide."),
        },
        ["Which two numbers do you need? The area is mask.sum().",
         "C = 4 * np.pi * A / P ** 2; ask first whether A is 0."],
        independent=_circularity_by_lines, also_right=(right,))


# --- extrema -------------------------------------------------------------------------------

def extrema(mask):
    """Return the eight extrema (8, 2): rows, columns; clockwise from top-left."""
    rows, columns = np.nonzero(mask)
    top, bottom, left, right = rows.min(), rows.max(), columns.min(), columns.max()
    upper, lower = columns[rows == top], columns[rows == bottom]
    first, last = rows[columns == left], rows[columns == right]
    return np.array([(top, upper.min()), (top, upper.max()),
                     (last.min(), right), (last.max(), right),
                     (bottom, lower.max()), (bottom, lower.min()),
                     (first.max(), left), (first.min(), left)])


def _extrema_by_sorting(mask):
    """Sort the pixels by two keys, eight times."""
    pixels = [(int(y), int(x)) for y, x in np.argwhere(mask)]
    keys = [lambda p: (p[0], p[1]), lambda p: (p[0], -p[1]),
            lambda p: (-p[1], p[0]), lambda p: (-p[1], -p[0]),
            lambda p: (-p[0], -p[1]), lambda p: (-p[0], p[1]),
            lambda p: (p[1], -p[0]), lambda p: (p[1], p[0])]
    return np.array([min(pixels, key=key) for key in keys])


def _extrema():
    def reordered(order):
        return lambda mask: extrema(mask)[list(order)]

    def hull_corners(mask):
        rows, columns = np.nonzero(mask)
        t, b, le, r = rows.min(), rows.max(), columns.min(), columns.max()
        return np.array([(t, le), (t, r), (t, r), (b, r), (b, r), (b, le), (b, le),
                         (t, le)])

    def half_open(mask):
        points = extrema(mask)
        points[[4, 5], 0] += 1
        points[[2, 3], 1] += 1
        return points

    def first_of_each(mask):
        points = extrema(mask)
        return points[[0, 0, 2, 2, 5, 5, 7, 7]]

    def sides_exchanged(mask):
        points = extrema(mask)
        return points[[0, 1, 7, 6, 4, 5, 3, 2]]

    def cases(rng):
        tiny = np.zeros((5, 7), bool)
        tiny[1, 2:5], tiny[2, 1:6], tiny[3, 3:6], tiny[4, 3] = True, True, True, True
        octagon = np.zeros((12, 9), bool)
        octagon[2:11, 1:8] = True
        for y, x in ((2, 1), (2, 2), (3, 1), (2, 7), (10, 7), (9, 7), (8, 7), (10, 1),
                     (10, 6), (9, 1)):
            octagon[y, x] = False
        bumpy = _blob((40, 33), 0.7)
        bumpy[20, 2:10] = True
        return [(tiny,), (octagon,), (bumpy,), (_blob((25, 44), 2.3),),
                (rng.random((9, 9)) < 0.12,)]

    return Exercise(
        "extrema", extrema, cases,
        {
            "x before y": Mistake(
                lambda mask: extrema(mask)[:, ::-1],
                "Your points are (column, row). Here, as in NumPy, the row comes "
                "first."),
            "counter-clockwise": Mistake(
                (reordered([0, 7, 6, 5, 4, 3, 2, 1]), reordered([1, 0, 7, 6, 5, 4, 3, 2]),
                 reordered([7, 6, 5, 4, 3, 2, 1, 0])),
                "You went round counter-clockwise. After top-left comes top-right, "
                "then the right side downwards."),
            "pairs in reading order": Mistake(
                (reordered([0, 1, 2, 3, 5, 4, 7, 6]), reordered([0, 1, 2, 3, 5, 4, 6, 7]),
                 reordered([0, 1, 2, 3, 4, 5, 7, 6])),
                "Clockwise means that the bottom runs from right to left, and the "
                "left side from bottom to top: br, bl, lb, lt."),
            "sides by sides": Mistake(
                (reordered([0, 1, 5, 4, 7, 6, 2, 3]), reordered([0, 1, 4, 5, 6, 7, 2, 3]),
                 reordered([0, 1, 5, 4, 2, 3, 7, 6])),
                "Your points are right, in another order. Go round clockwise: two on "
                "top, two at the right, two at the bottom, two at the left."),
            "starts elsewhere": Mistake(
                (reordered([7, 0, 1, 2, 3, 4, 5, 6]), reordered([1, 2, 3, 4, 5, 6, 7, 0]),
                 reordered([2, 3, 4, 5, 6, 7, 0, 1])),
                "Your round starts at another point. The first one is top-left: the "
                "leftmost pixel of the top row."),
            "corners of the box": Mistake(
                hull_corners,
                "You returned corners of the bounding box. The extrema are pixels of "
                "the object: on the top row, its leftmost and rightmost ones."),
            "half-open": Mistake(
                half_open,
                "Your bottom or right side lies one pixel outside: a box is half-open, "
                "but the extrema are pixels of the object, rows.max() not "
                "rows.max() + 1."),
            "one point for each side": Mistake(
                (first_of_each, lambda mask: extrema(mask)[[0, 2, 5, 7]],
                 lambda mask: extrema(mask)[[0, 0, 2, 2, 4, 4, 6, 6]]),
                "You found one point for each side. Each side has two: the first and "
                "the last pixel that touch it."),
            "left and right exchanged": Mistake(
                sides_exchanged,
                "Left and right are exchanged: the right side has the largest "
                "column."),
            "top and bottom exchanged": Mistake(
                reordered([5, 4, 3, 2, 1, 0, 7, 6]),
                "Top and bottom are exchanged: rows grow downwards, so the top has the "
                "smallest row."),
            "rounded half pixels": Mistake(
                (lambda mask: extrema(mask) + 0.5, lambda mask: extrema(mask) - 0.5,
                 lambda mask: extrema(mask) + 1),
                "Your points are shifted by the same amount everywhere. Count pixels "
                "from 0 and return their indices; MATLAB counts from 1 and adds half "
                "pixels."),
            "points in columns": Mistake(
                (lambda mask: extrema(mask).T,),
                "Your array is (2, 8). One point in each row, please: shape (8, 2), "
                "for example by .T or np.stack(..., axis=1)."),
        },
        ["Which pixels touch the upper side of the box? Those with row == rows.min().",
         "Of these, the smallest column is top-left and the largest top-right; do the "
         "same for each side.",
         "Order: (top, min), (top, max), (min, right), (max, right), (bottom, max), "
         "(bottom, min), (max, left), (min, left)."],
        independent=_extrema_by_sorting, also_right=(lambda mask: extrema(mask).tolist(),))


# --- weighted pose -------------------------------------------------------------------------

def weighted_pose(f):
    """Return weighted centroid (row, column) and orientation of the light in f."""
    r, c = np.mgrid[:f.shape[0], :f.shape[1]]
    w = f / f.sum()
    row, column = (w * r).sum(), (w * c).sum()
    mu_rr = (w * (r - row) ** 2).sum()
    mu_cc = (w * (c - column) ** 2).sum()
    mu_rc = (w * (r - row) * (c - column)).sum()
    return row, column, 0.5 * np.arctan2(2 * mu_rc, mu_rr - mu_cc)


def _pose_by_the_library(f):
    """Take the weighted moments of scikit-image and the eigenvector of the largest."""
    f = np.asarray(f, float)
    whole = ski.measure.regionprops(np.ones(f.shape, int), f)[0]
    row, column = whole.centroid_weighted
    mu = whole.moments_weighted_central
    _, vectors = np.linalg.eigh([[mu[2, 0], mu[1, 1]], [mu[1, 1], mu[0, 2]]])
    y, x = vectors[:, 1]
    return row, column, np.arctan(x / y)


def _moments(f, w=None):
    f = np.asarray(f, float)
    w = f if w is None else w
    r, c = np.mgrid[:f.shape[0], :f.shape[1]]
    row, column = (w * r).sum() / w.sum(), (w * c).sum() / w.sum()
    return (row, column, (w * (r - row) ** 2).sum() / w.sum(),
            (w * (c - column) ** 2).sum() / w.sum(),
            (w * (r - row) * (c - column)).sum() / w.sum())


def _weighted_pose():
    def angled(formula, weights=lambda f: f):
        """Return an answer whose angle is ``formula`` of the three moments."""
        def answer(f):
            row, column, rr, cc, rc = _moments(f, weights(np.asarray(f, float)))
            return row, column, formula(rr, cc, rc)
        return answer

    def theta(rr, cc, rc):
        return 0.5 * np.arctan2(2 * rc, rr - cc)

    def turned(rr, cc, rc):
        along = np.linalg.eigh([[rr, rc], [rc, cc]])[1][:, 1]
        return np.arctan2(along[1], along[0])

    def not_central(f):
        f = np.asarray(f, float)
        r, c = np.mgrid[:f.shape[0], :f.shape[1]]
        row, column, *_ = _moments(f)
        s = f.sum()
        return row, column, theta((f * r * r).sum() / s, (f * c * c).sum() / s,
                                  (f * r * c).sum() / s)

    def around_the_middle(f):
        f = np.asarray(f, float)
        r, c = np.mgrid[:f.shape[0], :f.shape[1]]
        row, column, *_ = _moments(f)
        y, x = r - r.mean(), c - c.mean()
        return row, column, theta((f * y * y).sum(), (f * x * x).sum(),
                                  (f * y * x).sum())

    def sums(f):
        row, column, rr, cc, rc = _moments(f)
        return row * f.sum(), column * f.sum(), theta(rr, cc, rc)

    def flat_moments(weights, about_the_light):
        """Return an answer with the weighted centroid and other moments."""
        def answer(f):
            f = np.asarray(f, float)
            row, column, *_ = _moments(f)
            w = weights(f)
            y, x = (row, column) if about_the_light else _moments(f, w)[:2]
            r, c = np.mgrid[:f.shape[0], :f.shape[1]]
            return row, column, theta((w * (r - y) ** 2).sum(), (w * (c - x) ** 2).sum(),
                                      (w * (r - y) * (c - x)).sum())
        return answer

    def unweighted_centre(f):
        row, column, rr, cc, rc = _moments(f)
        y, x, *_ = _moments(f, (np.asarray(f) > 0).astype(float))
        return y, x, theta(rr, cc, rc)

    def cases(rng):
        spots = [np.array([[0.0, 0.2, 0.1], [0.1, 0.3, 0.4]])]
        for shape, turn, place in (((21, 30), 0.4, (9, 16)), ((28, 19), -1.1, (15, 8)),
                                   ((24, 24), 1.3, (10, 13)), ((26, 31), -0.35, (12, 14))):
            y, x = np.mgrid[:shape[0], :shape[1]]
            y, x = y - place[0], x - place[1]
            u = y * np.cos(turn) + x * np.sin(turn)
            v = x * np.cos(turn) - y * np.sin(turn)
            light = np.exp(-(u / 7) ** 2 - (v / 3) ** 2) * (1 + 0.4 * np.tanh(u / 3))
            light[light < 0.03] = 0
            spots.append(light * rng.uniform(0.7, 1.3, shape))
        return [(f,) for f in spots]

    return Exercise(
        "weighted_pose", weighted_pose, cases,
        {
            "axes swapped": Mistake(
                (lambda f: (lambda a: (a[1], a[0], a[2]))(weighted_pose(f)),
                 lambda f: (lambda a: (a[1], a[0], np.pi / 2 - a[2]))(weighted_pose(f)),
                 lambda f: (lambda m: (m[1], m[0], theta(m[3], m[2], m[4])))(_moments(f))),
                "Row and column are exchanged: return the row (down) first, then the "
                "column."),
            "not weighted": Mistake(
                (angled(theta, lambda f: (f > 0).astype(float)),
                 angled(theta, np.ones_like)),
                "You counted all pixels alike. Weight each by its level f, in the "
                "centroid and in the moments."),
            "centroid not weighted": Mistake(
                (unweighted_centre,
                 lambda f: (*[(n - 1) / 2 for n in f.shape], weighted_pose(f)[2])),
                "Your centroid counts all pixels alike. Weight each place by its "
                "level: (f * r).sum() / f.sum()."),
            "not divided": Mistake(
                sums,
                "Your centroid is a sum: divide it by f.sum(), the whole light."),
            "divided by the pixels": Mistake(
                (lambda f: (lambda a: (a[0] * np.sum(f) / np.size(f),
                                       a[1] * np.sum(f) / np.size(f), a[2]))(
                                           weighted_pose(f)),),
                "You divided by the number of pixels. A weighted mean is divided by "
                "the sum of its weights, f.sum()."),
            "angle from the column axis": Mistake(
                (angled(lambda rr, cc, rc: 0.5 * np.arctan2(2 * rc, cc - rr)),
                 angled(lambda rr, cc, rc: np.pi / 2 - theta(rr, cc, rc)),
                 angled(lambda rr, cc, rc: theta(rr, cc, rc) - np.pi / 2)),
                "Your angle is measured from the column axis. Here it starts at the "
                "row axis: mu_rr - mu_cc, in this order."),
            "moments not weighted": Mistake(
                (flat_moments(np.ones_like, True),
                 flat_moments(lambda f: (f > 0).astype(float), True),
                 flat_moments(np.ones_like, False),
                 flat_moments(lambda f: (f > 0).astype(float), False)),
                "Your centroid is weighted, your moments are not: weight each of the "
                "three products by f as well."),
            "half missing": Mistake(
                angled(lambda rr, cc, rc: np.arctan2(2 * rc, rr - cc)),
                "The factor 1/2 is missing: arctan2 gives twice the angle, since an "
                "axis looks the same after half a turn."),
            "two missing": Mistake(
                angled(lambda rr, cc, rc: 0.5 * np.arctan2(rc, rr - cc)),
                "The factor 2 before mu_rc is missing in arctan2(2 mu_rc, ...)."),
            "arctan": Mistake(
                (angled(lambda rr, cc, rc: 0.5 * np.arctan(2 * rc / (rr - cc))),),
                "You used arctan, which cannot tell the major from the minor axis. "
                "np.arctan2 takes two arguments and can."),
            "arguments of arctan2": Mistake(
                angled(lambda rr, cc, rc: 0.5 * np.arctan2(rr - cc, 2 * rc)),
                "The arguments of arctan2 are exchanged: the one with mu_rc comes "
                "first."),
            "degrees": Mistake(
                angled(lambda rr, cc, rc: np.degrees(theta(rr, cc, rc))),
                "Your angle is in degrees; return radians, as arctan2 gives them."),
            "sign": Mistake(
                (angled(lambda rr, cc, rc: -theta(rr, cc, rc)),),
                "Your angle has the wrong sign: it is positive towards growing "
                "columns."),
            "moments not central": Mistake(
                not_central,
                "Your moments are taken about the corner of the image. Subtract the "
                "centroid from r and c before you square or multiply."),
            "moments about the middle": Mistake(
                around_the_middle,
                "Your moments are taken about the middle of the image. Subtract the "
                "weighted centroid instead."),
            "weights squared": Mistake(
                (angled(theta, lambda f: f ** 2),),
                "The light counts twice, as f ** 2: weight each place by f once."),
            "minor axis": Mistake(
                angled(lambda rr, cc, rc: theta(rr, cc, rc)
                       - np.copysign(np.pi / 2, theta(rr, cc, rc))),
                "That is the orientation of the minor axis. The major axis belongs to "
                "the larger eigenvalue, the last one of np.linalg.eigh."),
            "half a turn": Mistake(
                (angled(lambda rr, cc, rc: turned(rr, cc, rc)),
                 angled(lambda rr, cc, rc: theta(rr, cc, rc) % np.pi),
                 angled(lambda rr, cc, rc: theta(rr, cc, rc) + np.pi)),
                "Your axis is right, but its angle leaves the range from -pi/2 to "
                "pi/2: an axis has no arrow, so take off half a turn."),
            "counted from 1": Mistake(
                lambda f: (lambda a: (a[0] + 1, a[1] + 1, a[2]))(weighted_pose(f)),
                "Your places start at 1. The first row and column have number 0."),
        },
        ["np.mgrid gives the row r and the column c of each pixel.",
         "The weighted mean of r is (f * r).sum() / f.sum().",
         "mu_rc is the weighted mean of (r - row) * (c - column); then "
         "0.5 * np.arctan2(2 * mu_rc, mu_rr - mu_cc)."],
        independent=_pose_by_the_library,
        also_right=(lambda f: list(weighted_pose(f)),
                    lambda f: np.array(weighted_pose(f), np.float32)))


# --- folds of groups -----------------------------------------------------------------------

def group_folds(patient, k):
    """Return the fold of each nucleus: its patient's rank modulo k."""
    _, rank = np.unique(patient, return_inverse=True)
    return rank % k


def _folds_by_a_dictionary(patient, k):
    """Number the sorted set of patients, and look each one up."""
    fold = {one: j % k for j, one in enumerate(sorted(set(np.asarray(patient).tolist())))}
    return np.array([fold[int(one)] for one in patient])


def _group_folds():
    def by_rank(formula):
        def answer(patient, k):
            names, rank = np.unique(patient, return_inverse=True)
            return formula(rank, k, len(names))
        return answer

    def by_appearance(patient, k):
        order = list(dict.fromkeys(np.asarray(patient).tolist()))
        return np.array([order.index(int(one)) % k for one in patient])

    def by_count(patient, k):
        patient = np.asarray(patient)
        names, counts = np.unique(patient, return_counts=True)
        rank = {name: j for j, name in enumerate(names[np.argsort(-counts, kind="stable")])}
        return np.array([rank[one] % k for one in patient])

    def by_library(patient, k):
        from sklearn.model_selection import GroupKFold

        fold = np.zeros(len(patient), int)
        for j, (_, out) in enumerate(GroupKFold(k).split(patient, patient, patient)):
            fold[out] = j
        return fold

    def runs(patient, k):
        change = np.r_[0, np.cumsum(np.diff(patient) != 0)]
        return change % k

    def masks(patient, k):
        fold = group_folds(patient, k)
        return [np.flatnonzero(fold == j) for j in range(k)]

    def cases(rng):
        return [(np.array([12, 3, 3, 8, 12, 5]), 2),
                (rng.choice([40, 2, 7, 19, 5, 28, 11], 30), 3),
                (rng.choice([101, 17, 60, 23, 9], 41), 4),
                (rng.integers(0, 60, 50) * 3 + 1, 5)]

    return Exercise(
        "group_folds", group_folds, cases,
        {
            "split by nucleus": Mistake(
                (lambda patient, k: np.arange(len(patient)) % k,
                 lambda patient, k: np.arange(len(patient)) * k // len(patient)),
                "You dealt out nuclei, not patients: nuclei of one patient get into "
                "several folds, and that is the leak."),
            "rank of rows": Mistake(
                (lambda patient, k: np.argsort(np.argsort(patient, kind="stable")) % k,
                 lambda patient, k: np.argsort(np.argsort(patient)) % k,
                 lambda patient, k: np.argsort(patient, kind="stable") % k,
                 lambda patient, k: np.argsort(patient) % k),
                "You ranked the rows, so nuclei of one patient get into several folds. "
                "Rank the distinct patients: np.unique."),
            "number modulo k": Mistake(
                lambda patient, k: np.asarray(patient) % k,
                "You took the patient's number modulo k. The numbers have gaps, so "
                "folds get unequal or empty: take the rank of the number among the "
                "distinct ones."),
            "order of appearance": Mistake(
                by_appearance,
                "You numbered the patients in the order in which they appear. Number "
                "them in ascending order: np.unique does."),
            "order of size": Mistake(
                by_count,
                "You numbered the patients by their number of nuclei. Number them in "
                "ascending order of their names."),
            "runs": Mistake(
                runs,
                "You started a new patient at each change along the array. The same "
                "patient may come again later: number the distinct values."),
            "blocks": Mistake(
                (by_rank(lambda rank, k, n: rank * k // n),
                 by_rank(lambda rank, k, n: rank // -(-n // k)),
                 by_rank(lambda rank, k, n: np.minimum(rank // max(n // k, 1), k - 1))),
                "You gave each fold a block of neighbouring patients. They go in turn: "
                "0, 1, …, k - 1, 0, 1, …, which is the rank modulo k."),
            "from 1": Mistake(
                (by_rank(lambda rank, k, n: rank % k + 1),
                 by_rank(lambda rank, k, n: (rank + 1) % k)),
                "Your count starts at 1: the smallest patient belongs to fold 0."),
            "no modulo": Mistake(
                by_rank(lambda rank, k, n: rank),
                "You returned the rank of the patient. There are only k folds: take it "
                "modulo k."),
            "division instead of modulo": Mistake(
                by_rank(lambda rank, k, n: rank // k),
                "You divided the rank by k. The fold is the remainder, rank % k."),
            "one per patient": Mistake(
                (lambda patient, k: np.arange(len(np.unique(patient))) % k,),
                "You returned one fold for each patient. Return one for each nucleus: "
                "np.unique with return_inverse=True leads back to them."),
            "descending": Mistake(
                by_rank(lambda rank, k, n: (n - 1 - rank) % k),
                "You numbered the patients from the largest down. The smallest number "
                "goes to fold 0."),
            "library": Mistake(
                by_library,
                "scikit-learn's GroupKFold balances the sizes of the folds, so it "
                "numbers the patients by their count. Here they go in ascending "
                "order, in turn."),
            "random": Mistake(
                (lambda patient, k: np.random.default_rng(0).integers(
                    0, k, len(patient)),),
                "Random folds for single nuclei put one patient into several folds. "
                "Give all nuclei of one patient the same fold."),
        },
        ["First number the distinct patients 0, 1, 2, … in ascending order.",
         "np.unique(patient, return_inverse=True) gives each nucleus the rank of its "
         "patient; the fold is rank % k."],
        independent=_folds_by_a_dictionary,
        also_right=(lambda patient, k: np.searchsorted(np.unique(patient), patient) % k,))


# --- operating point -----------------------------------------------------------------------

def operating_point(y, s, sensitivity):
    """Return t, FPR and TPR of the highest t with TPR >= sensitivity."""
    y, s = np.asarray(y), np.asarray(s)
    for t in np.unique(s)[::-1]:
        tpr = np.mean(s[y == 1] >= t)
        if tpr >= sensitivity:
            return float(t), float(np.mean(s[y == 0] >= t)), float(tpr)


def _point_by_sorting(y, s, sensitivity):
    """Take the score of the k-th best positive, k the smallest that suffices."""
    y, s = np.asarray(y), np.asarray(s, float)
    positive = np.sort(s[y == 1])[::-1]
    k = next(k for k in range(1, positive.size + 1)
             if k / positive.size >= sensitivity)
    t = positive[k - 1]
    return (t, np.count_nonzero((y == 0) & (s >= t)) / np.count_nonzero(y == 0),
            np.count_nonzero((y == 1) & (s >= t)) / positive.size)


def _point_by_sklearn(y, s, sensitivity):
    from sklearn.metrics import roc_curve

    fpr, tpr, t = roc_curve(y, s, drop_intermediate=False)
    k = int(np.argmax(tpr >= sensitivity))
    return float(t[k]), float(fpr[k]), float(tpr[k])


def _operating_point():
    def search(*, enough=lambda tpr, want: tpr >= want, called=lambda s, t: s >= t,
               fall=True, rates=None, order=lambda t, fpr, tpr: (t, fpr, tpr),
               before=False):
        """Return an answer in which one thing is done in another way."""
        def usual(y, c):
            return c[y == 0].mean(), c[y == 1].mean()

        def answer(y, s, sensitivity):
            y, s = np.asarray(y), np.asarray(s, float)
            ts = np.unique(s)[::-1] if fall else np.unique(s)
            last = None
            for t in ts:
                fpr, tpr = (rates or usual)(y, called(s, t))
                if enough(tpr, sensitivity):
                    return order(*(last if before and last else (t, fpr, tpr)))
                last = t, fpr, tpr
            return order(*last)
        return answer

    def precision_rates(y, c):
        return c[y == 0].mean(), y[c].mean() if c.any() else 0

    def shares_of_all(y, c):
        return np.mean(c & (y == 0)), np.mean(c & (y == 1))

    def swapped_classes(y, c):
        return c[y == 1].mean(), c[y == 0].mean()

    def accuracy(y, c):
        return c[y == 0].mean(), np.mean(c == y)

    def false_discovery(y, c):
        return np.mean(y[c] == 0) if c.any() else 0, c[y == 1].mean()

    def youden(y, s, sensitivity):
        y, s = np.asarray(y), np.asarray(s, float)
        best = max(np.unique(s)[::-1],
                   key=lambda t: (s[y == 1] >= t).mean() - (s[y == 0] >= t).mean())
        return (float(best), float((s[y == 0] >= best).mean()),
                float((s[y == 1] >= best).mean()))

    def at_a_quantile(y, s, sensitivity):
        y, s = np.asarray(y), np.asarray(s, float)
        t = np.quantile(s[y == 1], 1 - sensitivity)
        return t, (s[y == 0] >= t).mean(), (s[y == 1] >= t).mean()

    def lowest(y, s, sensitivity):
        y, s = np.asarray(y), np.asarray(s, float)
        t = s.min()
        return t, 1.0, 1.0

    def between(y, s, sensitivity):
        y, s = np.asarray(y), np.asarray(s, float)
        distinct = np.unique(s)[::-1]
        for t in [*(distinct[:-1] + distinct[1:]) / 2, distinct[-1]]:
            if (s[y == 1] >= t).mean() >= sensitivity:
                return float(t), (s[y == 0] >= t).mean(), (s[y == 1] >= t).mean()

    def dropped(y, s, sensitivity):
        from sklearn.metrics import roc_curve

        fpr, tpr, t = roc_curve(y, s)
        k = int(np.argmax(tpr >= sensitivity))
        return t[k], fpr[k], tpr[k]

    def at(t, y, s):
        return t, (s[y == 0] >= t).mean(), (s[y == 1] >= t).mean()

    def nearest(fall, choose=np.argmin):
        def answer(y, s, sensitivity):
            ts = np.unique(s)[::-1] if fall else np.unique(s)
            return at(ts[choose([abs(at(t, y, s)[2] - sensitivity) for t in ts])], y, s)
        return answer

    def on_a_grid(*, steps=None, low=None):
        """Return an answer that tries levels, not scores, from the highest down."""
        def answer(y, s, sensitivity):
            ts = (np.linspace(s.max(), s.min(), steps) if low is None
                  else np.linspace(1, low, steps))
            return next((at(t, y, s) for t in ts if at(t, y, s)[2] >= sensitivity),
                        at(ts[-1], y, s))
        return answer

    def by_accuracy(y, s, sensitivity):
        for t in np.unique(s)[::-1]:
            if np.mean((s >= t) == y) >= sensitivity:
                return at(t, y, s)
        return at(s.min(), y, s)

    def shares_at_the_right_t(y, s, sensitivity):
        t = operating_point(y, s, sensitivity)[0]
        return t, np.mean((s >= t) & (y == 0)), np.mean((s >= t) & (y == 1))

    def counts(y, s, sensitivity):
        t, fpr, tpr = operating_point(y, s, sensitivity)
        return t, fpr * np.sum(y == 0), tpr * np.sum(y == 1)

    def fixed_half(y, s, sensitivity):
        return 0.5, (s[y == 0] >= 0.5).mean(), (s[y == 1] >= 0.5).mean()

    def cases(rng):
        def drawn(n, share, digits, spread):
            y = (rng.random(n) < share).astype(int)
            return y, np.round(rng.normal(0.4 + 0.35 * y, spread), digits)

        return [(np.array([1, 0, 1, 0, 1, 0, 0]),
                 np.array([2.5, 1.5, 1.15, 0.6, -0.5, -1.0, 1.15]), 0.6),
                (*drawn(40, 0.4, 3, 0.3), 0.9), (*drawn(61, 0.3, 1, 0.3), 0.8),
                (*drawn(50, 0.6, 2, 0.4), 1.0),
                (np.array([0, 1, 1, 0, 1, 0, 1, 0, 0, 0]),
                 np.array([0.1, 0.9, 0.4, 0.8, 0.6, 0.5, 0.3, 0.2, 0.35, 0.7]), 0.5)]

    return Exercise(
        "operating_point", operating_point, cases,
        {
            "strictly above": Mistake(
                (search(called=lambda s, t: s > t),),
                "You called only scores strictly above t. A score equal to t is called "
                "cancerous too: s >= t."),
            "more than wanted": Mistake(
                search(enough=lambda tpr, want: tpr > want),
                "You asked for a TPR above the wanted sensitivity. Reaching it is "
                "enough: tpr >= sensitivity."),
            "lowest threshold": Mistake(
                (lowest, search(fall=False)),
                "You took the lowest threshold, where everything is called cancerous. "
                "Search from the highest one down, and stop as soon as the TPR "
                "suffices."),
            "one too early": Mistake(
                search(before=True),
                "You stopped one threshold too early: the TPR there is still below the "
                "wanted sensitivity."),
            "called below": Mistake(
                (search(called=lambda s, t: s <= t, fall=False),
                 search(called=lambda s, t: s < t, fall=False),
                 search(called=lambda s, t: s <= t), search(called=lambda s, t: s < t)),
                "You called the low scores cancerous. A larger score means cancerous: "
                "s >= t."),
            "classes exchanged": Mistake(
                search(rates=swapped_classes),
                "You exchanged the classes: the TPR is the share called among y == 1, "
                "the FPR among y == 0."),
            "order of the results": Mistake(
                (search(order=lambda t, fpr, tpr: (t, tpr, fpr)),
                 search(order=lambda t, fpr, tpr: (fpr, tpr, t)),
                 search(order=lambda t, fpr, tpr: (tpr, fpr, t))),
                "Right numbers in another order: return t, then FPR, then TPR."),
            "specificity": Mistake(
                search(order=lambda t, fpr, tpr: (t, 1 - fpr, tpr)),
                "You returned the specificity, 1 - FPR, in the place of the FPR."),
            "precision": Mistake(
                search(rates=precision_rates),
                "You divided by the number of nuclei *called*: that is the precision. "
                "The TPR is divided by the number of cancerous nuclei."),
            "false discovery rate": Mistake(
                search(rates=false_discovery),
                "Your FPR is divided by the number of nuclei called. Divide by the "
                "number of normal nuclei, y == 0."),
            "shares of all": Mistake(
                (search(rates=shares_of_all), shares_at_the_right_t),
                "You divided by the number of all nuclei. Each rate is a share of its "
                "own class."),
            "accuracy": Mistake(
                (search(rates=accuracy), by_accuracy),
                "You compared the accuracy with the wanted sensitivity. Use the TPR, "
                "the share of cancerous nuclei that are called."),
            "best sum": Mistake(
                youden,
                "You took the point that is best on average (largest TPR - FPR). Asked "
                "is the highest t whose TPR reaches the sensitivity."),
            "dropped thresholds": Mistake(
                dropped,
                "scikit-learn's roc_curve leaves out thresholds that do not bend the "
                "curve, and yours was among them: pass drop_intermediate=False."),
            "nearest": Mistake(
                (nearest(True), nearest(False)),
                "You took the TPR nearest to the wanted one, which may lie below it. "
                "Take the highest t whose TPR *reaches* it."),
            "grid of levels": Mistake(
                (*(on_a_grid(steps=n) for n in (11, 21, 50, 51, 100, 101, 200, 201, 500,
                                                1000, 1001)),
                 *(on_a_grid(steps=n, low=0) for n in (11, 100, 101, 1001))),
                "You tried evenly spaced levels, so t is no score that occurs. Try the "
                "distinct scores, from the highest down."),
            "quantile": Mistake(
                at_a_quantile,
                "A quantile interpolates between scores, so t is no score that occurs. "
                "Try the distinct scores, from the highest down."),
            "counts": Mistake(
                counts,
                "You returned numbers of nuclei. Rates are shares of a class: divide "
                "by the number of normal, or of cancerous, nuclei."),
            "between the scores": Mistake(
                between,
                "Your t lies between two scores. Asked is the highest t among the "
                "scores that occur."),
            "threshold only": Mistake(
                lambda y, s, sensitivity: operating_point(y, s, sensitivity)[0],
                "You returned t alone. Return three numbers: t, FPR, TPR."),
            "fixed threshold": Mistake(
                fixed_half,
                "You took t = 0.5. Scores need not be probabilities: search t among "
                "the scores."),
        },
        ["Which thresholds make a difference? Only the scores themselves.",
         "Go through np.unique(s)[::-1]; the TPR is np.mean(s[y == 1] >= t).",
         "Return t, np.mean(s[y == 0] >= t) and the TPR at the first t that suffices."],
        independent=_point_by_sklearn, also_right=(_point_by_sorting,))


# --- who owns it ---------------------------------------------------------------------------

def owned(local, origin, size, rim):
    """Return the places inside the half-open core, in slide coordinates."""
    core = np.asarray(local) - rim
    inside = np.all((core >= 0) & (core < np.asarray(size)), axis=1)
    return core[inside] + np.asarray(origin)


def _owned_by_a_loop(local, origin, size, rim):
    """Go through the places one by one."""
    places = [(row - rim + origin[0], column - rim + origin[1]) for row, column in local
              if rim <= row < rim + size[0] and rim <= column < rim + size[1]]
    return np.array(places, float).reshape(-1, 2)


def _owned():
    def kept(inside, moved=lambda core, origin, rim: core + origin, start=None):
        """Return an answer with another test, or another move."""
        def answer(local, origin, size, rim):
            local, origin, size = map(np.asarray, (local, origin, size))
            core = local - (rim if start is None else start(rim))
            return moved(core[inside(core, size, rim)], origin, rim)
        return answer

    def in_core(core, size, rim):
        return np.all((core >= 0) & (core < size), axis=1)

    def cases(rng):
        def drawn(n, size, rim):
            return rng.uniform(0, 1, (n, 2)) * (np.array(size) + 2 * rim)

        edges = np.array([[3.0, 9.5], [2.9, 5.0], [12.99, 4.0], [13.0, 8.0], [7.0, 3.0],
                          [8.5, 23.0], [5.0, 22.6], [4.4, 2.99], [12.6, 16.0],
                          [15.0, 25.0], [3.0, 3.0], [10.5, 13.2]])
        return [(np.array([[4.0, 9.0], [1.5, 6.0], [6.0, 12.0]]), (20, 40), (4, 12), 2),
                (edges, (100, 300), (10, 20), 3),
                (drawn(60, (64, 40), 8), (128, 80), (64, 40), 8),
                (drawn(50, (32, 32), 16), (0, 96), (32, 32), 16),
                (np.array([[2.0, 1.0], [7.5, 9.0], [0.5, 9.0]]), (10, 20), (10, 20),
                 5),
                (np.array([[1.0, 9.0], [15.5, 4.0], [0.5, 9.0]]), (40, 60), (10, 20),
                 5)]

    def places(value):
        """places (m, 2), where an empty list counts as (0, 2)"""
        if isinstance(value, (list, tuple)) and len(value) == 0:
            return np.zeros((0, 2))
        return value

    def flat_if_none(local, origin, size, rim):
        found = _owned_by_a_loop(local, origin, size, rim)
        return found if len(found) else np.array([])

    return Exercise(
        "owned", owned, cases,
        {
            "all places": Mistake(
                kept(lambda core, size, rim: np.ones(len(core), bool)),
                "You kept the nuclei of the rim as well. Their neighbours count them, "
                "too: keep those whose centroid lies in the core."),
            "local places": Mistake(
                (kept(in_core, lambda core, origin, rim: core + rim),
                 kept(in_core, lambda core, origin, rim: core)),
                "You returned places inside the tile. Move them into the slide: local "
                "- rim + origin."),
            "rim not subtracted": Mistake(
                kept(in_core, lambda core, origin, rim: core + rim + origin),
                "You kept the right nuclei but moved them by origin alone. The local "
                "count starts a rim before the core: local - rim + origin."),
            "rim added": Mistake(
                (kept(in_core, lambda core, origin, rim: core + 2 * rim + origin),
                 kept(in_core, start=lambda rim: -rim)),
                "You added the rim. The core starts rim pixels *inside* the local "
                "array, so the rim is subtracted."),
            "rim forgotten": Mistake(
                kept(in_core, start=lambda rim: 0),
                "You forgot the rim: local places count from the corner of the tile "
                "*with* its rim. Subtract it first."),
            "closed": Mistake(
                kept(lambda core, size, rim: np.all((core >= 0) & (core <= size), axis=1)),
                "You used <= at the far side, so a nucleus on the line is counted by "
                "two tiles. The core is half-open: core < size."),
            "open": Mistake(
                kept(lambda core, size, rim: np.all((core > 0) & (core < size), axis=1)),
                "You used > at the near side, so a nucleus on the line is counted by "
                "no tile. The core is half-open: core >= 0."),
            "other half open": Mistake(
                kept(lambda core, size, rim: np.all((core > 0) & (core <= size), axis=1)),
                "Your core is open at its first row and closed at its last. It is the "
                "other way round: 0 <= core < size."),
            "one axis": Mistake(
                (kept(lambda core, size, rim: (core[:, 0] >= 0) & (core[:, 0] < size[0])),
                 kept(lambda core, size, rim: (core[:, 1] >= 0) & (core[:, 1] < size[1]))),
                "You tested one axis only. Row *and* column must lie in the core."),
            "any": Mistake(
                kept(lambda core, size, rim: np.any((core >= 0) & (core < size), axis=1)),
                "You asked whether row *or* column lies in the core (any). Both must: "
                "np.all(..., axis=1)."),
            "size swapped": Mistake(
                kept(lambda core, size, rim: np.all((core >= 0) & (core < size[::-1]),
                                                    axis=1)),
                "You exchanged the rows and columns of size: size[0] bounds the row."),
            "origin swapped": Mistake(
                (kept(in_core, lambda core, origin, rim: core + origin[::-1]),),
                "You exchanged row and column of origin: origin[0] belongs to the "
                "row."),
            "x before y": Mistake(
                kept(in_core, lambda core, origin, rim: (core + origin)[:, ::-1]),
                "Your places are (column, row). Keep the row first."),
            "rounded": Mistake(
                (kept(lambda core, size, rim: in_core(np.rint(core), size, rim)),
                 kept(in_core, lambda core, origin, rim: np.rint(core + origin)),
                 kept(in_core, lambda core, origin, rim: np.floor(core + origin))),
                "You rounded the places. Return them as they are: a place just before "
                "the line must not jump over it."),
            "core twice": Mistake(
                (kept(lambda core, size, rim: np.all((core >= 0) & (core < size + rim),
                                                     axis=1)),
                 kept(lambda core, size, rim: np.all((core >= 0) & (core < size - rim),
                                                     axis=1)),
                 kept(lambda core, size, rim: np.all((core >= 0) & (core < size - 2 * rim),
                                                     axis=1)),
                 kept(lambda core, size, rim: np.all((core >= rim) & (core < size - rim),
                                                     axis=1))),
                "Your core has another size. After the rim is subtracted it runs from "
                "0 to size, whatever the rim."),
            "square core": Mistake(
                (kept(lambda core, size, rim: np.all((core >= 0) & (core < size[0]), axis=1)),
                 kept(lambda core, size, rim: np.all((core >= 0) & (core < size[1]),
                                                     axis=1))),
                "You took the core as a square. Compare the row with size[0] and the "
                "column with size[1]."),
            "flat where there is none": Mistake(
                flat_if_none,
                "Where no nucleus is owned, your array has shape (0,) and no columns: "
                "end with np.array(places).reshape(-1, 2)."),
            "mask": Mistake(
                (lambda local, origin, size, rim: in_core(
                    np.asarray(local) - rim, np.asarray(size), rim),),
                "You returned which nuclei are owned, as True and False. Return their "
                "places in the slide."),
        },
        ["Where does the core begin in local coordinates? At (rim, rim).",
         "core = local - rim; keep rows where 0 <= core < size on both axes.",
         "Return core[inside] + origin."],
        canonical=places, independent=_owned_by_a_loop,
        also_right=(lambda local, origin, size, rim: _owned_by_a_loop(
            local, origin, size, rim).astype(np.float32),))
