"""Train the shipped weights of page 12: ``python tools/train_detector.py``.

The network, its loss and its training are those of the page, read from the notebook.
Takes about 4 minutes of two quiet cores; 2 GB of memory. Weights differ a little from
machine to machine.
"""

import digests
import numpy as np
import pages

from course_utils.weights import FOLDER, save_weights

FIELDS, EPOCHS, SEED = 3000, 6, 12


def turned(scene, side):
    """Return a square scene mirrored left to right, exchanged, and both."""
    x0, y0, x1, y1 = scene.boxes.T
    mirrored = scene._replace(image=scene.image[:, ::-1],
                              boxes=np.stack([side - x1, y0, side - x0, y1], 1))
    return [mirrored, *(one._replace(image=one.image.T, boxes=one.boxes[:, [1, 0, 3, 2]])
                        for one in (scene, mirrored))]


def main(name="detector_cells.npz"):
    """Train and write the weights."""
    import keras

    page = pages.definitions("12", ["SIDE, STRIDE", "NEAR"])
    rng = np.random.default_rng(100 * SEED + SEED)
    scenes = [page["make_field"](rng) for _ in range(FIELDS)]
    scenes += [other for scene in scenes for other in turned(scene, page["SIDE"])]
    keras.utils.set_random_seed(SEED)
    model = page["detector"](2)
    history = page["train"](model, scenes, EPOCHS)
    print("loss:", *np.round(history.history["loss"], 3))
    save_weights(model, FOLDER / name)
    digests.update(FOLDER / name)


if __name__ == "__main__":
    main()
