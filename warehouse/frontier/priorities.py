"""The order in which a crawl's rows are visited, as one number a row: the least goes first.

| priority | rows |
|---|---|
| 0 | pages that the user asked for again by `--retry`: each was visited before |
| 1,000 + depth | questions never visited, those of a list's first pages (the newest) before those far down |
| 2,000 | further answers or comments of a question that is stored |
| 2,500 | questions to be looked at again by `--refresh` |
| 3,000 + depth | lists, seeds first |

Questions go first, so that a small budget goes to content. While fewer than `FEW_QUESTIONS` wait they go last instead,
so that threads are completed and the supply never dries up.
"""

from typing import Final

FEW_QUESTIONS: Final = 20


class Priority:
    """Where each kind of row begins in the table above."""

    AGAIN: Final = 0
    QUESTION: Final = 1_000
    THREAD: Final = 2_000
    REFRESHED: Final = 2_500
    LIST: Final = 3_000


DEEPEST: Final = 999  # deeper rows all count as this deep

Span = tuple[int, int]
# Rows that were visited before, so that they cost nothing of a budget.
KNOWN: Final[tuple[Span, ...]] = ((Priority.AGAIN, Priority.AGAIN), (Priority.REFRESHED, Priority.REFRESHED))


def priority_of(kind: str, depth: int) -> int:
    """The priority of a new row.

    >>> priority_of("question", 2), priority_of("thread", 3), priority_of("next", 4_000)
    (1002, 2000, 3999)
    """
    if kind == "thread":
        return Priority.THREAD
    return (Priority.QUESTION if kind == "question" else Priority.LIST) + min(depth, DEEPEST)


def spans(max_depth: int | None, *, lists_first: bool) -> tuple[Span, ...]:
    """The ranges of priorities to claim from, one after the other; further answers know no depth.

    >>> spans(3, lists_first=False)
    ((0, 1003), (2000, 3003))
    >>> spans(None, lists_first=True)
    ((0, 0), (2000, 3999), (1000, 1999))
    """
    deepest = DEEPEST if max_depth is None else min(max_depth, DEEPEST)
    if lists_first:
        return (
            (Priority.AGAIN, Priority.AGAIN),
            (Priority.THREAD, Priority.LIST + deepest),
            (Priority.QUESTION, Priority.QUESTION + deepest),
        )
    return (Priority.AGAIN, Priority.QUESTION + deepest), (Priority.THREAD, Priority.LIST + deepest)
