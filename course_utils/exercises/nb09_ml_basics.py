"""Exercises of page 09: basics of machine learning."""

from collections import Counter

import numpy as np

from course_utils.exercise import Exercise, Mistake


def make_exercises():
    """Return the exercises of the page, in its order."""
    return [_standardise(), _one_hot(), _quadratic(), _knn_vote(), _kmeans_step(),
            _three_scores(), _auc()]


# --- scale without peeking --------------------------------------------------------------

def standardise(train, test):
    """Return both sets as z-scores by the mean and deviation of train."""
    mu, sigma = train.mean(axis=0), train.std(axis=0)
    sigma = np.where(sigma == 0, 1, sigma)
    return (train - mu) / sigma, (test - mu) / sigma


def _library_standardise(train, test):
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler().fit(train)
    return scaler.transform(train), scaler.transform(test)


def _columns_one_by_one(train, test):
    out = np.zeros(np.shape(train)), np.zeros(np.shape(test))
    for j in range(train.shape[1]):
        values = [float(v) for v in train[:, j]]
        mean = sum(values) / len(values)
        deviation = (sum((v - mean) ** 2 for v in values) / len(values)) ** 0.5 or 1.0
        for result, given in zip(out, (train, test), strict=True):
            for i, value in enumerate(given[:, j]):
                result[i, j] = (value - mean) / deviation
    return [part.tolist() for part in out]


def _standardise():
    def fixed(sigma):
        return np.where(sigma == 0, 1, sigma)

    def scaled(of_train, of_test):
        """Return an answer from (offset, divisor) for train and for test."""
        def answer(train, test):
            (a, b), (c, d) = of_train(train, test), of_test(train, test)
            return (train - a) / b, (test - c) / d
        return answer

    def same(rule):
        return scaled(lambda train, test: rule(train, test),
                      lambda train, test: rule(train, test))

    def right(train, test):
        return train.mean(0), fixed(train.std(0))

    def own(train, test):
        return test.mean(0), fixed(test.std(0))

    def own_plain(train, test):
        return test.mean(0), test.std(0)

    def together(train, test):
        both = np.concatenate([train, test])
        return both.mean(0), fixed(both.std(0))

    def min_max(train, test):
        return train.min(0), fixed(np.ptp(train, 0))

    def quartiles(train, test):
        low, middle, high = np.percentile(train, (25, 50, 75), axis=0)
        return middle, fixed(high - low)

    def zeroed(train, test):
        one, other = standardise(train, test)
        return one, np.where(train.std(0) == 0, 0, other)

    def dropped(train, test):
        keep = train.std(0) > 0
        one, other = standardise(train, test)
        return one[:, keep], other[:, keep]

    def cases(rng):
        def data(n, d):
            return rng.normal(rng.uniform(-5, 20, d), rng.uniform(0.3, 4, d), (n, d))

        one, other = data(5, 3), data(4, 3) + 2
        one[:, 1], other[:, 1] = 3.0, [3, 5, 2, 3]
        return [(np.array([[1.0, 10], [2, 50], [6, 30]]), np.array([[3.0, 20], [8, 60]])),
                (data(7, 3), data(4, 3) + 1), (one, other), (data(4, 4), data(4, 4))]

    return Exercise(
        "standardise", standardise, cases,
        {
            "fitted on test": Mistake(
                (scaled(right, own), scaled(right, own_plain),
                 scaled(lambda a, b: (a.mean(0), a.std(0)), own),
                 scaled(lambda a, b: (a.mean(0), a.std(0)), own_plain)),
                "You scaled the test set with its own mean and deviation. Then the same "
                "nucleus gets other features in each set: use those of train for both."),
            "fitted on both": Mistake(
                (same(together), lambda a, b: scaled(*[lambda p, q: (
                    np.concatenate([p, q]).mean(0), np.concatenate([p, q]).std(0))] * 2)(
                        a, b)),
                "You took mean and deviation over train and test together. That is a "
                "leak: the test set has a part in the training. Use train alone."),
            "the wrong set": Mistake(
                (same(own), same(own_plain)),
                "You took mean and deviation of the test set for both. They come from "
                "train."),
            "test's mean": Mistake(
                scaled(right, lambda a, b: (b.mean(0), fixed(a.std(0)))),
                "The deviation is that of train, but you subtracted the test set's own "
                "mean from it. Both numbers come from train."),
            "test untouched": Mistake(
                scaled(right, lambda a, b: (0, 1)),
                "Only train is scaled. A model trained on z-scores needs the test set "
                "scaled by the same mean and deviation. (Did you overwrite train first? "
                "Then its mean is 0 and its deviation 1.)"),
            "test not divided": Mistake(
                scaled(right, lambda a, b: (a.mean(0), 1)),
                "You subtracted the mean from both, but divided train only. Divide test "
                "by the deviation of train, too."),
            "divided by the maximum": Mistake(
                (same(lambda a, b: (0, np.abs(a).max(0))), same(lambda a, b: (0, a.max(0)))),
                "You divided by the maximum. A z-score subtracts the mean and divides by "
                "the standard deviation."),
            "rounded": Mistake(
                tuple(lambda a, b, digits=digits: tuple(
                    np.round(part, digits) for part in standardise(a, b))
                    for digits in (1, 2, 3)),
                "You rounded the z-scores. Return them as they are; round when you "
                "print."),
            "n - 1": Mistake(
                (same(lambda a, b: (a.mean(0), fixed(a.std(0, ddof=1)))),
                 same(lambda a, b: (a.mean(0), a.std(0, ddof=1)))),
                "You divided by n - 1 in the deviation (ddof=1, the default of pandas). "
                "Here it is n, NumPy's default."),
            "variance": Mistake(
                (same(lambda a, b: (a.mean(0), fixed(a.var(0)))),
                 same(lambda a, b: (a.mean(0), a.var(0)))),
                "You divided by the variance. Divide by its root, the standard "
                "deviation."),
            "not divided": Mistake(
                same(lambda a, b: (a.mean(0), 1)),
                "You subtracted the mean only. Divide by the standard deviation, too."),
            "not centred": Mistake(
                (same(lambda a, b: (0, fixed(a.std(0)))),
                 same(lambda a, b: (0, a.std(0)))),
                "You divided by the deviation only. Subtract the mean of train first."),
            "brackets": Mistake(
                lambda a, b: tuple(x - a.mean(0) / fixed(a.std(0)) for x in (a, b)),
                "Brackets: x - mu / sigma divides first. Write (x - mu) / sigma."),
            "whole array": Mistake(
                same(lambda a, b: (a.mean(), a.std())),
                "You took one mean and one deviation of the whole array. Each column is "
                "a feature with its own: axis=0."),
            "along the rows": Mistake(
                (lambda a, b: tuple((x - x.mean(1, keepdims=True)) / x.std(
                    1, keepdims=True) for x in (a, b)),),
                "You scaled each row, that is each example, by itself. The statistics "
                "run down the columns: axis=0."),
            "min-max": Mistake(
                (same(min_max), same(lambda a, b: (a.min(0), np.ptp(a, 0)))),
                "You mapped minimum and maximum to 0 and 1. That is another scaling; a "
                "z-score takes mean and standard deviation."),
            "median": Mistake(
                same(lambda a, b: (np.median(a, 0), fixed(a.std(0)))),
                "You subtracted the median. The z-score subtracts the mean."),
            "robust": Mistake(
                (same(lambda a, b: (np.median(a, 0), fixed(np.ptp(a, 0)))),
                 same(quartiles),
                 same(lambda a, b: (np.median(a, 0), np.subtract(
                     *np.percentile(a, (75, 25), axis=0))))),
                "You scaled by median and range, or median and quartiles. Outliers would "
                "thank you; the z-score takes mean and standard deviation."),
            "constant column": Mistake(
                (same(lambda a, b: (a.mean(0), a.std(0))),
                 lambda a, b: tuple(np.nan_to_num((x - a.mean(0)) / a.std(0))
                                    for x in (a, b))),
                "A column that is constant in train has a deviation of 0, and you divide "
                "by it. Use 1 there: np.where(sigma == 0, 1, sigma)."),
            "constant column untouched": Mistake(
                (lambda a, b: tuple(np.where(a.std(0) == 0, given, scaled) for given, scaled
                                    in zip((a, b), standardise(a, b), strict=True)),),
                "You left the constant column as it was. Subtract its mean, too: only "
                "the division needs the exception."),
            "small deviations raised": Mistake(
                same(lambda a, b: (a.mean(0), np.maximum(a.std(0), 1))),
                "You raised every deviation below 1 to 1, with a maximum. Only a 0 is "
                "replaced: np.where(sigma == 0, 1, sigma)."),
            "one added": Mistake(
                same(lambda a, b: (a.mean(0), a.std(0) + 1)),
                "You added 1 to every deviation. Only a 0 is replaced by 1: "
                "np.where(sigma == 0, 1, sigma)."),
            "test not centred": Mistake(
                scaled(right, lambda a, b: (0, fixed(a.std(0)))),
                "You subtracted the mean from train only. Test needs the same mean "
                "subtracted, that of train."),
            "tiny number added": Mistake(
                tuple(same(lambda a, b, tiny=tiny: (a.mean(0), a.std(0) + tiny))
                      for tiny in (1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-12)),
                "You added a tiny number to the deviation. In a constant column that "
                "makes huge numbers of small differences: use 1 where it is 0."),
            "constant column set to 0": Mistake(
                (zeroed, lambda a, b: tuple(np.nan_to_num(
                    (x - a.mean(0)) / a.std(0), posinf=0, neginf=0) for x in (a, b))),
                "You set the constant column to 0 in both sets. In the test set it may "
                "vary: subtract the mean there and divide by 1."),
            "order": Mistake(
                lambda train, test: standardise(train, test)[::-1],
                "You returned (test, train). The order is train first, then test."),
            "constant column dropped": Mistake(
                dropped,
                "You dropped the constant column. Both results keep all columns; divide "
                "by 1 there."),
        },
        ["Which numbers would you have, if the test set arrived one year later?",
         "mu = train.mean(axis=0), sigma = train.std(axis=0): one for each column. "
         "Subtract and divide both sets by these.",
         "sigma = np.where(sigma == 0, 1, sigma) before you divide."],
        independent=_library_standardise,
        also_right=(_columns_one_by_one,
                    lambda train, test: np.split(
                        (np.concatenate([train, test]) - np.mean(train, 0))
                        / np.where(np.ptp(train, 0) > 0, np.std(train, 0), 1),
                        [len(train)])))


# --- one-hot ----------------------------------------------------------------------------

def one_hot(values, categories):
    """Return a row for each value with a 1 at its category, or none."""
    return (np.array(values)[:, None] == np.array(categories)).astype(float)


def _library_one_hot(values, categories):
    from sklearn.preprocessing import OneHotEncoder

    encoder = OneHotEncoder(categories=[categories], handle_unknown="ignore",
                            sparse_output=False)
    encoder.fit(np.array(categories)[:, None])
    return encoder.transform(np.array(values)[:, None])


def _one_hot():
    def placed(place, fill=0.0):
        """Return an answer that writes a 1 at place(value, categories), if any."""
        def answer(values, categories):
            out = np.full((len(values), len(categories)), 0.0)
            for i, value in enumerate(values):
                j = place(value, categories)
                if j is None:
                    out[i] = fill
                else:
                    out[i, j] = 1
            return out
        return answer

    def index(value, categories):
        return categories.index(value) if value in categories else None

    def by_dictionary(values, categories):
        columns = {name: j for j, name in enumerate(categories)}
        out = np.zeros((len(values), len(categories)))
        for i, value in enumerate(values):
            out[i, columns[value]] = 1
        return out

    def learnt(order):
        return lambda values, categories: one_hot(values, order(values))

    def with_column(values, categories):
        known = one_hot(values, categories)
        return np.column_stack([known, known.sum(1) == 0])

    def numbers(missing):
        return lambda values, categories: np.array([
            categories.index(v) if v in categories else missing for v in values])

    def sought(place):
        return lambda values, categories: np.eye(len(categories))[
            place(np.searchsorted(categories, values), categories)]

    def compared(equal):
        return lambda values, categories: np.array(
            [[float(equal(c, v)) for c in categories] for v in values])

    def cases(rng):
        reds = ["violet", "red", "infrared", "green", "blue"]
        stains = ["SYTO", "DAPI", "Hoechst"]
        return [(["b", "d", "c"], ["c", "b", "a"]),
                (["DAPI", "DAPI", "GFP", "SYTO", "Hoechst", "Syto", " DAPI"], stains),
                (["infrared", "blue", "blue-green", "red", "green", "re"], reds),
                ([str(v) for v in rng.choice(["n", "e", "s", "w", "up"], 12)],
                 ["w", "n", "s", "e"])]

    dropped = (lambda values, categories: one_hot(
        [v for v in values if v in categories], categories))
    return Exercise(
        "one_hot", one_hot, cases,
        {
            "unseen in the last column": Mistake(
                placed(lambda v, c: c.index(v) if v in c else -1),
                "An unseen value got the place -1, and that is the *last* column. It is "
                "none of the categories: its row stays zero."),
            "unseen in the first column": Mistake(
                (placed(lambda v, c: c.index(v) if v in c else 0),
                 lambda values, categories: np.eye(len(categories))[np.argmax(
                     np.array(values)[:, None] == np.array(categories), axis=1)]),
                "An unseen value got a 1 in the first column, as argmax gives 0 where "
                "nothing is found. Its row stays zero."),
            "unseen stops the program": Mistake(
                (placed(lambda v, c: c.index(v)), by_dictionary),
                "A value that is not in the list stops your function. Ask first: "
                "`if value in categories`; else the row stays zero."),
            "unseen dropped": Mistake(
                dropped,
                "You left out the rows of unseen values. Then rows no longer belong to "
                "their examples: keep them, with zeros."),
            "column for unseen": Mistake(
                (with_column,
                 lambda values, categories: np.roll(with_column(values, categories),
                                                    1, 1)),
                "You added a column for all that is unseen. A fair idea, but here the "
                "result has one column for each category, and unseen rows are zero."),
            "unseen NaN": Mistake(
                placed(index, np.nan),
                "Rows of unseen values are NaN in your result. They shall be zero."),
            "unseen shared": Mistake(
                (lambda values, categories: placed(index, 1 / len(categories))(
                    values, categories),),
                "You shared the 1 among all columns for unseen values. Their rows are "
                "zero."),
            "unseen all ones": Mistake(
                placed(index, 1.0),
                "Rows of unseen values are full of ones. They belong to *no* category: "
                "zeros."),
            "columns sorted": Mistake(
                lambda values, categories: one_hot(values, sorted(categories)),
                "You sorted the categories. The columns keep the order of the list that "
                "was given."),
            "columns from the values": Mistake(
                (learnt(lambda values: sorted(set(values))),
                 learnt(lambda values: list(dict.fromkeys(values)))),
                "You made the columns from the values at hand, so they change with every "
                "batch. The columns are those of `categories`."),
            "numbers": Mistake(
                (numbers(-1), numbers(0), numbers(np.nan)),
                "You numbered the categories. A model would take 2 for more than 1: give "
                "each category a column."),
            "number in its column": Mistake(
                lambda values, categories: one_hot(values, categories) * np.arange(
                    1, len(categories) + 1),
                "You wrote the number of the category into its column. A 1 is enough: "
                "the place says which it is."),
            "transposed": Mistake(
                lambda values, categories: one_hot(values, categories).T,
                "Rows and columns are exchanged: one row for each value, one column for "
                "each category."),
            "one column dropped": Mistake(
                (lambda values, categories: one_hot(values, categories)[:, 1:],
                 lambda values, categories: one_hot(values, categories)[:, :-1]),
                "You dropped the column of one category (drop_first in pandas). Then it "
                "looks like an unseen value: keep all columns."),
            "part of a word": Mistake(
                (compared(lambda c, v: c in v), compared(lambda c, v: v in c),
                 compared(lambda c, v: v.startswith(c)),
                 compared(lambda c, v: c.startswith(v))),
                "`in` and startswith find parts of words: red is part of infrared. "
                "Compare with ==."),
            "capitals ignored": Mistake(
                compared(lambda c, v: c.lower() == v.lower()),
                "You ignored capitals. Syto is not SYTO here: compare the strings as "
                "they are."),
            "blanks ignored": Mistake(
                compared(lambda c, v: c.strip() == v.strip()),
                "You stripped blanks off. \" DAPI\" is not \"DAPI\" here: compare the "
                "strings as they are."),
            "first letters": Mistake(
                compared(lambda c, v: c[:1] == v[:1]),
                "You compared first letters only. Compare whole strings with ==."),
            "searchsorted": Mistake(
                (sought(lambda j, c: np.clip(j, 0, len(c) - 1)),
                 sought(lambda j, c: j % len(c)), sought(lambda j, c: j)),
                "np.searchsorted needs a sorted list, and finds a place for unseen values, "
                "too. Compare each value with each category."),
            "minus one": Mistake(
                lambda values, categories: 2 * one_hot(values, categories) - 1,
                "Columns that are off hold -1 in your result. They hold 0: that keeps "
                "the matrix sparse."),
            "zeros and ones exchanged": Mistake(
                lambda values, categories: 1 - one_hot(values, categories),
                "Zeros and ones are exchanged: one 1 in a row, the rest 0."),
            "thermometer": Mistake(
                (lambda values, categories: np.cumsum(
                    one_hot(values, categories)[:, ::-1], 1)[:, ::-1],
                 lambda values, categories: np.cumsum(one_hot(values, categories), 1)),
                "You set all columns up to, or from, the category. Only its own column "
                "is 1."),
        },
        ["How many rows and columns has the result? Start from np.zeros of that shape.",
         "For each value that is in the list, categories.index(value) is its column.",
         "In one line: np.array(values)[:, None] == np.array(categories) compares each "
         "with each."],
        independent=_library_one_hot,
        also_right=(placed(index), compared(lambda c, v: c == v),
                    lambda values, categories: [[1 if c == v else 0 for c in categories]
                                                for v in values],
                    lambda values, categories: np.vstack(
                        [np.eye(len(categories)), np.zeros(len(categories))])[
                            numbers(len(categories))(values, categories)]))


# --- quadratic features -----------------------------------------------------------------

def quadratic(X):
    """Return 1, the features, and their products x_i x_j for i <= j."""
    i, j = np.triu_indices(X.shape[1])
    return np.column_stack([np.ones(len(X)), X, X[:, i] * X[:, j]])


def _library_quadratic(X):
    from sklearn.preprocessing import PolynomialFeatures

    return PolynomialFeatures(2).fit_transform(X)


def _quadratic():
    def mapped(pairs, *, ones=True, linear=True, product=np.multiply):
        """Return an answer with the products of pairs(d), one thing changed."""
        def answer(X):
            columns = [np.ones(len(X))] if ones else []
            columns += list(X.T) if linear else []
            columns += [product(X[:, i], X[:, j]) for i, j in pairs(X.shape[1])]
            return np.column_stack(columns)
        return answer

    def upper(d):
        return [(i, j) for i in range(d) for j in range(i, d)]

    def crosses(d):
        return [(i, j) for i, j in upper(d) if i < j]

    def squares(d):
        return [(i, i) for i in range(d)]

    def in_loops(X):
        rows = []
        for x in np.asarray(X).tolist():
            row = [1, *x]
            for i, first in enumerate(x):
                for second in x[i:]:
                    row.append(first * second)
            rows.append(row)
        return rows

    def two_by_name(X):
        x, y = X[:, 0], X[:, 1]
        return np.column_stack([np.ones(len(X)), x, y, x * x, x * y, y * y])

    def two_unpacked(X):
        x, y = X.T
        return two_by_name(np.column_stack([x, y]))

    def doubled(factor):
        def answer(X):
            i, j = np.triu_indices(X.shape[1])
            return np.column_stack([np.ones(len(X)), X, np.where(i == j, 1, factor)
                                    * X[:, i] * X[:, j]])
        return answer

    def cases(rng):
        def data(*shape):
            return np.round(rng.uniform(-3, 3, shape), 2)

        return [(np.array([[2.0, 5.0], [-1.0, 3.0]]),), (data(5, 3),), (data(4, 4),),
                (data(6, 2),)]

    return Exercise(
        "quadratic", quadratic, cases,
        {
            "no squares": Mistake(
                mapped(crosses),
                "The squares are missing: i <= j includes i = j."),
            "squares only": Mistake(
                mapped(squares),
                "You have the squares but not the products of two different features. "
                "Those are the crosses that solve XOR."),
            "each product twice": Mistake(
                (mapped(lambda d: [(i, j) for i in range(d) for j in range(d)]),),
                "You have x_i x_j and x_j x_i, the same column twice. Take i <= j only: "
                "j starts at i."),
            "two features only": Mistake(
                (two_by_name, two_unpacked),
                "Your function knows two features only. Their number is d = X.shape[1]: "
                "loop over it."),
            "squares first": Mistake(
                mapped(lambda d: squares(d) + crosses(d)),
                "You put all squares first and the crosses behind them. The order is by "
                "i, then j: x_1 x_1, x_1 x_2, ..., x_2 x_2, ..."),
            "crosses first": Mistake(
                mapped(lambda d: crosses(d) + squares(d)),
                "You put the crosses first and all squares behind them. The order is by "
                "i, then j: x_1 x_1, x_1 x_2, ..., x_2 x_2, ..."),
            "ordered by j": Mistake(
                mapped(lambda d: [(i, j) for j in range(d) for i in range(j + 1)]),
                "Your products are ordered by the larger index, as np.tril_indices gives "
                "them. The order is by i, then j: x_1 x_1, x_1 x_2, x_1 x_3, x_2 x_2 ..."),
            "neighbours only": Mistake(
                (mapped(lambda d: [(i, j) for i, j in upper(d) if j - i <= 1]),
                 mapped(lambda d: squares(d) + [(i, i + 1) for i in range(d - 1)])),
                "You multiplied only features that stand side by side. All pairs i <= j "
                "are wanted: two loops, the second from i to the end."),
            "no constant": Mistake(
                mapped(upper, ones=False),
                "The column of ones is missing. It carries the offset b."),
            "constant last": Mistake(
                lambda X: np.roll(quadratic(X), -1, axis=1),
                "The column of ones stands last. It comes first."),
            "no features": Mistake(
                mapped(upper, linear=False),
                "The features themselves are missing: 1, then x_1 ... x_d, then the "
                "products."),
            "products only": Mistake(
                mapped(upper, ones=False, linear=False),
                "You returned the products only. In front of them stand 1 and the "
                "features x_1 ... x_d."),
            "sums": Mistake(
                mapped(upper, product=np.add),
                "You added the features of a pair. A sum is nothing new for a linear "
                "model: multiply them."),
            "crosses doubled": Mistake(
                (doubled(2), doubled(2 ** 0.5)),
                "You weighted the crosses by 2 or its root, as in (a + b)^2. Here the "
                "plain products are wanted; the weights are learnt."),
            "zeros": Mistake(
                lambda X: np.column_stack([np.zeros(len(X)), quadratic(X)[:, 1:]]),
                "The first column is 0. It is 1, so that its weight can be the offset."),
            "transposed": Mistake(
                lambda X: quadratic(X).T,
                "Rows and columns are exchanged: one row for each example. np.array of "
                "a list of columns stacks them as rows; use np.column_stack."),
            "all powers": Mistake(
                (lambda X: np.column_stack([np.ones(len(X)), X, X ** 2, X ** 3]),),
                "You took powers of the single features. Degree two has x_i x_j for all "
                "pairs i <= j, and no cubes."),
        },
        ["For d = 3, write the ten columns down on paper, in order.",
         "for i in range(d): for j in range(i, d): the column X[:, i] * X[:, j].",
         "np.column_stack([np.ones(n), X, ...]) puts columns side by side; "
         "np.triu_indices(d) gives all pairs i <= j."],
        independent=_library_quadratic,
        also_right=(in_loops, mapped(upper)))


# --- a vote of many classes -------------------------------------------------------------

def knn_vote(X, u, Z, k):
    """Return the most frequent class of the k nearest, the smaller one if tied."""
    distance = np.linalg.norm(Z[:, None] - X, axis=2)
    nearest = np.argsort(distance, axis=1)[:, :k]
    return np.array([np.bincount(u[row]).argmax() for row in nearest])


def _library_vote(X, u, Z, k):
    from sklearn.neighbors import KNeighborsClassifier

    return KNeighborsClassifier(k).fit(X, u).predict(Z)


def _vote_by_loops(X, u, Z, k):
    answers = []
    for z in Z:
        ranked = sorted((sum((a - b) ** 2 for a, b in zip(z, x, strict=True)), int(v))
                        for x, v in zip(X, u, strict=True))
        counts = {}
        for _, v in ranked[:k]:
            counts[v] = counts.get(v, 0) + 1
        answers.append(min(counts, key=lambda v: (-counts[v], v)))
    return answers


def _knn_vote():
    def voted(decide, *, part=lambda order, k: order[:, :k],
              distance=lambda D: np.linalg.norm(D, axis=2)):
        """Return an answer that decides on the classes of the chosen neighbours."""
        def answer(X, u, Z, k):
            d = distance(Z[:, None] - X)
            order = part(np.argsort(d, axis=1, kind="stable"), k)
            return np.array([decide(u[row], d[i, row]) for i, row in enumerate(order)])
        return answer

    def majority(classes, _=None):
        return np.bincount(classes).argmax()

    def larger(classes, _):
        counts = np.bincount(classes)
        return np.flatnonzero(counts == counts.max())[-1]

    def nearest_of_tied(classes, _):
        return Counter(classes.tolist()).most_common(1)[0][0]

    def last_of_tied(classes, _):
        return Counter(classes.tolist()[::-1]).most_common(1)[0][0]

    def weighted(power):
        return lambda classes, d: np.bincount(classes, 1 / d ** power).argmax()

    def sorted_down(X, u, Z, k):
        d = np.linalg.norm(Z[:, None] - X, axis=2)
        order = np.argsort(d, axis=0)[:k] if k <= len(Z) else np.argsort(d, axis=0)
        return np.array([majority(u[column % len(u)]) for column in order.T])[:len(Z)]

    def cases(rng):
        def data(n, m, d, classes):
            u = np.concatenate([classes, rng.choice(classes, n - len(classes))])
            place = np.searchsorted(classes, u)[:, None]
            Z = rng.standard_normal((m, d)) + 0.6 * rng.integers(0, len(classes), (m, 1))
            units = np.linspace(1, 2.5, d)
            return (rng.standard_normal((n, d)) + 0.6 * place) * units, u, Z * units

        small = (np.array([[0.0, 0.0], [1.0, 0.2], [0.3, 2.0], [2.5, 2.0]]),
                 np.array([2, 1, 1, 0]), np.array([[0.2, 0.3], [2.0, 1.2]]), 2)
        return [small, (*data(14, 15, 2, [0, 1, 2]), 4),
                (*data(12, 12, 3, [0, 2, 5]), 3), (*data(40, 24, 2, [0, 1, 2, 3]), 6)]

    return Exercise(
        "knn_vote", knn_vote, cases,
        {
            "tie to the nearest": Mistake(
                voted(nearest_of_tied),
                "Where classes tie, you took the one that comes first among the "
                "neighbours, as Counter.most_common does: the nearest. The exercise asks "
                "for the smaller class number; np.bincount(...).argmax() gives it."),
            "tie to the larger": Mistake(
                (voted(larger), lambda X, u, Z, k: u.max() - knn_vote(
                    X, u.max() - u, Z, k)),
                "Where classes tie, you took the larger class number. Take the smaller."),
            "tie to the farthest": Mistake(
                voted(last_of_tied),
                "Where classes tie, you took the one whose member comes last among the "
                "neighbours. Take the smaller class number."),
            "mean of the classes": Mistake(
                (voted(lambda c, d: np.rint(c.mean())), voted(lambda c, d: c.mean()),
                 voted(lambda c, d: int(c.mean())), voted(lambda c, d: int(c.mean() + 0.5))),
                "You averaged class numbers. The mean of classes 0 and 2 is not class 1: "
                "count the votes."),
            "two classes only": Mistake(
                (voted(lambda c, d: int(c.mean() > 0.5)),
                 voted(lambda c, d: int((c == 1).mean() >= 0.5))),
                "Your rule knows the classes 0 and 1 only, as the page's does. Here "
                "there are more: count the votes of each."),
            "median of the classes": Mistake(
                (voted(lambda c, d: np.median(c)), voted(lambda c, d: int(np.median(c)))),
                "You took the median of the class numbers. They have no order: take the "
                "most frequent one."),
            "classes 0, 1, 2": Mistake(
                (voted(lambda c, d: np.argmax([np.sum(c == j) for j in range(3)])),
                 voted(lambda c, d: np.argmax([np.sum(c == j) for j in range(4)]))),
                "Your answer counts the votes of the first classes only, 0, 1, 2 or 3. "
                "np.bincount counts as many classes as there are."),
            "largest class": Mistake(
                voted(lambda c, d: c.max()),
                "You took the largest class number among the neighbours. Take the most "
                "frequent one: argmax of the counts, not max of the classes."),
            "smallest class": Mistake(
                voted(lambda c, d: c.min()),
                "You took the smallest class number among the neighbours. Take the most "
                "frequent one; the smaller only if two are equally frequent."),
            "fewest votes": Mistake(
                (voted(lambda c, d: np.bincount(c).argmin()),
                 voted(lambda c, d: min(set(c.tolist()), key=c.tolist().count))),
                "You returned the class with the fewest votes: argmin. The most frequent "
                "one is argmax."),
            "largest count": Mistake(
                (voted(lambda c, d: np.bincount(c).max()),
                 voted(lambda c, d: np.bincount(c).max() / len(c))),
                "You returned how many votes, or which share, the winner got. Return which "
                "class it is: argmax, not max."),
            "place among the classes": Mistake(
                (voted(lambda c, d: np.unique(c, return_counts=True)[1].argmax()),
                 lambda X, u, Z, k: np.searchsorted(np.unique(u), knn_vote(X, u, Z, k))),
                "np.unique gives the classes and their counts; you returned the place of "
                "the largest count. The class is classes[counts.argmax()]."),
            "farthest": Mistake(
                voted(majority, part=lambda order, k: order[:, ::-1][:, :k]),
                "You took the k farthest examples. argsort puts the smallest distance "
                "first: take [:k]."),
            "one neighbour": Mistake(
                voted(lambda c, d: c[0]),
                "Your answer is the class of the nearest example alone. All k of them "
                "vote."),
            "only the k-th": Mistake(
                voted(lambda c, d: c[-1]),
                "Your answer is the class of the k-th neighbour alone. All of the k "
                "nearest vote: a slice [:k], not the index [k - 1]."),
            "nearest skipped": Mistake(
                (voted(majority, part=lambda order, k: order[:, 1:k + 1]),
                 voted(majority, part=lambda order, k: order[:, 1:k])),
                "You skipped the nearest example, as one does when Z is the training "
                "set itself. Here Z are new examples: start at 0."),
            "one too many": Mistake(
                voted(majority, part=lambda order, k: order[:, :k + 1]),
                "k + 1 neighbours vote in your answer. The slice [:k] has k entries."),
            "one too few": Mistake(
                voted(majority, part=lambda order, k: order[:, :k - 1]),
                "k - 1 neighbours vote in your answer. The slice [:k] has k entries: it "
                "stops before the place k, but counts from 0."),
            "scaled": Mistake(
                lambda X, u, Z, k: knn_vote(*(
                    part if part is u else (part - X.mean(0)) / X.std(0)
                    for part in (X, u, Z)), k),
                "You scaled the features inside. At work that is wise; here the distances "
                "are asked for in the features as given."),
            "two features": Mistake(
                voted(majority, distance=lambda D: np.hypot(D[..., 0], D[..., 1])),
                "Your distance looks at the first two features only. There may be more: "
                "sum the squares over all, axis=2."),
            "Manhattan": Mistake(
                voted(majority, distance=lambda D: np.abs(D).sum(2)),
                "You summed absolute differences (Manhattan distance). The Euclidean "
                "distance sums squares, and takes the root."),
            "largest difference": Mistake(
                voted(majority, distance=lambda D: np.abs(D).max(2)),
                "Your distance is the largest difference of a feature. The Euclidean "
                "distance sums the squares of all."),
            "signed sum": Mistake(
                (voted(majority, distance=lambda D: D.sum(2)),
                 voted(majority, distance=lambda D: np.abs(D.sum(2)))),
                "You summed the differences without squaring, so they cancel. Square "
                "them first."),
            "first feature": Mistake(
                voted(majority, distance=lambda D: np.abs(D[..., 0])),
                "Your distance looks at the first feature only. Sum the squares over "
                "all, axis=2."),
            "weighted": Mistake(
                (voted(weighted(1)), voted(weighted(2))),
                "You weighted the votes by one over the distance. A fair variant, but "
                "here each neighbour has one vote."),
            "all vote": Mistake(
                lambda X, u, Z, k: np.full(len(Z), majority(u)),
                "All training examples vote in your answer. Only the k nearest to each "
                "row of Z do."),
            "not sorted": Mistake(
                (voted(majority, part=lambda order, k: np.sort(order, 1)[:, :k]),),
                "You took the first k rows of X, not the k nearest. np.argsort(distance) "
                "gives the order."),
            "sorted down": Mistake(
                sorted_down,
                "You sorted distances along the wrong axis, over the new examples. For "
                "each row of Z sort over X: axis=1."),
            "index returned": Mistake(
                lambda X, u, Z, k: np.linalg.norm(Z[:, None] - X, axis=2).argmin(1),
                "You returned the place of the nearest example in X. Its class is "
                "u[place]; and all k nearest vote."),
        },
        ["For one z: distances to all rows of X, argsort, first k. Which classes do they "
         "have?",
         "np.bincount(classes) counts how often 0, 1, 2 ... occur.",
         "argmax of the counts returns the first largest one, so ties go to the smaller "
         "class."],
        independent=_library_vote, also_right=(_vote_by_loops,))


# --- one step of K-means ----------------------------------------------------------------

def kmeans_step(X, C):
    """Return the group of each row of X, and the moved centres."""
    group = np.linalg.norm(X[:, None] - C, axis=2).argmin(axis=1)
    new_C = np.array(C, float)
    for j in np.unique(group):
        new_C[j] = X[group == j].mean(axis=0)
    return group, new_C


def _step_by_sums(X, C):
    from scipy.spatial.distance import cdist

    group = cdist(X, C, "sqeuclidean").argmin(1)
    member = group[:, None] == np.arange(len(C))
    counts = member.sum(0)[:, None]
    return group, np.where(counts > 0, member.T @ X / np.maximum(counts, 1), C)


def _step_by_loops(X, C):
    group = []
    for x in X:
        d = [sum((a - b) ** 2 for a, b in zip(x, c, strict=True)) for c in C]
        group.append(d.index(min(d)))
    centres = []
    for j, c in enumerate(C):
        own = [x for x, g in zip(X, group, strict=True) if g == j]
        centres.append([sum(v) / len(own) for v in zip(*own, strict=True)]
                       if own else list(c))
    return group, centres


def _kmeans_step():
    def assigned(X, C, norm=lambda D: (D ** 2).sum(2)):
        return norm(X[:, None] - C).argmin(1)

    def moved(X, C, group, *, middle=lambda own: own.mean(0), empty=lambda X, C, j: C[j]):
        return np.array([middle(X[group == j]) if (group == j).any() else empty(X, C, j)
                         for j in range(len(C))])

    def with_(norm=None, **changes):
        """Return an answer with another distance, middle or rule for empty groups."""
        def answer(X, C):
            group = assigned(X, C, norm) if norm else assigned(X, C)
            return group, moved(X, C, group, **changes)
        return answer

    def last_of_tied(X, C):
        return len(C) - 1 - assigned(X, C[::-1])

    def farthest(X, C, j):
        return X[((X[:, None] - C) ** 2).sum(2).min(1).argmax()]

    def dropped(X, C):
        group = assigned(X, C)
        return group, np.array([X[group == j].mean(0) for j in np.unique(group)])

    def summed(safe):
        def answer(X, C):
            group = assigned(X, C)
            total = np.column_stack([np.bincount(group, x) for x in X.T])
            return group, total / safe(np.bincount(group))[:, None]
        return answer

    def one_by_one(X, C):
        C, counts, group = np.array(C, float), np.zeros(len(C)), []
        for x in X:
            j = ((x - C) ** 2).sum(1).argmin()
            counts[j] += 1
            C[j] += (x - C[j]) / counts[j]
            group.append(j)
        return np.array(group), C

    def until_stable(X, C):
        for _ in range(100):
            group, C = kmeans_step(X, C)
        return group, C

    def assigned_again(X, C):
        new = kmeans_step(X, C)[1]
        return assigned(X, new), new

    def halfway(X, C):
        group, new = kmeans_step(X, C)
        return group, (C + new) / 2

    def cases(rng):
        tiny = np.array([[1.0], [2.0], [6.0], [9.0]]), np.array([[0.5], [7.0], [30.0]])
        tied = (np.array([[2.0, 1], [0, 1], [5, 1], [0, 3], [4.5, 0], [7, -6]]),
                np.array([[0.0, 1], [4, 1]]))
        X = rng.uniform(0, 10, (18, 2))
        C = np.array([[1.0, 3.2], [90.0, 4.0], [2.4, 5.5], [3.6, 2.9]])
        Y = rng.uniform(1, 9, (16, 3))
        D = np.concatenate([[[40.0, 41, 39]], Y[:2] + 0.8])
        return [tiny, tied, (X, C), (Y, D)]

    return Exercise(
        "kmeans_step", kmeans_step, cases,
        {
            "empty group gives NaN": Mistake(
                (with_(empty=lambda X, C, j: np.full(C.shape[1], np.nan)),),
                "The mean of an empty group is 0/0: your centre is NaN, and all later "
                "distances to it are NaN as well. Keep the old centre there."),
            "empty group goes to 0": Mistake(
                with_(empty=lambda X, C, j: np.zeros(C.shape[1])),
                "The centre of an empty group moved to 0. Keep the old centre there."),
            "empty group dropped": Mistake(
                (dropped, lambda X, C: (assigned(X, C), moved(
                    X, C[:assigned(X, C).max() + 1], assigned(X, C)))),
                "You dropped the centre of an empty group, so K has changed and the "
                "group numbers no longer fit. Keep its old centre."),
            "bincount too short": Mistake(
                (summed(lambda count: np.maximum(count, 1)), summed(lambda count: count)),
                "np.bincount stops at the last group that occurs: minlength=len(C) gives "
                "all K. And an empty group keeps its old centre."),
            "first coordinate": Mistake(
                lambda X, C: (assigned(X[:, :1], C[:, :1]),
                              moved(X, C, assigned(X[:, :1], C[:, :1]))),
                "Your distance looks at the first coordinate only. Sum the squares over "
                "all, axis=2."),
            "empty group moved to a point": Mistake(
                (with_(empty=farthest), with_(empty=lambda X, C, j: X[0])),
                "You moved the centre of an empty group to one of the points, as some "
                "libraries do. Here it stays where it is."),
            "empty group to the mean": Mistake(
                with_(empty=lambda X, C, j: X.mean(0)),
                "You moved the centre of an empty group to the mean of all. Here it "
                "stays where it is."),
            "tie to the last": Mistake(
                (lambda X, C: (last_of_tied(X, C), moved(X, C, last_of_tied(X, C))),),
                "Where two centres are equally near you took the last one. Take the "
                "first, as argmin does, or compare with < and not <=."),
            "centres not moved": Mistake(
                lambda X, C: (assigned(X, C), C),
                "Groups are right, but you returned the old centres. Each one moves to "
                "the mean of its group."),
            "median": Mistake(
                with_(middle=lambda own: np.median(own, 0)),
                "You moved the centres to the median. K-means takes the mean: it makes "
                "the sum of *squares* smallest."),
            "sum": Mistake(
                with_(middle=lambda own: own.sum(0)),
                "Your centres are sums of points. Divide by how many there are."),
            "divided by n": Mistake(
                lambda X, C: (assigned(X, C), moved(
                    X, C, assigned(X, C), middle=lambda own: own.sum(0) / len(X))),
                "You divided the sum of each group by the number of all points. Divide "
                "by the number in the group."),
            "divided by count plus 1": Mistake(
                (with_(middle=lambda own: own.sum(0) / (len(own) + 1)),),
                "You divided by the number in the group plus one. That avoids 0/0, but "
                "moves every centre towards 0."),
            "one number": Mistake(
                with_(middle=lambda own: np.full(own.shape[1], own.mean())),
                "You took one mean over all coordinates of a group. Each coordinate has "
                "its own: axis=0."),
            "old centre counted": Mistake(
                lambda X, C: (assigned(X, C), np.array(
                    [np.vstack([X[assigned(X, C) == j], C[j]]).mean(0)
                     for j in range(len(C))])),
                "You counted the old centre as one of the points. The mean is over the "
                "points alone."),
            "halfway": Mistake(
                halfway,
                "Your centres move half of the way. They go all the way to the mean."),
            "one point at a time": Mistake(
                one_by_one,
                "Your centres move while you still assign points. Assign all of them "
                "with the centres given, then move."),
            "assigned twice": Mistake(
                assigned_again,
                "You assigned the points again after moving. The groups asked for are "
                "those of the centres given."),
            "until stable": Mistake(
                until_stable,
                "You repeated the step until nothing changed. One step is asked for."),
            "Manhattan": Mistake(
                with_(norm=lambda D: np.abs(D).sum(2)),
                "You summed absolute differences (Manhattan distance). Sum the squares."),
            "signed sum": Mistake(
                (with_(norm=lambda D: D.sum(2)), with_(norm=lambda D: np.abs(D.sum(2)))),
                "You summed the differences without squaring, so they cancel."),
            "farthest": Mistake(
                with_(norm=lambda D: -(D ** 2).sum(2)),
                "You took the farthest centre, argmax. The nearest is argmin."),
            "groups from 1": Mistake(
                lambda X, C: (assigned(X, C) + 1, kmeans_step(X, C)[1]),
                "Your groups are numbered from 1. Row 0 of C is group 0."),
            "exchanged": Mistake(
                lambda X, C: kmeans_step(X, C)[::-1],
                "You returned (new_C, group). The order is group first, then new_C."),
        },
        ["Assign first, with the centres given: distances (n, K), then argmin over K.",
         "Then, for each j, X[group == j].mean(axis=0).",
         "Start from a copy of C, and overwrite only the rows j that occur in group."],
        independent=_step_by_sums, also_right=(_step_by_loops, with_()))


# --- three scores -----------------------------------------------------------------------

def three_scores(u, u_hat):
    """Return accuracy, precision and recall of class 1; 0 for 0/0."""
    TP = np.sum((u == 1) & (u_hat == 1))
    called, ill = np.sum(u_hat == 1), np.sum(u == 1)
    precision = TP / called if called else 0.0
    recall = TP / ill if ill else 0.0
    return np.mean(u == u_hat), precision, recall


def _library_scores(u, u_hat):
    from sklearn.metrics import accuracy_score, precision_score, recall_score

    return (accuracy_score(u, u_hat), precision_score(u, u_hat, zero_division=0),
            recall_score(u, u_hat, zero_division=0))


def _scores_by_loop(u, u_hat):
    table = Counter(zip(u.tolist(), u_hat.tolist(), strict=True))
    TP, FN, FP, TN = table[1, 1], table[1, 0], table[0, 1], table[0, 0]
    return [(TP + TN) / len(u), TP / max(TP + FP, 1), TP / max(TP + FN, 1)]


def _three_scores():
    def counted(*formulas, empty=0.0):
        """Return an answer: three ratios of TP, FN, FP, TN, and ``empty`` for 0/0."""
        def answer(u, u_hat):
            four = [int(((u == a) & (u_hat == b)).sum())
                    for a, b in ((1, 1), (1, 0), (0, 1), (0, 0))]
            return tuple(a / b if b else (empty if empty is not None else a / b)
                         for a, b in (formula(*four) for formula in formulas))
        return answer

    def stopped_early(when):
        return lambda u, u_hat: ((0.0, 0.0, 0.0) if when(np.sum(u), np.sum(u_hat))
                                 else three_scores(u, u_hat))

    def averaged(kind):
        def answer(u, u_hat):
            from sklearn.metrics import precision_score, recall_score

            return (np.mean(u == u_hat),
                    precision_score(u, u_hat, average=kind, zero_division=0),
                    recall_score(u, u_hat, average=kind, zero_division=0))
        return answer

    def accuracy(TP, FN, FP, TN):
        return TP + TN, TP + FN + FP + TN

    def precision(TP, FN, FP, TN):
        return TP, TP + FP

    def recall(TP, FN, FP, TN):
        return TP, TP + FN

    def cases(rng):
        def noisy(n, share, flip):
            u = (rng.random(n) < share).astype(int)
            return u, u ^ (rng.random(n) < flip).astype(int)

        u, u_hat = noisy(40, 0.3, 0.2)
        return [(np.array([1, 1, 1, 0, 0, 0, 0, 1]), np.array([1, 1, 0, 1, 0, 0, 1, 1])),
                (u, u_hat), noisy(31, 0.7, 0.35),
                (np.array([0, 1, 0, 0, 1, 0, 0, 1, 0]), np.zeros(9, int)),
                (np.zeros(9, int), np.array([0, 0, 1, 0, 0, 1, 0, 0, 0])),
                (np.zeros(8, int), np.zeros(8, int))]

    return Exercise(
        "three_scores", three_scores, cases,
        {
            "precision for recall": Mistake(
                (counted(accuracy, recall, precision),
                 counted(accuracy, recall, precision, empty=np.nan)),
                "Precision and recall are exchanged. Precision divides by what you "
                "*called* class 1, TP + FP; recall by what *is* class 1, TP + FN."),
            "the other class": Mistake(
                counted(accuracy, lambda TP, FN, FP, TN: (TN, TN + FN),
                        lambda TP, FN, FP, TN: (TN, TN + FP)),
                "You computed precision and recall of class 0. Class 1 is the one that "
                "is searched for."),
            "specificity": Mistake(
                counted(accuracy, precision, lambda TP, FN, FP, TN: (TN, TN + FP)),
                "Your recall is TN / (TN + FP), the specificity: the share of class 0 "
                "that was cleared. Recall is TP / (TP + FN)."),
            "false positive rate": Mistake(
                counted(accuracy, precision, lambda TP, FN, FP, TN: (FP, FP + TN)),
                "Your recall is FP / (FP + TN), the false positive rate. Recall is "
                "TP / (TP + FN)."),
            "error rate": Mistake(
                counted(lambda TP, FN, FP, TN: (FP + FN, TP + FN + FP + TN), precision,
                        recall),
                "You returned the error rate in place of the accuracy: one minus it."),
            "accuracy without TN": Mistake(
                (counted(lambda TP, FN, FP, TN: (TP, TP + FN + FP + TN), precision,
                         recall),
                 counted(lambda TP, FN, FP, TN: (TP, TP + FN + FP), precision, recall)),
                "Your accuracy leaves out the true negatives. They are right answers, "
                "too: (TP + TN) / n."),
            "balanced accuracy": Mistake(
                (lambda u, u_hat: (np.mean([np.mean(u_hat[u == v] == v) if (u == v).any()
                                            else 0.0 for v in (0, 1)]),
                                   *three_scores(u, u_hat)[1:]),
                 lambda u, u_hat: (np.mean([np.mean(u_hat[u == v] == v)
                                            for v in np.unique(u)]),
                                   *three_scores(u, u_hat)[1:])),
                "You averaged the accuracies of the two classes (balanced accuracy). "
                "Accuracy is the share of all examples that are right."),
            "one minus precision": Mistake(
                (counted(accuracy, lambda TP, FN, FP, TN: (FP, TP + FP), recall),
                 lambda u, u_hat: (np.mean(u == u_hat), 1 - three_scores(u, u_hat)[1],
                                   three_scores(u, u_hat)[2])),
                "Your precision is the share of *false* alarms, FP / (TP + FP). Precision "
                "is one minus it, TP / (TP + FP)."),
            "miss rate": Mistake(
                (counted(accuracy, precision, lambda TP, FN, FP, TN: (FN, TP + FN)),
                 lambda u, u_hat: (*three_scores(u, u_hat)[:2],
                                   1 - three_scores(u, u_hat)[2])),
                "Your recall is the share that was *missed*, FN / (TP + FN). Recall is one "
                "minus it, TP / (TP + FN)."),
            "cleared and right": Mistake(
                counted(accuracy, precision, lambda TP, FN, FP, TN: (TN, TN + FN)),
                "Your recall is TN / (TN + FN), the share of right answers among those "
                "called 0. Recall is TP / (TP + FN)."),
            "whole numbers": Mistake(
                lambda u, u_hat: (np.sum(u == u_hat) // len(u),
                                  np.sum(u & u_hat) // max(np.sum(u_hat), 1),
                                  np.sum(u & u_hat) // max(np.sum(u), 1)),
                "You divided with //, which drops the fraction. Use /."),
            "divided by all": Mistake(
                counted(accuracy, lambda TP, FN, FP, TN: (TP, TP + FN + FP + TN), recall),
                "You divided by all examples in the precision. Divide by those that "
                "were called class 1."),
            "recall divided by all": Mistake(
                counted(accuracy, precision,
                        lambda TP, FN, FP, TN: (TP, TP + FN + FP + TN)),
                "You divided by all examples in the recall. Divide by those that are "
                "class 1."),
            "all right answers": Mistake(
                (lambda u, u_hat: (np.mean(u == u_hat),
                                   np.sum(u == u_hat) / max(np.sum(u_hat), 1),
                                   np.sum(u == u_hat) / max(np.sum(u), 1)),),
                "np.sum(u == u_hat) counts all right answers, zeros too: TP + TN. "
                "Precision and recall have TP alone in the numerator."),
            "order": Mistake(
                lambda u, u_hat: (*three_scores(u, u_hat)[1:], np.mean(u == u_hat)),
                "Your accuracy stands last. The order is accuracy, precision, recall."),
            "rounded": Mistake(
                (lambda u, u_hat: tuple(round(float(v), 2)
                                        for v in three_scores(u, u_hat)),
                 lambda u, u_hat: tuple(round(float(v), 3)
                                        for v in three_scores(u, u_hat))),
                "You rounded the scores. Return them as they are; round when you print."),
            "counts": Mistake(
                tuple(lambda u, u_hat, third=third: (
                    np.sum(u == u_hat), np.sum(u & u_hat), third(u, u_hat))
                    for third in (lambda u, u_hat: np.sum(u),
                                  lambda u, u_hat: np.sum(u & u_hat),
                                  lambda u, u_hat: np.sum(u & (1 - u_hat)),
                                  lambda u, u_hat: np.sum(u_hat))),
                "You returned counts. Each score is a ratio from 0 to 1."),
            "percent": Mistake(
                lambda u, u_hat: tuple(100 * v for v in three_scores(u, u_hat)),
                "You returned percent. The scores run from 0 to 1."),
            "0/0 gives NaN": Mistake(
                counted(accuracy, precision, recall, empty=np.nan),
                "Your formulas are right, but with nothing predicted as class 1, or "
                "no class 1 at all, there is 0/0. Return 0 then."),
            "all 0": Mistake(
                (stopped_early(lambda ill, called: not (ill and called)),
                 stopped_early(lambda ill, called: not called),
                 stopped_early(lambda ill, called: not ill),
                 stopped_early(lambda ill, called: not (ill or called))),
                "Where one division is 0/0 you return 0 for all three. Only that score is "
                "0; the accuracy is still the share of right answers."),
            "averaged over classes": Mistake(
                (averaged("macro"), averaged("micro"), averaged("weighted")),
                "You averaged precision and recall over both classes. Here class 1 alone "
                "counts: in scikit-learn, average='binary'."),
            "0/0 stops": Mistake(
                counted(accuracy, precision, recall, empty=None),
                "Your formulas are right, but division by zero stops the function where "
                "nothing was called class 1, or none is. Return 0 then."),
            "0/0 gives 1": Mistake(
                counted(accuracy, precision, recall, empty=1.0),
                "For 0/0 you return 1. One can argue for it, but here it is 0: a method "
                "that never says cancer shall not shine."),
            "F1": Mistake(
                (counted(accuracy, precision,
                         lambda TP, FN, FP, TN: (2 * TP, 2 * TP + FP + FN)),
                 counted(accuracy, lambda TP, FN, FP, TN: (2 * TP, 2 * TP + FP + FN),
                         recall)),
                "One of your values is F1, which joins precision and recall. Return the "
                "two by themselves."),
            "false negatives in the precision": Mistake(
                counted(accuracy, lambda TP, FN, FP, TN: (TP, TP + FP + FN), recall),
                "Your precision divides by TP + FP + FN. The missed ones, FN, have no "
                "part in it: they were not called class 1."),
        },
        ["Count TP, FP, FN first, for example np.sum((u == 1) & (u_hat == 1)).",
         "Precision: of those I *called* 1. Recall: of those that *are* 1. Which of FP "
         "and FN belongs to which?",
         "Guard both divisions: TP / called if called else 0.0."],
        independent=_library_scores, also_right=(_scores_by_loop,))


# --- AUC of marks -----------------------------------------------------------------------

def auc(u, s):
    """Return the share of pairs in the right order; ties count one half."""
    difference = s[u == 1][:, None] - s[u == 0]
    return np.mean((difference > 0) + 0.5 * (difference == 0))


def _library_auc(u, s):
    from sklearn.metrics import roc_auc_score

    return roc_auc_score(u, s)


def _auc_by_ranks(u, s):
    from scipy.stats import rankdata

    n = int(np.sum(u))
    return (rankdata(s)[u == 1].sum() - n * (n + 1) / 2) / (n * (len(u) - n))


def _auc_by_thresholds(u, s):
    ts = [np.inf, *np.unique(s)[::-1]]
    tpr = [np.mean(s[u == 1] >= t) for t in ts]
    fpr = [np.mean(s[u == 0] >= t) for t in ts]
    return float(np.trapezoid(tpr, fpr))


def _auc():
    def area_in_order(order):
        """Return an answer: the area under the steps in the order of the examples."""
        def answer(u, s):
            ranked = u[order(s)]
            tpr = np.concatenate([[0], np.cumsum(ranked) / ranked.sum()])
            fpr = np.concatenate([[0], np.cumsum(1 - ranked) / (1 - ranked).sum()])
            return np.trapezoid(tpr, fpr)
        return answer

    def pairs(value):
        return lambda u, s: np.mean(value(s[u == 1][:, None] - s[u == 0]))

    def right_pairs(u, s):
        return auc(u, s) * np.sum(u) * np.sum(1 - u)

    def how_ranked(s, how):
        from scipy.stats import rankdata

        return rankdata(s, how)

    def ranked(ranks):
        def answer(u, s):
            n = np.sum(u)
            return (ranks(s)[u == 1].sum() - n * (n + 1) / 2) / (n * np.sum(1 - u))
        return answer

    def five_thresholds(u, s):
        t = range(5, 0, -1)
        return np.trapezoid(*[[0, *[np.mean(s[u == v] >= x) for x in t]] for v in (1, 0)])

    def cases(rng):
        def marks(n, m):
            u = rng.permutation(np.repeat([1, 0], [n, m]))
            return u, np.clip(rng.integers(1, 5, n + m) + u * rng.integers(0, 3, n + m),
                              1, 5)

        u = rng.permutation(np.repeat([1, 0], [7, 13]))
        # The second: an AUC below one half, the largest mark in both classes.
        return [(np.array([0, 1, 0, 1, 0]), np.array([2, 3, 3, 5, 4])),
                (np.array([0, 0, 1, 1, 0, 1]), np.array([5, 4, 5, 1, 1, 2])), marks(9, 14),
                (u, np.round(rng.standard_normal(20) + 0.9 * u, 3)), marks(5, 30)]

    return Exercise(
        "auc", auc, cases,
        {
            "ties count 0": Mistake(
                pairs(lambda d: d > 0),
                "Pairs with equal scores count 0 in your answer. They count one half: "
                "a coin would decide them."),
            "ties count 1": Mistake(
                pairs(lambda d: d >= 0),
                "Pairs with equal scores count 1 in your answer (>=). They count one "
                "half."),
            "ties left out": Mistake(
                lambda u, s: (lambda d: (d > 0).sum() / (d != 0).sum())(
                    s[u == 1][:, None] - s[u == 0]),
                "You left the pairs with equal scores out. They count one half, and "
                "belong to the number of all pairs."),
            "unsorted": Mistake(
                area_in_order(lambda s: np.arange(len(s))),
                "You walked along the examples in the order given. The ROC curve goes "
                "from the largest score to the smallest: sort the *classes* by score "
                "first."),
            "ascending": Mistake(
                (lambda u, s: 1 - auc(u, s), lambda u, s: -auc(u, s),
                 area_in_order(np.argsort)),
                "You counted, or sorted, the wrong way round, and got one minus the AUC, or "
                "minus it. Class 1 shall have the larger score."),
            "ties one after the other": Mistake(
                (area_in_order(lambda s: np.argsort(-s, kind="stable")),
                 area_in_order(lambda s: np.argsort(s, kind="stable")[::-1]),
                 area_in_order(lambda s: np.argsort(s)[::-1]),
                 area_in_order(lambda s: np.argsort(-s))),
                "You took one example at a time, so equal scores come in a chance order "
                "and the area depends on it. Equal scores make *one* slanted step: go "
                "through the different values."),
            "ranks of ties": Mistake(
                tuple(ranked(lambda s, how=how: how_ranked(s, how))
                      for how in ("min", "max", "dense")),
                "Your ranks give ties the lowest, the highest or no place of their own. "
                "Equal scores share the mean of their ranks: rankdata's default."),
            "argsort as ranks": Mistake(
                (ranked(lambda s: np.argsort(s) + 1), ranked(np.argsort)),
                "np.argsort(s) says which example is at each place, not which place each "
                "example has. scipy.stats.rankdata gives ranks, for ties, too."),
            "ranks not reduced": Mistake(
                lambda u, s: how_ranked(s, "average")[u == 1].sum() / (
                    np.sum(u) * np.sum(1 - u)),
                "You divided the sum of the ranks at once. Subtract n_1 (n_1 + 1) / 2 "
                "first, the pairs within class 1."),
            "divided by one class": Mistake(
                (lambda u, s: right_pairs(u, s) / np.sum(u),
                 lambda u, s: right_pairs(u, s) / np.sum(1 - u)),
                "You divided by the number in one class only. There are n_1 times n_0 "
                "pairs."),
            "width left out": Mistake(
                lambda u, s: np.trapezoid([0, *[np.mean(s[u == 1] >= x)
                                                for x in np.unique(s)[::-1]]]),
                "You integrated the true positive rate with steps of width 1. The width "
                "is that of the false positive rate: np.trapezoid(tpr, fpr)."),
            "number of pairs": Mistake(
                right_pairs,
                "You returned the number of pairs. Divide by how many pairs there are, "
                "(class 1) times (class 0)."),
            "divided by n^2": Mistake(
                (lambda u, s: right_pairs(u, s) / len(u) ** 2,
                 lambda u, s: right_pairs(u, s) / (len(u) * (len(u) - 1) / 2),
                 lambda u, s: right_pairs(u, s) / len(u)),
                "You divided by the number of examples, or of all pairs. Only pairs of "
                "one class 1 and one class 0 count: n_1 times n_0."),
            "all pairs": Mistake(
                (lambda u, s: (lambda d: np.mean((d > 0) + 0.5 * (d == 0)))(
                    s[u == 1][:, None] - s),),
                "You compared each of class 1 with all examples, its own class too. "
                "Compare with class 0 only."),
            "difference of means": Mistake(
                lambda u, s: s[u == 1].mean() - s[u == 0].mean(),
                "You returned the difference of the mean scores. The AUC counts pairs: "
                "only which score is larger matters, not by how much."),
            "accuracy": Mistake(
                (lambda u, s: np.mean((s > np.median(s)) == u),
                 lambda u, s: np.mean((s > s.mean()) == u),
                 lambda u, s: np.mean((s > 0.5) == u)),
                "You chose one threshold and took the accuracy. The AUC needs none: it "
                "counts pairs."),
            "both directions": Mistake(
                (lambda u, s: np.mean([a > b for a, v in zip(s, u, strict=True)
                                       for b, w in zip(s, u, strict=True) if v != w]),
                 lambda u, s: np.mean([(a > b) + 0.5 * (a == b)
                                       for a, v in zip(s, u, strict=True)
                                       for b, w in zip(s, u, strict=True) if v != w])),
                "You took each pair in both directions, so one of the two always counts "
                "as wrong. The first of a pair is of class 1, the second of class 0."),
            "classes sorted": Mistake(
                lambda u, s: 1.0,
                "Your result is always 1: did you sort the classes by themselves? Sort "
                "them in the order of the scores, u[np.argsort(-s)]."),
            "neighbours in the list": Mistake(
                (lambda u, s: np.mean([a > b for a, b in zip(
                    s[u == 1], s[u == 0], strict=False)]),
                 lambda u, s: np.mean([(a > b) + 0.5 * (a == b) for a, b in zip(
                     s[u == 1], s[u == 0], strict=False)])),
                "You compared the first with the first, the second with the second, as "
                "zip does. *Each* of class 1 meets *each* of class 0."),
            "end of the curve": Mistake(
                lambda u, s: np.trapezoid(*[[np.mean(s[u == v] > x)
                                             for x in np.unique(s)[::-1]]
                                            for v in (1, 0)]),
                "Your curve stops before the point (1, 1), so the last strip of the area "
                "is missing. Add a threshold below all scores, or use >=."),
            "start of the curve": Mistake(
                lambda u, s: np.trapezoid(*[[np.mean(s[u == v] >= x)
                                             for x in np.unique(s)[::-1]]
                                            for v in (1, 0)]),
                "Your curve starts behind the point (0, 0), so the first strip of the "
                "area is missing. Put (0, 0) in front."),
            "turned round": Mistake(
                lambda u, s: max(auc(u, s), 1 - auc(u, s)),
                "You turned an AUC below one half round. Below one half is an answer, "
                "too: the score ranks the classes the wrong way."),
            "percent": Mistake(
                lambda u, s: 100 * auc(u, s),
                "You returned percent. The AUC runs from 0 to 1."),
            "rounded": Mistake(
                (lambda u, s: round(float(auc(u, s)), 2),
                 lambda u, s: round(float(auc(u, s)), 3),
                 lambda u, s: round(float(auc(u, s)), 1)),
                "You rounded the AUC. Return it as it is; round when you print."),
            "marks 1 to 5 only": Mistake(
                (lambda u, s: sum(
                    np.sum(s[u == 1] == mark) * (np.sum(s[u == 0] < mark)
                                                 + np.sum(s[u == 0] == mark) / 2)
                    for mark in range(1, 6)) / (np.sum(u) * np.sum(1 - u)),
                 five_thresholds),
                "Your answer knows the marks 1 to 5 only. Scores may be any numbers: "
                "compare each with each, or go through np.unique(s)."),
            "Gini": Mistake(
                lambda u, s: 2 * auc(u, s) - 1,
                "You counted wrong pairs as -1, which is 2 AUC - 1. A wrong pair counts "
                "0."),
        },
        ["Make all pairs: s[u == 1][:, None] against s[u == 0] is a table.",
         "In how many places of the table is the first larger, in how many equal?",
         "(larger + 0.5 * equal) / size of the table."],
        independent=_library_auc,
        also_right=(_auc_by_ranks, _auc_by_thresholds,
                    lambda u, s: sum((a > b) + (a == b) / 2 for a in s[u == 1]
                                     for b in s[u == 0]) / (sum(u == 1) * sum(u == 0))))
