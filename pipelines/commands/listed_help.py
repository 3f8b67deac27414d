"""Help that ends with a list: the faults of `replica`, the formats of `import`."""

from collections.abc import Mapping
from typing import Any

from typer.core import TyperCommand


class FaultHelp(TyperCommand):
    """A command whose help ends with each fault and what it does; they are loaded when somebody asks for them."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help."""
        from crawlers.replica.faults import FAULTS

        self.epilog = _listed("Faults (a number may follow those that count, as in 429:5)", FAULTS)
        super().format_help(ctx, formatter)


class FormatHelp(TyperCommand):
    """A command whose help ends with each format and what it is; they are loaded when somebody asks for them."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help."""
        from pipelines.steps.formats.registry import FORMATS

        self.epilog = _listed("Formats", {name: form.about for name, form in FORMATS.items()})
        super().format_help(ctx, formatter)


def _listed(title: str, told: Mapping[str, str]) -> str:
    width = max(map(len, told))
    lines = "\n".join(f"{name:<{width}}  {what}" for name, what in told.items())
    return f"{title}:\n\n{lines}"
