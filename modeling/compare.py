"""Two evaluations of the same held-out dialogues in, whether one is better than chance explains out."""

from collections.abc import Sequence

import numpy as np

from modeling.metrics import resampled_sums
from warehouse.errors import Misuse

DialogueBits = tuple[str, float, int]  # dialogue_id, bits of its answers, characters of its answers


def paired_difference(
    candidate: Sequence[DialogueBits], champion: Sequence[DialogueBits], *, draws: int = 2000, seed: int = 0
) -> tuple[float, float, float]:
    """Candidate minus champion in bits per character, with the 95 % interval of a bootstrap over dialogues.

    Negative is better for the candidate; an upper limit below 0 is a win. Pairing takes away what makes a dialogue
    hard for both.

    Raises:
        Misuse: the two were not measured on the same dialogues.
    """
    if not candidate or [(row[0], row[2]) for row in candidate] != [(row[0], row[2]) for row in champion]:
        raise Misuse("the two checkpoints were measured on different dialogues; evaluate both on one dataset first")
    gains = np.array([mine[1] - theirs[1] for mine, theirs in zip(candidate, champion, strict=True)])
    chars = np.array([float(row[2]) for row in candidate])
    differences = resampled_sums(gains, draws, seed) / np.maximum(resampled_sums(chars, draws, seed), 1e-12)
    low, high = np.percentile(differences, [2.5, 97.5])
    return float(gains.sum() / chars.sum()), float(low), float(high)
