"""Images for the course: bundled photographs, your own files, synthetic volumes and films."""

import difflib
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent

# The pictures inside scikit-image's own package. Its other loaders download, so they
# are refused by name: without a network they would hang and then fail.
BUNDLED = ("astronaut", "brick", "camera", "cat", "cell", "checkerboard", "chelsea",
           "clock", "coffee", "coins", "colorwheel", "grass", "gravel", "horse",
           "hubble_deep_field", "immunohistochemistry", "microaneurysms",
           "moon", "page", "retina", "rocket", "shepp_logan_phantom", "text")


def data_path(name):
    """Return the path of a file shipped in data/.

    Raises
    ------
    FileNotFoundError
        If the course has no such file.
    """
    path = ROOT / "data" / name
    if not path.is_file():
        raise FileNotFoundError(f"data/{name} is missing from the course folder: "
                                "download the course again, or run "
                                "`git checkout -- data`")
    return path


def load_image(name, dtype=np.float32):
    """Return one of the photographs that come with scikit-image; needs no network.

    Parameters
    ----------
    name : str
        For example ``"camera"``; an unknown name lists them all.
    dtype : float32 or uint8
        Floats are in [0, 1], bytes in [0, 255].

    Returns
    -------
    ndarray
        (M, N) grey or (M, N, 3) colour, of type ``dtype``.

    Raises
    ------
    ValueError
        If the name or the type is unknown.
    """
    import skimage as ski

    if name not in BUNDLED:
        near = difflib.get_close_matches(str(name), BUNDLED, n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise ValueError(f"no bundled image is called {name!r}.{hint} "
                         f"There are: {', '.join(BUNDLED)}")
    return _converted(getattr(ski.data, name)(), dtype)


def _converted(image, dtype):
    """Return ``image`` as float32 in [0, 1] or as uint8 in [0, 255]."""
    import skimage as ski

    if np.dtype(dtype) == np.uint8:
        return ski.util.img_as_ubyte(image)
    if np.dtype(dtype) == np.float32:
        return ski.util.img_as_float32(image)
    raise ValueError(f"dtype {np.dtype(dtype)} is not offered: ask for np.float32 "
                     "(0 to 1) or np.uint8 (0 to 255)")


def read_image(path):
    """Read an image file and say clearly what is wrong when it cannot be read.

    Parameters
    ----------
    path : str or Path
        PNG, TIFF (also 16-bit, volumes and sequences), JPEG or any type that imageio
        knows.

    Returns
    -------
    ndarray
        As stored: the type and the grey levels of the file, unchanged.

    Raises
    ------
    FileNotFoundError, IsADirectoryError, ValueError
        One sentence each: no such file, a folder, not an image, a damaged image.
    """
    import skimage as ski

    path = Path(path).expanduser()
    if path.is_dir():
        raise IsADirectoryError(f"{path.name or path} is a folder: give the path of "
                                "one image file inside it")
    if not path.exists():
        raise FileNotFoundError(f"there is no file {path}: check the name, and the "
                                f"folder you are in ({Path.cwd().name})")
    if path.stat().st_size == 0:
        raise ValueError(f"{path.name} is empty (0 bytes): copy it again")
    try:
        image = np.asarray(ski.io.imread(path))
    except Exception as error:
        raise ValueError(f"{path.name} cannot be read: {_why(path)}") from error
    if image.size == 0 or image.dtype.kind not in "buif":
        raise ValueError(f"{path.name} holds no pixels that can be used "
                         f"(shape {image.shape}, type {image.dtype})")
    return image


SIGNATURES = {b"\x89PNG\r\n\x1a\n": "PNG", b"II*\x00": "TIFF", b"MM\x00*": "TIFF",
              b"\xff\xd8\xff": "JPEG", b"GIF8": "GIF", b"BM": "BMP"}


def _why(path):
    """Say from the first bytes of a file why it is no image."""
    with path.open("rb") as file:
        start = file.read(512)
    for signature, kind in SIGNATURES.items():
        if start.startswith(signature):
            return (f"it starts as a {kind} image but is cut off or damaged; "
                    "copy or download it again")
    if b"\x00" not in start:
        return (f"it is a text file, whatever its ending {path.suffix!r} says; "
                "export it as PNG or TIFF")
    return "it is not in an image format known here; export it as PNG or TIFF"


def load_labelled_images(folder):
    """Read a folder of microscope images with hand-made labels.

    Parameters
    ----------
    folder : str or Path
        Holds ``images/`` and ``labels/`` with files of the same names: grey images of
        8 or 16 bits, and whole-number labels of the same shape, 0 for background.

    Returns
    -------
    list of (image, labels)
        image float32 (M, N), its type's range mapped to [0, 1]; labels int32 (M, N).

    Raises
    ------
    FileNotFoundError, ValueError
        One sentence each: no such folder, an image without labels, shapes that differ.
    """
    import skimage as ski

    folder = Path(folder).expanduser()
    files = sorted(path for path in (folder / "images").glob("*") if path.is_file())
    if not files or not (folder / "labels").is_dir():
        raise FileNotFoundError(f"{folder.name or folder} is no labelled set: it needs "
                                "the folders images and labels, with files in them")
    pairs = []
    for file in files:
        image, labels = read_image(file), read_image(folder / "labels" / file.name)
        if image.ndim == 3:
            image = ski.color.rgb2gray(image[..., :3])
        if labels.shape != image.shape or labels.dtype.kind not in "bui":
            raise ValueError(f"the labels of {file.name} have shape {labels.shape} and "
                             f"type {labels.dtype}: expected whole numbers {image.shape}")
        pairs.append((ski.util.img_as_float32(image), labels.astype(np.int32)))
    return pairs


def make_volume(shape=(32, 96, 96), *, noise=0.02, rng=None):
    """Return a synthetic scan of a head: nested ellipsoids, as in computed tomography.

    Parameters
    ----------
    shape : (int, int, int)
        (planes P, rows M, columns N).
    noise : float
        Standard deviation of the added Gaussian noise.
    rng : numpy.random.Generator, optional
        Default: ``np.random.default_rng(0)``.

    Returns
    -------
    ndarray of float32, shape (P, M, N), in [0, 1]

    Notes
    -----
    Shape after L. A. Shepp and B. F. Logan, "The Fourier reconstruction of a head
    section", IEEE Trans. Nuclear Science 21 (1974), with depths of our own.
    """
    rng = np.random.default_rng(0) if rng is None else rng
    if len(shape) != 3 or min(shape) < 2:
        raise ValueError(f"shape {shape} is not (planes, rows, columns), each >= 2")
    axes = [np.linspace(-1, 1, size, dtype=np.float32) for size in shape]
    z, y, x = np.meshgrid(*axes, indexing="ij")
    volume = np.zeros(shape, np.float32)
    for level, centre, radii, angle in _ELLIPSOIDS:
        volume += level * _inside(z, y, x, centre, radii, np.deg2rad(angle))
    volume += noise * rng.standard_normal(shape, dtype=np.float32)
    return np.clip(volume, 0, 1)


# grey level added, centre (z, y, x), radii (z, y, x), turn in degrees
_ELLIPSOIDS = (
    (0.90, (0.00, 0.00, 0.00), (0.95, 0.92, 0.70), 0),
    (-0.60, (0.00, 0.02, 0.00), (0.88, 0.85, 0.63), 0),
    (-0.20, (0.00, -0.05, 0.24), (0.45, 0.34, 0.12), -18),
    (-0.20, (0.10, -0.05, -0.24), (0.50, 0.40, 0.15), 18),
    (0.25, (0.05, -0.50, 0.00), (0.30, 0.18, 0.22), 0),
    (0.35, (-0.35, 0.30, 0.08), (0.16, 0.10, 0.10), 0),
    (0.20, (0.25, 0.55, -0.10), (0.20, 0.07, 0.12), 0),
)


def _inside(z, y, x, centre, radii, angle):
    """Return a mask of one ellipsoid turned by ``angle`` about the z axis."""
    z, y, x = z - centre[0], y - centre[1], x - centre[2]
    y, x = (np.cos(angle) * y + np.sin(angle) * x,
            np.cos(angle) * x - np.sin(angle) * y)
    return (z / radii[0]) ** 2 + (y / radii[1]) ** 2 + (x / radii[2]) ** 2 <= 1


def make_time_lapse(frames=12, shape=(96, 96), *, cells=7, rng=None):
    """Return a synthetic two-colour film: green cells drift and fade, red ones appear.

    Parameters
    ----------
    frames : int
        Number of images T.
    shape : (int, int)
        (rows M, columns N).
    cells : int
        Number of green cells; half as many red ones light up one after another.
    rng : numpy.random.Generator, optional
        Default: ``np.random.default_rng(0)``.

    Returns
    -------
    ndarray of float32, shape (T, M, N, 3), in [0, 1]
    """
    rng = np.random.default_rng(0) if rng is None else rng
    if frames < 1 or len(shape) != 2 or min(shape) < 16:
        raise ValueError("a film needs at least 1 frame of at least 16 x 16 pixels")
    rows, columns = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    film = np.full((frames, *shape, 3), 0.04, np.float32)
    for k in range(cells + cells // 2):
        red = k >= cells
        start, radius = rng.uniform(0.15, 0.85, 2) * shape, rng.uniform(3.5, 6)
        step = rng.normal(0, 1.2, 2)
        birth = rng.integers(2, max(3, frames - 2))
        for t in range(frames):
            level = 0.85 * (t >= birth) if red else 0.9 * 0.95 ** t
            y, x = start + t * step
            spot = np.exp(-((rows - y) ** 2 + (columns - x) ** 2) / radius ** 2)
            film[t, ..., 0 if red else 1] += level * spot
    film += 0.01 * rng.standard_normal(film.shape, dtype=np.float32)
    return np.clip(film, 0, 1)
