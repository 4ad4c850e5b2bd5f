"""Measure the leaderboard rows of pages anew: ``python tools/leaderboard.py 07`` or ``all``.

The page is run with COURSE_LEADERBOARD=write, so that its `claim_row` stores what it
measured; then the checksum in data/README.md is brought up to date. The page itself is
not written: run `make refresh` afterwards.
"""

import os
import sys

import digests
import pages
import refresh

from course_utils.leaderboard import FILE


def main(name):
    """Run the named pages and store their rows."""
    os.environ["COURSE_LEADERBOARD"] = "write"
    for path in pages.find_pages(name):
        notebook = pages.read(path)
        if any("claim_row(" in cell.source for cell in pages.cells(notebook, "code")):
            refresh.execute(notebook)
            print(f"{path.name}: rows stored")
    digests.update(FILE)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("say which page: python tools/leaderboard.py 07, or all")
    main(sys.argv[1])
