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
_BASELINES: Final = ("unigram", "bigram")
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


def standings(figures: Sequence[Figure]) -> list[str]:
    """Say of each baseline measured whether the model surely needs fewer bits, with the paired difference's interval.

    Evaluations of before 2026-11-22 lack the difference: the figures alone are compared then.
    """
    known = {figure.name: figure for figure in figures}
    model = known.get("bits_per_char")
    measured = [name for name in _BASELINES if f"{name}_bits_per_char" in known]
    if model is None:
        return []
    return [
        _standing(name, model.value, known[f"{name}_bits_per_char"].value, known.get(f"gain_on_{name}"))
        for name in measured
    ]


def verdict(figures: Sequence[Figure], *, from_scratch: bool, is_cut: bool = False) -> Iterator[str]:
    """Say where the model stands beside the baselines, and what a loss against the bigram means from scratch.

    `is_cut` tells that a time limit ended the training, so that the figure says little of the text.
    """
    values = {figure.name: figure.value for figure in figures}
    told = standings(figures)
    if not told:
        yield "Nothing was held out, so the model was not measured."
        return
    bits = values["bits_per_char"]
    yield f"The model needs {bits:.3f} bits per character, {' and '.join(told)}."
    if is_cut:
        yield "Its training was stopped by a time limit: a longer one may need fewer, so do not blame the text yet."
    elif (
        from_scratch
        and not any(too_few(figure.rows) for figure in figures)
        and bits >= values.get("bigram_bits_per_char", float("inf"))
    ):
        yield (
            "So little text cannot beat a bigram from scratch: it teaches the shape of an answer, not its sense. "
            "Train on more text, or fine-tune KoGPT2 on a GPU."
        )


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


def _standing(name: str, bits: float, other: float, gain: Figure | None) -> str:
    """The words of one baseline; without an interval the figures alone decide."""
    whose = f"the {name}'s {other:.3f}"
    if gain is not None and too_few(gain.rows):
        return f"{'fewer' if bits < other else 'no fewer'} than {whose} (too few dialogues to be sure)"
    if gain is None or gain.low is None or gain.high is None:
        return f"{'fewer' if bits < other else 'no fewer'} than {whose}"
    low, high = gain.low, gain.high
    if low > 0:
        return f"fewer than {whose} by {gain.value:.3f} ({low:.3f} to {high:.3f})"
    if high < 0:
        return f"more than {whose} by {-gain.value:.3f} ({-high:.3f} to {-low:.3f})"
    return f"no sure difference from {whose} ({gain.value:+.3f} saved, {low:+.3f} to {high:+.3f})"
