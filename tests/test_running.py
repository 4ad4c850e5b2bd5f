"""Pages run cell by cell, each cell twice, from a folder with spaces and accents."""

import os

import pages
import pytest
import refresh

FOLDER = "étudiante 1 – cours"
MOVES = """
import time
panel = {panel}
control, times = panel.children[0], []
ends = ((control.min, control.max) if hasattr(control, "max") else
        (control.options[0], control.options[-1]) if hasattr(control, "options") else
        (True, False))
for value in ends * 4:
    start = time.perf_counter()
    control.value = value
    times.append(time.perf_counter() - start)
print(min(times))
"""


@pytest.mark.parametrize("path", pages.all_pages(), ids=lambda path: path.name[:2])
def test_each_cell_runs_twice_from_any_folder(path, tmp_path, monkeypatch):
    folder = tmp_path / FOLDER
    folder.mkdir()
    monkeypatch.setattr(os, "environ", os.environ.copy())
    book = pages.read(path)
    book.cells = [again for cell in pages.cells(book, "code")
                  for again in (cell, cell.copy())]
    panels = [pages.nbformat.v4.new_code_cell(MOVES.format(panel=cell.source))
              for cell in book.cells[::2] if cell.source.startswith("explore(")]
    cells, book.cells = book.cells, book.cells + panels
    refresh.execute(book, folder)
    for panel in panels:
        # 150 ms on a quiet machine; here another worker runs beside.
        assert float(panel.outputs[0].text) <= 0.3, "a control answers too slowly"
    for once, twice in zip(cells[::2], cells[1::2], strict=True):
        for cell in (once, twice):
            refresh.join_streams(cell)
        assert not any(output.get("name") == "stderr" for output in twice.outputs)
        assert len(once.outputs) == len(twice.outputs)
    assert list(folder.iterdir()) == [], "a page leaves files behind"


SOLVE = """
import contextlib, io
for exercise in ex:
    text = io.StringIO()
    with contextlib.redirect_stdout(text):
        exercise.solution()
    exec(text.getvalue(), globals())
    exercise.check(globals()[exercise.name])
ex.report()
"""


@pytest.mark.parametrize("path", pages.all_pages(), ids=lambda path: path.name[:2])
def test_the_printed_solutions_solve_the_exercises(path, tmp_path):
    """Each solution, pasted into the page behind its set-up cell, is judged right."""
    book = pages.read(path)
    book.cells = [pages.cells(book, "code")[0], pages.nbformat.v4.new_code_cell(SOLVE)]
    refresh.execute(book, tmp_path)
    report = book.cells[1].outputs[0].text
    assert "not right yet" not in report and "not attempted" not in report, report


def test_a_renamed_function_gets_a_sentence_and_the_page_goes_on(tmp_path):
    new = pages.nbformat.v4.new_code_cell
    book = pages.nbformat.v4.new_notebook(cells=[
        new("from course_utils import load_exercises\nex = load_exercises('00')"),
        new("def negativ(f):\n    return 1 - f\n\nex.negative.check(negative)"),
        new("ex.negative.check(negativ)"),
        new("ex.negativ.check(negativ)"),
        new("ex.report()")])
    refresh.execute(book, tmp_path)
    texts = [cell.outputs[0].text for cell in book.cells[1:]]
    assert texts[0].startswith("negative: `negative` is not defined.")
    assert texts[1] == "negative: right, on all 3 cases\n"
    assert "Did you mean ex.negative?" in texts[2]
    assert "1 of 1 exercises solved" in texts[3]
