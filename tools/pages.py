"""What the tools and the tests know of a page: where it is, its header, its counts."""

import ast
import csv
import re
from pathlib import Path

import nbformat

from course_utils.carry import VARYING as RUNS_IN

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"
TIMES = ROOT / "docs" / "times.csv"


def all_pages():
    """Return the paths of all pages in lecture order; a reader's own copies are none."""
    return sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))


def find_pages(name):
    """Return the page whose number is ``name``, or every page for "all"."""
    pages = [path for path in all_pages() if name in ("all", path.name[:2])]
    if not pages:
        numbers = ", ".join(path.name[:2] for path in all_pages())
        raise SystemExit(f"no page {name!r}: choose one of {numbers}, or all")
    return pages


def read(path):
    """Return the notebook at ``path``."""
    return nbformat.read(path, as_version=4)


def write(notebook, path):
    """Write a notebook as one complete file: a crash leaves the old one in place."""
    draft = path.with_suffix(".draft")
    nbformat.write(notebook, draft)
    draft.replace(path)


def cells(notebook, kind):
    """Return the cells of one kind ("code" or "markdown")."""
    return [cell for cell in notebook.cells if cell.cell_type == kind]


def is_for_colab(cell):
    """Say whether a cell is the one that tools/colab.py puts into every page."""
    return "colab" in cell.metadata.get("tags", [])


def set_up(notebook):
    """Return the set-up cell: the first code cell that is the page's own."""
    return next(cell for cell in cells(notebook, "code") if not is_for_colab(cell))


def number_cells(notebook):
    """Number the code cells from 1, as if they had run in their order."""
    for number, cell in enumerate(cells(notebook, "code"), 1):
        cell.execution_count = number
        for output in cell.outputs:
            if "execution_count" in output:
                output.execution_count = number


def title(notebook):
    """Return the text of the first heading, without the page number."""
    return re.sub(r"^#\s+(\d\d\s+)?", "", notebook.cells[0].source.splitlines()[0])


def work_minutes(notebook):
    """Return the minutes of work stated in the header, as text."""
    found = re.search(r"\*\*Work\*\* (\d+) min", notebook.cells[0].source)
    return found[1] if found else ""


def seconds(notebook):
    """Return the measured seconds stated in the header, as text."""
    found = RUNS_IN.search(notebook.cells[0].source)
    return found[2] if found else ""


def stored_times():
    """Return what tools/times.py measured: (page, profile) to a dict of texts."""
    if not TIMES.exists():
        return {}
    with open(TIMES, newline="", encoding="utf-8") as file:
        return {(line["page"], line["profile"]): line for line in csv.DictReader(file)}


def figures(notebook):
    """Return (cell index, output) for each figure of the page."""
    return [(k, output) for k, cell in enumerate(notebook.cells)
            if cell.cell_type == "code" for output in cell.outputs
            if "image/png" in output.get("data", {})]


def claim_count(notebook):
    """Return the number of claims in the source of the page."""
    return sum(len(re.findall(r"\bclaim\(", cell.source))
               for cell in cells(notebook, "code"))


def definitions(number, constants=()):
    """Return what page ``number`` imports and defines, as a dict, without running it.

    Tools that train the shipped weights of a page use its own functions. Functions
    keep their literal defaults; other defaults become None. ``constants`` names the
    assignments to run too, as they stand left of the equals sign.
    """
    path, = find_pages(number)
    book = read(path)
    code, wanted = cells(book, "code"), []
    if "quiet_tensorflow()" in set_up(book).source:
        from course_utils import quiet_tensorflow

        quiet_tensorflow()
    for cell in code:
        for node in ast.parse(cell.source).body:
            if isinstance(node, ast.FunctionDef):
                node.args.defaults = [default if _is_literal(default)
                                      else ast.Constant(None)
                                      for default in node.args.defaults]
                wanted.append(node)
            elif (isinstance(node, (ast.Import, ast.ImportFrom, ast.ClassDef))
                  or isinstance(node, ast.Assign)
                  and ast.unparse(node.targets[0]).strip("()") in constants):
                wanted.append(node)
    namespace = {"__name__": path.stem}
    module = ast.fix_missing_locations(ast.Module(wanted, []))
    exec(compile(module, path.name, "exec"), namespace)
    return namespace


def _is_literal(node):
    try:
        ast.literal_eval(node)
    except ValueError:
        return False
    return True
