"""Make .venv, install the pinned packages and course_utils; needs Python and pip.

Run it with any Python from 3.11 to 3.13 (``make`` does it for you).
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
SUPPORTED = [(3, 11), (3, 12), (3, 13)]


def stop(sentence):
    """Leave with one sentence on stderr."""
    sys.exit(f"set-up stopped: {sentence}")


def supported_python():
    """Return the path of a Python 3.11-3.13: this one, or another found on PATH."""
    if sys.version_info[:2] in SUPPORTED:
        return sys.executable
    for major, minor in reversed(SUPPORTED):
        found = shutil.which(f"python{major}.{minor}")
        if found and subprocess.run([found, "-c", ""], capture_output=True).returncode == 0:
            return found
    stop("this course needs Python 3.11, 3.12 or 3.13 (TensorFlow has no other), and "
         f"only {sys.version.split()[0]} was found. Install one, or use environment.yml "
         "with conda.")


def run(*command, **options):
    """Run a command; stop with its name when it fails."""
    if subprocess.run([str(part) for part in command], **options).returncode:
        stop(f"this command failed: {' '.join(str(part) for part in command)}")


def uv_command(python):
    """Create .venv and return the uv to fill it with.

    Debian's Python can lack ``ensurepip``; pip may then put uv in a folder of its
    own, and uv makes the environment.
    """
    made = subprocess.run([python, "-m", "venv", "--clear", str(VENV)],
                          capture_output=True)
    if made.returncode == 0:
        run(BIN / "python", "-m", "pip", "install", "--quiet",
            "--disable-pip-version-check", "uv")
        return [BIN / "uv"]
    shutil.rmtree(VENV, ignore_errors=True)
    parked = ROOT / ".uv"
    got = subprocess.run([python, "-m", "pip", "install", "--quiet",
                          "--target", str(parked), "uv"])
    if got.returncode:
        stop("Python can make no virtual environment here. On Debian and Ubuntu: "
             "apt install python3-venv")
    uv = parked / "bin" / ("uv.exe" if os.name == "nt" else "uv")
    run(uv, "venv", "--quiet", "--seed", "--python", python, VENV)
    return [uv]


def main():
    """Build the environment from nothing and leave a stamp when all of it worked."""
    python = supported_python()
    print("setting up .venv (once; about a minute, TensorFlow is large)", flush=True)
    uv = uv_command(python)
    settings = {**os.environ, "VIRTUAL_ENV": str(VENV), "UV_LINK_MODE": "copy"}
    run(*uv, "pip", "install", "--quiet", "-r", ROOT / "requirements.txt", env=settings)
    run(*uv, "pip", "install", "--quiet", "--no-deps", "-e", ROOT, env=settings)
    (VENV / ".installed").touch()


if __name__ == "__main__":
    main()
