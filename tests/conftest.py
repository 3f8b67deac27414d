"""How every test run draws its examples, and what it tells at its end: what was skipped, and why, counted."""

from collections import Counter

import pytest
from hypothesis import settings

# The same commit has the same outcome everywhere; new examples are sought by `make fuzz`.
settings.register_profile("repeatable", derandomize=True, database=None, deadline=None, print_blob=True)
settings.register_profile("searching", deadline=None, print_blob=True)
settings.load_profile("repeatable")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = Counter(str(report.longrepr[2]) for report in terminalreporter.stats.get("skipped", []))
    if skipped:
        terminalreporter.section("skipped on this machine")
        for reason, count in skipped.most_common():
            terminalreporter.line(f"{count:>4}  {reason.removeprefix('Skipped: ')}")
