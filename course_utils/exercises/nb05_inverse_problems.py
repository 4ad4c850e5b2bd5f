"""Exercises of page 05: inverse problems."""

import numpy as np
from scipy import fft, signal

from course_utils.compare import Problem
from course_utils.exercise import Exercise, Mistake


def make_exercises():
    """Return the exercises of the page, in its order."""
    return [_coil_adjoint(), _sparse_step(), _ramp_filter(), _whole_shift(), _centroid(),
            _quantise()]


# --- the adjoint of an MRI coil ---------------------------------------------------------

def coil_adjoint(y, c, mask):
    """Return conj(c) * ifft2(mask * y): the adjoint of mask * fft2(c * x)."""
    return np.conj(c) * np.fft.ifft2(mask * y, norm="ortho")


def _coil_by_matrix(y, c, mask):
    """Build A column by column, and apply its conjugate transpose."""
    columns = []
    for k in range(c.size):
        unit = np.zeros(c.size)
        unit[k] = 1
        column = mask * fft.fft2(c * unit.reshape(c.shape), norm="ortho")
        columns.append(column.ravel())
    return (np.stack(columns, 1).conj().T @ np.ravel(y)).reshape(c.shape)


def _coil_adjoint():
    def back(z, norm="ortho"):
        return np.fft.ifft2(z, norm=norm)

    def again(z, norm="ortho"):
        return np.fft.fft2(z, norm=norm)

    def cases(rng):
        def wave(shape):
            return rng.standard_normal(shape) + 1j * rng.standard_normal(shape)

        def case(shape, density):
            mask = (rng.random(shape) < density).astype(float)
            mask.flat[:2] = [1, 0]
            return wave(shape), wave(shape), mask

        return [case((1, 3), 0.6), case((3, 4), 0.6), case((5, 3), 0.5),
                case((6, 6), 0.4)]

    conj = np.conj
    return Exercise(
        "coil_adjoint", coil_adjoint, cases,
        {
            "c not conjugated": Mistake(
                lambda y, c, m: c * back(m * y),
                "You multiplied by c. The adjoint of multiplying by a complex number "
                "is multiplying by its conjugate, np.conj(c)."),
            "transform not conjugated": Mistake(
                (lambda y, c, m: conj(c) * again(m * y),
                 lambda y, c, m: conj(c) * m * again(y)),
                "You transformed again with fft2. The adjoint of the transform has the "
                "conjugate waves: that is ifft2."),
            "nothing conjugated": Mistake(
                lambda y, c, m: c * again(m * y),
                "You took the transposed of each part but conjugated nothing: the "
                "adjoint needs np.conj(c), and ifft2 in place of fft2."),
            "A itself": Mistake(
                (lambda y, c, m: m * again(c * y), lambda y, c, m: m * again(conj(c) * y)),
                "That is A itself (perhaps with conj(c)) applied to y. A* sends data back "
                "to the picture: the reverse order, each part replaced by its adjoint."),
            "order kept": Mistake(
                (lambda y, c, m: m * back(conj(c) * y),
                 lambda y, c, m: m * back(c * y)),
                "You kept the order of A: coil, transform, mask. The adjoint turns the "
                "order round: mask first, then ifft2, then the coil."),
            "coil before the transform": Mistake(
                (lambda y, c, m: back(m * conj(c) * y),
                 lambda y, c, m: back(m * c * y)),
                "You multiplied the data by the coil. The coil belongs to the picture: "
                "multiply by np.conj(c) after ifft2."),
            "mask on the picture": Mistake(
                lambda y, c, m: m * conj(c) * back(y),
                "You applied the mask to the picture. It belongs to the waves: mask * y "
                "first, then ifft2."),
            "mask forgotten": Mistake(
                (lambda y, c, m: conj(c) * back(y), lambda y, c, m: c * back(y)),
                "The mask is missing. A makes zeros of the waves left out, so A* must "
                "not look at them either: mask * y."),
            "not orthonormal": Mistake(
                (lambda y, c, m: conj(c) * back(m * y, "backward"),
                 lambda y, c, m: conj(c) * back(m * y, "forward")),
                'The factor is wrong: A uses norm="ortho", so ifft2 must have '
                'norm="ortho" too.'),
            "not conjugated, not orthonormal": Mistake(
                (lambda y, c, m: c * back(m * y, "backward"),),
                'Two things: it is np.conj(c), and ifft2 needs norm="ortho".'),
            "inverse": Mistake(
                (lambda y, c, m: back(m * y) / c,),
                "You divided by c (or by |c|^2). That undoes the coil, an inverse; the "
                "adjoint is the product with np.conj(c)."),
            "modulus of c": Mistake(
                lambda y, c, m: np.abs(c) * back(m * y),
                "You took |c|, which has lost the phase of the coil. It is np.conj(c)."),
            "no coil": Mistake(
                lambda y, c, m: back(m * y),
                "The coil is missing: multiply by np.conj(c) after ifft2."),
            "real part": Mistake(
                (lambda y, c, m: coil_adjoint(y, c, m).real,
                 lambda y, c, m: conj(c) * back(m * y).real),
                "You took a real part. Pictures are complex in this exercise: return "
                "the complex result."),
            "along one axis": Mistake(
                (lambda y, c, m: conj(c) * np.fft.ifft(m * y, norm="ortho"),
                 lambda y, c, m: conj(c) * np.fft.ifft(m * y, axis=0, norm="ortho")),
                "You went back with the one-dimensional ifft. A transforms along both "
                "axes, so its adjoint is ifft2."),
            "data conjugated": Mistake(
                (lambda y, c, m: conj(c) * back(m * conj(y)),
                 lambda y, c, m: conj(c) * again(m * conj(y)),
                 lambda y, c, m: c * back(m * conj(y))),
                "You conjugated y. The adjoint conjugates the device (c, and the waves "
                "of the transform), not the data."),
            "modulus": Mistake(
                (lambda y, c, m: np.abs(coil_adjoint(y, c, m)),
                 lambda y, c, m: conj(c) * np.abs(back(m * y))),
                "You took a modulus. A* is linear, and the modulus is not: return the "
                "complex result."),
            "conjugate of all": Mistake(
                lambda y, c, m: conj(coil_adjoint(y, c, m)),
                "Your result is the conjugate of the right one: conjugate c, not what "
                "comes out at the end."),
        },
        ["A does three things in this order: times c, fft2, times mask. Which one does "
         "its adjoint undo first?",
         "The adjoint of a product with mask (real) is the same product; that of fft2 "
         "with norm='ortho' is ifft2 with norm='ortho'; that of a product with c is the "
         "product with np.conj(c).",
         "`np.conj(c) * np.fft.ifft2(mask * y, norm='ortho')`."],
        independent=_coil_by_matrix,
        also_right=(lambda y, c, mask: c.conj() * np.conj(
                        np.fft.fft2(np.conj(mask * y), norm="ortho")),
                    lambda y, c, mask: c.conj() * fft.ifft2(mask * y)
                    * np.sqrt(c.size)))


# --- one proximal gradient step ---------------------------------------------------------

def sparse_step(x, A, y, tau, lam):
    """Return the soft threshold, at tau * lam, of x - tau A^T (A x - y)."""
    v = x - tau * A.T @ (A @ x - y)
    return np.sign(v) * np.maximum(np.abs(v) - tau * lam, 0)


def _sparse_by_loops(x, A, y, tau, lam):
    rest = [sum(A[m][k] * x[k] for k in range(len(x))) - y[m] for m in range(len(y))]
    out = []
    for k in range(len(x)):
        v = x[k] - tau * sum(A[m][k] * rest[m] for m in range(len(y)))
        if v > tau * lam:
            out.append(v - tau * lam)
        elif v < -tau * lam:
            out.append(v + tau * lam)
        else:
            out.append(0.0)
    return out


def _sparse_step():
    def soft(v, t):
        return np.sign(v) * np.maximum(np.abs(v) - t, 0)

    def downhill(x, A, y, tau):
        return x - tau * A.T @ (A @ x - y)

    def own_tau(A):
        return 1 / np.linalg.norm(A, 2) ** 2

    def cases(rng):
        def case(m, n, tau, lam):
            return (rng.standard_normal(n), rng.standard_normal((m, n)),
                    rng.standard_normal(m), tau, lam)

        return [(np.array([1.0, -2.0, -0.1]), np.array([[1.0, 2, 0], [0, 1, -1]]),
                 np.array([2.0, -1.0]), 0.2, 1.0),
                case(3, 5, 0.1, 2.0), case(4, 9, 0.25, 1.5), case(6, 20, 0.05, 6.0)]

    return Exercise(
        "sparse_step", sparse_step, cases,
        {
            "threshold lam": Mistake(
                lambda x, A, y, tau, lam: soft(downhill(x, A, y, tau), lam),
                "You moved the numbers by lam. The proximal step of tau R has the step "
                "in it: the threshold is tau * lam."),
            "threshold tau": Mistake(
                lambda x, A, y, tau, lam: soft(downhill(x, A, y, tau), tau),
                "You moved the numbers by tau. The prior is lam times the sum, so the "
                "threshold is tau * lam."),
            "lam over tau": Mistake(
                lambda x, A, y, tau, lam: soft(downhill(x, A, y, tau), lam / tau),
                "You divided lam by tau. The threshold is their product."),
            "uphill": Mistake(
                (lambda x, A, y, tau, lam: soft(x + tau * A.T @ (A @ x - y),
                                                tau * lam),
                 lambda x, A, y, tau, lam: soft(x - tau * A.T @ (y - A @ x),
                                                tau * lam)),
                "Your gradient step goes uphill: it is x - tau A^T (A x - y). Check "
                "the signs."),
            "not transposed": Mistake(
                (lambda x, A, y, tau, lam: x - tau * A @ (A @ x - y),
                 lambda x, A, y, tau, lam: x - tau * (A @ (A @ x - y)),
                 lambda x, A, y, tau, lam: x - tau * np.dot(A, np.dot(A, x) - y),
                 lambda x, A, y, tau, lam: x - (tau * A).dot(A.dot(x) - y)),
                "You multiplied the misfit by A. It must go back to the size of x, by "
                "the adjoint: A.T @ (A @ x - y)."),
            "y forgotten": Mistake(
                lambda x, A, y, tau, lam: soft(x - tau * A.T @ (A @ x), tau * lam),
                "Your gradient step does not use y: the gradient is A^T (A x - y)."),
            "no tau in the gradient step": Mistake(
                lambda x, A, y, tau, lam: soft(x - A.T @ (A @ x - y), tau * lam),
                "tau is missing in the gradient step: x - tau A^T (A x - y)."),
            "factor 2": Mistake(
                lambda x, A, y, tau, lam: soft(x - 2 * tau * A.T @ (A @ x - y),
                                               tau * lam),
                "Your gradient has a factor 2. The data term is one half of the "
                "square, so the 2 cancels."),
            "mean of the squares": Mistake(
                lambda x, A, y, tau, lam: soft(x - tau * A.T @ (A @ x - y) / len(y),
                                               tau * lam),
                "You divided by the number of readings, as Lasso does. Here the data "
                "term is 1/2 |Ax - y|^2, a sum."),
            "subgradient": Mistake(
                (lambda x, A, y, tau, lam: x - tau * (A.T @ (A @ x - y)
                                                      + lam * np.sign(x)),),
                "You treated lam sum |x| as if it had a derivative, lam sign(x). Such "
                "steps jump over 0: use the soft threshold after the gradient step."),
            "half of lam": Mistake(
                lambda x, A, y, tau, lam: soft(downhill(x, A, y, tau), tau * lam / 2),
                "Your threshold is tau * lam / 2. That belongs to a data term without "
                "the factor 1/2; here it is tau * lam."),
            "no tau at all": Mistake(
                lambda x, A, y, tau, lam: soft(x - A.T @ (A @ x - y), lam),
                "You did not use tau: it is the length of the gradient step, and the "
                "threshold is tau * lam."),
            "gradient step alone": Mistake(
                lambda x, A, y, tau, lam: downhill(x, A, y, tau),
                "The gradient step is right; now the proximal step is missing: the "
                "soft threshold at tau * lam."),
            "threshold alone": Mistake(
                (lambda x, A, y, tau, lam: soft(x, tau * lam),),
                "That is the soft threshold of x alone. Take the gradient step first."),
            "threshold first": Mistake(
                (lambda x, A, y, tau, lam: downhill(soft(x, tau * lam), A, y, tau),
                 lambda x, A, y, tau, lam: soft(x, tau * lam)
                 - tau * A.T @ (A @ x - y)),
                "You applied the threshold before the gradient step. It comes after: "
                "otherwise no entry of the result is 0."),
            "hard threshold": Mistake(
                (lambda x, A, y, tau, lam: np.where(
                    np.abs(downhill(x, A, y, tau)) > tau * lam,
                    downhill(x, A, y, tau), 0),),
                "You kept the large entries as they are, a hard threshold. The soft "
                "one moves them by tau * lam towards 0 as well."),
            "negative lost": Mistake(
                (lambda x, A, y, tau, lam: np.maximum(
                    downhill(x, A, y, tau) - tau * lam, 0),
                 lambda x, A, y, tau, lam: np.maximum(
                    np.abs(downhill(x, A, y, tau)) - tau * lam, 0)),
                "Negative entries were lost or turned positive. Take the threshold off "
                "their modulus, and give the sign back: np.sign(v) * ..."),
            "no maximum": Mistake(
                lambda x, A, y, tau, lam: (lambda v: v - tau * lam * np.sign(v))(
                    downhill(x, A, y, tau)),
                "Small entries went past 0 to the other side. Those below the "
                "threshold become 0: np.maximum(np.abs(v) - tau * lam, 0)."),
            "subtracted": Mistake(
                lambda x, A, y, tau, lam: downhill(x, A, y, tau) - tau * lam,
                "You subtracted tau * lam from every entry. Move each towards 0, and "
                "not past it."),
            "shrunk as one vector": Mistake(
                lambda x, A, y, tau, lam: (lambda v: v * max(
                    1 - tau * lam / np.linalg.norm(v), 0))(downhill(x, A, y, tau)),
                "You shortened the vector as a whole. The prior is a sum over entries: "
                "each entry is moved by tau * lam on its own."),
            "own step": Mistake(
                (lambda x, A, y, tau, lam: soft(downhill(x, A, y, own_tau(A)), tau * lam),
                 lambda x, A, y, tau, lam: soft(downhill(x, A, y, own_tau(A)),
                                                own_tau(A) * lam)),
                "You took your own step, 1 / |A|^2. The length of the step is given: "
                "tau."),
            "threshold of the gradient": Mistake(
                (lambda x, A, y, tau, lam: x - soft(tau * A.T @ (A @ x - y), tau * lam),
                 lambda x, A, y, tau, lam: x - tau * soft(A.T @ (A @ x - y), tau * lam),
                 lambda x, A, y, tau, lam: x - tau * soft(A.T @ (A @ x - y), lam)),
                "You applied the threshold to the gradient alone. Take the gradient off "
                "x first, then apply the threshold to the result v."),
            "ridge": Mistake(
                lambda x, A, y, tau, lam: downhill(x, A, y, tau) / (1 + tau * lam),
                "You divided by 1 + tau lam. That is the proximal step of the sum of "
                "squares, lam / 2 sum x^2; for sum |x| it is the soft threshold."),
            "minimum": Mistake(
                lambda x, A, y, tau, lam: (lambda v: np.sign(v) * np.minimum(
                    np.abs(v), tau * lam))(downhill(x, A, y, tau)),
                "You limited the numbers to tau * lam, np.minimum. That is what the "
                "soft threshold takes off: keep the rest, np.maximum(np.abs(v) - "
                "tau * lam, 0)."),
            "minimum for maximum": Mistake(
                lambda x, A, y, tau, lam: (lambda v: np.sign(v) * np.minimum(
                    np.abs(v) - tau * lam, 0))(downhill(x, A, y, tau)),
                "You took np.minimum(..., 0), which keeps the small entries. The "
                "large ones stay: np.maximum(np.abs(v) - tau * lam, 0)."),
            "plus y": Mistake(
                lambda x, A, y, tau, lam: soft(x - tau * A.T @ (A @ x + y), tau * lam),
                "You added y. The misfit is a difference, A x - y."),
            "enlarged": Mistake(
                lambda x, A, y, tau, lam: (lambda v: np.sign(v) * (np.abs(v) + tau * lam)
                                           )(downhill(x, A, y, tau)),
                "You moved the numbers away from 0. The soft threshold moves them "
                "towards 0: np.abs(v) - tau * lam."),
            "pseudo-inverse": Mistake(
                (lambda x, A, y, tau, lam: soft(
                    x - tau * np.linalg.pinv(A) @ (A @ x - y), tau * lam),),
                "You used the pseudo-inverse of A. The gradient needs its transposed, "
                "A.T, which is much cheaper."),
        },
        ["Compute v = x - tau A^T (A x - y) first. What shape does A @ x - y have, and "
         "which matrix brings it back to the shape of x?",
         "The proximal step of tau * lam * sum |x| moves each entry of v towards 0 by "
         "tau * lam, and stops at 0.",
         "`np.sign(v) * np.maximum(np.abs(v) - tau * lam, 0)`."],
        independent=_sparse_by_loops,
        also_right=(lambda x, A, y, tau, lam: (lambda v: v - np.clip(
                        v, -tau * lam, tau * lam))(x + tau * (y - A @ x) @ A),))


# --- the ramp filter --------------------------------------------------------------------

def ramp_filter(sinogram):
    """Return each column, zero-padded to twice its length, times |nu|, cut back."""
    n = len(sinogram)
    nu = np.abs(np.fft.fftfreq(2 * n))
    spectrum = np.fft.fft(sinogram, 2 * n, axis=0)
    return np.fft.ifft(nu[:, None] * spectrum, axis=0).real[:n]


def _ramp_in_space(sinogram):
    """Convolve each column with the kernel whose transform is |nu|."""
    n, views = sinogram.shape
    kernel = [sum(min(k, 2 * n - k) / (2 * n) * np.cos(np.pi * k * shift / n)
                  for k in range(2 * n)) / (2 * n) for shift in range(n)]
    kernel = np.concatenate([kernel[:0:-1], kernel])
    return np.stack([signal.convolve(sinogram[:, v], kernel)[n - 1:2 * n - 1]
                     for v in range(views)], axis=1)


def _ramp_by_rfft(sinogram):
    n = sinogram.shape[0]
    out = np.empty(sinogram.shape)
    for v in range(sinogram.shape[1]):
        wave = np.fft.rfft(np.concatenate([sinogram[:, v], np.zeros(n)]))
        out[:, v] = np.fft.irfft(wave * np.arange(n + 1) / (2 * n), 2 * n)[:n]
    return out


class _RealExercise(Exercise):
    """An exercise whose result is to be real."""

    def _problem(self, outcome, wanted):
        problem = super()._problem(outcome, wanted)
        if problem is None and np.iscomplexobj(outcome.value):
            problem = Problem("type", "its values are right, but of a complex type. Take "
                                      ".real: a shadow is real")
        return problem


def _ramp_filter():
    def weighted(weights, size=lambda n: 2 * n, cut=lambda z, n: z[:n],
                 norms=("backward", "backward")):
        """Return an answer that multiplies the spectrum by weights(size)."""
        def answer(p):
            n = len(p)
            spectrum = np.fft.fft(p, size(n), axis=0, norm=norms[0])
            z = np.fft.ifft(weights(size(n))[:, None] * spectrum, axis=0, norm=norms[1])
            return cut(z, n).real
        return answer

    def nu(size):
        return np.abs(np.fft.fftfreq(size))

    def power_of_two(n):
        return 2 ** int(np.ceil(np.log2(2 * n)))

    def sampled(size):
        k = np.fft.fftfreq(size) * size
        odd = k % 2 == 1
        h = np.zeros(size)
        h[0], h[odd] = 0.25, -1 / (np.pi * k[odd]) ** 2
        return np.fft.fft(h).real

    def padded_both(first):
        """Return an answer that pads on both sides and keeps n samples from first(n)."""
        def answer(p):
            n = len(p)
            padded = np.pad(p, [(n // 2, n - n // 2), (0, 0)])
            z = np.fft.ifft(nu(2 * n)[:, None] * np.fft.fft(padded, axis=0), axis=0)
            return z.real[first(n):first(n) + n]
        return answer

    def along_rows(p):
        return ramp_filter(p.T).T

    def unpadded_rows(p):
        return np.fft.ifft(nu(p.shape[1]) * np.fft.fft(p, axis=1), axis=1).real

    def cases(rng):
        return [(rng.random((3, 2)),), (rng.random((5, 3)),), (rng.random((6, 7)),),
                (rng.random((11, 4)),), (rng.random((9, 9)),)]

    return _RealExercise(
        "ramp_filter", ramp_filter, cases,
        {
            "no filter": Mistake(
                (lambda p: p, weighted(np.ones)),
                "The ramp is missing: your shadows are as they were. Multiply the "
                "spectrum by |nu|, otherwise the picture stays a fog."),
            "signed": Mistake(
                (weighted(np.fft.fftfreq),),
                "You multiplied by nu with its sign. Take the modulus, "
                "np.abs(np.fft.fftfreq(...))."),
            "not folded": Mistake(
                (weighted(lambda n: np.arange(n) / n),
                 weighted(lambda n: np.linspace(0, 1, n))),
                "Your ramp rises all the way. In the order of fft the second half are "
                "negative frequencies: their modulus falls again. Use np.fft.fftfreq."),
            "half the ramp twice": Mistake(
                (weighted(lambda n: np.abs(np.linspace(-1, 1, n))),
                 weighted(lambda n: np.abs(np.linspace(-0.5, 0.5, n))),
                 weighted(lambda n: np.fft.fftshift(nu(n)))),
                "Your ramp has its 0 in the middle, but the spectrum of fft has "
                "frequency 0 at place 0: use np.fft.fftfreq, without fftshift."),
            "both ends": Mistake(
                (weighted(lambda n: np.fft.ifftshift(np.abs(np.linspace(-0.5, 0.5, n)))),
                 weighted(lambda n: np.fft.fftshift(np.abs(np.linspace(-0.5, 0.5, n))))),
                "Your frequencies are a little off: np.linspace includes both ends, "
                "-1/2 and 1/2, so 0 is not among them. Use np.fft.fftfreq(2 * n)."),
            "repeated": Mistake(
                (weighted(lambda n: np.repeat(nu(n // 2), 2)),
                 weighted(lambda n: np.append(nu(n // 2), nu(n // 2)))),
                "You made 2n weights from the ramp of n samples. The padded shadow has "
                "its own frequencies: np.fft.fftfreq(2 * n)."),
            "one factor": Mistake(
                (weighted(nu, norms=("ortho", "backward")),
                 weighted(nu, norms=("backward", "ortho")),
                 weighted(nu, norms=("forward", "backward"))),
                "A factor is wrong: you gave norm= to one of the two transforms only. "
                "Leave it out in both."),
            "no padding": Mistake(
                (weighted(nu, lambda n: n),),
                "You did not pad, so the two ends of a shadow leak into each other. "
                "Pad with zeros to 2n samples first."),
            "another length": Mistake(
                (weighted(nu, power_of_two), weighted(nu, lambda n: 2 * n - 1),
                 weighted(nu, lambda n: 3 * n), weighted(nu, lambda n: 4 * n),
                 weighted(nu, lambda n: max(64, power_of_two(n)))),
                "The ramp is right, but you padded to another length. Here it is "
                "exactly 2n."),
            "rows": Mistake(
                (along_rows, unpadded_rows),
                "You filtered along the rows. A shadow is a column: axis=0, and the "
                "ramp as a column, nu[:, None]."),
            "two-dimensional": Mistake(
                (lambda p: np.fft.ifft2(nu(2 * len(p))[:, None] * np.fft.fft2(
                    p, (2 * len(p), p.shape[1] * 2))).real[:len(p)],),
                "You took the two-dimensional transform. Each shadow is filtered on "
                "its own: np.fft.fft with axis=0."),
            "sampled ramp": Mistake(
                (weighted(sampled), weighted(sampled, lambda n: max(
                    64, power_of_two(n)))),
                "That is the sampled ramp of the page, better in practice. This "
                "exercise asks for |nu| itself, which is 0 at frequency 0."),
            "squared": Mistake(
                weighted(lambda n: nu(n) ** 2),
                "You multiplied by the square of nu. It is |nu|, once."),
            "root": Mistake(
                (weighted(lambda n: np.sqrt(nu(n))),),
                "You multiplied by the root of |nu|. It is |nu| itself."),
            "in radians": Mistake(
                (weighted(lambda n: 2 * np.pi * nu(n)),),
                "Your nu is in radians per sample, 2 pi too large. Cycles per sample "
                "run from -1/2 to 1/2, as np.fft.fftfreq gives them."),
            "numbered": Mistake(
                (weighted(lambda n: n * nu(n)),),
                "Your ramp counts 0, 1, 2, ... Cycles per sample are that number "
                "divided by the length, 2n."),
            "up to 1": Mistake(
                (weighted(lambda n: 2 * nu(n)),),
                "Your ramp is 2 times too large: in cycles per sample the highest "
                "frequency is 1/2, not 1."),
            "modulus": Mistake(
                (lambda p: np.abs(ramp_filter(p)),
                 lambda p: np.abs(weighted(nu)(p))),
                "You took the modulus at the end. Filtered shadows have negative "
                "values, and they are what removes the fog: take the real part."),
            "modulus of the spectrum": Mistake(
                (lambda p: np.fft.ifft(nu(2 * len(p))[:, None] * np.abs(np.fft.fft(
                    p, 2 * len(p), axis=0)), axis=0).real[:len(p)],),
                "You took the modulus of the spectrum, so the places are lost. Only nu "
                "has a modulus: |nu| times the complex spectrum."),
            "the wrong half": Mistake(
                (weighted(nu, cut=lambda z, n: z[n:]),
                 weighted(nu, cut=lambda z, n: z[n // 2:n // 2 + n])),
                "You kept the wrong samples: the shadow was padded at its end, so the "
                "first n are the filtered shadow."),
            "padded on both sides": Mistake(
                padded_both(lambda n: 0),
                "You padded on both sides but kept the first n samples. Pad at the end "
                "only, or cut out the middle, where the shadow is."),
            "not cut": Mistake(
                weighted(nu, cut=lambda z, n: z),
                "You returned all 2n samples. Keep the first n."),
            "forward again": Mistake(
                (lambda p: np.fft.fft(nu(2 * len(p))[:, None] * np.fft.fft(
                    p, 2 * len(p), axis=0), axis=0).real[:len(p)],),
                "You went back with np.fft.fft. The way back is np.fft.ifft."),
            "not transformed": Mistake(
                (lambda p: p * nu(2 * len(p))[:len(p), None],
                 lambda p: p * nu(len(p))[:, None]),
                "You multiplied the shadows themselves by |nu|. It belongs to their "
                "transform along the columns."),
            "divided": Mistake(
                (weighted(lambda n: 1 / np.maximum(nu(n), 0.5 / n)),
                 weighted(lambda n: np.divide(1, nu(n), where=nu(n) > 0,
                                              out=np.zeros(n))),
                 weighted(lambda n: 1 / nu(n))),
                "You divided by |nu|. Back-projection has too much of the slow waves, "
                "so they must be weakened: multiply."),
        },
        ["np.fft.fft(sinogram, 2 * n, axis=0) pads with zeros by itself. What does "
         "np.fft.fftfreq(2 * n) hold?",
         "The ramp is `np.abs(np.fft.fftfreq(2 * n))`; as a column, `[:, None]`, it "
         "multiplies all shadows at once.",
         "Back with np.fft.ifft along axis 0, real part, first n rows."],
        independent=_ramp_in_space,
        also_right=(_ramp_by_rfft, padded_both(lambda n: n // 2)))


# --- whole-pixel shifts --------------------------------------------------------------------

def whole_shift(f, g):
    """Return (down, right) of the largest correlation of f and g, the short way round."""
    correlation = np.fft.ifft2(np.conj(np.fft.fft2(f)) * np.fft.fft2(g)).real
    down, right = np.unravel_index(correlation.argmax(), f.shape)
    M, N = f.shape
    if down > M // 2:
        down = down - M
    if right > N // 2:
        right = right - N
    return int(down), int(right)


def _shift_by_search(f, g):
    M, N = f.shape
    return min(((down, right) for down in range(-(M // 2), M // 2 + 1)
                for right in range(-(N // 2), N // 2 + 1)),
               key=lambda d: np.sum((np.roll(f, d, (0, 1)) - g) ** 2))


def _phase_shift(f, g):
    """Return the shift by phase correlation, with fftshift."""
    cross = np.conj(np.fft.fft2(f)) * np.fft.fft2(g)
    peak = np.fft.fftshift(np.fft.ifft2(cross / np.abs(cross)).real)
    i, j = divmod(int(peak.argmax()), f.shape[1])
    return i - f.shape[0] // 2, j - f.shape[1] // 2


def _whole_shift():
    def correlated(product, pick=np.argmax, wrap=True, ready=lambda z: z.real):
        def answer(f, g):
            z = ready(np.fft.ifft2(product(np.fft.fft2(f), np.fft.fft2(g))))
            place = np.unravel_index(pick(z), f.shape)
            if not wrap:
                return tuple(int(k) for k in place)
            return tuple(int(k - n if k > n // 2 else k)
                         for k, n in zip(place, f.shape, strict=True))
        return answer

    def right_way(F, G):
        return np.conj(F) * G

    def centred(f, g):
        z = np.fft.fftshift(np.fft.ifft2(right_way(np.fft.fft2(f), np.fft.fft2(g))).real)
        return tuple(int(k) for k in np.unravel_index(z.argmax(), f.shape))

    def in_space(f, g):
        place = np.unravel_index(signal.correlate2d(g, f, "same").argmax(), f.shape)
        return tuple(int(k) - n // 2 for k, n in zip(place, f.shape, strict=True))

    def turned(place, shape, longer=lambda k, n: k > n // 2):
        """Return places as shifts; those that are `longer` go the other way round."""
        return tuple(int(k - n if longer(k, n) else k)
                     for k, n in zip(place, shape, strict=True))

    def with_places(to_shift):
        """Return an answer that finds the right place and goes on with to_shift."""
        found = correlated(right_way, wrap=False)
        return lambda f, g: to_shift(found(f, g), f.shape)

    def cases(rng):
        def case(shape, shift, quiet=np.s_[:0]):
            f = rng.random(shape)
            f[quiet] = 0.5 + 0.2 * (f[quiet] - 0.5)
            g = np.roll(f, shift, (0, 1)) + 0.02 * rng.standard_normal(shape)
            return f, g

        return [case((3, 5), (1, -2)), case((7, 5), (-2, 1)), case((9, 13), (4, 3)),
                case((11, 7), (-5, -2)), case((15, 15), (-3, 6)),
                # what does not wrap around in this one has little contrast
                case((15, 21), (7, -10), np.s_[:8, 10:])]

    return Exercise(
        "whole_shift", whole_shift, cases,
        {
            "sign": Mistake(
                (correlated(lambda F, G: F * np.conj(G)),
                 lambda f, g: tuple(-k for k in whole_shift(f, g))),
                "Your signs are reversed: you return the shift that brings g back to "
                "f. Conjugate the transform of f, not that of g."),
            "sign, not wrapped": Mistake(
                (correlated(lambda F, G: F * np.conj(G), wrap=False),),
                "Two things: the conjugate belongs to the transform of f, and places "
                "beyond the middle mean negative shifts: subtract the size."),
            "not wrapped": Mistake(
                (correlated(right_way, wrap=False),
                 correlated(lambda F, G: np.conj(F) * G / np.abs(F * G), wrap=False)),
                "Your shifts run from 0 to the size. A place beyond the middle is the "
                "longer way round: subtract M (or N) from it."),
            "no conjugate": Mistake(
                (correlated(lambda F, G: F * G),
                 correlated(lambda F, G: F * G, wrap=False)),
                "Without the conjugate the product is a convolution. Conjugate the "
                "transform of f."),
            "exchanged": Mistake(
                (lambda f, g: whole_shift(f, g)[::-1],
                 lambda f, g: correlated(right_way, wrap=False)(f, g)[::-1]),
                "You exchanged the two numbers: down (rows) first, then right "
                "(columns)."),
            "smallest": Mistake(
                (correlated(right_way, np.argmin),
                 correlated(right_way, np.argmin, wrap=False)),
                "You took the smallest correlation. Images are most alike where it is "
                "largest."),
            "shifted origin": Mistake(
                (centred,),
                "After fftshift the shift 0 stands in the middle: subtract (M // 2, "
                "N // 2) from the place of the maximum."),
            "not periodic": Mistake(
                (lambda f, g: in_space(f - f.mean(), g - g.mean()),
                 lambda f, g: tuple(-k for k in in_space(g - g.mean(), f - f.mean()))),
                "You took the outside of the images as zero. Here they wrap around: "
                "correlate by the Fourier transform, or with np.roll."),
            "both places": Mistake(
                (lambda f, g: tuple(int(k) for k in np.subtract(
                    np.unravel_index(g.argmax(), g.shape),
                    np.unravel_index(f.argmax(), f.shape))),),
                "You compared the places of the brightest pixels, which is wrong as "
                "soon as one leaves the image and comes back, or noise decides. Use "
                "all pixels: the correlation."),
            "boundary": Mistake(
                (with_places(lambda p, s: turned(p, s, lambda k, n: k >= n // 2)),
                 with_places(lambda p, s: turned(p, s, lambda k, n: k > n // 2 + 1))),
                "Your boundary is off by one: a shift of exactly M // 2 is still the "
                "short way, M // 2 + 1 is not. Subtract M where k > M // 2."),
            "always zero": Mistake(
                (lambda f, g: (0, 0), in_space),
                "Your answer is (0, 0) each time. Is np.fft.ifft2 missing (conj(F) G "
                "itself is largest at the mean), or did you take the outside of the "
                "images as zero (they wrap around here)?"),
            "one size for both": Mistake(
                (with_places(lambda p, s: turned(p, (s[0], s[0]))),
                 with_places(lambda p, s: turned(p, (s[1], s[1])))),
                "You used one size for both axes. Rows wrap around by M, columns by N."),
            "exchanged too early": Mistake(
                (with_places(lambda p, s: turned(p[::-1], s)),
                 with_places(lambda p, s: turned(p, s[::-1])),
                 with_places(lambda p, s: turned(p[::-1], s)[::-1])),
                "You exchanged rows and columns before the wrap-around, so M was used "
                "for columns. The first place is the row: it belongs to M."),
            "always wrapped": Mistake(
                (lambda f, g: tuple(k - n for k, n in zip(
                    correlated(right_way, wrap=False)(f, g), f.shape, strict=True)),),
                "You subtracted the size from every place. Only those beyond the "
                "middle, k > M // 2, are negative shifts."),
            "positive way": Mistake(
                (lambda f, g: tuple(abs(k) for k in whole_shift(f, g)),),
                "You took the absolute value: up and left are negative."),
        },
        ["The correlation is `np.fft.ifft2(np.conj(F) * G).real`. Where is its largest "
         "value?",
         "np.unravel_index(c.argmax(), c.shape) gives row and column of the maximum.",
         "If the row is more than M // 2, subtract M; the same for the column and N."],
        independent=_shift_by_search, also_right=(_phase_shift,))


# --- the middle of a spot ---------------------------------------------------------------

def centroid(w, b):
    """Return the mean row and column of w - b, measured from the middle."""
    signal = w - b
    i = np.arange(w.shape[0]) - w.shape[0] // 2
    j = np.arange(w.shape[1]) - w.shape[1] // 2
    return ((signal * i[:, None]).sum() / signal.sum(),
            (signal * j).sum() / signal.sum())


def _centroid_by_loops(w, b):
    total = down = right = 0.0
    M, N = w.shape
    for k in range(M):
        for m in range(N):
            weight = float(w[k, m]) - b
            total += weight
            down += weight * (k - (M - 1) / 2)
            right += weight * (m - (N - 1) / 2)
    return down / total, right / total


def _centroid():
    def weighted(weights, origin=lambda n: n // 2, total=np.sum):
        """Return an answer whose weights are weights(w, b)."""
        def answer(w, b):
            v = weights(w, b)
            i, j = (np.arange(n) - origin(n) for n in w.shape)
            return ((v * i[:, None]).sum() / total(v), (v * j).sum() / total(v))
        return answer

    def right_weights(w, b):
        return w - b

    def moved(w, b, row, column):
        """Return the right centre, measured from another place of the window."""
        i, j = centroid(w, b)
        return i + w.shape[0] // 2 - row, j + w.shape[1] // 2 - column

    def brightest(w, b):
        i, j = np.unravel_index(np.argmax(w), w.shape)
        return int(i) - w.shape[0] // 2, int(j) - w.shape[1] // 2

    def cases(rng):
        def spot(shape, middle, photons, b):
            i, j = (np.arange(n) - n // 2 for n in shape)
            mu = np.exp(-((i[:, None] - middle[0]) ** 2 + (j - middle[1]) ** 2) / 2.2)
            return rng.poisson(photons * mu / mu.sum() + b), b

        small = np.array([[1, 4, 2], [3, 9, 7], [1, 5, 0.0]])
        return [(small, 1.5), spot((5, 7), (0.4, -1.2), 300, 3.0),
                spot((9, 9), (-0.3, 0.6), 500, 2.0), spot((7, 5), (1.1, 0.3), 900, 4.5),
                spot((3, 9), (0.2, -2.1), 200, 1.0)]

    return Exercise(
        "centroid", centroid, cases,
        {
            "background kept": Mistake(
                (weighted(lambda w, b: w),),
                "You did not take off the background, which pulls the result towards "
                "the middle of the window. Use w - b as weights."),
            "from the corner": Mistake(
                (weighted(right_weights, lambda n: 0),),
                "You counted from the corner, row 0 and column 0. Subtract the middle "
                "of the window, M // 2 and N // 2."),
            "corner, background kept": Mistake(
                (weighted(lambda w, b: w, lambda n: 0),),
                "Two things: use w - b as weights, and subtract the middle of the "
                "window, M // 2 and N // 2."),
            "half a pixel": Mistake(
                (weighted(right_weights, lambda n: n / 2),),
                "You are off by half a pixel: the middle of M pixels 0 ... M - 1 is "
                "(M - 1) / 2, not M / 2."),
            "from one": Mistake(
                (weighted(right_weights, lambda n: n // 2 - 1),
                 weighted(right_weights, lambda n: -1),
                 weighted(right_weights, lambda n: n // 2 + 1)),
                "You are off by one: rows are counted from 0, and the middle one, "
                "M // 2, counts as 0."),
            "exchanged": Mistake(
                (lambda w, b: centroid(w, b)[::-1],),
                "You exchanged the two numbers: the row i comes first, then the "
                "column j."),
            "brightest": Mistake(
                (brightest,
                 lambda w, b: tuple(float(k) for k in np.unravel_index(
                     np.argmax(w), w.shape))),
                "You returned the brightest pixel, which is never better than a whole "
                "pixel. Take the mean position, weighted by the signal."),
            "whole pixel": Mistake(
                (lambda w, b: tuple(int(round(k)) for k in centroid(w, b)),
                 lambda w, b: tuple(int(k) for k in centroid(w, b)),
                 lambda w, b: tuple(int(np.floor(k)) for k in centroid(w, b)),
                 lambda w, b: tuple(int(w.sum(axis=1 - k).argmax()) - w.shape[k] // 2
                                    for k in (0, 1))),
                "Your result is a whole pixel: keep the fraction. It is the mean "
                "position, weighted by w - b, and not rounded."),
            "one middle for both": Mistake(
                (lambda w, b: moved(w, b, w.shape[0] // 2, w.shape[0] // 2),
                 lambda w, b: moved(w, b, w.shape[1] // 2, w.shape[1] // 2),
                 lambda w, b: moved(w, b, w.shape[1] // 2, w.shape[0] // 2)),
                "You subtracted the wrong middle: rows have the middle M // 2, columns "
                "N // 2, and the window need not be square."),
            "fixed middle": Mistake(
                (weighted(right_weights, lambda n: 4),),
                "You subtracted 4, the middle of a window of 9 pixels. Windows have "
                "other sizes here: subtract M // 2 and N // 2."),
            "mean of the products": Mistake(
                (weighted(right_weights, lambda n: 0, np.size),
                 weighted(lambda w, b: w, lambda n: 0, np.size)),
                "You took the plain mean of weight times position. A weighted mean is "
                "the sum of these products, divided by the sum of the weights."),
            "unweighted": Mistake(
                (weighted(lambda w, b: 1.0 * (w > b)),),
                "You gave each pixel above the background the same weight. Each photon "
                "counts: the weights are w - b."),
            "clipped": Mistake(
                (weighted(lambda w, b: np.maximum(w - b, 0)),
                 weighted(lambda w, b: np.where(w > b, w, 0)),
                 weighted(lambda w, b: np.abs(w - b))),
                "You cut off the negative values of w - b (or made them positive). "
                "They balance the positive noise: keep them."),
            "own background": Mistake(
                (weighted(lambda w, b: w - w.min()),
                 weighted(lambda w, b: w - np.median(w)),
                 weighted(lambda w, b: w - w.mean() + 1e-300)),
                "You estimated the background from the window. It is given: b."),
            "divided by the pixels": Mistake(
                (weighted(right_weights, total=np.size),),
                "You divided by the number of pixels. A weighted mean is divided by "
                "the sum of its weights."),
            "divided by all light": Mistake(
                (lambda w, b: tuple(k * (w - b).sum() / w.max() for k in centroid(w, b)),
                 weighted(right_weights, total=np.max)),
                "You divided by the largest value. A weighted mean is divided by the "
                "sum of its weights."),
            "not divided": Mistake(
                (weighted(right_weights, total=lambda v: 1),),
                "You did not divide by the sum of the weights, w - b."),
            "squared": Mistake(
                (weighted(lambda w, b: (w - b) ** 2), weighted(lambda w, b: w ** 2)),
                "You squared the weights. Each photon counts once: w - b."),
            "sign": Mistake(
                (lambda w, b: tuple(-k for k in centroid(w, b)),),
                "Your signs are reversed: below and to the right of the middle is "
                "positive."),
        },
        ["What would the mean row be, if each photon voted for the row of its pixel?",
         "Weights are w - b; rows are np.arange(M) - M // 2, as a column with "
         "[:, None].",
         "`((w - b) * i[:, None]).sum() / (w - b).sum()`, and the same with j."],
        independent=_centroid_by_loops,
        also_right=(lambda w, b: [np.average(k - n // 2, weights=np.asarray(w) - b)
                                  for k, n in zip(np.indices(w.shape), w.shape,
                                                  strict=True)],))


# --- coding a block ---------------------------------------------------------------------

def quantise(block, Q):
    """Return the block after rounding its cosine waves to multiples of Q."""
    waves = fft.dctn(block - 128.0, norm="ortho")
    return fft.idctn(np.rint(waves / Q) * Q, norm="ortho") + 128


def _quantise_by_matrices(block, Q):
    def cosines(n):
        k = np.arange(n)
        C = np.sqrt(2 / n) * np.cos(np.pi * np.outer(k, k + 0.5) / n)
        C[0] /= np.sqrt(2)
        return C

    C, D = cosines(block.shape[0]), cosines(block.shape[1])
    integers = np.floor(C @ (block - 128) @ D.T / Q + 0.5)
    return C.T @ (integers * Q) @ D + 128


def _quantise():
    def coded(to_integers, *, forward=lambda z: fft.dctn(z, norm="ortho"),
              back=lambda z: fft.idctn(z, norm="ortho"), level=128, returned=None):
        """Return an answer in which one thing is done in another way."""
        def answer(block, Q):
            waves = to_integers(forward(block - float(level)), Q)
            return back(waves) + (level if returned is None else returned)
        return answer

    def rounded(z, Q):
        return np.rint(z / Q) * Q

    def one_axis(axis):
        return {"forward": lambda z: fft.dct(z, axis=axis, norm="ortho"),
                "back": lambda z: fft.idct(z, axis=axis, norm="ortho")}

    def cases(rng):
        def case(shape):
            i, j = np.indices(shape)
            smooth = 90 + 60 * np.sin(0.7 * i + 0.4) * np.cos(0.5 * j + 1)
            steps = 7.3 + 3.1 * i + 2.3 * j + rng.uniform(0, 2, shape)
            return smooth + 25 * rng.standard_normal(shape), steps

        return [case((2, 3)), case((4, 4)), case((8, 8)), case((5, 8))]

    return Exercise(
        "quantise", quantise, cases,
        {
            "cut off": Mistake(
                (coded(lambda z, Q: np.trunc(z / Q) * Q),),
                "You cut off the fractions (astype(int) does that). Round to the "
                "nearest integer, np.rint."),
            "floor": Mistake(
                (coded(lambda z, Q: np.floor(z / Q) * Q), coded(lambda z, Q: z // Q * Q),
                 coded(lambda z, Q: np.ceil(z / Q) * Q)),
                "You rounded down (or up). Round to the nearest integer, np.rint."),
            "steps not given back": Mistake(
                (coded(lambda z, Q: np.rint(z / Q)),),
                "You did not multiply by Q again before going back, so the picture has "
                "lost its contrast."),
            "multiplied": Mistake(
                (coded(lambda z, Q: np.rint(z * Q) / Q),),
                "You multiplied by Q before rounding and divided after. It is the "
                "other way round: divide, round, multiply."),
            "not divided": Mistake(
                (coded(lambda z, Q: np.rint(z) * Q), coded(lambda z, Q: np.rint(z)),
                 coded(lambda z, Q: np.rint(z) / Q * Q)),
                "You rounded the waves without dividing by Q first."),
            "no rounding": Mistake(
                (lambda block, Q: block, coded(lambda z, Q: z / Q * Q)),
                "You returned the block unchanged: nothing was rounded, so nothing was "
                "saved."),
            "pixels": Mistake(
                (coded(rounded, forward=lambda z: z, back=lambda z: z),
                 coded(rounded, forward=lambda z: z, back=lambda z: z, level=0)),
                "You rounded the pixels. Round their cosine waves: DCT first, with "
                "scipy.fft.dctn."),
            "not orthonormal": Mistake(
                (coded(rounded, forward=fft.dctn, back=fft.idctn),),
                'Your DCT has other factors: norm="ortho" is missing in dctn and '
                "idctn, so the steps Q do not fit."),
            "one factor": Mistake(
                (coded(rounded, back=fft.idctn), coded(rounded, forward=fft.dctn)),
                'norm="ortho" is missing in one of the two transforms: both need it.'),
            "one axis": Mistake(
                (coded(rounded, **one_axis(1)), coded(rounded, **one_axis(0))),
                "You transformed along one axis only: fft.dct takes the last one. "
                "Use dctn, or dct along both."),
            "level not taken off": Mistake(
                (coded(rounded, level=0),),
                "You did not take off 128 before the DCT (nor add it), so the mean is "
                "rounded to other multiples."),
            "level not added": Mistake(
                (coded(rounded, returned=0),),
                "128 is missing at the end: what was taken off must be added again."),
            "level added only": Mistake(
                (coded(rounded, level=0, returned=128),),
                "You added 128 at the end but did not take it off before the DCT."),
            "level off the waves": Mistake(
                (lambda block, Q: fft.idctn(rounded(fft.dctn(
                    block, norm="ortho") - 128, Q) + 128, norm="ortho"),
                 lambda block, Q: fft.idctn(rounded(fft.dctn(
                     block, norm="ortho") - 128, Q), norm="ortho") + 128),
                "You took 128 off the waves, after the DCT. It belongs to the pixels: "
                "block - 128 first, then the DCT."),
            "type of the transform": Mistake(
                tuple(coded(rounded, forward=lambda z, k=k: fft.dctn(z, k, norm="ortho"),
                            back=lambda z, k=k: fft.idctn(z, k, norm="ortho"))
                      for k in (1, 4)),
                "You used another type of cosine transform. JPEG has type 2, the "
                "default: leave `type` out."),
            "inverse first": Mistake(
                coded(rounded, forward=lambda z: fft.idctn(z, norm="ortho"),
                      back=lambda z: fft.dctn(z, norm="ortho")),
                "You began with idctn (or type 3) and went back with dctn. It is the "
                "other way round: dctn makes the waves."),
            "mean taken off": Mistake(
                (lambda block, Q: quantise(block - block.mean() + 128, Q)
                 + block.mean() - 128,),
                "You took off the mean of the block. A decoder does not know it: take "
                "off 128."),
            "level with the wrong sign": Mistake(
                (coded(rounded, level=-128), coded(rounded, returned=-128)),
                "The level has the wrong sign: minus 128 before the DCT, plus 128 at "
                "the end."),
            "clipped": Mistake(
                (lambda block, Q: np.clip(quantise(block, Q), 0, 255),),
                "Right, but you clipped the levels to 0 ... 255 at the end. Return "
                "them as they are."),
            "one step for all": Mistake(
                (coded(lambda z, Q: np.rint(z / Q[0, 0]) * Q[0, 0]),
                 coded(lambda z, Q: np.rint(z / Q.mean()) * Q.mean())),
                "You used one step for all waves. Each wave has its own step in Q."),
            "level 127": Mistake(
                (coded(rounded, level=127), coded(rounded, level=127.5)),
                "You took off 127 (or 127.5). It is 128 here, before and after."),
            "threshold": Mistake(
                (coded(lambda z, Q: np.where(np.abs(z) > Q, z, 0)),
                 coded(lambda z, Q: np.where(np.abs(z) >= Q / 2, z, 0))),
                "You set small waves to 0 and kept the others as they are. All are "
                "rounded to multiples of Q."),
            "forward again": Mistake(
                (coded(rounded, back=lambda z: fft.dctn(z, norm="ortho")),),
                "You went back with dctn. The way back is idctn."),
            "Fourier": Mistake(
                (lambda block, Q: np.fft.ifft2(np.rint(np.fft.fft2(
                    block - 128, norm="ortho") / Q) * Q, norm="ortho").real + 128,
                 lambda block, Q: np.fft.ifft2(np.rint(np.fft.fft2(
                     block - 128) / Q) * Q).real + 128),
                "You used the Fourier transform. JPEG uses the cosine transform: "
                "scipy.fft.dctn."),
            "rounded at the end": Mistake(
                (lambda block, Q: np.rint(quantise(block, Q)),
                 lambda block, Q: quantise(block, Q).astype(int),
                 lambda block, Q: np.clip(np.rint(quantise(block, Q)), 0, 255)),
                "Right, but you rounded the pixels at the end. Return floats."),
            "integers only": Mistake(
                (lambda block, Q: np.rint(fft.dctn(block - 128.0, norm="ortho") / Q),
                 lambda block, Q: rounded(fft.dctn(block - 128.0, norm="ortho"), Q)),
                "You returned the coded waves. Go all the way back to pixels: times Q, "
                "idctn, plus 128."),
        },
        ["The steps are: minus 128, dctn, divided by Q, np.rint; and back.",
         "Back means the inverse steps in reverse order: times Q, idctn, plus 128.",
         "Both transforms come from scipy.fft and need norm='ortho'."],
        independent=_quantise_by_matrices,
        also_right=(lambda block, Q: 128 + fft.idct(fft.idct(Q * np.round(
            fft.dct(fft.dct(block - 128.0, axis=0, norm="ortho"), axis=1,
                    norm="ortho") / Q), axis=0, norm="ortho"), axis=1,
            norm="ortho"),))
