"""Colab, Binder, containers and hubs find what they need; an address goes everywhere."""

import json
import re
import shutil
import subprocess
import sys
import tomllib
import types
import xml.etree.ElementTree as ElementTree
from importlib.metadata import PackageNotFoundError
from urllib.parse import parse_qs, unquote, urlsplit

import colab
import index
import pages
import publish
import pytest

from course_utils import colab as in_colab

ROOT = pages.ROOT
CLASS = (ROOT / "docs" / "class.md").read_text(encoding="utf-8")
each_page = pytest.mark.parametrize("path", pages.all_pages(), ids=lambda path: path.name[:2])


@pytest.fixture
def asked(monkeypatch):
    """Return the list of the commands that are asked for; none is run."""
    commands = []

    def run(command, **_options):
        commands.append([str(part) for part in command])
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(sys, "path", list(sys.path))
    return commands


def in_google(monkeypatch):
    """Let this Python look like Google's."""
    monkeypatch.setitem(sys.modules, "google.colab", types.ModuleType("google.colab"))


def run_cell(source=None):
    exec(source or colab.CELL.format(repository=colab.repository()), {})


# --- Colab ---------------------------------------------------------------------------------

@each_page
def test_every_page_has_the_cell_behind_its_title(path):
    book = pages.read(path)
    marked = [k for k, cell in enumerate(book.cells) if pages.is_for_colab(cell)]
    assert marked == [1]
    assert book.cells[1].source == colab.CELL.format(repository=colab.repository())
    assert not book.cells[1].outputs
    assert pages.set_up(book).source.startswith(("import", "from"))


def test_elsewhere_the_cell_does_nothing(asked, capsys):
    before = list(sys.path)
    run_cell()
    assert (asked, sys.path) == ([], before)
    assert capsys.readouterr().out == ""


def test_in_colab_the_cell_fetches_the_course_once(asked, monkeypatch, capsys):
    in_google(monkeypatch)
    there = []
    monkeypatch.setattr("os.path.exists", lambda path: path in there)
    run_cell()
    assert asked == [["git", "clone", "--quiet", "--depth=1",
                      f"https://github.com/{colab.repository()}", "/content/course"]]
    assert sys.path[0] == "/content/course"
    there.append("/content/course")
    asked.clear()
    run_cell()
    assert asked == []
    assert capsys.readouterr().out == ""


def test_the_cell_fetches_a_course_that_can_be_imported(tmp_path, monkeypatch):
    """With a real git, from a repository on this disk, in a Python of its own."""
    source = tmp_path / "source"
    for name in ("course_utils/__init__.py", "course_utils/colab.py",
                 "course_utils/datasets.py", "pyproject.toml"):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, source / name)
    for command in (["init", "-q"], ["add", "."],
                    ["-c", "user.name=A", "-c", "user.email=a@b", "commit", "-qm", "x"]):
        subprocess.run(["git", *command], cwd=source, check=True)
    cell = (colab.CELL.format(repository=colab.repository())
            .replace('f"https://github.com/{REPOSITORY}"', repr(source.as_uri()))
            .replace("/content/course", (tmp_path / "course").as_posix()))
    code = ("import sys, types\nsys.modules['google.colab'] = types.ModuleType('c')\n"
            f"{cell}\nimport course_utils\nprint(course_utils.__file__)")
    for _ in range(2):
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True,
                              cwd=tmp_path, timeout=120)
        assert done.returncode == 0, done.stderr
        assert done.stdout.strip() == str(tmp_path / "course/course_utils/__init__.py")


def test_only_what_is_missing_is_installed(asked, monkeypatch, capsys):
    there = {"tensorflow", "numpy", "scikit-image"}

    def version(name):
        if name not in there:
            raise PackageNotFoundError(name)

    monkeypatch.setattr("importlib.metadata.version", version)
    in_colab.install_missing()
    command, = asked
    assert command[:5] == [sys.executable, "-m", "pip", "install", "--quiet"]
    names = {re.match(r"[\w-]+", part)[0] for part in command[5:]}
    assert {"keras", "matplotlib", "dask"} <= names
    assert not names & (there | in_colab.FRONT_END | {"tensorflow-cpu"})
    assert "installing" in capsys.readouterr().out


def test_a_failing_pip_is_one_sentence(monkeypatch):
    monkeypatch.setattr(in_colab, "missing_packages", lambda: ["keras>=3.5"])
    monkeypatch.setattr(subprocess, "run",
                        lambda command: subprocess.CompletedProcess(command, 1))
    with pytest.raises(RuntimeError, match="pip could not install keras>=3.5: check the"):
        in_colab.install_missing()


def test_adding_the_cell_twice_changes_nothing_and_renumbers():
    new = pages.nbformat.v4.new_code_cell
    value = pages.nbformat.v4.new_output("execute_result", execution_count=7)
    book = pages.nbformat.v4.new_notebook(cells=[
        pages.nbformat.v4.new_markdown_cell("# 01 A"), new("1", outputs=[value])])
    colab.add_cell(book)
    once = pages.nbformat.writes(book)
    colab.add_cell(book)
    assert pages.nbformat.writes(book) == once
    code = pages.cells(book, "code")
    assert [cell.execution_count for cell in code] == [1, 2]
    assert code[1].outputs[0].execution_count == 2
    assert pages.set_up(book) is code[1]


def test_the_badge_is_our_own_picture_and_leads_to_the_page():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for path in pages.all_pages():
        assert colab.badge(path.name) in readme
    assert not re.search(r"!\[[^]]*\]\(https?:", readme)
    picture = ElementTree.parse(ROOT / colab.BADGE).getroot()
    assert picture.get("aria-label") == "open in Colab"
    assert "http" not in (ROOT / colab.BADGE).read_text().replace(
        "http://www.w3.org/2000/svg", "")


# --- the address ---------------------------------------------------------------------------

@pytest.fixture
def copy(tmp_path, monkeypatch):
    """Return a copy of what `publish` rewrites, with one page."""
    for name in ("pyproject.toml", "README.md", "TEACHING.md", "docs/class.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "notebooks").mkdir()
    shutil.copy(pages.find_pages("00")[0], tmp_path / "notebooks")
    monkeypatch.setattr(pages, "ROOT", tmp_path)
    monkeypatch.setattr(pages, "NOTEBOOKS", tmp_path / "notebooks")
    monkeypatch.setattr(colab, "PROJECT", tmp_path / "pyproject.toml")
    monkeypatch.setattr(index.teaching, "FILE", tmp_path / "TEACHING.md")
    return tmp_path


def test_publish_rewrites_every_place_and_can_do_it_again(copy):
    old = colab.repository()
    for new in ("ada/pixels", "https://github.com/grace-h/a.b_c.git", old):
        publish.main(new)
        new = publish.checked(new)
        assert colab.repository() == new
        texts = {path.name: path.read_text(encoding="utf-8") for path in copy.rglob("*.*")
                 if path.is_file()}
        for name in ("README.md", "class.md", "pyproject.toml", "00_start_here.ipynb"):
            assert new in texts[name], name
        assert f"gh/{new}/main" in texts["class.md"]
        assert publish.quote(f"github.com/{new}", safe="") in texts["class.md"]
        if new != old:
            assert not any(old in text or publish.quote(old, safe="") in text
                           for text in texts.values())
        assert ("OWNER stands for" in texts["README.md"]) == new.startswith("OWNER/")
        assert index.rendered()[copy / "README.md"] == texts["README.md"]


@pytest.mark.parametrize("bad", ["", "ada", "ada/", "a b/c", "https://gitlab.com/a/b",
                                 "ada/" + 60 * "x"])
def test_a_bad_address_is_one_sentence_and_changes_nothing(copy, bad):
    before = {path: path.read_bytes() for path in copy.rglob("*.*") if path.is_file()}
    with pytest.raises(SystemExit, match="is no address on GitHub|too many for a line"):
        publish.main(bad)
    assert before == {path: path.read_bytes() for path in copy.rglob("*.*")
                      if path.is_file()}


def test_a_page_that_cannot_be_prepared_leaves_the_old_address(copy):
    before = (copy / "README.md").read_bytes()
    page, = (copy / "notebooks").iterdir()
    page.write_text("{")
    with pytest.raises(pages.nbformat.reader.NotJSONError):
        publish.main("ada/pixels")
    assert colab.repository() != "ada/pixels"
    assert (copy / "README.md").read_bytes() == before


def test_the_longest_address_keeps_the_line_short():
    longest = "o" * 30 + "/" + "n" * (publish.LONGEST - 31)
    cell = colab.CELL.format(repository=publish.checked(longest))
    assert max(map(len, cell.splitlines())) <= 79


# --- containers and hubs ---------------------------------------------------------------------

def test_the_dev_container_names_what_exists():
    text = (ROOT / ".devcontainer/devcontainer.json").read_text(encoding="utf-8")
    settings = json.loads(text)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    version = re.fullmatch(r"mcr\.microsoft\.com/devcontainers/python:(3\.\d+)",
                           settings["image"])[1]
    assert version in publish_range(project["project"]["requires-python"])
    command, target = settings["postCreateCommand"].split()
    assert command == "make"
    known = subprocess.run(["make", "--dry-run", "--always-make", target], cwd=ROOT,
                           capture_output=True, text=True)
    assert known.returncode == 0 and "tools/bootstrap.py" in known.stdout
    assert settings["forwardPorts"] == [8888]


def publish_range(text):
    from packaging.specifiers import SpecifierSet

    return SpecifierSet(text)


def test_links_for_hubs_and_binder_open_a_page_that_exists():
    links = [urlsplit(link) for link in re.findall(r"https://[^\s>`]+urlpath=[^\s>`]+", CLASS)
             if "PAGE" not in link]
    assert len(links) == 2
    for link in links:
        wanted = unquote(parse_qs(link.query)["urlpath"][0])
        assert (ROOT / "notebooks" / wanted.rsplit("/", 1)[1]).is_file()
    assert parse_qs(links[1].query)["repo"] == [f"https://github.com/{colab.repository()}"]
    assert wanted.startswith(f"lab/tree/{parse_qs(links[1].query)['targetPath'][0]}/")


def test_the_program_for_all_links_runs(tmp_path):
    program = re.search(r"<<'END'\n(.*?)\nEND\n", CLASS, re.DOTALL)[1]
    done = subprocess.run([sys.executable, "-c", program, "https://hub"], cwd=ROOT,
                          capture_output=True, text=True, timeout=60)
    links = done.stdout.splitlines()
    assert len(links) == len(pages.all_pages()), done.stderr
    written = re.search(r"https://HUB(\S+01_images\S+)", CLASS)[1]
    assert parse_qs(urlsplit(links[1]).query) == parse_qs(urlsplit("https://h" + written).query)


def test_every_command_of_the_document_exists():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in set(re.findall(r"\bmake (\w+)", CLASS)):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
        assert f'"make {target}' in makefile, f"make help does not list {target}"
    for module in set(re.findall(r"python -m (course_utils\.\w+)", CLASS)):
        assert (ROOT / f"{module.replace('.', '/')}.py").is_file()
