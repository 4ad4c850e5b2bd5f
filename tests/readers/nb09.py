"""Answers of readers to the exercises of page 09."""

from collections import Counter
from itertools import combinations_with_replacement

import numpy as np
from scipy import stats
from scipy.cluster.vq import vq
from scipy.spatial import KDTree
from sklearn import metrics


def scaled_by(middle, width, *, test=None):
    """Scale with ``middle`` and ``width`` of train; ``test`` of its own if given."""
    def answer(train, other):
        m, w = middle(train), width(train)
        own = test(other) if test else (m, w)
        return (train - m) / w, (other - own[0]) / own[1]
    return answer


def deviation(x):
    s = x.std(axis=0)
    s[s == 0] = 1
    return s


def by_moments(train, test):
    m = np.mean(train, axis=0)
    s = np.sqrt(np.maximum(np.mean(train ** 2, axis=0) - m ** 2, 0))
    s[s < 1e-6] = 1
    return [(train - m) / s, (test - m) / s]


def skipped_if_constant(train, test):
    one, other = train.copy(), test.copy()
    for j in range(train.shape[1]):
        if train[:, j].std() == 0:
            continue
        one[:, j] = (train[:, j] - train[:, j].mean()) / train[:, j].std()
        other[:, j] = (test[:, j] - train[:, j].mean()) / train[:, j].std()
    return one, other


def in_place(train, test):
    m, s = train.mean(axis=0), deviation(train)
    train -= m
    test -= m
    return train / s, test / s


def looked_up(values, categories):
    columns = {name: j for j, name in enumerate(categories)}
    out = np.zeros((len(values), len(categories)), np.float32)
    for i, value in enumerate(values):
        if value in columns:
            out[i, columns[value]] = 1
    return out


def products(pairs):
    def answer(X):
        d = X.shape[1]
        return np.stack([np.ones(len(X)), *X.T,
                         *(X[:, i] * X[:, j] for i, j in pairs(d))], axis=1)
    return answer


def voted(decide, chosen=lambda order, k: order[:k]):
    """Vote point by point; the distance is the Euclidean one."""
    def answer(X, u, Z, k):
        return np.array([decide(u[chosen(np.argsort(np.linalg.norm(X - z, axis=1)), k)])
                         for z in Z])
    return answer


def by_tree(X, u, Z, k):
    places = KDTree(X).query(Z, k=[*range(1, k + 1)])[1]
    return [max(sorted(set(u[row].tolist())), key=u[row].tolist().count)
            for row in places]


def step_by_vq(X, C):
    group, new = vq(X.astype(float), np.asarray(C, float))[0], np.array(C, float)
    for j in set(group):
        new[j] = X[group == j].mean(axis=0)
    return group, new


def step_by_one_hot(X, C):
    group = ((X[:, None] - C) ** 2).sum(axis=2).argmin(axis=1)
    count = np.bincount(group, minlength=len(C))[:, None]
    return [group, np.where(count > 0, np.eye(len(C))[group].T @ X
                            / np.maximum(count, 1), C)]


def writes_into_C(X, C):
    group = ((X[:, None] - C) ** 2).sum(axis=2).argmin(axis=1)
    for j in set(group.tolist()):
        C[j] = X[group == j].mean(axis=0)
    return group, C


def counted(u, u_hat):
    table = Counter(zip(u.tolist(), u_hat.tolist(), strict=True))
    TP, FP, FN = table[1, 1], table[0, 1], table[1, 0]
    if TP == 0:
        return (table[0, 0] / len(u), 0, 0)
    return ((TP + table[0, 0]) / len(u), TP / (TP + FP), TP / (TP + FN))


def nothing_to_do(u, u_hat):
    return counted(u, u_hat) if u_hat.any() and u.any() else (0, 0, 0)


def joined(kind):
    return lambda u, u_hat: (
        np.mean(u == u_hat), metrics.precision_score(u, u_hat, average=kind,
                                                     zero_division=0),
        metrics.recall_score(u, u_hat, average=kind, zero_division=0))


def pairs(u, s):
    return float((np.sign(np.subtract.outer(s[u == 1], s[u == 0])).mean() + 1) / 2)


def curve(compare, ends=()):
    """Area under the curve by thresholds, with the given end points added."""
    def answer(u, s):
        t = np.unique(s)[::-1]
        tpr, fpr = ([np.mean(compare(s[u == v], x)) for x in t] for v in (1, 0))
        if 0 in ends:
            tpr, fpr = [0, *tpr], [0, *fpr]
        if 1 in ends:
            tpr, fpr = [*tpr, 1], [*fpr, 1]
        return np.trapezoid(tpr, fpr)
    return answer


def by_ranks(ranks):
    def answer(u, s):
        n = u.sum()
        return (ranks(s)[u == 1].sum() - n * (n + 1) / 2) / (n * (len(u) - n))
    return answer


def marks_only(u, s):
    good = 0
    for mark in range(1, 6):
        same = s[u == 1] == mark
        good += same.sum() * (np.sum(s[u == 0] < mark) + np.sum(s[u == 0] == mark) / 2)
    return good / np.sum(u == 1) / np.sum(u == 0)


RIGHT = [
    ("09.standardise", by_moments),
    ("09.standardise", scaled_by(lambda x: x.mean(axis=0), deviation)),
    ("09.one_hot", looked_up),
    ("09.one_hot", lambda values, categories: looked_up(values, categories).astype(bool)),
    ("09.quadratic", products(lambda d: combinations_with_replacement(range(d), 2))),
    ("09.quadratic", lambda X: np.hstack([np.ones((len(X), 1)), X, (
        X[:, :, None] * X[:, None])[:, *np.triu_indices(X.shape[1])]])),
    ("09.knn_vote", by_tree),
    ("09.knn_vote", lambda X, u, Z, k: stats.mode(u[np.argsort(np.linalg.norm(
        Z[:, None] - X, axis=2), 1)[:, :k]], axis=1).mode),
    ("09.knn_vote", voted(lambda c: float(np.bincount(c).argmax()))),
    ("09.kmeans_step", step_by_vq),
    ("09.kmeans_step", step_by_one_hot),
    ("09.three_scores", counted),
    ("09.three_scores", lambda u, u_hat: np.array(
        [np.mean(u == u_hat), (u & u_hat).sum() / max(u_hat.sum(), 1),
         (u & u_hat).sum() / max(u.sum(), 1)])),
    ("09.auc", pairs),
    ("09.auc", curve(np.greater_equal, (0,))),
    ("09.auc", curve(np.greater, (1,))),
    ("09.auc", lambda u, s: stats.mannwhitneyu(s[u == 1], s[u == 0]).statistic
     / (u.sum() * (1 - u).sum())),
]

WRONG = [
    ("09.standardise", skipped_if_constant, "left the constant column"),
    ("09.standardise", scaled_by(lambda x: x.mean(0), lambda x: np.maximum(x.std(0), 1)),
     "raised every deviation"),
    ("09.standardise", scaled_by(lambda x: np.median(x, 0), lambda x: np.where(
        np.ptp(x, 0) == 0, 1, np.ptp(x, 0))), "median and range"),
    ("09.standardise", scaled_by(lambda x: x.mean(0), deviation, test=lambda x: (
        x.mean(0), deviation(x))), "with its own mean"),
    ("09.standardise", in_place, "changes its input"),
    ("09.standardise", lambda train, test: (by_moments(train, test)[0],
                                            test - train.mean(axis=0)), "divided train only"),
    ("09.standardise", lambda train, test: tuple(
        np.round(part, 2) for part in by_moments(train, test)), "You rounded"),
    ("09.standardise", lambda train, test: by_moments(train, test)[0], "2 values"),
    ("09.one_hot", lambda values, categories: np.eye(len(categories))[np.clip(
        np.searchsorted(categories, values), 0, len(categories) - 1)], "sorted list"),
    ("09.one_hot", lambda values, categories: looked_up(
        [v.strip() for v in values], [c.strip() for c in categories]), "stripped blanks"),
    ("09.one_hot", lambda values, categories: looked_up(
        [v[0] for v in values], [c[0] for c in categories]), "first letters"),
    ("09.one_hot", lambda values, categories: np.eye(len(categories))[
        [categories.index(v) for v in values]], "stops your function"),
    ("09.quadratic", lambda X: np.column_stack(
        [X[:, 0] ** 0, X[:, 0], X[:, 1], X[:, 0] ** 2, X[:, 0] * X[:, 1], X[:, 1] ** 2]),
     "knows two features only"),
    ("09.quadratic", products(lambda d: [(i, j) for i in range(d) for j in range(i + 1)]),
     "ordered by the larger index"),
    ("09.quadratic", lambda X: products(lambda d: combinations_with_replacement(
        range(d), 2))(X.astype(int)), "not yet"),
    ("09.knn_vote", voted(lambda c: np.bincount(c).argmax(), lambda order, k: order[:k - 1]),
     "k - 1 neighbours"),
    ("09.knn_vote", voted(lambda c: int(np.median(c))), "median of the class numbers"),
    ("09.knn_vote", voted(lambda c: int(np.argmax([(c == j).sum() for j in (0, 1, 2)]))),
     "first classes only"),
    ("09.knn_vote", voted(lambda c: Counter(c.tolist()).most_common(1)[0][0]),
     "Counter.most_common"),
    ("09.knn_vote", voted(lambda c: c.mean()), "averaged class numbers"),
    ("09.knn_vote", lambda X, u, Z, k: voted(lambda c: np.bincount(c).argmax())(
        (X - X.mean(0)) / X.std(0), u, (Z - X.mean(0)) / X.std(0), k), "scaled the features"),
    ("09.knn_vote", lambda X, u, Z, k: by_tree(X[:, :2], u, Z[:, :2], k),
     "first two features"),
    ("09.knn_vote", voted(lambda c: c.min()), "smallest class number"),
    ("09.knn_vote", voted(lambda c: np.bincount(c).argmin()), "fewest votes"),
    ("09.knn_vote", lambda X, u, Z, k: np.zeros(len(Z)), "equal, to 0"),
    ("09.kmeans_step", lambda X, C: (lambda g: (g, np.stack([np.bincount(
        g, x) for x in X.T], 1) / np.maximum(np.bincount(g), 1)[:, None]))(
            step_by_vq(X, C)[0]), "minlength=len(C)"),
    ("09.kmeans_step", writes_into_C, "changes its input"),
    ("09.kmeans_step", lambda X, C: step_by_vq(X, C)[1], "2 values"),
    ("09.kmeans_step", lambda X, C: (step_by_vq(X, C)[0], step_by_vq(X, C)[1].astype(int)),
     "without its fractions"),
    ("09.three_scores", nothing_to_do, "0 for all three"),
    ("09.three_scores", lambda u, u_hat: (counted(u, u_hat)[0], 1 - counted(u, u_hat)[1],
                                          counted(u, u_hat)[2]), "*false* alarms"),
    ("09.three_scores", lambda u, u_hat: tuple(int(v) for v in counted(u, u_hat)),
     "with //"),
    ("09.three_scores", joined("macro"), "average='binary'"),
    ("09.three_scores", joined("micro"), "average='binary'"),
    ("09.three_scores", lambda u, u_hat: (int((u == u_hat).sum()), int((u & u_hat).sum()),
                                          int((u & u_hat).sum())), "You returned counts"),
    ("09.auc", lambda u, s: max(pairs(u, s), 1 - pairs(u, s)), "below one half"),
    ("09.auc", lambda u, s: 0.5 + abs(pairs(u, s) - 0.5), "below one half"),
    ("09.auc", curve(np.greater_equal), "Put (0, 0) in front"),
    ("09.auc", curve(np.greater), "stops before the point (1, 1)"),
    ("09.auc", marks_only, "marks 1 to 5 only"),
    ("09.auc", by_ranks(lambda s: stats.rankdata(s, "min")), "mean of their ranks"),
    ("09.auc", by_ranks(lambda s: np.argsort(np.argsort(s)) + 1), "*one* slanted step"),
    ("09.auc", by_ranks(lambda s: np.argsort(s) + 1), "which example is at each place"),
    ("09.auc", lambda u, s: stats.rankdata(s)[u == 1].sum() / (u.sum() * (1 - u).sum()),
     "n_1 (n_1 + 1) / 2"),
    ("09.auc", lambda u, s: np.mean([np.sum(a > s[u == 0]) + np.sum(a == s[u == 0]) / 2
                                     for a in s[u == 1]]), "one class only"),
    ("09.auc", lambda u, s: pairs(u, s) * 100, "percent"),
    ("09.auc", lambda u, s: round(pairs(u, s), 2), "You rounded"),
]
