"""Exercises of page 10: multi-layer perceptrons."""

from itertools import permutations

import numpy as np

from course_utils.exercise import Exercise, Mistake


def make_exercises():
    """Return the exercises of the page, in its order."""
    return [_perceptron_epoch(), _cross_entropy(), _count_parameters(), _layer_backward(),
            _hidden_gradient(), _momentum_step()]


# --- one epoch of the perceptron ---------------------------------------------------------

def perceptron_epoch(X, y, w):
    """Return w after one pass: add y x wherever y (w . x) is not positive."""
    X1 = np.c_[np.ones(len(X)), X]
    for x, target in zip(X1, y, strict=True):
        if target * (w @ x) <= 0:
            w = w + target * x
    return w


def _epoch_in_plain_python(X, y, w):
    w = [float(value) for value in w]
    for row, target in zip(X, y, strict=True):
        row = [1.0, *map(float, row)]
        if sum(a * b for a, b in zip(w, row, strict=True)) * target <= 0:
            w = [a + float(target) * b for a, b in zip(w, row, strict=True)]
    return w


def _epoch_by_signs(X, y, w):
    w = np.array(w, float)
    for k in range(len(X)):
        if np.sign(w[0] + X[k] @ w[1:]) != y[k]:
            w[0] += y[k]
            w[1:] += y[k] * X[k]
    return w


def _perceptron_epoch():
    def rule(*, wrong=lambda score: score <= 0, factor=1, column=0, bias=1,
             change=lambda x, target, score, w: target * x):
        """Return an answer in which one thing is done in another way."""
        def answer(X, y, w):
            X1 = np.insert(X, column if column == 0 else X.shape[1], 1, axis=1)
            w = np.array(w, float)
            keep = np.ones(len(w))
            keep[0] = bias
            for x, target in zip(X1, y, strict=True):
                score = target * (w @ x)
                if wrong(score):
                    w = w + factor * keep * change(x, target, score, w)
            return w
        return answer

    def no_bias_at_all(X, y, w):
        w = np.array(w, float)
        for x, target in zip(X, y, strict=True):
            if target * (w[1:] @ x) <= 0:
                w[1:] += target * x
        return w

    def all_at_once(X, y, w):
        X1 = np.c_[np.ones(len(X)), X]
        wrong = y * (X1 @ w) <= 0
        return w + (y[wrong, None] * X1[wrong]).sum(0)

    def mean_at_once(X, y, w):
        X1 = np.c_[np.ones(len(X)), X]
        wrong = y * (X1 @ w) <= 0
        return w + (y[wrong, None] * X1[wrong]).sum(0) / len(X)

    def from_zero(X, y, w):
        return perceptron_epoch(X, y, np.zeros(len(w)))

    def until_right(X, y, w):
        for _ in range(1000):
            before, w = w, perceptron_epoch(X, y, w)
            if np.array_equal(before, w):
                break
        return w

    def first_only(X, y, w):
        X1 = np.c_[np.ones(len(X)), X]
        for x, target in zip(X1, y, strict=True):
            if target * (w @ x) <= 0:
                return w + target * x
        return w

    def without_target_in_test(X, y, w):
        for x, target in zip(np.c_[np.ones(len(X)), X], y, strict=True):
            if w @ x <= 0:
                w = w + target * x
        return w

    def after_the_first(X, y, w):
        return perceptron_epoch(X[:1], y[:1], w)

    def other_score(score):
        def answer(X, y, w):
            for x, target in zip(X, y, strict=True):
                if score(w, x, target) <= 0:
                    w = w + target * np.r_[1, x]
            return w
        return answer

    def targets_of_01(X, y, w):
        for x, target in zip(np.c_[np.ones(len(X)), X], y > 0, strict=True):
            if target * (w @ x) <= 0:
                w = w + target * x
        return w

    def labels_of_01(X, y, w):
        for x, target in zip(np.c_[np.ones(len(X)), X], y, strict=True):
            w = w + (target - float(w @ x > 0)) * x
        return w

    def by_predictions(at_zero, change):
        def answer(X, y, w):
            for x, target in zip(np.c_[np.ones(len(X)), X], y, strict=True):
                guess = np.sign(w @ x) or at_zero
                w = w + change(target, guess) * x
            return w
        return answer

    def cases(rng):
        X = rng.normal(size=(9, 2)).round(2)
        far = rng.normal(size=(12, 4)).round(2) + 1
        return [(np.array([[2.0, 1.0], [-1.0, 3.0], [0.5, -2.0]]), np.array([1, -1, -1]),
                 np.zeros(3)),
                (np.array([[1.0, -3.0], [2.5, 1.0], [1.5, 1.0], [-2.0, 1.0]]),
                 np.array([-1, -1, 1, 1]), np.array([0.5, -1.0, 2.0])),
                (X, np.where(X[:, 0] + 0.7 * X[:, 1] > 0.3, 1, -1),
                 np.array([2.0, 1.0, -1.0])),
                (far, rng.choice([-1, 1], 12), rng.normal(size=5).round(2))]

    return Exercise(
        "perceptron_epoch", perceptron_epoch, cases,
        {
            "wrong sign": Mistake(
                rule(factor=-1),
                "You subtracted y x: each update moves the line the wrong way, and the "
                "example gets worse. Add y x."),
            "target forgotten": Mistake(
                rule(change=lambda x, target, score, w: x),
                "You added x without its target. An example of class -1 has to be "
                "subtracted: add y * x."),
            "target forgotten in the test": Mistake(
                without_target_in_test,
                "You tested w . x <= 0 without the target. For class -1 a negative "
                "product is right: test y * (w . x) <= 0."),
            "updates the right ones": Mistake(
                (rule(wrong=lambda score: score > 0), rule(wrong=lambda score: score >= 0)),
                "You updated the examples that are already right. Update where "
                "y * (w . x) <= 0."),
            "updates all": Mistake(
                rule(wrong=lambda score: True),
                "You updated at every example. Only those on the wrong side, or on the "
                "line, change w."),
            "zero counted as right": Mistake(
                rule(wrong=lambda score: score < 0),
                "A product of exactly 0 has to count as wrong. With < instead of <=, a "
                "start from w = 0 learns nothing at all."),
            "bias not updated": Mistake(
                rule(bias=0),
                "You never change the bias w[0]. It is the weight of the constant 1, "
                "and its update is y * 1."),
            "missing bias": Mistake(
                no_bias_at_all,
                "You left the bias out of the product and of the update, so your line "
                "always passes through the origin. Put a 1 in front of each x."),
            "bias last": Mistake(
                rule(column=-1),
                "You put the 1 behind the features. Here w[0] is the bias, so the 1 has "
                "to stand in front of them."),
            "all at once": Mistake(
                all_at_once,
                "You judged all examples with the same w and summed the updates. In this "
                "rule each update is used at once, for the next example."),
            "mean at once": Mistake(
                mean_at_once,
                "You took one step with the mean of all updates. The rule updates w "
                "after every single wrong example."),
            "started from zero": Mistake(
                (from_zero, lambda X, y, w: perceptron_epoch(X, y, np.zeros(len(w)) + 0)),
                "You started from zeros. Start from the given w: it holds what the "
                "epochs before have learnt."),
            "until nothing is wrong": Mistake(
                until_right,
                "You repeated the pass until nothing was wrong. The exercise asks for "
                "one pass only; on XOR yours would never end."),
            "stopped at the first": Mistake(
                first_only,
                "You returned after the first update. Go on through all examples: is "
                "`return` inside the loop?"),
            "returned after the first example": Mistake(
                after_the_first,
                "You returned after the first example: `return` stands inside the loop. "
                "Move it to the left, below the loop."),
            "bias missing in the test": Mistake(
                other_score(lambda w, x, target: target * (w[1:] @ x)),
                "You left the bias out of the test: w . x includes w[0] * 1."),
            "target outside the bracket": Mistake(
                (other_score(lambda w, x, target: target * (w[1:] @ x) + w[0]),
                 other_score(lambda w, x, target: target * w[0] + w[1:] @ x)),
                "The target multiplies the whole product, the bias as well: "
                "y * (w . x + b)."),
            "half a step on the line": Mistake(
                by_predictions(0, lambda t, guess: (t - guess) / 2),
                "On the line the sign is 0, and your update is half as long there. Test "
                "y * (w . x) <= 0, and add the whole y x."),
            "zero predicted as -1": Mistake(
                by_predictions(-1, lambda t, guess: t * (guess != t)),
                "You predict -1 where the product is 0, so that examples of class -1 on "
                "the line count as right. On the line is wrong for both classes."),
            "targets of 0 and 1": Mistake(
                targets_of_01,
                "Examples of class -1 never change your w. The targets here are -1 and "
                "+1, not 0 and 1."),
            "step of a half": Mistake(
                (rule(factor=0.5), rule(factor=0.1), rule(factor=0.01)),
                "You multiplied the update by a learning rate. The perceptron adds the "
                "whole y x."),
            "zero predicted as +1": Mistake(
                (by_predictions(1, lambda t, guess: t * (guess != t)),),
                "You predict +1 where the product is 0, so that examples of class +1 on "
                "the line count as right. On the line is wrong for both classes."),
            "step doubled": Mistake(
                (rule(factor=2), by_predictions(1, lambda t, guess: t - guess),
                 by_predictions(-1, lambda t, guess: t - guess),
                 by_predictions(0, lambda t, guess: t - guess)),
                "Your updates are twice as long. (target - prediction) is 2 y for "
                "targets of -1 and 1: add y x, once."),
            "predictions of 0 and 1": Mistake(
                labels_of_01,
                "You compared with predictions 0 and 1, but the targets are -1 and 1. "
                "Compare signs, or test y * (w . x) <= 0."),
            "gradient of the squared error": Mistake(
                (rule(wrong=lambda score: True,
                      change=lambda x, target, score, w: (target - w @ x) * x),
                 rule(change=lambda x, target, score, w: (target - w @ x) * x)),
                "You multiplied x by the error y - w . x: that is least squares. The "
                "perceptron adds y x, however large the error."),
            "hinge": Mistake(
                rule(wrong=lambda score: score < 1),
                "You updated wherever y * (w . x) is below 1. That is the hinge loss of "
                "a support vector machine; the perceptron asks for <= 0."),
        },
        ["Which column do you have to put in front of X, so that w[0] takes part in the "
         "product like any other weight?",
         "Loop over the rows: if target * (w @ x) <= 0, then w = w + target * x.",
         "Write w = w + ..., not w += ...: the second changes the caller's array."],
        independent=_epoch_in_plain_python,
        also_right=(_epoch_by_signs,))


# --- cross-entropy -----------------------------------------------------------------------

def cross_entropy(Z, u):
    """Return the mean of log(sum_k exp(z_k)) - z_u over the rows of Z."""
    Z = Z - Z.max(axis=1, keepdims=True)
    log_p = Z - np.log(np.exp(Z).sum(axis=1, keepdims=True))
    return -log_p[np.arange(len(u)), u].mean()


def _scipy_cross_entropy(Z, u):
    from scipy.special import logsumexp

    return np.mean([logsumexp(row) - row[k] for row, k in zip(Z, u, strict=True)])


def _entropy_by_rows(Z, u):
    from math import exp, log

    total = 0.0
    for row, k in zip(np.asarray(Z, float).tolist(), u, strict=True):
        top = max(row)
        total += top + log(sum(exp(z - top) for z in row)) - row[k]
    return total / len(u)


def _entropy_by_logaddexp(Z, u):
    return np.mean(np.logaddexp.reduce(Z, axis=1) - np.take_along_axis(
        np.asarray(Z), np.asarray(u)[:, None], 1)[:, 0])


def _cross_entropy():
    def chosen(log_p, u):
        return log_p[np.arange(len(u)), u]

    def stable(Z, axis=1):
        Z = Z - Z.max(axis=axis, keepdims=True)
        return Z - np.log(np.exp(Z).sum(axis=axis, keepdims=True))

    def softmax(Z):
        P = np.exp(Z - Z.max(1, keepdims=True))
        return P / P.sum(1, keepdims=True)

    def overflowing(Z):
        return np.exp(Z) / np.exp(Z).sum(1, keepdims=True)

    def without_largest(Z, axis=1):
        return Z - np.log(np.exp(Z).sum(axis=axis, keepdims=True))

    ways = (stable, lambda Z: np.log(softmax(Z)), without_largest,
            lambda Z: np.log(overflowing(Z)),
            lambda Z: np.log(softmax(Z) + 1e-12))

    def each(rule):
        """Return the answers that apply ``rule`` to log p, computed in several ways."""
        return tuple(lambda Z, u, way=way: rule(way(Z), u) for way in ways)

    def plain_log_of_all(probabilities):
        def answer(Z, u):
            hot = np.eye(Z.shape[1])[u]
            return -(hot * np.log(probabilities(Z))).sum(1).mean()
        return answer

    def kept_from_zero(tiny, probabilities=softmax):
        return (lambda Z, u: -np.log(chosen(probabilities(Z), u) + tiny).mean(),
                lambda Z, u: -np.log(np.maximum(chosen(probabilities(Z), u), tiny)).mean())

    smallest = [*(10.0 ** -k for k in range(2, 21)), np.finfo(float).eps,
                np.finfo(np.float32).eps, 1e-30, 1e-50, 1e-100, 1e-300,
                np.finfo(float).tiny]

    def overflow_clipped(top):
        def answer(Z, u):
            return -np.log(chosen(overflowing(np.clip(Z, -top, top)), u)).mean()
        return answer

    def differences_clipped(top):
        def answer(Z, u):
            return -chosen(stable(np.maximum(Z - Z.max(1, keepdims=True), -top)), u).mean()
        return answer

    def shifted(shift, through_p):
        def answer(Z, u):
            with np.errstate(all="ignore"):
                Z = Z - shift(Z)
                P = np.exp(Z)
                if through_p:
                    return -np.log(chosen(P / P.sum(1, keepdims=True), u)).mean()
                return (np.log(P.sum(1)) - chosen(Z, u)).mean()
        return answer

    def yes_or_no(probabilities):
        def answer(Z, u):
            P, hot = probabilities(Z), np.eye(Z.shape[1])[u]
            return -(hot * np.log(P) + (1 - hot) * np.log(1 - P)).sum(1).mean()
        return answer

    def row_mean(Z):
        return Z.mean(1, keepdims=True)

    def one_sum(Z, u):
        Z = Z - Z.max(1, keepdims=True)
        return (np.log(np.exp(Z).sum()) - chosen(Z, u)).mean()

    def one_sum_of_p(Z, u):
        P = np.exp(Z - Z.max(1, keepdims=True))
        return -np.log(chosen(P / P.sum(), u)).mean()

    def within_exp_only(Z, u):
        lower = Z - Z.max(1, keepdims=True)
        return (np.log(np.exp(lower).sum(1)) - chosen(Z, u)).mean()

    def sigmoids(Z, u):
        return np.logaddexp(0, -chosen(Z - Z.max(1, keepdims=True), u)).mean()

    def divided_by_largest(Z, u):
        return cross_entropy(Z / Z.max(1, keepdims=True), u)

    def whole_sum(Z, u):
        Z = Z - Z.max()
        return -chosen(Z - np.log(np.exp(Z).sum()), u).mean()

    def cases(rng):
        return [(np.array([[1.0, 0.0, 2.0], [0.5, -1.0, 0.2]]), np.array([1, 0])),
                (rng.normal(size=(4, 3)) * 2, np.array([2, 0, 0, 1])),
                (rng.normal(size=(3, 5)) * 2, np.array([4, 1, 0])),
                (np.array([[1000.0, 1001.5, 998.0], [999.0, 1000.0, 1000.5]]),
                 np.array([0, 1])),
                (np.array([[1000.0, 1001.5], [-1003.0, -1001.0], [3.0, 1.0]]),
                 np.array([0, 1, 1])),
                (np.array([[1000.0, 999.0, -1000.0, -1000.0],
                           [-1000.0, 1000.0, 998.0, -1000.0]]), np.array([0, 2])),
                (np.array([[1000.0, 0.0, 0.0, 0.0], [1000.0, -1000.0, 3.0, 1.0]]),
                 np.array([1, 1]))]

    return Exercise(
        "cross_entropy", cross_entropy, cases,
        {
            "overflow": Mistake(
                (lambda Z, u: -np.log(chosen(overflowing(Z), u)).mean(),
                 lambda Z, u: -chosen(without_largest(Z), u).mean(),
                 plain_log_of_all(overflowing),
                 *kept_from_zero(1e-12, overflowing), *kept_from_zero(1e-15, overflowing),
                 *kept_from_zero(1e-9, overflowing), *kept_from_zero(1e-8, overflowing),
                 *kept_from_zero(1e-10, overflowing), *kept_from_zero(1e-7, overflowing)),
                "Your formula is right until the sums are large: exp(1000) is infinite. "
                "Subtract the largest z of each row first; the softmax stays the same."),
            "logarithm of p": Mistake(
                (lambda Z, u: -np.log(chosen(softmax(Z), u)).mean(),
                 plain_log_of_all(softmax)),
                "The probability of the true class may be so small that it becomes 0, "
                "and log 0 is minus infinity. Do not form p: log p = z_u - max - "
                "log(sum of exp(z - max))."),
            "p kept away from 0": Mistake(
                tuple(answer for tiny in smallest for answer in kept_from_zero(tiny)),
                "You kept p away from 0 by a small number. The loss then has a ceiling, "
                "and its slope is 0 where the network is most wrong. Do not form p: "
                "log p = z_u - max - log(sum of exp(z - max))."),
            "mean subtracted": Mistake(
                (shifted(row_mean, False), shifted(row_mean, True)),
                "Subtract the *largest* z of the row. With the mean, or the smallest, "
                "the largest exponent may still overflow."),
            "largest subtracted in exp only": Mistake(
                within_exp_only,
                "You subtracted the maximum within the exponentials only. Subtract it "
                "from z_u as well, or add it back to the logarithm."),
            "divided by the largest": Mistake(
                divided_by_largest,
                "You divided by the largest z, which changes the probabilities. Subtract "
                "it: that cancels in the quotient."),
            "differences clipped": Mistake(
                tuple(differences_clipped(top) for top in (10, 20, 30, 50, 100, 500, 700)),
                "You clipped the differences to the largest z. Far below it your loss "
                "grows no more. Leave them: that exp(-2000) is 0 does no harm."),
            "column 0": Mistake(
                (*each(lambda log_p, u: -log_p[:, 0].mean()),),
                "You took column 0 of each row. Take that of its true class: "
                "log_p[np.arange(len(u)), u]."),
            "one largest for all rows": Mistake(
                (shifted(np.max, True), shifted(np.max, False)),
                "You subtracted one number, the largest of the whole array. A row with "
                "much smaller sums then underflows to 0 / 0: subtract each row's own "
                "largest, Z.max(axis=1, keepdims=True)."),
            "keepdims forgotten": Mistake(
                (lambda Z, u: np.exp(Z) / np.exp(Z).sum(axis=1),
                 lambda Z, u: Z - Z.max(axis=1)),
                "A row of sums does not fit beside the array: add keepdims=True, so that "
                "they stay a column, one for each row of Z."),
            "not averaged": Mistake(
                each(lambda log_p, u: -chosen(log_p, u)),
                "You returned one loss for each example. Return their mean, one number."),
            "squared error": Mistake(
                (lambda Z, u: ((np.exp(stable(Z)) - np.eye(Z.shape[1])[u]) ** 2).mean(),
                 lambda Z, u: ((np.exp(stable(Z)) - np.eye(Z.shape[1])[u]) ** 2).sum(
                     1).mean()),
                "You took the squared error of the probabilities. The cross-entropy is "
                "-log p of the true class."),
            "sigmoid": Mistake(
                (lambda Z, u: -np.log(1 / (1 + np.exp(-chosen(Z, u)))).mean(),
                 lambda Z, u: np.logaddexp(0, -chosen(Z, u)).mean(), sigmoids),
                "You took the sigmoid of the one sum z_u. Softmax compares it with the "
                "sums of all the other classes of the row."),
            "wrong axis": Mistake(
                (lambda Z, u: -chosen(stable(Z, 0), u).mean(),
                 lambda Z, u: -chosen(without_largest(Z, 0), u).mean()),
                "Your softmax runs down the columns: probabilities of one class add up "
                "to 1 over the examples. Each row is an example: axis=1."),
            "whole array": Mistake(
                (whole_sum, lambda Z, u: -chosen(without_largest(Z, None), u).mean(),
                 one_sum, one_sum_of_p),
                "You divided by the sum of the whole array. Each row has its own sum: "
                "axis=1, keepdims=True."),
            "sum for mean": Mistake(
                each(lambda log_p, u: -chosen(log_p, u).sum()),
                "You summed over the examples. With a mean, the learning rate need not "
                "change with the size of the batch: divide by n."),
            "mean over classes too": Mistake(
                each(lambda log_p, u: -chosen(log_p, u).sum() / log_p.size),
                "You divided by n times K. Only one number of each row counts, so divide "
                "by n: np.mean of a one-hot product takes in the zeros."),
            "divided by the classes": Mistake(
                each(lambda log_p, u: -chosen(log_p, u).sum() / log_p.shape[1]),
                "You divided by the number of classes. The mean runs over the examples: "
                "divide by len(Z)."),
            "minus forgotten": Mistake(
                each(lambda log_p, u: chosen(log_p, u).mean()),
                "The minus is missing. The logarithm of a probability is negative; the "
                "loss is its opposite, so that smaller is better."),
            "logarithm forgotten": Mistake(
                (lambda Z, u: chosen(np.exp(stable(Z)), u).mean(),
                 lambda Z, u: -chosen(np.exp(stable(Z)), u).mean(),
                 lambda Z, u: 1 - chosen(np.exp(stable(Z)), u).mean()),
                "You averaged the probabilities themselves. The cross-entropy averages "
                "-log p."),
            "logarithm of the mean": Mistake(
                lambda Z, u: -np.log(chosen(np.exp(stable(Z)), u).mean()),
                "You took the logarithm of the mean probability. Take the logarithm of "
                "each one, then the mean."),
            "no softmax": Mistake(
                (lambda Z, u: -chosen(Z, u).mean(),
                 lambda Z, u: -chosen(Z - Z.max(1, keepdims=True), u).mean()),
                "You took the sums themselves as logarithms of probabilities. Subtract "
                "log(sum of exp(z)) of the row first."),
            "logarithm of the sums": Mistake(
                lambda Z, u: -np.log(chosen(Z, u)).mean(),
                "You took the logarithm of the sums z, which may be negative. Softmax "
                "comes first."),
            "base 2": Mistake(
                each(lambda log_p, u: -chosen(log_p, u).mean() / np.log(2)),
                "You took the logarithm to base 2. The natural one is wanted, np.log."),
            "base 10": Mistake(
                each(lambda log_p, u: -chosen(log_p, u).mean() / np.log(10)),
                "You took the logarithm to base 10. The natural one is wanted, np.log."),
            "all classes": Mistake(
                (*each(lambda log_p, u: -log_p[:, u].mean()),
                 *each(lambda log_p, u: -log_p.mean()),
                 *each(lambda log_p, u: -log_p.sum(1).mean())),
                "You averaged over more than the true classes: log_p[:, u] takes whole "
                "columns for every row. Use log_p[np.arange(len(u)), u]."),
            "predicted class": Mistake(
                each(lambda log_p, u: -log_p.max(1).mean()),
                "You took the probability of the most likely class. The loss asks for "
                "that of the true class u."),
            "entropy": Mistake(
                each(lambda log_p, u: -(np.exp(log_p) * log_p).sum(1).mean()),
                "You computed -sum p log p, the entropy of the predictions, which does "
                "not know the true classes. Take -log p of class u only."),
            "binary cross-entropy": Mistake(
                (lambda Z, u: -np.where(
                    np.eye(Z.shape[1])[u] > 0, stable(Z),
                    np.log1p(-np.exp(np.minimum(stable(Z), -1e-300)))).sum(1).mean(),
                 yes_or_no(softmax), yes_or_no(overflowing)),
                "You added log(1 - p) of the other classes, as for yes-or-no outputs. "
                "With softmax only the true class counts."),
            "softmax twice": Mistake(
                lambda Z, u: -chosen(stable(np.exp(stable(Z))), u).mean(),
                "You applied softmax to probabilities, that is twice. Once is enough: "
                "the logarithm comes next."),
            "weak clip": Mistake(
                tuple(overflow_clipped(top) for top in (10, 20, 30, 50, 100, 500, 700)),
                "You clipped the sums. Then 1000 and 1001.5 become equal, and their "
                "difference is lost: subtract the largest of the row instead."),
        },
        ["What are np.exp(1000) and np.log(np.exp(-1000))? And what changes in the "
         "quotient if you subtract the same number from all sums of a row?",
         "log p = z - log(sum of exp(z)), with the sum along axis=1, keepdims=True.",
         "Pick one number of each row with log_p[np.arange(len(u)), u]; return minus "
         "their mean."],
        independent=_scipy_cross_entropy,
        also_right=(_entropy_by_rows, _entropy_by_logaddexp))


# --- counting ----------------------------------------------------------------------------

def count_parameters(sizes):
    """Return the sum of d m + m over all pairs (d, m) of neighbouring layers."""
    return sum((d + 1) * m for d, m in zip(sizes[:-1], sizes[1:], strict=True))


def _count_by_arrays(sizes):
    total = 0
    for k in range(1, len(sizes)):
        W, b = np.zeros((sizes[k - 1], sizes[k])), np.zeros(sizes[k])
        total += W.size + b.size
    return total


def _count_parameters():
    def weights(s):
        return sum(a * b for a, b in zip(s[:-1], s[1:], strict=True))

    def cases(rng):
        return [([2, 1],), ([3, 4, 2],), ([3, 4, 4, 1],), ([784, 64, 10],),
                ([5, 7, 2, 6, 3],)]

    return Exercise(
        "count_parameters", count_parameters, cases,
        {
            "missing bias": Mistake(
                weights,
                "You counted the weights only. Each unit has a bias as well: add m for a "
                "layer of m units."),
            "one bias a layer": Mistake(
                lambda s: weights(s) + len(s) - 1,
                "You counted one bias for each layer. Each *unit* has its own: a layer "
                "of m units has m."),
            "biases of the input": Mistake(
                lambda s: weights(s) + sum(s),
                "You gave biases to the input, too. It computes nothing: only the layers "
                "after it have weights and biases."),
            "biases of the layer before": Mistake(
                lambda s: weights(s) + sum(s[:-1]),
                "You added as many biases as a layer has inputs. It has one for each of "
                "its own units: d * m + m."),
            "no bias at the output": Mistake(
                lambda s: weights(s) + sum(s[1:-1]),
                "The biases of the last layer are missing. Here every layer after the "
                "input has them."),
            "no bias in hidden layers": Mistake(
                lambda s: weights(s) + s[-1],
                "You gave biases to the last layer only. Every layer after the input has "
                "them."),
            "first layer only": Mistake(
                lambda s: count_parameters(s[:2]),
                "You counted the first layer and stopped. Go through all pairs of "
                "neighbours and add: is `return` inside the loop?"),
            "hidden layers only": Mistake(
                lambda s: count_parameters(s[:-1]),
                "The last layer is missing: go through all pairs of neighbours, zip("
                "sizes[:-1], sizes[1:])."),
            "first layer missing": Mistake(
                lambda s: count_parameters(s[1:]),
                "The first layer is missing. It is often the largest: it joins the "
                "inputs, sizes[0], to the units of sizes[1]."),
            "units": Mistake(
                (sum, lambda s: sum(s[1:])),
                "You counted units. Parameters are weights, one for each pair of an "
                "input and a unit, and biases."),
            "biases only in sum": Mistake(
                lambda s: sum(a + b for a, b in zip(s[:-1], s[1:], strict=True)),
                "You added inputs and units. Every unit is joined to every input: "
                "multiply them."),
            "product of all": Mistake(
                (lambda s: int(np.prod(s)), lambda s: int(np.prod(s)) + sum(s[1:])),
                "You multiplied all sizes. Only neighbouring layers are joined: sum the "
                "products of neighbours."),
            "squares": Mistake(
                (lambda s: sum(m * m + m for m in s[1:]),
                 lambda s: sum(m * m + m for m in s[:-1])),
                "You multiplied a size by itself. A layer joins the size before it to "
                "its own."),
            "biases of the first layer only": Mistake(
                lambda s: weights(s) + s[1],
                "You counted the biases of the first layer only. Every layer after the "
                "input has its own."),
            "joined to the input": Mistake(
                lambda s: sum(s[0] * m + m for m in s[1:]),
                "You joined every layer to the input. Each is joined to the layer just "
                "before it."),
            "not summed": Mistake(
                lambda s: [a * b + b for a, b in zip(s[:-1], s[1:], strict=True)],
                "You returned one count for each layer. Return their sum, one number."),
            "three sizes only": Mistake(
                lambda s: s[0] * s[1] + s[1] + s[1] * s[2] + s[2],
                "The list may be of any length, [2, 1] has one layer only. Loop over the "
                "pairs of neighbours."),
            "one step too far": Mistake(
                lambda s: sum(s[k] * s[k + 1] + s[k + 1] for k in range(len(s))),
                "Your loop goes one step too far: behind the last size there is no "
                "other. range(len(sizes) - 1)."),
            "fully joined": Mistake(
                lambda s: sum(s[i] * s[j] for j in range(len(s)) for i in range(j))
                + sum(s[1:]),
                "You joined every layer to all before it. In an MLP a layer sees only "
                "the one just before."),
        },
        ["How many numbers does one unit with d inputs need?",
         "A layer from d inputs to m units has d * m weights and m biases; zip(sizes[:-1],"
         " sizes[1:]) gives all pairs (d, m)."],
        independent=_count_by_arrays,
        also_right=(lambda sizes: int(np.dot(np.array(sizes[:-1]) + 1, sizes[1:])),))


# --- a layer, backwards ------------------------------------------------------------------

def layer_backward(X, W, dZ):
    """Return dX = dZ W^T, dW = X^T dZ and db, the sum of the rows of dZ."""
    return dZ @ W.T, X.T @ dZ, dZ.sum(axis=0)


def _layer_by_differences(X, W, dZ):
    """Differentiate sum(Z * dZ) by central differences: exact, since it is linear."""
    b = np.zeros(W.shape[1])
    grads = []
    for k in range(3):
        values = [X.astype(float), W.astype(float), b]
        grad = np.zeros(values[k].shape)
        for place in np.ndindex(grad.shape):
            ends = []
            for h in (0.5, -0.5):
                moved = [value.copy() for value in values]
                moved[k][place] += h
                ends.append(((moved[0] @ moved[1] + moved[2]) * dZ).sum())
            grad[place] = ends[0] - ends[1]
        grads.append(grad)
    return tuple(grads)


def _layer_by_loops(X, W, dZ):
    (n, d), m = X.shape, W.shape[1]
    dX, dW, db = np.zeros((n, d)), np.zeros((d, m)), np.zeros(m)
    for i in range(n):
        for j in range(m):
            db[j] += dZ[i, j]
            for k in range(d):
                dX[i, k] += dZ[i, j] * W[k, j]
                dW[k, j] += X[i, k] * dZ[i, j]
    return [dX.tolist(), dW.tolist(), db.tolist()]


def _layer_by_examples(X, W, dZ):
    dW = sum(np.outer(x, dz) for x, dz in zip(X, dZ, strict=True))
    return np.einsum("nm,dm->nd", dZ, W), dW, np.ones(len(X)) @ dZ


def _layer_cases(rng):
    def layer(n, d, m):
        return rng.normal(size=(n, d)), rng.normal(size=(d, m)), rng.normal(size=(n, m))

    return [(np.array([[1.0, 2.0], [3.0, -1.0]]), np.array([[0.5, -1.0], [2.0, 0.3]]),
             np.array([[1.0, 10.0], [-2.0, 4.0]])),
            layer(5, 3, 2), layer(3, 4, 4), layer(4, 4, 4)]


def _layer_backward():
    def with_parts(dX=None, dW=None, db=None):
        """Return an answer in which some of the three values are other ones."""
        def answer(X, W, dZ):
            right = layer_backward(X, W, dZ)
            return tuple(part(X, W, dZ) if part else value
                         for part, value in zip((dX, dW, db), right, strict=True))
        return answer

    return Exercise(
        "layer_backward", layer_backward, _layer_cases,
        {
            "transposed weight gradient": Mistake(
                (with_parts(dW=lambda X, W, dZ: dZ.T @ X),),
                "Your dW is transposed: dZ.T @ X has shape (m, d), W has (d, m). In a "
                "square layer no error would show it. Use X.T @ dZ."),
            "weights not transposed": Mistake(
                with_parts(dX=lambda X, W, dZ: dZ @ W),
                "dX needs W transposed: forward goes from d to m numbers, backward from "
                "m to d. Use dZ @ W.T."),
            "X not transposed": Mistake(
                with_parts(dW=lambda X, W, dZ: X @ dZ),
                "dW needs X transposed, X.T @ dZ: the sum runs over the examples."),
            "both not transposed": Mistake(
                with_parts(dX=lambda X, W, dZ: dZ @ W, dW=lambda X, W, dZ: X @ dZ),
                "Neither product is transposed. Check the shapes: dX = dZ @ W.T is "
                "(n, d), dW = X.T @ dZ is (d, m)."),
            "dX transposed": Mistake(
                with_parts(dX=lambda X, W, dZ: W @ dZ.T),
                "Your dX is transposed, (d, n). Examples are rows: dZ @ W.T."),
            "mean weights": Mistake(
                (with_parts(dW=lambda X, W, dZ: X.T @ dZ / len(X)),
                 with_parts(dW=lambda X, W, dZ: X.T @ dZ / len(X),
                            db=lambda X, W, dZ: dZ.mean(0)),
                 lambda X, W, dZ: tuple(part / len(X) for part in layer_backward(
                     X, W, dZ))),
                "You divided by n. If the loss is a mean, its 1 / n is already in dZ: "
                "here the examples are summed."),
            "mean for the bias": Mistake(
                with_parts(db=lambda X, W, dZ: dZ.mean(0)),
                "You took the mean of the rows for db. Every example uses the same b, "
                "and gradients of a shared value add up: the sum of the rows."),
            "bias summed along the rows": Mistake(
                with_parts(db=lambda X, W, dZ: dZ.sum(1)),
                "You summed dZ along the wrong axis: db has one number for each unit, "
                "dZ.sum(axis=0)."),
            "bias not summed": Mistake(
                with_parts(db=lambda X, W, dZ: dZ),
                "You returned dZ itself for the bias. b is one row shared by all "
                "examples: sum over them, axis=0."),
            "bias of ones": Mistake(
                with_parts(db=lambda X, W, dZ: np.ones(W.shape[1])),
                "The slope of Z for b is 1, but the chain rule multiplies it by dZ, and "
                "sums over the examples."),
            "bias as a row": Mistake(
                with_parts(db=lambda X, W, dZ: dZ.sum(0, keepdims=True)),
                "Your db has shape (1, m), b has (m,). Leave keepdims out, or later "
                "b - rate * db changes its shape."),
            "one number for the bias": Mistake(
                with_parts(db=lambda X, W, dZ: dZ.sum()),
                "You summed all of dZ into one number. Each unit has its own bias: "
                "axis=0."),
            "local slopes only": Mistake(
                (lambda X, W, dZ: (W, X, np.ones(W.shape[1])),
                 lambda X, W, dZ: (W.T, X.T, np.ones(W.shape[1]))),
                "You returned the local slopes, W and X. The chain rule multiplies them "
                "by dZ."),
            "another order": Mistake(
                tuple(lambda *case, order=order: tuple(
                    layer_backward(*case)[k] for k in order)
                    for order in permutations(range(3)) if order != (0, 1, 2)),
                "The three are right, in another order. Return dX, dW, db."),
            "wrong sign": Mistake(
                (lambda X, W, dZ: tuple(-part for part in layer_backward(X, W, dZ)),),
                "You returned the negative gradients. The minus belongs to the update, "
                "w - rate * gradient."),
        },
        ["Write the shape of each gradient: it is that of the array itself. Which product "
         "of the three given arrays has this shape?",
         "dW is X.T @ dZ, a sum over examples. So is db, with x = 1.",
         "dX = dZ @ W.T brings m numbers back to d."],
        independent=_layer_by_differences,
        also_right=(_layer_by_loops, _layer_by_examples))


# --- through a hidden ReLU ---------------------------------------------------------------

def hidden_gradient(X, Z1, W2, dZ2):
    """Return dW1 and db1 of X W1 + b1 = Z1, max(0, Z1) W2 + b2 = Z2, from dZ2."""
    dZ1 = (dZ2 @ W2.T) * (Z1 > 0)
    return X.T @ dZ1, dZ1.sum(axis=0)


def _hidden_by_tensorflow(X, Z1, W2, dZ2):
    import tensorflow as tf

    X, Z1, W2, dZ2 = (tf.constant(part, tf.float64) for part in (X, Z1, W2, dZ2))
    W1 = tf.Variable(tf.zeros((X.shape[1], Z1.shape[1]), tf.float64))
    b1 = tf.Variable(tf.zeros(Z1.shape[1], tf.float64))
    with tf.GradientTape() as tape:
        sums = Z1 + X @ W1 + b1         # W1 and b1 stand for small changes
        loss = tf.reduce_sum(tf.nn.relu(sums) @ W2 * dZ2)
    return tuple(part.numpy() for part in tape.gradient(loss, [W1, b1]))


def _hidden_by_loops(X, Z1, W2, dZ2):
    (n, d), m = X.shape, Z1.shape[1]
    dW1, db1 = np.zeros((d, m)), np.zeros(m)
    for i in range(n):
        for j in range(m):
            if Z1[i, j] > 0:
                slope = sum(dZ2[i, k] * W2[j, k] for k in range(W2.shape[1]))
                db1[j] += slope
                dW1[:, j] += slope * X[i]
    return dW1, db1


def _hidden_in_place(X, Z1, W2, dZ2):
    dA = np.einsum("nk,mk->nm", dZ2, W2)
    dA[np.asarray(Z1) <= 0] = 0
    return np.einsum("nd,nm->dm", X, dA), np.einsum("nm->m", dA)


def _hidden_gradient():
    def through(gate=lambda dA, Z1: dA * (Z1 > 0), W=lambda W2: W2.T,
                out=lambda X, dZ1: (X.T @ dZ1, dZ1.sum(0))):
        """Return an answer in which one of three steps is another one."""
        def answer(X, Z1, W2, dZ2):
            return out(X, gate(dZ2 @ W(W2), Z1))
        return answer

    def cases(rng):
        def net(n, d, m, k):
            return (rng.normal(size=(n, d)), rng.normal(size=(n, m)),
                    rng.normal(size=(m, k)), rng.normal(size=(n, k)))

        zeros = net(6, 2, 4, 2)
        zeros[1][[0, 2, 5], [1, 0, 3]] = 0
        return [(np.array([[1.0, 2.0], [3.0, -1.0]]), np.array([[0.7, -0.4], [1.5, 2.0]]),
                 np.array([[0.5, -1.0], [2.0, 0.3]]), np.array([[1.0, 10.0], [-2.0, 4.0]])),
                net(5, 3, 4, 2), zeros, net(4, 4, 4, 4)]

    return Exercise(
        "hidden_gradient", hidden_gradient, cases,
        {
            "no slope": Mistake(
                through(lambda dA, Z1: dA),
                "You left out the slope of ReLU. Units with Z1 <= 0 gave 0 forward, and "
                "let nothing pass on the way back: multiply by (Z1 > 0)."),
            "ReLU of the gradient": Mistake(
                (through(lambda dA, Z1: np.maximum(dA, 0)),
                 through(lambda dA, Z1: dA * (dA > 0)),
                 through(lambda dA, Z1: dA * (dA > 0) * (Z1 > 0))),
                "You applied ReLU to the gradient. Its sign does not matter: what "
                "decides is whether the *sum* Z1 was above 0 on the way forward."),
            "value for slope": Mistake(
                (through(lambda dA, Z1: dA * np.maximum(Z1, 0)),),
                "You multiplied by the value of ReLU, max(0, Z1). The chain rule needs "
                "its slope, 1 or 0."),
            "multiplied by the sums": Mistake(
                through(lambda dA, Z1: dA * Z1),
                "You multiplied by Z1 itself. The chain rule needs the slope of ReLU "
                "there, 1 where Z1 > 0, else 0."),
            "zero let through": Mistake(
                (through(lambda dA, Z1: dA * (Z1 >= 0)),
                 through(lambda dA, Z1: dA * np.heaviside(Z1, 0.5))),
                "At Z1 = 0 the exercise takes the slope 0, which is what Z1 > 0 gives."),
            "other order": Mistake(
                lambda *case: hidden_gradient(*case)[::-1],
                "The two are right, in the other order. Return dW1, db1."),
            "activations for inputs": Mistake(
                (lambda X, *rest: hidden_gradient(np.maximum(rest[0], 0), *rest),
                 lambda X, *rest: hidden_gradient(rest[0], *rest)),
                "You multiplied dZ1 by the hidden layer's own values. W1 was multiplied "
                "by X, so its gradient is X.T @ dZ1."),
            "W2 left out": Mistake(
                (lambda X, Z1, W2, dZ2: (X.T @ (dZ2 * (Z1 > 0)), (dZ2 * (Z1 > 0)).sum(0)),
                 lambda X, Z1, W2, dZ2: (X.T @ ((Z1 > 0) * dZ2), ((Z1 > 0) * dZ2).sum(0))),
                "You gated dZ2 itself. First take it back through the second layer: "
                "dZ2 @ W2.T has a column for each hidden unit."),
            "gate after the product": Mistake(
                (lambda X, Z1, W2, dZ2: (X.T @ (dZ2 @ W2.T) * (Z1 > 0).any(0),
                                         (dZ2 @ W2.T).sum(0) * (Z1 > 0).any(0)),
                 lambda X, Z1, W2, dZ2: (X.T @ (dZ2 @ W2.T) * (Z1 > 0).all(0),
                                         (dZ2 @ W2.T).sum(0) * (Z1 > 0).all(0))),
                "You gated whole units after the sum over the examples. A unit may be on "
                "for one example and off for another: gate dZ2 @ W2.T first."),
            "one number for the bias": Mistake(
                through(out=lambda X, dZ1: (X.T @ dZ1, dZ1.sum())),
                "You summed db1 into one number. Each hidden unit has its own bias: "
                "axis=0."),
            "gate upside down": Mistake(
                (through(lambda dA, Z1: dA * (Z1 < 0)),
                 through(lambda dA, Z1: dA * (Z1 <= 0))),
                "Your gate is the wrong way round: the gradient passes where Z1 > 0."),
            "sign": Mistake(
                through(lambda dA, Z1: dA * np.sign(Z1)),
                "You multiplied by the sign of Z1, -1 on the left. The slope of ReLU is "
                "0 there."),
            "slope of tanh": Mistake(
                (through(lambda dA, Z1: dA * (1 - np.tanh(Z1) ** 2)),
                 through(lambda dA, Z1: dA * (1 - np.maximum(Z1, 0) ** 2))),
                "You took the slope of tanh. The activation here is ReLU, slope 1 or 0."),
            "slope of the sigmoid": Mistake(
                (through(lambda dA, Z1: dA / (1 + np.exp(-Z1)) / (1 + np.exp(Z1))),),
                "You took the slope of the sigmoid. The activation here is ReLU, slope "
                "1 or 0."),
            "leaky": Mistake(
                tuple(through(lambda dA, Z1, c=c: dA * np.where(Z1 > 0, 1, c))
                      for c in (0.01, 0.1, 0.2, 0.3)),
                "That is the slope of the leaky ReLU. The plain one lets nothing pass "
                "where Z1 <= 0."),
            "W2 not transposed": Mistake(
                through(W=lambda W2: W2),
                "Going back needs W2 transposed: dZ2 @ W2.T has a column for each hidden "
                "unit."),
            "transposed weight gradient": Mistake(
                through(out=lambda X, dZ1: (dZ1.T @ X, dZ1.sum(0))),
                "Your dW1 is transposed, (m, d). W1 is (d, m): X.T @ dZ1."),
            "mean": Mistake(
                (through(out=lambda X, dZ1: (X.T @ dZ1 / len(X), dZ1.mean(0))),
                 through(out=lambda X, dZ1: (X.T @ dZ1 / len(X), dZ1.sum(0)))),
                "You divided by n. A mean loss has its 1 / n in dZ2 already: sum over "
                "the examples."),
            "mean for the bias": Mistake(
                through(out=lambda X, dZ1: (X.T @ dZ1, dZ1.mean(0))),
                "You took a mean for db1. The bias is shared by all examples, so their "
                "gradients add up."),
            "bias along the rows": Mistake(
                through(out=lambda X, dZ1: (X.T @ dZ1, dZ1.sum(1))),
                "You summed along the wrong axis: db1 has one number for each hidden "
                "unit, axis=0."),
            "bias as a row": Mistake(
                through(out=lambda X, dZ1: (X.T @ dZ1, dZ1.sum(0, keepdims=True))),
                "Your db1 has shape (1, m), b1 has (m,). Leave keepdims out."),
            "bias before the gate": Mistake(
                lambda X, Z1, W2, dZ2: (hidden_gradient(X, Z1, W2, dZ2)[0],
                                        (dZ2 @ W2.T).sum(0)),
                "Your db1 sums the gradient behind ReLU. The bias lies before it: sum "
                "after the gate."),
            "gradient of the second layer": Mistake(
                (lambda X, Z1, W2, dZ2: (np.maximum(Z1, 0).T @ dZ2, dZ2.sum(0)),
                 lambda X, Z1, W2, dZ2: (Z1.T @ dZ2, dZ2.sum(0))),
                "Those are the gradients of W2 and b2. Go one layer further back: "
                "through W2.T and the gate of ReLU, to W1 and b1."),
            "gate on the inputs": Mistake(
                lambda X, Z1, W2, dZ2: ((X * (X > 0)).T @ (dZ2 @ W2.T),
                                        (dZ2 @ W2.T).sum(0)),
                "You put the gate on X. ReLU stands behind the first layer: gate dZ2 @ "
                "W2.T by Z1 > 0."),
            "wrong sign": Mistake(
                (lambda X, Z1, W2, dZ2: tuple(-part for part in hidden_gradient(
                    X, Z1, W2, dZ2)),),
                "You returned the negative gradients. The minus belongs to the update, "
                "w - rate * gradient."),
        },
        ["Go back in three steps: through W2, through ReLU, through the first layer. What "
         "does each do to the gradient?",
         "dA1 = dZ2 @ W2.T, then dZ1 = dA1 * (Z1 > 0).",
         "The last step is the layer of exercise 4: X.T @ dZ1, and the sum of the rows of "
         "dZ1."],
        independent=_hidden_by_tensorflow,
        also_right=(_hidden_by_loops, _hidden_in_place))


# --- a step with momentum ----------------------------------------------------------------

def momentum_step(w, v, g, rate, beta):
    """Return w + v and v, after v has become beta v - rate g."""
    v = beta * v - rate * g
    return w + v, v


def _keras_step(w, v, g, rate, beta):
    import keras

    optimiser = keras.optimizers.SGD(rate, momentum=beta)
    variable = keras.Variable(np.asarray(w), dtype="float64")
    optimiser.build([variable])
    optimiser.momentums[0].assign(v)
    optimiser.apply([keras.ops.convert_to_tensor(np.asarray(g), dtype="float64")],
                    [variable])
    return variable.numpy(), optimiser.momentums[0].numpy()


def _step_by_loops(w, v, g, rate, beta):
    new_w, new_v = np.zeros(np.shape(w)), np.zeros(np.shape(w))
    for k in np.ndindex(np.shape(w)):
        new_v[k] = beta * v[k] - rate * g[k]
        new_w[k] = w[k] + new_v[k]
    return new_w.tolist(), new_v.tolist()


def _momentum_step():
    def cases(rng):
        return [(np.array([1.0, -2.0]), np.array([0.3, 0.1]), np.array([2.0, -5.0]),
                 0.2, 0.9),
                (rng.normal(size=(3, 2)), rng.normal(size=(3, 2)), rng.normal(size=(3, 2)),
                 0.25, 0.6),
                (rng.normal(size=4), np.zeros(4), rng.normal(size=4), 0.03, 0.8),
                (rng.normal(size=5), rng.normal(size=5), rng.normal(size=5), 1.5, 0.5)]

    def with_v(velocity, weights=lambda w, old, new, g, rate, beta: w + new):
        """Return an answer from a rule for v and a rule for w."""
        def answer(w, v, g, rate, beta):
            new = velocity(v, g, rate, beta)
            return weights(w, v, new, g, rate, beta), new
        return answer

    def right(v, g, rate, beta):
        return beta * v - rate * g

    return Exercise(
        "momentum_step", momentum_step, cases,
        {
            "wrong sign": Mistake(
                (with_v(lambda v, g, rate, beta: beta * v + rate * g),),
                "You climb: the gradient points uphill, and you add it. The velocity "
                "gets - rate * g."),
            "velocity subtracted": Mistake(
                with_v(right, lambda w, old, new, g, rate, beta: w - new),
                "Your v already points downhill, and you subtract it: that climbs. Add "
                "v to w."),
            "other convention": Mistake(
                with_v(lambda v, g, rate, beta: beta * v + rate * g,
                       lambda w, old, new, g, rate, beta: w - new),
                "You keep v uphill and subtract it. The new w would be right from a "
                "start of v = 0, but here v is added to w: v = beta v - rate g."),
            "PyTorch": Mistake(
                (with_v(lambda v, g, rate, beta: beta * v + g,
                        lambda w, old, new, g, rate, beta: w - rate * new),
                 with_v(lambda v, g, rate, beta: beta * v - g,
                        lambda w, old, new, g, rate, beta: w + rate * new)),
                "That is PyTorch's convention: its v does not hold the rate. Here the "
                "rate is inside, v = beta v - rate g, and v is added."),
            "averaged": Mistake(
                (with_v(lambda v, g, rate, beta: beta * v - (1 - beta) * rate * g),
                 with_v(lambda v, g, rate, beta: beta * v - (1 - beta) * g),
                 with_v(lambda v, g, rate, beta: beta * v - (1 - beta) * g,
                        lambda w, old, new, g, rate, beta: w + rate * new),
                 with_v(lambda v, g, rate, beta: beta * v + (1 - beta) * g,
                        lambda w, old, new, g, rate, beta: w - rate * new)),
                "You averaged with 1 - beta, as Adam does. Here the gradient enters with "
                "the rate alone: v = beta v - rate g."),
            "friction upside down": Mistake(
                with_v(lambda v, g, rate, beta: (1 - beta) * v - rate * g),
                "You kept the share 1 - beta of the old velocity. beta is the share that "
                "stays: v = beta v - rate g."),
            "beta fixed": Mistake(
                tuple(with_v(lambda v, g, rate, beta, fixed=fixed: fixed * v - rate * g)
                      for fixed in (0.9, 0.99, 0.5, 0.7)),
                "You used a fixed number for beta. It is an argument and differs from "
                "call to call."),
            "rate twice": Mistake(
                with_v(right, lambda w, old, new, g, rate, beta: w + rate * new),
                "You multiplied by the rate twice, in v and again in the step. Add v as "
                "it is."),
            "old velocity": Mistake(
                with_v(right, lambda w, old, new, g, rate, beta: w + old),
                "You moved by the old velocity. Update v first, then add the new v to "
                "w."),
            "old velocity returned": Mistake(
                lambda w, v, g, rate, beta: (momentum_step(w, v, g, rate, beta)[0], v),
                "Your w is right, but you returned the old v. The next step needs the "
                "new one."),
            "velocity without the gradient": Mistake(
                (lambda w, v, g, rate, beta: (w + beta * v - rate * g, beta * v),),
                "Your w is right, but the v you return lacks the gradient, and the next "
                "step forgets this one. v = beta v - rate g."),
            "no momentum": Mistake(
                (with_v(lambda v, g, rate, beta: -rate * g),
                 lambda w, v, g, rate, beta: (w - rate * g, v),
                 lambda w, v, g, rate, beta: (w - rate * g, beta * v - rate * g)),
                "That is plain gradient descent: the old velocity does not take part. "
                "v = beta v - rate g."),
            "no friction": Mistake(
                with_v(lambda v, g, rate, beta: v - rate * g),
                "beta is missing: without friction the velocity never dies down. "
                "v = beta v - rate g."),
            "no rate": Mistake(
                with_v(lambda v, g, rate, beta: beta * v - g),
                "The rate is missing: v = beta v - rate g."),
            "beta for all": Mistake(
                with_v(lambda v, g, rate, beta: beta * (v - rate * g)),
                "You multiplied the gradient by beta, too. Only the old velocity is "
                "slowed down: beta * v - rate * g."),
            "exchanged": Mistake(
                with_v(lambda v, g, rate, beta: rate * v - beta * g),
                "You exchanged rate and beta: beta slows v down, the rate multiplies g."),
            "Nesterov": Mistake(
                with_v(right, lambda w, old, new, g, rate, beta: w + beta * new - rate * g),
                "That is Nesterov's momentum, which looks one step ahead. Here w gets v, "
                "no more."),
            "gradient added again": Mistake(
                with_v(right, lambda w, old, new, g, rate, beta: w + new - rate * g),
                "You used the gradient twice, in v and again in w. It is in v already: "
                "w + v."),
            "order": Mistake(
                lambda w, v, g, rate, beta: momentum_step(w, v, g, rate, beta)[::-1],
                "Both are right, in the other order. Return w first, then v."),
            "weights by friction": Mistake(
                with_v(right, lambda w, old, new, g, rate, beta: beta * w + new),
                "You multiplied w by beta. Friction acts on the velocity, not on the "
                "place."),
            "step returned": Mistake(
                with_v(right, lambda w, old, new, g, rate, beta: new),
                "You returned the velocity twice. The first value is the new place, "
                "w + v."),
        },
        ["Think of a ball: beta is friction, the slope pushes it downhill. Which of the "
         "two changes first, velocity or place?",
         "v = beta * v - rate * g, then w = w + v. Return both.",
         "Write w = w + v, not w += v: the second changes the caller's array."],
        independent=_keras_step,
        also_right=(_step_by_loops,
                    lambda w, v, g, rate, beta: (w + beta * v - rate * g,
                                                 np.subtract(beta * v, rate * g))))
