"""Answers of readers to the exercises of page 08."""

import math

import numpy as np
import skimage as ski
from sklearn.metrics import roc_curve

from course_utils import load_exercises

EX = load_exercises("08")
PERIMETER = ski.measure.perimeter_crofton


def roundness_by_zero_division(mask):
    try:
        return 4 * math.pi * int(np.count_nonzero(mask)) / float(PERIMETER(mask)) ** 2
    except ZeroDivisionError:
        return 0


def roundness_by_regionprops(mask):
    if not mask.any():
        return 0.0
    p = ski.measure.regionprops(mask.astype(int))[0]
    return 4 * np.pi * p.area / p.perimeter_crofton ** 2


def roundness_filled(mask):
    if not mask.any():
        return 0.0
    p = ski.measure.regionprops(mask.astype(int))[0]
    return 4 * np.pi * p.area_filled / p.perimeter_crofton ** 2


def roundness_of_the_largest(mask):
    if not mask.any():
        return 0
    p = max(ski.measure.regionprops(ski.measure.label(mask)), key=lambda p: p.area)
    return 4 * np.pi * p.area / p.perimeter_crofton ** 2


def extrema_by_keys(mask):
    pixels = [(i, j) for i in range(mask.shape[0]) for j in range(mask.shape[1])
              if mask[i, j]]
    keys = [lambda p: (p[0], p[1]), lambda p: (p[0], -p[1]), lambda p: (-p[1], p[0]),
            lambda p: (-p[1], -p[0]), lambda p: (-p[0], -p[1]), lambda p: (-p[0], p[1]),
            lambda p: (p[1], -p[0]), lambda p: (p[1], p[0])]
    return [min(pixels, key=key) for key in keys]


def pose_by_covariance(f):
    r, c = np.indices(f.shape)
    m = np.cov(r.ravel(), c.ravel(), aweights=f.ravel())
    return np.array([np.average(r, weights=f), np.average(c, weights=f),
                     np.arctan2(2 * m[0, 1], m[0, 0] - m[1, 1]) / 2])


def pose_by_moments(f):
    m = ski.measure.moments(f, 2)
    a, b = m[1, 0] / m[0, 0], m[0, 1] / m[0, 0]
    u = ski.measure.moments_central(f, (a, b), order=2)
    return a, b, 0.5 * math.atan2(2 * u[1, 1], u[2, 0] - u[0, 2])


def pose_with(change):
    return lambda f: change(*EX.weighted_pose.reference(f))


def pose_with_flat_moments(f):
    a, b, _ = EX.weighted_pose.reference(f)
    r, c = np.indices(f.shape)
    return a, b, 0.5 * np.arctan2(2 * ((r - a) * (c - b)).mean(),
                                  ((r - a) ** 2).mean() - ((c - b) ** 2).mean())


def folds_in_a_list(patient, k):
    fold = {one: j % k for j, one in enumerate(sorted(set(patient.tolist())))}
    return [fold[one] for one in patient.tolist()]


def folds_by_first_sight(patient, k):
    fold = {}
    for one in patient:
        fold.setdefault(one, len(fold) % k)
    return np.array([fold[one] for one in patient])


def point_at(y, s, t):
    return t, (s[y == 0] >= t).mean(), (s[y == 1] >= t).mean()


def point_by_counting(y, s, want):
    positive = sum(y)
    for t in sorted(set(map(float, s)), reverse=True):
        tp = sum(1 for a, b in zip(y, s) if a == 1 and b >= t)
        fp = sum(1 for a, b in zip(y, s) if a == 0 and b >= t)
        if tp / positive >= want:
            return [t, fp / (len(y) - positive), tp / positive]


def point_by_curve(**options):
    def answer(y, s, want):
        fpr, tpr, t = roc_curve(y, s, **options)
        k = np.flatnonzero(tpr >= want)[0]
        return t[k], fpr[k], tpr[k]
    return answer


def point_on_a_grid(y, s, want):
    for t in np.linspace(s.max(), s.min(), 101):
        if (s[y == 1] >= t).mean() >= want:
            return point_at(y, s, t)


def point_nearest(y, s, want):
    return point_at(y, s, min(np.unique(s), key=lambda t: abs(
        (s[y == 1] >= t).mean() - want)))


def point_by_accuracy(y, s, want):
    for t in np.unique(s)[::-1]:
        if ((s >= t) == y).mean() >= want:
            return point_at(y, s, t)
    return t, 1.0, 1.0


def point_as_shares(y, s, want):
    t = EX.operating_point.reference(y, s, want)[0]
    return t, ((s >= t) & (y == 0)).mean(), ((s >= t) & (y == 1)).mean()


def owned_in_a_list(local, origin, size, rim):
    return [(r - rim + origin[0], c - rim + origin[1]) for r, c in local
            if rim <= r < rim + size[0] and rim <= c < rim + size[1]]


def owned_inside(low, high):
    """Owned are the places with low <= local - rim < high(size, rim)."""
    def answer(local, origin, size, rim):
        core = local - rim
        keep = np.all((core >= low) & (core < high(np.array(size), rim)), axis=1)
        return core[keep] + np.array(origin)
    return answer


RIGHT = [
    ("08.circularity", roundness_by_zero_division),
    ("08.circularity", roundness_by_regionprops),
    ("08.circularity", lambda mask: np.float32(EX.circularity.reference(mask))),
    ("08.extrema", extrema_by_keys),
    ("08.extrema", lambda mask: np.array(extrema_by_keys(mask)).astype(np.uint8)),
    ("08.weighted_pose", pose_by_covariance),
    ("08.weighted_pose", pose_by_moments),
    ("08.group_folds", folds_in_a_list),
    ("08.group_folds", lambda patient, k: (np.unique(patient)[:, None] < patient).sum(0) % k),
    ("08.operating_point", point_by_counting),
    ("08.operating_point", point_by_curve(drop_intermediate=False)),
    ("08.owned", owned_in_a_list),
    ("08.owned", lambda *case: np.array(owned_in_a_list(*case)).reshape(-1, 2)),
    ("08.owned", owned_inside(0, lambda size, rim: size)),
]

WRONG = [
    ("08.circularity", roundness_filled, "filled the holes"),
    ("08.circularity", roundness_of_the_largest, "one piece of mask only"),
    ("08.circularity", lambda mask: round(EX.circularity.reference(mask), 2), "rounded C"),
    ("08.extrema", lambda mask: EX.extrema.reference(mask)[::-1], "counter-clockwise"),
    ("08.weighted_pose", pose_with(lambda a, b, turn: (a, b, np.pi / 2 - turn)),
     "from the column axis"),
    ("08.weighted_pose", pose_with(lambda a, b, turn: (b, a, turn)), "exchanged"),
    ("08.weighted_pose", pose_with_flat_moments, "your moments are not"),
    ("08.group_folds", folds_by_first_sight, "order in which they appear"),
    ("08.group_folds", lambda patient, k: np.argsort(np.argsort(
        patient, kind="stable")) % k, "ranked the rows"),
    ("08.operating_point", point_by_curve(), "drop_intermediate"),
    ("08.operating_point", point_on_a_grid, "evenly spaced"),
    ("08.operating_point", point_nearest, "nearest to the wanted"),
    ("08.operating_point", point_by_accuracy, "accuracy"),
    ("08.operating_point", point_as_shares, "number of all nuclei"),
    ("08.owned", owned_inside(0, lambda size, rim: size[0]), "as a square"),
    ("08.owned", owned_inside(0, lambda size, rim: size - 2 * rim), "another size"),
    ("08.owned", lambda *case: np.array(owned_in_a_list(*case)), "(0,)"),
]
