"""Alembic's entry: on the connection that it is given, or offline as a SQL script."""

from alembic import context

from warehouse.schema import metadata

connection = context.config.attributes.get("connection")
if context.is_offline_mode():
    context.configure(
        dialect_name=context.config.attributes["dialect"],
        target_metadata=metadata,
        literal_binds=True,
        output_buffer=context.config.output_buffer,
        dialect_opts={"deprecate_large_types": True} if context.config.attributes["dialect"] == "mssql" else {},
    )
else:
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
