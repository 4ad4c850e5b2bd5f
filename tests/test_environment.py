"""Pins, ranges and environments in step; imports quick and quiet; the doctor."""

import ast
import doctest
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from course_utils import claim, doctor, profile, quick_or_full
from course_utils.catalogue import PAGES

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PINS = [Requirement(line) for line in
        (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith(("#", " "))]
doctor_module = sys.modules[doctor.__module__]


def python(code, **variables):
    """Run code in a fresh Python; return the finished process."""
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True,
                          timeout=120, env={**os.environ, **variables})


def test_every_requirement_is_pinned_inside_its_range():
    pinned = {}
    for pin in PINS:
        pinned.setdefault(pin.name, []).append(pin.specifier)
    for line in sum(PROJECT["optional-dependencies"].values(), PROJECT["dependencies"]):
        wanted = Requirement(line)
        assert wanted.name in pinned, f"run `make pins`: {wanted.name} has no pin"
        for specifier in pinned[wanted.name]:
            version = str(specifier).removeprefix("==")
            assert str(specifier).startswith("==")
            assert version in wanted.specifier


def test_the_conda_environment_is_nothing_but_python_and_the_pins():
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    python, *others = re.findall(r"^ +- ([^#\n]*?) *(?:#.*)?$", text, re.MULTILINE)
    # repo2docker reads the version only in this form; of a range it takes 3.10.
    version = re.fullmatch(r"python=(\d\.\d+)", python)[1]
    assert version in SpecifierSet(PROJECT["requires-python"])
    assert others == [
        "pip", "pip:", "-r requirements.txt", "-e ."]


def test_importing_the_package_is_instant_and_changes_nothing():
    code = ("import sys, time, numpy, matplotlib\n"
            "before, known = dict(matplotlib.rcParams), set(sys.modules)\n"
            "start = time.perf_counter()\n"
            "import course_utils\n"
            "took = time.perf_counter() - start\n"
            "assert dict(matplotlib.rcParams) == before\n"
            "new = {name.split('.')[0] for name in set(sys.modules) - known}\n"
            "assert new <= {'course_utils', 'lazy_loader', *sys.stdlib_module_names}\n"
            "print(took)")
    results = [python(code) for _ in range(3)]
    assert all(result.returncode == 0 for result in results), results[0].stderr
    assert min(float(result.stdout) for result in results) <= 0.1


def test_every_public_name_exists():
    import course_utils
    assert len(course_utils.__all__) > 10
    for name in course_utils.__all__:
        assert getattr(course_utils, name).__doc__


def test_tensorflow_loads_without_a_word():
    result = python("from course_utils import quiet_tensorflow\n"
                    "quiet_tensorflow()\n"
                    "import keras, sys\n"
                    "assert 'tensorflow' in sys.modules\n"
                    "print(keras.backend.backend())\n"
                    "print('still heard', file=sys.stderr)")
    assert result.stdout == "tensorflow\n"
    assert result.stderr == "still heard\n"


def test_profiles(monkeypatch):
    monkeypatch.delenv("COURSE_PROFILE", raising=False)
    assert (profile(), quick_or_full(1, 2)) == ("quick", 1)
    monkeypatch.setenv("COURSE_PROFILE", "full")
    assert (profile(), quick_or_full(1, 2)) == ("full", 2)
    monkeypatch.setenv("COURSE_PROFILE", "fast")
    with pytest.raises(ValueError, match="set it to 'quick' or 'full'"):
        profile()


def test_the_catalogue_lists_20_pages_and_what_comes_before_each():
    numbers = [page.number for page in PAGES]
    assert numbers == [f"{k:02}" for k in range(20)]
    for page in PAGES:
        assert all(before < page.number for before in page.before)


def test_every_page_is_in_the_catalogue():
    files = {page.file for page in PAGES}
    assert {path.name for path in (ROOT / "notebooks").glob("[0-9]*.ipynb")} <= files


def test_a_healthy_machine_gets_seven_times_ok(capsys):
    doctor()
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[-1] for line in lines[:-1]] == ["ok"] * 7
    assert lines[-1] == "all is well"


@pytest.mark.parametrize(("spoil", "words"), [
    (lambda m: m.setattr(sys, "version_info", (3, 14, 0)), "this is Python 3.14.0"),
    (lambda m: m.setattr("importlib.metadata.version", lambda _: "0.1"),
     "differ: absl-py 0.1"),
    (lambda m: m.setattr("psutil.cpu_count", lambda: 1), "one core"),
    (lambda m: m.setattr("psutil.virtual_memory",
                         lambda: type("M", (), {"available": 1e8})), "0.1 GB are free"),
    (lambda m: m.setattr("shutil.disk_usage",
                         lambda _: type("D", (), {"free": 1e7})), "0.01 GB are left"),
    (lambda m: m.setattr("tempfile.TemporaryFile", _refuse), "copy the course to"),
    (lambda m: m.setattr(doctor_module, "file_digest", lambda _: "0"),
     "git checkout -- data"),
])
def test_the_doctor_finds_each_trouble_and_gives_a_remedy(spoil, words, monkeypatch,
                                                          capsys):
    spoil(monkeypatch)
    doctor()
    out = capsys.readouterr().out
    assert words in out
    assert "ATTENTION" in out
    assert "1 of 7 need attention" in out


def _refuse(**_options):
    raise PermissionError(13, "Permission denied")


def test_details_add_numbers(capsys):
    doctor(details=True)
    assert re.search(r"ok  \(\d+ cores\)", capsys.readouterr().out)


@pytest.mark.parametrize("path", [*ROOT.glob("course_utils/**/*.py"),
                                  *ROOT.glob("tools/*.py")], ids=lambda path: path.name)
def test_helper_functions_stay_short_and_documented(path):
    """At most 30 lines; the tables of mistakes are content and may be long."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    owners = [tree, *(node for node in tree.body if isinstance(node, ast.ClassDef))]
    for node in (node for owner in owners for node in owner.body):
        if not isinstance(node, ast.FunctionDef):
            continue
        documented = bool(ast.get_docstring(node))
        body = node.body[documented:] or node.body
        table = path.parent.name == "exercises" and node.name.startswith("_")
        assert table or body[-1].end_lineno - body[0].lineno < 30, node.name
        assert documented or node.name.startswith(("_", "visit_")), node.name


def test_docstring_examples_run():
    result = doctest.testmod(sys.modules[claim.__module__])
    assert (result.attempted >= 1, result.failed) == (True, 0)
