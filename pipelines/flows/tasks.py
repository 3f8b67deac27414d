"""How a pipeline's steps become tasks of Prefect, and how its foreseen errors end a run: in one line."""

import functools
import logging
from collections.abc import Callable
from typing import Any, Final, ParamSpec, TypeVar, cast

from prefect import Task, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.states import Failed
from prefect.tasks import exponential_backoff

from pipelines.exits import in_one_line
from warehouse.errors import MundapError, Transient

P = ParamSpec("P")
T = TypeVar("T")
RETRIES: Final = 3
FIRST_DELAY_SECONDS: Final = 2.0  # then 4 and 8: a lock or a dropped connection is over by then


def as_task(step: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Run one step as a task named after it, up to three times more where its error is Transient.

    Prefect sees neither the arguments nor the value: a batch of rows is neither walked through, nor hashed, nor
    kept in memory until the flow ends. Errors come out as they are.
    """
    outcome: list[T] = []

    def call() -> None:
        outcome[:] = [step(*args, **kwargs)]

    _task(_named(step))(call)
    return outcome[0]


def foreseen(flow_body: Callable[P, T]) -> Callable[P, T]:
    """Make a foreseen error the message of the flow's Failed state, without a stack trace; it is raised as well."""

    @functools.wraps(flow_body)
    def body(*args: P.args, **kwargs: P.kwargs) -> T:
        for name in ("prefect.task_runs", "prefect.flow_runs"):
            logging.getLogger(name).addFilter(without_trace)
        try:
            return flow_body(*args, **kwargs)
        except (MundapError, OSError) as error:
            return cast(T, Failed(message=in_one_line(error), data=error))

    return body


def without_trace(record: logging.LogRecord) -> bool:
    """Take the stack trace from a log record of a foreseen error: its line says all; let every record pass."""
    if record.exc_info and isinstance(record.exc_info[1], MundapError):
        record.exc_info = None
    return True


@functools.cache
def _task(name: str) -> Task[[Callable[[], None]], None]:
    @task(
        name=name,
        retries=RETRIES,
        retry_delay_seconds=exponential_backoff(FIRST_DELAY_SECONDS),
        retry_condition_fn=_may_work_later,
        persist_result=False,
        cache_policy=NO_CACHE,
    )
    def run(call: Callable[[], None]) -> None:
        call()

    return run


def _may_work_later(_task_: Task[Any, Any], _run: TaskRun, state: State[Any]) -> bool:
    return isinstance(state.data, Transient)


def _named(step: Callable[..., object]) -> str:
    inner = step.func if isinstance(step, functools.partial) else step
    return str(getattr(inner, "__name__", type(inner).__name__)).strip("_")
