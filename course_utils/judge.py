"""A small judge of generated digits: a classifier's features and what is made of them.

Built and explained on page 15, used on page 16. The classifier is a convolutional
network of 42,714 numbers trained on the course's digits by ``tools/train_judge.py``;
here it runs in NumPy, some thousand images a second, and needs no TensorFlow.
Its test accuracy is 99.5 % on the course's digits and 91 % on MNIST, which it never saw.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

SHAPES = ((5, 5, 1, 16), (16,), (5, 5, 16, 32), (32,), (512, 64), (64,), (64, 10), (10,),
          (64,), (64, 64))           # the last two: mean and covariance of real digits
FEWEST = 100                         # images; fewer do not fill 64 features
BATCH = 250


@dataclass(frozen=True)
class Judgement:
    """What the judge finds in a set of n images.

    frechet : float, Fréchet distance of the features to those of real digits, >= 0
    coverage : ndarray (10,), share of the images that are read as 0, 1, ..., 9; sums to 1
    confidence : float in [0.1, 1], mean of each image's largest class probability
    agreement : float in [0, 1], share read as the label that was asked for; None without
        labels
    """

    frechet: float
    coverage: np.ndarray
    confidence: float
    agreement: float | None = None

    def __str__(self):
        agreement = "" if self.agreement is None else f", agreement {self.agreement:.3f}"
        return (f"Fréchet distance {self.frechet:.1f}, rarest class "
                f"{self.coverage.min():.3f}, confidence {self.confidence:.3f}{agreement}")


def judge_digits(images, labels=None, *, reference=None):
    """Judge digits as a set: are they like real ones, are all classes there?

    Parameters
    ----------
    images : array_like, shape (n, 28, 28) or (n, 28, 28, 1)
        Numbers in [0, 1], ink is bright, as `make_digits` draws them; n >= 100. The
        Fréchet distance shrinks as n grows: compare only sets of one size.
    labels : array_like of int, shape (n,), optional
        The digit each image was asked to be, 0 to 9.
    reference : array_like, shape (m, 28, 28) or (m, 28, 28, 1), optional
        The real images to compare with, m >= 100; several thousand are better. Default:
        20,000 of the course's digits, whose mean and covariance are stored.

    Returns
    -------
    Judgement
        ``frechet``, ``coverage``, ``confidence``, ``agreement``.

    Raises
    ------
    ValueError
        Fewer than 100 images, another shape, NaN, values outside [0, 1], labels that do
        not fit.

    Notes
    -----
    The floor is not 0: 1000 *real* digits are about 2 away from the reference, and 5000
    about 0.4, since mean and covariance of few images are rough estimates. The judge has
    no class "none of these": noise is read as some digit, with a confidence near 0.7, and
    black digits on white are not refused but are some 300 away.
    """
    features, probabilities = judge_features(images)
    read = probabilities.argmax(axis=1)
    if reference is None:
        real = [np.asarray(array, float) for array in _network()[8:]]
    else:
        real = moments(judge_features(reference)[0])
    agreement = None
    if labels is not None:
        agreement = float(np.mean(read == _checked_labels(labels, len(read))))
    return Judgement(frechet_distance(*moments(features), *real),
                     np.bincount(read, minlength=10) / len(read),
                     float(probabilities.max(axis=1).mean()), agreement)


def judge_features(images):
    """Return what the classifier makes of each image.

    Parameters
    ----------
    images : array_like, shape (n, 28, 28) or (n, 28, 28, 1), in [0, 1], n >= 100

    Returns
    -------
    features : ndarray of float64, shape (n, 64), >= 0
        Outputs of the layer before the last one.
    probabilities : ndarray of float64, shape (n, 10)
        Of the classes 0 to 9; each row sums to 1.

    Raises
    ------
    ValueError
        As for `judge_digits`.
    """
    return _run(_network(), _checked_images(images, FEWEST))


def _run(network, images):
    """Return features and probabilities of checked images by the arrays of a network."""
    w1, b1, w2, b2, w3, b3, w4, b4 = network[:8]
    parts = []
    for start in range(0, len(images), BATCH):
        x = images[start:start + BATCH, ..., None]
        x = _halve(_convolve(x, w1, b1))
        x = _halve(_convolve(x, w2, b2))
        parts.append(np.maximum(x.reshape(len(x), -1) @ w3 + b3, 0))
    features = np.concatenate(parts).astype(float)
    scores = features @ w4.astype(float) + b4
    scores = np.exp(scores - scores.max(axis=1, keepdims=True))
    return features, scores / scores.sum(axis=1, keepdims=True)


def moments(features):
    """Return the mean (d,) and the covariance (d, d) of features (n, d), n >= 2."""
    features = np.asarray(features, float)
    if features.ndim != 2 or len(features) < 2:
        raise ValueError(f"features of shape {features.shape} have no covariance: give "
                         "(n, d), at least two rows")
    return features.mean(axis=0), np.atleast_2d(np.cov(features, rowvar=False))


def frechet_distance(mean_1, cov_1, mean_2, cov_2):
    """Return the squared Fréchet distance of two normal distributions.

    |mean_1 - mean_2|^2 + trace(cov_1 + cov_2 - 2 (cov_1 cov_2)^(1/2))

    Parameters
    ----------
    mean_1, mean_2 : array_like, shape (d,)
    cov_1, cov_2 : array_like, shape (d, d)
        Symmetric, no negative eigenvalues (beyond rounding); may be singular.

    Returns
    -------
    float
        >= 0; 0 for equal distributions (up to rounding).

    Raises
    ------
    ValueError
        Shapes that do not fit, NaN, a matrix that is no covariance.

    Notes
    -----
    Dowson and Landau, 1982. With A the symmetric root of cov_1, cov_1 cov_2 has the
    eigenvalues of the symmetric A cov_2 A: no complex number ever arises.
    """
    mean_1, mean_2, cov_1, cov_2 = (np.asarray(array, float) for array in
                                    (mean_1, mean_2, cov_1, cov_2))
    _check_moments(mean_1, cov_1, mean_2, cov_2)
    values, vectors = np.linalg.eigh(cov_1)
    root = (vectors * np.sqrt(values.clip(0))) @ vectors.T
    common = np.sqrt(np.linalg.eigvalsh(root @ cov_2 @ root).clip(0)).sum()
    distance = (np.sum((mean_1 - mean_2) ** 2) + np.trace(cov_1) + np.trace(cov_2)
                - 2 * common)
    return max(float(distance), 0.0)


def nearest_neighbours(images, training):
    """Find for each image the training image with the smallest Euclidean distance.

    Parameters
    ----------
    images : array_like, shape (n, 28, 28) or (n, 28, 28, 1), in [0, 1], n >= 1
    training : array_like, shape (m, 28, 28) or (m, 28, 28, 1), in [0, 1], m >= 1

    Returns
    -------
    distances : ndarray of float64, shape (n,)
        Root of the sum of squared differences, at most 28; 0 for a copy, unless
        ``training`` also holds a near twin of it, some 0.01 away: the nearest one is
        chosen in single precision.
    places : ndarray of int, shape (n,)
        Indices into ``training``, the first one where several are equally near.

    Raises
    ------
    ValueError
        No image, another shape, NaN, values outside [0, 1].

    Notes
    -----
    A generator that copies is nearer to the training set than *new real* images are:
    compare with the distances of a test set, never with a fixed number.
    """
    a = _checked_images(images, 1).reshape(-1, 28 * 28).astype(float)
    b = _checked_images(training, 1).reshape(-1, 28 * 28)
    lengths = np.einsum("ij,ij->i", b, b, dtype=float)
    places = np.concatenate([
        np.argmin(lengths - 2 * (part.astype(np.float32) @ b.T), axis=1)
        for part in np.array_split(a, -(-len(a) // BATCH))])
    return np.sqrt(np.sum((a - b[places]) ** 2, axis=1)), places


class _Network(list):
    """The arrays of the judge, filled by `load_weights_checked`."""

    @property
    def weights(self):
        """Return arrays of the shapes that the file must have."""
        return [np.empty(shape, np.float32) for shape in SHAPES]

    def set_weights(self, arrays):
        """Take the arrays of the file."""
        self[:] = arrays


@lru_cache(maxsize=1)
def _network():
    """Return the ten arrays of the shipped judge."""
    from course_utils.weights import load_weights_checked

    network = _Network()
    load_weights_checked(network, "judge_digits.npz")
    return network


def _convolve(x, w, b):
    """Return relu(x * w + b): x (n, H, W, C), w (k, k, C, K), no padding."""
    k = len(w)
    windows = sliding_window_view(x, (k, k), axis=(1, 2))   # (n, H', W', C, k, k)
    windows = windows.transpose(0, 1, 2, 4, 5, 3).reshape(-1, w[..., 0].size)
    y = np.maximum(windows @ w.reshape(-1, w.shape[-1]) + b, 0)
    return y.reshape(len(x), x.shape[1] - k + 1, x.shape[2] - k + 1, -1)


def _halve(x):
    """Return the largest of each 2 x 2 pixels of maps (n, H, W, C)."""
    x = np.maximum(x[:, ::2], x[:, 1::2])
    return np.maximum(x[:, :, ::2], x[:, :, 1::2])


def _check_moments(mean_1, cov_1, mean_2, cov_2):
    """Say in one sentence why these are not means and covariances, if they are not."""
    shapes = [array.shape for array in (mean_1, cov_1, mean_2, cov_2)]
    d = mean_1.size
    if shapes != [(d,), (d, d), (d,), (d, d)]:
        raise ValueError("shapes {}, {}, {}, {} do not fit: expected (d,), (d, d), (d,), "
                         "(d, d)".format(*shapes))
    if not all(np.isfinite(array).all() for array in (mean_1, cov_1, mean_2, cov_2)):
        raise ValueError("means and covariances hold NaN or infinity: are the features "
                         "finite, and at least two?")
    for cov in (cov_1, cov_2):
        slack = 1e-6 * np.abs(cov).max()
        if np.abs(cov - cov.T).max() > slack or np.diag(cov).min() < -slack:
            raise ValueError("a covariance is symmetric and has no negative variance: "
                             "this matrix is none")


def _checked_images(images, fewest):
    """Return images as float32 (n, 28, 28), or say in one sentence what is wrong."""
    images = np.asarray(images)
    if images.dtype.kind not in "fiub":
        raise ValueError(f"images of type {images.dtype} cannot be judged: give numbers "
                         "in [0, 1]")
    if images.ndim == 4 and images.shape[-1] == 1:
        images = images[..., 0]
    if images.ndim != 3 or images.shape[1:] != (28, 28):
        hint = (", of one image images[None]" if images.shape == (28, 28) else
                ", here images.reshape(-1, 28, 28)" if images.shape[1:] == (784,) else "")
        raise ValueError(f"images of shape {images.shape} cannot be judged: expected "
                         f"(n, 28, 28) or (n, 28, 28, 1){hint}")
    if len(images) < fewest:
        raise ValueError(f"{len(images)} images are too few: give at least {fewest}")
    if not np.isfinite(images).all():
        raise ValueError(f"{np.sum(~np.isfinite(images))} pixels are NaN or infinite: "
                         "did the training diverge?")
    if images.min() < 0 or images.max() > 1:
        raise ValueError(f"pixels reach from {images.min():.9g} to {images.max():.9g}: "
                         "the judge expects [0, 1], bright ink; rescale or clip first")
    return np.ascontiguousarray(images, np.float32)


def _checked_labels(labels, n):
    """Return labels as int (n,), or say in one sentence what is wrong."""
    labels = np.asarray(labels)
    if labels.shape != (n,):
        hint = "; of one-hot rows take the argmax" if labels.shape == (n, 10) else ""
        raise ValueError(f"labels of shape {labels.shape} for {n} images: give one digit "
                         f"for each{hint}")
    if labels.dtype.kind not in "iu":
        raise ValueError(f"labels of type {labels.dtype}: expected the whole numbers 0 to "
                         "9, convert them with astype(int)")
    if labels.min() < 0 or labels.max() > 9:
        raise ValueError(f"labels reach from {labels.min()} to {labels.max()}: expected "
                         "the whole numbers 0 to 9")
    return labels
