-- The schema as designed: small tables with integer keys around one narrow, partitioned fact table.

create table installation (
  only_row boolean primary key default true check (only_row),
  mode text not null check (mode in ('live', 'sandbox')),
  sweep_offset_seconds integer not null default floor(random() * 3600),
  map_sha256 text not null default '',
  created_at timestamptz not null default now()
);
comment on table installation is 'One row: live or simulated data never share a database.';

create table sources (
  id smallint generated always as identity primary key,
  name text not null unique
);

create table streams (
  id integer generated always as identity primary key,
  source_id smallint not null references sources,
  name text not null,
  carries_prices boolean not null,
  unique (source_id, name)
);

create table assets (
  id integer generated always as identity primary key,
  slug text not null unique check (slug <> ''),
  symbol text not null,
  name text not null,
  kind text not null default 'coin' check (kind in ('coin', 'token', 'stablecoin', 'fiat')),
  wraps_id integer references assets,
  bridged_from_id integer references assets,
  successor_id integer references assets,
  merged_into_id integer references assets
);
create index assets_symbol on assets (upper(symbol));

create table shipped_ids (
  source_name text not null,
  source_asset_id text not null,
  asset_id integer not null references assets,
  primary key (source_name, source_asset_id)
);
comment on table shipped_ids is 'The curated map: which source id is which asset.';

create table listings (
  id integer generated always as identity primary key,
  source_id smallint not null references sources,
  source_asset_id text not null,
  asset_id integer not null references assets,
  symbol text not null,
  name text not null,
  evidence jsonb not null default '{}',
  first_seen_at timestamptz not null,
  last_seen_at timestamptz not null,
  unlisted_at timestamptz,
  unique (source_id, source_asset_id)
);
create index listings_asset on listings (asset_id);
create index listings_symbol on listings (upper(symbol));

create table contracts (
  source_id smallint not null references sources,
  source_asset_id text not null,
  platform text not null,
  address text not null,
  primary key (platform, address, source_id, source_asset_id)
);
create index contracts_listing on contracts (source_id, source_asset_id);
comment on table contracts is
  'What catalogues say, also of listings we have not seen a price of; EVM addresses in lower case.';

create table link_decisions (
  id integer generated always as identity primary key,
  listing_id integer not null references listings,
  from_asset_id integer references assets,
  to_asset_id integer not null references assets,
  method text not null check (method in ('map', 'contract', 'name', 'manual', 'undo')),
  evidence jsonb not null default '{}',
  confidence numeric not null check (confidence between 0 and 1),
  decided_at timestamptz not null default now(),
  undone_at timestamptz
);
create index link_decisions_listing on link_decisions (listing_id);

create table series (
  id integer generated always as identity primary key,
  stream_id integer not null references streams,
  listing_id integer not null references listings,
  last_seen_at timestamptz not null,
  unique (stream_id, listing_id)
);
create index series_listing on series (listing_id);

create table etl_runs (
  id bigint generated always as identity primary key,
  run_id text not null unique,
  stream_id integer not null references streams,
  source text not null,
  status text not null
    check (status in ('queued', 'running', 'success', 'partial', 'failed', 'abandoned')),
  trigger text not null check (trigger in ('schedule', 'request', 'command')),
  requested_at timestamptz not null default now(),
  start_time timestamptz,
  end_time timestamptz,
  records_fetched bigint not null default 0,
  records_new bigint not null default 0,
  records_changed bigint not null default 0,
  records_unchanged bigint not null default 0,
  records_quarantined bigint not null default 0,
  records_without_price bigint not null default 0,
  payloads integer not null default 0,
  payloads_stored integer not null default 0,
  retries integer not null default 0,
  waits integer not null default 0,
  wait_seconds numeric not null default 0,
  tracked integer,
  missed text[] not null default '{}',
  error_kind text check (error_kind in ('retryable', 'refused', 'fatal', 'defect')),
  error_message text,
  code_version text not null,
  config_version text not null default '',
  check ((status in ('queued', 'running')) = (end_time is null))
);
create unique index etl_runs_one_at_a_time on etl_runs (stream_id)
  where status in ('queued', 'running');
create index etl_runs_newest on etl_runs (source, id desc);
create index etl_runs_stream on etl_runs (stream_id, id desc);
comment on index etl_runs_one_at_a_time is
  'Single flight as a constraint: a stream has at most one run waiting or under way.';

create table leases (
  stream_id integer primary key references streams,
  token uuid not null,
  run_id text not null,
  holder text not null,
  backend_pid integer not null,
  backend_start timestamptz not null,
  expires_at timestamptz not null
);

create table workers (
  id uuid primary key,
  name text not null,
  started_at timestamptz not null default now(),
  seen_at timestamptz not null default now()
);

create table checkpoints (
  stream_id integer primary key references streams,
  cursor jsonb not null,
  recalling text[] not null default '{}',
  sweep_started_at timestamptz,
  last_success_at timestamptz,
  last_failure_at timestamptz,
  last_error text
);
comment on column checkpoints.sweep_started_at is 'Null between sweeps.';
comment on column checkpoints.recalling is 'The ids the cursor asks for; empty while a sweep pages.';

create table raw_crypto_data (
  id bigint generated always as identity primary key check (id < 1::bigint << 33),
  stream_id integer not null references streams,
  run_id text not null,
  request jsonb not null,
  request_key uuid not null,
  cursor jsonb not null,
  fetched_at timestamptz not null,
  status smallint not null check (status between 200 and 299),
  headers jsonb not null,
  body bytea not null,
  body_bytes bigint not null,
  sha256 bytea not null check (length(sha256) = 32),
  uninterpreted text
);
create index raw_crypto_data_request on raw_crypto_data (stream_id, request_key, id desc);
comment on column raw_crypto_data.body is 'The bytes as they came, compressed with zstd.';
comment on column raw_crypto_data.sha256 is 'Of the bytes as they came.';
comment on column raw_crypto_data.uninterpreted is 'Why nothing could be read out of it; null: read.';
alter table raw_crypto_data alter column body set storage external;

create domain usd_price as numeric check (value >= 1e-40 and value < 1e30);
create domain usd_amount as numeric check (value = 0 or value >= 1e-40 and value < 1e30);
create domain percentage as numeric check (value = 0 or abs(value) >= 1e-40 and abs(value) < 1e30);

-- No foreign keys here: every row is written in the transaction that read or made its series.
create table observations (
  series_id integer not null,
  observed_at timestamptz not null,
  source_id smallint not null,
  price_usd usd_price not null,
  market_cap_usd usd_amount,
  volume_24h_usd usd_amount,
  change_24h_percent percentage,
  open_usd usd_price,
  high_usd usd_price,
  low_usd usd_price,
  payload_id bigint not null,
  position integer not null check (position >= 0 and position < 1 << 20),
  recorded_at timestamptz not null,
  primary key (series_id, observed_at)
) partition by range (observed_at);
create index observations_newest on observations (source_id, observed_at, series_id);

create table observation_revisions (
  like observations including constraints,
  primary key (series_id, observed_at, payload_id, position)
);

create table latest (
  like observations including constraints,
  primary key (series_id)
);

create table observation_counts (
  series_id integer not null,
  month date not null,
  source_id smallint not null,
  observations bigint not null,
  primary key (series_id, month)
);

create table daily_counts (
  source_id smallint not null references sources,
  day date not null,
  observations bigint not null,
  primary key (source_id, day)
);

create table data_versions (
  name text primary key,
  version bigint not null default 0,
  observations bigint not null default 0
);
comment on table data_versions is
  'One row per source, and one named identity; bumped in each transaction that changes an answer.';
insert into data_versions (name) values ('identity');

create table quarantine (
  payload_id bigint not null references raw_crypto_data,
  position integer not null,
  stream_id integer not null references streams,
  run_id text not null,
  source_asset_id text,
  field text not null,
  reason text not null,
  record text not null,
  recorded_at timestamptz not null,
  resolved_at timestamptz,
  primary key (payload_id, position)
);
-- Room on each page, so that rows touched by every sweep are updated in place.
alter table series set (fillfactor = 70);
alter table listings set (fillfactor = 70);
alter table latest set (fillfactor = 70);
alter table observation_counts set (fillfactor = 70);

create index quarantine_open on quarantine (stream_id) where resolved_at is null;

create table call_windows (
  source text not null,
  period text not null check (period in ('second', 'minute', 'month')),
  starts_at timestamptz not null,
  calls integer not null,
  primary key (source, period, starts_at)
);

create table call_pauses (
  source text primary key,
  not_before timestamptz not null,
  reason text not null
);
comment on table call_pauses is 'No call to this source before then: spacing, or its own Retry-After.';

-- Take one call out of the budget. Returns null when taken, else the time to ask again.
-- limits: [{"calls": 30, "period": "minute"}, …]; windows are calendar windows in UTC.
create function take_call(
  of_source text, limits jsonb, spacing interval, clock timestamptz
) returns timestamptz language plpgsql set timezone to 'UTC' as $$
declare
  bound record;
  free_at timestamptz;
begin
  perform pg_advisory_xact_lock(hashtextextended('take_call ' || of_source, 0));
  select not_before into free_at from call_pauses where source = of_source and not_before > clock;
  if found then
    return free_at;
  end if;
  select max(w.starts_at + ('1 ' || w.period)::interval) into free_at
  from jsonb_to_recordset(limits) as allowed (calls integer, period text)
  join call_windows w
    on w.source = of_source and w.period = allowed.period
    and w.starts_at = date_trunc(allowed.period, clock)
  where w.calls >= allowed.calls;
  if free_at is not null then
    return free_at;
  end if;
  insert into call_windows (source, period, starts_at, calls)
  select of_source, p, date_trunc(p, clock), 1
  from unnest(array['second', 'minute', 'month']) as p
  on conflict (source, period, starts_at) do update set calls = call_windows.calls + 1;
  delete from call_windows
  where source = of_source and period <> 'month' and starts_at < clock - interval '1 hour';
  if spacing > interval '0' then
    insert into call_pauses (source, not_before, reason)
    values (of_source, clock + spacing, 'spacing')
    on conflict (source) do update
      set not_before = greatest(call_pauses.not_before, excluded.not_before),
        reason = excluded.reason;
  end if;
  return null;
end $$;

-- The partition an instant belongs to: months since the installation went live, years before.
create function partition_bounds(instant timestamptz, out lower timestamptz, out upper timestamptz)
language sql stable set timezone to 'UTC' as $$
  select
    case when instant >= live then date_trunc('month', instant)
         else date_trunc('year', instant) end,
    case when instant >= live then date_trunc('month', instant) + interval '1 month'
         else least(date_trunc('year', instant) + interval '1 year', live) end
  from (select date_trunc('month', created_at) as live from installation) as i
$$;

-- Make the partition of an instant unless it exists. CREATE + ATTACH, because PARTITION OF stops
-- all readers. Runs in the first schema of the search path, so that replay can build beside us.
-- Asks pg_class, not to_regclass: that one would remember what it saw before it waited for the lock.
create function ensure_partition(instant timestamptz) returns void
language plpgsql set timezone to 'UTC' as $$
declare
  bounds record;
  part text;
begin
  select * into bounds from partition_bounds(instant);
  part := 'observations_' || to_char(bounds.lower at time zone 'UTC', 'YYYY')
    || case when bounds.upper - bounds.lower < interval '32 days'
            then to_char(bounds.lower at time zone 'UTC', '_MM') else '' end;
  if exists (select from pg_class
             where relname = part and relnamespace = current_schema()::regnamespace) then
    return;
  end if;
  perform pg_advisory_xact_lock(hashtextextended('ensure_partition', 0));
  if exists (select from pg_class
             where relname = part and relnamespace = current_schema()::regnamespace) then
    return;
  end if;
  execute format('create table %I (like observations including all)', part);
  execute format(
    'alter table observations attach partition %I for values from (%L) to (%L)',
    part, bounds.lower, bounds.upper
  );
end $$;

-- Statements as they come from the writer: one JSON array of arrays, in the column order of
-- `observations` without the source. A JSON number becomes a numeric with every digit.
create function statement_rows(statements text) returns table (
  series_id integer, observed_at timestamptz, price_usd numeric, market_cap_usd numeric,
  volume_24h_usd numeric, change_24h_percent numeric, open_usd numeric, high_usd numeric,
  low_usd numeric, payload_id bigint, "position" integer, recorded_at timestamptz
) language sql stable as $$
  select (r ->> 0)::integer, (r ->> 1)::timestamptz, (r ->> 2)::numeric, (r ->> 3)::numeric,
    (r ->> 4)::numeric, (r ->> 5)::numeric, (r ->> 6)::numeric, (r ->> 7)::numeric,
    (r ->> 8)::numeric, (r ->> 9)::bigint, (r ->> 10)::integer, (r ->> 11)::timestamptz
  from jsonb_array_elements(statements::jsonb) as r
$$;

-- RFC 3339 in UTC, with the fraction only where there is one.
create function iso_utc(instant timestamptz) returns text
language sql immutable parallel safe as $$
  select to_char(instant at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS')
    || rtrim(rtrim(to_char(instant at time zone 'UTC', '.US'), '0'), '.') || 'Z'
$$;

create view crypto_prices as
select
  o.payload_id * 1048576 + o.position as id,
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

-- A role that can read everything and change nothing, for dashboards and notebooks. Roles belong to
-- the server, so a database user who may not make one simply goes without.
do $$
begin
  create role kasparro_reader nologin;
exception
  when duplicate_object or unique_violation then null;
  when insufficient_privilege then raise notice 'no right to create the role kasparro_reader';
end $$;
do $$
begin
  grant usage on schema public to kasparro_reader;
  grant select on all tables in schema public to kasparro_reader;
  alter default privileges grant select on tables to kasparro_reader;
exception when undefined_object or insufficient_privilege then
  raise notice 'the role kasparro_reader gets no rights';
end $$;
