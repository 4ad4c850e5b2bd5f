"""An update brings the new course and keeps every word that a student wrote."""

import json
import shutil
import subprocess
import sys
import zipfile
from random import Random

import pages
import pytest
import refresh

from course_utils import carry, update
from course_utils.update import UpdateError

PAGE = "notebooks/01_page.ipynb"
STUB = '''def {0}({1}):
    """{2}"""
    raise NotImplementedError


ex.{0}.check({0})'''


def stub(name, parameters="f", asks="Return f."):
    """Return the code of an exercise that nobody answered yet."""
    return STUB.format(name, parameters, asks)


def code(source, **more):
    return {"cell_type": "code", "source": source, "metadata": {}, "outputs": [],
            "execution_count": None, "id": carry.digest(source), **more}


def text(source, **more):
    return {"cell_type": "markdown", "source": source, "metadata": {},
            "id": carry.digest(source), **more}


def own(source):
    """Return a cell as JupyterLab makes it."""
    return code(source, id="5f0c7c0e-61b5-4d5c-9b4c-" + carry.digest(source))


def book(*cells):
    return {"cells": list(cells), "metadata": {"kernelspec": {"name": "python3"}},
            "nbformat": 4, "nbformat_minor": 5}


OLD = book(text("# 01 Page"), code("import numpy"), text("About crop."),
           code(stub("crop")), text("About blur."), code(stub("blur", "f, sigma")),
           code("print(1)"), text("## Summary"))
NEW = book(text("# 01 Page"), code("import numpy as np"), text("About crop, better."),
           code(stub("crop")), text("About blur."), code(stub("blur", "f, sigma")),
           code("print(1)"), text("New: a third exercise."), code(stub("flip")),
           text("## Summary"))
ANSWER = "def crop(f):\n    return f + 1  # é\n\n\nex.crop.check(crop)"


def copied(page):
    return json.loads(json.dumps(page))


def answered(page=OLD, source=ANSWER, at=3):
    """Return a copy of the page with one cell edited as a student does."""
    mine = copied(page)
    mine["cells"][at]["source"] = source
    return mine


def sources(page):
    return [carry.text_of(cell) for cell in page["cells"]]


def put(root, files):
    """Write files (pages as dicts, others as text) below a folder."""
    for path, content in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        data = carry.page_bytes(content) if isinstance(content, dict) else content.encode()
        (root / path).write_bytes(data)


def git(folder, *arguments):
    subprocess.run(["git", "-c", "user.name=A", "-c", "user.email=a@b", *arguments],
                   cwd=folder, check=True, capture_output=True)


@pytest.fixture
def world(tmp_path):
    """Return (the course's repository, a student's clone, a function that publishes)."""
    course, clone = tmp_path / "cours é 1", tmp_path / "mes études" / "course"
    put(course, {PAGE: OLD, "course_utils/__init__.py": "", "course_utils/tool.py": "1\n",
                 "README.md": "old\n", "old.txt": "x\n", ".gitignore": "my_*\n"})
    git(course.parent, "init", "-q", "-b", "main", str(course))
    git(course, "add", ".")
    git(course, "commit", "-qm", "old")
    clone.parent.mkdir()
    git(tmp_path, "clone", "-q", str(course), str(clone))

    def publish(files=None, removed=()):
        put(course, {PAGE: NEW, "README.md": "new\n"} if files is None else files)
        for path in removed:
            (course / path).unlink()
        git(course, "add", "-A")
        git(course, "commit", "-qm", "new")

    return course, clone, publish


def page_of(clone, path=PAGE):
    return carry.read_page((clone / path).read_bytes())


def snapshot(folder):
    """Return every file of a folder but git's own."""
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*")
            if path.is_file() and ".git" not in path.parts}


# --- one page ------------------------------------------------------------------------------

def test_ids_are_made_as_refresh_makes_them():
    """The course's cells are told from a student's by this."""
    assert refresh._identity("a text", set()) == carry.digest("a text")
    for path in pages.all_pages():
        for cell in carry.read_page(path.read_bytes())["cells"]:
            assert carry.is_shipped(cell), f"run `make index` for {path.name}"
            assert not carry.is_shipped({**cell, "source": "mine"})


@pytest.mark.parametrize("old", [OLD, None], ids=["old known", "old unknown"])
def test_an_untouched_page_becomes_the_new_one(old):
    carried = carry.carry(OLD, NEW, old)
    assert carried.page == NEW
    assert carried[1:] == ((), (), (), 0, 0)


@pytest.mark.parametrize("old", [OLD, None], ids=["old known", "old unknown"])
def test_an_answer_goes_to_the_exercise_of_its_name(old):
    mine = answered()
    mine["cells"][3]["outputs"] = [{"output_type": "stream", "text": "right"}]
    mine["cells"].insert(4, own("crop(2)"))
    mine["cells"].append({**own("notes"), "cell_type": "markdown"})
    carried = carry.carry(mine, NEW, old)
    expected = sources(NEW)
    expected[3:4] = [ANSWER, "crop(2)"]
    assert sources(carried.page) == [*expected, "notes"]
    assert (carried.answers, carried.own, carried.edited) == (("crop",), 2, 0)
    cell = carried.page["cells"][3]
    assert (cell["outputs"], cell["id"]) == ([], NEW["cells"][3]["id"])
    again = carry.carry(carried.page, NEW, NEW)
    assert carry.same_text(again.page, carried.page)


@pytest.mark.parametrize("old", [OLD, None], ids=["old known", "old unknown"])
def test_a_changed_stub_is_taken_where_nobody_answered_and_told_where_somebody_did(old):
    new = book(*copied(NEW)["cells"])
    new["cells"][3] = code(stub("crop", "f, box", "Return the box of f."))
    assert carry.carry(OLD, new, old).page == new
    answer = ANSWER.replace("(f):\n", '(f):\n    """Return f."""\n')
    carried = carry.carry(answered(source=answer), new, old)
    assert carried.changed == ("crop",)
    note, kept = sources(carried.page)[3:5]
    assert "def crop(f, box)" in note and kept == answer
    for base in (new, None):
        again = carry.carry(carried.page, new, base)
        assert carry.same_text(again.page, carried.page)


@pytest.mark.parametrize("old", [OLD, None], ids=["old known", "old unknown"])
def test_an_answer_without_its_exercise_goes_to_the_end(old):
    new = copied(NEW)
    new["cells"][3] = code(stub("cut"))
    carried = carry.carry(answered(), new, old)
    heading, kept = sources(carried.page)[-2:]
    assert heading.startswith(carry.HOMELESS) and "`crop`" in heading
    assert (kept, carried.homeless, carried.answers) == (ANSWER, ("crop",), ())
    assert carry.same_text(carry.carry(carried.page, new, new).page, carried.page)
    back = carry.carry(carried.page, NEW, new)
    assert sources(back.page)[3] == ANSWER
    assert not any(carry.HOMELESS in source for source in sources(back.page))


def test_cells_whose_neighbours_are_gone_go_to_the_end_in_their_order():
    mine = copied(OLD)
    mine["cells"][1:1] = [own("first = 1"), own("second = 2")]
    new = book(text("# 01 Another"), code(stub("crop")))
    carried = carry.carry(mine, new, OLD)
    assert sources(carried.page)[-2:] == ["first = 1", "second = 2"]
    assert sources(carried.page)[-3].startswith(carry.HOMELESS)
    assert carry.same_text(carry.carry(carried.page, new, new).page, carried.page)


def test_several_attempts_and_split_answers_are_all_kept():
    mine = answered(source="def crop(f):\n    return f")
    mine["cells"].insert(4, own("ex.crop.check(crop)"))
    mine["cells"].insert(5, own(ANSWER))
    carried = carry.carry(mine, NEW, OLD)
    assert sources(carried.page)[3:6] == sources(mine)[3:6]
    ids = [cell["id"] for cell in carried.page["cells"]]
    assert len(set(ids)) == len(ids)


def test_ids_that_another_front_end_removed_are_not_needed():
    mine = answered()
    mine["cells"].append(own("mine = 1"))
    for cell in mine["cells"]:
        cell.pop("id")
    carried = carry.carry(mine, NEW, OLD)
    assert sources(carried.page)[3] == ANSWER
    assert sources(carried.page)[-1] == "mine = 1"
    assert len(carried.page["cells"]) == len(NEW["cells"]) + 1


def test_a_comment_in_a_stub_is_work_too_and_an_edited_course_cell_is_counted():
    idea = stub("crop").replace("    raise", "    # idea: slices\n    raise")
    for old in (OLD, None):
        mine = answered(answered(source=idea), "print(2)", at=6)
        carried = carry.carry(mine, NEW, old)
        assert sources(carried.page)[3] == idea
        assert sources(carried.page)[6] == "print(1)"
        assert (carried.answers, carried.edited) == (("crop",), 1)


def test_page_01_keeps_all_its_answers_in_a_new_version():
    path, = pages.find_pages("01")
    old = carry.read_page(path.read_bytes())
    new, mine = copied(old), copied(old)
    new["cells"] = [cell for k, cell in enumerate(new["cells"]) if k % 9 != 4
                    or "ex." in carry.text_of(cell)]
    new["cells"].insert(5, text("A paragraph more."))
    names = carry.exercise_names(old)
    for k in names.values():
        mine["cells"][k]["source"] = carry.text_of(old["cells"][k]).replace(
            "raise NotImplementedError", "return 1")
    mine["cells"].insert(60, own("mine = 60"))
    for base in (old, None):
        carried = carry.carry(mine, new, base)
        assert set(carried.answers) == set(names) and len(names) >= 5
        assert (carried.own, carried.homeless) == (1, ())
        assert len(carried.page["cells"]) == len(new["cells"]) + 1
        assert refresh.pages.nbformat.validate(carried.page) is None


@pytest.mark.parametrize("seed", range(12))
def test_whatever_the_course_changes_no_word_of_a_student_is_lost(seed):
    """Random answers and own cells meet random new texts, cells and removals."""
    random = Random(seed)
    path, = pages.find_pages("01")
    old = carry.read_page(path.read_bytes())
    mine, new, words = copied(old), copied(old), []
    for k in carry.exercise_names(old).values():
        words.append(f"return {random.random()}")
        mine["cells"][k]["source"] = stub_of(old, k).replace(
            "raise NotImplementedError", words[-1])
    for _ in range(6):
        words.append(f"mine = {random.random()}")
        mine["cells"].insert(random.randrange(len(mine["cells"])), own(words[-1]))
    for _ in range(30):
        k = random.randrange(len(new["cells"]))
        action = random.choice(["remove", "insert", "edit", "rename"])
        if action == "remove":
            del new["cells"][k]
        elif action == "insert":
            new["cells"].insert(k, text(f"New {random.random()}."))
        else:
            source = stub_of(new, k).replace("    ", "     ").replace("ex.", "ex.new_")
            new["cells"][k].update(code(source if action == "rename" else source[:40]))
    for base in (old, None):
        carried = carry.carry(mine, new, base)
        found = sources(carried.page)
        for word in words:
            assert sum(word in source for source in found) == 1, word
        assert set(sources(new)) - {stub_of(new, k) for k in
                                    carry.exercise_names(new).values()} <= set(found)
        again = carry.carry(carried.page, new, new if base else None)
        assert carry.same_text(again.page, carried.page)


def stub_of(page, k):
    return carry.text_of(page["cells"][k])


# --- from git ------------------------------------------------------------------------------

def test_a_clone_follows_its_upstream(world, capsys):
    course, clone, publish = world
    put(clone, {PAGE: answered(), "notebooks/my_01.ipynb": "mine", "photo.png": "p",
                "course_utils/tool.py": "mine\n"})
    publish({PAGE: NEW, "README.md": "new\n", "course_utils/new.py": "2\n"}, ["old.txt"])
    before = snapshot(clone)
    update.main(["--dry-run"], clone)
    assert snapshot(clone) == before
    said = capsys.readouterr().out
    update.main([], clone)
    assert "with your 1 answer (crop)" in said
    assert "with your 1 answer (crop)" in capsys.readouterr().out
    assert sources(page_of(clone))[3] == ANSWER
    assert len(page_of(clone)["cells"]) == len(NEW["cells"])
    assert (clone / "README.md").read_text() == "new\n"
    assert (clone / "course_utils/new.py").exists() and not (clone / "old.txt").exists()
    for path, content in {"notebooks/my_01.ipynb": "mine", "photo.png": "p",
                          "course_utils/tool.py": "mine\n"}.items():
        assert (clone / path).read_text() == content
    kept, = (clone / "my_versions").iterdir()
    assert (kept / "01_page.ipynb").read_bytes() == before[update.Path(PAGE)]
    head = [subprocess.check_output(["git", "rev-parse", "HEAD"], cwd=folder)
            for folder in (course, clone)]
    assert head[0] == head[1]
    after = snapshot(clone)
    update.main([], clone)
    assert capsys.readouterr().out == "The course is up to date.\n"
    assert snapshot(clone) == after


def test_what_a_student_committed_stays_too(world, capsys):
    """Own commits, as nbgitpuller makes them, and a branch that follows nothing."""
    _, clone, publish = world
    put(clone, {PAGE: answered(), "own.txt": "mine"})
    git(clone, "checkout", "-q", "-b", "travail")
    git(clone, "add", ".")
    git(clone, "commit", "-qm", "mine")
    publish()
    update.main([], clone)
    assert sources(page_of(clone))[3] == ANSWER
    assert (clone / "own.txt").read_text() == "mine"
    assert "Your own commits are in the branch before-update-" in capsys.readouterr().out
    branches = subprocess.check_output(["git", "branch"], cwd=clone, text=True)
    assert "before-update-" in branches and "* travail" in branches


def test_a_detached_head_moves_and_another_branch_can_be_followed(world):
    course, clone, publish = world
    git(clone, "checkout", "-q", "--detach")
    put(clone, {PAGE: answered()})
    publish()
    update.main([], clone)
    assert sources(page_of(clone))[3] == ANSWER
    git(course, "checkout", "-q", "-b", "spring")
    publish({"README.md": "spring\n"})
    update.main(["--branch", "spring"], clone)
    assert (clone / "README.md").read_text() == "spring\n"
    assert sources(page_of(clone))[3] == ANSWER


def test_a_clone_without_history_as_hubs_make_it(world, tmp_path):
    course, _, publish = world
    publish({"README.md": "middle\n"})
    shallow = tmp_path / "shallow"
    git(tmp_path, "clone", "-q", "--depth=1", course.as_uri(), str(shallow))
    put(shallow, {PAGE: answered()})
    publish()
    publish({"README.md": "newest\n"})
    update.main([], shallow)
    assert sources(page_of(shallow))[3] == ANSWER
    assert (shallow / "README.md").read_text() == "newest\n"
    subprocess.run(["git", "diff", "--quiet", "HEAD", "README.md"], cwd=shallow, check=True)


def test_a_page_under_a_new_name_takes_the_answers_along(world, capsys):
    _, clone, publish = world
    put(clone, {PAGE: answered()})
    publish({"notebooks/01_pixels.ipynb": NEW}, [PAGE])
    update.main([], clone)
    assert sources(page_of(clone, "notebooks/01_pixels.ipynb"))[3] == ANSWER
    assert not (clone / PAGE).exists()
    assert list((clone / "my_versions").glob("*/01_page.ipynb"))


def test_a_damaged_page_of_the_student_is_kept_and_the_new_one_written(world, capsys):
    _, clone, publish = world
    broken = carry.page_bytes(answered())[:-40]
    (clone / PAGE).write_bytes(broken)
    publish()
    update.main([], clone)
    assert "yours could not be read, it is no complete notebook" in capsys.readouterr().out
    assert page_of(clone) == NEW
    kept, = (clone / "my_versions").glob("*/01_page.ipynb")
    assert kept.read_bytes() == broken


def _no_git(monkeypatch):
    def missing(*_args, **_options):
        raise FileNotFoundError("git")
    monkeypatch.setattr(subprocess, "run", missing)


@pytest.mark.parametrize(("spoil", "words"), [
    (lambda clone, _: git(clone, "remote", "remove", "origin"), "no address to fetch from"),
    (lambda clone, _: git(clone, "remote", "set-url", "origin", "https://0.0.0.0:1/x"),
     "check the network and the address"),
    (lambda clone, _: shutil.move(clone / ".git", clone.parent / "g"), "is no git clone"),
    (lambda _, monkeypatch: _no_git(monkeypatch), "git is not installed"),
    (lambda clone, _: (clone / ".git/HEAD").write_text("x"), "git rev-parse failed"),
])
def test_no_way_to_the_new_version_is_one_sentence(world, monkeypatch, spoil, words):
    _, clone, publish = world
    put(clone, {PAGE: answered()})
    publish()
    spoil(clone, monkeypatch)
    before = snapshot(clone)
    with pytest.raises(SystemExit, match=words) as stopped:
        update.main([], clone)
    assert str(stopped.value).startswith("Nothing was changed: ")
    assert "\n" not in str(stopped.value)
    assert snapshot(clone) == before


def test_a_folder_inside_another_repository_is_not_taken_for_a_clone(world, tmp_path):
    _, clone, _ = world
    git(tmp_path, "init", "-q")
    shutil.rmtree(clone / ".git")
    with pytest.raises(UpdateError, match="is no git clone"):
        update.update(clone)


@pytest.mark.parametrize("step", range(5))
def test_an_error_at_any_step_changes_nothing(world, monkeypatch, step):
    """The disk fails at the n-th file that is put in place, or git at the end."""
    _, clone, publish = world
    put(clone, {PAGE: answered()})
    publish({PAGE: NEW, "README.md": "new\n", "course_utils/new.py": "2\n"}, ["old.txt"])
    before, calls = snapshot(clone), []

    def replace(source, target, whole=update.os.replace):
        calls.append(target)
        if len(calls) == step + 1:
            raise PermissionError(13, "Permission denied", str(target))
        whole(source, target)

    if step < 4:
        monkeypatch.setattr(update.os, "replace", replace)
    else:
        monkeypatch.setattr(update, "move_head", lambda *_: git(clone, "no-such-command"))
    with pytest.raises((SystemExit, subprocess.CalledProcessError)):
        update.main([], clone)
    assert snapshot(clone) == before
    monkeypatch.undo()
    update.main([], clone)
    assert sources(page_of(clone))[3] == ANSWER


def test_a_folder_that_cannot_be_written_to_is_one_sentence(world, monkeypatch):
    _, clone, publish = world
    publish()

    def refuse(**_options):
        raise PermissionError(13, "Permission denied")
    monkeypatch.setattr(update.tempfile, "mkdtemp", refuse)
    with pytest.raises(SystemExit, match="cannot be written to .Permission denied"):
        update.main([], clone)
    assert not (clone / "my_versions").exists()


# --- from a folder or a zip file -----------------------------------------------------------

def _zipped(course, file):
    with zipfile.ZipFile(file, "w") as archive:
        for path, data in snapshot(course).items():
            archive.writestr(f"course-main/{path.as_posix()}", data)
        archive.writestr("course-main/notebooks/my_01.ipynb", "not yours")
        archive.writestr("course-main/../../outside.txt", "no")
    return file


@pytest.mark.parametrize("packed", [False, True], ids=["folder", "zip"])
def test_an_unzipped_copy_is_updated_from_a_download(world, tmp_path, packed, capsys):
    course, clone, publish = world
    shutil.rmtree(clone / ".git")
    put(clone, {PAGE: answered(), "notebooks/my_01.ipynb": "mine"})
    publish()
    source = _zipped(course, tmp_path / "nouveau.zip") if packed else course
    update.main([str(source)], clone)
    assert sources(page_of(clone))[3] == ANSWER
    assert (clone / "README.md").read_text() == "new\n"
    assert (clone / "notebooks/my_01.ipynb").read_text() == "mine"
    assert not list(tmp_path.rglob("outside.txt"))
    assert (clone / "old.txt").exists()
    capsys.readouterr()
    before = snapshot(clone)
    update.main([str(source)], clone)
    assert capsys.readouterr().out == "The course is up to date.\n"
    assert snapshot(clone) == before


@pytest.mark.parametrize(("name", "data", "words"), [
    ("absent.zip", None, "there is no folder or file"),
    ("text.zip", b"<html>", "is no zip file of the course"),
    ("cut.zip", "cut", "is no zip file of the course|the zip file is damaged"),
    (".", None, "this is the folder of the course itself"),
    ("empty", "folder", "there is no course in it"),
    ("broken", "page", "01_page.ipynb of the course is damaged"),
])
def test_a_bad_download_is_one_sentence(world, tmp_path, name, data, words):
    course, clone, publish = world
    publish()
    path = clone / name if name == "." else tmp_path / name
    if data == "cut":
        whole = _zipped(course, path).read_bytes()
        path.write_bytes(whole[:len(whole) // 2])
    elif data == "folder":
        path.mkdir()
    elif data == "page":
        shutil.copytree(course, path)
        (path / PAGE).write_text("{")
        put(clone, {PAGE: answered()})
    elif data:
        path.write_bytes(data)
    with pytest.raises(SystemExit, match=words):
        update.main([str(path)], clone)


def test_the_command_answers_for_help():
    done = subprocess.run([sys.executable, "-m", "course_utils.update", "--help"],
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and "--dry-run" in done.stdout
