"""Mark submitted notebooks: ``python -m course_utils.grade submissions/*.ipynb``.

docs/marking.md says what is done, and what the limits are worth.
"""

import argparse
import glob
import os
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from course_utils.grading import kernel, report
from course_utils.grading.kernel import Limits
from course_utils.grading.marking import exercises, mark, pages


def main(arguments=None):
    """Mark the notebooks named on the command line; return the exit code.

    Returns
    -------
    int
        0 if all were marked, 1 if one could not be, 2 for a wrong call.
    """
    warnings.simplefilter("ignore", SyntaxWarning)
    parser = _parser()
    options = parser.parse_args(arguments)
    _refuse(parser, options)
    paths = find(options.notebooks)
    if not paths:
        parser.error(f"no notebook found: {' '.join(options.notebooks)}")
    print("the kernels have no network" if kernel.isolation() else
          "Python in the kernels refuses the network; programs that it starts have it",
          file=sys.stderr)
    marked, finished = _mark_all(paths, options)
    if options.csv:
        report.write_csv(marked, options.csv)
    if options.feedback:
        report.write_feedback(marked, options.feedback)
    print("\n\n".join(filter(None, (report.student_lines(marked),
                                     report.summary(marked)))))
    if not finished:
        print(f"\ninterrupted: {len(marked)} of {len(paths)} notebooks were marked")
        return 130
    return int(any(one.trouble for one in marked))


def _parser():
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m course_utils.grade",
        description="Mark submitted notebooks, each in a kernel of its own.")
    add = parser.add_argument
    add("notebooks", nargs="+", help="notebooks, or folders of notebooks")
    add("--csv", metavar="FILE", help="write a table, one row an exercise")
    add("--feedback", metavar="FOLDER", help="write a Markdown file for each student")
    add("--fast", action="store_true",
        help="run only what the answers need: no figures, no training")
    add("--only", metavar="NAME", help="mark this exercise alone")
    add("--page", metavar="NN", help="the page, where a notebook does not tell")
    add("--time", type=float, default=300, metavar="S", help="seconds a notebook (300)")
    add("--cell-time", type=float, default=60, metavar="S",
        help="seconds a cell, and an exercise (60)")
    add("--memory", type=float, default=4, metavar="GB", help="of each kernel (4)")
    add("--jobs", type=int, default=max(1, (os.cpu_count() or 2) // 2), metavar="N",
        help="notebooks at a time (half the number of cores)")
    return parser


def _refuse(parser, options):
    """Say in one sentence what is wrong with the options, and leave with 2."""
    if min(options.time, options.cell_time, options.memory, options.jobs) <= 0:
        parser.error("--time, --cell-time, --memory and --jobs must be above 0")
    if options.page and options.page not in pages():
        parser.error(f"--page {options.page}: there are {', '.join(pages())}")
    if options.only and not any(options.only == exercise.name
                                for page in ([options.page] if options.page else pages())
                                for exercise in exercises(page)):
        parser.error(f"--only {options.only}: no page has an exercise of this name")
    if options.csv and not Path(options.csv).absolute().parent.is_dir():
        parser.error(f"--csv {options.csv}: there is no such folder")
    if options.feedback and Path(options.feedback).is_file():
        parser.error(f"--feedback {options.feedback}: this is a file, not a folder")


def find(names):
    """Return the notebooks that files, folders and patterns stand for, each once.

    A file that is not there is returned as it is named, and gets its sentence later;
    a pattern without matches and a folder without notebooks give nothing.
    """
    paths = []
    for name in names:
        if Path(name).is_dir():
            paths += sorted(path for path in Path(name).rglob("*.ipynb")
                            if ".ipynb_checkpoints" not in path.parts)
        elif glob.has_magic(name) and not Path(name).exists():
            paths += sorted(map(Path, glob.glob(name, recursive=True)))
        else:
            paths.append(Path(name))
    return list(dict.fromkeys(paths))


def _mark_all(paths, options):
    """Return what each file got, in their order, and whether all were reached."""
    limits = Limits(options.time, options.cell_time, options.memory * 1e9)
    done = {}
    with ThreadPoolExecutor(options.jobs) as pool:
        tasks = {pool.submit(mark, path, page=options.page, only=options.only,
                             fast=options.fast, limits=limits): path for path in paths}
        try:
            for task in as_completed(tasks):
                done[tasks[task]] = one = task.result()
                print(f"{len(done)} of {len(paths)}: {one.path}, {one.seconds:.0f} s",
                      file=sys.stderr)
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            kernel.stop_all()
    return [done[path] for path in paths if path in done], len(done) == len(paths)


if __name__ == "__main__":
    sys.exit(main())
