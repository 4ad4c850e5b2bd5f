"""Answers of readers to the exercises of page 12."""

import math
from fractions import Fraction

import numpy as np

from course_utils import load_exercises

overlap = load_exercises("12").box_iou.reference


def corners_in_a_loop(boxes):
    corners = []
    for x, y, w, h in boxes:
        corners.append([x, y, x + w, y + h])
    return corners


def corners_on_a_copy(boxes):
    corners = boxes.copy()
    corners[:, 2:] += corners[:, :2]
    return corners


def corners_in_place(boxes):
    boxes[:, 2:] += boxes[:, :2]
    return boxes


def iou_in_float32(a, b):
    a, b = np.float32(a), np.float32(b)
    low, high = np.maximum(a[:2], b[:2]), np.minimum(a[2:], b[2:])
    common = np.prod(np.clip(high - low, 0, None))
    union = np.prod(a[2:] - a[:2]) + np.prod(b[2:] - b[:2]) - common
    return common / union if union else 0


def iou_that_tries(a, b):
    (x0, y0, x1, y1), (u0, v0, u1, v1) = a.tolist(), b.tolist()
    common = max(min(x1, u1) - max(x0, u0), 0) * max(min(y1, v1) - max(y0, v0), 0)
    try:
        return common / ((x1 - x0) * (y1 - y0) + (u1 - u0) * (v1 - v0) - common)
    except ZeroDivisionError:
        return 0


def parts(width=lambda a, b: min(a[2], b[2]) - max(a[0], b[0]),
          height=lambda a, b: min(a[3], b[3]) - max(a[1], b[1]),
          result=lambda common, union: common / union):
    """Width, height, union, ratio; each argument makes one mistake."""
    def answer(a, b):
        common = max(width(a, b), 0) * max(height(a, b), 0)
        union = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - common
        return result(common, union) if union else 0
    return answer


def encode_by_remainder(b, S):
    x, y = (b[0] + b[2]) / 2, (b[1] + b[3]) / 2
    return [y // S, x // S, (x % S) / S - 0.5, (y % S) / S - 0.5,
            np.log(b[2] - b[0]) - np.log(S), np.log(b[3] - b[1]) - np.log(S)]


def encode_both_at_once(b, S):
    centre = (b[:2] + b[2:]) / 2 / S
    cell = np.floor(centre)
    return np.concatenate([cell[::-1], centre - cell - 0.5, np.log((b[2:] - b[:2]) / S)])


def encoded(middle=lambda p, q: (p + q) / 2, side=lambda S: S, unit=lambda S: S,
            order="ijxywh"):
    """Step by step; each argument makes one mistake."""
    def answer(b, S):
        S, per = side(S), unit(S)
        x, y = middle(b[0], b[2]), middle(b[1], b[3])
        i, j = int(y // S), int(x // S)
        known = {"i": i, "j": j, "x": x / per - j - 0.5, "y": y / per - i - 0.5,
                 "w": math.log((b[2] - b[0]) / S), "h": math.log((b[3] - b[1]) / S),
                 "1": 1}
        return np.array([known[letter] for letter in order])
    return answer


def suppress_by_popping(boxes, scores, threshold):
    order, keep = list(np.argsort(-scores)), []
    while order:
        best = order.pop(0)
        keep.append(best)
        order = [k for k in order if overlap(boxes[best], boxes[k]) <= threshold]
    return keep


def suppress_by_flags(boxes, scores, threshold):
    order, alive = np.argsort(scores)[::-1], np.ones(len(scores), bool)
    for n, best in enumerate(order):
        for k in order[n + 1:]:
            if alive[best] and overlap(boxes[best], boxes[k]) > threshold:
                alive[k] = False
    return tuple(order[alive[order]])


def suppress_by_best(boxes, scores, threshold):
    scores, keep = scores.copy(), []
    while scores.max() > 0:
        best = int(scores.argmax())
        keep.append(float(best))
        for k in range(len(scores)):
            if k == best or overlap(boxes[best], boxes[k]) > threshold:
                scores[k] = 0
    return keep


def suppress_and_spoil(boxes, scores, threshold):
    keep = []
    while scores.max() > 0:
        best = scores.argmax()
        keep.append(best)
        for k in range(len(scores)):
            if k == best or overlap(boxes[best], boxes[k]) > threshold:
                scores[k] = 0
    return keep


def removing_while_looping(boxes, scores, threshold):
    order, keep = list(np.argsort(-scores)), []
    while order:
        best = order.pop(0)
        keep.append(best)
        for k in order:
            if overlap(boxes[best], boxes[k]) > threshold:
                order.remove(k)
    return keep


def going_on_with_the_wrong_ones(boxes, scores, threshold):
    order, keep = list(np.argsort(-scores)), []
    while order:
        best = order.pop(0)
        keep.append(best)
        order = [k for k in order if overlap(boxes[best], boxes[k]) > threshold]
    return keep


def kept_if(enough):
    """Return an answer that compares a box with the kept ones in its own way."""
    def answer(boxes, scores, threshold):
        keep = []
        for k in np.argsort(-scores):
            if not keep or enough(overlap(boxes[k], boxes[m]) <= threshold for m in keep):
                keep.append(k)
        return keep
    return answer


def ap_by_hand(hit, n):
    P = np.cumsum(hit) / (np.arange(len(hit)) + 1)
    for k in range(len(P) - 2, -1, -1):
        P[k] = max(P[k], P[k + 1])
    return P[hit].sum() / n


def ap_exactly(hit, n):
    hit = [int(one) for one in hit]
    return sum((max((Fraction(sum(hit[:m]), m) for m in range(1, len(hit) + 1)
                     if sum(hit[:m]) >= k), default=Fraction(0))
                for k in range(1, n + 1)), Fraction(0)) / n


def ap_by_trapezoids(hit, n):
    P, R = np.cumsum(hit) / np.arange(1, len(hit) + 1), np.cumsum(hit) / n
    P = np.maximum.accumulate(P[::-1])[::-1]
    return np.trapezoid(np.r_[P[0], P], np.r_[0, R])


def area(fill, total=lambda steps, F, n: (steps * F).sum()):
    """Return an answer that fills the precision and sums it in some way."""
    def answer(hit, n):
        tp = np.cumsum(hit)
        P = tp / np.arange(1, len(hit) + 1)
        return total(np.diff(tp / n, prepend=0), fill(P), n)
    return answer


def filled(P):
    return np.maximum.accumulate(P[::-1])[::-1]


RIGHT = [
    ("12.from_coco", corners_in_a_loop),
    ("12.from_coco", corners_on_a_copy),
    ("12.box_iou", iou_in_float32),
    ("12.box_iou", iou_that_tries),
    ("12.encode_box", encode_by_remainder),
    ("12.encode_box", encode_both_at_once),
    ("12.encode_box", encoded()),
    ("12.suppress", suppress_by_popping),
    ("12.suppress", suppress_by_flags),
    ("12.suppress", suppress_by_best),
    ("12.ap", ap_by_hand),
    ("12.ap", ap_exactly),
    ("12.ap", ap_by_trapezoids),
    ("12.ap", lambda hit, n: np.array([np.float32(ap_by_hand(hit, n))])),
]

WRONG = [
    ("12.from_coco", corners_in_place, "changes its input"),
    ("12.from_coco", lambda boxes: corners_on_a_copy(boxes[:1]), "converted one box"),
    ("12.from_coco", lambda boxes: corners_on_a_copy(boxes).astype(int),
     "without its fractions"),
    ("12.from_coco", lambda boxes: corners_on_a_copy(boxes) + [1, 1, 0, 0],
     "counted pixels from 1"),
    ("12.box_iou", parts(height=lambda a, b: min(a[2], b[2]) - max(a[0], b[0])),
     "a copy of the width"),
    ("12.box_iou", parts(width=lambda a, b: max(a[2], b[2]) - min(a[0], b[0]),
                         height=lambda a, b: max(a[3], b[3]) - min(a[1], b[1])),
     "exchanged min and max"),
    ("12.box_iou", parts(result=lambda common, union: 1 - common / union),
     "1 - IoU, a distance"),
    ("12.box_iou", parts(result=lambda common, union: round(common / union, 2)),
     "rounded the result"),
    ("12.box_iou", parts(result=lambda common, union: common / union
                         if common / union >= 0.5 else 0), "below 0.5"),
    ("12.encode_box", encoded(order="jiyxwh"), "exchanged both pairs"),
    ("12.encode_box", encoded(order="1ijxywh"), "the 1 of a responsible cell"),
    ("12.encode_box", encoded(side=lambda S: 8, unit=lambda S: 8),
     "Use the argument S"),
    ("12.encode_box", encoded(unit=lambda S: 1), "number of cells from a number of pix"),
    ("12.encode_box", encoded(middle=lambda p, q: (p + q) // 2), "// 2 or round"),
    ("12.encode_box", lambda b, S: encoded()(b, S).astype(int), "without its fractions"),
    ("12.suppress", suppress_and_spoil, "changes its input `scores`"),
    ("12.suppress", removing_while_looping, "Build a new list"),
    ("12.suppress", going_on_with_the_wrong_ones, "wrong way round"),
    ("12.suppress", kept_if(any), "all(...)"),
    ("12.suppress", kept_if(lambda apart: list(apart)[-1]), "kept last"),
    ("12.suppress", lambda boxes, scores, threshold: scores > threshold,
     "compared the scores with the threshold"),
    ("12.suppress", lambda boxes, scores, threshold: suppress_by_popping(
        boxes, scores, 0.45), "Use the argument `threshold`"),
    ("12.ap", lambda hit, n: 100 * ap_by_hand(hit, n), "do not multiply by 100"),
    ("12.ap", area(filled, lambda steps, F, n: ((steps * F).sum(), F)), "AP alone"),
    ("12.ap", lambda hit, n: filled(np.cumsum(hit) / np.arange(1, len(hit) + 1))[
        hit].mean(), "divided by the number of hits"),
    ("12.ap", area(lambda P: np.sort(P)[::-1]), "You sorted the precision"),
    ("12.ap", area(lambda P: np.r_[np.maximum(P[:-1], P[1:]), P[-1]]), "next one only"),
    ("12.ap", area(filled, lambda steps, F, n: F.max() * steps.sum()),
     "a single rectangle"),
    ("12.ap", area(lambda P: P), "used the precision as it is"),
]
