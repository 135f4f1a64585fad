-- name: runs(source, run_ids, limit)
-- Runs, newest first, as JSON: of all sources or one, any or just these.
with chosen as (
  select r.*, st.name as stream from etl_runs r join streams st on st.id = r.stream_id
  where (:source::text is null or r.source = :source)
    and (:run_ids::text[] is null or r.run_id = any(:run_ids))
  order by r.id desc
  limit :limit
)
select '[' || coalesce(string_agg((
  select row_to_json(line) from (
    select
      c.run_id,
      c.source,
      c.stream,
      c.status,
      c.trigger,
      iso_utc(c.requested_at) as requested_at,
      iso_utc(c.start_time) as start_time,
      iso_utc(c.end_time) as end_time,
      extract(epoch from c.end_time - c.start_time) as duration_seconds,
      c.records_new + c.records_changed + c.records_unchanged as records_processed,
      c.records_quarantined as records_failed,
      c.records_fetched,
      c.records_new,
      c.records_changed,
      c.records_unchanged,
      c.records_without_price,
      c.payloads,
      c.payloads_stored,
      c.retries,
      c.waits,
      c.wait_seconds,
      c.tracked,
      cardinality(c.missed) as missed,
      c.error_kind,
      c.error_message,
      c.code_version
  ) as line
)::text, ',' order by c.id desc), '') || ']'
from chosen c;
