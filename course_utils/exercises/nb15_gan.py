"""Exercises of page 15: generative adversarial networks and their judge."""

import math

import numpy as np
from scipy import linalg, special

from course_utils.exercise import Exercise, Mistake


def make_exercises():
    """Return the exercises of the page, in its order."""
    return [_gan_losses(), _play_round(), _frechet(), _class_shares(), _r1_penalty(),
            _ema_update(), _latent_walk()]


# --- the two losses --------------------------------------------------------------------

def gan_losses(real, fake):
    """Return the discriminator's loss and the generator's, of scores."""
    loss_d = np.logaddexp(0, -real).mean() + np.logaddexp(0, fake).mean()
    loss_g = np.logaddexp(0, -fake).mean()
    return loss_d, loss_g


def _losses_by_scipy(real, fake):
    return (-special.log_expit(real).mean() - special.log_expit(-fake).mean(),
            -special.log_expit(fake).mean())


def _gan_losses():
    def soft(a):
        return np.logaddexp(0, np.asarray(a, float))

    def answer(d=lambda r, f: soft(-r).mean() + soft(f).mean(),
               g=lambda f: soft(-f).mean()):
        """Return an answer with another loss of one player."""
        return lambda real, fake: (d(real, fake), g(fake))

    def sigmoid(a):
        return 1 / (1 + np.exp(-np.asarray(a, float)))

    def cases(rng):
        return [(np.array([0.5]), np.array([-1.5])),
                (np.array([2.0, -0.25, 1.0]), np.array([-1.0, 0.5])),
                (1 + 2 * rng.standard_normal(6), rng.standard_normal(9) - 1),
                (2 * rng.standard_normal(7) - 0.5, 3 * rng.standard_normal(4) + 0.5),
                (np.array([900.0, -1.5, -800.0]), np.array([-750.0, 1000.0, -0.5, 2.0]))]

    return Exercise(
        "gan_losses", gan_losses, cases,
        {
            "no means": Mistake(
                (lambda real, fake: (soft(-real) + soft(fake), soft(-fake)),
                 lambda real, fake: (soft(fake) + soft(-real), soft(-fake))),
                "You added the losses image by image, but the numbers of real and of fake "
                "images may differ. Take the mean of each part, then add the two means."),
            "mean of scores": Mistake(
                (lambda real, fake: (soft(-real.mean()) + soft(fake.mean()),
                                     soft(-fake.mean())),),
                "You took the mean of the scores and the loss of that. Take the loss of "
                "each score first, then the mean."),
            "generator by real scores": Mistake(
                lambda real, fake: (soft(-real).mean() + soft(fake).mean(),
                                    soft(-real).mean()),
                "Your generator's loss is that of the real scores. The generator can move "
                "only the scores of its fakes."),
            "generator with a real half": Mistake(
                (lambda real, fake: (soft(-real).mean() + soft(fake).mean(),
                                     soft(-fake).mean() + soft(real).mean()),
                 lambda real, fake: (soft(-real).mean() + soft(fake).mean(),
                                     soft(-fake).mean() + soft(-real).mean())),
                "Your generator's loss has a part for the real images. It cannot change "
                "them: keep the mean over the fakes alone."),
            "clipped scores": Mistake(
                tuple(lambda real, fake, c=c: gan_losses(np.clip(real, -c, c),
                                                         np.clip(fake, -c, c))
                      for c in (10, 15, 20, 30, 40, 50, 60, 80, 88, 100, 500, 700)),
                "You clipped the scores, so that -800 costs no more than the bound does, "
                "and has no slope. np.logaddexp(0, s) needs no clip."),
            "saturating": Mistake(
                answer(g=lambda f: -soft(f).mean()),
                "The generator's loss is the mean of log(1 - D), the one that "
                "saturates. Ask for the label 1 in place of it: -log D = "
                "log(1 + exp(-score))."),
            "generator asks for fakes": Mistake(
                answer(g=lambda f: soft(f).mean()),
                "The labels are swapped for the generator: its loss falls when its "
                "images are recognised. It wants the label 1: log(1 + exp(-score))."),
            "discriminator swapped": Mistake(
                answer(d=lambda r, f: soft(r).mean() + soft(-f).mean()),
                "The labels are swapped for the discriminator: real images have the "
                "label 1, log(1 + exp(-score)), and fakes the label 0."),
            "real alone": Mistake(
                answer(d=lambda r, f: soft(-r).mean()),
                "The discriminator's loss has only its real half: add the mean of "
                "log(1 + exp(score)) over the fakes."),
            "fakes alone": Mistake(
                answer(d=lambda r, f: soft(f).mean()),
                "The discriminator's loss has only its fake half: add the mean of "
                "log(1 + exp(-score)) over the real images."),
            "half": Mistake(
                answer(d=lambda r, f: (soft(-r).mean() + soft(f).mean()) / 2),
                "You took the mean of the two halves of the discriminator's loss. Here "
                "they are added, so that guessing costs 2 log 2."),
            "one mean": Mistake(
                (answer(d=lambda r, f: np.concatenate([soft(-r), soft(f)]).mean()),
                 answer(d=lambda r, f: 2 * np.concatenate([soft(-r), soft(f)]).mean())),
                "You put all scores into one mean, so the larger set counts more. Take "
                "the mean of the real ones and that of the fakes, and add the two."),
            "sums": Mistake(
                (lambda real, fake: (soft(-real).sum() + soft(fake).sum(),
                                     soft(-fake).sum()),),
                "You summed over the images. Take means: the loss must not grow with "
                "the batch."),
            "gains": Mistake(
                (lambda real, fake: (-soft(-real).mean() - soft(fake).mean(),
                                     -soft(-fake).mean()),),
                "Your values are gains, to be made large: the sign is missing. Losses "
                "are made small, so put a minus before each logarithm."),
            "order": Mistake(
                lambda real, fake: gan_losses(real, fake)[::-1],
                "The two losses stand in the other order: return the discriminator's "
                "first."),
            "overflow": Mistake(
                (lambda real, fake: (-np.log(sigmoid(real)).mean()
                                     - np.log(1 - sigmoid(fake)).mean(),
                                     -np.log(sigmoid(fake)).mean()),
                 lambda real, fake: (np.log(1 + np.exp(-real)).mean()
                                     + np.log(1 + np.exp(fake)).mean(),
                                     np.log(1 + np.exp(-fake)).mean())),
                "Your formula is right, but exp overflows for scores of some hundred, "
                "and log of 0 is minus infinity. np.logaddexp(0, s) is log(1 + exp(s)) "
                "without both."),
            "clipped": Mistake(
                tuple(lambda real, fake, small=small: (
                    -np.log(np.clip(sigmoid(real), small, 1)).mean()
                    - np.log(np.clip(1 - sigmoid(fake), small, 1)).mean(),
                    -np.log(np.clip(sigmoid(fake), small, 1)).mean())
                    for small in (1e-7, 1e-8, 1e-10, 1e-12, 1e-6, 1e-15, 1e-16)),
                "You clipped the probabilities, so that a score of -800 costs as much as "
                "one of -30 and its gradient is 0. np.logaddexp(0, s) needs no clip."),
            "Wasserstein": Mistake(
                lambda real, fake: (np.mean(fake) - np.mean(real), -np.mean(fake)),
                "Those are the losses of the Wasserstein GAN, means of the scores. Here "
                "the scores go through log(1 + exp(...)) first."),
            "hinge": Mistake(
                lambda real, fake: (np.maximum(0, 1 - real).mean()
                                    + np.maximum(0, 1 + fake).mean(), -np.mean(fake)),
                "Those are the hinge losses. Here each score s goes through the smooth "
                "log(1 + exp(...))."),
            "scores as probabilities": Mistake(
                lambda real, fake: (-np.log(real).mean() - np.log(1 - fake).mean(),
                                    -np.log(fake).mean()),
                "You took the scores for probabilities: log of a negative score is NaN. "
                "A probability is 1 / (1 + exp(-score))."),
        },
        ["-log D(x) = log(1 + exp(-s)), and -log(1 - D(x)) = log(1 + exp(s)), s the "
         "score of x. Which one for real images, which for fakes?",
         "np.logaddexp(0, s) computes log(1 + exp(s)) for every s.",
         "loss_d = mean of logaddexp(0, -real) + mean of logaddexp(0, fake); the "
         "generator wants its fakes to have the label of real ones."],
        independent=_losses_by_scipy,
        also_right=(lambda real, fake: [
            sum(max(-r, 0) + math.log1p(math.exp(-abs(r))) for r in real) / len(real)
            + sum(max(f, 0) + math.log1p(math.exp(-abs(f))) for f in fake) / len(fake),
            sum(max(-f, 0) + math.log1p(math.exp(-abs(f))) for f in fake) / len(fake)],))


# --- one round of the smallest game ----------------------------------------------------

def play_round(theta, psi, rate, gamma):
    """Return theta and psi after a step of D and then a step of G."""
    def sigma(s):
        return 1 / (1 + np.exp(-s))

    psi = psi - rate * (theta * sigma(psi * theta) + gamma * psi)
    theta = theta + rate * psi * sigma(-psi * theta)
    return theta, psi


def _round_by_differences(theta, psi, rate, gamma):
    """Take the slopes of the losses themselves by central differences."""
    def loss_d(psi):
        return np.logaddexp(0, psi * theta) + gamma / 2 * psi**2

    psi = psi - rate * (loss_d(psi + 1e-5) - loss_d(psi - 1e-5)) / 2e-5

    def loss_g(theta):
        return np.logaddexp(0, -psi * theta)

    return theta - rate * (loss_g(theta + 1e-5) - loss_g(theta - 1e-5)) / 2e-5, psi


def _play_round():
    def sigma(s):
        return 1 / (1 + np.exp(-s))

    def slope_d(theta, psi):
        return theta * sigma(psi * theta)

    def slope_g(theta, psi):
        return -psi * sigma(-psi * theta)

    def penalised(change):
        """Return an answer whose penalty adds change(psi, gamma) to the slope."""
        def answer(theta, psi, rate, gamma):
            psi = psi - rate * (slope_d(theta, psi) + change(psi, gamma))
            return theta - rate * slope_g(theta, psi), psi
        return answer

    def simultaneous(theta, psi, rate, gamma):
        return (theta - rate * slope_g(theta, psi),
                psi - rate * (slope_d(theta, psi) + gamma * psi))

    def generator_first(theta, psi, rate, gamma):
        theta = theta - rate * slope_g(theta, psi)
        return theta, psi - rate * (slope_d(theta, psi) + gamma * psi)

    def frozen_graph(theta, psi, rate, gamma):
        new, psi = play_round(theta, psi, rate, gamma)
        return new, psi + rate * theta * sigma(-psi * theta)

    def frozen_graph_late(theta, psi, rate, gamma):
        new, psi = play_round(theta, psi, rate, gamma)
        return new, psi + rate * new * sigma(-psi * new)

    def generator_moved(theta, psi, rate, gamma):
        slope = psi * sigma(psi * theta)
        psi = psi - rate * (slope_d(theta, psi) + gamma * psi)
        theta = theta - rate * slope
        return theta - rate * slope_g(theta, psi), psi

    def discriminator_up(theta, psi, rate, gamma):
        psi = psi + rate * (slope_d(theta, psi) + gamma * psi)
        return theta - rate * slope_g(theta, psi), psi

    def generator_up(theta, psi, rate, gamma):
        theta_, psi = play_round(theta, psi, rate, gamma)
        return theta + rate * slope_g(theta, psi), psi

    def saturating(theta, psi, rate, gamma):
        _, psi = play_round(theta, psi, rate, gamma)
        return theta + rate * psi * sigma(psi * theta), psi

    def no_sigma(theta, psi, rate, gamma):
        psi = psi - rate * (theta + gamma * psi)
        return theta + rate * psi, psi

    def same_sigma(theta, psi, rate, gamma):
        new, after = play_round(theta, psi, rate, gamma)
        return theta + rate * after * sigma(-psi * theta), after

    def generator_penalised(theta, psi, rate, gamma):
        new, psi = play_round(theta, psi, rate, gamma)
        return new - rate * gamma * theta, psi

    def moved(own_d, own_g):
        """Return an answer by other slopes of D and of G, of theta and psi."""
        def answer(theta, psi, rate, gamma):
            psi = psi - rate * (own_d(theta, psi) + gamma * psi)
            return theta - rate * own_g(theta, psi), psi
        return answer

    def both_up(theta, psi, rate, gamma):
        psi = psi + rate * (slope_d(theta, psi) + gamma * psi)
        return theta + rate * slope_g(theta, psi), psi

    def no_rate(theta, psi, rate, gamma):
        return play_round(theta, psi, 1.0, gamma)

    def penalty_without_rate(theta, psi, rate, gamma):
        psi = psi - rate * slope_d(theta, psi) - gamma * psi
        return theta - rate * slope_g(theta, psi), psi

    def changes(theta, psi, rate, gamma):
        after = play_round(theta, psi, rate, gamma)
        return after[0] - theta, after[1] - psi

    def bare_d(theta, psi):
        return sigma(psi * theta)

    def bare_g(theta, psi):
        return -sigma(-psi * theta)

    def cases(rng):
        drawn = [tuple(rng.uniform((-2, -2, 0.1, 0.2), (2, 2, 0.9, 1.5)))
                 for _ in range(5)]
        return [(1.0, 0.5, 0.1, 0.4), (1.2, -0.7, 0.5, 0.6), (-0.8, 0.9, 0.3, 0.0),
                *drawn]

    return Exercise(
        "play_round", play_round, cases,
        {
            "simultaneous": Mistake(
                simultaneous,
                "Both players moved at once. Here D moves first, and G then meets the "
                "new psi."),
            "generator first": Mistake(
                generator_first,
                "G moved first. Here D moves first, and G then meets the new psi."),
            "through the frozen graph": Mistake(
                (frozen_graph, frozen_graph_late),
                "psi also moved on the generator's loss: the discriminator was not "
                "frozen in the generator's turn. There only theta may change."),
            "generator moved by the other loss": Mistake(
                generator_moved,
                "theta also moved on the discriminator's loss. In D's turn the fake is "
                "a fixed point, and only psi may change."),
            "D climbs": Mistake(
                discriminator_up,
                "D climbed on its loss. It goes down: subtract rate times its slope."),
            "G climbs": Mistake(
                generator_up,
                "G went against D's arrow. Its loss log(1 + exp(-psi theta)) has the "
                "slope -psi sigma(-psi theta): subtracting it adds rate psi sigma(...)."),
            "both climb": Mistake(
                both_up,
                "Both players climbed on their losses. Each goes down: subtract rate times "
                "its own slope."),
            "no rate": Mistake(
                no_rate,
                "The rate is missing: a step is rate times the slope."),
            "penalty without rate": Mistake(
                penalty_without_rate,
                "Your penalty acts without the rate. It belongs to D's loss, so rate "
                "multiplies its slope gamma psi as well."),
            "sigma of D mirrored": Mistake(
                moved(lambda theta, psi: theta * sigma(-psi * theta), slope_g),
                "D's sigma has a minus inside. D's loss of a fake is log(1 + exp(psi "
                "theta)), with the slope theta sigma(psi theta)."),
            "no inner derivative": Mistake(
                (moved(bare_d, bare_g), moved(bare_d, slope_g), moved(slope_d, bare_g)),
                "An inner derivative is missing: psi theta, derived for psi, gives the "
                "factor theta in D's slope; derived for theta, the factor psi in G's."),
            "inner derivatives swapped": Mistake(
                moved(lambda theta, psi: psi * sigma(psi * theta),
                      lambda theta, psi: -theta * sigma(-psi * theta)),
                "The factors before sigma are swapped: D moves psi, and psi theta derived "
                "for psi is theta; G moves theta, and gets the factor psi."),
            "changes": Mistake(
                changes,
                "You returned how far the players moved. Return where they are "
                "afterwards."),
            "theta penalised": Mistake(
                lambda theta, psi, rate, gamma: (lambda psi: (
                    theta - rate * slope_g(theta, psi), psi))(
                        psi - rate * (slope_d(theta, psi) + gamma * theta)),
                "Your penalty has theta in it. R1 is a price on psi, the slope of the "
                "score: add gamma psi."),
            "saturating, upwards": Mistake(
                moved(slope_d, lambda theta, psi: psi * sigma(psi * theta)),
                "G climbs on log(1 - D), the loss that saturates. Go down on -log D: add "
                "rate psi sigma(-psi theta)."),
            "saturating": Mistake(
                saturating,
                "That is a step on the loss that saturates, log(1 - D). The slope of "
                "-log D has sigma(-psi theta), with a minus inside."),
            "no sigma": Mistake(
                no_sigma,
                "The factors sigma are missing: the slope of log(1 + exp(s)) is "
                "sigma(s), times the derivative of s."),
            "old sigma": Mistake(
                same_sigma,
                "Your generator's sigma still holds the old psi. After D's step every "
                "psi is the new one."),
            "no penalty": Mistake(
                penalised(lambda psi, gamma: 0),
                "The penalty is missing: the derivative of gamma/2 psi^2 is gamma psi; "
                "add it to D's slope."),
            "R1 without the square": Mistake(
                (penalised(lambda psi, gamma: gamma / 2 * np.sign(psi)),
                 penalised(lambda psi, gamma: gamma * np.sign(psi))),
                "You penalised |psi| in place of psi^2: its slope has the same size at "
                "every psi, so psi never rests at 0. R1 has a square."),
            "not derived": Mistake(
                (penalised(lambda psi, gamma: gamma / 2 * psi**2),
                 penalised(lambda psi, gamma: gamma * psi**2)),
                "You added the penalty itself to the slope. Derive it: gamma/2 psi^2 "
                "becomes gamma psi."),
            "half": Mistake(
                penalised(lambda psi, gamma: gamma / 2 * psi),
                "Your penalty pulls half as much: the 2 of psi^2 cancels the 2 of "
                "gamma/2, and gamma psi remains."),
            "twice": Mistake(
                penalised(lambda psi, gamma: 2 * gamma * psi),
                "Your penalty pulls twice as much: the slope of gamma/2 psi^2 is gamma "
                "psi."),
            "penalty pushes": Mistake(
                penalised(lambda psi, gamma: -gamma * psi),
                "Your penalty pushes psi away from 0: its slope gamma psi is added to "
                "that of the loss before you subtract."),
            "generator penalised": Mistake(
                generator_penalised,
                "You penalised the generator too. R1 belongs to the discriminator's "
                "loss alone."),
            "order": Mistake(
                lambda theta, psi, rate, gamma: play_round(theta, psi, rate,
                                                           gamma)[::-1],
                "theta and psi stand in the other order: return theta first."),
        },
        ["Write both slopes first: d/dpsi of log(1 + exp(psi theta)) + gamma/2 psi^2, "
         "and d/dtheta of log(1 + exp(-psi theta)).",
         "The derivative of log(1 + exp(s)) is sigma(s); chain rule for s = psi theta.",
         "psi - rate (theta sigma(psi theta) + gamma psi); then, with this psi, theta + "
         "rate psi sigma(-psi theta)."],
        independent=_round_by_differences)


# --- Frechet distance ------------------------------------------------------------------

def frechet(a, b):
    """Return the squared Frechet distance of two sets of features."""
    cov_a, cov_b = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    values, vectors = np.linalg.eigh(cov_a)
    root = (vectors * np.sqrt(values.clip(0))) @ vectors.T
    common = np.sqrt(np.linalg.eigvalsh(root @ cov_b @ root).clip(0)).sum()
    shift = np.sum((a.mean(axis=0) - b.mean(axis=0)) ** 2)
    return shift + np.trace(cov_a) + np.trace(cov_b) - 2 * common


def _frechet_by_factors(a, b):
    """tr (SaSb)^(1/2) is the sum of the singular values of the factors' product."""
    x, y = ((f - f.mean(0)) / math.sqrt(len(f) - 1) for f in (a, b))
    return (((a.mean(0) - b.mean(0)) ** 2).sum() + (x * x).sum() + (y * y).sum()
            - 2 * np.linalg.norm(x @ y.T, "nuc"))


COMPLEX = type("complex number (take .real of the root: its imaginary part is rounding)",
               (), {})()


def _real_number(value):
    """real numbers, so take .real of a complex root"""
    return COMPLEX if np.iscomplexobj(value) else value


def _frechet():
    def common(s, t):
        return np.sqrt(np.linalg.eigvals(s @ t).astype(complex)).real.sum()

    def cov(f):
        return np.cov(f, rowvar=False)

    def answer(cov=cov, common=common, shift=lambda d: np.sum(d**2), factor=2,
               spread=lambda s, t: np.trace(s) + np.trace(t), after=lambda value: value):
        """Return an answer with one part replaced."""
        def wrong(a, b):
            s, t = cov(a), cov(b)
            difference = a.mean(axis=0) - b.mean(axis=0)
            return after(shift(difference) + spread(s, t) - factor * common(s, t))
        return wrong

    def cases(rng):
        def drawn(n, d):
            return (rng.standard_normal((n, d)) @ rng.standard_normal((d, d))
                    + 2 * rng.standard_normal(d))

        return [(np.array([[0.0, 0], [2, 0], [0, 3], [3, 4]]),
                 np.array([[1.0, 5], [2, 1], [5, 2], [4, 7], [7, 3]])),
                (drawn(9, 2), drawn(12, 2)), (drawn(20, 3), drawn(8, 3)),
                (drawn(15, 5), drawn(31, 5)), (drawn(4, 5), drawn(12, 5)),
                (drawn(7, 7), drawn(11, 7))]

    def cut(a, b):
        n = min(len(a), len(b))
        return frechet(a[:n], b[:n])

    def rows_as_variables(a, b):
        """Leave the root out, the only part that would fail."""
        return (np.sum((a.mean(0) - b.mean(0)) ** 2) + np.trace(np.cov(a))
                + np.trace(np.cov(b)))

    def symmetric_root(s):
        values, vectors = np.linalg.eigh(s)
        return (vectors * np.sqrt(values.clip(0))) @ vectors.T

    return Exercise(
        "frechet", frechet, cases,
        {
            "not centred": Mistake(
                (answer(cov=lambda f: f.T @ f / len(f)),
                 answer(cov=lambda f: f.T @ f / (len(f) - 1))),
                "Your covariances are not centred: subtract the mean of each feature "
                "before you multiply."),
            "by n": Mistake(
                answer(cov=lambda f: np.cov(f, rowvar=False, bias=True)),
                "Your covariances divide by n. Divide by n - 1, as np.cov does, or sets "
                "of different sizes are compared unfairly."),
            "scatter": Mistake(
                answer(cov=lambda f: (f - f.mean(0)).T @ (f - f.mean(0))),
                "Your covariances are sums over the images: divide by n - 1."),
            "no rowvar": Mistake(
                (lambda a, b: (np.sum((a.mean(0) - b.mean(0)) ** 2)
                               + np.trace(np.cov(a) + np.cov(b)
                                          - 2 * linalg.sqrtm(np.cov(a) @ np.cov(b)).real)),
                 lambda a, b: (np.sum((a.mean(0) - b.mean(0)) ** 2)
                               + np.trace(np.cov(a)) + np.trace(np.cov(b))
                               - 2 * np.trace(linalg.sqrtm(np.cov(a) @ np.cov(b)).real)),
                 rows_as_variables),
                "np.cov takes rows as variables unless told otherwise: with "
                "rowvar=False the covariance is (d, d), whatever the number of images."),
            "correlation": Mistake(
                answer(cov=lambda f: np.corrcoef(f, rowvar=False)),
                "Those are correlations: they do not know how far the features spread. "
                "np.cov has the covariances."),
            "cut": Mistake(
                cut,
                "You cut the larger set to the length of the smaller one. Each set has "
                "its own mean and covariance, of all its images."),
            "one mean": Mistake(
                (lambda a, b: (a.mean() - b.mean()) ** 2 + frechet(a - a.mean(0),
                                                                   b - b.mean(0)),),
                "You took one mean over all features. Each feature has its own: "
                "mean(axis=0)."),
            "difference of covariances": Mistake(
                answer(factor=0, spread=lambda s, t: np.sum((s - t) ** 2)),
                "You compared the covariances entry by entry. The formula takes the trace "
                "of S + T - 2 (S T)^(1/2)."),
            "no common part": Mistake(
                answer(factor=0),
                "The part with the root is missing: subtract twice the trace of the root "
                "of S T, or equal sets would not have the distance 0."),
            "absolute root": Mistake(
                answer(common=lambda s, t: np.trace(np.abs(linalg.sqrtm(s @ t)))),
                "You took the absolute values of the root's entries. Some of its diagonal "
                "may be negative; take .real, which keeps the sign."),
            "shift not squared": Mistake(
                answer(shift=np.linalg.norm),
                "The distance of the means enters squared: sum of (difference)^2."),
            "no shift": Mistake(
                answer(shift=lambda d: 0),
                "The means are missing: add the squared distance between them."),
            "mean of squares": Mistake(
                answer(shift=lambda d: np.mean(d**2)),
                "You averaged the squared differences of the means over the features. "
                "Sum them."),
            "means only": Mistake(
                answer(spread=lambda s, t: 0, factor=0),
                "You compared the means alone: two sets of equal mean and different "
                "spread would be the same. Add the trace."),
            "elementwise root": Mistake(
                (answer(common=lambda s, t: np.trace(np.sqrt(s @ t))),
                 answer(common=lambda s, t: np.sqrt(np.diag(s @ t)).sum()),
                 answer(common=lambda s, t: np.trace(np.sqrt(np.abs(s @ t))))),
                "np.sqrt takes the root of each entry. The root of a matrix R is the one "
                "with R @ R = product: scipy.linalg.sqrtm, or roots of eigenvalues."),
            "elementwise product": Mistake(
                answer(common=lambda s, t: common(s * t, np.eye(len(s)))),
                "You multiplied the covariances entry by entry: the product of matrices "
                "is s @ t."),
            "variances only": Mistake(
                answer(common=lambda s, t: np.sqrt(np.diag(s) * np.diag(t)).sum()),
                "You used the variances alone, as if the features were independent. The "
                "root is that of the whole matrix product."),
            "roots apart": Mistake(
                answer(common=lambda s, t: np.trace(symmetric_root(s)
                                                    @ symmetric_root(t))),
                "You multiplied the roots of both matrices. The root of a product is "
                "their product only if they commute: multiply first."),
            "root of the trace": Mistake(
                answer(common=lambda s, t: np.sqrt(np.trace(s @ t))),
                "You took the root of the trace. First the root of the matrix, then its "
                "trace."),
            "no root": Mistake(
                answer(common=lambda s, t: np.trace(s @ t)),
                "The root is missing: the trace is that of the root of the product."),
            "no factor 2": Mistake(
                answer(factor=1),
                "The factor 2 before the root is missing: equal sets would not have the "
                "distance 0."),
            "plus": Mistake(
                answer(factor=-2),
                "You added the common part. It is subtracted: trace(S + T - 2 root)."),
            "all entries": Mistake(
                (lambda a, b: (np.sum((a.mean(0) - b.mean(0)) ** 2)
                               + np.sum(cov(a) + cov(b)
                                        - 2 * linalg.sqrtm(cov(a) @ cov(b)).real)),),
                "You summed all entries of the matrix. The trace is the sum of its "
                "diagonal."),
            "root at the end": Mistake(
                answer(after=lambda value: np.sqrt(max(value, 0))),
                "You took the root of the result. What is called Fréchet distance of "
                "images is the square; leave it."),
        },
        ["Three parts: how far are the means, how large are the spreads, how much of "
         "them is common?",
         "np.cov(a, rowvar=False) is (d, d). The trace of a root is the sum of the "
         "roots of the eigenvalues, and those of cov_a @ cov_b are >= 0.",
         "scipy.linalg.sqrtm(cov_a @ cov_b) works for full matrices; for few images use "
         "np.linalg.eigvals of the product, its real part clipped at 0."],
        independent=_frechet_by_factors, tolerance=1e-4, canonical=_real_number,
        also_right=(lambda a, b: (
            np.sum((a.mean(0) - b.mean(0)) ** 2) + np.trace(cov(a) + cov(b))
            - 2 * np.sqrt(np.linalg.eigvals(cov(a) @ cov(b)).real.clip(0)).sum()),))


# --- class coverage --------------------------------------------------------------------

def class_shares(p):
    """Return the share of images that are read as each class."""
    return np.bincount(p.argmax(axis=1), minlength=p.shape[1]) / len(p)


def _shares_by_loops(p):
    shares = [0.0] * p.shape[1]
    for row in p.tolist():
        shares[row.index(max(row))] += 1 / len(p)
    return np.array(shares)


def _class_shares():
    def cases(rng):
        def drawn(n, k, missing):
            p = rng.random((n, k)) ** 3 + 1e-3
            p[:, missing] *= 1e-2
            return p / p.sum(axis=1, keepdims=True)

        return [(np.array([[0.4, 0.35, 0.25], [0.2, 0.7, 0.1], [0.45, 0.3, 0.25],
                           [0.5, 0.15, 0.35]]),),
                (drawn(12, 5, 4),), (drawn(30, 10, [3, 7, 9]),), (drawn(6, 6, 5),),
                (drawn(7, 4, 0),)]

    return Exercise(
        "class_shares", class_shares, cases,
        {
            "wrong axis": Mistake(
                (lambda p: np.bincount(p.argmax(axis=0), minlength=len(p)) / len(p),
                 lambda p: np.bincount(p.argmax(axis=0), minlength=p.shape[1]) / len(p),
                 lambda p: np.bincount(p.argmax(axis=0), minlength=len(p)) / p.shape[1],
                 lambda p: np.bincount(p.argmax(axis=0)) / len(p),
                 lambda p: np.array([np.mean(p.argmax(axis=0) == c)
                                     for c in range(p.shape[1])])),
                "You took the argmax along the images: for each class its best image. "
                "For each image its best class is argmax(axis=1)."),
            "flat": Mistake(
                lambda p: np.bincount([p.argmax()], minlength=p.shape[1]) / len(p),
                "argmax without an axis finds one place in the whole table. Each image "
                "has its own: axis=1."),
            "soft": Mistake(
                lambda p: p.mean(axis=0),
                "You averaged the probabilities. An unsure image is counted here as the "
                "one class that it is read as: argmax first."),
            "summed": Mistake(
                lambda p: p.sum(axis=0),
                "You summed the probabilities. Count decisions: argmax of each row, then "
                "the share of each class."),
            "classes": Mistake(
                lambda p: p.argmax(axis=1),
                "You returned the class of each image. Count them: which share of the "
                "images has each class?"),
            "largest probabilities": Mistake(
                lambda p: p.max(axis=1),
                "You returned the largest probability of each image. Which class has it, "
                "argmax, and how often does each class occur?"),
            "weighted": Mistake(
                tuple(lambda p, total=total: (lambda won: won / total(p, won))(
                    (p * (p == p.max(axis=1, keepdims=True))).sum(axis=0))
                    for total in (lambda p, won: won.sum(), lambda p, won: len(p))),
                "You added up the winning probabilities. Each image counts as one, "
                "however sure the reading is."),
            "above chance": Mistake(
                (lambda p: (p > 1 / p.shape[1]).mean(axis=0),
                 lambda p: (p > 1 / p.shape[1]).sum(axis=0) / (p > 1 / p.shape[1]).sum()),
                "You counted every class above 1/k, so that an image counts for several. "
                "It belongs to its largest class alone: argmax."),
            "counts": Mistake(
                lambda p: np.bincount(p.argmax(axis=1), minlength=p.shape[1]),
                "You returned counts. Shares are counts divided by the number of "
                "images."),
            "of the classes": Mistake(
                lambda p: np.bincount(p.argmax(axis=1),
                                      minlength=p.shape[1]) / p.shape[1],
                "You divided by the number of classes. The shares are of the images: "
                "divide by len(p)."),
            "missing classes left out": Mistake(
                (lambda p: np.unique(p.argmax(axis=1), return_counts=True)[1] / len(p),
                 lambda p: np.bincount(p.argmax(axis=1)) / len(p)),
                "A class that never occurs is missing from your result, and it is the "
                "one to be found. Count all of them: np.bincount(..., "
                "minlength=p.shape[1])."),
            "present": Mistake(
                lambda p: np.isin(np.arange(p.shape[1]), p.argmax(axis=1)),
                "You said which classes occur. Return how large a share of the images "
                "each has."),
            "confident only": Mistake(
                (lambda p: (p > 0.5).mean(axis=0), lambda p: (p >= 0.5).mean(axis=0)),
                "You counted the images that are read with more than one half. An image "
                "belongs to its largest class, however small that is: argmax."),
            "least": Mistake(
                lambda p: np.bincount(p.argmin(axis=1), minlength=p.shape[1]) / len(p),
                "You took the least likely class of each image: argmax in place of "
                "argmin."),
            "how many": Mistake(
                (lambda p: len(np.unique(p.argmax(axis=1))),
                 lambda p: len(np.unique(p.argmax(axis=1))) / p.shape[1]),
                "You returned one number, how many classes occur. Return the share of "
                "each of them, an array (k,)."),
        },
        ["First one decision for each image: which axis holds its classes?",
         "Then count each class, also one that never occurs: the result has p.shape[1] "
         "numbers.",
         "np.bincount(p.argmax(axis=1), minlength=p.shape[1]), divided by len(p)."],
        independent=_shares_by_loops,
        also_right=(lambda p: np.eye(p.shape[1])[p.argmax(1)].mean(0),))


# --- the penalty R1 --------------------------------------------------------------------

def r1_penalty(gradients, gamma):
    """Return gamma/2 times the mean squared length of the gradients."""
    return gamma / 2 * np.mean(np.sum(gradients**2, axis=(1, 2)))


def _penalty_by_norms(gradients, gamma):
    lengths = [np.linalg.norm(g) for g in gradients]
    return gamma * sum(length * length for length in lengths) / (2 * len(lengths))


def _r1_penalty():
    def cases(rng):
        return [(np.array([[[1.0, -2.0]], [[0.5, 3.0]]]), 0.6),
                (rng.standard_normal((3, 2, 4)), 1.0),
                (rng.standard_normal((5, 3, 3)) * rng.uniform(0.2, 2, (5, 1, 1)), 2.5),
                (0.3 * rng.standard_normal((4, 6, 5)) + 0.2, 10.0)]

    return Exercise(
        "r1_penalty", r1_penalty, cases,
        {
            "no square": Mistake(
                (lambda gradients, gamma: gamma / 2 * np.mean(
                    np.sqrt(np.sum(gradients**2, axis=(1, 2)))),
                 lambda gradients, gamma: gamma / 2 * np.mean(
                     np.abs(gradients).sum(axis=(1, 2)))),
                "The square is missing: you averaged the lengths. R1 averages their "
                "squares."),
            "mean of lengths": Mistake(
                lambda gradients, gamma: gamma / 2 * np.mean(
                    np.sqrt(np.sum(gradients**2, axis=(1, 2)))) ** 2,
                "You averaged the lengths and squared their mean. Square each length "
                "first: the steep images count more."),
            "squared mean": Mistake(
                lambda gradients, gamma: gamma / 2 * np.mean(
                    np.sum(gradients**2, axis=(1, 2))) ** 2,
                "You squared twice: the sum of squared pixels is already the squared "
                "length."),
            "wrong axes": Mistake(
                tuple(lambda gradients, gamma, axis=axis: gamma / 2 * np.mean(
                    np.sum(gradients**2, axis=axis))
                    for axis in ((0, 1), (0, 2), 0, 1, 2)),
                "You summed over other axes than those of the pixels. The images lie along "
                "axis 0, and the pixels of one along axes 1 and 2."),
            "largest singular value": Mistake(
                lambda gradients, gamma: gamma / 2 * np.mean(
                    np.linalg.norm(gradients, 2, axis=(1, 2)) ** 2),
                "np.linalg.norm(..., 2, axis=(1, 2)) is the largest singular value of each "
                "matrix. The length of a picture is the Frobenius norm: leave the 2 out."),
            "summed values": Mistake(
                (lambda gradients, gamma: gamma / 2 * np.mean(
                    np.sum(gradients, axis=(1, 2)) ** 2),
                 lambda gradients, gamma: gamma / 2 * np.mean(
                     np.sum(gradients, axis=(1, 2)))),
                "You summed first, so that slopes of opposite sign cancel. Square each "
                "pixel's slope, then sum."),
            "mean over pixels": Mistake(
                lambda gradients, gamma: gamma / 2 * np.mean(gradients**2),
                "You averaged over the pixels too. The squared length is a sum over the "
                "pixels; the mean is over the images."),
            "sum over images": Mistake(
                lambda gradients, gamma: gamma / 2 * np.sum(gradients**2),
                "You summed over the images. Take their mean, so that the penalty does "
                "not grow with the batch."),
            "no half": Mistake(
                lambda gradients, gamma: gamma * np.mean(np.sum(gradients**2, (1, 2))),
                "The half is missing: gamma / 2."),
            "mean gradient": Mistake(
                lambda gradients, gamma: gamma / 2 * np.sum(gradients.mean(axis=0) ** 2),
                "You averaged the gradients of all images before squaring, so they "
                "cancel. Square within each image, then average."),
            "length one": Mistake(
                lambda gradients, gamma: gamma / 2 * np.mean(
                    (np.sqrt(np.sum(gradients**2, axis=(1, 2))) - 1) ** 2),
                "That pulls the lengths to 1: the penalty of the Wasserstein GAN. R1 "
                "pulls them to 0."),
            "gamma forgotten": Mistake(
                (lambda gradients, gamma: np.mean(np.sum(gradients**2, (1, 2))),
                 lambda gradients, gamma: np.mean(np.sum(gradients**2, (1, 2))) / 2),
                "The weight gamma is missing from your result: multiply by gamma / 2."),
            "gamma squared": Mistake(
                (lambda gradients, gamma: gamma**2 / 2 * np.mean(
                    np.sum(gradients**2, (1, 2))),
                 lambda gradients, gamma: np.mean(
                     np.sum((gamma / 2 * gradients) ** 2, (1, 2)))),
                "You squared gamma as well. Only the gradients are squared."),
            "each image": Mistake(
                lambda gradients, gamma: gamma / 2 * np.sum(gradients**2, axis=(1, 2)),
                "You returned one penalty for each image. Their mean is the number that "
                "is added to the loss."),
            "largest": Mistake(
                lambda gradients, gamma: gamma / 2 * np.max(
                    np.sum(gradients**2, (1, 2))),
                "You took the steepest image alone. Take the mean over all of them."),
        },
        ["The squared length of an image's gradient is the sum of its squared pixels.",
         "Sum over axes 1 and 2, then take the mean over the images, then gamma / 2."],
        independent=_penalty_by_norms,
        also_right=(lambda gradients, gamma: gamma * np.sum(
            np.asarray(gradients).astype(np.float32) ** 2) / (2 * len(gradients)),))


# --- average of the weights ------------------------------------------------------------

def ema_update(average, weights, decay):
    """Return the average after one more set of weights."""
    return decay * average + (1 - decay) * weights


def _ema_by_steps(average, weights, decay):
    return average + (weights - average) * (1 - decay)


def _ema_update():
    def cases(rng):
        return [(np.array([1.0, -2.0]), np.array([3.0, 0.5]), 0.9),
                (rng.standard_normal(5), rng.standard_normal(5), 0.7),
                (rng.standard_normal((2, 3)), 2 * rng.standard_normal((2, 3)), 0.95),
                (rng.standard_normal((3, 3)), rng.standard_normal((3, 3)) + 1, 0.2)]

    def in_place(average, weights, decay):
        average *= decay
        average += (1 - decay) * weights
        return average

    def nothing(average, weights, decay):
        average *= decay
        average += (1 - decay) * weights

    return Exercise(
        "ema_update", ema_update, cases,
        {
            "swapped": Mistake(
                lambda average, weights, decay: (1 - decay) * average + decay * weights,
                "The rates are swapped: with decay = 0.998 your average forgets nearly "
                "all at each step. The old average keeps the share decay."),
            "not weighted": Mistake(
                lambda average, weights, decay: decay * average + weights,
                "The new weights enter in full, so the average grows without end: "
                "multiply them by 1 - decay."),
            "old one in full": Mistake(
                lambda average, weights, decay: average + (1 - decay) * weights,
                "The old average stays in full, so it grows without end: multiply it by "
                "decay."),
            "both by decay": Mistake(
                lambda average, weights, decay: decay * (average + weights),
                "Both parts have the factor decay. The shares must sum to 1: decay and "
                "1 - decay."),
            "plain mean": Mistake(
                lambda average, weights, decay: (average + weights) / 2,
                "You took the plain mean of the two. The old average weighs decay, the "
                "new weights 1 - decay."),
            "decay dropped": Mistake(
                lambda average, weights, decay: decay * average,
                "The new weights are missing: add (1 - decay) times them."),
            "new alone": Mistake(
                (lambda average, weights, decay: (1 - decay) * weights,
                 lambda average, weights, decay: weights,
                 lambda average, weights, decay: decay * weights),
                "The old average is missing: keep the share decay of it."),
            "away": Mistake(
                lambda average, weights, decay: (1 + (1 - decay)) * average
                - (1 - decay) * weights,
                "Your average moves away from the weights: it should go the share 1 - "
                "decay of the way towards them."),
            "unchanged": Mistake(
                lambda average, weights, decay: average,
                "You returned the average as it was. Mix in the share 1 - decay of the "
                "new weights."),
            "new one in full": Mistake(
                lambda average, weights, decay: (decay * average + weights) / (decay + 1),
                "You gave the weights 1 and divided by decay + 1: the old average keeps "
                "less than one half. The shares are decay and 1 - decay."),
            "minus": Mistake(
                (lambda average, weights, decay: decay * average - (1 - decay) * weights,
                 lambda average, weights, decay: average - (1 - decay) * weights),
                "You subtracted the new weights. Both shares are added: decay of the old, "
                "1 - decay of the new."),
            "one number": Mistake(
                lambda average, weights, decay: decay * average
                + (1 - decay) * np.mean(weights),
                "You averaged all the weights to one number. Each weight has an average "
                "of its own, in the same place."),
            "divided": Mistake(
                lambda average, weights, decay: (decay * average
                                                 + (1 - decay) * weights) / 2,
                "You halved the sum. The two shares already sum to 1."),
        },
        ["What should decay = 1 return, and what decay = 0?",
         "The old average keeps the share decay, the new weights get the rest."],
        independent=_ema_by_steps,
        also_right=(lambda average, weights, decay: np.average(
            np.stack([average, weights]), axis=0, weights=[decay, 1 - decay]),))


# --- a walk in latent space ------------------------------------------------------------

def latent_walk(a, b, n):
    """Return n points on the curved way from a to b, both ends included."""
    angle = np.arccos(a @ b / (np.linalg.norm(a) * np.linalg.norm(b)))
    t = np.linspace(0, 1, n)[:, None]
    return (np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / np.sin(angle)


def _walk_by_rotation(a, b, n):
    """Turn a towards b in the plane of the two; the lengths go along."""
    length_a, length_b = math.sqrt((a * a).sum()), math.sqrt((b * b).sum())
    e = a / length_a
    f = b / length_b - (b / length_b @ e) * e
    f = f / math.sqrt((f * f).sum())
    angle = math.atan2(b @ f, b @ e)
    rows = []
    for k in range(n):
        s = k / (n - 1) * angle
        on_a = math.sin(angle - s) / math.sin(angle) * length_a
        on_b = math.sin(s) / math.sin(angle) * length_b
        rows.append(on_a * e + on_b * (math.cos(angle) * e + math.sin(angle) * f))
    return np.array(rows)


def _latent_walk():
    def arc(cosine=lambda a, b: a @ b / (np.linalg.norm(a) * np.linalg.norm(b)),
            angle=np.arccos, bottom=np.sin, steps=lambda n: np.linspace(0, 1, n)):
        """Return an answer with one part replaced."""
        def answer(a, b, n):
            w = angle(cosine(a, b))
            t = steps(n)[:, None]
            return (np.sin((1 - t) * w) * a + np.sin(t * w) * b) / bottom(w)
        return answer

    def straight(a, b, n):
        t = np.linspace(0, 1, n)[:, None]
        return (1 - t) * a + t * b

    def unit(v):
        return v / np.linalg.norm(v)

    def rescaled(a, b, n):
        """Walk straight, then stretch each point to the mean length."""
        points = straight(a, b, n)
        length = np.linspace(np.linalg.norm(a), np.linalg.norm(b), n)[:, None]
        return points / np.linalg.norm(points, axis=1, keepdims=True) * length

    def turned(a, b, n):
        """Walk on the unit sphere, and give each point a length between those."""
        length = np.linspace(np.linalg.norm(a), np.linalg.norm(b), n)[:, None]
        return latent_walk(unit(a), unit(b), n) * length

    def angle_of(a, b):
        return np.arccos(unit(a) @ unit(b))

    def weighted(weight_a, weight_b):
        """Return an answer by two weights, functions of t and the angle."""
        def answer(a, b, n):
            t, w = np.linspace(0, 1, n)[:, None], angle_of(a, b)
            return (weight_a(t, w) * a + weight_b(t, w) * b) / np.sin(w)
        return answer

    def as_rows(order):
        """Return an answer whose t is no column; the error names shapes in an order."""
        def answer(a, b, n):
            t, w = np.linspace(0, 1, n), angle_of(a, b)
            return order(np.sin((1 - t) * w), a) / np.sin(w) + np.sin(t * w) * b / np.sin(w)
        return answer

    def last_put(a, b, n):
        points = arc(steps=lambda n: np.arange(n) / n)(a, b, n)
        points[-1] = b
        return points

    def cases(rng):
        return [(np.array([2.0, 0.5]), np.array([-0.5, 1.5]), 3),
                (rng.standard_normal(4), rng.standard_normal(4), 5),
                (rng.standard_normal(8), rng.standard_normal(8), 8),
                (rng.standard_normal(64), rng.standard_normal(64), 7)]

    return Exercise(
        "latent_walk", latent_walk, cases,
        {
            "straight": Mistake(
                straight,
                "You walked on the straight line. Its middle is too short for a vector "
                "of noise; weight with sin((1 - t) w)/sin(w) and sin(t w)/sin(w)."),
            "straight, stretched": Mistake(
                (rescaled,),
                "You walked straight and stretched the points. They lie in the right "
                "plane but not at the right places: use the weights with sines."),
            "directions and lengths": Mistake(
                (turned,),
                "You turned the directions and interpolated the lengths by themselves. The "
                "formula here weights a and b as they are."),
            "not normalised": Mistake(
                (arc(cosine=lambda a, b: a @ b),
                 arc(cosine=lambda a, b: np.clip(a @ b, -1, 1))),
                "The cosine of the angle is a @ b divided by both lengths; without them "
                "arccos meets numbers beyond 1."),
            "cosine as angle": Mistake(
                arc(angle=lambda c: c),
                "You used the cosine as the angle: take np.arccos of it."),
            "degrees": Mistake(
                arc(angle=lambda c: np.degrees(np.arccos(c))),
                "Your angle is in degrees, and np.sin expects radians: leave arccos as "
                "it is."),
            "no division": Mistake(
                arc(bottom=lambda w: 1.0),
                "The division by sin(w) is missing: at t = 0 the point must be a "
                "itself."),
            "divided by the angle": Mistake(
                arc(bottom=lambda w: w),
                "You divided by the angle w. The formula divides by sin(w): at t = 0 the "
                "point must be a itself."),
            "angle outside": Mistake(
                (weighted(lambda t, w: np.sin(1 - t) * w, lambda t, w: np.sin(t) * w),
                 weighted(lambda t, w: np.sin((1 - t) * w), lambda t, w: np.sin(t) * w),
                 weighted(lambda t, w: np.sin(1 - t) * w, lambda t, w: np.sin(t * w))),
                "The angle stands outside the sine: the weights are sin((1 - t) w) and "
                "sin(t w), with the product inside."),
            "t as a row": Mistake(
                (as_rows(lambda s, a: s * a), as_rows(lambda s, a: a * s)),
                "n places meet d coordinates in one product. Make t a column, "
                "np.linspace(0, 1, n)[:, None], so that t * a is (n, d)."),
            "half of the angle": Mistake(
                (arc(cosine=lambda a, b: np.linalg.norm(a - b) / 2, angle=np.arcsin),
                 arc(cosine=lambda a, b: np.linalg.norm(unit(a) - unit(b)) / 2,
                     angle=np.arcsin)),
                "arcsin(|a - b| / 2) is half of the angle, and only for vectors of length "
                "1. Take arccos of a @ b over both lengths."),
            "two coordinates": Mistake(
                arc(cosine=lambda a, b: (np.arctan2(b[1], b[0])
                                         - np.arctan2(a[1], a[0])), angle=lambda c: c),
                "Your angle knows the first two coordinates only. In d dimensions it is "
                "arccos of a @ b over both lengths."),
            "both ends left out": Mistake(
                (arc(steps=lambda n: np.linspace(0, 1, n + 2)[1:-1]),
                 arc(steps=lambda n: np.arange(1, n + 1) / (n + 1))),
                "Your walk begins behind a and stops before b. Both ends belong to it: "
                "np.linspace(0, 1, n)."),
            "last step too long": Mistake(
                last_put,
                "You walked in steps of 1/n and put b at the end, so the last step is "
                "twice as long. The steps are 1/(n - 1)."),
            "ends swapped": Mistake(
                lambda a, b, n: latent_walk(b, a, n),
                "You walked from b to a. At t = 0 the weight of a is sin(w)/sin(w) = "
                "1."),
            "end left out": Mistake(
                (arc(steps=lambda n: np.linspace(0, 1, n, endpoint=False)),
                 arc(steps=lambda n: np.arange(n) / n)),
                "Your walk stops before b: n points with both ends are np.linspace(0, 1, "
                "n)."),
            "one too many": Mistake(
                arc(steps=lambda n: np.linspace(0, 1, n + 1)),
                "You returned n + 1 points. With both ends there are n of them: "
                "np.linspace(0, 1, n)."),
            "unit length": Mistake(
                (lambda a, b, n: latent_walk(unit(a), unit(b), n),),
                "You normalised the ends and walked on the unit sphere. Use lengths for "
                "the angle only; the walk begins at a itself."),
            "cosines": Mistake(
                lambda a, b, n: (np.cos(np.linspace(0, 1, n)[:, None] * np.pi / 2) * a
                                 + np.sin(np.linspace(0, 1, n)[:, None] * np.pi / 2) * b),
                "Your weights are right for perpendicular a and b only. Use the real "
                "angle w between them."),
            "transposed": Mistake(
                lambda a, b, n: latent_walk(a, b, n).T,
                "Your array is (d, n). One point a row: (n, d)."),
        },
        ["The angle w comes from a @ b = |a| |b| cos w.",
         "t = np.linspace(0, 1, n)[:, None] makes a column, so that t * a is (n, d).",
         "Row for t: (sin((1 - t) w) a + sin(t w) b) / sin(w)."],
        independent=_walk_by_rotation)
