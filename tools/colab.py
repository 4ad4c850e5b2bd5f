"""What makes a page open in Google Colab: its first code cell, its badge, its address.

The address of the course stands in pyproject.toml; `make publish` changes it.
"""

import re
import tomllib
from urllib.parse import quote

import nbformat
import pages

from course_utils.carry import digest

PROJECT = pages.ROOT / "pyproject.toml"
BADGE = "docs/open_in_colab.svg"
TAGS = ["colab", "remove-cell"]             # the second keeps it out of the book
UNKNOWN = "OWNER"
CELL = '''\
# In Google Colab, this cell fetches the course. Elsewhere it does nothing.
import sys

if "google.colab" in sys.modules:
    import os
    import subprocess

    REPOSITORY = "{repository}"
    if not os.path.exists("/content/course"):
        subprocess.run(["git", "clone", "--quiet", "--depth=1",
                        f"https://github.com/{{REPOSITORY}}",
                        "/content/course"], check=True)
    sys.path.insert(0, "/content/course")
    from course_utils.colab import install_missing

    install_missing()'''


def repository():
    """Return "owner/name" of the course on GitHub, from pyproject.toml."""
    urls = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]["urls"]
    return re.fullmatch(r"https://github\.com/([^/]+/[^/]+)", urls["Repository"])[1]


def badge(file):
    """Return the badge of a page as Markdown, for the README."""
    address = (f"https://colab.research.google.com/github/{repository()}/blob/main/"
               f"notebooks/{quote(file)}")
    return f"[![open page {file[:2]} in Colab]({BADGE})]({address})"


def notice():
    """Return what to say below the badges while the address is not known."""
    if not repository().startswith(f"{UNKNOWN}/"):
        return ""
    return (f"\n\n{UNKNOWN} stands for an address that is not fixed yet: the links to "
            "Colab work after `make publish REPOSITORY=owner/name`.")


def add_cell(book):
    """Put the cell for Colab behind the title of a page, or renew it there."""
    book.cells = [cell for cell in book.cells if not pages.is_for_colab(cell)]
    source = CELL.format(repository=repository())
    book.cells.insert(1, nbformat.v4.new_code_cell(
        source, id=digest(source),
        metadata={"slideshow": {"slide_type": "skip"}, "tags": TAGS,
                  "jupyter": {"source_hidden": True}}))     # Lab shows its first line
    pages.number_cells(book)
