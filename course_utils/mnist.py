"""Sets of digits for the pages with networks: drawn by code, or MNIST from a file."""

import gzip
import zipfile
from pathlib import Path
from typing import NamedTuple

import numpy as np

PARTS = {"x_train": "train-images-idx3-ubyte", "y_train": "train-labels-idx1-ubyte",
         "x_test": "t10k-images-idx3-ubyte", "y_test": "t10k-labels-idx1-ubyte"}


class Digits(NamedTuple):
    """Training and test images (n, 28, 28) float32 in [0, 1], labels (n,), and a name."""

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    name: str


def load_digits(n_train, n_test, rng=None, *, mnist=None):
    """Return digits to learn from, and others to test on.

    Parameters
    ----------
    n_train, n_test : int
        Number of images of each part.
    rng : numpy.random.Generator, optional
        Draws the digits, or chooses among MNIST's. Default: ``default_rng(0)``.
    mnist : str, Path or "download", optional
        A file or folder for `load_mnist`. By default the digits are drawn by
        `make_digits` and nothing is read. "download" asks Keras for MNIST; where there
        is no network, a sentence says so and the course's digits are used.

    Returns
    -------
    Digits
        ``x_train, y_train, x_test, y_test, name``; the name says which data these are.
    """
    from course_utils.digits import make_digits

    rng = np.random.default_rng(0) if rng is None else rng
    try:
        whole = load_mnist(None if mnist == "download" else mnist) if mnist else None
    except ConnectionError as error:
        print(f"{error}")
        whole = None
    if whole is None:
        images, labels = make_digits(n_train + n_test, rng)
        return Digits(images[:n_train], labels[:n_train], images[n_train:],
                      labels[n_train:], "the course's digits")
    return Digits(*_some(whole.x_train, whole.y_train, n_train, rng),
                  *_some(whole.x_test, whole.y_test, n_test, rng), whole.name)


def load_mnist(path=None):
    """Return MNIST, 60,000 training and 10,000 test images, or the part a file holds.

    Parameters
    ----------
    path : str or Path, optional
        An ``.npz`` file with the arrays x_train, y_train, x_test, y_test, or a folder
        with the four idx files, gzipped or not. The file is only read. Without a path
        Keras downloads MNIST into its own cache.

    Returns
    -------
    Digits

    Raises
    ------
    FileNotFoundError, ValueError
        One sentence each: no such file, truncated, not MNIST.
    ConnectionError
        No path was given and there is no network.
    """
    if path is None:
        arrays = _downloaded()
    else:
        path = Path(path).expanduser()
        if not path.exists():
            raise FileNotFoundError(f"there is no {path}: give the path of mnist.npz, or "
                                    "of a folder with the four idx files")
        arrays = _from_folder(path) if path.is_dir() else _from_npz(path)
    for part in ("train", "test"):
        _check(arrays[f"x_{part}"], arrays[f"y_{part}"], part)
    return Digits(*((arrays[name] / np.float32(255)) if name[0] == "x"
                    else arrays[name].astype(np.int64) for name in PARTS), "MNIST")


def _some(images, labels, n, rng):
    """Return n images in random order with their labels."""
    if n > len(images):
        raise ValueError(f"{n} images were asked for, but there are {len(images)}")
    chosen = rng.permutation(len(images))[:n]
    return images[chosen], labels[chosen]


def _downloaded():
    """Return the arrays of Keras' own download."""
    from course_utils.quiet import quiet_tensorflow

    quiet_tensorflow()
    import keras

    try:
        train, test = keras.datasets.mnist.load_data()
    except Exception as error:
        raise ConnectionError("MNIST could not be downloaded (no network?): the course's "
                              "own digits are used; give the path of a file for MNIST"
                              ) from error
    return dict(zip(PARTS, (*train, *test), strict=True))


def _from_npz(path):
    """Return the four arrays of an npz file."""
    try:
        with np.load(path, allow_pickle=False) as file:
            return {name: file[name] for name in PARTS}
    except KeyError as error:
        raise ValueError(f"{path.name} has no array {error}: MNIST's file has "
                         f"{', '.join(PARTS)}") from None
    except (ValueError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise ValueError(f"{path.name} cannot be read as an npz file: it is cut off or "
                         "something else; copy it again") from error


def _from_folder(folder):
    """Return the four arrays of a folder of idx files."""
    arrays = {}
    for name, stem in PARTS.items():
        found = [path for path in sorted(folder.iterdir())
                 if path.name.removesuffix(".gz").replace(".", "-") == stem]
        if not found:
            raise FileNotFoundError(f"{folder.name or folder} has no {stem}, with or "
                                    "without .gz: put the four files of MNIST there")
        arrays[name] = _read_idx(found[0])
    return arrays


def _read_idx(path):
    """Return the array of bytes in one idx file (http://yann.lecun.com/exdb/mnist)."""
    try:
        data = (gzip.decompress if path.suffix == ".gz" else bytes)(path.read_bytes())
    except (OSError, EOFError) as error:
        raise ValueError(f"{path.name} is cut off or no gzip file: copy it again"
                         ) from error
    if len(data) < 4 or data[:3] != b"\0\0\x08" or not 1 <= data[3] <= 3:
        raise ValueError(f"{path.name} is no idx file of bytes: its first bytes are "
                         f"{data[:4]!r}")
    header = 4 + 4 * data[3]
    shape = np.frombuffer(data[4:header], ">u4").astype(int)
    if len(data) != header + np.prod(shape):
        raise ValueError(f"{path.name} is cut off: its header announces "
                         f"{np.prod(shape)} bytes, {len(data) - header} follow")
    return np.frombuffer(data, np.uint8, offset=header).reshape(shape)


def _check(images, labels, part):
    """Raise ValueError for images or labels that cannot be digits."""
    if images.ndim != 3 or images.shape[1:] != (28, 28) or images.dtype != np.uint8:
        raise ValueError(f"the {part} images have shape {images.shape} and type "
                         f"{images.dtype}: expected bytes of shape (n, 28, 28)")
    if labels.shape != images.shape[:1]:
        raise ValueError(f"{len(images)} {part} images but labels of shape "
                         f"{labels.shape}: one label for each image")
    if labels.dtype.kind not in "ui" or len(labels) and not 0 <= labels.min() <= \
            labels.max() <= 9:
        raise ValueError(f"the {part} labels are no digits 0 to 9")
