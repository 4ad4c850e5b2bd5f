"""Answers of readers to the exercises of page 14."""

import math

import numpy as np
import skimage as ski
from sklearn.decomposition import PCA, TruncatedSVD


def rebuilt_by_truncation(x, K):
    mean = x.mean(0)
    library = TruncatedSVD(K, algorithm="arpack")
    return library.inverse_transform(library.fit_transform(x - mean)) + mean


def rebuilt_by_singular_values(x, K):
    mean = x.mean(0)
    u, s, v = np.linalg.svd(x - mean, full_matrices=False)
    s[K:] = 0
    return u * s @ v + mean


def rebuilt_by_covariance(centre=lambda x: x.mean(0), order=np.argsort):
    def answer(x, K):
        values, V = np.linalg.eigh(np.cov(x, rowvar=False))
        V = V[:, order(-values)[:K]]
        return (x - centre(x)) @ V @ V.T + centre(x)
    return answer


def rebuilt_in_place(x, K):
    mean = x.mean(0)
    x -= mean
    V = np.linalg.svd(x, full_matrices=False)[2][:K]
    return x @ V.T @ V + mean


def rebuilt_along_one(x, K):
    mean = x.mean(0)
    V = np.linalg.svd(x - mean, full_matrices=False)[2][:1]
    return (x - mean) @ V.T @ V + mean


def pairs_in_a_loop(f, eta, sigma):
    g = f.copy()
    for k in range(len(f)):
        g[k] += sigma * eta[k]
    return [g.tolist(), f.tolist()]


def pairs_in_place(f, eta, sigma):
    f += sigma * eta
    return f, f


def pairs_with_own_noise(f, eta, sigma):
    return f + sigma * np.random.default_rng(5).standard_normal(f.shape), f


def split(pick, count=lambda n: math.ceil(n / 3)):
    def answer(owner):
        names = np.unique(owner)
        return pick(owner, names, count(len(names)))
    return answer


def split_of_sorted_patches(owner):
    test = np.zeros(len(owner), bool)
    test[np.argsort(owner, kind="stable")[-math.ceil(len(owner) / 3):]] = True
    return test


def enlarged(pad, mode="symmetric", cut=None):
    def answer(g, noise_of, m):
        M, N = g.shape
        x = np.pad(g, pad(M, N, m), mode)
        rows, columns = cut(M, N, m) if cut else (slice(M), slice(N))
        return (x - noise_of(x))[rows, columns]
    return answer


def enlarged_by_hand(g, noise_of, m):
    M, N = g.shape
    x = np.concatenate([g, g[::-1][:-M % m]])
    x = np.concatenate([x, x[:, ::-1][:, :-N % m]], axis=1)
    return g - noise_of(x)[:M, :N]


def scores(one):
    return lambda f, estimates: np.mean([one(a, b) for a, b in zip(f, estimates,
                                                                  strict=True)])


RIGHT = [
    ("14.reconstruct", rebuilt_by_truncation),
    ("14.reconstruct", rebuilt_by_singular_values),
    ("14.reconstruct", rebuilt_by_covariance()),
    ("14.reconstruct", lambda x, K: PCA(K).fit(x).inverse_transform(
        PCA(K).fit_transform(x))),
    ("14.noise_pairs", pairs_in_a_loop),
    ("14.noise_pairs", lambda f, eta, sigma: np.stack([f + sigma * eta, f])),
    ("14.tested_patches", split(lambda owner, names, k: [o in names[-k:] for o in owner])),
    ("14.tested_patches", split(lambda owner, names, k: owner >= names[-k])),
    ("14.tested_patches", lambda owner: owner >= np.quantile(np.unique(owner), 2 / 3)),
    ("14.denoise_any_size", enlarged_by_hand),
    ("14.denoise_any_size", enlarged(lambda M, N, m: [(0, math.ceil(M / m) * m - M),
                                                      (0, math.ceil(N / m) * m - N)])),
    ("14.mean_psnr", scores(lambda a, b: ski.metrics.peak_signal_noise_ratio(
        a, b, data_range=1))),
    ("14.mean_psnr", lambda f, estimates: float(np.mean(-10 * np.log10(
        ((f - estimates) ** 2).mean((1, 2)))))),
    ("14.frame_pairs", lambda x: tuple(zip(*[(x[k], x[(k + 1) % len(x)])
                                             for k in range(len(x))], strict=True))),
    ("14.frame_pairs", lambda x: (x, np.take(x, range(1, len(x) + 1), 0, mode="wrap"))),
]

WRONG = [
    ("14.reconstruct", rebuilt_along_one, "one direction whatever K is"),
    ("14.reconstruct", rebuilt_by_covariance(lambda x: x.mean()), "expected"),
    ("14.reconstruct", rebuilt_by_covariance(order=lambda v: np.argsort(v)[::-1]),
     "*least*"),
    ("14.reconstruct", rebuilt_in_place, "changes its input `x`"),
    ("14.reconstruct", lambda x, K: PCA(K).fit_transform(x), "That is the code"),
    ("14.reconstruct", lambda x, K: (PCA(K).fit_transform(x), x), "expected"),
    ("14.noise_pairs", lambda f, eta, sigma: (f, f), "no noise"),
    ("14.noise_pairs", pairs_in_place, "would change f itself"),
    ("14.noise_pairs", pairs_with_own_noise, "Use the given eta"),
    ("14.noise_pairs", lambda f, eta, sigma: (f + np.sqrt(sigma) * eta, f),
     "root of sigma"),
    ("14.noise_pairs", lambda f, eta, sigma: f + sigma * eta, "expected 2 values"),
    ("14.tested_patches", split_of_sorted_patches, "split the *patches*"),
    ("14.tested_patches", split(lambda owner, names, k: owner > names[-k]), "with >="),
    ("14.tested_patches", split(lambda owner, names, k: np.isin(owner, names[-k:]),
                                lambda n: n // 3 + 1), "one too many"),
    ("14.tested_patches", lambda owner: owner >= 2 * (owner.max() + 1) / 3,
     "from the largest number"),
    ("14.denoise_any_size", enlarged(lambda M, N, m: [(0, m - M % m), (0, m - N % m)]),
     "already grew by m"),
    ("14.denoise_any_size", enlarged(lambda M, N, m: [(0, M % m), (0, N % m)]),
     "missing to the next multiple"),
    ("14.denoise_any_size", enlarged(lambda M, N, m: [(0, -N % m), (0, -M % m)]),
     "exchanged rows and columns"),
    ("14.denoise_any_size", enlarged(lambda M, N, m: [(0, -M % 2), (0, -N % 2)]),
     "multiples of 2"),
    ("14.denoise_any_size", enlarged(
        lambda M, N, m: [(0, -M % m), (0, -N % m)],
        cut=lambda M, N, m: (slice(-(-M % m)), slice(-(-N % m)))), "[:-0]"),
    ("14.denoise_any_size", enlarged(
        lambda M, N, m: m, cut=lambda M, N, m: (slice(m, m + M), slice(m, m + N))),
     "padded on all sides"),
    ("14.mean_psnr", scores(lambda a, b: -np.log10(np.mean((a - b) ** 2))),
     "a tenth of a bel"),
    ("14.mean_psnr", scores(lambda a, b: -20 * np.log10(np.std(a - b))),
     "forget a shift"),
    ("14.mean_psnr", lambda f, estimates: -10 * np.log10(
        ((f - estimates) ** 2).mean(0)).mean(), "over one axis"),
    ("14.frame_pairs", lambda x: [(x[k], x[(k + 1) % len(x)]) for k in range(len(x))],
     "list of pairs"),
    ("14.frame_pairs", lambda x: (x, np.concatenate([x[1:], x[-1:]])), "its own target"),
    ("14.frame_pairs", lambda x: (x, np.roll(x, 1, 0) / 2 + np.roll(x, -1, 0) / 2),
     "mean of both neighbours"),
]
