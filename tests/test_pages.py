"""Every page keeps the rules of the house: structure, budgets, stored outputs."""

import ast
import re
from statistics import median

import index
import pages
import pytest

PAGES = pages.all_pages()
LECTURES = [path for path in PAGES if not path.name.startswith("00")]
SLIDES = ("slide", "subslide", "fragment", "notes", "skip")
WORDS_TO_AVOID = re.compile(r"\b(simply|obviously|trivially|of course)\b|just do\b",
                            re.IGNORECASE)
AMERICAN = re.compile(r"\b(color|gray|normalize|equalize|center|labeled|neighbor)\w*\b")
BOLD_NUMBER = re.compile(r"\*\*([−-]?[\d.,]+)\*\*")
NUMBER_WITH_UNIT = re.compile(r"([−-]?\d[\d.,]*)\s?(dB|%)")
NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?:e-?\d+)?")

each_page = pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name[:2])
each_lecture = pytest.mark.parametrize("path", LECTURES, ids=lambda path: path.name[:2])


def code_lines(cell):
    """Return the lines of a code cell that are not blank."""
    return [line for line in cell.source.splitlines() if line.strip()]


def prose(source):
    """Return the text of a Markdown cell without formulas, code, links and tables."""
    source = re.sub(r"\$\$.*?\$\$|\$[^$]*\$|`[^`]*`|<!--.*?-->", " ", source,
                    flags=re.DOTALL)
    source = re.sub(r"!\[[^]]*\]\([^)]*\)|\]\([^)]*\)", " ", source)
    return "\n".join(line for line in source.splitlines() if not line.startswith("|"))


def outputs_text(cell):
    """Return all that a code cell printed."""
    return "\n".join(output.get("text", "") or output.get("data", {}).get("text/plain", "")
                     for output in cell.get("outputs", []))


# --- structure ---------------------------------------------------------------------------

@each_page
def test_header(path):
    header = pages.read(path).cells[0].source
    assert header.startswith(f"# {path.name[:2]} ")
    assert re.search(r"\*\*Work\*\* \d+ min\. \*\*Runs in\*\* \d+ s\. "
                     r"\*\*Before\*\* .+ \*\*Data\*\* .+", header)
    promises = re.findall(r"^- ", header.split("**By the end you can**")[1], re.MULTILINE)
    assert 3 <= len(promises) <= 5


@each_page
def test_the_summary_repeats_every_promise(path):
    book = pages.read(path)
    summary, = (cell.source for cell in pages.cells(book, "markdown")
                if cell.source.startswith("## Summary"))
    promises = len(re.findall(r"^- ", book.cells[0].source, re.MULTILINE))
    assert len(re.findall(r"^- ", summary, re.MULTILINE)) == promises
    assert any("ex.report()" in cell.source for cell in pages.cells(book, "code"))


@each_page
def test_references_are_numbered(path):
    last = pages.cells(pages.read(path), "markdown")[-1].source
    listed = re.findall(r"^(\d+)\. ", last.split("**Further reading**")[1], re.MULTILINE)
    assert len(listed) >= 3
    assert listed == [str(k) for k in range(1, len(listed) + 1)]


@each_lecture
def test_a_lecture_breaks_something_and_warns(path):
    text = "\n".join(cell.source for cell in pages.cells(pages.read(path), "markdown"))
    assert "Break it" in text
    assert "> **Pitfall" in text
    assert 5 <= len(re.findall(r"^### Exercise \d", text, re.MULTILINE)) <= 8
    assert "own image" in text


@each_lecture
def test_a_lecture_makes_claims(path):
    assert pages.claim_count(pages.read(path)) >= 10


@each_page
def test_every_cell_has_a_slide_type(path):
    for cell in pages.read(path).cells:
        kind = cell.metadata.get("slideshow", {}).get("slide_type")
        assert kind in SLIDES, cell.source


@each_lecture
def test_the_deck_fits_a_lecture(path):
    kinds = [cell.metadata.slideshow.slide_type for cell in pages.read(path).cells]
    assert 25 <= kinds.count("slide") + kinds.count("subslide") <= 45


# --- budgets -----------------------------------------------------------------------------

@each_page
def test_code_cells_are_short(path):
    lengths = sorted(len(code_lines(cell)) for cell in pages.cells(pages.read(path), "code")
                     if not pages.is_for_colab(cell))
    assert median(lengths) <= 6
    assert lengths[int(0.9 * (len(lengths) - 1))] <= 16
    assert lengths[-1] <= 30


@each_page
def test_lines_fit_on_slides_and_paper(path):
    for cell in pages.cells(pages.read(path), "code"):
        for line in (cell.source + "\n" + outputs_text(cell)).splitlines():
            assert len(line) <= 79, line


@each_page
def test_at_most_two_code_cells_in_a_row(path):
    kinds = "".join(cell.cell_type[0] for cell in pages.read(path).cells)
    assert "ccc" not in kinds, kinds


@each_page
def test_text_cells_are_neither_labels_nor_essays(path):
    counts = [len(cell.source.split()) for cell in pages.cells(pages.read(path), "markdown")]
    assert 25 <= median(counts) <= 70


@each_page
def test_functions_are_short_and_say_what_they_do(path):
    for cell in pages.cells(pages.read(path), "code"):
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                assert ast.get_docstring(node), node.name
            if isinstance(node, ast.FunctionDef):
                assert node.end_lineno - node.lineno + 1 <= 20, node.name


@each_page
def test_size(path):
    assert path.stat().st_size <= 1.5e6


# --- language ----------------------------------------------------------------------------

@each_page
def test_language(path):
    for cell in pages.cells(pages.read(path), "markdown"):
        text = prose(cell.source)
        assert not WORDS_TO_AVOID.search(text), WORDS_TO_AVOID.search(text)
        if "Further reading" not in text:
            assert not AMERICAN.search(text), AMERICAN.search(text)
        assert not re.search("[\U0001F300-\U0001FAFF☀-➿]", text), text


@each_page
def test_code_leaves_the_front_end_alone(path):
    source = "\n".join(cell.source for cell in pages.cells(pages.read(path), "code"))
    for word in ("%matplotlib", "plt.show(", "interact(", "np.random.seed", "%%", "!pip",
                 "%time", "clear_output", "warnings.filter"):
        assert word not in source, word
    assert not re.search(r"^\s*[!%]", source, re.MULTILINE)


# --- stored outputs ------------------------------------------------------------------------

@each_page
def test_outputs_are_stored_in_order_and_clean(path):
    cells = pages.cells(pages.read(path), "code")
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    for cell in cells:
        assert cell.source.strip()
        for output in cell.outputs:
            assert output.output_type != "error", cell.source
            assert output.get("name") != "stderr", output.get("text")
            if "execution_count" in output:
                assert output.execution_count == cell.execution_count


@each_page
def test_nothing_stored_depends_on_the_machine(path):
    book = pages.read(path)
    assert set(book.metadata) == {"kernelspec", "language_info"}
    for cell in pages.cells(book, "code"):
        text = cell.source + outputs_text(cell)
        assert not re.search(r"(?<![\w/])/(home|root|tmp|Users|work|mnt)/|[A-Z]:\\", text)
        assert not re.search(r" at 0x[0-9a-f]{6,}", text)
        assert "execution" not in cell.metadata
        for output in cell.outputs:
            assert "widget-view" not in "".join(output.get("data", {}))


@each_page
def test_no_cell_escapes_the_comparison(path):
    """Ignored outputs are few and each is followed by a claim; no cell is skipped."""
    cells = pages.cells(pages.read(path), "code")
    ignored = []
    for k, cell in enumerate(cells):
        tags = set(cell.metadata.get("tags", []))
        assert not tags & {"nbval-skip", "skip", "raises-exception",
                           "nbval-raises-exception"}
        assert "NBVAL_" not in cell.source
        if tags & {"nbval-ignore-output"}:
            ignored.append(k)
    assert len(ignored) <= 0.1 * len(cells)
    for k in ignored:
        assert any("claim(" in cell.source for cell in cells[k:k + 2])


# --- figures -----------------------------------------------------------------------------

@each_page
def test_every_figure_has_alt_text_and_is_discussed(path):
    book = pages.read(path)
    for k, output in pages.figures(book):
        alt = output.metadata.get("image/png", {}).get("alt", "")
        assert len(alt.split()) >= 8, book.cells[k].source
        following = [cell.cell_type for cell in book.cells[k + 1:k + 3]]
        assert "markdown" in following, book.cells[k].source


@each_page
def test_every_panel_follows_its_static_figure(path):
    cells = pages.cells(pages.read(path), "code")
    for k, cell in enumerate(cells):
        wrapped = re.search(r"^explore\((\w+)", cell.source, re.MULTILINE)
        if wrapped:
            before = "\n".join(other.source for other in cells[:k])
            assert re.search(rf"^{wrapped[1]}\(", before, re.MULTILINE), wrapped[1]


# --- numbers -----------------------------------------------------------------------------

def _holds(number, text):
    """Say whether a number stands in ``text``, or inside an interval printed there."""
    if any(abs(float(found) - number) < 1e-9 for found in NUMBER.findall(text)):
        return True
    return any(float(low) <= number <= float(high)
               for low, high in re.findall(r"in \[([-\d.e]+), ([-\d.e]+)\]", text))


@each_page
def test_measured_numbers_stand_next_to_their_claim(path):
    """Bold numbers, and numbers in dB or %, occur in a cell within three places."""
    cells = pages.read(path).cells
    for k, cell in enumerate(cells):
        if cell.cell_type != "markdown":
            continue
        text = prose(cell.source)
        found = BOLD_NUMBER.findall(text) + [number for number, _ in
                                             NUMBER_WITH_UNIT.findall(text)]
        near = "\n".join(other.source + outputs_text(other) for other in
                         cells[max(k - 3, 0):k + 4] if other.cell_type == "code")
        for number in found:
            value = float(number.replace(",", "").replace("−", "-").rstrip("."))
            assert _holds(value, near), f"{number} in: {cell.source}"


# --- links and generated parts -------------------------------------------------------------

@each_page
def test_links_resolve(path):
    for cell in pages.cells(pages.read(path), "markdown"):
        for target in re.findall(r"\]\(([^)\s]+)\)", cell.source):
            if not target.startswith(("https://", "#")):
                assert (path.parent / target).is_file(), target


def test_the_links_of_the_readme_and_of_contributing_resolve():
    for name in ("README.md", "CONTRIBUTING.md", "data/README.md"):
        file = pages.ROOT / name
        for target in re.findall(r"\]\(([^)\s]+)\)", file.read_text(encoding="utf-8")):
            if not target.startswith(("https://", "#")):
                assert (file.parent / target).exists(), f"{name}: {target}"


def test_generated_parts_are_in_step():
    for file, text in index.rendered().items():
        assert file.read_text(encoding="utf-8") == text, f"run `make index`: {file.name}"


@each_page
def test_every_page_has_its_thumbnail(path):
    assert (index.THUMBNAILS / f"{path.name[:2]}.png").stat().st_size > 500
