"""Recipes: which rules, in which order, with which options."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cleaning.options import Options, read_options
from cleaning.registry import known_rules, recipe_files
from warehouse.errors import Misuse

__all__ = ["Options", "Recipe", "list_recipes", "load_recipe", "read_recipe", "recipe_names"]

_KEYS = ("name", "version", "steps", "repeat", "last", "options")


@dataclass(frozen=True, slots=True)
class Recipe:
    """A named, versioned order of registered rules.

    `steps` run once in order, then `repeat` (some of them, in their order) until the text no longer changes,
    then `last`. `text` is the TOML as read.
    """

    name: str
    version: str
    steps: tuple[str, ...]
    options: Options
    text: str
    repeat: tuple[str, ...] = ()
    last: tuple[str, ...] = ()


def recipe_names() -> tuple[str, ...]:
    """The recipes that come with Mundap and those that installed packages add.

    >>> {"chathuman", "dialogue", "minimal", "published"} <= {*recipe_names()}
    True
    """
    return tuple(sorted(recipe_files()))


def list_recipes(files: Iterable[Path] = ()) -> list[tuple[Recipe, str]]:
    """Each known recipe and those in `files`, with the package or the file it comes from."""
    named = [(load_recipe(name), recipe_files()[name][1]) for name in recipe_names()]
    return [*named, *((load_recipe(str(path)), str(path)) for path in files)]


def load_recipe(name_or_path: str) -> Recipe:
    """A recipe by its name or from a TOML file.

    Raises:
        Misuse: an unknown recipe, key, rule or option, or a recipe that calls itself by the name of another one.
    """
    files = recipe_files()
    path = files[name_or_path][0] if name_or_path in files else Path(name_or_path)
    if path.suffix != ".toml":
        raise Misuse(f"unknown recipe {name_or_path!r}: use one of {', '.join(sorted(files))}, or a .toml file")
    recipe = read_recipe(name_or_path, _text(name_or_path, path))
    if recipe.name in files and recipe.text != _text(recipe.name, files[recipe.name][0]):
        whose = files[recipe.name][1]
        raise Misuse(
            f"the recipe {name_or_path} calls itself {recipe.name!r} like the one of {whose}, but differs from it: "
            "give it another name, or datasets made by the two could not be told apart"
        )
    return recipe


def read_recipe(where: str, text: str) -> Recipe:
    """A recipe from its TOML, which stood at `where`; raises Misuse for an unknown key, rule or option."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Misuse(f"the recipe {where} is no valid TOML: {error}; correct it there") from error
    _require_known(where, "key", values, _KEYS)
    name, version = values.get("name"), values.get("version")
    if not isinstance(name, str) or not isinstance(version, str):
        raise Misuse(f"the recipe {where} lacks a name or a version: give both as texts")
    steps, repeat, last = (_rule_names(where, values, key) for key in ("steps", "repeat", "last"))
    if [step for step in steps if step in repeat] != list(repeat):
        raise Misuse(f"the recipe {where} repeats rules that are not among its steps in that order: correct `repeat`")
    given = values.get("options", {})
    if not isinstance(given, dict):
        raise Misuse(f"the recipe {where} has no table of options: write [options] with its keys below")
    return Recipe(name, version, steps, read_options(given), text, repeat, last)


def _text(where: str, path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Misuse(f"cannot read the recipe {where}: {error}; give an existing UTF-8 TOML file") from error


def _rule_names(where: str, values: Mapping[str, Any], key: str) -> tuple[str, ...]:
    given = values.get(key, [])
    if not isinstance(given, list) or not all(isinstance(rule, str) for rule in given):
        raise Misuse(f'the recipe {where} gives no list of rule names as {key}: write {key} = ["rule", …]')
    _require_known(where, "rule", given, tuple(known_rules()))
    return tuple(given)


def _require_known(where: str, what: str, given: Iterable[str], known: tuple[str, ...]) -> None:
    for each in given:
        if each not in known:
            raise Misuse(f"the recipe {where} has an unknown {what} {each!r}: use {', '.join(known)}")
