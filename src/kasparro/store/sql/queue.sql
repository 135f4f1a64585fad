-- name: enqueue(source, stream, trigger, code_version)
-- Ask for a run of one stream; nothing when one is waiting or under way.
with stream as (
  select st.id from streams st join sources so on so.id = st.source_id
  where so.name = :source and st.name = :stream
), number as (
  select nextval(pg_get_serial_sequence('etl_runs', 'id')) as id
)
insert into etl_runs (id, run_id, stream_id, source, status, trigger, code_version)
overriding system value
select number.id, :source || '_' || number.id, stream.id, :source, 'queued', :trigger, :code_version
from number, stream
on conflict (stream_id) where status in ('queued', 'running') do nothing
returning run_id;

-- name: streams_of(source, carries_prices)
-- Which streams make up the prices of a source, or which are its catalogues?
select st.name from streams st join sources so on so.id = st.source_id
where so.name = :source and st.carries_prices = :carries_prices
order by st.name;

-- name: active_runs(source, carries_prices)
-- Which runs of a source's prices, or of its catalogues, are waiting or under way?
select r.run_id, r.status from etl_runs r join streams st on st.id = r.stream_id
where r.source = :source and r.status in ('queued', 'running')
  and st.carries_prices = :carries_prices
order by r.id;

-- name: next_queued(sources)
-- The oldest waiting run of these sources that nobody is claiming; prices before catalogues.
select r.id, r.run_id, r.source, st.name, r.stream_id
from etl_runs r join streams st on st.id = r.stream_id
where r.status = 'queued' and r.source = any(:sources)
order by st.carries_prices desc, r.id
for update of r skip locked
limit 1;

-- name: queued_run(run_id)
-- One waiting run.
select r.id, r.run_id, r.source, st.name, r.stream_id
from etl_runs r join streams st on st.id = r.stream_id
where r.run_id = :run_id and r.status = 'queued'
for update of r;

-- name: waiting_run(source, stream)
-- The waiting run of one stream, unless somebody is claiming it.
select r.id, r.run_id, r.source, st.name, r.stream_id
from etl_runs r join streams st on st.id = r.stream_id
where r.source = :source and st.name = :stream and r.status = 'queued'
for update of r skip locked;

-- name: busy_with(source, stream)
-- Which run of this stream is waiting or under way, and who carries it out?
select r.run_id, r.status, l.holder
from etl_runs r
join streams st on st.id = r.stream_id
left join leases l on l.stream_id = r.stream_id and l.run_id = r.run_id
where r.source = :source and st.name = :stream and r.status in ('queued', 'running');

-- name: start_run(id, config_version)!
-- The run begins.
update etl_runs set status = 'running', start_time = clock_timestamp(),
  config_version = :config_version, schema_version = (select version_num from alembic_version)
where id = :id;

-- name: abandon_orphans(as_of)
-- Runs whose writer is gone: their lease is free, or belongs to a later run.
update etl_runs r set status = 'abandoned', end_time = clock_timestamp(),
  error_kind = 'retryable',
  error_message = 'the process that ran it is gone; the next run goes on from the checkpoint'
where r.status = 'running' and not exists (
  select from leases l join pg_stat_activity a
    on a.pid = l.backend_pid and a.backend_start = l.backend_start
  where l.stream_id = r.stream_id and l.run_id = r.run_id and l.expires_at >= :as_of
)
returning r.run_id;

-- name: runs_under_way(run_ids)
-- How many of these runs are not over yet, or have an end, but not their conclusions?
select count(*) from etl_runs r
where r.run_id = any(:run_ids) and (r.status in ('queued', 'running') or exists (
  select from leases l join pg_stat_activity a
    on a.pid = l.backend_pid and a.backend_start = l.backend_start
  where l.stream_id = r.stream_id and l.run_id = r.run_id and l.expires_at > clock_timestamp()
));

-- name: announce_worker(id, name)!
-- This worker lives.
insert into workers (id, name) values (:id, :name)
on conflict (id) do update set seen_at = clock_timestamp();

-- name: dismiss_worker(id)!
-- This worker leaves; those long silent are forgotten too.
delete from workers where id = :id or seen_at < clock_timestamp() - interval '1 day';

-- name: workers_alive()
-- Has any worker been seen lately?
select count(*) from workers where seen_at > clock_timestamp() - interval '15 seconds';

-- name: worker_alive(prefix)
-- Has a worker whose name begins so been seen lately?
select exists (
  select from workers
  where starts_with(name, :prefix) and seen_at > clock_timestamp() - interval '15 seconds'
);

-- name: register_source(name)!
-- A source this code knows. Looks first: a refused insert would use up one of 32,767 numbers.
with made as (
  insert into sources (name) select :name
  where not exists (select from sources where name = :name)
  on conflict do nothing
)
insert into data_versions (name) values (:name) on conflict do nothing;

-- name: register_stream(source, name, carries_prices)!
-- A stream this code knows.
with known as (
  update streams set carries_prices = :carries_prices
  where source_id = (select id from sources where name = :source) and name = :name
    and carries_prices <> :carries_prices
)
insert into streams (source_id, name, carries_prices)
select id, :name, :carries_prices from sources so
where so.name = :source
  and not exists (select from streams where source_id = so.id and name = :name)
on conflict do nothing;

-- name: try_scheduling()
-- May this process decide what is due? Until its transaction is over, nobody else may.
select pg_try_advisory_xact_lock(hashtextextended('kasparro scheduling', 0));

-- name: stream_states()
-- When did each stream last run, how did it end, and how often has it failed in a row? Prices
-- first: they are queued in this order.
select so.name, st.name, r.start_time, r.status, r.error_kind, r.config_version,
  (select count(*) from etl_runs f
   where f.stream_id = st.id and f.status = 'failed' and f.id > coalesce((
     select max(g.id) from etl_runs g
     where g.stream_id = st.id and g.status in ('success', 'partial')), 0)),
  c.last_success_at
from streams st
join sources so on so.id = st.source_id
left join checkpoints c on c.stream_id = st.id
left join lateral (
  select * from etl_runs where stream_id = st.id order by id desc limit 1
) r on true
order by st.carries_prices desc, so.name, st.name;

-- name: sweep_offset()
-- The second of the hour at which this installation's sweeps start.
select sweep_offset_seconds from installation;
