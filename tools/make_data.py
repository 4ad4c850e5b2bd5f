"""Make the files in data/ again: ``python tools/make_data.py``."""

import numpy as np
import tifffile

from course_utils.datasets import ROOT, make_volume


def head_scan():
    """Return the synthetic head as 12-bit counts in uint16, as a scanner stores them."""
    return np.rint(4095 * make_volume((24, 96, 96))).astype(np.uint16)


def main():
    """Write each file."""
    tifffile.imwrite(ROOT / "data" / "head_scan.tif", head_scan(), compression="zlib",
                     metadata={"axes": "ZYX"}, software="")


if __name__ == "__main__":
    main()
