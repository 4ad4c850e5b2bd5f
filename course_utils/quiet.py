"""Load TensorFlow without the messages of its start-up."""

import contextlib
import os
import sys


@contextlib.contextmanager
def _stderr_closed():
    """Send what C++ code writes to file descriptor 2 to nowhere, for a while."""
    sys.stderr.flush()
    saved, null = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 2)
    try:
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(null)


def quiet_tensorflow():
    """Load TensorFlow and Keras quietly; afterwards ``import keras`` costs nothing.

    Python's own errors (TensorFlow missing, or built for another machine) still
    show. TensorFlow reports its start-up from C++ and straight to file descriptor 2,
    so a log level alone does not silence it; the first operation is run here for the
    same reason.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with _stderr_closed():
        import keras  # noqa: F401
        import tensorflow
        tensorflow.constant(0)
