"""The part inside the student's kernel: calls functions and sends what they returned.

It knows no solution. ``load_exercises`` gives a recorder here: `check` notes the
function, and the course's judge, in another process, asks for it. What a student's
code does to this module can lose its own points, and nothing else.
"""

import importlib
import inspect
import linecache
import os
import sys
from multiprocessing.connection import Listener
from pathlib import Path

import numpy as np

from course_utils.exercise import ExerciseSet, Undefined, _forgive_undefined_names
from course_utils.grading.wire import error_node, make_error, pack, unpack

COURSE = Path(__file__).resolve().parent.parent.parent
SECRET = tuple(str(COURSE / folder) + os.sep
               for folder in ("course_utils/exercises", "tests"))
LOCAL = ("localhost", "127.0.0.1", "::1", "", None)
NETWORK = ("socket.connect", "socket.getaddrinfo", "socket.sendto")
recorded = []                   # (name of the exercise, what check was given)
noticed = []                    # sentences for the instructor
connection = None
listener = None


def start(address, key, names, memory, silent):
    """Open the connection, set the limits, and put the recorder in place.

    Parameters
    ----------
    address : str
        Where to listen.
    key : bytes
        What the other side must know.
    names : dict of str to list of str
        The exercises of each page.
    memory : float
        Bytes of data that this process may have, where the system can limit it.
    silent : bool
        Refuse connections to other machines.
    """
    global listener
    listener = Listener(address, authkey=key)
    module = importlib.import_module("course_utils.exercise")
    module.load_exercises = _loader(names)
    limit_memory(memory)
    sys.addaudithook(_guard(silent))


def accept():
    """Wait for the other side to connect."""
    global connection
    connection = listener.accept()
    listener.close()


def limit_memory(size):
    """Let allocations beyond ``size`` bytes fail, on Linux.

    RLIMIT_DATA counts what a process may write to. The address space, RLIMIT_AS, would
    count the gigabytes that TensorFlow reserves and never uses, too.
    """
    if sys.platform.startswith("linux"):
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (int(size), int(size)))


def _guard(silent):
    """Return an audit hook, which the student's code cannot take away again."""
    def guard(event, arguments):
        if event == "open" and isinstance(arguments[0], str | bytes):
            path = os.path.realpath(os.fsdecode(arguments[0]))
            if path.startswith(SECRET):
                noticed.append("opens the files of the solutions")
                raise PermissionError("solutions cannot be read while work is marked")
        elif silent and event in NETWORK and _host(event, arguments) not in LOCAL:
            raise OSError("there is no network while work is marked")
    return guard


def _host(event, arguments):
    """Return the name of the host in an event of the network, None for a local one."""
    if event == "socket.getaddrinfo":
        return arguments[0]
    return arguments[1][0] if isinstance(arguments[1], tuple) else None


def _loader(names):
    """Return what stands for load_exercises: known pages give a recorder."""
    def load_exercises(page):
        """Return the exercises of a page, which only note what they are given."""
        if page not in names:
            raise ValueError(f"there are no exercises for page {page!r}")
        _forgive_undefined_names()
        return RecorderSet(page, [Recorder(name) for name in names[page]])
    return load_exercises


class RecorderSet(ExerciseSet):
    """Exercises without solutions."""

    def results(self):
        """Return nothing: verdicts are not given here."""
        return {}

    def report(self):
        """Print that verdicts are not given here."""
        print("this notebook is being marked")


class Recorder:
    """An exercise that notes the function to be marked."""

    def __init__(self, name):
        self.name = name

    def check(self, answer=None):
        """Note the function."""
        recorded.append((self.name, answer))
        print(f"{self.name}: noted")

    def hint(self):
        """Print nothing of use."""
        print(f"{self.name}: no hints while this notebook is being marked")

    solution = hint

    @property
    def reference(self):
        """Return a function that asks the other process for the reference's result.

        Pages use a few of their references for figures. It is refused to answers.
        """
        return _remote(("reference", self.name), self.name, "")


def _remote(place, name, doc):
    """Return a function that lives in the other process."""
    def function(*arguments, **options):
        connection.send_bytes(pack(
            {"ask": list(place) if isinstance(place, tuple) else place,
             "arguments": arguments, "options": options}))
        return _answer(unpack(connection.recv_bytes()))
    function.__name__, function.__doc__ = name, doc
    return function


def _answer(reply):
    if "error" in reply:
        raise make_error(reply["error"])
    return reply["value"]


def serve():
    """Do what the other side asks for, until it says that this was all."""
    while True:
        request = unpack(connection.recv_bytes(), _remote)
        if request["do"] == "end":
            return
        connection.send_bytes(_reply(request))


def _reply(request):
    """Return the bytes that answer one request."""
    try:
        return pack({"done": globals()[f"do_{request['do']}"](request)})
    except BaseException as error:
        return pack({"error": error_node(error)})


def do_recorded(_request):
    """Return the names given to check, in order, and what else was noticed."""
    return {"names": [name for name, _ in recorded], "noticed": sorted(set(noticed))}


def do_forget(_request):
    """Forget what was given to check."""
    recorded.clear()


def do_describe(request):
    """Return what the judge wants to know of an answer: signature, lines, source."""
    answer = _find(request)
    if isinstance(answer, Undefined):
        return {"undefined": answer.name}
    if not callable(answer):
        return {"value": answer}
    code = getattr(answer, "__code__", None)
    lines = sorted({line for *_, line in code.co_lines() if line}) if code else []
    return {"callable": True, "signature": _signature(answer), "lines": lines,
            "name": str(getattr(answer, "__name__", "")),
            "source": linecache.getlines(code.co_filename)[:5000] if code else []}


def _find(request):
    """Return the answer noted at a place, or the one that has a name."""
    if "place" in request:
        return recorded[request["place"]][1]
    return sys.modules["__main__"].__dict__.get(request["name"],
                                                Undefined(request["name"]))


def _signature(answer):
    """Return name, kind and default (as text) of each parameter, or None."""
    try:
        parameters = inspect.signature(answer).parameters.values()
    except (TypeError, ValueError):
        return None
    return [[p.name, int(p.kind), None if p.default is p.empty else repr(p.default)]
            for p in parameters]


def do_call(request):
    """Call an answer; return its value or its error, and the arguments it changed."""
    answer, arguments = _find(request), request["arguments"]
    before = [pack(argument) for argument in arguments]
    try:
        value = answer(*arguments)
    except BaseException as error:
        return {"error": error_node(error), "line": _own_line(answer, error)}
    changed = [[k, arguments[k]] for k, old in enumerate(before)
               if isinstance(arguments[k], np.ndarray | list) and pack(arguments[k]) != old]
    return {"value": value, "changed": changed}


def _own_line(answer, error):
    """Return the last line of the answer's own cell in the traceback, or None."""
    file = getattr(getattr(answer, "__code__", None), "co_filename", None)
    line, trace = None, error.__traceback__
    while trace:
        if trace.tb_frame.f_code.co_filename == file:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
