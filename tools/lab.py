"""Open JupyterLab on the first page; print the address where there is no browser."""

import os
import sys
import webbrowser
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main():
    """Replace this process by JupyterLab."""
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={ROOT}",
               "--LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb"]
    try:
        webbrowser.get()
    except webbrowser.Error:
        command.append("--no-browser")
        print("No browser found here: open the address printed below in yours.")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")         # containers run as root
    os.execv(sys.executable, command + sys.argv[1:])


if __name__ == "__main__":
    main()
