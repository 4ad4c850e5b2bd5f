"""Make the lecture of a page: ``python tools/slides.py 04``, or ``all``; ``--pdf`` too.

A deck is one HTML file in build/slides and the folder assets beside it. It is made from
the stored page, so nothing is executed, and it needs no network: put build/slides on a
stick. What goes on a slide is said by the slide types of the cells; how much fits on
one is decided by tools/deck/deck.js in the browser, where heights are known.
"""

import ast
import base64
import html
import re
import shutil
import struct
import sys
from functools import cache
from pathlib import Path
from string import Template

import pages
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

BUILD = pages.ROOT / "build" / "slides"
OWN = pages.ROOT / "tools" / "deck"
VENDOR = pages.ROOT / "vendor"
ASSETS = [OWN / "deck.css", OWN / "deck.js", VENDOR / "mathjax" / "tex-svg.js",
          *(VENDOR / "reveal" / name for name in ("reveal.js", "reveal.css", "notes.js"))]
HEADING = re.compile(r"\A#{1,4} +(.*)\n*")
WORK = re.compile(r"^\*\*Work\*\* .*$", re.MULTILINE)
STARTS = ("slide", "subslide")
# Calls whose lines are no lecture: what they print or draw is on the slide.
SILENT = ("claim", "show")
DEFINITIONS = (ast.FunctionDef, ast.ClassDef)
NETWORKS = ("Sequential", "Model", "compile")
LONG_TABLE = 14
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# What a browser would fetch when it opens the deck.
FETCHED = re.compile(r"""(?:\bsrc|\bsrcset|\bposter|<link[^>]*\bhref)\s*=\s*["']?"""
                     r"""(?!data:|assets/)([^"'\s>]+)|url\(\s*["']?(?!data:|#)([^)]+)""",
                     re.IGNORECASE)


# --- text ----------------------------------------------------------------------------------

def markdown(source):
    """Return Markdown as HTML; formulas are left for MathJax, links to pages are text."""
    source = re.sub(r"<!--.*?-->", "", source, flags=re.DOTALL)
    text = MarkdownWithMath(renderer=IPythonRenderer(
        escape=False, exclude_anchor_links=True)).render(source)
    text = re.sub(r'<a href="(?!https?:)[^"]*">(.*?)</a>', r"\1", text, flags=re.DOTALL)
    text = re.sub(r'<img src="(?!https?:|data:)([^"]*)"',
                  lambda found: f'<img src="{_data_uri(found[1])}"', text)
    return re.sub(r"(<table>.*?<tbody>)(.*?)(</tbody>.*?</table>)", _halved, text,
                  flags=re.DOTALL)


def _halved(table):
    """Put the halves of a long table side by side."""
    rows = re.findall(r"<tr>.*?</tr>", table[2], re.DOTALL)
    if len(rows) <= LONG_TABLE:
        return table[0]
    half = (len(rows) + 1) // 2
    parts = [table[1] + "".join(part) + table[3] for part in (rows[:half], rows[half:])]
    return f'<div class="halves">{"".join(parts)}</div>'


def _data_uri(name):
    """Return a picture file named in a page as a data URI."""
    data = base64.b64encode((pages.NOTEBOOKS / name).read_bytes()).decode()
    return f"data:image/{Path(name).suffix[1:]};base64,{data}"


def without_tags(text):
    """Return the words of a piece of HTML."""
    return html.unescape(re.sub(r"<[^>]+>", "", text)).strip()


@cache
def heading(source):
    """Return the words of a heading as HTML: as such, "1. Noise" is no list."""
    return re.sub(r"</?h1[^>]*>", "", markdown(f"# {source}")).strip()


# --- code ----------------------------------------------------------------------------------

def colour(source):
    """Return Python code as coloured HTML."""
    return highlight(source, PythonLexer(stripnl=False), HtmlFormatter(nowrap=True))


def calls(statement):
    """Return the name of the function that a statement calls, such as ``claim``."""
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        function = statement.value.func
        return getattr(function, "id", getattr(function, "attr", ""))
    return ""


def lesson_lines(source):
    """Return the code without what its output says better: what one explains.

    Claims, checks, empty exercises and drawing go; beside a definition also what prints.
    """
    tree, lines = ast.parse(source), source.splitlines()
    for node in _silent(tree):
        first = min([node.lineno, *(one.lineno for one in
                                    getattr(node, "decorator_list", []))])
        lines[first - 1:node.end_lineno] = [None] * (node.end_lineno - first + 1)
    text = "\n".join(line for line in lines if line is not None)
    text = re.sub(r"\n\s*\n(\s*\n)*", "\n\n", text).strip("\n")
    return text if _does_something(text) else ""


def _silent(tree):
    """Return the statements that no slide shows."""
    exercise = "NotImplementedError" in ast.unparse(tree)
    names = (*SILENT, "check") if exercise else SILENT
    found = [node for node in ast.walk(tree) if calls(node) in names
             or exercise and isinstance(node, ast.Raise)]
    beside = defines(tree)
    return found + [node for node in tree.body if _draws(node)
                    or beside and not isinstance(node, DEFINITIONS)
                    and "print(" in ast.unparse(node)]


def _draws(node):
    """Say whether a statement defines a function that draws: no lesson of the course."""
    return isinstance(node, ast.FunctionDef) and bool(
        re.search(r"\bplt\.|\bshow_\w+\(|\bax\.", ast.unparse(node)))


def defines(tree):
    """Say whether code defines a function, a class or a network: it is the lesson."""
    return any(isinstance(node, DEFINITIONS) for node in tree.body) or any(
        isinstance(node, ast.Attribute) and node.attr in NETWORKS
        for node in ast.walk(tree))


def _does_something(text):
    """Say whether code is still whole: a loop that only claimed is empty now."""
    try:
        return bool(ast.parse(text).body)
    except SyntaxError:
        return False


def only_claims(source):
    """Say whether all that a cell prints are claims."""
    names = {calls(node) for node in ast.walk(ast.parse(source))}
    return "claim" in names and "print" not in names


# --- items: what stands on a slide -----------------------------------------------------------

def picture(output, where):
    """Return a stored picture as an HTML image with its size and its alt text."""
    alt = output.metadata.get("image/png", {}).get("alt", "").strip()
    if not alt:
        raise SystemExit(f"{where}: a picture has no alt text. Draw it with "
                         'show("what it shows") and store the page anew.')
    data = output.data["image/png"].replace("\n", "")
    width, height = struct.unpack(">II", base64.b64decode(data[:64])[16:24])
    return (f'<img src="data:image/png;base64,{data}" width="{width}" '
            f'height="{height}" alt="{html.escape(alt)}">')


def printed(cell):
    """Return what a cell printed or returned as text."""
    return "".join(output.get("text", "") or output.get("data", {}).get("text/plain", "")
                   for output in cell.outputs
                   if "image/png" not in output.get("data", {})).rstrip("\n")


def code_items(cell, where):
    """Return the items of a code cell as (kind, HTML): code, result, picture, note.

    Code is shown where it defines something, or where one sees what it prints; other
    code prepares or draws, and goes to the speaker.
    """
    source = cell.source
    if source.startswith("explore("):          # its still picture stands before it
        return []
    drawn = [picture(output, where) for output in cell.outputs
             if "image/png" in output.get("data", {})]
    text, claims = printed(cell), only_claims(source)
    if re.search(r": not attempted yet\Z|\Apage \d\d: ", text):
        text = ""
    shown = "" if drawn else lesson_lines(source)
    lesson = bool(shown) and defines(ast.parse(shown))
    items = []
    if lesson or shown and text and not claims:
        items.append(("code" if lesson else "code aside",
                      f"<pre><code>{colour(shown)}</code></pre>"))
    elif source != "ex.report()":
        items.append(("note", _folded_code(source)))
    if text:
        items.append(("claims", _claim_list(text)) if claims
                     else ("result", f"<pre>{html.escape(text)}</pre>"))
    return items + [("picture", image) for image in drawn]


def _claim_list(text):
    """Return printed claims as a list."""
    text = text.replace(">= ", "\u2265\u00a0").replace("<= ", "\u2264\u00a0")
    text = re.sub(r"(?<=\de)-(?=\d)", "\u2011", text)      # do not break 1e-12
    lines = "".join(f"<li>{html.escape(line)}</li>" for line in text.splitlines())
    return f"<ul>{lines}</ul>"


def _folded_code(source):
    """Return code for the speaker's notes, folded."""
    return (f"<details><summary>Code</summary>"
            f"<pre>{html.escape(source)}</pre></details>")


def items_of(cell, where):
    """Return (title, items) of a cell; the title is that of its heading, or empty."""
    kind = cell.metadata.get("slideshow", {}).get("slide_type", "")
    if kind == "skip":
        return "", []
    if kind == "notes":
        body = (markdown(cell.source) if cell.cell_type == "markdown"
                else f"<pre>{html.escape(cell.source)}</pre>")
        return "", [("note", body)]
    if cell.cell_type == "code":
        return "", code_items(cell, where)
    found = HEADING.match(cell.source)
    body, notes = HEADING.sub("", cell.source), []
    if WORK.search(body):
        notes = [("note", markdown(WORK.search(body)[0]))]
        body = WORK.sub("", body)
    body = markdown(body).strip()
    return found[1] if found else "", [("text", body)] * bool(body) + notes


# --- groups: a slide cell and what follows it --------------------------------------------------

def groups(book, name):
    """Return the groups of a page: dicts of title, section, own and items.

    An item is (number of its cell, kind, HTML). ``own`` says whose title it is: "yes",
    its own; "no", that of the group before, which it may continue on the same slide;
    "section", that of the section, because an exercise stands between.
    """
    found, section, solved = [], "", False
    for k, cell in enumerate(book.cells):
        title, items = items_of(cell, f"{name}, cell {k}")
        if cell.source.startswith("## "):
            section = title
        starts = cell.metadata.get("slideshow", {}).get("slide_type") in STARTS
        starts = starts and (title or not _only_introduces_panel(book, k))
        if not found or starts or solved and _shows(items):
            own = "yes" if title else "section" if solved else "no"
            found.append({"title": title or section, "section": section, "own": own,
                          "items": []})
            solved = False
        elif title:
            items.insert(0, ("text", f"<h3>{heading(title)}</h3>"))
        solved = solved or "raise NotImplementedError" in cell.source
        found[-1]["items"] += [(k, kind, body) for kind, body in items]
    return [group for group in found if group["items"] or group["own"] == "yes"]


def _shows(items):
    """Say whether anything of a cell is seen by the room."""
    return any(kind != "note" for kind, _ in items)


def _only_introduces_panel(book, k):
    """Say whether slide cell ``k`` is followed by nothing shown but a panel."""
    shown = []
    for cell in book.cells[k + 1:]:
        kind = cell.metadata.get("slideshow", {}).get("slide_type")
        if kind in STARTS:
            break
        if kind == "fragment":
            shown.append(cell.source.startswith("explore("))
    return bool(shown) and all(shown)


def group_html(group):
    """Return a group as HTML for deck.js to lay out."""
    items = "\n".join(f'<div class="{"note" if kind == "note" else f"item {kind}"}" '
                      f'data-cell="{k}">{body}</div>' for k, kind, body in group["items"])
    section = html.escape(without_tags(heading(group["section"])))
    return (f'<div class="group" data-section="{section}" data-own="{group["own"]}">\n'
            f"<h2>{heading(group['title'])}</h2>\n{items}\n</div>")


# --- decks -------------------------------------------------------------------------------------

def deck(book, name):
    """Return the deck of a page as HTML."""
    parts = groups(book, name)
    number, title = name[:2], pages.title(book)
    parts[0]["title"] = title
    template = Template((OWN / "deck.html").read_text(encoding="utf-8"))
    text = template.substitute(number=number, title=html.escape(title),
                               groups="\n".join(map(group_html, parts)))
    for found in FETCHED.finditer(text):
        raise SystemExit(f"{name}: the deck would fetch {found[1] or found[2]}. A deck "
                         "must work without a network: ship the picture with the page.")
    return text


def replace(path, text):
    """Write a text file as a whole: a crash leaves the old one in place."""
    draft = path.with_suffix(".draft")
    draft.write_text(text, encoding="utf-8", newline="\n")
    draft.replace(path)


def copy_assets(folder):
    """Copy what all decks share into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in ASSETS:
        if not path.is_file():
            raise SystemExit(f"{path.name} is missing: get it by python tools/vendor.py")
        shutil.copyfile(path, folder / path.name)
    for licence in VENDOR.glob("*/LICENSE"):
        shutil.copyfile(licence, folder / f"LICENSE-{licence.parent.name}")


def build(name, folder=BUILD):
    """Write the decks of the named pages into ``folder``; return their paths."""
    copy_assets(folder / "assets")
    made = []
    for path in pages.find_pages(name):
        made.append(folder / f"{path.stem}.html")
        replace(made[-1], deck(pages.read(path), path.stem))
    return made


def print_pdfs(decks):
    """Print decks to PDF by Chromium, one slide a page; return the paths."""
    chromium = next(filter(None, map(shutil.which, BROWSERS)), None)
    if chromium is None:
        raise SystemExit("the decks are made, but a PDF needs Chromium or Chrome: install "
                         "it, or open the deck with ?print-pdf behind its address in "
                         "another browser and print it there")
    from playwright.sync_api import sync_playwright

    made = []
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for path in decks:
            page = browser.new_page()
            page.goto(f"{path.as_uri()}?print-pdf")
            page.wait_for_selector("html[data-deck=ready] .pdf-page", state="attached")
            made.append(path.with_suffix(".pdf"))
            page.pdf(path=made[-1], prefer_css_page_size=True, print_background=True)
            page.close()
        browser.close()
    return made


def main(name, pdf=False):
    """Build the named decks and say where they are."""
    made = build(name)
    made += print_pdfs(made) if pdf else []
    for path in made:
        print(f"{path.relative_to(pages.ROOT)}: {path.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    options = [word for word in sys.argv[1:] if word != "--pdf"]
    if len(options) != 1:
        sys.exit("say which page: python tools/slides.py 04, or all")
    main(options[0], pdf="--pdf" in sys.argv)
