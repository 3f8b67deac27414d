"""A model and rendered dialogues in, the cost of their answers out, in bits per dialogue."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from modeling.gpt import context_tokens
from modeling.render import Rendered

# Price of a character that the tokens hide: one out of Unicode's 11,172 Hangul syllables and some 5,000 other
# letters, digits, signs and emoji that Korean chat text uses, rounded up to a power of two.
INVENTORY = 2**14
HIDDEN_CHARACTER_BITS = float(np.log2(INVENTORY))

_BATCH_TOKENS = 8192
_HEAD_ROWS = 2048  # the widest piece of the vocabulary's logits at a time: 420 MB with KoGPT2's 51,200 tokens


@dataclass(frozen=True, slots=True)
class Scores:
    """One entry per dialogue: `bits` with hidden characters' price, `nats` of the tokens alone, `tokens`, `chars`."""

    bits: NDArray[np.float64]
    nats: NDArray[np.float64]
    tokens: NDArray[np.int64]
    chars: NDArray[np.int64]


def score(model: Any, rendered: Sequence[Rendered]) -> Scores:
    """The cost of each dialogue's answers given the dialogue so far, the token that ends an answer included.

    A dialogue longer than the model's context is read in windows that overlap by half, so that every token counts
    once. Dropout is off while this runs and the model's mode is restored.
    """
    was_training = model.training
    model.eval()
    nats = np.zeros(len(rendered))
    pad = model.config.pad_token_id or 0
    with torch.inference_mode():
        for batch in _batches(rendered, context_tokens(model)):
            costs = _token_costs(model, [ids for _, ids, _ in batch], [mask for _, _, mask in batch], pad)
            for (row, _, _), cost in zip(batch, costs, strict=True):
                nats[row] += cost
    model.train(was_training)
    return priced(rendered, nats)


def priced(rendered: Sequence[Rendered], nats: NDArray[np.float64]) -> Scores:
    """Bits from nats, with `HIDDEN_CHARACTER_BITS` for each character that the tokens do not give back."""
    hidden = np.array([item.hidden_chars for item in rendered], dtype=np.int64)
    return Scores(
        bits=nats / log(2) + hidden * HIDDEN_CHARACTER_BITS,
        nats=nats,
        tokens=np.array([sum(item.answer_mask[1:]) for item in rendered], dtype=np.int64),
        chars=np.array([item.answer_chars for item in rendered], dtype=np.int64),
    )


_Part = tuple[int, tuple[int, ...], tuple[bool, ...]]


def _batches(rendered: Sequence[Rendered], context: int) -> Iterator[list[_Part]]:
    """Parts of like length, each batch at most some 8,192 tokens with padding."""
    parts = [part for row, item in enumerate(rendered) for part in _windows(row, item, context)]
    parts.sort(key=lambda part: len(part[1]))
    batch: list[_Part] = []
    for part in parts:
        if batch and (len(batch) + 1) * len(part[1]) > _BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(part)
    if batch:
        yield batch


def _windows(row: int, item: Rendered, context: int) -> Iterator[_Part]:
    scored = 1  # the first token has nothing before it and is never predicted
    start = 0
    while scored < len(item.ids):
        end = min(len(item.ids), start + context)
        mask = tuple(item.answer_mask[n] and n >= scored for n in range(start, end))
        yield row, item.ids[start:end], mask
        scored = end
        start = max(0, min(end - context // 2, len(item.ids) - context))


def _token_costs(model: Any, ids: Sequence[Sequence[int]], masks: Sequence[Sequence[bool]], pad: int) -> list[float]:
    """Nats of the masked tokens, summed for each row."""
    longest = max(map(len, ids))
    device = model.device
    tokens = torch.tensor([[*row, *[pad] * (longest - len(row))] for row in ids], device=device)
    attended = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in ids], device=device)
    counted = torch.tensor([[*row, *[False] * (longest - len(row))] for row in masks], device=device)[:, 1:]
    hidden = model.base_model(input_ids=tokens, attention_mask=attended, use_cache=False)[0][:, :-1]
    costs = torch.zeros(counted.shape, dtype=torch.float64)
    costs[counted.cpu()] = _cross_entropy(model.get_output_embeddings(), hidden[counted], tokens[:, 1:][counted])
    return [float(cost) for cost in costs.sum(dim=1)]


def _cross_entropy(head: Any, hidden: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Only the counted positions meet the vocabulary, a piece at a time."""
    pieces = [
        torch.nn.functional.cross_entropy(head(states).float(), target, reduction="none")
        for states, target in zip(torch.split(hidden, _HEAD_ROWS), torch.split(targets, _HEAD_ROWS), strict=True)
    ]
    return torch.cat(pieces).double().cpu() if pieces else torch.zeros(0, dtype=torch.float64)
