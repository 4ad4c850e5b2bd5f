"""Exercises of page 07: segmentation."""

import numpy as np
import skimage as ski
from scipy import ndimage as ndi
from sklearn.metrics import f1_score, jaccard_score

from course_utils.exercise import Exercise, Mistake


def make_exercises():
    """Return the exercises of the page, in its order."""
    return [_dice_score(), _mean_iou(), _keep_whole(), _otsu_level(), _grow_colour()]


# --- Dice -------------------------------------------------------------------------------

def dice_score(A, B):
    """Return 2 |A and B| / (|A| + |B|) of two masks; 1 if both are empty."""
    total = A.sum() + B.sum()
    return 2 * (A & B).sum() / total if total else 1.0


def _dice_by_sklearn(A, B):
    return f1_score(A.ravel(), B.ravel(), zero_division=1.0)


def _dice_by_loops(A, B):
    common = size = 0
    for a, b in zip(A.ravel(), B.ravel(), strict=True):
        common += int(a and b)
        size += int(a) + int(b)
    return 2 * common / size if size else 1


def _dice_score():
    def score(formula):
        """Return an answer that computes ``formula`` where a mask is not empty."""
        return lambda A, B: formula(A, B) if (A | B).any() else 1.0

    def for_empty(value):
        return lambda A, B: dice_score(A, B) if (A | B).any() else value

    def cases(rng):
        def masks(shape, p, q):
            A = rng.random(shape) < p
            return A, A & (rng.random(shape) < 0.6) | (rng.random(shape) < q)

        return [(np.array([[True, True, True, False]]),
                 np.array([[False, True, True, True]]) & [True, True, False, True]),
                masks((6, 9), 0.4, 0.1), (np.zeros((3, 4), bool),) * 2,
                (np.array([[1, 1, 0, 0], [0, 1, 0, 0]], bool), np.zeros((2, 4), bool)),
                (np.zeros((4, 2), bool), np.array([[0, 1], [0, 1], [0, 0], [1, 0]], bool)),
                masks((30, 40), 0.7, 0.1),
                masks((8, 8), 0.6, 0.2), masks((5, 11), 0.2, 0.5)]

    return Exercise(
        "dice_score", dice_score, cases,
        {
            "IoU": Mistake(
                (score(lambda A, B: (A & B).sum() / (A | B).sum()),),
                "That is the IoU: you divided by the union. Dice divides twice the "
                "common pixels by |A| + |B|."),
            "twice the IoU": Mistake(
                score(lambda A, B: 2 * (A & B).sum() / (A | B).sum()),
                "You divided twice the common pixels by the union. Dice divides by the "
                "sum |A| + |B|, in which common pixels count twice."),
            "no factor 2": Mistake(
                score(lambda A, B: (A & B).sum() / (A.sum() + B.sum())),
                "The factor 2 is missing: two equal masks must score 1."),
            "divided by A": Mistake(
                (lambda A, B: (A & B).sum() / A.sum() if A.any() else 1.0,),
                "You divided the common pixels by |A|: that is the recall, which is 1 if "
                "B covers everything. Dice divides twice the common by |A| + |B|."),
            "divided by B": Mistake(
                (lambda A, B: (A & B).sum() / B.sum() if B.any() else 1.0,),
                "You divided the common pixels by |B|: that is the precision, which is 1 "
                "for one right pixel. Dice divides twice the common by |A| + |B|."),
            "pixel accuracy": Mistake(
                (lambda A, B: np.mean(A == B), score(lambda A, B: np.mean(A == B))),
                "That is the pixel accuracy: it counts common background as a success. "
                "Count pixels that are True in both."),
            "union on top": Mistake(
                score(lambda A, B: 2 * (A | B).sum() / (A.sum() + B.sum())),
                "You counted pixels that are in A *or* B. The numerator holds those in A "
                "*and* B."),
            "background": Mistake(
                (lambda A, B: dice_score(~A, ~B),
                 lambda A, B: (dice_score(~A, ~B) + dice_score(A, B)) / 2),
                "You counted the background as an object (alone, or as a second class). "
                "Dice looks at the True pixels only."),
            "empty masks": Mistake(
                (for_empty(0.0), for_empty(np.nan)),
                "Your formula is right, but two empty masks agree: return 1 there, "
                "before you divide 0 by 0."),
            "one mask empty": Mistake(
                (lambda A, B: dice_score(A, B) if A.any() and B.any() else 1.0,
                 lambda A, B: dice_score(A, B) if A.any() else 1.0,
                 lambda A, B: dice_score(A, B) if B.any() else 1.0),
                "Where only one mask is empty they share nothing, so the score is 0. "
                "Return 1 only if both are empty."),
            "whole arrays": Mistake(
                score(lambda A, B: 2 * (A & B).sum() / (A.size + B.size)),
                "You divided by the number of all pixels, A.size + B.size. |A| is the "
                "number of True pixels, A.sum()."),
            "eight bits": Mistake(
                (score(lambda A, B: 2 * (A & B).sum(dtype=np.uint8)
                       / (A.sum() + B.sum())),
                 score(lambda A, B: 2 * int((A & B).sum(dtype=np.uint8))
                       / (A.sum() + B.sum()))),
                "You counted in 8 bits, which start again at 0 after 255: larger masks "
                "come out wrong. Leave the type of the sum to NumPy."),
            "one added": Mistake(
                (lambda A, B: 2 * (A & B).sum() / (A.sum() + B.sum() + 1),
                 lambda A, B: (2 * (A & B).sum() + 1) / (A.sum() + B.sum() + 1)),
                "You added 1 to the fraction to avoid 0/0, which changes every score. Ask "
                "for two empty masks first, and return 1."),
        },
        ["How many pixels are True in both masks? `A & B` is a mask too.",
         "2 * (A & B).sum() / (A.sum() + B.sum()), unless the denominator is 0."],
        independent=_dice_by_sklearn, also_right=(_dice_by_loops,), tolerance=1e-5)


# --- mean IoU ---------------------------------------------------------------------------

def mean_iou(truth, predicted, K):
    """Return the mean IoU of classes 1 to K; classes in neither image are left out."""
    scores = []
    for k in range(1, K + 1):
        A, B = truth == k, predicted == k
        if (A | B).any():
            scores.append((A & B).sum() / (A | B).sum())
    return np.mean(scores) if scores else 1.0


def _mean_iou_by_sklearn(truth, predicted, K):
    present = [k for k in range(1, K + 1) if k in truth or k in predicted]
    if not present:
        return 1.0
    return jaccard_score(truth.ravel(), predicted.ravel(), labels=present,
                         average="macro")


def _mean_iou_by_table(truth, predicted, K):
    truth, predicted = np.minimum(truth, K + 1), np.minimum(predicted, K + 1)
    table = np.bincount((truth * (K + 2) + predicted).ravel(),
                        minlength=(K + 2) ** 2).reshape(K + 2, K + 2)
    common = np.diag(table)
    union = table.sum(0) + table.sum(1) - common
    keep = np.flatnonzero(union[1:-1]) + 1
    return (common[keep] / union[keep]).mean() if keep.size else 1.0


def _mean_iou():
    def averaged(score, first=1, keep=lambda A, B: (A | B).any(), skip=None):
        """Return an answer that averages ``score`` over classes from ``first`` on."""
        def answer(truth, predicted, K):
            scores = []
            for k in range(first, K + 1):
                A, B = truth == k, predicted == k
                if keep(A, B):
                    scores.append(score(A, B))
                elif skip is not None:
                    scores.append(skip)
            return np.mean(scores) if scores else 1.0
        return answer

    def jaccard(A, B):
        return (A & B).sum() / (A | B).sum()

    def over(classes):
        """Return an answer that averages the IoU of the classes it finds itself."""
        def answer(truth, predicted, K):
            scores = [jaccard(truth == k, predicted == k)
                      for k in classes(truth, predicted) if k]
            return np.mean(scores) if scores else 1.0
        return answer

    def summed(weight, below=lambda A, B: (A | B).sum()):
        """Return an answer that weighs the classes; a number on top and one below."""
        def answer(truth, predicted, K):
            top = bottom = 0.0
            for k in range(1, K + 1):
                A, B = truth == k, predicted == k
                if (A | B).any():
                    top += weight(A, B) * (A & B).sum() / below(A, B)
                    bottom += weight(A, B)
            return top / bottom if bottom else 1.0
        return answer

    def true_pixels_only(truth, predicted, K):
        return mean_iou(truth[truth > 0], predicted[truth > 0], K)

    def cases(rng):
        def images(shape, K, share):
            truth = rng.integers(0, K + 1, shape)
            other = rng.integers(0, K + 1, shape)
            return truth, np.where(rng.random(shape) < share, truth, other)

        gap = images((7, 10), 4, 0.7)
        gap = tuple(np.where(z == 2, 0, z) for z in gap)
        only_one = images((9, 8), 3, 0.6)
        only_one[1][only_one[1] == 3] = 1
        return [(np.array([[0, 1, 1, 2]]), np.array([[1, 1, 1, 2]]), 2),
                (*images((6, 9), 3, 0.6), 3), (*gap, 4), (*only_one, 3),
                (*only_one[::-1], 3),
                (np.array([[1, 1, 9, 2], [0, 1, 9, 2]]),
                 np.array([[1, 2, 0, 2], [0, 1, 0, 0]]), 2),
                (np.zeros((2, 3), int), np.zeros((2, 3), int), 2)]

    return Exercise(
        "mean_iou", mean_iou, cases,
        {
            "background": Mistake(
                averaged(jaccard, first=0),
                "You counted the background, 0, as a class. It is large and easy, so it "
                "makes every method look good; average over 1 to K."),
            "last class": Mistake(
                lambda truth, predicted, K: mean_iou(truth, predicted, K - 1),
                "You left out the class K: `range(1, K)` ends at K - 1."),
            "absent is 1": Mistake(
                averaged(jaccard, skip=1.0),
                "You gave 1 to classes that neither image contains. They say nothing: "
                "leave them out of the mean."),
            "absent is 0": Mistake(
                (averaged(jaccard, skip=0.0),
                 lambda t, p, K: averaged(jaccard, skip=0.0)(t, p, K) * (t | p).any()),
                "A class that neither image contains counted as 0. Leave it out of the "
                "mean; if no class is left, return 1."),
            "only where true": Mistake(
                (averaged(jaccard, keep=lambda A, B: A.any()),
                 over(lambda t, p: np.unique(t))),
                "You left out classes that the truth lacks, even if they were predicted. "
                "A false class scores 0 and must count."),
            "only where predicted": Mistake(
                (averaged(jaccard, keep=lambda A, B: B.any()),
                 over(lambda t, p: np.unique(p))),
                "You left out classes that were not predicted. A missed class scores 0 "
                "and must count."),
            "only where both": Mistake(
                (averaged(jaccard, keep=lambda A, B: A.any() and B.any()),
                 averaged(jaccard, keep=lambda A, B: (A & B).any())),
                "You kept only classes that both images contain. A missed class and a "
                "falsely predicted one score 0, and must count."),
            "all labels": Mistake(
                over(np.union1d),
                "You counted every label that occurs. The classes are 1 to K: a number "
                "above K often marks pixels without a class, and is left out."),
            "true background dropped": Mistake(
                true_pixels_only,
                "You dropped the pixels whose truth is background: false classes there "
                "would cost nothing. Keep all pixels, and leave out the class 0."),
            "weighted": Mistake(
                summed(lambda A, B: A.sum()),
                "You weighted the classes by their size, so large ones decide. Take the "
                "plain mean of the IoUs."),
            "sum below": Mistake(
                averaged(lambda A, B: (A & B).sum() / (A.sum() + B.sum())),
                "You divided by |A| + |B|, which counts common pixels twice. The IoU "
                "divides by the union, (A | B).sum()."),
            "pooled": Mistake(
                (lambda t, p, K: (((t == p) & (t > 0)).sum() / ((t > 0) | (p > 0)).sum()
                                  if (t | p).any() else 1.0),
                 summed(lambda A, B: (A | B).sum())),
                "You pooled all classes into one fraction, so large classes decide. "
                "Take the IoU of each class, then their mean."),
            "foreground": Mistake(
                (lambda t, p, K: jaccard(t > 0, p > 0) if (t | p).any() else 1.0,
                 lambda t, p, K: jaccard(t > 0, p > 0) if (t | p).any() else 0.0),
                "That is the IoU of the foreground: a pixel with the wrong class counts "
                "as right. Compare truth == k with predicted == k."),
            "Dice": Mistake(
                averaged(lambda A, B: 2 * (A & B).sum() / (A.sum() + B.sum())),
                "You averaged Dice. The IoU divides the common pixels by the union."),
            "recall": Mistake(
                averaged(lambda A, B: (A & B).sum() / A.sum() if A.any() else 0.0),
                "You divided by the pixels of the true class alone. The IoU divides by "
                "the union of both masks."),
            "accuracy": Mistake(
                lambda t, p, K: np.mean(t == p),
                "That is the pixel accuracy, background included. Average the IoU of "
                "the classes."),
            "nothing left": Mistake(
                lambda t, p, K: mean_iou(t, p, K) if (t | p).any() else np.nan,
                "If no class is left, you took the mean of nothing, NaN. Return 1."),
            "nothing left is 0": Mistake(
                lambda t, p, K: mean_iou(t, p, K) if (t | p).any() else 0.0,
                "Your mean is right. But if no class is left, there is nothing to find "
                "and nothing was found: return 1."),
        },
        ["For one k: which masks do you compare, and what is their union?",
         "Collect the IoU of each k from 1 to K whose union has pixels, then take the "
         "mean; if the list is empty, return 1."],
        independent=_mean_iou_by_sklearn, also_right=(_mean_iou_by_table,))


# --- whole instances --------------------------------------------------------------------

def keep_whole(labels):
    """Return labels without instances at the border, numbered 1, 2, ..."""
    border = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    whole = np.setdiff1d(labels, np.append(border, 0))
    number = np.zeros(labels.max() + 1, int)
    number[whole] = np.arange(1, len(whole) + 1)
    return number[labels]


def _border_removed(labels):
    """Return labels with the instances at the border set to 0, not renumbered."""
    border = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    return np.where(np.isin(labels, border), 0, labels)


def _keep_whole_by_library(labels):
    inside = _border_removed(labels)
    return np.asarray(ski.segmentation.relabel_sequential(inside)[0])


def _keep_whole_by_loops(labels):
    out, n = np.zeros(labels.shape, int), 0
    for k in range(1, labels.max() + 1):
        rows, columns = np.nonzero(labels == k)
        if len(rows) and (rows.min() > 0 and columns.min() > 0 and
                          rows.max() < labels.shape[0] - 1 and
                          columns.max() < labels.shape[1] - 1):
            n += 1
            out[labels == k] = n
    return out


def _keep_whole():
    def without(*sides):
        """Return an answer that looks at some sides only."""
        def answer(labels):
            border = np.concatenate([labels[side].ravel() for side in sides])
            inside = np.where(np.isin(labels, border), 0, labels)
            return np.asarray(ski.segmentation.relabel_sequential(inside)[0])
        return answer

    def pixels_only(labels):
        out = labels.copy()
        out[[0, -1]] = 0
        out[:, [0, -1]] = 0
        return out

    def renumbered(labels):
        return np.asarray(ski.segmentation.relabel_sequential(labels)[0])

    def relabelled(structure):
        return lambda z: ndi.label(_keep_whole_by_loops(z) > 0, structure)[0]

    def scanned(labels):
        """Number the instances in the order in which their first pixels come."""
        inside = _border_removed(labels)
        names = [k for k in dict.fromkeys(inside.ravel().tolist()) if k]
        return np.sum([(inside == k) * n for n, k in enumerate(names, 1)], 0, int
                      ) + np.zeros(labels.shape, int)

    def by_pieces(connectivity):
        """Remove only the pieces that touch the border."""
        def answer(labels):
            piece = ski.measure.label(labels, connectivity=connectivity)
            return renumbered(np.where(_border_removed(piece) > 0, labels, 0))
        return answer

    def by_boxes(labels):
        out, n = np.zeros(labels.shape, int), 0
        for region in ski.measure.regionprops(labels):
            a, b, c, d = region.bbox
            if a > 0 and b > 0 and c < labels.shape[0] - 1 and d < labels.shape[1] - 1:
                n += 1
                out[labels == region.label] = n
        return out

    def up_to_their_number(labels):
        out, n = np.zeros(labels.shape, int), 0
        inside = _border_removed(labels)
        for k in range(1, len(np.unique(labels))):
            if (inside == k).any():
                n += 1
                out[labels == k] = n
        return out

    def by_area(labels):
        whole = _keep_whole_by_loops(labels)
        areas = np.bincount(whole.ravel())[1:]
        rank = np.empty(len(areas), int)
        rank[np.argsort(-areas, kind="stable")] = np.arange(1, len(areas) + 1)
        return np.r_[0, rank][whole]

    def cases(rng):
        def field(shape, gap):
            labels = np.zeros(shape, int)
            names = 2 + gap * rng.permutation(12)
            M, N = shape
            boxes = [(0, 3, 2, 4), (M - 3, 2, 3, 3), (3, 0, 3, 2), (5, N - 2, 3, 2),
                     (3, 4, 3, 2), (3, 6, 4, 3), (7, 4, 2, 2), (2, 9, 2, 2),
                     (8, 9, 2, 2)]
            for name, (y, x, a, b) in zip(names, boxes, strict=False):
                labels[y:y + a, x:x + b] = name
            return labels

        tiny = np.array([[0, 0, 0, 0, 3], [0, 5, 2, 0, 3], [0, 0, 2, 0, 0],
                         [0, 0, 0, 0, 0]])
        pieces = np.array([[3, 0, 0, 0, 0], [0, 0, 0, 3, 0], [0, 2, 0, 0, 0],
                           [0, 0, 0, 0, 0]])
        corner = np.pad([[2]], ((1, 2), (3, 2)))
        corner[-1, 0] = 4
        return [(tiny,), (pieces,), (corner,), (field((13, 14), 1),), (field((12, 17), 3),),
                (np.pad(rng.integers(0, 2, (5, 5)), 1, constant_values=4),)]

    top, bottom, left, right = np.s_[0], np.s_[-1], np.s_[:, 0], np.s_[:, -1]
    return Exercise(
        "keep_whole", keep_whole, cases,
        {
            "not renumbered": Mistake(
                (_border_removed, lambda z: np.asarray(ski.segmentation.clear_border(z))),
                "The right instances are left, but with their old labels. Number them 1, "
                "2, ... without gaps."),
            "pixels only": Mistake(
                (pixels_only, lambda z: renumbered(pixels_only(z))),
                "You removed the pixels at the border, and the rest of those nuclei "
                "stayed. Remove every pixel of such an instance."),
            "rows only": Mistake(
                (without(top, bottom), without(top)),
                "You looked at rows only: an instance may touch the first or last "
                "column too."),
            "columns only": Mistake(
                (without(left, right), without(left)),
                "You looked at columns only: an instance may touch the first or last "
                "row too."),
            "far sides forgotten": Mistake(
                without(top, left),
                "You looked at the first row and column only; the last ones are borders "
                "as well."),
            "one side forgotten": Mistake(
                (without(top, bottom, left), without(top, bottom, right),
                 without(top, left, right), without(bottom, left, right)),
                "You looked at three of the four sides. Which one is missing?"),
            "components": Mistake(
                (relabelled(None), relabelled(np.ones((3, 3)))),
                "You labelled the components of the remaining mask, so touching nuclei "
                "became one. Keep the instances apart, and map old labels to new ones."),
            "kept the cut ones": Mistake(
                (lambda z: renumbered(np.where(_keep_whole_by_loops(z) > 0, 0, z)),
                 lambda z: np.where(_keep_whole_by_loops(z) > 0, 0, z)),
                "You kept the instances at the border and removed the whole ones."),
            "order": Mistake(
                by_area,
                "The right nuclei are left, but you numbered them by size. Number them "
                "in the order of their old labels."),
            "order of appearance": Mistake(
                (scanned, lambda z: ski.measure.label(_border_removed(z))),
                "The right nuclei are left, but you numbered them in the order in which "
                "they come in the image. Number them in the order of their old labels."),
            "corners": Mistake(
                without(np.s_[0, 1:-1], np.s_[-1, 1:-1], np.s_[1:-1, 0], np.s_[1:-1, -1]),
                "You left out the corners of the image: they belong to the first and "
                "last row, and an instance may touch only there."),
            "pieces": Mistake(
                (by_pieces(1), by_pieces(2)),
                "An instance may have two pieces, as when another nucleus lies across "
                "it. If one touches the border (clear_border looks at pieces), remove "
                "all pixels with that label."),
            "ends of the box": Mistake(
                by_boxes,
                "You were one row and column too strict at the far sides: the box of "
                "regionprops ends *after* the last pixel, so compare with M and N, not "
                "M - 1 and N - 1."),
            "gaps": Mistake(
                up_to_their_number,
                "Labels have gaps: there may be three of them and the largest is 30. Go "
                "through np.unique(labels), not through 1 to their number."),
            "a mask": Mistake(
                (lambda z: _keep_whole_by_loops(z) > 0,
                 lambda z: (_keep_whole_by_loops(z) > 0).astype(int)),
                "You returned a mask. Give each nucleus that is left its own number."),
            "from zero": Mistake(
                lambda z: np.maximum(_keep_whole_by_loops(z) - 1, 0),
                "You numbered from 0, so that the first nucleus became background. "
                "Start at 1."),
            "two pixels": Mistake(
                without(np.s_[:2], np.s_[-2:], np.s_[:, :2], np.s_[:, -2:]),
                "You removed instances that are one pixel away from the border. Only "
                "those with a pixel in the first or last row or column go."),
        },
        ["Which labels occur in `labels[0]`, `labels[-1]`, `labels[:, 0]` and "
         "`labels[:, -1]`?",
         "np.setdiff1d gives the labels that do not occur there, sorted. Leave out 0.",
         "Make an array `number` with number[old] = new and 0 elsewhere; the answer is "
         "number[labels]."],
        independent=_keep_whole_by_library, also_right=(_keep_whole_by_loops,))


# --- Otsu from counts -------------------------------------------------------------------

def otsu_level(counts):
    """Return the smallest T with the largest variance between <= T and > T."""
    p = np.asarray(counts) / np.sum(counts)
    i = np.arange(len(p))
    best, best_T = -1.0, 0
    for T in range(len(p) - 1):
        w0, w1 = p[:T + 1].sum(), p[T + 1:].sum()
        if w0 > 0 and w1 > 0:
            gap = (i * p)[:T + 1].sum() / w0 - (i * p)[T + 1:].sum() / w1
            if w0 * w1 * gap ** 2 > best + 1e-12:
                best, best_T = w0 * w1 * gap ** 2, T
    return best_T


def _otsu_by_spread(counts):
    """Minimise the sum of squares within, of the pixels themselves."""
    levels = np.repeat(np.arange(len(counts)), counts)
    spread = {}
    for T in range(levels.min(), levels.max()):
        parts = levels[levels <= T], levels[levels > T]
        spread[T] = round(sum(((part - part.mean()) ** 2).sum() for part in parts), 8)
    return min(spread, key=lambda T: (spread[T], T))


def _otsu_level():
    def maximised(score, offset=0, last=False, first=0):
        """Return an answer that maximises ``score`` of the two groups of pixels."""
        def answer(counts):
            levels = np.repeat(np.arange(len(counts)), counts)
            values = {T: round(float(score(levels[levels <= T], levels[levels > T])), 8)
                      for T in range(max(levels.min(), first),
                                     max(levels.max(), first + 1))}
            top = max(values.values())
            places = [T for T, value in values.items() if value == top]
            return places[-1 if last else 0] + offset
        return answer

    def between(a, b):
        return a.size * b.size * (a.mean() - b.mean()) ** 2

    def of_counts(score):
        """Return an answer that maximises ``score`` of the two parts of the counts."""
        def answer(counts):
            best, best_T = -np.inf, 0
            for T in range(len(counts) - 1):
                a, b = counts[:T + 1], counts[T + 1:]
                if a.any() and b.any() and score(a, b) > best + 1e-12:
                    best, best_T = score(a, b), T
            return best_T
        return answer

    def level(counts):
        return np.average(np.arange(len(counts)), weights=counts)

    def first_nan(counts):
        p = counts / counts.sum()
        omega, m = np.cumsum(p), np.cumsum(np.arange(len(p)) * p)
        return int(np.argmax((m[-1] * omega - m) ** 2 / (omega * (1 - omega))))

    def first_nan_of_means(counts):
        values, i = [], np.arange(len(counts))
        for T in range(len(counts)):
            a, b = counts[:T + 1], counts[T + 1:]
            mu0 = (i[:T + 1] * a).sum() / a.sum()
            mu1 = (i[T + 1:] * b).sum() / b.sum()
            values.append(a.sum() * b.sum() * (mu0 - mu1) ** 2)
        return int(np.argmax(values))

    def mean_level(counts):
        return np.average(np.arange(len(counts)), weights=counts)

    def cases(rng):
        def hist(*peaks):
            counts = np.zeros(40, int)
            for middle, spread, n in peaks:
                values = np.rint(rng.normal(middle, spread, n)).astype(int)
                counts += np.bincount(np.clip(values, 0, 39), minlength=40)
            return counts

        gap = np.zeros(21, int)
        gap[[1, 2, 3, 4, 11, 12, 13, 19]] = 8, 22, 16, 5, 4, 9, 3, 2
        return [(np.array([7, 1, 1, 0]),), (np.array([5, 2, 0, 0, 3, 1]),),
                (hist((9, 3, 500), (27, 5, 200)),),
                (gap,), (hist((6, 2, 900), (20, 9, 150)),),
                (hist((30, 4, 400), (12, 4, 120)),)]

    return Exercise(
        "otsu_level", otsu_level, cases,
        {
            "one too high": Mistake(
                maximised(between, offset=1),
                "Your T is one too high: perhaps you split at levels < T and >= T. Here "
                "the dark class holds the levels <= T."),
            "one too low": Mistake(
                maximised(between, offset=-1),
                "Your T is one too low. The dark class holds the levels <= T, so T is "
                "its last level."),
            "last of equals": Mistake(
                maximised(between, last=True),
                "Where levels between the classes are empty, several T are equally good; "
                "take the smallest. Compare with >, not >=."),
            "no weights": Mistake(
                (maximised(lambda a, b: abs(a.mean() - b.mean())),
                 maximised(lambda a, b: (a.mean() - b.mean()) ** 2)),
                "Your score acts as if w0 w1 were the same for all T (the sum w0 + w1 "
                "is), so a single extreme pixel can make a class. Multiply (mu0 - mu1)^2 "
                "by both shares."),
            "not squared": Mistake(
                maximised(lambda a, b: a.size * b.size * abs(a.mean() - b.mean())),
                "The distance of the two means is not squared in your score."),
            "signed": Mistake(
                maximised(lambda a, b: a.size * b.size * (a.mean() - b.mean())),
                "The difference mu0 - mu1 is negative, so you took the smallest "
                "distance. Square it."),
            "starts at 1": Mistake(
                maximised(between, first=1),
                "You never tried T = 0, where the dark class is the level 0 alone."),
            "0 / 0": Mistake(
                (first_nan, first_nan_of_means),
                "With an empty class you divided 0 by 0, which gives NaN, and argmax "
                "returns the first NaN. Leave out each T with an empty class."),
            "levels from 0 again": Mistake(
                of_counts(lambda a, b: a.sum() * b.sum() * (level(a) - level(b)) ** 2),
                "In the bright class you numbered the levels from 0 again. counts[T + 1:] "
                "begins with the level T + 1."),
            "mean of counts": Mistake(
                of_counts(lambda a, b: a.sum() * b.sum() * (a.mean() - b.mean()) ** 2),
                "You took the means of the counts. The mean of a class is that of its "
                "levels: sum of i * counts[i], divided by the sum of counts[i]."),
            "within, unweighted": Mistake(
                maximised(lambda a, b: -(a.var() + b.var())),
                "You minimised the plain sum of the two variances. Weight each by the "
                "share of its class."),
            "largest within": Mistake(
                (maximised(lambda a, b: -between(a, b)),
                 maximised(lambda a, b: a.size * a.var() + b.size * b.var())),
                "You took the worst T: the variance *between* the classes must be "
                "largest, the one *within* smallest."),
            "one weight": Mistake(
                (maximised(lambda a, b: a.size * (a.mean() - b.mean()) ** 2),),
                "Your score has the weight of the dark class only. It is the product "
                "w0 w1."),
            "mean": Mistake(
                (mean_level, lambda c: int(mean_level(c)),
                 lambda c: int(round(mean_level(c)))),
                "That is the mean level. Try all T, and take the one with the largest "
                "variance between the classes."),
            "median": Mistake(
                lambda c: int(np.median(np.repeat(np.arange(len(c)), c))),
                "That is the median level: it always puts half of the pixels on each "
                "side."),
            "middle of the range": Mistake(
                (lambda c: len(c) // 2,
                 lambda c: int(np.flatnonzero(c)[[0, -1]].mean())),
                "That is the middle of the range of levels; the counts had no say."),
            "levels as pixels": Mistake(
                (lambda c: int(ski.filters.threshold_otsu(np.asarray(c))),),
                "You treated the counts as grey levels. counts[i] says how many pixels "
                "have the level i."),
            "the variance": Mistake(
                lambda c: max((np.sum(c[:T + 1]) * np.sum(c[T + 1:]) / np.sum(c) ** 2
                               * (np.average(np.arange(T + 1), weights=c[:T + 1])
                                  - np.average(np.arange(T + 1, len(c)),
                                               weights=c[T + 1:])) ** 2)
                              for T in range(np.flatnonzero(c)[0],
                                             np.flatnonzero(c)[-1])),
                "You returned the largest variance itself. Return the T where it is "
                "reached: argmax, not max."),
        },
        ["For one T: which share of the pixels has a level <= T, and what is their mean?",
         "Try every T from 0 to L - 2, skip those with an empty class, and keep the first "
         "T with the largest w0 w1 (mu0 - mu1)^2.",
         "With counts c and levels i: w0 = c[:T+1].sum(), mu0 = (i * c)[:T+1].sum() / w0."],
        independent=_otsu_by_spread,
        also_right=(maximised(between),
                    maximised(lambda a, b: -(a.size * a.var() + b.size * b.var()))))


# --- region growing in colour -----------------------------------------------------------

def grow_colour(I, seed, t):
    """Return the region grown from seed by colours nearer than t to its mean."""
    R = np.zeros(I.shape[:2], bool)
    R[seed] = True
    while True:
        near = ndi.binary_dilation(R) & ~R
        new = near & (np.linalg.norm(I - I[R].mean(axis=0), axis=2) < t)
        if not new.any():
            return R
        R |= new


def _grow_by_sets(I, seed, t):
    M, N, _ = I.shape
    R = {tuple(int(k) for k in seed)}
    while True:
        mean = sum(I[k] for k in R) / len(R)
        near = {(y + a, x + b) for y, x in R
                for a, b in ((0, 1), (1, 0), (0, -1), (-1, 0))} - R
        new = {(y, x) for y, x in near if 0 <= y < M and 0 <= x < N
               and ((I[y, x] - mean) ** 2).sum() < t * t}
        if not new:
            break
        R |= new
    mask = np.zeros((M, N), bool)
    for k in R:
        mask[k] = True
    return mask


def _grow_colour():
    def grown(distance=lambda d: np.linalg.norm(d, axis=2), *, C=4, rounds=10**6,
              centre=lambda I, R, seed: I[R].mean(axis=0), connected=True,
              neighbours=None, near_enough=np.less, chosen=lambda new, d: new):
        """Return an answer in which one thing is done in another way."""
        around = ndi.generate_binary_structure(2, 1 if C == 4 else 2)

        def answer(I, seed, t):
            R = np.zeros(I.shape[:2], bool)
            R[seed] = True
            for _ in range(rounds):
                near = ndi.binary_dilation(R, around) if connected else ~R
                if neighbours:
                    near = neighbours(R)
                d = distance(I - centre(I, R, seed))
                new = near & ~R & near_enough(d, t)
                if not new.any():
                    break
                R = R | chosen(new, d)
            return R
        return answer

    def one_pixel(new, d):
        out = np.zeros_like(new)
        out[tuple(np.argwhere(new)[0])] = True
        return out

    def nearest_pixel(new, d):
        out = np.zeros_like(new)
        out.flat[np.where(new, d, np.inf).argmin()] = True
        return out

    def wrapped(*shifts):
        """Return neighbours found by np.roll, some of them only."""
        def neighbours(R):
            near = ndi.binary_dilation(R)
            for shift, axis in shifts:
                near = near | np.roll(R, shift, axis)
            return near
        return neighbours

    def not_last(R):
        near = ndi.binary_dilation(R)
        near[-1] = near[:, -1] = False
        return near

    def pixel_by_pixel(order, place):
        """Return an answer with a queue, or a stack, and the mean after each pixel."""
        def answer(I, seed, t):
            R, todo = np.zeros(I.shape[:2], bool), [tuple(seed)]
            R[tuple(seed)], total, n = True, I[tuple(seed)].copy(), 1
            while todo:
                y, x = todo.pop(place)
                for a, b in order:
                    k = y + a, x + b
                    inside = 0 <= k[0] < R.shape[0] and 0 <= k[1] < R.shape[1]
                    if inside and not R[k] and np.linalg.norm(I[k] - total / n) < t:
                        R[k], total, n = True, total + I[k], n + 1
                        todo.append(k)
            return R
        return answer

    def forgetful(I, seed, t):
        R = np.zeros(I.shape[:2], bool)
        R[seed] = True
        new, tried = R.copy(), R.copy()
        while new.any():
            near = ndi.binary_dilation(new) & ~tried
            tried |= near
            new = near & (np.linalg.norm(I - I[R].mean(axis=0), axis=2) < t)
            R = R | new
        return R

    def newest_only(I, seed, t):
        R = np.zeros(I.shape[:2], bool)
        R[seed] = True
        new = R.copy()
        while new.any():
            near = ndi.binary_dilation(new) & ~R
            new = near & (np.linalg.norm(I - I[R].mean(axis=0), axis=2) < t)
            R = R | new
        return R

    up, down, left, right = (-1, 0), (1, 0), (0, -1), (0, 1)
    orders = [(up, down, left, right), (down, up, right, left),
              (left, right, up, down), (right, left, down, up),
              (up, right, down, left), (right, down, left, up)]

    def by_neighbour(I, seed, t):
        R, todo = np.zeros(I.shape[:2], bool), [tuple(seed)]
        R[tuple(seed)] = True
        while todo:
            y, x = todo.pop()
            for k in ((y + 1, x), (y - 1, x), (y, x + 1), (y, x - 1)):
                inside = 0 <= k[0] < R.shape[0] and 0 <= k[1] < R.shape[1]
                if inside and not R[k] and np.linalg.norm(I[k] - I[y, x]) < t:
                    R[k] = True
                    todo.append(k)
        return R

    def last_ring(I, seed, t):
        R = ring = np.zeros(I.shape[:2], bool)
        ring[seed] = True
        while ring.any():
            mean = I[ring].mean(axis=0)
            R = R | ring
            ring = (ndi.binary_dilation(R) & ~R
                    & (np.linalg.norm(I - mean, axis=2) < t))
        return R

    def cases(rng):
        def picture(shape, slope, noise):
            M, N = shape
            y, x = np.mgrid[:M, :N] / max(shape)
            I = np.stack([0.3 + slope * x, 0.5 - slope * y, 0.4 + 0.5 * slope * (x + y)],
                         axis=2) + noise * rng.standard_normal((M, N, 3))
            I[2:M - 1, N // 2] += [0.35, -0.3, 0.2]
            I[np.arange(3) + M - 4, np.arange(3)] += [0.0, 0.4, -0.3]
            return np.clip(I, 0, 1)

        row = np.array([[[0.1, 0.2, 0.3], [0.2, 0.25, 0.3], [0.3, 0.3, 0.3],
                         [0.35, 0.35, 0.45], [0.9, 0.1, 0.1], [0.15, 0.2, 0.3]]])
        tie = np.array([[[0.0, 0, 0], [0.5, 0, 0]]])
        return [(tie, (0, 0), 0.5), (row, (0, 0), 0.22),
                (np.full((1, 120, 3), 0.4), (0, 0), 0.1),
                (picture((9, 13), 0.6, 0.05), (4, 3), 0.16),
                (picture((12, 12), 0.4, 0.07), (8, 2), 0.17),
                (picture((14, 10), 0.8, 0.04), (3, 7), 0.2),
                (np.round(rng.random((7, 9, 3)), 2), (3, 4), 0.6)]

    return Exercise(
        "grow_colour", grow_colour, cases,
        {
            "seed's colour": Mistake(
                grown(centre=lambda I, R, seed: I[seed]),
                "You compared with the colour of the seed. Compare with the mean colour "
                "of the region so far, which changes as it grows."),
            "neighbour's colour": Mistake(
                by_neighbour,
                "You compared each pixel with the neighbour that it was reached from: "
                "that walks along any slow ramp. Compare with the mean of the region."),
            "8 neighbours": Mistake(
                grown(C=8),
                "You took corner neighbours too. Here only the 4 at the sides count: the "
                "default of ndi.binary_dilation."),
            "not connected": Mistake(
                (grown(connected=False),
                 lambda I, seed, t: np.linalg.norm(I - I[seed], axis=2) < t),
                "Pixels joined that do not touch the region. Only neighbours of the "
                "region may join in a round."),
            "one round": Mistake(
                (grown(rounds=1), grown(rounds=2)),
                "You stopped after one or two rounds. Repeat until no pixel is added."),
            "a number of rounds": Mistake(
                tuple(grown(rounds=n) for n in (3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40,
                                                50, 60, 80, 99, 100, 101)),
                "You stopped after a fixed number of rounds, too early for a long region. "
                "Repeat until no pixel is added."),
            "not below": Mistake(
                grown(near_enough=np.less_equal),
                "A pixel exactly at the distance t joined. It has to be *nearer* than t: "
                "compare with <."),
            "mean after each pixel": Mistake(
                tuple(pixel_by_pixel(order, place) for order in orders
                      for place in (0, -1)),
                "You changed the mean after each pixel, so the answer depends on the order "
                "of the neighbours. Compare all candidates of a round with the mean at "
                "its start, and add the accepted ones together."),
            "one pixel a round": Mistake(
                (grown(chosen=one_pixel), grown(chosen=nearest_pixel)),
                "You added one pixel in each round. Add all neighbours that are near "
                "enough, and only then compute the new mean."),
            "forgotten": Mistake(
                (forgetful, newest_only),
                "You tried each neighbour once, when its side of the region was new. A "
                "rejected pixel may join later, when the mean has come to it: try all "
                "neighbours of the region in each round."),
            "around the border": Mistake(
                (grown(neighbours=wrapped((1, 0), (-1, 0), (1, 1), (-1, 1))),
                 grown(neighbours=wrapped((-1, 0), (-1, 1)))),
                "Your region leaves the image on one side and comes in on the other, as "
                "with np.roll or the index -1. Pixels outside are no neighbours."),
            "last row and column": Mistake(
                grown(neighbours=not_last),
                "Your region never enters the last row and column. Valid indices end at "
                "M - 1 and N - 1, these included."),
            "seed exchanged": Mistake(
                lambda I, seed, t: grow_colour(I, seed[::-1], t),
                "You read the seed as (column, row). It is (row, column): start at "
                "R[seed]."),
            "sum of differences": Mistake(
                grown(lambda d: np.abs(d).sum(axis=2)),
                "You added the absolute differences of the channels. The Euclidean "
                "distance is the root of the sum of their squares."),
            "largest difference": Mistake(
                (grown(lambda d: np.abs(d).max(axis=2)),),
                "You asked each channel on its own, as with the largest difference. The "
                "Euclidean distance is the root of the sum of the squares."),
            "no root": Mistake(
                grown(lambda d: (d ** 2).sum(axis=2)),
                "You compared the sum of the squares with t: take the root, or compare "
                "with t squared."),
            "root of the mean": Mistake(
                grown(lambda d: np.sqrt((d ** 2).mean(axis=2))),
                "You took the root of the *mean* of the squares. The Euclidean distance "
                "is the root of their sum."),
            "grey": Mistake(
                (grown(lambda d: np.abs(d.mean(axis=2))),
                 grown(lambda d: np.abs(d.sum(axis=2)))),
                "You made grey levels of the colours first, so that two different colours "
                "of the same brightness look equal."),
            "mean of all channels": Mistake(
                grown(centre=lambda I, R, seed: I[R].mean()),
                "Your mean is one number. The mean colour has three: I[R].mean(axis=0)."),
            "mean of the last ring": Mistake(
                last_ring,
                "You compared with the mean of the pixels added last. The mean is taken "
                "over the whole region."),
            "mean of the image": Mistake(
                grown(centre=lambda I, R, seed: I.mean(axis=(0, 1))),
                "You compared with the mean colour of the whole image, not with that of "
                "the region."),
            "median": Mistake(
                grown(centre=lambda I, R, seed: np.median(I[R], axis=0)),
                "You compared with the median colour of the region; here it is the mean."),
        },
        ["Which pixels are neighbours of R? `ndi.binary_dilation(R) & ~R`.",
         "The mean colour is I[R].mean(axis=0), three numbers; the distance of all pixels "
         "to it is np.linalg.norm(I - mean, axis=2).",
         "Loop: find the neighbours that are near enough; if there are none, return R, "
         "else R |= new."],
        independent=_grow_by_sets, also_right=(grown(),))
