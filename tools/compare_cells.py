"""Compare synthetic nuclei with real ones: ``python tools/compare_cells.py FOLDER``.

FOLDER holds images/ and labels/ (`course_utils.load_labelled_images`). The table of
docs/synthetic_cells.md was made by this command on a part of BBBC038v1.
"""

import sys

import numpy as np
import skimage as ski

from course_utils import load_labelled_images, make_fields

MEASURES = ("nuclei a field", "area, spread / mean", "solidity", "eccentricity",
            "circularity", "grain: sd / mean inside", "level, spread / mean",
            "contrast: nuclei / background", "noise: sd / level of nuclei",
            "touching, share", "covered, share")


def describe(image, labels):
    """Return one number, or a list of one for each nucleus, for each of MEASURES."""
    inside = labels > 0
    dark = np.median(image[~inside])
    regions = [r for r in ski.measure.regionprops(ski.segmentation.clear_border(labels),
                                                  image) if r.area >= 30]
    areas = [r.area for r in regions]
    levels = [r.intensity_mean - dark for r in regions]
    grown = ski.segmentation.expand_labels(labels, 1)
    meets = np.unique(labels[inside & ski.segmentation.find_boundaries(grown)
                             & ~ski.segmentation.find_boundaries(inside)])
    rest = ~ski.morphology.dilation(inside, ski.morphology.disk(6))
    fine = image - ski.filters.median(image, np.ones((3, 3)))
    return (len(np.unique(labels)) - 1, [np.std(areas) / np.mean(areas)],
            [r.solidity for r in regions], [r.eccentricity for r in regions],
            [4 * np.pi * r.area / r.perimeter_crofton**2 for r in regions],
            [r.image_intensity[r.image].std() / (r.intensity_mean - dark)
             for r in regions], [np.std(levels) / np.mean(levels)],
            np.mean(levels) / dark if dark else np.inf,
            1.15 * fine[rest].std() / np.mean(levels),
            len(set(meets) - {0}) / max(len(np.unique(labels)) - 1, 1), inside.mean())


def summary(pairs):
    """Return "10 / 50 / 90 %" of each measure over all fields."""
    columns = zip(*(describe(image, labels) for image, labels in pairs), strict=True)
    return [" / ".join(f"{q:.2f}" for q in np.percentile(np.hstack(list(column)),
                                                          (10, 50, 90)))
            for column in columns]


def main(folder):
    """Print the table: real, easy, hard."""
    rng = np.random.default_rng(0)
    sets = [load_labelled_images(folder)]
    sets += [[(c.image, c.labels) for c in make_fields(level, 20, rng)]
             for level in ("easy", "hard")]
    print("| percentiles 10 / 50 / 90 | real | easy | hard |\n|---|---|---|---|")
    for name, *texts in zip(MEASURES, *map(summary, sets), strict=True):
        print(f"| {name} | {' | '.join(texts)} |")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("say which folder: python tools/compare_cells.py FOLDER")
    main(sys.argv[1])
