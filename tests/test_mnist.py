"""The recipe of page 11 on the real MNIST, where its file is at hand."""

import ast
import os
from pathlib import Path

import numpy as np
import pages
import pytest

from course_utils import load_mnist, quiet_tensorflow

DATA = Path(os.environ.get("COURSE_DATA", pages.ROOT.parent / "shared" / "data"))
PAGE = pages.NOTEBOOKS / "11_cnn.ipynb"
WANTED = {"small_net", "check_digits", "StopAtNaN", "train", "predict"}

pytestmark = pytest.mark.skipif(not (DATA / "mnist.npz").exists(),
                                reason="there is no mnist.npz in COURSE_DATA")


def _functions_of_the_page():
    """Return the builder, the training and their checks, as the page defines them."""
    quiet_tensorflow()
    import keras
    from keras import layers, ops

    namespace = {"keras": keras, "layers": layers, "ops": ops, "np": np}
    for cell in pages.cells(pages.read(PAGE), "code"):
        for node in ast.parse(cell.source).body:
            if getattr(node, "name", None) in WANTED:
                exec(ast.unparse(node), namespace)
    assert namespace.keys() >= WANTED
    return namespace


def test_the_recipe_reads_mnist():
    page, mnist = _functions_of_the_page(), load_mnist(DATA / "mnist.npz")
    page["keras"].utils.set_random_seed(1)
    net = page["small_net"]()
    page["train"](net, mnist.x_train[..., None], mnist.y_train, 2)
    read = page["predict"](net, mnist.x_test[..., None]).argmax(axis=1)
    assert np.mean(read == mnist.y_test) >= 0.989
