"""Scores of the next token in, the token drawn by each row's own random state out.

One generator for a whole batch would make a reply depend on its neighbours, and unrelated prompts share their luck.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

import numpy as np
import torch
from transformers import LogitsProcessor, LogitsProcessorList
from transformers.generation.logits_process import TemperatureLogitsWarper, TopKLogitsWarper, TopPLogitsWarper


def seed_of(*parts: object) -> int:
    """A seed that differs with any of the parts, below 2**63: the same ones give the same on every machine.

    >>> seed_of(0, [5, 6]) == seed_of(0, [5, 6]) != seed_of(0, [5, 7])
    True
    """
    return int.from_bytes(sha256(repr(parts).encode()).digest()[:8], "big") >> 1


class Draws(LogitsProcessor):
    """Sampling without beams: one row, one seed, one random number a step.

    The drawn token alone keeps a score, so that a greedy search takes it. It stands last among the processors, where
    `transformers` has its own sampling.
    """

    def __init__(
        self, seeds: Sequence[int], begin: int, steps: int, *, temperature: float, top_k: int, top_p: float
    ) -> None:
        self._begin = begin
        self._numbers = torch.from_numpy(np.stack([np.random.default_rng(seed).random(steps) for seed in seeds]))
        self._warpers: Any = LogitsProcessorList(
            [
                TemperatureLogitsWarper(temperature),
                *([TopKLogitsWarper(top_k)] if top_k else []),
                *([TopPLogitsWarper(top_p)] if top_p < 1 else []),
            ]
        )

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        """Scores of shape (rows, vocabulary): 0 for the drawn token of each row, minus infinity for all others."""
        shares = torch.softmax(self._warpers(input_ids, scores).double(), dim=-1).cumsum(dim=-1)
        number = self._numbers[:, input_ids.shape[1] - self._begin].to(scores.device)
        # Scaled to the last sum: rounding must not draw beyond the vocabulary, nor a token of no probability.
        drawn = torch.searchsorted(shares, (number * shares[:, -1])[:, None], right=True)
        drawn = drawn.clamp(max=scores.shape[1] - 1)
        return torch.full_like(scores, float("-inf")).scatter_(1, drawn, 0.0)
