"""The judge of generated digits: its network, its distance, its sentences."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import linalg, ndimage

from course_utils import judge, make_digits
from course_utils.judge import (frechet_distance, judge_digits, judge_features, moments,
                                nearest_neighbours)


@pytest.fixture(scope="module")
def digits():
    return make_digits(1000, np.random.default_rng(150))


@pytest.fixture(scope="module")
def verdict(digits):
    return judge_digits(*digits)


def test_real_digits_are_the_floor(verdict):
    assert 0.5 < verdict.frechet < 4
    assert verdict.coverage.shape == (10,)
    assert np.isclose(verdict.coverage.sum(), 1)
    assert verdict.coverage.min() > 0.06
    assert verdict.confidence > 0.98
    assert verdict.agreement > 0.98
    assert "agreement 0.99" in str(verdict)


@pytest.mark.parametrize(("spoil", "least"), [
    (lambda x, u: x[np.isin(u, [1, 7])].repeat(6, axis=0)[:1000], 200),
    (lambda x, u: ndimage.gaussian_filter(x, (0, 1.5, 1.5)), 100),
    (lambda x, u: np.roll(x, 2, axis=1), 20),
    (lambda x, u: 1 - x, 300),
    (lambda x, u: 0 * x, 500)])
def test_spoilt_digits_are_further_away(digits, spoil, least):
    assert judge_digits(spoil(*digits)).frechet > least


def test_coverage_counts_classes(digits):
    x, u = digits
    coverage = judge_digits(x[u != 4]).coverage
    assert coverage[4] < 0.01
    assert np.delete(coverage, 4).min() > 0.07


def test_without_labels_there_is_no_agreement(digits):
    x, u = digits
    assert judge_digits(x[..., None]).agreement is None
    assert judge_digits(x, (u + 1) % 10).agreement < 0.02


def test_the_set_itself_as_reference(digits):
    x, _ = digits
    assert judge_digits(x, reference=x).frechet < 1e-6


def test_the_order_of_images_does_not_matter(digits, verdict):
    x, u = (array[::-1] for array in digits)
    again = judge_digits(x, u)
    assert np.isclose(again.frechet, verdict.frechet, rtol=1e-4)
    assert again.agreement == verdict.agreement


def test_the_network_is_that_of_scipy(digits):
    """Layer by layer in SciPy, for a few images."""
    features, probabilities = judge_features(digits[0])
    w1, b1, w2, b2, w3, b3, w4, b4 = judge._network()[:8]
    for k in range(3):
        x = digits[0][k][..., None]
        for w, b in ((w1, b1), (w2, b2)):
            maps = [sum(ndimage.correlate(x[..., c], w[..., c, j])[2:-2, 2:-2]
                        for c in range(x.shape[-1])) + b[j] for j in range(len(b))]
            x = np.stack([ndimage.maximum_filter(np.maximum(m, 0), 2)[1::2, 1::2]
                          for m in maps], -1)
        hidden = np.maximum(x.ravel() @ w3 + b3, 0)
        np.testing.assert_allclose(features[k], hidden, rtol=1e-4, atol=1e-3)
        scores = np.exp(hidden @ w4 + b4)
        np.testing.assert_allclose(probabilities[k], scores / scores.sum(), atol=1e-4)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 999), d=st.integers(1, 8), n=st.integers(12, 40))
def test_the_distance_is_that_of_the_matrix_root(seed, d, n):
    rng = np.random.default_rng(seed)
    one = moments(rng.standard_normal((n, d)) @ rng.standard_normal((d, d)))
    two = moments(rng.standard_normal((n, d)) @ rng.standard_normal((d, d)) + 1)
    root = np.real(linalg.sqrtm(one[1].reshape(d, d) @ two[1].reshape(d, d)))
    expected = (np.sum((one[0] - two[0]) ** 2)
                + np.trace(one[1].reshape(d, d) + two[1].reshape(d, d) - 2 * root))
    one, two = ((mean, cov.reshape(d, d)) for mean, cov in (one, two))
    assert np.isclose(frechet_distance(*one, *two), expected, rtol=1e-5, atol=1e-6)
    assert np.isclose(frechet_distance(*two, *one), expected, rtol=1e-5, atol=1e-6)


def test_the_distance_of_singular_covariances():
    """Points on a line: the roots exist, although no inverse does."""
    flat = np.diag([4.0, 0])
    assert np.isclose(frechet_distance([0, 0], flat, [0, 3], np.diag([1.0, 0])), 9 + 1)
    assert frechet_distance([0, 0], flat, [0, 0], flat) < 1e-9


def test_one_feature_has_moments_too():
    """The formula of one dimension: (mean difference)^2 + (difference of spreads)^2."""
    one, two = np.array([[0.0], [2], [4]]), np.array([[5.0], [6], [7]])
    assert moments(one)[1].shape == (1, 1)
    assert np.isclose(frechet_distance(*moments(one), *moments(two)), 16 + 1)


M, I = np.zeros(3), np.eye(3)


@pytest.mark.parametrize(("given", "words"), [
    ((M, I, np.zeros(1), I), "do not fit"), ((M, np.ones(3), M, np.ones(3)), "do not fit"),
    ((0, 1, 0, 1), "do not fit"), ((M * np.nan, I, M, I), "NaN or infinity"),
    ((M, I, M, np.full((3, 3), np.inf)), "NaN or infinity"),
    ((M, -I, M, I), "negative variance"),
    ((M, I, M, np.triu(np.ones((3, 3)))), "symmetric")])
def test_moments_that_are_none_are_said(given, words):
    with pytest.raises(ValueError, match=words):
        frechet_distance(*given)


@pytest.mark.parametrize("features", [np.ones((1, 3)), np.ones(5), np.ones((0, 3))])
def test_features_without_covariance_are_said(features):
    with pytest.raises(ValueError, match="at least two rows"):
        moments(features)


def test_neighbours_as_by_comparing_every_pair(digits):
    x = digits[0]
    a, b = x[:40], x[40:240]
    every = np.sqrt(((a[:, None].astype(float) - b) ** 2).sum(axis=(2, 3)))
    distances, places = nearest_neighbours(a, b)
    np.testing.assert_array_equal(places, every.argmin(axis=1))
    np.testing.assert_allclose(distances, every.min(axis=1), rtol=1e-6)


def test_copies_are_found(digits):
    x = digits[0]
    distances, places = nearest_neighbours(x[[7, 3]], x)
    assert distances.max() == 0
    assert places.tolist() == [7, 3]
    assert nearest_neighbours(x[:1, ..., None], x[5:6])[1].tolist() == [0]


GOOD = np.full((120, 28, 28), 0.5, np.float32)
NAN = np.where(np.arange(28) == 3, np.nan, GOOD)


@pytest.mark.parametrize(("images", "words"), [
    (GOOD[:99], "99 images are too few: give at least 100"),
    (GOOD[0], r"shape \(28, 28\) cannot be judged.*images\[None\]"),
    (GOOD[:, :14], r"shape \(120, 14, 28\) cannot be judged"),
    (GOOD.reshape(120, -1), r"reshape\(-1, 28, 28\)"), (None, "type object"),
    (GOOD * 2 + 1e-6, "to 1.00000095"),
    (NAN, "3360 pixels are NaN or infinite: did the training diverge"),
    (2 * GOOD - 1.5, "pixels reach from -0.5 to -0.5"),
    (np.full((120, 28, 28), 255, np.uint8), "pixels reach from 255 to 255"),
    (GOOD.astype(str), "type <U32 cannot be judged")])
def test_what_cannot_be_judged_is_said(images, words):
    with pytest.raises(ValueError, match=words):
        judge_digits(images)


@pytest.mark.parametrize(("labels", "words"), [
    (np.zeros(119, int), r"labels of shape \(119,\) for 120 images"),
    (np.eye(10)[np.arange(120) % 10], r"shape \(120, 10\).*argmax"),
    (np.zeros(120), r"whole numbers 0 to 9, convert them with astype\(int\)"),
    (np.full(120, 10), "reach from 10 to 10: expected the whole numbers 0 to 9"),
    (np.full(120, 255, np.uint8), "reach from 255 to 255")])
def test_labels_that_do_not_fit_are_said(labels, words):
    with pytest.raises(ValueError, match=words):
        judge_digits(GOOD, labels)


def test_neighbours_of_nothing_are_said():
    with pytest.raises(ValueError, match="0 images are too few: give at least 1"):
        nearest_neighbours(GOOD[:0], GOOD)
    with pytest.raises(ValueError, match="NaN"):
        nearest_neighbours(GOOD, NAN)


def test_images_stay_as_they_were(digits):
    x, u = digits
    before = x.copy(), u.copy()
    judge_digits(x, u)
    nearest_neighbours(x[:3], x)
    np.testing.assert_array_equal(x, before[0])
    np.testing.assert_array_equal(u, before[1])


def test_judging_needs_no_tensorflow():
    code = ("import sys, numpy as np; from course_utils.judge import judge_digits;"
            "judge_digits(np.zeros((100, 28, 28)));"
            "print('tensorflow' in sys.modules, 'keras' in sys.modules)")
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True,
                            check=True)
    assert result.stdout.split() == ["False", "False"]
