-- name: installation()
-- What is this database, how large is it, and who works on it?
select i.mode, (select max(version_num) from alembic_version),
  pg_database_size(current_database()),
  (select coalesce(sum(pg_total_relation_size(relid)), 0)::bigint
    from pg_partition_tree('observations')),
  pg_total_relation_size('raw_crypto_data'),
  (select count(*) from workers where seen_at > clock_timestamp() - interval '15 seconds'),
  (select count(*) from leases where expires_at > clock_timestamp())
from installation i;

-- name: sources(clock)
-- Of each source: its prices, the age of the newest, its calls of this month, how many of them it
-- may take at most (by the newest month it was called in) and its calls of all months.
select so.name, coalesce(v.observations, 0), extract(epoch from :clock - fresh.observed_at),
  coalesce(calls.this_month, 0), allowed.calls, calls.ever
from sources so
left join data_versions v on v.name = so.name
left join (
  select source_id, max(observed_at) as observed_at from latest group by source_id
) fresh on fresh.source_id = so.id
left join (
  select source, sum(calls)::bigint as ever,
    sum(calls) filter (where starts_at = date_trunc('month', :clock::timestamptz)) as this_month
  from call_windows where period = 'month' group by source
) calls on calls.source = so.name
left join lateral (
  select allowed as calls from call_windows where period = 'month' and source = so.name
  order by starts_at desc limit 1
) allowed on true
order by so.name;

-- name: totals()
-- All runs of each stream so far, ended or not, by how they stand. What a run under way has done
-- counts already, so that its end takes nothing back.
select so.name, st.name, t.status, t.runs, t.seconds, t.records_fetched, t.records_new,
  t.records_changed, t.records_unchanged, t.records_quarantined, t.records_without_price,
  t.payloads, t.payloads_stored, t.retries, t.waits, t.wait_seconds
from (
  table run_totals
  union all
  select a.* from etl_runs r cross join lateral run_as_totals(r) a
  where r.status in ('queued', 'running')
) t
join streams st on st.id = t.stream_id
join sources so on so.id = st.source_id;

-- name: streams()
-- Of each stream: when a run last succeeded and last did not, how the newest that is over went, which
-- listings the newest success was to show and did not, the age of the checkpoint, and the records
-- that wait in quarantine. The newest runs are known by number, so no history is searched.
with ends as (
  select stream_id, max(newest_run) as newest,
    max(newest_run) filter (where status in ('success', 'partial')) as success,
    max(newest_run) filter (where status in ('failed', 'abandoned')) as failure
  from run_totals group by stream_id
), waiting as (
  select stream_id, count(*) as records from quarantine where resolved_at is null
  group by stream_id
)
select so.name, st.name, extract(epoch from success.end_time), extract(epoch from failure.end_time),
  newest.status in ('success', 'partial'), extract(epoch from newest.end_time - newest.start_time),
  success.tracked, cardinality(success.missed), extract(epoch from clock_timestamp() - c.moved_at),
  coalesce(w.records, 0)
from streams st
join sources so on so.id = st.source_id
left join ends e on e.stream_id = st.id
left join etl_runs newest on newest.id = e.newest
left join etl_runs success on success.id = e.success
left join etl_runs failure on failure.id = e.failure
left join checkpoints c on c.stream_id = st.id
left join waiting w on w.stream_id = st.id
order by so.name, st.name;

-- name: anomalies()
-- Of each source: what is wrong with its runs, by severity, and what of that nobody has looked at.
select r.source, a.severity, count(*) filter (where a.status = 'open'), count(*)
from anomalies a join etl_runs r on r.id = a.run_number
group by r.source, a.severity;

-- name: drift()
-- Of each source: how often it was seen to drift, by severity, and what of that nobody has decided.
select so.name, e.severity, count(*) filter (where e.status = 'open'), count(*)
from drift_events e
join streams st on st.id = e.stream_id
join sources so on so.id = st.source_id
group by so.name, e.severity;
