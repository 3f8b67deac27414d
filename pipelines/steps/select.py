"""Which of the cleaned dialogues go into a dataset, and on which side."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from cleaning.dialogues import CleanDialogue
from cleaning.duplicates import find_clusters, jaccard, normalise
from cleaning.representatives import settle
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
    texts = {row.dialogue.dialogue_id: compared_text(row.dialogue) for row in cleaned}
    known = known_sides(engine)
    clusters = settle(find_clusters(list(texts), list(texts.values())), texts, known)
    first = [row for row in cleaned if clusters[row.dialogue.dialogue_id] == row.dialogue.dialogue_id]
    copies = [
        _dropped(row.dialogue, "near_duplicate", near_copy_reason(first_of, jaccard(texts[row_id], texts[first_of])))
        for row in cleaned
        if (first_of := clusters[row_id := row.dialogue.dialogue_id]) != row_id
    ]
    sides, conflicts = assign_splits([_split_row(row.dialogue, clusters) for row in first], known=known)
    kept = tuple(row for row in first if row.dialogue.dialogue_id not in conflicts)
    copies += [
        _dropped(row.dialogue, "split_conflict", conflicts[row.dialogue.dialogue_id])
        for row in first
        if row.dialogue.dialogue_id in conflicts
    ]
    return Selected(
        kept, {row.dialogue.dialogue_id: sides[row.dialogue.dialogue_id] for row in kept}, clusters, tuple(copies)
    )


def compared_text(dialogue: Dialogue) -> str:
    """Join what is compared to find near-copies: all turns of a cleaned dialogue."""
    return " ".join(turn.content for turn in dialogue.turns)


def near_copy_reason(representative: str, similarity: float) -> str:
    """Word the reason of a dropped near-copy; `representative_of` reads it."""
    return f"a near-copy of {representative}, trigram Jaccard {similarity:.3f}"


def representative_of(reason: str) -> str | None:
    """Return the dialogue that a near-copy was dropped for, by the reason of its dropped row."""
    found = re.match(r"a near-copy of ([0-9a-f]{16})\b", reason)
    return found[1] if found else None


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
