"""Exercises of page 17: attention."""

import math

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy import special
from skimage.util import view_as_blocks

from course_utils.exercise import Exercise, Mistake


def make_exercises():
    """Return the exercises of the page, in its order."""
    return [_attend(), _masked_weights(), _split_heads(), _sinusoidal(), _cut_patches()]


# --- attention -------------------------------------------------------------------------

def attend(Q, K, V):
    """Return scaled dot-product attention, Y = softmax(Q K^T / sqrt(d)) V."""
    S = Q @ K.T / np.sqrt(Q.shape[1])
    e = np.exp(S - S.max(axis=1, keepdims=True))
    A = e / e.sum(axis=1, keepdims=True)
    return A @ V


def _attend_by_loops(Q, K, V):
    rows = []
    for q in Q:
        scores = [sum(a * b for a, b in zip(q, k, strict=True)) / math.sqrt(len(q))
                  for k in K]
        top = max(scores)
        weights = [math.exp(score - top) for score in scores]
        rows.append([sum(w * v[c] for w, v in zip(weights, V, strict=True))
                     / sum(weights) for c in range(V.shape[1])])
    return rows


def _softmax(S, axis=1):
    return special.softmax(S, axis=axis)


def _attend_with(*, scale=lambda Q, K, V: 1 / np.sqrt(Q.shape[1]), weights=_softmax,
                 end=lambda A, V: A @ V):
    """Return an answer to attend in which one thing is done in another way."""
    def answer(Q, K, V):
        return end(weights(Q @ K.T * scale(Q, K, V)), V)
    return answer


def _plain_softmax(S):
    return np.exp(S) / np.exp(S).sum(axis=1, keepdims=True)


def _plain_over(axis):
    """Return a softmax over another axis, which may overflow."""
    return lambda S: np.exp(S) / np.exp(S).sum(axis=axis)


def _softmax_less(maximum):
    """Return a softmax that subtracts another maximum."""
    def weights(S):
        e = np.exp(S - maximum(S))
        return e / e.sum(axis=1, keepdims=True)
    return weights


def _clipped_above(limit):
    """Return a softmax that avoids overflow by clipping."""
    return lambda S: _plain_softmax(np.minimum(S, limit))


def _softmax_without_keepdims(S):
    e = np.exp(S - S.max(axis=1))
    return e / e.sum(axis=1)


def _sum_without_keepdims(S):
    e = np.exp(S - S.max(axis=1, keepdims=True))
    return e / e.sum(axis=1)


def _attend():
    def cases(rng):
        def case(n, m, d, d_v, size=1.0):
            return (size * rng.normal(0, 1, (n, d)), rng.normal(0, 1, (m, d)),
                    rng.normal(0, 1, (m, d_v)))

        tiny = (np.array([[1.0, 0.5]]), np.array([[1.0, 0], [0, 3]]),
                np.array([[2.0], [7]]))
        far = case(3, 4, 5, 2, 30.0)
        far = (far[0] * [[1.0], [100], [0.1]], *far[1:])
        # The first query has two different scores above 1000: 1024 and 1024.5.
        close = (np.array([[1024.0, 0, 0, 0], [0.5, 1, -1, 2]]),
                 np.array([[2.0, 0, 1, 0], [2 + 2**-10, 1, 0, 0.5], [0, -1, 0, 1]]),
                 np.array([[2.0, 1], [7, -3], [4, 5]]))
        return [tiny, case(3, 5, 4, 2), case(4, 4, 3, 3), case(2, 6, 7, 7),
                case(5, 3, 2, 4), case(6, 6, 9, 5), far, case(4, 3, 8, 2, 500.0),
                close]

    return Exercise(
        "attend", attend, cases,
        {
            "not divided": Mistake(
                (_attend_with(scale=lambda Q, K, V: 1.0),
                 _attend_with(scale=lambda Q, K, V: 1.0, weights=_plain_softmax)),
                "You did not divide the scores by the square root of d. Here d is the "
                "width of queries and keys, Q.shape[1]."),
            "divided by d": Mistake(
                (_attend_with(scale=lambda Q, K, V: 1 / Q.shape[1]),
                 _attend_with(scale=lambda Q, K, V: 1 / Q.shape[1],
                              weights=_plain_softmax)),
                "You divided the scores by d. Divide by its square root: their "
                "deviation grows like sqrt(d)."),
            "multiplied": Mistake(
                _attend_with(scale=lambda Q, K, V: np.sqrt(Q.shape[1])),
                "You multiplied the scores by sqrt(d). Divide by it."),
            "width of the values": Mistake(
                _attend_with(scale=lambda Q, K, V: 1 / np.sqrt(V.shape[1])),
                "You divided by the square root of the width of V. What counts is d, "
                "the number of products in a score: Q.shape[1]."),
            "number of keys": Mistake(
                (_attend_with(scale=lambda Q, K, V: 1 / np.sqrt(len(K))),
                 _attend_with(scale=lambda Q, K, V: 1 / np.sqrt(len(V)))),
                "You divided by the square root of the number of keys (len(K) counts "
                "rows). Take the width of a key, K.shape[1]."),
            "number of queries": Mistake(
                _attend_with(scale=lambda Q, K, V: 1 / np.sqrt(len(Q))),
                "You divided by the square root of the number of queries (len(Q) counts "
                "rows). Take the width of a query, Q.shape[1]."),
            "divided afterwards": Mistake(
                (lambda Q, K, V: _softmax(Q @ K.T) / np.sqrt(Q.shape[1]) @ V,
                 lambda Q, K, V: _softmax(Q @ K.T) @ V / np.sqrt(Q.shape[1])),
                "You divided by sqrt(d) after the softmax, so the weights of a row do "
                "not sum to 1. Divide the scores, before the softmax."),
            "over the queries": Mistake(
                (_attend_with(weights=lambda S: _softmax(S, 0)),
                 _attend_with(weights=_plain_over(0))),
                "Your softmax runs over the queries (axis 0): the columns of A sum to "
                "1. Each query shares its weight among the keys: axis 1."),
            "over the queries, not divided": Mistake(
                (_attend_with(scale=lambda Q, K, V: 1.0,
                              weights=lambda S: _softmax(S, 0)),
                 _attend_with(scale=lambda Q, K, V: 1.0, weights=_plain_over(0))),
                "Two things: divide the scores by sqrt(d), and let the softmax run "
                "along the keys, axis 1; yours runs over the queries."),
            "over everything": Mistake(
                (_attend_with(weights=lambda S: _softmax(S, None)),
                 _attend_with(weights=_plain_over(None))),
                "Your softmax divides by the sum of the whole matrix. Each row has a "
                "sum of its own: axis=1, keepdims=True."),
            "no softmax": Mistake(
                _attend_with(weights=lambda S: S),
                "You weighted the values with the scores themselves. The softmax is "
                "missing."),
            "not normalised": Mistake(
                (_attend_with(weights=np.exp),
                 _attend_with(weights=lambda S: np.exp(S - S.max(1, keepdims=True)))),
                "You took exponentials, but did not divide each row by its sum."),
            "overflow": Mistake(
                _attend_with(weights=_plain_softmax),
                "Your formula is right, but exp overflows for large scores, and "
                "infinity / infinity is NaN. Subtract the largest score of each row "
                "first."),
            "clipped": Mistake(
                tuple(_attend_with(weights=_clipped_above(limit))
                      for limit in (700.0, 500.0, 100.0, 50.0)),
                "You clipped the scores against the overflow. Two different large "
                "scores become equal. Subtract the maximum of each row in place of "
                "clipping."),
            "NaN replaced": Mistake(
                (lambda Q, K, V: np.nan_to_num(_attend_with(weights=_plain_softmax)(
                    Q, K, V)),
                 _attend_with(weights=lambda S: np.nan_to_num(_plain_softmax(S))),
                 _attend_with(weights=lambda S: np.nan_to_num(np.exp(S))
                              / np.nan_to_num(np.exp(S)).sum(1, keepdims=True))),
                "You replaced NaN or infinity by a number: that hides the overflow, and "
                "the row is lost. Subtract the largest score of each row before exp."),
            "not the largest": Mistake(
                (_attend_with(weights=_softmax_less(
                    lambda S: np.abs(S).max(axis=1, keepdims=True))),
                 _attend_with(weights=_softmax_less(
                     lambda S: S.mean(axis=1, keepdims=True))),
                 _attend_with(weights=_softmax_less(
                     lambda S: S.min(axis=1, keepdims=True)))),
                "You subtracted another number than the largest score of each row "
                "(its absolute value, the mean, the least). Take the largest score "
                "itself: S.max(axis=1, keepdims=True)."),
            "divided by the maximum": Mistake(
                _attend_with(weights=lambda S: _plain_softmax(
                    S / S.max(axis=1, keepdims=True))),
                "You divided the scores by the largest one, which changes the weights. "
                "Subtract it."),
            "one maximum for all": Mistake(
                _attend_with(weights=_softmax_less(lambda S: S.max())),
                "You subtracted the largest score of the whole matrix. In a row whose "
                "scores are far below it all exponentials become 0, and 0 / 0 is NaN. "
                "Subtract the maximum of each row: axis=1, keepdims=True."),
            "maximum of each key": Mistake(
                (_attend_with(weights=_softmax_less(lambda S: S.max(axis=0))),
                 _attend_with(weights=_softmax_less(
                     lambda S: S.max(axis=0, keepdims=True)))),
                "You subtracted the maximum of each column. The softmax only ignores a "
                "number that is the same for the whole row: axis=1, keepdims=True."),
            "no keepdims": Mistake(
                (_attend_with(weights=_softmax_without_keepdims),
                 _attend_with(weights=_sum_without_keepdims),
                 _attend_with(weights=lambda S: np.exp(S) / np.exp(S).sum(axis=1))),
                "max or sum over axis 1 gives shape (n,), which NumPy lays along the "
                "columns. With keepdims=True it is (n, 1), one number for each row."),
            "negative scores": Mistake(
                _attend_with(scale=lambda Q, K, V: -1 / np.sqrt(Q.shape[1])),
                "Your weights are largest where the dot product is smallest. Take "
                "exp(S), not exp(-S)."),
            "hard choice": Mistake(
                (lambda Q, K, V: V[(Q @ K.T).argmax(axis=1)],),
                "You took the value of the best key only. Attention is soft: a mean of "
                "all values with weights from the softmax."),
            "keys and values exchanged": Mistake(
                (lambda Q, K, V: attend(Q, V, K),
                 lambda Q, K, V: _attend_with()(Q, V, K)),
                "You compared the queries with the values. Scores come from Q and K; "
                "the weights then fetch V."),
            "queries and keys exchanged": Mistake(
                (lambda Q, K, V: attend(K, Q, V),
                 lambda Q, K, V: _attend_with()(K, Q, V)),
                "You computed K Q^T: its rows belong to keys. One row for each query: "
                "Q @ K.T."),
            "weights transposed": Mistake(
                (_attend_with(end=lambda A, V: A.T @ V),),
                "You used A.T @ V. Row i of A holds the weights of query i: A @ V."),
            "weights only": Mistake(
                _attend_with(end=lambda A, V: A),
                "You returned the weights A. Fetch the values with them: A @ V."),
            "both": Mistake(
                (_attend_with(end=lambda A, V: (A @ V, A)),),
                "You returned Y and A. Here only Y is asked for."),
            "mean of the values": Mistake(
                lambda Q, K, V: np.repeat(V.mean(axis=0)[None], len(Q), axis=0),
                "All your weights are equal. They must depend on the scores."),
        },
        ["How many scores are there for n queries and m keys? In Q @ K.T, what do row "
         "and column stand for?",
         "S = Q @ K.T / np.sqrt(Q.shape[1]). The softmax runs along a row: axis=1, and "
         "keepdims=True keeps the shape (n, 1).",
         "e = np.exp(S - S.max(axis=1, keepdims=True)); A = e / e.sum(axis=1, "
         "keepdims=True); return A @ V."],
        independent=_attend_by_loops,
        also_right=(_attend_with(), lambda Q, K, V: attend(
            *(part.astype(np.float32) for part in (Q, K, V)))))


# --- mask ------------------------------------------------------------------------------

def masked_weights(S, seen):
    """Return the softmax of each row over the keys that it may see, 0 elsewhere."""
    S = np.where(seen, S, -np.inf)
    e = np.exp(S - S.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def _masked_by_loops(S, seen):
    A = np.zeros(S.shape)
    for i in range(len(S)):
        places = np.flatnonzero(seen[i])
        top = max(S[i, j] for j in places)
        total = sum(math.exp(S[i, j] - top) for j in places)
        for j in places:
            A[i, j] = math.exp(S[i, j] - top) / total
    return A


def _masked_by_product(S, seen):
    top = np.max(S, axis=1, keepdims=True, initial=-np.inf, where=seen)
    e = np.exp(np.minimum(S - top, 0)) * seen
    return e / e.sum(axis=1, keepdims=True)


def _masked_by_minus(S, seen):
    return _softmax(S - 1e9 * (1 - seen))


def _masked_weights():
    def with_score(hidden):
        return lambda S, seen: _softmax(np.where(seen, S, hidden))

    def before(S, seen):
        return _softmax(S * seen)

    def overflow(S, seen):
        e = np.exp(np.where(seen, S, -np.inf))
        return e / e.sum(axis=1, keepdims=True)

    def overflow_by_product(S, seen):
        e = np.exp(S) * seen
        return e / e.sum(axis=1, keepdims=True)

    def masked_array(S, seen):
        S = np.ma.array(S, mask=~seen)
        e = np.ma.exp(S - S.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    def hidden_maximum(S, seen):
        e = np.exp(S - S.max(axis=1, keepdims=True)) * seen
        return e / e.sum(axis=1, keepdims=True)

    def whole_maximum(S, seen):
        S = np.where(seen, S, -np.inf)
        e = np.exp(S - S.max())
        return e / e.sum(axis=1, keepdims=True)

    def not_normalised(S, seen):
        S = np.where(seen, S, -np.inf)
        return np.exp(S - S.max(axis=1, keepdims=True))

    def cases(rng):
        def mask(n, m):
            seen = rng.random((n, m)) < 0.6
            seen[np.arange(n), rng.integers(0, m, n)] = True
            seen[0, :2] = True, False
            return seen

        def scores(n, m, middle=0.0):
            return middle + rng.normal(0, 1.5, (n, m))

        def quarters(S):
            return np.round(4 * S) / 4

        tiny = (np.array([[1.0, 3, 2], [0.5, -1, 2]]),
                np.array([[True, False, True], [True, True, False]]))
        seen = mask(4, 6)
        # Hidden scores far above, and visible ones far from 0, in quarters: these are
        # exact in float32.
        large = np.where(seen, quarters(scores(4, 6, -3000)), 25000.0)
        low = quarters(scores(4, 6, -9000))
        uneven = quarters(scores(3, 5) + [[-20000.0], [0], [2000]])
        return [tiny, (scores(5, 5), np.tril(np.ones((5, 5), bool))),
                (scores(3, 5), mask(3, 5)), (scores(6, 4), mask(6, 4)),
                (scores(4, 4), mask(4, 4)), (large, seen), (low, seen),
                (uneven, mask(3, 5)), (scores(2, 7, 900), mask(2, 7))]

    return Exercise(
        "masked_weights", masked_weights, cases,
        {
            "after the softmax": Mistake(
                (lambda S, seen: _softmax(S) * seen,
                 lambda S, seen: np.where(seen, _softmax(S), 0),
                 lambda S, seen: _plain_softmax(S) * seen),
                "You masked after the softmax. The hidden scores are in the sum, so "
                "the rows do not sum to 1, and what is hidden leaks out. Hide the "
                "scores before the softmax."),
            "score 0": Mistake(
                (before, with_score(0.0), lambda S, seen: _plain_softmax(S * seen)),
                "You set hidden scores to 0. A score of 0 is a score like any other: "
                "exp(0) = 1. Hidden ones need minus infinity."),
            "not low enough": Mistake(
                tuple(with_score(value) for value in (
                    -1.0, -10.0, -99.0, -100.0, -999.0, -1000.0, -9999.0, -1e4)),
                "Your number for hidden scores is not low enough: visible scores may "
                "be lower still. Take -np.inf."),
            "lowest score": Mistake(
                (lambda S, seen: _softmax(np.where(seen, S, S.min())),
                 lambda S, seen: _softmax(np.where(seen, S, S.min(1, keepdims=True))),
                 lambda S, seen: _softmax(np.where(seen, S, S.min() - 1)),
                 lambda S, seen: _softmax(
                     np.where(seen, S, S.min(1, keepdims=True) - 1))),
                "You gave hidden keys about the lowest score. That is still a score, "
                "and gets some weight. Take -np.inf."),
            "lowered a little": Mistake(
                tuple(lambda S, seen, by=by: _softmax(S - by * ~seen)
                      for by in (1.0, 10.0, 100.0, 1000.0, 1e4)),
                "You lowered the hidden scores by a number that is too small: a hidden "
                "score may be thousands above the others. Replace it by -np.inf."),
            "divided again": Mistake(
                (lambda S, seen: masked_weights(S / np.sqrt(S.shape[1]), seen),
                 lambda S, seen: masked_weights(S / np.sqrt(len(S)), seen)),
                "You divided by a square root. S holds scores that are already divided: "
                "only mask and softmax are asked for."),
            "masked array": Mistake(
                masked_array,
                "You returned a masked array, in which hidden weights are missing. "
                ".filled(0) gives them their 0."),
            "infinity times 0": Mistake(
                (lambda S, seen: _softmax(S + ~seen * -np.inf),
                 lambda S, seen: _softmax(S - (1 - seen) * np.inf)),
                "0 times infinity is NaN, so you spoilt the visible scores. Choose "
                "with np.where(seen, S, -np.inf) in place of multiplying."),
            "the wrong way round": Mistake(
                (lambda S, seen: _softmax(np.where(seen, -np.inf, S)),
                 lambda S, seen: _softmax(np.where(seen, -1e9, S)),
                 lambda S, seen: masked_weights(S, ~seen),
                 lambda S, seen: _softmax(S) * ~seen),
                "Your mask is the wrong way round: True means that the query may look "
                "there."),
            "mask ignored": Mistake(
                lambda S, seen: _softmax(S),
                "You ignored the mask. Where `seen` is False the weight is 0."),
            "always causal": Mistake(
                lambda S, seen: masked_weights(S, np.tril(np.ones(S.shape, bool))),
                "You built the causal mask yourself. The mask is given: use `seen`, "
                "whatever it looks like."),
            "causal as well": Mistake(
                lambda S, seen: masked_weights(
                    S, seen & np.tril(np.ones(S.shape, bool))),
                "You applied a causal mask on top. Use `seen` alone."),
            "over the queries": Mistake(
                (lambda S, seen: _softmax(np.where(seen, S, -np.inf), 0),
                 lambda S, seen: _softmax(np.where(seen, S, -1e9), 0)),
                "Your softmax runs over the queries, axis 0. Each row, axis 1, sums "
                "to 1."),
            "over everything": Mistake(
                lambda S, seen: _softmax(np.where(seen, S, -np.inf), None),
                "You divided by the sum of the whole matrix. Each row has its own sum."),
            "overflow": Mistake(
                (overflow, overflow_by_product),
                "Your formula is right, but exp overflows for large scores. Subtract "
                "the largest visible score of each row first."),
            "maximum of the hidden": Mistake(
                hidden_maximum,
                "Hidden scores take part in your softmax before you remove them. Where "
                "a hidden one is far above, the visible exponentials all become 0, and "
                "0 / 0 is NaN. Mask first, then maximum, exp and sum."),
            "one maximum for all": Mistake(
                whole_maximum,
                "You subtracted the maximum of the whole matrix. In rows far below it "
                "all exponentials become 0, and 0 / 0 is NaN: axis=1, keepdims=True."),
            "not normalised": Mistake(
                (not_normalised,),
                "You did not divide by the sum of each row: the weights of a query sum "
                "to 1."),
            "scores only": Mistake(
                (lambda S, seen: np.where(seen, S, -np.inf),),
                "You returned the masked scores. Now the softmax of each row."),
            "equal weights": Mistake(
                lambda S, seen: seen / seen.sum(axis=1, keepdims=True),
                "You gave the visible keys equal weights. The weights depend on the "
                "scores."),
        },
        ["Which number x has exp(x) = 0?",
         "np.where(seen, S, -np.inf) hides the scores; then it is a softmax as before.",
         "Subtract the maximum after masking: S.max(axis=1, keepdims=True) then is the "
         "largest visible score."],
        independent=_masked_by_loops,
        also_right=(_masked_by_product, _masked_by_minus,
                    lambda S, seen: _softmax(np.where(seen, S, -1e9)),
                    lambda S, seen: masked_weights(S.astype(np.float32), seen)))


# --- heads -----------------------------------------------------------------------------

def split_heads(X, h):
    """Return the columns of X (n, D) in h groups: (h, n, D / h)."""
    n, D = X.shape
    return X.reshape(n, h, D // h).swapaxes(0, 1)


def _split_by_slices(X, h):
    d = X.shape[1] // h
    return np.stack([X[:, t * d:(t + 1) * d] for t in range(h)])


def _split_heads():
    def cases(rng):
        def tokens(n, D):
            return rng.normal(0, 1, (n, D))
        return [(np.array([[10.0, 11, 12, 13], [20, 21, 22, 23]]), 2), (tokens(4, 6), 2),
                (tokens(6, 12), 3), (tokens(8, 8), 4), (tokens(5, 6), 1),
                (tokens(6, 6), 3), (tokens(4, 4), 4), (tokens(6, 12), 6)]

    def sizes(X, h):
        return (*X.shape, X.shape[1] // h)

    def reshaped(X, h):
        n, _, d = sizes(X, h)
        return X.reshape(h, n, d)

    def not_exchanged(X, h):
        n, _, d = sizes(X, h)
        return X.reshape(n, h, d)

    def interleaved(X, h):
        return np.stack([X[:, t::h] for t in range(h)])

    def turned(X, h):
        n, _, d = sizes(X, h)
        return X.reshape(n, h, d).transpose(1, 2, 0)

    def transposed_first(X, h):
        n, _, d = sizes(X, h)
        return X.T.reshape(h, n, d)

    def tokens_split(X, h):
        return X.reshape(h, len(X) // h, X.shape[1])

    def exchanged_sizes(X, h):
        n, _, d = sizes(X, h)
        return X.reshape(n, d, h).swapaxes(0, 1)

    def wrong_axes(X, h):
        n, _, d = sizes(X, h)
        return X.reshape(n, h, d).swapaxes(1, 2)

    def interleaved_last(X, h):
        n, _, d = sizes(X, h)
        return X.reshape(n, d, h)

    return Exercise(
        "split_heads", split_heads, cases,
        {
            "reshaped": Mistake(
                reshaped,
                "X.reshape(h, n, d) reads the numbers row by row: head 0 gets the first "
                "tokens whole. Reshape to (n, h, d) first, then exchange the first two "
                "axes."),
            "axes not exchanged": Mistake(
                not_exchanged,
                "Your result has shape (n, h, d): the tokens come first. Exchange the "
                "first two axes, so that each head is one matrix (n, d)."),
            "interleaved": Mistake(
                interleaved,
                "Head t of yours holds every h-th column, t, t + h, ... It holds "
                "neighbouring columns, t d to (t + 1) d - 1: reshape to (n, h, d), "
                "not to (n, d, h)."),
            "interleaved, axes not exchanged": Mistake(
                interleaved_last,
                "Your result has shape (n, d, h). The heads come first, and a head holds "
                "neighbouring columns: reshape to (n, h, d), then exchange the first "
                "two axes."),
            "h and d exchanged": Mistake(
                exchanged_sizes,
                "You made d heads of width h. There are h heads, each of width D / h."),
            "below each other": Mistake(
                lambda X, h: np.concatenate(np.split(X, h, axis=1)),
                "You put the heads below each other into one matrix. They stand on an "
                "axis of their own, the first: np.stack in place of np.concatenate."),
            "each head transposed": Mistake(
                (turned, lambda X, h: X.T.reshape(h, X.shape[1] // h, len(X))),
                "Your heads have shape (d, n). A head is a matrix of tokens like X: "
                "(n, d)."),
            "transposed before": Mistake(
                transposed_first,
                "You reshaped X.T to (h, n, d), which mixes tokens. Reshape X itself "
                "to (n, h, d), then exchange the first two axes."),
            "tokens split": Mistake(
                (tokens_split, lambda X, h: np.split(X, h),
                 lambda X, h: np.array(np.split(X, h)),
                 lambda X, h: np.array_split(X, h)),
                "You gave each head some of the tokens. Each head gets all tokens, and "
                "some of their columns: axis 1."),
            "wrong axes exchanged": Mistake(
                (wrong_axes, lambda X, h: split_heads(X, h).transpose(2, 0, 1),
                 lambda X, h: split_heads(X, h).transpose(2, 1, 0),
                 lambda X, h: X.reshape(len(X), h, -1).T),
                "You exchanged the wrong axes. Of (n, h, d) exchange the first two, "
                "0 and 1: the result is (h, n, d)."),
            "no whole number": Mistake(
                (lambda X, h: X.reshape(len(X), h, X.shape[1] / h).swapaxes(0, 1),
                 lambda X, h: np.stack([X[:, t * (X.shape[1] / h):] for t in range(h)])),
                "X.shape[1] / h is a float, and sizes and slices need whole numbers: "
                "X.shape[1] // h."),
            "every head the same": Mistake(
                (lambda X, h: np.repeat(X[None], h, axis=0),
                 lambda X, h: np.stack([X] * h)),
                "You gave all columns to every head. Each gets D / h of them."),
            "reverse order": Mistake(
                lambda X, h: split_heads(X, h)[::-1],
                "Your heads are in reverse order: head 0 holds the first columns."),
        },
        ["Write down which columns belong to head 0, for D = 6 and h = 2.",
         "np.stack([X[:, ...] for t in range(h)]) with the right slice does it.",
         "Or X.reshape(n, h, D // h), whose axes are token, head, column; then "
         ".swapaxes(0, 1)."],
        independent=_split_by_slices,
        also_right=(lambda X, h: np.split(X, h, axis=1),
                    lambda X, h: np.array(np.hsplit(X, h)),
                    lambda X, h: X.reshape(len(X), h, -1).transpose(1, 0, 2),
                    lambda X, h: X.T.reshape(h, -1, len(X)).transpose(0, 2, 1)))


# --- positions -------------------------------------------------------------------------

def sinusoidal(n, D):
    """Return the table (n, D) of sines and cosines of n places."""
    angles = np.arange(n)[:, None] / 10000 ** (np.arange(0, D, 2) / D)
    return np.stack([np.sin(angles), np.cos(angles)], axis=-1).reshape(n, D)


def _sinusoidal_by_loops(n, D):
    return [[(math.cos if c % 2 else math.sin)(i / 10000 ** (2 * (c // 2) / D))
             for c in range(D)] for i in range(n)]


def _sinusoidal_by_slices(n, D):
    E = np.zeros((n, D))
    for k in range(D // 2):
        E[:, 2 * k] = np.sin(np.arange(n) / 10000 ** (2 * k / D))
        E[:, 2 * k + 1] = np.cos(np.arange(n) / 10000 ** (2 * k / D))
    return E


def _sinusoidal():
    def table(*, start=0, base=10000.0, power=lambda k, D: 2 * k / D, factor=1.0,
              waves=(np.sin, np.cos), halves=False, inverse=False):
        """Return an answer in which one thing is done in another way."""
        def answer(n, D):
            with np.errstate(all="ignore"):
                i = np.arange(start, n + start)[:, None] * factor
                scale = base ** power(np.arange(D // 2), D)
                angles = i * scale if inverse else i / scale
                parts = [wave(angles) for wave in waves]
            if halves:
                return np.concatenate(parts, axis=1)
            return np.stack(parts, axis=-1).reshape(n, D)
        return answer

    def each_column(factor):
        def answer(n, D):
            c = np.arange(D)
            angles = np.arange(n)[:, None] / 10000 ** (factor * c / D)
            return np.where(c % 2, np.cos(angles), np.sin(angles))
        return answer

    def places_alternate(n, D):
        i, k = np.arange(n)[:, None], np.arange(D)
        angles = i / 10000 ** (2 * (k // 2) / D)
        return np.where(i % 2, np.cos(angles), np.sin(angles))

    def divided_outside(n, D):
        waves = sinusoidal(n, 2)
        return np.concatenate([waves / 10000 ** (2 * k / D) for k in range(D // 2)], 1)

    def power_of_fraction(n, D):
        angles = (np.arange(n)[:, None] / 10000) ** (np.arange(0, D, 2) / D)
        return np.stack([np.sin(angles), np.cos(angles)], axis=-1).reshape(n, D)

    def cases(rng):
        return [(2, 2), (3, 4), (5, 6), (7, 10), (20, 8), (4, 16), (1, 6)]

    return Exercise(
        "sinusoidal", sinusoidal, cases,
        {
            "halves": Mistake(
                table(halves=True),
                "You put all sines first, then all cosines. Here they alternate: "
                "columns 2k and 2k + 1."),
            "sine and cosine exchanged": Mistake(
                (table(waves=(np.cos, np.sin)),),
                "You exchanged sine and cosine: even columns hold sines, so row 0 "
                "begins 0, 1."),
            "halves, cosines first": Mistake(
                (table(waves=(np.cos, np.sin), halves=True),),
                "You put all cosines first, then all sines. They alternate, a sine in "
                "column 2k, the cosine of the same angle in column 2k + 1."),
            "from 1": Mistake(
                (table(start=1),),
                "Your places start at 1. The first row belongs to i = 0."),
            "each column its own angle": Mistake(
                each_column(1),
                "You put the number of the column in place of 2k. Sine and cosine of a "
                "pair share one angle: both columns 2k and 2k + 1 use 2k."),
            "twice the column": Mistake(
                each_column(2),
                "You took k as the number of the column. It counts pairs: column // 2."),
            "k for 2k": Mistake(
                (table(power=lambda k, D: k / D),),
                "Your exponent is k / D. It is 2 k / D, so the last pair is nearly "
                "10000 times slower than the first."),
            "twice too steep": Mistake(
                (table(power=lambda k, D: 4 * k / D),),
                "Your exponent is twice 2 k / D: did you double a number that already "
                "runs in steps of 2?"),
            "up to the last pair": Mistake(
                (table(power=lambda k, D: k / (D // 2 - 1)),
                 table(power=lambda k, D: k / max(D // 2 - 1, 1))),
                "You divided by D/2 - 1, so the last pair reaches 10000 itself. Some "
                "programs do so; here the exponent is 2 k / D."),
            "k from 1": Mistake(
                (table(power=lambda k, D: 2 * (k + 1) / D),),
                "Your k starts at 1. The first pair has k = 0, and the angle i itself."),
            "another base": Mistake(
                tuple(table(base=base) for base in (1000.0, 100000.0, math.e)),
                "Your base is not 10000, or you took exp in place of a power of it."),
            "multiplied": Mistake(
                (table(inverse=True),),
                "You multiplied by the power of 10000. Dividing makes the later pairs "
                "slower."),
            "degrees": Mistake(
                (table(factor=np.pi / 180),),
                "You turned the angles from degrees into radians. They are radians "
                "already."),
            "times 2 pi": Mistake(
                (table(factor=2 * np.pi),),
                "You multiplied the angles by 2 pi. The formula has no 2 pi."),
            "one wave": Mistake(
                (table(waves=(np.sin, np.sin)), table(waves=(np.cos, np.cos))),
                "Both columns of a pair hold the same wave. Column 2k holds the sine, "
                "column 2k + 1 the cosine."),
            "sines only": Mistake(
                (lambda n, D: np.sin(np.arange(n)[:, None]
                                     / 10000 ** (np.arange(D) / D)),
                 lambda n, D: np.sin(np.arange(n)[:, None]
                                     / 10000 ** (2 * np.arange(D) / D))),
                "All your columns are sines. Odd columns, 2k + 1, hold the cosine of "
                "the same angle."),
            "rounded exponent": Mistake(
                (table(power=lambda k, D: 2 * k // D),
                 table(power=lambda k, D: 2 * (k // D))),
                "Your exponent is 0 everywhere: // rounds 2 k / D down. Divide by /."),
            "divided outside": Mistake(
                divided_outside,
                "You divided the sine and the cosine. Divide the angle, inside the "
                "brackets: sin(i / 10000 ** (2 k / D))."),
            "power of the fraction": Mistake(
                power_of_fraction,
                "You took the power of i / 10000. Only 10000 is raised: i / (10000 ** "
                "(2 k / D))."),
            "by places": Mistake(
                places_alternate,
                "Sine and cosine alternate from row to row in yours. They alternate "
                "from column to column."),
            "transposed": Mistake(
                (lambda n, D: sinusoidal(n, D).T, lambda n, D: sinusoidal(D, n)
                 if n % 2 == 0 else sinusoidal(n, D).T),
                "Your table lies on its side: places are rows, shape (n, D)."),
        },
        ["How many different angles stand in one row of D numbers?",
         "angles = np.arange(n)[:, None] / 10000 ** (np.arange(0, D, 2) / D) has shape "
         "(n, D/2).",
         "E = np.zeros((n, D)); E[:, 0::2] = np.sin(angles); E[:, 1::2] = "
         "np.cos(angles)."],
        independent=_sinusoidal_by_loops,
        also_right=(_sinusoidal_by_slices,))


# --- patches ---------------------------------------------------------------------------

def cut_patches(x, P):
    """Return the patches of x (H, W, C), one in each row: (n, P P C)."""
    H, W, C = x.shape
    blocks = x.reshape(H // P, P, W // P, P, C).swapaxes(1, 2)
    return blocks.reshape(-1, P * P * C)


def _patches_by_library(x, P):
    blocks = view_as_blocks(np.ascontiguousarray(x), (P, P, x.shape[2]))
    return blocks.reshape(-1, P * P * x.shape[2])


def _patches_by_loop(x, P):
    return [x[i:i + P, j:j + P].ravel().tolist()
            for i in range(0, x.shape[0], P) for j in range(0, x.shape[1], P)]


def _patches_by_windows(x, P):
    windows = sliding_window_view(x, (P, P), axis=(0, 1))[::P, ::P]
    return np.moveaxis(windows, 2, -1).reshape(-1, P * P * x.shape[2])


def _cut_patches():
    def cases(rng):
        def image(*shape):
            return rng.uniform(0, 1, shape)
        return [(np.arange(8.0).reshape(2, 4, 1), 2), (image(4, 4, 1), 2),
                (image(4, 6, 2), 2), (image(6, 4, 3), 2), (image(6, 9, 2), 3),
                (image(8, 4, 1), 4), (image(3, 5, 2), 1), (image(9, 9, 3), 3)]

    def axes(*order):
        """Return an answer that puts (row, in row, column, in column, channel) so."""
        def answer(x, P):
            H, W, C = x.shape
            x = x.reshape(H // P, P, W // P, P, C).transpose(order)
            return x.reshape(-1, P * P * C)
        return answer

    def loop(cut=lambda block: block.ravel(), by_columns=False, step=lambda P: P):
        def answer(x, P):
            rows = range(0, x.shape[0] - P + 1, step(P))
            cols = range(0, x.shape[1] - P + 1, step(P))
            places = ([(i, j) for j in cols for i in rows] if by_columns
                      else [(i, j) for i in rows for j in cols])
            return np.array([cut(x[i:i + P, j:j + P]) for i, j in places])
        return answer

    def square(x, P):
        return np.array([x[i:i + P, j:j + P].ravel()
                         for i in range(0, x.shape[0], P)
                         for j in range(0, x.shape[0], P)])

    def square_inside(x, P):
        side = min(x.shape[:2])
        return cut_patches(x[:side, :side], P)

    def strided(x, P):
        return np.array([x[i::P, j::P].ravel() for i in range(P) for j in range(P)])

    def grid(x, P):
        return cut_patches(x, P).reshape(x.shape[0] // P, x.shape[1] // P, -1)

    def grey(x, P):
        return cut_patches(x[..., :1], P)

    return Exercise(
        "cut_patches", cut_patches, cases,
        {
            "reshaped": Mistake(
                lambda x, P: x.reshape(-1, P * P * x.shape[2]),
                "A plain reshape cuts strips of the rows. Split both sides, "
                "(H/P, P, W/P, P, C), and exchange the two middle axes before the "
                "last reshape."),
            "numbered by columns": Mistake(
                (axes(2, 0, 1, 3, 4), loop(by_columns=True)),
                "Your patches are numbered downwards first. Number them as one reads: "
                "along the first row of patches, then the next."),
            "pixels by columns": Mistake(
                (axes(0, 2, 3, 1, 4),
                 loop(lambda block: block.swapaxes(0, 1).ravel())),
                "The patches are in order, but each is transposed: its pixels run down "
                "the columns. Keep rows before columns."),
            "image transposed": Mistake(
                (axes(2, 0, 3, 1, 4), lambda x, P: cut_patches(x.swapaxes(0, 1), P)),
                "You exchanged rows and columns altogether: patches and their pixels "
                "run downwards first."),
            "channels first": Mistake(
                (axes(0, 2, 4, 1, 3),
                 loop(lambda block: np.moveaxis(block, -1, 0).ravel()),
                 lambda x, P: sliding_window_view(x, (P, P), axis=(0, 1))[
                     ::P, ::P].reshape(-1, P * P * x.shape[2])),
                "In a patch of yours each channel stands as a block of its own. The "
                "channels of a pixel belong together: the channel axis is last. "
                "(sliding_window_view puts the window behind the channels.)"),
            "flattened by columns": Mistake(
                (loop(lambda block: block.ravel(order="F")),
                 loop(lambda block: block.T.ravel())),
                "You flattened each patch with its axes in reverse (.T or order='F'), "
                "channels first and columns before rows. A plain ravel() is right."),
            "not flattened": Mistake(
                (loop(lambda block: block),
                 lambda x, P: cut_patches(x, P).reshape(-1, P, P, x.shape[2])),
                "Your patches are still squares (P, P, C). One row of P * P * C "
                "numbers for each patch: ravel them."),
            "grid kept": Mistake(
                grid,
                "Your patches lie in a grid, (H/P, W/P, P * P * C). One list of n "
                "patches is asked for: reshape(-1, P * P * C)."),
            "overlapping": Mistake(
                (loop(step=lambda P: 1),),
                "Your patches overlap: they start at every pixel. The next one starts "
                "P pixels further."),
            "every P-th pixel": Mistake(
                strided,
                "Each row of yours collects every P-th pixel of the image. A patch "
                "holds P x P neighbours: x[i:i + P, j:j + P]."),
            "square images only": Mistake(
                (square, square_inside),
                "You used one side for rows and columns. The image need not be square: "
                "W / P columns of patches come from x.shape[1]."),
            "the last axes exchanged": Mistake(
                (axes(0, 1, 3, 2, 4),),
                "You exchanged axes 2 and 3. The middle ones of (H/P, P, W/P, P, C) are "
                "1 and 2."),
            "P patches a side": Mistake(
                (lambda x, P: np.array([block.ravel() for row in np.array_split(x, P)
                                        for block in np.array_split(row, P, axis=1)]),
                 lambda x, P: [block.ravel() for row in np.array_split(x, P)
                               for block in np.array_split(row, P, axis=1)]),
                "You cut P rows of P patches. P is the side of a patch in pixels: there "
                "are H / P rows of W / P patches."),
            "range too short": Mistake(
                (lambda x, P: np.array([x[i:i + P, j:j + P].ravel()
                                        for i in range(0, x.shape[0] - P, P)
                                        for j in range(0, x.shape[1] - P, P)]),
                 lambda x, P: [x[i:i + P, j:j + P].ravel()
                               for i in range(0, x.shape[0] - P, P)
                               for j in range(0, x.shape[1] - P, P)]),
                "Your range stops too early: the last patch begins at H - P, so it is "
                "range(0, H - P + 1, P), or range(0, H, P)."),
            "in-patch axes first": Mistake(
                (axes(1, 3, 0, 2, 4),),
                "You put the places inside a patch first. First which patch (axes 0 "
                "and 2), then which pixel in it (axes 1 and 3), then the channel."),
            "one channel": Mistake(
                (grey, loop(lambda block: block[..., 0].ravel())),
                "You kept the first channel only. A patch holds all C numbers of its "
                "pixels."),
            "channels averaged": Mistake(
                (loop(lambda block: block.mean(axis=-1).ravel()),),
                "You averaged the channels. A patch holds all C numbers of its "
                "pixels."),
            "mean of the patch": Mistake(
                (loop(lambda block: block.mean(axis=(0, 1))),),
                "You averaged each patch. All its pixels are kept."),
            "one patch a column": Mistake(
                (lambda x, P: cut_patches(x, P).T,),
                "Your patches are columns. Put each patch into a row: (n, P * P * C)."),
        },
        ["Which pixels make the second patch of a 4 x 6 image, for P = 2?",
         "Two loops over i and j in steps of P, x[i:i + P, j:j + P].ravel() each, is a "
         "complete answer.",
         "Without loops: x.reshape(H // P, P, W // P, P, C) has the axes patch row, row "
         "in it, patch column, column in it, channel; exchange the middle two."],
        independent=_patches_by_library,
        also_right=(_patches_by_loop, _patches_by_windows, axes(0, 2, 1, 3, 4)))
