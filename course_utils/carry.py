"""Carry a student's work from one version of a page into the next.

A page is a dict as in the .ipynb file. Cells of the course are known by their ids, which
`make refresh` makes from the text of the cell: so it shows whether a cell was edited,
even where the old version of the page is not at hand.
"""

import ast
import copy
import hashlib
import json
import re
import uuid
from typing import NamedTuple

HOMELESS = "## Cells of yours that no longer have a place"
NOTE = "> **Your answer to `{}` is from an older version.**"
NOTES = re.compile(re.escape(NOTE).replace(r"\{\}", r"(\w+)"))
CHECK = re.compile(r"^\s*ex\.(\w+)\.check\(", re.MULTILINE)
VARYING = re.compile(r"(\*\*Runs in\*\* )(\d+)( s)")
LINK = re.compile(r"\[(page \d\d)\]\(\d\d_\w+\.ipynb\)")
NAVIGATION = "<!-- navigation -->"
TOP, LOST = object(), object()      # not behind any cell of the course; behind lost ones


class Carried(NamedTuple):
    """The new page with the student's work in it, and what was found.

    ``answers``, ``homeless`` and ``changed`` are names of exercises: answered, answered
    but gone from the page, answered but asked in other words now. ``own`` counts cells
    the student added, ``edited`` other course cells whose text the student changed.
    """

    page: dict
    answers: tuple = ()
    homeless: tuple = ()
    changed: tuple = ()
    own: int = 0
    edited: int = 0


def read_page(data):
    """Return the page in these bytes; ValueError says in a few words what is wrong."""
    try:
        page = json.loads(data.decode("utf-8-sig"))
    except ValueError:
        raise ValueError("it is no complete notebook") from None
    cells = page.get("cells") if isinstance(page, dict) else None
    if not isinstance(cells, list) or not all(
            isinstance(cell, dict) and isinstance(cell.get("source"), str | list)
            for cell in cells):
        raise ValueError("it is no notebook of format 4")
    return page


def page_bytes(page):
    """Return the bytes of a page, laid out as Jupyter writes it."""
    text = json.dumps(page, indent=1, sort_keys=True, ensure_ascii=False)
    return (text + "\n").encode()


def text_of(cell):
    """Return the source of a cell as one text."""
    source = cell["source"]
    return source if isinstance(source, str) else "".join(source)


def same_text(page, other):
    """Say whether two pages have the same cells, whatever their outputs."""
    first, second = ([(cell.get("cell_type"), text_of(cell)) for cell in each["cells"]]
                     for each in (page, other))
    return first == second


def exercise_names(page):
    """Return a dict: name of each exercise to the index of its first cell."""
    found = {}
    for k, cell in enumerate(page["cells"]):
        for name in _checks(cell):
            found.setdefault(name, k)
    return found


def carry(mine, new, old=None):
    """Return the new page with the work of the student's page in it, as `Carried`.

    Parameters
    ----------
    mine, new, old : dict
        The student's page, the new course's, and the one that the student began with
        (None where it is not at hand). None of them is changed.
    """
    work = _Work(mine, new, old)
    work.sort()
    cells = list(work.at_top)
    for cell in copy.deepcopy(new["cells"]):
        place = _place(cell)
        cells += work.answer(place, cell) if place in work.answers else [cell]
        cells += work.followers.get(place, [])
    cells += work.last_section()
    page = {**copy.deepcopy(new), "cells": _with_ids(cells)}
    kernel = mine.get("metadata", {}).get("kernelspec")
    if kernel:
        page["metadata"]["kernelspec"] = kernel
    there = [name for name in work.answers if name in work.places]
    return Carried(page, tuple(there), tuple(set_minus(work.answers, there)),
                   tuple(work.changed), work.own, work.edited)


def set_minus(names, other):
    """Return the names that are not in the other list, in their order."""
    return [name for name in names if name not in other]


class _Work:
    """The cells of a student's page, sorted by what becomes of them."""

    def __init__(self, mine, new, old):
        self.cells = copy.deepcopy(mine["cells"])
        self.new, self.old = new["cells"], old["cells"] if old else []
        self.places = {_place(cell) for cell in self.new}
        course = [*self.old, *self.new]             # where both have it, the new one
        self.ids = {cell["id"]: cell for cell in course if "id" in cell}
        self.texts = {text_of(cell).strip(): cell for cell in course}
        self.answers, self.followers, self.notes = {}, {}, {}
        self.at_top, self.homeless, self.changed = [], [], []
        self.own = self.edited = 0

    def sort(self):
        """Give each cell of the student's page its role."""
        anchor, seen, homeless = TOP, set(), False
        for cell in self.cells:
            note = NOTES.match(text_of(cell))
            if note:
                self.notes[note[1]] = cell
                continue
            if text_of(cell).startswith(HOMELESS):
                homeless = True
                continue
            place = self._course_place(cell, seen)
            if place is None:
                self.own += 1
                self._keep(cell, LOST if homeless else anchor)
            elif place in self.places:
                anchor = place
            elif anchor == TOP:
                anchor = LOST

    def _course_place(self, cell, seen):
        """Return the place of a course's cell (None: it is the student's); take answers."""
        name = self._exercise(cell)
        if name:
            if not self._untouched(cell):
                self.answers.setdefault(name, []).append(cell)
            return name
        known = self._known(cell, seen)
        if known:
            self.edited += known is not cell and text_of(cell).strip() not in self.texts
        return known and _place(known)

    def _keep(self, cell, anchor):
        """Put one cell of the student's own where it belongs."""
        if anchor == TOP:
            self.at_top.append(cell)
        elif anchor == LOST:
            self.homeless.append(cell)
        else:
            self.followers.setdefault(anchor, []).append(cell)

    def _exercise(self, cell):
        """Return the name of the exercise that a cell answers, or None."""
        names = _checks(cell) or _checks(self.ids.get(cell.get("id"), {}))
        return names[0] if names else None

    def _known(self, cell, seen):
        """Return the course's cell that this one is, edited or not, or None."""
        identity, text = cell.get("id"), text_of(cell).strip()
        by_id = self.ids.get(identity)
        if by_id is None or text_of(by_id).strip() != text:
            known = self.texts.get(text) or (cell if is_shipped(cell) else None)
            if known or identity in seen:           # a copy of a cell may keep its id
                return known
        seen.add(identity)
        return by_id

    def _untouched(self, cell):
        """Say whether the cell of an exercise holds nothing of the student's."""
        text = text_of(cell)
        return "NotImplementedError" in text and (
            text.strip() in self.texts or is_shipped(cell)
            or "#" not in text and _is_stub(text))

    def answer(self, name, stub):
        """Return the student's cells for an exercise, in place of the new stub."""
        cells = self.answers[name]
        main = next((cell for cell in reversed(cells) if _checks(cell)), cells[-1])
        main["metadata"] = stub.get("metadata", {})
        if "id" in stub:
            main["id"] = stub["id"]
        for cell in cells:
            if "outputs" in cell:                   # verdicts of the old checks
                cell["outputs"], cell["execution_count"] = [], None
        note = self._note(name, text_of(main), text_of(stub)) or self.notes.get(name)
        return [note, *cells] if note else cells

    def _note(self, name, answer, stub):
        """Return a text cell that tells how the exercise changed, or None."""
        begun = [text_of(cell) for cell in self.old if name in _checks(cell)]
        before, after = contract(begun[0] if begun else answer, name), contract(stub, name)
        if not before or not after or before == after:
            return None
        if not begun and before == (after[0], ""):  # the docstring was deleted
            return None
        self.changed.append(name)
        return {"cell_type": "markdown", "metadata": {"slideshow": {"slide_type": "notes"}},
                "source": f"{NOTE.format(name)} The exercise now reads as below; delete "
                          f"this note when your answer fits.\n\n```python\n"
                          f"{stub.strip()}\n```"}

    def last_section(self):
        """Return the cells without a place, under a heading, or nothing."""
        gone = set_minus(self.answers, self.places)
        cells = [cell for name in gone for cell in self.answers[name]] + self.homeless
        if not cells:
            return []
        names = ", ".join(f"`{name}`" for name in gone)
        about = (f"The page no longer has {'this exercise' if len(gone) == 1 else 'these'}"
                 f": {names}. " if gone else "") + "Keep here what you still need."
        return [{"cell_type": "markdown", "metadata": {"slideshow": {"slide_type": "skip"}},
                 "source": f"{HOMELESS}\n\n{about}"}, *cells]


def _checks(cell):
    """Return the names of the exercises that a cell checks."""
    if cell.get("cell_type") != "code":
        return []
    return CHECK.findall(text_of(cell))


def _place(cell):
    """Return what tells a cell of the course: its exercise, else its id or its text."""
    names = _checks(cell)
    return names[0] if names else cell.get("id") or text_of(cell)


def is_shipped(cell):
    """Say whether a cell has the very text that its id was made from."""
    text = text_of(cell)
    return any(cell.get("id") == digest(f"{each}{number or ''}")
               for each in (VARYING.sub("", text), plain(text)) for number in range(5))


def plain(text):
    """Return the text of a cell without what `make index` and `make refresh` put in."""
    return LINK.sub(r"\1", VARYING.sub("", text)).split(NAVIGATION)[0].rstrip()


def digest(text):
    """Return the id of a cell with this text, as `make refresh` makes it."""
    return hashlib.sha1(text.encode()).hexdigest()[:8]


def contract(source, name):
    """Return what an exercise asks: (parameters, docstring), or None."""
    for node in _function(source, name):
        return ast.unparse(node.args), ast.get_docstring(node) or ""
    return None


def _function(source, name=None):
    """Return a list of the functions of that name (or all) in a cell that parses."""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError):
        return []
    return [node for node in body if isinstance(node, ast.FunctionDef)
            and name in (None, node.name)]


def _is_stub(source):
    """Say whether every function of a cell has nothing but a docstring and a raise."""
    functions = _function(source)
    return bool(functions) and all(
        len(node.body) - bool(ast.get_docstring(node)) == 1
        and isinstance(node.body[-1], ast.Raise) for node in functions)


def _with_ids(cells):
    """Return the cells, each with an id that no other cell has."""
    seen = set()
    for cell in cells:
        if cell.get("id") in seen or not cell.get("id"):
            cell["id"] = uuid.uuid4().hex[:8]
        seen.add(cell["id"])
    return cells
