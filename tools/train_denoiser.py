"""Train the shipped weights of page 14: ``python tools/train_denoiser.py``.

The network, its patches and its training are those of the page, read from the notebook.
Takes about 10 minutes of CPU time; 1 GB of memory. Weights differ a little from machine
to machine.
"""

from functools import partial

import digests
import numpy as np
import pages

from course_utils.weights import FOLDER, save_weights

CHANNELS, DEPTH, EPOCHS, STEPS, SEED = 48, 7, 25, 1000, 14
RATE, BETA_2 = 2e-3, 0.999       # slower than in the page: the run is long


def main(name="denoiser.npz"):
    """Train and write the weights."""
    import keras

    page = pages.definitions("14", ["TRAINED_ON", "SIGMA"])
    rng = np.random.default_rng(100 * SEED)
    training = page["with_halves"]([page["photograph"](picture)
                                    for picture in page["TRAINED_ON"]])
    page["optimiser"] = partial(page["optimiser"], beta_2=BETA_2)
    keras.utils.set_random_seed(SEED)
    model = page["denoiser"](CHANNELS, DEPTH)
    losses = page["fit"](model, training, page["clean_pairs"], EPOCHS, rng, RATE, STEPS,
                         "mse")
    print("PSNR of the last epoch on its training patches:",
          f"{-10 * np.log10(losses[-1]):.2f} dB")
    save_weights(model, FOLDER / name)
    digests.update(FOLDER / name)


if __name__ == "__main__":
    main()
