"""Weights of networks shipped in data/weights/: written small, read with a check."""

from pathlib import Path

import numpy as np

from course_utils.datasets import ROOT

FOLDER = ROOT / "data" / "weights"


def save_weights(model, path):
    """Write the weights of a Keras model as float16, in the order of the model.

    Parameters
    ----------
    model : keras.Model
    path : str or Path
        Ends in ``.npz``.
    """
    save_arrays([np.asarray(array, np.float16) for array in model.get_weights()], path)


def save_arrays(arrays, path):
    """Write arrays in their order and type; `load_weights_checked` reads them.

    Parameters
    ----------
    arrays : sequence of ndarray
    path : str or Path
        Ends in ``.npz``; its folder is made if it is missing.
    """
    Path(path).parent.mkdir(exist_ok=True)
    np.savez_compressed(path, **{f"{k:03}": array for k, array in enumerate(arrays)})


def load_weights_checked(model, name):
    """Fill a Keras model with weights shipped in data/weights/.

    Parameters
    ----------
    model : keras.Model
        Of the architecture that the weights were saved from.
    name : str
        For example ``"unet_nuclei.npz"``; its SHA-256 stands in data/README.md.

    Raises
    ------
    FileNotFoundError, ValueError
        One sentence each: no such file, a file that differs from the listed one,
        weights of another architecture. The model is then as it was before.
    """
    from course_utils.doctor import file_digest, shipped_files

    listed = shipped_files().get(f"weights/{name}")
    if listed is None or not (FOLDER / name).is_file():
        known = ", ".join(file.removeprefix("weights/") for file in shipped_files()
                          if file.startswith("weights/"))
        raise FileNotFoundError(f"there are no shipped weights {name!r}, only {known}: "
                                "check the name, or run `git checkout -- data`")
    if file_digest(f"weights/{name}") != listed:
        raise ValueError(f"data/weights/{name} is not the file listed in data/README.md: "
                         "it is damaged or was changed; run `git checkout -- data`")
    with np.load(FOLDER / name) as file:
        arrays = [file[key].astype(np.float32) for key in sorted(file)]
    expected = [tuple(array.shape) for array in model.weights]
    if [array.shape for array in arrays] != expected:
        raise ValueError(f"data/weights/{name} holds {len(arrays)} arrays for another "
                         f"architecture than this model of {len(expected)}: build the "
                         "model with the settings it was trained with")
    model.set_weights(arrays)
