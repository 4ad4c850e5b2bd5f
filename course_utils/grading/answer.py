"""A student's function as the judge sees it: called here, run in the kernel."""

import inspect
import itertools
import linecache
import time
from contextlib import suppress
from types import SimpleNamespace

from course_utils.exercise import Undefined
from course_utils.grading.kernel import Lost
from course_utils.grading.wire import make_error, printable

_numbers = itertools.count(1)


class Stopped(Exception):
    """Raised by an answer that met a limit; ``why`` is "time" or "memory"."""


class Answer:
    """Stands for a student's function: each call is made in the student's kernel."""

    def __init__(self, kernel, where, seconds):
        self.kernel, self.where, self.seconds = kernel, where, seconds
        self.file = f"<answer {next(_numbers)}>"
        self.end = time.monotonic() + seconds
        self.case = 0
        self.found, self.lost = True, False
        self.stopped = ()               # (why, words) once a limit was met

    def load(self):
        """Return what the judge is to judge: this, or what stands in its place."""
        about = self._ask({"do": "describe"})
        about = about.get("done", {}) if about else {}
        self.found = bool(about.get("callable"))
        if not self.found:
            return Undefined(about["undefined"]) if "undefined" in about else about.get(
                "value")
        self.__name__ = str(about.get("name"))
        lines, source = about.get("lines", []), about.get("source", [])
        if lines:
            self.__code__ = SimpleNamespace(
                co_filename=self.file, co_lines=lambda: [(0, 0, line) for line in lines])
            linecache.cache[self.file] = (0, None, [str(line) for line in source],
                                          self.file)
        if isinstance(about.get("signature"), list):
            self.__signature__ = _signature(about["signature"])
        return self

    def __call__(self, *arguments):
        """Call the function in the kernel; raise what it raised, at its own line."""
        self.case += 1
        if self.stopped:
            raise Stopped(self.stopped[0])
        reply = self._ask({"do": "call", "arguments": arguments})
        if reply is None:
            self.stopped = ("time", f"In case {self.case} it did not end: all cases "
                            f"together may take {self.seconds:g} s")
            raise Stopped("time")
        if "error" in reply:
            raise make_error(reply["error"])
        done = reply["done"]
        if "error" in done:
            self._raise(done)
        for k, new in done["changed"]:
            if isinstance(arguments[k], list):
                arguments[k][:] = new
            else:
                arguments[k][...] = new
        return done["value"]

    def _ask(self, request):
        """Return the kernel's reply; remember if it is lost."""
        functions = []
        if self.lost:
            raise Stopped(self.stopped[0])
        try:
            return self.kernel.request({**request, **self.where},
                                       self.end - time.monotonic(), functions)
        except Lost as lost:
            self.lost = True
            self.stopped = (lost.why, f"In case {self.case} ")
            raise Stopped(lost.why) from None

    def _raise(self, done):
        """Raise the student's exception from a line of the same number and text."""
        error, line = make_error(done["error"]), done.get("line")
        if "Memory" in type(error).__name__:
            self.stopped = ("memory", f"In case {self.case} it asked for more memory than "
                            f"it may have: {error}")
        if not isinstance(line, int) or not 0 < line < 100_000:
            raise error
        source = "\n" * (line - 1) + "raise error"
        exec(compile(source, self.file, "exec"), {"error": error})


def _signature(parameters):
    """Return a signature of the same names, kinds and defaults (as texts)."""
    class Shown(str):
        __repr__ = str.__str__

    with suppress(TypeError, ValueError):
        return inspect.Signature([
            inspect.Parameter(str(name), inspect._ParameterKind(kind),
                              default=inspect.Parameter.empty if default is None
                              else Shown(printable(default)))
            for name, kind, default in parameters])
    return None
