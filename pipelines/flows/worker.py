"""A worker for one of the pools, until it is told to stop."""

import os
import signal
import socket
import sys
from types import FrameType
from typing import Final

from pipelines.exits import DONE
from pipelines.flows.processes import child_group, leave_on, on_signals, signal_group
from pipelines.flows.server import pointed_at, reachable_url
from pipelines.settings import Settings
from warehouse.errors import Misuse, Unready

GRACE_SECONDS: Final = 15.0  # for a flow run to note that it was broken off, and where


def run_worker(settings: Settings, pool: str) -> int:
    """Run a process worker for `pool` until SIGTERM or Ctrl-C, then end it with all that it runs.

    Returns 0. A training that is broken off so is taken up again by the next worker.

    Raises:
        Misuse: the server has no such pool.
        Unready: no server answers, or the worker ended by itself.
    """
    url = reachable_url(settings)
    name = f"{socket.gethostname()}-{os.getpid()}"
    command = [sys.executable, "-m", "prefect", "worker", "start", "--pool", pool, "--type", "process", "--name", name]
    with pointed_at(url):
        _require_pool(pool, url)
        stopped: list[int] = []

        def stop(number: int, _frame: FrameType | None) -> None:
            stopped.append(number)
            signal_group(child, signal.SIGTERM)

        with (
            on_signals(leave_on, signal.SIGTERM, signal.SIGINT),  # for the moment until the child can be told
            child_group(command, dict(os.environ), grace_seconds=GRACE_SECONDS) as child,
            on_signals(stop, signal.SIGTERM, signal.SIGINT),
        ):
            code = child.wait()
    if not stopped:
        raise Unready(f"the worker for pool {pool} ended by itself ({code}); its last lines say why; start it again")
    return DONE


def _require_pool(pool: str, url: str) -> None:
    from prefect.client.orchestration import get_client
    from prefect.exceptions import ObjectNotFound

    try:
        with get_client(sync_client=True) as client:
            client.read_work_pool(pool)
    except ObjectNotFound:
        raise Misuse(f"no work pool {pool} on {url}; the pools are crawl and gpu, made by: mundap deploy") from None
