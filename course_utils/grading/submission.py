"""Read a submitted notebook: whose it is, which page, which cells are the student's."""

import ast
import json
import re
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from IPython.core.inputtransformer2 import TransformerManager

ROOT = Path(__file__).resolve().parent.parent.parent
LARGEST = 100e6                 # bytes of a file
LOADS = re.compile(r"load_exercises\(\s*[\"'](\w+)[\"']")
IN_NAME = re.compile(r"(?<!\d)(\d\d)_")


class Unusable(Exception):
    """Raised with one sentence for a file that cannot be marked."""


class Cell(NamedTuple):
    """A cell: its place from 1, "code" or another kind, source, tags, as in the page."""

    number: int
    kind: str
    source: str
    tags: tuple = ()
    shipped: bool = False


class Submission(NamedTuple):
    """A notebook that can be marked."""

    path: Path
    student: str
    page: str
    cells: tuple

    @property
    def code(self):
        """The code cells."""
        return [cell for cell in self.cells if cell.kind == "code"]


def read(path, pages, page=None):
    """Return the Submission in a file.

    Parameters
    ----------
    path : Path
    pages : collection of str
        The pages that have exercises.
    page : str, optional
        The page that it must be, or is if nothing in it tells.

    Raises
    ------
    Unusable
        With the sentence for the instructor.
    """
    raw = _cells(_notebook(path))
    text = "\n".join(cell.source for cell in raw if cell.kind == "code")
    found = _page(path, text, pages, page)
    known = shipped(found)
    cells = tuple(cell._replace(shipped=cell.source.strip() in known) for cell in raw)
    return Submission(path, student(path, found), found, cells)


def _notebook(path):
    """Return the notebook's JSON as a dict with cells."""
    text = _text(path)
    try:
        book = json.loads(text)
    except json.JSONDecodeError as error:
        cut = text.lstrip().startswith("{") and not text.rstrip().endswith("}")
        raise Unusable("the file ends in the middle: it was cut when it was saved or sent"
                       if cut else "this is not a notebook: it is no JSON, from line "
                       f"{error.lineno} on") from None
    except RecursionError:
        raise Unusable("this is not a notebook") from None
    if isinstance(book, dict) and "worksheets" in book:
        raise Unusable("this notebook has the format of before 2015: open and save it in "
                       "JupyterLab")
    if not isinstance(book, dict) or not isinstance(book.get("cells"), list):
        raise Unusable("this is not a notebook: it has no cells")
    return book


def _text(path):
    """Return the text of a file that is not empty and not huge."""
    try:
        if path.stat().st_size > LARGEST:
            raise Unusable(f"the file has {path.stat().st_size / 1e6:.0f} MB: ask for it "
                           "without its outputs")
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise Unusable(f"the file cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise Unusable("this is not a notebook: it is no text") from None
    if not text.strip():
        raise Unusable("the file is empty")
    return text


def _cells(book):
    """Return the cells that have a source; what is malformed is left out."""
    cells = []
    for number, cell in enumerate(book["cells"], 1):
        source = cell.get("source") if isinstance(cell, dict) else None
        if isinstance(source, list):
            source = "".join(map(str, source))
        if not isinstance(source, str):
            continue
        metadata = cell.get("metadata")
        tags = metadata.get("tags") if isinstance(metadata, dict) else ()
        tags = tuple(map(str, tags)) if isinstance(tags, list) else ()
        cells.append(Cell(number, str(cell.get("cell_type")), source, tags))
    return cells


def _page(path, text, pages, page):
    """Return the page by its source, else by its file name, else ``page``."""
    inside, name = LOADS.search(text), IN_NAME.search(path.name)
    found = inside[1] if inside else page or (name and name[1])
    if not found:
        raise Unusable("nothing tells which page this is: say it with --page")
    if page and found != page:
        raise Unusable(f"this is page {found}, and page {page} was asked for")
    if found not in pages:
        raise Unusable(f"there is no page {found} with exercises")
    return found


@cache
def shipped(page):
    """Return the sources of the code cells of a page as it was handed out."""
    files = sorted((ROOT / "notebooks").glob(f"{page}_*.ipynb"))
    if not files:
        return frozenset()
    book = json.loads(files[0].read_text(encoding="utf-8"))
    return frozenset(cell.source.strip() for cell in _cells(book)
                     if cell.kind == "code")


def student(path, page=None):
    """Return the student's name: what the file name adds to the page's own."""
    number = IN_NAME.search(path.name)
    page = page or (number[1] if number else "")
    name = path.stem
    for known in (*(file.stem for file in (ROOT / "notebooks").glob(f"{page}_*.ipynb")),
                  f"{page}_", page):
        if known in name:
            name = name.replace(known, " ", 1)
            break
    name = re.sub(r"[\s_\-.]+", " ", name).strip()
    return name or path.parent.name or path.stem


@lru_cache(1000)
def tree(source):
    """Return the syntax tree of a cell, its magics and shell lines rewritten.

    Raises
    ------
    SyntaxError
        If Python cannot read it.
    """
    try:
        return ast.parse(TransformerManager().transform_cell(source))
    except (ValueError, RecursionError, MemoryError) as error:
        raise SyntaxError(str(error)) from None


@lru_cache(1000)
def defined(source):
    """Return the names that a cell binds at its top level; of broken code, by eye."""
    try:
        body = tree(source).body
    except SyntaxError:
        return set(re.findall(r"^(?:def|class)\s+(\w+)", source, re.MULTILINE))
    return {name for statement in body for name in bound(statement)}


def bound(statement):
    """Return the names that a statement binds, item assignments included."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {statement.name}
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return {(name.asname or name.name).split(".")[0] for name in statement.names}
    names = set()
    for node in ast.walk(statement):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif (isinstance(node, ast.Subscript | ast.Attribute)
              and isinstance(node.ctx, ast.Store) and isinstance(node.value, ast.Name)):
            names.add(node.value.id)
    return names


@lru_cache(1000)
def checked(source):
    """Return a dict: exercises whose check a cell calls, to the name that it is given."""
    try:
        nodes = list(ast.walk(tree(source)))
    except SyntaxError:
        return {name: given for name, given in re.findall(
            r"^\s*\w+\.(\w+)\.check\(\s*(\w*)", source, re.MULTILINE)}
    found = {}
    for node in nodes:
        match node:
            case ast.Call(ast.Attribute(ast.Attribute(_, name), "check"), arguments):
                given = arguments[0] if arguments else None
                found[name] = given.id if isinstance(given, ast.Name) else ""
    return found
