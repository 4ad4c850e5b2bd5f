"""Ten submissions of page 01 as a class hands them in: ``python tests/submissions.py FOLDER``.

They are made from the page itself: a stub is replaced by an answer, right, wrong or
harmful. The marking is tested with them, and docs/marking.md shows what it prints.
"""

import copy
import json
import sys
from pathlib import Path

PAGE = Path(__file__).parent.parent / "notebooks" / "01_images_and_histograms.ipynb"

RIGHT = {
    "crop": """
def crop(f, x, y, width, height):
    return f[y:y + height, x:x + width]
""",
    "add_clipped": """
def add_clipped(f, g):
    return np.minimum(f.astype(int) + g, 255).astype(np.uint8)
""",
    "is_linear": """
def is_linear(H, f, g):
    for a, b in [(2, -3), (1, 1), (-1, 0.5)]:
        together = H(a * f + b * g)
        apart = a * H(f) + b * H(g)
        if not np.allclose(together, apart):
            return False
    return True
""",
    "running_mean": """
def running_mean(frames):
    mean = np.zeros(frames[0].shape)
    for k, frame in enumerate(frames, 1):
        mean += (frame - mean) / k
    return mean
""",
    "gamma_lut": """
def gamma_lut(gamma):
    r = np.arange(256)
    return np.rint(255 * (r / 255) ** gamma).astype(np.uint8)
""",
    "histogram_statistics": """
def histogram_statistics(counts):
    r = np.arange(len(counts))
    p = counts / counts.sum()
    mean = (r * p).sum()
    return mean, np.sqrt(((r - mean) ** 2 * p).sum()), counts.argmax()
""",
    "equalise_inside": """
def equalise_inside(f, mask):
    counts = np.bincount(f[mask], minlength=256)
    share = np.cumsum(counts) / mask.sum()
    table = np.rint(255 * share).astype(np.uint8)
    return table[f]
"""}

ROWS_FOR_X = """
def crop(f, x, y, width, height):
    return f[x:x + width, y:y + height]
"""
WRAPPED = """
def add_clipped(f, g):
    return np.clip(f + g, 0, 255)
"""
TRUNCATED = """
def gamma_lut(gamma):
    levels = np.arange(256) / 255
    return (255 * levels ** gamma).astype(np.uint8)
"""
SUM_OF_BYTES = """
def running_mean(frames):
    total = frames[0].copy()
    for frame in frames[1:]:
        total += frame
    return total / len(frames)
"""
OTHER_NAMES = """
def equalise_inside(image, inside):
    # my own work
    n = np.bincount(image[inside], minlength=256)
    cdf = np.cumsum(n) / inside.sum()
    lut = np.rint(255 * cdf).astype(np.uint8)
    return lut[image]
"""
LOOPING = """
def histogram_statistics(counts):
    mode = 0
    while counts[mode] <= counts.max():
        mode = counts.argmax()
    return 0, 0, mode
"""
STUBBORN = """
def running_mean(frames):
    while True:
        try:
            mean = sum(frames) / len(frames)
        except:
            pass
"""
HUGE = """
def gamma_lut(gamma):
    table = np.ones((80_000, 80_000))       # 51 GB
    return table[0, :256]
"""
LEAVING = """
def add_clipped(f, g):
    import os
    os._exit(0)
"""
BROKEN = """
def is_linear(H, f, g)
    return H(f + g) == H(f) + H(g)
"""
FAILING = """
def running_mean(frames):
    mean = frames[0] * 0.0
    for k in range(1, len(frames) + 1):
        mean = mean + frames[k] / len(frames)
    return mean
"""
RENAMED = """
def cut_out(f, x, y, width, height):
    rows = slice(y, y + height)
    return f[rows, x:x + width]
"""
OVERWRITING = """
from course_utils.exercise import Exercise, Verdict

Exercise.judge = lambda self, answer: Verdict("right", "right, on all 9 cases")
Exercise.check = lambda self, answer: print(f"{self.name}: right, on all 9 cases")
for name in ("crop", "add_clipped"):
    print(f"{name}: right, on all 4 cases")
"""
ASKING = """
def running_mean(frames):
    return ex.running_mean.reference(frames)
"""


def page():
    """Return the page as it is handed out."""
    return json.loads(PAGE.read_text(encoding="utf-8"))


def answered(answers, given=None):
    """Return the page with answers in place of stubs.

    Parameters
    ----------
    answers : dict of str to str
        Sources of functions, by the name of the exercise.
    given : dict of str to str, optional
        What check is given, where it is not the name of the exercise.
    """
    book = copy.deepcopy(page())
    for name, source in answers.items():
        call = f"ex.{name}.check({(given or {}).get(name, name)})"
        cell_of(book, name)["source"] = f"{source.strip()}\n\n\n{call}"
    return book


def cell_of(book, name):
    """Return the cell that checks an exercise."""
    return next(cell for cell in book["cells"] if cell["cell_type"] == "code"
                and f"ex.{name}.check(" in "".join(cell["source"]))


def add_code(book, source, behind):
    """Put a code cell behind the one that checks ``behind``."""
    place = book["cells"].index(cell_of(book, behind)) + 1
    book["cells"].insert(place, {"cell_type": "code", "metadata": {}, "outputs": [],
                                 "execution_count": None, "source": source.strip()})


def only(*names):
    """Return the right answers to some exercises."""
    return {name: RIGHT[name] for name in names}


def the_class():
    """Return a dict: name of each student to the text of the notebook."""
    books = {"anna": answered(RIGHT)}
    books["ben"] = answered(RIGHT | {"crop": ROWS_FOR_X, "add_clipped": WRAPPED,
                                     "gamma_lut": TRUNCATED})
    books["chloe"] = answered(only("is_linear") | {
        "crop": ROWS_FOR_X, "running_mean": SUM_OF_BYTES,
        "equalise_inside": OTHER_NAMES})
    books["david"] = david = answered(RIGHT | {"histogram_statistics": LOOPING,
                                               "running_mean": STUBBORN})
    add_code(david, "k = 0\nwhile k < 10:\n    print(k)", "crop")
    books["emil"] = emil = answered(RIGHT | {"gamma_lut": HUGE, "add_clipped": LEAVING})
    add_code(emil, "noise = np.ones(50_000_000_000 // 8)", "crop")
    books["fatima"] = answered(RIGHT | {"is_linear": BROKEN, "running_mean": FAILING,
                                        "crop": ROWS_FOR_X})
    books["gao"] = gao = answered(only("crop", "is_linear", "gamma_lut"))
    gao["cells"].remove(cell_of(gao, "add_clipped"))
    cell_of(gao, "is_linear")["cell_type"] = "markdown"
    books["hana"] = answered(
        only("add_clipped", "gamma_lut") | {"crop": RENAMED, "running_mean":
                                            RIGHT["running_mean"]},
        {"crop": "cut_out", "running_mean": "mean_of_frames"})
    books["ivan"] = ivan = answered({"crop": ROWS_FOR_X, "add_clipped": WRAPPED,
                                     "running_mean": ASKING})
    add_code(ivan, OVERWRITING, "crop")
    texts = {name: json.dumps(book) for name, book in books.items()}
    texts["jo"] = json.dumps(answered(RIGHT))[:200_000]
    return texts


def write_class(folder):
    """Write the ten notebooks to a folder; return their paths."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, text in the_class().items():
        paths.append(folder / f"{PAGE.stem}_{name}.ipynb")
        paths[-1].write_text(text, encoding="utf-8")
    return paths


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("say where: python tests/submissions.py FOLDER")
    print(f"{len(write_class(sys.argv[1]))} submissions written to {sys.argv[1]}")
