-- name: alerts(source, run_id, severity, status, limit)
-- Runs with what is wrong with them, newest first, as JSON: of all sources or one, any or just one
-- run, and of their findings those of one severity or status.
with found as (
  select a.*, r.run_id, r.source, st.name as stream, r.status as run_status, r.end_time
  from anomalies a
  join etl_runs r on r.id = a.run_number
  join streams st on st.id = r.stream_id
  where (:source::text is null or r.source = :source)
    and (:run_id::text is null or r.run_id = :run_id)
    and (:severity::text is null or a.severity = :severity)
    and (:status::text is null or a.status = :status)
), alerts as (
  select run_number, min(run_id) as run_id, min(source) as source, min(stream) as stream,
    min(run_status) as run_status, iso_utc(min(end_time)) as end_time,
    case when bool_or(severity = 'critical') then 'critical' else 'warn' end as severity,
    case when bool_or(status = 'open') then 'open' else 'acknowledged' end as status,
    json_agg(json_build_object(
      'id', id, 'name', name, 'kind', kind, 'cause', cause, 'severity', severity,
      'expected', expected, 'actual', actual, 'z', z, 'message', message, 'listings', listings,
      'status', status, 'confirmed', confirmed, 'note', note, 'found_at', iso_utc(found_at)
    ) order by severity, id) as findings
  from found group by run_number order by run_number desc limit :limit
)
select (select count(distinct run_number) from found), coalesce(
  json_agg(json_build_object(
    'run_id', run_id, 'source', source, 'stream', stream, 'run_status', run_status,
    'end_time', end_time, 'severity', severity, 'status', status, 'findings', findings
  ) order by run_number desc), '[]')::text
from alerts;
