"""Train what page 15 ships: ``python tools/train_gan.py weights`` or ``... steps``.

``weights``: the generator after 240,000 images, some three minutes of two quiet cores.
``steps``: data/gan_steps.csv, the six changes of the page one after the other, two
seeds each, some five minutes; names of rows behind it, as in ``steps "no batch norm"``,
train only these and keep the other lines of the table. Networks, step and settings are
those of the page, read from the notebook, and the digits are the page's. Numbers differ
a little from machine to machine.
"""

import csv
import sys
from time import process_time

import digests
import numpy as np
import pages

from course_utils import load_digits
from course_utils.judge import judge_digits
from course_utils.weights import FOLDER, save_weights

SEED, LONG, SHORT, SEEDS = 15, 240_000, 25_600, (1, 2)
AVERAGES = {"conditioning": "average without R1",    # rows drawn by the average of G too
            "R1 penalty": "average of G"}
COLUMNS = ("step", "seed", "images", "cpu_seconds", "frechet", "rarest_class",
           "agreement")


def real_digits():
    """Return the page's training images in [-1, 1] and their labels."""
    data = load_digits(20000, 5000, np.random.default_rng(SEED))
    return 2 * data.x_train[..., None] - 1, data.y_train.astype(np.int32)


def page_15():
    """Return the functions of page 15 with the constants that they use."""
    return pages.definitions("15", ["Z", "ROWS"])


def all_settings(page):
    """Return the settings of each row: all changes up to it."""
    settings, rows = {}, {}
    for name, change in page["ROWS"].items():
        settings = settings | change
        rows[name] = settings
    return rows


def marks(images, labels):
    """Return Fréchet distance, rarest class and agreement, as text."""
    found = judge_digits(images, labels)
    return [f"{found.frechet:.1f}", f"{found.coverage.min():.3f}",
            "" if found.agreement is None else f"{found.agreement:.3f}"]


def measure(page, model, conditional):
    """Return the marks of 1000 images; without labels there is no agreement."""
    images, labels = page["sample"](model, 1000, np.random.default_rng(SEED))
    return marks(images, labels if conditional else None)


def train_row(page, digits, name, settings, seed):
    """Return the lines of one training: the last G, and its average if AVERAGES has it."""
    start = process_time()
    models, _ = page["train_gan"](*digits, SHORT, seed=seed, **settings)
    spent = f"{process_time() - start:.0f}"
    names = [name, AVERAGES[name]] if name in AVERAGES else [name]
    lines = [[drawer, str(seed), str(SHORT), spent,
              *measure(page, model, settings.get("conditional", False))]
             for drawer, model in zip(names, models, strict=False)]
    for line in lines:
        print(*line, flush=True)
    return lines


def steps(only=(), path=FOLDER.parent / "gan_steps.csv"):
    """Train every row, or the named ones, with every seed, and write the table."""
    page = page_15()
    rows = all_settings(page)
    if unknown := set(only) - set(rows):
        raise SystemExit(f"no row {', '.join(unknown)}: there are {', '.join(rows)}")
    digits = real_digits()
    lines = [line for name in only or rows for seed in SEEDS
             for line in train_row(page, digits, name, rows[name], seed)]
    if only:
        made = {line[0] for line in lines}
        with open(path, newline="", encoding="utf-8") as file:
            lines += [line for line in list(csv.reader(file))[1:]
                      if line[0] not in made]
    order = [*rows, *list(AVERAGES.values())[::-1]]
    write_table(path, COLUMNS,
                sorted(lines, key=lambda line: (order.index(line[0]), line[1])))


def write_table(path, columns, lines):
    """Write a table of data/, and its row in data/README.md."""
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(lines)
    digests.update(path)


def weights(path=FOLDER / "gan_digits.npz"):
    """Train with all changes for long, and write the averaged generator."""
    page = page_15()
    settings = list(all_settings(page).values())[-1]
    models, _ = page["train_gan"](*real_digits(), LONG, seed=SEED, **settings)
    save_weights(models[1], path)
    digests.update(path)
    print("Fréchet distance, rarest class, agreement:", *measure(page, models[1], True))


if __name__ == "__main__":
    if sys.argv[1:] == ["weights"]:
        weights()
    elif sys.argv[1:2] == ["steps"]:
        steps(sys.argv[2:])
    else:
        raise SystemExit("say what to make: weights or steps")
