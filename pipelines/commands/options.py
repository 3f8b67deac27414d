"""Options that every command shares, and what each command does at its start and end."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from pipelines.exits import DONE, INCOMPLETE
from pipelines.output import print_result, tell
from pipelines.plural import counted
from pipelines.settings import Settings

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object as the last line of stdout.")]
Config = Annotated[Path | None, typer.Option("--config", help="Settings file (default: mundap.toml, if there).")]


def key_values(pairs: list[str]) -> dict[str, str]:
    """Read `--set name=value` options.

    Raises:
        typer.BadParameter: an option without an equals sign.
    """
    for pair in pairs:
        if "=" not in pair:
            raise typer.BadParameter(f"{pair!r} is not name=value")
    return dict(pair.split("=", 1) for pair in pairs)


def finish(settings: Settings, result: Mapping[str, Any], *, rows: int, as_json: bool, noun: str = "row") -> int:
    """Print the result; return 1 where more of the rows were set aside than `limits.set_aside_share` allows.

    `rows` counts all that came to an end, those set aside among them.
    """
    print_result(result, as_json=as_json)
    share = result["set_aside"] / rows if rows else 0.0
    if share <= settings.limits.set_aside_share:
        return DONE
    where = (
        f"reasons: {result['set_aside_file']}"
        if result.get("set_aside_file")
        else "reasons: mundap query 'select * from set_aside_pages'; once more: mundap crawl … --retry set_aside"
    )
    tell(
        f"mundap: {result['set_aside']:,} of {counted(rows, noun)} set aside ({share:.0%}, the limit is "
        f"{settings.limits.set_aside_share:.0%}); {where}"
    )
    return INCOMPLETE
