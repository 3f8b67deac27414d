"""What a model was trained on in, the held-out dialogues that it has not seen out."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from modeling.render import one_line
from modeling.shards import Example, read_split
from warehouse.errors import Misuse


def unseen(examples: Sequence[Example], learnt: Iterable[Example]) -> tuple[Example, ...]:
    """Leave out each dialogue whose id, or whose whole text as a model reads it, is among the learnt ones."""
    ids: set[str] = set()
    texts: set[tuple[tuple[str, str], ...]] = set()
    for example in learnt:
        ids.add(example.dialogue_id)
        texts.add(_text(example))
    return tuple(e for e in examples if e.dialogue_id not in ids and _text(e) not in texts)


def require_unseen(examples: Sequence[Example], learnt: Path, where: str) -> tuple[Example, ...]:
    """Return what is `unseen` by a model that was trained on the dataset folder `learnt`.

    Raises:
        Misuse: every one of the dialogues is in its training split.
    """
    kept = unseen(examples, read_split(learnt, "train"))
    if examples and not kept:
        raise Misuse(
            f"all {len(examples):,} dialogues of {where} are in the model's training data, so none is left to measure "
            "on; measure on the dataset that it was trained on, or on another one: --data"
        )
    return kept


def _text(example: Example) -> tuple[tuple[str, str], ...]:
    return tuple((turn.role, one_line(turn.content)) for turn in example.turns)
