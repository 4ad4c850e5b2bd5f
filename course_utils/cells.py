"""The synthetic microscope: fields of fluorescent nuclei with exact masks and classes."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

NORMAL, CANCEROUS = 0, 1
MIN_AREA = 12           # pixels of a nucleus that must lie inside the field
TRIES = 200             # places tried for each nucleus before giving up
ANGLES = 128            # points of a contour
DARK, LIGHT = 0.03, 0.35  # grey levels of no light, and of a nucleus of brightness 1

# Two populations that overlap in every measure, so that no single one tells them apart.
# Pairs are mean and standard deviation over the nuclei.
POPULATIONS = (
    {"radius": 1.00, "size_spread": 0.13, "axis_ratio": (0.77, 0.10),
     "irregularity": (1.0, 0.35), "texture": (1.0, 0.35), "grain": 1.3,
     "nucleoli": 1.0, "brightness": (1.00, 0.25), "mitotic": 0.015},
    {"radius": 1.145, "size_spread": 0.21, "axis_ratio": (0.74, 0.12),
     "irregularity": (1.77, 0.80), "texture": (1.43, 0.50), "grain": 1.7,
     "nucleoli": 2.0, "brightness": (1.13, 0.32), "mitotic": 0.045},
)

LEVELS = {
    "easy": {"n": (18, 30), "clumping": 0.30, "overlap": 0.10, "photons": (200, 400),
             "uneven": 0.25},
    "hard": {"n": (55, 80), "clumping": 0.55, "overlap": 0.12, "photons": (10, 25),
             "read_noise": 1.0, "uneven": 0.5, "background": (0.10, 0.25),
             "haze": 0.2, "debris": 8},
}
HELD_OUT = {"easy": 770_000, "hard": 880_000}    # seeds of the held-out fields
HELD_OUT_FIELDS = 10


class Cells(NamedTuple):
    """One field of nuclei and its exact truth.

    image : ndarray of float32, shape (M, N), in [0, 1], what the camera gives
    labels : ndarray of int32, shape (M, N), 0 background, k the k-th nucleus
    classes : ndarray of int64, shape (K,), 0 normal, 1 cancerous; labels k: classes[k-1]
    boxes : ndarray of int64, shape (K, 4), half-open (row0, column0, row1, column1)
    clean : ndarray of float32, shape (M, N), the same light without noise
    """

    image: np.ndarray
    labels: np.ndarray
    classes: np.ndarray
    boxes: np.ndarray
    clean: np.ndarray


def make_cells(n=24, shape=(256, 256), *, cancerous=0.4, separation=1.5, radius=10.3,
               size_spread=1.0, irregularity=0.035, texture=0.14, clumping=0.15,
               overlap=0.10, psf=1.1, photons=150.0, read_noise=2.0, background=0.06,
               haze=0.10, uneven=0.35, debris=0, rng=None):
    """Return a field of fluorescent nuclei with its labels, classes and boxes.

    Parameters
    ----------
    n : int
        Number of nuclei, cut ones at the border included.
    shape : (int, int)
        Rows M and columns N, each at least 48.
    cancerous : float
        Probability of a nucleus to be of class 1, in [0, 1].
    separation : float
        Distance of the two classes: 0 makes them equal, 1.5 is the standard.
    radius : float
        Mean radius of normal nuclei in pixels, 4 to 24; texture grows with it.
    size_spread : float
        Factor of the spread of sizes within a class: 0 gives equal areas.
    irregularity : float
        Relative amplitude of the bumps of the contour, 0 to 0.1.
    texture : float
        Relative amplitude of the chromatin's grain, 0 to 0.3.
    clumping : float
        Probability that a nucleus is put beside an earlier one, in [0, 1].
    overlap : float
        Largest share of a nucleus that another one may cover, in [0, 1].
    psf : float
        Standard deviation of the microscope's blur in pixels.
    photons : float
        Photons counted in a pixel of a nucleus of brightness 1: few make a noisy image.
    read_noise : float
        Standard deviation of the camera's own noise, in photons.
    background : float
        Even light behind everything, relative to a nucleus of brightness 1.
    haze : float
        Share of the light that comes out of focus, in [0, 1].
    uneven : float
        Loss of light from the brightest place to the far corner, in [0, 1].
    debris : int
        Number of bright specks that are no nuclei.
    rng : numpy.random.Generator, optional
        Default: ``np.random.default_rng(0)``. The same state gives the same pixels.

    Returns
    -------
    Cells
        ``image, labels, classes, boxes, clean``. The masks are disjoint: a pixel that
        two nuclei share belongs to the one whose relative radius there is smaller.
        Levels: 0.03 without light, about 0.35 in a nucleus, clipped to [0, 1].

    Raises
    ------
    ValueError
        A parameter out of its range, or more nuclei than the field has room for.

    Notes
    -----
    A nucleus is an ellipse with Fourier bumps; its light is thickness times chromatin.
    Idea after SIMCEP: A. Lehmussola et al., "Computational framework for simulating
    fluorescence microscope images with cell populations", IEEE Trans. Medical Imaging
    26(7), 2007. How it compares with real nuclei: docs/synthetic_cells.md.
    """
    rng = np.random.default_rng(0) if rng is None else rng
    _check(n, shape, radius, photons, cancerous=cancerous, clumping=clumping,
           overlap=overlap, haze=haze, uneven=uneven)
    populations = [_population(kind, separation, radius, size_spread, irregularity,
                               texture) for kind in (NORMAL, CANCEROUS)]
    field = _Field(shape)
    while len(field.classes) < n:
        _place(field, populations, n, cancerous, clumping, overlap, rng)
    light = field.light
    for _ in range(debris):
        _add_speck(light, rng)
    clean = _through_the_microscope(light, psf, haze, background, uneven, rng)
    counts = rng.poisson(photons * clean) + read_noise * rng.standard_normal(
        shape, np.float32)
    to_level = (LIGHT - DARK) / photons
    image = np.clip(DARK + to_level * counts, 0, 1).astype(np.float32)
    clean = np.clip(DARK + to_level * photons * clean, 0, 1).astype(np.float32)
    return Cells(image, field.labels, np.array(field.classes, int),
                 _boxes(field.labels, n), clean)


def make_fields(level, count, rng, **changes):
    """Return ``count`` fields of one level of difficulty.

    Parameters
    ----------
    level : {"easy", "hard"}
        "easy": some clumps, many photons; "hard": crowded, few photons, uneven light,
        haze and debris.
    count : int
        Number of fields.
    rng : numpy.random.Generator
        Draws the settings of each field and the field itself.
    **changes
        Replace settings of the level; a pair (low, high) is drawn for each field.

    Returns
    -------
    list of Cells
    """
    if level not in LEVELS:
        raise ValueError(f"there is no level {level!r}: choose one of "
                         f"{', '.join(map(repr, LEVELS))}")
    settings = {**LEVELS[level], **changes}
    return [make_cells(**{name: _drawn(name, value, rng)
                          for name, value in settings.items()}, rng=rng)
            for _ in range(count)]


def held_out_cells(level):
    """Return the 10 fields of a level on which all methods of the course are compared.

    Parameters
    ----------
    level : {"easy", "hard"}
        As for `make_fields`.

    Returns
    -------
    list of Cells
        Always the same ones; their arrays cannot be written to. Nothing may be trained
        or tuned on them.
    """
    if level not in HELD_OUT:
        raise ValueError(f"there is no level {level!r}: choose one of "
                         f"{', '.join(map(repr, HELD_OUT))}")
    return list(_held_out(level))


@lru_cache(maxsize=None)
def _held_out(level):
    """Return the held-out fields of a level, drawn once, safe from changes."""
    fields = [make_fields(level, 1, np.random.default_rng(HELD_OUT[level] + k))[0]
              for k in range(HELD_OUT_FIELDS)]
    for field in fields:
        for array in field:
            array.setflags(write=False)
    return tuple(fields)


def _drawn(name, value, rng):
    """Return a setting: itself, or a number between the two of a pair."""
    if name == "shape" or not isinstance(value, tuple):
        return value
    low, high = value
    return int(rng.integers(low, high + 1)) if name == "n" else rng.uniform(low, high)


def _check(n, shape, radius, photons, **shares):
    """Raise ValueError, in one sentence, for a parameter out of its range."""
    if len(shape) != 2 or min(shape) < 48:
        raise ValueError(f"a field of shape {shape} is too small: give two sizes of at "
                         "least 48 pixels")
    if n < 0 or n != int(n):
        raise ValueError(f"n = {n} nuclei cannot be drawn: give a whole number, 0 or more")
    for name, value in shares.items():
        if not 0 <= value <= 1:
            raise ValueError(f"{name} = {value} is not between 0 and 1")
    if not 4 <= radius <= 24:
        raise ValueError(f"radius = {radius} pixels is not between 4 and 24")
    if not photons > 0:
        raise ValueError(f"photons = {photons} must be above 0: without light there is "
                         "no image")


def _population(kind, separation, radius, size_spread, irregularity, texture):
    """Return the traits of one class, moved away from the normal one by separation."""
    def moved(normal, cancerous):
        if isinstance(normal, tuple):
            return tuple(map(moved, normal, cancerous))
        return normal + separation * (cancerous - normal)

    traits = {name: value if kind == NORMAL else moved(value, POPULATIONS[1][name])
              for name, value in POPULATIONS[0].items()}
    traits["radius"] *= radius
    traits["grain"] = round(max(traits["grain"], 0.5) * radius / 10.3, 1)
    traits["size_spread"] *= size_spread
    traits["irregularity"] = tuple(irregularity * v for v in traits["irregularity"])
    traits["texture"] = tuple(texture * v for v in traits["texture"])
    return traits


class _Field:
    """What is drawn so far: light, labels, relative radii, classes, centres, areas."""

    def __init__(self, shape):
        self.shape = shape
        self.light = np.zeros(shape, np.float32)
        self.labels = np.zeros(shape, np.int32)
        self.nearest = np.full(shape, np.inf, np.float32)
        self.classes, self.centres, self.radii, self.areas = [], [], [], [0]

    def overlap(self, place, mask):
        """Return the largest share of ``mask``, or of a nucleus it meets, in common."""
        met = np.bincount(self.labels[place][mask], minlength=len(self.areas))
        met[0] = 0
        if not met.any():
            return 0.0
        areas = np.maximum(self.areas, 1)
        return max((met / areas).max(), met.sum() / mask.sum())

    def add(self, place, rho, light, centre, radius, kind):
        """Draw one nucleus; pixels shared with others go to the smaller rho."""
        own = (rho < 1) & (rho < self.nearest[place])
        lost = np.bincount(self.labels[place][own], minlength=len(self.areas))
        self.areas = list(np.subtract(self.areas, lost)) + [own.sum()]
        self.classes.append(kind)
        self.labels[place][own] = len(self.classes)
        self.nearest[place][own] = rho[own]
        self.light[place] += light
        self.centres.append(centre)
        self.radii.append(radius)


def _place(field, populations, n, cancerous, clumping, overlap, rng):
    """Draw one nucleus where it fits, or say that the field is full."""
    kind = int(rng.random() < cancerous)
    rho, light, radius = _nucleus(populations[kind], rng)
    beside = field.centres and rng.random() < clumping
    for attempt in range(TRIES):
        centre = (_beside(field, radius, rng) if beside and attempt < TRIES // 2
                  else rng.uniform(0, field.shape))
        place, part = _window(centre, rho.shape[0] // 2, field.shape)
        if place is None:
            continue
        mask = rho[part] < 1
        if mask.sum() >= MIN_AREA and field.overlap(place, mask) <= overlap:
            field.add(place, rho[part], light[part], centre, radius, kind)
            return
    raise ValueError(f"only {len(field.classes)} of {n} nuclei fit into a field of "
                     f"{field.shape[0]} x {field.shape[1]} pixels: ask for fewer, or "
                     "for a larger shape")


def _beside(field, radius, rng):
    """Return a centre at about touching distance from an earlier nucleus."""
    k = rng.integers(len(field.centres))
    angle = rng.uniform(0, 2 * np.pi)
    distance = (field.radii[k] + radius) * rng.uniform(0.85, 1.05)
    return field.centres[k] + distance * np.array([np.sin(angle), np.cos(angle)])


def _window(centre, half, shape):
    """Return where a patch of half-width ``half`` lies in the field, and its part."""
    start = np.floor(centre).astype(int) - half
    if (np.asarray(centre) < 0).any() or (np.asarray(centre) >= shape).any():
        return None, None
    low = np.maximum(start, 0)
    high = np.minimum(start + 2 * half + 1, shape)
    place = tuple(slice(a, b) for a, b in zip(low, high, strict=True))
    part = tuple(slice(a - s, b - s) for a, b, s in zip(low, high, start, strict=True))
    return place, part


def _nucleus(traits, rng):
    """Return relative radius rho (below 1 inside), light and radius of one nucleus."""
    radius = traits["radius"] * np.exp(traits["size_spread"] * rng.standard_normal())
    ratio = np.clip(rng.normal(*traits["axis_ratio"]), 0.45, 1)
    irregularity = abs(rng.normal(*traits["irregularity"]))
    brightness = traits["brightness"][0] * np.exp(
        traits["brightness"][1] * rng.standard_normal())
    texture = np.clip(rng.normal(*traits["texture"]), 0, 0.6)
    spots = rng.poisson(max(traits["nucleoli"], 0))
    if rng.random() < traits["mitotic"]:      # chromosomes in a plate, side view
        ratio, radius, brightness = rng.uniform(0.28, 0.42), 0.72 * radius, 2.2 * brightness
        irregularity, spots = 2.5 * irregularity, 0
    y, x, rho = _relative_radius(_contour(radius, ratio, irregularity, rng), rng)
    light = np.maximum(1 - rho**2, 0) ** 0.28           # thickness
    light *= 1 + texture * _grain_patch(traits["grain"], rho.shape[0], rng)
    for _ in range(spots):                              # nucleoli are dark in DAPI
        v, u = rng.uniform(-0.5, 0.5, 2) * radius
        light *= 1 - 0.55 * np.exp(-((y - v) ** 2 + (x - u) ** 2) / (0.23 * radius) ** 2)
    return rho, (brightness * np.maximum(light, 0)).astype(np.float32), radius


def _contour(radius, ratio, irregularity, rng):
    """Return the radius at ANGLES angles: ellipse times Fourier bumps, area kept."""
    angle = np.linspace(0, 2 * np.pi, ANGLES, endpoint=False)
    turned = angle - rng.uniform(0, np.pi)
    ellipse = np.sqrt(ratio / ((ratio * np.cos(turned)) ** 2 + np.sin(turned) ** 2))
    waves = np.arange(2, 8)[:, None]
    heights = 1.5 * irregularity * (2 / waves) ** 1.6 * rng.standard_normal(waves.shape)
    phases = rng.uniform(0, 2 * np.pi, waves.shape)
    bumps = (heights * np.cos(waves * angle + phases)).sum(0)
    contour = np.maximum(ellipse * (1 + bumps), 0.35)
    return radius * contour / np.sqrt((contour**2).mean())


def _relative_radius(contour, rng):
    """Return y, x and distance / contour on a patch around a centre off the grid."""
    half = int(np.ceil(contour.max())) + 1
    v, u = rng.uniform(-0.5, 0.5, 2)
    y, x = np.mgrid[-half:half + 1, -half:half + 1].astype(np.float32)
    y, x = y - np.float32(v), x - np.float32(u)
    turn = np.arctan2(y, x) * (ANGLES / (2 * np.pi)) % ANGLES
    before = turn.astype(int) % ANGLES
    share = turn - np.floor(turn)
    edge = (1 - share) * contour[before] + share * contour[(before + 1) % ANGLES]
    return y, x, np.hypot(y, x) / edge


@lru_cache(maxsize=32)
def _grain(scale):
    """Return a periodic 256 x 256 field of grains of one size, mean 0, variance 1."""
    from scipy import ndimage as ndi

    noise = np.random.default_rng(int(1000 * scale)).standard_normal((256, 256))
    grain = (ndi.gaussian_filter(noise, scale, mode="wrap")
             - ndi.gaussian_filter(noise, 2.5 * scale, mode="wrap"))
    return (grain / grain.std()).astype(np.float32)


def _grain_patch(scale, size, rng):
    """Return a random size x size piece of the field of grains."""
    row, column = rng.integers(0, 256, 2)
    grain = _grain(scale)
    return grain[(np.arange(size) + row)[:, None] % 256, (np.arange(size) + column) % 256]


def _add_speck(light, rng):
    """Add a small bright spot, or a larger faint one, to ``light``."""
    small = rng.random() < 0.7
    width = rng.uniform(0.7, 1.6) if small else rng.uniform(3, 6)
    height = rng.uniform(0.6, 1.8) if small else rng.uniform(0.15, 0.4)
    half = int(4 * width) + 1
    place, part = _window(rng.uniform(0, light.shape), half, light.shape)
    y, x = np.mgrid[-half:half + 1, -half:half + 1]
    spot = height * np.exp(-(y**2 + x**2) / (2 * width**2))
    light[place] += spot[part].astype(np.float32)


def _through_the_microscope(light, psf, haze, background, uneven, rng):
    """Return the light that reaches the camera, relative to a nucleus of brightness 1."""
    from scipy import ndimage as ndi

    sharp = ndi.gaussian_filter(light, psf)
    far = ndi.gaussian_filter(light[::4, ::4], 4)        # 16 pixels, on every fourth
    far = ndi.zoom(far, np.divide(light.shape, far.shape), order=1)
    rows, columns = (np.linspace(-1, 1, size, dtype=np.float32) for size in light.shape)
    v, u = rng.uniform(-0.4, 0.4, 2)
    distance = ((rows - v) ** 2)[:, None] + (columns - u) ** 2
    lamp = 1 - uneven * distance / distance.max()
    return np.maximum(lamp * ((1 - haze) * sharp + haze * far + background), 0)


def _boxes(labels, n):
    """Return the half-open boxes (row0, column0, row1, column1) of labels 1 to n."""
    from scipy import ndimage as ndi

    return np.array([[rows.start, columns.start, rows.stop, columns.stop]
                     for rows, columns in ndi.find_objects(labels, n)],
                    int).reshape(-1, 4)
