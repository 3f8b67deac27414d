"""How long each stage of a build took, and how many rows went through it."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass


@dataclass(slots=True)
class Stage:
    """One stage; `taken_over` are rows that an earlier, killed run had done."""

    rows: int = 0
    seconds: float = 0.0
    taken_over: int = 0

    @property
    def rows_per_second(self) -> float:
        """Rows per second by the clock."""
        return self.rows / self.seconds if self.seconds else 0.0


def stage_fields(stages: Mapping[str, Stage]) -> dict[str, dict[str, float]]:
    """Return the stages for JSON."""
    return {name: asdict(stage) | {"rows_per_second": stage.rows_per_second} for name, stage in stages.items()}


class Stages:
    """The stages so far, by name."""

    def __init__(self) -> None:
        self.done: dict[str, Stage] = {}

    @contextmanager
    def timed(self, name: str) -> Iterator[Stage]:
        """Time a stage; who runs it tells the rows."""
        stage = self.done[name] = Stage()
        began = time.monotonic()
        try:
            yield stage
        finally:
            stage.seconds = time.monotonic() - began
