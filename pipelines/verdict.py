"""What the figures of an evaluation come to beside the baselines, in words."""

from collections.abc import Iterator, Sequence
from typing import Final

from pipelines.measures import Figure, too_few

_BASELINES: Final = ("unigram", "bigram")


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
