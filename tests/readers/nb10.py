"""Answers of readers to the exercises of page 10."""

import math

import numpy as np


def rows_of(X):
    return np.c_[np.ones(len(X)), X]


def bias_apart(X, y, w):
    b, v = w[0], w[1:]
    for i in range(X.shape[0]):
        score = v @ X[i] + b
        if (score > 0) != (y[i] > 0) or score == 0:
            v, b = v + y[i] * X[i], b + y[i]
    return np.concatenate([[b], v])


def pass_with(update, *, stop=False):
    """One pass in which ``update(w, x, target)`` gives the new w."""
    def answer(X, y, w):
        for x, target in zip(rows_of(X), y, strict=True):
            w = update(w, x, target)
            if stop:
                break
        return w
    return answer


def rule(w, x, target):
    return w + target * x if target * (w @ x) <= 0 else w


def in_place(X, y, w):
    for x, target in zip(rows_of(X), y, strict=True):
        if target * (w @ x) <= 0:
            w += target * x
    return w


def softmax(Z):
    P = np.exp(Z - Z.max(axis=1, keepdims=True))
    return P / P.sum(axis=1, keepdims=True)


def of_class(array, u):
    return array[np.arange(len(u)), u]


def with_shift(shift):
    def answer(Z, u):
        Z = Z - shift(Z)
        return np.mean(np.log(np.exp(Z).sum(axis=1)) - of_class(Z, u))
    return answer


def by_math(Z, u):
    total = 0
    for z, k in zip(Z.tolist(), u, strict=True):
        top = max(z)
        total += math.log(sum(math.exp(value - top) for value in z)) + top - z[k]
    return total / len(u)


def by_keras(Z, u):
    import keras

    return keras.losses.SparseCategoricalCrossentropy(from_logits=True)(u, Z)


def by_onehot(Z, u):
    Z = Z - np.max(Z, axis=1)[:, None]
    log_p = Z - np.log(np.sum(np.exp(Z), axis=1))[:, None]
    return -np.sum(np.where(np.eye(Z.shape[1])[u] == 1, log_p, 0)) / len(Z)


def yes_or_no(Z, u):
    P, hot = softmax(Z), np.eye(Z.shape[1])[u]
    return -(hot * np.log(P) + (1 - hot) * np.log(1 - P)).sum(axis=1).mean()


def in_exp_only(Z, u):
    top = Z.max(axis=1, keepdims=True)
    return np.mean(np.log(np.exp(Z - top).sum(axis=1)) - of_class(Z, u))


def by_popping(sizes):
    total, before = 0, sizes.pop(0)
    while sizes:
        total, before = total + (before + 1) * sizes[0], sizes.pop(0)
    return total


def layer_by_tape(X, W, dZ):
    import tensorflow as tf

    X, W, dZ = map(tf.constant, (X, W, dZ))
    b = tf.zeros(W.shape[1], dtype=X.dtype)
    with tf.GradientTape() as tape:
        tape.watch([X, W, b])
        L = tf.reduce_sum((X @ W + b) * dZ)
    return tuple(tape.gradient(L, [X, W, b]))


def through(gate):
    def answer(X, Z1, W2, dZ2):
        dZ1 = gate(dZ2 @ W2.T, Z1)
        return X.T @ dZ1, dZ1.sum(axis=0)
    return answer


relu = through(lambda dA, Z1: np.where(Z1 > 0, dA, 0))


def velocity(rule):
    def answer(w, v, g, rate, beta):
        v = rule(v, g, rate, beta)
        return w + v, v
    return answer


RIGHT = [
    ("10.perceptron_epoch", bias_apart),
    ("10.perceptron_epoch", lambda X, y, w: np.float32(pass_with(rule)(X, y, w))),
    ("10.cross_entropy", by_math),
    ("10.cross_entropy", by_keras),
    ("10.cross_entropy", by_onehot),
    ("10.cross_entropy", with_shift(lambda Z: Z.max(axis=1, keepdims=True))),
    ("10.count_parameters", lambda s: float(np.sum([(a + 1) * b for a, b in zip(
        s[:-1], s[1:], strict=True)]))),
    ("10.layer_backward", layer_by_tape),
    ("10.layer_backward", lambda X, W, dZ: [dZ @ W.T, np.dot(X.T, dZ), sum(dZ)]),
    ("10.hidden_gradient", relu),
    ("10.hidden_gradient", through(lambda dA, Z1: np.sign(np.maximum(0, Z1)) * dA)),
    ("10.hidden_gradient", through(lambda dA, Z1: np.heaviside(Z1, 0) * dA)),
    ("10.momentum_step", lambda w, v, g, rate, beta: np.stack(
        [w + beta * v - rate * g, beta * v - rate * g])),
]

FORM_P, KEPT = "Do not form p", "away from 0"

WRONG = [
    ("10.perceptron_epoch", in_place, "changes its input `w`"),
    ("10.perceptron_epoch", pass_with(rule, stop=True), "stands inside the loop"),
    ("10.perceptron_epoch", pass_with(
        lambda w, x, t: w + t * x if t * (w[1:] @ x[1:]) <= 0 else w), "out of the test"),
    ("10.perceptron_epoch", pass_with(
        lambda w, x, t: w + t * x if t * (w[1:] @ x[1:]) + w[0] <= 0 else w),
     "multiplies the whole product"),
    ("10.perceptron_epoch", pass_with(lambda w, x, t: w + (t - np.sign(w @ x)) / 2 * x),
     "half as long"),
    ("10.perceptron_epoch", pass_with(lambda w, x, t: w + (t - np.sign(w @ x)) * x),
     "twice as long"),
    ("10.perceptron_epoch", pass_with(
        lambda w, x, t: w + ((t > 0) * 1.0 - (w @ x > 0)) * x), "You predict -1"),
    ("10.perceptron_epoch", pass_with(
        lambda w, x, t: w if (w @ x >= 0) == (t > 0) else w + t * x), "You predict +1"),
    ("10.perceptron_epoch", lambda X, y, w: pass_with(rule)(X[::-1], y[::-1], w), "not yet"),
    ("10.cross_entropy", lambda Z, u: -np.log(of_class(softmax(Z), u)).mean(), FORM_P),
    ("10.cross_entropy", lambda Z, u: -np.log(np.clip(
        of_class(softmax(Z), u), 1e-12, 1)).mean(), KEPT),
    ("10.cross_entropy", lambda Z, u: -np.log(np.clip(
        softmax(Z), 1e-7, 1 - 1e-7)[np.arange(len(u)), u]).mean(), KEPT),
    ("10.cross_entropy", lambda Z, u: -np.log(of_class(softmax(Z), u) + 1e-12).mean(), KEPT),
    ("10.cross_entropy", lambda Z, u: -np.log(of_class(softmax(Z) + 1e-9, u)).mean(), KEPT),
    ("10.cross_entropy", with_shift(lambda Z: Z.mean(axis=1, keepdims=True)),
     "Subtract the *largest*"),
    ("10.cross_entropy", with_shift(lambda Z: Z.min(axis=1, keepdims=True)),
     "Subtract the *largest*"),
    ("10.cross_entropy", with_shift(np.max), "largest of the whole array"),
    ("10.cross_entropy", in_exp_only, "within the exponentials only"),
    ("10.cross_entropy", lambda Z, u: with_shift(lambda Z: 0)(
        Z / Z.max(axis=1, keepdims=True), u), "divided by the largest"),
    ("10.cross_entropy", lambda Z, u: by_math(np.maximum(
        Z - Z.max(axis=1, keepdims=True), -700), u), "clipped the differences"),
    ("10.cross_entropy", lambda Z, u: by_math(Z, [0] * len(u)), "column 0"),
    ("10.cross_entropy", lambda Z, u: -np.log2(of_class(softmax(Z), u)).mean(), "base 2"),
    ("10.cross_entropy", lambda Z, u: np.log(of_class(softmax(Z), u)).mean(),
     "The minus is missing"),
    ("10.cross_entropy", lambda Z, u: -np.log(of_class(softmax(Z), u)).sum(), "You summed"),
    ("10.cross_entropy", lambda Z, u: -np.log(of_class(softmax(Z), u)), "Return their mean"),
    ("10.cross_entropy", yes_or_no, "yes-or-no"),
    ("10.count_parameters", by_popping, "changes its input"),
    ("10.count_parameters", lambda s: (s[0] + 1) * s[1] + (s[1] + 1) * s[2], "any length"),
    ("10.count_parameters", lambda s: sum((s[i] + 1) * s[i + 1] for i in range(len(s))),
     "one step too far"),
    ("10.count_parameters", lambda s: sum((s[0] + 1) * m for m in s[1:]), "to the input"),
    ("10.count_parameters", lambda s: [(a + 1) * b for a, b in zip(
        s[:-1], s[1:], strict=True)], "Return their sum"),
    ("10.layer_backward", lambda X, W, dZ: (X.T @ dZ, dZ.sum(0), dZ @ W.T), "another order"),
    ("10.layer_backward", lambda X, W, dZ: (dZ @ W.T, dZ.sum(0), X.T @ dZ), "another order"),
    ("10.layer_backward", lambda X, W, dZ: (dZ @ W.T, X.T @ dZ), "returned 2 values"),
    ("10.hidden_gradient", lambda *case: relu(*case)[::-1], "in the other order"),
    ("10.hidden_gradient", lambda X, Z1, W2, dZ2: relu(np.maximum(0, Z1), Z1, W2, dZ2),
     "X.T @ dZ1"),
    ("10.hidden_gradient", lambda X, Z1, W2, dZ2: (
        X.T @ (dZ2 * (Z1 > 0)), (dZ2 * (Z1 > 0)).sum(axis=0)), "dZ2 @ W2.T"),
    ("10.hidden_gradient", through(lambda dA, Z1: np.heaviside(Z1, 0.5) * dA), "At Z1 = 0"),
    ("10.hidden_gradient", lambda *case: (relu(*case)[0], relu(*case)[1].sum()),
     "into one number"),
    ("10.momentum_step", velocity(lambda v, g, rate, beta: beta * v - (1 - beta) * g),
     "You averaged with 1 - beta"),
    ("10.momentum_step", velocity(lambda v, g, rate, beta: (1 - beta) * v - rate * g),
     "the share that stays"),
    ("10.momentum_step", velocity(lambda v, g, rate, beta: 0.9 * v - rate * g),
     "a fixed number"),
    ("10.momentum_step", lambda w, v, g, rate, beta: (
        w + rate * (beta * v - g), beta * v - g), "PyTorch"),
]
