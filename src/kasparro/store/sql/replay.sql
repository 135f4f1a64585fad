-- name: drop_shadow()!
-- What is left of the shadow after a swap.
drop schema replay cascade;

-- name: make_shadow()!
-- Empty tables beside the real ones, found first on our search path.
create schema replay;
create table replay.observations (like public.observations including all)
  partition by range (observed_at);
create table replay.observation_revisions (like public.observation_revisions including all);
create table replay.latest (like public.latest including all);
create table replay.observation_counts (like public.observation_counts including all);
create table replay.daily_counts (like public.daily_counts including all);
create table replay.quarantine (like public.quarantine including all);
create table replay.data_versions (like public.data_versions including all);
insert into replay.data_versions (name) select name from public.data_versions;
create table replay.unread (payload_id bigint primary key, reason text not null);

-- name: unread(payload_id, reason)!
-- Nothing could be read out of this payload.
insert into unread (payload_id, reason) values (:payload_id, :reason);

-- name: all_streams()
-- Every stream there is, by number.
select st.id, so.name, st.name, so.id, st.carries_prices
from streams st join sources so on so.id = st.source_id
order by st.id;

-- name: price_payloads_after(id, limit)
-- Stored payloads of price streams, in the order they came.
select p.id, p.stream_id, p.run_id, p.request, p.cursor, p.fetched_at, p.status, p.headers, p.body,
  b.body
from raw_crypto_data p join streams st on st.id = p.stream_id
left join raw_crypto_data b on b.id = p.base_id
where p.id > :id and st.carries_prices
order by p.id
limit :limit;

-- name: payload_count()
-- How many payloads are there to replay?
select count(*) from raw_crypto_data p join streams st on st.id = p.stream_id
where st.carries_prices;

-- name: differences()
-- How many rows does one side have that the other lacks, per table?
select 'observations', (
  select count(*) from (
    (table public.observations except all table replay.observations) union all
    (table replay.observations except all table public.observations)) d)
union all
select 'observation_revisions', (
  select count(*) from (
    (table public.observation_revisions except all table replay.observation_revisions) union all
    (table replay.observation_revisions except all table public.observation_revisions)) d)
union all
select 'latest', (
  select count(*) from (
    (table public.latest except all table replay.latest) union all
    (table replay.latest except all table public.latest)) d)
union all
select 'observation_counts', (
  select count(*) from (
    (table public.observation_counts except all table replay.observation_counts) union all
    (table replay.observation_counts except all table public.observation_counts)) d)
union all
select 'daily_counts', (
  select count(*) from (
    (table public.daily_counts except all table replay.daily_counts) union all
    (table replay.daily_counts except all table public.daily_counts)) d)
union all
select 'quarantine', (
  select count(*) from (
    (select payload_id, position, field, reason from public.quarantine where resolved_at is null
        and stream_id in (select id from public.streams where carries_prices)
      except all select payload_id, position, field, reason from replay.quarantine) union all
    (select payload_id, position, field, reason from replay.quarantine
      except all select payload_id, position, field, reason from public.quarantine
        where resolved_at is null
          and stream_id in (select id from public.streams where carries_prices))) d);

-- name: partitions()
-- The shadow's partitions.
select c.relname from pg_inherits i
join pg_class c on c.oid = i.inhrelid
join pg_class p on p.oid = i.inhparent
join pg_namespace n on n.oid = p.relnamespace
where n.nspname = 'replay' and p.relname = 'observations' and c.relkind = 'r';

-- name: swap()!
-- The shadow takes the place of the real tables, in one transaction.
alter index replay.observations_source_id_time_slot_idx rename to observations_newest;
drop view public.crypto_prices;
drop table public.observations, public.observation_revisions, public.latest,
  public.observation_counts;
alter table replay.observations set schema public;
alter table replay.observation_revisions set schema public;
alter table replay.latest set schema public;
alter table replay.observation_counts set schema public;
delete from public.daily_counts;
insert into public.daily_counts table replay.daily_counts;
delete from public.quarantine where resolved_at is null
  and stream_id in (select id from public.streams where carries_prices);
insert into public.quarantine table replay.quarantine on conflict do nothing;
update public.data_versions d set version = d.version + 1, observations = r.observations
from replay.data_versions r where r.name = d.name;
update public.raw_crypto_data p set uninterpreted = u.reason
from public.raw_crypto_data o
join public.streams st on st.id = o.stream_id
left join replay.unread u on u.payload_id = o.id
where p.id = o.id and st.carries_prices and o.uninterpreted is distinct from u.reason;
