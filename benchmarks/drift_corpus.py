"""Payloads that drifted in known ways: what a judge of drift is held against.

The simulated market is asked hour by hour, so that values move as they do; the last answer is then
changed by the faults of the sandbox, and by renames with look-alikes beside them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any, TypeAlias
from zlib import crc32

from starlette.testclient import TestClient

from kasparro.core.drift.baseline import Baseline
from kasparro.core.drift.excerpt import Excerpt
from kasparro.core.drift.expected import Expected, expected_of
from kasparro.core.drift.judge import judge
from kasparro.ingestion.sources import coingecko, coinpaprika
from kasparro.sandbox.app import COINGECKO, COINPAPRIKA, create_sandbox
from kasparro.sandbox.faults import drift as faults
from kasparro.sandbox.faults.documents import decoded
from kasparro.sandbox.faults.fault import DocumentFault

Records: TypeAlias = list[dict[str, Any]]

HOURS = 6  # of an undisturbed source, before it drifts
COINS = 250
WORDS = ("currency", "token", "stablecoin", "meme")
CSV_EXPECTED = Expected(
    mapped={
        "coin_id": True,
        "timestamp": True,
        "price_usd": True,
        "symbol": False,
        "name": False,
        "market_cap": False,
        "volume_24h": False,
        "price_change_24h": False,
    },
    ignored=frozenset({"id", "source"}),
)
OTHER_NAMES = {
    "current_price": ["price", "price_usd", "last_price", "spot", "currentPrice", "last"],
    "price": ["price_usd", "last", "last_price", "value", "rate", "current_price"],
    "price_usd": ["price", "close", "last_price", "usd", "priceUsd"],
    "market_cap": ["marketcap", "mcap", "capitalization", "marketCap", "market_cap_usd"],
    "total_volume": ["volume", "volume_24h", "totalVolume", "turnover", "vol"],
    "volume_24h": ["volume", "vol_24h", "volume24h", "turnover", "total_volume"],
    "price_change_percentage_24h": ["change_24h", "percent_change_24h", "change24hPct", "chg"],
    "percent_change_24h": ["change_24h", "pct_change_24h", "percentChange24h", "delta"],
    "price_change_24h": ["change_24h", "percent_change_24h", "pct", "changePercent"],
    "name": ["coin_name", "title", "label", "fullName"],
    "symbol": ["ticker", "code", "sym"],
    "last_updated": ["updated_at", "lastUpdated", "timestamp", "as_of"],
    "timestamp": ["time", "date", "observed_at", "ts"],
    "circulating_supply": ["supply", "circulating", "circulatingSupply", "available_supply"],
    "total_supply": ["supply_total", "totalSupply", "issued"],
    "max_supply": ["supply_max", "maxSupply", "cap"],
    "ath": ["all_time_high", "ath_price", "record_high"],
    "ath_price": ["ath", "all_time_high", "athPrice", "record"],
    "fully_diluted_valuation": ["fdv", "diluted_valuation", "fullyDilutedValuation"],
    "high_24h": ["day_high", "high", "high24h"],
    "low_24h": ["day_low", "low", "low24h"],
    "beta_value": ["beta", "volatility"],
    "rank": ["position", "cmc_rank", "place"],
    "market_cap_rank": ["rank", "position", "marketCapRank"],
}


@dataclass(frozen=True, kw_only=True)
class Source:
    """One source hour by hour: the baseline it taught, its last hour, and the one after."""

    name: str
    expected: Expected
    baseline: Baseline
    last: Records
    now: Records
    quotes: str  # what stands before the names of its amounts


@dataclass(kw_only=True)
class Trial:
    """One changed payload, and what must be said of it: (category, path, alias)."""

    source: Source
    records: Records
    truth: set[tuple[str, str, str]] = field(default_factory=set)
    clean: bool = False


def excerpt(source_name: str, expected: Expected, records: Records, hour: float) -> Excerpt:
    keys = [str(one.get("coin_id", "")) for one in records] if source_name == "csv" else None
    return Excerpt(
        part="",
        records=records,
        expected=expected,
        keys=keys,
        fetched_at=hour * 3600,
        size=len(records),
    )


def sources(seed: int) -> list[Source]:
    """The three kinds of source, at a moment of this seed's market."""
    draw = Random(seed)
    now = datetime(2026, 1, 5, tzinfo=UTC) + timedelta(minutes=draw.randrange(400_000))
    clock = [now]
    sandbox = create_sandbox(seed=seed, clock=lambda: clock[0], traffic_clock=_quiet())
    client = TestClient(sandbox)
    hours: dict[str, list[Records]] = {"coingecko": [], "coinpaprika": [], "csv": []}
    for _ in range(HOURS + 1):
        clock[0] += timedelta(hours=1)
        hours["coingecko"].append(_markets(client, page=1 + seed % 3))
        hours["coinpaprika"].append(_tickers(client)[:COINS])
        hours["csv"].append(_rows(hours["coingecko"][-1]))
    contracts = {
        "coingecko": expected_of(coingecko.Market),
        "coinpaprika": expected_of(coinpaprika.Ticker),
        "csv": CSV_EXPECTED,
    }
    return [
        Source(
            name=name,
            expected=contracts[name],
            baseline=_taught(name, contracts[name], pages[:-1]),
            last=pages[-2],
            now=pages[-1],
            quotes="quotes.USD." if name == "coinpaprika" else "",
        )
        for name, pages in hours.items()
    ]


def trials(source: Source, draw: Random) -> Iterator[Trial]:
    """One trial of every kind."""
    yield Trial(source=source, records=source.now, clean=True)
    for _ in range(6):
        yield _renamed(source, draw)
    for change in (_added, _removed, _quoted, _retyped, _rounded, _emptied, _scaled, _rewritten,
                   _nested, _worded, _resized):  # fmt: skip
        yield change(source, draw)


def fields(source: Source, *kinds: str) -> list[str]:
    """Leaf fields of the source whose values are of these kinds, nearly always."""
    return sorted(
        path
        for path, one in source.baseline.fields.items()
        if one.family in kinds
        and one.filled > 0.9 * one.records
        and "[]" not in path
        and not path.startswith("roi")
        and path not in ("id", "coin_id", "image", "source")
    )


def faulted(source: Source, fault: DocumentFault, *truth: tuple[str, str]) -> Trial:
    records = fault.change(source.now, Random(0))
    return Trial(source=source, records=records, truth={(kind, path, "") for kind, path in truth})


def _renamed(source: Source, draw: Random) -> Trial:
    """Two renames, one drop, and two additions that look like something that is there."""
    names = [p for p in fields(source, "number", "text", "time") if _leaf(p) in OTHER_NAMES]
    first, second, dropped = draw.sample(names, 3)
    trial = Trial(source=source, records=source.now)
    taken: set[str] = set()
    for path in (first, second):
        leaf = draw.choice([n for n in OTHER_NAMES[_leaf(path)] if _at(path, n) not in taken])
        if _at(path, leaf) in source.baseline.fields:
            leaf = f"{leaf}_new"
        taken.add(_at(path, leaf))
        trial.records = faults.RenamedField(field=path, to=leaf).change(trial.records, draw)
        trial.truth.add(("renamed", path, _at(path, leaf)))
    trial.records = faults.RemovedField(field=dropped).change(trial.records, draw)
    trial.truth.add(("removed", dropped, ""))
    for path in draw.sample([first, second, dropped, *fields(source, "number")], 2):
        leaf, make = _lookalike(path, source, draw)
        if _at(path, leaf) not in taken | source.baseline.fields.keys():
            taken.add(_at(path, leaf))
            trial.records = [_put(one, n, path, leaf, make) for n, one in enumerate(trial.records)]
            trial.truth.add(("added", _at(path, leaf), ""))
    return trial


def _lookalike(path: str, source: Source, draw: Random) -> tuple[str, Callable[[int], Any]]:
    """A new field beside this one, that is not this one."""
    before = {_key(one): _value(one, path) for one in source.last}
    now = [_value(one, path) for one in source.now]
    keys = [_key(one) for one in source.now]
    noise = [Decimal(f"{draw.gauss(1, 0.15):.6f}") for _ in now]
    leaf = _leaf(path)
    if not _is_amount(now):
        return f"previous_{leaf}", lambda n: f"{n} {before.get(keys[n])}"
    return draw.choice([
        (f"previous_{leaf}", lambda n: before.get(keys[n])),
        (f"{leaf}_1h_ago", lambda n: before.get(keys[n])),
        (f"{leaf}_btc", lambda n: _times(now[n], Decimal("0.0000161"))),
        (f"average_{leaf}", lambda n: _times(now[n], noise[n])),
        (f"{leaf}_on_close", lambda n: _times(now[n], noise[n])),
    ])  # fmt: skip


def _added(source: Source, draw: Random) -> Trial:
    name = draw.choice(["sentiment", "liquidity_score", "is_verified", "tags_count"])
    value = draw.choice([1, Decimal("0.5"), True, "high"])
    return faulted(source, faults.AddedField(field=name, value=value), ("added", name))


def _removed(source: Source, draw: Random) -> Trial:
    path = draw.choice(fields(source, "number", "text", "time"))
    return faulted(source, faults.RemovedField(field=path), ("removed", path))


def _quoted(source: Source, draw: Random) -> Trial:
    if source.name == "csv":
        return _added(source, draw)
    path = draw.choice(fields(source, "number"))
    return faulted(source, faults.NumberAsText(field=path), ("widened", path))


def _retyped(source: Source, draw: Random) -> Trial:
    path = draw.choice(fields(source, "number"))
    return faulted(source, faults.TextForNumber(field=path, text="n/a"), ("narrowed", path))


def _rounded(source: Source, draw: Random) -> Trial:
    of_fractions = [
        path
        for path in fields(source, "number")
        if source.baseline.fields[path].kinds.get("decimal", 0)
        > 0.5 * source.baseline.fields[path].filled
    ]
    if not of_fractions:
        return _removed(source, draw)
    path = draw.choice(of_fractions)
    return faulted(source, faults.RoundedNumber(field=path), ("narrowed", path))


def _emptied(source: Source, draw: Random) -> Trial:
    path = draw.choice(fields(source, "number", "text"))
    share = draw.choice([0.4, 0.7, 1.0])
    trial = faulted(source, faults.NullField(field=path, share=share), ("nullability", path))
    if source.name == "csv":
        trial.records = [
            {name: "" if value is None else value for name, value in one.items()}
            for one in trial.records
        ]
    return trial


def _scaled(source: Source, draw: Random) -> Trial:
    path = draw.choice(
        [p for p in fields(source, "number") if "rank" not in p and _varies(source, p)]
    )
    factor = Decimal(draw.choice(["100", "0.01", "1000", "100000000", "1e-8", "83.2", "0.11"]))
    if source.name != "csv":
        return faulted(source, faults.ScaledNumber(field=path, factor=factor), ("unit", path))
    records = [one | {path: one[path] and str(Decimal(one[path]) * factor)} for one in source.now]
    return Trial(source=source, records=records, truth={("unit", path, "")})


def _rewritten(source: Source, draw: Random) -> Trial:
    path = draw.choice(fields(source, "time"))
    fault: DocumentFault = draw.choice([
        faults.TimeRewritten(field=path),
        faults.TimeRewritten(field=path, format="%Y-%m-%d %H:%M:%S"),
        faults.TimeAsEpoch(field=path, unit="ms"),
        faults.TimeAsEpoch(field=path, unit="s"),
    ])  # fmt: skip
    return faulted(source, fault, ("format", path))


def _nested(source: Source, draw: Random) -> Trial:
    path = draw.choice(fields(source, "number"))
    truth = [("narrowed", path), ("added", f"{path}.usd")]
    known = source.expected.knows(f"{path}.usd")  # as part of what is ignored
    return faulted(source, faults.ObjectForScalar(field=path), *truth[: 1 if known else 2])


def _worded(source: Source, draw: Random) -> Trial:
    share = draw.choice([0.05, 0.3, 1.0])
    fault = faults.NewWord(field="category", word="unheard_of", share=share)
    return Trial(
        source=source,
        records=fault.change(source.now, draw),
        truth={("enum", "category", "")},
    )


def _resized(source: Source, draw: Random) -> Trial:
    records = source.now[: draw.randrange(30, 100)]
    return Trial(source=source, records=records, truth={("structure", "", "")})


def _taught(name: str, expected: Expected, pages: list[Records]) -> Baseline:
    baseline: Baseline | None = None
    for hour, records in enumerate(pages):
        baseline = judge(excerpt(name, expected, records, hour), baseline).baseline
    assert baseline is not None
    return baseline


def _markets(client: TestClient, page: int) -> Records:
    params = {"vs_currency": "usd", "per_page": COINS, "page": page, "precision": "full"}
    return _sorted(decoded(client.get(f"{COINGECKO}/coins/markets", params=params).content))


def _tickers(client: TestClient) -> Records:
    return _sorted(decoded(client.get(f"{COINPAPRIKA}/tickers").content))


def _sorted(records: Records) -> Records:
    """The records, each with a category: neither source has a field of few words that all fill."""
    return [one | {"category": WORDS[crc32(one["id"].encode()) % 4]} for one in records]


def _rows(markets: Records) -> Records:
    """The same as the rows of a CSV file: everything is text."""
    names = {"coin_id": "id", "symbol": "symbol", "name": "name", "timestamp": "last_updated",
             "price_usd": "current_price", "market_cap": "market_cap", "volume_24h": "total_volume",
             "price_change_24h": "price_change_percentage_24h", "category": "category"}  # fmt: skip
    return [
        {name: "" if (value := one[own]) is None else str(value) for name, own in names.items()}
        for one in markets
    ]


def _quiet() -> Callable[[], datetime]:
    """A clock by which no limit is ever reached."""
    ticks = iter(range(10**9))
    return lambda: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=5 * next(ticks))


def _varies(source: Source, path: str) -> bool:
    """Not a field that is 0 for everybody, which has no unit."""
    spread = source.baseline.fields[path].spread
    return spread is not None and spread[1] != spread[3]


def _leaf(path: str) -> str:
    return path.rpartition(".")[2]


def _at(path: str, leaf: str) -> str:
    above = path.rpartition(".")[0]
    return f"{above}.{leaf}" if above else leaf


def _key(record: dict[str, Any]) -> str:
    return str(record.get("id", record.get("coin_id")))


def _value(record: Any, path: str) -> Any:
    for name in path.split("."):
        record = record.get(name) if isinstance(record, dict) else None
    return record


def _is_amount(values: list[Any]) -> bool:
    try:
        return any(Decimal(one) != 0 for one in values if one not in (None, ""))
    except (ArithmeticError, TypeError, ValueError):
        return False


def _times(value: Any, factor: Decimal) -> Any:
    if value in (None, ""):
        return value
    return str(Decimal(value) * factor) if isinstance(value, str) else Decimal(value) * factor


def _put(
    record: dict[str, Any], number: int, path: str, leaf: str, make: Callable[[int], Any]
) -> dict[str, Any]:
    return faults.AddedField(field=_at(path, leaf), value=make(number)).record(record)
