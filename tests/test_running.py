"""Pages judge: printed solutions are right, mistakes get a sentence.

That the cells run, run again, and accept the printed solutions is tested by nbval and
conftest.py.
"""

import pages
import refresh
from conftest import feeds_on_itself


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


def test_a_cell_that_feeds_on_itself_is_known():
    assert feeds_on_itself("x = x / 2")
    assert feeds_on_itself("x += 1")
    assert feeds_on_itself("y = 1\nx = np.roll(x, y)")
    assert not feeds_on_itself("x = 1\nx = x / 2")
    assert not feeds_on_itself("rows = [row * 2 for row in table]")
