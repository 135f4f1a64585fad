"""What was measured of each run, and what was found wanting. Its SQL stands beside it."""

from pathlib import Path

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Run the SQL file in one call, past SQLAlchemy's reading of `:` and `%`."""
    sql = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    bind = op.get_bind().connection.driver_connection
    bind.execute(sql)  # type: ignore[union-attr]  # psycopg, as migrate.py connects
