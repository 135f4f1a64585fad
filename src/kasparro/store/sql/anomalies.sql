-- name: next_to_examine()
-- The oldest run that is over and was not held against others yet, while nobody else is at it.
select r.id, r.source, st.name, st.carries_prices
from etl_runs r join streams st on st.id = r.stream_id
where r.examined_at is null and r.end_time is not null
order by r.id
for update of r skip locked
limit 1;

-- name: facts(run_numbers)
-- Everything that is measured of these runs, in the order they came.
select r.id, r.run_id, r.status, coalesce(f.checkpoint_left_at, r.end_time, r.start_time),
  f.checkpoint_left_at - f.checkpoint_found_at, f.newest_observed_at, f.checkpoint_found_at,
  f.incomparable, r.error_kind, r.error_message, f.figures,
  r.records_fetched, r.records_new, r.records_changed, r.records_unchanged, r.records_quarantined,
  r.records_without_price, r.payloads, r.payloads_stored, r.retries, r.waits,
  r.wait_seconds::float8, extract(epoch from r.end_time - r.start_time)::float8
from etl_runs r left join run_figures f on f.run_number = r.id
where r.id = any(:run_numbers)
order by r.id;

-- name: comparable(run_number, most)
-- Runs before this one that it can be held against: complete ones of its stream, as it was set
-- up, without those that are known to be anomalous.
select b.id
from etl_runs r
join run_figures f on f.run_number = r.id
join etl_runs b on b.stream_id = r.stream_id and b.id < r.id
join run_figures g on g.run_number = b.id
where r.id = :run_number and b.status in ('success', 'partial')
  and g.incomparable is null and g.configuration = f.configuration
  and not exists (
    select from anomalies a where a.run_number = b.id and coalesce(a.confirmed, a.spoils)
  )
order by b.id desc
limit :most;

-- name: before(run_number)
-- The complete run before this one, and whether the last one that ended by itself had failed.
select
  (select max(b.id) from etl_runs b join run_figures g on g.run_number = b.id
   where b.stream_id = r.stream_id and b.id < r.id and b.status in ('success', 'partial')),
  coalesce((select b.status = 'failed' from etl_runs b
    where b.stream_id = r.stream_id and b.id < r.id
      and b.status in ('success', 'partial', 'failed')
    order by b.id desc limit 1), false)
from etl_runs r where r.id = :run_number;

-- name: flagged(run_number)
-- Which figures of a run were unusual, and was it upwards?
select name, actual > expected from anomalies
where run_number = :run_number and kind = 'statistic';

-- name: missing(run_number, largest)
-- Tracked listings that a complete sweep did not show, the largest first: is it one of the hundred
-- largest, and does its source still list it?
with absent as (
  select unnest(missed) as id from etl_runs where id = :run_number
  union
  select l.source_asset_id
  from coverage_changes c
  join series s on s.id = c.series_id join listings l on l.id = s.listing_id
  where c.run_number = :run_number and not c.shown
), ranked as (
  select l.source_asset_id as id, l.unlisted_at is not null as unlisted,
    rank() over (order by n.market_cap_usd desc nulls last) as place, n.market_cap_usd as cap
  from etl_runs r
  join series s on s.stream_id = r.stream_id
  join listings l on l.id = s.listing_id
  left join latest n on n.series_id = s.id
  where r.id = :run_number
)
select a.id, coalesce(k.place <= :largest and k.cap is not null, false),
  coalesce(k.unlisted, false)
from absent a left join ranked k on k.id = a.id
order by k.place nulls last, a.id;

-- name: keep(run_number, name, kind, cause, severity, expected, actual, z, message, listings, spoils)!
-- One thing that is wrong with a run.
insert into anomalies (run_number, name, kind, cause, severity, expected, actual, z, message,
  listings, spoils)
values (:run_number, :name, :kind, :cause, :severity, :expected, :actual, :z, :message,
  :listings, :spoils)
on conflict (run_number, name) do nothing;

-- name: examined(run_number)!
-- This run was held against others.
update etl_runs set examined_at = clock_timestamp() where id = :run_number;

-- name: newest(source, run_id, severity, status, limit)
-- What was found lately, for a person.
select a.id, r.run_id, r.source, st.name, a.severity, a.name, a.message, a.status, a.confirmed,
  a.note, a.found_at
from anomalies a
join etl_runs r on r.id = a.run_number
join streams st on st.id = r.stream_id
where (:source::text is null or r.source = :source)
  and (:run_id::text is null or r.run_id = :run_id)
  and (:severity::text is null or a.severity = :severity)
  and (:status::text is null or a.status = :status)
order by a.id desc
limit :limit;

-- name: known(names)
-- Which of these are the number of a finding, or a run that has findings?
select a.id::text from anomalies a where a.id::text = any(:names)
union
select r.run_id from etl_runs r join anomalies a on a.run_number = r.id
where r.run_id = any(:names);

-- name: acknowledge(names, confirmed, note)!
-- A person has seen these, and says whether anything was wrong.
update anomalies a set status = 'acknowledged', confirmed = :confirmed, note = :note,
  acknowledged_at = clock_timestamp()
from etl_runs r
where r.id = a.run_number and (a.id::text = any(:names) or r.run_id = any(:names));
