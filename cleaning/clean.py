"""One text taken through a recipe, and what each rule did to it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from cleaning.options import Options
from cleaning.plan import Plan, make_plan
from cleaning.recipe import Recipe
from cleaning.rules import Rule


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
    once, steps, repeat, last = _staged(make_plan(recipe, options))
    text, drop = _pass(text, once, options, changes)
    known = len(changes)
    if drop is None:
        text, drop = _pass(text, steps, options, changes)
    while drop is None and len(changes) > known:
        known = len(changes)
        text, drop = _pass(text, repeat, options, changes)
    if drop is None:
        text, drop = _pass(text, last, options, changes)
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


def _stages(rules: Sequence[Rule], options: Options) -> tuple[_Stage, ...]:
    return tuple(
        (re.compile(stage), tuple((rule, re.compile(rule.guard_under(options))) for rule in group))
        for stage, group in groupby(rules, key=lambda rule: rule.stage)
    )


@lru_cache(maxsize=64)
def _staged(plan: Plan) -> tuple[tuple[_Stage, ...], ...]:
    """Once, steps, repeat and last of a plan, by stage."""
    return tuple(_stages(rules, plan.options) for rules in (plan.once, plan.steps, plan.repeat, plan.last))
