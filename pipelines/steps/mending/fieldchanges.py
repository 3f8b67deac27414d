"""Differences of many pages counted by field, with a few examples of each."""

from collections import Counter
from dataclasses import dataclass
from typing import Any, Final

from pipelines.steps.mending.differences import Compared, Difference

EXAMPLES: Final = 3  # shown of each field
SHOWN_CHARS: Final = 60
# One page's oddity is no broken selector: up to so many lost values of a field, or so large a share, need no leave.
FEW_LOST: Final = 2
LOST_SHARE: Final = 0.01


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field's differences: values `changed`, `added` and `lost` over `pages`; `compared` values were stored."""

    field: str
    pages: int
    changed: int
    added: int
    lost: int
    compared: int
    examples: tuple[dict[str, str | None], ...]

    @property
    def is_loss(self) -> bool:
        """Whether more was lost than a few odd pages explain."""
        return self.lost > max(FEW_LOST, LOST_SHARE * self.compared)


class FieldChanges:
    """Counts the differences between the rows as they stand and as they would stand after a replay.

    A row may stand on several pages (판's best comments, fetched twice): the last one decides, as it does in storing.
    """

    def __init__(self) -> None:
        self._open: dict[tuple[str, str, str], tuple[int, str, dict[str, str | None] | None]] = {}
        self._compared: Counter[str] = Counter()

    def add(self, page_id: int, origin: str, compared: Compared) -> None:
        """Count one page, in the order of storing."""
        for row, name in compared.equal:
            self._open.pop((origin, row, name), None)
            self._compared[name] += 1
        for found in compared.differences:
            self._compared[found.field] += found.old is not None
            self._open[origin, found.row, found.field] = (page_id, found.sort, _example(found))

    def by_field(self) -> list[FieldChange]:
        """The fields that differ, the most lost first."""
        fields: dict[str, list[tuple[int, str, dict[str, str | None] | None]]] = {}
        for (_, _, name), entry in self._open.items():
            fields.setdefault(name, []).append(entry)
        changes = [self._change(name, entries) for name, entries in fields.items()]
        return sorted(changes, key=lambda item: (-item.lost, -item.changed, -item.added, item.field))

    def pages(self) -> frozenset[int]:
        """The pages that differ."""
        return frozenset(page for page, _, _ in self._open.values())

    def _change(self, name: str, entries: list[tuple[int, str, dict[str, str | None] | None]]) -> FieldChange:
        sorts = Counter(sort for _, sort, _ in entries)
        examples = tuple(example for _, _, example in entries if example)[:EXAMPLES]
        pages = len({page for page, _, _ in entries})
        return FieldChange(name, pages, sorts["changed"], sorts["added"], sorts["lost"], self._compared[name], examples)


def _example(found: Difference) -> dict[str, str | None]:
    return {"row": found.row, "old": shortened(found.old), "new": shortened(found.new)}


def shortened(value: Any) -> str | None:
    """Return a value as one short line, None where there is none."""
    if value is None:
        return None
    text = " ⏎ ".join(str(value).splitlines())
    return text if len(text) <= SHOWN_CHARS else text[: SHOWN_CHARS - 1] + "…"
