"""Profiles: the same code in a minute (quick) or with all data and epochs (full)."""

import os


def profile():
    """Return ``"quick"`` or ``"full"``, from the environment variable COURSE_PROFILE.

    Raises
    ------
    ValueError
        If the variable holds anything else.
    """
    name = os.environ.get("COURSE_PROFILE", "quick")
    if name not in ("quick", "full"):
        raise ValueError(f"COURSE_PROFILE is {name!r}: set it to 'quick' or 'full'")
    return name


def quick_or_full(quick, full):
    """Return ``quick`` in the quick profile and ``full`` in the full one."""
    return full if profile() == "full" else quick
