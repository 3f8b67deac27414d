"""The recipes that there are."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from cleaning.recipe import list_recipes


def recipe_fields(files: Iterable[Path]) -> list[dict[str, Any]]:
    """Each known recipe and those in `files`: `name`, `version`, `from`, `rules` in the order of their steps.

    Raises:
        Misuse: a file or a package's recipe is at fault.
    """
    return [
        {
            "name": recipe.name,
            "version": recipe.version,
            "from": origin,
            "rules": list(dict.fromkeys((*recipe.steps, *recipe.repeat, *recipe.last))),
        }
        for recipe, origin in list_recipes(files)
    ]
