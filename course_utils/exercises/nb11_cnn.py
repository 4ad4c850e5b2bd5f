"""Exercises of page 11: convolutional networks."""

import math

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy import ndimage as ndi
from scipy import signal

from course_utils.exercise import Exercise, Mistake


def make_exercises():
    """Return the exercises of the page, in its order."""
    return [_output_size(), _conv_layer(), _max_pool(), _receptive_field(),
            _normalise_channels(), _mini_batch(), _shift_image()]


# --- output size -----------------------------------------------------------------------

def output_size(H, k, s, p, d):
    """Return the side of the output; 0 if the dilated kernel does not fit."""
    room = H + 2 * p - (d * (k - 1) + 1)
    return room // s + 1 if room >= 0 else 0


def _size_by_counting(H, k, s, p, d):
    places = [i for i in range(-p, H + p, s) if i + d * (k - 1) <= H + p - 1]
    return len(places)


def _output_size():
    def size(room=lambda H, k, p, d: H + 2 * p - d * (k - 1) - 1,
             count=lambda room, s: room // s + 1):
        """Return an answer with another room or another way to count."""
        return lambda H, k, s, p, d: max(count(room(H, k, p, d), s), 0)

    def plain(room=lambda H, k, p, d: H + 2 * p - d * (k - 1) - 1,
              count=lambda room, s: room // s + 1):
        """Return the same without the 0 for a kernel that does not fit."""
        return lambda H, k, s, p, d: count(room(H, k, p, d), s)

    def cases(rng):
        return [(5, 3, 1, 0, 1), (28, 5, 1, 0, 1), (10, 3, 2, 1, 1), (9, 3, 2, 0, 2),
                (11, 4, 3, 2, 1), (12, 3, 3, 1, 2), (7, 2, 2, 1, 3), (4, 3, 1, 0, 3),
                (3, 4, 2, 0, 1), (30, 5, 4, 2, 3), (8, 3, 3, 2, 1)]

    def both(**change):
        return size(**change), plain(**change)

    return Exercise(
        "output_size", output_size, cases,
        {
            "padding on one side": Mistake(
                both(room=lambda H, k, p, d: H + p - d * (k - 1) - 1),
                "You counted the padding once. It stands on both sides: H + 2p."),
            "padding ignored": Mistake(
                both(room=lambda H, k, p, d: H - d * (k - 1) - 1),
                "The padding p is missing: the kernel moves over H + 2p pixels."),
            "stride ignored": Mistake(
                both(count=lambda room, s: room + 1),
                "You ignored the stride: divide the free room by s and round down "
                "before you add 1."),
            "no plus one": Mistake(
                both(count=lambda room, s: room // s),
                "You counted the steps, not the places. The kernel is at its first "
                "place before any step: add 1."),
            "plus one inside": Mistake(
                both(count=lambda room, s: (room + 1) // s),
                "You added 1 before dividing by the stride. Divide the free room "
                "first, round down, then add the first place."),
            "rounded up": Mistake(
                both(count=lambda room, s: -(-room // s) + 1),
                "You rounded up. A last step that does not fit wholly is not taken: "
                "round down, with //."),
            "not rounded": Mistake(
                (*both(count=lambda room, s: room / s + 1),
                 lambda H, k, s, p, d: ((H + 2 * p - d * (k - 1) - 1) / s + 1
                                        if H + 2 * p > d * (k - 1) else 0)),
                "Your result has fractions. An output has whole pixels: use // in "
                "place of /."),
            "rounded to nearest": Mistake(
                both(count=lambda room, s: round(room / s) + 1),
                "You rounded to the nearest number. A half step is not taken: round "
                "down, with //."),
            "dilation ignored": Mistake(
                both(room=lambda H, k, p, d: H + 2 * p - k),
                "You ignored the dilation. With gaps the kernel is d(k - 1) + 1 "
                "pixels wide."),
            "neither rounded nor dilated": Mistake(
                (*both(room=lambda H, k, p, d: H + 2 * p - k,
                       count=lambda room, s: room / s + 1),),
                "Two things are missing: rounding down (// in place of /), and the "
                "dilation, which makes the kernel d(k - 1) + 1 wide."),
            "width d k": Mistake(
                both(room=lambda H, k, p, d: H + 2 * p - d * k),
                "You took the dilated kernel as d k wide. There are gaps between its "
                "k taps only, k - 1 of them: d(k - 1) + 1."),
            "one gap": Mistake(
                both(room=lambda H, k, p, d: H + 2 * p - k - (d - 1)),
                "You widened the kernel by one gap. There is a gap of d - 1 between "
                "each two neighbours, k - 1 of them: the width is d(k - 1) + 1."),
            "width without its end": Mistake(
                both(room=lambda H, k, p, d: H + 2 * p - d * (k - 1)),
                "You took d(k - 1) as the width of the kernel: that is from the first "
                "tap to the last. Count both: d(k - 1) + 1."),
            "nothing fits": Mistake(
                (plain(), plain(count=lambda room, s: math.floor(room / s + 1)),
                 lambda H, k, s, p, d: max(1, (H + 2 * p - d * (k - 1) - 1) // s + 1),
                 lambda H, k, s, p, d: abs((H + 2 * p - d * (k - 1) - 1) // s + 1)),
                "Your formula is right where the kernel fits. Where it is wider than "
                "the padded image there is no output: return 0."),
            "truncated": Mistake(
                (*both(count=lambda room, s: int(room / s) + 1),
                 lambda H, k, s, p, d: max(0, int((H + 2 * p - d * (k - 1) - 1) / s)
                                           + 1)),
                "int() rounds towards 0, so int(-0.5) + 1 gives 1 for a kernel that "
                "does not fit. Use //, or test for room below 0 first."),
            "same": Mistake(
                (lambda H, k, s, p, d: -(-H // s), lambda H, k, s, p, d: H // s),
                "That is the size of Keras' padding 'same'. Here p zeros are added on "
                "each side, whatever the result."),
            "transposed": Mistake(
                lambda H, k, s, p, d: (H - 1) * s + d * (k - 1) + 1 - 2 * p,
                "That is the size of a transposed convolution, which goes the other "
                "way. Here the stride divides."),
        },
        ["How wide is a kernel of 3 taps with gaps of one pixel (d = 2) between them?",
         "The free room is H + 2p - (d(k - 1) + 1). How many steps of s fit into it?",
         "Steps are room // s, places one more; if the room is below 0, return 0."],
        independent=_size_by_counting,
        also_right=(lambda H, k, s, p, d: len(range(0, H + 2 * p - d * (k - 1), s)),
                    lambda H, k, s, p, d: float(max(0, math.floor(
                        (H + 2 * p - d * (k - 1) - 1) / s + 1)))))


# --- a layer, forward ------------------------------------------------------------------

def conv_layer(x, w, b, s, p):
    """Return the correlation of one image with K kernels, plus b."""
    k = w.shape[0]
    x = np.pad(x, ((p, p), (p, p), (0, 0)))
    rows, cols = ((side - k) // s + 1 for side in x.shape[:2])
    y = np.zeros((rows, cols, w.shape[3]))
    for i in range(rows):
        for j in range(cols):
            window = x[i * s:i * s + k, j * s:j * s + k]
            y[i, j] = np.tensordot(window, w, axes=3) + b
    return y


def _layer_by_library(x, w, b, s, p):
    x = np.pad(x, ((p, p), (p, p), (0, 0)))
    maps = [sum(signal.correlate2d(x[..., c], w[..., c, f], "valid")
                for c in range(x.shape[2])) + b[f] for f in range(w.shape[3])]
    return np.stack(maps, axis=-1)[::s, ::s]


def _layer(*, kernel=lambda w: w, padded=None, stride=lambda s: s, offset=lambda b, C: b,
           after=lambda y: y, image=lambda x: x):
    """Return an answer to conv_layer in which one thing is done in another way."""
    def answer(x, w, b, s, p):
        w, x = kernel(w), image(x)
        k = w.shape[0]
        C = x.shape[2]
        x = (np.pad(x, ((p, p), (p, p), (0, 0))) if padded is None else padded(x, p, k))
        windows = sliding_window_view(x, (k, k), axis=(0, 1))[::stride(s), ::stride(s)]
        y = np.tensordot(windows, w, axes=((3, 4, 2), (0, 1, 2)))
        return after(y + offset(b, C))
    return answer


def _separate_channels(x, w, b, s, p):
    parts = [_layer()(x[..., c:c + 1], w[:, :, c:c + 1], 0 * b, s, p)
             for c in range(x.shape[2])]
    return np.concatenate(parts, axis=-1)


def _stride_in_the_size_only(x, w, b, s, p):
    """Return as many outputs as the stride asks for, of neighbouring windows."""
    rows, cols = conv_layer(x, w, b, s, p).shape[:2]
    return conv_layer(x, w, b, 1, p)[:rows, :cols]


def _size_without_padding(x, w, b, s, p):
    rows, cols = ((side - w.shape[0]) // s + 1 for side in x.shape[:2])
    return conv_layer(x, w, b, s, p)[:rows, :cols]


def _result_padded(x, w, b, s, p):
    """Pad the maps in place of the image."""
    return np.pad(conv_layer(x, w, b, s, 0), ((p, p), (p, p), (0, 0)))


def _windows(product, *, channels=False, square=False):
    """Return an answer in loops that pads the channels or counts rows twice."""
    def answer(x, w, b, s, p):
        k = w.shape[0]
        x = np.pad(x, p if channels else ((p, p), (p, p), (0, 0)))
        rows, cols = ((side - k) // s + 1 for side in x.shape[:2])
        cols = rows if square else cols
        y = np.zeros((rows, cols, w.shape[3]))
        for i in range(rows):
            for j in range(cols):
                window = x[i * s:i * s + k, j * s:j * s + k]
                for f in range(w.shape[3]):
                    y[i, j, f] = product(window, w[..., f]) + b[f]
        return y
    return answer


PRODUCTS = (lambda window, w: (window * w).sum(),
            lambda window, w: np.tensordot(window, w, axes=3))


def _conv_layer():
    def cases(rng):
        def case(H, W, C, k, K, s, p):
            return (rng.normal(0, 1, (H, W, C)), rng.normal(0, 1, (k, k, C, K)),
                    rng.normal(0, 1, K) + 2, s, p)

        tiny = (np.array([[[1.0], [2], [0]], [[3], [5], [1]], [[0], [4], [2]]]),
                np.array([[1.0, 2], [0, -1]])[..., None, None], np.array([0.5]), 1, 0)
        return [tiny, case(6, 8, 2, 3, 3, 2, 1), case(5, 4, 3, 2, 2, 1, 0),
                case(7, 9, 2, 3, 4, 3, 2), case(6, 5, 1, 3, 2, 1, 1)]

    def pad(mode):
        return lambda x, p, k: np.pad(x, ((p, p), (p, p), (0, 0)), mode=mode)

    return Exercise(
        "conv_layer", conv_layer, cases,
        {
            "valid": Mistake(
                _layer(padded=lambda x, p, k: x),
                "You ignored the padding: that is 'valid'. Put p rows and columns of "
                "zeros on each side first: np.pad(x, ((p, p), (p, p), (0, 0)))."),
            "same": Mistake(
                (_layer(padded=lambda x, p, k: np.pad(
                    x, ((k // 2, (k - 1) // 2), (k // 2, (k - 1) // 2), (0, 0)))),
                 _layer(padded=lambda x, p, k: np.pad(
                     x, (((k - 1) // 2, k // 2), ((k - 1) // 2, k // 2), (0, 0)))),
                 _layer(padded=lambda x, p, k: np.pad(
                     x, ((k // 2, k // 2), (k // 2, k // 2), (0, 0))))),
                "You padded by half the kernel, as 'same' does. The number of zeros on "
                "each side is given: p."),
            "padding before only": Mistake(
                _layer(padded=lambda x, p, k: np.pad(x, ((p, 0), (p, 0), (0, 0)))),
                "You put the zeros above and on the left only. They belong on all four "
                "sides."),
            "padding after only": Mistake(
                _layer(padded=lambda x, p, k: np.pad(x, ((0, p), (0, p), (0, 0)))),
                "You put the zeros below and on the right only. They belong on all "
                "four sides."),
            "channels padded": Mistake(
                (lambda x, w, b, s, p: _layer(padded=lambda x, p, k: np.pad(x, p)[
                    ..., :x.shape[2]])(x, w, b, s, p),
                 _layer(padded=lambda x, p, k: np.pad(x, p)[..., -x.shape[2]:])),
                "You padded the channels too, np.pad(x, p), and cut them again, so "
                "each filter slice meets the wrong channel. Pad rows and columns "
                "alone: ((p, p), (p, p), (0, 0))."),
            "channels padded, shapes clash": Mistake(
                (*(_windows(product, channels=True) for product in PRODUCTS),
                 _layer(padded=lambda x, p, k: np.pad(x, p))),
                "np.pad(x, p) pads the channels too, so there are 2p more of them than "
                "the kernel has slices. Pad rows and columns alone: "
                "((p, p), (p, p), (0, 0))."),
            "square": Mistake(
                tuple(_windows(product, square=True) for product in PRODUCTS),
                "You used the number of rows for the columns as well. The image need "
                "not be square: count W' from x.shape[1]."),
            "result padded": Mistake(
                _result_padded,
                "You put the zeros around the result. They belong around the image, "
                "before the kernel passes."),
            "filters summed": Mistake(
                (_layer(after=lambda y: y.sum(axis=-1)),
                 _layer(after=lambda y: y.sum(axis=-1, keepdims=True))),
                "You summed over the filters as well. Each filter keeps its own map: "
                "K maps, on the last axis."),
            "border repeated": Mistake(
                (_layer(padded=pad("edge")), _layer(padded=pad("reflect")),
                 _layer(padded=pad("symmetric")), _layer(padded=pad("wrap"))),
                "You continued the image at its border (repeated, mirrored or "
                "periodic). Networks pad with zeros."),
            "padded by ones": Mistake(
                _layer(padded=lambda x, p, k: np.pad(
                    x, ((p, p), (p, p), (0, 0)), constant_values=1)),
                "You padded with ones. The padding is zeros."),
            "stride ignored": Mistake(
                (_layer(stride=lambda s: 1), _stride_in_the_size_only),
                "You ignored the stride: the window of output (i, j) starts at "
                "(i s, j s)."),
            "size of the image without padding": Mistake(
                _size_without_padding,
                "You counted the places on the image without its padding, so the last "
                "rows or columns are missing. Count them after np.pad."),
            "stride and one": Mistake(
                _layer(stride=lambda s: s + 1),
                "Your windows are s + 1 apart. The next one starts s pixels further."),
            "flipped kernel": Mistake(
                (_layer(kernel=lambda w: w[::-1, ::-1]),
                 _layer(kernel=lambda w: w[::-1, ::-1, ::-1])),
                "You flipped the kernel, as page 02 does for a true convolution. "
                "Layers of networks correlate: do not flip."),
            "flipped once": Mistake(
                (_layer(kernel=lambda w: w[::-1]), _layer(kernel=lambda w: w[:, ::-1])),
                "You flipped the kernel along one axis. Do not flip it at all."),
            "kernel transposed": Mistake(
                _layer(kernel=lambda w: w.swapaxes(0, 1)),
                "You exchanged rows and columns of the kernel: w[a, b] belongs to the "
                "pixel a rows down, b columns right."),
            "no offset": Mistake(
                _layer(offset=lambda b, C: 0),
                "The offset b is missing: add b[f] to the whole map of filter f."),
            "offset for each channel": Mistake(
                _layer(offset=lambda b, C: C * b),
                "You added b once for each input channel. It belongs to a filter: add "
                "it once, after the sum over channels."),
            "offset subtracted": Mistake(
                _layer(offset=lambda b, C: -b),
                "You subtracted the offset b. It is added."),
            "one offset": Mistake(
                (_layer(offset=lambda b, C: b.sum()), _layer(offset=lambda b, C: b[0]),
                 _layer(offset=lambda b, C: b.mean())),
                "You added the same number to all maps. Filter f has its own offset "
                "b[f]."),
            "first channel only": Mistake(
                (_layer(image=lambda x: x[..., :1], kernel=lambda w: w[:, :, :1]),
                 _layer(image=lambda x: x[..., -1:], kernel=lambda w: w[:, :, -1:])),
                "You used one input channel only. A filter spans all of them: sum over "
                "c as well."),
            "first slice for all": Mistake(
                (_layer(kernel=lambda w: np.repeat(w[:, :, :1], w.shape[2], 2)),
                 _layer(kernel=lambda w: np.repeat(w[:, :, -1:], w.shape[2], 2))),
                "You used the same slice of the kernel for all channels. Channel c "
                "meets w[:, :, c, f]."),
            "channels averaged": Mistake(
                (_layer(kernel=lambda w: w / w.shape[2]),),
                "You averaged over the channels. A filter adds them up."),
            "window averaged": Mistake(
                (_layer(kernel=lambda w: w / w.shape[0] ** 2),
                 _layer(kernel=lambda w: w / w[..., 0].size)),
                "You took the mean of the products. A layer takes their sum."),
            "channels kept apart": Mistake(
                _separate_channels,
                "You made one map for each pair of channel and filter. A filter adds "
                "up its channels and gives one map: K maps in all."),
            "rectified": Mistake(
                _layer(after=lambda y: np.maximum(y, 0)),
                "You applied ReLU as well. The layer asked for is linear: return "
                "negative values too."),
            "maps first": Mistake(
                _layer(after=lambda y: np.moveaxis(y, -1, 0)),
                "Your maps come first, (K, H', W'), as in PyTorch. Keras puts them "
                "last: np.moveaxis(y, 0, -1)."),
        },
        ["How large is the padded image, and how many windows fit? Exercise 1 knows.",
         "The window of output (i, j) is x[i*s:i*s + k, j*s:j*s + k], all channels: "
         "shape (k, k, C). Multiply it with w[..., f] and sum everything.",
         "`np.tensordot(window, w, axes=3)` does it for all K filters at once; add b."],
        independent=_layer_by_library,
        also_right=(_layer(), _layer_by_lists))


def _layer_by_lists(x, w, b, s, p):
    H, W, C = x.shape
    k, _, _, K = w.shape
    sizes = [(side + 2 * p - k) // s + 1 for side in (H, W)]

    def pixel(i, j, c):
        return float(x[i, j, c]) if 0 <= i < H and 0 <= j < W else 0.0

    return [[[float(b[f]) + sum(pixel(i * s + u - p, j * s + v - p, c)
                                * float(w[u, v, c, f])
                                for u in range(k) for v in range(k) for c in range(C))
              for f in range(K)] for j in range(sizes[1])] for i in range(sizes[0])]


# --- max pooling -----------------------------------------------------------------------

def max_pool(x, q):
    """Return the largest value of each q x q block, channel by channel."""
    rows, cols = x.shape[0] // q, x.shape[1] // q
    x = x[:rows * q, :cols * q]
    return x.reshape(rows, q, cols, q, -1).max(axis=(1, 3))


def _pool_by_library(x, q):
    rows, cols = x.shape[0] // q, x.shape[1] // q
    largest = ndi.maximum_filter(x, (q, q, 1), mode="nearest")
    middle = q // 2
    return largest[middle::q, middle::q][:rows, :cols]


def _pool_with(pick, *, start=lambda side, q: 0, step=lambda q: q, count=None,
               fill=None):
    """Return an answer to max_pool in which one thing is done in another way."""
    def answer(x, q):
        if fill is not None:
            extra = [(0, -side % q) for side in x.shape[:2]]
            x = np.pad(x, (*extra, (0, 0)), constant_values=fill)
        x = x[start(x.shape[0], q):, start(x.shape[1], q):]
        sizes = [(side - q) // step(q) + 1 for side in x.shape[:2]]
        if count:
            sizes = [count(side, q) for side in x.shape[:2]]
        return np.array([[pick(x[i * step(q):i * step(q) + q, j * step(q):j * step(q) + q])
                          for j in range(sizes[1])] for i in range(sizes[0])])
    return answer


def _pool_in_wrong_order(x, q):
    rows, cols = x.shape[0] // q, x.shape[1] // q
    return x[:rows * q, :cols * q].reshape(rows, cols, q, q, -1).max(axis=(2, 3))


def _pool_square(x, q):
    rows = x.shape[0] // q
    return np.array([[x[i * q:(i + 1) * q, j * q:(j + 1) * q].max(axis=(0, 1))
                      for j in range(rows)] for i in range(rows)])


def _pool_square_by_reshape(last):
    """Return an answer that takes H // q for both sides, in one reshape."""
    def answer(x, q):
        rows = x.shape[0] // q
        x = x[:rows * q, :rows * q]
        return x.reshape(rows, q, rows, q, last or x.shape[2]).max(axis=(1, 3))
    return answer


def _max_pool():
    def largest(block):
        return block.max(axis=(0, 1))

    def cases(rng):
        tiny = np.array([[1.0, 1, 2, 4], [5, 6, 7, 8], [3, 2, 1, 0], [1, 2, 3, 4]])
        return [(tiny[..., None] - 4.5, 2), (rng.normal(0, 1, (5, 7, 2)), 2),
                (rng.normal(-1, 1, (9, 6, 3)), 3), (rng.normal(0, 1, (8, 11, 2)), 3)]

    up = lambda side, q: -(-side // q)                                  # noqa: E731
    return Exercise(
        "max_pool", max_pool, cases,
        {
            "overlapping windows": Mistake(
                (_pool_with(largest, step=lambda q: 1),
                 lambda x, q: ndi.maximum_filter(x, (q, q, 1)),
                 _pool_with(largest, step=lambda q: 1,
                            count=lambda side, q: side // q)),
                "Your windows overlap: you moved by one pixel. Blocks lie side by side, "
                "so the next one starts q pixels further."),
            "overlapping, thinned": Mistake(
                lambda x, q: ndi.maximum_filter(x, (q, q, 1))[::q, ::q],
                "A maximum filter is centred on its pixel; taken at [::q, ::q] its "
                "windows stick out at the top and left. Start at the middle of the "
                "first block, or reshape into blocks."),
            "mean": Mistake(
                _pool_with(lambda block: block.mean(axis=(0, 1))),
                "You took the mean of each block. That is average pooling; the "
                "exercise asks for the largest value."),
            "smallest": Mistake(
                _pool_with(lambda block: block.min(axis=(0, 1))),
                "You took the smallest value of each block; take the largest."),
            "sum": Mistake(
                _pool_with(lambda block: block.sum(axis=(0, 1))),
                "You summed each block. Take its largest value."),
            "largest magnitude": Mistake(
                (_pool_with(lambda block: np.abs(block).max(axis=(0, 1))),),
                "You took absolute values first. A large negative number is small: "
                "compare with the sign."),
            "started from 0": Mistake(
                (_pool_with(lambda block: np.maximum(largest(block), 0)),
                 lambda x, q: np.maximum(max_pool(x, q), 0)),
                "Where all values of a block are negative you return 0. Begin with the "
                "first value of the block, or with -infinity, in place of 0."),
            "channels mixed": Mistake(
                (_pool_with(lambda block: np.full(block.shape[2], block.max())),
                 _pool_with(lambda block: block.max()),
                 _pool_with(lambda block: block.max(keepdims=True)[0, 0])),
                "You took the largest value over all channels. Pooling treats each "
                "channel on its own: max over the axes of rows and columns."),
            "rows only": Mistake(
                lambda x, q: np.array([x[i * q:(i + 1) * q].max(axis=0)
                                       for i in range(x.shape[0] // q)]),
                "You pooled along the rows only; a block has q rows and q columns."),
            "columns only": Mistake(
                lambda x, q: np.stack([x[:, j * q:(j + 1) * q].max(axis=1)
                                       for j in range(x.shape[1] // q)], axis=1),
                "You pooled along the columns only; a block has q rows and q columns."),
            "first of the block": Mistake(
                (lambda x, q: x[::q, ::q],
                 lambda x, q: x[:x.shape[0] // q * q:q, :x.shape[1] // q * q:q]),
                "You kept the first pixel of each block, x[::q, ::q]. Look at all q x q "
                "and keep the largest."),
            "left-overs kept": Mistake(
                (_pool_with(largest, count=up), _pool_with(largest, fill=-np.inf)),
                "You also returned the blocks at the end that are not full. They are "
                "dropped: H // q rows, W // q columns."),
            "left-overs filled": Mistake(
                _pool_with(largest, fill=0),
                "You filled up the last blocks with zeros. They are dropped: H // q "
                "rows, W // q columns."),
            "dropped at the start": Mistake(
                _pool_with(largest, start=lambda side, q: side % q),
                "You dropped the left-over rows and columns at the start. The first "
                "block begins at (0, 0); those at the end are dropped."),
            "q always 2": Mistake(
                lambda x, q: max_pool(x, 2),
                "You always used blocks of 2 x 2. Their side is q."),
            "moved by 2": Mistake(
                (_pool_with(largest, step=lambda q: 2),
                 lambda x, q: sliding_window_view(x, (q, q), axis=(0, 1))[
                     ::2, ::2].max(axis=(-1, -2))),
                "You moved by 2 pixels, whatever q is. Blocks lie side by side, so the "
                "next one starts q pixels further."),
            "not cut": Mistake(
                (lambda x, q: x.reshape(len(x) // q, q, x.shape[1] // q, q, -1).max(
                    axis=(1, 3)),
                 lambda x, q: x.reshape(len(x) // q, q, x.shape[1] // q, q,
                                        x.shape[2]).max(axis=(1, 3))),
                "reshape fails where the blocks do not fill the image. Cut the "
                "left-overs first: x[:H // q * q, :W // q * q]."),
            "square": Mistake(
                (_pool_square, _pool_square_by_reshape(-1),
                 _pool_square_by_reshape(None)),
                "You used the number of rows for the columns as well. The image need "
                "not be square: there are W // q blocks in a row."),
            "reshape in the wrong order": Mistake(
                _pool_in_wrong_order,
                "You reshaped to (H/q, W/q, q, q, C): that cuts each row into pieces "
                "and mixes places. The axes are (H/q, q, W/q, q, C); the maximum goes "
                "over axes 1 and 3."),
        },
        ["Cut off the left-over rows and columns first: how many blocks are there each "
         "way?",
         "Block (i, j) is x[i*q:(i+1)*q, j*q:(j+1)*q]; its maximum over axes 0 and 1 "
         "keeps the channels.",
         "Without loops: reshape to (H//q, q, W//q, q, C), then max over axes (1, 3)."],
        independent=_pool_by_library,
        also_right=(_pool_with(largest), _pool_by_strides))


def _pool_by_strides(x, q):
    rows, cols = x.shape[0] // q * q, x.shape[1] // q * q
    parts = [x[a:rows:q, b:cols:q] for a in range(q) for b in range(q)]
    return np.maximum.reduce(parts)


# --- receptive field -------------------------------------------------------------------

def receptive_field(stack):
    """Return how many pixels a side one output sees."""
    r = step = 1
    for k, s, d in stack:
        r += d * (k - 1) * step
        step *= s
    return r


def _field_backwards(stack):
    """Go from one output down: each layer widens what is needed below."""
    need = 1
    for k, s, d in reversed(stack):
        need = (need - 1) * s + d * (k - 1) + 1
    return need


def _strides_summed(stack):
    r, total = 1, 0
    for k, s, d in stack:
        r += d * (k - 1) * max(total, 1)
        total += s
    return r


def _receptive_field():
    def field(grow, *, start=1, first=False, step_of=lambda step, s: step * s,
              order=lambda stack: stack):
        """Return an answer that grows by ``grow(k, d, step)`` at each layer."""
        def answer(stack):
            r, step = start, 1
            for k, s, d in order(stack):
                if first:
                    step = step_of(step, s)
                r += grow(k, d, step)
                if not first:
                    step = step_of(step, s)
            return r
        return answer

    def right(k, d, step):
        return d * (k - 1) * step

    def cases(rng):
        return [([(3, 1, 1)],), ([(3, 1, 1), (3, 1, 1)],),
                ([(5, 1, 1), (2, 2, 1), (5, 1, 1)],),
                ([(3, 2, 1), (5, 3, 1), (3, 1, 1)],),
                ([(3, 1, 1), (3, 1, 2), (4, 1, 4)],),
                ([(7, 2, 1), (3, 2, 3), (2, 1, 2)],),
                ([(3, 1, 1), (2, 2, 1), (3, 2, 1), (3, 3, 2), (4, 1, 1)],)]

    return Exercise(
        "receptive_field", receptive_field, cases,
        {
            "sum of the kernels": Mistake(
                (field(lambda k, d, step: k, start=0),
                 field(lambda k, d, step: k * step, start=0),
                 field(lambda k, d, step: d * k * step, start=0),
                 field(lambda k, d, step: k), field(lambda k, d, step: k * step),
                 field(lambda k, d, step: d * k * step)),
                "You added k for each layer. A layer adds k - 1 steps: two layers of "
                "3 see 5 pixels, not 6."),
            "product of the kernels": Mistake(
                (lambda stack: math.prod(k for k, s, d in stack),
                 lambda stack: math.prod(k * s for k, s, d in stack),
                 lambda stack: math.prod(d * (k - 1) + 1 for k, s, d in stack)),
                "You multiplied the kernels. Their windows overlap: each layer adds "
                "k - 1 steps."),
            "strides ignored": Mistake(
                field(lambda k, d, step: d * (k - 1)),
                "You ignored the strides. After a stride of 2 each step of the layers "
                "above is 2 pixels of the image long: multiply the step by s."),
            "strides and dilation ignored": Mistake(
                field(lambda k, d, step: k - 1),
                "You added k - 1 for each layer: right for plain layers. A dilation "
                "makes it d(k - 1), and the strides below lengthen each step."),
            "dilation ignored": Mistake(
                field(lambda k, d, step: (k - 1) * step),
                "You ignored the dilation: with gaps a kernel spans d(k - 1) + 1 "
                "places."),
            "own stride counted": Mistake(
                (field(right, first=True),
                 lambda stack: 1 + sum(d * (k - 1) * s for k, s, d in stack)),
                "You multiplied by the layer's own stride before adding. Its stride "
                "lengthens the steps of the layers above it, not its own: add first, "
                "then multiply."),
            "last stride only": Mistake(
                field(right, step_of=lambda step, s: s),
                "You used the stride of the layer before alone. The step is the "
                "product of all strides below."),
            "strides added": Mistake(
                (field(right, step_of=lambda step, s: step + s),
                 field(right, step_of=lambda step, s: step + s - 1),
                 _strides_summed),
                "You added the strides. Steps multiply: two strides of 2 make a step "
                "of 4 pixels."),
            "stride and dilation exchanged": Mistake(
                lambda stack: receptive_field([(k, d, s) for k, s, d in stack]),
                "You exchanged stride and dilation: a triple is (k, s, d), kernel, "
                "stride, dilation."),
            "last layer first": Mistake(
                (field(right, order=lambda stack: stack[::-1]),),
                "You went through the list from the wrong end: the first entry is next "
                "to the image."),
            "started at 0": Mistake(
                field(right, start=0),
                "Your result is one too small: with no layer at all, an output sees "
                "one pixel. Start with r = 1."),
            "dilation as a stride": Mistake(
                (lambda stack: field(lambda k, d, step: (k - 1) * step * d)(
                    [(k, s * d, d) for k, s, d in stack]),
                 lambda stack: field(lambda k, d, step: (k - 1) * step)(
                     [(k, s * d, d) for k, s, d in stack])),
                "You let the dilation lengthen the steps of later layers. Only strides "
                "do that; a dilation widens its own kernel."),
            "width d k": Mistake(
                field(lambda k, d, step: (d * k - 1) * step),
                "You took a dilated kernel as d k wide. It spans d(k - 1) + 1 places, "
                "so it adds d(k - 1) steps."),
            "gap d for each tap": Mistake(
                (field(lambda k, d, step: (k + d - 2) * step),
                 field(lambda k, d, step: (k - 1 + d) * step)),
                "You added d once. Each of the k - 1 gaps is widened: d(k - 1) steps."),
            "half of it": Mistake(
                (lambda stack: receptive_field(stack) // 2,
                 lambda stack: (receptive_field(stack) - 1) // 2),
                "You returned the reach to one side. The receptive field is the whole "
                "width."),
            "area": Mistake(
                lambda stack: receptive_field(stack) ** 2,
                "You returned the number of pixels of the square. Asked is its side r."),
        },
        ["How many pixels does one output of a 3 x 3 layer see? And after a second one?",
         "Keep two numbers: r, and how many pixels of the image one step is long.",
         "For each layer: r += d * (k - 1) * step, and after that step *= s."],
        independent=_field_backwards,
        also_right=(lambda stack: 1 + sum(
            d * (k - 1) * math.prod(s for _, s, _ in stack[:i])
            for i, (k, _, d) in enumerate(stack)),
            lambda stack: np.int64(_field_backwards(stack))))


# --- normalise colour images -----------------------------------------------------------

def normalise_channels(train, test):
    """Return both sets with mean and deviation of train's channels removed."""
    mean = train.mean(axis=(0, 1, 2))
    std = train.std(axis=(0, 1, 2))
    return (train - mean) / std, (test - mean) / std


def _normalise_by_loops(train, test):
    train, test = (np.array(images, float) for images in (train, test))
    for c in range(train.shape[-1]):
        values = np.concatenate([image[..., c].ravel() for image in train])
        middle = math.fsum(values) / len(values)
        spread = math.sqrt(math.fsum((values - middle) ** 2) / len(values))
        for images in (train, test):
            images[..., c] = (images[..., c] - middle) / spread
    return train, test


def _normalise_channels():
    def by(mean, std=None, of=lambda train, test: train):
        """Return an answer with other statistics, taken of ``of(train, test)``."""
        std = std or (lambda x: x.std(axis=(0, 1, 2)))

        def answer(train, test):
            seen = of(train, test)
            m, v = mean(seen), std(seen)
            return (train - m) / v, (test - m) / v
        return answer

    def mean(x):
        return x.mean(axis=(0, 1, 2))

    def each(axis):
        """Return an answer that takes statistics of each set on its own."""
        def own(x):
            return (x - x.mean(axis, keepdims=True)) / x.std(axis, keepdims=True)
        return lambda train, test: (own(train), own(test))

    def cases(rng):
        def case(n, m, H, W, C):
            level = rng.uniform(0.2, 0.7, C)
            width = rng.uniform(0.05, 0.3, C)
            images = level + width * rng.standard_normal((n + m, H, W, C))
            return images[:n], images[n:] + 0.2
        return [case(2, 1, 2, 3, 2), case(5, 3, 4, 6, 3), case(4, 4, 5, 3, 3)]

    return Exercise(
        "normalise_channels", normalise_channels, cases,
        {
            "test statistics": Mistake(
                (each((0, 1, 2)),
                 lambda train, test: (normalise_channels(train, test)[0],
                                      (test - mean(train)) / test.std(axis=(0, 1, 2))),
                 lambda train, test: (normalise_channels(train, test)[0],
                                      (test - mean(test)) / train.std(axis=(0, 1, 2)))),
                "You normalised the test set by its own mean or deviation. In use "
                "images come one by one: take the numbers of the training set for "
                "both."),
            "statistics of both": Mistake(
                by(mean, of=lambda train, test: np.concatenate([train, test])),
                "You took mean and deviation over both sets together. The test set must "
                "not have a say: use train alone."),
            "statistics of the test set": Mistake(
                by(mean, of=lambda train, test: test),
                "You took mean and deviation of the test set. Use those of train."),
            "each image": Mistake(
                (each((1, 2)), each((1, 2, 3))),
                "You normalised each image by itself. That removes its brightness; "
                "asked are one mean and one deviation per channel, over all images of "
                "train."),
            "each pixel": Mistake(
                by(lambda x: x.mean(axis=0), lambda x: x.std(axis=0)),
                "You took a mean for each pixel, over axis 0. Asked is one number per "
                "channel: axes (0, 1, 2)."),
            "all channels together": Mistake(
                (by(np.mean, np.std),),
                "You took one mean and one deviation for all channels. Each channel has "
                "its own: axis=(0, 1, 2)."),
            "one deviation": Mistake(
                by(mean, np.std),
                "The means are per channel, but you divided by one deviation for all "
                "channels: np.std needs axis=(0, 1, 2), too."),
            "one mean": Mistake(
                by(np.mean),
                "You subtracted one mean from all channels: np.mean needs "
                "axis=(0, 1, 2), too."),
            "mean only": Mistake(
                by(mean, lambda x: 1),
                "You subtracted the mean and did not divide by the standard "
                "deviation."),
            "deviation only": Mistake(
                by(lambda x: 0),
                "You divided by the standard deviation and did not subtract the mean "
                "first."),
            "variance": Mistake(
                by(mean, lambda x: x.var(axis=(0, 1, 2))),
                "You divided by the variance. Divide by its root, the standard "
                "deviation."),
            "multiplied": Mistake(
                by(mean, lambda x: 1 / x.std(axis=(0, 1, 2))),
                "You multiplied by the standard deviation; divide by it."),
            "n minus one": Mistake(
                by(mean, lambda x: x.std(axis=(0, 1, 2), ddof=1)),
                "You divided by n - 1 in the deviation (ddof = 1). NumPy's default, "
                "ddof = 0, is asked for."),
            "to 0 and 1": Mistake(
                (by(lambda x: x.min(axis=(0, 1, 2)), lambda x: np.ptp(x, axis=(0, 1, 2))),
                 by(np.min, np.ptp)),
                "You scaled smallest and largest value to 0 and 1. Asked are mean 0 and "
                "deviation 1."),
            "brackets": Mistake(
                lambda train, test: tuple(
                    x - train.mean(axis=(0, 1, 2)) / train.std(axis=(0, 1, 2))
                    for x in (train, test)),
                "Brackets: x - mean / std divides only the mean. Write "
                "(x - mean) / std."),
            "test first": Mistake(
                lambda train, test: normalise_channels(train, test)[::-1],
                "You returned the test set first. Return (train, test)."),
            "test left": Mistake(
                lambda train, test: (normalise_channels(train, test)[0], test),
                "The test set is unchanged. It gets the same treatment, with the "
                "numbers of train. Did you overwrite train first? Then its mean is 0 "
                "and its deviation 1: compute both before."),
        },
        ["Which of the four axes of train do you average over, so that one number per "
         "channel remains?",
         "`train.mean(axis=(0, 1, 2))` has shape (C,) and fits to both sets by "
         "broadcasting.",
         "Compute mean and std of train once, then return (train - mean) / std and "
         "(test - mean) / std."],
        independent=_normalise_by_loops,
        also_right=(lambda train, test: [
            ((x - train.reshape(-1, train.shape[-1]).mean(0))
             / np.sqrt(train.reshape(-1, train.shape[-1]).var(0))).astype(np.float32)
            for x in (train, test)],))


# --- mini-batches ----------------------------------------------------------------------

def mini_batch(images, labels, order, size, i):
    """Return images and labels of the i-th mini-batch in the given order."""
    chosen = order[i * size:(i + 1) * size]
    return images[chosen], labels[chosen]


def _batch_by_lists(images, labels, order, size, i):
    pairs = [(images[k], labels[k]) for place, k in enumerate(order)
             if place // size == i]
    return np.array([image for image, _ in pairs]), [int(u) for _, u in pairs]


def _mini_batch():
    def batch(chosen, of_labels=None):
        """Return an answer that takes places ``chosen(order, size, i)``."""
        def answer(images, labels, order, size, i):
            mine = chosen(order, size, i)
            theirs = of_labels(order, size, i) if of_labels else mine
            return images[mine], labels[theirs]
        return answer

    def right(order, size, i):
        return order[i * size:(i + 1) * size]

    def plain(order, size, i):
        return np.arange(len(order))[i * size:(i + 1) * size]

    def inverse(order, size, i):
        return np.argsort(order)[i * size:(i + 1) * size]

    def twice(order, size, i):
        return order[order][i * size:(i + 1) * size]

    def cases(rng):
        def case(order, size, i, shape):
            n = len(order)
            labels = rng.permutation(np.arange(20, 20 + n)) % 23
            return rng.random((n, *shape)), labels, np.array(order), size, i

        return [case([2, 0, 4, 3, 1], 3, 0, (1, 2)),
                case([4, 2, 6, 0, 5, 3, 1], 3, 1, (2, 3)),
                case([4, 2, 6, 0, 5, 3, 1], 3, 2, (2, 3)),
                case([7, 3, 0, 9, 5, 8, 1, 4, 10, 6, 2], 4, 2, (3, 2)),
                case([7, 3, 0, 9, 5, 8, 1, 4, 10, 6, 2], 4, 0, (3, 2))]

    return Exercise(
        "mini_batch", mini_batch, cases,
        {
            "labels not shuffled": Mistake(
                batch(right, plain),
                "The images are in the new order, the labels in the old one: each image "
                "gets a stranger's label, and nothing can be learnt. Index both with "
                "the same places."),
            "images not shuffled": Mistake(
                batch(plain, right),
                "The labels are in the new order, the images in the old one: each image "
                "gets a stranger's label. Index both with the same places."),
            "labels first": Mistake(
                lambda *arguments: mini_batch(*arguments)[::-1],
                "You returned the labels first. Return (images, labels)."),
            "nothing shuffled": Mistake(
                batch(plain),
                "You ignored `order`: the batch holds neighbours of the file, which "
                "are often of one class."),
            "shuffled apart": Mistake(
                (batch(right, twice), batch(right, inverse), batch(twice, right),
                 batch(inverse, right)),
                "Images and labels were shuffled apart. One order for both: "
                "images[chosen], labels[chosen]."),
            "inverse order": Mistake(
                batch(inverse),
                "You used the inverse of the order (argsort). order[0] is the place of "
                "the first image to take."),
            "shuffled twice": Mistake(
                batch(twice),
                "You shuffled twice. Cut i-th piece out of `order`, and index once."),
            "sorted": Mistake(
                batch(lambda order, size, i: np.sort(order[i * size:(i + 1) * size])),
                "You have the right images, sorted by their place. Keep them as "
                "`order` has them."),
            "batches from 1": Mistake(
                (batch(lambda order, size, i: order[max(i - 1, 0) * size:i * size]),),
                "You counted batches from 1. The first has i = 0: "
                "order[i*size:(i+1)*size]."),
            "next batch": Mistake(
                batch(lambda order, size, i: order[(i + 1) * size:(i + 2) * size]),
                "That is the batch after. Number i starts at place i * size."),
            "starts at i": Mistake(
                batch(lambda order, size, i: order[i:i + size]),
                "You started at place i, so batches overlap. Start at i * size."),
            "ends at size": Mistake(
                (batch(lambda order, size, i: order[i * size:size]),),
                "A slice names its end, not its length: order[i*size:(i+1)*size]."),
            "one short": Mistake(
                batch(lambda order, size, i: order[i * size:(i + 1) * size - 1]),
                "One image is missing: a slice already ends before its second number. "
                "Drop the - 1."),
            "one too many": Mistake(
                batch(lambda order, size, i: order[i * size:(i + 1) * size + 1]),
                "One image too many: a slice ends before its second number, so it is "
                "(i + 1) * size without + 1."),
            "every size-th": Mistake(
                batch(lambda order, size, i: order[i::size]),
                "You took each size-th image. A batch is `size` in a row: "
                "order[i*size:(i+1)*size]."),
            "one image": Mistake(
                (lambda images, labels, order, size, i: (images[order[i]],
                                                         labels[order[i]]),
                 lambda images, labels, order, size, i: (images[order[i]][None],
                                                         labels[order[i]][None])),
                "You returned one image. A mini-batch holds `size` of them."),
            "last one from the end": Mistake(
                (batch(lambda order, size, i: order[min(i * size, len(order) - size):][
                    :size]),),
                "You moved the last batch back to make it full, so some images come "
                "twice. The last batch may be smaller."),
            "last one filled": Mistake(
                (batch(lambda order, size, i: np.resize(order, len(order) + size)[
                    i * size:(i + 1) * size]),
                 batch(lambda order, size, i: order.take(
                     range(i * size, (i + 1) * size), mode="clip"))),
                "You filled up the last batch with images that had their turn. It may "
                "be smaller."),
            "last one dropped": Mistake(
                (batch(lambda order, size, i: order[:len(order) // size * size][
                    i * size:(i + 1) * size]),),
                "You dropped the last batch because it is not full. It may be smaller, "
                "but each image counts."),
        },
        ["Which places of `order` belong to batch 0, which to batch 1?",
         "chosen = order[i * size:(i + 1) * size] is an array of places; the last piece "
         "is shorter by itself.",
         "Index both arrays with it: images[chosen], labels[chosen]."],
        independent=_batch_by_lists,
        also_right=(lambda images, labels, order, size, i: (
            images[order][i * size:(i + 1) * size],
            labels[order][i * size:(i + 1) * size]),
            lambda images, labels, order, size, i: [
                np.array_split(a[order], range(size, len(order), size))[i].tolist()
                for a in (images, labels)]),
        explain=_other_images)


def _other_images(value, wanted):
    """Say that the images are not those that the order asks for."""
    if np.shape(value[0]) == wanted[0].shape and np.allclose(value[0], wanted[0]):
        return ""
    return ("the images are not those that `order` asks for, or in another order. Do you "
            "draw an order of your own? Use the one that is given, from place i * size "
            "on.")


# --- shift, for augmentation -----------------------------------------------------------

def shift_image(x, dy, dx):
    """Return x moved by dy rows down and dx columns right, 0 where it was."""
    H, W = x.shape
    out = np.zeros_like(x)
    for i in range(max(dy, 0), min(H + dy, H)):
        for j in range(max(dx, 0), min(W + dx, W)):
            out[i, j] = x[i - dy, j - dx]
    return out


def _shift_by_library(x, dy, dx):
    return ndi.shift(np.asarray(x, float), (dy, dx), order=0, mode="constant")


def _shift_by_index(x, dy, dx):
    out = np.zeros_like(x)
    for i, j in np.ndindex(x.shape):
        if i - dy < x.shape[0] and j - dx < x.shape[1]:
            out[i, j] = x[max(i - dy, -x.shape[0]), max(j - dx, -x.shape[1])]
    return out


def _shift_by_scatter(x, dy, dx):
    out = np.zeros_like(x)
    for i, j in np.ndindex(x.shape):
        if i + dy < x.shape[0] and j + dx < x.shape[1]:
            out[i + dy, j + dx] = x[i, j]
    return out


def _shift_image():
    def moved(mode):
        return lambda x, dy, dx: ndi.shift(x, (dy, dx), order=0, mode=mode)

    def by(change):
        return lambda x, dy, dx: shift_image(x, *change(dy, dx))

    def cases(rng):
        def image(*shape):
            return rng.uniform(0.2, 1, shape)
        return [(np.array([[1.0, 2, 3], [4, 5, 6]]) / 6, 1, 0), (image(4, 6), 1, 2),
                (image(6, 5), -2, 1), (image(5, 7), -1, -3), (image(5, 4), 0, -1),
                (image(4, 3), 4, 1), (image(5, 5), 0, 0), (image(6, 4), 3, -1),
                (image(4, 5), 5, 0), (image(4, 5), 0, -7), (image(4, 5), -6, 7)]

    def roll(x, dy, dx):
        return np.roll(x, (dy, dx), axis=(0, 1))

    def slices(x, dy, dx):
        out = np.zeros_like(x)
        part = x[:x.shape[0] - dy, :x.shape[1] - dx]
        out[dy:dy + part.shape[0], dx:dx + part.shape[1]] = part
        return out

    def slices_to_the_end(x, dy, dx):
        out = np.zeros_like(x)
        out[dy:, dx:] = x[:x.shape[0] - dy, :x.shape[1] - dx]
        return out

    def both_signs(x, dy, dx):
        (H, W), out = x.shape, np.zeros_like(x)
        out[max(dy, 0):H + min(dy, 0), max(dx, 0):W + min(dx, 0)] = x[
            max(-dy, 0):H - max(dy, 0), max(-dx, 0):W - max(dx, 0)]
        return out

    def refused(beyond):
        def answer(x, dy, dx):
            if beyond(abs(dy), x.shape[0]) or beyond(abs(dx), x.shape[1]):
                return x.copy()
            return shift_image(x, dy, dx)
        return answer

    def modulo(x, dy, dx):
        dy, dx = dy % x.shape[0], dx % x.shape[1]
        out = roll(x, dy, dx)
        out[:dy], out[:, :dx] = 0, 0
        return out

    def wiped(x, dy, dx):
        out = roll(x, dy, dx)
        out[:dy], out[:, :dx] = 0, 0
        return out

    return Exercise(
        "shift_image", shift_image, cases,
        {
            "rolled": Mistake(
                roll,
                "You used np.roll: what leaves on one side comes back on the other, so "
                "a digit at the border is torn apart. Fill with 0."),
            "opposite direction": Mistake(
                (by(lambda dy, dx: (-dy, -dx)), lambda x, dy, dx: roll(x, -dy, -dx)),
                "You moved the picture up and left. Positive dy moves it down, positive "
                "dx right: out[i, j] = x[i - dy, j - dx]."),
            "rows opposite": Mistake(
                by(lambda dy, dx: (-dy, dx)),
                "The columns are right, but rows moved up. Positive dy moves down, "
                "since rows count from the top."),
            "columns opposite": Mistake(
                by(lambda dy, dx: (dy, -dx)),
                "The rows are right, but columns moved left. Positive dx moves right."),
            "exchanged": Mistake(
                (by(lambda dy, dx: (dx, dy)),),
                "You exchanged dy and dx: dy is for rows, the first axis."),
            "rows only": Mistake(
                by(lambda dy, dx: (dy, 0)),
                "You moved the rows only; dx columns to the right as well."),
            "columns only": Mistake(
                by(lambda dy, dx: (0, dx)),
                "You moved the columns only; dy rows down as well."),
            "border repeated": Mistake(
                (moved("nearest"), moved("reflect"), moved("mirror")),
                "You filled the gap with repeated or mirrored pixels. It is filled "
                "with 0, the background of a digit."),
            "filled with 1": Mistake(
                lambda x, dy, dx: ndi.shift(x, (dy, dx), order=0, cval=1.0),
                "You filled the gap with 1. The background of these digits is 0."),
            "negative shifts rolled": Mistake(
                (wiped,),
                "With np.roll and out[:dy] = 0 you wiped the gap for positive shifts "
                "only; for a negative one the slice wipes the wrong part, and the "
                "gap is at the other end."),
            "sizes changed": Mistake(
                (lambda x, dy, dx: np.pad(x, ((max(dy, 0), max(-dy, 0)),
                                              (max(dx, 0), max(-dx, 0)))),),
                "Your image has grown: cut it back to (H, W) after padding."),
            "cut off": Mistake(
                (lambda x, dy, dx: x[max(-dy, 0):x.shape[0] - max(dy, 0),
                                     max(-dx, 0):x.shape[1] - max(dx, 0)],),
                "You returned the part that stays visible. Put it into an array of "
                "zeros of the old shape."),
            "not below zero": Mistake(
                (slices, slices_to_the_end, by(lambda dy, dx: (max(dy, 0), max(dx, 0)))),
                "Your slices work for shifts of 0 or more. A negative start counts from "
                "the end: treat negative dy and dx on their own."),
            "larger than the image": Mistake(
                (both_signs,),
                "Your slices are right up to the size of the image. Where the shift is "
                "larger, H - dy is negative, and a negative end counts from the other "
                "side: limit dy to -H ... H first, and dx to -W ... W."),
            "larger shifts left out": Mistake(
                (refused(lambda shift, side: shift > side),
                 refused(lambda shift, side: shift >= side)),
                "You return x itself where the shift is larger than the image. Then "
                "nothing is left of it: return zeros."),
            "modulo": Mistake(
                (modulo, lambda x, dy, dx: shift_image(x, dy % x.shape[0],
                                                       dx % x.shape[1])),
                "You took dy % H: a shift up by 2 becomes one down by H - 2, and one "
                "beyond the image starts again. Keep the sign."),
            "index below zero": Mistake(
                (_shift_by_index, _shift_by_scatter),
                "A negative index raises no IndexError: it counts from the other end, "
                "so pixels come back there. Test 0 <= place < size before you copy."),
            "both unsigned": Mistake(
                (by(lambda dy, dx: (abs(dy), abs(dx))),),
                "You dropped the sign: negative dy moves up, negative dx left."),
        },
        ["Pixel (i, j) of the result comes from which pixel of x? When is there none?",
         "Start from np.zeros_like(x), and copy out[i, j] = x[i - dy, j - dx] where both "
         "places are inside.",
         "With slices: rows max(dy, 0) to H + min(dy, 0) of the result come from rows "
         "max(-dy, 0) to H - max(dy, 0) of x; the same for columns."],
        independent=_shift_by_library,
        also_right=(_shift_by_padding,))


def _shift_by_padding(x, dy, dx):
    H, W = x.shape
    big = np.pad(x, ((H, H), (W, W)))
    top, left = H - max(-H, min(H, dy)), W - max(-W, min(W, dx))
    return big[top:top + H, left:left + W]
