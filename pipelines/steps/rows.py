"""A kept dialogue as a row of a shard, and what the rows of a dataset say about themselves."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from cleaning.dialogues import CleanDialogue
from cleaning.recipe import Recipe


def shard_row(row: CleanDialogue, recipe: Recipe, clusters: Mapping[str, str]) -> dict[str, Any]:
    """Return the row as the shard schema wants it (design, section 6)."""
    dialogue = row.dialogue
    return {
        "dialogue_id": dialogue.dialogue_id,
        "source": dialogue.source,
        "topic": dialogue.topic,
        "url": dialogue.url,
        "asked_at": dialogue.asked_at,
        "messages": [{"role": turn.role, "content": turn.content} for turn in dialogue.turns],
        "label": dialogue.label,
        "cluster_id": clusters[dialogue.dialogue_id],
        "page_sha256": dialogue.page_sha256,
        "parser_version": dialogue.parser_version,
        "recipe_version": recipe.version,
        "rules": list(row.rules),
    }


def message_lengths(version: Path) -> tuple[list[int], list[int]]:
    """Return the lengths in characters of all user turns and of all assistant turns of a dataset version."""
    lengths: dict[str, list[int]] = {"user": [], "assistant": []}
    for shard in sorted((version / "data").glob("*.parquet")):
        for messages in pq.read_table(shard, columns=["messages"]).column("messages").to_pylist():
            for message in messages:
                lengths[message["role"]].append(len(message["content"]))
    return lengths["user"], lengths["assistant"]
