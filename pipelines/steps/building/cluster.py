"""Cleaning on a Dask cluster: its scheduler shares the batches out, and gives those of a dead worker to another."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from threading import Thread
from typing import Any, Final

from pipelines.steps.building.orders import Order
from pipelines.version import rules_digest
from warehouse.errors import Misuse, MundapError, Transient, Unready

distributed: Any = None
with suppress(ImportError):  # the extra `cluster`
    distributed = import_module("distributed")

CONNECT_SECONDS: Final = 8.0
# A worker that died is started again by whoever runs the cluster (nanny, Kubernetes): so long that is waited for.
ALONE_SECONDS: Final = 60.0
_LOOK_SECONDS: Final = 1.0
_AHEAD_OF_A_THREAD: Final = 3
_AGAIN: Final = "start it, then run the same command again: it goes on from what is done"


class Cluster:
    """A connected cluster."""

    def __init__(self, client: Any, address: str) -> None:
        self._client, self._address = client, address

    @property
    def ahead(self) -> int:
        """A few batches for each thread of the workers that are there now."""
        threads: int = sum(worker["nthreads"] for worker in self._workers().values())
        return _AHEAD_OF_A_THREAD * max(1, threads)

    def order(self, step: Callable[..., Any], /, *args: Any) -> Order:
        """Give it to the scheduler."""
        try:
            future = self._client.submit(_checked, rules_digest(), step, *args, pure=False, retries=0)
        except (OSError, RuntimeError) as error:
            raise self._lost() from error
        return Order(lambda: self._result(future), future.done)

    def _result(self, future: Any) -> Any:
        lost_after: float | None = None
        while True:
            try:
                return future.result(timeout=_LOOK_SECONDS)
            except MundapError:
                raise
            except TimeoutError:
                lost_after = None if self._workers() else lost_after or time.monotonic() + ALONE_SECONDS
                if lost_after and time.monotonic() > lost_after:
                    raise Unready(f"the Dask cluster at {self._address} has no worker; {_AGAIN}") from None
            except distributed.KilledWorker as error:
                raise Transient(
                    f"one batch ended every worker of the Dask cluster at {self._address} that took it (out of "
                    "memory?); give the workers more memory, then run the same command again"
                ) from error
            except (OSError, distributed.CancelledError) as error:
                raise self._lost() from error

    def _workers(self) -> dict[str, Any]:
        if self._client.status != "running":
            raise self._lost()
        found: dict[str, Any] = self._client.scheduler_info(n_workers=-1)["workers"]
        return found

    def _lost(self) -> Unready:
        return Unready(f"the Dask scheduler at {self._address} is gone; {_AGAIN}")


@contextmanager
def cluster(address: str) -> Iterator[Cluster]:
    """Connect to the scheduler at `address` (tcp://host:8786).

    Raises:
        Misuse: the extra is missing, or `address` is none.
        Unready: no scheduler answers there.
    """
    if distributed is None:
        raise Misuse(
            "engine.address names a Dask cluster, but Dask is not installed; get it: pip install mundap[cluster]"
        )
    try:
        client = _connected(address)
    except ValueError as error:
        raise Misuse(f"engine.address is {address!r}, no address of a Dask scheduler; write tcp://host:8786") from error
    except OSError as error:
        raise Unready(
            f"no Dask scheduler answers at {address}; start it (dask scheduler, dask worker), or empty engine.address"
        ) from error
    try:
        yield Cluster(client, address)
    finally:
        client.close()


def _connected(address: str) -> Any:
    """Make a client, in a thread since it waits for ever on one who listens there and is no scheduler (Dask 2026.8).

    A half-made client is put away: when the process ends, it would wait for its dead loop and leave a stack trace.
    """
    client = distributed.Client.__new__(distributed.Client)
    failures: list[Exception] = []

    def start() -> None:
        try:
            client.__init__(address, timeout=CONNECT_SECONDS, set_as_default=False)
        except Exception as error:  # told in the thread that waits
            failures.append(error)

    starting = Thread(target=start, daemon=True)
    starting.start()
    starting.join(CONNECT_SECONDS + _LOOK_SECONDS)
    if starting.is_alive():
        failures.append(TimeoutError(f"{address} does not answer as a scheduler does"))
    if failures:
        client.status = "closed"
        raise failures[0]
    return client


def _checked(digest: str, step: Callable[..., Any], *args: Any) -> Any:
    """Run a step on a worker, unless that has other rules than the one who asks: the bytes would differ."""
    if digest != rules_digest():
        raise Misuse("a Dask worker runs another version of Mundap's rules; install the same on all machines")
    return step(*args)
