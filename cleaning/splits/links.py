"""What dialogues share that must not stand on two sides of a split, as numbers of 64 bits."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

# Fewer letters than these the assistant says in talks that have nothing else in common (ㅇㅎ, 어떤 거?, 나도 그랬으면
# 좋겠다), and linking them would chain talks that are strangers. Of the turns in SmileStyle's 2,520 dialogues (2022
# release) 30 stand in several conversations, the longest of 9 letters, one of them in 17; from 10 letters on none does.
LEAST_LINKING_LETTERS: Final = 10


@dataclass(frozen=True, slots=True)
class AnswerKeys:
    """What `link_key` gives for the `answer_texts` of many rows, one row after the other; a row's end at `ends`."""

    keys: npt.NDArray[np.uint64]
    ends: npt.NDArray[np.int64]

    def take(self, rows: npt.NDArray[np.int64]) -> "AnswerKeys":
        """Those of some of the rows."""
        sizes = np.diff(self.ends, prepend=0)[rows]
        ends = np.cumsum(sizes)
        places = np.arange(sizes.sum()) + np.repeat(self.ends[rows] - ends, sizes)
        return AnswerKeys(self.keys[places], ends)


def link_key(shared: str | None) -> int:
    """What rows share, as a number of 64 bits; 0 for nothing.

    >>> link_key(None), link_key("thread 1") == link_key("thread 1")
    (0, True)
    """
    return int.from_bytes(hashlib.blake2b(shared.encode("utf-8", "replace"), digest_size=8).digest()) if shared else 0


def answer_texts(whole: str, turns: Iterable[str]) -> tuple[str, ...]:
    """What of an answer must not stand on two sides: the whole of it, and each turn that is long enough.

    All are normalised. Where the assistant speaks once, its turn is the whole, at any length.

    >>> answer_texts("ㅇㅎ파스타는면수를조금남겨두세요", ["ㅇㅎ", "파스타는면수를조금남겨두세요"])
    ('ㅇㅎ파스타는면수를조금남겨두세요', '파스타는면수를조금남겨두세요')
    """
    long = (turn for turn in turns if len(turn) >= LEAST_LINKING_LETTERS)
    return tuple(dict.fromkeys(text for text in (whole, *long) if text))
