"""Bring the course up to date and keep what the student wrote.

    python -m course_utils.update                       # from where the clone came from
    python -m course_utils.update path/to/new-course    # a folder, or a .zip file
    python -m course_utils.update --dry-run             # only say what would happen

Answers stay in the cell of their exercise, cells of the student's own behind the cell
they followed. Every file that was changed here is kept in my_versions/ before it gets
its new text. All new files are prepared first: after an error, nothing has changed.
"""

import argparse
import datetime
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from course_utils import carry

ROOT = Path(__file__).resolve().parent.parent
KEPT = "my_versions"
NOT_COURSE = {".git", ".venv", ".uv", "__pycache__", ".ipynb_checkpoints", KEPT,
              ".pytest_cache", ".hypothesis", "test-artefacts", "build"}
PAGE = re.compile(r"notebooks/(\d\d)_\w+\.ipynb")
PATIENCE = 300              # seconds for a fetch; a first fetch of the course takes few


class UpdateError(Exception):
    """Why there was no update, in one sentence."""


class File(NamedTuple):
    """One file of a version of the course."""

    data: bytes
    mode: int = 0


class Change(NamedTuple):
    """What happens to one file: ``data`` is None where it goes away."""

    path: str
    data: bytes | None
    mode: int = 0
    keep: bool = False      # it holds something of the student's: keep it first
    words: str = ""


# --- the versions --------------------------------------------------------------------------

def git(root, *arguments, binary=False):
    """Return what a git command prints; UpdateError with git's own last line."""
    environment = {**os.environ, "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0"}
    try:
        done = subprocess.run(["git", *arguments], cwd=root, capture_output=True,
                              stdin=subprocess.DEVNULL, timeout=PATIENCE, env=environment)
    except FileNotFoundError:
        raise UpdateError("git is not installed; give the folder or the zip file of the "
                          "new course instead") from None
    except subprocess.TimeoutExpired:
        raise UpdateError(f"git {arguments[0]} took longer than {PATIENCE} seconds; "
                          "check the network") from None
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines() or ["no reason"]
        raise UpdateError(f"git {arguments[0]} failed ({lines[0]})")
    return done.stdout if binary else done.stdout.decode().strip()


def _try_git(root, *arguments):
    """Return what a git command prints, or an empty text where it fails."""
    with suppress(UpdateError):
        return git(root, *arguments)
    return ""


def upstream(root, branch=None):
    """Return (remote, its branch) that a clone follows."""
    top = git(root, "rev-parse", "--show-toplevel") if (root / ".git").exists() else ""
    if not top or not Path(top).samefile(root):
        raise UpdateError("this folder is no git clone; give the folder or the zip file "
                          "of the new course: python -m course_utils.update PATH")
    remotes = git(root, "remote").split()
    if not remotes:
        raise UpdateError("this clone has no address to fetch from; give the folder or "
                          "the zip file of the new course, or run `git remote add origin "
                          "ADDRESS`")
    own = _try_git(root, "symbolic-ref", "--short", "HEAD")
    remote = _try_git(root, "config", f"branch.{own}.remote")
    follows = _try_git(root, "config", f"branch.{own}.merge").removeprefix("refs/heads/")
    if remote not in remotes:
        remote, follows = ("origin" if "origin" in remotes else remotes[0]), ""
    return remote, branch or follows or _default_branch(root, remote)


def _default_branch(root, remote):
    """Return the branch that a remote calls its own."""
    head = _try_git(root, "symbolic-ref", "--short", f"refs/remotes/{remote}/HEAD")
    return head.removeprefix(f"{remote}/") or "main"


def fetched(root, branch=None):
    """Fetch; return (commit the student began with, commit of the new version)."""
    remote, branch = upstream(root, branch)
    reference = f"refs/remotes/{remote}/{branch}"
    before = _try_git(root, "rev-parse", "--verify", "--quiet", reference)
    address = _try_git(root, "remote", "get-url", remote)
    try:
        git(root, "fetch", "--quiet", remote, f"+refs/heads/{branch}:{reference}")
    except UpdateError as error:
        raise UpdateError(f"the branch {branch} of {address} could not be fetched; check "
                          f"the network and the address: {error}") from None
    new = git(root, "rev-parse", reference)
    bases = (_try_git(root, "merge-base", "HEAD", commit) for commit in (new, before)
             if commit)
    base = next(filter(None, bases), "")
    if not base:
        raise UpdateError(f"this clone shares no history with {address}; give the folder "
                          "or the zip file of the new course")
    return base, new


def committed(root, commit):
    """Return the files of one commit, as a dict: path to `File`."""
    return unzipped(io.BytesIO(git(root, "archive", "--format=zip", commit, binary=True)))


def unzipped(file):
    """Return the files in a zip file of the course, without the folder around them."""
    try:
        with zipfile.ZipFile(file) as archive:
            files = {item.filename: File(archive.read(item), item.external_attr >> 16)
                     for item in archive.infolist() if not item.is_dir()}
    except (zipfile.BadZipFile, EOFError) as error:
        raise UpdateError(f"the zip file is damaged ({error}); download it again") from None
    return _course_in(files)


def in_folder(folder):
    """Return the files of the course in a folder, as a dict: path to `File`.

    Of a clone, only what git knows.
    """
    tracked = _try_git(folder, "ls-files", "-z") if (folder / ".git").exists() else ""
    tracked, files = set(filter(None, tracked.split("\0"))), {}
    for where, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in NOT_COURSE]
        for name in names:
            path = Path(where, name)
            short = path.relative_to(folder).as_posix()
            if not path.is_symlink() and (not tracked or short in tracked):
                files[short] = File(path.read_bytes(), path.stat().st_mode)
    return _course_in(files)


def _course_in(files):
    """Return the course among the files: what lies beside course_utils/."""
    tops = {path.removesuffix("course_utils/__init__.py") for path in files
            if f"/{path}".endswith("/course_utils/__init__.py")}
    if not tops:
        raise UpdateError("there is no course in it (no folder course_utils)")
    top = min(tops, key=len)
    course = {path.removeprefix(top): file for path, file in files.items()
              if path.startswith(top)}
    return {path: file for path, file in course.items() if not _is_own(path)}


def _is_own(path):
    """Say whether a path can only be a student's or a tool's, or leads out of here."""
    parts = PurePosixPath(path).parts
    return (bool(NOT_COURSE & set(parts)) or parts[-1].startswith("my_")
            or parts[-1].endswith(".pyc") or ".." in parts or path.startswith("/")
            or any(part.endswith(".egg-info") for part in parts))


# --- the plan ------------------------------------------------------------------------------

def plan(root, new, old=None):
    """Return the changes that bring the folder to the new version.

    Parameters
    ----------
    root : Path
        The student's folder.
    new, old : dict
        Path to `File` for the new version and for the one that the student began with;
        without the old one, no file is taken away.
    """
    renamed = _renamed(root, new)
    changes = []
    for path, file in sorted(new.items()):
        source = renamed.get(path, path)
        moved = source != path
        mine, begun = _read(root / source), (old or {}).get(source)
        if moved:
            changes.append(Change(source, None, keep=True))
        elif mine is not None and (_same(mine, file.data)
                                   or begun and _same(begun.data, file.data)):
            continue
        if mine is None or begun and _same(mine, begun.data):
            changes.append(Change(path, file.data, file.mode))
        else:
            changes += _for_changed(path, file, mine, begun, moved)
    return changes + _removals(root, new, old or {}, set(renamed.values()))


def _read(path):
    return path.read_bytes() if path.is_file() else None


def _same(data, other):
    """Compare two files; Windows may have written other line ends."""
    return data == other or data.replace(b"\r\n", b"\n") == other.replace(b"\r\n", b"\n")


def _renamed(root, new):
    """Return a dict: new path of a page to its path here, where its name changed."""
    here = {path.relative_to(root).as_posix()
            for path in root.glob("notebooks/[0-9][0-9]_*.ipynb")}
    left = {PAGE.fullmatch(path)[1]: path for path in sorted(here - set(new))
            if PAGE.fullmatch(path)}
    fresh = [path for path in new if PAGE.fullmatch(path) and path not in here]
    return {path: left[PAGE.fullmatch(path)[1]] for path in fresh
            if PAGE.fullmatch(path)[1] in left}


def _for_changed(path, file, mine, begun, moved):
    """Return the change (in a list) for a file that is not as the course gave it."""
    if not PAGE.fullmatch(path):
        words = "you had changed it" if begun else ""
        return [Change(path, file.data, file.mode, True, words)]
    new, old = _course_page(path, file), _course_page(path, begun) if begun else None
    try:
        page = carry.read_page(mine)
    except ValueError as error:
        return [Change(path, file.data, file.mode, True, f"yours could not be read, {error}")]
    carried = carry.carry(page, new, old)
    if carry.same_text(carried.page, page) and not moved:
        return []
    nothing = carry.same_text(carried.page, new)
    data = file.data if nothing else carry.page_bytes(carried.page)
    words = _summary(carried) or ("only its outputs differed" if begun else "")
    return [Change(path, data, file.mode, True, words)]


def _course_page(path, file):
    """Return a page of the course; a course with a broken page is not installed."""
    try:
        return carry.read_page(file.data)
    except ValueError as error:
        raise UpdateError(f"{path} of the course is damaged, {error}; download it "
                          "again") from None


def _summary(carried):
    """Return in words what was carried into a page."""
    words = []
    if carried.answers:
        words.append(f"with your {_count(len(carried.answers), 'answer')} "
                     f"({', '.join(carried.answers)})")
    if carried.own:
        words.append(f"with {_count(carried.own, 'cell')} of your own")
    if carried.changed:
        words.append(f"asked in other words now: {', '.join(carried.changed)}")
    if carried.homeless:
        words.append(f"no longer asked: {', '.join(carried.homeless)} (your answer stands "
                     "at the end of the page)")
    if carried.edited:
        words.append(f"{_count(carried.edited, 'other cell')} that you had changed "
                     f"{'have' if carried.edited > 1 else 'has'} the course's text again")
    return "; ".join(words)


def _count(number, noun):
    return f"{number} {noun}{'s' if number != 1 else ''}"


def _removals(root, new, old, renamed):
    """Return a change for each file of the old version that the new one lacks."""
    changes = []
    for path in sorted(set(old) - set(new) - renamed):
        mine = _read(root / path)
        if mine is not None and _same(mine, old[path].data):
            changes.append(Change(path, None))
    return changes


# --- carrying it out -----------------------------------------------------------------------

def carry_out(root, changes, finish=lambda: None):
    """Write all changes or none; return the folder with the files as they were, or None.

    ``finish`` is called when all files are in place; if it fails, they go back.
    """
    shelf = root / KEPT
    try:
        shelf.mkdir(exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=shelf))
    except OSError as error:
        _remove_empty(shelf)
        raise UpdateError(f"{shelf} cannot be written to ({error.strerror})") from None
    try:
        _prepare(root, changes, draft / "new")
        kept = _shelve(_keep(root, changes, draft), shelf)
        _replace(root, changes, draft, kept, finish)
        return kept
    except OSError as error:
        raise UpdateError(f"{error.filename or shelf} cannot be written "
                          f"({error.strerror}); close the programs that have it open, "
                          "check the free space, and try again") from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)
        _remove_empty(shelf)


def _remove_empty(folder):
    with suppress(OSError):
        folder.rmdir()


def _keep(root, changes, draft):
    """Copy each file that holds something of the student's; return the folder or None."""
    kept = [change.path for change in changes if change.keep and (root / change.path).exists()]
    for path in kept:
        target = draft / "kept" / path.removeprefix("notebooks/")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(root / path, target)
    return draft / "kept" if kept else None


def _shelve(kept, shelf):
    """Move the copies to a folder named by the day; return it, or None without copies."""
    if kept is None:
        return None
    today, number = datetime.date.today().isoformat(), 1
    while (shelf / (today if number == 1 else f"{today}_{number}")).exists():
        number += 1
    return kept.rename(shelf / (today if number == 1 else f"{today}_{number}"))


def _prepare(root, changes, folder):
    """Write every new file into a folder beside the course, with the mode it will have."""
    for change in changes:
        if change.data is None:
            continue
        path = folder / change.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(change.data)
        if (root / change.path).exists():
            shutil.copymode(root / change.path, path)
        elif change.mode & 0o100:
            path.chmod(path.stat().st_mode | 0o111)


def _replace(root, changes, draft, kept, finish):
    """Put every new file in its place; put all old ones back when one step fails."""
    done = []
    try:
        for number, change in enumerate(changes):
            target, before = root / change.path, draft / f"before-{number}"
            done.append((target, before, target.exists()))
            if target.exists():
                os.replace(target, before)
            if change.data is not None:
                target.parent.mkdir(parents=True, exist_ok=True)
                os.replace(draft / "new" / change.path, target)
        finish()
    except BaseException:
        for target, before, was_there in reversed(done):
            if before.exists():
                os.replace(before, target)
            elif not was_there:
                target.unlink(missing_ok=True)
        if kept:                                    # all is back in its place
            shutil.rmtree(kept, ignore_errors=True)
        raise


def move_head(root, base, new):
    """Let git's branch point at the new version; keep own commits in a branch."""
    if base == new:
        return
    head = git(root, "rev-parse", "HEAD")
    if head != base:
        name = f"before-update-{datetime.datetime.now():%Y-%m-%d-%H%M%S}"
        git(root, "branch", name)
        print(f"Your own commits are in the branch {name}.")
    git(root, "reset", "--quiet", "--mixed", new)


# --- the command ---------------------------------------------------------------------------

def update(root, source=None, branch=None, dry_run=False):
    """Bring the course in ``root`` up to date and print what was done."""
    finish = None
    if source is None:
        base, commit = fetched(root, branch)
        old, new = committed(root, base), committed(root, commit)

        def finish():
            move_head(root, base, commit)
    else:
        old, new = None, _given(Path(source).expanduser(), root)
    changes = plan(root, new, old)
    if not changes:
        if finish and not dry_run:
            finish()
        print("The course is up to date.")
        return
    if dry_run:
        print("Nothing is changed yet; an update would bring:")
        _announce(changes)
        return
    kept = carry_out(root, changes, finish or (lambda: None))
    _announce(changes)
    _conclude(kept, changes)


def _given(path, root):
    """Return the files of the new course in a folder or a zip file."""
    if path.is_dir():
        if path.resolve() == root.resolve():
            raise UpdateError("this is the folder of the course itself; give the new one")
        return in_folder(path)
    if not path.is_file():
        raise UpdateError(f"there is no folder or file {path}")
    if not zipfile.is_zipfile(path):
        raise UpdateError(f"{path} is no zip file of the course; download it again")
    return unzipped(path)


def _announce(changes):
    """Print one line for each file of the student's, and how many others change."""
    told = [change for change in changes if change.words]
    for change in told:
        print(f"{change.path}: {change.words}")
    others = len(changes) - len(told)
    if others:
        print(f"{_count(others, 'more file' if told else 'file')} from the course")


def _conclude(kept, changes):
    """Print where the old files are and what is left to do."""
    if kept:
        print(f"Your files as they were: {KEPT}/{kept.name}")
    paths = {change.path for change in changes}
    if paths & {"requirements.txt", "pyproject.toml", "environment.yml"}:
        print("The packages changed: run `make lab` once, or `pip install -r "
              "requirements.txt`.")
    if any(map(PAGE.fullmatch, paths)):
        print("Pages that are open in JupyterLab: File > Reload Notebook from Disk.")


def main(arguments=None, root=ROOT):
    """Run the command line; every failure is one sentence."""
    parser = argparse.ArgumentParser(prog="python -m course_utils.update",
                                     description="Update the course, keep the answers.")
    parser.add_argument("source", nargs="?", metavar="PATH",
                        help="folder or zip file of the new course (default: git)")
    parser.add_argument("--branch", help="branch to follow (default: the clone's)")
    parser.add_argument("--dry-run", action="store_true", help="only say what would happen")
    options = parser.parse_args(arguments)
    try:
        update(root, options.source, options.branch, options.dry_run)
    except UpdateError as error:
        sys.exit(f"Nothing was changed: {error}.")


if __name__ == "__main__":
    main()
