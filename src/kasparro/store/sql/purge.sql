-- name: source(source)
-- The number of a source.
select id from sources where name = :source;

-- name: holdings(source)
-- What is there of a source: prices, payloads and their bytes, listings, links made by hand?
select coalesce(v.observations, 0), p.payloads, p.bytes,
  (select count(*) from listings where source_id = so.id),
  (select count(*) from link_decisions d join listings l on l.id = d.listing_id
    where l.source_id = so.id and d.method in ('manual', 'undo') and d.undone_at is null)
from sources so
left join data_versions v on v.name = so.name
cross join lateral (
  select count(*) as payloads, coalesce(sum(length(r.body)), 0)::bigint as bytes
  from raw_crypto_data r join streams st on st.id = r.stream_id where st.source_id = so.id
) p
where so.name = :source;

-- name: assets_of(source_id)
-- Assets that this source's listings are on, or were.
select asset_id from listings where source_id = :source_id
union
select unnest(array[d.from_asset_id, d.to_asset_id])
from link_decisions d join listings l on l.id = d.listing_id where l.source_id = :source_id;

-- name: pins_through(source_id)
-- Coins that are pinned and known here, perhaps, by this source alone.
select p.asset_id, l.source_asset_id from pins p join listings l on l.asset_id = p.asset_id
where l.source_id = :source_id;

-- name: quarantine(stream_ids)!
-- Records that broke their contract.
delete from quarantine where stream_id = any(:stream_ids);

-- name: drift_holds(stream_ids)!
-- Records that waited for a decision.
delete from drift_holds h using drift_events e
where e.id = h.event_id and e.stream_id = any(:stream_ids);

-- name: drift_events(stream_ids)!
-- How it drifted; other names that people accepted for its fields stay.
delete from drift_events where stream_id = any(:stream_ids);

-- name: drift_baselines(stream_ids)!
-- What its payloads looked like.
delete from drift_baselines where stream_id = any(:stream_ids);

-- name: observations(source_id)!
-- Prices.
delete from observations where source_id = :source_id;

-- name: observation_revisions(source_id)!
-- What was said before.
delete from observation_revisions where source_id = :source_id;

-- name: latest(source_id)!
-- The newest of each series.
delete from latest where source_id = :source_id;

-- name: observation_counts(source_id)!
-- Totals per month.
delete from observation_counts where source_id = :source_id;

-- name: daily_counts(source_id)!
-- Totals per day.
delete from daily_counts where source_id = :source_id;

-- name: payloads(stream_ids)!
-- The bytes themselves.
delete from raw_crypto_data where stream_id = any(:stream_ids);

-- name: checkpoints(stream_ids)!
-- Where its sweeps stood.
delete from checkpoints where stream_id = any(:stream_ids);

-- name: anomalies(stream_ids)!
-- What was wrong with its runs.
delete from anomalies
where run_number in (select id from etl_runs where stream_id = any(:stream_ids));

-- name: coverage_changes(stream_ids)!
-- Which listings its sweeps showed.
delete from coverage_changes
where run_number in (select id from etl_runs where stream_id = any(:stream_ids));

-- name: run_figures(stream_ids)!
-- What was measured of its runs.
delete from run_figures
where run_number in (select id from etl_runs where stream_id = any(:stream_ids));

-- name: runs(stream_ids)!
-- How its runs went.
delete from etl_runs where stream_id = any(:stream_ids);

-- name: contracts(source_id)!
-- What its catalogues say of contracts.
delete from contracts where source_id = :source_id;

-- name: unknown_ids(source_id)!
-- What it did not know.
delete from unknown_ids where source_id = :source_id;

-- name: series(stream_ids)!
-- What its streams said about which listing.
delete from series where stream_id = any(:stream_ids);

-- name: decisions(source_id)!
-- Why its listings are on their assets.
delete from link_decisions d using listings l
where l.id = d.listing_id and l.source_id = :source_id;

-- name: listings(source_id)!
-- Its names for coins.
delete from listings where source_id = :source_id;

-- name: orphans(asset_ids)
-- Which of these assets does nothing need any more?
select a.id from assets a
where a.id = any(:asset_ids)
  and not exists (select from listings l where l.asset_id = a.id)
  and not exists (select from shipped_ids s where s.asset_id = a.id)
  and not exists (select from link_decisions d where d.from_asset_id = a.id)
  and not exists (select from link_decisions d where d.to_asset_id = a.id)
  and not exists (select from assets o where o.merged_into_id = a.id)
  and not exists (select from assets o where o.wraps_id = a.id)
  and not exists (select from assets o where o.bridged_from_id = a.id)
  and not exists (select from assets o where o.successor_id = a.id);

-- name: unpin(asset_ids)!
-- Pins of assets that go.
delete from pins where asset_id = any(:asset_ids);

-- name: assets(asset_ids)!
-- Assets that go.
delete from assets where id = any(:asset_ids);

-- name: empty(source)!
-- Nothing is left of the source, and no answer about it is what it was.
update data_versions
set version = version + 1, observations = case when name = :source then 0 else observations end
where name in (:source, 'identity');

-- name: old_observations(source_id, before)
-- Prices out of payloads fetched before then; totals go with them. No price is much newer than its
-- payload.
with gone as (
  delete from observations o using raw_crypto_data p
  where o.source_id = :source_id and o.observed_at < :before + interval '1 day'
    and p.id = o.id >> 20 and p.fetched_at < :before
  returning o.series_id, o.observed_at
), months as (
  update observation_counts c set observations = c.observations - n.number
  from (
    select series_id, date_trunc('month', observed_at)::date as month, count(*) as number
    from gone group by 1, 2
  ) n
  where c.series_id = n.series_id and c.month = n.month
), days as (
  update daily_counts c set observations = c.observations - n.number
  from (select observed_at::date as day, count(*) as number from gone group by 1) n
  where c.source_id = :source_id and c.day = n.day
)
select count(*) from gone;

-- name: old_revisions(source_id, before)!
-- The same for what was said before.
delete from observation_revisions o using raw_crypto_data p
where o.source_id = :source_id and p.id = o.id >> 20 and p.fetched_at < :before;

-- name: empty_months(source_id)!
-- Totals of nothing.
delete from observation_counts where source_id = :source_id and observations = 0;

-- name: empty_days(source_id)!
-- Totals of nothing.
delete from daily_counts where source_id = :source_id and observations = 0;

-- name: old_latest(source_id, before)
-- The newest of these series is out of a payload fetched before then.
delete from latest o using raw_crypto_data p
where o.source_id = :source_id and p.id = o.id >> 20 and p.fetched_at < :before
returning o.series_id;

-- name: newest_left(series_ids)!
-- Of these series, the newest that is left.
insert into latest
select o.* from unnest(:series_ids::integer[]) as s (series_id)
cross join lateral (
  select * from observations where series_id = s.series_id order by observed_at desc limit 1
) o;

-- name: old_quarantine(stream_ids, before)!
-- Records out of payloads fetched before then.
delete from quarantine q using raw_crypto_data p
where p.id = q.payload_id and p.stream_id = any(:stream_ids) and p.fetched_at < :before;

-- name: old_payloads(stream_ids, before)!
-- Payloads fetched before then.
delete from raw_crypto_data where stream_id = any(:stream_ids) and fetched_at < :before;
