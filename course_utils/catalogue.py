"""The pages of the course in lecture order: number, file name, title, what to know first.

Titles of pages that exist come from their first heading; those here announce the rest.
"""

from typing import NamedTuple


class Page(NamedTuple):
    """One notebook: ``number`` is two digits, ``before`` the numbers to read first."""

    number: str
    slug: str
    title: str
    before: tuple = ()

    @property
    def file(self):
        """File name inside notebooks/."""
        return f"{self.number}_{self.slug}.ipynb"


PAGES = (
    Page("00", "start_here", "Start here"),
    Page("01", "images_and_histograms", "Images and histograms", ("00",)),
    Page("02", "convolution_and_dft", "Convolution and the Fourier transform", ("01",)),
    Page("03", "geometric_transforms", "Geometric transforms", ("01",)),
    Page("04", "restoration", "Restoration", ("02",)),
    Page("05", "inverse_problems", "Inverse problems", ("04",)),
    Page("06", "morphology", "Morphology", ("01",)),
    Page("07", "segmentation", "Segmentation", ("01", "06")),
    Page("08", "cell_detection", "Cancerous-cell detection", ("06", "07")),
    Page("09", "ml_basics", "Basics of machine learning", ("01",)),
    Page("10", "mlp", "Multi-layer perceptrons", ("09",)),
    Page("11", "cnn", "Convolutional networks", ("02", "10")),
    Page("12", "object_detection", "Object detection", ("08", "11")),
    Page("13", "unet", "U-Net", ("07", "11")),
    Page("14", "denoising_autoencoder", "Denoising autoencoders", ("04", "11")),
    Page("15", "gan", "Generative adversarial networks", ("11",)),
    Page("16", "diffusion", "Diffusion models", ("13", "14")),
    Page("17", "attention", "Attention", ("11",)),
    Page("18", "interpretability", "Interpretability", ("11",)),
    Page("19", "self_supervised", "Self-supervision", ("08", "11")),
)
