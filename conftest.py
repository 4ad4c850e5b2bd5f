"""After nbval ran a page: its cells once more, in the same kernel, from another folder.

A student goes back and runs a cell again. So each page gets one more item behind its
cells, "again": every cell runs, and must show as much as is stored, twice in a row where
it is quick or overwrites what it reads; every panel is moved; nothing may be left in the
folder; and each printed solution, pasted into the page, must be judged right. Cells
tagged "slow" by tools/refresh.py are left out unless COURSE_RERUN=all, because training
a network twice teaches the test nothing that is worth its minute.
"""

import ast
import os
import tempfile
import time
from collections import Counter
from pathlib import Path
from queue import Empty

import pytest
import refresh
from nbformat import NotebookNode

FOLDER = "étudiante 1 – cours"
SLOWEST_MOVE = 0.25     # CPU seconds: 150 ms when quiet; another worker runs beside
SPENT = Counter()       # seconds of a worker by file
SHOWN = 20
QUICK = 0.3             # seconds: a longer cell runs twice in a row only for a reason
MOVES = """
import time
panel = {panel}
control, times = panel.children[0], []
ends = ((control.min, control.max) if hasattr(control, "max") else
        (control.options[0], control.options[-1]) if hasattr(control, "options") else
        (True, False))
for value in ends * 4:
    start = time.process_time()
    control.value = value
    times.append(time.process_time() - start)
print(min(times))
"""
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


def feeds_on_itself(source):
    """Say whether a cell gives a new value to a name that it has read: ``x = x / 2``."""
    made = set()
    for statement in ast.parse(source).body:
        if isinstance(statement, ast.AugAssign):
            return True
        if isinstance(statement, ast.Assign):
            stored, read = (names_in(part) for part in (statement.targets,
                                                        [statement.value]))
            if (stored & read) - made:
                return True
            made |= stored
    return False


def names_in(nodes):
    """Return the names in some nodes of a syntax tree, without those of comprehensions."""
    names, own = set(), set()
    for node in (found for part in nodes for found in ast.walk(part)):
        if isinstance(node, ast.Name):
            names.add(node.id)
        elif isinstance(node, ast.comprehension):
            own |= {name.id for name in ast.walk(node.target)
                    if isinstance(name, ast.Name)}
    return names - own


class RunAgain(pytest.Item):
    """Runs the cells of a page again; its parent is nbval's file of that page."""

    cells = ()

    def runtest(self):
        """Fail with the first cell that raises, warns, or shows more or less."""
        with tempfile.TemporaryDirectory() as parent:
            folder = Path(parent, FOLDER)
            folder.mkdir()
            self.run(f"import os\nos.chdir({str(folder)!r})")
            for cell in self.cells:
                if ("slow" not in cell.metadata.get("tags", [])
                        or os.environ.get("COURSE_RERUN") == "all"):
                    start = time.perf_counter()
                    self.run_as_stored(cell)
                    if (time.perf_counter() - start < QUICK
                            or feeds_on_itself(cell.source)):
                        self.run_as_stored(cell)
            panels = [cell.source for cell in self.cells
                      if cell.source.startswith("explore(")]
            for panel in panels:
                seconds = float(self.run(MOVES.format(panel=panel))[-1].text)
                if seconds > SLOWEST_MOVE:
                    pytest.fail(f"a control takes {seconds:.2f} s:\n{panel}",
                                pytrace=False)
            # Windows does not remove a folder in which a process stands.
            left = [path.name for path in folder.iterdir()]
            self.run(f"os.chdir({str(self.path.parent)!r})")
            if left:
                pytest.fail(f"the page leaves files behind: {left}", pytrace=False)
        report = self.run(SOLVE)[-1].text
        if "not right yet" in report or "not attempted" in report:
            pytest.fail(f"a printed solution is not right:\n{report}", pytrace=False)

    def run_as_stored(self, cell):
        """Run one cell and compare how much it shows with what is stored."""
        kinds = [output.output_type for output in self.run(cell.source)]
        stored = [output.output_type for output in cell.outputs]
        if kinds != stored:
            pytest.fail(f"run again, a cell shows {kinds} where {stored} is stored:\n"
                        f"{cell.source}", pytrace=False)

    def run(self, source):
        """Return the outputs of one cell, texts in one piece."""
        kernel, cell = self.parent.kernel, NotebookNode(outputs=[])
        number = kernel.execute_cell_input(source, allow_stdin=False)
        kernel.await_reply(number, timeout=self.config.option.nbval_cell_timeout)
        while True:
            try:
                message = kernel.get_message("iopub", timeout=5)
            except Empty:
                pytest.fail(f"no end of a cell:\n{source}", pytrace=False)
            kind, content = message["msg_type"], message["content"]
            if message["parent_header"].get("msg_id") != number:
                continue
            if kind == "status" and content["execution_state"] == "idle":
                refresh.join_streams(cell)
                return cell.outputs
            if kind == "error" or content.get("name") == "stderr":
                what = "\n".join(content.get("traceback", [content.get("text")]))
                pytest.fail(f"run again, a cell fails:\n{source}\n{what}", pytrace=False)
            if kind in ("stream", "display_data", "execute_result"):
                cell.outputs.append(NotebookNode(content, output_type=kind))

    def reportinfo(self):
        """Name the page in pytest's report."""
        return self.path, 0, f"{self.path.name}: again"


def pytest_collection_modifyitems(items):
    """Put one item behind the cells of each page that nbval collected; order the files."""
    cells = {}
    for item in items:
        if type(item).__name__ == "IPyNbCell":
            cells.setdefault(item.parent, []).append(item)
    for page, own in cells.items():
        again = RunAgain.from_parent(page, name="again")
        again.cells = [item.cell for item in own]
        items.insert(items.index(own[-1]) + 1, again)
    slow = {item.path for item in items if item.get_closest_marker("browser")}
    items.sort(key=lambda item: longest_first(item.path, slow))


def longest_first(path, slow):
    """Return a key that puts what takes minutes first, so that workers end together."""
    if path in slow:
        return 0, 0
    if path.suffix == ".ipynb":
        return 1, -int(path.name[:2]) if path.name[:2].isdigit() else 0
    return 2, 0


def pytest_runtest_logreport(report):
    """Add up the seconds of each file; with several workers the main process does."""
    SPENT[report.nodeid.split("::")[0]] += report.duration


def pytest_terminal_summary(terminalreporter):
    """Print where the time went: the start of a page's kernel is not in it."""
    if len(SPENT) > 1:
        terminalreporter.section("where the time goes, seconds of one worker")
        for name, seconds in SPENT.most_common(SHOWN):
            terminalreporter.line(f"{seconds:7.1f}  {name}")
        rest = sum(sorted(SPENT.values())[:-SHOWN])
        terminalreporter.line(f"{rest:7.1f}  {max(len(SPENT) - SHOWN, 0)} other files")
        terminalreporter.line(f"{sum(SPENT.values()):7.1f}  all")
