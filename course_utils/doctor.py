"""Check the machine and the course folder, one line each, with a remedy where needed."""

import hashlib
import importlib.metadata
import re
import shutil
import sys
import tempfile

from course_utils.datasets import ROOT

GIGABYTE = 1e9
REINSTALL = "run `make lab` again, or `pip install -r requirements.txt`"


def doctor(details=False):
    """Print one line for each thing the course needs; say what to do where it lacks.

    Parameters
    ----------
    details : bool
        Add what was measured on this machine. Without it, two healthy machines print
        the same lines.
    """
    checks = (_python, _packages, _processor, _memory, _disk, _folder, _files)
    troubles = 0
    for check in checks:
        need, trouble, measured = check()
        troubles += bool(trouble)
        print(f"{need:52} {'ATTENTION' if trouble else 'ok'}"
              + (f"  ({measured})" if details else ""))
        if trouble:
            print(f"    {trouble}")
    print("all is well" if not troubles else f"{troubles} of {len(checks)} need attention")


def _python():
    version = ".".join(map(str, sys.version_info[:3]))
    good = (3, 11) <= sys.version_info[:2] <= (3, 13)
    trouble = "" if good else (f"this is Python {version}: the course is tested on 3.11 "
                               "to 3.13; make the environment anew with one of these")
    return "Python 3.11 to 3.13", trouble, version


def _packages():
    need = "packages as pinned in requirements.txt"
    try:
        wrong = list(_different_packages())
    except FileNotFoundError:
        return need, "requirements.txt is missing: download the course again", ""
    trouble = ""
    if wrong:
        trouble = (f"{len(wrong)} differ: {', '.join(wrong[:4])}"
                   f"{', ...' if len(wrong) > 4 else ''}. Pages may print other digits; "
                   + REINSTALL)
    return need, trouble, f"{len(wrong)} differ"


def _different_packages():
    """Yield each pinned package whose installed version is another one, or none."""
    from packaging.requirements import Requirement

    for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines():
        if not line or line.startswith(("#", " ")):
            continue
        pin = Requirement(line)
        if pin.marker and not pin.marker.evaluate():
            continue
        try:
            installed = importlib.metadata.version(pin.name)
        except importlib.metadata.PackageNotFoundError:
            yield f"{pin.name} is not installed"
            continue
        if installed not in pin.specifier:
            yield f"{pin.name} {installed} ({pin.specifier})"


def _processor():
    import psutil

    cores = psutil.cpu_count() or 1
    trouble = "" if cores >= 2 else "one core: pages take about twice the stated time"
    return "processor with at least 2 cores", trouble, f"{cores} cores"


def _memory():
    import psutil

    free = psutil.virtual_memory().available / GIGABYTE
    trouble = "" if free >= 2 else (f"{free:.1f} GB are free: close other programs and "
                                    "notebooks before the pages on networks")
    return "at least 2 GB of free memory", trouble, f"{free:.1f} GB free"


def _disk():
    free = shutil.disk_usage(ROOT).free / GIGABYTE
    trouble = "" if free >= 1 else f"{free:.2f} GB are left: free some space first"
    return "at least 1 GB of free disk", trouble, f"{free:.0f} GB free"


def _folder():
    need = "the notebooks folder can be written to"
    try:
        tempfile.TemporaryFile(dir=ROOT / "notebooks").close()
    except OSError as error:
        return need, (f"it cannot ({error.strerror}): copy the course to a folder of "
                      "your own, or your answers are lost"), "read-only"
    return need, "", "writable"


def _files():
    listed = shipped_files()
    wrong = [name for name, digest in listed.items() if file_digest(name) != digest]
    trouble = ""
    if wrong:
        trouble = (f"{', '.join(wrong)} missing or changed: restore with "
                   "`git checkout -- data`, or download the course again")
    return "shipped files as listed in data/README.md", trouble, f"{len(listed)} files"


def shipped_files():
    """Return a dict: name of each file in the table of data/README.md to its SHA-256."""
    readme = ROOT / "data" / "README.md"
    if not readme.is_file():
        return {"README.md": ""}
    rows = re.findall(r"^\| `([^`]+)` \|.*\| `([0-9a-f]{64})` \|",
                      readme.read_text(encoding="utf-8"), re.MULTILINE)
    return dict(rows)


def file_digest(name):
    """Return the SHA-256 of a file in data/, or an empty text where there is none."""
    path = ROOT / "data" / name
    if not path.is_file():
        return ""
    return hashlib.sha256(path.read_bytes()).hexdigest()
