"""What a process of ours tells torch before it loads."""

import os
import subprocess
import sys

import pytest

WAITS = "import os, pipelines, sys; print(os.environ['OMP_WAIT_POLICY'], 'torch' in sys.modules)"


@pytest.mark.parametrize(
    ("given", "found"),
    [pytest.param({}, "PASSIVE", id="by default"), pytest.param({"OMP_WAIT_POLICY": "ACTIVE"}, "ACTIVE", id="own")],
)
def test_idle_threads_do_not_spin_unless_the_user_wants_it(given, found):
    bare = {name: value for name, value in os.environ.items() if name != "OMP_WAIT_POLICY"}
    told = subprocess.run([sys.executable, "-c", WAITS], env=bare | given, check=True, capture_output=True, text=True)
    assert told.stdout.split() == [found, "False"]
