"""Values as bytes and back, without pickle: what arrives is data and nothing else.

A message is one line of JSON, then the raw bytes of its arrays. Unlike a pickle or a
zip file, it cannot run code when it is read, nor become larger than it is.
"""

import inspect
import json
import math
import re

import numpy as np

LIMIT = 256 * 2**20             # bytes of one message
DTYPE = re.compile(r"[<>|=]?[biufcSU]\d{1,9}")
PLAIN = (bool, int, float, str, type(None))


class WireError(ValueError):
    """Raised for bytes that are no message, and for values too large to be sent."""


def pack(value, functions=None):
    """Return ``value`` as bytes.

    Parameters
    ----------
    value : object
        Arrays, numbers, texts, and lists, tuples and dicts of these. Of anything
        else only the name of its type is sent.
    functions : list, optional
        Callables met on the way are appended; the other side gets their places.
    """
    blobs = []
    try:
        node = _node(value, blobs, functions)
        head = json.dumps(node).encode()
    except RecursionError:
        node, blobs = _other(value), []
        head = json.dumps(node).encode()
    size = len(head) + sum(map(len, blobs))
    if size > LIMIT:
        raise WireError(f"{size / 2**20:.0f} MB are too much to be sent")
    return b"".join([head, b"\n", *blobs])


def _node(value, blobs, functions):
    """Return what JSON can hold of ``value``; raw bytes go to ``blobs``."""
    if type(value) in PLAIN:
        return value
    if isinstance(value, np.ndarray | np.generic):
        return _array(value, blobs, functions)
    if isinstance(value, list | tuple):
        kind = "list" if isinstance(value, list) else "tuple"
        return {"is": kind, "of": [_node(item, blobs, functions) for item in value]}
    if type(value) is dict and all(isinstance(key, str) for key in value):
        return {"is": "dict", "of": {key: _node(item, blobs, functions)
                                     for key, item in value.items()}}
    if isinstance(value, complex):
        return {"is": "complex", "of": [value.real, value.imag]}
    if callable(value):
        return _function(value, functions)
    try:
        array = np.asarray(value)           # tensors, ranges, PIL images
    except Exception:
        return _other(value)
    if array.dtype.kind in "biufc":
        return _array(array, blobs, functions)
    return _other(value)


def _array(value, blobs, functions):
    """Return the head of an array or a NumPy number, in the order it has in memory."""
    array = np.asarray(value)
    if array.dtype.kind == "O":
        return {"is": "objects", "shape": array.shape,
                "of": [_node(item, blobs, functions) for item in array.flat]}
    if array.dtype.kind not in "biufcSU":
        return _other(value)
    if array.nbytes > LIMIT:            # before its bytes are copied
        raise WireError(f"{array.nbytes / 2**20:.0f} MB are too much to be sent")
    order = "F" if array.flags.f_contiguous and not array.flags.c_contiguous else "C"
    blobs.append(array.tobytes(order))
    return {"is": "array" if isinstance(value, np.ndarray) else "number", "order": order,
            "dtype": array.dtype.str, "shape": array.shape, "bytes": len(blobs[-1])}


def _function(value, functions):
    """Return the place of a callable among ``functions``, and its words."""
    node = {"is": "function" if inspect.isroutine(value) else "callable",
            "name": str(getattr(value, "__name__", type(value).__name__)),
            "doc": inspect.getdoc(value) or ""}
    if functions is not None:
        functions.append(value)
        node["place"] = len(functions) - 1
    return node


def _other(value):
    """Return the type's name and the text of a value that is not sent."""
    try:
        text = str(value)[:500]
    except Exception:
        text = ""
    return {"is": "other", "name": type(value).__name__, "text": text}


def unpack(data, make_function=None):
    """Return the value that `pack` made ``data`` from.

    Parameters
    ----------
    data : bytes
        May come from a process that is not trusted.
    make_function : callable, optional
        ``make_function(place, name, doc)`` returns what stands for a callable.

    Raises
    ------
    WireError
        If the bytes are no message, whatever else they are.
    """
    head, _, rest = data.partition(b"\n")
    try:
        return _Reader(rest, make_function).value(json.loads(head))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError,
            MemoryError) as error:
        raise WireError(f"these bytes are no message: {error}") from None


class _Reader:
    """Builds a value from its JSON; takes the arrays from the bytes, in order."""

    def __init__(self, blobs, make_function):
        self.blobs = blobs
        self.make_function = make_function
        self.at = 0

    def value(self, node):
        """Return the value of a node."""
        if not isinstance(node, dict):
            if type(node) not in PLAIN:
                raise ValueError("a bare list")
            return node
        return getattr(self, "read_" + node["is"])(node)

    def read_list(self, node):
        """Return a list."""
        return [self.value(item) for item in node["of"]]

    def read_tuple(self, node):
        """Return a tuple."""
        return tuple(self.read_list(node))

    def read_dict(self, node):
        """Return a dict with texts as keys."""
        return {key: self.value(item) for key, item in node["of"].items()}

    def read_complex(self, node):
        """Return a complex number."""
        return complex(*node["of"])

    def read_objects(self, node):
        """Return an array of objects."""
        out = np.empty(len(node["of"]), object)
        for k, item in enumerate(node["of"]):
            out[k] = self.value(item)
        return out.reshape(node["shape"])

    def read_array(self, node):
        """Return an array or a NumPy number, whose bytes must be there to the last."""
        if not DTYPE.fullmatch(node["dtype"]):
            raise ValueError(f"type {node['dtype']!r}")
        dtype, shape = np.dtype(node["dtype"]), [int(n) for n in node["shape"]]
        size = math.prod(shape) * dtype.itemsize
        if min(shape, default=0) < 0 or size > len(self.blobs) - self.at:
            raise ValueError(f"{size} bytes are announced and not there")
        array = np.ndarray(shape, dtype, self.blobs, self.at,
                           order="F" if node["order"] == "F" else "C")
        self.at += size
        return array.copy("K") if node["is"] == "array" else array[()]

    read_number = read_array

    def read_function(self, node):
        """Return what stands for a callable on this side."""
        if self.make_function:
            return self.make_function(int(node["place"]), str(node["name"]),
                                      str(node["doc"]))
        return lambda *_arguments: None

    read_callable = read_function

    def read_other(self, node):
        """Return an object with the original's text and name of its type, and no more."""
        text = printable(node["text"])
        return type(plain_name(node["name"]), (), {"__str__": lambda self: text})()


def plain_name(name, otherwise="object"):
    """Return ``name`` if it can name a type, else ``otherwise``."""
    return name if isinstance(name, str) and name.isidentifier() else otherwise


def error_node(error):
    """Return what is sent of an exception: name, text, and whether it marks a stub."""
    try:
        text, whole = str(error), repr(error)
    except Exception:
        text = whole = ""
    return {"name": type(error).__name__, "text": text[:2000], "repr": whole[:2000],
            "stub": isinstance(error, NotImplementedError)}


def make_error(node):
    """Return an exception that reads like the one that was sent; it runs no code of it."""
    base = NotImplementedError if node.get("stub") else Exception
    text, whole = (printable(node.get(key)) for key in ("text", "repr"))
    kind = type(plain_name(node.get("name"), "Exception"), (base,),
                {"__str__": lambda self: text, "__repr__": lambda self: whole})
    return kind(text)


def printable(text):
    """Return a text without characters that would move a terminal's cursor."""
    return "".join(c if c.isprintable() or c == "\n" else " " for c in str(text)[:2000])
