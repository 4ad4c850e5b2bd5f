"""Answers of readers to the exercises of page 19."""

import math

import numpy as np
from scipy.spatial.distance import cdist
from scipy.special import logsumexp
from scipy.stats import entropy
from sklearn.decomposition import PCA
from sklearn.neighbors import NearestNeighbors


def unit(z):
    return z / np.linalg.norm(z, axis=1, keepdims=True)


# --- standardised -------------------------------------------------------------------------

def scaled(divisor, mean=lambda train: train.mean(0)):
    def answer(train, test):
        with np.errstate(all="ignore"):
            return tuple((part - mean(train)) / divisor(train) for part in (train, test))
    return answer


def safe(train):
    return np.where(train.std(0) == 0, 1, train.std(0))


def scaled_in_loops(train, test):
    a, b = np.zeros(train.shape), np.zeros(test.shape)
    for j in range(train.shape[1]):
        mean = sum(train[:, j]) / len(train)
        deviation = math.sqrt(sum((train[:, j] - mean) ** 2) / len(train)) or 1
        a[:, j] = (train[:, j] - mean) / deviation
        b[:, j] = (test[:, j] - mean) / deviation
    return a.tolist(), b.tolist()


def scaled_without_nan(train, test):
    return tuple(np.nan_to_num(part) for part in scaled(lambda F: F.std(0))(train, test))


# --- quarter_turns ------------------------------------------------------------------------

def turns_one_by_one(x):
    return (np.array([np.rot90(image, r) for r in range(4) for image in x]),
            [r for r in range(4) for _ in x])


def turned(make):
    return lambda x: (np.concatenate(make(x)), np.repeat(range(4), len(x)))


# --- nt_xent ------------------------------------------------------------------------------

def nt_xent(own=-np.inf, scale=unit, before=False):
    def answer(z1, z2, tau):
        n, z = len(z1), scale(np.vstack([z1, z2]))
        s = z @ z.T
        if before:
            np.fill_diagonal(s, own)
        s = s / tau
        if not before:
            np.fill_diagonal(s, own)
        return np.mean(logsumexp(s, axis=1) - s[np.arange(2 * n), np.r_[n:2 * n, :n]])
    return answer


def nt_xent_interleaved(z1, z2, tau):
    z = np.empty((2 * len(z1), z1.shape[1]))
    z[::2], z[1::2] = unit(z1), unit(z2)
    s = z @ z.T / tau - 1e9 * np.eye(len(z))
    return float(np.mean([logsumexp(row) - row[i ^ 1] for i, row in enumerate(s)]))


# --- effective_rank -----------------------------------------------------------------------

def variances(z):
    return np.linalg.svd(z - z.mean(0), compute_uv=False) ** 2


def rank_of(values, keep=lambda v, p: p > 1e-12, mean=np.sum):
    def answer(z):
        v = values(z)
        if np.ptp(z, axis=0).max() == 0:
            return 0
        p = v / v.sum()
        p = p[keep(v, p)]
        return np.exp(-mean(p * np.log(p)))
    return answer


def rank_by_pca(z):
    if np.ptp(z, axis=0).max() == 0:
        return 0
    return np.exp(entropy(PCA().fit(z).explained_variance_ratio_))


def rank_in_a_loop(z):
    v, rank = variances(z), 0
    if (z == z[0]).all():
        return 0
    for value in v:
        if value / v.sum() > 1e-12:
            rank -= value / v.sum() * math.log(value / v.sum())
    return float(np.exp(rank))


# --- neighbour_labels ---------------------------------------------------------------------

def nearest(likeness, own=-np.inf):
    def answer(z, u):
        s = likeness(z)
        np.fill_diagonal(s, own)
        return u[s.argmax(axis=1)]
    return answer


def cosines(z):
    return unit(z) @ unit(z).T


RIGHT = [
    ("19.standardised", scaled_in_loops),
    ("19.standardised", scaled(safe)),
    ("19.quarter_turns", turns_one_by_one),
    ("19.quarter_turns", turned(lambda x: [
        x, x.transpose(0, 2, 1)[:, ::-1], x[:, ::-1, ::-1],
        x.transpose(0, 2, 1)[:, :, ::-1]])),
    ("19.hidden_loss", lambda x, y, m: np.ma.array((x - y) ** 2, mask=m == 0).mean()),
    ("19.nt_xent", nt_xent()),
    ("19.nt_xent", nt_xent(-1e9, before=True)),
    ("19.nt_xent", nt_xent_interleaved),
    ("19.effective_rank", rank_by_pca),
    ("19.effective_rank", rank_in_a_loop),
    ("19.effective_rank", rank_of(variances)),
    ("19.neighbour_labels", nearest(cosines)),
    ("19.neighbour_labels", lambda z, u: u[NearestNeighbors(
        n_neighbors=2, metric="cosine").fit(z).kneighbors(z)[1][:, 1]]),
    ("19.neighbour_labels", lambda z, u: u[
        (cdist(z, z, "cosine") + 9 * np.eye(len(z))).argmin(1)].tolist()),
]

WRONG = [
    ("19.standardised", scaled(lambda train: train.std(0).mean()), "by one number"),
    ("19.standardised", scaled(lambda train: train.std()), "by one number"),
    ("19.standardised", scaled_without_nan, "hidden by nan_to_num"),
    ("19.standardised", scaled(safe, lambda train: np.where(
        train.std(0) == 0, 0, train.mean(0))), "Subtract its mean, too"),
    ("19.quarter_turns", turned(lambda x: [np.rot90(x, r) for r in range(4)]),
     "axes=(1, 2)"),
    ("19.quarter_turns", turned(lambda x: [x, x[:, ::-1], x[:, ::-1, ::-1],
                                           x[:, :, ::-1]]), "You mirrored"),
    ("19.quarter_turns", turned(lambda x: [x, x.transpose(0, 2, 1), x[:, ::-1, ::-1],
                                           x.transpose(0, 2, 1)[:, ::-1]]),
     "You mirrored"),
    ("19.hidden_loss", lambda x, y, m: np.mean(m * (x - y) ** 2), "number of all pixels"),
    ("19.nt_xent", nt_xent(0), "stays in the sum"),
    ("19.nt_xent", nt_xent(-1, before=True), "another finite number"),
    ("19.nt_xent", lambda z1, z2, tau: nt_xent(scale=lambda z: z)(unit(z1), z2, tau),
     "only one of z1 and z2"),
    ("19.effective_rank", rank_of(lambda z: z.var(0), lambda v, p: p > 0),
     "Columns may be correlated"),
    ("19.effective_rank", rank_of(variances, lambda v, p: v > 1e-12), "*shares* at 1e-12"),
    ("19.effective_rank", rank_of(variances, lambda v, p: p > 1e-3), "small but not empty"),
    ("19.effective_rank", rank_of(variances, mean=np.mean), "The entropy is the sum"),
    ("19.effective_rank", rank_of(lambda z: np.sqrt(variances(z))), "Roy and Vetterli"),
    ("19.neighbour_labels", nearest(cosines, 0), "set it to -np.inf"),
    ("19.neighbour_labels", lambda z, u: u[(cosines(z) - np.eye(len(z))).argmax(1)],
     "set it to -np.inf"),
    ("19.neighbour_labels", lambda z, u: u[(z @ z.T - 9 * np.eye(len(z))).argmax(1)],
     "without normalising"),
    ("19.neighbour_labels", lambda z, u: nearest(cosines)(z, u) == u,
     "whether the labels agree"),
]
