"""The tools refuse, strip and link as they say; the set-up finds its Python."""

import subprocess
import sys

import bootstrap
import canary
import digests
import index
import nbformat
import pages
import pytest
import refresh
import times

new_code = nbformat.v4.new_code_cell
new_text = nbformat.v4.new_markdown_cell


@pytest.fixture
def one_page(tmp_path, monkeypatch):
    """Return the path of a page in a folder of its own."""
    monkeypatch.setattr(pages, "NOTEBOOKS", tmp_path)
    path = tmp_path / "01_page.ipynb"
    book = nbformat.v4.new_notebook(cells=[
        new_text("# 01 Page\n\n**Runs in** 999 s."),
        new_code("import ipywidgets\nipywidgets.IntSlider()"),
        new_code("print('same')"), new_code("print('same')")])
    nbformat.write(book, path)
    return path


def test_refresh_stores_order_and_strips_what_varies(one_page):
    refresh.main("01")
    first = one_page.read_text(encoding="utf-8")
    book = pages.read(one_page)
    assert [cell.execution_count for cell in pages.cells(book, "code")] == [1, 2, 3]
    assert int(pages.seconds(book)) < 60
    for varying in ("widget-view", "iopub", '"version"'):
        assert varying not in first
    refresh.main("01")
    again = one_page.read_text(encoding="utf-8")
    assert refresh.pages.RUNS_IN.sub("", again) == refresh.pages.RUNS_IN.sub("", first)


def test_a_page_that_fails_is_not_written(one_page):
    book = pages.read(one_page)
    book.cells.append(new_code("1 / 0"))
    nbformat.write(book, one_page)
    before = one_page.read_bytes()
    with pytest.raises(SystemExit, match="was not stored(.|\n)*ZeroDivisionError"):
        refresh.main("01")
    assert one_page.read_bytes() == before
    assert list(one_page.parent.iterdir()) == [one_page]


def test_an_unknown_page_is_named_with_the_known_ones(one_page):
    with pytest.raises(SystemExit, match="no page '07': choose one of 01, or all"):
        refresh.main("07")


def test_words_become_links_where_the_page_exists(tmp_path):
    files = {"01": tmp_path / "01_a.ipynb", "02": tmp_path / "02_b.ipynb"}
    book = nbformat.v4.new_notebook(cells=[
        new_text("See page 02 and page 01, later page 04; `[page 02]`.")])
    for _ in range(2):
        index._link_pages(book, files, "01")
    assert book.cells[0].source == ("See [page 02](02_b.ipynb) and page 01, later page "
                                    "04; `[page 02]`.")


def test_readers_copies_are_no_pages(one_page):
    (one_page.parent / "my_01_page.ipynb").write_text("{}")
    assert pages.all_pages() == [one_page]


@pytest.mark.skipif(sys.platform == "win32", reason="make is not usual on Windows")
def test_make_without_a_page_says_what_is_missing():
    result = subprocess.run(["make", "-n", "refresh"], cwd=pages.ROOT, capture_output=True,
                            text=True)
    assert result.returncode
    assert "say which page, for example PAGE=01" in result.stderr


def test_set_up_takes_this_python_or_looks_for_another(monkeypatch):
    assert bootstrap.supported_python() == sys.executable
    monkeypatch.setattr(sys, "version_info", (3, 14, 0))
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(SystemExit, match="needs Python 3.11, 3.12 or 3.13"):
        bootstrap.supported_python()


def test_the_checksum_follows_the_file(tmp_path, monkeypatch):
    readme, table = tmp_path / "README.md", tmp_path / "table.csv"
    readme.write_text("| `table.csv` | 1 | what | who | `" + "0" * 64 + "` | how |\n")
    table.write_text("a,b\n")
    monkeypatch.setattr(digests, "README", readme)
    digests.update(table)
    assert f"| 4 | what | who | `{digests.file_digest(table)}`" in readme.read_text()
    digests.update(tmp_path.parent / "elsewhere.csv")
    with pytest.raises(ValueError, match="has no row for other.csv"):
        digests.update(table.rename(tmp_path / "other.csv"))


def test_times_are_measured_and_kept_for_the_other_profile(one_page, tmp_path, monkeypatch):
    table = tmp_path / "times.csv"
    monkeypatch.setattr(pages, "TIMES", table)
    monkeypatch.setattr(times.index, "main", lambda: None)
    times.store({"page": "01", "profile": "full", "seconds": "9", "cpu_seconds": "9",
                 "peak_mb": "9"})
    before = one_page.read_bytes()
    times.main("quick", "01")
    lines = pages.stored_times()
    assert list(lines) == [("01", "quick"), ("01", "full")]
    assert lines["01", "full"]["seconds"] == "9"
    assert float(lines["01", "quick"]["peak_mb"]) > 20
    assert one_page.read_bytes() == before


def test_a_page_without_time_is_named(one_page, tmp_path, monkeypatch):
    monkeypatch.setattr(pages, "TIMES", tmp_path / "times.csv")
    monkeypatch.setattr(times.index, "main", lambda: None)
    book = pages.read(one_page)
    book.cells.append(new_code("1 / 0"))
    nbformat.write(book, one_page)
    with pytest.raises(SystemExit, match="no time for 01_page.ipynb"):
        times.main("full", "01")
    assert not (tmp_path / "times.csv").exists()


def test_the_canary_names_the_first_broken_cell_and_a_suspect(tmp_path, monkeypatch, capsys):
    path = tmp_path / "01_page.ipynb"
    book = nbformat.v4.new_notebook(cells=[
        new_code("import scipy.ndimage as ndi"), new_code("ndi.sobel('no image')"),
        new_code("1 / 0")])
    nbformat.write(book, path)
    monkeypatch.setattr(pages, "NOTEBOOKS", tmp_path)
    pins = canary.installed(sys.executable)
    monkeypatch.setattr(canary, "pinned", lambda: pins | {"scipy": "0.1", "numpy": "0.1"})
    with pytest.raises(SystemExit):
        canary.main("all", sys.executable)
    shown = capsys.readouterr().out
    assert "2 packages are newer than their pins" in shown
    assert "01  Cell 1: ndi.sobel('no image')  | " in shown
    assert f"scipy 0.1 -> {pins['scipy']}" in shown


def test_the_canary_suspects_what_the_page_imports_where_no_traceback_tells():
    book = nbformat.v4.new_notebook(cells=[
        new_code("import numpy as np\nfrom sklearn import svm\nimport course_utils")])
    moved = {"scikit-learn": ("1", "2"), "keras": ("3", "4")}
    assert canary.suspects("a printed text differs", book, moved) == [
        "scikit-learn 1 -> 2"]
    assert "none of" in canary.suspects("a printed text differs", book, {})[0]


def test_the_pins_are_read():
    pins = canary.pinned()
    assert {"numpy", "scikit-image", "keras"} <= set(pins)
    assert canary.changed({"numpy": "1", "scipy": "1"}, {"numpy": "2", "scipy": "1"}) == {
        "numpy": ("1", "2")}
