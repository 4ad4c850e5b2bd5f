"""Answers that a person should look at: reading of solutions, equal code."""

import ast
import inspect
import textwrap

from course_utils.grading.slices import used
from course_utils.grading.submission import tree

LONG = 4                        # statements: shorter right answers are often the same
INSIDE = {"reference", "independent", "also_right", "mistakes", "judge"}
CALLS = {"open", "exec", "eval", "compile", "__import__", "load_exercises", "getsource",
         "getsourcelines", "_getframe", "currentframe", "stack", "get_objects", "system",
         "popen", "Popen", "read_text", "read_bytes", "urlopen", "globals", "setattr"}
MODULES = {"inspect", "gc", "importlib", "subprocess", "socket", "urllib", "requests",
           "ctypes", "multiprocessing", "builtins", "pickle"}
CHECKER = {"load_exercises", "Exercise", "ExerciseSet", "Verdict"}
OWNED = {"ex", "course_utils", "Exercise", "ExerciseSet"}


def nodes(source):
    """Return all nodes of a cell's tree, [] where Python cannot read it."""
    try:
        return list(ast.walk(tree(source)))
    except SyntaxError:
        return []


def functions(cells):
    """Return a dict: name to (cell, definition) of the functions at the top of cells."""
    found = {}
    for cell in cells:
        try:
            body = tree(cell.source).body
        except SyntaxError:
            continue
        found.update({statement.name: (cell, statement) for statement in body
                      if isinstance(statement, ast.FunctionDef)})
    return found


def own_code(name, cells):
    """Return the definition of a function and of the student's functions it uses."""
    known, wanted, done = functions(cells), [name], {}
    while wanted:
        name = wanted.pop()
        if name in known and name not in done:
            done[name] = ast.unparse(known[name][1])
            wanted += sorted(used(done[name]))
    return list(done.values())


def suspicions(code):
    """Return what an answer does that a solution of its own does not need."""
    found = set()
    for node in [node for source in code for node in nodes(source)]:
        match node:
            case ast.Attribute(_, name) if name in INSIDE:
                found.add(f"uses .{name}")
            case ast.Call(ast.Name(name) | ast.Attribute(_, name)) if name in CALLS:
                found.add(f"calls {name}")
            case ast.Import(names):
                found |= {f"imports {alias.name}" for alias in names
                          if alias.name.split(".")[0] in MODULES
                          or "exercise" in alias.name}
            case ast.ImportFrom(module) if module and (
                    module.split(".")[0] in MODULES or "exercise" in module):
                found.add(f"imports from {module}")
    return sorted(found)


def tampering(cells):
    """Return in which cells of the student the checker is replaced."""
    found = []
    for cell in cells:
        if any(_replaces(node) for node in nodes(cell.source)):
            found.append(f"cell {cell.number} replaces parts of the checker")
    return found


def _replaces(node):
    """Say whether a node defines or assigns what belongs to the checker."""
    match node:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return name in CHECKER
        case ast.ImportFrom(module):
            return bool(module) and module.startswith("course_utils.exercise")
        case ast.Assign(targets, value):
            loads = isinstance(value, ast.Call) and "load_exercises" in ast.dump(value.func)
            return any(_root(target) in OWNED and not (isinstance(target, ast.Name)
                                                       and loads)
                       or isinstance(target, ast.Name) and target.id in CHECKER
                       or "sys.modules" in ast.unparse(target) for target in targets)
    return False


def _root(node):
    """Return the name at the left end of a.b[c].d."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else None


def plain(code):
    """Return code without docstrings, layout and chosen names; "" if it is short.

    Two answers with the same result here are the same but for names and spacing.
    """
    try:
        module = ast.parse(textwrap.dedent("\n".join(code)))
    except SyntaxError:
        return ""
    for node in ast.walk(module):
        body = getattr(node, "body", None)
        if isinstance(node, ast.FunctionDef) and ast.get_docstring(node):
            node.body = body[1:] or [ast.Pass()]
    count = sum(isinstance(node, ast.stmt) for node in ast.walk(module)) - len(code)
    if count < LONG:
        return ""
    _Renamed().visit(module)
    return ast.dump(module)


class _Renamed(ast.NodeTransformer):
    """Gives parameters, variables and functions numbers in place of names."""

    def __init__(self):
        self.names = {}

    def _number(self, name):
        return self.names.setdefault(name, f"v{len(self.names)}")

    def visit_Name(self, node):
        return ast.Name(self._number(node.id), node.ctx)

    def visit_arg(self, node):
        return ast.arg(self._number(node.arg))

    def visit_FunctionDef(self, node):
        node.name, node.returns, node.decorator_list = "f", None, []
        return self.generic_visit(node)


def printed_solution(exercise):
    """Return the plain form of the solution that a page can print."""
    return plain([textwrap.dedent(inspect.getsource(exercise.reference))])
