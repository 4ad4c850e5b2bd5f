"""Bring sizes and SHA-256 in data/README.md up to date: ``python tools/digests.py``.

The commands that make a shipped file call `update` for it. By hand, run it only after
you looked at what changed: the table exists to notice files that changed by accident.
"""

import re
import sys

from course_utils.datasets import data_path
from course_utils.doctor import file_digest

README = data_path("README.md")


def update(*paths):
    """Write size and SHA-256 of files in data/ into the table of its README.

    Files elsewhere are no part of the course and left out.
    Raises ValueError if the table has no row for a file.
    """
    text = README.read_text(encoding="utf-8")
    for path in paths:
        if not path.is_relative_to(README.parent):
            continue
        name = path.relative_to(README.parent).as_posix()
        text, found = re.subn(
            rf"(\| `{re.escape(name)}` \| )\d+( \|.*?)`[0-9a-f]{{64}}`",
            rf"\g<1>{path.stat().st_size}\g<2>`{file_digest(path)}`", text)
        if not found:
            raise ValueError(f"data/README.md has no row for {name}: write one, with "
                             "size 0 and 64 zeros, and run tools/digests.py")
    README.write_text(text, encoding="utf-8", newline="\n")


def main():
    """Bring every row up to date, and name those that changed."""
    before = README.read_text(encoding="utf-8")
    names = re.findall(r"^\| `([^`]+)` \| \d", before, re.MULTILINE)
    update(*(README.parent / name for name in names))
    after = README.read_text(encoding="utf-8").splitlines()
    for old, new in zip(before.splitlines(), after, strict=True):
        if old != new:
            print("changed:", new.split("`")[1])


if __name__ == "__main__":
    if len(sys.argv) != 1:
        raise SystemExit("tools/digests.py takes no arguments")
    main()
