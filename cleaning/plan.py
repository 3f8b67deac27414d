"""The rules of a recipe that its options want, in the order in which they are taken."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from cleaning.options import Options
from cleaning.recipe import Recipe
from cleaning.registry import known_rules
from cleaning.rule import Rule


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """`once`, then `steps`, then `repeat` until nothing changes, then `last`; `options` hold for the guards.

    `once` are the steps before the first repeated one: they cannot call for a repetition.
    """

    once: tuple[Rule, ...]
    steps: tuple[Rule, ...]
    repeat: tuple[Rule, ...]
    last: tuple[Rule, ...]
    options: Options

    @property
    def rules(self) -> tuple[Rule, ...]:
        """All of them, each once."""
        return tuple(dict.fromkeys((*self.once, *self.steps, *self.repeat, *self.last)))


def make_plan(recipe: Recipe, options: Options) -> Plan:
    """The plan for `options`; the same one for any `seed`, `doc` and names."""
    kind = (options.site, options.laugh, options.lower, options.ellipsis, options.paren, options.url, options.newline)
    return _plan(recipe, *kind)


@lru_cache(maxsize=64)
def _plan(recipe: Recipe, site: str | None, *kind: object) -> Plan:
    names = ("site", "laugh", "lower", "ellipsis", "paren", "url", "newline")
    options = replace(Options(), **dict(zip(names, (site, *kind), strict=True)))  # type: ignore[arg-type]

    def wanted(rule_names: Sequence[str]) -> tuple[Rule, ...]:
        return tuple(rule for name in rule_names if (rule := known_rules()[name]).applies(options))

    first = next((place for place, name in enumerate(recipe.steps) if name in recipe.repeat), len(recipe.steps))
    once, steps = recipe.steps[:first], recipe.steps[first:]
    return Plan(wanted(once), wanted(steps), wanted(recipe.repeat), wanted(recipe.last), options)
