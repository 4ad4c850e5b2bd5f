"""Train what page 15 ships: ``python tools/train_gan.py weights`` or ``... steps``.

``weights``: the generator after 240,000 images, some three minutes of two quiet cores.
``steps``: data/gan_steps.csv, the five changes of the page one after the other, two
seeds each, some five minutes. Networks, step and settings are those of the page, read
from the notebook, and the digits are the page's. Numbers differ a little from machine
to machine. Afterwards bring sizes and SHA-256 in data/README.md up to date.
"""

import csv
import sys
from time import process_time

import numpy as np
import pages

from course_utils import load_digits
from course_utils.judge import judge_digits
from course_utils.weights import FOLDER, save_weights

SEED, LONG, SHORT, SEEDS = 15, 240_000, 25_600, (1, 2)
COLUMNS = ("step", "seed", "images", "cpu_seconds", "frechet", "rarest_class",
           "agreement")


def real_digits():
    """Return the page's training images in [-1, 1] and their labels."""
    data = load_digits(20000, 5000, np.random.default_rng(SEED))
    return 2 * data.x_train[..., None] - 1, data.y_train.astype(np.int32)


def all_settings(page):
    """Return the settings of each row: all changes up to it."""
    settings, rows = {}, {}
    for name, change in page["ROWS"].items():
        settings = settings | change
        rows[name] = settings
    return rows


def measure(page, model, conditional):
    """Return Fréchet distance, rarest class and agreement of 1000 images, as text."""
    images, labels = page["sample"](model, 1000, np.random.default_rng(SEED))
    found = judge_digits(images, labels)
    return [f"{found.frechet:.1f}", f"{found.coverage.min():.3f}",
            f"{found.agreement:.3f}" if conditional else ""]


def steps(path=FOLDER.parent / "gan_steps.csv"):
    """Train every row with every seed, and write the table."""
    page = pages.definitions("15", ["Z", "ROWS"])
    x, u = real_digits()
    lines = []
    for name, settings in all_settings(page).items():
        for seed in SEEDS:
            start = process_time()
            models, _ = page["train_gan"](x, u, SHORT, seed=seed, **settings)
            spent = f"{process_time() - start:.0f}"
            conditional = settings.get("conditional", False)
            lines.append([name, seed, SHORT, spent,
                          *measure(page, models[0], conditional)])
            print(*lines[-1], flush=True)
            if name == list(page["ROWS"])[-1]:
                lines.append(["average of G", seed, SHORT, spent,
                              *measure(page, models[1], conditional)])
                print(*lines[-1], flush=True)
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(sorted(lines, key=lambda line: line[0] == "average of G"))


def weights(path=FOLDER / "gan_digits.npz"):
    """Train with all changes for long, and write the averaged generator."""
    page = pages.definitions("15", ["Z", "ROWS"])
    settings = list(all_settings(page).values())[-1]
    models, _ = page["train_gan"](*real_digits(), LONG, seed=SEED, **settings)
    save_weights(models[1], path)
    print("Fréchet distance, rarest class, agreement:", *measure(page, models[1], True))


if __name__ == "__main__":
    if sys.argv[1:] not in (["weights"], ["steps"]):
        raise SystemExit("say what to make: weights or steps")
    weights() if sys.argv[1] == "weights" else steps()
