"""The recipe of page 11 on the real MNIST, where its file is at hand."""

import os
from pathlib import Path

import numpy as np
import pages
import pytest

from course_utils import load_mnist

DATA = Path(os.environ.get("COURSE_DATA", pages.ROOT.parent / "shared" / "data"))

pytestmark = pytest.mark.skipif(not (DATA / "mnist.npz").exists(),
                                reason="there is no mnist.npz in COURSE_DATA")


def test_the_recipe_reads_mnist():
    page, mnist = pages.definitions("11"), load_mnist(DATA / "mnist.npz")
    page["keras"].utils.set_random_seed(1)
    net = page["small_net"]()
    page["train"](net, mnist.x_train[..., None], mnist.y_train, 2)
    read = page["predict"](net, mnist.x_test[..., None]).argmax(axis=1)
    assert np.mean(read == mnist.y_test) >= 0.989
