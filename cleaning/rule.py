"""What a rule of a recipe is: one named text step."""

from collections.abc import Callable
from dataclasses import dataclass

from cleaning.options import Options

LATIN = "A-Za-z\u0130\u0131\u017f\u212a"  # what [A-Za-z] matches when case is ignored


@dataclass(frozen=True, slots=True)
class Rule:
    """One named text step: it either rewrites the text or refuses it with a reason.

    `guard` tells which texts it can touch (empty: any), with `more` = (option, value, guard) where an option has
    that value; `needs`, for a refusal, what spares a text that the guard does not match; `by_doc` that the
    document's name counts; `change` is `rewrite` where no option counts; `applies` whether the options want the
    rule at all; `spares` names rules that its changes never call for. `stage` is a guard for single texts that
    holds for all the rules of a stage, so that one quick search spares a text all of them.
    """

    name: str
    rewrite: Callable[[str, Options], str] | None
    guard: str
    reason: str = ""
    refuses: Callable[[str], bool] | None = None
    needs: str = ""
    more: tuple[str, object, str] | None = None
    by_doc: bool = False
    change: Callable[[str], str] | None = None
    spares: tuple[str, ...] = ()
    stage: str = ""
    applies: Callable[[Options], bool] = lambda options: True

    def guard_under(self, options: Options) -> str:
        """The guard where these options hold."""
        if self.more and getattr(options, self.more[0]) == self.more[1]:
            return f"{self.guard}|{self.more[2]}"
        return self.guard


def plain(name: str, change: Callable[[str], str], guard: str) -> Rule:
    """A rule that rewrites a text without asking the options."""
    return Rule(name, lambda text, options: change(text), guard, change=change)


def refusal(name: str, refuses: Callable[[str], bool], reason: str, guard: str, needs: str = "") -> Rule:
    """A rule that drops a text for a reason."""
    return Rule(name, None, guard, reason, refuses, needs)
