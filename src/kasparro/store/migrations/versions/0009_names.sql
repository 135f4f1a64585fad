-- A listing without a name of its own, as in files that know their coin by symbol, shows its coin's.

create or replace view crypto_prices as
select
  o.id,
  a.slug as coin_id,
  upper(l.symbol) as symbol,
  coalesce(nullif(l.name, ''), a.name) as name,
  o.price_usd::numeric as price_usd,
  o.market_cap_usd::numeric as market_cap,
  o.volume_24h_usd::numeric as volume_24h,
  o.change_24h_percent::numeric as price_change_24h,
  o.observed_at as timestamp,
  s.name as source
from observations o
join series r on r.id = o.series_id
join listings l on l.id = r.listing_id
join assets a on a.id = l.asset_id
join sources s on s.id = o.source_id;
