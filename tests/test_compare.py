"""difference: equal in any style, and a fair name for what is wrong."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from course_utils.compare import difference

finite = hnp.arrays(np.float64, hnp.array_shapes(max_dims=3, max_side=6),
                    elements=st.floats(-1e6, 1e6, width=32))


@given(finite)
def test_any_style_of_the_same_numbers_is_equal(expected):
    assert difference(expected, expected) is None
    assert difference(expected.tolist(), expected) is None
    assert difference(expected.astype(np.float32), expected) is None
    assert difference(np.asfortranarray(expected), expected) is None


@given(finite, st.data())
def test_one_changed_value_is_found(expected, data):
    place = data.draw(st.integers(0, expected.size - 1))
    answer = expected.copy()
    answer.flat[place] += 0.01 * max(1, np.abs(expected).max())
    assert difference(answer, expected) is not None


BASE = np.arange(63.0).reshape(7, 9) ** 1.5 % 17


@pytest.mark.parametrize(("change", "words"), [
    (lambda a: a.T, "rows and columns are exchanged"),
    (lambda a: a[:-1], "expected (7, 9)"),
    (lambda a: a[::-1], "upside down"),
    (lambda a: a[:, ::-1], "mirrored left to right"),
    (lambda a: np.roll(a, 1, 1), "shifted by one place"),
    (lambda a: 255 * a, "multiplied by 255"),
    (lambda a: -a, "multiplied by -1"),
    (lambda a: a + 0.5, "plus 0.5 everywhere"),
    (lambda a: np.full_like(a, 3), "all values of your result are equal, to 3"),
    (lambda a: np.sort(a, axis=None).reshape(a.shape), "not in the right places"),
    (lambda a: np.where(a == a.max(), np.nan, a), "there is NaN"),
    (lambda a: a ** 3, "its values run from"),
    (lambda a: np.where(a == a.max(), a - 1, a), "largest difference 1 at"),
    (lambda a: None, "returned None"),
    (lambda a: "seven", "returned a str"),
    (lambda a: [[1, 2], [3]], "returned a list"),
    (lambda a: a.mean, "call it with brackets"),
    (lambda a: {"a": a}, "returned a dict"),
])
def test_what_is_wrong_is_named(change, words):
    problem = difference(change(BASE), BASE)
    assert problem is not None
    assert words in problem.text


def test_a_fault_at_the_border_only_is_named():
    expected = np.arange(400.0).reshape(20, 20) % 7
    answer = expected.copy()
    answer[0, :5] += 1
    assert "within 3 pixels of the border" in difference(answer, expected).text


@pytest.mark.parametrize(("answer", "words"), [
    ((1.0, 2.0), "returned 2 values, expected 3"),
    (1.0, "returned a number, expected 3 values"),
    (np.array(1.0), "expected 3 values"),
    ((1.0, 5.0, 3), "value 2 of 3"),
    ((1.0, None, 3), "value 2 of 3: it returned None"),
])
def test_several_values_are_compared_one_by_one(answer, words):
    assert words in difference(answer, (1.0, 2.0, 3)).text


def test_complex_numbers_are_compared():
    expected = np.array([[1 + 2j, 3], [0, 1j]])
    assert difference(expected.tolist(), expected) is None
    assert "largest difference 4" in difference(np.conj(expected), expected).text


def test_nan_is_expected_only_where_it_is_expected():
    expected = np.array([1.0, np.nan])
    assert difference([1.0, np.nan], expected) is None
    assert "should be NaN" in difference([1.0, 2.0], expected).text
    assert "there is NaN" in difference(np.nan, np.inf).text


def test_lists_of_several_values_are_fine():
    assert difference([1.0, np.float32(2), np.int64(3)], (1.0, 2.0, 3)) is None


@pytest.mark.parametrize("yes", [True, np.True_, 1])
def test_truth_values_in_any_type(yes):
    assert difference(yes, True) is None
    assert "returned True, expected False" in difference(yes, False).text


def test_bytes_do_not_wrap_in_the_comparison():
    problem = difference(np.array([250], np.uint8), np.array([5], np.uint8))
    assert problem.text == "its values run from 250 to 250, expected 5 to 5"


def test_zeros_and_single_numbers_are_not_called_roundings():
    assert "nothing stored" in difference(np.zeros((4, 5)), np.full((4, 5), 0.3)
                                          + np.eye(4, 5) / 9).text
    assert "fractions" not in difference(0, 0.67).text
    assert "without its fractions" in difference([1, 2, 0], [1.3, 2.4, 0.2]).text
    assert "multiplied" not in difference([0.0, 2.0], [0.0, 1.0]).text
    assert "multiplied by 2" in difference([2.0, 4.0], [1.0, 2.0]).text
