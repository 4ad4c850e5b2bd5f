"""What a marking in a hurry runs: the answers, and what these need of the page."""

import ast
import symtable
from functools import lru_cache

from course_utils.grading.submission import bound, checked, defined, tree

SET_UP = "load_exercises("
DEFINITIONS = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef,
               ast.ClassDef)


def definitions(source, wanted=None):
    """Return the imports, functions and classes of a cell, as a cell; "" if none.

    With ``wanted``, those that bind one of these names.
    """
    try:
        body = [statement for statement in tree(source).body
                if isinstance(statement, DEFINITIONS)
                and (wanted is None or bound(statement) & wanted)]
    except SyntaxError:
        return ""
    return ast.unparse(ast.Module(body, []))


@lru_cache(1000)
def used(source):
    """Return the names that a cell reads from the page, parameters and locals not."""
    try:
        table = symtable.symtable(ast.unparse(tree(source)), "cell", "exec")
    except (SyntaxError, ValueError):
        return set()
    names, tables = set(), [table]
    while tables:
        table = tables.pop()
        tables += table.get_children()
        names |= {symbol.get_name() for symbol in table.get_symbols()
                  if symbol.is_referenced()
                  and (symbol.is_global() or table.get_type() == "module")}
    return names


def needed(cells, names):
    """Return the cells to run for the exercises ``names``, each as it is to be run.

    The answers run whole, and so does whatever binds a name that these read, in turn;
    of cells that bind it by an import, a function or a class, this alone is run. The
    page's own set-up counts as one cell for each statement: TensorFlow takes seconds
    to load, and few answers need it.

    Parameters
    ----------
    cells : list of Cell
    names : collection of str

    Returns
    -------
    list of Cell
    """
    cells = [part for cell in cells for part in _parts(cell)]
    whole = {k for k, cell in enumerate(cells) if _is_root(cell, names)}
    parts = [_bindings(cell.source) for cell in cells]
    wanted, before = set(), None
    while before != (len(whole), len(wanted)):
        before = len(whole), len(wanted)
        for k, (values, functions) in enumerate(parts):
            if k in whole or values & wanted:
                whole.add(k)
                wanted |= used(cells[k].source)
            for name in functions.keys() & wanted:
                wanted |= functions[name]
    out = [cell if k in whole else cell._replace(source=definitions(cell.source, wanted))
           for k, cell in enumerate(cells)]
    return [cell for cell in out if cell.source.strip()]


def _parts(cell):
    """Return the statements of the page's set-up, each as a cell; other cells whole."""
    if not (cell.shipped and SET_UP in cell.source):
        return [cell]
    return [cell._replace(source=ast.unparse(statement))
            for statement in tree(cell.source).body]


def _is_root(cell, names):
    """Say whether a cell is the set-up or holds an answer of the student."""
    return SET_UP in cell.source or not cell.shipped and bool(
        (set(checked(cell.source)) | defined(cell.source)) & set(names))


def _bindings(source):
    """Return the names that a cell assigns, and its definitions with what they read."""
    values, functions = set(), {}
    try:
        body = tree(source).body
    except SyntaxError:
        return values, functions
    for statement in body:
        if isinstance(statement, DEFINITIONS):
            reads = used(ast.unparse(statement))
            functions.update(dict.fromkeys(bound(statement), reads))
        else:
            values |= bound(statement)
    return values, functions
