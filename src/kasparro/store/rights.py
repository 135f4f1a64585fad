"""Says plainly what the database does not let its user do, and who could let them."""

from typing import Any

import psycopg

from kasparro.core.errors import ConfigurationError
from kasparro.store.queries import queries


def not_allowed(
    error: BaseException, session: psycopg.Connection[tuple[Any, ...]]
) -> ConfigurationError:
    """`session` is one of the same user, to ask who owns the tables."""
    row = session.execute(queries("rights").whose).fetchone()
    user, database, owner, is_superuser = row if row is not None else ("?", "?", None, None)
    if owner in (None, user):
        advice = f"let it make and own its tables: alter database {database} owner to {user}"
    else:
        advice = f"its tables are {owner}'s, so name {owner} in DATABASE_URL"
        advice += "" if is_superuser else f", or say: grant {owner} to {user}"
    refused = str(error).strip().partition("\n")[0]
    return ConfigurationError(f'the database refuses its user "{user}": {refused}; {advice}')
