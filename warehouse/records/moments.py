"""Korean time: both sites date their pages by it, and versions, reports and questions count their days by it."""

from datetime import timedelta, timezone
from typing import Final

# Korea keeps no summer time since 1988, older than both sites.
KST: Final = timezone(timedelta(hours=9), "KST")
