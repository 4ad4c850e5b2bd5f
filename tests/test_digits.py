"""The course's digits, and readers of MNIST: good files, broken files, none."""

import gzip
import time

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier

from course_utils import load_digits, load_mnist, make_digits
from course_utils.digits import WAYS
from course_utils.mnist import PARTS


def test_shapes_types_and_range():
    images, labels = make_digits(300)
    assert images.shape == (300, 28, 28) and images.dtype == np.float32
    assert labels.shape == (300,) and set(labels) == set(range(10))
    assert images.min() == 0 and images.max() == 1
    assert 0.08 < images.mean() < 0.2


def test_the_same_seed_gives_the_same_digits():
    one, other = make_digits(50), make_digits(50, np.random.default_rng(0))
    np.testing.assert_array_equal(one[0], other[0])
    np.testing.assert_array_equal(one[1], other[1])
    assert not np.array_equal(one[0], make_digits(50, np.random.default_rng(1))[0])


def test_no_digits_and_bad_numbers():
    images, labels = make_digits(0)
    assert images.shape == (0, 28, 28) and labels.shape == (0,)
    with pytest.raises(ValueError, match="n = -3 digits cannot be drawn"):
        make_digits(-3)
    with pytest.raises(ValueError, match="variation = -1 must be 0 or more"):
        make_digits(3, variation=-1)


def test_without_variation_all_of_one_way_are_equal():
    images, labels = make_digits(400, variation=0)
    for digit in range(10):
        kinds = len(np.unique(images[labels == digit].reshape(-1, 784), axis=0))
        assert kinds == len(WAYS[digit])


def test_the_ink_stays_inside_and_in_the_middle():
    images, _ = make_digits(1000)
    border = np.concatenate([images[:, :2].ravel(), images[:, -2:].ravel(),
                             images[:, :, :2].ravel(), images[:, :, -2:].ravel()])
    assert border.mean() < 0.01
    rows = (images.sum(2) * np.arange(28)).sum(1) / images.sum((1, 2))
    assert abs(rows.mean() - 13.5) < 1


@pytest.mark.filterwarnings("ignore:lbfgs failed to converge")
def test_they_are_as_hard_as_mnist():
    """MNIST itself with 10,000 training images: kNN 95 %, logistic regression 91 %."""
    data = load_digits(10_000, 2_000)
    train, test = (x.reshape(len(x), -1) for x in (data.x_train, data.x_test))
    neighbours = KNeighborsClassifier(3).fit(train, data.y_train)
    assert 0.95 <= neighbours.score(test, data.y_test) <= 0.98
    linear = LogisticRegression(C=0.05, max_iter=60)
    assert 0.92 <= linear.fit(train, data.y_train).score(test, data.y_test) <= 0.965


def test_ten_thousand_take_a_second_or_two():
    """1.5 s on a quiet machine; a loaded one gets some slack."""
    start = time.process_time()
    make_digits(10_000)
    assert time.process_time() - start <= 4


@pytest.fixture
def mnist_like():
    rng = np.random.default_rng(0)
    return {"x_train": rng.integers(0, 256, (30, 28, 28), dtype=np.uint8),
            "y_train": rng.integers(0, 10, 30, dtype=np.uint8),
            "x_test": rng.integers(0, 256, (12, 28, 28), dtype=np.uint8),
            "y_test": rng.integers(0, 10, 12, dtype=np.uint8)}


def idx(array):
    """Return an array of bytes as an idx file."""
    return (b"\0\0\x08" + bytes([array.ndim]) + np.array(array.shape, ">u4").tobytes()
            + array.tobytes())


def test_an_npz_file_is_read_and_left_alone(tmp_path, mnist_like):
    path = tmp_path / "mnist.npz"
    np.savez(path, **mnist_like)
    before = path.read_bytes()
    digits = load_mnist(path)
    assert digits.name == "MNIST" and digits.x_train.dtype == np.float32
    np.testing.assert_allclose(digits.x_test, mnist_like["x_test"] / 255, atol=1e-7)
    np.testing.assert_array_equal(digits.y_train, mnist_like["y_train"])
    assert path.read_bytes() == before
    some = load_digits(20, 5, mnist=path)
    assert len(some.x_train) == 20 and len(some.y_test) == 5 and some.name == "MNIST"
    with pytest.raises(ValueError, match="100 images were asked for, but there are 30"):
        load_digits(100, 5, mnist=path)


@pytest.mark.parametrize("zipped", [False, True])
def test_idx_files_are_read(tmp_path, mnist_like, zipped):
    for name, stem in PARTS.items():
        data = idx(mnist_like[name])
        file = tmp_path / (stem + (".gz" if zipped else ""))
        file.write_bytes(gzip.compress(data) if zipped else data)
    np.testing.assert_array_equal(load_mnist(tmp_path).y_test, mnist_like["y_test"])


def test_missing_and_broken_files_get_a_sentence(tmp_path, mnist_like):
    path = tmp_path / "mnist.npz"
    with pytest.raises(FileNotFoundError, match="there is no .*mnist.npz"):
        load_mnist(path)
    np.savez(path, **mnist_like)
    whole = path.read_bytes()
    for broken in (whole[:2000], b"hello", b""):
        path.write_bytes(broken)
        with pytest.raises(ValueError, match="mnist.npz cannot be read as an npz file"):
            load_mnist(path)
        assert path.read_bytes() == broken
    np.savez(path, x_train=mnist_like["x_train"])
    with pytest.raises(ValueError, match="has no array"):
        load_mnist(path)


@pytest.mark.parametrize(("name", "change", "words"), [
    ("x_train", lambda x: x[:, :14], "expected bytes of shape"),
    ("x_test", lambda x: x / 255, "expected bytes of shape"),
    ("y_train", lambda y: y[:-1], "one label for each image"),
    ("y_test", lambda y: y + 90, "no digits 0 to 9"),
])
def test_arrays_that_are_not_mnist_get_a_sentence(tmp_path, mnist_like, name, change,
                                                  words):
    mnist_like[name] = change(mnist_like[name])
    np.savez(tmp_path / "mnist.npz", **mnist_like)
    with pytest.raises(ValueError, match=words):
        load_mnist(tmp_path / "mnist.npz")


def test_broken_idx_folders_get_a_sentence(tmp_path, mnist_like):
    with pytest.raises(FileNotFoundError, match="has no train-images-idx3-ubyte"):
        load_mnist(tmp_path)
    for name, stem in PARTS.items():
        (tmp_path / stem).write_bytes(idx(mnist_like[name]))
    file = tmp_path / PARTS["x_train"]
    file.write_bytes(file.read_bytes()[:-5])
    with pytest.raises(ValueError, match="train-images-idx3-ubyte is cut off"):
        load_mnist(tmp_path)
    file.write_bytes(b"<html>not found</html>")
    with pytest.raises(ValueError, match="is no idx file of bytes"):
        load_mnist(tmp_path)


def test_without_a_network_the_courses_digits_are_used(monkeypatch, capsys):
    def offline(*_):
        raise OSError("no route")

    import keras

    monkeypatch.setattr(keras.datasets.mnist, "load_data", offline)
    data = load_digits(20, 10, mnist="download")
    assert data.name == "the course's digits" and len(data.x_test) == 10
    assert "could not be downloaded" in capsys.readouterr().out
    with pytest.raises(ConnectionError, match="own digits are used"):
        load_mnist()
