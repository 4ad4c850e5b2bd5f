"""The shipped U-Net with the functions of page 13, on real nuclei where present."""

import os
from pathlib import Path

import pages
import pytest

from course_utils import instance_f1, load_labelled_images
from course_utils.weights import load_weights_checked

FOLDER = Path(os.environ.get("COURSE_DATA", pages.ROOT.parent / "shared" / "data"))


@pytest.mark.skipif(not (FOLDER / "nuclei_fluo" / "labels").is_dir(),
                    reason="the real nuclei are not here")
def test_the_shipped_weights_find_real_nuclei():
    page = pages.definitions("13", ["SIDE, RADIUS"])
    model = page["unet"]()
    load_weights_checked(model, "unet_nuclei.npz")
    images, truths = zip(*load_labelled_images(FOLDER / "nuclei_fluo"), strict=True)
    found = [page["segment_scaled"](image, model) for image in images]
    assert instance_f1(truths, found) >= 0.89
