"""The decks: whole, offline, and on no slide more than fits. Third-party files as listed."""

import base64
import io
import re
import shutil

import nbformat
import pages
import pytest
import slides
import vendor
from PIL import Image
from test_browser import CHROMIUM, FLAGS, playwright

MOST, FEWEST = 45, 25
SMALLEST_TEXT, SMALLEST_CODE, SMALLEST_PICTURE = 22, 14, 0.8
# MathJax draws a formula that it cannot read, and a command that it does not know, in red.
WRONG = "g[data-mml-node=merror], mjx-container g[fill=red]"
each_page = pytest.mark.parametrize("name", [path.stem for path in pages.all_pages()],
                                    ids=lambda name: name[:2])

# What is wrong on the slides, as a list of sentences: [] if nothing is.
WALK = """() => Reveal.getSlides().flatMap((slide, k) => {
    Reveal.slide(k);
    slide.querySelectorAll('.fragment').forEach(part => part.classList.add('visible'));
    const faults = [], frame = slide.getBoundingClientRect(), name = `slide ${k + 1}: `;
    const bottom = slide.querySelector('footer').getBoundingClientRect().top;
    const check = (right, words) => right || faults.push(name + words);
    const size = node => parseFloat(getComputedStyle(node).fontSize);
    check(Math.round(frame.width) === 1280 && Math.round(frame.height) === 720, 'its size');
    check(slide.querySelector('h2').textContent.trim(), 'no title');
    for (const item of slide.querySelectorAll('h2, .item')) {
        const box = item.getBoundingClientRect();
        check(box.left >= 0 && box.right <= 1280 && box.bottom <= bottom,
              'over the edge: ' + item.textContent);
        for (const part of [item, ...item.querySelectorAll('pre, table, mjx-container')])
            check(part.scrollWidth <= Math.max(part.clientWidth, box.width) + 1,
                  'too wide: ' + part.textContent);
        check(size(item) >= SMALLEST_TEXT, 'small text');
        item.querySelectorAll('pre').forEach(
            code => check(size(code) >= SMALLEST_CODE, 'small code'));
        item.querySelectorAll('.picture > img').forEach(image => check(
            image.complete && image.naturalWidth
            && image.width >= SMALLEST_PICTURE * image.getAttribute('width'), 'picture'));
    }
    return faults;
})"""
for constant in ("SMALLEST_TEXT", "SMALLEST_CODE", "SMALLEST_PICTURE"):
    WALK = WALK.replace(constant, str(globals()[constant]))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Build all decks; return their folder, which has a space and an accent."""
    folder = tmp_path_factory.mktemp("clé usb")
    slides.build("all", folder)
    return folder


def book_of(*cells):
    """Return a page of cells given as (slide type, kind, source, outputs)."""
    made = [nbformat.v4.new_markdown_cell("# 01 A page\n\nWhat for.\n\n**Work** 9 min.",
                                          metadata={"slideshow": {"slide_type": "slide"}})]
    for kind, language, source, *outputs in cells:
        new = getattr(nbformat.v4, f"new_{language}_cell")
        made.append(new(source, metadata={"slideshow": {"slide_type": kind}},
                        **({"outputs": outputs} if language == "code" else {})))
    return nbformat.v4.new_notebook(cells=made)


def drawing(alt="grey and nothing else"):
    """Return the stored output of a picture."""
    buffer = io.BytesIO()
    Image.new("L", (400, 100), 128).save(buffer, format="png")
    return nbformat.v4.new_output(
        "display_data", {"image/png": base64.b64encode(buffer.getvalue()).decode()},
        metadata={"image/png": {"alt": alt}} if alt else {})


def printed(text):
    """Return the stored output of a print."""
    return nbformat.v4.new_output("stream", name="stdout", text=text)


# --- without a browser -----------------------------------------------------------------------

@each_page
def test_a_deck_is_whole_and_fetches_nothing(folder, name):
    text = (folder / f"{name}.html").read_text(encoding="utf-8")
    assert not slides.FETCHED.search(text)
    used = set(re.findall(r'(?:src|href)="(assets/[^"]+)"', text))
    assert len(used) >= 5
    assert all((folder / file).is_file() for file in used)
    assert all(re.search(r'alt="[^"]{10,}"', image)
               for image in re.findall(r"<img [^>]*>", text))
    book = pages.read(pages.NOTEBOOKS / f"{name}.ipynb")
    for promise in re.findall(r"^- (.*)", book.cells[0].source, re.MULTILINE):
        assert slides.without_tags(slides.markdown(promise)) in slides.without_tags(text)


def test_each_cell_goes_where_its_slide_type_says():
    text = slides.deck(book_of(
        ("slide", "markdown", "## 1. First\n\nIs it *so*, $a_1 * b < c$?"),
        ("skip", "code", "secret = 1"),
        ("notes", "markdown", "Say [page 02](02_b.ipynb)."),
        ("fragment", "code", "f(2)\nclaim('yes', 1)", printed("yes: >= 1\n")),
        ("fragment", "code", "plt.plot()\nshow('words')", drawing()),
        ("slide", "markdown", "Now move it."),
        ("fragment", "code", "explore(draw, k=(1, 2))")), "01_page")
    items = re.findall(r'<div class="([\w ]+)" data-cell="(\d+)">', text)
    assert items == [("item text", "0"), ("note", "0"), ("item text", "1"), ("note", "3"),
                     ("note", "4"), ("item claims", "4"), ("note", "5"),
                     ("item picture", "5"), ("item text", "6")]
    assert "secret" not in text and "explore" not in text and "ipynb" not in text
    assert "<h2>1. First</h2>" in text and "$a_1 * b &lt; c$" in text
    assert "yes: ≥\u00a01" in text and 'alt="grey and nothing else"' in text
    assert text.count('class="group"') == 2      # the panel follows its still picture


@pytest.mark.parametrize(("source", "shown"), [
    ("def f(x):\n    \"\"\"Double.\"\"\"\n    return 2 * x\n\n\nprint(f(1))\n"
     "claim('f', f(1), equals=2)", "def f(x):\n    \"\"\"Double.\"\"\"\n    return 2 * x"),
    ("def f(x):\n    \"\"\"Double.\"\"\"\n    raise NotImplementedError\n\n\n"
     "ex.f.check(f)", "def f(x):\n    \"\"\"Double.\"\"\""),
    ("for x in (1, 2):\n    claim('f', x,\n          equals=2)", ""),
    ("def draw(x):\n    \"\"\"Draw.\"\"\"\n    plt.plot(x)", ""),
    ("demo.check(f)", "demo.check(f)"), ("print(2)", "print(2)")])
def test_a_slide_shows_the_lines_one_explains(source, shown):
    assert slides.lesson_lines(source) == shown


@pytest.mark.parametrize(("cell", "words"), [
    (("fragment", "code", "show()", drawing(alt="")), "01_page, cell 1: .* no alt text"),
    (("slide", "markdown", "![a cat](https://example.org/cat.png)"),
     "would fetch https://example.org/cat.png"),
    (("slide", "markdown", "<script src='//example.org/x.js'></script>"),
     "would fetch //example.org/x.js")])
def test_a_deck_with_a_fault_is_refused(cell, words):
    with pytest.raises(SystemExit, match=words):
        slides.deck(book_of(cell), "01_page")


def test_missing_library_and_browser_are_named(tmp_path, monkeypatch):
    monkeypatch.setattr(slides, "ASSETS", [tmp_path / "reveal.js"])
    with pytest.raises(SystemExit, match="reveal.js is missing: get it by python tools"):
        slides.build("01", tmp_path)
    monkeypatch.setattr(slides, "BROWSERS", ())
    with pytest.raises(SystemExit, match="a PDF needs Chromium"):
        slides.print_pdfs([])


def test_the_files_of_others_are_those_of_the_table(tmp_path):
    listed = {row["file"] for row in vendor.table()}
    there = {path.relative_to(vendor.VENDOR).as_posix()
             for path in vendor.VENDOR.rglob("*") if path.is_file()}
    assert there == listed | {"README.md"}
    assert vendor.faults() == []
    assert all(row["bytes"] == str((vendor.VENDOR / row["file"]).stat().st_size)
               for row in vendor.table())
    assert sum(int(row["bytes"]) for row in vendor.table()) <= 3e6
    copy = shutil.copytree(vendor.VENDOR, tmp_path / "vendor")
    (copy / "reveal" / "reveal.js").write_text("changed")
    (copy / "mathjax" / "LICENSE").unlink()
    assert [row["file"] for row in vendor.faults(copy)] == ["mathjax/LICENSE",
                                                            "reveal/reveal.js"]


# --- in a browser -----------------------------------------------------------------------------

in_browser = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: install it to "
                                "measure the slides")


@pytest.fixture(scope="module")
def tab():
    """Start Chromium once for all decks, with a window of 1280 x 720."""
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = browser.new_context(viewport={"width": 1280, "height": 720})
        context.set_default_timeout(120_000)
        tab = context.new_page()
        context.route(lambda address: not address.startswith(("file:", "data:")),
                      lambda route: (tab.faults.append(f"request: {route.request.url}"),
                                     route.abort()))
        tab.on("pageerror", lambda error: tab.faults.append(str(error)))
        tab.on("console", lambda message: message.type in ("error", "warning")
               and tab.faults.append(message.text))
        yield tab
        browser.close()


@pytest.fixture
def screen(tab):
    """Return the tab with an empty list of faults and of requests leaving the machine."""
    tab.goto("about:blank")
    tab.faults = []
    return tab


def open_deck(tab, path, query=""):
    """Open a deck and wait until it is laid out."""
    tab.goto(path.as_uri() + query)
    tab.wait_for_selector("html[data-deck=ready]", state="attached")


@in_browser
@pytest.mark.browser
@each_page
def test_nothing_overflows_and_nothing_is_fetched(folder, screen, name):
    open_deck(screen, folder / f"{name}.html")
    assert screen.evaluate(WALK) == []
    count = screen.evaluate("Reveal.getTotalSlides()")
    assert (5 if name.startswith("00") else FEWEST) <= count <= MOST
    formulas = screen.evaluate("""[
        document.querySelectorAll('mjx-container svg path').length,
        document.querySelectorAll("WRONG").length,
        [...document.querySelectorAll('.item.text')].filter(
            item => item.innerText.includes('$')).length]""".replace("WRONG", WRONG))
    source = (folder / f"{name}.html").read_text(encoding="utf-8")
    assert formulas[1:] == [0, 0]
    assert formulas[0] > 0 or "$$" not in source
    assert screen.faults == []


@in_browser
@pytest.mark.browser
def test_each_slide_is_printed_on_one_page_as_it_is_shown(folder, screen):
    deck = folder / f"{pages.find_pages('00')[0].stem}.html"
    open_deck(screen, deck)
    there = """Reveal.getSlides().map((slide, k) => {
        if (!Reveal.isPrintView()) Reveal.slide(k);
        return [...slide.querySelectorAll('h2, .item, footer')].map(node =>
            [node.offsetLeft, node.offsetTop, node.offsetWidth, node.offsetHeight]);
    })"""
    shown = screen.evaluate(there)
    open_deck(screen, deck, "?print-pdf")
    screen.wait_for_selector(".pdf-page", state="attached")
    assert screen.evaluate(there) == shown
    assert screen.locator(".pdf-page").count() == len(shown) >= 5
    assert screen.faults == []


@in_browser
@pytest.mark.browser
def test_what_cannot_fit_is_reported(folder, screen):
    lines = "\n".join(f"    x += {k}" for k in range(80))
    text = slides.deck(book_of(("slide", "code", f"def f(x):\n{lines}")), "01_tall")
    (folder / "01_tall.html").write_text(text, encoding="utf-8")
    open_deck(screen, folder / "01_tall.html")
    assert any("too tall for a slide" in fault for fault in screen.faults)
    assert any("over the edge" in fault for fault in screen.evaluate(WALK))


@in_browser
@pytest.mark.browser
def test_a_request_and_a_wrong_formula_are_noticed(folder, screen):
    text = slides.deck(book_of(("slide", "markdown", "$$\\frac{1}$$ $\\nothing$")), "01_wrong")
    text = text.replace("</body>", "<img src='https://example.org/a.png'></body>")
    (folder / "01_wrong.html").write_text(text, encoding="utf-8")
    open_deck(screen, folder / "01_wrong.html")
    assert screen.locator(WRONG).count() == 2
    assert "request: https://example.org/a.png" in screen.faults


@in_browser
@pytest.mark.browser
def test_the_speaker_sees_notes_and_the_next_slide(folder, screen):
    deck = folder / f"{pages.find_pages('00')[0].stem}.html"
    open_deck(screen, deck)
    with screen.expect_popup() as opened:
        screen.keyboard.press("s")
    speaker = opened.value
    speaker.wait_for_function("""document.querySelectorAll('iframe').length == 2
        && document.querySelector('.speaker-controls-notes .value').textContent.trim()""")
    before = speaker.inner_text(".speaker-controls-notes .value")
    assert len(before) > 50
    for frame in speaker.frames[1:]:
        frame.wait_for_selector("html[data-deck=ready]", state="attached")
    screen.keyboard.press("End")
    speaker.wait_for_function("before => document.querySelector('.speaker-controls-notes "
                              ".value').innerText != before", arg=before)
    assert screen.faults == []
    speaker.close()
