"""The best method of page 07, taken from the page itself, on real nuclei where present."""

import os
from pathlib import Path

import pages
import pytest

from course_utils import instance_f1, load_labelled_images

FOLDER = Path(os.environ.get("COURSE_DATA", pages.ROOT.parent / "shared" / "data"))


@pytest.mark.skipif(not (FOLDER / "nuclei_fluo" / "labels").is_dir(),
                    reason="the real nuclei are not here")
def test_the_best_method_finds_real_nuclei():
    segment = pages.definitions("07")["half_maximum"]
    images, truths = zip(*load_labelled_images(FOLDER / "nuclei_fluo"), strict=True)
    assert instance_f1(truths, [segment(image) for image in images]) >= 0.84
