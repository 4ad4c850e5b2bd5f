"""The drawing that is not the lesson: rows of images, histograms, alt text, slider panels."""

import html
import io

import matplotlib.pyplot as plt
import numpy as np

PANEL_DPI = 72          # a slider panel redraws at each move: fewer pixels, faster


def show(alt, fig=None, *, exact_colours=False):
    """Display the current figure with a text for readers who cannot see it.

    The text travels with the output, in its metadata, so that exported pages carry it.

    Parameters
    ----------
    alt : str
        What the figure shows, as you would say it on the phone.
    fig : matplotlib.figure.Figure, optional
        Default: the current figure.
    exact_colours : bool
        Coloured figures are stored with the 256 colours that fit best; set this where
        smooth gradients of colour matter.
    """
    from IPython.display import display

    if not isinstance(alt, str) or len(alt.split()) < 4:
        raise ValueError("show needs the alt text of the figure: one sentence that "
                         "says what it shows")
    fig = plt.gcf() if fig is None else fig
    data = {"image/png": figure_png(fig, exact_colours), "text/plain": repr(fig)}
    plt.close(fig)
    display(data, raw=True, metadata={"image/png": {"alt": alt}})


def figure_png(fig, exact_colours=False):
    """Return ``fig`` as the bytes of a small PNG file: grey, or with few colours."""
    from PIL import Image

    buffer = io.BytesIO()
    fig.savefig(buffer, format="png", bbox_inches="tight")
    picture = Image.open(buffer).convert("RGB")
    pixels = np.asarray(picture)
    if (pixels[..., :1] == pixels).all():
        picture = picture.convert("L")
    elif not exact_colours:
        picture = picture.quantize(256, dither=Image.Dither.NONE)
    buffer = io.BytesIO()
    picture.save(buffer, format="png", optimize=True)
    return buffer.getvalue()


def show_images(images, titles=(), *, axes=None, limits=None, cmap="gray"):
    """Draw images side by side with common intensity limits.

    Parameters
    ----------
    images : sequence of ndarray
        Each (M, N) grey or (M, N, 3) colour.
    titles : sequence of str, optional
        One short title for each image.
    axes : sequence of Axes, optional
        Where to draw; default: a new figure, 8 inches wide at most.
    limits : (float, float) or "each", optional
        Grey levels shown as black and white. Default: the range of the type (0 to 1
        for floats inside it, 0 to 255 for bytes), else that of all the images
        together; "each" stretches every image on its own.
    cmap : str
        Colour map of the grey images.

    Raises
    ------
    ValueError
        If something that is not an image is given, or titles do not match.
    """
    images = [_checked_image(image) for image in images]
    if titles and len(titles) != len(images):
        raise ValueError(f"{len(images)} images but {len(titles)} titles: give one each")
    if axes is None:
        axes = _row_of_axes(images)
    shared = _common_limits(images) if limits is None else limits
    for k, (ax, image) in enumerate(zip(np.ravel(axes), images, strict=False)):
        low, high = (image.min(), image.max()) if shared == "each" else shared
        colour = image.ndim == 3
        ax.imshow(_as_displayed(image, low, high) if colour else image,
                  cmap=cmap, vmin=low, vmax=high)
        ax.set_title(titles[k] if titles else "")
        ax.set_axis_off()


def _checked_image(image):
    """Return ``image`` as an array that can be drawn, or say why it cannot."""
    image = np.asarray(image)
    if image.ndim not in (2, 3) or (image.ndim == 3 and image.shape[2] not in (3, 4)):
        raise ValueError(f"shape {image.shape} is not that of an image: expected "
                         "(M, N) for grey or (M, N, 3) for colour")
    if image.size == 0 or image.dtype.kind not in "buif":
        raise ValueError(f"an image of shape {image.shape} and type {image.dtype} "
                         "cannot be shown: it needs pixels, and real numbers in them")
    return image


def _common_limits(images):
    """Return the (low, high) grey levels for images shown together."""
    if all(image.dtype == np.uint8 for image in images):
        return 0, 255
    low = min(float(np.nanmin(image)) for image in images)
    high = max(float(np.nanmax(image)) for image in images)
    return (0, 1) if 0 <= low and high <= 1 else (low, high)


def _as_displayed(image, low, high):
    """Map the colours of ``image`` from [low, high] to [0, 1], clipped."""
    return np.clip((image.astype(float) - low) / ((high - low) or 1), 0, 1)


def _row_of_axes(images):
    """Make one row of axes whose widths follow those of the images."""
    ratios = [image.shape[1] / image.shape[0] for image in images]
    width = min(8.0, 3.2 * sum(ratios))
    height = width / sum(ratios) + 0.35
    return plt.subplots(1, len(images), figsize=(width, height), squeeze=False,
                        width_ratios=ratios)[1]


def show_labels(image, labels, titles=(), *, axes=None, fill=False):
    """Draw label images over an image: each instance in a colour of its own.

    Parameters
    ----------
    image : ndarray, shape (M, N) or (M, N, 3)
        Shown stretched to its range.
    labels : ndarray of int, shape (M, N), or a sequence of them
        0 background; one axes for each. Any numbers >= 0 will do.
    titles : sequence of str, optional
        One for each label image.
    axes : sequence of Axes, optional
        Where to draw; default: a new row of axes, 8 inches wide at most.
    fill : bool
        Fill the instances instead of outlining them.

    Raises
    ------
    ValueError
        Labels of another shape than the image, or not whole numbers >= 0.
    """
    image = _checked_image(image)
    labels = [labels] if isinstance(labels, np.ndarray) else list(labels)
    pictures = [_coloured(image, np.asarray(one), fill) for one in labels]
    show_images(pictures, titles, axes=axes, limits=(0, 1))


def _coloured(image, labels, fill):
    """Return the image in grey with its instances outlined or filled in colour."""
    import skimage as ski

    if labels.shape != image.shape[:2] or labels.dtype.kind not in "bui":
        raise ValueError(f"labels of shape {labels.shape} and type {labels.dtype} do not "
                         f"fit the image {image.shape}: expected whole numbers of its "
                         "rows and columns")
    if labels.size and labels.min() < 0:
        raise ValueError("labels must be 0 (background) or larger")
    low, high = float(image.min()), float(image.max())
    picture = _as_displayed(image, low, high)
    picture = np.repeat(picture[..., None], 3, 2) if image.ndim == 2 else picture[..., :3]
    palette = np.array(plt.get_cmap("tab10").colors)[[1, 2, 3, 4, 6, 8, 9, 0, 5]]
    colours = palette[np.asarray(labels, int) % len(palette)]
    if fill:
        return np.where(labels[..., None] > 0, 0.35 * picture + 0.65 * colours, picture)
    edge = ski.segmentation.find_boundaries(labels, mode="inner")
    return np.where(edge[..., None], colours, picture)


def show_histogram(image, *, ax=None, bins=None, limits=None, title=""):
    """Draw the histogram of the grey levels of ``image``.

    Parameters
    ----------
    image : ndarray
        Grey levels, any shape.
    ax : Axes, optional
        Default: the current axes.
    bins : int, optional
        Number of bins; default: one for each level of a byte, else 256.
    limits : (float, float), optional
        Range covered by the bins; default: 0 to 255 for bytes, else 0 to 1 where the
        data fit, else their range.
    title : str
        Title of the axes.
    """
    image = np.asarray(image)
    ax = plt.gca() if ax is None else ax
    low, high = _common_limits([image]) if limits is None else limits
    byte = image.dtype == np.uint8
    counts, edges = np.histogram(image, bins=bins or 256,
                                 range=(low, high + 1) if byte else (low, high))
    ax.stairs(counts, edges, fill=True)
    ax.set(xlim=(low, high), xlabel="grey level", ylabel="pixels", title=title)


def show_history(history, *, ax=None, metric="loss", label="", log=False):
    """Draw a curve of training, and of validation where there is one, by epoch.

    Parameters
    ----------
    history : keras.callbacks.History or dict of str to sequence
        What ``model.fit`` returned, or its ``history``.
    ax : Axes, optional
        Default: the current axes.
    metric : str
        Which curve: "loss", "accuracy", …
    label : str
        Put before "training" and "validation" in the legend.
    log : bool
        Logarithmic y axis.

    Raises
    ------
    ValueError
        The history has no such metric; the sentence lists those it has.
    """
    curves = getattr(history, "history", history)
    if metric not in curves:
        raise ValueError(f"the history has no {metric!r}, only {', '.join(curves)}: "
                         "name it in model.compile(metrics=…)")
    ax = plt.gca() if ax is None else ax
    epochs = np.arange(1, len(curves[metric]) + 1)
    line, = ax.plot(epochs, curves[metric], label=f"{label} training".strip())
    if f"val_{metric}" in curves:
        ax.plot(epochs, curves[f"val_{metric}"], "--", color=line.get_color(),
                label=f"{label} validation".strip())
    ax.set(xlabel="epoch", ylabel=metric, yscale="log" if log else "linear")
    ax.legend()


def explore(draw, **controls):
    """Build a panel of sliders under which ``draw`` redraws its figure.

    Parameters
    ----------
    draw : callable
        ``draw(**values)`` returns a Figure, or a pair (Figure, text).
    **controls
        One for each argument of ``draw``: ``(low, high, step)`` with floats or
        integers makes a slider, a list a menu, a bool a tick box; any ipywidgets
        control is taken as it is. A fourth number is the value to start from.

    Returns
    -------
    ipywidgets.VBox
        Show it as the last value of a cell.

    Notes
    -----
    An exception in ``draw`` is shown in the panel, and the panel goes on working. The
    figure is sent as a PNG picture: the same panel works in every front end.
    """
    import ipywidgets as widgets

    controls = {name: _control(name, value) for name, value in controls.items()}
    picture = widgets.Image(format="png", layout=widgets.Layout(
        width="max-content", max_width="100%", object_fit="contain"))
    note = widgets.HTML()
    places = []

    def render(_change=None):
        try:
            picture.value, note.value = _drawn(draw, controls, places)
        except Exception as error:
            note.value = ("<b>" + html.escape(f"{type(error).__name__}: {error}")
                          + "</b>")
            if _change is None:
                raise

    for control in controls.values():
        control.observe(render, "value")
    render()
    return _panel([*controls.values(), picture, note], list(controls))


def _drawn(draw, controls, places):
    """Call ``draw`` with the values of its controls; return PNG bytes and a text.

    ``places`` keeps where the axes of the first figure stand: laying them out anew
    takes half of the time of a move, and would let the picture jump.
    """
    result = draw(**{name: control.value for name, control in controls.items()})
    fig, text = result if isinstance(result, tuple) else (result, "")
    if not hasattr(fig, "savefig"):
        raise TypeError("the function given to explore must return its figure, not "
                        f"{type(fig).__name__}: end it with `return fig`")
    if len(places) == len(fig.axes):
        fig.set_layout_engine("none")
        for ax, place in zip(fig.axes, places, strict=True):
            ax.set_position(place)
    buffer = io.BytesIO()
    fig.savefig(buffer, format="png", dpi=PANEL_DPI, pil_kwargs={"compress_level": 1})
    places[:] = [ax.get_position(original=True) for ax in fig.axes]
    plt.close(fig)
    return buffer.getvalue(), text


def _control(name, value):
    """Return an ipywidgets control for one argument, from its short form."""
    import ipywidgets as widgets

    if isinstance(value, widgets.Widget):
        return value
    look = {"description": name.replace("_", " "),
            "style": {"description_width": "7em"}, "layout": {"width": "26em"}}
    if isinstance(value, bool):
        return widgets.Checkbox(value=value, **look)
    if isinstance(value, list):
        return widgets.Dropdown(options=value, **look)
    if not isinstance(value, tuple) or len(value) not in (3, 4):
        raise TypeError(f"control {name}: give (low, high, step), a list or a bool")
    low, high, step, start = (*value, value[0])[:4]
    slider = widgets.FloatSlider
    if all(isinstance(number, int) for number in value):
        slider = widgets.IntSlider
    return slider(value=start, min=low, max=high, step=step, **look)


def _panel(children, names):
    """Return a VBox that describes itself in words where widgets cannot be shown."""
    import ipywidgets as widgets

    class Panel(widgets.VBox):
        def __repr__(self):
            return f"panel with {', '.join(names)}: run this cell to use it"

    return Panel(children, layout=widgets.Layout(align_items="flex-start"))
