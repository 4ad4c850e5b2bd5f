"""Exercises of page 02: convolution and the Fourier transform."""

import numpy as np
from scipy import ndimage as ndi
from scipy import signal

from course_utils.exercise import Exercise, Mistake


def make_exercises():
    """Return the exercises of the page, in its order."""
    return [_convolve(), _gradient_norm(), _gaussian_kernel(), _idft2(),
            _log_spectrum(), _swap_phase(), _low_pass_mask()]


# --- convolution -------------------------------------------------------------------

def convolve(f, h):
    """Return f * h, of the shape of f; h has odd size, f is 0 outside."""
    m, n = h.shape[0] // 2, h.shape[1] // 2
    padded = np.pad(f, ((m, m), (n, n)))
    g = np.zeros(f.shape)
    for k in range(h.shape[0]):
        for l in range(h.shape[1]):
            g += h[::-1, ::-1][k, l] * padded[k:k + f.shape[0], l:l + f.shape[1]]
    return g


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
                lambda f: _inner(np.hypot(*(np.roll(f, -1, k) - f for k in (0, 1)))),
                "You subtracted the pixel from its next neighbour. A central difference "
                "takes the neighbours on both sides, two pixels apart."),
            "border kept": Mistake(
                lambda f: np.hypot(*parts(f)),
                "Inside you are right. The exercise asks for 0 in the first and last "
                "row and column, where a neighbour is missing."),
            "Sobel": Mistake(
                lambda f: _inner(np.hypot(ndi.sobel(f, 0), ndi.sobel(f, 1))),
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
                lambda sigma, radius: raw(sigma, radius, 1.) / raw(sigma, radius, 1.).sum(),
                "You divided by sigma^2 in the exponent. The formula has 2 sigma^2."),
            "sigma not squared": Mistake(
                lambda sigma, radius: (lambda h: h / h.sum())(
                    raw(np.sqrt(sigma), radius)),
                "You forgot to square sigma in the exponent: it is 2 sigma^2."),
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
        also_right=(lambda sigma, radius: raw(sigma, radius) / raw(sigma, radius).sum(),))


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
        ["The page built W with exp(-2 pi i x u / N). What changes in the inverse?",
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
            "decibels": Mistake(
                lambda f: np.fft.fftshift(np.log10(1 + modulus(f))),
                "You used the logarithm to base 10. Here it is the natural one."),
        },
        ["Three steps: np.fft.fft2, np.abs, np.log1p. What is still at the corner?",
         "np.fft.fftshift moves frequency 0 to row M // 2, column N // 2."],
        independent=by_phase_ramp,
        also_right=(lambda f: np.log(1 + np.abs(np.fft.fftshift(np.fft.fft2(f)))),))


def swap_phase(f, g):
    """Return the image with the modulus of f's spectrum and the phase of g's."""
    F, G = np.fft.fft2(f), np.fft.fft2(g)
    return np.fft.ifft2(np.abs(F) * np.exp(1j * np.angle(G))).real


def _swap_phase():
    def by_division(f, g):
        F, G = np.fft.fft2(f), np.fft.fft2(g)
        return np.real(np.fft.ifft2(np.abs(F) * G / np.abs(G)))

    def with_parts(f, g, keep):
        F, G = np.fft.fft2(f), np.fft.fft2(g)
        return keep(np.fft.ifft2(np.abs(F) * np.exp(1j * np.angle(G))))

    return Exercise(
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
                lambda shape, radius: (np.hypot(*pixels(shape, radius))
                                       <= radius * min(shape)) * 1.0,
                "Your disc is round in pixels of the spectrum. In an image that is not "
                "square, the same pixel distance is another frequency in x than in y."),
        },
        ["np.fft.fftfreq(N) gives the N frequencies of a row, in the order of fft2. How "
         "do you get those of the columns as a column?",
         "np.hypot(u, v) is the length of the frequency at each place: compare it with "
         "radius, and make numbers of the truth values."],
        independent=loops)
