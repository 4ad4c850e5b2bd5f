"""Exercises of page 14: Denoising autoencoders."""

import math
from collections import Counter

import numpy as np
from sklearn.decomposition import PCA

from course_utils.compare import difference
from course_utils.exercise import Exercise, Mistake


def make_exercises():
    """Return the exercises of the page, in its order."""
    return [_reconstruct(), _noise_pairs(), _tested_patches(), _denoise_any_size(),
            _mean_psnr(), _frame_pairs()]


# --- the best linear bottleneck --------------------------------------------------------

def reconstruct(x, K):
    """Return the rows of x, each rebuilt from a code of K numbers."""
    mean = x.mean(axis=0)
    V = np.linalg.svd(x - mean, full_matrices=False)[2][:K]
    return (x - mean) @ V.T @ V + mean


def _reconstruct_by_library(x, K):
    pca = PCA(K, svd_solver="full").fit(x)
    return pca.inverse_transform(pca.transform(x))


def _reconstruct():
    def cases(rng):
        def case(n, D, K):
            mixed = rng.normal(0, 1, (n, D)) * np.linspace(3, 0.3, D)
            return mixed @ rng.normal(0, 1, (D, D)) + rng.uniform(2, 6, D), K

        tiny = np.array([[3.0, 1], [4, 3], [6, 4], [7, 8]])
        return [(tiny, 1), case(9, 5, 2), case(6, 6, 3), case(12, 4, 2)]

    def codes(x, K, middle=True, back=True, keep=np.s_[:], spread=False):
        mean = x.mean(0) if middle else np.zeros(x.shape[1])
        scale = x.std(0) if spread else 1
        V = np.linalg.svd((x - mean) / scale, full_matrices=False)[2][keep][:K]
        return ((x - mean) / scale @ V.T @ V) * scale + (mean if back else 0)

    def by_rows(x, K):
        mean = x.mean(1, keepdims=True)
        V = np.linalg.svd(x - mean, full_matrices=False)[2][:K]
        return (x - mean) @ V.T @ V + mean

    def wrong_factor(x, K):
        mean = x.mean(0)
        U = np.linalg.svd(x - mean, full_matrices=False)[2][:, :K]
        return (x - mean) @ U @ U.T + mean

    def code(x, K):
        mean = x.mean(0)
        return (x - mean) @ np.linalg.svd(x - mean, full_matrices=False)[2][:K].T

    def mean_coded_too(x, K):
        mean = x.mean(0)
        V = np.linalg.svd(x - mean, full_matrices=False)[2][:K]
        return x @ V.T @ V

    def mean_twice(x, K):
        mean = x.mean(0)
        V = np.linalg.svd(x - mean, full_matrices=False)[2][:K]
        return x @ V.T @ V + mean

    def by_eigh(x, K):
        mean = x.mean(0)
        V = np.linalg.eigh(np.cov(x.T))[1][:, ::-1][:, :K]
        return (x - mean) @ V @ V.T + mean

    def by_eigh_wrong_end(x, K):
        mean = x.mean(0)
        V = np.linalg.eigh(np.cov(x.T))[1][:, :K]
        return (x - mean) @ V @ V.T + mean

    def around(centre):
        def answer(x, K):
            V = np.linalg.svd(x - centre(x), full_matrices=False)[2][:K]
            return (x - centre(x)) @ V.T @ V + centre(x)
        return answer

    def unsorted(x, K):
        V = np.linalg.eig(np.cov(x.T))[1].real[:, :K]
        return (x - x.mean(0)) @ V @ V.T + x.mean(0)

    def centred_late(x, K):
        V = np.linalg.eigh(x.T @ x)[1][:, ::-1][:, :K]
        return (x - x.mean(0)) @ V @ V.T + x.mean(0)

    return Exercise(
        "reconstruct", reconstruct, cases,
        {
            "mean not subtracted": Mistake(
                lambda x, K: codes(x, K, middle=False),
                "You did not subtract the mean row first. Then the first direction is "
                "spent on pointing from zero to the data."),
            "mean not added": Mistake(
                lambda x, K: codes(x, K, back=False),
                "You subtracted the mean and did not add it back: the decoder ends "
                "with + mean."),
            "mean of each row": Mistake(
                by_rows,
                "You subtracted the mean of each *row*, that is of each sample. The "
                "mean is a row too: x.mean(axis=0)."),
            "mean not in the code": Mistake(
                mean_coded_too,
                "Your directions come from x - mean, but you encoded x itself: encode "
                "x - mean, and add the mean at the end."),
            "mean twice": Mistake(
                mean_twice,
                "You encoded x with its mean, and added the mean once more at the end: "
                "encode x - mean."),
            "last directions": Mistake(
                (lambda x, K: codes(x, K, keep=np.s_[::-1]), by_eigh_wrong_end),
                "You kept the K directions in which the data vary *least*. SVD sorts "
                "from large to small, eigh from small to large."),
            "columns of Vt": Mistake(
                wrong_factor,
                "You took columns of the third factor of the SVD. The directions are "
                "its *rows*: Vt[:K]."),
            "one number": Mistake(
                around(np.mean),
                "You subtracted one number, the mean of all pixels of all samples. The "
                "mean is a row, one number for each column: x.mean(axis=0)."),
            "unsorted": Mistake(
                unsorted,
                "np.linalg.eig returns the directions in no order. Sort them by their "
                "eigenvalues, the largest first, or use svd, which sorts."),
            "median": Mistake(
                around(lambda x: np.median(x, axis=0)),
                "You subtracted the median. The squared error is smallest around the "
                "mean row: x.mean(axis=0)."),
            "centred too late": Mistake(
                centred_late,
                "Your directions come from x itself, and the mean was subtracted only "
                "afterwards: take the directions of x - mean."),
            "one direction": Mistake(
                lambda x, K: codes(x, 1),
                "You kept one direction whatever K is. That was right for the four "
                "points; the slice is [:K]."),
            "both": Mistake(
                (lambda x, K: (code(x, K), reconstruct(x, K)),
                 lambda x, K: (reconstruct(x, K), code(x, K))),
                "You returned the codes as well. Return the rebuilt samples alone, one "
                "array (n, D)."),
            "the code": Mistake(
                (code, lambda x, K: -code(x, K),
                 lambda x, K: PCA(K, svd_solver="full").fit_transform(x)),
                "That is the code, (n, K). The decoder is missing: code @ V + mean."),
            "one direction more": Mistake(
                lambda x, K: codes(x, K + 1),
                "You kept K + 1 directions: the slice is [:K]."),
            "one direction less": Mistake(
                lambda x, K: codes(x, K - 1),
                "You kept K - 1 directions: the slice is [:K]."),
            "divided by the spread": Mistake(
                lambda x, K: codes(x, K, spread=True),
                "You divided each column by its standard deviation. Then other "
                "directions are best; asked is the smallest squared error of x itself."),
        },
        ["With K = 1 all rebuilt points lie on one line. Through which point does the "
         "best line go?",
         "Subtract the mean row; the rows of np.linalg.svd(x - mean, "
         "full_matrices=False)[2] are the directions, the most important first.",
         "code = (x - mean) @ V.T with V of shape (K, D); rebuilt = code @ V + mean."],
        independent=_reconstruct_by_library, also_right=(by_eigh,))


# --- training pairs --------------------------------------------------------------------

def noise_pairs(f, eta, sigma):
    """Return inputs and targets for a network that removes noise."""
    return f + sigma * eta, f


def _pairs_by_loop(f, eta, sigma):
    noisy = [[[a + sigma * b for a, b in zip(*rows, strict=True)]
              for rows in zip(*pair, strict=True)] for pair in zip(f, eta, strict=True)]
    return np.array(noisy), np.array(f)


def _noise_pairs():
    def cases(rng):
        def case(n, M, N, sigma):
            return rng.random((n, M, N)) * 0.9, rng.normal(0, 1, (n, M, N)), sigma

        tiny = (np.array([[[0.1, 0.9, 0.4]]]), np.array([[[-1.5, 1.25, 0.5]]]), 0.2)
        return [tiny, case(3, 4, 5, 0.1), case(2, 5, 5, 0.3), case(4, 3, 6, 0.05)]

    def both(f, eta, sigma):
        noisy = f + sigma * eta
        return noisy, noisy

    def own_maximum(f, eta, sigma):
        noisy = f + sigma * eta
        return (noisy / noisy.max(axis=(1, 2), keepdims=True),
                f / f.max(axis=(1, 2), keepdims=True))

    def input_by_maximum(f, eta, sigma):
        noisy = f + sigma * eta
        return noisy / noisy.max(axis=(1, 2), keepdims=True), f

    return Exercise(
        "noise_pairs", noise_pairs, cases,
        {
            "no noise": Mistake(
                lambda f, eta, sigma: (f, f),
                "Your input has no noise, so the network would learn to copy. The "
                "input is f + sigma * eta."),
            "noisy target": Mistake(
                both,
                "Your target is the noisy image itself. The network would learn to "
                "copy: the target is the clean f. (f += ... would change f itself: "
                "write f + sigma * eta.)"),
            "swapped": Mistake(
                lambda f, eta, sigma: (f, f + sigma * eta),
                "Input and target are swapped: you ask the network to *add* noise. "
                "First the noisy image, then the clean one."),
            "noise as target": Mistake(
                (lambda f, eta, sigma: (f + sigma * eta, sigma * eta),
                 lambda f, eta, sigma: (f + sigma * eta, eta)),
                "Your target is the noise. Some networks are trained so; here the "
                "network returns the image, so the target is f."),
            "two noises": Mistake(
                (lambda f, eta, sigma: (f + sigma * eta, f - sigma * eta),
                 lambda f, eta, sigma: (f + sigma * eta,
                                        f + sigma * eta[:, ::-1, ::-1])),
                "You added noise to the target as well. Asked is the clean f."),
            "clipped": Mistake(
                lambda f, eta, sigma: (np.clip(f + sigma * eta, 0, 1), f),
                "You clipped the noisy image to [0, 1]. Then the noise of dark and "
                "bright pixels no longer has mean 0; leave it as it is."),
            "one noise for all": Mistake(
                lambda f, eta, sigma: (f + sigma * eta[:1], f),
                "You added the noise of the first image to all images. The network "
                "could learn that one pattern by heart."),
            "variance": Mistake(
                lambda f, eta, sigma: (f + sigma**2 * eta, f),
                "You multiplied by the variance. sigma is the standard deviation: "
                "sigma * eta."),
            "root": Mistake(
                lambda f, eta, sigma: (f + np.sqrt(sigma) * eta, f),
                "You multiplied by the root of sigma. sigma is the standard deviation "
                "already: sigma * eta."),
            "sigma added": Mistake(
                (lambda f, eta, sigma: (f + eta + sigma, f),
                 lambda f, eta, sigma: (f + sigma, f)),
                "You added sigma, which makes the whole image brighter. It is the "
                "factor of eta: sigma * eta."),
            "sigma as divisor": Mistake(
                lambda f, eta, sigma: (f + eta / sigma, f),
                "You divided eta by sigma. Noise of standard deviation sigma is "
                "sigma * eta."),
            "standard noise": Mistake(
                lambda f, eta, sigma: (f + eta, f),
                "You added eta without its factor: eta has standard deviation 1, "
                "asked is sigma."),
            "bytes": Mistake(
                lambda f, eta, sigma: (f + sigma / 255 * eta, f),
                "You divided sigma by 255. Levels are from 0 to 1 here, and so is "
                "sigma."),
            "own maximum": Mistake(
                (own_maximum, input_by_maximum),
                "You divided each image by its own maximum. The noisy maximum is a "
                "random number, and sigma then differs from image to image."),
            "multiplied": Mistake(
                lambda f, eta, sigma: (f * (1 + sigma * eta), f),
                "You multiplied f by the noise, so dark pixels get hardly any. It is "
                "added: f + sigma * eta."),
            "subtracted": Mistake(
                lambda f, eta, sigma: (f - sigma * eta, f),
                "You subtracted the noise. For training that would be as good, but "
                "asked is f + sigma * eta."),
        },
        ["What does the network see, and what should it answer?",
         "Input: f plus sigma times eta. Target: the clean f.",
         "return f + sigma * eta, f"],
        independent=_pairs_by_loop, explain=_explain_pair)


def _explain_pair(pair, wanted):
    """Say which half of a pair is wrong, where no known mistake fits."""
    right = [difference(mine, theirs) is None
             for mine, theirs in zip(pair, wanted, strict=True)]
    if right == [False, True]:
        return ("the target is right, but the input is not f + sigma * eta. Did you draw "
                "noise of your own? Use the given eta.\n" + difference(pair[0],
                                                                      wanted[0]).text)
    return ""


# --- split by photograph ---------------------------------------------------------------

def tested_patches(owner):
    """Return True for the patches of the last third of the photographs."""
    names = np.unique(owner)
    held = int(np.ceil(len(names) / 3))
    return np.isin(owner, names[-held:])


def _tested_by_loop(owner):
    names = sorted(set(np.asarray(owner).tolist()))
    held = names[len(names) - -(-len(names) // 3):]
    return np.array([name in held for name in np.asarray(owner).tolist()])


def _tested_patches():
    def cases(rng):
        def case(numbers, n):
            owner = np.concatenate([numbers, rng.choice(numbers, n - len(numbers))])
            return (rng.permutation(owner),)

        return [(np.array([4, 2, 9, 4, 2, 4]),), case([3, 8, 9, 11], 14),
                case([8, 1, 2, 13, 5, 21], 20), case([7, 2, 30, 4, 12], 17)]

    def share(count=lambda n: math.ceil(n / 3), pick=lambda names, k: names[-k:]):
        def answer(owner):
            names = np.unique(owner)
            return np.isin(owner, pick(names, count(len(names))))
        return answer

    def last_patches(owner):
        k = math.ceil(len(owner) / 3)
        return np.arange(len(owner)) >= len(owner) - k

    def last_patches_down(owner):
        return np.arange(len(owner)) >= len(owner) - len(owner) // 3

    def every_third(owner):
        return np.arange(len(owner)) % 3 == 0

    def every_third_late(owner):
        return np.arange(len(owner)) % 3 == 2

    def by_appearance(owner):
        names = list(dict.fromkeys(np.asarray(owner).tolist()))
        return np.isin(owner, names[-math.ceil(len(names) / 3):])

    def third_of_each(owner):
        test = np.zeros(len(owner), bool)
        for name in np.unique(owner):
            where = np.flatnonzero(owner == name)
            test[where[-math.ceil(len(where) / 3):]] = True
        return test

    def by_number(owner):
        return np.asarray(owner) > np.max(owner) * 2 / 3

    def by_range(owner):
        low, high = np.min(owner), np.max(owner)
        return np.asarray(owner) > low + 2 / 3 * (high - low)

    def as_if_without_gaps(owner):
        return np.asarray(owner) > np.max(owner) - math.ceil(np.max(owner) / 3)

    def sorted_patches(owner):
        test = np.zeros(len(owner), bool)
        test[np.argsort(owner, kind="stable")[-math.ceil(len(owner) / 3):]] = True
        return test

    def sorted_patches_down(owner):
        test = np.zeros(len(owner), bool)
        test[np.argsort(owner, kind="stable")[-(len(owner) // 3):]] = True
        return test

    def above(owner):
        names = np.unique(owner)
        return np.asarray(owner) > names[-math.ceil(len(names) / 3)]

    def largest(owner):
        names, counts = np.unique(owner, return_counts=True)
        order = np.argsort(counts, kind="stable")
        return np.isin(owner, names[order[-math.ceil(len(names) / 3):]])

    def most_common(owner):
        counted = Counter(np.asarray(owner).tolist())
        held = counted.most_common(math.ceil(len(counted) / 3))
        return np.isin(owner, [name for name, _ in held])

    return Exercise(
        "tested_patches", tested_patches, cases,
        {
            "split of patches": Mistake(
                (last_patches, last_patches_down, every_third, every_third_late,
                 sorted_patches, sorted_patches_down),
                "You split the *patches*. Then neighbours from one photograph stand on "
                "both sides: choose photographs, and take all their patches."),
            "a part of each": Mistake(
                third_of_each,
                "You took a third of the patches of *each* photograph: the network "
                "has then seen every photograph. Keep whole photographs apart."),
            "training patches": Mistake(
                lambda owner: ~tested_patches(owner),
                "That is the mask of the training patches. True shall mean tested."),
            "rounded down": Mistake(
                (share(count=lambda n: max(n // 3, 1)),
                 share(count=lambda n: max(round(n / 3), 1))),
                "You rounded the third down, or to the nearest. Asked is up: of 4 "
                "photographs 2 are tested."),
            "first third": Mistake(
                share(pick=lambda names, k: names[:k]),
                "You tested the photographs with the smallest numbers. Asked are the "
                "largest ones."),
            "by appearance": Mistake(
                by_appearance,
                "You took the photographs that appear last. The order of patches is "
                "arbitrary: sort the numbers, as np.unique does."),
            "by value": Mistake(
                (by_number, by_range, as_if_without_gaps),
                "You computed the limit from the largest number. Numbers have gaps: "
                "count the photographs that occur."),
            "above": Mistake(
                above,
                "You left out the smallest of the tested numbers: it belongs to the "
                "test, so compare with >=."),
            "one more": Mistake(
                share(count=lambda n: n // 3 + 1),
                "n // 3 + 1 is one too many where 3 divides n: of 3 photographs 1 is "
                "tested. Rounded up is int(np.ceil(n / 3))."),
            "by size": Mistake(
                (largest, most_common),
                "You tested the photographs with the most patches. Asked are those "
                "with the largest numbers."),
            "indices": Mistake(
                lambda owner: np.flatnonzero(tested_patches(owner)),
                "You returned the places of the tested patches. Asked is a mask as "
                "long as `owner`, with True and False."),
            "numbers": Mistake(
                lambda owner: np.unique(owner)[-math.ceil(len(np.unique(owner)) / 3):],
                "You returned the numbers of the tested photographs. One step is "
                "missing: np.isin(owner, numbers)."),
            "one photograph": Mistake(
                share(count=lambda n: 1),
                "You tested one photograph only. Asked is a third of them, rounded "
                "up."),
        },
        ["Which numbers occur, each once? np.unique returns them sorted.",
         "int(np.ceil(len(names) / 3)) photographs are tested, the last ones.",
         "np.isin(owner, names[-held:]) marks all their patches."],
        independent=_tested_by_loop,
        also_right=(share(), lambda owner: _tested_by_loop(owner).astype(int)))


# --- any size --------------------------------------------------------------------------

def denoise_any_size(g, noise_of, m):
    """Return g minus its estimated noise; noise_of needs multiples of m."""
    M, N = g.shape
    padded = np.pad(g, [(0, -M % m), (0, -N % m)], mode="symmetric")
    return (padded - noise_of(padded))[:M, :N]


def _denoise_by_index(g, noise_of, m):
    M, N = g.shape
    rows, columns = (np.arange(math.ceil(n / m) * m) for n in (M, N))
    rows = np.where(rows < M, rows, 2 * M - 1 - rows)
    columns = np.where(columns < N, columns, 2 * N - 1 - columns)
    return g - np.asarray(noise_of(g[np.ix_(rows, columns)]))[:M, :N]


def noise_by_blocks(x, m):
    """Return a noise that depends on blocks, on levels and on the size of x."""
    M, N = x.shape
    if M % m or N % m:
        raise ValueError(f"the sides {M} and {N} are no multiples of {m}")
    means = x.reshape(M // m, m, N // m, m).mean((1, 3))
    return (x - means.repeat(m, 0).repeat(m, 1)) / 4 + 0.02 * x**2 + 0.001 * x.size


def noise_in_pairs(x):
    """the estimated noise of an image whose sides are multiples of 2"""
    return noise_by_blocks(x, 2)


def noise_in_fours(x):
    """the estimated noise of an image whose sides are multiples of 4"""
    return noise_by_blocks(x, 4)


def _denoise_any_size():
    def cases(rng):
        def case(M, N, m):
            function = {2: noise_in_pairs, 4: noise_in_fours}[m]
            return rng.normal(0.6, 0.45, (M, N)), function, m

        tiny = np.array([[0.2, 0.9, 1.3], [0.5, -0.2, 0.7], [0.8, 0.3, 0.1]])
        return [(tiny, noise_in_pairs, 2), case(5, 7, 4), case(6, 6, 2),
                case(8, 9, 4), case(7, 7, 4)]

    def denoise(mode="symmetric", size=lambda n, m: -n % m, combine=np.subtract,
                first=lambda g: g, cut=True):
        def answer(g, noise_of, m):
            M, N = g.shape
            x = np.pad(first(g), [(0, size(M, m)), (0, size(N, m))], mode=mode)
            out = combine(x, noise_of(x))
            return out[:M, :N] if cut else out
        return answer

    def lost(g, noise_of, m):
        g = g[:g.shape[0] // m * m, :g.shape[1] // m * m]
        return g - noise_of(g)

    def no_padding(g, noise_of, m):
        return g - noise_of(g)

    def own_maximum(g, noise_of, m):
        return denoise()(g / g.max(), noise_of, m)

    def maximum_and_back(g, noise_of, m):
        return g.max() * denoise()(g / g.max(), noise_of, m)

    def twice(g, noise_of, m):
        return denoise()(denoise()(g, noise_of, m), noise_of, m)

    def clipped_after(g, noise_of, m):
        return np.clip(denoise()(g, noise_of, m), 0, 1)

    def square(g, noise_of, m):
        side = math.ceil(max(g.shape) / m) * m
        return denoise(size=lambda n, m: side - n)(g, noise_of, m)

    def exchanged(g, noise_of, m):
        return padded_by(g, noise_of, -g.shape[1] % m, -g.shape[0] % m)

    def padded_by(g, noise_of, rows, columns):
        x = np.pad(g, [(0, rows), (0, columns)], mode="symmetric")
        return (x - noise_of(x))[:g.shape[0], :g.shape[1]]

    def cut_by_minus(g, noise_of, m):
        rows, columns = (-n % m for n in g.shape)
        x = np.pad(g, [(0, rows), (0, columns)], mode="symmetric")
        return (x - noise_of(x))[:-rows, :-columns]

    def around(g, noise_of, m):
        (M, N), pads = g.shape, [(-n % m // 2, -n % m - -n % m // 2) for n in g.shape]
        x = np.pad(g, pads, mode="symmetric")
        (top, _), (left, _) = pads
        return (x - noise_of(x))[top:top + M, left:left + N]

    def all_around(pad, columns=False):
        def answer(g, noise_of, m):
            M, N = g.shape
            k = pad(N if columns else M, m)
            x = np.pad(g, k, mode="symmetric")
            return (x - noise_of(x))[k:k + M, k:k + N]
        return answer

    def before(g, noise_of, m):
        M, N = g.shape
        x = np.pad(g, [(-M % m, 0), (-N % m, 0)], mode="symmetric")
        return (x - noise_of(x))[-M:, -N:]

    return Exercise(
        "denoise_any_size", denoise_any_size, cases,
        {
            "no padding": Mistake(
                no_padding,
                "You called noise_of on g as it is, and a side that is no multiple of "
                "m stops it. Enlarge g first."),
            "pixels lost": Mistake(
                lost,
                "You cut g down to a multiple of m: the last rows and columns are "
                "lost. Enlarge it, and cut the result."),
            "not cut back": Mistake(
                denoise(cut=False),
                "The padding is still there: cut the result to the shape of g."),
            "added": Mistake(
                denoise(combine=np.add),
                "You added the estimated noise. The network returns R(g), the noise: "
                "subtract it."),
            "subtracted twice": Mistake(
                denoise(combine=lambda x, r: x - 2 * r),
                "You subtracted the estimated noise twice: once is what removes it."),
            "run twice": Mistake(
                twice,
                "You ran the whole denoiser twice. The second run sees an image with "
                "hardly any noise, for which it was never trained."),
            "the noise": Mistake(
                denoise(combine=lambda x, r: r),
                "That is the estimated noise. The image is what remains: g minus it."),
            "zeros": Mistake(
                denoise(mode="constant"),
                "You padded with zeros. To the network that is a black wall with a "
                "sharp edge: mirror the image."),
            "reflect": Mistake(
                denoise(mode="reflect"),
                "Your mirror does not repeat the border pixel: that is 'reflect'. "
                "Asked is 'symmetric', 1 2 3 3 2."),
            "edge": Mistake(
                denoise(mode="edge"),
                "You repeated the last row and column: the network takes equal pixels "
                "for a structure. Mirror the image."),
            "wrap": Mistake(
                denoise(mode="wrap"),
                "You continued the image from its other side, which looks different. "
                "Mirror it."),
            "before": Mistake(
                before,
                "You padded above and on the left. Then the blocks of the network "
                "start elsewhere; pad below and on the right."),
            "clipped input": Mistake(
                denoise(first=lambda g: np.clip(g, 0, 1)),
                "You clipped the noisy image to [0, 1]. Noise beyond the limits is "
                "noise too: without it dark and bright places become biased."),
            "clipped result": Mistake(
                clipped_after,
                "You clipped the result. That may be right for a file, but asked are "
                "the values of the network."),
            "own maximum": Mistake(
                (own_maximum, maximum_and_back),
                "You divided g by its own maximum. The network was trained for one "
                "noise level, and the division changes it."),
            "a whole multiple more": Mistake(
                (denoise(size=lambda n, m: m - n % m),
                 denoise(size=lambda n, m: m - n % m, cut=False)),
                "A side that is a multiple already grew by m: m - n % m is m there. "
                "The number that is missing is -n % m; cut back to [:M, :N]."),
            "square": Mistake(
                square,
                "You enlarged the image to a square. Each side grows to *its* next "
                "multiple of m."),
            "what is over": Mistake(
                (denoise(size=lambda n, m: n % m),
                 denoise(size=lambda n, m: n % m, cut=False)),
                "n % m says how many rows are over; missing to the next multiple are "
                "-n % m. (For m = 2 both are the same.)"),
            "stride 2": Mistake(
                (denoise(size=lambda n, m: -n % 2), denoise(size=lambda n, m: n % 2)),
                "You enlarged to multiples of 2, which is right for the network of the "
                "page. Here it is m: -n % m."),
            "exchanged": Mistake(
                exchanged,
                "You exchanged rows and columns: np.pad takes first the rows, "
                "(0, -M % m), then the columns, (0, -N % m)."),
            "one number for both": Mistake(
                (lambda g, noise_of, m: padded_by(g, noise_of, *2 * [-g.shape[0] % m]),
                 lambda g, noise_of, m: padded_by(g, noise_of, *2 * [-g.shape[1] % m])),
                "You enlarged rows and columns by the same number. Each side has its "
                "own: -M % m and -N % m."),
            "cut by minus 0": Mistake(
                cut_by_minus,
                "You cut with [:-pad]. Where nothing was added that is [:-0], which is "
                "empty: cut with [:M, :N]."),
            "on both sides": Mistake(
                (around, all_around(lambda n, m: m), all_around(lambda n, m: -n % m),
                 all_around(lambda n, m: -n % m, columns=True)),
                "You padded on all sides. Then the blocks of the network start "
                "elsewhere; pad below and on the right only."),
        },
        ["How many rows does a side of 5 lack to the next multiple of 4? -5 % 4.",
         "np.pad(g, [(0, -M % m), (0, -N % m)], mode='symmetric').",
         "Subtract noise_of(padded) from padded; return [:M, :N] of it."],
        independent=_denoise_by_index,
        also_right=(denoise(),))


# --- PSNR of several photographs -------------------------------------------------------

def mean_psnr(photographs, estimates):
    """Return the mean over photographs of their PSNR, peak 1."""
    return np.mean([-10 * np.log10(np.mean((f - e) ** 2))
                    for f, e in zip(photographs, estimates, strict=True)])


def _psnr_by_loop(photographs, estimates):
    total = 0.0
    for f, e in zip(photographs, estimates, strict=True):
        errors = [(a - b) ** 2 for a, b in zip(np.ravel(f).tolist(),
                                               np.ravel(e).tolist(), strict=True)]
        total += 20 * math.log10(1 / math.sqrt(sum(errors) / len(errors)))
    return total / len(photographs)


def _mean_psnr():
    def cases(rng):
        def case(n, M, N):
            f = 0.1 + 0.7 * rng.random((n, M, N))
            sigma = rng.uniform(0.02, 0.2, (n, 1, 1))
            return f, f + sigma * rng.normal(0, 1, f.shape)

        tiny = (np.array([[[0.2, 0.7]], [[0.4, 0.9]], [[0.3, 0.5]]]),
                np.array([[[0.3, 0.5]], [[0.41, 0.86]], [[0.35, 0.52]]]))
        return [tiny, case(4, 3, 5), case(3, 6, 6), case(5, 2, 7)]

    def score(peak=lambda f, e: 1, error=lambda f, e: np.mean((f - e) ** 2),
              combine=np.mean, factor=10, log=np.log10):
        return lambda photographs, estimates: combine(
            [factor * log(peak(f, e) ** 2 / error(f, e))
             for f, e in zip(photographs, estimates, strict=True)])

    def pooled(photographs, estimates):
        return -10 * np.log10(np.mean((photographs - estimates) ** 2))

    return Exercise(
        "mean_psnr", mean_psnr, cases,
        {
            "peak 255": Mistake(
                score(peak=lambda f, e: 255),
                "Your peak is 255, but the levels are from 0 to 1: each score is about "
                "48 dB too good."),
            "own maximum": Mistake(
                (score(peak=lambda f, e: f.max()), score(peak=lambda f, e: e.max()),
                 score(peak=lambda f, e: np.ptp(f))),
                "Your peak is the largest level, or the range, of each image. Then the "
                "same error scores differently on dark photographs: the peak is 1."),
            "peak 2": Mistake(
                score(peak=lambda f, e: 2),
                "Your peak is 2, which some libraries assume for floats from -1 to 1. "
                "Here the peak is 1."),
            "mean of the errors": Mistake(
                pooled,
                "You averaged over all pixels and took one logarithm. Asked is the mean "
                "of the scores: one PSNR for each photograph, then their mean."),
            "clipped": Mistake(
                score(error=lambda f, e: np.mean((f - np.clip(e, 0, 1)) ** 2)),
                "You clipped the estimates first, which flatters the method. Score what "
                "it returned."),
            "sum of squares": Mistake(
                score(error=lambda f, e: np.sum((f - e) ** 2)),
                "You summed the squared errors of a photograph. MSE is their mean: "
                "otherwise large photographs look worse."),
            "no square": Mistake(
                score(error=lambda f, e: np.mean(np.abs(f - e))),
                "You averaged absolute differences. The E in MSE is squared."),
            "squared once more": Mistake(
                score(error=lambda f, e: np.mean((f - e) ** 2) ** 2),
                "Your error is squared twice: 20 log10 belongs to a root of the MSE, "
                "10 log10 to the MSE itself."),
            "root": Mistake(
                score(error=lambda f, e: np.sqrt(np.mean((f - e) ** 2))),
                "You took the root of the MSE and 10 log10. With the root it is 20 "
                "log10, with the MSE 10 log10."),
            "natural logarithm": Mistake(
                (score(log=np.log), score(log=np.log2)),
                "A decibel needs the logarithm to base 10, np.log10."),
            "bel": Mistake(
                score(factor=1),
                "The factor 10 is missing: a decibel is a tenth of a bel, so it is "
                "10 log10."),
            "spread": Mistake(
                (score(error=lambda f, e: np.var(f - e)),
                 score(error=lambda f, e: np.std(f - e)),
                 score(error=lambda f, e: np.std(f - e), factor=20)),
                "You used the variance or the standard deviation of f - e. Both forget "
                "a shift of all levels: take the mean of (f - e)**2."),
            "square of the mean": Mistake(
                score(error=lambda f, e: np.mean(f - e) ** 2),
                "You squared the mean of the errors, in which plus and minus cancel: "
                "square first, np.mean((f - e)**2)."),
            "one axis": Mistake(
                (lambda f, e: np.mean(-10 * np.log10(np.mean((f - e) ** 2, axis=0))),
                 lambda f, e: np.mean(-10 * np.log10(np.mean((f - e) ** 2, axis=1))),
                 lambda f, e: np.mean(-10 * np.log10(np.mean((f - e) ** 2, axis=2)))),
                "You averaged over one axis before the logarithm. The MSE of a "
                "photograph is the mean over all its rows and columns, axis=(1, 2)."),
            "sign": Mistake(
                score(factor=-10),
                "The sign is wrong: a small error is to give a large PSNR."),
            "sum": Mistake(
                score(combine=sum),
                "You added the scores. Divide by the number of photographs."),
            "best": Mistake(
                (score(combine=max), score(combine=np.median),
                 score(combine=lambda scores: scores[0])),
                "You returned one of the scores, or the median. Asked is the mean over "
                "all photographs."),
            "each": Mistake(
                score(combine=np.array),
                "You returned the score of each photograph. Asked is their mean, one "
                "number."),
        },
        ["One score for each photograph: average over which axes?",
         "For one: -10 * np.log10(np.mean((f - e) ** 2)), since the peak is 1.",
         "np.mean of these scores."],
        independent=_psnr_by_loop,
        also_right=(score(), score(combine=lambda s: float(np.mean(s)))))


# --- pairs for Noise2Noise -------------------------------------------------------------

def frame_pairs(frames):
    """Return inputs and targets: each frame, and the frame that follows it."""
    return frames, np.roll(frames, -1, axis=0)


def _frames_by_loop(frames):
    T = len(frames)
    return (np.array([frames[k] for k in range(T)]),
            np.array([frames[(k + 1) % T] for k in range(T)]))


def _frame_pairs():
    def cases(rng):
        def case(T, M, N):
            return (rng.random((M, N)) + 0.2 * rng.normal(0, 1, (T, M, N)),)

        tiny = np.array([[[0.5, 0.1]], [[0.4, 0.3]], [[0.9, 0.2]]])
        return [(tiny,), case(4, 3, 5), case(5, 4, 4), case(6, 2, 3)]

    def mean_target(frames):
        return frames, np.broadcast_to(frames.mean(0), frames.shape)

    def mean_of_others(frames):
        T = len(frames)
        return frames, (frames.sum(0) - frames) / (T - 1)

    def shorter(frames):
        return frames[:-1], frames[1:]

    def disjoint(frames):
        T = len(frames) // 2 * 2
        return frames[:T:2], frames[1:T:2]

    def own_end(frames):
        return frames, np.concatenate([frames[1:], frames[-1:]])

    def neighbours(frames):
        return frames, (np.roll(frames, 1, axis=0) + np.roll(frames, -1, axis=0)) / 2

    def list_of_pairs(frames):
        return [(frame, frames[(k + 1) % len(frames)]) for k, frame in enumerate(frames)]

    def each_with_first(frames):
        return frames, np.broadcast_to(frames[0], frames.shape)

    def averaged_input(frames):
        return np.broadcast_to(frames.mean(0), frames.shape), frames

    def median_target(frames):
        return frames, np.broadcast_to(np.median(frames, 0), frames.shape)

    return Exercise(
        "frame_pairs", frame_pairs, cases,
        {
            "the same noise": Mistake(
                lambda frames: (frames, frames),
                "Input and target are the same frame, with the same noise. The best "
                "network then copies its input."),
            "mean of all": Mistake(
                (mean_target, median_target),
                "Your target is the mean or median of all frames. It contains the "
                "input's own noise, a part of which the network learns to keep."),
            "mean of the others": Mistake(
                mean_of_others,
                "The mean of the *other* frames would train well, since it lacks the "
                "input's noise. Asked is one frame: the one that follows."),
            "last one left out": Mistake(
                shorter,
                "The last frame is no input. Its target is the first frame: there are "
                "T pairs."),
            "own end": Mistake(
                own_end,
                "The last frame is its own target, with the same noise. Its target is "
                "the first frame."),
            "neighbours": Mistake(
                neighbours,
                "Your target is the mean of both neighbours, which would train well. "
                "Asked is one frame: the one that follows."),
            "list of pairs": Mistake(
                list_of_pairs,
                "You returned a list of pairs. Return two arrays: all inputs, and all "
                "targets in the same order."),
            "two further": Mistake(
                lambda frames: (frames, np.roll(frames, -2, axis=0)),
                "Your targets are two frames further on. Asked is the next one: "
                "np.roll(frames, -1, axis=0)."),
            "each frame once": Mistake(
                disjoint,
                "You used each frame once, as input or as target. Asked are T pairs: "
                "every frame with the next one."),
            "previous": Mistake(
                (lambda frames: (frames, np.roll(frames, 1, axis=0)),
                 lambda frames: (np.roll(frames, -1, axis=0), frames)),
                "Your targets are the frames before, which would train as well. Asked "
                "is the frame that follows: np.roll with -1."),
            "rolled pixels": Mistake(
                (lambda frames: (frames, np.roll(frames, -1)),
                 lambda frames: (frames, np.roll(frames, -1, axis=2)),
                 lambda frames: (frames, np.roll(frames, -1, axis=1))),
                "You rolled pixels inside of the images. Roll the frames: axis=0."),
            "first frame": Mistake(
                each_with_first,
                "All your targets are the first frame, and the first pair has the same "
                "noise on both sides. Take the frame that follows."),
            "reversed": Mistake(
                lambda frames: (frames, frames[::-1]),
                "You reversed the frames. With an odd number the middle one meets "
                "itself; take the frame that follows."),
            "mean as input": Mistake(
                averaged_input,
                "Your inputs are averages, which the network will never see later. "
                "The input is one frame."),
        },
        ["Two frames show the same scene with independent noise. Which two may not be a "
         "pair?",
         "The target of frame k is frame k + 1; that of the last is the first.",
         "np.roll(frames, -1, axis=0) moves each frame one place to the front."],
        independent=_frames_by_loop)
