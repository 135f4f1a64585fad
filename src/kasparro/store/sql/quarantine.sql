-- name: open_records(source, limit)
-- The newest records that wait for somebody, of all sources or one.
select q.payload_id * 1048576 + q.position, so.name, st.name, q.source_asset_id, q.field, q.reason,
  q.recorded_at, q.record
from quarantine q
join streams st on st.id = q.stream_id join sources so on so.id = st.source_id
where q.resolved_at is null and (:source::text is null or so.name = :source)
order by q.payload_id desc, q.position
limit :limit;

-- name: reasons(source)
-- What is wrong with the waiting records, the commonest first?
select so.name, st.name, q.field, q.reason, count(*), min(q.recorded_at), max(q.recorded_at)
from quarantine q
join streams st on st.id = q.stream_id join sources so on so.id = st.source_id
where q.resolved_at is null and (:source::text is null or so.name = :source)
group by 1, 2, 3, 4
order by count(*) desc, 1, 2, 3, 4;

-- name: one(payload_id, position)
-- One record with all that is known of it.
select q.payload_id * 1048576 + q.position, so.name, st.name, q.source_asset_id, q.field, q.reason,
  q.recorded_at, q.record, q.resolved_at, q.run_id, p.request, encode(p.sha256, 'hex')
from quarantine q
join streams st on st.id = q.stream_id join sources so on so.id = st.source_id
join raw_crypto_data p on p.id = q.payload_id
where q.payload_id = :payload_id and q.position = :position;

-- name: streams_with_open(source)
-- Which streams have records waiting?
select distinct st.id, so.name, st.name, so.id
from quarantine q
join streams st on st.id = q.stream_id join sources so on so.id = st.source_id
where q.resolved_at is null and (:source::text is null or so.name = :source)
order by st.id;

-- name: payloads_with_open(stream_id)
-- Which payloads of a stream hold waiting records, and where?
select p.id, p.run_id, p.request, p.cursor, p.fetched_at, p.status, p.headers, p.body, b.body,
  w.positions
from (
  select payload_id, array_agg(position order by position) as positions
  from quarantine where stream_id = :stream_id and resolved_at is null group by payload_id
) w
join raw_crypto_data p on p.id = w.payload_id
left join raw_crypto_data b on b.id = p.base_id
order by p.id;

-- name: resolve(payload_id, positions, at)!
-- These records could be read after all.
update quarantine set resolved_at = :at
where payload_id = :payload_id and position = any(:positions);

-- name: still_rejected(payload_id, positions, fields, reasons)!
-- These are still refused, perhaps for another reason.
update quarantine q set field = n.field, reason = n.reason
from unnest(:positions::integer[], :fields::text[], :reasons::text[]) as n (position, field, reason)
where q.payload_id = :payload_id and q.position = n.position;

-- name: revisions_of(series_ids, times)
-- What was said before for exactly these series and times?
select r.series_id, r.observed_at, r.price_usd::numeric, r.market_cap_usd::numeric,
  r.volume_24h_usd::numeric, r.change_24h_percent::numeric, r.open_usd::numeric,
  r.high_usd::numeric, r.low_usd::numeric, r.id
from unnest(:series_ids::integer[], :times::timestamptz[]) as k (series_id, observed_at)
join observation_revisions r on r.series_id = k.series_id and r.observed_at = k.observed_at;

-- name: forget_revisions(series_ids, times)!
-- They are written anew, in their order.
delete from observation_revisions r
using unnest(:series_ids::integer[], :times::timestamptz[]) as k (series_id, observed_at)
where r.series_id = k.series_id and r.observed_at = k.observed_at;
