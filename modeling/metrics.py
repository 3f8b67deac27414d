"""The arithmetic of evaluation: numbers in, numbers with their bootstrap intervals out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sacrebleu.metrics.chrf import CHRF

# Draws are made in portions: 2,000 draws over 100,000 dialogues would take 1.6 GB at once.
_PORTION_CELLS = 4_000_000


@dataclass(frozen=True, slots=True)
class Metric:
    """One number; `low` and `high` are its 95 % bootstrap interval over dialogues, None where drawing biases it.

    `rows` is the number of held-out dialogues that it rests on, None where nobody kept it.
    """

    name: str
    value: float
    low: float | None = None
    high: float | None = None
    rows: int | None = None


def bootstrap_ratio(
    name: str, numerators: NDArray[np.float64], denominators: NDArray[np.float64], draws: int, seed: int
) -> Metric:
    """Sum over sum with its 95 % percentile interval over dialogues drawn with replacement.

    The same seed and number of dialogues draw the same dialogues, so intervals of one evaluation belong together.

    Raises:
        ZeroDivisionError: the denominators sum to nothing.
    """
    value = float(numerators.sum()) / float(denominators.sum())
    ratios = resampled_sums(numerators, draws, seed) / np.maximum(resampled_sums(denominators, draws, seed), 1e-12)
    low, high = np.percentile(ratios, [2.5, 97.5])
    return Metric(name, value, float(low), float(high), len(numerators))


def bootstrap_mean(name: str, values: Sequence[float], draws: int, seed: int) -> Metric:
    """Mean with its 95 % percentile interval."""
    array = np.asarray(values, dtype=np.float64)
    return bootstrap_ratio(name, array, np.ones(len(array)), draws, seed)


def resampled_sums(values: NDArray[np.float64], draws: int, seed: int) -> NDArray[np.float64]:
    """The sum of each of `draws` samples with replacement, a function of (len(values), draws, seed)."""
    generator = np.random.default_rng(seed)
    portion = max(1, _PORTION_CELLS // max(1, len(values)))
    sums = [
        values[generator.integers(0, len(values), (min(portion, draws - start), len(values)))].sum(axis=1)
        for start in range(0, draws, portion)
    ]
    return np.concatenate(sums)


def distinct(replies: Sequence[str], n: int) -> float:
    """Different n-grams of 어절 (words between blanks) over all of them; 0 when there is none."""
    grams = [tuple(words[at : at + n]) for words in map(str.split, replies) for at in range(len(words) - n + 1)]
    return len(set(grams)) / len(grams) if grams else 0.0


def repetition(reply: str) -> float:
    """Share of a reply's character trigrams that stood in it before; 0 for a reply too short to have two."""
    grams = [reply[at : at + 3] for at in range(len(reply) - 2)]
    return 1 - len(set(grams)) / len(grams) if grams else 0.0


def chrf(reply: str, reference: str) -> float:
    """Sentence chrF2 from 0 to 100, by sacrebleu; a diagnostic, never a gate: it follows quality only weakly."""
    return float(CHRF().sentence_score(reply, [reference]).score)
