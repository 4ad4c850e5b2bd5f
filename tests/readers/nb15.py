"""Answers of readers to the exercises of page 15."""

import math
from collections import Counter

import numpy as np
from scipy import linalg
from scipy.spatial import geometric_slerp


def sigma(s):
    return 1 / (1 + np.exp(-s))


def soft(s):
    return np.logaddexp(0, s)


def losses_in_loops(real, fake):
    def one(s):
        return max(s, 0) + math.log1p(math.exp(-abs(s)))

    return (sum(one(-s) for s in real) / len(real) + sum(one(s) for s in fake) / len(fake),
            sum(one(-s) for s in fake) / len(fake))


def losses(d=lambda r, f: soft(-r).mean() + soft(f).mean(),
           g=lambda r, f: soft(-f).mean()):
    return lambda real, fake: (d(real, fake), g(real, fake))


def round_by_exponentials(theta, psi, rate, gamma):
    e = math.exp(psi * theta)
    psi -= rate * (theta * e / (1 + e) + gamma * psi)
    return [theta + rate * psi / (1 + math.exp(psi * theta)), psi]


def played(own_d=lambda t, p, g: t * sigma(p * t) + g * p,
           own_g=lambda t, p: -p * sigma(-p * t), rate_d=1, rate_g=1):
    """Each argument makes one mistake."""
    def answer(theta, psi, rate, gamma):
        psi = psi - rate_d * rate * own_d(theta, psi, gamma)
        return theta - rate_g * rate * own_g(theta, psi), psi
    return answer


def played_without_rate(theta, psi, rate, gamma):
    psi = psi - (theta * sigma(psi * theta) + gamma * psi)
    return theta + psi * sigma(-psi * theta), psi


def rate_for_the_loss_only(theta, psi, rate, gamma):
    psi = psi - rate * theta * sigma(psi * theta) - gamma * psi
    return theta + rate * psi * sigma(-psi * theta), psi


def only_the_changes(theta, psi, rate, gamma):
    new = psi - rate * (theta * sigma(psi * theta) + gamma * psi)
    return rate * new * sigma(-new * theta), new - psi


def covariance_in_loops(x):
    mean = [sum(column) / len(x) for column in zip(*x.tolist(), strict=True)]
    d = len(mean)
    return np.array([[sum((row[i] - mean[i]) * (row[k] - mean[k]) for row in x)
                      / (len(x) - 1) for k in range(d)] for i in range(d)])


def by_matrix_root(a, b, cov=lambda x: np.cov(x.T), root=lambda s: linalg.sqrtm(s).real,
                   shift=lambda a, b: ((a.mean(0) - b.mean(0)) ** 2).sum()):
    s, t = cov(a), cov(b)
    return shift(a, b) + np.trace(s + t - 2 * root(s @ t))


def by_singular_values(a, b):
    x = (a - a.mean(0)) / np.sqrt(len(a) - 1)
    y = (b - b.mean(0)) / np.sqrt(len(b) - 1)
    return (np.sum((a.mean(0) - b.mean(0)) ** 2) + (x**2).sum() + (y**2).sum()
            - 2 * np.linalg.svd(x @ y.T, compute_uv=False).sum())


def shares_by_counter(p):
    counts = Counter(row.index(max(row)) for row in p.tolist())
    return tuple(counts[k] / len(p) for k in range(p.shape[1]))


def sure_ones_count_more(p):
    shares = np.zeros(p.shape[1])
    for row in p:
        shares[row.argmax()] += row.max()
    return shares / shares.sum()


def length(v):
    return np.linalg.norm(v)


def walk(angle=lambda a, b: np.arccos(a @ b / length(a) / length(b)),
         steps=lambda n: np.linspace(0, 1, n)[:, None], bottom=np.sin,
         weights=lambda t, w: (np.sin((1 - t) * w), np.sin(t * w))):
    """Each argument makes one mistake."""
    def answer(a, b, n):
        w = angle(a, b)
        on_a, on_b = weights(steps(n), w)
        return (on_a * a + on_b * b) / bottom(w)
    return answer


def walk_in_loops(a, b, n):
    w = math.acos(sum(x * y for x, y in zip(a, b, strict=True))
                  / math.hypot(*a) / math.hypot(*b))
    return [[(math.sin((1 - k / (n - 1)) * w) * x + math.sin(k / (n - 1) * w) * y)
             / math.sin(w) for x, y in zip(a, b, strict=True)] for k in range(n)]


def walk_by_outer(a, b, n):
    u, v = a / length(a), b / length(b)
    w, t = 2 * np.arctan2(length(u - v), length(u + v)), np.linspace(0, 1, n)
    return (np.outer(np.sin((1 - t) * w), a) + np.outer(np.sin(t * w), b)) / np.sin(w)


def directions_of_scipy(a, b, n):
    directions = geometric_slerp(a / length(a), b / length(b), np.linspace(0, 1, n))
    return directions * np.linspace(length(a), length(b), n)[:, None]


RIGHT = [
    ("15.gan_losses", losses_in_loops),
    ("15.gan_losses", lambda real, fake: np.array(losses()(real, fake))),
    ("15.gan_losses", lambda real, fake: losses()(np.float32(real), np.float32(fake))),
    ("15.play_round", round_by_exponentials),
    ("15.play_round", lambda *numbers: np.array(played()(*numbers))),
    ("15.frechet", by_matrix_root),
    ("15.frechet", by_singular_values),
    ("15.frechet", lambda a, b: by_matrix_root(a, b, covariance_in_loops)),
    ("15.frechet", lambda a, b: by_singular_values(np.float32(a), np.float32(b))),
    ("15.class_shares", shares_by_counter),
    ("15.class_shares", lambda p: (p == p.max(1, keepdims=True)).mean(0)),
    ("15.class_shares", lambda p: np.histogram(p.argmax(1), np.arange(p.shape[1] + 1))[0]
     / len(p)),
    ("15.r1_penalty", lambda g, gamma: 0.5 * gamma * np.mean(
        [np.linalg.norm(one) ** 2 for one in g])),
    ("15.r1_penalty", lambda g, gamma: gamma / 2 * np.einsum("nij,nij->", g, g) / len(g)),
    ("15.ema_update", lambda average, weights, decay: [
        decay * x + (1 - decay) * y for x, y in zip(average, weights, strict=True)]),
    ("15.ema_update", lambda average, weights, decay: average + (1 - decay)
     * (weights - average)),
    ("15.latent_walk", walk_in_loops),
    ("15.latent_walk", walk_by_outer),
    ("15.latent_walk", lambda a, b, n: walk()(a.astype(np.float32), b, n)),
]

WRONG = [
    ("15.gan_losses", losses(g=lambda r, f: soft(-r).mean()), "of the real scores"),
    ("15.gan_losses", losses(g=lambda r, f: soft(-f).mean() + soft(r).mean()),
     "a part for the real images"),
    ("15.gan_losses", lambda real, fake: losses()(real.clip(-30, 30), fake.clip(-30, 30)),
     "clipped the scores"),
    ("15.gan_losses", lambda real, fake: (soft(-real) + soft(fake), soft(-fake)),
     "image by image"),
    ("15.gan_losses", losses(lambda r, f: soft(-r.mean()) + soft(f.mean()),
                             lambda r, f: soft(-f.mean())), "each score first"),
    ("15.gan_losses", lambda real, fake: losses()(real, fake)[0], "expected 2 values"),
    ("15.play_round", played(rate_d=-1, rate_g=-1), "Both players climbed"),
    ("15.play_round", played_without_rate, "The rate is missing"),
    ("15.play_round", rate_for_the_loss_only, "acts without the rate"),
    ("15.play_round", only_the_changes, "where they are"),
    ("15.play_round", played(lambda t, p, g: t * sigma(-p * t) + g * p),
     "D's sigma has a minus"),
    ("15.play_round", played(lambda t, p, g: sigma(p * t) + g * p,
                             lambda t, p: -sigma(-p * t)), "inner derivative"),
    ("15.play_round", played(lambda t, p, g: p * sigma(p * t) + g * p,
                             lambda t, p: -t * sigma(-p * t)), "are swapped"),
    ("15.play_round", played(own_g=lambda t, p: p * sigma(p * t)), "climbs on log(1 - D)"),
    ("15.play_round", played(lambda t, p, g: t * sigma(p * t) + g * t), "theta in it"),
    ("15.frechet", lambda a, b: by_matrix_root(a, b) + 1e-9j, "complex number"),
    ("15.frechet", lambda a, b: by_matrix_root(a, b, np.cov), "rowvar=False"),
    ("15.frechet", lambda a, b: np.trace(np.cov(a)) + np.trace(np.cov(b)) + (
        (a.mean(0) - b.mean(0)) ** 2).sum(), "rowvar=False"),
    ("15.frechet", lambda a, b: by_matrix_root(a, b, lambda x: np.corrcoef(x.T)),
     "correlations"),
    ("15.frechet", lambda a, b: by_matrix_root(a[:len(b)], b[:len(a)]), "cut the larger"),
    ("15.frechet", lambda a, b: by_matrix_root(a, b, shift=lambda a, b: (
        a.mean() - b.mean()) ** 2), "mean(axis=0)"),
    ("15.frechet", lambda a, b: by_matrix_root(a, b, root=lambda s: np.abs(
        linalg.sqrtm(s))), "absolute values"),
    ("15.frechet", lambda a, b: by_matrix_root(a, b, root=lambda s: 0 * s),
     "part with the root is missing"),
    ("15.class_shares", sure_ones_count_more, "winning probabilities"),
    ("15.class_shares", lambda p: (p >= 1 / p.shape[1]).mean(0), "above 1/k"),
    ("15.class_shares", lambda p: p.argmax(1), "class of each image"),
    ("15.class_shares", lambda p: p.max(1), "largest probability"),
    ("15.class_shares", lambda p: np.histogram(p.argmax(1), p.shape[1])[0] / len(p),
     "right places"),
    ("15.r1_penalty", lambda g, gamma: gamma / 2 * np.mean(
        np.linalg.norm(g, axis=(1, 2))) ** 2, "squared their mean"),
    ("15.r1_penalty", lambda g, gamma: gamma / 2 * np.mean((g**2).sum((1, 2))) ** 2,
     "squared twice"),
    ("15.r1_penalty", lambda g, gamma: gamma / 2 * np.mean((g**2).sum((0, 1))),
     "other axes"),
    ("15.r1_penalty", lambda g, gamma: gamma / 2 * np.mean(
        np.linalg.norm(g, 2, axis=(1, 2)) ** 2), "singular value"),
    ("15.r1_penalty", lambda g, gamma: np.mean(((gamma / 2 * g) ** 2).sum((1, 2))),
     "squared gamma"),
    ("15.ema_update", lambda average, weights, decay: (decay * average + weights)
     / (decay + 1), "divided by decay + 1"),
    ("15.ema_update", lambda average, weights, decay: average * decay + (decay - 1)
     * weights, "subtracted the new"),
    ("15.ema_update", lambda average, weights, decay: decay * average + (1 - decay)
     * weights.mean(), "to one number"),
    ("15.latent_walk", directions_of_scipy, "interpolated the lengths"),
    ("15.latent_walk", walk(bottom=lambda w: w), "divided by the angle"),
    ("15.latent_walk", walk(weights=lambda t, w: (np.sin((1 - t) * w), np.sin(t) * w)),
     "outside the sine"),
    ("15.latent_walk", walk(steps=lambda n: np.linspace(0, 1, n)), "t a column"),
    ("15.latent_walk", walk(steps=lambda n: np.linspace(0, 1, n + 2)[1:-1, None]),
     "begins behind a"),
    ("15.latent_walk", walk(lambda a, b: np.arcsin(length(a - b) / 2)),
     "half of the angle"),
    ("15.latent_walk", walk(lambda a, b: np.arctan2(b[1], b[0]) - np.arctan2(a[1], a[0])),
     "first two coordinates"),
    ("15.latent_walk", walk(steps=lambda n: np.arange(0, 1 + 1 / (n - 1), 1 / (n - 1)
                                                      )[:, None]), "expected (7, 64)"),
]
