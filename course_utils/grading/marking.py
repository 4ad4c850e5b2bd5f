"""Mark one notebook: run its cells in a kernel, judge its answers here."""

import linecache
import pkgutil
import re
import time
from contextlib import suppress
from functools import cache
from typing import NamedTuple

from course_utils.exercise import load_exercises
from course_utils.grading import look, slices
from course_utils.grading.answer import Answer, Stopped
from course_utils.grading.kernel import Limits, Lost, StudentKernel
from course_utils.grading.submission import Unusable, checked, defined, read, student, tree
from course_utils.grading.wire import printable

RESULTS = ("solved", "known mistake", "wrong", "error", "time", "memory",
           "not attempted", "missing", "not marked")
RESTARTS = 3
PATIENCE = 120                  # seconds for a cell as it was handed out
BY_KIND = {"right": "solved", "mistake": "known mistake", "error": "error",
           "not attempted": "not attempted"}
LOST = {"memory": "it used more than the {memory:g} GB of memory it may have",
        "time": "it did not end within its {cell:g} s, and could not be interrupted",
        "error": "Python itself ended while this ran"}


class Result(NamedTuple):
    """What one exercise of one notebook got."""

    exercise: str
    result: str
    text: str = ""
    mistake: str = ""
    look_at: str = ""
    seconds: float = 0.0
    code: str = ""              # the answer in plain form, to find equal ones


class Marked(NamedTuple):
    """What one file got: the results, or the sentence why there are none."""

    path: object
    student: str
    page: str = ""
    results: tuple = ()
    trouble: str = ""
    seconds: float = 0.0


@cache
def exercises(page):
    """Return the exercises of a page, loaded once."""
    return load_exercises(page)


def pages():
    """Return the numbers of the pages that have exercises."""
    import course_utils.exercises as package

    return sorted(module.name[2:4] for module in pkgutil.iter_modules(package.__path__))


def mark(path, *, page=None, only=None, fast=False, limits=Limits()):
    """Return the Marked of a file; it raises nothing for what is in the file.

    Parameters
    ----------
    path : Path
    page : str, optional
        For notebooks that do not tell which page they are.
    only : str, optional
        Mark this exercise alone.
    fast : bool
        Run only what the answers need; run all if an answer then misses a name.
    limits : Limits
    """
    start = time.monotonic()
    try:
        submission = read(path, pages(), page)
        results = _Marking(submission, only, fast, limits).results()
        if fast and _misses_a_name(submission, results):
            results = _Marking(submission, only, False, limits).results()
    except Unusable as trouble:
        return Marked(path, student(path, page), page or "", trouble=str(trouble))
    except Exception as error:          # a fault of ours must not cost the class
        return Marked(path, student(path, page), page or "", trouble="a fault of the "
                      f"marking itself, {type(error).__name__}: {error}")
    return Marked(path, submission.student, submission.page, tuple(results),
                  seconds=time.monotonic() - start)


def _misses_a_name(submission, results):
    """Say whether an answer failed for want of a name that the notebook has."""
    missed = {name for result in results
              for name in re.findall(r"NameError: name '(\w+)'", result.text)}
    return any(missed & defined(cell.source) for cell in submission.code)


class _Marking:
    """The marking of one notebook."""

    def __init__(self, submission, only, fast, limits):
        self.submission, self.limits = submission, limits
        self.exercises = exercises(submission.page)
        self.names = [exercise.name for exercise in self.exercises
                      if only in (None, exercise.name)]
        self.found = {}                 # exercise: Result
        self.own = [cell for cell in submission.code if not cell.shipped]
        self.todo = {name for name in self.names if not self._without_running(name)}
        self.cells = (slices.needed(submission.code, self.todo) if fast
                      else submission.code)
        self.done, self.restarts = [], 0
        self.kernel, self.noticed = None, set()

    def _without_running(self, name):
        """Settle an exercise whose cell is gone or untouched; return its result."""
        holding = [cell for cell in self.submission.code
                   if name in checked(cell.source) or name in defined(cell.source)]
        if any(not cell.shipped for cell in holding):
            return None
        if holding:
            result = Result(name, "not attempted", "the cell is as it was handed out")
        else:
            text = "its cell is not in the notebook"
            for cell in self.submission.cells:
                if cell.kind != "code" and f".{name}.check(" in cell.source:
                    text = (f"cell {cell.number} holds it, but is a {cell.kind} cell: "
                            "make it a code cell")
            result = Result(name, "missing", text)
        self.found[name] = result
        return result

    def results(self):
        """Return the Result of each exercise, in the order of the page."""
        if self.todo:
            self.end = time.monotonic() + self.limits.notebook
            try:
                self._run_all()
            finally:
                if self.kernel:
                    self.kernel.stop()
        return [self._looked_at(self.found.get(name, Result(
            name, "not marked", "no cell of the notebook came to its check")))
            for name in self.names]

    def _run_all(self):
        """Run the cells in order; judge after each one that holds an answer."""
        try:
            self._start()
        except Lost:
            raise Unusable("Python did not start: try again, with --jobs 1") from None
        for cell in self.cells:
            left = self.end - time.monotonic()
            if left <= 0 or self.restarts > RESTARTS:
                break
            self._run(cell, min(left, self._seconds(cell)))
        self._give_up(time.monotonic() >= self.end)

    def _seconds(self, cell):
        """Return the limit of a cell; those of the page may train, or load, a lot."""
        patient = cell.shipped or "load_exercises(" in cell.source
        return max(self.limits.cell, PATIENCE) if patient else self.limits.cell

    def _give_up(self, late):
        """Say of the exercises that were not reached why they were not."""
        text = (f"the notebook used up its {self.limits.notebook:g} s before this exercise"
                if late else "Python ended too often before this exercise")
        if late or self.restarts > RESTARTS:
            for name in self.todo - self.found.keys():
                self.found[name] = Result(name, "time" if late else "error", text)

    def _start(self):
        """Start a kernel, and bring it to where the last one was."""
        if self.kernel:
            self.kernel.stop()
        self.kernel = StudentKernel(
            self.exercises, {self.submission.page: [e.name for e in self.exercises]},
            self.limits)
        for source in self.done[:-1]:
            self._replay(source)
        self._forget()                  # all but the last cell are judged already
        for source in self.done[-1:]:
            self._replay(source)

    def _replay(self, source):
        """Run once more what ran before."""
        left = self.end - time.monotonic()
        if source and left > 0:
            self.kernel.run(source, min(left, PATIENCE))

    def _forget(self):
        """Let the kernel forget what it noted: it is judged."""
        with self.kernel.serving():
            self.kernel.request({"do": "forget"}, PATIENCE)

    def _again(self):
        """Start anew after the kernel was lost; give up after several times."""
        self.restarts += 1
        if self.restarts <= RESTARTS:
            try:
                self._start()
            except Lost:
                self.restarts = RESTARTS + 1

    def _run(self, cell, seconds):
        """Run one cell, judge what it checks."""
        start = time.monotonic()
        try:
            ran = self.kernel.run(cell.source, seconds)
            if ran.how == "ok":
                self.done.append(cell.source)
            else:
                self.done.append(slices.definitions(cell.source))
            trouble = self._trouble(cell, ran, seconds)
        except Lost as lost:
            trouble = Result("", lost.why,
                             self._lost(lost.why, f"In cell {cell.number} "))
            self.done.append(slices.definitions(cell.source))
            self._again()
        names = self._names(cell) & self.todo
        if self.restarts <= RESTARTS and (names or ".check" in cell.source):
            self._judge_all(cell, names, trouble, start)

    def _lost(self, why, where):
        """Say why the kernel is gone."""
        return f"not yet. {where}" + LOST[why].format(memory=self.limits.memory / 1e9,
                                                     cell=self.limits.cell)

    def _names(self, cell):
        """Return the exercises that a cell checks, or defines if none checks them."""
        everywhere = set().union(*(checked(other.source) for other in self.cells))
        return set(checked(cell.source)) | {
            name for name in defined(cell.source) if name not in everywhere}

    def _trouble(self, cell, ran, seconds):
        """Return a nameless Result for a cell that did not run to its end, or None."""
        if ran.how == "ok":
            return None
        if ran.how == "time":
            return Result("", "time", f"not yet. Cell {cell.number} did not end within "
                          f"{seconds:.0f} s")
        said = re.sub(r"\([^()]*, line (\d+)\)", r"(line \1)", ran.text)
        text = f"not yet. Cell {cell.number} stops with {ran.error}: {said}"
        return Result("", "memory" if "Memory" in ran.error else "error",
                      printable(text))

    def _judge_all(self, cell, names, trouble, start):
        """Judge what a cell gave to check, and by name what it did not come to."""
        judged = set()
        while self.restarts <= RESTARTS:
            try:
                with self.kernel.serving():
                    recorded = self._recorded()
                    places = {name: k for k, name in enumerate(recorded)}
                    for name in sorted((names | set(places) & self.todo) - judged):
                        judged.add(name)
                        where = self._where(name, places, cell, trouble)
                        if where:
                            self._judge(name, where)
                        else:
                            self._note(trouble._replace(
                                exercise=name, seconds=time.monotonic() - start))
                return self._forget()
            except Lost:
                self._again()

    def _recorded(self):
        """Return the names that the kernel noted; raise Lost for anything else."""
        with suppress(TypeError, KeyError, IndexError):
            noted = self.kernel.request({"do": "recorded"}, PATIENCE)["done"]
            self.noticed |= set(map(str, noted["noticed"]))
            return list(map(str, noted["names"]))
        raise Lost("error")

    def _where(self, name, places, cell, trouble):
        """Return where the kernel may find the answer, best first; () if nowhere.

        What check was given comes first; then, if that is nothing, what is called like
        the exercise, if it is the student's.
        """
        own = set().union(*(defined(other.source) for other in self.own))
        given = checked(cell.source).get(name) or name
        by_name = [{"name": other} for other in dict.fromkeys((given, name))
                   if other in own]
        if name in places:
            return [{"place": places[name]}, *by_name]
        if trouble:
            return by_name if _readable(cell.source) else ()
        return by_name or [{"name": given}]

    def _judge(self, name, places):
        """Judge one answer; keep its result, also if the kernel is lost by it."""
        start = time.monotonic()
        for where in places:
            answer = Answer(self.kernel, where, self.limits.cell)
            given = None
            with suppress(Stopped):
                given = answer.load()
            if answer.found or answer.lost:
                break
        result = self._verdict(name, answer, given)
        linecache.cache.pop(answer.file, None)
        if name in self.kernel.asked:
            result = result._replace(look_at="asked for the reference while it was judged")
        self._note(result._replace(seconds=time.monotonic() - start))
        if answer.lost:
            raise Lost(answer.stopped[0])

    def _verdict(self, name, answer, given):
        """Return the Result of what the judge, or a limit, says of an answer."""
        try:
            verdict = getattr(self.exercises, name).judge(given)
        except Exception as error:      # only what no student's own Python returns
            return Result(name, "error", "not yet. what it returned cannot be judged: "
                          f"{type(error).__name__}: {printable(error)}")
        if answer.stopped:
            why, text = answer.stopped
            return Result(name, why, self._lost(why, text) if answer.lost
                          else f"not yet. {text}")
        kind = BY_KIND.get(verdict.kind, "wrong") if answer.found else "error"
        return Result(name, kind, printable(verdict.text), verdict.mistake)

    def _note(self, result):
        """Keep a result, unless the exercise was solved before."""
        old = self.found.get(result.exercise)
        if old is None or old.result != "solved":
            self.found[result.exercise] = result

    def _looked_at(self, result):
        """Add what a person should look at."""
        if result.result in ("missing", "not attempted"):
            return result
        name = result.exercise
        given = {checked(cell.source).get(name) for cell in self.own} - {None, ""}
        code = [part for other in sorted(given or {name})
                for part in look.own_code(other, self.own)]
        plain = look.plain(code)
        found = [result.look_at] if result.look_at else []
        found += [*look.suspicions(code), *look.tampering(self.own), *sorted(self.noticed)]
        if plain and plain == look.printed_solution(getattr(self.exercises, name)):
            found.append("same code as the printed solution")
        return result._replace(look_at="; ".join(found), code=plain)


def _readable(source):
    """Say whether Python can read a cell."""
    with suppress(SyntaxError):
        tree(source)
        return True
    return False
