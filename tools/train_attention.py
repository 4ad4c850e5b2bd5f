"""Train the shipped weights of page 17: ``python tools/train_attention.py``.

The network and its training are those of the page, read from the notebook. Takes about
4 minutes of CPU time. Weights differ a little from machine to machine.
"""

import digests
import numpy as np
import pages

from course_utils import load_digits
from course_utils.weights import FOLDER, save_weights

DIGITS, STEPS, BATCH, SEED = 60000, 4700, 128, 17


def main(name="attention_digits.npz"):
    """Train and write the weights, and say how often they are right."""
    import keras

    page = pages.definitions("17")
    data = load_digits(DIGITS, 4000, np.random.default_rng(100 * SEED))
    keras.utils.set_random_seed(SEED)
    model = page["transformer"]()
    page["train"](model, data.x_train[..., None], data.y_train, STEPS, batch=BATCH)
    scores = model.predict(data.x_test[..., None], verbose=0)
    print(f"test accuracy {np.mean(scores.argmax(axis=1) == data.y_test):.4f}")
    save_weights(model, FOLDER / name)
    digests.update(FOLDER / name)


if __name__ == "__main__":
    main()
