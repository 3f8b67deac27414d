"""The measures of an evaluation in words: unit, meaning, interval, and the split that they are from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol


class Figure(Protocol):
    """One measured number with its 95 % interval, and the held-out dialogues that it rests on."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def value(self) -> float: ...  # noqa: D102
    @property
    def low(self) -> float | None: ...  # noqa: D102
    @property
    def high(self) -> float | None: ...  # noqa: D102
    @property
    def rows(self) -> int | None: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Measure:
    """The unit of a measure and what it says, in a short phrase."""

    unit: str
    meaning: str


_UNKNOWN: Final = Measure("", "")
_MEASURES: Final[Mapping[str, Measure]] = {
    "bits_per_char": Measure("bits/char", "what a held-out answer costs this model; less is better"),
    "unigram_bits_per_char": Measure("bits/char", "the same for token counts alone"),
    "bigram_bits_per_char": Measure("bits/char", "the same for counts of token pairs"),
    "gain_on_unigram": Measure("bits/char", "what the model saves against the unigram on the same dialogues"),
    "gain_on_bigram": Measure("bits/char", "what the model saves against the bigram on the same dialogues"),
    "answer_perplexity": Measure("per token", "among how many tokens the model wavers; less is better"),
    "chrf": Measure("0 to 100", "letters that a reply shares with the person's answer; more is better"),
    "distinct_1": Measure("share", "words that differ among all words of the replies"),
    "distinct_2": Measure("share", "word pairs that differ among all of the replies"),
    "repetition": Measure("share", "of a reply that says again what it said before; less is better"),
    "reply_chars": Measure("characters", "length of a reply"),
    "empty_ratio": Measure("share", "of the replies that are empty"),
    "copy_ratio": Measure("share", "of the replies that are a training answer word for word"),
    "neighbour_ratio": Measure("share", "of the replies that are the answer of the nearest training question"),
    "shared_chars": Measure("characters", "longest stretch that a reply shares with one training answer"),
}
_FEWEST: Final = 5  # a bootstrap over fewer dialogues draws the same ones again: its interval looks far too sure


def measure_of(name: str) -> Measure:
    """Return unit and meaning of a measure, empty ones for a measure that is not known here."""
    return _MEASURES.get(name, _UNKNOWN)


def too_few(rows: int | None) -> bool:
    """Tell whether a figure rests on too few dialogues for an interval; False where nobody kept their number."""
    return rows is not None and rows < _FEWEST


def interval(figure: Figure) -> str:
    """Print the 95 % interval; a dash stands where there is none, or too few dialogues for one."""
    if figure.low is None or figure.high is None or too_few(figure.rows):
        return "-"
    return f"{figure.low:.3f} to {figure.high:.3f}"


def side_of(split: str | None, *, chose: bool = True) -> str:
    """Name the split that figures are from, and say whether it also chose among the weights (`chose`: it may have).

    >>> side_of("test")
    'test split, which took no part in any choice'
    """
    if not split:
        return "held-out dialogues"
    if split == "validation" and chose:
        return "validation split, which also chose among the weights: these figures flatter a little"
    return f"{split} split, which took no part in any choice"
