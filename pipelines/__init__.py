"""The order of things; alone knows Prefect, settings, the command line and logging."""

import time
from typing import Final

STARTED: Final = time.monotonic()  # the first line of ours that runs: imports are part of what a user waits for
