"""Exercises of page 02: convolution and the Fourier transform."""

import numpy as np
from scipy import ndimage as ndi
from scipy import signal

from course_utils.compare import Problem
from course_utils.exercise import Exercise, Mistake


def make_exercises():
    """Return the exercises of the page, in its order."""
    return [_convolve(), _gradient_norm(), _gaussian_kernel(), _idft2(),
            _log_spectrum(), _swap_phase(), _low_pass_mask()]


# --- convolution -------------------------------------------------------------------

def convolve(f, h):
    """Return f * h, of the shape of f; h has odd size, f is 0 outside."""
    K, L = h.shape[0] // 2, h.shape[1] // 2
    padded = np.pad(f, ((K, K), (L, L)))
    flipped = h[::-1, ::-1]
    g = np.zeros(f.shape)
    for k in range(h.shape[0]):
        for l in range(h.shape[1]):
            g += flipped[k, l] * padded[k:k + f.shape[0], l:l + f.shape[1]]
    return g


def _moved(g, step):
    """Return g moved by a step down and right, with zeros behind it."""
    return ndi.shift(g, (step, step), order=0, mode="constant")


def _convolve():
    def library(f, h, **border):
        return ndi.convolve(1.0 * f, h, **({"mode": "constant"} | border))

    def loops(f, h):
        m, n = h.shape[0] // 2, h.shape[1] // 2
        return [[sum(h[k + m, l + n] * f[i - k, j - l]
                     for k in range(-m, m + 1) for l in range(-n, n + 1)
                     if 0 <= i - k < f.shape[0] and 0 <= j - l < f.shape[1])
                 for j in range(f.shape[1])] for i in range(f.shape[0])]

    return Exercise(
        "convolve", convolve,
        lambda rng: [(rng.integers(1, 9, (3, 4)), rng.integers(1, 9, (3, 3)) / 4),
                     (rng.random((7, 9)), rng.normal(size=(3, 5))),
                     (rng.random((12, 10)), rng.normal(size=(5, 3)))],
        {
            "correlation": Mistake(
                lambda f, h: ndi.correlate(1.0 * f, h, mode="constant"),
                "You correlated: flip the kernel. In a convolution the kernel's index "
                "and the image's index run against each other: h(k, l) f(i-k, j-l)."),
            "flipped in one axis": Mistake(
                (lambda f, h: ndi.correlate(1.0 * f, h[::-1], mode="constant"),
                 lambda f, h: ndi.correlate(1.0 * f, h[:, ::-1], mode="constant")),
                "You flipped the kernel along one axis only. Both axes must be flipped."),
            "transposed": Mistake(
                (lambda f, h: library(f, h.T),
                 lambda f, h: ndi.correlate(1.0 * f, h.T, mode="constant")),
                "You transposed the kernel. Flipping reverses rows and columns, "
                "h[::-1, ::-1]; it does not exchange them."),
            "border": Mistake(
                (lambda f, h: library(f, h, mode="nearest"),
                 lambda f, h: library(f, h, mode="reflect"),
                 lambda f, h: library(f, h, mode="mirror"),
                 lambda f, h: library(f, h, mode="wrap")),
                "Inside the image you are right. At the border you continued the image "
                "(repeated, mirrored, or tiled as a product of spectra does); here "
                "everything outside of it is 0."),
            "not flipped, and border": Mistake(
                tuple(lambda f, h, mode=mode: ndi.correlate(1.0 * f, h, mode=mode)
                      for mode in ("nearest", "reflect", "mirror", "wrap")),
                "Two things: the kernel is not flipped, so this is a correlation, and at "
                "the border you continued the image, where here everything outside is 0. "
                "Flip with h[::-1, ::-1], and pad with zeros."),
            "off by one": Mistake(
                (lambda f, h: _moved(library(f, h), 1), lambda f, h: _moved(
                    library(f, h), -1)),
                "Your picture is moved by one pixel in each direction: the middle of the "
                "kernel stands at index size // 2, and the padding is size // 2 too."),
            "moved by half a kernel": Mistake(
                (lambda f, h: signal.convolve2d(f, h)[:f.shape[0], :f.shape[1]],
                 lambda f, h: np.fft.ifft2(np.fft.fft2(f) * np.fft.fft2(h, f.shape)).real),
                "Your picture is moved by half a kernel: the middle of h belongs to k = l "
                "= 0. Cut the full result from row m // 2 and column n // 2 on; and a "
                "product of spectra also needs padding, for 0 outside."),
            "whole numbers, and border": Mistake(
                (lambda f, h: ndi.convolve(f, h), lambda f, h: ndi.convolve(
                    f, h, mode="nearest")),
                "Two things: for integers the result lost its fractions, since ndi.convolve "
                "returns the type of its input; and at the border the image was "
                "continued, where it is 0. Besides, write it without the library."),
            "whole numbers": Mistake(
                tuple(lambda f, h, rounded=rounded: rounded(library(f, h)) if
                      f.dtype.kind in "iu" else library(f, h)
                      for rounded in (np.trunc, np.rint)),
                "For an image of integers your result lost its fractions: it was stored "
                "in an array of integers, as np.zeros_like(f) makes one. Use "
                "np.zeros(f.shape)."),
            "valid": Mistake(
                lambda f, h: signal.convolve2d(f, h, mode="valid"),
                "You kept only the places where the kernel fits inside. Pad the image "
                "with zeros, so that the result has the shape of f."),
            "full": Mistake(
                lambda f, h: signal.convolve2d(f, h),
                "You kept all places where kernel and image overlap. Cut the result to "
                "the shape of f, half a kernel on each side."),
            "border left black": Mistake(
                lambda f, h: np.pad(signal.convolve2d(f, h, mode="valid"), [
                    (size // 2, size // 2) for size in h.shape]),
                "Inside you are right, but you left the pixels at the border 0. The "
                "image is 0 outside; its border pixels still get their sums."),
            "normalised": Mistake(
                lambda f, h: library(f, h / h.sum()),
                "You divided by the sum of the kernel. Convolution takes the kernel as "
                "it is."),
        },
        ["For each pixel (i, j): sum h(k, l) f(i-k, j-l), with k, l = 0 at the middle of "
         "the kernel. What is f outside of the image?",
         "Pad f with zeros by half the kernel on each side, flip the kernel with "
         "h[::-1, ::-1], then multiply and sum window by window."],
        independent=lambda f, h: signal.convolve2d(f, h, mode="same"),
        also_right=(loops, library))


# --- gradient ----------------------------------------------------------------------

def gradient_norm(f):
    """Return sqrt(gx^2 + gy^2) with central differences, 0 at the border."""
    gx, gy = np.zeros(f.shape), np.zeros(f.shape)
    gx[1:-1, 1:-1] = (f[1:-1, 2:] - f[1:-1, :-2]) / 2
    gy[1:-1, 1:-1] = (f[2:, 1:-1] - f[:-2, 1:-1]) / 2
    return np.sqrt(gx ** 2 + gy ** 2)


def _inner(values):
    """Return ``values`` with its border set to 0."""
    out = np.zeros(values.shape)
    out[1:-1, 1:-1] = values[1:-1, 1:-1]
    return out


def _gradient_norm():
    def parts(f):
        return np.gradient(f)

    def with_numpy(f):
        return _inner(np.hypot(*parts(f)))

    return Exercise(
        "gradient_norm", gradient_norm,
        lambda rng: [(rng.integers(0, 20, (4, 3)).astype(float),),
                     (rng.random((9, 12)),),
                     (ndi.gaussian_filter(rng.random((20, 16)), 1.5),)],
        {
            "sum of parts": Mistake(
                lambda f: _inner(parts(f)[0] + parts(f)[1]),
                "You added the two differences: opposite signs cancel. The norm is the "
                "square root of the sum of squares."),
            "absolute values": Mistake(
                lambda f: _inner(np.abs(parts(f)[0]) + np.abs(parts(f)[1])),
                "You added absolute values. That is a norm too, but the length of a "
                "vector is the root of the sum of squares."),
            "no root": Mistake(
                lambda f: _inner(parts(f)[0] ** 2 + parts(f)[1] ** 2),
                "You forgot the square root: the norm is the root of the sum of squares."),
            "not halved": Mistake(
                lambda f: 2 * with_numpy(f),
                "Your values are twice as large: neighbours left and right are two "
                "pixels apart, so divide their difference by 2."),
            "one direction": Mistake(
                (lambda f: _inner(np.abs(parts(f)[0])), lambda f: _inner(np.abs(parts(f)[1]))),
                "You used one direction only: edges along it vanish. Combine x and y."),
            "forward differences": Mistake(
                tuple(lambda f, step=step: _inner(np.hypot(
                    *(np.roll(f, step, k) - f for k in (0, 1)))) for step in (-1, 1)),
                "You subtracted the pixel and one neighbour of it. A central difference "
                "takes the neighbours on both sides, two pixels apart."),
            "the larger one": Mistake(
                lambda f: _inner(np.maximum(*np.abs(parts(f)))),
                "You kept the larger of the two differences. The length of a vector is "
                "the root of the sum of squares."),
            "border kept": Mistake(
                (lambda f: np.hypot(*parts(f)),
                 lambda f: np.hypot(*(np.roll(f, -1, k) - np.roll(f, 1, k)
                                      for k in (0, 1))) / 2,
                 *(lambda f, mode=mode: np.hypot(*(
                     ndi.correlate1d(f, [-0.5, 0, 0.5], k, mode=mode) for k in (0, 1)))
                   for mode in ("reflect", "nearest", "constant"))),
                "Inside you are right. The exercise asks for 0 in the first and last "
                "row and column, where a neighbour is missing."),
            "Sobel": Mistake(
                tuple(lambda f, border=border, scale=scale: border(np.hypot(
                    ndi.sobel(f, 0), ndi.sobel(f, 1))) / scale
                      for border in (_inner, np.asarray)
                      for scale in (1, 8, np.sqrt(32))),
                "You used Sobel's kernel, which also smooths across. Here each "
                "difference uses two pixels only."),
        },
        ["gx is half the difference of the right and the left neighbour: "
         "f[i, j + 1] - f[i, j - 1]. What is gy?",
         "Slices do it for all pixels: f[1:-1, 2:] - f[1:-1, :-2]. Then "
         "np.sqrt(gx**2 + gy**2), in the middle of an array of zeros."],
        independent=with_numpy,
        also_right=(lambda f: _inner(np.hypot(ndi.correlate1d(f, [-.5, 0, .5], 0),
                                              ndi.correlate1d(f, [-.5, 0, .5], 1))),))


# --- a kernel ------------------------------------------------------------------------

def gaussian_kernel(sigma, radius):
    """Return the Gaussian kernel of 2 radius + 1 rows and columns, with sum 1."""
    t = np.arange(-radius, radius + 1)
    row = np.exp(-t ** 2 / (2 * sigma ** 2))
    return np.outer(row, row) / row.sum() ** 2


def _scaled(h):
    """Return h scaled to sum 1."""
    return h / h.sum()


def _gaussian_kernel():
    def raw(sigma, radius, c=2.0):
        t = np.arange(-radius, radius + 1)
        return np.exp(-(t[:, None] ** 2 + t ** 2) / (c * sigma ** 2))

    def of_impulse(sigma, radius):
        size = 2 * radius + 1
        impulse = np.zeros((size, size))
        impulse[radius, radius] = 1
        return ndi.gaussian_filter(impulse, sigma, mode="constant", radius=radius)

    def shifted(sigma, radius):
        t = np.arange(2 * radius + 1)
        h = np.exp(-((t[:, None] - radius - .5) ** 2 + (t - radius - .5) ** 2)
                   / (2 * sigma ** 2))
        return h / h.sum()

    def even(sigma, radius):
        t = np.arange(-radius, radius)
        h = np.exp(-(t[:, None] ** 2 + t ** 2) / (2 * sigma ** 2))
        return h / h.sum()

    return Exercise(
        "gaussian_kernel", gaussian_kernel,
        lambda rng: [(0.7, 1), (1.3, 3), (2.4, 4)],
        {
            "not normalised": Mistake(
                (raw, lambda sigma, radius: raw(sigma, radius) / (2 * np.pi * sigma ** 2)),
                "The weights do not add up to 1, so the filtered image would change its "
                "brightness. Divide by their sum (the factor 1/(2 pi sigma^2) is right "
                "only for a kernel without end)."),
            "2 forgotten": Mistake(
                lambda sigma, radius: _scaled(raw(sigma, radius, 1.)),
                "You divided by sigma^2 in the exponent. The formula has 2 sigma^2."),
            "sigma not squared": Mistake(
                lambda sigma, radius: _scaled(raw(np.sqrt(sigma), radius)),
                "You forgot to square sigma in the exponent: it is 2 sigma^2."),
            "precedence": Mistake(
                (lambda sigma, radius: _scaled(raw(sigma, radius, 2 / sigma ** 4)),
                 lambda sigma, radius: raw(sigma, radius, 2 / sigma ** 4)),
                "Your exponent is multiplied by sigma^2: -d / 2 * sigma**2 divides by 2 "
                "only, then multiplies. Brackets: -d / (2 * sigma**2)."),
            "plus": Mistake(
                lambda sigma, radius: _scaled(raw(sigma, radius, -2.)),
                "Your weights grow outwards: the exponent lacks its minus sign."),
            "root": Mistake(
                lambda sigma, radius: _scaled(np.exp(-np.sqrt(-np.log(raw(
                    1, radius, 1.))) / (2 * sigma ** 2))),
                "You took the square root of k^2 + l^2, the distance. In the exponent it "
                "stands squared."),
            "even size": Mistake(
                even,
                "Your kernel has 2 radius rows: arange excludes its end. It needs "
                "radius on both sides and one in the middle, 2 radius + 1."),
            "off centre": Mistake(
                shifted,
                "Your kernel is off its centre by half a pixel: the largest weight "
                "belongs to the middle entry, at index radius."),
            "one row": Mistake(
                lambda sigma, radius: gaussian_kernel(sigma, radius).sum(0),
                "You returned one row. The kernel is two-dimensional: multiply a column "
                "by a row, np.outer(row, row)."),
        },
        ["Distances from the middle: np.arange(-radius, radius + 1). Why + 1?",
         "Row and column weights are exp(-t^2 / (2 sigma^2)); np.outer multiplies them. "
         "Divide by the sum at the end."],
        independent=of_impulse,
        also_right=(lambda sigma, radius: _scaled(raw(sigma, radius)),))


# --- Fourier ----------------------------------------------------------------------------

def idft2(F):
    """Return the inverse DFT of F (M, N) by two matrix products, complex."""
    M, N = F.shape
    W_M = np.exp(2j * np.pi * np.outer(np.arange(M), np.arange(M)) / M)
    W_N = np.exp(2j * np.pi * np.outer(np.arange(N), np.arange(N)) / N)
    return W_M @ F @ W_N / (M * N)


def _idft2():
    return Exercise(
        "idft2", idft2,
        lambda rng: [(np.fft.fft2(rng.integers(0, 9, (2, 3))),),
                     (rng.normal(size=(5, 4)) + 1j * rng.normal(size=(5, 4)),),
                     (np.fft.fft2(rng.random((9, 12))),)],
        {
            "forward": Mistake(
                np.fft.fft2,
                "That is the forward transform. The inverse has the other sign in the "
                "exponent, and a division by M N."),
            "not divided": Mistake(
                lambda F: np.fft.ifft2(F) * F.size,
                "The signs are right, but the result is M N times too large: divide."),
            "wrong sign": Mistake(
                lambda F: np.fft.fft2(F) / F.size,
                "The division is right, but the exponent has the forward sign: your "
                "image comes out reversed. The inverse has +."),
            "divided by one side": Mistake(
                (lambda F: np.fft.ifft2(F) * F.shape[1],
                 lambda F: np.fft.ifft2(F) * F.shape[0]),
                "You divided by one of M and N only. Each of the two matrices brings its "
                "own factor: divide by M N, the number of pixels."),
            "divided by M + N": Mistake(
                lambda F: np.fft.ifft2(F) * F.size / sum(F.shape),
                "You divided by M + N. The two factors multiply: divide by M N."),
            "one sign": Mistake(
                (lambda F: np.fft.fft(np.fft.ifft(F, axis=0), axis=1) / F.shape[1],
                 lambda F: np.fft.ifft(np.fft.fft(F, axis=0), axis=1) / F.shape[0]),
                "One of your two matrices still has the forward sign, so the image is "
                "mirrored along one axis. Both have + in the exponent."),
            "not divided by N": Mistake(
                lambda F: np.broadcast_to(F.sum() / F.size, F.shape),
                "Your exponents are multiples of 2 pi i, so that all waves are constant: "
                "divide x u by N inside the exponent, and by M for the columns."),
            "root": Mistake(
                lambda F: np.fft.ifft2(F, norm="ortho"),
                "You divided by the root of M N. That is the symmetric convention, "
                "where the forward transform is divided too; here only the inverse is."),
            "real part": Mistake(
                lambda F: np.fft.ifft2(F).real,
                "You kept the real part. F may come from a complex image: return the "
                "complex result."),
            "modulus": Mistake(
                lambda F: np.abs(np.fft.ifft2(F)),
                "You returned the modulus, which loses sign and phase."),
            "one axis": Mistake(
                (lambda F: np.fft.ifft(F, axis=0), lambda F: np.fft.ifft(F, axis=1)),
                "You transformed along one axis only. One matrix stands on the left, "
                "for the columns, one on the right, for the rows."),
        },
        ["The page built W with exp(-2 pi i x u), u = 0, 1/N, 2/N ... What changes in "
         "the inverse?",
         "W_M has shape (M, M) and W_N (N, N): W_M @ F @ W_N, with + in the exponents, "
         "divided by M N."],
        independent=np.fft.ifft2,
        also_right=(lambda F: np.conj(np.fft.fft2(np.conj(F))) / F.size,))


def log_spectrum(f):
    """Return log(1 + |F|) of image f, with frequency 0 at [M // 2, N // 2]."""
    return np.fft.fftshift(np.log1p(np.abs(np.fft.fft2(f))))


def _log_spectrum():
    def modulus(f):
        return np.abs(np.fft.fft2(f))

    def by_phase_ramp(f):
        M, N = f.shape
        i, j = np.mgrid[:M, :N]
        ramp = np.exp(2j * np.pi * ((M // 2) * i / M + (N // 2) * j / N))
        return np.log(np.abs(np.fft.fft2(f * ramp)) + 1)

    return Exercise(
        "log_spectrum", log_spectrum,
        lambda rng: [(rng.integers(0, 9, (3, 4)).astype(float),),
                     (rng.random((8, 7)),),
                     (ndi.gaussian_filter(rng.random((21, 16)), 1) - 0.4,)],
        {
            "not shifted": Mistake(
                (lambda f: np.log1p(modulus(f)),
                 lambda f: np.log1p(np.abs(np.fft.fft2(np.fft.fftshift(f))))),
                "Frequency 0 is still at the corner: np.fft.fftshift, applied to the "
                "spectrum and not to the image, moves it to the middle."),
            "wrong shift": Mistake(
                lambda f: np.fft.ifftshift(np.log1p(modulus(f))),
                "For odd sizes your frequency 0 is one pixel off, as after ifftshift: "
                "fftshift brings frequency 0 to the middle, ifftshift takes it back."),
            "power": Mistake(
                lambda f: np.fft.fftshift(np.log1p(np.abs(np.fft.fft2(f) ** 2))),
                "You took the logarithm of the power |F|^2. The exercise asks for the "
                "modulus |F|."),
            "no logarithm": Mistake(
                lambda f: np.fft.fftshift(modulus(f)),
                "You returned the modulus itself. Its peak hides all the rest: take "
                "log(1 + |F|)."),
            "log of zero": Mistake(
                lambda f: np.fft.fftshift(np.log(modulus(f))),
                "You took log|F|. Where F is 0 that is minus infinity; log(1 + |F|) is "
                "0 there. np.log1p does it."),
            "real part": Mistake(
                lambda f: np.fft.fftshift(np.log1p(np.abs(np.fft.fft2(f).real))),
                "You used the real part. The modulus is np.abs of the complex value."),
            "another base": Mistake(
                (lambda f: np.fft.fftshift(np.log10(1 + modulus(f))),
                 lambda f: np.fft.fftshift(np.log2(1 + modulus(f))),
                 lambda f: np.fft.fftshift(20 * np.log10(1 + modulus(f)))),
                "You used the logarithm to another base (10 or 2) or decibels. Here it "
                "is the natural one, np.log or np.log1p."),
            "shifted along one axis": Mistake(
                tuple(lambda f, k=k: np.fft.fftshift(np.log1p(modulus(f)), axes=k)
                      for k in (0, 1)),
                "You shifted along one axis only. np.fft.fftshift without `axes` moves "
                "frequency 0 to the middle of both."),
            "one axis": Mistake(
                tuple(lambda f, k=k: np.fft.fftshift(np.log1p(np.abs(np.fft.fft(
                    f, axis=k)))) for k in (0, 1)),
                "You transformed along one axis only: np.fft.fft is for rows. An image "
                "needs np.fft.fft2."),
            "mean removed": Mistake(
                lambda f: np.fft.fftshift(np.log1p(modulus(f - f.mean()))),
                "You subtracted the mean first, so that the middle of the spectrum is 0. "
                "The exercise keeps it."),
        },
        ["Three steps: np.fft.fft2, np.abs, np.log1p. What is still at the corner?",
         "np.fft.fftshift moves frequency 0 to row M // 2, column N // 2."],
        independent=by_phase_ramp,
        also_right=(lambda f: np.log(1 + np.abs(np.fft.fftshift(np.fft.fft2(f)))),))


def swap_phase(f, g):
    """Return the image with the modulus of f's spectrum and the phase of g's."""
    F, G = np.fft.fft2(f), np.fft.fft2(g)
    return np.fft.ifft2(np.abs(F) * np.exp(1j * np.angle(G))).real


def _arctan(F):
    """Return the angles that np.arctan finds, wrong by pi in half of the plane."""
    return np.arctan(F.imag / F.real)


class _Real(Exercise):
    """An exercise whose result is to be real, also if the imaginary part is 0."""

    def _problem(self, outcome, wanted):
        problem = super()._problem(outcome, wanted)
        if problem is None and np.iscomplexobj(outcome.value):
            problem = Problem("type", "its values are right, but of a complex type: take "
                                      "the real part, `.real`")
        return problem


def _swap_phase():
    def by_division(f, g):
        F, G = np.fft.fft2(f), np.fft.fft2(g)
        return np.real(np.fft.ifft2(np.abs(F) * G / np.abs(G)))

    def with_parts(f, g, keep):
        F, G = np.fft.fft2(f), np.fft.fft2(g)
        return keep(np.fft.ifft2(np.abs(F) * np.exp(1j * np.angle(G))))

    return _Real(
        "swap_phase", swap_phase,
        lambda rng: [(rng.random((3, 4)), rng.random((3, 4))),
                     (rng.random((8, 7)), rng.random((8, 7))),
                     (ndi.gaussian_filter(rng.random((16, 20)), 2),
                      rng.random((16, 20)) - 0.2)],
        {
            "the other way": Mistake(
                lambda f, g: swap_phase(g, f),
                "You took the modulus of g and the phase of f. The modulus is to come "
                "from the first image, the phase from the second."),
            "arctan": Mistake(
                lambda f, g: np.fft.ifft2(np.abs(np.fft.fft2(f)) * np.exp(
                    1j * _arctan(np.fft.fft2(g)))).real,
                "np.arctan(imaginary / real) cannot tell opposite directions apart: where "
                "the real part is negative, the phase is off by pi. Use np.angle, or "
                "np.arctan2(imaginary, real)."),
            "arctan2 exchanged": Mistake(
                lambda f, g: np.fft.ifft2(np.abs(np.fft.fft2(f)) * np.exp(
                    1j * np.arctan2(np.fft.fft2(g).real, np.fft.fft2(g).imag))).real,
                "The arguments of np.arctan2 are exchanged: the imaginary part comes "
                "first, np.arctan2(G.imag, G.real)."),
            "degrees": Mistake(
                lambda f, g: np.fft.ifft2(np.abs(np.fft.fft2(f)) * np.exp(
                    1j * np.angle(np.fft.fft2(g), deg=True))).real,
                "Your phase is in degrees. np.exp wants radians."),
            "minus sign": Mistake(
                lambda f, g: np.fft.ifft2(np.abs(np.fft.fft2(f)) * np.exp(
                    -1j * np.angle(np.fft.fft2(g)))).real,
                "Your phase has the wrong sign, so the image comes out turned by half a "
                "turn: exp(+1j * angle)."),
            "phase of the image": Mistake(
                lambda f, g: np.fft.ifft2(np.abs(np.fft.fft2(f)) * np.exp(
                    1j * np.angle(g))).real,
                "You took the phase of the image g itself. Transform it first: the phase "
                "is that of its spectrum."),
            "phase alone": Mistake(
                lambda f, g: np.fft.ifft2(np.exp(1j * np.angle(np.fft.fft2(g)))).real,
                "You used the phase of g with a modulus of 1. The modulus of the spectrum "
                "of f has to multiply it."),
            "phase as a number": Mistake(
                lambda f, g: np.fft.ifft2(np.abs(np.fft.fft2(f))
                                          * np.angle(np.fft.fft2(g))).real,
                "You multiplied by the angle itself. A complex number is modulus times "
                "exp(i angle)."),
            "i forgotten": Mistake(
                lambda f, g: np.fft.ifft2(np.abs(np.fft.fft2(f)) * np.exp(
                    np.angle(np.fft.fft2(g)))).real,
                "The exponent lacks the i: write exp(1j * angle)."),
            "modulus of the result": Mistake(
                lambda f, g: with_parts(f, g, np.abs),
                "You took the modulus of the result, so its negative levels became "
                "positive. Take the real part."),
            "both moduli": Mistake(
                lambda f, g: np.fft.ifft2(np.abs(np.fft.fft2(f)) * np.fft.fft2(g)).real,
                "You multiplied by all of G, so its modulus came along. Use only its "
                "phase: G / |G|, or exp(i angle)."),
            "not inverted": Mistake(
                lambda f, g: (np.abs(np.fft.fft2(f))
                              * np.exp(1j * np.angle(np.fft.fft2(g)))).real,
                "That is still a spectrum: transform it back with np.fft.ifft2."),
        },
        ["np.abs(F) is the modulus of a spectrum, np.angle(G) its phase. How do you make "
         "a complex number of the two?",
         "np.abs(F) * np.exp(1j * np.angle(G)), then the real part of np.fft.ifft2."],
        independent=by_division)


def low_pass_mask(shape, radius):
    """Return 1 where the frequency is at most radius (periods per pixel), else 0."""
    v = np.fft.fftfreq(shape[0])[:, None]
    u = np.fft.fftfreq(shape[1])
    return (np.hypot(u, v) <= radius).astype(float)


def _low_pass_mask():
    def loops(shape, radius):
        mask = np.zeros(shape)
        for i, j in np.ndindex(*shape):
            v = i if i <= (shape[0] - 1) // 2 else i - shape[0]
            u = j if j <= (shape[1] - 1) // 2 else j - shape[1]
            mask[i, j] = (v / shape[0]) ** 2 + (u / shape[1]) ** 2 <= radius ** 2
        return mask

    def pixels(shape, radius):
        v = np.fft.fftfreq(shape[0], 1 / shape[0])[:, None]
        u = np.fft.fftfreq(shape[1], 1 / shape[1])
        return u, v

    return Exercise(
        "low_pass_mask", low_pass_mask,
        lambda rng: [((4, 6), 0.22), ((9, 13), 0.31), ((20, 16), 0.17),
                     ((8, 16), 0.25)],
        {
            "edge excluded": Mistake(
                lambda shape, radius: (np.hypot(
                    np.fft.fftfreq(shape[1]), np.fft.fftfreq(shape[0])[:, None])
                    < radius) * 1.0,
                "You left out the places exactly on the circle: they belong to the "
                "disc, so compare with <=."),
            "centred": Mistake(
                (lambda shape, radius: np.fft.fftshift(low_pass_mask(shape, radius)),
                 lambda shape, radius: np.fft.ifftshift(low_pass_mask(shape, radius))),
                "Your disc is in the middle. np.fft.fft2 puts frequency 0 at [0, 0], and "
                "so must the mask: np.fft.fftfreq gives the frequencies in this order."),
            "corner only": Mistake(
                lambda shape, radius: (np.hypot(
                    np.arange(shape[1]) / shape[1],
                    np.arange(shape[0])[:, None] / shape[0]) <= radius) * 1.0,
                "You kept one corner only. The last rows and columns hold the negative "
                "frequencies, which are low too."),
            "high-pass": Mistake(
                lambda shape, radius: 1 - low_pass_mask(shape, radius),
                "That is the high-pass: 1 belongs to the frequencies inside the disc."),
            "pixels": Mistake(
                (lambda shape, radius: (np.hypot(*pixels(shape, radius)) <= radius) * 1.0,
                 lambda shape, radius: (2 * np.pi * np.hypot(
                     np.fft.fftfreq(shape[1]), np.fft.fftfreq(shape[0])[:, None])
                     <= radius) * 1.0),
                "Almost nothing is left in your disc: you compared pixel numbers, or "
                "radians, with the radius. It is in periods per pixel, as "
                "np.fft.fftfreq(N) is: at most 0.5."),
            "centred pixels": Mistake(
                tuple(lambda shape, radius, unit=unit: (np.hypot(
                    np.arange(shape[1]) - shape[1] // 2,
                    np.arange(shape[0])[:, None] - shape[0] // 2)
                    <= radius * unit(shape)) * 1.0 for unit in (lambda s: 1, min, max)),
                "Two things: your disc is in the middle, but fft2 puts frequency 0 at "
                "[0, 0]; and you counted pixels of the spectrum, which are 1/M periods "
                "per pixel along v and 1/N along u. np.fft.fftfreq does both."),
            "linspace": Mistake(
                tuple(lambda shape, radius, place=place: place((np.hypot(
                    np.linspace(-0.5, 0.5, shape[1]),
                    np.linspace(-0.5, 0.5, shape[0])[:, None]) <= radius) * 1.0)
                      for place in (np.asarray, np.fft.ifftshift)),
                "Your frequencies run from -0.5 to 0.5 by np.linspace, which includes both "
                "ends, so the steps are too large; and frequency 0 belongs at [0, 0]. Use "
                "np.fft.fftfreq."),
            "Nyquist as 1": Mistake(
                tuple(lambda shape, radius, c=c: low_pass_mask(shape, c * radius)
                      for c in (0.5, 2)),
                "Your radius is off by a factor of 2, as if the largest frequency were 1, "
                "or the radius a diameter. In periods per pixel the largest is 0.5."),
            "Gaussian": Mistake(
                lambda shape, radius: np.exp(-(np.fft.fftfreq(shape[0])[:, None] ** 2
                                               + np.fft.fftfreq(shape[1]) ** 2)
                                             / (2 * radius ** 2)),
                "That is the Gaussian low-pass, which fades. The ideal one is 1 inside "
                "and 0 outside."),
            "diamond": Mistake(
                lambda shape, radius: (abs(np.fft.fftfreq(shape[0]))[:, None]
                                       + abs(np.fft.fftfreq(shape[1])) <= radius) * 1.0,
                "You added |u| and |v|, which makes a diamond. The frequency is the length "
                "of (u, v): np.hypot."),
            "no absolute value": Mistake(
                lambda shape, radius: ((np.fft.fftfreq(shape[0])[:, None] <= radius)
                                       & (np.fft.fftfreq(shape[1]) <= radius)) * 1.0,
                "You compared u and v with their signs, so all negative frequencies "
                "passed. Compare the length of (u, v), np.hypot, with the radius."),
            "square": Mistake(
                lambda shape, radius: ((abs(np.fft.fftfreq(shape[0])[:, None]) <= radius)
                                       & (abs(np.fft.fftfreq(shape[1])) <= radius)) * 1.0,
                "You kept a square. The frequency is the length of (u, v): a disc."),
            "no square root": Mistake(
                lambda shape, radius: (np.fft.fftfreq(shape[0])[:, None] ** 2
                                       + np.fft.fftfreq(shape[1]) ** 2 <= radius) * 1.0,
                "You compared the squared frequency with the radius: square the radius, "
                "or take the root."),
            "ellipse": Mistake(
                tuple(lambda shape, radius, side=side: (np.hypot(*pixels(shape, radius))
                                                        <= radius * side(shape)) * 1.0
                      for side in (min, max)),
                "Your disc is round in pixels of the spectrum. In an image that is not "
                "square, the same pixel distance is another frequency in x than in y."),
        },
        ["np.fft.fftfreq(N) gives the N frequencies of a row, in the order of fft2. How "
         "do you get those of the columns as a column?",
         "np.hypot(u, v) is the length of the frequency at each place: compare it with "
         "radius, and make numbers of the truth values."],
        independent=loops)
