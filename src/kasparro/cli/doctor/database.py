"""The database: the server, its schema, and what its rows say about sources and people's work."""

from datetime import datetime, timedelta

from kasparro.cli import wiring
from kasparro.cli.doctor.finding import Finding, ok, problem, warning
from kasparro.cli.printing import ago, minute, size, span
from kasparro.settings import Settings
from kasparro.store import checkup, usage
from kasparro.store.checkup import Checkup, Freshness
from kasparro.store.connect import connect, reaching_the_database
from kasparro.store.migrate import OLDEST_SERVER, known_schemas, schema_version

FEW_CONNECTIONS = 15  # the API keeps up to nine, a worker a handful for each source
SMALL_DRIFT = timedelta(seconds=10)
LARGE_DRIFT = timedelta(minutes=2)  # from here on a source's newest prices would be refused
SHORTEST_PATIENCE = timedelta(minutes=15)
FAILED = ("failed", "abandoned")


def server(settings: Settings, seen: Checkup, now: datetime) -> list[Finding]:
    """The server itself."""
    there = seen.server
    says = f"PostgreSQL {there.version}, {size(there.database_bytes)}"
    found = [ok("database", says)]
    if there.version_number < OLDEST_SERVER:
        found = [problem("database", says, "PostgreSQL 15 or newer is needed")]
    if there.read_only:
        found.append(problem("database", "it cannot be written to", "Point DATABASE_URL elsewhere"))
    if there.encoding != "UTF8":
        advice = "Make one with: createdb --encoding UTF8 --template template0 NAME"
        found.append(problem("database", f"its encoding is {there.encoding}", advice))
    return [
        *found,
        _schema(settings, seen),
        _connections(there.connections, there.connections_taken),
        clock("the database", there.clock - now),
    ]


def clock(whose: str, ahead: timedelta) -> Finding:
    """Does somebody else's clock say what ours says?"""
    words = f"{whose} is {span(ahead)} {'ahead of' if ahead > timedelta() else 'behind'} us"
    if abs(ahead) > LARGE_DRIFT:
        return problem("clock", words, "Set this machine's clock by a time server")
    if abs(ahead) > SMALL_DRIFT:
        return warning("clock", words, "Set this machine's clock by a time server")
    return ok("clock", f"{whose} has the same time")


def contents(settings: Settings, url: str, now: datetime) -> list[Finding]:
    """What runs, prices, listings and quarantine say; of a database with today's schema."""
    session = connect(url, statement_timeout=checkup.PATIENCE)
    with session as connection, reaching_the_database(url):
        streams = checkup.freshness(connection)
        accounts = usage.accounts(connection, now)
        workers = usage.workers_alive(connection)
    found = [
        finding
        for name in sorted({one.source for one in streams})
        for finding in _source(settings, [one for one in streams if one.source == name], now)
    ]
    if workers:
        found.append(ok("worker", f"{workers:,} at work"))
    else:
        found.append(warning("worker", "none is at work", "Start one: kasparro up"))
    waiting = sum(account.quarantined for account in accounts)
    if waiting:
        says = f"{waiting:,} records broke their contract"
        found.append(warning("quarantine", says, "kasparro quarantine list"))
    else:
        found.append(ok("quarantine", "empty"))
    unlinked = [f"{a.unlinked:,} of {a.listings:,} at {a.source}" for a in accounts if a.listings]
    found.append(ok("unlinked listings", ", ".join(unlinked) or "none"))
    return found


def _schema(settings: Settings, seen: Checkup) -> Finding:
    ours, mode = schema_version(), "sandbox" if settings.simulated else "live"
    if seen.mode is not None and seen.mode != mode:
        says = f"it holds {seen.mode} data, and this is {mode}"
        return problem("schema", says, "Use another DATABASE_URL: the two never share a database")
    if seen.schema is None:
        return warning("schema", "none yet", "The first command that needs it makes it")
    if seen.schema not in known_schemas():
        advice = "Install the newer kasparro again: schemas never go back"
        return problem("schema", f"{seen.schema}, and this version knows up to {ours}", advice)
    if seen.schema != ours:
        return warning("schema", f"{seen.schema}, {ours} is ready", "kasparro db migrate")
    return ok("schema", ours)


def _connections(there_are: int, taken: int) -> Finding:
    free = there_are - taken
    says = f"{free:,} of {there_are:,} are free"
    if free <= 0:
        return problem("connections", says, "Raise max_connections of the server")
    if free < FEW_CONNECTIONS:
        return warning("connections", says, "Raise max_connections of the server")
    return ok("connections", says)


def _source(settings: Settings, streams: list[Freshness], now: datetime) -> list[Finding]:
    name, observed_at = streams[0].source, streams[0].observed_at
    found = [
        problem(
            f"{name} runs",
            f"{one.run_id} {one.status}: {one.error_message}",
            f"kasparro ingest {name}",
        )
        for one in streams
        if one.status in FAILED
    ]
    if observed_at is None:
        advice = f"kasparro ingest {name}"
        return found or [warning(f"{name} prices", "none yet", advice)]
    interval = wiring.source_interval(settings, name) if name in wiring.API_SOURCES else None
    says = f"newest of {minute(observed_at)}, {ago(now - observed_at)}"
    if interval is not None and now - observed_at > max(SHORTEST_PATIENCE, 2 * interval):
        return [*found, warning(f"{name} prices", f"stale: {says}", f"kasparro ingest {name}")]
    return [*found, ok(f"{name} prices", says)]
