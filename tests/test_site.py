"""The book: built whole, nothing broken, nothing fetched, readable by everybody."""

import base64
import io
import os
import re
import shutil
from html.parser import HTMLParser
from importlib import resources
from urllib.parse import unquote, urlsplit

import book
import index
import nbformat
import pages
import pytest
import refresh
from PIL import Image
from test_browser import ARTEFACTS, CHROMIUM, FLAGS, PATIENCE, playwright

BY_ADDRESS = ("href", "src", "srcset", "data", "poster")
MATHS = "notebooks/09_ml_basics.html"
# The other pages, too: minutes more.
EVERYTHING = os.environ.get("COURSE_SITE") == "all"
AUDITED = ["index.html", "notebooks/00_start_here.html", MATHS, "search.html"]
TYPESET = """async () => {
    if (!window.MathJax) return [0, 0];
    await MathJax.startup.promise;
    const drawn = [...document.querySelectorAll('mjx-container > svg')];
    return [drawn.filter(formula => formula.getBoundingClientRect().width > 5).length,
            document.querySelectorAll(
                'g[data-mml-node=merror], mjx-container g[fill=red]').length];
}"""     # MathJax draws what it cannot read, and unknown commands, in red
# Words of code repeat by the thousand: of each colour one is looked at on each page.
ONE_OF_EACH = """() => {
    const seen = new Set();
    for (const word of document.querySelectorAll('.highlight span[class]'))
        if (seen.has(word.className)) word.replaceWith(...word.childNodes);
        else seen.add(word.className);
}"""
AUDIT = """async rules => (await axe.run({resultTypes: ['violations'], ...rules}))
    .violations.filter(fault => ['serious', 'critical'].includes(fault.impact))
    .map(fault => `${fault.id}: ${fault.nodes.map(node => node.html).slice(0, 3)}`)"""



def _pixel():
    """Return the smallest picture as it is stored in a notebook."""
    buffer = io.BytesIO()
    Image.new("L", (1, 1)).save(buffer, format="png")
    return base64.b64encode(buffer.getvalue()).decode()


class Reader(HTMLParser):
    """Collects what a page points to, what can be pointed at, and its pictures."""

    def __init__(self, text):
        super().__init__()
        self.targets, self.loaded, self.names, self.pictures = [], [], set(), []
        self.feed(text)

    def handle_starttag(self, tag, pairs):
        """Sort the attributes of one element."""
        attributes = dict(pairs)
        self.names |= {attributes.get("id"), attributes.get("name")}
        found = [attributes[name] for name in BY_ADDRESS if attributes.get(name)]
        self.targets += found
        if tag != "a":
            self.loaded += found
        if tag == "img":
            self.pictures.append((attributes["src"], attributes.get("alt")))


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Build the whole book; return its folder."""
    folder = tmp_path_factory.mktemp("a book é")
    book.stage(folder / "source")
    assert book.build(folder / "source", folder / "site") == ""
    return folder / "site"


@pytest.fixture(scope="module")
def read(site):
    """Return a dict: path of each HTML page to what is in it."""
    return {path: Reader(path.read_text(encoding="utf-8"))
            for path in site.rglob("*.html") if "_static" not in path.parts}


def test_each_page_is_in_the_book(site):
    for path in pages.all_pages():
        assert (site / "notebooks" / f"{path.stem}.html").exists()
    for name in ("index", "search", "README", "CONTRIBUTING", "data/README"):
        assert (site / f"{name}.html").exists()


def test_every_local_link_and_anchor_resolves(read):
    count = 0
    for path, page in read.items():
        for target in page.targets:
            address = urlsplit(target)
            if address.scheme or target == "#":
                continue
            aim = (path.parent / unquote(address.path)).resolve() if address.path else path
            assert aim.is_file(), f"{path.name} points to {target}"
            if address.fragment and aim in read:
                assert unquote(address.fragment) in read[aim].names, (path.name, target)
            count += 1
    assert count > 50 * len(pages.all_pages())


def test_no_page_loads_anything_from_elsewhere(site, read):
    for path, page in read.items():
        for target in page.loaded:
            assert not urlsplit(target).netloc, f"{path.name} loads {target}"
    for path in site.rglob("*.css"):
        assert not re.search(r"(url\(|@import )[\"' ]*(https?:)?//",
                             path.read_text(encoding="utf-8")), path.name


def test_every_picture_has_its_own_alt_text(site, read):
    for path, page in read.items():
        assert all(text for _, text in page.pictures), path.name
    for path in pages.all_pages():
        stored = [output.metadata["image/png"]["alt"]
                  for _, output in pages.figures(pages.read(path))]
        shown = [text for source, text in
                 read[site / "notebooks" / f"{path.stem}.html"].pictures
                 if len(source) > 60]           # figures are named by their checksum
        assert shown == stored


def test_each_page_can_be_downloaded_as_it_is(site, read):
    for path in pages.all_pages():
        page = read[site / "notebooks" / f"{path.stem}.html"]
        assert f"../download/{path.name}" in page.targets
        assert (site / "download" / path.name).read_bytes() == path.read_bytes()


def test_a_panel_becomes_a_line_and_a_stub_stays(site):
    for path in pages.all_pages():
        text = (site / "notebooks" / f"{path.stem}.html").read_text(encoding="utf-8")
        code = [cell.source for cell in pages.cells(pages.read(path), "code")]
        panels = sum(source.startswith("explore(") for source in code)
        assert text.count('<p class="panel-note">') == panels
        assert "run this cell to use it" not in text
        assert text.count("NotImplementedError") >= sum(
            "raise NotImplementedError" in source for source in code)
        assert index.NAVIGATION not in text


def test_the_front_page_has_a_card_for_each_page(site):
    text = (site / "index.html").read_text(encoding="utf-8")
    cards = re.findall(r"<li><img.*?</li>", text, re.DOTALL)
    assert len(cards) == len(pages.all_pages())
    for card, path in zip(cards, pages.all_pages(), strict=True):
        notebook = pages.read(path)
        assert f'<a href="notebooks/{path.stem}.html">' in card
        assert pages.title(notebook) in card
        assert f"{pages.work_minutes(notebook)} minutes" in card
        purpose = re.search(r"<p>(.*?)</p>", card)[1]
        assert len(purpose.split()) >= 10
        assert not re.search(r"[*$`\]]", purpose)


def test_words_stay_where_a_link_would_end_outside_the_book(tmp_path):
    (tmp_path / "tests").mkdir()
    inside = tmp_path / "README.md"
    inside.touch()
    text = ("[a](README.md#start) [b](tests) [c](nowhere.md) ![d](tests) "
            "[e](https://tests) [f](#tests)")
    assert book.without_dead_ends(text, inside, {inside}) == text.replace("[b](tests)", "b")


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    """Return a function that makes a course of one page that ends with a text."""
    folders = tmp_path / "notebooks", tmp_path / "docs" / "thumbnails"
    for folder in folders:
        folder.mkdir(parents=True)
    monkeypatch.setattr(pages, "ROOT", tmp_path)
    monkeypatch.setattr(pages, "NOTEBOOKS", folders[0])
    monkeypatch.setattr(index, "THUMBNAILS", folders[1])
    monkeypatch.setattr(book, "SITE", tmp_path / "build" / "site")
    (tmp_path / "README.md").write_text("# A course\n\n## Start\n", encoding="utf-8")

    Image.new("L", (1, 1)).save(folders[1] / "00.png")

    def make(text):
        figure = nbformat.v4.new_output(
            "display_data", {"image/png": _pixel(), "text/plain": "<Figure>"},
            metadata={"image/png": {"alt": "One black pixel, alone"}})
        notebook = nbformat.v4.new_notebook(cells=[
            nbformat.v4.new_markdown_cell("# 00 Tiny\n\nOne page.\n\n**Work** 1 min."),
            nbformat.v4.new_code_cell("draw()", outputs=[figure]),
            nbformat.v4.new_markdown_cell(text)])
        refresh.tidy(notebook)
        pages.write(notebook, folders[0] / "00_tiny.ipynb")
    return make


def test_broken_links_stop_the_build_and_the_old_book_stays(tiny):
    book.SITE.mkdir(parents=True)
    (book.SITE / "index.html").write_text("old")
    tiny("[a](99_nothing.ipynb) [b](../README.md#stop) ![c](no.png) [d](../no.md)")
    with pytest.raises(SystemExit, match="the book was not built") as stop:
        book.main()
    for lost in ("99_nothing", "stop", "no.png", "no.md", "00_tiny.ipynb, cell 3:"):
        assert lost in str(stop.value)
    assert (book.SITE / "index.html").read_text() == "old"
    assert [path.name for path in book.SITE.parent.iterdir()] == ["site"]


def test_a_new_book_takes_the_place_of_the_old(tiny, monkeypatch, capsys):
    book.SITE.mkdir(parents=True)
    (book.SITE / "old.html").touch()
    tiny("All is well.")
    monkeypatch.setattr(book, "build", lambda source, target:
                        shutil.copytree(source / "notebooks", target) and "")
    book.main()
    assert [path.name for path in book.SITE.iterdir()] == ["00_tiny.ipynb"]
    assert [path.name for path in book.SITE.parent.iterdir()] == ["site"]
    assert str(book.SITE / "index.html") in capsys.readouterr().out


def test_a_page_without_figures_or_thumbnail_is_refused(tiny, tmp_path):
    tiny("All is well.")
    (index.THUMBNAILS / "00.png").unlink()
    with pytest.raises(SystemExit, match="no thumbnail: run `make index` first"):
        book.stage(tmp_path / "one")
    path, = pages.all_pages()
    page = pages.read(path)
    page.cells[1].outputs = []
    pages.write(page, path)
    with pytest.raises(SystemExit, match="run `make refresh PAGE=00` first"):
        book.stage(tmp_path / "two")


@pytest.fixture
def tab(request):
    """Return an empty tab that reaches nothing but files, and notes what it misses."""
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        tab = browser.new_page(color_scheme="light", viewport={"width": 1280, "height": 900})
        tab.set_default_timeout(PATIENCE)
        tab.faults = []
        tab.route(re.compile("^(?!file:|data:)"), lambda route: route.abort())
        tab.on("requestfailed", lambda lost: tab.faults.append(lost.url))
        tab.on("pageerror", lambda error: tab.faults.append(str(error)))
        yield tab
        ARTEFACTS.mkdir(exist_ok=True)
        tab.screenshot(path=ARTEFACTS / f"{request.node.name}.png")
        browser.close()


def in_a_browser(test):
    """Mark a test that needs Chromium."""
    missing = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: install it "
                                 "(Debian and Ubuntu: apt install chromium)")
    return pytest.mark.browser(missing(test))


@in_a_browser
def test_the_front_page_shows_its_pictures_on_a_phone_too(site, tab):
    for width in (1280, 390):
        tab.set_viewport_size({"width": width, "height": 844})
        tab.goto((site / "index.html").as_uri())
        widths = tab.eval_on_selector_all(
            ".cards img", "pictures => Promise.all(pictures.map(p => "
            "(p.loading = 'eager', p.decode().then(() => p.naturalWidth))))")
        assert len(widths) == len(pages.all_pages())
        assert min(widths) > 50
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
    assert tab.faults == []


@in_a_browser
def test_equations_are_drawn_without_a_network(site, read, tab):
    formulas = 0
    for path in read:
        text = path.read_text(encoding="utf-8")
        if 'class="math ' in text and (path.name in MATHS or EVERYTHING):
            tab.goto(path.as_uri())
            assert tab.evaluate(TYPESET) == [text.count('class="math '), 0]
            formulas += text.count('class="math ')
            assert tab.evaluate("document.documentElement.scrollWidth") <= 1280
    assert formulas >= 15
    assert tab.faults == []


@in_a_browser
def test_search_finds_a_page_and_goes_there(site, tab):
    tab.goto((site / "notebooks" / "00_start_here.html").as_uri())
    tab.keyboard.press("Control+K")
    tab.keyboard.type("watershed")
    tab.keyboard.press("Enter")
    tab.click("#search-results a:has-text('07 Segmentation')")
    tab.wait_for_url("**/notebooks/07_segmentation.html*")
    assert "watershed" in tab.inner_text("main").lower()
    assert tab.faults == []


@in_a_browser
def test_the_dark_theme_is_kept_and_leaves_figures_alone(site, tab):
    ground = "getComputedStyle(document.body).backgroundColor"
    tab.goto((site / "index.html").as_uri())
    light = tab.evaluate(ground)
    tab.click(".theme-switch-button")
    tab.click(".theme-change-button[data-mode=dark]")
    tab.goto((site / "notebooks" / "00_start_here.html").as_uri())
    assert tab.evaluate("document.documentElement.dataset.theme") == "dark"
    assert tab.evaluate(ground) != light
    for style in ("filter", "opacity", "mixBlendMode"):
        assert tab.eval_on_selector(
            ".cell_output img", f"picture => getComputedStyle(picture).{style}"
            ) in ("none", "1", "normal")
    assert tab.faults == []


@in_a_browser
def test_no_serious_fault_for_readers_with_other_eyes_or_hands(site, read, tab):
    axe = resources.files("axe_playwright_python").joinpath("axe.min.js")
    faults = {}
    for name in (sorted(str(path.relative_to(site)) for path in read)
                 if EVERYTHING else AUDITED):
        tab.goto((site / name).as_uri())
        tab.evaluate(TYPESET)
        tab.evaluate(axe.read_text(encoding="utf-8"))
        tab.evaluate(ONE_OF_EACH)
        faults[name, "light"] = tab.evaluate(AUDIT, {})
        tab.evaluate("document.documentElement.dataset.theme = 'dark'")
        faults[name, "dark"] = tab.evaluate(AUDIT, {"runOnly": ["color-contrast"]})
    assert {key: found for key, found in faults.items() if found} == {}


@in_a_browser
def test_the_checker_of_accessibility_sees_a_fault(site, tab):
    axe = resources.files("axe_playwright_python").joinpath("axe.min.js")
    tab.goto((site / "CONTRIBUTING.html").as_uri())
    tab.evaluate(axe.read_text(encoding="utf-8"))
    tab.evaluate("""() => {
        document.querySelector('article h2').style.color = '#ddd';
        document.querySelector('main').append(document.createElement('img'));
    }""")
    found = tab.evaluate(AUDIT, {})
    assert [fault.split(":")[0] for fault in found] == ["color-contrast", "image-alt"]
