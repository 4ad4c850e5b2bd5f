"""Answers that readers of the pages wrote: right ones pass, wrong ones get fair words."""

from functools import reduce

import numpy as np
import pytest
import skimage as ski
from scipy import ndimage as ndi
from scipy import signal

from course_utils import load_exercises

SETS = {page: load_exercises(page) for page in ("01", "02", "03", "04")}


def judge(name, answer):
    """Return the verdict on an answer to the exercise called "page.name"."""
    page, exercise = name.split(".")
    return getattr(SETS[page], exercise).judge(answer)


def pixel_by_pixel(f, g):
    out = np.zeros(f.shape, np.uint8)
    for i in range(f.shape[0]):
        for j in range(f.shape[1]):
            out[i, j] = min(255, int(f[i, j]) + int(g[i, j]))
    return out


def level_by_level(f, mask):
    p = np.bincount(f[mask], minlength=256) / mask.sum()
    out = np.zeros_like(f)
    for r in range(256):
        out[f == r] = round(255 * p[:r + 1].sum())
    return out


def last_of_the_modes(counts):
    levels = np.arange(len(counts))
    mean = np.average(levels, weights=counts)
    variance = np.average((levels - mean) ** 2, weights=counts)
    return [mean, variance ** 0.5, np.flatnonzero(counts == counts.max())]


RIGHT = [
    ("01.add_clipped", pixel_by_pixel),
    ("01.add_clipped", lambda f, g: np.clip(np.add(f, g, dtype=np.uint16), 0, 255
                                            ).astype(np.uint8)),
    ("01.add_clipped", lambda f, g: np.rint(255 * np.minimum(
        ski.util.img_as_float(f) + ski.util.img_as_float(g), 1)).astype(np.uint8)),
    ("01.equalise_inside", level_by_level),
    ("01.equalise_inside", lambda f, mask: np.rint(255 * np.cumsum(np.bincount(
        f[mask], minlength=256) / mask.sum())).astype(np.uint8)[f]),
    ("01.equalise_inside", lambda f, mask: (255 * np.cumsum(np.bincount(
        f[mask], minlength=256)) / mask.sum() + 0.5).astype(np.uint8)[f]),
    ("01.histogram_statistics", last_of_the_modes),
    ("01.crop", lambda f, x, y, width, height: [row[x:x + width]
                                                for row in f[y:y + height]]),
    ("02.convolve", lambda f, h: ndi.correlate(1.0 * f, h[::-1, ::-1],
                                               mode="constant")),
    ("02.gaussian_kernel", lambda sigma, radius: ndi.gaussian_filter(np.pad(
        [[1.0]], radius), sigma, radius=radius, mode="constant")),
    ("03.compose", lambda matrices: reduce(lambda a, b: b @ a, matrices)),
    ("04.blur", lambda f, h: signal.convolve2d(f, h / h.sum(), mode="same",
                                               boundary="wrap")),
    ("04.psnr_bytes", lambda f, g: ski.metrics.peak_signal_noise_ratio(f, g)),
]


@pytest.mark.parametrize(("name", "answer"), RIGHT)
def test_right_in_the_style_of_a_reader(name, answer):
    verdict = judge(name, answer)
    assert verdict.kind == "right", verdict.text


def cut_fractions(f, x, y, width, height):
    out = np.zeros((height, width), np.uint8)
    for i in range(height):
        for j in range(width):
            out[i, j] = int(f[y + i, x + j])
    return out


def popping(frames):
    mean, k = frames.pop(0).astype(float), 1
    for frame in frames:
        k += 1
        mean = mean + (frame - mean) / k
    return mean


def one_way_out(H, f, g):
    if np.allclose(H(2 * f - 3 * g), 2 * H(f) - 3 * H(g)):
        return True


WRONG = [
    ("01.crop", cut_fractions, "without its fractions"),
    ("01.crop", lambda f, x, y, width, height: f[-y - height:-y or None, x:x + width],
     "from the bottom"),
    ("01.is_linear", lambda H, f, g: np.allclose(H(2 * f - g), 2 * H(f) - H(g)),
     "add up to 1"),
    ("01.is_linear", one_way_out, "meets no `return`"),
    ("01.is_linear", lambda H, f, g: np.abs(H(2 * f - 3 * g) - 2 * H(f) + 3 * H(g)).max(),
     "expected True or False"),
    ("01.is_linear", lambda H, f, g: (H(f + g) - H(f) - H(g)).max() < 1e-6, "not yet"),
    ("01.is_linear", lambda H, f, g: np.abs(H(2 * f - 3 * g) - 2 * H(f) + 3 * H(g)
                                            ).max() < 0.5, "not yet"),
    ("01.is_linear", lambda H, f, g: np.allclose(H(f), H(f)), "nothing is compared"),
    ("01.running_mean", popping, "changes its input `frames`"),
    ("01.gamma_lut", lambda gamma: (255 * np.arange(256) ** gamma).astype(np.uint8),
     "Divide by 255 first"),
    ("01.histogram_statistics",
     lambda counts: (np.average(np.arange(len(counts)), weights=counts),
                     np.average((np.arange(len(counts)) - np.average(
                         np.arange(len(counts)), weights=counts)) ** 2, weights=counts),
                     counts.max()), "is the variance"),
    ("02.convolve", lambda f, h: signal.convolve2d(f, h.T[::-1, ::-1], mode="same"),
     "transposed"),
    ("03.enlarge", lambda f, k: ski.transform.resize(f, (k * len(f), k * f.shape[1])),
     "mirrored the image"),
    ("03.enlarge", lambda f, k: ndi.zoom(f, k, order=1, grid_mode=True), "too dark"),
    ("03.compose", lambda matrices: matrices.reverse() or np.linalg.multi_dot(matrices),
     "changes its input"),
    ("03.warp_nearest", lambda f, H, shape: ski.transform.warp(
        f, H, output_shape=shape, order=0), "H itself"),
    ("03.fit_homography", lambda p, q: ski.transform.ProjectiveTransform.from_estimate(
        q, p).params, "moves q to p"),
    ("04.shrink", lambda d, t: np.maximum(d - t, 0), "direction stays"),
    ("04.blur", lambda f, h: ndi.convolve(f, h), "Two things"),
    ("01.equalise_inside", lambda f, mask: (255 * np.bincount(
        f[mask], minlength=256).cumsum() / mask.sum())[f], "still floats"),
]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(("name", "answer", "words"), WRONG)
def test_wrong_in_the_style_of_a_reader(name, answer, words):
    verdict = judge(name, answer)
    assert verdict.kind != "right"
    assert words in verdict.text
