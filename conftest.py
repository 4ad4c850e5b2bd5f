"""After nbval ran a page: its cells once more, in the same kernel, from another folder.

A student goes back and runs a cell again. So each page gets one more item behind its
cells, "again": every cell runs twice in a row where it is quick, and must show as much
as is stored; every panel is moved; nothing may be left in the folder. Cells tagged
"slow" by tools/refresh.py are left out unless COURSE_RERUN=all, because training a
network twice teaches the test nothing that is worth its minute.
"""

import os
import tempfile
from pathlib import Path
from queue import Empty

import pytest
import refresh
from nbformat import NotebookNode

FOLDER = "étudiante 1 – cours"
SLOWEST_MOVE = 0.25     # CPU seconds: 150 ms when quiet; another worker runs beside
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
                    for _ in range(2):
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
    """Put one item behind the cells of each page that nbval collected."""
    cells = {}
    for item in items:
        if type(item).__name__ == "IPyNbCell":
            cells.setdefault(item.parent, []).append(item)
    for page, own in cells.items():
        again = RunAgain.from_parent(page, name="again")
        again.cells = [item.cell for item in own]
        items.insert(items.index(own[-1]) + 1, again)
