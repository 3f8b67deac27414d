"""The one definition of every table: SQL, Alembic's target, checks and the data dictionary come from it."""

from warehouse.schema import content, crawling, hosts, models, staging
from warehouse.schema.columns import metadata

__all__ = ["content", "crawling", "hosts", "metadata", "models", "staging"]
