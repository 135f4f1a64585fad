-- name: statements()
-- What does every series say of each instant, now and before, and which payload said so?
with said as (
  select *, true as stands from observations
  union all
  select *, false from observation_revisions
)
select so.name || '/' || st.name, l.source_asset_id, o.observed_at,
  array[o.price_usd, o.market_cap_usd, o.volume_24h_usd, o.change_24h_percent]::numeric[],
  encode(p.sha256, 'hex'), o.stands
from said o
join series r on r.id = o.series_id join listings l on l.id = r.listing_id
join streams st on st.id = r.stream_id join sources so on so.id = st.source_id
join raw_crypto_data p on p.id = o.id >> 20;

-- name: payloads()
-- Which bytes are kept, each once?
select distinct encode(sha256, 'hex') from raw_crypto_data;

-- name: listings()
-- Which listing is which coin, what is it called, and is it listed?
select so.name, l.source_asset_id, a.slug, l.symbol, l.name, l.unlisted_at is null
from listings l join sources so on so.id = l.source_id join assets a on a.id = l.asset_id;

-- name: positions()
-- How far is each stream, and is it between sweeps?
select so.name || '/' || st.name, c.cursor::text, c.sweep_started_at is null, c.last_success_at
from checkpoints c
join streams st on st.id = c.stream_id join sources so on so.id = st.source_id;

-- name: contradictions()
-- Where do the tables contradict each other, and how often?
with newest as (
  select distinct on (series_id) series_id, observed_at, id
  from observations order by series_id, observed_at desc
), months as (
  select series_id, date_trunc('month', observed_at at time zone 'UTC')::date as month, count(*) as n
  from observations group by 1, 2
), days as (
  select source_id, (observed_at at time zone 'UTC')::date as day, count(*) as n
  from observations group by 1, 2
), totals as (
  select s.name, count(*) as n from observations o join sources s on s.id = o.source_id group by 1
), found (what, number) as (
  select 'series whose latest is not their newest', count(*)
  from newest n full join latest l using (series_id)
  where (l.observed_at, l.id) is distinct from (n.observed_at, n.id)
  union all
  select 'months of a series counted wrongly', count(*)
  from months m full join observation_counts c using (series_id, month)
  where coalesce(m.n, 0) <> coalesce(c.observations, 0)
  union all
  select 'days of a source counted wrongly', count(*)
  from days d full join daily_counts c using (source_id, day)
  where coalesce(d.n, 0) <> coalesce(c.observations, 0)
  union all
  select 'sources counted wrongly', count(*)
  from totals t full join data_versions v using (name)
  where v.name is distinct from 'identity' and coalesce(t.n, 0) <> coalesce(v.observations, 0)
  union all
  select 'runs left queued or running', count(*)
  from etl_runs where status in ('queued', 'running')
  union all
  select 'runs that ended badly and do not say why', count(*)
  from etl_runs where status in ('failed', 'abandoned') and coalesce(error_message, '') = ''
  union all
  select 'runs that ended by a defect of ours', count(*)
  from etl_runs where error_kind = 'defect'
)
select what, number from found where number > 0;
