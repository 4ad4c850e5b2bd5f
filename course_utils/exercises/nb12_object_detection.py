"""Exercises of page 12: object detection."""

import math
from fractions import Fraction

import numpy as np

from course_utils.exercise import Exercise, Mistake


def make_exercises():
    """Return the exercises of the page, in its order."""
    return [_from_coco(), _box_iou(), _encode_box(), _suppress(), _ap()]


# --- from COCO to corners --------------------------------------------------------------

def from_coco(boxes):
    """Return x0, y0, w, h (n, 4) as corners x0, y0, x1, y1."""
    boxes = np.asarray(boxes)
    return np.hstack([boxes[:, :2], boxes[:, :2] + boxes[:, 2:]])


def _corners_by_loop(boxes):
    return np.array([[x, y, x + w, y + h] for x, y, w, h in boxes])


def _from_coco():
    def columns(change):
        """Return an answer that stacks the four numbers change(x, y, w, h)."""
        return lambda boxes: np.stack(change(*boxes.T), axis=1)

    def cases(rng):
        def boxes(n):
            return np.hstack([rng.uniform(5, 60, (n, 2)), rng.uniform(3, 30, (n, 2))])
        return [(np.array([[10, 20, 16, 25]]),), (boxes(3),), (boxes(4),),
                (boxes(7).round(),)]

    return Exercise(
        "from_coco", from_coco, cases,
        {
            "unchanged": Mistake(
                (lambda boxes: boxes, lambda boxes: boxes.copy()),
                "You returned the boxes as they came. Their last two numbers are width "
                "and height: add them to the corner."),
            "last pixel included": Mistake(
                columns(lambda x, y, w, h: (x, y, x + w - 1, y + h - 1)),
                "You subtracted 1: that is the last pixel that belongs to the box. The "
                "corners of this page are half-open: x1 = x0 + w."),
            "one too many": Mistake(
                columns(lambda x, y, w, h: (x, y, x + w + 1, y + h + 1)),
                "You added 1. From x0 on, w columns end before x0 + w, and this is x1."),
            "counted from one": Mistake(
                (columns(lambda x, y, w, h: (x + 1, y + 1, x + w, y + h)),
                 columns(lambda x, y, w, h: (x + 1, y + 1, x + w + 1, y + h + 1))),
                "You counted pixels from 1, as Pascal VOC does. COCO and this page both "
                "count from 0: x0 and y0 stay as they are."),
            "corner taken as centre": Mistake(
                columns(lambda x, y, w, h: (x - w / 2, y - h / 2, x + w / 2, y + h / 2)),
                "You took x0, y0 as the centre of the box. In COCO they are its upper "
                "left corner: it stays, and the other one is x0 + w, y0 + h."),
            "half the size": Mistake(
                columns(lambda x, y, w, h: (x, y, x + w / 2, y + h / 2)),
                "You added half of the size. From corner to corner it is the whole."),
            "rows first": Mistake(
                columns(lambda x, y, w, h: (y, x, y + h, x + w)),
                "You wrote rows first, as scikit-image does. This page wants x before "
                "y: x0, y0, x1, y1."),
            "sides exchanged": Mistake(
                columns(lambda x, y, w, h: (x, y, x + h, y + w)),
                "You exchanged width and height: the third number is the width, along x."),
            "corners to sizes": Mistake(
                columns(lambda x, y, w, h: (x, y, w - x, h - y)),
                "You went the other way: subtracting turns corners into sizes. Here the "
                "sizes are given; add them."),
            "order of sides": Mistake(
                columns(lambda x, y, w, h: (x, x + w, y, y + h)),
                "The numbers are right, in another order: both x first. Wanted are the "
                "two corners, x0, y0, x1, y1."),
            "one axis": Mistake(
                (columns(lambda x, y, w, h: (x, y, x + w, h)),
                 columns(lambda x, y, w, h: (x, y, w, y + h))),
                "You converted one of the two sizes only. Both w and h become corners."),
            "four rows": Mistake(
                lambda boxes: np.stack([boxes[:, 0], boxes[:, 1], boxes[:, 0] + boxes[:, 2],
                                        boxes[:, 1] + boxes[:, 3]]),
                "Your array is (4, n): one row for each coordinate. Wanted is one row for "
                "each box: stack along axis 1, or transpose."),
            "first box only": Mistake(
                (lambda boxes: from_coco(boxes)[0], lambda boxes: from_coco(boxes)[:1]),
                "You converted one box. The function gets n of them, an array (n, 4): "
                "index columns, boxes[:, 0], and not boxes[0]."),
        },
        ["A box starts at column 10 and is 16 wide. Which is the first column after it?",
         "x1 = x0 + w and y1 = y0 + h, for all boxes at once: boxes[:, 0] + boxes[:, 2].",
         "np.hstack([boxes[:, :2], ...]) joins two arrays (n, 2) to one (n, 4)."],
        independent=_corners_by_loop,
        also_right=(columns(lambda x, y, w, h: (x, y, x + w, y + h)),
                    lambda boxes: np.float32(boxes @ np.array(
                        [[1, 0, 1, 0], [0, 1, 0, 1], [0, 0, 1, 0], [0, 0, 0, 1]]))))


# --- IoU of two boxes ------------------------------------------------------------------

def box_iou(a, b):
    """Return common area over area of the union; 0 if both have no area."""
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    common = max(width, 0) * max(height, 0)
    union = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - common
    return common / union if union > 0 else 0.0


def _iou_by_cells(a, b):
    """Cut the plane at all sides of both boxes, and add up the pieces."""
    xs, ys = (np.unique([a[k], a[k + 2], b[k], b[k + 2]]) for k in (0, 1))
    common = union = 0.0
    for x0, x1 in zip(xs[:-1], xs[1:], strict=True):
        for y0, y1 in zip(ys[:-1], ys[1:], strict=True):
            x, y = (x0 + x1) / 2, (y0 + y1) / 2
            inside = [q[0] < x < q[2] and q[1] < y < q[3] for q in (a, b)]
            common += all(inside) * (x1 - x0) * (y1 - y0)
            union += any(inside) * (x1 - x0) * (y1 - y0)
    return common / union if union else 0.0


def _ratio(*, one=0, clip=lambda w, h: max(w, 0) * max(h, 0),
           under=lambda A, B, common, hull: A + B - common,
           over=lambda common: common, shift=0, safe=True):
    """Return an answer to box_iou in which one thing is done in another way."""
    def answer(a, b):
        common = clip(min(a[2], b[2]) - max(a[0], b[0]) + one,
                      min(a[3], b[3]) - max(a[1], b[1]) + one)
        A, B = ((q[2] - q[0] + one) * (q[3] - q[1] + one) for q in (a, b))
        hull = ((max(a[2], b[2]) - min(a[0], b[0]) + one)
                * (max(a[3], b[3]) - min(a[1], b[1]) + one))
        bottom = under(A, B, common, hull)
        if safe and bottom == 0:
            return 0.0
        return shift + over(common) / bottom
    return answer


def _both(**change):
    """Return the answer with and without the guard against an empty union."""
    return _ratio(**change), _ratio(**change, safe=False)


def _hull_as_common(is_empty):
    def answer(a, b):
        common = ((max(a[2], b[2]) - min(a[0], b[0]))
                  * (max(a[3], b[3]) - min(a[1], b[1])))
        union = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - common
        return 0.0 if is_empty(union) else common / union
    return answer


def _box_iou():
    def cases(rng):
        pairs = [((0, 0, 4, 4), (2, 1, 6, 4)), ((1, 2, 8, 5), (3, 0, 5, 9)),
                 ((0, 0, 3, 5), (6, 7, 10, 9)), ((2, 1, 7, 4), (9, 2, 12, 6)),
                 ((1, 1, 9, 8), (2, 3, 5, 7)), ((0, 2, 4, 5), (4, 2, 7, 5)),
                 ((1, 5, 6, 7), (2, 9, 5, 13)), ((1, 2, 6, 4), (1, 2, 6, 4)),
                 ((3, 3, 3, 3), (5, 1, 5, 1)),
                 ((0.2, 1.5, 0.9, 2.1), (0.4, 1.2, 1.1, 1.9))]
        return [(np.array(a, float), np.array(b, float)) for a, b in pairs]

    return Exercise(
        "box_iou", box_iou, cases,
        {
            "plus one": Mistake(
                _both(one=1),
                "You added 1 to the sides. That is right for pixels counted with the "
                "last one included; the boxes of this page are half-open: w = x1 - x0."),
            "not clipped": Mistake(
                _both(clip=lambda w, h: w * h),
                "Where the boxes lie apart, width or height of the common part is "
                "negative, and you multiplied with it. Replace each by 0 first: "
                "max(width, 0)."),
            "product clipped": Mistake(
                _both(clip=lambda w, h: max(w * h, 0)),
                "You clipped the product. If the boxes are apart in x *and* in y, both "
                "factors are negative, and their product is positive: clip each factor."),
            "absolute": Mistake(
                _both(clip=lambda w, h: abs(w) * abs(h)),
                "You took absolute values. A negative width means that nothing is common: "
                "it becomes 0."),
            "common part counted twice": Mistake(
                _both(under=lambda A, B, common, hull: A + B),
                "You divided by the sum of both areas, in which the common part counts "
                "twice. Subtract it once."),
            "Dice": Mistake(
                _both(under=lambda A, B, common, hull: A + B,
                      over=lambda common: 2 * common),
                "That is the Dice score, twice the common area over the sum. IoU divides "
                "the common area by the area of the union."),
            "over the smaller": Mistake(
                _both(under=lambda A, B, common, hull: min(A, B)),
                "You divided by the smaller area: a box inside another one would score "
                "1. Divide by the union."),
            "over the larger": Mistake(
                _both(under=lambda A, B, common, hull: max(A, B)),
                "You divided by the larger of both areas. The union is A + B - common."),
            "over the first": Mistake(
                _both(under=lambda A, B, common, hull: A),
                "You divided by the area of a. IoU treats both boxes alike: divide by "
                "the area of their union."),
            "over the second": Mistake(
                _both(under=lambda A, B, common, hull: B),
                "You divided by the area of b. IoU treats both boxes alike: divide by "
                "the area of their union."),
            "over the hull": Mistake(
                _both(under=lambda A, B, common, hull: hull),
                "You divided by the box around both. The union is smaller than that "
                "box: A + B - common."),
            "not divided": Mistake(
                _ratio(under=lambda A, B, common, hull: 1),
                "You returned the common area. Divide it by the area of the union."),
            "sizes read as corners": Mistake(
                (lambda a, b: box_iou(from_coco([a])[0], from_coco([b])[0]),),
                "You read the last two numbers as width and height. Here they are the "
                "other corner, x1 and y1."),
            "mirrored": Mistake(
                _both(under=lambda A, B, common, hull: A + B - 2 * common),
                "You subtracted the common part twice. In A + B it counts twice, and in "
                "the union once: subtract it once."),
            "0 / 0": Mistake(
                (_ratio(safe=False),
                 lambda a, b: _ratio(safe=False)(a.tolist(), b.tolist())),
                "Your formula is right, but two boxes without area have an empty union: "
                "0 / 0. Return 0 then."),
            "union at least 1": Mistake(
                (lambda a, b: _ratio(under=lambda A, B, common, hull: max(
                    A + B - common, 1))(a, b),),
                "You replaced every union below 1 by 1. Sides may be fractions: treat only "
                "a union of exactly 0 on its own."),
            "1 - IoU": Mistake(
                (lambda a, b: 1 - box_iou(a, b),
                 _ratio(over=lambda common: -common, shift=1),
                 lambda a, b: 1 - _ratio(safe=False)(a, b)),
                "You returned 1 - IoU, a distance. IoU itself is wanted: 1 for equal "
                "boxes, 0 for boxes apart."),
            "width used twice": Mistake(
                _both(clip=lambda w, h: max(w, 0) ** 2),
                "Your common height is a copy of the width. Take the indices 1 and 3 for "
                "it: min(a[3], b[3]) - max(a[1], b[1])."),
            "min and max exchanged": Mistake(
                (_hull_as_common(lambda union: False),
                 _hull_as_common(lambda union: union == 0),
                 _hull_as_common(lambda union: union <= 0)),
                "You exchanged min and max: that is the box around both. The common part "
                "begins at the *larger* left side and ends at the *smaller* right one."),
            "rounded": Mistake(
                (lambda a, b: round(box_iou(a, b), 1),
                 lambda a, b: round(box_iou(a, b), 2),
                 lambda a, b: round(box_iou(a, b), 3)),
                "You rounded the result. Return it as it is."),
            "cut off below one half": Mistake(
                (lambda a, b: box_iou(a, b) if box_iou(a, b) >= 0.5 else 0.0,),
                "You return 0 where the IoU is below 0.5. Return the IoU itself, however "
                "small; whether it is enough is decided elsewhere."),
            "empty taken as equal": Mistake(
                lambda a, b: box_iou(a, b) if (a[2] - a[0]) or (b[2] - b[0]) else 1.0,
                "For two boxes without area you returned 1. The task asks for 0: they "
                "share nothing that could be found."),
        },
        ["The common part starts at the larger of both left sides. Where does it end?",
         "width = max(0, min(a[2], b[2]) - max(a[0], b[0])); the height likewise.",
         "The union is area(a) + area(b) - common; test for 0 before you divide."],
        independent=_iou_by_cells,
        also_right=(lambda a, b: np.float32(box_iou(a.tolist(), b.tolist())),
                    lambda a, b: np.array([box_iou(b, a)])))


# --- one box, one cell -----------------------------------------------------------------

def encode_box(b, S):
    """Return cell (i, j), offsets and log sizes of a box on a grid of stride S."""
    x, y = (b[0] + b[2]) / 2 / S, (b[1] + b[3]) / 2 / S
    i, j = int(y), int(x)
    return np.array([i, j, x - j - 0.5, y - i - 0.5,
                     np.log((b[2] - b[0]) / S), np.log((b[3] - b[1]) / S)])


def _encode_by_search(b, S):
    """Try all cells, and take the one whose square holds the middle."""
    x, y = b[0] + (b[2] - b[0]) / 2, b[1] + (b[3] - b[1]) / 2
    for i in range(100):
        for j in range(100):
            if i * S <= y < (i + 1) * S and j * S <= x < (j + 1) * S:
                return np.array([i, j, (x - (j * S + S / 2)) / S,
                                 (y - (i * S + S / 2)) / S,
                                 math.log(b[2] - b[0]) - math.log(S),
                                 math.log(b[3] - b[1]) - math.log(S)])


def _encoded(*, cell=math.floor, offset=lambda u, k, S: u - k - 0.5,
             size=lambda w, S: math.log(w / S), point=lambda p, q: (p + q) / 2,
             after=lambda i, j, dx, dy, w, h: (i, j, dx, dy, w, h)):
    """Return an answer to encode_box in which one thing is done in another way."""
    def answer(b, S):
        x, y = point(b[0], b[2]) / S, point(b[1], b[3]) / S
        i, j = cell(y), cell(x)
        return np.array(after(i, j, offset(x, j, S), offset(y, i, S),
                              size(b[2] - b[0], S), size(b[3] - b[1], S)), float)
    return answer


def _in_pixels(b, S):
    """Forget to divide the middle by S where the cell is subtracted."""
    right = encode_box(b, S)
    middle = (b[:2] + b[2:]) / 2
    return np.r_[right[:2], middle - right[1::-1] - 0.5, right[4:]]


def _encode_box():
    def cases(rng):
        return [(np.array([5.0, 2, 21, 12]), 8), (np.array([30.0, 41, 47, 70]), 8),
                (np.array([3.0, 50, 9, 55.5]), 16), (np.array([60.5, 11, 90, 20]), 16),
                (np.array([17.0, 33, 24.5, 52]), 4)]

    return Exercise(
        "encode_box", encode_box, cases,
        {
            "i and j exchanged": Mistake(
                _encoded(after=lambda i, j, dx, dy, w, h: (j, i, dx, dy, w, h)),
                "You exchanged i and j. i is the row of the cell, from y; j the column, "
                "from x."),
            "offsets exchanged": Mistake(
                _encoded(after=lambda i, j, dx, dy, w, h: (i, j, dy, dx, w, h)),
                "You exchanged the offsets: dx comes first, along the columns."),
            "sizes exchanged": Mistake(
                _encoded(after=lambda i, j, dx, dy, w, h: (i, j, dx, dy, h, w)),
                "You exchanged the sizes: log_w comes before log_h."),
            "all exchanged": Mistake(
                _encoded(after=lambda i, j, dx, dy, w, h: (j, i, dy, dx, h, w)),
                "You exchanged x and y throughout: boxes are x0, y0, x1, y1, and rows "
                "come from y."),
            "from the corner of the cell": Mistake(
                _encoded(offset=lambda u, k, S: u - k),
                "You measured from the upper left corner of the cell: your offsets run "
                "from 0 to 1. Measure from its middle: subtract 0.5 more."),
            "in pixels": Mistake(
                _encoded(offset=lambda u, k, S: (u - k - 0.5) * S),
                "Your offsets are in pixels. Divide them by S: a network learns numbers "
                "near 0 easily."),
            "middle half a pixel off": Mistake(
                _encoded(offset=lambda u, k, S: u - k - 0.5 / S),
                "You subtracted half a pixel. The middle of a cell is half a *cell* from "
                "its corner: 0.5 once you have divided by S."),
            "other direction": Mistake(
                _encoded(offset=lambda u, k, S: k + 0.5 - u),
                "Your offsets have the other sign. They lead from the middle of the cell "
                "to that of the box: positive if the box is right of it, or below."),
            "size not divided": Mistake(
                _encoded(size=lambda w, S: math.log(w)),
                "You took the logarithm of the size in pixels. Divide by S first: a box "
                "as wide as a cell gets 0."),
            "no logarithm": Mistake(
                _encoded(size=lambda w, S: w / S),
                "You returned w / S and h / S. Take their natural logarithm."),
            "base 2": Mistake(
                _encoded(size=lambda w, S: math.log2(w / S)),
                "You took the logarithm of base 2. Wanted is the natural one, np.log: "
                "decoding uses np.exp."),
            "base 10": Mistake(
                _encoded(size=lambda w, S: math.log10(w / S)),
                "You took the logarithm of base 10. Wanted is the natural one, np.log: "
                "decoding uses np.exp."),
            "sign of the logarithm": Mistake(
                _encoded(size=lambda w, S: math.log(S / w)),
                "You divided S by the size. It is the size in cells, w / S."),
            "log(1 + size)": Mistake(
                _encoded(size=lambda w, S: math.log1p(w / S)),
                "You took log(1 + w / S). Sizes are never 0: use np.log(w / S)."),
            "half sizes": Mistake(
                _encoded(size=lambda w, S: math.log(w / 2 / S)),
                "You used half of the width and height. The whole ones are wanted."),
            "rounded": Mistake(
                _encoded(cell=round),
                "You rounded to the nearest cell corner. The cell that *holds* the "
                "middle begins at or before it: round down, with // or int()."),
            "rounded up": Mistake(
                _encoded(cell=math.ceil),
                "You rounded up: that is the cell after the one that holds the middle, "
                "or cells counted from 1. Round down."),
            "corner": Mistake(
                _encoded(point=lambda p, q: p),
                "You used the upper left corner of the box. The cell that holds its "
                "*middle* is responsible: (x0 + x1) / 2."),
            "last two read as sizes": Mistake(
                lambda b, S: encode_box(from_coco([b])[0], S),
                "You read the last two numbers as width and height. They are the other "
                "corner: w = x1 - x0."),
            "right side as width": Mistake(
                lambda b, S: np.r_[encode_box(b, S)[:4], np.log(b[2:] / S)],
                "You took x1 and y1 as width and height. The sizes are x1 - x0 and "
                "y1 - y0."),
            "cell not whole": Mistake(
                (lambda b, S: np.r_[(b[1] + b[3]) / 2 / S, (b[0] + b[2]) / 2 / S,
                                    encode_box(b, S)[2:]],),
                "Your i and j have fractions. A cell is counted in whole numbers: round "
                "down, with // or int()."),
            "rows and columns exchanged": Mistake(
                _encoded(after=lambda i, j, dx, dy, w, h: (j, i, dy, dx, w, h)),
                "You exchanged both pairs. The row comes before the column, i before j, "
                "but dx, along the columns, comes before dy."),
            "middle in pixels": Mistake(
                (_in_pixels,),
                "You subtracted a number of cells from a number of pixels. Divide the "
                "middle of the box by S before you subtract j or i: x / S - j - 0.5."),
            "S fixed": Mistake(
                (lambda b, S: encode_box(b, 8),),
                "You used 8 as the side of a cell. Use the argument S."),
            "middle rounded": Mistake(
                (_encoded(point=lambda p, q: (p + q) // 2),
                 _encoded(point=lambda p, q: round((p + q) / 2))),
                "You rounded the middle of the box to a whole pixel, with // 2 or round. "
                "It may lie between pixels: divide by 2."),
            "leading 1": Mistake(
                (lambda b, S: np.r_[1, encode_box(b, S)],
                 lambda b, S: np.r_[1, encode_box(b, S)[2:]],
                 lambda b, S: np.r_[encode_box(b, S)[:2], 1, encode_box(b, S)[2:]]),
                "You put the 1 of a responsible cell into your numbers, as the targets "
                "of the page do. Wanted are six: i, j, dx, dy, log_w, log_h."),
            "half the size as middle": Mistake(
                _encoded(point=lambda p, q: (q - p) / 2),
                "Your middle is half of the size: add x0 to it, or take (x0 + x1) / 2."),
        },
        ["Where is the middle of the box, in cells? (Divide pixels by S.)",
         "x = (x0 + x1) / 2 / S; the column of its cell is int(x), and the middle of "
         "that cell lies at int(x) + 0.5.",
         "dx = x - j - 0.5, dy = y - i - 0.5, log_w = np.log((x1 - x0) / S)."],
        independent=_encode_by_search,
        also_right=(lambda b, S: [*map(float, encode_box(b.tolist(), S))],
                    lambda b, S: encode_box(b, S)[:, None].ravel().astype(np.float32)))


# --- non-maximum suppression -----------------------------------------------------------

def suppress(boxes, scores, threshold):
    """Return the places of the boxes that stay, best score first."""
    keep = []
    for k in np.argsort(scores)[::-1]:
        if all(box_iou(boxes[k], boxes[other]) <= threshold for other in keep):
            keep.append(int(k))
    return np.array(keep, int)


def _suppress_by_matrix(boxes, scores, threshold):
    """Delete rows of a table of overlaps until none is left."""
    low = np.maximum(boxes[:, None, :2], boxes[:, :2])
    high = np.minimum(boxes[:, None, 2:], boxes[:, 2:])
    common = np.clip(high - low, 0, None).prod(axis=2)
    area = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
    overlap = common / (area[:, None] + area - common)
    alive, keep = np.ones(len(boxes), bool), []
    while alive.any():
        best = np.argmax(np.where(alive, scores, -np.inf))
        keep.append(best)
        alive &= overlap[best] <= threshold
        alive[best] = False
    return np.array(keep)


def _overlaps(boxes):
    return np.array([[box_iou(p, q) for q in boxes] for p in boxes])


def _deleted_delete(boxes, scores, threshold):
    """Delete what overlaps any better box, whether that one stays or not."""
    order, overlap = np.argsort(-scores), _overlaps(boxes)
    return np.array([k for n, k in enumerate(order)
                     if all(overlap[k, m] <= threshold for m in order[:n])])


def _next_only(boxes, scores, threshold):
    order, overlap = np.argsort(-scores), _overlaps(boxes)
    return np.array([k for n, k in enumerate(order)
                     if n == 0 or overlap[k, order[n - 1]] <= threshold])


def _best_only(boxes, scores, threshold):
    order, overlap = np.argsort(-scores), _overlaps(boxes)
    return np.array([k for n, k in enumerate(order)
                     if n == 0 or overlap[k, order[0]] <= threshold])


def _strict(boxes, scores, threshold):
    return suppress(boxes, scores, threshold - 1e-9)


def _inverted(boxes, scores, threshold):
    keep, overlap = [], _overlaps(boxes)
    for k in np.argsort(-scores):
        if all(overlap[k, other] >= threshold for other in keep):
            keep.append(k)
    return np.array(keep)


def _rest_inverted(boxes, scores, threshold):
    """Go on with the boxes that should have been deleted."""
    order, keep = np.argsort(-scores), []
    while len(order):
        best, order = order[0], order[1:]
        keep.append(best)
        order = [k for k in order if box_iou(boxes[best], boxes[k]) > threshold]
    return np.array(keep)


def _removed_in_the_loop(boxes, scores, threshold):
    """Remove from the list that the loop runs through: it skips the next one."""
    order, keep = np.argsort(-scores).tolist(), []
    while order:
        best = order.pop(0)
        keep.append(best)
        for k in order:
            if box_iou(boxes[best], boxes[k]) > threshold:
                order.remove(k)
    return np.array(keep)


def _popped_in_the_loop(boxes, scores, threshold):
    keep = np.argsort(-scores).tolist()
    for m in range(len(keep)):
        for n in range(m + 1, len(keep)):
            if n < len(keep) and box_iou(boxes[keep[m]], boxes[keep[n]]) > threshold:
                keep.pop(n)
    return np.array(keep)


def _kept_if(enough):
    """Return an answer that keeps a box if enough(overlaps with the kept ones)."""
    def answer(boxes, scores, threshold):
        keep = []
        for k in np.argsort(-scores):
            low = [box_iou(boxes[k], boxes[other]) <= threshold for other in keep]
            if not keep or enough(low):
                keep.append(k)
        return np.array(keep)
    return answer


def _unsorted(boxes, scores, threshold):
    """Go through the boxes as they stand."""
    return suppress(boxes, -np.arange(len(boxes)), threshold)


def _places_in_order(boxes, scores, threshold):
    rank = np.argsort(np.argsort(-scores))
    return rank[suppress(boxes, scores, threshold)]


def _suppress():
    def cases(rng):
        def case(n, threshold, spread):
            corner = rng.uniform(0, spread, (n, 2))
            return (np.hstack([corner, corner + rng.uniform(6, 14, (n, 2))]),
                    rng.permutation(np.linspace(0.1, 0.95, n)), threshold)

        row = np.array([[0.0, 0, 10, 10], [3, 0, 13, 9], [6, 0, 16, 10]])
        half = np.array([[0.0, 0, 4, 2], [0, 0, 2, 2], [9, 9, 12, 11], [9, 9, 12, 10]])
        return [(row, np.array([0.8, 0.7, 0.9]), 0.45),
                (half, np.array([0.6, 0.7, 0.3, 0.9]), 0.5),
                (row[[1, 0, 2]], np.array([0.8, 0.9, 0.7]), 0.45),
                case(8, 0.3, 18), case(12, 0.5, 12), case(15, 0.2, 22)]

    return Exercise(
        "suppress", suppress, cases,
        {
            "lowest score kept": Mistake(
                (lambda boxes, scores, threshold: suppress(boxes, -scores, threshold),
                 lambda boxes, scores, threshold: suppress(boxes, -scores,
                                                           threshold)[::-1]),
                "You begin with the *lowest* score: np.argsort sorts upwards. Reverse "
                "it, [::-1], or sort -scores."),
            "compared with itself": Mistake(
                (lambda boxes, scores, threshold: np.array([
                    k for k in np.argsort(-scores)
                    if all(box_iou(boxes[k], other) <= threshold for other in boxes)],
                    int),),
                "You compared each box with all boxes, itself included: its IoU with "
                "itself is 1, so nothing stays. Compare it with the kept ones."),
            "stopped after one": Mistake(
                (lambda boxes, scores, threshold: np.argsort(-scores)[:1],),
                "You returned the best box alone. Go on with the best of those that it "
                "did not delete: is there a `return` inside your loop?"),
            "not sorted": Mistake(
                (_unsorted,),
                "You went through the boxes as they stand. Begin with the best score, "
                "and go down."),
            "deleted boxes delete": Mistake(
                (_deleted_delete,),
                "A box that has been deleted deletes others in your function. Compare "
                "each box with those that were *kept*."),
            "neighbour only": Mistake(
                (_next_only,),
                "You compared each box with the one before it in the list. Compare it "
                "with all that were kept so far."),
            "best only": Mistake(
                (_best_only,),
                "You compared all boxes with the single best one. After it, go on with "
                "the best of the rest, and so on."),
            "at the threshold": Mistake(
                (_strict,),
                "You deleted a box whose IoU equals the threshold. It goes only if the "
                "IoU is *above* it: keep on <=."),
            "removed while looping": Mistake(
                (_removed_in_the_loop, _popped_in_the_loop),
                "You remove from the list that your loop runs through, so the loop skips "
                "the box after each removed one. Build a new list of those that stay."),
            "any in place of all": Mistake(
                (_kept_if(any),),
                "You keep a box as soon as it is apart from *one* of the kept boxes "
                "(any). It must be apart from all of them: all(...)."),
            "last kept only": Mistake(
                (_kept_if(lambda low: low[-1]),),
                "You compared each box with the one that was kept last. Compare it with "
                "all that were kept so far."),
            "threshold fixed": Mistake(
                (lambda boxes, scores, threshold: suppress(boxes, scores, 0.45),
                 lambda boxes, scores, threshold: suppress(boxes, scores, 0.5)),
                "You used a threshold of your own. Use the argument `threshold`."),
            "scores cut": Mistake(
                (lambda boxes, scores, threshold: scores > threshold,
                 lambda boxes, scores, threshold: np.flatnonzero(scores > threshold),
                 lambda boxes, scores, threshold: np.array(
                     [k for k in np.argsort(-scores) if scores[k] > threshold])),
                "You compared the scores with the threshold. It is a threshold for the "
                "IoU of two boxes; no score is too low here."),
            "kept what overlaps": Mistake(
                (_inverted, _rest_inverted),
                "Your comparison is the wrong way round: you kept the boxes that overlap "
                "a kept one, and deleted the others."),
            "order of the input": Mistake(
                (lambda boxes, scores, threshold: np.sort(suppress(boxes, scores,
                                                                   threshold)),),
                "The right boxes stay, but their places are in the order of the input. "
                "Wanted is best score first: do not sort at the end."),
            "worst first": Mistake(
                (lambda boxes, scores, threshold: suppress(boxes, scores,
                                                           threshold)[::-1],),
                "The right boxes stay, in reverse order. Wanted is best score first."),
            "places in the sorted list": Mistake(
                (_places_in_order,),
                "Your numbers count places in the *sorted* list. Wanted are places in "
                "`boxes`: order[k] in place of k."),
            "boxes returned": Mistake(
                (lambda boxes, scores, threshold: boxes[suppress(boxes, scores,
                                                                 threshold)],),
                "You returned the boxes themselves. Wanted are their places, so that "
                "scores and classes can be picked with them, too."),
            "scores returned": Mistake(
                (lambda boxes, scores, threshold: scores[suppress(boxes, scores,
                                                                  threshold)],),
                "You returned scores. Wanted are the places of the boxes that stay."),
            "mask returned": Mistake(
                (lambda boxes, scores, threshold: np.isin(
                    np.arange(len(boxes)), suppress(boxes, scores, threshold)),),
                "You returned True or False for each box. Wanted are the places, ints, "
                "of those that stay, best score first."),
            "the deleted ones": Mistake(
                (lambda boxes, scores, threshold: np.array(
                    [k for k in np.argsort(-scores)
                     if k not in suppress(boxes, scores, threshold)], int),),
                "You returned the boxes that go. Wanted are those that stay."),
            "nothing deleted": Mistake(
                (lambda boxes, scores, threshold: np.argsort(-scores),),
                "You sorted the boxes, but none was deleted. Those that overlap a kept "
                "one by more than the threshold go."),
        },
        ["Which box is kept for certain? Which boxes does it send away?",
         "Go through the places with np.argsort(-scores), and keep a list of those that "
         "stay.",
         "Keep k if the IoU of boxes[k] with each kept box is <= threshold: "
         "all(... for other in keep)."],
        independent=_suppress_by_matrix,
        also_right=(lambda boxes, scores, threshold: [
            int(k) for k in _suppress_by_matrix(boxes, scores, threshold)],))


# --- average precision -----------------------------------------------------------------

def ap(hit, n):
    """Return the area below precision against recall, dips filled."""
    hit = np.asarray(hit, float)
    true = np.cumsum(hit)
    P = true / np.arange(1, len(hit) + 1)
    filled = np.maximum.accumulate(P[::-1])[::-1]
    return np.sum(hit * filled) / n


def _ap_by_fractions(hit, n):
    hit = [bool(one) for one in hit]
    ends = range(1, len(hit) + 1)
    total = Fraction(0)
    for k in range(1, n + 1):
        total += max((Fraction(sum(hit[:m]), m) for m in ends if sum(hit[:m]) >= k),
                     default=Fraction(0))
    return float(total / n)


def _curve(hit, n):
    """Return precision and recall after each detection."""
    true = np.cumsum(np.asarray(hit, float))
    return true / np.arange(1, len(true) + 1), true / n


def _from_curve(change):
    """Return an answer computed from P, R and n."""
    return lambda hit, n: change(*_curve(hit, n), n)


def _fill(P):
    return np.maximum.accumulate(P[::-1])[::-1]


def _grid_points(points):
    def answer(hit, n):
        P, R = _curve(hit, n)
        return np.mean([P[R >= r - 1e-12].max(initial=0)
                        for r in np.linspace(0, 1, points)])
    return answer


def _exact_ap(hit, n):
    """Return AP as a Fraction, as the page's own check computes it."""
    return sum((max((Fraction(sum(map(int, hit[:m])), m) for m in
                     range(k + 1, len(hit) + 1)), default=Fraction(0))
                for k in range(len(hit)) if hit[k]), Fraction(0)) / n


def _ap():
    def cases(rng):
        hits = [[1, 0, 1, 1, 0], [0, 1, 0, 1, 1, 0, 0, 1], [0, 0, 1, 0, 1, 1, 0],
                [1, 1, 0, 0, 1, 0, 1, 0, 0, 0, 1, 1], [0, 0, 0, 0, 0, 0],
                [1, 1, 1, 1, 1, 1]]
        return [(np.array(hit, bool), n)
                for hit, n in zip(hits, (4, 6, 3, 9, 5, 6), strict=True)]

    def step(R):
        return np.diff(R, prepend=0)

    return Exercise(
        "ap", ap, cases,
        {
            "dips not filled": Mistake(
                (_from_curve(lambda P, R, n: np.sum(step(R) * P)),),
                "You used the precision as it is. AP replaces each one by the largest "
                "that comes at it or *later* in the list."),
            "filled from the left": Mistake(
                (_from_curve(lambda P, R, n: np.sum(step(R) * np.maximum.accumulate(P))),),
                "You filled from the left: np.maximum.accumulate takes the largest so "
                "far. Wanted is the largest from here on: reverse before and after."),
            "filled without turning back": Mistake(
                (_from_curve(lambda P, R, n: np.sum(
                    step(R) * np.maximum.accumulate(P[::-1]))),),
                "You reversed the precision, accumulated, and did not turn it back: "
                "[::-1] once more."),
            "over the hits": Mistake(
                (lambda hit, n: ap(hit, max(np.sum(hit), 1)),
                 lambda hit, n: ap(hit, np.sum(hit))),
                "You divided by the number of hits. True boxes that were never found "
                "count, too: divide by n."),
            "over the detections": Mistake(
                (lambda hit, n: ap(hit, len(hit)),),
                "You divided by the number of detections. Recall counts the n true "
                "boxes."),
            "trapezoids": Mistake(
                (_from_curve(lambda P, R, n: np.trapezoid(P, R)),
                 _from_curve(lambda P, R, n: np.trapezoid(np.r_[1, P], np.r_[0, R]))),
                "You used trapezoids on the precision as it is. Fill its dips from the "
                "right first; then each rise of recall counts with the filled precision "
                "at its end."),
            "first step missing": Mistake(
                (_from_curve(lambda P, R, n: np.sum(np.diff(R) * _fill(P)[1:])),
                 _from_curve(lambda P, R, n: np.trapezoid(_fill(P), R))),
                "The first detection is missing from your area. Recall starts from "
                "0, before it: np.diff(R, prepend=0) has as many numbers as R."),
            "mean of all precisions": Mistake(
                (_from_curve(lambda P, R, n: P.mean()),
                 _from_curve(lambda P, R, n: _fill(P).mean())),
                "You took the mean over all detections. Only hits raise recall: sum the "
                "filled precision over the hits, and divide by n."),
            "mean over the hits, not filled": Mistake(
                (lambda hit, n: _curve(hit, n)[0][np.asarray(hit, bool)].sum()
                 / max(np.sum(hit), 1),
                 lambda hit, n: _curve(hit, n)[0][np.asarray(hit, bool)].sum()
                 / np.sum(hit)),
                "You took the mean of the precisions at the hits. Two things are missing: "
                "fill the dips from the right, and divide by n, not by the hits."),
            "sum of all precisions": Mistake(
                (_from_curve(lambda P, R, n: _fill(P).sum() / n),
                 _from_curve(lambda P, R, n: P.sum() / n)),
                "You summed over all detections. False ones do not raise recall: they "
                "add nothing."),
            "eleven points": Mistake(
                (_grid_points(11), _grid_points(101)),
                "You averaged over fixed recalls, 0, 0.1, ... as Pascal VOC 2007 or COCO "
                "do. Here AP is the exact area: a step at every hit."),
            "last precision": Mistake(
                (_from_curve(lambda P, R, n: P[-1]),),
                "You returned the precision of the whole list. AP is the area below the "
                "whole curve."),
            "last recall": Mistake(
                (_from_curve(lambda P, R, n: R[-1]),),
                "You returned the recall of the whole list. Weigh each step of recall "
                "with the filled precision there."),
            "not divided": Mistake(
                (lambda hit, n: ap(hit, 1),),
                "You summed precision over the hits and did not divide. Each hit raises "
                "recall by 1 / n."),
            "percent": Mistake(
                (lambda hit, n: 100 * ap(hit, n),),
                "You returned percent. AP is a number from 0 to 1: do not multiply by "
                "100."),
            "curve returned, too": Mistake(
                (lambda hit, n: (ap(hit, n), *_curve(hit, n)),
                 lambda hit, n: (ap(hit, n), _curve(hit, n)[0]),
                 lambda hit, n: (ap(hit, n), _fill(_curve(hit, n)[0])),
                 lambda hit, n: (ap(hit, n), _fill(_curve(hit, n)[0]), _curve(hit, n)[1]),
                 lambda hit, n: (ap(hit, n), 0)),
                "You returned several values, as `average_precision` of the page does. "
                "AP alone is wanted, one number."),
            "one rectangle": Mistake(
                (_from_curve(lambda P, R, n: P.max() * R[-1]),
                 _from_curve(lambda P, R, n: P[-1] * R[-1])),
                "You multiplied one precision by the last recall: a single rectangle. "
                "Each step of recall has a filled precision of its own: sum the steps."),
            "precision sorted": Mistake(
                (_from_curve(lambda P, R, n: np.sum(step(R) * np.sort(P)[::-1])),),
                "You sorted the precision. It falls then, too, but its values move to "
                "other places of the list. Fill from the right: each becomes the largest "
                "from there on."),
            "filled from the next only": Mistake(
                (_from_curve(lambda P, R, n: np.sum(
                    step(R) * np.maximum(P, np.r_[P[1:], 0]))),),
                "You compared each precision with the next one only. Wanted is the "
                "largest of all that come later."),
            "worst first": Mistake(
                (lambda hit, n: ap(hit[::-1], n),),
                "You reversed the hits. They come best score first: count from the "
                "front."),
            "counted from zero": Mistake(
                (lambda hit, n: np.sum(np.asarray(hit, float) * _fill(
                    np.cumsum(hit) / np.maximum(np.arange(len(hit)), 1))) / n,),
                "Your precision divides by k counted from 0. After the first detection "
                "there is 1: use np.arange(1, len(hit) + 1)."),
        },
        ["After k detections: how many hits are there (np.cumsum), and what are P and R?",
         "Fill the dips from the right: np.maximum.accumulate(P[::-1])[::-1].",
         "Each hit raises recall by 1 / n: sum the filled precision at the hits, and "
         "divide by n."],
        canonical=lambda value: float(value) if isinstance(value, Fraction) else value,
        independent=_ap_by_fractions,
        also_right=(_from_curve(lambda P, R, n: np.sum(step(R) * _fill(P))),
                    _exact_ap,
                    lambda hit, n: sum(max(_curve(hit, n)[0][k:]) for k in
                                       range(len(hit)) if hit[k]) / n))
