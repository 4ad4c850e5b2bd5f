"""Answers of readers to the exercises of page 16."""

import math

import numpy as np
from skimage.measure import block_reduce


def noisy(abar_of, factor=math.sqrt):
    def answer(x0, betas, t, eps):
        abar = abar_of(betas, t)
        return np.sqrt(abar) * x0 + factor(1 - abar) * eps
    return answer


def noisy_in_loops(x0, betas, t, eps):
    abar, x = 1.0, np.zeros(x0.shape)
    for i in range(t):
        abar *= 1 - betas[i]
    M, N = x0.shape
    for i in range(M):
        for j in range(N):
            x[i, j] = math.sqrt(abar) * x0[i, j] + math.sqrt(1 - abar) * eps[i, j]
    return x


def turned_back(x, v, abar_t):
    z = (x + 1j * v) * np.exp(1j * np.arccos(np.sqrt(abar_t)))
    return z.real, z.imag


def turned_in_loops(x, v, abar_t):
    M, N = x.shape
    x0, eps, a, b = np.zeros((M, N)), np.zeros((M, N)), abar_t**0.5, (1 - abar_t) ** 0.5
    for i in range(M):
        for j in range(N):
            x0[i, j] = a * x[i, j] - b * v[i, j]
            eps[i, j] = b * x[i, j] + a * v[i, j]
    return x0, eps


def unscaled(x, v, abar_t):
    a = np.sqrt(abar_t)
    return a * x - (1 - a) * v, (1 - a) * x + a * v


def step_in_loops(x, eps, t, betas, z):
    M, N = x.shape
    beta, abar, result = betas[t - 1], np.prod(1 - betas[:t]), np.zeros((M, N))
    for i in range(M):
        for j in range(N):
            result[i, j] = (x[i, j] - beta / math.sqrt(1 - abar) * eps[i, j]) / math.sqrt(
                1 - beta)
            if t > 1:
                result[i, j] += math.sqrt(beta) * z[i, j]
    return result


def step(beta_at, abar_at, noisy_if=lambda t: t > 1):
    def answer(x, eps, t, betas, z):
        beta, abar = betas[beta_at(t)], np.cumprod(1 - betas)[abar_at(t)]
        mean = (x - beta / np.sqrt(1 - abar) * eps) / np.sqrt(1 - beta)
        return mean + np.sqrt(beta) * z * noisy_if(t)
    return answer


def ddim_in_loops(x, x0, abar_t, abar_s):
    M, N = x.shape
    x_s, eps = np.zeros((M, N)), np.zeros((M, N))
    for i in range(M):
        for j in range(N):
            clean = min(1, max(-1, x0[i, j]))
            eps[i, j] = (x[i, j] - abar_t**0.5 * clean) / (1 - abar_t) ** 0.5
            x_s[i, j] = abar_s**0.5 * clean + (1 - abar_s) ** 0.5 * eps[i, j]
    return x_s, eps


def ddim(x, x0, abar_t, abar_s, of_eps=lambda eps: eps):
    x0 = np.clip(x0, -1, 1)
    eps = of_eps((x - abar_t**0.5 * x0) / (1 - abar_t) ** 0.5)
    return abar_s**0.5 * x0 + (1 - abar_s) ** 0.5 * eps, eps


def ddim_in_place(x, x0, abar_t, abar_s):
    np.clip(x0, -1, 1, out=x0)
    return ddim(x, x0, abar_t, abar_s)


def guided_in_loops(v_label, v_none, w):
    M, N = v_label.shape
    v = np.zeros((M, N))
    for i in range(M):
        for j in range(N):
            v[i, j] = v_none[i, j] + w * (v_label[i, j] - v_none[i, j])
    return v


def guided(v_label, v_none, w):
    return v_none + w * (v_label - v_none)


def means_in_loops(x0, small):
    result = x0.copy()
    for i in range(small.shape[0]):
        for j in range(small.shape[1]):
            block = x0[2 * i:2 * i + 2, 2 * j:2 * j + 2]
            result[2 * i:2 * i + 2, 2 * j:2 * j + 2] += small[i, j] - block.mean()
    return result


def shift(x0, small):
    return np.kron(small - block_reduce(x0, (2, 2), np.mean), np.ones((2, 2)))


RIGHT = [
    ("16.noisy_at", noisy_in_loops),
    ("16.noisy_at", noisy(lambda betas, t: np.cumprod(np.r_[1, 1 - betas])[t])),
    ("16.from_velocity", turned_back),
    ("16.from_velocity", turned_in_loops),
    ("16.ancestral_step", step_in_loops),
    ("16.ancestral_step", step(lambda t: t - 1, lambda t: t - 1)),
    ("16.ddim_step", ddim_in_loops),
    ("16.ddim_step", ddim),
    ("16.guided", guided_in_loops),
    ("16.guided", lambda v_label, v_none, w: np.tensordot(
        [w, 1 - w], np.stack([v_label, v_none]), 1)),
    ("16.match_means", means_in_loops),
    ("16.match_means", lambda x0, small: x0 + shift(x0, small)),
]

WRONG = [
    ("16.noisy_at", noisy(lambda betas, t: (1 - betas[t - 1]) ** t), "The betas differ"),
    ("16.noisy_at", noisy(lambda betas, t: 1 - np.prod(betas[:t])), "Take 1 - beta"),
    ("16.noisy_at", noisy(lambda betas, t: np.prod(1 - betas[:t - 1])), "betas[t - 1]"),
    ("16.noisy_at", noisy(lambda betas, t: np.cumprod(1 - betas)[t]), "Put a 1 in front"),
    ("16.from_velocity", unscaled, "Their squares must"),
    ("16.ancestral_step", step(lambda t: t, lambda t: t), "beta_t is betas[t - 1]"),
    ("16.ancestral_step", step(lambda t: t, lambda t: t - 1), "beta_t is betas[t - 1]"),
    ("16.ancestral_step", step(lambda t: t - 1, lambda t: t), "Take [t - 1]"),
    ("16.ancestral_step", step(lambda t: t - 1, lambda t: t - 1, lambda t: t == 1),
     "the wrong way round"),
    ("16.ddim_step", lambda x, *others: ddim(np.clip(x, -1, 1), *others), "x holds noise"),
    ("16.ddim_step", lambda *case: ddim(*case, of_eps=lambda eps: np.clip(eps, -1, 1)),
     "You clipped eps"),
    ("16.ddim_step", ddim_in_place, "changes its input"),
    ("16.guided", lambda v_label, v_none, w: guided(v_label, v_none, abs(w)),
     "A negative w is allowed"),
    ("16.guided", lambda v_label, v_none, w: guided(v_label, v_none, int(w)),
     "whole number"),
    ("16.guided", lambda v_label, v_none, w: w * v_label - (1 - w) * v_none,
     "The weight of v_none"),
    ("16.match_means", shift, "Add it to x0"),
    ("16.match_means", lambda x0, small: np.clip(x0 + shift(x0, small), 0, 1),
     "[0, 1]"),
]
