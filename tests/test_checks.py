"""check_grey: floats for a grey image, one sentence for anything else."""

import numpy as np
import pytest

from course_utils import check_grey


@pytest.mark.parametrize("image", [np.eye(3), np.eye(3, dtype=bool), [[1, 2], [3, 4]],
                                   np.eye(4, dtype=np.uint8)])
def test_grey_images_come_back_as_floats(image):
    grey = check_grey(image)
    assert grey.dtype == float
    np.testing.assert_array_equal(grey, image)


@pytest.mark.parametrize(("image", "words"), [
    (np.zeros((0, 5)), "the image is empty"),
    (np.zeros((4, 5, 3)), "this is a colour image of shape (4, 5, 3)"),
    (np.zeros(5), "not shape (5,)"),
    (np.zeros((4, 5, 7)), "not shape (4, 5, 7)"),
    (np.zeros((4, 5)) * 1j, "of complex128"),
    ([["a"]], "real numbers"),
    (np.array([[1, np.nan], [np.inf, 2]]), "2 pixels are NaN or infinite"),
    (np.zeros((2, 9)), "is smaller than (3, 3)"),
])
def test_others_get_one_sentence(image, words):
    with pytest.raises(ValueError) as caught:
        check_grey(image, at_least=(3, 3) if np.shape(image) == (2, 9) else (1, 1))
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
