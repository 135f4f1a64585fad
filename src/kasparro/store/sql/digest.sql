-- name: digest()
-- What does the database say, in natural keys alone? Equal databases have equal lines; the order
-- of rows, our own clocks and our own numbers do not count, nor does how often the same bytes came.
-- Each line: what, how many, two sums of 64-bit hashes.
with facts as (
  select 'observations' as what, concat_ws('|', so.name, st.name, l.source_asset_id,
    iso_utc(o.observed_at), trim_scale(o.price_usd),
    coalesce(trim_scale(o.market_cap_usd)::text, '-'),
    coalesce(trim_scale(o.volume_24h_usd)::text, '-'),
    coalesce(trim_scale(o.change_24h_percent)::text, '-'),
    coalesce(trim_scale(o.open_usd)::text, '-'), coalesce(trim_scale(o.high_usd)::text, '-'),
    coalesce(trim_scale(o.low_usd)::text, '-'), encode(p.sha256, 'hex'), o.id & 1048575) as line
  from observations o
  join series r on r.id = o.series_id join listings l on l.id = r.listing_id
  join streams st on st.id = r.stream_id join sources so on so.id = st.source_id
  left join raw_crypto_data p on p.id = o.id >> 20
  union all
  select 'revisions', concat_ws('|', so.name, st.name, l.source_asset_id, iso_utc(o.observed_at),
    trim_scale(o.price_usd), coalesce(trim_scale(o.market_cap_usd)::text, '-'),
    coalesce(trim_scale(o.volume_24h_usd)::text, '-'),
    coalesce(trim_scale(o.change_24h_percent)::text, '-'),
    coalesce(trim_scale(o.open_usd)::text, '-'), coalesce(trim_scale(o.high_usd)::text, '-'),
    coalesce(trim_scale(o.low_usd)::text, '-'), encode(p.sha256, 'hex'), o.id & 1048575)
  from observation_revisions o
  join series r on r.id = o.series_id join listings l on l.id = r.listing_id
  join streams st on st.id = r.stream_id join sources so on so.id = st.source_id
  left join raw_crypto_data p on p.id = o.id >> 20
  union all
  select 'latest', concat_ws('|', so.name, st.name, l.source_asset_id, iso_utc(o.observed_at),
    trim_scale(o.price_usd), encode(p.sha256, 'hex'), o.id & 1048575)
  from latest o
  join series r on r.id = o.series_id join listings l on l.id = r.listing_id
  join streams st on st.id = r.stream_id join sources so on so.id = st.source_id
  left join raw_crypto_data p on p.id = o.id >> 20
  union all
  select 'monthly counts', concat_ws('|', so.name, st.name, l.source_asset_id, c.month,
    c.observations)
  from observation_counts c
  join series r on r.id = c.series_id join listings l on l.id = r.listing_id
  join streams st on st.id = r.stream_id join sources so on so.id = st.source_id
  union all
  select 'daily counts', concat_ws('|', so.name, c.day, c.observations)
  from daily_counts c join sources so on so.id = c.source_id
  union all
  select 'totals', concat_ws('|', name, observations) from data_versions where name <> 'identity'
  union all
  select distinct 'payloads', concat_ws('|', so.name, st.name, encode(p.sha256, 'hex'), p.body_bytes,
    p.uninterpreted is null)
  from raw_crypto_data p
  join streams st on st.id = p.stream_id join sources so on so.id = st.source_id
  union all
  select distinct 'quarantine', concat_ws('|', so.name, st.name, encode(p.sha256, 'hex'), q.position,
    q.field, q.reason, q.resolved_at is null)
  from quarantine q
  join streams st on st.id = q.stream_id join sources so on so.id = st.source_id
  join raw_crypto_data p on p.id = q.payload_id
  union all
  select 'listings', concat_ws('|', so.name, l.source_asset_id, a.slug, l.symbol, l.name,
    l.unlisted_at is null)
  from listings l join sources so on so.id = l.source_id join assets a on a.id = l.asset_id
  union all
  select 'coverage', concat_ws('|', so.name, st.name, l.source_asset_id)
  from series r join listings l on l.id = r.listing_id
  join streams st on st.id = r.stream_id join sources so on so.id = st.source_id
  where r.shown
  union all
  select 'drift', concat_ws('|', so.name, st.name, e.class, e.path, e.sign, e.severity, e.status,
    e.occurrences, e.evidence)
  from drift_events e
  join streams st on st.id = e.stream_id join sources so on so.id = st.source_id
  union all
  select 'held', concat_ws('|', so.name, st.name, e.class, e.path, encode(p.sha256, 'hex'),
    h.positions, h.released_at is null)
  from drift_holds h join drift_events e on e.id = h.event_id
  join streams st on st.id = e.stream_id join sources so on so.id = st.source_id
  join raw_crypto_data p on p.id = h.payload_id
  union all
  select 'aliases', concat_ws('|', so.name, st.name, f.name, f.alias)
  from field_aliases f
  join streams st on st.id = f.stream_id join sources so on so.id = st.source_id
  union all
  select 'checkpoints', concat_ws('|', so.name, st.name, c.cursor, c.recalling,
    c.sweep_started_at is null)
  from checkpoints c
  join streams st on st.id = c.stream_id join sources so on so.id = st.source_id
)
select what, count(*), sum(hashtextextended(line, 1)::numeric), sum(hashtextextended(line, 2)::numeric)
from facts
group by what
order by what;

-- name: holdings()
-- How many payloads and prices are there?
select (select count(*) from raw_crypto_data),
  (select coalesce(sum(observations), 0)::bigint from data_versions where name <> 'identity');
