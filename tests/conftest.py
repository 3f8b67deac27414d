"""What every test run tells at its end: what was skipped, and why, counted."""

from collections import Counter

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = Counter(str(report.longrepr[2]) for report in terminalreporter.stats.get("skipped", []))
    if skipped:
        terminalreporter.section("skipped on this machine")
        for reason, count in skipped.most_common():
            terminalreporter.line(f"{count:>4}  {reason.removeprefix('Skipped: ')}")
