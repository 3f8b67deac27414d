"""What decides a training, and what it made: read back from the facts of its checkpoint."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from modeling.facts import FACTS, read_facts
from modeling.options import Options
from modeling.shards import read_manifest

# Neither changes what is learnt, so a resume may change them.
_NOT_IN_PLAN = ("max_seconds", "threads")


@dataclass(frozen=True, slots=True)
class TrainOutcome:
    """What a training made: `losses` are (step, mean loss since the entry before), in nats per counted token.

    `seconds` and `tokens_per_second` (useful tokens, padding left out) are those of the last process that trained;
    `resumed_from` is the step that it went on from, None for a training from the beginning. `stopped_by` is
    "steps", "patience" or "seconds", `planned_steps` are those of the whole plan; `validation` are (step, bits per
    character).
    """

    checkpoint: Path
    steps: int
    seconds: float
    tokens_per_second: float
    losses: tuple[tuple[int, float], ...]
    resumed_from: int | None
    stopped_by: str = "steps"
    validation: tuple[tuple[int, float], ...] = ()
    planned_steps: int = 0


def plan_of(dataset: Path, options: Options) -> dict[str, Any]:
    """What decides the weights of a training: its options, but for time and threads, and the dataset's content id.

    Raises:
        Misuse: no such dataset.
    """
    kept = {name: value for name, value in asdict(options).items() if name not in _NOT_IN_PLAN}
    return {"options": kept, "dataset": read_manifest(dataset).get("content_id")}


def finished(out: Path, plan: Mapping[str, object]) -> TrainOutcome | None:
    """The outcome of the training by `plan` that stands in `out` already, None where there is none or another one.

    Raises:
        Misuse: the facts of a checkpoint there cannot be read.
    """
    if not (out / FACTS).is_file():
        return None
    facts = read_facts(out)
    # Facts come back from JSON, where a tuple is a list: both sides as JSON has them.
    same = facts.get("plan") == json.loads(json.dumps(plan))
    return outcome_of(out, facts) if same and facts["stopped_by"] != "seconds" else None


def outcome_of(out: Path, facts: Mapping[str, Any]) -> TrainOutcome:
    """The outcome that the facts of the checkpoint in `out` tell."""
    return TrainOutcome(
        checkpoint=out,
        steps=facts["steps"],
        seconds=facts["seconds"],
        tokens_per_second=facts["tokens_per_second"],
        losses=tuple((int(step), float(loss)) for step, loss in facts["losses"]),
        resumed_from=facts["resumed_from"],
        stopped_by=facts["stopped_by"],
        validation=tuple((int(step), float(bits)) for step, bits in facts["validation"]),
        planned_steps=facts.get("planned_steps", facts["steps"]),
    )
