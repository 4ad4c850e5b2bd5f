"""Exercises of page 19: self-supervision."""

import math

import numpy as np

from course_utils.exercise import Exercise, Mistake


def make_exercises():
    """Return the exercises of the page, in its order."""
    return [_standardised(), _quarter_turns(), _hidden_loss(), _nt_xent(),
            _effective_rank(), _neighbour_labels()]


# --- linear probe: the scale of the features ---------------------------------------------

def standardised(train, test):
    """Return both with the mean and deviation of the columns of train."""
    mean, deviation = np.mean(train, axis=0), np.std(train, axis=0)
    deviation = np.where(deviation == 0, 1, deviation)
    return (train - mean) / deviation, (test - mean) / deviation


def _standardised_by_library(train, test):
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler().fit(train)
    return scaler.transform(train), scaler.transform(test)


def _standardised():
    def answer(of, centre=np.mean, spread=np.std, axis=0):
        """Return an answer that takes mean and deviation of other numbers."""
        def wrong(train, test):
            source = of(train, test)
            mean = centre(source, axis=axis)
            deviation = spread(source, axis=axis)
            deviation = np.where(deviation == 0, 1, deviation)
            return (train - mean) / deviation, (test - mean) / deviation
        return wrong

    def alone(F):
        return standardised(F, F)[0]

    def train_only(train, test):
        return train

    def alone_centred(F):
        return (F - F.mean(0)).std()

    def by_row(F):
        return (F - F.mean(1, keepdims=True)) / F.std(1, keepdims=True)

    def cases(rng):
        made = [(np.array([[1.0, 2], [3, 2], [8, 2]]), np.array([[2.0, 5], [6, 3]]))]
        for n, k, d in ((6, 3, 4), (5, 7, 5), (4, 4, 3)):
            mean, spread = rng.uniform(-2, 2, d), rng.uniform(0.3, 3, d)
            train = mean + spread * rng.standard_normal((n, d))
            train[:, -1] = 0.25
            made.append((train, mean + 1 + spread * rng.standard_normal((k, d))))
        return made

    return Exercise(
        "standardised", standardised, cases,
        {
            "each by itself": Mistake(
                lambda train, test: (alone(train), alone(test)),
                "The test features are scaled with their *own* mean and deviation. One "
                "new image has no deviation: keep the numbers of train for both."),
            "both together": Mistake(
                answer(lambda train, test: np.concatenate([train, test])),
                "You took mean and deviation of train and test together. Nothing of the "
                "test set may enter: use train's."),
            "test statistics": Mistake(
                answer(lambda train, test: test),
                "You took mean and deviation of the test features. Take those of train."),
            "by row": Mistake(
                lambda train, test: (by_row(train), by_row(test)),
                "You scaled each row, that is each image. Each *column* is a feature: "
                "axis=0."),
            "all columns together": Mistake(
                answer(train_only, axis=None),
                "You took one mean and one deviation for all features. Each column has "
                "its own: axis=0."),
            "variance": Mistake(
                answer(train_only, spread=np.var),
                "You divided by the variance. Divide by its root, the deviation."),
            "n - 1": Mistake(
                answer(train_only, spread=lambda F, axis: np.std(F, axis=axis, ddof=1)),
                "You divided by n - 1 in the variance. Here np.std as it is, with n."),
            "not centred": Mistake(
                answer(train_only, centre=lambda F, axis: 0.0),
                "You did not subtract the mean of train's columns."),
            "not scaled": Mistake(
                answer(train_only, spread=lambda F, axis: np.ones(F.shape[1])),
                "You subtracted the mean, but did not divide by the deviation."),
            "one divisor": Mistake(
                (lambda train, test: tuple((part - train.mean(0)) / train.std(0).mean()
                                           for part in (train, test)),
                 lambda train, test: tuple((part - train.mean(0)) / train.std()
                                           for part in (train, test)),
                 lambda train, test: tuple((part - train.mean(0)) / alone_centred(train)
                                           for part in (train, test))),
                "You divided all features by one number, as the page's probe does. Here "
                "each column has a deviation of its own: train.std(axis=0)."),
            "nan_to_num": Mistake(
                lambda train, test: tuple(map(np.nan_to_num,
                                              _divided_by_zero(train, test))),
                "0/0 was hidden by nan_to_num, and in the test x/0 became a huge number. "
                "Divide by 1 where the deviation is 0."),
            "constant column left": Mistake(
                lambda train, test: answer(train_only, centre=lambda F, axis: np.where(
                    F.std(0) == 0, 0, F.mean(0)))(train, test),
                "You left the column that never changes as it is. Subtract its mean, "
                "too: only the division is by 1."),
            "divided by 0": Mistake(
                lambda train, test: _divided_by_zero(train, test),
                "A column of train that never changes has deviation 0, and 0/0 is NaN. "
                "Divide such columns by 1."),
            "tiny divisor": Mistake(
                (lambda train, test: _floor(train, test, 1e-6),
                 lambda train, test: _floor(train, test, 1e-8),
                 lambda train, test: _floor(train, test, 1e-12)),
                "A column of train that never changes is divided by a tiny number, so "
                "in the test it becomes huge. Divide such columns by 1."),
            "column dropped": Mistake(
                (lambda train, test: tuple(part * (train.std(0) > 0) for part in
                                           standardised(train, test)),),
                "You set the column that never changes to 0 in the test, too. It is "
                "centred with train's mean and divided by 1."),
            "smallest to largest": Mistake(
                answer(train_only, centre=np.min, spread=np.ptp),
                "You mapped smallest and largest to 0 and 1. Asked are mean 0 and "
                "deviation 1."),
            "train unchanged": Mistake(
                (lambda train, test: (train, standardised(train, test)[1]),
                 lambda train, test: (standardised(train, test)[0], test)),
                "Only one of the two results is scaled. A probe needs train and test "
                "on one scale."),
            "order": Mistake(
                lambda train, test: standardised(train, test)[::-1],
                "Your results stand in the other order: return train first."),
        },
        ["Which images may decide about the scale: those of the training, those of the "
         "test, or both?",
         "mean and std of train with axis=0; the same two rows of numbers for both.",
         "Where the deviation is 0, use 1: np.where(deviation == 0, 1, deviation)."],
        independent=_standardised_by_library,
        also_right=(lambda train, test: [
            (np.asarray(part) - np.mean(train, 0))
            / [s if s > 0 else 1.0 for s in np.std(train, 0)]
            for part in (train, test)],))


def _divided_by_zero(train, test):
    with np.errstate(all="ignore"):
        return tuple((part - train.mean(0)) / train.std(0) for part in (train, test))


def _floor(train, test, least):
    return tuple((part - train.mean(0)) / (train.std(0) + least) for part in (train, test))


# --- rotation: images and labels made without a person -----------------------------------

def quarter_turns(x):
    """Return all images of x turned by 0, 1, 2, 3 quarters to the left, and the number."""
    x = np.asarray(x)
    turned = [np.rot90(x, r, axes=(1, 2)) for r in range(4)]
    return np.concatenate(turned), np.repeat(np.arange(4), len(x))


def _turns_by_places(x):
    """Pixel (i, j) of a picture turned once was at (j, M - 1 - i)."""
    images = [np.array(image, float) for image in x]
    labels, made = [], []
    for r in range(4):
        for image in images:
            for _ in range(r):
                image = image.T[::-1]
            made.append(image)
            labels.append(r)
    return np.array(made), np.array(labels)


def _turns_by_transposes(x):
    x = np.asarray(x)
    once = x.transpose(0, 2, 1)[:, ::-1]
    three = x.transpose(0, 2, 1)[:, :, ::-1]
    return np.vstack([x, once, x[:, ::-1, ::-1], three]), [
        r for r in range(4) for _ in range(len(x))]


def _quarter_turns():
    def turned(x, r):
        return np.rot90(x, r, axes=(1, 2))

    def labels(x):
        return np.repeat(np.arange(4), len(x))

    def cases(rng):
        return [(rng.uniform(0, 1, shape),) for shape in ((2, 2, 2), (3, 4, 4), (5, 3, 3))]

    return Exercise(
        "quarter_turns", quarter_turns, cases,
        {
            "to the right": Mistake(
                lambda x: (np.concatenate([turned(x, -r) for r in range(4)]), labels(x)),
                "Your images turn to the right, clockwise. r quarter turns to the left "
                "are np.rot90(x, r, axes=(1, 2))."),
            "image by image": Mistake(
                (lambda x: (np.stack([turned(x, r) for r in range(4)], 1).reshape(
                    -1, *x.shape[1:]), np.tile(np.arange(4), len(x))),
                 lambda x: (np.stack([turned(x, r) for r in range(4)], 1).reshape(
                    -1, *x.shape[1:]), labels(x))),
                "Your images stand in another order: the four turns of image 0, then "
                "those of image 1. Asked were all images unturned first, then all of "
                "them turned once, and so on."),
            "labels tiled": Mistake(
                lambda x: (quarter_turns(x)[0], np.tile(np.arange(4), len(x))),
                "Your images are right, but the labels run 0, 1, 2, 3, 0, 1, ... The "
                "first n images are unturned, so the first n labels are 0: use "
                "np.repeat, not np.tile."),
            "labels from 1": Mistake(
                lambda x: (quarter_turns(x)[0], labels(x) + 1),
                "Your labels are 1 to 4. Count the quarter turns: the unturned images "
                "have label 0."),
            "degrees": Mistake(
                lambda x: (quarter_turns(x)[0], labels(x) * 90),
                "Your labels are degrees. A classifier wants class numbers: 0, 1, 2, 3."),
            "labels backward": Mistake(
                (lambda x: (quarter_turns(x)[0], (4 - labels(x)) % 4),
                 lambda x: (quarter_turns(x)[0], 3 - labels(x))),
                "Your images turn the right way, but the labels count in the other "
                "direction: label 1 belongs to one quarter turn to the left."),
            "stack turned": Mistake(
                lambda x: (np.concatenate([x, np.rot90(x.T, 1, axes=(1, 0)).T,
                                           x[::-1], x[::-1, ::-1]]), labels(x)),
                "You turned the pile of images, or mirrored it. Turn the rows and "
                "columns of each image: axes 1 and 2."),
            "no axes": Mistake(
                (lambda x: (np.concatenate([np.rot90(x, r) for r in range(4)]), labels(x)),
                 lambda x: (np.concatenate([np.rot90(x, r) for r in range(4)]),
                            list(labels(x))),
                 lambda x: (np.vstack([np.rot90(x, r) for r in range(4)]), labels(x))),
                "np.rot90 without axes turns the pile, along its axes 0 and 1. The rows "
                "and columns of each image are axes=(1, 2)."),
            "mirrored": Mistake(
                (lambda x: (np.concatenate([x, x[:, ::-1], x[:, ::-1, ::-1],
                                            x[:, :, ::-1]]), labels(x)),
                 lambda x: (np.concatenate([x, x.transpose(0, 2, 1), x[:, ::-1, ::-1],
                                            x.transpose(0, 2, 1)[:, ::-1]]), labels(x)),
                 lambda x: (np.concatenate([x, x[:, ::-1], x[:, :, ::-1],
                                            x[:, ::-1, ::-1]]), labels(x)),
                 lambda x: (np.concatenate([x, x.transpose(0, 2, 1), x[:, ::-1, ::-1],
                                            x.transpose(0, 2, 1)[:, ::-1, ::-1]]),
                            labels(x))),
                "You mirrored the images. A mirrored picture is no turned one: a quarter "
                "turn to the left is a transpose followed by reversed rows."),
            "without the original": Mistake(
                (lambda x: (np.concatenate([turned(x, r) for r in range(1, 5)]),
                            labels(x)),),
                "Your first images are turned once already. r runs from 0 to 3: the "
                "unturned images come first."),
            "order of results": Mistake(
                lambda x: quarter_turns(x)[::-1],
                "Your results stand in the other order: return the images first, then "
                "the labels."),
            "axis of its own": Mistake(
                (lambda x: (np.stack([turned(x, r) for r in range(4)]), labels(x)),
                 lambda x: (np.stack([turned(x, r) for r in range(4)]),
                            labels(x).reshape(4, -1))),
                "You stacked the turns along an axis of their own. Put them behind each "
                "other in one array (4 n, M, M): np.concatenate."),
        },
        ["np.rot90 turns one image to the left. Which axes of a pile (n, M, M) are the "
         "rows and the columns of an image?",
         "np.concatenate([np.rot90(x, r, axes=(1, 2)) for r in range(4)]) for the images.",
         "The labels are n zeros, n ones, n twos, n threes: np.repeat(np.arange(4), n)."],
        independent=_turns_by_places, also_right=(_turns_by_transposes,))


# --- masked autoencoder: the loss on what was hidden -------------------------------------

def hidden_loss(x, y, m):
    """Return the mean squared error of y over all the pixels where m is 1."""
    return np.mean((x - y)[m == 1] ** 2)


def _hidden_by_loop(x, y, m):
    total, count = 0.0, 0
    for one, other, hidden in zip(np.ravel(x), np.ravel(y), np.ravel(m), strict=True):
        if hidden:
            total += (float(one) - float(other)) ** 2
            count += 1
    return total / count


def _hidden_loss():
    def cases(rng):
        made = [(np.array([[[1.0, 0.0], [0.5, 0.2]]]), np.array([[[0.4, 0.3], [0.7, 0.1]]]),
                 np.array([[[1, 0], [1, 0]]]))]
        for shape, share in (((3, 4, 4), 0.7), ((2, 3, 5), 0.4), ((4, 6, 4), 0.6)):
            m = (rng.random(shape) < share).astype(int)
            m[0, :2] = 1
            m[1, 1:] = 0
            m[1, 0, 0] = 1
            made.append((rng.uniform(0, 1, shape), rng.uniform(-0.2, 1.1, shape), m))
        return made

    def by_image(x, y, m):
        return np.mean([hidden_loss(*one) for one in zip(x, y, m, strict=True)])

    return Exercise(
        "hidden_loss", hidden_loss, cases,
        {
            "visible pixels": Mistake(
                lambda x, y, m: np.mean((x - y)[m == 0] ** 2),
                "You took the visible pixels. Copying those teaches nothing: m is 1 "
                "where a pixel is *hidden*, and only these count."),
            "all pixels": Mistake(
                lambda x, y, m: np.mean((x - y) ** 2),
                "You took all pixels. The visible ones stand in the input and can be "
                "copied: count the pixels where m is 1 only."),
            "divided by all": Mistake(
                lambda x, y, m: np.mean(m * (x - y) ** 2),
                "You set the visible errors to 0, but np.mean still divides by the "
                "number of all pixels. Divide by the number of hidden ones, m.sum()."),
            "sum": Mistake(
                lambda x, y, m: np.sum(m * (x - y) ** 2),
                "You returned the sum of squares. Divide it by the number of hidden "
                "pixels."),
            "by images": Mistake(
                lambda x, y, m: np.sum(m * (x - y) ** 2) / len(x),
                "You divided by the number of images. Divide by the number of hidden "
                "pixels, m.sum()."),
            "mean of means": Mistake(
                by_image,
                "You averaged within each image first. Images with few hidden pixels "
                "then weigh too much: sum over all of them together, and divide once."),
            "absolute": Mistake(
                (lambda x, y, m: np.mean(np.abs(x - y)[m == 1]),),
                "You took absolute errors. Square them."),
            "root": Mistake(
                lambda x, y, m: np.sqrt(hidden_loss(x, y, m)),
                "You took the root at the end. Return the mean of squares itself."),
            "halved": Mistake(
                lambda x, y, m: hidden_loss(x, y, m) / 2,
                "There is a factor 1/2 too much: return the mean of the squares."),
            "only one is masked": Mistake(
                (lambda x, y, m: np.mean((x - m * y)[m == 0] ** 2),
                 lambda x, y, m: np.mean((x - m * y) ** 2),
                 lambda x, y, m: np.mean((x * m - y) ** 2),
                 lambda x, y, m: np.mean((x * (1 - m) - y) ** 2),
                 lambda x, y, m: np.sum((x * (1 - m) - y) ** 2) / m.sum(),
                 lambda x, y, m: np.sum((x - m * y) ** 2) / m.sum(),
                 lambda x, y, m: np.sum((m * x - y) ** 2) / m.sum()),
                "You masked only one of x and y. Multiply their *difference* by m, so "
                "that a visible pixel adds nothing."),
            "not squared": Mistake(
                (lambda x, y, m: np.mean((x - y)[m == 1]),
                 lambda x, y, m: np.mean((y - x)[m == 1]),
                 lambda x, y, m: np.mean((x - y)[m == 1]) ** 2),
                "Errors of both signs cancel in your mean. Square each error before "
                "the mean."),
            "against the input": Mistake(
                lambda x, y, m: np.mean((x * (1 - m) - y)[m == 1] ** 2),
                "You compared with what the network saw, where hidden pixels are 0. "
                "Compare with the whole image x."),
        },
        ["The visible pixels are in the input already. What would a network learn from "
         "a loss that counts them?",
         "(x - y) ** 2 * m is 0 where a pixel is visible. By what must its sum be divided?",
         "np.sum(m * (x - y) ** 2) / np.sum(m)"],
        independent=_hidden_by_loop,
        also_right=(lambda x, y, m: np.sum(m * (np.asarray(x) - y) ** 2) / np.sum(m),
                    lambda x, y, m: np.average((x - y) ** 2, weights=m)))


# --- contrastive: NT-Xent ----------------------------------------------------------------

def nt_xent(z1, z2, tau):
    """Return the NT-Xent loss of n pairs of embeddings, both of shape (n, d)."""
    z = np.concatenate([z1, z2])
    z = z / np.linalg.norm(z, axis=1, keepdims=True)
    n, s = len(z1), z @ z.T / tau
    np.fill_diagonal(s, -np.inf)
    partner = np.r_[n:2 * n, :n]
    return np.mean(np.log(np.exp(s).sum(1)) - s[np.arange(2 * n), partner])


def _nt_xent_by_loops(z1, z2, tau):
    views = [*np.asarray(z1, float), *np.asarray(z2, float)]
    n, losses = len(z1), []

    def likeness(a, b):
        return float(a @ b) / math.sqrt(float(a @ a) * float(b @ b)) / tau

    for i, a in enumerate(views):
        others = [math.exp(likeness(a, b)) for k, b in enumerate(views) if k != i]
        losses.append(-math.log(math.exp(likeness(a, views[(i + n) % (2 * n)]))
                                / sum(others)))
    return sum(losses) / len(losses)


def _nt_xent():
    def unit(z):
        return z / np.linalg.norm(z, axis=1, keepdims=True)

    def answer(scale=unit, power=lambda s, tau: s / tau, drop="self", mean=np.mean,
               pair=lambda n: np.r_[n:2 * n, :n], rows=None, sign=1):
        """Return an answer that differs in one choice."""
        def wrong(z1, z2, tau):
            n, z = len(z1), scale(np.concatenate([z1, z2]).astype(float))
            s, own = power(z @ z.T, tau), np.arange(2 * n)
            positive = s[own, pair(n)]
            e = np.exp(s)
            if drop in ("self", "both"):
                np.fill_diagonal(e, 0)
            if drop in ("positive", "both"):
                e[own, pair(n)] = 0
            return sign * mean((np.log(e.sum(1)) - positive)[:rows and rows * n])
        return wrong

    def across(both):
        """Return an answer whose negatives come from the other view only."""
        def wrong(z1, z2, tau):
            s = unit(z1) @ unit(z2).T / tau
            one = np.mean(np.log(np.exp(s).sum(1)) - np.diag(s))
            other = np.mean(np.log(np.exp(s).sum(0)) - np.diag(s))
            return (one + other) / 2 if both else one
        return wrong

    def zero_diagonal(z1, z2, tau):
        n, z = len(z1), unit(np.concatenate([z1, z2]))
        s = z @ z.T / tau
        np.fill_diagonal(s, 0)
        return np.mean(np.log(np.exp(s).sum(1)) - s[np.arange(2 * n), np.r_[n:2 * n, :n]])

    def least_cosine(value):
        """Return an answer whose diagonal of cosines is a finite number."""
        def wrong(z1, z2, tau):
            n, z = len(z1), unit(np.concatenate([z1, z2]))
            s = z @ z.T
            np.fill_diagonal(s, value)
            s = s / tau
            return np.mean(np.log(np.exp(s).sum(1))
                           - s[np.arange(2 * n), np.r_[n:2 * n, :n]])
        return wrong

    def mean_first(z1, z2, tau):
        n, z = len(z1), unit(np.concatenate([z1, z2]))
        e = np.exp(z @ z.T / tau)
        np.fill_diagonal(e, 0)
        return -np.log(np.mean(e[np.arange(2 * n), np.r_[n:2 * n, :n]] / e.sum(1)))

    def no_log(z1, z2, tau):
        n, z = len(z1), unit(np.concatenate([z1, z2]))
        e = np.exp(z @ z.T / tau)
        np.fill_diagonal(e, 0)
        return -np.mean(e[np.arange(2 * n), np.r_[n:2 * n, :n]] / e.sum(1))

    def cases(rng):
        made = [(np.array([[1.0, 0.5], [-0.4, 2.0]]), np.array([[0.8, -0.3], [0.6, 1.1]]),
                 0.5)]
        for n, d, tau in ((3, 5, 0.2), (6, 4, 1.5), (4, 4, 0.7)):
            z1 = rng.standard_normal((n, d)) * rng.uniform(0.5, 2, (n, 1))
            made.append((z1, z1 + 0.7 * rng.standard_normal((n, d)), tau))
        return made

    return Exercise(
        "nt_xent", nt_xent, cases,
        {
            "itself": Mistake(
                answer(drop=""),
                "Each embedding stands in its own denominator: its similarity with "
                "itself, 1, is larger than all others. Leave out k = i."),
            "similarity to itself set to 0": Mistake(
                (zero_diagonal, least_cosine(-1), least_cosine(-2)),
                "You set the similarity with itself to 0, or to another finite number: "
                "its exponential, 1 for 0, stays in the sum. Set it to minus infinity, "
                "or its exponential to 0."),
            "one normalised": Mistake(
                (lambda z1, z2, tau: answer(scale=lambda z: z)(unit(z1), z2, tau),
                 lambda z1, z2, tau: answer(scale=lambda z: z)(z1, unit(z2), tau)),
                "You normalised only one of z1 and z2. The rows of both have length 1."),
            "positive left out": Mistake(
                answer(drop="both"),
                "The positive is missing in the denominator. In NT-Xent the sum runs "
                "over all k but i, so the positive is one of its terms."),
            "positive out, itself in": Mistake(
                answer(drop="positive"),
                "You left out the wrong term of the denominator: the positive stays in, "
                "the embedding itself goes."),
            "temperature multiplied": Mistake(
                answer(power=lambda s, tau: s * tau),
                "You multiplied by the temperature. Divide the similarities by it: a "
                "small tau sharpens."),
            "no temperature": Mistake(
                answer(power=lambda s, tau: s),
                "The temperature is missing: divide each similarity by tau."),
            "temperature outside": Mistake(
                lambda z1, z2, tau: answer(power=lambda s, tau: s)(z1, z2, tau) / tau,
                "You divided the loss by tau. Divide the similarities, before the "
                "exponential."),
            "temperature above only": Mistake(
                (lambda z1, z2, tau: _one_temperature(unit, z1, z2, tau, 1),
                 lambda z1, z2, tau: _one_temperature(unit, z1, z2, 1, tau)),
                "The temperature stands in one place only. Divide the similarities by "
                "tau above *and* below the fraction line."),
            "lengths kept": Mistake(
                answer(scale=lambda z: z),
                "Your embeddings have not length 1. Divide each row by its norm, so "
                "that a product is a cosine."),
            "lengths by column": Mistake(
                answer(scale=lambda z: z / np.linalg.norm(z, axis=0)),
                "You normalised the columns. Each *row* is an embedding: "
                "np.linalg.norm(z, axis=1, keepdims=True)."),
            "one length for all": Mistake(
                (answer(scale=lambda z: z / np.linalg.norm(z)),
                 lambda z1, z2, tau: answer(scale=lambda z: z)(
                     z1 / np.linalg.norm(z1), z2 / np.linalg.norm(z2), tau)),
                "You divided by the norm of the whole array. Each row has a length of "
                "its own: axis=1, keepdims=True."),
            "length squared": Mistake(
                answer(scale=lambda z: z / np.sum(z**2, axis=1, keepdims=True)),
                "You divided by the squared length: the root is missing."),
            "divided by n": Mistake(
                answer(mean=lambda terms: 2 * np.mean(terms)),
                "Your loss is twice too large: there are 2 n terms, one for each view, "
                "so divide by 2 n, not by n."),
            "sum": Mistake(
                answer(mean=np.sum),
                "You summed the terms. Return their mean over all 2 n views."),
            "one direction": Mistake(
                answer(rows=1),
                "You asked only the views of z1 for their partner. Each view of z2 "
                "asks, too: 2 n terms."),
            "across only": Mistake(
                across(False),
                "You compared z1 with z2 only, and in one direction. The denominator of "
                "a view holds all the 2 n - 1 other views, those of its own kind, too, "
                "and each of the 2 n views has a term."),
            "across, both directions": Mistake(
                across(True),
                "Your negatives are those of the other view only. In NT-Xent all 2 n - 1 "
                "others stand in the denominator: put z1 and z2 in one array."),
            "wrong partner": Mistake(
                (answer(pair=lambda n: np.arange(2 * n) ^ 1),
                 answer(pair=lambda n: (np.arange(2 * n) + 1) % (2 * n)),
                 answer(pair=lambda n: (np.arange(2 * n) + n - 1) % (2 * n))),
                "The partner is not where you look: behind each other z1 and z2 make "
                "2 n rows, and row i belongs to row i + n, row i + n to row i."),
            "sign": Mistake(
                answer(sign=-1),
                "Your loss has the other sign: it is *minus* the logarithm of the "
                "share, and never negative."),
            "no logarithm": Mistake(
                (no_log, lambda z1, z2, tau: -no_log(z1, z2, tau),
                 lambda z1, z2, tau: 1 + no_log(z1, z2, tau)),
                "The logarithm is missing: each term is -log of the share."),
            "logarithm of the mean": Mistake(
                mean_first,
                "You averaged the shares and took one logarithm. Take the logarithm of "
                "each share, then the mean."),
            "other base": Mistake(
                (lambda z1, z2, tau: nt_xent(z1, z2, tau) / math.log(2),
                 lambda z1, z2, tau: nt_xent(z1, z2, tau) / math.log(10)),
                "Your logarithm has base 2 or 10: take the natural one, np.log."),
            "no exponential": Mistake(
                lambda z1, z2, tau: _without_exp(unit, z1, z2, tau),
                "The exponentials are missing: similarities are -1 to 1, and only their "
                "exponentials can be summed to shares."),
        },
        ["Put z1 and z2 behind each other. Which row is the partner of row i, and which "
         "term of a row's sum must go?",
         "Normalise the rows, s = z @ z.T / tau, and set the diagonal of s to -np.inf.",
         "Each term is log(sum(exp(s[i]))) - s[i, partner]; return the mean of all 2 n."],
        independent=_nt_xent_by_loops)


def _one_temperature(unit, z1, z2, above, below):
    n, z = len(z1), unit(np.concatenate([z1, z2]))
    s = z @ z.T
    e = np.exp(s / below)
    np.fill_diagonal(e, 0)
    return np.mean(np.log(e.sum(1)) - s[np.arange(2 * n), np.r_[n:2 * n, :n]] / above)


def _without_exp(unit, z1, z2, tau):
    n, z = len(z1), unit(np.concatenate([z1, z2]))
    s = z @ z.T / tau
    np.fill_diagonal(s, 0)
    with np.errstate(all="ignore"):
        return -np.mean(np.log(s[np.arange(2 * n), np.r_[n:2 * n, :n]] / s.sum(1)))


# --- collapse: effective rank ------------------------------------------------------------

def effective_rank(z):
    """Return exp of the entropy of the shares of variance; 0 if all rows are equal."""
    centred = z - np.mean(z, axis=0)
    variances = np.linalg.svd(centred, compute_uv=False) ** 2
    if variances.sum() == 0:
        return 0.0
    p = variances / variances.sum()
    p = p[p > 1e-12]
    return np.exp(-np.sum(p * np.log(p)))


def _rank_by_covariance(z):
    z = np.asarray(z, float)
    values = np.linalg.eigvalsh(np.atleast_2d(np.cov(z.T)))
    if np.ptp(z, axis=0).max() == 0:
        return 0.0
    p = np.clip(values, 0, None) / np.trace(np.atleast_2d(np.cov(z.T)))
    return math.prod(float(share) ** -float(share) for share in p if share > 1e-12)


def _effective_rank():
    def shares(centre=lambda z: z - z.mean(0), power=2, finish=None):
        """Return an answer that differs in one choice."""
        def wrong(z):
            values = np.linalg.svd(centre(z), compute_uv=False) ** power
            if values.sum() == 0:
                return 0.0
            p = values / values.sum()
            return finish(p[p > 1e-12])
        return wrong

    def entropy(p):
        return -np.sum(p * np.log(p))

    def exp_entropy(p):
        return np.exp(entropy(p))

    def from_shares(values, least=1e-12):
        if not values.sum() > 0:
            return 0.0
        p = values / values.sum()
        return np.exp(entropy(p[p > least]))

    def by_length(z):
        return z / np.linalg.norm(z, axis=1, keepdims=True)

    def scaled(z):
        z = z - z.mean(0)
        return z / np.maximum(z.std(0), 1e-12)

    def cases(rng):
        made = [(np.array([[2.0, 1], [1, 3], [4, 1]]),), (np.full((4, 3), 0.5),)]
        for shape, low in (((6, 3), 3), ((5, 5), 2), ((4, 7), 4)):
            z = rng.standard_normal((shape[0], low)) @ rng.standard_normal((low, shape[1]))
            made.append((z * rng.uniform(0.3, 2, shape[1]) + rng.uniform(1, 2, shape[1]),))
        z = rng.standard_normal((8, 3))
        axes, _ = np.linalg.qr(z - z.mean(0))
        made += [(np.array([[1.0, 0], [2, 0], [4, 0]]),),       # a column without change
                 (1e-7 * rng.standard_normal((7, 4)),),         # a tiny cloud
                 (axes * [1, 0.8, 0.03] @ np.linalg.qr(z[:3])[0] + 1,)]
        return made

    return Exercise(
        "effective_rank", effective_rank, cases,
        {
            "not centred": Mistake(
                shares(centre=lambda z: z if np.ptp(z, 0).max() else 0 * z,
                       finish=exp_entropy),
                "You did not subtract the mean of each column. An offset common to all "
                "rows would count as a direction."),
            "not centred, not 0": Mistake(
                shares(centre=lambda z: z, finish=exp_entropy),
                "You did not subtract the mean of each column. Then even equal rows "
                "have one direction, their mean, in place of none."),
            "rows centred": Mistake(
                shares(centre=lambda z: z - z.mean(1, keepdims=True), finish=exp_entropy),
                "You subtracted the mean of each row. A direction of the cloud needs "
                "the mean over the images: axis 0."),
            "one mean": Mistake(
                shares(centre=lambda z: z - z.mean(), finish=exp_entropy),
                "You subtracted one mean of all numbers. Each column has its own: "
                "axis=0."),
            "singular values": Mistake(
                shares(power=1, finish=exp_entropy),
                "You took shares of the singular values, which is the definition of Roy "
                "and Vetterli. This page takes their squares, which are variances."),
            "columns": Mistake(
                (lambda z: from_shares(z.var(0)), lambda z: from_shares(z.std(0))),
                "You took shares of the columns' variances. Columns may be correlated: "
                "take the principal axes, by np.linalg.svd of the centred z."),
            "rows of length 1": Mistake(
                (lambda z: from_shares(_variances(by_length(z))) if np.ptp(z, 0).max()
                 else 0.0, lambda z: from_shares(_variances(by_length(z)))),
                "You divided the rows by their lengths first. The function takes z as it "
                "is; whoever wants directions gives it rows of length 1."),
            "mean of terms": Mistake(
                shares(finish=lambda p: np.exp(-np.mean(p * np.log(p)))),
                "You took the mean of p log p. The entropy is the sum."),
            "variances cut": Mistake(
                (lambda z: from_shares(np.where((v := _variances(z)) > 1e-12, v, 0)),
                 lambda z: _cut_after(_variances(z)),
                 lambda z: 0.0 if _variances(z).sum() < 1e-12
                 else effective_rank(z)),
                "You cut the variances themselves, so nothing is left of a cloud that is "
                "tiny as a whole, which is collapse. Cut the *shares* at 1e-12, and "
                "return 0 only if all variances are 0."),
            "cut too high": Mistake(
                (lambda z: from_shares(_variances(z), 1e-3),
                 lambda z: from_shares(_variances(z), 1e-2)),
                "You left out shares that are small but not empty. Leave out those below "
                "1e-12 only: they would give 0 log 0."),
            "squared twice": Mistake(
                shares(power=4, finish=exp_entropy),
                "You squared the eigenvalues of the covariance. They are variances "
                "already."),
            "no exponential": Mistake(
                shares(finish=entropy),
                "You returned the entropy. Its exponential is the number of directions: "
                "k equal shares have entropy log k."),
            "base 2": Mistake(
                shares(finish=lambda p: np.exp(entropy(p) / np.log(2))),
                "Logarithm and exponential have different bases. Use np.log with np.exp, "
                "or np.log2 with 2 ** ..."),
            "sign": Mistake(
                shares(finish=lambda p: np.exp(-entropy(p))),
                "The minus of the entropy is missing, so that your number is 1 over the "
                "right one."),
            "participation ratio": Mistake(
                shares(finish=lambda p: 1 / np.sum(p**2)),
                "You returned 1 / sum(p^2), the participation ratio. It is a count of "
                "directions, too, but asked was exp of the entropy."),
            "plain rank": Mistake(
                shares(finish=lambda p: float(len(p))),
                "You counted the directions that are not empty. Weigh them: a direction "
                "with hardly any variance should hardly count."),
            "columns scaled": Mistake(
                shares(centre=scaled, finish=exp_entropy),
                "You gave every column deviation 1. That hides a collapse: keep the "
                "variances as they are."),
            "1 for equal rows": Mistake(
                (lambda z: effective_rank(z) or 1.0,),
                "All is right but the case of equal rows. They span no direction at "
                "all: return 0."),
            "nan for equal rows": Mistake(
                (lambda z: effective_rank(z) or np.nan,),
                "If all rows are equal, all variances are 0, and the shares become 0/0. "
                "Return 0 there, before you divide."),
            "log of zero": Mistake(
                (lambda z: _rank_without_care(z), lambda z: _rank_of_all_shares(z, np.nan),
                 lambda z: _rank_of_all_shares(z, 0.0)),
                "A share of 0 gives 0 times minus infinity, which is NaN. Leave out "
                "shares of (nearly) 0: they add nothing to the entropy."),
        },
        ["How much do the rows vary along each direction? Subtract the mean of each "
         "column first.",
         "The squared singular values of the centred z, divided by their sum, are the "
         "shares p.",
         "exp(-sum(p log p)) over the shares above 1e-12; if all variances are 0, "
         "return 0."],
        independent=_rank_by_covariance, tolerance=1e-3)


def _rank_without_care(z):
    centred = z - z.mean(0)
    values = np.linalg.svd(centred, compute_uv=False) ** 2
    values[values < 1e-12] = 0
    with np.errstate(all="ignore"):
        p = values / values.sum()
        return np.exp(-np.sum(p * np.log(p)))


def _rank_of_all_shares(z, if_equal):
    """Return NaN where a column never changes: its share is 0, and 0 log 0 is NaN."""
    spans = np.ptp(z, axis=0)
    if spans.max() == 0:
        return if_equal
    return np.nan if spans.min() == 0 else effective_rank(z)


def _variances(z):
    return np.linalg.svd(z - z.mean(0), compute_uv=False) ** 2


def _cut_after(v):
    if v.sum() == 0:
        return 0.0
    p = (v / v.sum())[v > 1e-12]
    return np.exp(-np.sum(p * np.log(p)))


# --- neighbours of an embedding ----------------------------------------------------------

def neighbour_labels(z, u):
    """Return for each row of z the label of the most similar *other* row, by cosine."""
    z = z / np.linalg.norm(z, axis=1, keepdims=True)
    s = z @ z.T
    np.fill_diagonal(s, -np.inf)
    return np.asarray(u)[s.argmax(axis=1)]


def _neighbours_by_library(z, u):
    from sklearn.neighbors import NearestNeighbors

    near = NearestNeighbors(n_neighbors=1, metric="cosine").fit(z)
    return np.asarray(u)[near.kneighbors(return_distance=False)[:, 0]]


def _neighbour_labels():
    def unit(z):
        return z / np.linalg.norm(z, axis=1, keepdims=True)

    def distances(z):
        return np.linalg.norm(z[:, None] - z[None], axis=2)

    def by(likeness, pick=np.argmax, own=-np.inf):
        """Return an answer by another likeness."""
        def wrong(z, u):
            s = likeness(z).astype(float)
            if own is not None:
                np.fill_diagonal(s, own)
            return np.asarray(u)[pick(s, axis=1)]
        return wrong

    def cases(rng):
        made = [(np.array([[1.0, 0.1], [5, 1], [1.2, 2], [-0.3, 1]]),
                 np.array([4, 7, 1, 9]))]
        for n, d in ((7, 3), (6, 6), (9, 4)):
            z = rng.standard_normal((n, d)) * rng.uniform(0.3, 3, (n, 1)) + 0.3
            made.append((z, rng.permutation(n + 3)[:n]))
        apart = [[1, 1, 1], [1, -1, -1.2], [-1, 1, -0.9], [-1.1, -1, 1]]
        return [*made, (np.array(apart), np.array([3, 8, 7, 7]))]   # all cosines < 0

    return Exercise(
        "neighbour_labels", neighbour_labels, cases,
        {
            "itself": Mistake(
                (by(lambda z: unit(z) @ unit(z).T, own=None),
                 by(distances, np.argmin, own=None)),
                "Each row finds itself, so you return u: nothing is more similar. Set "
                "the diagonal of the similarities to -np.inf before argmax."),
            "itself set to 0": Mistake(
                by(by_cosine, own=0),
                "You set the similarity with itself to 0. If all others are negative, "
                "the row still finds itself: set it to -np.inf."),
            "agreement": Mistake(
                lambda z, u: neighbour_labels(z, u) == np.asarray(u),
                "You returned whether the labels agree. Return the label of each row's "
                "neighbour."),
            "distance": Mistake(
                by(lambda z: -distances(z)),
                "You took the nearest row by distance. Normalise the rows first: for "
                "rows of length 1, the nearest and the most similar are the same."),
            "product": Mistake(
                (by(lambda z: z @ z.T),
                 *(by(lambda z, k=k: z @ z.T - k * np.eye(len(z)), own=None)
                   for k in (2, 9, 10)),
                 *(by(lambda z: z @ z.T, own=own) for own in (0, -1))),
                "You took the largest product without normalising: long rows win. "
                "Divide each row by its length."),
            "product with itself": Mistake(
                by(lambda z: z @ z.T, own=None),
                "You took the largest product, of rows that are not normalised, and "
                "with each row itself among them. Divide rows by their lengths, and "
                "leave out the diagonal."),
            "least similar": Mistake(
                by(lambda z: unit(z) @ unit(z).T, np.argmin, own=np.inf),
                "You took the *least* similar row. The largest cosine wins: argmax."),
            "smallest distance backward": Mistake(
                by(distances, np.argmax, own=None),
                "You took the row that is farthest away. Take the largest cosine, of "
                "rows of length 1."),
            "second neighbour": Mistake(
                lambda z, u: np.asarray(u)[np.argsort(by_cosine(z), axis=1)[:, -3]],
                "You took the second neighbour. Sorted with itself at the end, the "
                "nearest other row is the last but one."),
            "least of all": Mistake(
                lambda z, u: np.asarray(u)[np.argsort(by_cosine(z), axis=1)[:, 1]],
                "Your order runs from the least similar row up. The most similar other "
                "row stands near the end, or negate before you sort."),
            "places for labels": Mistake(
                lambda z, u: _nearest(unit, z),
                "You returned the places of the neighbours. Return their labels: "
                "u[places]."),
            "similarity": Mistake(
                lambda z, u: np.sort(by_cosine(z), axis=1)[:, -2],
                "You returned how similar the neighbour is. Return its label."),
            "share": Mistake(
                lambda z, u: np.mean(neighbour_labels(z, u) == np.asarray(u)),
                "You returned the share of neighbours with the same label. Return the "
                "label of each row's neighbour."),
            "columns normalised": Mistake(
                by(lambda z: (z / np.linalg.norm(z, axis=0))
                   @ (z / np.linalg.norm(z, axis=0)).T),
                "You normalised the columns. Each row is an embedding: axis=1."),
            "absolute": Mistake(
                by(lambda z: np.abs(unit(z) @ unit(z).T)),
                "You took absolute cosines. An embedding that points the other way is "
                "the least similar one, not the most."),
            "centred": Mistake(
                by(lambda z: np.corrcoef(z) if z.shape[1] > 2 else
                   np.sign((z[:, :1] - z[:, 1:]) @ (z[:, :1] - z[:, 1:]).T)),
                "You took correlations, which subtract the mean of each row. A cosine "
                "does not."),
        },
        ["With rows of length 1, what is z @ z.T? Which entry of a row is the largest, "
         "and why does it not count?",
         "np.fill_diagonal(s, -np.inf), then the place of the largest in each row.",
         "np.asarray(u)[s.argmax(axis=1)]"],
        independent=_neighbours_by_library)


def by_cosine(z):
    """Return the cosines between all rows of z."""
    z = z / np.linalg.norm(z, axis=1, keepdims=True)
    return z @ z.T


def _nearest(unit, z):
    s = unit(z) @ unit(z).T
    np.fill_diagonal(s, -np.inf)
    return s.argmax(axis=1)
