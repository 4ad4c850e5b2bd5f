"""The instructor's guide: every page has a plan that fits it, questions and more to do."""

import re

import index
import nbformat
import pages
import pytest
import teaching

from course_utils import PAGES

PATHS = pages.all_pages()
TEXT = teaching.FILE.read_text(encoding="utf-8")
QUESTION = re.compile(r"^- \*\*.+?\*\* .{20,}$", re.MULTILINE)
TASK = re.compile(r"^\d\. .+ Find: .{20,}$", re.MULTILINE)
COURSE = re.compile(r"^\| .+ \| (\d+) \| (\d\d(?:, \d\d)+) \|$", re.MULTILINE)

each_page = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name[:2])


def plan_faults(book):
    """Return what is wrong with the plan of a page, one sentence each."""
    plan, known = teaching.read_plan(book), teaching.sections(book)
    faults = []
    if sum(minutes for minutes, *_ in plan.rows) != 90:
        faults.append("the minutes do not sum to 90")
    faults += [f"there is no section {section}. {heading}"
               for _, section, heading, _ in plan.rows if known.get(section) != heading]
    planned = [section for _, section, *_ in plan.rows] + plan.home_sections
    if sorted(planned) != sorted(known):
        faults.append(f"sections {sorted(planned)} are planned, {sorted(known)} exist")
    done = [number for *_, numbers in plan.rows for number in numbers]
    if sorted(done + plan.home_exercises) != sorted(teaching.exercise_numbers(book)):
        faults.append("the exercises of plan and page differ")
    return faults


@each_page
def test_the_plan_fits_the_page(path):
    assert not plan_faults(pages.read(path))


@each_page
def test_the_plan_stands_before_the_first_section_in_the_notes(path):
    cells = pages.read(path).cells
    place, = (k for k, cell in enumerate(cells) if cell.source.startswith(teaching.PLAN))
    first = next(k for k, cell in enumerate(cells) if cell.source.startswith("## "))
    assert 0 < place < first
    assert cells[place].metadata.slideshow.slide_type == "notes"


@each_page
def test_the_guide_has_what_a_teacher_needs(path):
    number = path.name[:2]
    part = teaching.hand_written(TEXT, number)
    asked = part.split("**Questions students ask**")[-1].split("**Early finishers**")[0]
    assert 4 <= len(QUESTION.findall(asked)) <= 6, f"page {number}: 4 to 6 questions"
    assert len(TASK.findall(part)) >= 2, f"page {number}: two tasks, each with Find:"
    assert "**For a grade:**" in part, f"page {number}: say what to grade"
    assert len(teaching.goals(pages.read(path))) >= 3


@each_page
def test_the_guide_names_existing_exercises_to_grade(path):
    part = teaching.hand_written(TEXT, path.name[:2])
    numbers = teaching.numbers_in(part.split("**For a grade:**")[1].split(".")[0])
    assert set(numbers) <= set(teaching.exercise_numbers(pages.read(path)))


def test_generated_parts_are_in_step():
    assert index.rendered()[teaching.FILE] == TEXT, "run `make index`"


def test_a_course_reads_pages_after_what_they_need():
    before = {page.number: page.before for page in PAGES}
    courses = COURSE.findall(TEXT)
    assert len(courses) >= 3
    for sessions, listed in courses:
        numbers = listed.split(", ")
        assert int(sessions) == len(numbers)
        for place, number in enumerate(numbers):
            assert set(before[number]) <= {"00", *numbers[:place]}, f"{number} in {listed}"


def test_links_of_the_guide_resolve():
    for target in re.findall(r"\]\(([^)\s]+)\)", TEXT):
        if not target.startswith(("https://", "#")):
            assert (pages.ROOT / target).exists(), target


# --- the tool finds what is wrong ---------------------------------------------------------

GOOD = ("**In class** 90 min, exercises included:\n\n| min | section | exercise |\n"
        "|---:|---|---|\n| 50 | 1. Light | 1 |\n| 40 | 2. Dark |  |\n\n"
        "**At home** sections: 3; exercises: 2.")


def page_with(plan):
    """Return a page of three sections and two exercises with a plan."""
    text = "## 1. Light\n### Exercise 1: a\n## 2. Dark\n## 3. Grey\n### Exercise 2: b"
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(source)
                                           for source in ("# 01 P", plan, text)])


def test_a_good_plan_passes():
    assert plan_faults(page_with(GOOD)) == []


@pytest.mark.parametrize("old, new, fault", [
    ("| 50 |", "| 45 |", "do not sum to 90"),
    ("2. Dark |", "2. Darker |", "no section 2. Darker"),
    ("sections: 3;", "sections: none;", "are planned"),
    ("exercises: 2.", "exercises: 3.", "exercises of plan and page differ"),
    ("**In class**", "In class", "do not sum to 90")])
def test_planted_faults_are_found(old, new, fault):
    assert old in GOOD
    assert any(fault in found for found in plan_faults(page_with(GOOD.replace(old, new))))


def test_a_new_page_gets_its_place_at_the_end():
    text = teaching.put_between("# Guide\n", "page 99", "new")
    assert text == "# Guide\n\n<!-- page 99 -->\nnew\n<!-- /page 99 -->\n"
    assert teaching.put_between(text, "page 99", "newer").count("page 99") == 2


@pytest.mark.parametrize("message, first", [
    ("You took f[y, x]. Take f[x, y].", "You took f[y, x]."),
    ("Is 0.5 right? No.", "Is 0.5 right?"), ("no end | a < b", "no end \\| a &lt; b")])
def test_the_first_sentence_fits_a_table(message, first):
    assert teaching.first_sentence(message) == first
