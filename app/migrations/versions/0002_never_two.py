"""never two live slots of a resource at once, guarded by the database itself

SQLite: triggers, which look no further back than the longest block (a CHECK bounds it).
PostgreSQL: an exclusion constraint.
"""

from alembic import op

revision = "0002"
down_revision = "0001"

LONGEST_BLOCK_SECONDS = 33 * 24 * 3600

OVERLAPS = f"""
    SELECT RAISE(ABORT, 'slot_never_two') WHERE EXISTS (
        SELECT 1 FROM slot
        WHERE live AND resource_id = NEW.resource_id AND id IS NOT NEW.id
          AND blocks_from < NEW.blocks_until
          AND blocks_from > NEW.blocks_from - {LONGEST_BLOCK_SECONDS}
          AND blocks_until > NEW.blocks_from
    );
"""


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"CREATE TRIGGER slot_never_two_insert BEFORE INSERT ON slot WHEN NEW.live BEGIN {OVERLAPS} END")
        op.execute(
            "CREATE TRIGGER slot_never_two_update BEFORE UPDATE OF resource_id, blocks_from, blocks_until, live"
            f" ON slot WHEN NEW.live BEGIN {OVERLAPS} END"
        )
    else:
        op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
        op.execute(
            "ALTER TABLE slot ADD CONSTRAINT ex_slot_never_two EXCLUDE USING gist"
            " (resource_id WITH =, int8range(blocks_from, blocks_until) WITH &&) WHERE (live)"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER slot_never_two_insert")
        op.execute("DROP TRIGGER slot_never_two_update")
    else:
        op.execute("ALTER TABLE slot DROP CONSTRAINT ex_slot_never_two")
