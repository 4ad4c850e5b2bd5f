"""The student's kernel: a process of its own, with limits, that is never trusted."""

import os
import queue
import secrets
import shutil
import signal
import site
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager, suppress
from functools import cache
from multiprocessing.connection import Client
from pathlib import Path
from typing import NamedTuple

import psutil
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.connect import write_connection_file
from jupyter_client.launcher import launch_kernel

from course_utils.grading.wire import WireError, error_node, pack, unpack

ROOT = Path(__file__).resolve().parent.parent.parent
GRACE = 5                       # seconds between asking to stop and killing
START = 90                      # seconds for a kernel to start on a busy machine
INSIDE = "__import__('course_utils.grading.inside', fromlist=['inside'])"
running = set()                 # kernels to end when the marking is interrupted
stopping = threading.Event()
KEPT = ("PATH", "LANG", "LANGUAGE", "TZ", "SYSTEMROOT", "WINDIR", "COMSPEC", "PATHEXT",
        "VIRTUAL_ENV", "CONDA_PREFIX", "LD_LIBRARY_PATH", "OMP_NUM_THREADS",
        "CUDA_VISIBLE_DEVICES", "NUMBER_OF_PROCESSORS")


class Limits(NamedTuple):
    """What a notebook may use: seconds in all, seconds a cell, bytes of memory."""

    notebook: float = 300
    cell: float = 60
    memory: float = 4e9


class Ran(NamedTuple):
    """How a cell ended: "ok", "error" or "time", with name and text of an exception."""

    how: str
    error: str = ""
    text: str = ""


class Lost(Exception):
    """Raised when the kernel is gone; ``why`` is "time", "memory" or "error"."""

    def __init__(self, why):
        super().__init__(why)
        self.why = why


@cache
def isolation():
    """Return the command that takes the network away from a process, or ()."""
    command = ("unshare", "--map-root-user", "--net")
    if not sys.platform.startswith("linux") or not shutil.which("unshare"):
        return ()
    done = subprocess.run([*command, "true"], capture_output=True)
    return command if done.returncode == 0 else ()


class StudentKernel:
    """A fresh kernel in a folder of its own, which is removed by `stop`.

    Parameters
    ----------
    exercises : ExerciseSet
        Answer the pages' own calls of a reference.
    names : dict of str to list of str
        The exercises of each page, for the recorder in the kernel.
    limits : Limits
    """

    def __init__(self, exercises, names, limits):
        if stopping.is_set():
            raise Lost("error")
        self.exercises, self.limits = exercises, limits
        self.folder = Path(tempfile.mkdtemp(prefix="mark-"))
        self.why = "error"
        self.process = self.client = self.connection = None
        self.deadline = time.monotonic() + START
        self.replies = queue.Queue()
        self.functions = []             # the callables of the case in hand
        self.asked = set()              # references asked for while an answer ran
        self.judging = False
        try:
            running.add(self)
            self._launch()
            self._connect(names)
        except BaseException:
            self.stop()
            raise

    def _launch(self):
        """Start the process and its watchdog."""
        for name in ("home", "work", "matplotlib"):
            (self.folder / name).mkdir()
        _copy_font_list(self.folder / "matplotlib")
        file, ways = str(self.folder / "kernel.json"), {}
        if isolation():                 # a socket in a folder needs no network
            ways = {"transport": "ipc", "ip": str(self.folder / "k")}
        write_connection_file(file, key=secrets.token_hex().encode(), **ways)
        self.process = launch_kernel(
            [*isolation(), sys.executable, "-m", "ipykernel_launcher", "-f", file,
             "--HistoryManager.enabled=False"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            cwd=str(self.folder / "work"), env=environment(self.folder))
        threading.Thread(target=self._watch, daemon=True).start()
        self.client = BlockingKernelClient(connection_file=file)
        self.client.load_connection_file()
        self.client.start_channels(iopub=False, stdin=False, hb=False, control=False)

    def _connect(self, names):
        """Prepare our part in the kernel and open the connection to it."""
        self._reply(self.client.kernel_info(), START)
        address, key = str(self.folder / "a"), secrets.token_bytes()
        if sys.platform == "win32":
            address = rf"\\.\pipe\mark-{secrets.token_hex()}"
        call = f"{INSIDE}.start({address!r}, {key!r}, {names!r}, {self.limits.memory}, True)"
        ran = self.run(call, START, silent=True)
        if ran.how != "ok":
            raise RuntimeError(f"the kernel cannot be prepared: {ran.error}: {ran.text}")
        number = self._execute(f"{INSIDE}.accept()", True)
        self.connection = Client(address, authkey=key)
        self._reply(number, START)
        threading.Thread(target=self._listen, daemon=True).start()

    def _execute(self, source, silent):
        return self.client.execute(source, silent=silent, store_history=not silent,
                                   allow_stdin=False, stop_on_error=False)

    def run(self, source, seconds, silent=False):
        """Run a cell and return how it ended; raise Lost if the kernel is gone."""
        start = time.monotonic()
        content = self._reply(self._execute(source, silent), seconds)
        how = content["status"]
        if how != "ok" and time.monotonic() - start >= seconds:
            how = "time"
        return Ran(how if how in ("ok", "time") else "error",
                   str(content.get("ename", "")), str(content.get("evalue", ""))[:2000])

    def _reply(self, number, seconds):
        """Return the content of the reply to a message; interrupt, then kill."""
        self.deadline = time.monotonic() + seconds
        interrupted = False
        while True:
            if self.process.poll() is not None:
                raise Lost(self.why)
            with suppress(queue.Empty):
                message = self.client.get_shell_msg(timeout=0.2)
                if message["parent_header"].get("msg_id") == number:
                    return message["content"]
            late = time.monotonic() - self.deadline
            if late > 0 and not interrupted:
                interrupted = True
                self.interrupt()
            if late > GRACE:
                self.kill("time")

    @contextmanager
    def serving(self):
        """Let our part of the kernel serve requests inside the with-block."""
        self.judging = True
        number = self._execute(f"{INSIDE}.serve()", True)
        try:
            yield
            self._send({"do": "end"})
            self._reply(number, START)
        finally:
            self.judging = False

    def request(self, request, seconds, functions=None):
        """Return the kernel's reply; (None) after an interrupt; raise Lost."""
        self.deadline = time.monotonic() + seconds
        self.functions = [] if functions is None else functions
        self._send(request)
        try:
            return self._received(seconds)
        except queue.Empty:
            self.interrupt()
        with suppress(queue.Empty):
            self._received(GRACE)
            return None
        self.kill("time")
        raise Lost("time")

    def _received(self, seconds):
        reply = self.replies.get(timeout=max(seconds, 0.01))
        if reply is None:
            self.kill("error")
            raise Lost(self.why)
        return reply

    def _send(self, value):
        try:
            self.connection.send_bytes(pack(value, self.functions))
        except OSError:
            self.kill("error")
            raise Lost(self.why) from None

    def _listen(self):
        """Answer what the kernel asks; put its replies into the queue, None at the end."""
        connection = self.connection
        try:
            while True:
                message = unpack(connection.recv_bytes(2**29))
                if "ask" in message:
                    connection.send_bytes(self._told(message))
                else:
                    self.replies.put(message)
        except (OSError, EOFError, WireError, TypeError):
            self.replies.put(None)

    def _told(self, message):
        """Return the bytes that answer a call of a function that lives here."""
        try:
            function = self._function(message["ask"])
            return pack({"value": function(*message["arguments"], **message["options"])})
        except Exception as error:
            return pack({"error": error_node(error)})

    def _function(self, place):
        """Return the function that the kernel asks for; no reference to an answer."""
        if isinstance(place, int):
            return self.functions[place]
        if self.judging:
            self.asked.add(place[1])
            raise PermissionError("the reference is not there while work is marked")
        return {exercise.name: exercise for exercise in self.exercises}[place[1]].reference

    def _watch(self):
        """Kill the process when its memory or its time is used up."""
        with suppress(psutil.NoSuchProcess):
            process, children, tick = psutil.Process(self.process.pid), [], 0
            while self.process.poll() is None:
                if tick % 10 == 0:
                    children = process.children(recursive=True)
                if sum(map(_resident, [process, *children])) > self.limits.memory:
                    self.kill("memory")
                elif time.monotonic() > self.deadline + 3 * GRACE:
                    self.kill("time")
                tick += 1
                time.sleep(0.1)

    def interrupt(self):
        """Raise KeyboardInterrupt in the kernel."""
        with suppress(OSError):
            if sys.platform == "win32":
                from jupyter_client.win_interrupt import send_interrupt

                send_interrupt(self.process.win32_interrupt_event)
            else:
                os.kill(self.process.pid, signal.SIGINT)

    def kill(self, why):
        """End the process and those it started."""
        if self.process.poll() is None:
            self.why = why
        with suppress(psutil.NoSuchProcess):
            for child in psutil.Process(self.process.pid).children(recursive=True):
                with suppress(psutil.NoSuchProcess):
                    child.kill()
        self.process.kill()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(GRACE)

    def stop(self):
        """End the kernel and remove its folder."""
        running.discard(self)
        if self.process:
            self.kill("error")
        if self.client:
            self.client.stop_channels()
        if self.connection:
            self.connection.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def stop_all():
    """End all kernels, and let none start again: the marking was interrupted."""
    stopping.set()
    for kernel in list(running):
        if kernel.process:
            kernel.kill("error")


def _resident(process):
    """Return the bytes a process has in memory, 0 if it is gone."""
    try:
        return process.memory_info().rss
    except psutil.Error:
        return 0


def environment(folder):
    """Return the few variables a kernel needs; its home is ``folder``."""
    kept = {key: value for key, value in os.environ.items()
            if key.upper() in KEPT or key.startswith("LC_")}
    home = str(folder / "home")
    return {**kept, "HOME": home, "USERPROFILE": home, "IPYTHONDIR": home,
            "JUPYTER_PLATFORM_DIRS": "1", "KERAS_HOME": home,
            "TMPDIR": str(folder / "work"), "TEMP": str(folder / "work"),
            "TMP": str(folder / "work"), "MPLCONFIGDIR": str(folder / "matplotlib"),
            "PYTHONPATH": str(ROOT), "PYTHONUSERBASE": site.getuserbase(),
            "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1",
            "COURSE_SOLUTIONS": "off", "COURSE_PROFILE": "quick"}


def _copy_font_list(folder):
    """Spare the kernel the seconds in which matplotlib looks for fonts."""
    import matplotlib

    for file in Path(matplotlib.get_cachedir()).glob("fontlist-*.json"):
        shutil.copy(file, folder)
