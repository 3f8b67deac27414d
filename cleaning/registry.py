"""Rules and recipes by name: those that come with Mundap and those that installed packages add.

A package adds a rule by an entry point of the group `mundap.rules` that names a `cleaning.rule.Rule`, and a
recipe by one of the group `mundap.recipes` that names the path of its TOML file.
"""

from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import MappingProxyType

from cleaning.rule import Rule
from cleaning.rules import RULES
from cleaning.triggers import Scan
from warehouse.errors import Misuse

OURS = "mundap"


@lru_cache(maxsize=1)
def known_rules() -> Mapping[str, Rule]:
    """All rules by name; raises Misuse for an added rule that cannot be loaded or whose name is taken."""
    rules = dict(RULES)
    for point in entry_points(group="mundap.rules"):
        rule = _loaded(point)
        if not isinstance(rule, Rule):
            raise Misuse(f"{_said(point)} is no cleaning.rule.Rule: correct it there or uninstall the package")
        if rule.name in rules:
            raise Misuse(f"{_said(point)} takes the name of a known rule {rule.name!r}: rename it there")
        _check_guard(point, rule)
        rules[rule.name] = rule
    return MappingProxyType(rules)


@lru_cache(maxsize=1)
def recipe_files() -> Mapping[str, tuple[Path, str]]:
    """The file of each recipe by name, and the package it comes from.

    Raises:
        Misuse: an added recipe that cannot be loaded or whose name is taken.
    """
    own = Path(str(resources.files("cleaning"))) / "recipes"
    files = {path.stem: (path, OURS) for path in sorted(own.glob("*.toml"))}
    for point in entry_points(group="mundap.recipes"):
        path = Path(str(_loaded(point)))
        if point.name in files:
            raise Misuse(f"{_said(point)} takes the name of a known recipe: rename it there")
        if not path.is_file():
            raise Misuse(f"{_said(point)} names no file: {path}; correct it there or uninstall the package")
        files[point.name] = path, _package(point)
    return files


def _check_guard(point: EntryPoint, rule: Rule) -> None:
    try:
        Scan(guard for guard in (rule.guard, rule.needs, *(rule.more[2:] if rule.more else ())) if guard)
    except ValueError as error:
        raise Misuse(f"{_said(point)} has a guard that columns cannot be searched for: {error}; simplify it") from error


def _loaded(point: EntryPoint) -> object:
    try:
        return point.load()
    except Exception as error:  # whatever another package's code raises while it is imported
        raise Misuse(
            f"{_said(point)} cannot be loaded: {error!r}; correct it there or uninstall the package"
        ) from error


def _said(point: EntryPoint) -> str:
    return f"{point.group} {point.name!r} of the package {_package(point)}"


def _package(point: EntryPoint) -> str:
    return point.dist.name if point.dist else "?"
