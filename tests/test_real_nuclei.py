"""The best methods of pages 07 and 13, from the pages, on real nuclei where present."""

import os
from pathlib import Path

import pages
import pytest

from course_utils import instance_f1, load_labelled_images
from course_utils.weights import load_weights_checked

FOLDER = Path(os.environ.get("COURSE_DATA", pages.ROOT.parent / "shared" / "data"))

pytestmark = pytest.mark.skipif(not (FOLDER / "nuclei_fluo" / "labels").is_dir(),
                                reason="the real nuclei are not here")


@pytest.fixture(scope="module")
def nuclei():
    """Return the real images and their true labels."""
    return list(zip(*load_labelled_images(FOLDER / "nuclei_fluo"), strict=True))


def test_the_best_method_finds_real_nuclei(nuclei):
    images, truths = nuclei
    segment = pages.definitions("07")["half_maximum"]
    assert instance_f1(truths, [segment(image) for image in images]) >= 0.84


def test_the_shipped_weights_find_real_nuclei(nuclei):
    images, truths = nuclei
    page = pages.definitions("13", ["SIDE, RADIUS"])
    model = page["unet"]()
    load_weights_checked(model, "unet_nuclei.npz")
    found = [page["segment_scaled"](image, model) for image in images]
    assert instance_f1(truths, found) >= 0.89
