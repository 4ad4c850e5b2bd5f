"""Measure pages in a profile: ``python tools/times.py quick|full [01|all]``.

Each page is run as nbval runs it, one after the other; nothing of it is stored but the
line in docs/times.csv: wall seconds, CPU seconds and largest memory of the kernel.
Afterwards the tables of the README are drawn anew. Measure on a machine that does
nothing else; the full profile of all pages takes hours.
"""

import csv
import sys
import threading

import index
import pages
import psutil
import refresh
from nbclient.exceptions import CellExecutionError

KEYS = ("page", "profile", "seconds", "cpu_seconds", "peak_mb")


def store(line):
    """Write one line among the others, in the order of the pages."""
    lines = pages.stored_times() | {(line["page"], line["profile"]): line}
    draft = pages.TIMES.with_suffix(".draft")
    with open(draft, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, KEYS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(lines[key] for key in sorted(lines, key=_order))
    draft.replace(pages.TIMES)


def _order(key):
    """Sort by page, the quick profile first."""
    return key[0], key[1] != "quick"


class Watched(refresh.PlainClient):
    """Runs a page and follows the time and the memory of its kernel."""

    cpu_seconds = peak_mb = 0.0

    def watch(self, done):
        """Look at the kernel and its children ten times a second."""
        while not done.wait(0.1):
            try:
                kernel = psutil.Process(self.km.provisioner.pid)
                family = [kernel, *kernel.children(recursive=True)]
                self.cpu_seconds = max(self.cpu_seconds, sum(
                    sum(process.cpu_times()[:2]) for process in family))
                self.peak_mb = max(self.peak_mb, sum(
                    process.memory_info().rss for process in family) / 1e6)
            except (psutil.Error, AttributeError):
                continue      # the kernel has not started, or a child has just ended

    def execute(self, **options):
        """Run the page as nbclient does, watched by a thread."""
        done = threading.Event()
        watcher = threading.Thread(target=self.watch, args=(done,), daemon=True)
        watcher.start()
        try:
            return super().execute(**options)
        finally:
            done.set()
            watcher.join()


def measure(path, profile):
    """Run one page; return its line of the table."""
    seconds, client = refresh.execute(pages.read(path), profile=profile, kind=Watched)
    return {"page": path.name[:2], "profile": profile, "seconds": f"{seconds:.0f}",
            "cpu_seconds": f"{client.cpu_seconds:.0f}", "peak_mb": f"{client.peak_mb:.0f}"}


def main(profile, name="all"):
    """Measure the named pages, and go on where one fails."""
    failed = []
    for path in pages.find_pages(name):
        try:
            line = measure(path, profile)
        except CellExecutionError as error:
            failed.append(path.name)
            print(f"{path.name} fails in the {profile} profile:\n{error}", flush=True)
            continue
        store(line)
        print(*(f"{key} {value}" for key, value in line.items()), sep=", ", flush=True)
    index.main()
    if failed:
        raise SystemExit(f"no time for {', '.join(failed)}")


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3) or sys.argv[1] not in ("quick", "full"):
        raise SystemExit("say the profile, quick or full, and a page or all")
    main(*sys.argv[1:])
