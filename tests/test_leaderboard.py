"""The leaderboard: reading, measuring, claiming, storing."""

import numpy as np
import pytest
import skimage as ski

import leaderboard as tool
from course_utils import (ClaimError, claim_row, draw_leaderboard, leaderboard, measure_row,
                          read_leaderboard)
from course_utils.leaderboard import Row

ROW = Row("bright pixels", "00", 0.5, 0.25, 0.1, 0.2, 0.003)


@pytest.fixture
def board(tmp_path, monkeypatch):
    """Return the path of an empty leaderboard that stands in for the shipped one."""
    path = tmp_path / "leaderboard.csv"
    path.write_text(",".join(Row._fields) + "\n")
    monkeypatch.setattr(leaderboard, "FILE", path)
    monkeypatch.setattr(leaderboard.read_leaderboard, "__defaults__", (path,))
    return path


def bright_pixels(image):
    """Segment by one threshold."""
    return ski.measure.label(image > 0.2)


def test_measuring_is_repeatable_and_in_range():
    one, other = (measure_row("bright pixels", "00", bright_pixels) for _ in range(2))
    assert one[:6] == other[:6]
    assert 0 < one.f1_hard < one.f1_easy < 1
    assert 0 < one.seconds < 0.5


def test_rows_are_stored_replaced_and_sorted(board, monkeypatch):
    monkeypatch.setenv("COURSE_LEADERBOARD", "write")
    claim_row(ROW)
    claim_row(ROW._replace(method="better", f1_easy=0.9))
    claim_row(ROW._replace(f1_easy=0.6))
    rows = read_leaderboard()
    assert [row.method for row in rows] == ["better", "bright pixels"]
    assert rows[1].f1_easy == 0.6
    assert list(board.parent.iterdir()) == [board]


def test_a_row_that_no_longer_holds_stops_the_page(board, monkeypatch, capsys):
    monkeypatch.setenv("COURSE_LEADERBOARD", "write")
    claim_row(ROW)
    monkeypatch.delenv("COURSE_LEADERBOARD")
    claim_row(ROW._replace(f1_easy=0.51))
    assert "bright pixels: F1 now minus stored" in capsys.readouterr().out
    with pytest.raises(ClaimError):
        claim_row(ROW._replace(f1_hard=0.2))
    with pytest.raises(ValueError, match="no row 'other' of page 00: run `make lead"):
        claim_row(ROW._replace(method="other"))


@pytest.mark.parametrize(("text", "words"), [
    ("method,page\n", "should have the columns method, page, f1_easy"),
    (",".join(Row._fields) + "\nOtsu,07,0.5,oops,0,0,0\n", "line 2 of .* lacks a number"),
    (",".join(Row._fields) + "\nOtsu,07,0.5\n", "line 2 of .* lacks a number"),
])
def test_a_damaged_file_gets_a_sentence(tmp_path, text, words):
    path = tmp_path / "leaderboard.csv"
    path.write_text(text)
    with pytest.raises(ValueError, match=words):
        read_leaderboard(path)


def test_the_shipped_rows_are_scores():
    for row in read_leaderboard():
        assert 0 <= row.f1_hard <= row.f1_easy <= 1, row
        assert min(row[4:]) >= 0


def test_drawing_names_every_method():
    fig = draw_leaderboard([ROW, ROW._replace(method="better", f1_easy=0.9)], ["better"])
    labels = fig.axes[0].get_yticklabels()
    assert [label.get_text() for label in labels] == ["bright pixels", "better"]
    assert labels[1].get_fontweight() == "bold"


def test_scores_are_plain_numbers():
    row = measure_row("nothing", "00", lambda image: np.zeros(image.shape, int))
    assert row[2:6] == (0, 0, 1, 1)
