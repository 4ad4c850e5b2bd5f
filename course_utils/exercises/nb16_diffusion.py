"""Exercises of page 16: diffusion models."""

import math

import numpy as np

from course_utils.exercise import Exercise, Mistake


def make_exercises():
    """Return the exercises of the page, in its order."""
    return [_noisy_at(), _from_velocity(), _ancestral_step(), _ddim_step(), _guided(),
            _match_means()]


# --- the forward process in one go -----------------------------------------------------

def noisy_at(x0, betas, t, eps):
    """Return x_t in one go, from clean x0 and noise eps of the same shape."""
    abar = np.prod(1 - np.asarray(betas)[:t])
    return np.sqrt(abar) * x0 + np.sqrt(1 - abar) * eps


def _noisy_by_logs(x0, betas, t, eps):
    log_abar = sum(math.log1p(-beta) for beta in betas[:t])
    return math.exp(log_abar / 2) * x0 + math.sqrt(-math.expm1(log_abar)) * eps


def _noisy_at():
    def mix(share):
        """Return an answer that takes share(betas, t) for alpha-bar."""
        def answer(x0, betas, t, eps):
            abar = share(np.asarray(betas, float), t)
            return np.sqrt(abar) * x0 + np.sqrt(1 - abar) * eps
        return answer

    def abar_of(betas, t):
        return np.prod(1 - betas[:t])

    def roots(x, noise):
        """Return an answer with other factors of alpha-bar."""
        def answer(x0, betas, t, eps):
            abar = abar_of(betas, t)
            return x(abar) * x0 + noise(abar) * eps
        return answer

    def cases(rng):
        made = [(np.array([[0.5, -1.0]]), np.array([0.1, 0.3]), 1, np.array([[1.0, 0.4]]))]
        for shape, steps, t in (((2, 3), 5, 3), ((4, 4), 6, 6), ((3, 5), 4, 0),
                                ((5, 2), 8, 2), ((3, 3), 7, 5)):
            made.append((rng.uniform(-1, 1, shape), rng.uniform(0.05, 0.4, steps), t,
                         rng.standard_normal(shape)))
        return made

    return Exercise(
        "noisy_at", noisy_at, cases,
        {
            "variance for deviation": Mistake(
                roots(np.sqrt, lambda a: 1 - a),
                "You multiplied the noise by its variance 1 - alpha-bar. Noise of that "
                "variance has the factor sqrt(1 - alpha-bar)."),
            "no root of the image": Mistake(
                roots(lambda a: a, lambda a: np.sqrt(1 - a)),
                "The image has the factor alpha-bar; it must be its square root, so "
                "that the squares of both factors sum to 1."),
            "no roots": Mistake(
                roots(lambda a: a, lambda a: 1 - a),
                "You mixed with the shares alpha-bar and 1 - alpha-bar. Take the square "
                "root of both: variances add, deviations do not."),
            "one minus the root": Mistake(
                roots(np.sqrt, lambda a: 1 - np.sqrt(a)),
                "Your two factors sum to 1. Their squares must: the noise has "
                "sqrt(1 - alpha-bar), not 1 - sqrt(alpha-bar)."),
            "exchanged": Mistake(
                roots(lambda a: np.sqrt(1 - a), np.sqrt),
                "Image and noise are exchanged: the image has sqrt(alpha-bar), which is "
                "near 1 for small t."),
            "alpha for alpha-bar": Mistake(
                (mix(lambda b, t: 1 - b[t - 1] if t else 1.0),
                 mix(lambda b, t: 1 - b[t - 1])),
                "You took alpha_t of the one step t. After t steps the image has been "
                "shrunk t times: alpha-bar is the product of all alphas up to t."),
            "beta for alpha": Mistake(
                mix(lambda b, t: np.prod(b[:t])),
                "You multiplied the betas. alpha is 1 - beta, and alpha-bar the product "
                "of the alphas."),
            "one step late": Mistake(
                mix(lambda b, t: np.prod(1 - b[:t + 1])),
                "You took one step too many: beta_1, ..., beta_t stand in betas[:t], "
                "since Python counts from 0."),
            "one step early": Mistake(
                (mix(lambda b, t: np.prod(1 - b[:max(t - 1, 0)])),
                 mix(lambda b, t: np.prod(1 - b[:t - 1])),
                 mix(lambda b, t: np.prod(1 - b[1:t])),
                 mix(lambda b, t: np.prod(1 - b[1:t + 1]))),
                "The steps do not begin with beta_1 and end with beta_t: those stand in "
                "betas[0], ..., betas[t - 1]."),
            "all steps": Mistake(
                mix(lambda b, t: np.prod(1 - b)),
                "You used all the betas. x_t has seen the first t steps only."),
            "sum": Mistake(
                (mix(lambda b, t: max(1 - b[:t].sum(), 0.0)),
                 mix(lambda b, t: 1 - b[:t].sum())),
                "You subtracted the sum of the betas from 1. Each step shrinks what the "
                "step before left: multiply the alphas."),
            "the last beta for all": Mistake(
                mix(lambda b, t: (1 - b[t - 1]) ** t),
                "You took the beta of step t in every step. The betas differ: multiply "
                "all their alphas, np.prod(1 - betas[:t])."),
            "one minus the product": Mistake(
                mix(lambda b, t: 1 - np.prod(b[:t])),
                "You took 1 minus the product of the betas. Take 1 - beta of each step "
                "first, then the product."),
            "cumprod": Mistake(
                mix(lambda b, t: np.cumprod(1 - b)[t]),
                "np.cumprod(1 - betas)[t] is alpha-bar of t + 1, because its first entry "
                "belongs to t = 1, and there is none for the last t. Put a 1 in front of "
                "the alphas."),
            "clean image fails": Mistake(
                mix(lambda b, t: np.cumprod(1 - b)[t - 1]),
                "All is right but t = 0: index -1 is the *last* alpha-bar. At t = 0 "
                "alpha-bar is the empty product, 1, and x_0 comes back."),
            "noise added": Mistake(
                (lambda x0, betas, t, eps: x0 + np.sqrt(
                    1 - abar_of(betas, t)) * eps,
                 lambda x0, betas, t, eps: x0 + eps),
                "You added noise to the full image. The image shrinks too, by "
                "sqrt(alpha-bar), so that the variance stays 1."),
            "no noise": Mistake(
                roots(np.sqrt, lambda a: 0 * a),
                "The noise is missing: add sqrt(1 - alpha-bar) * eps."),
            "noise by the betas": Mistake(
                lambda x0, betas, t, eps: np.sqrt(abar_of(betas, t)) * x0
                + np.sqrt(np.prod(betas[:t])) * eps,
                "The image is right, but the noise has the product of the betas. What "
                "is missing in the variance is 1 - alpha-bar."),
            "clipped": Mistake(
                lambda x0, betas, t, eps: np.clip(noisy_at(x0, betas, t, eps), -1, 1),
                "You clipped the noisy image. Noise may leave [-1, 1]; cut off, it is "
                "not normal any more."),
            "noise subtracted": Mistake(
                roots(np.sqrt, lambda a: -np.sqrt(1 - a)),
                "You subtracted the noise: that is as good statistically, but eps would "
                "no longer be what the network has to find. Add it."),
            "new noise": Mistake(
                lambda x0, betas, t, eps: _chain(x0, betas, t, eps),
                "You walked t steps and added the same eps in each. Independent noises "
                "add by their variances: use the closed form."),
        },
        ["alpha_t = 1 - beta_t. What is left of the image after t steps, each of which "
         "multiplies it by sqrt(alpha)?",
         "alpha-bar = np.prod(1 - betas[:t]); for t = 0 the product of nothing is 1.",
         "sqrt(alpha-bar) * x0 + sqrt(1 - alpha-bar) * eps"],
        independent=_noisy_by_logs,
        also_right=(lambda x0, betas, t, eps: (
            np.cumprod([1.0, *(1 - np.asarray(betas))])[t] ** 0.5 * np.asarray(x0)
            + (1 - np.cumprod([1.0, *(1 - np.asarray(betas))])[t]) ** 0.5 * eps),))


def _chain(x, betas, t, eps):
    for beta in betas[:t]:
        x = np.sqrt(1 - beta) * x + np.sqrt(beta) * eps
    return x


# --- velocity: image and noise back ----------------------------------------------------

def from_velocity(x, v, abar_t):
    """Return (x0, eps), image and noise of which x and v are mixtures."""
    a, b = np.sqrt(abar_t), np.sqrt(1 - abar_t)
    return a * x - b * v, b * x + a * v


def _velocity_by_solving(x, v, abar_t):
    a, b = math.sqrt(abar_t), math.sqrt(1 - abar_t)
    solved = np.linalg.solve(np.array([[a, b], [-b, a]]),
                             np.stack([np.ravel(x), np.ravel(v)]))
    return tuple(part.reshape(np.shape(x)) for part in solved)


def _from_velocity():
    def answer(first, second):
        """Return an answer from two functions of x, v, a and b."""
        def wrong(x, v, abar_t):
            a, b = np.sqrt(abar_t), np.sqrt(1 - abar_t)
            return first(x, v, a, b), second(x, v, a, b)
        return wrong

    def x0(x, v, a, b):
        return a * x - b * v

    def eps(x, v, a, b):
        return b * x + a * v

    def cases(rng):
        drawn = [(rng.standard_normal(shape), rng.standard_normal(shape), abar)
                 for shape, abar in (((3, 4), 0.7), ((5, 5), 0.13), ((2, 6), 0.95))]
        return [(np.array([[1.0]]), np.array([[0.3]]), 0.64), *drawn]

    return Exercise(
        "from_velocity", from_velocity, cases,
        {
            "no roots": Mistake(
                lambda x, v, abar_t: (abar_t * x - (1 - abar_t) * v,
                                      (1 - abar_t) * x + abar_t * v),
                "You took alpha-bar and 1 - alpha-bar as factors. They are a squared and "
                "b squared: take the square roots."),
            "half the roots": Mistake(
                lambda x, v, abar_t: (np.sqrt(abar_t) * x - (1 - abar_t) * v,
                                      (1 - abar_t) * x + np.sqrt(abar_t) * v),
                "a is a square root, but b is not: b = sqrt(1 - alpha-bar)."),
            "one minus the root": Mistake(
                (lambda x, v, abar_t: (
                    np.sqrt(abar_t) * x - (1 - np.sqrt(abar_t)) * v,
                    (1 - np.sqrt(abar_t)) * x + np.sqrt(abar_t) * v)),
                "Your a and b sum to 1. Their squares must: b = sqrt(1 - alpha-bar), "
                "not 1 - a."),
            "turned the other way": Mistake(
                answer(lambda x, v, a, b: a * x + b * v,
                       lambda x, v, a, b: -b * x + a * v),
                "You turned on by the angle in place of back: x0 = a x - b v, and "
                "eps = b x + a v."),
            "sign of x0": Mistake(
                answer(lambda x, v, a, b: a * x + b * v, eps),
                "The sign in x0 is wrong: eps stands in a x with the factor a b, and in "
                "b v with the same. Subtract, and eps cancels."),
            "sign of eps": Mistake(
                (answer(x0, lambda x, v, a, b: b * x - a * v),
                 answer(x0, lambda x, v, a, b: a * v - b * x)),
                "The sign in eps is wrong: x0 stands in b x with the factor a b, and in "
                "a v with - a b. Add, and x0 cancels."),
            "factors exchanged": Mistake(
                answer(lambda x, v, a, b: b * x - a * v,
                       lambda x, v, a, b: a * x + b * v),
                "a and b are exchanged: a = sqrt(alpha-bar) belongs to the image, "
                "b = sqrt(1 - alpha-bar) to the noise."),
            "v taken for eps": Mistake(
                (answer(lambda x, v, a, b: (x - b * v) / a, lambda x, v, a, b: v),
                 answer(lambda x, v, a, b: (x - b * v) / a, eps)),
                "You treated v as if it were the noise: x0 = (x - b eps) / a. Here the "
                "network gives v = a eps - b x0."),
            "v taken for x0": Mistake(
                answer(lambda x, v, a, b: v, lambda x, v, a, b: (x - a * v) / b),
                "You treated v as if it were the image. Here v = a eps - b x0."),
            "eps without the other": Mistake(
                (answer(x0, lambda x, v, a, b: (x - x0(x, v, a, b)) / b),
                 answer(x0, lambda x, v, a, b: x - x0(x, v, a, b))),
                "eps is not what is left when x0 is subtracted from x: x0 stands in x "
                "with the factor a, so eps = (x - a x0) / b."),
            "clipped": Mistake(
                (lambda x, v, abar_t: (np.clip(from_velocity(x, v, abar_t)[0], -1, 1),
                                       from_velocity(x, v, abar_t)[1]),),
                "You clipped x0. The sampler will do so where it is needed; here the two "
                "results must mix to x again."),
            "order": Mistake(
                lambda x, v, abar_t: from_velocity(x, v, abar_t)[::-1],
                "Image and noise stand in the other order: return x0 first."),
            "divided": Mistake(
                answer(lambda x, v, a, b: x / a - v / b,
                       lambda x, v, a, b: x / b + v / a),
                "You divided by the factors. Multiply: since a^2 + b^2 = 1, no division "
                "is needed, and that is the point of v."),
        },
        ["x = a x0 + b eps and v = a eps - b x0 are two equations for two unknowns. "
         "What is a x - b v?",
         "a = sqrt(abar_t), b = sqrt(1 - abar_t), and a^2 + b^2 = 1.",
         "x0 = a x - b v, eps = b x + a v"],
        independent=_velocity_by_solving,
        also_right=(lambda x, v, abar_t: (
            abar_t**0.5 * x - (1 - abar_t) ** 0.5 * v,
            (x - abar_t**0.5 * (abar_t**0.5 * x - (1 - abar_t) ** 0.5 * v))
            / (1 - abar_t) ** 0.5),))


# --- one step back, with noise ---------------------------------------------------------

def ancestral_step(x, eps, t, betas, z):
    """Return x_{t-1} from x_t and its noise; z is the noise that is added anew."""
    alpha, abar = 1 - betas[t - 1], np.prod(1 - betas[:t])
    mean = (x - betas[t - 1] / np.sqrt(1 - abar) * eps) / np.sqrt(alpha)
    return mean + np.sqrt(betas[t - 1]) * z if t > 1 else mean


def _ancestral_by_posterior(x, eps, t, betas, z):
    """Go through the estimate of x_0, and the mean of x_{t-1} given both."""
    abar = np.cumprod([1.0, *(1 - np.asarray(betas))])
    x0 = (x - math.sqrt(1 - abar[t]) * eps) / math.sqrt(abar[t])
    mean = (math.sqrt(abar[t - 1]) * betas[t - 1] * x0
            + math.sqrt(1 - betas[t - 1]) * (1 - abar[t - 1]) * x) / (1 - abar[t])
    return mean + (t > 1) * math.sqrt(betas[t - 1]) * z


def _ancestral_step():
    def parts(betas, t):
        return betas[t - 1], 1 - betas[t - 1], np.prod(1 - betas[:t])

    def answer(mean=lambda x, e, b, a, ab: (x - b / np.sqrt(1 - ab) * e) / np.sqrt(a),
               sigma=lambda b, a, ab: np.sqrt(b), last=False, at=parts):
        """Return an answer with another mean, deviation, or last step."""
        def wrong(x, eps, t, betas, z):
            b, a, ab = at(betas, t)
            noise = sigma(b, a, ab) * z if t > 1 or last else 0
            return mean(x, eps, b, a, ab) + noise
        return wrong

    def shifted(betas, t):
        t = min(t, len(betas) - 1)
        return betas[t], 1 - betas[t], np.prod(1 - betas[:t + 1])

    def step_only(betas, t):
        t_ = min(t, len(betas) - 1)
        return betas[t_], 1 - betas[t_], np.prod(1 - betas[:t])

    def beta_late(betas, t):
        return betas[t], 1 - betas[t], np.prod(1 - betas[:t])

    def both_late(betas, t):
        return betas[t], 1 - betas[t], np.cumprod(1 - betas)[t]

    def abar_late(betas, t):
        return betas[t - 1], 1 - betas[t - 1], np.cumprod(1 - betas)[t]

    def abar_early(betas, t):
        return betas[t - 1], 1 - betas[t - 1], np.prod(1 - betas[:t - 1]) - 1e-9

    def abar_before(betas, t):
        abar = np.prod(1 - betas[:max(t - 1, 1)])
        return betas[t - 1], 1 - betas[t - 1], abar

    def small_noise(x, eps, t, betas, z):
        b, a, ab = parts(betas, t)
        before = np.prod(1 - betas[:t - 1])
        return (x - b / np.sqrt(1 - ab) * eps) / np.sqrt(a) + np.sqrt(
            b * (1 - before) / (1 - ab)) * z

    def skips_too_early(x, eps, t, betas, z):
        return answer()(x, eps, t, betas, z if t > 2 else 0 * z)

    def cases(rng):
        made = [(np.array([[1.2]]), np.array([[0.5]]), 2, np.array([0.1, 0.3]),
                 np.array([[-0.7]]))]
        for shape, steps, t in (((2, 3), 5, 4), ((3, 3), 4, 1), ((4, 2), 7, 2),
                                ((2, 5), 6, 6), ((3, 4), 5, 1)):
            made.append((rng.standard_normal(shape), rng.standard_normal(shape), t,
                         rng.uniform(0.05, 0.4, steps), rng.standard_normal(shape)))
        return made

    return Exercise(
        "ancestral_step", ancestral_step, cases,
        {
            "noise at the last step": Mistake(
                answer(last=True),
                "You added noise at t = 1 as well. That step gives the image x_0 itself: "
                "nobody would remove this noise any more."),
            "variance for deviation": Mistake(
                (answer(sigma=lambda b, a, ab: b),
                 answer(sigma=lambda b, a, ab: b, last=True)),
                "You multiplied z by the variance beta. Noise of variance beta has the "
                "factor sqrt(beta)."),
            "no noise": Mistake(
                answer(sigma=lambda b, a, ab: 0 * b),
                "You added no noise. This step is a draw, not a mean: without z all "
                "details are averaged away."),
            "alpha for alpha-bar": Mistake(
                (answer(lambda x, e, b, a, ab: (x - b / np.sqrt(1 - a) * e) / np.sqrt(a)),
                 answer(lambda x, e, b, a, ab: (x - np.sqrt(b) * e) / np.sqrt(a))),
                "Under the root stands alpha of the one step. eps is all the noise in "
                "x_t, of deviation sqrt(1 - alpha-bar)."),
            "alpha-bar for alpha": Mistake(
                answer(lambda x, e, b, a, ab: (x - b / np.sqrt(1 - ab) * e)
                       / np.sqrt(ab)),
                "You divided by sqrt(alpha-bar). One step back undoes one shrinking: "
                "divide by sqrt(alpha_t)."),
            "all the way": Mistake(
                answer(lambda x, e, b, a, ab: (x - np.sqrt(1 - ab) * e) / np.sqrt(ab)),
                "You removed all the noise at once: that is the estimate of x_0. Go one "
                "step back only, with beta / sqrt(1 - alpha-bar)."),
            "x minus eps": Mistake(
                (answer(lambda x, e, b, a, ab: x - e),
                 answer(lambda x, e, b, a, ab: x - e, last=True),
                 lambda x, eps, t, betas, z: x - eps),
                "You subtracted the whole eps. It has deviation 1; only the share "
                "beta / sqrt(1 - alpha-bar) of it goes in this step."),
            "not grown": Mistake(
                answer(lambda x, e, b, a, ab: x - b / np.sqrt(1 - ab) * e),
                "The image was not made larger again: the forward step multiplied by "
                "sqrt(alpha), so divide the difference by it."),
            "grown without a root": Mistake(
                answer(lambda x, e, b, a, ab: (x - b / np.sqrt(1 - ab) * e) / a),
                "You divided by alpha. The forward step multiplied by sqrt(alpha): "
                "divide by the root."),
            "half grown": Mistake(
                answer(lambda x, e, b, a, ab: x / np.sqrt(a)
                       - b / np.sqrt(1 - ab) * e),
                "You divided x alone by sqrt(alpha). The brackets hold x and the noise: "
                "divide both."),
            "no root of the noise": Mistake(
                answer(lambda x, e, b, a, ab: (x - b / (1 - ab) * e) / np.sqrt(a)),
                "You divided by 1 - alpha-bar. The formula has its square root there."),
            "not divided": Mistake(
                answer(lambda x, e, b, a, ab: (x - b * e) / np.sqrt(a)),
                "eps is missing its divisor: the share of the noise that goes is beta / "
                "sqrt(1 - alpha-bar)."),
            "root of beta in the mean": Mistake(
                answer(lambda x, e, b, a, ab: (x - np.sqrt(b) / np.sqrt(1 - ab) * e)
                       / np.sqrt(a)),
                "The mean has beta itself, not its root; sqrt(beta) belongs to z."),
            "alpha in the mean": Mistake(
                answer(lambda x, e, b, a, ab: (x - a / np.sqrt(1 - ab) * e)
                       / np.sqrt(a)),
                "You took alpha where beta = 1 - alpha stands: only the small share "
                "beta / sqrt(1 - alpha-bar) of eps goes in one step."),
            "clipped": Mistake(
                lambda x, eps, t, betas, z: np.clip(
                    ancestral_step(x, eps, t, betas, z), -1, 1),
                "You clipped the result. x_{t-1} still holds noise, and that may leave "
                "[-1, 1]."),
            "z subtracted": Mistake(
                lambda x, eps, t, betas, z: ancestral_step(x, eps, t, betas, -z),
                "You subtracted z. That is as good a draw, but here the z that is given "
                "is to be added."),
            "noise added back": Mistake(
                answer(lambda x, e, b, a, ab: (x + b / np.sqrt(1 - ab) * e)
                       / np.sqrt(a)),
                "You added the estimated noise: that goes forward. Subtract it."),
            "next step": Mistake(
                (answer(at=shifted), answer(at=step_only), answer(at=beta_late),
                 answer(at=both_late)),
                "betas[t] belongs to step t + 1, because Python counts from 0, and for "
                "the last t there is none: beta_t is betas[t - 1], and its alpha-bar "
                "np.cumprod(1 - betas)[t - 1]."),
            "alpha-bar too late": Mistake(
                answer(at=abar_late),
                "np.cumprod(1 - betas)[t] is alpha-bar of t + 1, because its first entry "
                "belongs to t = 1, and there is none for the last t. Take [t - 1]."),
            "grown by beta": Mistake(
                answer(lambda x, e, b, a, ab: (x - b / np.sqrt(1 - ab) * e)
                       / np.sqrt(b)),
                "You divided by sqrt(beta). One step back undoes the shrinking by "
                "sqrt(alpha), and alpha = 1 - beta."),
            "product of the betas": Mistake(
                answer(at=lambda betas, t: (betas[t - 1], 1 - betas[t - 1],
                                            np.prod(betas[:t]))),
                "You multiplied the betas. alpha-bar is the product of the alphas, "
                "np.prod(1 - betas[:t])."),
            "noise only at the end": Mistake(
                lambda x, eps, t, betas, z: answer(last=True)(
                    x, eps, t, betas, z if t == 1 else 0 * z),
                "Your test is the wrong way round: z is added at every step *but* "
                "t = 1."),
            "full noise": Mistake(
                (answer(sigma=lambda b, a, ab: 1),
                 answer(sigma=lambda b, a, ab: 1, last=True)),
                "You added the whole z, of deviation 1. The step adds noise of variance "
                "beta_t: sqrt(beta_t) * z."),
            "alpha-bar too early": Mistake(
                (answer(at=abar_early), answer(at=abar_before),
                 answer(at=lambda betas, t: (betas[t - 1], 1 - betas[t - 1],
                                             np.prod(1 - betas[:t - 1])))),
                "Your alpha-bar is that of t - 1. eps is the noise of x_t: take the "
                "product of t alphas, betas[:t]."),
            "grown noise": Mistake(
                lambda x, eps, t, betas, z: answer(
                    lambda x, e, b, a, ab: x * 0)(x, eps, t, betas, z)
                / np.sqrt(1 - betas[t - 1]) + ancestral_step(x, eps, t, betas, 0 * z),
                "z stands inside the brackets in your code, and was divided by "
                "sqrt(alpha) too. Add it after the division."),
            "other variance": Mistake(
                small_noise,
                "That is the other variance in use, beta times (1 - alpha-bar before) / "
                "(1 - alpha-bar). It is right mathematics; this exercise asks for "
                "beta_t."),
            "skipped too early": Mistake(
                skips_too_early,
                "You left out the noise at t = 2 too. Only the last step, t = 1, has "
                "none."),
        },
        ["What are beta_t, alpha_t and alpha-bar_t in terms of betas? Python counts "
         "from 0, the steps from 1.",
         "alpha = 1 - betas[t - 1], abar = np.prod(1 - betas[:t]); the mean is (x - "
         "beta / sqrt(1 - abar) * eps) / sqrt(alpha).",
         "Add sqrt(beta) * z, but nothing if t == 1."],
        independent=_ancestral_by_posterior)


# --- one step of DDIM ------------------------------------------------------------------

def ddim_step(x, x0, abar_t, abar_s):
    """Return (x_s, eps): x0 is clipped, then mixed again with the noise that fits."""
    x0 = np.clip(x0, -1, 1)
    eps = (x - np.sqrt(abar_t) * x0) / np.sqrt(1 - abar_t)
    return np.sqrt(abar_s) * x0 + np.sqrt(1 - abar_s) * eps, eps


def _ddim_by_line(x, x0, abar_t, abar_s):
    """x_s lies on the line through x_t and the clipped image; no eps in between."""
    x0 = np.minimum(np.maximum(x0, -1), 1)
    scale = math.sqrt((1 - abar_s) / (1 - abar_t))
    x_s = scale * x + (math.sqrt(abar_s) - math.sqrt(abar_t) * scale) * x0
    return x_s, (x - math.sqrt(abar_t) * x0) / math.sqrt(1 - abar_t)


def _ddim_step():
    def noise(x, x0, abar_t):
        return (x - np.sqrt(abar_t) * x0) / np.sqrt(1 - abar_t)

    def mixed(x0, eps, abar):
        return np.sqrt(abar) * x0 + np.sqrt(1 - abar) * eps

    def unclipped(x, x0, abar_t, abar_s):
        eps = noise(x, x0, abar_t)
        return mixed(x0, eps, abar_s), eps

    def old_noise(x, x0, abar_t, abar_s):
        eps = noise(x, x0, abar_t)
        return mixed(np.clip(x0, -1, 1), eps, abar_s), eps

    def old_image(x, x0, abar_t, abar_s):
        eps = noise(x, np.clip(x0, -1, 1), abar_t)
        return mixed(x0, eps, abar_s), eps

    def x_for_x0(x, x0, abar_t, abar_s):
        eps = ddim_step(x, x0, abar_t, abar_s)[1]
        return mixed(x, eps, abar_s), eps

    def stays(x, x0, abar_t, abar_s):
        eps = ddim_step(x, x0, abar_t, abar_s)[1]
        return mixed(np.clip(x0, -1, 1), eps, abar_t), eps

    def eps_at_s(x, x0, abar_t, abar_s):
        x0 = np.clip(x0, -1, 1)
        eps = noise(x, x0, abar_s)
        return mixed(x0, eps, abar_s), eps

    def exchanged(x, x0, abar_t, abar_s):
        x0 = np.clip(x0, -1, 1)
        eps = noise(x, x0, abar_s)
        return mixed(x0, eps, abar_t), eps

    def variances(x, x0, abar_t, abar_s):
        x0 = np.clip(x0, -1, 1)
        eps = noise(x, x0, abar_t)
        return np.sqrt(abar_s) * x0 + (1 - abar_s) * eps, eps

    def no_roots(x, x0, abar_t, abar_s):
        x0 = np.clip(x0, -1, 1)
        eps = (x - abar_t * x0) / (1 - abar_t)
        return abar_s * x0 + (1 - abar_s) * eps, eps

    def variance_below(x, x0, abar_t, abar_s):
        x0 = np.clip(x0, -1, 1)
        eps = (x - np.sqrt(abar_t) * x0) / (1 - abar_t)
        return mixed(x0, eps, abar_s), eps

    def not_divided(x, x0, abar_t, abar_s):
        x0 = np.clip(x0, -1, 1)
        eps = x - np.sqrt(abar_t) * x0
        return mixed(x0, eps, abar_s), eps

    def full_image(x, x0, abar_t, abar_s):
        x0 = np.clip(x0, -1, 1)
        eps = (x - x0) / np.sqrt(1 - abar_t)
        return mixed(x0, eps, abar_s), eps

    def one_alpha(x, x0, abar_t, abar_s):
        x0 = np.clip(x0, -1, 1)
        eps = noise(x, x0, abar_t)
        return mixed(x0, eps, abar_t / abar_s), eps

    def subtracted(x, x0, abar_t, abar_s):
        x0 = np.clip(x0, -1, 1)
        eps = noise(x, x0, abar_t)
        return np.sqrt(abar_s) * x0 - np.sqrt(1 - abar_s) * eps, eps

    def clip_to(low, high):
        def answer(x, x0, abar_t, abar_s):
            return unclipped(x, np.clip(x0, low, high), abar_t, abar_s)
        return answer

    def clips_x(x, x0, abar_t, abar_s):
        x_s, eps = unclipped(x, x0, abar_t, abar_s)
        return np.clip(x_s, -1, 1), eps

    def clips_both(x, x0, abar_t, abar_s):
        x_s, eps = ddim_step(x, x0, abar_t, abar_s)
        return np.clip(x_s, -1, 1), eps

    def only_image(x, x0, abar_t, abar_s):
        return np.clip(x0, -1, 1), ddim_step(x, x0, abar_t, abar_s)[1]

    def clips_x_first(x, x0, abar_t, abar_s):
        return ddim_step(np.clip(x, -1, 1), x0, abar_t, abar_s)

    def clips_eps(x, x0, abar_t, abar_s):
        x0 = np.clip(x0, -1, 1)
        eps = np.clip(noise(x, x0, abar_t), -1, 1)
        return mixed(x0, eps, abar_s), eps

    def gives_image(x, x0, abar_t, abar_s):
        return ddim_step(x, x0, abar_t, abar_s)[0], np.clip(x0, -1, 1)

    def cases(rng):
        made = [(np.array([[1.5]]), np.array([[1.3]]), 0.36, 0.64)]
        for shape, abar_t, abar_s in (((2, 3), 0.1, 0.3), ((4, 4), 0.5, 0.9),
                                      ((3, 5), 0.02, 0.2), ((5, 2), 0.8, 1.0)):
            made.append((rng.standard_normal(shape), 1.2 * rng.standard_normal(shape),
                         abar_t, abar_s))
        return made

    return Exercise(
        "ddim_step", ddim_step, cases,
        {
            "not clipped": Mistake(
                unclipped,
                "You did not clip x0. Bring it into [-1, 1] first: no pixel of a digit "
                "lies outside."),
            "old noise": Mistake(
                old_noise,
                "You computed eps with the old x0, before clipping. The clipped x0 and "
                "eps must still give x together: clip first."),
            "old image": Mistake(
                old_image,
                "eps fits the clipped x0, but the mixture holds the old one. Use the "
                "clipped x0 in both places."),
            "x for x0": Mistake(
                x_for_x0,
                "The mixture holds the noisy x in place of the estimate x0: noise then "
                "stays in it for good."),
            "stays at t": Mistake(
                stays,
                "You mixed with alpha-bar of t: that gives x_t back. The new mixture has "
                "the factors of s."),
            "noise of s": Mistake(
                eps_at_s,
                "You computed eps with alpha-bar of s. x is x_t, so its noise has the "
                "factor sqrt(1 - abar_t)."),
            "times exchanged": Mistake(
                exchanged,
                "abar_t and abar_s are exchanged: find eps at t, where x is, and mix at "
                "s, where you go."),
            "variance for deviation": Mistake(
                variances,
                "The noise has the factor 1 - abar_s, a variance. Take its square "
                "root."),
            "divided by the variance": Mistake(
                variance_below,
                "You divided by 1 - abar_t, a variance. The noise in x has the factor "
                "sqrt(1 - abar_t)."),
            "no roots": Mistake(
                no_roots,
                "All your factors lack the square root: alpha-bar and 1 - alpha-bar are "
                "squares."),
            "not divided": Mistake(
                not_divided,
                "x - sqrt(abar_t) x0 is the noise with its factor. Divide by "
                "sqrt(1 - abar_t) to get eps, of deviation near 1."),
            "full image subtracted": Mistake(
                full_image,
                "You subtracted the full x0 from x. It is in x with the factor "
                "sqrt(abar_t)."),
            "alpha of the step": Mistake(
                one_alpha,
                "You mixed with abar_t / abar_s, which is alpha between s and t. x_s has "
                "the shares of abar_s itself."),
            "noise subtracted": Mistake(
                subtracted,
                "You subtracted eps in the mixture: that mirrors the noise. x_s = "
                "sqrt(abar_s) x0 + sqrt(1 - abar_s) eps."),
            "clipped to 0 and 1": Mistake(
                clip_to(0, 1),
                "You clipped to [0, 1]. Inside the network black is -1: clip to "
                "[-1, 1]."),
            "x clipped": Mistake(
                (clips_x, clips_both),
                "You clipped the noisy x_s. Noise may leave [-1, 1]; only the estimate "
                "x0 is a picture and is clipped."),
            "x clipped first": Mistake(
                clips_x_first,
                "You clipped the noisy x as well. Only the estimate x0 is a picture; x "
                "holds noise, and may leave [-1, 1]."),
            "noise clipped": Mistake(
                clips_eps,
                "You clipped eps. It is normal noise, of deviation near 1: a third of "
                "its values lie outside [-1, 1]."),
            "image for noise": Mistake(
                gives_image,
                "The second result is the clipped x0. Return the noise eps that you "
                "found."),
            "image alone": Mistake(
                only_image,
                "You returned the clean estimate as x_s. Mix it again with its noise, "
                "for the level of s."),
            "order": Mistake(
                lambda x, x0, abar_t, abar_s: ddim_step(x, x0, abar_t, abar_s)[::-1],
                "The two results stand in the other order: return x_s first, then eps."),
        },
        ["Three lines: clip x0; find the eps for which x = sqrt(abar_t) x0 + "
         "sqrt(1 - abar_t) eps; mix again.",
         "eps = (x - sqrt(abar_t) * x0) / sqrt(1 - abar_t), with the clipped x0.",
         "x_s = sqrt(abar_s) * x0 + sqrt(1 - abar_s) * eps; return x_s, eps."],
        independent=_ddim_by_line)


# --- guidance --------------------------------------------------------------------------

def guided(v_label, v_none, w):
    """Return the guided velocity: from v_none through v_label, w times as far."""
    return v_none + w * (v_label - v_none)


def _guided_by_weights(v_label, v_none, w):
    return np.average([v_label, v_none], axis=0, weights=[w, 1 - w])


def _guided():
    def cases(rng):
        made = [(np.array([[1.0]]), np.array([[0.4]]), 1.5)]
        for shape, w in (((2, 3), 3.0), ((4, 4), 0.0), ((3, 5), 1.0), ((5, 2), 0.7),
                         ((2, 2), 2.2), ((2, 4), -0.6)):
            made.append((rng.standard_normal(shape), rng.standard_normal(shape), w))
        return made

    return Exercise(
        "guided", guided, cases,
        {
            "sign reversed": Mistake(
                lambda v_label, v_none, w: v_none - w * (v_label - v_none),
                "Your guidance goes away from the label: the difference points from "
                "v_none to v_label, and w times it is added."),
            "exchanged": Mistake(
                lambda v_label, v_none, w: v_label + w * (v_none - v_label),
                "With and without label are exchanged: for w = 1 the result must be "
                "v_label, for w = 0 it must be v_none."),
            "from the label": Mistake(
                (lambda v_label, v_none, w: v_label + w * (v_label - v_none),
                 lambda v_label, v_none, w: (1 + w) * v_label - w * v_none),
                "That is the other convention, which begins at v_label: its w is smaller "
                "by 1. Here w = 0 means no label, and w = 1 the label without "
                "guidance."),
            "label alone": Mistake(
                lambda v_label, v_none, w: w * np.asarray(v_label),
                "You multiplied v_label by w. Guidance enlarges the *difference* that "
                "the label makes, not the velocity."),
            "sum": Mistake(
                lambda v_label, v_none, w: v_none + w * v_label,
                "You added w v_label. Add w times the difference v_label - v_none."),
            "difference alone": Mistake(
                lambda v_label, v_none, w: w * (v_label - v_none),
                "The starting point is missing: add v_none to w times the difference."),
            "no guidance": Mistake(
                lambda v_label, v_none, w: v_label,
                "w has no effect: you returned the velocity with the label."),
            "half": Mistake(
                (lambda v_label, v_none, w: (v_none + w * v_label) / (1 + w),
                 lambda v_label, v_none, w: (v_label + w * v_none) / (1 + w)),
                "You took a weighted mean. Guidance goes beyond: the weights are w and "
                "1 - w, and 1 - w is negative for w > 1."),
            "absolute w": Mistake(
                lambda v_label, v_none, w: v_none + abs(w) * (v_label - v_none),
                "You took the absolute value of w. A negative w is allowed: it goes away "
                "from the label."),
            "not negative": Mistake(
                lambda v_label, v_none, w: v_none + max(w, 0) * (v_label - v_none),
                "You replaced negative w by 0. They are allowed: they go away from the "
                "label."),
            "whole numbers": Mistake(
                lambda v_label, v_none, w: v_none + int(w) * (v_label - v_none),
                "You rounded w to a whole number. It may be any number, such as 1.5."),
            "sign of the rest": Mistake(
                lambda v_label, v_none, w: w * v_label - (1 - w) * v_none,
                "The weight of v_none is 1 - w, and it is added: v_none + w (v_label - "
                "v_none) = w v_label + (1 - w) v_none."),
            "plain mean": Mistake(
                lambda v_label, v_none, w: (v_label + v_none) / 2,
                "You took the mean of both, whatever w is: w = 1 must give v_label, "
                "w = 0 v_none."),
            "one less": Mistake(
                lambda v_label, v_none, w: v_none + (w - 1) * (v_label - v_none),
                "You went w - 1 times as far: w = 1 must give v_label, not v_none."),
            "clipped": Mistake(
                lambda v_label, v_none, w: np.clip(guided(v_label, v_none, w), -1, 1),
                "You clipped the velocity. It is no image: it may leave [-1, 1]."),
            "absolute": Mistake(
                lambda v_label, v_none, w: v_none + w * np.abs(v_label - v_none),
                "You took the absolute difference. The sign of each pixel tells in which "
                "direction the label pulls: keep it."),
            "capped": Mistake(
                lambda v_label, v_none, w: v_none + min(w, 1) * (v_label - v_none),
                "You stopped at w = 1. Values above 1 are the point: they go beyond "
                "v_label."),
        },
        ["Think of a line through two points: w = 0 is v_none, w = 1 is v_label. Where "
         "is w = 2?",
         "v_label - v_none is what the label changes. Take w times as much of it.",
         "v_none + w * (v_label - v_none)"],
        independent=_guided_by_weights)


# --- super-resolution: agree with the small image --------------------------------------

def match_means(x0, small):
    """Return x0, every 2 x 2 block shifted so that its mean is the pixel of small."""
    means = x0.reshape(small.shape[0], 2, small.shape[1], 2).mean(axis=(1, 3))
    return x0 + np.repeat(np.repeat(small - means, 2, axis=0), 2, axis=1)


def _match_by_blocks(x0, small):
    result = np.zeros(np.shape(x0))
    for i in range(len(small)):
        for j in range(len(small[0])):
            block = x0[2 * i:2 * i + 2, 2 * j:2 * j + 2]
            result[2 * i:2 * i + 2, 2 * j:2 * j + 2] = (
                block + small[i][j] - sum(block.ravel()) / 4)
    return result


def _match_means():
    def down(x0):
        M, N = x0.shape
        return x0.reshape(M // 2, 2, N // 2, 2).mean(axis=(1, 3))

    def up(s):
        return np.repeat(np.repeat(s, 2, axis=0), 2, axis=1)

    def tiled(x0, small):
        return x0 + np.tile(small - down(x0), (2, 2))

    def corners(x0, small):
        result = x0.copy()
        result[::2, ::2] = small
        return result

    def misread(x0, small):
        means = x0.reshape(2, small.shape[0], 2, small.shape[1]).mean(axis=(0, 2))
        return x0 + up(small - means)

    def one_pixel(x0, small):
        result = x0.copy()
        result[::2, ::2] += 4 * (small - down(x0))
        return result

    def in_a_row(x0, small):
        return x0 + np.repeat(small - down(x0), 4).reshape(x0.shape)

    def cases(rng):
        return [(np.array([[0.5, -0.25], [1.0, 0.0]]), np.array([[0.4]])),
                *[(rng.uniform(-1, 1, (2 * m, 2 * n)), rng.uniform(-1, 1, (m, n)))
                  for m, n in ((2, 3), (3, 3), (4, 2), (5, 5))]]

    return Exercise(
        "match_means", match_means, cases,
        {
            "sign": Mistake(
                lambda x0, small: x0 - up(small - down(x0)),
                "You moved each block away from its pixel of the small image: add small "
                "minus the mean, not the other way round."),
            "replaced": Mistake(
                lambda x0, small: up(small),
                "You returned the enlarged small image: all details of x0 are gone. "
                "Shift each block of x0 instead."),
            "means not subtracted": Mistake(
                lambda x0, small: x0 + up(small),
                "You added the small image without taking the old mean of each block "
                "away."),
            "only centred": Mistake(
                lambda x0, small: x0 - up(down(x0)),
                "You took the mean of each block away, but did not add the pixel of the "
                "small image."),
            "quarter": Mistake(
                lambda x0, small: x0 + up(small - down(x0)) / 4,
                "You spread the difference over the four pixels, a quarter each. If the "
                "mean shall rise by d, every pixel rises by d."),
            "sum": Mistake(
                lambda x0, small: x0 + up(small - 4 * down(x0)),
                "You compared with the sum of each block. Its mean is a quarter of "
                "that."),
            "tiled": Mistake(
                tiled,
                "You tiled the differences: copies of the whole small image side by "
                "side. Repeat each pixel instead, np.repeat along both axes."),
            "corner replaced": Mistake(
                corners,
                "You put the small image into every second pixel. A pixel of it is the "
                "mean of four, not the first one of them."),
            "corner shifted": Mistake(
                lambda x0, small: x0 + up(small - x0[::2, ::2]),
                "You compared with the first pixel of each block. Compare with the mean "
                "of all four."),
            "whole mean": Mistake(
                lambda x0, small: x0 + small.mean() - x0.mean(),
                "You shifted the whole image. Each block has its own difference."),
            "blocks misread": Mistake(
                misread,
                "Your reshape puts pixels of different blocks together. Use (M/2, 2, "
                "N/2, 2) and average over axes 1 and 3."),
            "scaled": Mistake(
                lambda x0, small: x0 * up(small / down(x0)),
                "You scaled each block to the right mean. With a mean near 0 that "
                "explodes; shift the block instead."),
            "clipped": Mistake(
                lambda x0, small: np.clip(match_means(x0, small), -1, 1),
                "You clipped the result: then the means no longer agree. The sampler "
                "clips where it is needed."),
            "clipped to 0 and 1": Mistake(
                lambda x0, small: np.clip(match_means(x0, small), 0, 1),
                "You clipped the result to [0, 1]. Inside the network black is -1, and "
                "clipped blocks lose their mean: do not clip."),
            "shift alone": Mistake(
                lambda x0, small: up(small - down(x0)),
                "You returned the shift of each block alone. Add it to x0."),
            "one pixel moved": Mistake(
                one_pixel,
                "You moved one pixel of each block by four times the difference. Its "
                "mean is right then, but all four pixels are to move, alike."),
            "repeated in a row": Mistake(
                in_a_row,
                "np.repeat(..., 4) puts four copies in one row, and reshape does not "
                "make blocks of them. Repeat by 2 along each axis."),
            "medians": Mistake(
                lambda x0, small: x0 + up(small - np.median(
                    x0.reshape(small.shape[0], 2, small.shape[1], 2), axis=(1, 3))),
                "You compared with the median of each block. The camera gave means."),
            "halfway": Mistake(
                lambda x0, small: (x0 + up(small)) / 2,
                "You averaged x0 with the enlarged small image. The means then agree "
                "half, and the details are halved too."),
        },
        ["What is the mean of each 2 x 2 block of x0? By how much must it change?",
         "x0.reshape(m, 2, n, 2).mean(axis=(1, 3)) gives the means, (m, n) the shape of "
         "small.",
         "Enlarge small - means by np.repeat along both axes, and add it to x0."],
        independent=_match_by_blocks)
