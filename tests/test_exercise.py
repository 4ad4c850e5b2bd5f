"""The exercise engine survives what students do, and says one clear sentence."""

import os

import numpy as np
import pytest

from course_utils.exercise import (Exercise, ExerciseSet, Mistake, Undefined,
                                   load_exercises, look_up)


def double(f):
    """Return 2 f."""
    return 2 * f


@pytest.fixture
def exercise():
    return Exercise(
        "double", double,
        lambda rng: [(np.array([[1.0, 2.0], [3.0, 4.0]]),), (rng.random((12, 10)),),
                     (rng.random((3, 5)),)],
        {"squared": Mistake(lambda f: f ** 2, "You squared."),
         "unchanged": Mistake(lambda f: f, "You did nothing."),
         "raises": Mistake(lambda f: f["double"], "You used a key.")},
        ["first hint", "second hint"], independent=lambda f: f + f)


def stub(f):
    """Return 2 f."""
    raise NotImplementedError


def finished_but_raise_left(f):
    f = 2 * f
    raise NotImplementedError


def raising(f):
    g = f * 2
    return g[99, 0]


def changing(f):
    f *= 2
    return f


def looping_forever(f):
    raise KeyboardInterrupt


def leaving(f):
    raise SystemExit


def recursing(f):
    return recursing(f)


@pytest.mark.parametrize(("answer", "kind", "words"), [
    (stub, "not attempted", "not attempted yet"),
    (finished_but_raise_left, "not attempted", "delete it"),
    (double, "right", "right, on all 3 cases"),
    (lambda f: (2 * f).tolist(), "right", "right"),
    (lambda f: np.float32(2) * f.astype(np.float32), "right", "right"),
    (lambda f: f ** 2, "mistake", "You squared."),
    (lambda f: [row["a"] for row in f], "mistake", "You used a key."),
    (raising, "error", "raised IndexError"),
    (looping_forever, "error", "interrupted"),
    (leaving, "error", "SystemExit"),
    (recursing, "error", "RecursionError"),
    (lambda: 2, "error", "called with (f), but your function takes ()"),
    (lambda f, size: f, "error", "but your function takes (f, size)"),
    (None, "type", "write ex.double.check(double)"),
    (lambda f: None, "type", "returned None"),
    (lambda f: "2f", "type", "returned a str"),
    (lambda f: (2 * f, 2), "type", "returned a tuple"),
    (lambda f: 2 * f[:1], "shape", "expected (2, 2)"),
    (lambda f: f * np.nan, "range", "NaN"),
    (lambda f: 200 * f ** 2 + 7, "range", "values run from"),
    (changing, "changed input", "changes its input `f`: work on a copy"),
    (lambda f: 2 * f + 0.1 * f ** 2, "value", "largest difference"),
    (np.array([1.0]), "type", "write ex.double.check(double)"),
    (Undefined("doubel"), "type", "`doubel` is not defined"),
])
def test_verdicts(exercise, answer, kind, words):
    verdict = exercise.judge(answer)
    assert verdict.kind == kind
    assert words in verdict.text


def test_an_exception_is_shown_at_the_students_own_line(exercise):
    text = exercise.judge(raising).text
    assert "return g[99, 0]" in text
    assert f"line {raising.__code__.co_firstlineno + 2}" in text


def test_check_prints_and_never_raises(exercise, capsys):
    for answer in (stub, raising, leaving, looping_forever, None, 3):
        assert exercise.check(answer) is None
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "double: not attempted yet"
    assert all(len(line) <= 79 for line in lines)


def test_a_wrong_image_is_drawn(exercise, capsys, monkeypatch):
    drawn = []
    monkeypatch.setattr("course_utils.exercise._show_difference",
                        lambda *images: drawn.append(images))
    exercise.check(lambda f: 2 * f + (f.shape == (12, 10)) * f ** 3)
    assert [np.shape(image) for image in drawn[0]] == [(12, 10), (12, 10)]


def test_small_cases_are_printed_whole(exercise):
    text = exercise.judge(lambda f: 2 * f + (f == 4)).text
    assert ("  f = [[1. 2.]\n"
            "       [3. 4.]]\n"
            "  expected = [[2. 4.]\n"
            "              [6. 8.]]\n"
            "  yours    = [[2. 4.]\n"
            "              [6. 9.]]") in text


def statistics(f):
    """Return sum, largest and smallest value."""
    return f.sum(), f.max(), f.min()


def test_two_known_mistakes_in_two_values_are_both_named():
    exercise = Exercise(
        "statistics", statistics, lambda rng: [(rng.random(k),) for k in (3, 5, 9)],
        {"raises": Mistake(lambda f: f["sum"], "You used a key."),
         "mean": Mistake((lambda f: (f.mean(), f.max(), f.min()),
                          lambda f: (np.median(f), f.max(), f.min())), "You took the mean."),
         "place": Mistake(lambda f: (f.sum(), f.argmax(), f.min()), "You took a place.")},
        [], independent=statistics)
    verdict = exercise.judge(lambda f: (f.mean(), f.argmax(), f.min()))
    assert verdict.mistake == "mean + place"
    assert verdict.text == "not yet. You took the mean.\nYou took a place."
    assert exercise.judge(lambda f: (f.mean(), 7, f.min())).kind == "value"


def sorted_values(value):
    """the values in ascending order"""
    return np.sort(value) if isinstance(value, (list, np.ndarray)) else value


def test_results_that_differ_by_what_the_exercise_leaves_open_are_equally_right():
    exercise = Exercise(
        "double", double, lambda rng: [(rng.random(k),) for k in (3, 5, 9)],
        {"squared": Mistake(lambda f: f ** 2, "You squared.")}, [],
        independent=lambda f: f + f, canonical=sorted_values)
    for answer in (double, lambda f: 2 * f[::-1], lambda f: sorted(2 * f)):
        assert exercise.judge(answer).kind == "right"
    assert exercise.judge(lambda f: f[::-1] ** 2).mistake == "squared"
    verdict = exercise.judge(lambda f: np.cos(f))
    assert verdict.kind == "value"
    assert "(compared are the values in ascending order)" in verdict.text
    assert exercise.judge(lambda f: None).kind == "type"


def in_other_words(value, wanted):
    return "it is above." if (np.asarray(value) > wanted).all() else ""


def test_an_exercise_may_explain_a_wrong_value_in_its_own_words():
    exercise = Exercise(
        "double", double, lambda rng: [(1 + rng.random(k),) for k in (3, 5, 9)],
        {"squared": Mistake(lambda f: f ** 2, "You squared.")}, [],
        independent=lambda f: f + f, explain=in_other_words)
    assert "In case 1 of 3 it is above." in exercise.judge(lambda f: 9 + f ** 3).text
    assert "largest difference" in exercise.judge(
        lambda f: 2 * f + 0.2 * (-1) ** np.arange(len(f))).text
    assert exercise.judge(lambda f: f[:2]).kind == "shape"
    assert exercise.judge(lambda f: f ** 2).mistake == "squared"


def test_hints_come_one_by_one_and_end_politely(exercise, capsys):
    for _ in range(4):
        exercise.hint()
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "double, hint 1 of 2: first hint"
    assert lines[1] == "double, hint 2 of 2: second hint"
    assert lines[2] == lines[3]
    assert "the last of 2 hints" in lines[2]


def test_the_solution_is_the_function_that_grades(exercise, capsys, monkeypatch):
    monkeypatch.delenv("COURSE_SOLUTIONS", raising=False)
    exercise.solution()
    namespace = {}
    exec(capsys.readouterr().out, namespace)
    assert exercise.judge(namespace["double"]).kind == "right"


def test_solutions_can_be_switched_off(exercise, capsys, monkeypatch):
    monkeypatch.setitem(os.environ, "COURSE_SOLUTIONS", "off")
    exercise.solution()
    assert "return" not in capsys.readouterr().out


def test_report_and_results(exercise, capsys):
    ex = ExerciseSet("99", [exercise])
    ex.report()
    ex.double.check(raising)
    ex.report()
    ex.double.check(double)
    ex.report()
    out = capsys.readouterr().out
    assert "0 of 1 exercises solved\n  double                   not attempted yet" in out
    assert "not right yet" in out
    assert "1 of 1 exercises solved\n  double                   solved" in out
    assert ex.results()["double"].kind == "right"


def test_an_unknown_exercise_says_so_and_goes_on(exercise, capsys):
    ex = ExerciseSet("99", [exercise])
    ex.doubel.check(double)
    ex.doubel.hint()
    ex.doubel.solution()
    assert capsys.readouterr().out.count("Did you mean ex.double?") == 3


def test_an_unknown_page_is_refused():
    with pytest.raises(ValueError, match="no exercises for page '98'; there are for 00"):
        load_exercises("98")


def test_look_up_finds_names_builtins_or_neither():
    assert look_up("f", {"f": 3}) == 3
    assert look_up("abs", {}) is abs
    assert look_up("typo", {}).name == "typo"
