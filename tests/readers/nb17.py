"""Answers of readers to the exercises of page 17."""

import math

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy import special
from skimage.util import view_as_blocks


def scores(Q, K):
    return Q @ K.T / np.sqrt(Q.shape[1])


def shares(e):
    return e / e.sum(axis=1, keepdims=True)


def attend_with(weights):
    return lambda Q, K, V: weights(scores(Q, K)) @ V


def attend_by_loops(Q, K, V):
    rows = []
    for q in Q:
        s = [sum(a * b for a, b in zip(q, k, strict=True)) / len(q) ** 0.5 for k in K]
        e = [math.exp(one - max(s)) for one in s]
        rows.append([sum(w / sum(e) * v[c] for w, v in zip(e, V, strict=True))
                     for c in range(V.shape[1])])
    return rows


def attend_divided_last(Q, K, V):
    S = scores(Q, K)
    e = np.exp(S - S.max(1)[:, None])
    return e @ V / e.sum(1)[:, None]


def attend_in_place(Q, K, V):
    Q /= np.sqrt(Q.shape[1])
    return special.softmax(Q @ K.T, axis=1) @ V


def hidden(value):
    return lambda S, seen: special.softmax(np.where(seen, S, value), axis=1)


def masked_in_float32(S, seen):
    return special.softmax(np.where(seen, S, -np.inf).astype(np.float32), axis=1)


def masked_by_library(S, seen):
    S = np.ma.array(S, mask=~seen)
    with np.errstate(over="ignore"):
        e = np.ma.exp(S - S.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def masked_in_place(S, seen):
    S[~seen] = -np.inf
    return special.softmax(S, axis=1)


def heads(then, width=lambda D, h: D // h):
    return lambda X, h: then(X.reshape(len(X), h, width(X.shape[1], h)))


def waves(power, *, both=(np.sin, np.cos)):
    def answer(n, D):
        E = np.zeros((n, D))
        angles = np.arange(n)[:, None] / 10000 ** power(np.arange(D // 2), D)
        E[:, ::2], E[:, 1::2] = both[0](angles), both[1](angles)
        return E
    return answer


def waves_of_complex_numbers(n, D):
    z = np.exp(1j * np.outer(np.arange(n), 10000.0 ** (-np.arange(0, D, 2) / D)))
    return np.stack([z.imag, z.real], -1).reshape(n, -1)


def cut(last, flat=np.ravel):
    return lambda x, P: np.array([flat(x[i:i + P, j:j + P])
                                  for i in range(0, last(x.shape[0], P), P)
                                  for j in range(0, last(x.shape[1], P), P)])


def cut_by_axes(one, other):
    def answer(x, P):
        H, W, C = x.shape
        x = x.reshape(H // P, P, W // P, P, C).swapaxes(one, other)
        return x.reshape(-1, P * P * C)
    return answer


RIGHT = [
    ("17.attend", attend_by_loops),
    ("17.attend", attend_divided_last),
    ("17.attend", attend_with(lambda S: special.softmax(S, axis=1))),
    ("17.attend", attend_with(lambda S: np.exp(
        S - special.logsumexp(S, axis=1, keepdims=True)))),
    ("17.masked_weights", masked_in_float32),
    ("17.masked_weights", hidden(-1e30)),
    ("17.masked_weights", lambda S, seen: masked_by_library(S, seen).filled(0)),
    ("17.masked_weights", lambda S, seen: masked_in_place(S.copy(), seen)),
    ("17.split_heads", lambda X, h: np.array(np.hsplit(X, h))),
    ("17.split_heads", lambda X, h: np.split(X, h, axis=1)),
    ("17.split_heads", lambda X, h: X.T.reshape(h, -1, len(X)).swapaxes(1, 2)),
    ("17.sinusoidal", waves(lambda k, D: 2 * k / D)),
    ("17.sinusoidal", waves_of_complex_numbers),
    ("17.cut_patches", cut(lambda side, P: side)),
    ("17.cut_patches", lambda x, P: view_as_blocks(
        x, (P, P, x.shape[2])).reshape(-1, P * P * x.shape[2])),
    ("17.cut_patches", lambda x, P: sliding_window_view(x, (P, P), axis=(0, 1))[
        ::P, ::P].transpose(0, 1, 3, 4, 2).reshape(-1, P * P * x.shape[2])),
]

WRONG = [
    ("17.attend", attend_with(lambda S: shares(np.exp(np.clip(S, -700, 700)))),
     "You clipped the scores"),
    ("17.attend", attend_with(lambda S: shares(np.exp(np.minimum(S, 699)))),
     "You clipped the scores"),
    ("17.attend", attend_with(lambda S: shares(np.exp(np.clip(S, -700, 100)))),
     "You clipped the scores"),
    ("17.attend", attend_with(lambda S: np.nan_to_num(shares(np.exp(S)))),
     "hides the overflow"),
    ("17.attend", attend_with(lambda S: shares(np.exp(
        S - np.abs(S).max(1, keepdims=True)))), "the largest score itself"),
    ("17.attend", attend_with(lambda S: shares(np.exp(S - S.mean(1, keepdims=True)))),
     "the largest score itself"),
    ("17.attend", attend_in_place, "changes its input `Q`"),
    ("17.masked_weights", hidden(-1e4), "not low enough"),
    ("17.masked_weights", lambda S, seen: special.softmax(S - 1e4 * ~seen, axis=1),
     "too small"),
    ("17.masked_weights", lambda S, seen: hidden(-np.inf)(
        S / np.sqrt(S.shape[1]), seen), "already divided"),
    ("17.masked_weights", masked_by_library, ".filled(0)"),
    ("17.masked_weights", masked_in_place, "changes its input `S`"),
    ("17.split_heads", lambda X, h: np.array_split(X, h, axis=0), "some of the tokens"),
    ("17.split_heads", heads(lambda X: X.swapaxes(1, 2)), "the wrong axes"),
    ("17.split_heads", heads(lambda X: X.T), "the wrong axes"),
    ("17.split_heads", heads(lambda X: X.swapaxes(0, 1), lambda D, h: D / h),
     "X.shape[1] // h"),
    ("17.sinusoidal", waves(lambda k, D: 2 * k // D), "rounds 2 k / D down"),
    ("17.sinusoidal", lambda n, D: np.sin(
        np.arange(n)[:, None] / 10000 ** (np.arange(D) / D)),
     "All your columns are sines"),
    ("17.sinusoidal", lambda n, D: waves(lambda k, D: 2 * k / D)(n, D).astype(int),
     "without its fractions"),
    ("17.cut_patches", lambda x, P: np.array(
        [block.ravel() for row in np.array_split(x, P)
         for block in np.array_split(row, P, 1)]), "P rows of P patches"),
    ("17.cut_patches", cut_by_axes(2, 3), "axes 2 and 3"),
    ("17.cut_patches", cut(lambda side, P: side - P), "stops too early"),
    ("17.cut_patches", cut(lambda side, P: side, lambda block: block.T.ravel()),
     "in reverse"),
]
