"""Write the public address of the course everywhere it stands.

``python tools/publish.py owner/name`` (or ``make publish REPOSITORY=owner/name``)
rewrites pyproject.toml, the texts, and the cell for Colab in every page. It sends nothing
anywhere: commit and push the result.
"""

import os
import re
import sys
from urllib.parse import quote

import colab
import index
import pages

OWNER, NAME = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})", r"[A-Za-z0-9._-]+"
LONGEST = 60                    # so that the line in the pages keeps to 79 characters
TEXTS = ("*.md", "docs/*.md", ".devcontainer/*.json", "environment.yml")


def checked(repository):
    """Return "owner/name"; stop with one sentence if it is none, or too long."""
    repository = repository.removeprefix("https://github.com/").removesuffix(".git")
    if not re.fullmatch(f"{OWNER}/{NAME}", repository):
        raise SystemExit(f"{repository!r} is no address on GitHub: give owner/name, for "
                         "example make publish REPOSITORY=ada/from-pixels-to-diffusion")
    if len(repository) > LONGEST:
        raise SystemExit(f"{repository} has more than {LONGEST} characters, too many for "
                         "a line of the pages: choose a shorter name")
    return repository


def replaced(text, old, new):
    """Return a text with another address, also where it is part of a link."""
    for way in (str, lambda part: quote(part, safe="")):
        text = re.sub(rf"(?:(?<=%2F)|(?<![\w-])){re.escape(way(old))}(?![\w-]|\.\w)",
                      way(new), text)
    return text


def main(repository):
    """Rewrite all files; the old address stays if one of them cannot be prepared."""
    new, old = checked(repository), colab.repository()
    stamp = pages.ROOT / ".venv" / ".installed"
    was_installed = _is_newer(stamp, colab.PROJECT)
    before = colab.PROJECT.read_text(encoding="utf-8")
    _write(colab.PROJECT, replaced(before, old, new))
    try:
        texts = {path: path.read_text(encoding="utf-8")
                 for pattern in TEXTS for path in pages.ROOT.glob(pattern)}
        texts |= index.rendered()           # the pages, and tables with the new address
    except BaseException:
        _write(colab.PROJECT, before)
        raise
    for path, text in texts.items():
        text = replaced(text, old, new)
        if path.read_text(encoding="utf-8") != text:
            _write(path, text)
            print(f"rewritten: {path.relative_to(pages.ROOT)}")
    if was_installed:
        stamp.touch()           # an address is no reason to install everything again


def _is_newer(path, other):
    return path.exists() and path.stat().st_mtime >= other.stat().st_mtime


def _write(path, text):
    """Write one complete file, or leave the old one."""
    draft = path.with_name(path.name + ".draft")
    draft.write_text(text, encoding="utf-8", newline="\n")
    os.replace(draft, path)


if __name__ == "__main__":
    if len(sys.argv) != 2 or not sys.argv[1]:
        sys.exit("say where the course will be: make publish REPOSITORY=owner/name")
    main(sys.argv[1])
