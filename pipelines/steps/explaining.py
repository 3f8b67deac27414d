"""Why a dialogue reads as it does after cleaning."""

from dataclasses import replace
from typing import Any

from cleaning.recipe import explain, load_recipe
from pipelines.settings import Settings
from warehouse.connect import open_warehouse
from warehouse.dialogues import read_dialogue
from warehouse.errors import Misuse


def explain_dialogue(settings: Settings, dialogue_id: str, recipe_name: str) -> list[dict[str, Any]]:
    """Return each change to each turn: `turn` (from 1), `rule`, `before`, `after`.

    Raises:
        Misuse: no such dialogue or recipe.
    """
    recipe = load_recipe(recipe_name)
    dialogue = read_dialogue(open_warehouse(settings.database_url, read_only=True), dialogue_id)
    if dialogue is None:
        raise Misuse(f"no dialogue {dialogue_id}; list them: mundap query 'select dialogue_id from dialogue'")
    options = replace(recipe.options, site=dialogue.site, doc=dialogue_id)
    return [
        {"turn": number, "rule": rule, "before": before, "after": after}
        for number, turn in enumerate(dialogue.turns, start=1)
        for rule, before, after in explain(turn.content, recipe, options=options)
    ]
