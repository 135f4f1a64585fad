-- Prices in less room: the pedigree is one number, fixed-width columns come first so that nothing is
-- padded, and the index by time holds one entry per source and ten seconds instead of one per row.
--
-- What is gone can be said from what stays: a payload is `id >> 20`, a position the rest, and when a
-- row was recorded is when its payload was fetched.

-- Which ten seconds an instant lies in.
create function time_slot(instant timestamptz) returns timestamptz
language sql immutable parallel safe as $$
  select date_bin('10 seconds', instant, '2000-01-01 00:00:00Z')
$$;

alter table observations rename to wide_observations;
alter table observation_revisions rename to wide_revisions;
alter table latest rename to wide_latest;
alter index observations_newest rename to wide_observations_newest;
alter index observations_pkey rename to wide_observations_pkey;
alter index observation_revisions_pkey rename to wide_revisions_pkey;
alter index latest_pkey rename to wide_latest_pkey;

create table observations (
  observed_at timestamptz not null,
  id bigint not null check (id >= 1 << 20),
  series_id integer not null,
  source_id smallint not null,
  price_usd usd_price not null,
  market_cap_usd usd_amount,
  volume_24h_usd usd_amount,
  change_24h_percent percentage,
  open_usd usd_price,
  high_usd usd_price,
  low_usd usd_price,
  primary key (series_id, observed_at)
) partition by range (observed_at);
create index observations_newest on observations (source_id, time_slot(observed_at));
comment on column observations.id is
  'Where it was said: the payload (raw_crypto_data.id) times 2^20, plus the position in it.';

create table observation_revisions (
  like observations including constraints,
  primary key (series_id, observed_at, id)
);

create table latest (
  like observations including constraints,
  primary key (series_id)
);
alter table latest set (fillfactor = 70);

-- Partition by partition, in key order.
do $$
declare
  part record;
begin
  for part in
    select c.relname as name, pg_get_expr(c.relpartbound, c.oid) as bounds
    from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'wide_observations'::regclass
    order by 1
  loop
    execute format('alter table wide_observations detach partition %I', part.name);
    execute format('alter table %I rename to %I', part.name, 'wide_' || part.name);
    execute format('create table %I (like observations including constraints)', part.name);
    execute format(
      'insert into %I select observed_at, payload_id * 1048576 + position, series_id, source_id,'
      ' price_usd, market_cap_usd, volume_24h_usd, change_24h_percent, open_usd, high_usd, low_usd'
      ' from %I order by series_id, observed_at', part.name, 'wide_' || part.name
    );
    execute format('drop table %I', 'wide_' || part.name);
    execute format('alter table observations attach partition %I %s', part.name, part.bounds);
  end loop;
end $$;
insert into observation_revisions
select observed_at, payload_id * 1048576 + position, series_id, source_id, price_usd,
  market_cap_usd, volume_24h_usd, change_24h_percent, open_usd, high_usd, low_usd
from wide_revisions;
insert into latest
select observed_at, payload_id * 1048576 + position, series_id, source_id, price_usd,
  market_cap_usd, volume_24h_usd, change_24h_percent, open_usd, high_usd, low_usd
from wide_latest;

-- Statements as they come from the writer: one JSON array of arrays, in the order of `Statement`.
drop function statement_rows;
create function statement_rows(statements text) returns table (
  series_id integer, observed_at timestamptz, price_usd numeric, market_cap_usd numeric,
  volume_24h_usd numeric, change_24h_percent numeric, open_usd numeric, high_usd numeric,
  low_usd numeric, id bigint
) language sql stable as $$
  select (r ->> 0)::integer, (r ->> 1)::timestamptz, (r ->> 2)::numeric, (r ->> 3)::numeric,
    (r ->> 4)::numeric, (r ->> 5)::numeric, (r ->> 6)::numeric, (r ->> 7)::numeric,
    (r ->> 8)::numeric, (r ->> 9)::bigint
  from jsonb_array_elements(statements::jsonb) as r
$$;

-- Replaced and not dropped, so that views of others on top of it stay.
create or replace view crypto_prices as
select
  o.id,
  a.slug as coin_id,
  upper(l.symbol) as symbol,
  l.name,
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
drop table wide_observations, wide_revisions, wide_latest;
