"""Execute pages and store what they print: ``python tools/refresh.py 01`` or ``all``.

A page is run as nbval runs it, so that what is stored is what strict nbval will
compare. What varies from run to run (time stamps, widget models, version of Python) is
left out. A page that fails is not written.
"""

import math
import os
import sys
import time
from datetime import datetime

import pages
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from course_utils.carry import digest

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


class PlainClient(NotebookClient):
    """Runs cells without the special treatment of widgets, as nbval does."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.comm_open_handlers = {}


def execute(notebook, folder=pages.NOTEBOOKS, profile="quick", kind=PlainClient):
    """Run every cell of ``notebook`` in place; return wall seconds and the client."""
    os.environ["COURSE_PROFILE"] = profile
    os.environ.pop("COURSE_SOLUTIONS", None)
    client = kind(notebook, timeout=600 if profile == "quick" else None,
                  kernel_name="python3", store_widget_state=False,
                  extra_arguments=["--log-level=ERROR"],
                  resources={"metadata": {"path": str(folder)}})
    start = time.perf_counter()
    client.execute()
    return time.perf_counter() - start, client


def tidy(notebook):
    """Remove what varies between runs; number the code cells from 1."""
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python",
                       "name": "python3"},
        "language_info": {"name": "python", "file_extension": ".py"}}
    known = set()
    for cell in notebook.cells:
        mark_slow(cell)
        cell.id = _identity(pages.RUNS_IN.sub("", cell.source), known)
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(WIDGET_VIEW, None)
        join_streams(cell)
    pages.number_cells(notebook)


def mark_slow(cell):
    """Tag a cell that took seconds; between 1 and 3 s keep the tag as it was."""
    times = cell.metadata.get("execution")
    if not times:
        return
    begin, end = (datetime.fromisoformat(times[key])
                  for key in ("iopub.status.busy", "iopub.status.idle"))
    seconds = (end - begin).total_seconds()
    tags = set(cell.metadata.get("tags", []))
    if seconds > 3:
        tags.add("slow")
    elif seconds < 1:
        tags.discard("slow")
    if tags:
        cell.metadata["tags"] = sorted(tags)
    else:
        cell.metadata.pop("tags", None)


def join_streams(cell):
    """Make one output of texts that arrived in pieces, which depends on the timing."""
    joined = []
    for output in cell.get("outputs", []):
        name = output.get("name")
        if name and joined and joined[-1].get("name") == name:
            joined[-1]["text"] += output["text"]
        else:
            joined.append(output)
    if "outputs" in cell:
        cell.outputs = joined


def _identity(source, known):
    """Return an id that depends on the cell's text only, so that diffs stay small."""
    number = 0
    while True:
        identity = digest(f"{source}{number or ''}")
        if identity not in known:
            known.add(identity)
            return identity
        number += 1


def state_seconds(notebook, measured):
    """Write the measured seconds into the header of the page."""
    header = notebook.cells[0]
    header.source = pages.RUNS_IN.sub(rf"\g<1>{math.ceil(measured)}\g<3>", header.source)


def main(name):
    """Execute the named pages; stop at the first that fails."""
    for path in pages.find_pages(name):
        notebook = pages.read(path)
        try:
            measured, _ = execute(notebook)
        except CellExecutionError as error:
            raise SystemExit(f"{path.name} was not stored: a cell failed\n"
                             f"{error}") from None
        state_seconds(notebook, measured)
        tidy(notebook)
        pages.write(notebook, path)
        print(f"{path.name}: {measured:.1f} s, {path.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("say which page: python tools/refresh.py 01, or all")
    main(sys.argv[1])
