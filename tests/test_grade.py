"""The marking survives what is handed in, and says what the course's judge would say."""

import csv
import hashlib
import json
import linecache
import os
import pickle
import re
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import psutil
import pytest
import submissions

from course_utils import grade, load_exercises
from course_utils.grading import look, slices
from course_utils.grading.answer import Answer
from course_utils.grading.kernel import (Limits, Lost, StudentKernel, environment,
                                         isolation)
from course_utils.grading.marking import mark
from course_utils.grading.submission import Cell, Unusable, read, student
from course_utils.grading.wire import WireError, make_error, pack, unpack

LIGHT = 'import numpy as np\nfrom course_utils import load_exercises\nex = load_exercises("01")'
PAGES = ["00", "01"]
ADDRESS = re.compile(" at 0x[0-9a-f]+")
TIGHT = Limits(notebook=90, cell=3, memory=1.5e9)


def write(path, *sources, kind="code"):
    """Write a small notebook; return its path."""
    cells = [{"cell_type": kind, "metadata": {}, "source": source} for source in sources]
    path.write_text(json.dumps({"cells": cells, "nbformat": 4}), encoding="utf-8")
    return path


def results(marked):
    """Return a dict: exercise to result."""
    assert not marked.trouble, marked.trouble
    return {result.exercise: result.result for result in marked.results}


# ---------------------------------------------------------------- values as bytes

@pytest.mark.parametrize("value", [
    3, 2.5, float("inf"), None, True, "a\nb", 1 + 2j, 10**40, [1, [2.0, "x"]], (1, (2,)),
    {"a": [1]}, np.arange(6).reshape(2, 3), np.asfortranarray(np.eye(3)[:, :2]),
    np.zeros((0, 3)), np.float32(0.5), np.bool_(True), np.array([1 + 1j]),
    np.array("text"), np.array(["a", "bc"]), np.ones(3, bool), np.zeros((2, 2), np.uint8),
    [np.ones(2), np.zeros(1)], np.array(5)], ids=repr)
def test_values_arrive_as_they_were_sent(value):
    back = unpack(pack(value))
    assert type(back) is type(value)
    np.testing.assert_equal(back, value)
    if isinstance(value, np.ndarray):
        assert (back.dtype, back.flags.c_contiguous) == (value.dtype,
                                                         value.flags.c_contiguous)
        assert back.flags.writeable


def test_of_other_things_only_the_name_arrives():
    assert type(unpack(pack(k for k in range(3)))).__name__ == "generator"
    assert unpack(pack(range(3))).tolist() == [0, 1, 2]
    assert callable(unpack(pack(len)))
    endless = []
    endless.append(endless)
    assert type(unpack(pack(endless))).__name__ == "list"


@pytest.mark.parametrize("data", [
    pickle.dumps(os.getcwd), b"", b"\xff\n", b"[1, 2]\n", b'{"is": "array"}\n',
    b'{"is": "__class__"}\n', b"[" * 100_000, b'{"is": "other", "name": 3}\n',
    b'{"is":"array","dtype":"<f8","shape":[1000000000000],"order":"C"}\n' + bytes(8),
    b'{"is":"array","dtype":"|O8","shape":[1],"order":"C"}\n' + bytes(8),
    b'{"is":"array","dtype":"<f8","shape":[-1],"order":"C"}\n' + bytes(8)],
    ids=lambda data: data[:20])
def test_bytes_that_are_no_message_are_refused(data):
    with pytest.raises(WireError):
        unpack(data)


def test_errors_arrive_as_words_alone():
    error = make_error({"name": "IndexError", "text": "5\x1b[2J", "repr": "r"})
    assert (type(error).__name__, str(error), repr(error)) == ("IndexError", "5 [2J", "r")
    assert type(make_error({"name": "a b"})).__name__ == "Exception"


# ------------------------------------------------------------------------ reading

@pytest.mark.parametrize(("content", "words"), [
    (b"", "empty"), (b"print(1)", "no JSON"), (b'{"cells": [{"sou', "ends in the middle"),
    (b"\x89PNG\r\n\xff", "no text"), (b"[]", "no cells"), (b'{"cells": 3}', "no cells"),
    (b'{"worksheets": []}', "before 2015"), (b'{"cells": []}', "say it with --page"),
    (b'{"cells": [1, {"source": 2}, {"cell_type": "code", "source": '
     b'"ex = load_exercises(\\"77\\")"}]}', "no page 77")])
def test_what_is_no_notebook_gets_one_sentence(tmp_path, content, words):
    path = tmp_path / "anna.ipynb"
    path.write_bytes(content)
    with pytest.raises(Unusable, match=words):
        read(path, PAGES)
    assert words in mark(path).trouble


def test_the_page_is_found_or_asked_for(tmp_path):
    inside = write(tmp_path / "02_x.ipynb", "ex = load_exercises('01')")
    assert read(inside, PAGES).page == "01"
    assert read(write(tmp_path / "00_x.ipynb", "1"), PAGES).page == "00"
    assert read(write(tmp_path / "x.ipynb", "1"), PAGES, "01").page == "01"
    with pytest.raises(Unusable, match="this is page 01, and page 00 was asked for"):
        read(inside, PAGES, "00")
    with pytest.raises(Unusable, match="cannot be read"):
        read(tmp_path / "missing.ipynb", PAGES)


@pytest.mark.parametrize(("name", "expected"), [
    ("01_images_and_histograms_anna.ipynb", "anna"), ("anna_01_images.ipynb", "anna images"),
    ("Zoé Ngô_4711_file_01_images_and_histograms.ipynb", "Zoé Ngô 4711 file"),
    ("li/01_images_and_histograms.ipynb", "li")])
def test_the_student_is_what_the_name_adds_to_the_page(name, expected):
    assert student(Path("in", name), "01") == expected


# ---------------------------------------------------------------------- what to run

def test_in_a_hurry_only_what_answers_need_is_run():
    set_up = ("import keras\nfrom course_utils import load_exercises\nquiet()\nSIZE = 2\n"
              'ex = load_exercises("01")')
    cells = [Cell(k, "code", source, tags, True) for k, (source, tags) in enumerate([
        (set_up, ()), ("import os\nos.getcwd()", ()), ("f = 3", ()),
        ("def other(f):\n    return f\n\ndef helper(f):\n    return f * SIZE", ()),
        ("model = train()", ("slow",)), ("show(f)", ())])]
    cells.append(Cell(9, "code", "def crop(f):\n    return helper(f)\nex.crop.check(crop)"))
    assert [cell.source for cell in slices.needed(cells, {"crop"})] == [
        "from course_utils import load_exercises", "SIZE = 2",
        "ex = load_exercises('01')", "def helper(f):\n    return f * SIZE",
        cells[-1].source]
    cells[-1] = cells[-1]._replace(source="crop = model.crop\nex.crop.check(crop)")
    assert "model = train()" in [cell.source for cell in slices.needed(cells, {"crop"})]


# ------------------------------------------------------------------- what to look at

def cell(source):
    return Cell(7, "code", source)


def test_reading_of_solutions_and_replacing_of_the_checker_are_seen():
    own = [cell("def crop(f):\n    return steal(f)"),
           cell("def steal(f):\n    return eval(open('nb01.py').read())(f)"),
           cell("def other(f):\n    return ex.crop.reference(f)")]
    assert look.suspicions(look.own_code("crop", own)) == ["calls eval", "calls open"]
    assert look.suspicions(look.own_code("other", own)) == ["uses .reference"]
    for source in ("ex.crop.check = print", "from course_utils.exercise import Exercise",
                   "def load_exercises(page): pass", "sys.modules['a'] = 1",
                   "Exercise.judge = None"):
        assert look.tampering([cell(source)]) == ["cell 7 replaces parts of the checker"]
    assert not look.tampering([cell('ex = load_exercises("01")\nf[0] = 1'), cell("def (")])


def test_equal_answers_are_equal_but_for_names_and_spacing_if_they_are_long():
    one = submissions.RIGHT["equalise_inside"]
    assert look.plain([one]) == look.plain([submissions.OTHER_NAMES]) != ""
    assert look.plain([one]) != look.plain([one.replace("255 *", "256 *")])
    assert look.plain([submissions.RIGHT["crop"]]) == ""


# ------------------------------------------------------- the judge, through a kernel

ANSWERS = {
    "01.crop": ["def crop(f, x, y, width, height):\n    return f[x:x+width, y:y+height]",
                "def crop(f, x, y, width, height):\n    g = f[y]\n    return g[x, 99]",
                "def crop(f, x, y):\n    return f",
                "def crop(f, x, y, width, height=3, *more):\n    return f.tolist()",
                "def crop(f, x, y, width, height):\n    return (k for k in f)",
                "def crop(f, x, y, width, height):\n    return None",
                "def crop(f, x, y, width, height):\n    f *= 2\n"
                "    return f[y:y+height, x:x+width] / 2",
                "def crop(f, x, y, width, height):\n    g = 1\n"
                "    raise NotImplementedError"],
    "01.is_linear": ["def is_linear(H, f, g):\n    return np.allclose(H(f+g), H(f)+H(g))",
                     submissions.RIGHT["is_linear"],
                     "def is_linear(H, f, g):\n    return H(f[0], g)"],
    "01.running_mean": [submissions.SUM_OF_BYTES, submissions.FAILING,
                        "def running_mean(frames):\n    n = len(frames)\n"
                        "    return frames.pop(0) / n + sum(f / n for f in frames)"],
    "01.histogram_statistics": [
        "def histogram_statistics(counts):\n    return 1, 2",
        "def histogram_statistics(counts):\n    return 1 / 0",
        "def histogram_statistics(counts):\n"
        "    return [counts.mean(), counts.std(), counts.max()]"],
    "06.by_level_sets": ["def by_level_sets(f, psi):\n    return sum(psi(f > t).astype(int)"
                         " for t in range(1, 256))",
                         "def by_level_sets(f, psi):\n    return sum(psi(f >= t).astype("
                         "int) for t in range(1, 256))"],
}


@pytest.fixture(scope="module")
def kernel():
    one = StudentKernel(load_exercises("01"), {"01": ["crop"]}, Limits(90, 30, 2e9))
    one.run("import numpy as np\nfrom course_utils import load_exercises\n"
            "ex = load_exercises('01')", 60)
    yield one
    one.stop()


@pytest.mark.parametrize("name", ANSWERS)
def test_the_verdict_is_the_one_the_page_prints(kernel, name, tmp_path):
    page, exercise = name.split(".")
    exercise = getattr(load_exercises(page), exercise)
    for k, source in enumerate(map(str.strip, ANSWERS[name])):
        assert kernel.run(source, 30).how == "ok"
        answer = Answer(kernel, {"name": exercise.name}, 30)
        with kernel.serving():
            there = exercise.judge(answer.load())
        file, namespace = f"<answer {k}>", {"np": np}
        linecache.cache[file] = (0, None, source.splitlines(True), file)
        exec(compile(source, file, "exec"), namespace)
        here = exercise.judge(namespace[exercise.name])
        assert (there.kind, there.mistake) == (here.kind, here.mistake)
        assert ADDRESS.sub("", there.text) == ADDRESS.sub("", here.text)


def asked(kernel, call):
    """Return the error that a call in the kernel raises, as a text."""
    ran = kernel.run(call, 20)
    return f"{ran.error}: {ran.text}"


NO_NETWORK = "import urllib.request as u\nu.urlopen('http://192.0.2.1')"


def test_the_kernel_has_no_network_no_solutions_no_secrets_and_no_input(kernel,
                                                                       monkeypatch):
    assert "there is no network" in asked(kernel, NO_NETWORK)
    for call in ("import course_utils.exercises.nb01_images_and_histograms",
                 "import course_utils\nopen(course_utils.__path__[0] + '/exercises/'"
                 "'nb01_images_and_histograms.py')"):
        assert "solutions cannot be read" in asked(kernel, call)
    monkeypatch.setenv("A_PASSWORD", "secret")
    assert "A_PASSWORD" not in environment(Path("x"))
    assert "off" in asked(kernel, "import os\nraise ValueError("
                                  "os.environ['COURSE_SOLUTIONS'])")
    assert "Stdin" in asked(kernel, "input('name? ')")


def test_pages_get_what_their_own_figures_ask_of_a_reference(kernel):
    call = "assert ex.crop.reference(np.eye(3), 0, 0, 2, 1).tolist() == [[1, 0]]"
    assert kernel.run(call, 20).how == "ok"


@pytest.mark.skipif(not isolation(), reason="this system does not allow it")
def test_programs_started_by_the_kernel_have_no_network_either(kernel):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        code = f"import socket; socket.create_connection(('127.0.0.1', {port}), 5)"
        assert subprocess.run([sys.executable, "-c", code]).returncode == 0
        assert "CalledProcessError" in asked(
            kernel, "import subprocess, sys\nsubprocess.run("
                    f"[sys.executable, '-c', {code!r}], check=True)")


def test_without_help_from_the_system_network_and_memory_are_watched(monkeypatch):
    monkeypatch.setattr("course_utils.grading.kernel.isolation", lambda: ())
    one = StudentKernel([], {}, Limits(60, 30, 4e8))
    try:
        assert "there is no network" in asked(one, NO_NETWORK)
        one.limits = Limits(60, 30, 2e7)            # less than it has already
        with pytest.raises(Lost) as lost:
            one.run("import time\ntime.sleep(20)", 30)
        assert lost.value.why == "memory"
    finally:
        one.stop()
    assert not one.folder.exists()


# -------------------------------------------------------------------------- notebooks

HOSTILE = {             # each source after the last; "print" and others are gone at the end
    "crop": ("def crop(f, x, y, width, height):\n    import os\n    os._exit(3)", "error"),
    "add_clipped": ("def add_clipped(f, g):\n    while True:\n        print(f)", "time"),
    "is_linear": ("is_linear = 3", "error"),
    "running_mean": ("def running_mean(frames):\n    import os\n    os.closerange(3, 99)\n"
                     "    return frames[0]", "error"),
    "gamma_lut": ("def gamma_lut(gamma):\n    return np.zeros((6000, 6000))", "error"),
    "histogram_statistics": ("import builtins\nbuiltins.print = builtins.len = open = None"
                             "\nlist = json = None\nraise KeyError", "error"),
    "equalise_inside": (submissions.RIGHT["equalise_inside"].strip(), "solved")}


def test_a_hostile_notebook_costs_its_own_points_only(tmp_path):
    cells = [f"{source}\nex.{name}.check({name})" for name, (source, _) in HOSTILE.items()]
    marked = mark(write(tmp_path / "01_x.ipynb", LIGHT, *cells), limits=TIGHT)
    assert results(marked) == {name: result for name, (_, result) in HOSTILE.items()}


def light_class(folder):
    """Write the class with a set-up that loads no more than the answers need."""
    paths = submissions.write_class(folder)
    for path in paths[:-1]:
        book = json.loads(path.read_text(encoding="utf-8"))
        own = {"".join(cell["source"]) for cell in submissions.page()["cells"]
               if ".check(" not in "".join(cell["source"])}
        book["cells"] = [{"cell_type": "code", "source": LIGHT, "metadata": {}}] + [
            cell for cell in book["cells"] if "".join(cell["source"]) not in own]
        path.write_text(json.dumps(book), encoding="utf-8")
    return paths


EXPECTED = {
    "anna": {"solved": 7}, "ben": {"solved": 4, "known mistake": 3},
    "chloe": {"solved": 2, "known mistake": 2, "not attempted": 3},
    "david": {"solved": 5, "time": 2}, "emil": {"solved": 5, "memory": 1, "error": 1},
    "fatima": {"solved": 4, "known mistake": 1, "error": 2},
    "gao": {"solved": 2, "missing": 2, "not attempted": 3},
    "hana": {"solved": 4, "not attempted": 3},
    "ivan": {"known mistake": 2, "error": 1, "not attempted": 4}, "jo": {"not marked": 1}}


@pytest.fixture
def folders(monkeypatch):
    """Return the list of temporary folders that are made from now on."""
    made, make = [], tempfile.mkdtemp
    monkeypatch.setattr(tempfile, "mkdtemp",
                        lambda **options: made.append(make(**options)) or made[-1])
    return made


def test_the_class_is_marked(tmp_path, capsys, folders):
    paths = light_class(tmp_path / "in")
    before = {path: hashlib.sha1(path.read_bytes()).digest() for path in paths}
    code = grade.main([str(tmp_path / "in" / "*.ipynb"), "--csv", str(tmp_path / "m.csv"),
                       "--feedback", str(tmp_path / "out"), "--jobs", "2",
                       "--cell-time", "3"])
    assert code == 1                                    # jo's file could not be marked
    assert {path: hashlib.sha1(path.read_bytes()).digest() for path in paths} == before
    assert len(folders) > 9 and not any(Path(folder).exists() for folder in folders)
    with open(tmp_path / "m.csv", encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    counts = {}
    for row in rows:
        own = counts.setdefault(row["student"], {})
        own[row["result"]] = own.get(row["result"], 0) + 1
    assert counts == EXPECTED
    said = capsys.readouterr().out
    assert "4 x  crop, x is a row: You used x for rows" in said
    assert "ivan, page 01, running_mean: asked for the reference" in said
    assert "equalise_inside: anna (solved), ben (solved), chloe (solved)" in said
    assert all(len(line) <= 79 for line in said.splitlines())
    assert "crop: known mistake" in (tmp_path / "out" / "ben_01.md").read_text()
    assert len(list((tmp_path / "out").iterdir())) == 10
    text, = (row["verdict"] for row in rows if row["student"] == "fatima"
             and row["exercise"] == "running_mean")
    assert "IndexError" in text and "in line 4 of the cell: mean = mean +" in text


def test_no_kernel_is_left(tmp_path):
    path = write(tmp_path / "01_x.ipynb", LIGHT, "import subprocess, sys\nsubprocess.Popen("
                 "[sys.executable, '-c', 'import time; time.sleep(99)'])",
                 submissions.RIGHT["crop"] + "ex.crop.check(crop)")
    before = {p.pid for p in psutil.Process().children(recursive=True)}
    assert results(mark(path, limits=TIGHT))["crop"] == "solved"
    time.sleep(0.2)
    assert {p.pid for p in psutil.Process().children(recursive=True)} <= before


def test_a_missing_name_makes_the_hurried_marking_run_everything(tmp_path):
    path = write(tmp_path / "01_x.ipynb", LIGHT, "globals()['first'] = 0\nif 0: first = 1",
                 "for k in [1]: globals()['a'] = 2", "a = 3 if 0 else a",
                 "def crop(f, x, y, width, height):\n"
                 "    return f[y:y + height, x:x + width + first]",
                 "ex.crop.check(crop)")
    assert results(mark(path, only="crop", fast=True, limits=TIGHT)) == {"crop": "solved"}


@pytest.mark.parametrize(("arguments", "words"), [
    (["nothing/*.ipynb"], "no notebook found"), (["x.ipynb", "--jobs", "0"], "above 0"),
    (["x.ipynb", "--page", "77"], "--page 77: there are 00"),
    (["x.ipynb", "--page", "01", "--only", "corp"], "no page has an exercise"),
    (["x.ipynb", "--csv", "no/such/marks.csv"], "there is no such folder")])
def test_a_wrong_call_is_refused_in_a_sentence(arguments, words, capsys):
    with pytest.raises(SystemExit) as left:
        grade.main(arguments)
    assert left.value.code == 2
    assert words in capsys.readouterr().err


def test_a_file_that_is_not_there_is_one_row(tmp_path, capsys):
    assert grade.main([str(tmp_path / "01_x.ipynb")]) == 1
    assert "not marked: the file cannot be read" in capsys.readouterr().out


@pytest.mark.skipif(sys.platform == "win32", reason="folders are named otherwise")
def test_cells_of_a_spreadsheet_are_no_formulas(tmp_path):
    from course_utils.grading import report
    from course_utils.grading.marking import Marked

    report.write_csv([Marked("a", "=HYPERLINK(1)", trouble="x")], tmp_path / "m.csv")
    assert "'=HYPERLINK(1)" in (tmp_path / "m.csv").read_text(encoding="utf-8")
