"""Fills the tables the way a writer leaves them, by plain SQL, for tests of the reading side."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from kasparro.store.connect import Connection

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
PLANTED = "2026-03-01T00:00:00+00:00"


@dataclass
class Filling:
    """A writer without a source: every method leaves counts, latest and versions right."""

    connection: Connection
    payload_id: int = 0
    streams: dict[str, int] = field(default_factory=dict)

    def one(self, sql: str, *arguments: Any) -> Any:
        row = self.connection.execute(sql, arguments).fetchone()
        return row[0] if row is not None else None

    def stream(self, source: str, name: str, *, carries_prices: bool = True) -> int:
        self.one(
            "insert into sources (name) values (%s) on conflict do nothing returning id", source
        )
        self.connection.execute(
            "insert into data_versions (name) values (%s) on conflict do nothing", [source]
        )
        return self.one(
            "insert into streams (source_id, name, carries_prices)"
            " select id, %s, %s from sources where name = %s"
            " on conflict (source_id, name) do update set name = excluded.name returning id",
            name,
            carries_prices,
            source,
        )

    def asset(self, slug: str, symbol: str, name: str) -> int:
        return self.one(
            "insert into assets (slug, symbol, name) values (%s, %s, %s)"
            " on conflict (slug) do update set symbol = assets.symbol returning id",
            slug,
            symbol,
            name,
        )

    def series(
        self,
        source: str,
        slug: str,
        symbol: str,
        *,
        name: str | None = None,
        stream: str = "spot",
        source_asset_id: str | None = None,
    ) -> int:
        """A listing of this source for this asset, and the series of one stream about it."""
        name = name or slug.title()
        stream_id = self.stream(source, stream)
        asset_id = self.asset(slug, symbol, name)
        listing_id = self.one(
            "insert into listings"
            " (source_id, source_asset_id, asset_id, symbol, name, first_seen_at, last_seen_at)"
            " select id, %s, %s, %s, %s, %s, %s from sources where name = %s"
            " on conflict (source_id, source_asset_id) do update set symbol = excluded.symbol"
            " returning id",
            source_asset_id or f"{source}-{slug}",
            asset_id,
            symbol,
            name,
            PLANTED,
            PLANTED,
            source,
        )
        return self.one(
            "insert into series (stream_id, listing_id, last_seen_at) values (%s, %s, %s)"
            " returning id",
            stream_id,
            listing_id,
            PLANTED,
        )

    def observe(
        self,
        series_id: int,
        times: Iterable[datetime] | datetime,
        price: Decimal | str | int = "100",
        *,
        market_cap: Decimal | str | None = None,
        volume: Decimal | str | None = None,
        change: Decimal | str | None = None,
    ) -> None:
        """Commit one payload of observations of a series, all of the same price."""
        times = [times] if isinstance(times, datetime) else list(times)
        for month in sorted({t.replace(day=1) for t in times}):
            self.connection.execute("select ensure_partition(%s)", [month])
        self.payload_id += 1
        with self.connection.transaction():
            self.connection.execute(
                "with fresh as (insert into observations"
                " (series_id, observed_at, source_id, price_usd, market_cap_usd, volume_24h_usd,"
                "  change_24h_percent, id)"
                " select r.id, t.at, st.source_id, %(price)s, %(cap)s, %(volume)s, %(change)s,"
                "  %(payload)s * 1048576 + t.place - 1"
                " from unnest(%(times)s::timestamptz[]) with ordinality as t (at, place)"
                " join series r on r.id = %(series)s join streams st on st.id = r.stream_id"
                " returning *),"
                " months as (insert into observation_counts"
                "  select series_id, date_trunc('month', observed_at), source_id, count(*)"
                "  from fresh group by 1, 2, 3 on conflict (series_id, month) do update"
                "  set observations = observation_counts.observations + excluded.observations),"
                " days as (insert into daily_counts"
                "  select source_id, observed_at::date, count(*) from fresh group by 1, 2"
                "  on conflict (source_id, day) do update"
                "  set observations = daily_counts.observations + excluded.observations),"
                " newest as (insert into latest"
                "  select * from fresh order by observed_at desc limit 1"
                "  on conflict (series_id) do update set observed_at = excluded.observed_at,"
                "   price_usd = excluded.price_usd, market_cap_usd = excluded.market_cap_usd,"
                "   volume_24h_usd = excluded.volume_24h_usd,"
                "   change_24h_percent = excluded.change_24h_percent,"
                "   id = excluded.id"
                "  where excluded.observed_at >= latest.observed_at)"
                " update data_versions set version = version + 1,"
                "  observations = observations + (select count(*) from fresh)"
                " where name = (select s.name from series r join streams st on st.id = r.stream_id"
                "  join sources s on s.id = st.source_id where r.id = %(series)s)",
                {
                    "price": price,
                    "cap": market_cap,
                    "volume": volume,
                    "change": change,
                    "payload": self.payload_id,
                    "times": times,
                    "series": series_id,
                },
            )
            self.connection.execute("notify kasparro_data")

    def run(
        self,
        source: str,
        *,
        status: str = "success",
        stream: str = "spot",
        started: datetime = NOON,
        seconds: float = 2.5,
        error: str | None = None,
        **counts: int,
    ) -> str:
        """One run of a stream, over or not; returns its id."""
        stream_id = self.stream(source, stream, carries_prices=stream != "catalogue")
        number = self.one("select nextval(pg_get_serial_sequence('etl_runs', 'id'))")
        values: dict[str, Any] = {
            "id": number,
            "run_id": f"{source}_{number}",
            "stream_id": stream_id,
            "source": source,
            "status": status,
            "trigger": "schedule",
            "start_time": None if status == "queued" else started,
            "end_time": (
                None if status in ("queued", "running") else started + timedelta(seconds=seconds)
            ),
            "error_message": error,
            "code_version": "1.2.3",
            **counts,
        }
        self.connection.execute(
            f"insert into etl_runs ({', '.join(values)}) overriding system value"
            f" values ({', '.join(['%s'] * len(values))})",
            list(values.values()),
        )
        return str(values["run_id"])
