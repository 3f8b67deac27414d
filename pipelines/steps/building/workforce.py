"""Who cleans: this process, a few processes of this machine, or a Dask cluster. The rows that come out are the same."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from threading import Thread
from typing import Any, Protocol

from pipelines.steps.building.orders import Order
from pipelines.steps.runner import Runner
from warehouse.errors import Transient


class Workforce(Protocol):
    """Takes work and gives results; `ahead` is how many orders it is worth having under way."""

    @property
    def ahead(self) -> int: ...  # noqa: D102

    def order(self, step: Callable[..., Any], /, *args: Any) -> Order:
        """Begin a step."""
        ...


class Here:
    """This process, one step after the other."""

    ahead = 0

    def __init__(self, run: Runner) -> None:
        self._run = run

    def order(self, step: Callable[..., Any], /, *args: Any) -> Order:
        """Do it when its result is asked for."""
        return Order(lambda: self._run(step, *args), lambda: False)


class Processes:
    """Processes of this machine."""

    def __init__(self, pool: ProcessPoolExecutor, workers: int) -> None:
        self._pool = pool
        self.ahead = 2 * workers

    def order(self, step: Callable[..., Any], /, *args: Any) -> Order:
        """Hand it to the next free process."""
        try:
            future: Future[Any] = self._pool.submit(step, *args)
        except BrokenProcessPool as error:
            raise _ended() from error

        def result() -> Any:
            try:
                return future.result()
            except BrokenProcessPool as error:
                raise _ended() from error

        return Order(result, future.done)


@contextmanager
def workforce(workers: int, address: str, run: Runner) -> Iterator[Workforce]:
    """The cluster at `address`, or else `workers` processes, or for one of them this process itself.

    Raises:
        Misuse: the extra for clusters is missing, or the cluster runs other code.
        Transient: a process was killed; what is cleaned stays for the next run.
        Unready: the cluster is not there or is lost; the same.
    """
    if address:
        from pipelines.steps.building.cluster import cluster  # loads Dask, an extra

        with cluster(address) as found:
            yield found
    elif workers == 1:
        yield Here(run)
    else:
        # Not forked: a copy of a process with threads (Prefect's, Polars') can hang.
        pool = ProcessPoolExecutor(workers, get_context("spawn"), initializer=_end_with_parent)
        try:
            yield Processes(pool, workers)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _end_with_parent() -> None:
    """A pool's process waits for work for ever where the one that gives it was killed; this one goes with it."""
    Thread(target=_outlive, daemon=True).start()


def _outlive() -> None:
    if parent := parent_process():
        parent.join()
        os._exit(1)


def _ended() -> Transient:
    return Transient(
        "a process that cleans was ended from outside (out of memory?); the same command goes on from what is done, "
        "fewer --workers need less memory"
    )
