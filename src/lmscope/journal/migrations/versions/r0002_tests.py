"""Hypotheses and their tests: written once, refused to whoever would change them."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_SENTENCE = "what was proposed and tested is never changed"


def upgrade() -> None:
    """Make both tables, with triggers that let rows only be added."""
    op.create_table(
        "hypotheses",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("person_id", sa.Integer, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("claim", sa.Text, nullable=False),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("contents", sa.JSON, nullable=False),
        sa.Column("proposed", sa.DateTime(timezone=True), nullable=False),
        sa.Column("parent_id", sa.Integer, nullable=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_hypotheses"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_hypotheses_person_id"),
        sa.ForeignKeyConstraint(["parent_id"], ["hypotheses.id"], name="fk_hypotheses_parent_id"),
        sa.UniqueConstraint("person_id", "sha256", name="uq_hypotheses_person_id"),
    )
    op.create_table(
        "tests",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("hypothesis_id", sa.Integer, nullable=False),
        sa.Column("entry_id", sa.Integer, nullable=False),
        sa.Column("tested", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verdict", sa.String(60), nullable=False),
        sa.Column("data", sa.JSON, nullable=False),
        sa.Column("result", sa.JSON, nullable=False),
        sa.Column("result_sha256", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_tests"),
        sa.ForeignKeyConstraint(
            ["hypothesis_id"], ["hypotheses.id"], name="fk_tests_hypothesis_id"
        ),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name="fk_tests_entry_id"),
        sa.UniqueConstraint(
            "hypothesis_id", "entry_id", "tested", "result_sha256", name="uq_tests_hypothesis_id"
        ),
    )
    op.create_index("ix_tests_entry_id", "tests", ["entry_id"])
    for statement in _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRES:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    """Remove them, with all that is in them; triggers go with their tables."""
    op.drop_table("tests")
    op.drop_table("hypotheses")
    if op.get_bind().dialect.name == "postgresql":
        op.get_bind().exec_driver_sql("DROP FUNCTION lmscope_refuse_change()")


_SQLITE = [
    f"CREATE TRIGGER {table}_no_{what.lower()} BEFORE {what} ON {table} "
    f"BEGIN SELECT RAISE(ABORT, '{_SENTENCE}'); END"
    for table in ("hypotheses", "tests")
    for what in ("UPDATE", "DELETE")
]
_POSTGRES = [
    "CREATE FUNCTION lmscope_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    f"RAISE EXCEPTION USING MESSAGE = '{_SENTENCE}', ERRCODE = 'restrict_violation'; END $$",
    *(
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION lmscope_refuse_change()"
        for table in ("hypotheses", "tests")
    ),
]
