"""Sphinx settings of the book; tools/book.py copies them beside what is to be built."""

import nbformat
from docutils import nodes

project = "From Pixels to Diffusion"
language = "en"
extensions = ["myst_nb"]
exclude_patterns = ["extra", "static", "templates"]
myst_enable_extensions = ["amsmath", "dollarmath"]
myst_heading_anchors = 3
nb_execution_mode = "off"               # stored outputs are what the tests compared

html_theme = "sphinx_book_theme"
html_title = project
html_static_path = ["static"]
html_extra_path = ["extra"]             # the notebooks as they are, to download
html_context = {"default_mode": "auto"}
html_css_files = ["course.css"]
html_js_files = ["course.js"]
templates_path = ["templates"]
html_copy_source = False
html_use_index = False
html_sidebars = {"**": ["search-button-field.html", "sbt-sidebar-nav.html"]}
html_theme_options = {
    "footer_content_items": [],
    "home_page_in_toc": True,
    "navbar_persistent": [],            # the search field of the side bar is enough
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
    "search_bar_text": "Search the course",
    "show_toc_level": 2,
    "use_download_button": False,
    "use_fullscreen_button": False,
}
mathjax_path = "mathjax/tex-svg.js"     # one file: letters are paths, no fonts to load


def add_alt_texts(app, doctree):
    """Give each figure of a page the alt text that is stored with it."""
    page = app.srcdir / f"{app.env.docname}.ipynb"
    if not page.exists():
        return
    stored = [output.metadata["image/png"]["alt"]
              for cell in nbformat.read(page, 4).cells
              for output in cell.get("outputs", [])
              if "image/png" in output.get("data", {})]
    drawn = [picture for output in doctree.findall(nodes.container)
             if "cell_output" in output["classes"]
             for picture in output.findall(nodes.image)]
    for picture, text in zip(drawn, stored, strict=True):
        picture["alt"] = text


def setup(app):
    """Connect the function above."""
    app.connect("doctree-read", add_alt_texts)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
