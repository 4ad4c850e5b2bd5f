"""Scores of segmentations: IoU and Dice of masks, F1 and counts of instances (page 07)."""

from typing import NamedTuple

import numpy as np


class Matches(NamedTuple):
    """Outcome of matching predicted instances with true ones.

    tp, fp, fn : int, matched, predicted without a partner, true without a partner
    pairs : tuple of (true label, predicted label, IoU)
    """

    tp: int
    fp: int
    fn: int
    pairs: tuple = ()

    @property
    def f1(self):
        """2 tp / (2 tp + fp + fn); 1 where there is nothing to find and nothing found."""
        total = 2 * self.tp + self.fp + self.fn
        return 2 * self.tp / total if total else 1.0


def iou(truth, predicted):
    """Return |A and B| / |A or B| of two masks; 1 if both are empty.

    Parameters
    ----------
    truth, predicted : array_like of bool, same shape
    """
    truth, predicted = _masks(truth, predicted)
    union = np.count_nonzero(truth | predicted)
    return np.count_nonzero(truth & predicted) / union if union else 1.0


def dice(truth, predicted):
    """Return 2 |A and B| / (|A| + |B|) of two masks; 1 if both are empty.

    Parameters
    ----------
    truth, predicted : array_like of bool, same shape
    """
    truth, predicted = _masks(truth, predicted)
    total = np.count_nonzero(truth) + np.count_nonzero(predicted)
    return 2 * np.count_nonzero(truth & predicted) / total if total else 1.0


def match_instances(truth, predicted, threshold=0.5):
    """Match instances whose IoU is above ``threshold``.

    Parameters
    ----------
    truth, predicted : ndarray of int, shape (M, N)
        0 background, any other value one instance; values need not be consecutive.
    threshold : float
        At least 0.5: then no instance can have two partners.

    Returns
    -------
    Matches
        Counts and the matched pairs; its ``f1`` is the F1 score.

    Raises
    ------
    ValueError
        Different shapes, labels that are not whole numbers >= 0, a lower threshold.
    """
    if not 0.5 <= threshold < 1:
        raise ValueError(f"threshold {threshold} is not in [0.5, 1): below 0.5 a nucleus "
                         "could match two others")
    truth, predicted = _labels(truth, "truth"), _labels(predicted, "prediction")
    if truth.shape != predicted.shape:
        raise ValueError(f"truth {truth.shape} and prediction {predicted.shape} differ "
                         "in shape: compare them on the same pixels")
    names, rows, areas = np.unique(truth, return_inverse=True, return_counts=True)
    others, columns, sizes = np.unique(predicted, return_inverse=True,
                                       return_counts=True)
    common = np.bincount(rows.ravel() * len(others) + columns.ravel(),
                         minlength=len(names) * len(others))
    common = common.reshape(len(names), len(others))
    overlap = common / (areas[:, None] + sizes - common)
    overlap[names == 0], overlap[:, others == 0] = 0, 0
    pairs = tuple((int(names[i]), int(others[j]), float(overlap[i, j]))
                  for i, j in np.argwhere(overlap > threshold))
    return Matches(len(pairs), int((others > 0).sum()) - len(pairs),
                   int((names > 0).sum()) - len(pairs), pairs)


def instance_f1(truths, predictions, threshold=0.5):
    """Return the F1 score of instances, pooled over images.

    Parameters
    ----------
    truths, predictions : sequence of ndarray of int, or one of each
        As for `match_instances`.
    threshold : float
        IoU above which two instances match.
    """
    found = [match_instances(t, p, threshold) for t, p in _pairs(truths, predictions)]
    return Matches(*(sum(counts) for counts in zip(*(m[:3] for m in found),
                                                   strict=True))).f1


def counting_error(truths, predictions):
    """Return the sum over images of |found - true| divided by the true number.

    Parameters
    ----------
    truths, predictions : sequence of ndarray of int, or one of each
        0 background, any other value one instance.
    """
    counts = [[np.count_nonzero(np.unique(_labels(labels, "image"))) for labels in pair]
              for pair in _pairs(truths, predictions)]
    true, found = np.array(counts).T
    if not true.sum():
        raise ValueError("the truth holds no instance: a relative error needs at least "
                         "one")
    return float(np.abs(found - true).sum() / true.sum())


def _masks(truth, predicted):
    """Return two masks of one shape as bool, or say what is wrong."""
    truth, predicted = np.asarray(truth), np.asarray(predicted)
    if truth.shape != predicted.shape:
        raise ValueError(f"the masks have shapes {truth.shape} and {predicted.shape}: "
                         "compare them on the same pixels")
    for mask in (truth, predicted):
        if mask.dtype != bool and not np.isin(mask, (0, 1)).all():
            raise ValueError("a mask holds only False and True: threshold it, or write "
                             "`labels > 0`")
    return truth.astype(bool), predicted.astype(bool)


def _labels(labels, name):
    """Return a label image as int, or say what is wrong with it."""
    labels = np.asarray(labels)
    if labels.ndim < 2 or labels.dtype.kind not in "bui":
        raise ValueError(f"the {name} is no label image: expected whole numbers (M, N), "
                         f"not shape {labels.shape} of {labels.dtype}")
    if labels.size and labels.min() < 0:
        raise ValueError(f"the {name} has negative labels: 0 is background, instances "
                         "are 1, 2, …")
    return labels.astype(np.int64)


def _pairs(truths, predictions):
    """Return (truth, prediction) of each image, for one image or several."""
    if isinstance(truths, np.ndarray) and truths.ndim == 2:
        truths, predictions = [truths], [predictions]
    if len(truths) != len(predictions) or not len(truths):
        raise ValueError(f"{len(truths)} truths but {len(predictions)} predictions: "
                         "give one of each for every image, and at least one")
    return list(zip(truths, predictions, strict=True))
