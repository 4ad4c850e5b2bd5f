"""Train the shipped weights of page 13: ``python tools/train_unet.py``.

The network, its loss and the generator are those of the page, read from the notebook.
Takes about 5 minutes of two quiet cores; 2 GB of memory. Weights differ a little from
machine to machine.
"""

import digests
import numpy as np
import pages

from course_utils import make_fields
from course_utils.weights import FOLDER, save_weights

FIELDS, EPOCHS, BATCH, SEED = 1200, 8, 4, 13


def training_pairs(page, rng, fields=FIELDS):
    """Return inputs and targets: half varied fields, a quarter easy, a quarter hard."""
    drawn = [page["varied_field"](rng) for _ in range(fields // 2)]
    for level, n in (("easy", (4, 8)), ("hard", (13, 20))):
        drawn += make_fields(level, fields // 4, rng, n=n,
                             shape=(page["SIDE"], page["SIDE"]))
    return page["pairs"](drawn)


def main(name="unet_nuclei.npz"):
    """Train and write the weights."""
    import keras

    page = pages.definitions("13", ["SIDE, RADIUS"])
    rng = np.random.default_rng(100 * SEED + SEED)
    x, t = training_pairs(page, rng)
    keras.utils.set_random_seed(SEED)
    model = page["unet"]()
    model.compile(page["optimiser"](EPOCHS * len(x) // BATCH), page["nuclei_loss"])
    for epoch in range(EPOCHS):
        history = model.fit(*page["augmented"](x, t, rng), batch_size=BATCH, verbose=0)
        print(f"epoch {epoch + 1} of {EPOCHS}: loss {history.history['loss'][0]:.4f}")
    save_weights(model, FOLDER / name)
    digests.update(FOLDER / name)


if __name__ == "__main__":
    main()
