"""The leaderboard: every method of the course on the same held-out fields of nuclei."""

import csv
import os
import tempfile
from pathlib import Path
from time import process_time
from typing import NamedTuple

from course_utils.claims import claim
from course_utils.datasets import ROOT

FILE = ROOT / "data" / "leaderboard.csv"
LEVELS = ("easy", "hard")


class Row(NamedTuple):
    """One method: F1 at IoU 0.5 and counting error by level, CPU seconds per field."""

    method: str
    page: str
    f1_easy: float
    f1_hard: float
    count_error_easy: float
    count_error_hard: float
    seconds: float


def read_leaderboard(path=FILE):
    """Return the stored rows, best mean F1 first.

    Parameters
    ----------
    path : str or Path
        A CSV file whose columns are the fields of `Row`.

    Returns
    -------
    list of Row

    Raises
    ------
    ValueError
        The file has other columns, or a cell that is no number.
    """
    path = Path(path)
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        if tuple(reader.fieldnames or ()) != Row._fields:
            raise ValueError(f"{path.name} should have the columns "
                             f"{', '.join(Row._fields)}: restore it from the repository")
        try:
            rows = [Row(line["method"], line["page"],
                        *(float(line[name]) for name in Row._fields[2:]))
                    for line in reader]
        except (TypeError, ValueError):
            raise ValueError(f"line {reader.line_num} of {path.name} lacks a number: "
                             "restore the file from the repository") from None
    return sorted(rows, key=lambda row: -(row.f1_easy + row.f1_hard))


def measure_row(method, page, segment):
    """Run a method on the held-out fields of both levels.

    Parameters
    ----------
    method, page : str
        Name shown on the board; page number, for example "07".
    segment : callable
        ``segment(image)`` takes (M, N) float32 in [0, 1], returns labels (M, N) of int.

    Returns
    -------
    Row
        ``seconds`` are CPU seconds for one field of 256 x 256.
    """
    from course_utils.cells import held_out_cells
    from course_utils.metrics import counting_error, instance_f1

    scores, errors, seconds, fields = [], [], 0.0, 0
    for level in LEVELS:
        held_out = held_out_cells(level)
        start = process_time()
        predictions = [segment(field.image) for field in held_out]
        seconds += process_time() - start
        fields += len(held_out)
        truths = [field.labels for field in held_out]
        scores.append(instance_f1(truths, predictions))
        errors.append(counting_error(truths, predictions))
    return Row(method, page, *scores, *errors, seconds / fields)


def claim_row(row, tolerance=0.02):
    """Claim that the stored row of ``row.method`` still holds for ``row``, measured now.

    Parameters
    ----------
    row : Row
        What `measure_row` returned.
    tolerance : float
        Largest accepted difference of an F1 score from the stored one.

    Notes
    -----
    With ``COURSE_LEADERBOARD=write`` in the environment the row is stored instead:
    `make leaderboard PAGE=07` does so.
    """
    if os.environ.get("COURSE_LEADERBOARD") == "write":
        _store(row)
    stored = {(other.method, other.page): other for other in read_leaderboard()}
    if (row.method, row.page) not in stored:
        raise ValueError(f"the leaderboard has no row {row.method!r} of page {row.page}: "
                         f"run `make leaderboard PAGE={row.page}`")
    other = stored[row.method, row.page]
    claim(f"{row.method}: F1 now minus stored, larger of easy and hard",
          max(abs(row.f1_easy - other.f1_easy), abs(row.f1_hard - other.f1_hard)),
          at_most=tolerance)


def draw_leaderboard(rows, mine=()):
    """Draw the board: one line a method, dots for the F1 on easy and hard fields.

    Parameters
    ----------
    rows : sequence of Row
    mine : sequence of str
        Methods to print in bold.

    Returns
    -------
    matplotlib.figure.Figure
    """
    import matplotlib.pyplot as plt

    rows = sorted(rows, key=lambda row: row.f1_easy + row.f1_hard)
    fig, ax = plt.subplots(figsize=(7.2, 4.8))    # of one size: pages store it
    for k, row in enumerate(rows):
        ax.plot([row.f1_hard, row.f1_easy], [k, k], color="0.8", zorder=0)
        ax.text(1.02, k, f"{row.page}   {row.count_error_easy:4.0%}  "
                f"{row.count_error_hard:4.0%}   {row.seconds:6.3f} s",
                va="center", family="monospace", fontsize=8)
    ax.plot([row.f1_hard for row in rows], range(len(rows)), "s", label="hard")
    ax.plot([row.f1_easy for row in rows], range(len(rows)), "o", label="easy")
    ax.text(1.02, len(rows), "page  count error     CPU time\n      easy  hard     a field",
            va="bottom", family="monospace", fontsize=8)
    ax.set(xlim=(0, 1), ylim=(-0.6, len(rows)), xlabel="F1 at IoU 0.5",
           yticks=range(len(rows)))
    labels = ax.set_yticklabels([row.method for row in rows])
    for label, row in zip(labels, rows, strict=True):
        label.set_fontweight("bold" if row.method in mine else "normal")
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2)
    return fig


def _store(row):
    """Replace or add one row of the file, all or nothing."""
    rows = [other for other in read_leaderboard()
            if (other.method, other.page) != (row.method, row.page)] + [row]
    rows.sort(key=lambda other: other.page)         # stable: order of writing in a page
    with tempfile.NamedTemporaryFile("w", newline="", encoding="utf-8", delete=False,
                                     dir=FILE.parent, suffix=".part") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(Row._fields)
        writer.writerows([*other[:2], *(f"{value:.4f}" for value in other[2:])]
                         for other in rows)
    os.chmod(file.name, 0o644)          # a temporary file is for its owner only
    os.replace(file.name, FILE)
