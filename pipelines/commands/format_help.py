"""The help of `import`, which lists the formats that there are."""

from typing import Any

from typer.core import TyperCommand


class FormatHelp(TyperCommand):
    """A command whose help ends with each format and what it is; they are loaded when somebody asks for them."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help."""
        from pipelines.steps.formats.registry import FORMATS

        width = max(map(len, FORMATS))
        told = "\n".join(f"{name:<{width}}  {form.about}" for name, form in FORMATS.items())
        self.epilog = f"Formats:\n\n{told}"
        super().format_help(ctx, formatter)
