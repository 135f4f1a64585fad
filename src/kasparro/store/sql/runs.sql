-- name: one(run_id)
-- Everything a person wants to know of one run.
select r.run_id, r.source, st.name, r.status, r.start_time, r.end_time, r.records_new,
  r.records_changed, r.records_unchanged, r.records_quarantined, r.records_without_price,
  r.payloads, r.payloads_stored, r.retries, r.waits, r.wait_seconds, r.missed, r.error_message
from etl_runs r join streams st on st.id = r.stream_id
where r.run_id = :run_id;

-- name: newest(source, limit)
-- The newest runs, of all sources or one.
select r.run_id, r.source, st.name, r.status, r.start_time, r.end_time, r.records_new,
  r.records_changed, r.records_unchanged, r.records_quarantined, r.records_without_price,
  r.payloads, r.payloads_stored, r.retries, r.waits, r.wait_seconds, r.missed, r.error_message
from etl_runs r join streams st on st.id = r.stream_id
where :source::text is null or r.source = :source
order by r.id desc
limit :limit;

-- name: overview()
-- How does each stream stand: last success, newest run, open quarantine, calls of this month?
select so.name, st.name, st.carries_prices, r.status, c.last_success_at, r.error_message,
  (select count(*) from quarantine q where q.stream_id = st.id and q.resolved_at is null),
  coalesce((select observations from data_versions v where v.name = so.name), 0),
  coalesce((select calls from call_windows w where w.source = so.name and w.period = 'month'
    and w.starts_at = date_trunc('month', now())), 0)
from streams st
join sources so on so.id = st.source_id
left join checkpoints c on c.stream_id = st.id
left join lateral (
  select * from etl_runs where stream_id = st.id order by id desc limit 1
) r on true
order by so.name, st.name;
