"""Exercises that say which mistake was made: check, hint, solution, report."""

import ast
import builtins
import copy
import difflib
import importlib
import inspect
import linecache
import os
import pkgutil
import textwrap
import warnings
from typing import NamedTuple

import numpy as np

from course_utils.compare import Problem, difference

WIDTH = 79
SMALL = 30              # arrays up to this size are printed whole


class Mistake(NamedTuple):
    """A known mistake: a function that makes it, or a tuple of several, and what to say."""

    function: object
    message: str

    @property
    def functions(self):
        """The wrong functions as a tuple."""
        return self.function if isinstance(self.function, tuple) else (self.function,)


class Verdict(NamedTuple):
    """Outcome of a check.

    ``kind`` is "not attempted", "right", "mistake", "error", "type", "shape",
    "range", "changed input" or "value"; ``mistake`` the name of a known mistake.
    """

    kind: str
    text: str
    mistake: str = ""
    picture: tuple = ()


class Outcome(NamedTuple):
    """What one call gave: a value or an error, and which arguments were changed."""

    value: object = None
    error: Exception = None
    changed: tuple = ()


class Exercise:
    """One exercise: the reference that grades it, its cases and its known mistakes.

    Parameters
    ----------
    name : str
        Name of the function the student writes.
    reference : callable
        The solution; its source is what `solution` prints.
    cases : callable
        ``cases(rng)`` returns a list of argument tuples, the smallest first.
    mistakes : dict of str to Mistake
        Known wrong answers by name.
    hints : sequence of str
        One more is shown at each call of `hint`.
    independent : callable
        A second right answer that shares no code with the reference (a library's,
        where there is one); the tests compare the two.
    also_right : sequence of callable
        Right answers in other styles, kept as tests.
    tolerance : float
        Largest accepted difference relative to the largest expected magnitude.
    dtype : type, optional
        The type that the result must have, where that is part of the exercise.
    canonical : callable, optional
        Maps all results that are equally right to one of them, applied to answer and
        expected value before they are compared: labels of regions, for example, may
        be numbered in any order. It returns unchanged what it does not understand,
        and its docstring completes the words "compared are ...".
    explain : callable, optional
        ``explain(value, wanted)`` says in words what is wrong with values of the right
        shape that no known mistake gives, where their difference would say little;
        "" leaves it at the difference.
    """

    def __init__(self, name, reference, cases, mistakes, hints, *, independent,
                 also_right=(), tolerance=1e-4, dtype=None, canonical=None,
                 explain=None):
        self.name = name
        self.reference = reference
        self.mistakes = mistakes
        self.hints = tuple(hints)
        self.independent = independent
        self.also_right = tuple(also_right)
        self.tolerance = tolerance
        self.dtype = dtype
        self.canonical = canonical
        self.explain = explain
        self.verdict = Verdict("not attempted", "not attempted yet")
        self._cases = cases
        self._own = {}          # outcomes of reference and mistakes, computed once
        self._hints_given = 0

    def cases(self):
        """Return the argument tuples, the same at each call."""
        return self._cases(np.random.default_rng(0))

    def check(self, answer=None):
        """Judge a function, print the verdict, and never stop the page."""
        self.verdict = self.judge(answer)
        print(_wrapped(f"{self.name}: {self.verdict.text}"))
        if self.verdict.picture:
            _show_difference(*self.verdict.picture)

    def hint(self):
        """Print one hint more."""
        if self._hints_given == len(self.hints):
            print(_wrapped(f"{self.name}: that was the last of {len(self.hints)} hints; "
                           f"ex.{self.name}.solution() prints a solution"))
            return
        self._hints_given += 1
        print(_wrapped(f"{self.name}, hint {self._hints_given} of {len(self.hints)}: "
                       f"{self.hints[self._hints_given - 1]}"))

    def solution(self):
        """Print the source of the reference, unless COURSE_SOLUTIONS=off."""
        if os.environ.get("COURSE_SOLUTIONS", "on").lower() == "off":
            print(f"{self.name}: solutions are switched off (COURSE_SOLUTIONS=off); "
                  "ask your instructor")
        else:
            print(inspect.getsource(self.reference).rstrip())

    def judge(self, answer):
        """Return the Verdict on a function without printing anything."""
        if not callable(answer):
            return Verdict("type", _not_callable(self.name, answer))
        cases = self.cases()
        misfit = _misfit(answer, self.reference, cases[0])
        if misfit:
            return Verdict("error", f"not yet. {misfit}")
        outcomes = [self._outcome(answer, case) for case in cases]
        errors = [outcome.error for outcome in outcomes if outcome.error]
        if any(isinstance(error, NotImplementedError) for error in errors):
            return Verdict("not attempted", _not_attempted(answer))
        expected = [own.value for own in self._own_outcomes(self.reference, cases)]
        problems = [self._problem(outcome, wanted)
                    for outcome, wanted in zip(outcomes, expected, strict=True)]
        if any(problems):
            known = self._known_mistakes(cases, outcomes, expected)
            if known:
                messages = [self.mistakes[name].message for name in known]
                return Verdict("mistake", "not yet. " + "\n".join(messages),
                               " + ".join(known))
        return self._first_fault(answer, cases, outcomes, expected, problems)

    def _problem(self, outcome, wanted):
        """Return the Problem of one outcome, or None."""
        if outcome.error:
            return Problem("error", str(outcome.error))
        problem = difference(outcome.value, wanted, self.tolerance)
        if problem is None and self.dtype is not None:
            dtype = np.asarray(outcome.value).dtype
            if dtype != self.dtype:
                problem = Problem("type", f"its values are right, but of type {dtype}; "
                                          f"expected {np.dtype(self.dtype)}")
        return problem

    def _outcome(self, function, case):
        """Call ``function`` on a copy of ``case``; its value becomes the canonical one."""
        outcome = _outcome(function, case)
        if self.canonical is None or outcome.error:
            return outcome
        return outcome._replace(value=self.canonical(outcome.value))

    def _own_outcomes(self, function, cases):
        """Return the outcomes of the reference or of a mistake, the same at each call."""
        if function not in self._own:
            self._own[function] = [self._outcome(function, case) for case in cases]
        return self._own[function]

    def _known_mistakes(self, cases, outcomes, expected):
        """Return the names of the known mistakes that give the same outcomes."""
        wrong = []
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            for name, mistake in self.mistakes.items():
                for function in mistake.functions:
                    theirs = self._own_outcomes(function, cases)
                    if all(_same_outcome(mine, other, self.tolerance)
                           for mine, other in zip(outcomes, theirs, strict=True)):
                        return [name]
                    wrong.append((name, [other.value for other in theirs]))
        if isinstance(expected[0], tuple):
            return self._mistakes_by_value(outcomes, wrong, expected)
        return []

    def _mistakes_by_value(self, outcomes, wrong, expected):
        """Explain each wrong value of several by a mistake of its own, or return []."""
        size = len(expected[0])

        def complete(values):
            return all(isinstance(value, (tuple, list)) and len(value) == size
                       for value in values)

        mine = [outcome.value for outcome in outcomes]
        if not complete(mine):
            return []
        wrong = [(name, values) for name, values in wrong if complete(values)]
        names = []
        for k in range(size):
            def same(one, other, k=k):
                return difference(one[k], other[k], self.tolerance) is None

            if all(map(same, mine, expected)):
                continue
            found = [name for name, values in wrong if all(map(same, mine, values))]
            if not found:
                return []
            names.append(found[0])
        return list(dict.fromkeys(names))

    def _first_fault(self, answer, cases, outcomes, expected, problems):
        """Report error, type, shape, range, changed input or value, in this order."""
        kinds = [problem.kind if problem else None for problem in problems]
        for kind in ("error", "type", "shape", "range"):
            if kind in kinds:
                return self._fault(answer, kinds.index(kind), cases, outcomes,
                                   expected, problems)
        changed = [k for outcome in outcomes for k in outcome.changed]
        if changed:
            name = list(inspect.signature(self.reference).parameters)[changed[0]]
            return Verdict("changed input", f"not yet. Your function changes its input "
                           f"`{name}`: work on a copy, `{name} = {name}.copy()`")
        if any(problems):
            return self._fault(answer, kinds.index("value"), cases, outcomes, expected,
                               problems)
        return Verdict("right", f"right, on all {len(cases)} cases")

    def _fault(self, answer, k, cases, outcomes, expected, problems):
        """Describe what is wrong with case ``k``."""
        text = problems[k].text
        if problems[k].kind == "error":
            text = _error_text(answer, outcomes[k].error)
        elif self.explain and problems[k].kind in ("value", "range"):
            text = self.explain(outcomes[k].value, expected[k]) or text
        text = (f"not yet. In case {k + 1} of {len(cases)} {text}\n"
                + _call_text(self.reference, cases[k]))
        value, wanted = outcomes[k].value, expected[k]
        if self.canonical and problems[k].kind in ("value", "range"):
            text += f"\n(compared are {inspect.getdoc(self.canonical)})"
        if problems[k].kind == "error" or isinstance(wanted, tuple):
            return Verdict(problems[k].kind, text)
        if 1 < np.size(wanted) <= SMALL:
            text += (f"\n{_labelled('  expected = ', wanted)}"
                     f"\n{_labelled('  yours    = ', value)}")
        picture = (value, wanted) if _both_images(value, wanted) else ()
        return Verdict(problems[k].kind, text, picture=picture)


def _outcome(function, case):
    """Call ``function`` on a copy of ``case``."""
    arguments = copy.deepcopy(case)
    try:
        value = function(*arguments)
    except KeyboardInterrupt:
        return Outcome(error=RuntimeError("it was interrupted before it had finished"))
    except (Exception, SystemExit) as error:
        return Outcome(error=error)
    return Outcome(value, changed=_changed_arguments(arguments, case))


def _changed_arguments(after, before):
    """Return the places of the arrays and lists that a call has changed."""
    return tuple(
        k for k, (new, old) in enumerate(zip(after, before, strict=True))
        if isinstance(old, (np.ndarray, list)) and not np.array_equal(
            new, old, equal_nan=np.asarray(old).dtype.kind in "fc"))


def _misfit(answer, reference, case):
    """Say whether ``answer`` takes other arguments than the reference; else ""."""
    try:
        signature = inspect.signature(answer)
    except (TypeError, ValueError):         # some built-in functions have none
        return ""
    try:
        signature.bind(*case)
    except TypeError:
        return (f"It is called with {inspect.signature(reference)}, but your function "
                f"takes {signature}")
    return ""


def _same_outcome(one, other, tolerance):
    """Say whether two calls ended alike: the same error, or equal values."""
    if one.error or other.error:
        return repr(one.error) == repr(other.error)
    return (difference(one.value, _plain(other.value), tolerance) is None
            if other.value is not None else one.value is None)


def _plain(value):
    """Return lists as arrays, so that they can stand as an expected value."""
    return np.asarray(value) if isinstance(value, list) else value


def _wrapped(text):
    """Break each long line of ``text`` at WIDTH; keep short ones as they are."""
    return "\n".join(line if len(line) <= WIDTH else textwrap.fill(line, WIDTH)
                     for line in text.splitlines())


def _not_callable(name, answer):
    """Say what to give to check instead of ``answer``."""
    if answer is None:
        return f"check needs your function: write ex.{name}.check({name})"
    if isinstance(answer, Undefined):
        return (f"`{answer.name}` is not defined. Run the cell that defines it, or "
                "check its spelling.")
    return (f"check needs the function itself, not {type(answer).__name__}: write "
            f"ex.{name}.check({name}), without brackets after the name")


def _not_attempted(answer):
    """Tell an untouched stub from code that still ends in its ``raise``."""
    code = getattr(answer, "__code__", None)
    lines = {line for *_, line in code.co_lines()} if code else ()
    if len(lines) > 2:
        return ("not attempted yet: the line `raise NotImplementedError` still runs; "
                "delete it when your code is there")
    return "not attempted yet"


def _error_text(answer, error):
    """Describe an exception by its type, message and the student's own line."""
    text = f"it raised {type(error).__name__}: {error}".rstrip(": ")
    file = getattr(getattr(answer, "__code__", None), "co_filename", None)
    own = None
    trace = error.__traceback__
    while trace:
        if trace.tb_frame.f_code.co_filename == file:
            own = trace.tb_lineno
        trace = trace.tb_next
    if own is None:
        return text
    source = linecache.getline(file, own).strip()
    return f"{text}\n  in line {own} of the cell: {source}"


def _call_text(reference, case):
    """Return the arguments of a call, small ones in full."""
    names = inspect.signature(reference).parameters
    return "\n".join(_labelled(f"  {name} = ", value)
                     for name, value in zip(names, case, strict=False))


def _labelled(label, value):
    """Return a value behind its label, the rows of an array under each other."""
    return label + _short(value).replace("\n", "\n" + " " * len(label))


def _short(value):
    """Return small values in full, large arrays by shape and type."""
    if callable(value):
        return inspect.getdoc(value) or getattr(value, "__name__", "a function")
    array = value if isinstance(value, np.ndarray) else None
    if isinstance(value, list) and len(value) > 3:
        return f"a list of {len(value)}"
    if array is None or array.size <= SMALL:
        if array is None:
            return str(value)
        return np.array2string(array, precision=4, suppress_small=True)
    return f"array of shape {array.shape}, {array.dtype}"


def _both_images(value, wanted):
    """Say whether a picture of the difference makes sense."""
    shape = np.shape(wanted)
    try:
        value = np.asarray(value)
    except ValueError:                      # a ragged list or tuple
        return False
    return (value.shape == shape and len(shape) == 2 and min(shape) >= 8
            and value.dtype.kind in "buif")


def _show_difference(value, wanted):
    """Draw yours, expected and their difference."""
    from course_utils.plotting import show, show_images

    value, wanted = np.asarray(value, float), np.asarray(wanted, float)
    show_images([value, wanted, np.abs(value - wanted)],
                ["yours", "expected", "difference"])
    show("Three images side by side: your result, the expected one and the absolute "
         "difference of the two")


class Undefined:
    """Stands for a name that the student's notebook does not define."""

    def __init__(self, name):
        self.name = name


class MissingExercise:
    """Stands for an exercise that does not exist: says so, and the page goes on."""

    def __init__(self, name, names):
        near = difflib.get_close_matches(name, names, n=1)
        hint = f" Did you mean ex.{near[0]}?" if near else ""
        self._sentence = _wrapped(f"there is no exercise ex.{name} on this page.{hint} "
                                  f"There are: {', '.join(names)}")

    def check(self, _answer=None):
        """Print that the exercise does not exist."""
        print(self._sentence)

    hint = solution = check


class ExerciseSet:
    """The exercises of one page, by name: ``ex.negative.check(negative)``."""

    def __init__(self, page, exercises):
        self._page = page
        self._exercises = {exercise.name: exercise for exercise in exercises}

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        found = self._exercises.get(name)
        return found or MissingExercise(name, list(self._exercises))

    def __dir__(self):
        return [*self._exercises, "report"]

    def __iter__(self):
        return iter(self._exercises.values())

    def __len__(self):
        return len(self._exercises)

    def results(self):
        """Return a dict: name of each exercise to its last Verdict."""
        return {exercise.name: exercise.verdict for exercise in self}

    def report(self):
        """Print how many exercises are solved, and the state of each."""
        verdicts = self.results()
        solved = sum(verdict.kind == "right" for verdict in verdicts.values())
        print(f"page {self._page}: {solved} of {len(verdicts)} exercises solved")
        states = {"right": "solved", "not attempted": "not attempted yet"}
        for name, verdict in verdicts.items():
            print(f"  {name:24} {states.get(verdict.kind, 'not right yet')}")


def load_exercises(page):
    """Return the exercises of a page.

    Parameters
    ----------
    page : str
        Its two-digit number, for example ``"01"``.

    Returns
    -------
    ExerciseSet

    Raises
    ------
    ValueError
        If no page has this number.
    """
    import course_utils.exercises as package

    modules = {module.name[2:4]: module.name
               for module in pkgutil.iter_modules(package.__path__)}
    if page not in modules:
        raise ValueError(f"there are no exercises for page {page!r}; there are for "
                         f"{', '.join(sorted(modules))}")
    module = importlib.import_module(f"{package.__name__}.{modules[page]}")
    _forgive_undefined_names()
    return ExerciseSet(page, module.make_exercises())


def _forgive_undefined_names():
    """In IPython, let ``ex.name.check(typo)`` reach check instead of raising NameError."""
    try:
        from IPython import get_ipython
    except ImportError:
        return
    shell = get_ipython()
    if shell and not any(isinstance(known, _NamesToLookUp)
                         for known in shell.ast_transformers):
        shell.ast_transformers.append(_NamesToLookUp(shell))


class _NamesToLookUp(ast.NodeTransformer):
    """Rewrite the line ``ex.a.check(b)`` to look ``b`` up without failing.

    Python evaluates ``b`` before check is called; a student who renamed a function
    would get a traceback, and the rest of the page would not run.
    """

    def __init__(self, shell):
        self.shell = shell

    def visit_Module(self, node):
        for statement in node.body:
            match statement:
                case ast.Expr(ast.Call(ast.Attribute(ast.Attribute(ast.Name(root)), "check"),
                                       [ast.Name(name) as argument])) if isinstance(
                                           self.shell.user_ns.get(root), ExerciseSet):
                    lookup = ast.parse(f"__import__('course_utils.exercise').exercise"
                                       f".look_up({name!r}, globals())", mode="eval").body
                    for part in ast.walk(lookup):
                        ast.copy_location(part, argument)
                    statement.value.args = [lookup]
        return node


def look_up(name, namespace):
    """Return the object called ``name``, or an Undefined that carries the name."""
    if name in namespace:
        return namespace[name]
    return getattr(builtins, name, Undefined(name))
