"""Answers of readers to the exercises of page 05."""

from functools import partial

import numpy as np
import skimage as ski
from scipy import fft, signal
from scipy import ndimage as ndi

dctn, idctn = partial(fft.dctn, norm="ortho"), partial(fft.idctn, norm="ortho")


def soft(v, t):
    return np.sign(v) * np.maximum(np.abs(v) - t, 0)


def place_of_the_peak(f, g):
    c = np.fft.ifft2(np.conj(np.fft.fft2(f)) * np.fft.fft2(g)).real
    return [int(k) for k in np.unravel_index(c.argmax(), c.shape)]


def ramped(p, nu, **options):
    return np.fft.ifft(nu[:, None] * np.fft.fft(p, 2 * len(p), axis=0), axis=0,
                       **options)[:len(p)]


def adjoint_in_loops(y, c, mask):
    out = np.zeros(y.shape, complex)
    M, N = y.shape
    for i in range(M):
        for j in range(N):
            for k in range(M):
                for l in range(N):
                    out[i, j] += mask[k, l] * y[k, l] * np.exp(
                        2j * np.pi * (k * i / M + l * j / N))
    return np.conj(c) * out / np.sqrt(M * N)


def ramp_between_shifts(p):
    n = len(p)
    P = np.fft.fftshift(np.fft.fft(np.pad(p, [(0, n), (0, 0)]), axis=0), axes=0)
    P = P * np.abs(np.arange(-n, n) / (2 * n))[:, None]
    return np.fft.ifft(np.fft.ifftshift(P, axes=0), axis=0).real[:n]


def coded_by_matrices(block, Q):
    C, D = (fft.dct(np.eye(n), axis=0, norm="ortho") for n in block.shape)
    return C.T @ (np.round(C @ (block - 128.0) @ D.T / Q) * Q) @ D + 128


RIGHT = [
    ("05.coil_adjoint", adjoint_in_loops),
    ("05.sparse_step", lambda x, A, y, tau, lam: (lambda v: v * np.maximum(
        1 - tau * lam / np.maximum(np.abs(v), 1e-300), 0))(
            x - tau * (A.T @ A @ x - A.T @ y))),
    ("05.ramp_filter", lambda p: np.fft.irfft(np.fft.rfft(
        p, 2 * len(p), axis=0) * np.fft.rfftfreq(2 * len(p))[:, None], axis=0)[:len(p)]),
    ("05.ramp_filter", ramp_between_shifts),
    ("05.whole_shift", lambda f, g: -ski.registration.phase_cross_correlation(
        f, g, normalization=None)[0]),
    ("05.whole_shift", lambda f, g: [(k + n // 2) % n - n // 2 for k, n in zip(
        place_of_the_peak(f, g), f.shape, strict=True)]),
    ("05.centroid", lambda w, b: np.array(ndi.center_of_mass(w - b))
     - np.array(w.shape) // 2),
    ("05.centroid", lambda w, b: [np.average(np.arange(n) - n // 2, weights=(w - b).sum(
        axis=1 - k)) for k, n in enumerate(w.shape)]),
    ("05.quantise", coded_by_matrices),
]

WRONG = [
    ("05.coil_adjoint", lambda y, c, mask: np.conj(c) * np.fft.ifft(
        mask * y, norm="ortho"), "both axes"),
    ("05.coil_adjoint", lambda y, c, mask: np.conj(c) * np.fft.ifft2(
        mask * np.conj(y), norm="ortho"), "not the data"),
    ("05.sparse_step", lambda x, A, y, tau, lam: (x - tau * A.T @ (A @ x - y))
     / (1 + tau * lam), "sum of squares"),
    ("05.sparse_step", lambda x, A, y, tau, lam: x - soft(
        tau * A.T @ (A @ x - y), tau * lam), "gradient alone"),
    ("05.sparse_step", lambda x, A, y, tau, lam: soft(
        x - A.T @ (A @ x - y) / np.linalg.norm(A, 2) ** 2, tau * lam), "is given"),
    ("05.ramp_filter", lambda p: ramped(p, np.abs(np.fft.fftfreq(2 * len(p)))),
     "a shadow is real"),
    ("05.ramp_filter", lambda p: ramped(p, np.fft.ifftshift(np.abs(np.linspace(
        -0.5, 0.5, 2 * len(p))))).real, "both ends"),
    ("05.ramp_filter", lambda p: ramped(p, np.abs(np.fft.fftfreq(2 * len(p))),
                                        norm="ortho").real, "one of the two"),
    ("05.ramp_filter", lambda p: ramped(p, np.abs(np.fft.fftfreq(2 * len(p), d=2))
                                        ).real, "multiplied by 0.5"),
    ("05.whole_shift", lambda f, g: tuple(int(k) - n // 2 for k, n in zip(
        np.unravel_index(signal.correlate(g - g.mean(), f - f.mean(), "same").argmax(),
                         f.shape), f.shape, strict=True)), "wrap around"),
    ("05.whole_shift", lambda f, g: tuple(k if k < n // 2 else k - n for k, n in zip(
        place_of_the_peak(f, g), f.shape, strict=True)), "exactly M // 2"),
    ("05.whole_shift", lambda f, g: np.unravel_index((np.conj(np.fft.fft2(
        f)) * np.fft.fft2(g)).real.argmax(), f.shape), "ifft2 missing"),
    ("05.whole_shift", lambda f, g: tuple(k if k <= len(f) // 2 else k - len(f)
                                          for k in place_of_the_peak(f, g)), "one size"),
    ("05.centroid", lambda w, b: tuple(np.round(ndi.center_of_mass(w - b))
                                       - np.array(w.shape) // 2), "keep the fraction"),
    ("05.centroid", lambda w, b: tuple(np.array(ndi.center_of_mass(w - b))
                                       - len(w) // 2), "wrong middle"),
    ("05.centroid", lambda w, b: tuple(np.array(ndi.center_of_mass(w - b)) - 4),
     "other sizes"),
    ("05.quantise", lambda block, Q: idctn(np.rint((dctn(block) - 128) / Q) * Q + 128),
     "belongs to the pixels"),
    ("05.quantise", lambda block, Q: fft.idctn(np.rint(fft.dctn(
        block - 128.0, 4, norm="ortho") / Q) * Q, 4, norm="ortho") + 128, "type 2"),
]
