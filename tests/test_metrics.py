"""Scores of segmentations against hand-worked cases and other libraries."""

import numpy as np
import pytest
import skimage as ski
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy
from sklearn.metrics import f1_score, jaccard_score

from course_utils import counting_error, dice, instance_f1, iou, match_instances

TRUTH = np.array([[1, 1, 0, 2, 2],
                  [1, 1, 0, 2, 2],
                  [0, 0, 0, 0, 0],
                  [3, 3, 0, 0, 4]])
FOUND = np.array([[7, 7, 0, 5, 5],
                  [7, 0, 0, 5, 9],
                  [0, 0, 0, 0, 0],
                  [8, 0, 0, 0, 0]])

masks = st_numpy.arrays(bool, (6, 7))
labels = st_numpy.arrays(np.int32, (6, 7), elements=st.integers(0, 4))


def test_the_hand_worked_case():
    """1 and 7: 3/4. 2 and 5: 3/4. 3 and 8: 1/2, not above 0.5. 4: nothing there."""
    matches = match_instances(TRUTH, FOUND)
    assert matches[:3] == (2, 2, 2)
    assert matches.pairs == ((1, 7, 0.75), (2, 5, 0.75))
    assert matches.f1 == 0.5
    assert instance_f1(TRUTH, FOUND) == 0.5
    assert match_instances(TRUTH, FOUND, 0.8).tp == 0
    assert counting_error(TRUTH, FOUND) == 0
    assert counting_error([TRUTH, TRUTH], [FOUND, 0 * FOUND]) == 0.5


@settings(max_examples=60, deadline=None)
@given(a=masks, b=masks)
def test_masks_as_in_scikit_learn(a, b):
    if (a | b).any():
        assert np.isclose(iou(a, b), jaccard_score(a.ravel(), b.ravel()))
        assert np.isclose(dice(a, b), f1_score(a.ravel(), b.ravel()))
    assert iou(a, b) == iou(b, a)
    assert np.isclose(dice(a, b), 2 * iou(a, b) / (1 + iou(a, b)))


@settings(max_examples=60, deadline=None)
@given(a=labels, b=labels)
def test_instances_as_by_comparing_every_pair(a, b):
    pairs = sum(iou(a == i, b == j) > 0.5
                for i in set(a.flat) - {0} for j in set(b.flat) - {0})
    matches = match_instances(a, b)
    assert matches.tp == pairs
    assert matches.tp + matches.fp == len(set(b.flat) - {0})
    assert matches.tp + matches.fn == len(set(a.flat) - {0})


@settings(max_examples=30, deadline=None)
@given(a=labels)
def test_numbers_and_order_of_labels_do_not_matter(a):
    renamed = np.array([0, 40, 7, 1, 23])[a]
    assert match_instances(a, renamed).f1 == 1
    assert match_instances(renamed, a).fn == 0


def test_empty_images():
    empty = np.zeros((4, 4), int)
    assert iou(empty > 0, empty > 0) == dice(empty > 0, empty > 0) == 1
    assert match_instances(empty, empty).f1 == 1
    assert match_instances(TRUTH, 0 * TRUTH)[:3] == (0, 0, 4)
    with pytest.raises(ValueError, match="holds no instance"):
        counting_error(empty, empty)


def test_pooling_counts_nuclei_and_not_images():
    one = ski.measure.label(np.pad(np.ones((2, 2), int), 1))
    assert np.isclose(instance_f1([TRUTH, one], [0 * TRUTH, one]), 2 / 6)


@pytest.mark.parametrize(("call", "words"), [
    (lambda: match_instances(TRUTH, FOUND[:2]), "differ in shape"),
    (lambda: match_instances(TRUTH / 2, FOUND), "truth is no label image"),
    (lambda: match_instances(TRUTH, -FOUND), "negative labels"),
    (lambda: match_instances(TRUTH, FOUND, 0.3), "not in \\[0.5, 1\\)"),
    (lambda: dice(TRUTH, TRUTH), "a mask holds only False and True"),
    (lambda: iou(TRUTH > 0, FOUND[:2] > 0), "compare them on the same pixels"),
    (lambda: instance_f1([TRUTH], []), "1 truths but 0 predictions"),
])
def test_bad_input_gets_a_sentence(call, words):
    with pytest.raises(ValueError, match=words):
        call()
