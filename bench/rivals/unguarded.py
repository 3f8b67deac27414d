"""Our own recipe without its guards: every rule on every row, again and again until nothing changes."""

from collections.abc import Iterable

from cleaning.options import Options
from cleaning.plan import Plan
from cleaning.rule import Rule


class _DroppedError(Exception):
    pass


def clean_rows(texts: Iterable[str | None], plan: Plan, options: Options) -> list[str | None]:
    """Each text cleaned; None for a dropped one."""
    return [None if text is None else _clean(text, plan, options) for text in texts]


def _clean(text: str, plan: Plan, options: Options) -> str | None:
    try:
        text = _take(_take(text, plan.once, options), plan.steps, options)
        while plan.repeat:
            before, text = text, _take(text, plan.repeat, options)
            if text == before:
                break
        return _take(text, plan.last, options)
    except _DroppedError:
        return None


def _take(text: str, rules: Iterable[Rule], options: Options) -> str:
    for rule in rules:
        if rule.rewrite is not None:
            text = rule.rewrite(text, options)
        elif rule.refuses is not None and rule.refuses(text):
            raise _DroppedError
    return text
