"""Alembic's entry: the models' metadata against the application's engine."""

from alembic import context
from flask import current_app

from app.models import Base

engine = current_app.extensions["migrate"].db.engine


def drop_if_empty(_context: object, _revision: object, directives: list[object]) -> None:
    """`db migrate` writes no file where nothing changed."""
    asked = getattr(context.config.cmd_opts, "autogenerate", False)  # not so in `db check`, which reads on
    if asked and directives and directives[0].upgrade_ops.is_empty():
        directives.clear()


def run() -> None:
    """One transaction for all steps, writing from its start (SQLite would else fail in the middle)."""
    with engine.connect().execution_options(writes=True) as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=engine.dialect.name == "sqlite",
            compare_type=True,
            transaction_per_migration=False,
            process_revision_directives=drop_if_empty,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
