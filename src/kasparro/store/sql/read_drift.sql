-- name: events(source, status, limit)
-- Drift events as JSON: those that wait for somebody first, then the newest; with how many there
-- are in all.
with wanted as (
  select e.*, so.name as source, st.name as stream
  from drift_events e
  join streams st on st.id = e.stream_id join sources so on so.id = st.source_id
  where (:source::text is null or so.name = :source)
    and (:status::text is null or e.status = :status)
), chosen as (
  select * from wanted order by status = 'open' desc, id desc limit :limit
)
select json_build_object(
  'total_records', (select count(*) from wanted),
  'limit', :limit::integer,
  'data', coalesce((
    select json_agg(json_build_object(
      'id', id,
      'source', source,
      'stream', stream,
      'class', class,
      'severity', severity,
      'status', status,
      'path', path,
      'evidence', evidence,
      'confidence', confidence,
      'details', details,
      'records_held', coalesce((select sum(cardinality(h.positions)) from drift_holds h
        where h.event_id = chosen.id and h.released_at is null), 0),
      'occurrences', occurrences,
      'run_id', run_id,
      'payload_id', payload_id,
      'detected_at', iso_utc(detected_at),
      'last_seen', iso_utc(last_seen),
      'resolved_at', iso_utc(resolved_at),
      'note', note
    ) order by status = 'open' desc, id desc) from chosen), '[]'::json)
)::text;
