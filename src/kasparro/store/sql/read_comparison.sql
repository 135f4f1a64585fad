-- name: run(run_id)
-- Where and how a run took place.
select r.id, r.stream_id, st.source_id, r.source || '/' || st.name, st.carries_prices,
  r.code_version, r.schema_version, f.configuration
from etl_runs r
join streams st on st.id = r.stream_id
left join run_figures f on f.run_number = r.id
where r.run_id = :run_id;

-- name: coverage_between(stream_id, older, newer)
-- Coins that the later of two complete sweeps showed and the earlier did not, and the reverse. Each
-- change undoes the one before it: a listing differs where the first and the last are the same.
select a.slug, d.first[1]
from (
  select series_id, array_agg(shown order by run_number) as first,
    array_agg(shown order by run_number desc) as last
  from coverage_changes
  where run_number > :older and run_number <= :newer
    and run_number in (select id from etl_runs where stream_id = :stream_id)
  group by series_id
) d
join series s on s.id = d.series_id
join listings l on l.id = s.listing_id
join assets a on a.id = l.asset_id
where d.first[1] = d.last[1]
order by a.slug;

-- name: drift_between(stream_id, older, newer)
-- How the records of a stream drifted from one run to another, both included.
select e.run_id, e.class, e.severity, e.path, e.evidence
from drift_events e join etl_runs r on r.run_id = e.run_id
where e.stream_id = :stream_id and r.id between :older and :newer
order by e.id;

-- name: prices_at(run_number, stream_id, source_id, at)
-- The newest price of each series that a run showed, as it ended, unless it was hours old.
select distinct on (o.series_id) o.series_id, o.observed_at, o.price_usd::numeric
from observations o
join series s on s.id = o.series_id and s.stream_id = :stream_id
where o.source_id = :source_id and o.observed_at <= :at
  and time_slot(o.observed_at) between time_slot(:at - interval '3 hours') and time_slot(:at)
  and (
    select shown from coverage_changes c
    where c.series_id = o.series_id and c.run_number <= :run_number
    order by c.run_number desc limit 1
  )
order by o.series_id, o.observed_at desc;

-- name: past_prices(series_ids, since, until)
-- What these series said in a span of time, in order.
select series_id, observed_at, price_usd::numeric from observations
where series_id = any(:series_ids) and observed_at between :since and :until
order by series_id, observed_at;

-- name: coins(series_ids)
-- Which coins are these series about?
select s.id, a.slug, upper(l.symbol)
from series s join listings l on l.id = s.listing_id join assets a on a.id = l.asset_id
where s.id = any(:series_ids);
