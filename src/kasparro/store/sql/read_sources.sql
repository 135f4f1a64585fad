-- name: stats(names)
-- What became of every source so far, as JSON: the declared ones first, none left out.
with named as (
  select name, min(place) as place from (
    select name, place from unnest(:names::text[]) with ordinality as declared (name, place)
    union all
    select name, 100000 + id from sources
  ) as every
  group by name
)
select '[' || coalesce(string_agg((
  select row_to_json(line) from (
    select
      n.name as source,
      coalesce(v.observations, 0) as total_records,
      coalesce(newest.records_new + newest.records_changed + newest.records_unchanged, 0)
        as records_processed,
      iso_utc(newest.start_time) as last_run_start,
      iso_utc(newest.end_time) as last_run_end,
      newest.status as last_run_status,
      extract(epoch from newest.end_time - newest.start_time) as last_run_duration_seconds,
      iso_utc(success.end_time) as last_success_at,
      iso_utc(failure.end_time) as last_failure_at,
      failure.error_message as last_error,
      newest.run_id as last_run_id
  ) as line
)::text, ',' order by n.place), '') || ']'
from named n
left join data_versions v on v.name = n.name
left join lateral (
  select r.* from etl_runs r join streams st on st.id = r.stream_id
  where r.source = n.name and st.carries_prices
  order by r.id desc limit 1
) newest on true
left join lateral (
  select r.* from etl_runs r join streams st on st.id = r.stream_id
  where r.source = n.name and st.carries_prices and r.status in ('success', 'partial')
  order by r.id desc limit 1
) success on true
left join lateral (
  select r.* from etl_runs r join streams st on st.id = r.stream_id
  where r.source = n.name and st.carries_prices and r.status in ('failed', 'abandoned')
  order by r.id desc limit 1
) failure on true;

-- name: states(names)
-- How is each of these sources doing: its newest run, the last one that is over and the failures in
-- a row up to it, its newest observation, the calls it took this month and those it is allowed?
select n.name, newest.status, coalesce(newest.start_time, newest.requested_at),
  newest.records_new + newest.records_changed + newest.records_unchanged,
  finished.status, finished.start_time, finished.error_kind, finished.error_message, (
    select count(*) from etl_runs f
    where f.stream_id = finished.stream_id and f.status = 'failed' and f.id > coalesce((
      select max(g.id) from etl_runs g
      where g.stream_id = finished.stream_id and g.status in ('success', 'partial')), 0)
  ), fresh.observed_at, coalesce(w.calls, 0), (
    select a.allowed from call_windows a
    where a.source = n.name and a.period = 'month' order by a.starts_at desc limit 1)
from unnest(:names::text[]) with ordinality as n (name, place)
left join sources s on s.name = n.name
left join (
  select source_id, max(observed_at) as observed_at from latest group by source_id
) fresh on fresh.source_id = s.id
left join call_windows w on w.source = n.name and w.period = 'month'
  and w.starts_at = date_trunc('month', now())
left join lateral (
  select r.* from etl_runs r join streams st on st.id = r.stream_id
  where r.source = n.name and st.carries_prices
  order by r.id desc limit 1
) newest on true
left join lateral (
  select r.* from etl_runs r join streams st on st.id = r.stream_id
  where r.source = n.name and st.carries_prices and r.status not in ('queued', 'running')
  order by r.id desc limit 1
) finished on true
order by n.place;

-- name: source_exists(name)
-- Does the database know a source of this name?
select exists (select from sources where name = :name);

-- name: schedule_facts()
-- At which second of the hour do this installation's sweeps start, and does a worker live?
select coalesce((select sweep_offset_seconds from installation), 0), exists (
  select from workers where seen_at > clock_timestamp() - interval '15 seconds'
);
