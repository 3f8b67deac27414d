"""The help of `replica`, which lists the faults that there are."""

from typing import Any

from typer.core import TyperCommand


class FaultHelp(TyperCommand):
    """A command whose help ends with each fault and what it does; they are loaded when somebody asks for them."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help."""
        from crawlers.replica.faults import FAULTS

        width = max(map(len, FAULTS))
        told = "\n".join(f"{name:<{width}}  {what}" for name, what in FAULTS.items())
        self.epilog = f"Faults (a number may follow those that count, as in 429:5):\n\n{told}"
        super().format_help(ctx, formatter)
