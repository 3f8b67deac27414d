"""The measures of an evaluation in words: unit, meaning, and what the figures come to beside the baselines."""

from collections.abc import Iterator, Mapping, Sequence
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
MEASURES: Final[Mapping[str, Measure]] = {
    "bits_per_char": Measure("bits/char", "what a held-out answer costs this model; less is better"),
    "unigram_bits_per_char": Measure("bits/char", "the same for token counts alone"),
    "bigram_bits_per_char": Measure("bits/char", "the same for counts of token pairs"),
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
_BASELINES: Final = ("unigram", "bigram")


def measure_of(name: str) -> Measure:
    """Return unit and meaning of a measure, empty ones for a measure that is not known here."""
    return MEASURES.get(name, _UNKNOWN)


def interval(figure: Figure) -> str:
    """Print the 95 % interval; a dash stands where there is none."""
    if figure.low is None or figure.high is None:
        return "-"
    return f"{figure.low:.3f} to {figure.high:.3f}"


def verdict(figures: Sequence[Figure], *, from_scratch: bool, is_cut: bool = False) -> Iterator[str]:
    """Say where the model stands beside the baselines, and what a loss against the bigram means from scratch.

    `is_cut` tells that a time limit ended the training, so that the figure says little of the text.
    """
    values = {figure.name: figure.value for figure in figures}
    bits = values.get("bits_per_char")
    against = {name: values[f"{name}_bits_per_char"] for name in _BASELINES if f"{name}_bits_per_char" in values}
    if bits is None or not against:
        yield "Nothing was held out, so the model was not measured."
        return
    standings = [
        f"{'fewer' if bits < other else 'no fewer'} than the {name}'s {other:.3f}" for name, other in against.items()
    ]
    yield f"The model needs {bits:.3f} bits per character, {' and '.join(standings)}."
    if is_cut:
        yield "Its training was stopped by a time limit: a longer one may need fewer, so do not blame the text yet."
    elif from_scratch and bits >= against.get("bigram", float("inf")):
        yield (
            "So little text cannot beat a bigram from scratch: it teaches the shape of an answer, not its sense. "
            "Train on more text, or fine-tune KoGPT2 on a GPU."
        )
