"""The pages server in a process of its own, so that it takes no time from what is measured."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from bench.processes import ROOT, environment


@contextmanager
def serving(site_id: str, posts: int) -> Iterator[str]:
    """Serve the replica's pages from a process of their own; give the base URL."""
    command = [sys.executable, "-m", "bench.pages_server", site_id, str(posts)]
    server = subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        yield server.stdout.readline().strip()
    finally:
        server.kill()
        server.wait()
        if server.stdout:
            server.stdout.close()
