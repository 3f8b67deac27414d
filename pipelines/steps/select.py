"""Which of the cleaned dialogues go into a dataset, and on which side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from cleaning.dialogues import CleanDialogue
from cleaning.duplicates import find_clusters, normalise
from cleaning.split import SplitRow, assign_splits
from warehouse.dialogues import known_sides
from warehouse.records.dialogues import Dialogue, Dropped


@dataclass(frozen=True, slots=True)
class Selected:
    """Kept dialogues in order of (first load, id), the side and cluster of each, and what was set aside."""

    kept: tuple[CleanDialogue, ...]
    sides: Mapping[str, str]
    clusters: Mapping[str, str]
    dropped: tuple[Dropped, ...]


def select(engine: sa.Engine, cleaned: Sequence[CleanDialogue]) -> Selected:
    """Drop near-copies (the first of each cluster stays) and dialogues linked to two sides; split the rest."""
    clusters = find_clusters([row.dialogue.dialogue_id for row in cleaned], [_text(row.dialogue) for row in cleaned])
    first = [row for row in cleaned if clusters[row.dialogue.dialogue_id] == row.dialogue.dialogue_id]
    copies = [
        _dropped(row.dialogue, "near_duplicate", f"a near-copy of {clusters[row.dialogue.dialogue_id]}")
        for row in cleaned
        if clusters[row.dialogue.dialogue_id] != row.dialogue.dialogue_id
    ]
    sides, conflicts = assign_splits([_split_row(row.dialogue, clusters) for row in first], known=known_sides(engine))
    conflicting = set(conflicts)
    kept = tuple(row for row in first if row.dialogue.dialogue_id not in conflicting)
    reason = "linked to rows of two splits by thread, asker or equal answer"
    copies += [
        _dropped(row.dialogue, "split_conflict", reason) for row in first if row.dialogue.dialogue_id in conflicting
    ]
    return Selected(
        kept, {row.dialogue.dialogue_id: sides[row.dialogue.dialogue_id] for row in kept}, clusters, tuple(copies)
    )


def _text(dialogue: Dialogue) -> str:
    return " ".join(turn.content for turn in dialogue.turns)


def _dropped(dialogue: Dialogue, rule: str, reason: str) -> Dropped:
    return Dropped(dialogue.dialogue_id, rule, reason, "\n".join(turn.content for turn in dialogue.turns))


def _split_row(dialogue: Dialogue, clusters: Mapping[str, str]) -> SplitRow:
    asker = next((turn.author_key for turn in dialogue.turns if turn.role == "user"), None)
    answers = [turn for turn in dialogue.turns if turn.role == "assistant"]
    return SplitRow(
        dialogue_id=dialogue.dialogue_id,
        first_load_id=dialogue.first_load_id,
        cluster_id=clusters[dialogue.dialogue_id],
        thread=dialogue.thread,
        asker_key=asker,
        answer_norm=normalise(" ".join(turn.content for turn in answers)),
        answerer_key=answers[0].author_key,
    )
