"""Pages judge: printed solutions are right, mistakes get a sentence.

That the cells run, and run again, is tested by nbval and conftest.py.
"""

import pages
import pytest
import refresh

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
