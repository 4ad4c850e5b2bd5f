"""Exercises of page 03: geometric transforms."""

import numpy as np
import skimage as ski
from scipy import ndimage as ndi

from course_utils.exercise import Exercise, Mistake


def make_exercises():
    """Return the exercises of the page, in its order."""
    return [_enlarge(), _turn_about(), _compose(), _warp_nearest(), _fit_homography(),
            _undistort_points(), _reprojection_error()]


# --- bilinear interpolation at pixel centres -------------------------------------------

def enlarge(f, k):
    """Return f (M, N) enlarged k times by bilinear interpolation, pixel centres matched."""
    M, N = f.shape
    x = np.clip((np.arange(k * N) + 0.5) / k - 0.5, 0, N - 1)
    y = np.clip((np.arange(k * M) + 0.5) / k - 0.5, 0, M - 1)[:, None]
    j = np.minimum(x.astype(int), N - 2)
    i = np.minimum(y.astype(int), M - 2)
    a, b = x - j, y - i
    return ((1 - a) * (1 - b) * f[i, j] + a * (1 - b) * f[i, j + 1]
            + (1 - a) * b * f[i + 1, j] + a * b * f[i + 1, j + 1])


def _places(n, k):
    return (np.arange(n * k) + 0.5) / k - 0.5


def _hats(n, k):
    """Return the matrix (k n, n) of linear interpolation along one axis."""
    places = np.clip(_places(n, k), 0, n - 1)
    return np.maximum(0, 1 - np.abs(places[:, None] - np.arange(n)))


def _loop_enlarge(f, k):
    M, N = f.shape
    out = np.zeros((k * M, k * N))
    for i in range(k * M):
        for j in range(k * N):
            y = min(max((i + 0.5) / k - 0.5, 0), M - 1)
            x = min(max((j + 0.5) / k - 0.5, 0), N - 1)
            top, left = int(y), int(x)
            below, right = min(top + 1, M - 1), min(left + 1, N - 1)
            up = f[top, left] + (x - left) * (f[top, right] - f[top, left])
            down = f[below, left] + (x - left) * (f[below, right] - f[below, left])
            out[i, j] = up + (y - top) * (down - up)
    return out


def _at(f, y, x, **options):
    """Interpolate at every pair of a row place and a column place."""
    return ndi.map_coordinates(f, np.meshgrid(y, x, indexing="ij"),
                               **{"order": 1, "mode": "nearest", **options})


def _enlarge():
    def centres(f, k, **options):
        return _at(f, _places(f.shape[0], k), _places(f.shape[1], k), **options)

    def from_the_corner(f, k, **options):
        return _at(f, np.arange(k * f.shape[0]) / k, np.arange(k * f.shape[1]) / k,
                   **options)

    def corners(f, k):
        M, N = f.shape
        return _at(f, np.linspace(0, M - 1, k * M), np.linspace(0, N - 1, k * N))

    def exchanged(f, k, rows=True, columns=True):
        """Give each of the two neighbours the weight of the other."""
        M, N = f.shape
        x, y = np.clip(_places(N, k), 0, N - 1), np.clip(_places(M, k), 0, M - 1)[:, None]
        j, i = np.minimum(x.astype(int), N - 2), np.minimum(y.astype(int), M - 2)
        a, b = x - j, y - i
        a, b = (1 - a if columns else a), (1 - b if rows else b)
        return ((1 - a) * (1 - b) * f[i, j] + a * (1 - b) * f[i, j + 1]
                + (1 - a) * b * f[i + 1, j] + a * b * f[i + 1, j + 1])

    def crossed(f, k):
        """Exchange a and b."""
        M, N = f.shape
        x, y = np.clip(_places(N, k), 0, N - 1), np.clip(_places(M, k), 0, M - 1)[:, None]
        j, i = np.minimum(x.astype(int), N - 2), np.minimum(y.astype(int), M - 2)
        a, b = y - i, x - j
        return ((1 - a) * (1 - b) * f[i, j] + a * (1 - b) * f[i, j + 1]
                + (1 - a) * b * f[i + 1, j] + a * b * f[i + 1, j + 1])

    def whole(f, k):
        return np.rint(centres(f, k))

    return Exercise(
        "enlarge", enlarge,
        lambda rng: [(np.array([[0.0, 0.6, 0.4], [0.8, 1.0, 0.1]]), 2),
                     (rng.random((4, 3)), 3),
                     (rng.random((5, 8)), 4),
                     (rng.random((9, 7)), 3)],
        {
            "nearest": Mistake(
                (lambda f, k: np.kron(f, np.ones((k, k))),
                 lambda f, k: f.repeat(k, 0).repeat(k, 1)),
                "You repeated each pixel k x k times: that is the nearest neighbour. "
                "Bilinear interpolation mixes the four pixels around each place."),
            "no half pixel": Mistake(
                from_the_corner,
                "You looked up the place j/k, as if a pixel were its top left corner, "
                "and the picture moved. Pixel centres match at (j + 0.5)/k - 0.5."),
            "corners aligned": Mistake(
                (corners, lambda f, k: ndi.zoom(f, k, order=1)),
                "You matched the first and the last pixel of both images, as "
                "ndimage.zoom does, so the grid is stretched a little. Here pixel "
                "centres match: x = (j + 0.5)/k - 0.5."),
            "half pixel taken off only": Mistake(
                lambda f, k: _at(f, np.arange(k * f.shape[0]) / k - 0.5,
                                 np.arange(k * f.shape[1]) / k - 0.5),
                "You took off the half pixel without adding one before the division by "
                "k: x = (j + 0.5)/k - 0.5."),
            "last pixel unreached": Mistake(
                lambda f, k: _at(f, np.clip(_places(f.shape[0], k), 0, f.shape[0] - 2),
                                 np.clip(_places(f.shape[1], k), 0, f.shape[1] - 2)),
                "You clipped the places to N-2 and M-2, so the last column and row never "
                "show. Clip the *places* to N-1; only the whole column j stops at N-2."),
            "zoom as it comes": Mistake(
                lambda f, k: ndi.zoom(f, k),
                "ndi.zoom as it comes interpolates by cubic splines and matches the "
                "corner pixels. The exercise wants bilinear, order=1, with pixel centres "
                "matched, grid_mode=True, and mode='nearest'."),
            "half pixel one way": Mistake(
                lambda f, k: _at(f, (np.arange(k * f.shape[0]) + 0.5) / k,
                                 (np.arange(k * f.shape[1]) + 0.5) / k),
                "You added the half pixel before dividing by k, but did not take it off "
                "again: x = (j + 0.5)/k - 0.5."),
            "black border": Mistake(
                (lambda f, k: centres(f, k, mode="grid-constant"),
                 lambda f, k: centres(f, k, mode="constant")),
                "Your border is too dark: places outside were taken as black. Clip the "
                "places to 0 .. N-1 and 0 .. M-1 first."),
            "wrapped border": Mistake(
                lambda f, k: centres(f, k, mode="grid-wrap"),
                "At the border you mixed in the opposite side of the image: index -1 is "
                "the last pixel. Clip the places to 0 .. N-1 and 0 .. M-1 first."),
            "extrapolated": Mistake(
                tuple(lambda f, k, beyond=beyond: (lambda m, n: m @ f @ n.T)(
                    *[_extrapolating(n, k, beyond) for n in f.shape])
                      for beyond in (True, False)),
                "At the border you extrapolated: int() cuts -0.25 to 0, and the fraction "
                "became negative. Clip the places to 0 .. N-1 and 0 .. M-1 first."),
            "mirrored border": Mistake(
                lambda f, k: centres(f, k, mode="mirror"),
                "At the border you mirrored the image, as transform.resize does unless "
                "told mode='edge'. Clip the places to 0 .. N-1 and 0 .. M-1 instead."),
            "weights exchanged": Mistake(
                exchanged,
                "Your weights are exchanged: the fraction a = x - j belongs to the "
                "neighbour on the right, j + 1, and 1 - a to pixel j; the same goes "
                "for b and the rows."),
            "column weights exchanged": Mistake(
                lambda f, k: exchanged(f, k, rows=False),
                "Along the rows of the image your weights are exchanged: a = x - j "
                "belongs to column j + 1, and 1 - a to column j."),
            "row weights exchanged": Mistake(
                lambda f, k: exchanged(f, k, columns=False),
                "Along the columns of the image your weights are exchanged: b = y - i "
                "belongs to row i + 1, and 1 - b to row i."),
            "a and b crossed": Mistake(
                crossed,
                "You used the fraction of y for the columns and that of x for the rows. "
                "a = x - j weighs columns, b = y - i weighs rows."),
            "one axis": Mistake(
                (lambda f, k: _hats(len(f), k) @ f.repeat(k, 1),
                 lambda f, k: (f @ _hats(f.shape[1], k).T).repeat(k, 0)),
                "You interpolated along one axis and repeated pixels along the other. "
                "Bilinear means linear along both."),
            "cubic": Mistake(
                lambda f, k: centres(f, k, order=3),
                "That is a cubic interpolation (order=3). Bilinear is order 1."),
            "whole levels": Mistake(
                whole,
                "You rounded the grey levels. Round places, if anything; levels stay "
                "floats."),
        },
        ["New column j lies at x = (j + 0.5)/k - 0.5 in the old image, and new row i at "
         "the same formula for y. `np.arange` gives all of them at once.",
         "Clip x to 0 .. N-1 and y to 0 .. M-1. Then split x into a whole column, N-2 at "
         "most, and a fraction a.",
         "With `x` of shape (kN,) and `y` of shape (kM, 1), `f[i, j]` has shape "
         "(kM, kN): the four terms of the formula are one line each."],
        independent=lambda f, k: ski.transform.resize(
            f, (k * f.shape[0], k * f.shape[1]), order=1, mode="edge",
            anti_aliasing=False),
        also_right=(_loop_enlarge,
                    lambda f, k: _hats(len(f), k) @ f @ _hats(f.shape[1], k).T,
                    lambda f, k: ndi.zoom(f, k, order=1, mode="nearest",
                                          grid_mode=True)))


def _extrapolating(n, k, beyond):
    """Return linear interpolation (k n, n) that goes on before pixel 0, or at both ends."""
    places = _places(n, k) if beyond else np.minimum(_places(n, k), n - 1)
    j = np.clip(np.trunc(places).astype(int), 0, n - 2)
    rows = np.arange(n * k)
    matrix = np.zeros((n * k, n))
    matrix[rows, j] = 1 - (places - j)
    matrix[rows, j + 1] += places - j
    return matrix


# --- a turn about a point ----------------------------------------------------------------

def turn_about(x, y, degrees):
    """Return the matrix (3, 3) that turns about (x, y), anticlockwise on the screen."""
    c, s = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    to_origin = np.array([[1, 0, -x], [0, 1, -y], [0, 0, 1]])
    turn = np.array([[c, s, 0], [-s, c, 0], [0, 0, 1]])
    back = np.array([[1, 0, x], [0, 1, y], [0, 0, 1]])
    return back @ turn @ to_origin


def _shift(x, y):
    return np.array([[1.0, 0, x], [0, 1, y], [0, 0, 1]])


def _turn(angle):
    """Turn about (0, 0), anticlockwise on the screen, angle in radians."""
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, s, 0], [-s, c, 0], [0, 0, 1]])


_SIGNS = np.array([[1, -1, 1], [-1, 1, 1], [1, 1, 1]])


def _alike(degrees):
    c, s = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    return np.array([[c, s, 0], [s, c, 0], [0, 0, 1]])


def _library_turn(x, y, degrees):
    Turn = ski.transform.EuclideanTransform
    steps = (Turn(translation=(-x, -y)) + Turn(rotation=-np.deg2rad(degrees))
             + Turn(translation=(x, y)))
    return steps.params


def _closed_turn(x, y, degrees):
    """Solve for the shift that leaves (x, y) where it is."""
    matrix = np.eye(3)
    turn = np.exp(-1j * np.pi * degrees / 180)
    matrix[:2, :2] = [[turn.real, -turn.imag], [turn.imag, turn.real]]
    matrix[:2, 2] = np.array([x, y]) - matrix[:2, :2] @ [x, y]
    return matrix.tolist()


def _turn_about():
    def turned(x, y, degrees, turn=None):
        turn = _turn(np.deg2rad(degrees)) if turn is None else turn
        return _shift(x, y) @ turn @ _shift(-x, -y)

    return Exercise(
        "turn_about", turn_about,
        lambda rng: [(2, 1, 90), (7, 3, 35), (31.5, 20, -110),
                     (*rng.uniform(2, 40, 2), float(rng.uniform(5, 80)))],
        {
            "radians": Mistake(
                (lambda x, y, degrees: turned(x, y, degrees, _turn(degrees)),
                 lambda x, y, degrees: turned(x, y, degrees, _turn(-degrees)),
                 lambda x, y, degrees: turned(x, y, degrees, _turn(np.rad2deg(degrees))),
                 lambda x, y, degrees: turned(x, y, degrees, _turn(-np.rad2deg(degrees)))),
                "You gave degrees to np.cos and np.sin, which want radians: "
                "np.deg2rad first."),
            "radians twice": Mistake(
                (lambda x, y, degrees: turned(x, y, np.deg2rad(degrees)),
                 lambda x, y, degrees: turned(x, y, -np.deg2rad(degrees))),
                "Your turn is much too small: the angle went through np.deg2rad twice. "
                "Once is enough (`rotation` of the page takes degrees)."),
            "clockwise": Mistake(
                lambda x, y, degrees: turned(x, y, -degrees),
                "Your turn is clockwise on the screen. The textbook matrix [[c, -s], "
                "[s, c]] is anticlockwise only if y points up; here y points down, so "
                "the two s change sign."),
            "not shifted back": Mistake(
                (lambda x, y, degrees: _turn(np.deg2rad(degrees)) @ _shift(-x, -y),
                 lambda x, y, degrees: _turn(-np.deg2rad(degrees)) @ _shift(-x, -y)),
                "You moved (x, y) to the origin and turned, but did not shift back: the "
                "last step is the shift by (x, y), and it stands leftmost."),
            "not shifted to the origin": Mistake(
                (lambda x, y, degrees: _shift(x, y) @ _turn(np.deg2rad(degrees)),
                 lambda x, y, degrees: _shift(x, y) @ _turn(-np.deg2rad(degrees))),
                "You turned about (0, 0) and shifted afterwards. First (x, y) has to go "
                "to the origin: the shift by (-x, -y) stands rightmost."),
            "about the origin": Mistake(
                (lambda x, y, degrees: _turn(np.deg2rad(degrees)),
                 lambda x, y, degrees: _turn(-np.deg2rad(degrees))),
                "You turned about (0, 0), the top left pixel. Wrap the turn between two "
                "shifts, so that (x, y) stays where it is."),
            "wrong order": Mistake(
                (lambda x, y, degrees: _shift(-x, -y) @ _turn(np.deg2rad(degrees))
                    @ _shift(x, y),
                 lambda x, y, degrees: _shift(-x, -y) @ _turn(-np.deg2rad(degrees))
                    @ _shift(x, y)),
                "Your two shifts are exchanged. The rightmost matrix acts first: it must "
                "move (x, y) to the origin, so it is the shift by (-x, -y)."),
            "no minus": Mistake(
                (lambda x, y, degrees: _shift(x, y) @ _turn(np.deg2rad(degrees))
                    @ _shift(x, y),
                 lambda x, y, degrees: _shift(x, y) @ _turn(-np.deg2rad(degrees))
                    @ _shift(x, y)),
                "Both of your shifts go by (x, y). The first one, rightmost, has to bring "
                "(x, y) to the origin: it needs the minus signs."),
            "element by element": Mistake(
                (lambda x, y, degrees: _shift(x, y) * _turn(np.deg2rad(degrees))
                    * _shift(-x, -y),
                 lambda x, y, degrees: _shift(x, y) * _turn(-np.deg2rad(degrees))
                    * _shift(-x, -y)),
                "You multiplied the matrices entry by entry: * is not the matrix product. "
                "Use @."),
            "two sines alike": Mistake(
                (lambda x, y, degrees: turned(x, y, degrees, np.abs(_SIGNS)
                                              * _alike(degrees)),
                 lambda x, y, degrees: turned(x, y, degrees, _SIGNS * _alike(degrees))),
                "Your two sines have the same sign, so lengths change. In a turn they "
                "have opposite signs: [[c, s], [-s, c]]."),
            "shifts cancelled": Mistake(
                tuple(lambda x, y, degrees, sign=sign:
                      _turn(sign * np.deg2rad(degrees)) @ _shift(x, y) @ _shift(x, y)
                      for sign in (1, -1)),
                "You shifted twice in the same direction before the turn. One shift by "
                "(-x, -y) comes before it, one by (x, y) after it."),
            "x and y exchanged": Mistake(
                lambda x, y, degrees: turned(y, x, degrees),
                "You exchanged x and y of the fixed point: the shift of x stands in the "
                "first row of the matrix, the shift of y in the second."),
            "row vectors": Mistake(
                lambda x, y, degrees: turned(x, y, degrees).T,
                "Your matrix is transposed: it is the one for row vectors, (x, y, 1) "
                "times matrix. This page writes points as columns, so the shift stands "
                "in the last column."),
            "2 x 2": Mistake(
                (lambda x, y, degrees: _turn(np.deg2rad(degrees))[:2, :2],
                 lambda x, y, degrees: _turn(-np.deg2rad(degrees))[:2, :2]),
                "A 2 x 2 matrix cannot hold the shift: use a 3 x 3 matrix with the last "
                "row 0, 0, 1."),
            "2 x 3": Mistake(
                lambda x, y, degrees: turned(x, y, degrees)[:2],
                "The last row, 0, 0, 1, is missing: homogeneous matrices are 3 x 3."),
        },
        ["Three steps: bring (x, y) to the origin, turn about the origin, shift back. "
         "Each is a 3 x 3 matrix.",
         "Test it on the point (1, 0) turned by 90 degrees about (0, 0): on the screen it "
         "goes to the top, and up is negative y, so the result is (0, -1).",
         "`shift(x, y) @ turn @ shift(-x, -y)`: the rightmost acts first. And np.cos "
         "wants radians."],
        independent=_library_turn, also_right=(_closed_turn,))


# --- composition -----------------------------------------------------------------------

def compose(matrices):
    """Return one matrix (3, 3) for a list of steps, the first of which is done first."""
    total = np.eye(3)
    for matrix in matrices:
        total = matrix @ total
    return total


def _compose_by_points(matrices):
    """Send three unit vectors through all steps, one after the other."""
    columns = []
    for k in range(3):
        vector = [float(k == n) for n in range(3)]
        for matrix in matrices:
            vector = [sum(matrix[row][n] * vector[n] for n in range(3))
                      for row in range(3)]
        columns.append(vector)
    return np.array(columns).T


class _Steps(Exercise):
    """An exercise whose input is a list of matrices: copying the list is not enough."""

    def judge(self, answer):
        """Return the Verdict, with better advice for matrices that were written into."""
        verdict = super().judge(answer)
        if verdict.kind != "changed input":
            return verdict
        return verdict._replace(text=(
            "not yet. Your function changes its input `matrices`. The product may be "
            "right, but `matrices[0]` is the caller's own array: writing into it, as "
            "H[:] = ... does, changes it. Start from np.eye(3) or matrices[0].copy(). "
            "And matrices[::-1] reads a list backwards without turning it round, as "
            ".reverse() does."))


def _compose():
    def left_to_right(matrices):
        total = np.eye(3)
        for matrix in matrices:
            total = total @ matrix
        return total

    def cases(rng):
        def random():
            matrix = rng.normal(0, 1, (3, 3))
            matrix[2] = 0, 0, 1
            return matrix

        return [([np.diag([2.0, 3.0, 1.0]), _shift(5, 1)],),
                ([random(), random(), random()],),
                ([random() for _ in range(4)],),
                ([_turn(0.6), _shift(3, -2), np.array([[1, 0.4, 0], [0, 1, 0], [0, 0, 1]]),
                  np.diag([1.5, 0.5, 1]), _shift(-1, 4)],)]

    return _Steps(
        "compose", compose, cases,
        {
            "left to right": Mistake(
                left_to_right,
                "You multiplied from left to right, so the last step is done first. With "
                "points as columns the first step stands rightmost: each new matrix "
                "goes to the left of the product."),
            "element by element": Mistake(
                (lambda matrices: np.prod(matrices, axis=0),
                 lambda matrices: np.prod([np.eye(3), *matrices], axis=0)),
                "You multiplied the entries one by one: * is not the matrix product. "
                "Use @."),
            "sum": Mistake(
                lambda matrices: np.sum(matrices, axis=0),
                "You added the matrices. Doing one step after the other is a product."),
            "from zeros": Mistake(
                lambda matrices: np.zeros((3, 3)),
                "All entries are 0: the product started from np.zeros. Start from the "
                "step that changes nothing, np.eye(3)."),
            "from ones": Mistake(
                (lambda matrices: compose([np.ones((3, 3)), *matrices]),
                 lambda matrices: left_to_right([np.ones((3, 3)), *matrices])),
                "Your product started from np.ones, which is no neutral step. Start "
                "from np.eye(3)."),
            "transposed": Mistake(
                lambda matrices: compose(matrices).T,
                "Your result is transposed: that is the matrix for row vectors. This "
                "page writes points as columns."),
            "transposed factors": Mistake(
                lambda matrices: compose([matrix.T for matrix in matrices]),
                "You transposed every matrix. They are for points as columns already, "
                "and stay as they are."),
            "inverse": Mistake(
                lambda matrices: np.linalg.inv(compose(matrices)),
                "You returned the inverse: it undoes the steps. It is wanted for looking "
                "pixels up, but here the task is to do the steps."),
            "inverse factors": Mistake(
                lambda matrices: compose([np.linalg.inv(m) for m in matrices]),
                "Your product is one of inverse matrices. No inverse is wanted here, only the "
                "right order of the product."),
            "first two only": Mistake(
                (lambda matrices: matrices[1] @ matrices[0],
                 lambda matrices: matrices[0] @ matrices[1]),
                "You used the first two matrices only. The list may be longer: loop over "
                "it."),
            "last two only": Mistake(
                (lambda matrices: matrices[-1] @ matrices[-2],
                 lambda matrices: matrices[-2] @ matrices[-1]),
                "You used the last two matrices only: the product has to be kept from "
                "one turn of the loop to the next."),
            "first and last only": Mistake(
                (lambda matrices: matrices[-1] @ matrices[0],
                 lambda matrices: matrices[0] @ matrices[-1]),
                "You used the first and the last matrix only. The steps between them "
                "are missing: loop over the list."),
            "first one twice": Mistake(
                lambda matrices: compose([matrices[0], *matrices]),
                "The first matrix is in your product twice: start from it and go on "
                "with the second, or start from np.eye(3)."),
            "first one left out": Mistake(
                (lambda matrices: compose(matrices[1:]),
                 lambda matrices: left_to_right(matrices[1:])),
                "The first matrix is missing in your product."),
            "last one left out": Mistake(
                (lambda matrices: compose(matrices[:-1]),
                 lambda matrices: left_to_right(matrices[:-1])),
                "The last matrix is missing in your product: does a range end one "
                "too early?"),
            "last one alone": Mistake(
                lambda matrices: matrices[-1].copy(),
                "You returned the last step alone: each turn of the loop starts anew. "
                "Multiply onto the product so far, total = matrix @ total."),
            "return in the loop": Mistake(
                lambda matrices: matrices[0].copy(),
                "You returned the first step alone: is your return inside the loop?"),
        },
        ["Send a point p through two steps A, then B: it becomes B (A p) = (B A) p. Which "
         "of the two stands on the left?",
         "Start from `np.eye(3)`, which does nothing, and multiply by one matrix after "
         "the other with `@`.",
         "`total = matrix @ total`: what comes later stands further left."],
        independent=_compose_by_points,
        also_right=(lambda matrices: np.linalg.multi_dot(matrices[::-1]),))


# --- warping by the inverse map -------------------------------------------------------------

def warp_nearest(f, H, shape):
    """Return f moved by the matrix H, as an image of the given shape; 0 outside of f."""
    y, x = np.mgrid[:shape[0], :shape[1]]
    X, Y, w = np.linalg.inv(H) @ np.stack([x.ravel(), y.ravel(), np.ones(x.size)])
    j, i = np.rint(X / w).astype(int), np.rint(Y / w).astype(int)
    inside = (i >= 0) & (i < f.shape[0]) & (j >= 0) & (j < f.shape[1])
    out = np.zeros(x.size)
    out[inside] = f[i[inside], j[inside]]
    return out.reshape(shape)


def _loop_warp(f, H, shape):
    back = np.linalg.inv(H)
    out = np.zeros(shape)
    for v in range(shape[0]):
        for u in range(shape[1]):
            x, y, w = back @ [u, v, 1]
            i, j = round(y / w), round(x / w)
            if 0 <= i < f.shape[0] and 0 <= j < f.shape[1]:
                out[v, u] = f[i, j]
    return out


def _warp_nearest():
    def looked_up(f, back, shape, *, whole=np.rint, divide=True, mode="zero",
                  swap_in=False, swap_out=False, first=0, early=None,
                  short=0):
        v, u = np.mgrid[:shape[0], :shape[1]]
        if swap_in:
            u, v = v, u
        x, y, w = np.einsum("ab,bij->aij", back, np.stack([u, v, np.ones(shape)]))
        if divide:
            x, y = x / w, y / w
        if swap_out:
            x, y = y, x
        i, j = whole(y).astype(int), whole(x).astype(int)
        M, N = f.shape
        if mode == "clamp":
            return f[np.clip(i, 0, M - 1), np.clip(j, 0, N - 1)]
        if mode == "wrap":
            return f[i % M, j % N]
        low = -10 ** 9 if mode == "negative" else first
        inside = (i >= low) & (i < M - short) & (j >= low) & (j < N - short)
        if early is not None:                   # bounds of the places, not the pixels
            inside &= (y >= 0) & (y < M - early) & (x >= 0) & (x < N - early)
        return np.where(inside, f[np.where(inside, i, 0) % M, np.where(inside, j, 0) % N],
                        0)

    def inverse(f, H, shape, **options):
        return looked_up(f, np.linalg.inv(H), shape, **options)

    def forward(f, H, shape):
        out = np.zeros(shape)
        for y in range(f.shape[0]):
            for x in range(f.shape[1]):
                u, v, w = H @ [x, y, 1]
                j, i = round(u / w), round(v / w)
                if 0 <= i < shape[0] and 0 <= j < shape[1]:
                    out[i, j] = f[y, x]
        return out

    def linear(f, H, shape):
        return ski.transform.warp(f, np.linalg.inv(H), output_shape=shape, order=1)

    def past_the_rim(f, H, shape):
        """Test places, not pixels, and look up pixels that do not exist."""
        v, u = np.mgrid[:shape[0], :shape[1]]
        x, y, w = np.einsum("ab,bij->aij", np.linalg.inv(H),
                            np.stack([u, v, np.ones(shape)]))
        x, y = x / w, y / w
        inside = (x >= 0) & (x < f.shape[1]) & (y >= 0) & (y < f.shape[0])
        out = np.zeros(shape)
        out[inside] = f[np.rint(y[inside]).astype(int), np.rint(x[inside]).astype(int)]
        return out

    def filled_input(f, H, shape):
        """Put the result into an image of the input's shape."""
        return inverse(f, H, f.shape)

    def cases(rng):
        def matrix(angle, scale, shift, perspective):
            H = _shift(*shift) @ _turn(angle) @ np.diag([scale, 1.1 * scale, 1])
            H[2, :2] = perspective
            return H

        return [(rng.random((3, 4)), matrix(0.1, 1.6, (0.3, 0.7), (0, 0)), (5, 6)),
                (rng.random((6, 5)), matrix(-0.35, 1.7, (2.2, -1.3), (0.02, -0.013)),
                 (9, 7)),
                (rng.random((13, 17)), matrix(0.5, 1.9, (-3.1, 9.4), (0.006, 0.011)),
                 (24, 20)),
                (rng.random((21, 15)), matrix(0.9, 0.8, (3.7, 14.2), (-0.007, 0.004)),
                 (23, 26))]

    return Exercise(
        "warp_nearest", warp_nearest, cases,
        {
            "forward matrix": Mistake(
                lambda f, H, shape: looked_up(f, H, shape),
                "You looked pixels up with H itself. H leads from f to the result; to "
                "look a pixel of the result up in f, go the other way: np.linalg.inv(H)."),
            "forward mapping": Mistake(
                forward,
                "You pushed the pixels of f to their new places: where none lands, a hole "
                "stays. Go through the pixels of the result and look each one up."),
            "x and y exchanged": Mistake(
                tuple(lambda f, H, shape, swaps=swaps: inverse(
                    f, H, shape, swap_in=swaps[0], swap_out=swaps[1])
                      for swaps in [(True, True), (True, False), (False, True)]),
                "You exchanged x and y: the matrix wants (x, y, 1), column first, while "
                "np.mgrid and f[i, j] say row first."),
            "transposed": Mistake(
                (lambda f, H, shape: looked_up(f, np.linalg.inv(H).T, shape),
                 lambda f, H, shape: looked_up(f, H.T, shape)),
                "You used a transposed matrix: that is for points as rows. With points "
                "as columns it is inv(H) @ (u, v, 1)."),
            "row 0 left out": Mistake(
                lambda f, H, shape: inverse(f, H, shape, first=1),
                "Row 0 and column 0 of f are missing: a place is inside from 0 on, so "
                "the test is 0 <= i and 0 <= j."),
            "last row left out": Mistake(
                lambda f, H, shape: inverse(f, H, shape, short=1),
                "The last row and column of f are missing: i may be M - 1, so the test "
                "is i < M, not i < M - 1."),
            "not divided": Mistake(
                lambda f, H, shape: inverse(f, H, shape, divide=False),
                "You did not divide by the third coordinate w. With perspective w is not "
                "1: the place is (X / w, Y / w)."),
            "cut": Mistake(
                lambda f, H, shape: inverse(f, H, shape, whole=np.trunc),
                "You cut the places with int() or astype(int): the nearest pixel needs "
                "np.rint first. Between -1 and 0, cutting even brings in outside places."),
            "floor": Mistake(
                lambda f, H, shape: inverse(f, H, shape, whole=np.floor),
                "You rounded the places down, which moves the image by half a pixel. The "
                "nearest pixel needs np.rint."),
            "rounded up": Mistake(
                lambda f, H, shape: inverse(f, H, shape, whole=np.ceil),
                "You rounded the places up, with np.ceil, which moves the image by half "
                "a pixel. The nearest pixel needs np.rint."),
            "bounds before rounding": Mistake(
                (lambda f, H, shape: inverse(f, H, shape, early=1),
                 lambda f, H, shape: inverse(f, H, shape, early=0)),
                "You tested the places before rounding them, as SciPy does with order=0 "
                "and mode='constant'. A place at -0.3 is nearest to pixel 0, so it is "
                "inside: round first, then test (SciPy: mode='grid-constant')."),
            "rounding beyond the rim": Mistake(
                past_the_rim,
                "You tested the places before rounding: a place at M - 0.3 passes i < M "
                "and is then rounded to M, which no longer exists. Round first, then "
                "test."),
            "clamped": Mistake(
                lambda f, H, shape: inverse(f, H, shape, mode="clamp"),
                "Outside of f you repeated its border pixels. Places outside are to "
                "become 0."),
            "wrapped": Mistake(
                (lambda f, H, shape: inverse(f, H, shape, mode="wrap"),
                 lambda f, H, shape: inverse(f, H, shape, mode="negative")),
                "Outside of f pixels of the opposite side appear: a negative index counts "
                "from the end. Test that i and j are inside f before looking up."),
            "bilinear": Mistake(
                linear,
                "You interpolated. Here the grey level of the nearest pixel is wanted, "
                "as it stands in f."),
            "shape of the input": Mistake(
                filled_input,
                "Your result has the shape of f. Its shape is the argument `shape`."),
        },
        ["Go through the pixels (u, v) of the *result*: where in f does each come from? "
         "H leads from f to the result, so you need its inverse.",
         "inv(H) @ (u, v, 1) gives (X, Y, w); the place in f is x = X / w, y = Y / w, and "
         "the pixel is f[row, column] with row = rint(y), column = rint(x).",
         "Start from an image of zeros and fill in the pixels whose row and column are "
         "inside f."],
        independent=lambda f, H, shape: ski.transform.warp(
            f, np.linalg.inv(H), output_shape=shape, order=0),
        also_right=(_loop_warp,))


# --- a homography from matched points ---------------------------------------------------------

def fit_homography(p, q):
    """Return the homography H (3, 3), H[2, 2] = 1, that moves points p (K, 2) to q (K, 2)."""
    A, b = [], []
    for (x, y), (u, v) in zip(p, q, strict=True):
        A += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        b += [u, v]
    h = np.linalg.lstsq(np.array(A), np.array(b), rcond=None)[0]
    return np.append(h, 1).reshape(3, 3)


def _homography_by_svd(p, q):
    """Return the homography as the null vector of the homogeneous system."""
    x, y = p.T
    u, v = q.T
    one, zero = np.ones(len(p)), np.zeros(len(p))
    A = np.concatenate([np.stack([x, y, one, zero, zero, zero, -u * x, -u * y, -u], 1),
                        np.stack([zero, zero, zero, x, y, one, -v * x, -v * y, -v], 1)])
    h = np.linalg.svd(A)[2][-1]
    return (h / h[-1]).reshape(3, 3)


def _corners_of(p):
    """Return the points that lie furthest towards the four corners."""
    total, gap = p.sum(axis=1), p[:, 0] - p[:, 1]
    return [total.argmin(), gap.argmax(), total.argmax(), gap.argmin()]


_FOURS = (lambda p: np.arange(4), lambda p: np.arange(len(p))[-4:],
          lambda p: np.linspace(0, len(p) - 1, 4).astype(int),
          lambda p: np.rint(np.linspace(0, len(p) - 1, 4)).astype(int),
          lambda p: np.arange(len(p))[::len(p) // 4][:4],
          lambda p: np.array([0, 1, len(p) - 2, len(p) - 1]), _corners_of)


def _fit_homography():
    def system(p, q, sign=-1):
        A, b = [], []
        for (x, y), (u, v) in zip(p, q, strict=True):
            A += [[x, y, 1, 0, 0, 0, sign * u * x, sign * u * y],
                  [0, 0, 0, x, y, 1, sign * v * x, sign * v * y]]
            b += [u, v]
        return np.array(A), np.array(b)

    def solved(A, b):
        return np.append(np.linalg.lstsq(A, b, rcond=None)[0], 1).reshape(3, 3)

    def affine(p, q):
        A = np.linalg.lstsq(np.column_stack([p, np.ones(len(p))]), q, rcond=None)[0]
        return np.vstack([A.T, [0, 0, 1]])

    def by_solve(p, q):
        return np.append(np.linalg.solve(*system(p, q)), 1).reshape(3, 3)

    def by_normal_equations(p, q):
        A, b = system(p, q)
        return np.append(np.linalg.solve(A.T @ A, A.T @ b), 1).reshape(3, 3)

    def unit(p, q):
        H = _homography_by_svd(p, q)
        return H / np.linalg.norm(H)

    def crossed(p, q):
        """Use v in the rows of u and u in the rows of v."""
        A, b = [], []
        for (x, y), (u, v) in zip(p, q, strict=True):
            A += [[x, y, 1, 0, 0, 0, -v * x, -v * y], [0, 0, 0, x, y, 1, -u * x, -u * y]]
            b += [u, v]
        return solved(np.array(A), np.array(b))

    def cases(rng):
        def moved(p):
            H = np.eye(3) + rng.normal(0, 0.3, (3, 3))
            H[2, :2] = rng.uniform(0.05, 0.2, 2)
            q = np.column_stack([p, np.ones(len(p))]) @ H.T
            return p, q[:, :2] / q[:, 2:]

        def measured_twice(p):
            """Measure each point twice, with opposite errors.

            So the ways to fit agree, whichever sum of squares they minimise; four of
            the points miss by a hundred times the tolerance.
            """
            p, q = moved(p)
            error = rng.choice([-1, 1], p.shape) * rng.uniform(4e-4, 8e-4, p.shape)
            return np.concatenate([p, p]), np.concatenate([q + error, q - error])

        square = np.array([[0, 0], [3, 0.2], [2.8, 2], [0.1, 1.7]])
        five = np.array([[0.2, 0.1], [3, 0.4], [1.4, 1.1], [2.8, 2.9], [0.3, 2.4]])
        near_a_line = np.array([[0.0, 0.3], [1.2, 0.8], [2.9, 1.4], [0.4, 2.9],
                                [1.4, 1.9], [2.6, 2.7], [2.4, 0.1]])
        return [moved(square), measured_twice(five), measured_twice(near_a_line),
                measured_twice(np.stack(np.meshgrid([0.1, 1.5, 3], [0.2, 1.3, 2.9]),
                                        -1).reshape(-1, 2) + rng.uniform(0, 0.3, (9, 2)))]

    return Exercise(
        "fit_homography", fit_homography, cases,
        {
            "solve for more than four": Mistake(
                by_solve,
                "np.linalg.solve needs as many equations as unknowns, which is true for "
                "four points only. np.linalg.lstsq takes any number of them."),
            "four points only": Mistake(
                tuple(lambda p, q, pick=pick: (lambda four: solved(*system(
                    p[four], q[four])))(pick(p)) for pick in _FOURS),
                "You used only four of the points. All of them are a little off, and "
                "four hand their errors on to H: give the equations of all points to "
                "np.linalg.lstsq, which averages the errors."),
            "other way": Mistake(
                (lambda p, q: fit_homography(q, p),
                 lambda p, q: np.linalg.inv(fit_homography(p, q))),
                "Your H moves q to p. In the equations x, y come from p, and u, v, on the "
                "right side, from q."),
            "transposed": Mistake(
                lambda p, q: fit_homography(p, q).T,
                "Your H is transposed: the unknowns h1, h2, h3 are its first row. Check "
                "the reshape, and that points are columns."),
            "x and y exchanged": Mistake(
                (lambda p, q: fit_homography(p[:, ::-1], q[:, ::-1]),
                 lambda p, q: fit_homography(p[:, ::-1], q),
                 lambda p, q: fit_homography(p, q[:, ::-1])),
                "You exchanged the two coordinates of the points: column 0 is x or u, "
                "column 1 is y or v."),
            "sign": Mistake(
                lambda p, q: solved(*system(p, q, sign=1)),
                "The signs of the two perspective columns are wrong. Multiply out: "
                "u (h7 x + h8 y + 1) = h1 x + h2 y + h3, and bring -u x and -u y to the "
                "other side."),
            "affine": Mistake(
                (affine, lambda p, q: ski.transform.AffineTransform.from_estimate(
                    p, q).params),
                "You fitted an affine matrix: its last row is 0, 0, 1 and parallels stay "
                "parallel. A homography has h7 and h8 as well."),
            "u and v crossed": Mistake(
                crossed,
                "The perspective columns of the two equations are exchanged: -u x, -u y "
                "belong to the equation for u, -v x, -v y to that for v."),
            "unit length": Mistake(
                (unit, lambda p, q: -unit(p, q)),
                "Your H moves the points rightly, but its entries are scaled to length "
                "1. Divide by H[2, 2], so that this entry is 1."),
            "all that lstsq returns": Mistake(
                lambda p, q: np.linalg.lstsq(*system(p, q), rcond=None),
                "You returned all four things that np.linalg.lstsq gives. The solution "
                "is the first, [0]: append the 1 and reshape it to 3 x 3."),
            "eight numbers": Mistake(
                lambda p, q: fit_homography(p, q).ravel()[:8],
                "You returned the eight unknowns. Append the 1 and reshape them to 3 x "
                "3."),
            "zero in the corner": Mistake(
                lambda p, q: fit_homography(p, q) * (1 - np.diag([0, 0, 1])),
                "The last entry of H is 1, not 0: append 1 to the eight unknowns."),
        },
        ["How many equations does one pair of points give? Two: one for u, one for v.",
         "The row for u is (x, y, 1, 0, 0, 0, -u x, -u y) with u on the right; the row "
         "for v is (0, 0, 0, x, y, 1, -v x, -v y) with v on the right.",
         "More than eight equations: `np.linalg.lstsq(A, b, rcond=None)[0]`. Append 1 and "
         "reshape to (3, 3)."],
        independent=_homography_by_svd,
        also_right=(by_normal_equations, lambda p, q: _scaled(ski.transform.ProjectiveTransform
                                         .from_estimate(p, q).params),))


def _scaled(H):
    return H / H[2, 2]


# --- radial distortion undone --------------------------------------------------------------

def undistort_points(q, k, centre, radius):
    """Return the ideal places p (K, 2) of the points q (K, 2) seen through a lens k."""
    d = (q - centre) / radius
    u = d
    for _ in range(100):
        r2 = (u ** 2).sum(axis=1, keepdims=True)
        u = d / (1 + k * r2)
    return centre + radius * u


def _undistort_by_roots(q, k, centre, radius):
    """Solve r + k r^3 = r' for each point and keep the smallest positive root."""
    out = []
    for x, y in q:
        dx, dy = x - centre[0], y - centre[1]
        distance = np.hypot(dx, dy) / radius
        roots = np.roots([k, 0, 1, -distance])
        real = roots[np.abs(roots.imag) < 1e-9].real
        r = real[real >= -1e-12].min()
        ratio = r / distance if distance else 1.0
        out.append([centre[0] + dx * ratio, centre[1] + dy * ratio])
    return np.array(out)


def _undistort_by_table(q, k, centre, radius):
    r = np.linspace(0, 1.1, 20001)              # beyond 1.15 the model folds, k = -0.25
    distance = np.linalg.norm(np.asarray(q) - centre, axis=1) / radius + 1e-12
    ratio = np.interp(distance, r + k * r ** 3, r) / distance
    return centre + (q - np.asarray(centre)) * ratio[:, None]


def _undistort_points():
    def model(q, k, centre, radius, power=2):
        d = (q - centre) / radius
        r = np.sqrt((d ** 2).sum(axis=1, keepdims=True))
        return centre + radius * d * (1 + k * r ** power)

    def iterated(q, k, centre, radius, steps=100, power=2):
        d = (q - centre) / radius
        u = d
        for _ in range(steps):
            r = np.sqrt((u ** 2).sum(axis=1, keepdims=True))
            u = d / (1 + k * r ** power)
        return centre + radius * u

    def repeated(function):
        """Repeat as often as students do: a wrong iteration need not settle."""
        return tuple(lambda q, k, centre, radius, steps=steps:
                     function(q, k, centre, radius, steps)
                     for steps in (100, 20, 30, 40, 50, 60, 200))

    def stopped(q, k, centre, radius, enough):
        d = (q - centre) / radius
        u = d
        for _ in range(1000):
            before, u = u, d / (1 + k * (u ** 2).sum(axis=1, keepdims=True))
            if np.abs(u - before).max() < enough:
                break
        return centre + radius * u

    def by_newton(q, k, centre, radius):
        d = q - centre
        seen = np.hypot(*d.T) / radius
        r = seen
        for _ in range(15):
            r = r - (r + k * r ** 3 - seen) / (1 + 3 * k * r ** 2)
        return centre + d / (1 + k * r ** 2)[:, None]

    def each_axis(q, k, centre, radius):
        d = (q - centre) / radius
        u = d
        for _ in range(100):
            u = d / (1 + k * u ** 2)
        return centre + radius * u

    def compounding(q, k, centre, radius):
        """Divide the last guess instead of the distorted place."""
        u = (q - centre) / radius
        for _ in range(100):
            u = u / (1 + k * (u ** 2).sum(axis=1, keepdims=True))
        return centre + radius * u

    def cases(rng):
        def seen(n, k, centre, radius, first):
            """Show the point ``first`` (r and angle) and n - 1 others."""
            angle = np.append(first[1], rng.uniform(0, 6.2, n - 1))
            r = np.append(first[0], rng.uniform(0.25, 1, n - 1))
            p = np.array(centre) + radius * (r * np.array([np.cos(angle), np.sin(angle)])).T
            return model(p, k, np.array(centre), radius), k, np.array(centre), radius

        rim, middle = (1.0, 0.4), (0.0, 0.0)
        return [seen(2, -0.12, (60.0, 40.0), 80.0, (0.9, 0.2)),
                seen(5, 0.09, (91.5, 63.5), 90.0, middle),
                seen(9, -0.245, (99.5, 74.5), 100.0, rim),
                seen(7, 0.245, (62.0, 80.0), 75.0, rim)]

    return Exercise(
        "undistort_points", undistort_points, cases,
        {
            "forward": Mistake(
                model,
                "You applied the model to q, which distorts the points once more. Look for "
                "the p that the model sends to q."),
            "sign": Mistake(
                lambda q, k, centre, radius: model(q, -k, centre, radius),
                "You applied the model with -k. That undoes the distortion only roughly, "
                "because r is then measured at the distorted place: divide by 1 + k r^2, "
                "and repeat with the r of the better place."),
            "minus": Mistake(
                (lambda q, k, centre, radius: iterated(q, -k, centre, radius, steps=1),
                 *repeated(lambda q, k, centre, radius, steps:
                           iterated(q, -k, centre, radius, steps))),
                "You divided by 1 - k r^2. From q - c = (p - c)(1 + k r^2) follows a "
                "division by 1 + k r^2."),
            "one step": Mistake(
                lambda q, k, centre, radius: iterated(q, k, centre, radius, steps=1),
                "You divided once, with r measured at the distorted place q. Measure r "
                "again at the result and divide q - centre again, until nothing moves."),
            "too few steps": Mistake(
                tuple(lambda q, k, centre, radius, steps=steps:
                      iterated(q, k, centre, radius, steps=steps)
                      for steps in range(2, 21)),
                "Your way is right, but these repetitions are not enough: near k = -0.25 "
                "each one takes off only a third of the error. Repeat 40 times, or until "
                "nothing changes by more than 1e-6."),
            "stopped early": Mistake(
                tuple(lambda q, k, centre, radius, enough=enough:
                      stopped(q, k, centre, radius, enough if enough < 0.05
                              else enough / radius)
                      for enough in (0.01, 0.001, 1e-4, 1.0, 0.1)),
                "Your way is right, but it stops too early: a small last step is not a "
                "small error, since many more steps would follow. Go on until nothing "
                "changes by more than 1e-6."),
            "nothing at the centre": Mistake(
                lambda q, k, centre, radius: np.where(
                    (q == centre).all(axis=1, keepdims=True), np.nan,
                    undistort_points(q, k, centre, radius)),
                "All but one are right: a point at the centre became NaN, because r / r' "
                "is 0 / 0 there. Divide by 1 + k r^2 instead, which is never 0 here, or "
                "keep that point as it is."),
            "r not squared": Mistake(
                (lambda q, k, centre, radius: iterated(q, k, centre, radius, power=1),
                 lambda q, k, centre, radius: iterated(q, k, centre, radius, 1, 1)),
                "You used 1 + k r: the model has r squared."),
            "fourth power": Mistake(
                repeated(lambda q, k, centre, radius, steps:
                         iterated(q, k, centre, radius, steps, power=4)),
                "You squared r twice: the sum of the squares is r^2 already."),
            "not normalised": Mistake(
                (lambda q, k, centre, radius: iterated(q, k, centre, 1.0, steps=1),
                 *repeated(lambda q, k, centre, radius, steps:
                           iterated(q, k, centre, 1.0, steps))),
                "Your r is in pixels. The model wants r in units of `radius`: divide by it "
                "before squaring."),
            "centre forgotten": Mistake(
                (lambda q, k, centre, radius: iterated(q, k, 0 * centre, radius, steps=1),
                 *repeated(lambda q, k, centre, radius, steps:
                           iterated(q, k, 0 * centre, radius, steps))),
                "You measured r from (0, 0), the top left pixel. Subtract the centre "
                "first, and add it at the end."),
            "centre not added": Mistake(
                lambda q, k, centre, radius: undistort_points(q, k, centre, radius)
                - centre,
                "Your points are relative to the centre: add it at the end."),
            "radius not multiplied": Mistake(
                lambda q, k, centre, radius: centre
                + (undistort_points(q, k, centre, radius) - centre) / radius,
                "You divided by the radius and did not multiply by it again."),
            "centre exchanged": Mistake(
                repeated(lambda q, k, centre, radius, steps:
                         iterated(q, k, centre[::-1], radius, steps)),
                "You exchanged the coordinates of the centre: it is given as (x, y), as "
                "the points are."),
            "each axis alone": Mistake(
                each_axis,
                "You used x^2 for x and y^2 for y. r^2 is the sum of both, one number for "
                "each point: sum over axis 1, keepdims=True."),
            "compounding": Mistake(
                compounding,
                "You divided the last guess again and again. Divide q - centre each time: "
                "only r comes from the last guess."),
        },
        ["From d' = d (1 + k r^2) follows d = d' / (1 + k r^2). But r belongs to the place "
         "you are looking for. What could you use as a first guess?",
         "Start with r measured at q. The result is a better place: measure r there, and "
         "divide d' again. Repeat 40 times.",
         "d' = (q - centre) / radius; loop: r2 = sum of the squares of u over axis 1, "
         "u = d' / (1 + k r2); result: centre + radius u."],
        independent=_undistort_by_roots, tolerance=1e-5,
        also_right=(_undistort_by_table, by_newton, lambda *a: iterated(*a, steps=30)))


# --- the error of a transform, in pixels -----------------------------------------------------

def reprojection_error(H, p, q):
    """Return the root mean square distance, in pixels, of the moved points p from q."""
    moved = np.column_stack([p, np.ones(len(p))]) @ H.T
    gaps = moved[:, :2] / moved[:, 2:] - q
    return np.sqrt((gaps ** 2).sum(axis=1).mean())


def _library_error(H, p, q):
    residuals = ski.transform.ProjectiveTransform(H).residuals(p, q)
    return float(np.sqrt(np.mean(residuals ** 2)))


def _reprojection_error():
    def gaps(H, p, q, divide=True):
        moved = np.column_stack([p, np.ones(len(p))]) @ H.T
        return (moved[:, :2] / moved[:, 2:] if divide else moved[:, :2]) - q

    def rms(gap):
        return np.sqrt((gap ** 2).sum(axis=1).mean())

    def distances(*arguments):
        return np.hypot(*gaps(*arguments).T)

    def cases(rng):
        def pair(n):
            H = np.eye(3) + rng.normal(0, 0.15, (3, 3))
            H[:2, 2] = rng.uniform(-9, 9, 2)
            H[2] = *rng.uniform(0.002, 0.01, 2), 1
            p = rng.uniform(0, 50, (n, 2))
            moved = np.column_stack([p, np.ones(n)]) @ H.T
            return H, p, moved[:, :2] / moved[:, 2:] + rng.normal(0, 2, (n, 2))

        return [(_shift(1, 0), np.array([[0.0, 0], [2, 1]]), np.array([[4.0, 4], [3, 3]])),
                pair(4), pair(9), pair(30)]

    return Exercise(
        "reprojection_error", reprojection_error, cases,
        {
            "no square root": Mistake(
                lambda *a: (gaps(*a) ** 2).sum(axis=1).mean(),
                "That is the mean of the squared distances, in square pixels: take its "
                "square root."),
            "mean distance": Mistake(
                lambda *a: distances(*a).mean(),
                "You averaged the distances themselves. The root mean square squares them "
                "first, so that large errors count more."),
            "standard deviation": Mistake(
                lambda *a: np.std(gaps(*a)),
                "np.std takes the mean off first, so that a common shift of all points "
                "would count nothing. Square the gaps as they are."),
            "mean of the gaps": Mistake(
                lambda *a: np.hypot(*gaps(*a).mean(axis=0)),
                "You averaged the gaps before taking lengths: opposite errors cancel. "
                "Square first, then average."),
            "divided outside the root": Mistake(
                lambda *a: np.linalg.norm(gaps(*a)) / len(a[1]),
                "You divided by K after taking the root. The mean belongs inside: divide "
                "the sum of squares by K, then take the root."),
            "divided by K - 1": Mistake(
                lambda *a: np.sqrt((gaps(*a) ** 2).sum() / (len(a[1]) - 1)),
                "You divided by K - 1, as for a variance. The mean over the K points "
                "divides by K."),
            "wrong axis": Mistake(
                lambda *a: np.sqrt((gaps(*a) ** 2).sum(axis=0).mean()),
                "You summed over the points and averaged x and y. The other way round: "
                "sum the two squares of each point, axis=1, and average over points."),
            "over coordinates": Mistake(
                lambda *a: np.sqrt((gaps(*a) ** 2).mean()),
                "You averaged over all coordinates, 2 K numbers, and your error is smaller "
                "by the square root of 2. A point has one distance: sum its two squares, "
                "then average over the K points."),
            "mean square of coordinates": Mistake(
                lambda *a: (gaps(*a) ** 2).mean(),
                "You averaged the squares of all 2 K coordinates and took no root. Sum the "
                "two squares of each point, average over the points, take the root."),
            "root of the sum": Mistake(
                (lambda *a: np.linalg.norm(gaps(*a)),
                 lambda *a: distances(*a).sum(),
                 lambda *a: (gaps(*a) ** 2).sum()),
                "You summed over the points: the error would grow with their number. Take "
                "the mean."),
            "not divided": Mistake(
                (lambda *a: rms(gaps(*a, divide=False)),
                 lambda H, p, q: rms(np.column_stack([p, np.ones(len(p))]) @ H.T
                                     - np.column_stack([q, np.ones(len(q))]))),
                "You did not divide the moved points by their third coordinate w."),
            "other way": Mistake(
                (lambda H, p, q: rms(gaps(np.linalg.inv(H), q, p)),
                 lambda H, p, q: rms(gaps(H, q, p))),
                "You moved q and compared with p. H moves p, and the distance is measured "
                "where q lies."),
            "inverse": Mistake(
                lambda H, p, q: rms(gaps(np.linalg.inv(H), p, q)),
                "You moved p by the inverse of H. Points go forward, by H itself; the "
                "inverse is for looking pixels up."),
            "transposed": Mistake(
                lambda H, p, q: rms(gaps(H.T, p, q)),
                "You used the transposed matrix. With one point in each row, (x, y, 1) "
                "stands on the left and H.T on the right; with points as columns it is "
                "H @ points."),
            "not moved": Mistake(
                lambda H, p, q: rms(p - q),
                "You compared p and q as they are: move p by H first."),
            "largest": Mistake(
                lambda *a: distances(*a).max(),
                "That is the largest distance. The root mean square takes all of them."),
            "median": Mistake(
                lambda *a: np.median(distances(*a)),
                "That is the median distance. The root mean square is asked for."),
            "one for each point": Mistake(
                lambda *a: distances(*a),
                "You returned one distance for each point: square, average, take the "
                "root."),
            "mean of absolute values": Mistake(
                lambda *a: np.abs(gaps(*a)).mean(),
                "You averaged |dx| and |dy| over all coordinates. Square, sum the two "
                "squares of each point, average over the points, take the root."),
            "sum of absolute values": Mistake(
                lambda *a: np.sqrt((np.abs(gaps(*a)).sum(axis=1) ** 2).mean()),
                "You added |dx| and |dy|. A distance is the root of dx^2 + dy^2."),
        },
        ["Move p by H: append 1 to each point, multiply, divide by the third coordinate. "
         "Or use a function of the page.",
         "dx^2 + dy^2 is the squared distance of one point. Average it over the points.",
         "Last, take the square root: the unit is pixels again."],
        independent=_library_error)
