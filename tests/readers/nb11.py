"""Answers of readers to the exercises of page 11."""

import math

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy import ndimage as ndi
from scipy import signal
from skimage.measure import block_reduce
from sklearn.preprocessing import StandardScaler


def size_by_sliding(H, k, s, p, d):
    reach, x = d * (k - 1) + 1, np.zeros(H + 2 * p)
    return len(sliding_window_view(x, reach)[::s]) if reach <= len(x) else 0


def layer_in_loops(channels=False, square=False, around=None):
    """Four loops; each argument makes one mistake."""
    def answer(x, w, b, s, p):
        x, k = np.pad(x, p if channels else ((p, p), (p, p), (0, 0))), len(w)
        rows, cols = (x.shape[0] - k) // s + 1, (x.shape[1] - k) // s + 1
        y = np.zeros((rows, rows if square else cols, w.shape[3]))
        for i, j, f in np.ndindex(y.shape):
            y[i, j, f] = (x[i * s:i * s + k, j * s:j * s + k] * w[..., f]).sum() + b[f]
        return around(y) if around else y
    return answer


def layer_by_einsum(x, w, b, s, p):
    x, k = np.pad(x, ((p, p), (p, p), (0, 0))), len(w)
    windows = sliding_window_view(x, (k, k), axis=(0, 1))[::s, ::s]
    return np.einsum("ijcab,abcf->ijf", windows, w) + b


def layer_by_fourier(x, w, b, s, p):
    x = np.pad(x, ((p, p), (p, p), (0, 0)))
    return np.stack([signal.fftconvolve(x, w[::-1, ::-1, ::-1, f], "valid")[
        ::s, ::s, 0] + b[f] for f in range(w.shape[3])], -1)


def layer_tap_by_tap(x, w, b, s, p):
    (H, W, C), k = x.shape, len(w)
    big = np.zeros((H + 2 * p, W + 2 * p, C))
    big[p:p + H, p:p + W] = x
    rows, cols = (H + 2 * p - k) // s + 1, (W + 2 * p - k) // s + 1
    return sum(big[u:u + s * rows:s, v:v + s * cols:s][:rows, :cols] @ w[u, v]
               for u in range(k) for v in range(k)) + b


def framed_afterwards(x, w, b, s, p):
    y = layer_in_loops()(x, w, b, s, 0)
    return np.pad(y, ((p, p), (p, p), (0, 0)))


def pool_by_reduction(x, q):
    H, W = x.shape[0] // q * q, x.shape[1] // q * q
    return block_reduce(x[:H, :W], (q, q, 1), np.max)


def pool_square(x, q):
    h = x.shape[0] // q
    return x[:h * q, :h * q].reshape(h, q, h, q, -1).max((1, 3))


def pool_uncut(x, q):
    h, w = x.shape[0] // q, x.shape[1] // q
    return x.reshape(h, q, w, q, -1).max((1, 3))


def field_by_recursion(stack):
    if not stack:
        return 1
    k, s, d = stack[0]
    return (field_by_recursion(stack[1:]) - 1) * s + d * (k - 1) + 1


def field(unpack=lambda k, s, d: (k, s, d), total=lambda step, s: step * s, first=1):
    def answer(stack):
        r, step = 1, first
        for layer in stack:
            k, s, d = unpack(*layer)
            r += d * (k - 1) * max(step, 1)
            step = total(step, s)
        return r
    return answer


def normalised_by_sklearn(train, test):
    C = train.shape[-1]
    scaler = StandardScaler().fit(train.reshape(-1, C))
    return [scaler.transform(x.reshape(-1, C)).reshape(x.shape) for x in (train, test)]


def normalised(train, test):
    mean, std = train.mean((0, 1, 2)), train.std((0, 1, 2))
    return (train - mean) / std, (test - mean) / std


def batch_in_a_loop(images, labels, order, size, i):
    places = [order[k] for k in range(i * size, min((i + 1) * size, len(order)))]
    return np.array([images[k] for k in places]), np.array([labels[k] for k in places])


def batch_of_its_own(images, labels, order, size, i):
    chosen = np.random.default_rng(4).permutation(len(order))[i * size:(i + 1) * size]
    return images[chosen], labels[chosen]


def batch(images, labels, order, size, i):
    chosen = order[i * size:(i + 1) * size]
    return images[chosen], labels[chosen]


def shift_by_matrices(x, dy, dx):
    return np.eye(len(x), k=-dy) @ x @ np.eye(x.shape[1], k=dx)


def shift_by_padding(x, dy, dx):
    (H, W), far = x.shape, max(abs(dy), abs(dx))
    return np.pad(x, far)[far - dy:far - dy + H, far - dx:far - dx + W]


def shift_and_wipe(x, dy, dx):
    y = np.roll(x, (dy, dx), (0, 1))
    if dy:
        y[slice(dy) if dy > 0 else slice(dy, None)] = 0
    if dx:
        y[:, slice(dx) if dx > 0 else slice(dx, None)] = 0
    return y


def shift_by_slices(x, dy, dx):
    (H, W), y = x.shape, np.zeros_like(x)
    y[max(dy, 0):H + min(dy, 0), max(dx, 0):W + min(dx, 0)] = x[
        max(-dy, 0):H - max(dy, 0), max(-dx, 0):W - max(dx, 0)]
    return y


def shift_down_only(x, dy, dx):
    (H, W), y = x.shape, np.zeros_like(x)
    y[dy:, dx:] = x[:H - dy, :W - dx]
    return y


def shift_scattered(x, dy, dx):
    (H, W), y = x.shape, np.zeros_like(x)
    for i in range(H):
        for j in range(W):
            if i + dy < H and j + dx < W:
                y[i + dy, j + dx] = x[i, j]
    return y


RIGHT = [
    ("11.output_size", size_by_sliding),
    ("11.output_size", lambda H, k, s, p, d: max(0.0, float(np.floor(
        (H + 2 * p - d * (k - 1) - 1) / s) + 1))),
    ("11.conv_layer", layer_in_loops()),
    ("11.conv_layer", layer_by_einsum),
    ("11.conv_layer", layer_by_fourier),
    ("11.conv_layer", layer_tap_by_tap),
    ("11.max_pool", pool_by_reduction),
    ("11.max_pool", lambda x, q: sliding_window_view(x, (q, q), axis=(0, 1))[
        ::q, ::q].max((-1, -2))),
    ("11.receptive_field", field_by_recursion),
    ("11.receptive_field", field()),
    ("11.receptive_field", lambda stack: 1 + sum(d * (k - 1) * math.prod(
        s for _, s, _ in stack[:i]) for i, (k, _, d) in enumerate(stack))),
    ("11.normalise_channels", normalised_by_sklearn),
    ("11.mini_batch", batch_in_a_loop),
    ("11.mini_batch", lambda x, u, order, size, i: (
        np.take(x, order[i * size:][:size], 0), np.take(u, order[i * size:][:size]))),
    ("11.shift_image", shift_by_matrices),
    ("11.shift_image", shift_by_padding),
    ("11.shift_image", shift_and_wipe),
    ("11.shift_image", lambda x, dy, dx: ndi.shift(x.astype(float), (dy, dx), order=1)),
]

WRONG = [
    ("11.output_size", lambda H, k, s, p, d: max(1, (H + 2 * p - d * (k - 1) - 1) // s + 1),
     "return 0"),
    ("11.conv_layer", layer_in_loops(channels=True), "pads the channels too"),
    ("11.conv_layer", layer_in_loops(square=True), "need not be square"),
    ("11.conv_layer", layer_in_loops(around=lambda y: y.sum(-1)),
     "summed over the filters"),
    ("11.conv_layer", layer_in_loops(around=lambda y: y[None]), "expected"),
    ("11.conv_layer", framed_afterwards, "zeros around the result"),
    ("11.max_pool", lambda x, q: sliding_window_view(x, (q, q), axis=(0, 1))[
        ::2, ::2].max((-1, -2)), "moved by 2 pixels"),
    ("11.max_pool", pool_square, "need not be square"),
    ("11.max_pool", pool_uncut, "Cut the left-overs first"),
    ("11.max_pool", lambda x, q: block_reduce(x, (q, q, 1), np.max), "zeros"),
    ("11.receptive_field", field(unpack=lambda k, s, d: (k, d, s)),
     "exchanged stride and dilation"),
    ("11.receptive_field", field(total=lambda step, s: step + s, first=0),
     "added the strides"),
    ("11.normalise_channels", lambda train, test: normalised(train, test)[::-1],
     "test set first"),
    ("11.mini_batch", lambda *arguments: batch(*arguments)[::-1], "labels first"),
    ("11.mini_batch", batch_of_its_own, "an order of your own"),
    ("11.shift_image", shift_by_slices, "limit dy to -H ... H first"),
    ("11.shift_image", shift_down_only, "treat negative dy and dx"),
    ("11.shift_image", shift_scattered, "counts from the other end"),
    ("11.shift_image", lambda x, dy, dx: shift_and_wipe(
        x, dy % len(x), dx % x.shape[1]), "Keep the sign"),
]
