"""Recipes: which rules, in which order, with which options; and one text taken through one of them."""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from itertools import groupby
from pathlib import Path
from typing import Any

from cleaning.options import Options, read_options
from cleaning.rules import RULES, Rule
from warehouse.errors import Misuse

__all__ = ["Cleaned", "Options", "Recipe", "clean_text", "explain", "load_recipe", "recipe_names"]

_KEYS = ("name", "version", "steps", "repeat", "last", "options")
_RECIPES = resources.files("cleaning") / "recipes"
_TRIPLE = re.compile(r"([가-힣ㄱ-ㅎㅏ-ㅣ])\1\1")


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


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What became of one text: kept with `text`, or dropped with `drop` = (rule, reason).

    `rules` names those that changed it, in the order of their first change.
    """

    text: str | None
    rules: tuple[str, ...]
    drop: tuple[str, str] | None


# Rules of one stage, each with its compiled guard, behind the stage's own.
_Stage = tuple[re.Pattern[str], tuple[tuple[Rule, re.Pattern[str]], ...]]


@dataclass(frozen=True, slots=True)
class _Plan:
    """The rules of a recipe that its options want; `once` are the steps before the first repeated one."""

    once: tuple[_Stage, ...]
    steps: tuple[_Stage, ...]
    repeat: tuple[_Stage, ...]
    last: tuple[_Stage, ...]


def recipe_names() -> tuple[str, ...]:
    """The recipes that come with Mundap.

    >>> recipe_names()
    ('chathuman', 'dialogue', 'minimal', 'published')
    """
    return tuple(
        sorted(entry.name.removesuffix(".toml") for entry in _RECIPES.iterdir() if entry.name.endswith(".toml"))
    )


def load_recipe(name_or_path: str) -> Recipe:
    """A recipe by its name or from a TOML file; raises Misuse for an unknown recipe, key, rule or option."""
    if name_or_path in recipe_names():
        return _read(name_or_path, (_RECIPES / f"{name_or_path}.toml").read_text(encoding="utf-8"))
    path = Path(name_or_path)
    if path.suffix != ".toml":
        raise Misuse(f"unknown recipe {name_or_path!r}: use one of {', '.join(recipe_names())}, or a .toml file")
    try:
        return _read(str(path), path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise Misuse(f"cannot read the recipe {name_or_path}: {error}; give an existing UTF-8 TOML file") from error


def _read(where: str, text: str) -> Recipe:
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


def _rule_names(where: str, values: Mapping[str, Any], key: str) -> tuple[str, ...]:
    given = values.get(key, [])
    if not isinstance(given, list) or not all(isinstance(rule, str) for rule in given):
        raise Misuse(f'the recipe {where} gives no list of rule names as {key}: write {key} = ["rule", …]')
    _require_known(where, "rule", given, tuple(RULES))
    return tuple(given)


def _require_known(where: str, what: str, given: Iterable[str], known: tuple[str, ...]) -> None:
    for each in given:
        if each not in known:
            raise Misuse(f"the recipe {where} has an unknown {what} {each!r}: use {', '.join(known)}")


def clean_text(text: str | None, recipe: Recipe, *, options: Options | None = None) -> Cleaned:
    """Take one utterance through `recipe`; `options` stand in for the recipe's own."""
    if text is None:
        return Cleaned(None, (), ("empty", "the row has no text"))
    changes: list[tuple[str, str, str]] = []
    cleaned, drop = _walk(text, recipe, options or recipe.options, changes)
    return Cleaned(None if drop else cleaned, tuple(dict.fromkeys(change[0] for change in changes)), drop)


def explain(text: str, recipe: Recipe, *, options: Options | None = None) -> tuple[tuple[str, str, str], ...]:
    """Each change on the way as (rule, before, after), in order; repeated rules stand as often as they changed."""
    changes: list[tuple[str, str, str]] = []
    _walk(text, recipe, options or recipe.options, changes)
    return tuple(changes)


def _walk(
    text: str, recipe: Recipe, options: Options, changes: list[tuple[str, str, str]]
) -> tuple[str, tuple[str, str] | None]:
    plan = _plan(recipe, options.site is not None, options.paren, options.lower)
    text, drop = _pass(text, plan.once, options, changes)
    known = len(changes)
    if drop is None:
        text, drop = _pass(text, plan.steps, options, changes)
    while drop is None and len(changes) > known:
        known = len(changes)
        text, drop = _pass(text, plan.repeat, options, changes)
    if drop is None:
        text, drop = _pass(text, plan.last, options, changes)
    return text, drop


def _pass(
    text: str, stages: tuple[_Stage, ...], options: Options, changes: list[tuple[str, str, str]]
) -> tuple[str, tuple[str, str] | None]:
    for touches_any, rules in stages:
        if not touches_any.search(text):
            continue
        for rule, touches in rules:
            if rule.rewrite is None:
                if rule.refuses is not None and rule.refuses(text):
                    return text, (rule.name, rule.reason)
            elif touches.search(text):
                rewritten = rule.rewrite(text, options)
                if rewritten != text:
                    changes.append((rule.name, text, rewritten))
                    text = rewritten
    return text, None


@lru_cache(maxsize=64)
def _plan(recipe: Recipe, on_site: bool, paren: str, lower: bool) -> _Plan:
    """The plan for all options that want the same rules as these."""
    sample = Options(site="kin" if on_site else None, paren="keep" if paren == "keep" else "strip", lower=lower)

    def stages(rule_names: Sequence[str]) -> tuple[_Stage, ...]:
        wanted = [rule for name in rule_names if (rule := RULES[name]).applies(sample)]
        return tuple(
            (re.compile(stage), tuple((rule, _TRIPLE if rule.triples else re.compile(rule.guard)) for rule in rules))
            for stage, rules in groupby(wanted, key=lambda rule: rule.stage)
        )

    first = next((place for place, name in enumerate(recipe.steps) if name in recipe.repeat), len(recipe.steps))
    return _Plan(stages(recipe.steps[:first]), stages(recipe.steps[first:]), stages(recipe.repeat), stages(recipe.last))
