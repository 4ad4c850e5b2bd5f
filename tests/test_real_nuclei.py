"""The best method of page 07, taken from the page itself, on real nuclei where present."""

import ast
import os
from pathlib import Path

import pages
import pytest

from course_utils import instance_f1, load_labelled_images

FOLDER = Path(os.environ.get("COURSE_DATA", pages.ROOT.parent / "shared" / "data"))
FUNCTIONS = ("otsu_mask", "nucleus_radius", "split_touching", "cleaned", "log_mask",
             "half_maximum")


def functions_of_the_page():
    """Return the names that the page's imports and the functions above define."""
    path, = pages.find_pages("07")
    wanted, namespace = [], {}
    for cell in pages.cells(pages.read(path), "code"):
        wanted += [node for node in ast.parse(cell.source).body
                   if isinstance(node, (ast.Import, ast.ImportFrom))
                   or isinstance(node, ast.FunctionDef) and node.name in FUNCTIONS]
    exec(compile(ast.Module(wanted, []), path.name, "exec"), namespace)
    return namespace


@pytest.mark.skipif(not (FOLDER / "nuclei_fluo" / "labels").is_dir(),
                    reason="the real nuclei are not here")
def test_the_best_method_finds_real_nuclei():
    segment = functions_of_the_page()["half_maximum"]
    images, truths = zip(*load_labelled_images(FOLDER / "nuclei_fluo"), strict=True)
    assert instance_f1(truths, [segment(image) for image in images]) >= 0.84
