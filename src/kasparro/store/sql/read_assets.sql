-- name: assets(symbol, q, limit, offset)
-- Assets that some source lists, by slug, as JSON with their listings; and how many there are.
with found as (
  select a.* from assets a
  where exists (
      select from listings l
      where l.asset_id = a.id and (:symbol::text is null or upper(l.symbol) = upper(:symbol))
    )
    and (:q::text is null or position(lower(:q) in lower(concat_ws(e'\n', a.slug, a.symbol, a.name))) > 0)
), page as (
  select * from found order by slug limit :limit offset :offset
)
select
  (select count(*) from found),
  '[' || coalesce(string_agg((
    select row_to_json(line) from (
      select p.slug as coin_id, upper(p.symbol) as symbol, p.name, p.kind, (
        select json_agg(row_to_json(named) order by named.source, named.source_asset_id) from (
          select s.name as source, l.source_asset_id, upper(l.symbol) as symbol, l.name,
            iso_utc(l.first_seen_at) as first_seen_at, iso_utc(l.unlisted_at) as unlisted_at
          from listings l join sources s on s.id = l.source_id
          where l.asset_id = p.id
        ) as named
      ) as listings
    ) as line
  )::text, ',' order by p.slug), '') || ']',
  (select string_agg(name || ':' || version, ' ' order by name) from data_versions)
from page p;

-- name: survivor(coin_id)
-- Which slug stands today for the asset of this slug?
with recursive chain as (
  select id, slug, merged_into_id from assets where slug = :coin_id
  union
  select a.id, a.slug, a.merged_into_id from chain c join assets a on a.id = c.merged_into_id
)
select slug from chain where merged_into_id is null;

-- name: asset(coin_id)
-- One asset as JSON, with its listings, its relations and what each source said last.
select row_to_json(line)::text, (select string_agg(name || ':' || version, ' ' order by name) from data_versions)
from assets a, lateral (
  select a.slug as coin_id, upper(a.symbol) as symbol, a.name, a.kind,
    (select slug from assets where id = a.wraps_id) as wraps,
    (select slug from assets where id = a.bridged_from_id) as bridged_from,
    (select slug from assets where id = a.successor_id) as successor,
    (
      select coalesce(json_agg(row_to_json(named) order by named.source, named.source_asset_id), '[]')
      from (
        select s.name as source, l.source_asset_id, upper(l.symbol) as symbol, l.name,
          iso_utc(l.first_seen_at) as first_seen_at, iso_utc(l.unlisted_at) as unlisted_at
        from listings l join sources s on s.id = l.source_id
        where l.asset_id = a.id
      ) as named
    ) as listings,
    (
      select coalesce(json_agg(row_to_json(newest) order by newest.source), '[]') from (
        select distinct on (s.name)
          o.id, a.slug as coin_id, upper(l.symbol) as symbol,
          coalesce(nullif(l.name, ''), a.name) as name,
          o.price_usd, o.market_cap_usd as market_cap, o.volume_24h_usd as volume_24h,
          o.change_24h_percent as price_change_24h, iso_utc(o.observed_at) as timestamp,
          s.name as source
        from listings l
        join sources s on s.id = l.source_id
        join series r on r.listing_id = l.id
        join latest o on o.series_id = r.id
        where l.asset_id = a.id
        order by s.name, o.observed_at desc, o.series_id desc
      ) as newest
    ) as prices
) as line
where a.slug = :coin_id;

-- name: largest(limit)
-- The newest word on the largest coins, one line for each coin, for people to look at.
with newest as (
  select distinct on (l.asset_id) l.asset_id, l.symbol, l.name, s.name as source, o.*
  from latest o
  join series r on r.id = o.series_id
  join listings l on l.id = r.listing_id
  join sources s on s.id = l.source_id
  order by l.asset_id, o.observed_at desc, o.series_id desc
), sized as (
  select l.asset_id, max(o.market_cap_usd::numeric) as market_cap
  from latest o join series r on r.id = o.series_id join listings l on l.id = r.listing_id
  group by l.asset_id
)
select a.slug, upper(n.symbol), coalesce(nullif(n.name, ''), a.name),
  n.price_usd::numeric, n.change_24h_percent::numeric,
  z.market_cap, n.observed_at, n.source
from newest n
join sized z using (asset_id)
join assets a on a.id = n.asset_id
order by z.market_cap desc nulls last, n.observed_at desc, a.slug
limit :limit;
