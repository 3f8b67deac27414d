"""Alembic migrations, run in process; a change of a view ships with a migration too."""
