"""Shipped weights: written and read, and refused in one sentence where they do not fit."""

from importlib import import_module

import numpy as np
import pytest

from course_utils import weights

doctor = import_module("course_utils.doctor")   # the package's own `doctor` is a function


class Model:
    """The part of a Keras model that reading weights needs."""

    def __init__(self, *shapes):
        self.weights = [np.zeros(shape, np.float32) for shape in shapes]

    def get_weights(self):
        return self.weights

    def set_weights(self, arrays):
        self.weights = arrays


@pytest.fixture
def shipped(tmp_path, monkeypatch):
    """Ship the weights of a small model in a folder of its own; return that model."""
    model = Model((2, 3), (3,))
    model.weights = [np.arange(6.0).reshape(2, 3), np.array([0.5, -1, 2])]
    weights.save_weights(model, tmp_path / "small.npz")
    listed = {"weights/small.npz": "d1"}
    monkeypatch.setattr(weights, "FOLDER", tmp_path)
    monkeypatch.setattr(doctor, "shipped_files", lambda: listed)
    monkeypatch.setattr(doctor, "file_digest", lambda name: "d1")
    return model


def test_weights_come_back(shipped):
    model = Model((2, 3), (3,))
    weights.load_weights_checked(model, "small.npz")
    for one, other in zip(model.weights, shipped.weights, strict=True):
        assert one.dtype == np.float32
        np.testing.assert_array_equal(one, other)


def test_an_unknown_name_lists_the_known_ones(shipped):
    with pytest.raises(FileNotFoundError, match="'large.npz', only small.npz"):
        weights.load_weights_checked(Model(), "large.npz")


def test_a_missing_file_has_a_remedy(shipped, tmp_path):
    (tmp_path / "small.npz").unlink()
    with pytest.raises(FileNotFoundError, match="git checkout -- data"):
        weights.load_weights_checked(Model((2, 3), (3,)), "small.npz")


def test_a_changed_file_is_refused(shipped, monkeypatch):
    monkeypatch.setattr(doctor, "file_digest", lambda name: "d2")
    with pytest.raises(ValueError, match="damaged or was changed"):
        weights.load_weights_checked(Model((2, 3), (3,)), "small.npz")


@pytest.mark.parametrize("shapes", [((2, 3),), ((3, 2), (3,)), ((2, 3), (3,), (1,))])
def test_another_architecture_is_refused(shipped, shapes):
    model = Model(*shapes)
    with pytest.raises(ValueError, match="another architecture"):
        weights.load_weights_checked(model, "small.npz")
    assert all(not array.any() for array in model.weights)
