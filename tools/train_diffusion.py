"""Make what page 16 ships: ``python tools/train_diffusion.py weights|sweeps|table``.

``weights``: the denoiser after 20,000 steps of 32, some 25 minutes of two quiet cores.
``sweeps``: data/diffusion_sweeps.csv, the shipped weights with other numbers of steps and
other guidance, 1000 images each, some six minutes.
``table``: data/generators.csv, VAE, GAN and diffusion trained three times each, with the
budgets of the quick profile, and a longer VAE, some seven minutes.
Networks, steps and settings are those of pages 15 and 16, read from the notebooks.
Numbers differ a little from machine to machine.
"""

import sys
from time import process_time

import digests
import numpy as np
import pages
import train_gan as gan

from course_utils import load_digits
from course_utils.weights import FOLDER, load_weights_checked, save_weights

SEED, LONG, BATCH, SEEDS = 16, 20000, 32, (1, 2, 3)
WEIGHTS = "diffusion_digits.npz"
SWEEPS = [("ddim", steps, 1.0) for steps in (1, 2, 3, 5, 10, 20)]
SWEEPS += [("ancestral", steps, 1.0) for steps in (5, 10, 20, 50)]
SWEEPS += [("ddim", 10, w) for w in (1.15, 1.5, 3.0)]
SWEEPS += [("ancestral", steps, 1.15) for steps in (20, 50)]
LONG_VAE = 4000
METHODS = ["VAE", "VAE, longer", "GAN", "diffusion, w = 1", "diffusion, w = 2"]


def page_16():
    """Return the functions of page 16 with the constants that they use."""
    return pages.definitions("16", ["ex", "T", "STEPS", "VAE_STEPS, CODES", "abar"])


def real_digits():
    """Return the page's training images in [0, 1] and their labels."""
    data = load_digits(20000, 5000, np.random.default_rng(SEED))
    return data.x_train, data.y_train


def trained(page, x, u, steps, seed, **options):
    """Return a denoiser trained as on the page on images x in [0, 1] with labels u."""
    import keras

    keras.utils.set_random_seed(seed)
    model = page["denoiser"](label=keras.initializers.RandomNormal(stddev=1.0))
    losses = page["train"](model, 2 * x[..., None] - 1, u, steps, seed, **options)
    print(f"loss of the last tenth: {losses[-(steps // 10):].mean():.4f}", flush=True)
    return model


def drawn(page, predict, n, sampler="ddim", steps=10, w=1.15):
    """Return n images drawn as on the page, and the labels asked for."""
    labels = np.arange(n) % 10
    return page["sample"](predict, labels, steps, np.random.default_rng(SEED),
                          page[sampler], w), labels


def weights():
    """Train for long, and write the averaged weights."""
    page = page_16()
    model = trained(page, *real_digits(), LONG, SEED, batch=BATCH)
    save_weights(model, FOLDER / WEIGHTS)
    digests.update(FOLDER / WEIGHTS)
    print("Fréchet distance, rarest class, agreement:",
          *gan.marks(*drawn(page, page["predictor"](model), 1000)))


def sweeps():
    """Draw with the shipped weights in every way of SWEEPS, and write the table."""
    page = page_16()
    model = page["denoiser"]()
    load_weights_checked(model, WEIGHTS)
    predict, lines = page["predictor"](model), []
    for sampler, steps, w in SWEEPS:
        lines.append([sampler, steps, w,
                      *gan.marks(*drawn(page, predict, 1000, sampler, steps, w))])
        print(*lines[-1], flush=True)
    write("diffusion_sweeps.csv", ["sampler", "steps", "w"], sorted(
        lines, key=lambda line: (line[0] != "ddim", line[1], line[2])))


def table():
    """Train each family with each seed, and write the table."""
    page, digits, lines = page_16(), real_digits(), []
    for train in (train_vae, train_long_vae, train_gan, train_denoiser):
        for seed in SEEDS:
            start = process_time()
            drawers = train(page, *digits, seed)
            spent = process_time() - start
            for name, draw in drawers.items():
                start = process_time()
                images, labels = draw()
                seconds = [f"{spent:.1f}", f"{process_time() - start:.2f}"]
                lines.append([name, seed, *seconds, *gan.marks(images, labels)])
                print(*lines[-1], flush=True)
    write("generators.csv", ["method", "seed", "train_seconds", "sample_seconds"],
          sorted(lines, key=lambda line: METHODS.index(line[0])))


def train_vae(page, x, u, seed, steps=None):
    """Train a VAE; return a function that draws 1000 images, by its name."""
    decoder = page["train_vae"](x.reshape(-1, 784), u, steps or page["VAE_STEPS"], seed)
    labels = np.arange(1000) % 10
    return {"VAE, longer" if steps else "VAE": lambda: (
        page["sample_vae"](decoder, labels, np.random.default_rng(SEED)), labels)}


def train_long_vae(page, x, u, seed):
    """Train a VAE for as long as the GAN, about; return as `train_vae` does."""
    return train_vae(page, x, u, seed, LONG_VAE)


def train_gan(_, x, u, seed):
    """Train page 15's GAN with all its changes; return as `train_vae` does."""
    page = gan.page_15()
    settings = list(gan.all_settings(page).values())[-1]
    models, _ = page["train_gan"](2 * x[..., None] - 1, u.astype(np.int32), gan.SHORT,
                                  seed=seed, **settings)
    return {"GAN": lambda: page["sample"](models[1], 1000, np.random.default_rng(SEED))}


def train_denoiser(page, x, u, seed):
    """Train the denoiser of the quick profile; draw without and with guidance."""
    predict = page["predictor"](trained(page, x, u, page["STEPS"], seed))
    return {"diffusion, w = 1": lambda: drawn(page, predict, 1000, w=1.0),
            "diffusion, w = 2": lambda: drawn(page, predict, 1000, w=2.0)}


def write(name, keys, lines):
    """Write a table into data/."""
    gan.write_table(FOLDER.parent / name, [*keys, "frechet", "rarest_class", "agreement"],
                    lines)


if __name__ == "__main__":
    commands = {"weights": weights, "sweeps": sweeps, "table": table}
    if len(sys.argv) != 2 or sys.argv[1] not in commands:
        raise SystemExit("say what to make: weights, sweeps or table")
    commands[sys.argv[1]]()
