"""show attaches alt text, show_images shares limits, explore redraws and survives."""

import io

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from course_utils import explore, show, show_histogram, show_history, show_images, show_labels
from course_utils.plotting import figure_png


@pytest.fixture(autouse=True)
def closed_figures():
    plt.switch_backend("agg")
    plt.style.use("course_utils.course")
    yield
    plt.close("all")


@pytest.fixture
def displayed(monkeypatch):
    outputs = []
    monkeypatch.setattr("IPython.display.display",
                        lambda data, **options: outputs.append((data, options)))
    return outputs


def test_show_displays_the_current_figure_once_with_its_text(displayed):
    plt.figure(figsize=(2, 1))
    plt.plot([0, 1])
    show("A rising line from 0 to 1")
    (data, options), = displayed
    assert options["metadata"] == {"image/png": {"alt": "A rising line from 0 to 1"}}
    assert data["text/plain"] == "<Figure size 160x80 with 1 Axes>"
    assert Image.open(io.BytesIO(data["image/png"])).format == "PNG"
    assert plt.get_fignums() == []


@pytest.mark.parametrize("alt", ["", "figure", None, 3])
def test_show_asks_for_a_sentence(alt, displayed):
    with pytest.raises(ValueError, match="alt text"):
        show(alt)
    assert not displayed


def test_grey_figures_are_stored_in_grey_and_coloured_ones_in_colour():
    show_images([np.eye(8)])
    assert Image.open(io.BytesIO(figure_png(plt.gcf()))).mode == "L"
    show_images([np.eye(8)], cmap="viridis")
    assert Image.open(io.BytesIO(figure_png(plt.gcf()))).mode == "P"
    assert Image.open(io.BytesIO(figure_png(plt.gcf(), True))).mode == "RGB"


def limits():
    return [image.get_clim() for ax in plt.gcf().axes for image in ax.images]


@pytest.mark.parametrize(("images", "expected"), [
    ([np.full((4, 4), 0.2), np.full((4, 4), 0.7)], (0, 1)),
    ([np.zeros((4, 4), np.uint8)], (0, 255)),
    ([np.eye(4, dtype=bool)], (0, 1)),
    ([np.full((4, 4), -3.0), np.full((4, 4), 5.0)], (-3, 5)),
    ([np.array([[np.nan, 2.0], [4.0, 3.0]])], (2, 4)),
])
def test_images_shown_together_share_their_limits(images, expected):
    show_images(images)
    assert limits() == [expected] * len(images)


def test_limits_can_be_given_or_taken_from_each_image():
    pair = [np.linspace(0, 3, 16).reshape(4, 4), np.linspace(5, 9, 16).reshape(4, 4)]
    show_images(pair, limits=(1, 2))
    assert limits() == [(1, 2), (1, 2)]
    plt.close("all")
    show_images(pair, limits="each")
    assert limits() == [(0, 3), (5, 9)]


def test_colours_are_drawn_as_they_are():
    colour = np.random.default_rng(0).integers(0, 256, (5, 6, 3), dtype=np.uint8)
    show_images([colour])
    np.testing.assert_allclose(plt.gca().images[0].get_array(), colour / 255)


@pytest.mark.parametrize("width", [10, 300])
def test_a_row_is_at_most_8_inches_wide(width):
    show_images([np.zeros((20, width))] * 4)
    assert plt.gcf().get_figwidth() <= 8


@pytest.mark.parametrize(("images", "titles", "words"), [
    ([np.zeros(5)], (), "shape (5,) is not that of an image"),
    ([np.zeros((5, 5, 2))], (), "(M, N, 3) for colour"),
    ([np.zeros((0, 5))], (), "needs pixels"),
    ([np.array([["a", "b"]])], (), "real numbers"),
    ([np.zeros((5, 5)) * 1j], (), "real numbers"),
    ([np.zeros((5, 5))], ("a", "b"), "1 images but 2 titles"),
])
def test_what_cannot_be_drawn_is_said(images, titles, words):
    with pytest.raises(ValueError) as caught:
        show_images(images, titles)
    assert words in str(caught.value)


def test_the_histogram_of_bytes_has_a_bin_for_each_level():
    f = np.array([[0, 0, 255]], np.uint8)
    show_histogram(f)
    values, edges, _ = plt.gca().patches[0].get_data()
    assert len(values) == 256
    assert (values[0], values[255], values.sum()) == (2, 1, 3)
    assert (edges[0], edges[-1]) == (0, 256)


def draw_line(slope=1.0, name="a"):
    if name == "bad":
        raise ValueError("no <such> line")
    fig, ax = plt.subplots(figsize=(2, 1))
    ax.plot([0, slope])
    ax.set_ylim(-5, 5)
    return fig, f"slope {slope}"


def test_a_moved_slider_changes_the_picture():
    panel = explore(draw_line, slope=(-4.0, 4.0, 0.5, 1.0))
    slider, picture, note = panel.children
    before = picture.value
    slider.value = -3.0
    assert picture.value != before
    assert note.value == "slope -3.0"
    assert plt.get_fignums() == []


def test_an_error_shows_and_the_panel_goes_on():
    panel = explore(draw_line, name=["a", "bad"])
    menu, picture, note = panel.children
    menu.value = "bad"
    assert note.value == "<b>ValueError: no &lt;such&gt; line</b>"
    menu.value = "a"
    assert note.value == "slope 1.0"


def test_controls_have_short_forms():
    panel = explore(lambda **_: plt.figure(), a=(0, 5, 1), b=(0.0, 1.0, 0.1, 0.5),
                    c=["x", "y"], d=True)
    kinds = [type(child).__name__ for child in panel.children[:4]]
    assert kinds == ["IntSlider", "FloatSlider", "Dropdown", "Checkbox"]
    assert [child.value for child in panel.children[:4]] == [0, 0.5, "x", True]


def test_panels_describe_themselves_the_same_on_every_machine():
    panel = explore(draw_line, slope=(0.0, 1.0, 0.1))
    assert repr(panel) == "panel with slope: run this cell to use it"


@pytest.mark.parametrize("wrong", [3, (1, 2), "text"])
def test_a_control_that_is_none_is_refused(wrong):
    with pytest.raises(TypeError, match="control slope: give"):
        explore(draw_line, slope=wrong)


def test_a_function_that_forgets_to_return_its_figure_is_told():
    with pytest.raises(TypeError, match="return fig"):
        explore(lambda k: None, k=(0, 1, 1))


def test_labels_are_outlined_or_filled_over_the_image():
    image = np.linspace(0, 0.4, 144).reshape(12, 12)
    labels = np.zeros((12, 12), int)
    labels[2:7, 2:7], labels[8:11, 8:11] = 1, 7
    show_labels(image, [labels, labels > 0], ["two", "mask"])
    outlined = plt.gcf().axes[0].images[0].get_array()
    assert (outlined[4, 4] == outlined[4, 4, 0]).all()          # inside stays grey
    assert len({tuple(outlined[p]) for p in ((2, 2), (8, 8), (0, 0))}) == 3
    show_labels(image, labels, fill=True)
    filled = plt.gcf().axes[0].images[0].get_array()
    assert len(set(filled[4, 4])) > 1


@pytest.mark.parametrize("labels", [np.zeros((3, 3), int), np.zeros((12, 12)),
                                    np.full((12, 12), -1)])
def test_labels_that_do_not_fit_get_a_sentence(labels):
    with pytest.raises(ValueError, match="labels"):
        show_labels(np.zeros((12, 12)), labels)


def test_a_history_is_drawn_with_its_validation():
    curves = {"loss": [3, 2, 1], "val_loss": [3, 2.5, 2], "accuracy": [0.1, 0.5, 0.9]}
    show_history(curves, label="small")
    names = [line.get_label() for line in plt.gca().lines]
    assert names == ["small training", "small validation"]
    assert list(plt.gca().lines[0].get_xdata()) == [1, 2, 3]
    with pytest.raises(ValueError, match="no 'auc', only loss, val_loss, accuracy"):
        show_history(curves, metric="auc")
