"""Train the shipped weights of page 13: ``python tools/train_unet.py``.

The network, its loss and the generator are those of the page, read from the notebook.
Takes about 5 minutes of two quiet cores; 2 GB of memory. Weights differ a little from
machine to machine. Afterwards bring size and SHA-256 in data/README.md up to date.
"""

import ast

import numpy as np
import pages

from course_utils import make_fields, quiet_tensorflow
from course_utils.weights import FOLDER, save_weights

FIELDS, EPOCHS, BATCH, SEED = 1200, 8, 4, 13
MODULES = ("numpy", "skimage", "scipy", "keras", "course_utils")


def functions_of_the_page():
    """Return a dict: imports, constants and functions of page 13, without running it."""
    quiet_tensorflow()
    path, = pages.find_pages("13")
    wanted = []
    for cell in pages.cells(pages.read(path), "code"):
        for node in ast.parse(cell.source).body:
            if (isinstance(node, (ast.Import, ast.ImportFrom))
                    or isinstance(node, ast.Assign)
                    and ast.unparse(node.targets[0]) == "(SIDE, RADIUS)"):
                wanted.append(node)
            elif isinstance(node, ast.FunctionDef):
                node.args.defaults = [default if isinstance(default, ast.Constant)
                                      else ast.Constant(None)
                                      for default in node.args.defaults]
                wanted.append(node)
    namespace = {}
    module = ast.fix_missing_locations(ast.Module(wanted, []))
    exec(compile(module, path.name, "exec"), namespace)
    return namespace


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

    page = functions_of_the_page()
    rng = np.random.default_rng(100 * SEED + SEED)
    x, t = training_pairs(page, rng)
    keras.utils.set_random_seed(SEED)
    model = page["unet"]()
    model.compile(page["optimiser"](EPOCHS * len(x) // BATCH), page["nuclei_loss"])
    for epoch in range(EPOCHS):
        history = model.fit(*page["augmented"](x, t, rng), batch_size=BATCH, verbose=0)
        print(f"epoch {epoch + 1} of {EPOCHS}: loss {history.history['loss'][0]:.4f}")
    FOLDER.mkdir(exist_ok=True)
    save_weights(model, FOLDER / name)


if __name__ == "__main__":
    main()
