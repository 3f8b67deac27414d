"""How the steps of a pipeline are run: called as they are, or each as a task of Prefect.

A pipeline's order is written once and takes a `Runner`: `directly` here for commands, `as_task` in
`pipelines.flows` for flows, which adds retries, states and logs.
"""

from collections.abc import Callable
from typing import ParamSpec, Protocol, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Runner(Protocol):
    """Runs one step (one page batch, one table batch, one training) and returns what it returns."""

    def __call__(self, step: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run the step."""
        ...


def directly(step: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Call the step, nothing more."""
    return step(*args, **kwargs)
