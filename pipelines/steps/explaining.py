"""The whole fate of one dialogue: each rule's step, and why it was dropped or where it stands."""

from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from cleaning.dialogues import ExplainedTurn, clean_dialogues, explain_dialogue
from cleaning.duplicates.search import jaccard
from cleaning.profanity import MARK, has_profanity
from cleaning.quality import check
from cleaning.recipe import Recipe, load_recipe
from cleaning.splits.contamination import RULE as OVERLAP
from pipelines.settings import Settings
from pipelines.steps.building.select import compared_text, representative_of
from warehouse.connect import open_warehouse
from warehouse.errors import Misuse
from warehouse.places import Place, places_of
from warehouse.records.dialogues import Dialogue, Dropped, Turn
from warehouse.store.dialogues import read_dialogue

_MOST_SHOWN: Final = 60  # characters of an id that nobody has


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a dialogue is dropped; `by` says what kind of rule: "text rule", "quality filter", "near copies" and so on.

    `dataset` and `version` name the version from which it was dropped, None where this recipe would drop it.
    A near-copy has its `representative`, and their trigram Jaccard index where both can still be compared.
    """

    rule: str
    reason: str
    by: str
    dataset: str | None = None
    version: str | None = None
    representative: str | None = None
    jaccard: float | None = None


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a dialogue; `places` are the dataset versions on record, newest first.

    `split` is its side in the newest version that holds it, `copies` the near-copies dropped there in its favour;
    `marks` are filters that warn of it. `result` are its turns as this recipe leaves them and a model is fed them, none
    where it is dropped.
    """

    dialogue: Dialogue
    recipe: Recipe
    turns: tuple[ExplainedTurn, ...]
    dropped: Fault | None
    split: str | None
    copies: tuple[str, ...]
    places: tuple[Place, ...]
    marks: tuple[str, ...] = ()
    result: tuple[Turn, ...] = ()


def fate_of(settings: Settings, dialogue_id: str, recipe_name: str) -> Fate:
    """Find out all of it, from the warehouse and from the dataset versions on record.

    Raises:
        Misuse: no such dialogue or recipe, or a shard that cannot be read.
    """
    recipe = load_recipe(recipe_name)
    engine = open_warehouse(settings.database_url, read_only=True)
    dialogue = read_dialogue(engine, dialogue_id)
    if dialogue is None:
        raise Misuse(
            f"no dialogue {dialogue_id[:_MOST_SHOWN]!r}{'…' if len(dialogue_id) > _MOST_SHOWN else ''} in this "
            "warehouse; list what is there: mundap query 'select dialogue_id, source, url from dialogue'"
        )
    places = tuple(places_of(engine, dialogue_id))
    newest = next((place for place in places if place.split or place.rule), None)
    copies = newest.copies if newest else ()
    dropped, left = _fault(engine, dialogue, recipe, newest), _left(dialogue, recipe)
    return Fate(
        dialogue=dialogue,
        recipe=recipe,
        turns=explain_dialogue(dialogue, recipe),
        dropped=dropped,
        split=newest.split if newest else None,
        copies=tuple(copy for copy, reason in copies if representative_of(reason) == dialogue_id),
        places=places,
        marks=(MARK,) if any(has_profanity(turn.content) for turn in left) else (),
        result=() if dropped else left,
    )


def fate_fields(fate: Fate) -> dict[str, Any]:
    """Return the command's JSON."""
    dropped, copies = fate.dropped, list(fate.copies)
    representative = dropped.representative if dropped and dropped.representative else fate.dialogue.dialogue_id
    return {
        "dialogue_id": fate.dialogue.dialogue_id,
        "source": fate.dialogue.source,
        "url": fate.dialogue.url,
        "recipe": f"{fate.recipe.name} {fate.recipe.version}",
        "steps": [
            {
                "turn": turn.number,
                "role": turn.role,
                "rule": rule,
                "before": before,
                "after": after,
                "kept": turn.is_kept,
            }
            for turn in fate.turns
            for rule, before, after in turn.changes
        ],
        "marks": list(fate.marks),
        "dropped": None if dropped is None else {name: getattr(dropped, name) for name in Fault.__slots__},
        "result": [{"role": turn.role, "content": turn.content} for turn in fate.result] or None,
        "split": fate.split,
        "cluster": {"representative": representative, "copies": copies},
        "versions": [
            {name: getattr(place, name) for name in ("dataset", "version", "split", "rule", "reason")}
            for place in fate.places
            if place.split or place.rule
        ],
    }


def _fault(engine: sa.Engine, dialogue: Dialogue, recipe: Recipe, newest: Place | None) -> Fault | None:
    """The fault in the newest version if this recipe made it, else what this recipe finds in the text itself."""
    found = _own_fault(dialogue, recipe)
    if newest is None or newest.rule is None or (found and newest.recipe != (recipe.name, recipe.version)):
        return found
    rule, reason = newest.rule, newest.reason or ""
    other = representative_of(reason)
    if other is not None:
        alike = _similarity(engine, dialogue, other, recipe)
        return Fault(rule, reason, "near copies", newest.dataset, newest.version, other, alike)
    named = {"split_conflict": "split rule", OVERLAP: "evaluation set rule"}
    by = named.get(rule.partition(":")[0]) or (found.by if found else "text rule")
    return Fault(rule, reason, by, newest.dataset, newest.version)


def _left(dialogue: Dialogue, recipe: Recipe) -> tuple[Turn, ...]:
    """The turns that the text rules leave, none where they drop it."""
    cleaned, _ = clean_dialogues([dialogue], recipe)
    return tuple(turn for row in cleaned for turn in row.dialogue.turns)


def _own_fault(dialogue: Dialogue, recipe: Recipe) -> Fault | None:
    cleaned, dropped = clean_dialogues([dialogue], recipe)
    faults: list[tuple[Dropped | None, str]] = [(fault, "text rule") for fault in dropped]
    faults += [(check(row, written_by=dialogue.written_by), "quality filter") for row in cleaned]
    return next((Fault(fault.rule, fault.reason, by) for fault, by in faults if fault is not None), None)


def _similarity(engine: sa.Engine, dialogue: Dialogue, other_id: str, recipe: Recipe) -> float | None:
    other = read_dialogue(engine, other_id)
    if other is None:
        return None
    both = [row.dialogue for row in clean_dialogues([dialogue, other], recipe)[0]]
    return jaccard(*map(compared_text, both)) if len(both) == 2 else None
