"""Images: bundled ones, files good and bad, synthetic volumes and films."""

import make_data
import numpy as np
import pytest
import skimage as ski
import tifffile
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils import (data_path, load_image, load_labelled_images, make_time_lapse,
                          make_volume, read_image)
from course_utils.datasets import BUNDLED
from course_utils.doctor import file_digest, shipped_files


@pytest.mark.parametrize("name", BUNDLED)
def test_bundled_images_are_floats_from_0_to_1(name):
    image = load_image(name)
    assert image.dtype == np.float32
    assert image.ndim == 2 or image.shape[2] == 3
    assert 0 <= image.min() < image.max() <= 1


def test_bytes_are_those_of_the_file():
    np.testing.assert_array_equal(load_image("camera", np.uint8), ski.data.camera())


def test_an_unknown_image_lists_the_known_ones():
    with pytest.raises(ValueError, match="Did you mean 'camera'.*astronaut, brick"):
        load_image("cammera")


def test_images_that_need_the_network_are_refused_at_once():
    with pytest.raises(ValueError, match="no bundled image"):
        load_image("cells3d")


def test_an_unknown_type_is_refused():
    with pytest.raises(ValueError, match="float32"):
        load_image("camera", np.int16)


@pytest.mark.parametrize(("name", "image"), [
    ("grey.png", np.arange(256, dtype=np.uint8).reshape(16, 16)),
    ("grey16.png", np.arange(256, dtype=np.uint16).reshape(16, 16) * 257),
    ("colour.png", np.arange(192, dtype=np.uint8).reshape(8, 8, 3)),
    ("grey16.tif", np.arange(256, dtype=np.uint16).reshape(16, 16) * 257),
    ("volume.tif", np.arange(600, dtype=np.uint16).reshape(6, 10, 10)),
    ("film.tif", np.arange(720, dtype=np.uint8).reshape(5, 6, 8, 3)),
    ("float.tif", np.linspace(-1, 1, 64, dtype=np.float32).reshape(8, 8)),
])
def test_files_come_back_without_loss(tmp_path, name, image):
    ski.io.imsave(tmp_path / name, image, check_contrast=False)
    again = read_image(tmp_path / name)
    assert again.dtype == image.dtype
    np.testing.assert_array_equal(again, image)


@pytest.fixture
def bad_files(tmp_path):
    """Return a folder with one of each bad file; reading must leave it as it is."""
    folder = tmp_path / "Été et plus"
    folder.mkdir()
    ski.io.imsave(folder / "good.png", ski.data.camera())
    tifffile.imwrite(folder / "good.tif", ski.data.camera())
    for name in ("good.png", "good.tif"):
        cut = (folder / name).read_bytes()[:4000]
        (folder / f"cut_{name}").write_bytes(cut)
    (folder / "text.tif").write_text("these are my notes")
    (folder / "other.png").write_bytes(bytes(range(256)) * 4)
    (folder / "empty.png").touch()
    (folder / "folder.png").mkdir()
    return folder


@pytest.mark.parametrize(("name", "error", "words"), [
    ("cut_good.png", ValueError, "starts as a PNG image but is cut off"),
    ("cut_good.tif", ValueError, "starts as a TIFF image but is cut off"),
    ("text.tif", ValueError, "is a text file, whatever its ending '.tif' says"),
    ("other.png", ValueError, "not in an image format known here"),
    ("empty.png", ValueError, "empty (0 bytes)"),
    ("folder.png", IsADirectoryError, "is a folder: give the path of one image"),
    ("absent.png", FileNotFoundError, "there is no file"),
])
def test_bad_files_get_one_sentence_and_stay(bad_files, name, error, words):
    before = {path: path.stat().st_size for path in bad_files.iterdir()}
    with pytest.raises(error) as caught:
        read_image(bad_files / name)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert before == {path: path.stat().st_size for path in bad_files.iterdir()}


def test_reading_takes_text_and_the_home_folder(tmp_path, monkeypatch):
    for variable in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(variable, str(tmp_path))
    ski.io.imsave(tmp_path / "a.png", np.eye(8, dtype=np.uint8) * 255)
    assert read_image("~/a.png").shape == (8, 8)
    assert read_image(str(tmp_path / "a.png")).shape == (8, 8)


@settings(max_examples=15, deadline=None)
@given(st.tuples(*[st.integers(2, 20)] * 3), st.integers(0, 99))
def test_volumes_have_shape_range_and_seed(shape, seed):
    one, other = (make_volume(shape, rng=np.random.default_rng(seed)) for _ in "ab")
    assert one.shape == shape and one.dtype == np.float32
    assert one.min() >= 0 and one.max() <= 1
    np.testing.assert_array_equal(one, other)


def test_the_volume_has_a_bright_skull_around_a_darker_inside():
    volume = make_volume(noise=0)
    middle = volume[16]
    assert middle[48].max() == pytest.approx(0.9)
    assert 0 < middle[48, 48] < 0.9
    assert middle[0, 0] == 0


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 9), st.integers(16, 40), st.integers(16, 40))
def test_films_have_shape_and_range(frames, rows, columns):
    film = make_time_lapse(frames, (rows, columns))
    assert film.shape == (frames, rows, columns, 3)
    assert 0 <= film.min() and film.max() <= 1


def test_green_fades_and_red_appears():
    film = make_time_lapse(rng=np.random.default_rng(3))
    assert film[-1, ..., 1].mean() < film[0, ..., 1].mean()
    assert film[-1, ..., 0].mean() > 1.5 * film[0, ..., 0].mean()


@pytest.mark.parametrize("make", [lambda: make_volume((1, 5, 5)),
                                  lambda: make_volume((5, 5)),
                                  lambda: make_time_lapse(0),
                                  lambda: make_time_lapse(shape=(3, 3))])
def test_impossible_sizes_are_refused(make):
    with pytest.raises(ValueError):
        make()


def test_shipped_files_are_listed_with_their_digest():
    listed = shipped_files()
    folder = data_path("README.md").parent
    present = {path.relative_to(folder).as_posix() for path in folder.rglob("*")
               if path.is_file()} - {"README.md"}
    assert set(listed) == present
    assert {name: file_digest(name) for name in listed} == listed


def test_the_command_in_the_data_sheet_makes_the_shipped_scan():
    shipped = read_image(data_path("head_scan.tif"))
    assert np.abs(make_data.head_scan().astype(int) - shipped).max() <= 1


def test_a_file_that_is_not_shipped_has_a_remedy():
    with pytest.raises(FileNotFoundError, match="git checkout -- data"):
        data_path("nothing.tif")


@pytest.fixture
def labelled_set(tmp_path):
    """Return a folder of two labelled images."""
    for name in ("images", "labels"):
        (tmp_path / name).mkdir()
    labels = np.zeros((40, 50), np.uint16)
    labels[5:15, 5:15], labels[20:30, 20:40] = 1, 2
    for k, dtype in enumerate((np.uint8, np.uint16)):
        image = np.where(labels, np.iinfo(dtype).max, 7).astype(dtype)
        ski.io.imsave(tmp_path / "images" / f"{k}.png", image, check_contrast=False)
        ski.io.imsave(tmp_path / "labels" / f"{k}.png", labels, check_contrast=False)
    return tmp_path


def test_a_labelled_set_is_read(labelled_set):
    pairs = load_labelled_images(labelled_set)
    assert len(pairs) == 2
    for image, labels in pairs:
        assert image.dtype == np.float32 and labels.dtype == np.int32
        assert image.max() == 1 and image.min() < 0.03
        assert set(np.unique(labels)) == {0, 1, 2}


def test_a_bad_labelled_set_gets_a_sentence(labelled_set):
    with pytest.raises(FileNotFoundError, match="images is no labelled set"):
        load_labelled_images(labelled_set / "images")
    with pytest.raises(FileNotFoundError, match="is no labelled set"):
        load_labelled_images(labelled_set / "nowhere")
    small = np.zeros((3, 3), np.uint8)
    ski.io.imsave(labelled_set / "labels" / "1.png", small, check_contrast=False)
    with pytest.raises(ValueError, match="the labels of 1.png have shape \\(3, 3\\)"):
        load_labelled_images(labelled_set)
    (labelled_set / "labels" / "0.png").unlink()
    with pytest.raises(FileNotFoundError, match="0.png"):
        load_labelled_images(labelled_set)
