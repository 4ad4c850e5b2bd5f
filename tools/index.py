"""Redraw what is made from the pages: README table, course map, thumbnails, links.

``python tools/index.py`` writes; the tests call `rendered` and compare.
"""

import base64
import io
import re

import colab
import nbformat
import pages
import teaching
from PIL import Image

from course_utils import PAGES, carry, load_exercises

THUMBNAILS = pages.ROOT / "docs" / "thumbnails"
BEGIN, END = "<!-- pages -->", "<!-- /pages -->"
NAVIGATION = "<!-- navigation -->"
SIZE = (240, 150)


def rendered():
    """Return a dict: path of each generated or amended text file to its new text."""
    files = {path.name[:2]: path for path in pages.all_pages()}
    books = {number: pages.read(path) for number, path in files.items()}
    for number, book in books.items():
        _link_pages(book, files, number)
        _navigate(book, files, number)
        colab.add_cell(book)
    if "00" in books:
        for cell in books["00"].cells:
            if BEGIN in cell.source:
                cell.source = _between(cell.source, _course_map(books, files))
    for book in books.values():
        _identify(book)
    texts = {path: nbformat.writes(books[number]) + "\n"
             for number, path in files.items()}
    readme = pages.ROOT / "README.md"
    texts[readme] = _between(readme.read_text(encoding="utf-8"),
                             _readme_table(books, files))
    texts[teaching.FILE] = teaching.rendered(books, files)
    return texts


def _between(text, new):
    """Replace what stands between the two markers."""
    if BEGIN not in text or END not in text:
        raise SystemExit(f"the markers {BEGIN} and {END} are missing")
    return f"{text.split(BEGIN)[0]}{BEGIN}\n{new}\n{END}{text.split(END)[1]}"


def _link_pages(book, files, own):
    """Turn the words "page 04" into a link where that page exists."""
    def link(found):
        number = found[1]
        if number == own or number not in files:
            return found[0]
        return f"[page {number}]({files[number].name})"

    for cell in pages.cells(book, "markdown"):
        cell.source = re.sub(r"(?<!\[)page (\d\d)\b(?!\])", link, cell.source)


def _navigate(book, files, own):
    """Write the links to the neighbours under the last cell."""
    numbers = sorted(files)
    place = numbers.index(own)
    links = []
    if place > 0:
        links.append(f"Previous: [{numbers[place - 1]}]({files[numbers[place - 1]].name})")
    if own != "00":
        links.append("[Course map](00_start_here.ipynb)")
    if place + 1 < len(numbers):
        links.append(f"Next: [{numbers[place + 1]}]({files[numbers[place + 1]].name})")
    last = pages.cells(book, "markdown")[-1]
    body = last.source.split(NAVIGATION)[0].rstrip()
    last.source = f"{body}\n\n{NAVIGATION}\n{' | '.join(links)}"


def _identify(book):
    """Renew the id of each cell whose text changed: updates know the course's cells by it."""
    known = {cell.id for cell in book.cells}
    for cell in book.cells:
        if not carry.is_shipped(cell):
            text = carry.plain(cell.source)
            cell.id = next(fresh for number in range(5) if
                           (fresh := carry.digest(f"{text}{number or ''}")) not in known)
            known.add(cell.id)


def _picture(number, folder):
    """Return the Markdown of a thumbnail."""
    return f"![first look at page {number}]({folder}docs/thumbnails/{number}.png)"


def _course_map(books, files):
    """Return the table for page 00, and the names of the pages to come."""
    rows = ["| | Page | Minutes | Read first |", "|---|---|---|---|"]
    for page in PAGES:
        if page.number in books and page.number != "00":
            book = books[page.number]
            rows.append(f"| {_picture(page.number, '../')} "
                        f"| [{page.number} {pages.title(book)}]({page.file}) "
                        f"| {pages.work_minutes(book)} | {', '.join(page.before)} |")
    coming = [f"{page.number} {page.title}" for page in PAGES
              if page.number not in books]
    if coming:
        rows += ["", f"In preparation: {', '.join(coming)}."]
    return "\n".join(rows)


def _readme_table(books, files):
    """Return the table of the README: one row for each page that exists."""
    times = pages.stored_times()
    rows = ["| | Page | Work | Runs in | Full profile | Exercises (known mistakes) "
            "| Claims | Figures | Colab |", "|---|---|---|---|---|---|---|---|---|"]
    for number, book in books.items():
        exercises = list(load_exercises(number))
        mistakes = sum(len(exercise.mistakes) for exercise in exercises)
        rows.append(
            f"| {_picture(number, '')} "
            f"| [{number} {pages.title(book)}](notebooks/{files[number].name}) "
            f"| {pages.work_minutes(book)} min | {pages.seconds(book)} s "
            f"| {_full_profile(times.get((number, 'full')))} "
            f"| {len(exercises)} ({mistakes}) | {pages.claim_count(book)} "
            f"| {len(pages.figures(book))} | {colab.badge(files[number].name)} |")
    return "\n".join(rows) + colab.notice()


def _full_profile(line):
    """Return the CPU seconds and memory of a page in the full profile, or a dash."""
    if line is None:
        return "–"
    return f"{line['cpu_seconds']} CPU-s, {float(line['peak_mb']) / 1000:.1f} GB"


def thumbnail_output(book):
    """Return the figure that stands for a page: its cell tagged so, else its first."""
    drawn = pages.figures(book)
    tagged = [output for k, output in drawn
              if "thumbnail" in book.cells[k].metadata.get("tags", [])]
    return (tagged or [output for _, output in drawn])[0]


def thumbnail(book):
    """Return the picture of a page as PNG bytes, small."""
    encoded = thumbnail_output(book).data["image/png"]
    picture = Image.open(io.BytesIO(base64.b64decode(encoded)))
    picture.thumbnail(SIZE)
    buffer = io.BytesIO()
    picture.convert("RGB").quantize(128).save(buffer, format="png", optimize=True)
    return buffer.getvalue()


def main():
    """Write every generated file that changed."""
    THUMBNAILS.mkdir(parents=True, exist_ok=True)
    for path in pages.all_pages():
        book = pages.read(path)
        if pages.figures(book):
            (THUMBNAILS / f"{path.name[:2]}.png").write_bytes(thumbnail(book))
        else:
            print(f"{path.name} has no stored figure: run `make refresh` for it")
    for path, text in rendered().items():
        if path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8", newline="\n")
            print(f"redrawn: {path.relative_to(pages.ROOT)}")


if __name__ == "__main__":
    main()
