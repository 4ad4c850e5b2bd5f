"""Redraw the generated parts of TEACHING.md: goals, plans, known mistakes, dependencies.

The plan of a page stands in the page itself, in the cell that begins with
"**In class**"; everything here is read from the pages, the exercises and the catalogue,
so that nothing is written twice. ``make index`` writes; the tests call `rendered`.
"""

import re
from typing import NamedTuple

import pages

from course_utils import PAGES, load_exercises

FILE = pages.ROOT / "TEACHING.md"
MOST = 5                # known mistakes shown for each exercise; the others are counted
PLAN = "**In class** "
LINK = re.compile(r"\[([^]]+)\]\([^)]*\)")
ROW = re.compile(r"^\| (\d+) \| (\d+)\. (.+?) \| ([\d, ]*) ?\|$", re.MULTILINE)
HOME = re.compile(r"^\*\*At home\*\* sections: ([^;]*); exercises: ([^.]*)\.", re.MULTILINE)


class Plan(NamedTuple):
    """The plan of a page: rows (minutes, section, heading, exercises), and what is left."""

    rows: list
    home_sections: list
    home_exercises: list


def numbers_in(text):
    """Return the whole numbers in a text."""
    return [int(number) for number in re.findall(r"\d+", text)]


def plan_text(book):
    """Return the source of the cell that holds the plan, or ""."""
    return next((cell.source for cell in pages.cells(book, "markdown")
                 if cell.source.startswith(PLAN)), "")


def read_plan(book):
    """Return the Plan of a page; without a readable one, its lists are empty."""
    text = plan_text(book)
    rows = [(int(minutes), int(section), heading, numbers_in(exercises))
            for minutes, section, heading, exercises in ROW.findall(text)]
    home = HOME.search(text)
    left = [numbers_in(part) for part in home.groups()] if home else [[], []]
    return Plan(rows, *left)


def sections(book):
    """Return the numbered sections of a page, number to heading."""
    text = "\n".join(cell.source for cell in pages.cells(book, "markdown"))
    return {int(number): heading for number, heading in
            re.findall(r"^## (\d+)\. (.+)$", text, re.MULTILINE)}


def exercise_numbers(book):
    """Return the numbers of the exercises of a page, in its order."""
    text = "\n".join(cell.source for cell in pages.cells(book, "markdown"))
    return numbers_in(" ".join(re.findall(r"^### Exercise (\d+)", text, re.MULTILINE)))


def goals(book):
    """Return the promises of a page, one text each."""
    promised = book.cells[0].source.split("**By the end you can**")[-1]
    return [LINK.sub(r"\1", line) for line in re.findall(r"^- (.+)$", promised,
                                                         re.MULTILINE)]


# --- what is written between the markers --------------------------------------------------

def _page_part(number, book, file):
    """Return heading, goals and plan of a page."""
    plan = plan_text(book) or f"{PLAN}90 min: not planned yet."
    return (f"## {number} {pages.title(book)}\n\n"
            f"[Open the page](notebooks/{file}). By the end you (the student) can\n\n"
            + "\n".join(f"- {goal}" for goal in goals(book)) + f"\n\n{plan}")


def first_sentence(text):
    """Return the first sentence of a text, ready to stand in a table."""
    sentence = re.match(r".*?[.!?](?=\s|$)|.*", " ".join(text.split()))[0]
    return sentence.replace("|", "\\|").replace("<", "&lt;")


def _mistakes_part(number):
    """Return the first known mistakes of each exercise, folded."""
    lines = ["<details><summary><b>Common mistakes</b>, as the checker names them: the "
             f"first {MOST} of each exercise</summary>", "",
             "| exercise | mistake | what the student reads first |", "|---|---|---|"]
    for exercise in load_exercises(number):
        for k, (name, mistake) in enumerate(list(exercise.mistakes.items())[:MOST]):
            label = f"`{exercise.name}` ({len(exercise.mistakes)} known)"
            lines.append(f"| {'' if k else label} | {first_sentence(name)} "
                         f"| {first_sentence(mistake.message)} |")
    return "\n".join([*lines, "", "</details>"])


def _all_before(number):
    """Return the numbers of all pages that ``number`` builds on, in order."""
    known = {page.number: page.before for page in PAGES}
    found, waiting = set(), list(known[number])
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += known[one]
    return sorted(found)


def _dependencies(books):
    """Return the table of the pages that exist: what each needs, and who needs it."""
    rows = ["| page | read first | in all | leads to | work |", "|---|---|---|---|---|"]
    for page in PAGES:
        if page.number in books:
            book = books[page.number]
            later = [other.number for other in PAGES
                     if page.number in other.before and other.number in books]
            rows.append(f"| {page.number} {pages.title(book)} | {', '.join(page.before)} "
                        f"| {', '.join(_all_before(page.number))} | {', '.join(later)} "
                        f"| {pages.work_minutes(book)} min |")
    return "\n".join(rows)


def put_between(text, name, new):
    """Replace what stands between the markers of ``name``, added at the end if missing."""
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    if begin not in text or end not in text:
        return f"{text.rstrip()}\n\n{begin}\n{new}\n{end}\n"
    return f"{text.split(begin)[0]}{begin}\n{new}\n{end}{text.split(end)[1]}"


def rendered(books, files, text=None):
    """Return TEACHING.md with its generated parts made anew from the pages."""
    text = FILE.read_text(encoding="utf-8") if text is None else text
    text = put_between(text, "dependencies", _dependencies(books))
    for number, book in sorted(books.items()):
        text = put_between(text, f"page {number}",
                           _page_part(number, book, files[number].name))
        text = put_between(text, f"mistakes {number}", _mistakes_part(number))
    return text


def hand_written(text, number):
    """Return what is written by hand for a page: between its two generated parts."""
    after = text.split(f"<!-- /page {number} -->")[-1]
    return after.split(f"<!-- mistakes {number} -->")[0]
