"""Build the book: every page as HTML that needs no network, in build/site.

``python tools/book.py`` copies the pages into a folder for Sphinx, makes the front
page of pictures, and runs Sphinx with every warning an error: a broken link stops the
build, and the old book stays. Nothing is executed; the stored outputs are shown.
"""

import html
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import index
import nbformat
import pages

SETTINGS = pages.ROOT / "docs" / "site"
SITE = pages.ROOT / "build" / "site"
MATHJAX = pages.ROOT / "vendor" / "mathjax" / "tex-svg.js"
TITLE = "From Pixels to Diffusion"
LEAD = ("A course on image processing and machine learning for images, from what a "
        "pixel is to networks that invent pictures. To run a page and to solve its "
        "exercises, open it in JupyterLab: [how to start](README.md#start).")
TEXTS = ("README.md", "TEACHING.md", "CONTRIBUTING.md", "data/README.md",
         "docs/*.md")
LINK = re.compile(r"(?<!!)\[([^\]\[]+)\]\(([^)#:\s]+)(?:#[^)\s]*)?\)")
PANEL = re.compile(r"panel with (.+): run this cell to use it")


def stage(folder):
    """Write all that Sphinx reads into ``folder``, laid out as the course is."""
    shutil.copytree(SETTINGS, folder, dirs_exist_ok=True)
    texts = [path for name in TEXTS for path in sorted(pages.ROOT.glob(name))]
    books = {path: pages.read(path) for path in pages.all_pages()}
    refuse_unready(books)
    (folder / "index.md").write_text(front_page(books, texts), encoding="utf-8")
    known = {*texts, *books}
    for path, book in books.items():
        copy(path, folder / "extra" / "download" / path.name)
        adapt(book, path, known)
        nbformat.write(book, copy(path, folder / path.relative_to(pages.ROOT)))
    for path in texts:
        text = without_dead_ends(path.read_text(encoding="utf-8"), path, known)
        copy(path, folder / path.relative_to(pages.ROOT)).write_text(
            text, encoding="utf-8")
    stage_pictures(folder)
    copy(MATHJAX, folder / "static" / "mathjax" / MATHJAX.name)


def stage_pictures(folder):
    """Copy the pictures of the texts, and the thumbnails once more for the cards."""
    for path in (pages.ROOT / "docs").rglob("*"):
        if path.suffix in (".png", ".svg") and SETTINGS not in path.parents:
            copy(path, folder / path.relative_to(pages.ROOT))
    shutil.copytree(index.THUMBNAILS, folder / "extra" / "thumbnails")


def refuse_unready(books):
    """Stop with one sentence at a page that was never run or has no picture yet."""
    for path, book in books.items():
        number = path.name[:2]
        if not pages.figures(book):
            raise SystemExit(f"{path.name} has no stored figure: run "
                             f"`make refresh PAGE={number}` first")
        if not (index.THUMBNAILS / f"{number}.png").exists():
            raise SystemExit(f"{path.name} has no thumbnail: run `make index` first")


def copy(path, target):
    """Copy a file, with the folders above it; return where it is now."""
    target.parent.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copyfile(path, target))


def adapt(book, path, known):
    """Change a page where a book differs from a notebook that runs."""
    for cell in book.cells:
        if cell.cell_type == "markdown":
            cell.source = without_dead_ends(cell.source, path, known)
        for output in cell.get("outputs", []):
            panel = PANEL.fullmatch(output.get("data", {}).get("text/plain", ""))
            if panel:
                output["data"] = {"text/html": panel_note(panel[1])}
    last = pages.cells(book, "markdown")[-1]        # the theme has such links, too
    last.source = last.source.split(index.NAVIGATION)[0].rstrip()
    megabytes = path.stat().st_size / 1e6
    book.cells[0].source += (
        f'\n\n<p class="download"><a href="../download/{path.name}" download>Download '
        f"this page as a notebook</a> ({megabytes:.1f} MB)</p>")


def panel_note(names):
    """Return what a book shows in place of a panel of sliders, as HTML."""
    controls = ", ".join(f"<code>{html.escape(name)}</code>"
                         for name in names.split(", "))
    return ('<p class="panel-note">In JupyterLab this is a panel that redraws the '
            f"figure as you move {controls}.</p>")


def without_dead_ends(text, path, known):
    """Keep only the words of links to parts of the course that are not in the book.

    A link to what does not exist at all stays, and stops the build.
    """
    def link(found):
        target = (path.parent / found[2]).resolve()
        return found[1] if target.exists() and target not in known else found[0]

    return LINK.sub(link, text)


def front_page(books, texts):
    """Return the front page as MyST: a card for each page, the tables of contents."""
    names = [path.relative_to(pages.ROOT).with_suffix("").as_posix() for path in books]
    about = [path.relative_to(pages.ROOT).with_suffix("").as_posix() for path in texts]
    about = [name.replace("README", "About the course <README>")
             if name == "README" else name for name in about]
    parts = [f"# {TITLE}", LEAD, '<ul class="cards">',
             *(card(path, book) for path, book in books.items()), "</ul>",
             contents("Pages", names), contents("The course", about)]
    return "\n\n".join(parts) + "\n"


def contents(caption, names):
    """Return a table of contents for the side bar."""
    return "\n".join(["```{toctree}", ":hidden:", f":caption: {caption}", "", *names,
                      "```"])


def card(path, book):
    """Return the card of one page as HTML: picture, title, purpose, minutes."""
    number = path.name[:2]
    purpose = LINK.sub(r"\1", book.cells[0].source.split("\n\n")[1])
    alt = index.thumbnail_output(book).metadata["image/png"]["alt"]
    return (f'<li><img src="thumbnails/{number}.png" '
            f'alt="{html.escape(alt)}" loading="lazy">'
            f'<h2><a href="notebooks/{path.stem}.html">'
            f"{number} {html.escape(pages.title(book))}</a></h2>"
            f"<p>{html.escape(purpose)}</p>"
            f'<p class="minutes">{pages.work_minutes(book)} minutes of work</p></li>')


def build(source, target):
    """Run Sphinx with warnings as errors; return what it complains about."""
    result = subprocess.run(
        [sys.executable, "-m", "sphinx", "-b", "html", "-W", "-q", "--no-color",
         "-d", source.with_name("doctrees"), source, target],
        capture_output=True, text=True, encoding="utf-8")
    if result.returncode == 0:
        return ""
    # Sphinx knows lines only: 10,000 of them for each cell.
    return re.sub(r"\.ipynb:(\d+)\d{4}:", r".ipynb, cell \1:",
                  result.stderr.replace(f"{source}{os.sep}", "")
                  ) or f"code {result.returncode}"


def main():
    """Build the book in a folder of its own, then put it in the place of the old."""
    SITE.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=SITE.parent) as folder:
        source, target = Path(folder, "source"), Path(folder, "site")
        stage(source)
        complaints = build(source, target)
        if complaints:
            raise SystemExit(f"the book was not built; mend this first:\n{complaints}")
        shutil.rmtree(SITE, ignore_errors=True)
        target.rename(SITE)
    print(f"open {SITE / 'index.html'}")


if __name__ == "__main__":
    main()
