"""One text taken through a recipe, and what each rule did to it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import count, groupby

from cleaning.options import Options
from cleaning.plan import Plan, make_plan
from cleaning.recipe import Recipe
from cleaning.restless import given_up, is_restless
from cleaning.rule import Rule


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What became of one text: kept with `text`, or dropped with `drop` = (rule, reason).

    `rules` names those that changed it, in the order of their first change.
    """

    text: str | None
    rules: tuple[str, ...]
    drop: tuple[str, str] | None


_Change = tuple[str, str, str]  # rule, before, after
# Rules of one stage, each with its compiled guard, behind the stage's own.
_Stage = tuple[re.Pattern[str], tuple[tuple[Rule, re.Pattern[str]], ...]]


def clean_text(text: str | None, recipe: Recipe, *, options: Options | None = None) -> Cleaned:
    """Take one utterance through `recipe`; `options` stand in for the recipe's own.

    Raises:
        Misuse: the repeated rules never leave the text alone.
    """
    if text is None:
        return Cleaned(None, (), ("empty", "the row has no text"))
    return _walk(text, recipe, options or recipe.options, None)


def explain(text: str, recipe: Recipe, *, options: Options | None = None) -> tuple[tuple[str, str, str], ...]:
    """Each change on the way as (rule, before, after), in order; repeated rules stand as often as they changed.

    Raises:
        Misuse: the repeated rules never leave the text alone.
    """
    changes: list[_Change] = []
    _walk(text, recipe, options or recipe.options, changes)
    return tuple(changes)


def settle(text: str, recipe: Recipe, *, options: Options) -> Cleaned:
    """Take a text that its rules have changed through the repeated ones until it no longer changes.

    Raises:
        Misuse: they never leave it alone.
    """
    return _settled(text, recipe, options, None)


def _walk(text: str, recipe: Recipe, options: Options, told: list[_Change] | None) -> Cleaned:
    once, steps, _, last = _staged(make_plan(recipe, options))
    rules: list[str] = []
    text, drop = _pass(text, once, options, rules, told)
    known = len(rules)
    if drop is None:
        text, drop = _pass(text, steps, options, rules, told)
    if drop is None and len(rules) > known:
        rested = _settled(text, recipe, options, told)
        rules += rested.rules
        text, drop = rested.text or "", rested.drop
    if drop is None:
        text, drop = _pass(text, last, options, rules, told)
    return Cleaned(None if drop else text, tuple(dict.fromkeys(rules)), drop)


def _settled(text: str, recipe: Recipe, options: Options, told: list[_Change] | None) -> Cleaned:
    repeat = _staged(make_plan(recipe, options))[2]
    before, rules = text, dict[str, None]()
    for rounds in count(1):
        changed: list[str] = []
        text, drop = _pass(text, repeat, options, changed, told)
        rules |= dict.fromkeys(changed)
        if changed and drop is None and is_restless(text, before, rounds):
            drop = given_up(recipe.name, [*dict.fromkeys(changed)], rounds, options.doc)
        if drop is not None or not changed:
            break
    return Cleaned(None if drop else text, (*rules,), drop)


def _pass(
    text: str, stages: tuple[_Stage, ...], options: Options, changed: list[str], told: list[_Change] | None
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
                    changed.append(rule.name)
                    if told is not None:
                        told.append((rule.name, text, rewritten))
                    text = rewritten
    return text, None


def _stages(rules: Sequence[Rule], options: Options) -> tuple[_Stage, ...]:
    return tuple(
        (re.compile(stage), tuple((rule, re.compile(rule.guard_under(options))) for rule in group))
        for stage, group in groupby(rules, key=lambda rule: rule.stage)
    )


@lru_cache(maxsize=64)
def _staged(plan: Plan) -> tuple[tuple[_Stage, ...], ...]:
    """Once, steps, repeat and last of a plan, by stage."""
    return tuple(_stages(rules, plan.options) for rules in (plan.once, plan.steps, plan.repeat, plan.last))
