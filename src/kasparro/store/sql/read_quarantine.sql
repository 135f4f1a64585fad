-- name: records(source, limit)
-- Records that wait for somebody, newest first, as JSON, with how many there are in all.
with open as (
  select q.*, so.name as source, st.name as stream
  from quarantine q
  join streams st on st.id = q.stream_id join sources so on so.id = st.source_id
  where q.resolved_at is null and (:source::text is null or so.name = :source)
), chosen as (
  select * from open order by payload_id desc, position limit :limit
)
select json_build_object(
  'total_records', (select count(*) from open),
  'limit', :limit::integer,
  'data', coalesce((
    select json_agg(json_build_object(
      'id', payload_id * 1048576 + position,
      'source', source,
      'stream', stream,
      'run_id', run_id,
      'source_asset_id', source_asset_id,
      'field', field,
      'reason', reason,
      'record', record,
      'recorded_at', iso_utc(recorded_at)
    ) order by payload_id desc, position) from chosen), '[]'::json)
)::text;
