"""The order of things; alone knows Prefect, settings, the command line and logging."""

import os
import time
from typing import Final

STARTED: Final = time.monotonic()  # the first line of ours that runs: imports are part of what a user waits for

# Before torch loads: its idle threads would spin for work, at three times the processor time (measured 2026-11), and
# slow whatever else runs here. Processes that we start, workers among them, inherit it; a user's own value stays.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
