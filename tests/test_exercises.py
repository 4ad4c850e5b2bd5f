"""Every exercise of every page: honest reference, recognised mistakes, matching stub."""

import ast
import copy
import inspect
import warnings

import numpy as np
import pages
import pytest

from course_utils import load_exercises
from course_utils.compare import difference

ALL = [(path, exercise) for path in pages.all_pages()
       for exercise in load_exercises(path.name[:2])]
NAMES = [f"{path.name[:2]}-{exercise.name}" for path, exercise in ALL]
MISTAKES = [(exercise, name) for _, exercise in ALL for name in exercise.mistakes]

every_exercise = pytest.mark.parametrize("exercise", [e for _, e in ALL], ids=NAMES)


@every_exercise
def test_it_has_enough_cases_mistakes_and_hints(exercise):
    assert len(exercise.cases()) >= 3
    assert len(exercise.mistakes) >= 3
    assert len(exercise.hints) >= 2
    size = [sum(np.size(part) for part in case) for case in exercise.cases()]
    assert size[0] == min(size), "the first case is to be the smallest"


@every_exercise
def test_its_cases_are_seeded(exercise):
    for one, other in zip(exercise.cases(), exercise.cases(), strict=True):
        for mine, yours in zip(one, other, strict=True):
            np.testing.assert_array_equal(mine, yours)


@every_exercise
def test_the_reference_equals_an_independent_computation(exercise):
    assert exercise.independent is not exercise.reference
    for case in exercise.cases():
        expected = exercise.reference(*copy.deepcopy(case))
        assert difference(exercise.independent(*copy.deepcopy(case)), expected) is None


def _styles(exercise):
    reference = exercise.reference

    def as_lists(*arguments):
        result = reference(*arguments)
        return result.tolist() if isinstance(result, np.ndarray) else result

    def in_float32(*arguments):
        result = reference(*arguments)
        if isinstance(result, np.ndarray) and result.dtype == float:
            return result.astype(np.float32)
        return result

    def contiguous_elsewhere(*arguments):
        result = reference(*arguments)
        return np.asfortranarray(result) if isinstance(result, np.ndarray) else result

    styles = [reference, exercise.independent, *exercise.also_right, in_float32,
              contiguous_elsewhere]
    return styles if exercise.dtype else [*styles, as_lists]


@every_exercise
def test_every_correct_style_is_right_and_changes_nothing(exercise):
    for answer in _styles(exercise):
        verdict = exercise.judge(answer)
        assert verdict.kind == "right", verdict.text


@pytest.mark.parametrize(("exercise", "name"), MISTAKES,
                         ids=[f"{e.name}: {name}" for e, name in MISTAKES])
def test_a_known_mistake_is_recognised_by_name(exercise, name):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for function in exercise.mistakes[name].functions:
            verdict = exercise.judge(function)
            assert (verdict.kind, verdict.mistake) == ("mistake", name)
            assert exercise.mistakes[name].message in verdict.text


@every_exercise
def test_the_messages_tell_mistakes_apart(exercise):
    messages = [mistake.message for mistake in exercise.mistakes.values()]
    assert len(set(messages)) == len(messages)
    assert all(len(message.split()) >= 6 for message in messages)


@every_exercise
def test_a_wrong_answer_nobody_planned_fails_with_words(exercise):
    def off_by_a_little(*arguments):
        result = exercise.reference(*arguments)
        if isinstance(result, tuple):
            return (result[0] + 0.3, *result[1:])
        if isinstance(result, (bool, np.bool_)):
            return 0.5
        result = np.array(result)
        middle = result.flat[result.size // 2]
        result.flat[result.size // 2] = middle - 3 if middle > 3 else middle + 3
        return result

    verdict = exercise.judge(off_by_a_little)
    assert verdict.kind not in ("right", "mistake", "not attempted")
    assert "In case" in verdict.text


def _stubs(path):
    """Return the functions that raise NotImplementedError in a page, by name."""
    stubs = {}
    for cell in pages.cells(pages.read(path), "code"):
        for node in ast.parse(cell.source).body:
            if isinstance(node, ast.FunctionDef) and "NotImplementedError" in ast.dump(
                    node.body[-1]):
                stubs[node.name] = (node, cell.source)
    return stubs


@pytest.mark.parametrize(("path", "exercise"), ALL, ids=NAMES)
def test_the_stub_in_the_page_fits_the_reference(path, exercise):
    node, source = _stubs(path)[exercise.name]
    assert f"ex.{exercise.name}.check({exercise.name})" in source
    parameters = list(inspect.signature(exercise.reference).parameters)
    assert [argument.arg for argument in node.args.args] == parameters
    namespace = {}
    exec(ast.unparse(node), namespace)
    verdict = exercise.judge(namespace[exercise.name])
    assert (verdict.kind, verdict.text) == ("not attempted", "not attempted yet")


@pytest.mark.parametrize("path", pages.all_pages(), ids=lambda path: path.name[:2])
def test_every_stub_of_a_page_has_an_exercise(path):
    assert list(_stubs(path)) == [e.name for p, e in ALL if p == path]
