"""Try the newest releases: ``python tools/canary.py``, or with a page's number.

Builds .venv-canary from the ranges of pyproject.toml, ignoring the pins, and runs every
page there under strict nbval. Prints one table: the page, its first broken cell, and the
packages to suspect with the pinned and the new version. Leaves 1 if a page is broken.
The pins, .venv and the pages stay as they are.
"""

import ast
import os
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from importlib.metadata import packages_distributions
from pathlib import Path

import pages

VENV = pages.ROOT / ".venv-canary"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
COLOUR = re.compile(r"\x1b\[[0-9;]*m|#x1B\[[0-9;]*m")
OURS = ("course_utils",)


def uv():
    """Return the path of uv, which the set-up left in one of two folders."""
    found = shutil.which("uv", path=os.pathsep.join(
        [str(Path(sys.executable).parent), str(pages.ROOT / ".uv" / "bin")]))
    if not found:
        raise SystemExit("uv is not installed: run `make test` or `make lab` once")
    return found


def build():
    """Make the environment with the newest releases that the ranges allow."""
    for command in (["venv", "--quiet", "--clear", "--python", sys.executable, VENV],
                    ["pip", "install", "--quiet", "--upgrade", "--python", PYTHON,
                     "-e", f"{pages.ROOT}[test]"]):
        if subprocess.run([uv(), *map(str, command)]).returncode:
            raise SystemExit(f"this failed: uv {' '.join(map(str, command))}")


def pinned():
    """Return the pinned version of each package, by its name in lower case."""
    text = (pages.ROOT / "requirements.txt").read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9._-]+)==([^\s;]+)", text, re.MULTILINE))


def installed(python):
    """Return the installed version of each package, by its name in lower case."""
    listed = subprocess.run([uv(), "pip", "freeze", "--python", str(python)],
                            capture_output=True, text=True, check=True).stdout
    return dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", listed, re.MULTILINE))


def changed(old, new):
    """Return name -> (old, new) of the packages whose version differs."""
    return {name: (old[name], version) for name, version in new.items()
            if name in old and old[name] != version}


def first_failure(path, python):
    """Return number and text of the first broken code cell, or None."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.xml")
        subprocess.run(
            [str(python), "-m", "pytest", "-q", "-x", "--nbval", "--nbval-current-env",
             "--nbval-cell-timeout=600", f"--junitxml={report}", str(path)],
            capture_output=True, cwd=pages.ROOT)
        if not report.exists():
            return "", "pytest did not start"
        root = ElementTree.parse(report).getroot()
    for case in root.iter("testcase"):
        trouble = case.find("failure") if case.find("failure") is not None \
            else case.find("error")
        if trouble is not None:
            return case.get("name"), COLOUR.sub("", trouble.text or "")
    return None


def modules_in(text):
    """Return the packages in a traceback, the last first, each once."""
    found = re.findall(r"site-packages[/\\](\w+)", text)
    return list(dict.fromkeys(reversed(found)))


def imported(notebook):
    """Return the packages that a page imports, in order."""
    names = []
    for cell in pages.cells(notebook, "code"):
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.Import):
                names += [alias.name.split(".")[0] for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names.append(node.module.split(".")[0])
    return [name for name in dict.fromkeys(names) if name not in OURS]


def suspects(text, notebook, moved):
    """Return up to three changed packages: of the traceback, else of the page's imports."""
    owners = packages_distributions()
    for modules in (modules_in(text), imported(notebook)):
        names = [owner.lower().replace("_", "-") for module in modules
                 for owner in owners.get(module, [module])]
        guilty = [name for name in dict.fromkeys(names) if name in moved]
        if guilty:
            return [f"{name} {moved[name][0]} -> {moved[name][1]}" for name in guilty[:3]]
    return ["none of the changed packages is in sight"]


def line(path, python, moved):
    """Run one page; return its row of the table, and whether it is whole."""
    failure = first_failure(path, python)
    if failure is None:
        return f"{path.name[:2]}  whole", True
    name, text = failure
    source = text.partition("Input:\n")[2].splitlines() or text.splitlines() or [""]
    found = suspects(text, pages.read(path), moved)
    return f"{path.name[:2]}  {name}: {source[0][:40]}  | {', '.join(found)}", False


def main(name="all", python=PYTHON):
    """Build, run, print the table."""
    if python == PYTHON:
        build()
    moved = changed(pinned(), installed(python))
    print(f"{len(moved)} packages are newer than their pins")
    whole = True
    for path in pages.find_pages(name):
        text, fine = line(path, python, moved)
        print(text, flush=True)
        whole &= fine
    if not whole:
        raise SystemExit(1)


if __name__ == "__main__":
    if len(sys.argv) > 2:
        raise SystemExit("say nothing, or the number of a page")
    main(*sys.argv[1:])
