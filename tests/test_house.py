"""The house keeps itself: how much a module shows, how long it and its functions are, what serves tests alone."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROOMS = ("crawlers", "cleaning", "modeling", "warehouse", "pipelines", "bench")
# Written as their users would write them; made once, for a schema of that day.
APART = ("bench/rivals/", "warehouse/migrations/")
MOST_NAMES, MOST_LINES, MOST_BODY_LINES = 7, 250, 30
VAGUE = {"utils", "helpers", "common", "manager", "base"}
MANY_NAMES = {"warehouse/errors.py": "the families of errors are one tree, and are read as one"}
LONG_BODIES = {
    "modeling/card.py: model_card": "one text, written as it will be read",
    "modeling/arguments.py: training_arguments": "one call, every argument named",
}
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def texts() -> dict[str, str]:
    """Every module of ours by its path."""
    files = [file for room in ROOMS for file in sorted((ROOT / room).rglob("*.py"))]
    names = {file.relative_to(ROOT).as_posix(): file for file in files}
    return {name: file.read_text("utf-8") for name, file in names.items() if not name.startswith(APART)}


@cache
def trees() -> dict[str, ast.Module]:
    return {name: ast.parse(text) for name, text in texts().items()}


def definitions(tree: ast.Module) -> Iterator[tuple[str, ast.stmt]]:
    """What a module defines for others: functions, classes, constants."""
    for node in tree.body:
        if isinstance(node, Function | ast.ClassDef):
            names = [node.name]
        else:
            targets = getattr(node, "targets", []) if not isinstance(node, ast.AnnAssign) else [node.target]
            names = [part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)]
        yield from ((name, node) for name in names if not name.startswith("_"))


def passed_on(tree: ast.Module) -> set[str]:
    """What a module imports for others to import from it."""
    imports = [alias for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names]
    return {alias.name for alias in imports if alias.asname == alias.name}


def body_lines(function: Function) -> int:
    """Lines of a function without its signature and its docstring."""
    first = function.body[1 if ast.get_docstring(function) and len(function.body) > 1 else 0]
    return (function.body[-1].end_lineno or 0) - first.lineno + 1


def uses(within: ast.AST) -> Counter[str]:
    """How often each name is used; a text that may name something, such as an entry point, counts for its words."""
    found: Counter[str] = Counter()
    for node in ast.walk(within):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            found[node.id] += 1
        elif isinstance(node, ast.Attribute):
            found[node.attr] += 1
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and re.fullmatch(r"[\w.:]+", node.value):
            found.update(re.findall(r"\w+", node.value))
    return found


def test_all_rooms_are_looked_at() -> None:
    assert Counter(name.partition("/")[0] for name in trees()).keys() == set(ROOMS)
    assert len(trees()) > 400


def test_a_module_shows_seven_names_at_most() -> None:
    names = {file: {name for name, _ in definitions(tree)} | passed_on(tree) for file, tree in trees().items()}
    many = {file: sorted(shown) for file, shown in names.items() if len(shown) > MOST_NAMES}
    assert many.keys() == MANY_NAMES.keys(), many


def test_a_module_is_short_and_its_name_says_something() -> None:
    long = {file: lines for file, text in texts().items() if (lines := text.count("\n")) > MOST_LINES}
    assert not long
    assert not [file for file in texts() if VAGUE & {*Path(file).with_suffix("").parts}]


def test_a_function_is_short() -> None:
    nodes = ((file, node) for file, tree in trees().items() for node in ast.walk(tree))
    lines = {f"{file}: {node.name}": body_lines(node) for file, node in nodes if isinstance(node, Function)}
    long = {place: count for place, count in lines.items() if count > MOST_BODY_LINES}
    assert long.keys() == LONG_BODIES.keys(), long


def test_nothing_serves_tests_alone() -> None:
    within = {node: uses(node) for tree in trees().values() for node in tree.body}
    everywhere = Counter[str]()
    for found in within.values():
        everywhere.update(found)
    defined = ((file, name, node) for file, tree in trees().items() for name, node in definitions(tree))
    idle = [f"{file}: {name}" for file, name, node in defined if everywhere[name] <= within[node][name]]
    assert not idle
