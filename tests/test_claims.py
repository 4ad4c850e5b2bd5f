"""claim: prints the bound, refuses what is false or no number."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_utils import ClaimError, claim


@pytest.mark.parametrize(("bound", "printed"), [
    ({"at_least": 8}, "gain, dB: >= 8"),
    ({"at_most": 9.5}, "gain, dB: <= 9.5"),
    ({"between": (8, 10)}, "gain, dB: in [8, 10]"),
    ({"equals": 9}, "gain, dB: = 9"),
])
def test_prints_the_bound_and_not_the_value(bound, printed, capsys):
    claim("gain, dB", np.float64(9), **bound)
    assert capsys.readouterr().out == printed + "\n"


@pytest.mark.parametrize("bound", [
    {"at_least": 8}, {"at_most": 6}, {"between": (8, 10)}, {"equals": 8}])
@pytest.mark.parametrize("value", [7.0, float("nan")])
def test_a_false_claim_raises_with_value_and_bound(bound, value):
    with pytest.raises(ClaimError, match=r"claim failed: gain: expected .*measured"):
        claim("gain", value, **bound)


@given(st.floats(allow_nan=False), st.floats(allow_nan=False))
def test_at_least_agrees_with_the_order_of_numbers(value, bound):
    try:
        claim("any", value, at_least=bound)
        held = True
    except ClaimError:
        held = False
    assert held == (value >= bound)


@pytest.mark.parametrize("value", [True, np.True_, np.ones(3), "9", None, 1 + 2j])
def test_only_a_number_can_be_claimed(value):
    with pytest.raises((TypeError, ValueError)):
        claim("any", value, at_least=0)


@pytest.mark.parametrize("bounds", [{}, {"at_least": 0, "at_most": 1}])
def test_exactly_one_bound(bounds):
    with pytest.raises(TypeError, match="exactly one"):
        claim("any", 0, **bounds)
