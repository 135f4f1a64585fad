insert into sources (name) values ('coingecko') on conflict do nothing;

insert into data_versions (name) values ('coingecko') on conflict do nothing;

insert into streams (source_id, name, carries_prices)
select id, 'markets', true from sources where name = 'coingecko';

insert into assets (slug, symbol, name)
select 'reads-coin-' || n, 'C' || n, 'Coin ' || n from generate_series(1, 1000) n;

insert into listings
  (source_id, source_asset_id, asset_id, symbol, name, first_seen_at, last_seen_at)
select so.id, a.slug, a.id, a.symbol, a.name, now(), now()
from sources so cross join assets a
where so.name = 'coingecko' and a.slug like 'reads-coin-%'
order by a.id;

insert into series (stream_id, listing_id, last_seen_at)
select st.id, l.id, now() from streams st join listings l on l.source_id = st.source_id
order by l.id;

select ensure_partition(m)
from generate_series(date_trunc('month', now() - :sweeps * interval '1 hour'), now(),
  interval '1 month') m;

insert into observations (observed_at, id, series_id, source_id, price_usd, market_cap_usd,
  volume_24h_usd, change_24h_percent)
select date_trunc('hour', now()) - (:sweeps - h) * interval '1 hour'
    + (s.place * 7919 % 300000) * interval '1 millisecond',
  ((h * 4 + s.place / 250 + 1)::bigint << 20) + s.place % 250, s.id, s.source_id,
  round((1000.0 / (s.place + 1) * (1 + sin(h / 50.0 + s.place) / 10))::numeric, 8),
  1e9::numeric + s.place * 1000 + h, 1e7::numeric + h, round(sin(h / 24.0)::numeric * 5, 5)
from generate_series(0, :sweeps - 1) h
cross join (
  select r.id, st.source_id, row_number() over (order by r.id) - 1 as place
  from series r join streams st on st.id = r.stream_id
) s;

insert into observation_counts (series_id, month, source_id, observations)
select series_id, date_trunc('month', observed_at), source_id, count(*)
from observations group by 1, 2, 3;

insert into daily_counts (source_id, day, observations)
select source_id, observed_at::date, count(*) from observations group by 1, 2;

insert into latest
select distinct on (series_id) * from observations
where observed_at >= date_trunc('hour', now()) - interval '3 hours'
order by series_id, observed_at desc;

update data_versions set version = 1, observations = (select count(*) from observations)
where name = 'coingecko';
