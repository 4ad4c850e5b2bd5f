"""Train the judge of pages 15 and 16: ``python tools/train_judge.py``.

A small convolutional classifier of the course's digits. Its weights are stored as
float16, and with them, as float32, the mean and covariance of its features on 20,000
other real digits: the reference of `course_utils.judge`. Takes about half a minute of
two quiet cores. Weights differ a little from machine to machine, and so does the scale
of the Fréchet distance: all files and numbers of pages 15 and 16 follow.
"""

import digests
import numpy as np

from course_utils import judge, make_digits, quiet_tensorflow
from course_utils.weights import FOLDER, save_arrays

N_TRAIN, N_REFERENCE, N_TEST, EPOCHS, BATCH, SEED = 20000, 20000, 10000, 5, 128, 15


def classifier():
    """Return the network: two convolutions, 64 features, 10 scores."""
    import keras
    from keras import layers

    return keras.Sequential([
        keras.Input((28, 28, 1)),
        layers.Conv2D(16, 5, activation="relu"), layers.MaxPooling2D(),
        layers.Conv2D(32, 5, activation="relu"), layers.MaxPooling2D(),
        layers.Flatten(), layers.Dense(64, activation="relu"), layers.Dense(10)])


def train(x, u):
    """Return the classifier trained on images x (n, 28, 28) and labels u (n,)."""
    import keras

    keras.utils.set_random_seed(SEED)
    model, steps = classifier(), -(-len(x) // BATCH) * EPOCHS
    rate = keras.optimizers.schedules.CosineDecay(
        4e-4, steps - steps // 10, alpha=0.01, warmup_target=4e-3,
        warmup_steps=steps // 10)
    model.compile(keras.optimizers.Adam(rate), keras.losses.SparseCategoricalCrossentropy(
        from_logits=True))
    model.fit(x[..., None], u, batch_size=BATCH, epochs=EPOCHS, verbose=0)
    return model


def main(path=FOLDER / "judge_digits.npz"):
    """Train, write the weights and the reference, print the accuracy."""
    quiet_tensorflow()
    rng = np.random.default_rng(1000 + SEED)
    model = train(*make_digits(N_TRAIN, rng))
    arrays = [array.astype(np.float16) for array in model.get_weights()]
    rounded = [array.astype(np.float32) for array in arrays]
    features, _ = judge._run(rounded, make_digits(N_REFERENCE, rng)[0])
    arrays += [array.astype(np.float32) for array in judge.moments(features)]
    save_arrays(arrays, path)
    digests.update(path)
    x, u = make_digits(N_TEST, rng)
    wrong = judge._run(rounded, x)[1].argmax(axis=1) != u
    print(f"test accuracy {1 - wrong.mean():.4f} on {N_TEST} digits")


if __name__ == "__main__":
    main()
