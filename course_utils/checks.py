"""One clear sentence for an input that a function of a page cannot use."""

import numpy as np


def check_grey(image, at_least=(1, 1)):
    """Return ``image`` as a float array (M, N), or say why it is no grey image.

    Parameters
    ----------
    image : array_like
        Grey levels.
    at_least : (int, int)
        Smallest number of rows and columns, for example the shape of a kernel.

    Returns
    -------
    ndarray of float64, shape (M, N)

    Raises
    ------
    ValueError
        If the image is empty, coloured, not of real numbers, has NaN or infinite
        pixels, or is smaller than ``at_least``.
    """
    image = np.asarray(image)
    if image.size == 0:
        raise ValueError(f"the image is empty, its shape is {image.shape}: was a slice "
                         "taken outside of it?")
    if image.ndim == 3 and image.shape[2] in (3, 4):
        raise ValueError(f"this is a colour image of shape {image.shape}: take one "
                         "channel, or make it grey with ski.color.rgb2gray")
    if image.ndim != 2 or image.dtype.kind not in "buif":
        raise ValueError(f"expected a grey image (M, N) of real numbers, not shape "
                         f"{image.shape} of {image.dtype}")
    if not np.isfinite(image).all():
        bad = np.count_nonzero(~np.isfinite(image))
        raise ValueError(f"{bad} pixels are NaN or infinite: replace them first, for "
                         "example with np.nan_to_num")
    if image.shape[0] < at_least[0] or image.shape[1] < at_least[1]:
        raise ValueError(f"the image of shape {image.shape} is smaller than "
                         f"{tuple(at_least)}: use a smaller kernel or a larger image")
    return image.astype(float)
