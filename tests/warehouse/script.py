"""The whole schema as one SQL script: what the migrations and views would run on an engine that is not here."""

import io

from alembic import command
from alembic.config import Config

from warehouse import views


def schema_script(dialect: str) -> str:
    """For "sqlite" or "mssql"."""
    config = Config()
    config.set_main_option("script_location", "warehouse:migrations")
    config.attributes["dialect"] = dialect
    config.output_buffer = io.StringIO()
    command.upgrade(config, "head", sql=True)
    end = "\nGO\n\n" if dialect == "mssql" else ";\n\n"
    return config.output_buffer.getvalue() + "".join(text + end for text in views.statements(dialect))
