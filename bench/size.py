"""How much of a benchmark is run."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Size:
    """Rounds of each pair; `pages` is None for each benchmark's own size."""

    rounds: int = 3
    pages: int | None = None
