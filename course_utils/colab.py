"""Prepare Google Colab for a page: install the packages that are missing there."""

import importlib.metadata
import subprocess
import sys
import tomllib

from course_utils.datasets import ROOT

FRONT_END = {"jupyterlab", "ipykernel"}             # Colab is its own
SAME = {"tensorflow-cpu": "tensorflow"}             # one package, two builds


def install_missing():
    """Install with pip what the course needs and this Python does not have.

    What is there stays as it is, whatever its version: Colab's packages fit each other.

    Raises
    ------
    RuntimeError
        If pip fails: one sentence with the names of the packages.
    """
    missing = missing_packages()
    if not missing:
        return
    print(f"installing {', '.join(missing)}")
    done = subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", *missing])
    if done.returncode:
        raise RuntimeError(f"pip could not install {', '.join(missing)}: check the "
                           "network, then run this cell again")


def missing_packages():
    """Return the requirements of pyproject.toml that are not installed at all."""
    from packaging.requirements import Requirement

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = map(Requirement, project["project"]["dependencies"])
    return [str(package).split(";")[0].strip() for package in wanted
            if package.name not in FRONT_END
            and not (package.marker and not package.marker.evaluate())
            and not _installed(package.name, SAME.get(package.name, package.name))]


def _installed(*names):
    """Say whether one of the packages is installed."""
    for name in names:
        try:
            importlib.metadata.version(name)
            return True
        except importlib.metadata.PackageNotFoundError:
            pass
    return False
