"""What a marking found: one row an exercise, one line a student, what the class did."""

import csv
import os
import re
import tempfile
import textwrap
from collections import Counter, defaultdict
from pathlib import Path

from course_utils.exercise import _wrapped
from course_utils.grading.marking import RESULTS, exercises

COLUMNS = ("file", "student", "page", "exercise", "result", "mistake", "verdict",
           "look_at", "seconds")
WIDTH = 79
TABLE = {"solved": ["solved"], "mistake": ["known mistake"], "wrong": ["wrong"],
         "error": ["error"], "limit": ["time", "memory"], "untried": ["not attempted"],
         "missing": ["missing", "not marked"]}


def rows(marked):
    """Yield the rows of the table: one an exercise, one for a file without any."""
    for one in marked:
        if one.trouble:
            yield (str(one.path), one.student, one.page, "", "not marked", "",
                   one.trouble, "", 0)
        for result in one.results:
            yield (str(one.path), one.student, one.page, result.exercise, result.result,
                   result.mistake, " ".join(result.text.split()), result.look_at,
                   round(result.seconds, 2))


def write_csv(marked, path):
    """Write the table as one complete file, which spreadsheets open as it is."""
    def fill(file):
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows([map(_harmless, row) for row in rows(marked)])

    _replace(path, fill, "utf-8-sig")


def _harmless(value):
    """Return a text that no spreadsheet takes for a formula."""
    text = str(value)
    return "'" + text if text[:1] in ("=", "+", "-", "@") else text


def _replace(path, fill, encoding="utf-8"):
    """Write a file beside ``path``, then put it in its place."""
    path = Path(path)
    handle, draft = tempfile.mkstemp(dir=path.parent, suffix=".draft")
    try:
        with open(handle, "w", encoding=encoding, newline="") as file:
            fill(file)
        os.chmod(draft, 0o644)
        os.replace(draft, path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


def write_feedback(marked, folder):
    """Write one Markdown file for each notebook: what its author is to read."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    used = Counter()
    for one in marked:
        stem = re.sub(r"[^\w\-]+", "_", f"{one.student}_{one.page}").strip("_")
        used[stem] += 1
        name = stem if used[stem] == 1 else f"{stem}_{used[stem]}"
        _replace(folder / f"{name}.md", lambda file, one=one: file.write(feedback(one)))


def feedback(one):
    """Return what the author of a notebook is to read, as Markdown."""
    if one.trouble:
        return f"# {one.student}\n\nNot marked: {one.trouble}.\n"
    parts = [f"# Page {one.page}, {one.student}\n\n{_score(one)} exercises solved\n"]
    for result in one.results:
        fence = "~" * max(4, 1 + max(map(len, re.findall("~+", result.text)), default=0))
        text = f"\n{fence}\n{_wrapped(result.text)}\n{fence}\n" if result.text else ""
        parts.append(f"## {result.exercise}: {result.result}\n{text}")
    return "\n".join(parts)


def _score(one):
    solved = sum(result.result == "solved" for result in one.results)
    return f"{solved} of {len(one.results)}"


def student_lines(marked):
    """Return one line for each notebook: what is solved, and what the others are."""
    width = max([len(one.student) for one in marked], default=0)
    lines = []
    for one in marked:
        if one.trouble:
            rest = f"not marked: {one.trouble}"
        else:
            groups = defaultdict(list)
            for result in one.results:
                groups[result.result].append(result.exercise)
            rest = f"{_score(one)} solved" + "".join(
                f"; {kind}: {', '.join(groups[kind])}" for kind in RESULTS[1:]
                if groups[kind])
        lines.append(_hanging(f"{one.student:{width}}  {one.page or '--':2}  ", rest))
    return "\n".join(lines)


def summary(marked):
    """Return what the class did: counts, common mistakes, what to look at."""
    parts = []
    for page in sorted({one.page for one in marked if one.results}):
        own = [one for one in marked if one.page == page and one.results]
        parts += [f"page {page}, {len(own)} notebooks", _counts(own), _mistakes(page, own)]
    parts += [_look_at(marked), _equal(marked)]
    return "\n\n".join(filter(None, parts))


def _counts(marked):
    """Return a table: how often each exercise got each result."""
    counts = defaultdict(Counter)
    for one in marked:
        for result in one.results:
            counts[result.exercise][result.result] += 1
    heads = [head for head, kinds in TABLE.items()
             if any(count[kind] for count in counts.values() for kind in kinds)]
    width = max(map(len, counts))
    lines = [" " * width + "".join(f"  {head}" for head in heads)]
    for name, count in counts.items():
        numbers = [sum(count[kind] for kind in TABLE[head]) or "." for head in heads]
        lines.append(f"{name:{width}}" + "".join(
            f"  {number:>{len(head)}}" for number, head in zip(numbers, heads,
                                                               strict=True)))
    return "\n".join(lines)


def _mistakes(page, marked):
    """Return the known mistakes, the most common first, with what the students read."""
    counts = Counter((result.exercise, name) for one in marked for result in one.results
                     if result.mistake for name in result.mistake.split(" + "))
    lines = ["known mistakes"] if counts else []
    for (exercise, name), number in counts.most_common():
        message = getattr(exercises(page), exercise).mistakes[name].message
        lines.append(_hanging(f"  {number} x  ", f"{exercise}, {name}: {message}"))
    return "\n".join(lines)


def _look_at(marked):
    """Return the answers that a person should look at."""
    lines = []
    for one in marked:
        groups = defaultdict(list)
        for result in one.results:
            for found in filter(None, result.look_at.split("; ")):
                groups[found].append(result.exercise)
        for found, names in groups.items():
            what = "all" if len(names) == len(one.results) > 1 else ", ".join(names)
            lines.append(_hanging("  ", f"{one.student}, page {one.page}, {what}: {found}"))
    return "\n".join(["look at (a hint, not a proof)", *lines]) if lines else ""


def _equal(marked):
    """Return whose longer answers are equal but for names and spacing."""
    groups = defaultdict(list)
    for one in marked:
        for result in one.results:
            if result.code:
                groups[one.page, result.exercise, result.code].append(
                    f"{one.student} ({result.result})")
    lines = [_hanging("  ", f"{name}: {', '.join(students)}")
             for (_, name, _), students in groups.items() if len(students) > 1]
    head = textwrap.fill("the same code but for names and spacing, in answers of four "
                         "statements or more (often just the usual way to write it)", WIDTH)
    return "\n".join([head, *lines]) if lines else ""


def _hanging(label, text):
    """Return wrapped text behind a label; lines after the first stand below the text."""
    return textwrap.fill(" ".join(text.split()), WIDTH, initial_indent=label,
                         subsequent_indent=" " * min(len(label), 30))
