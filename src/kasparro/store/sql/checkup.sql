-- name: server()
-- Which server is this, what time has it, how many connections are there and are taken, may we
-- write, and in which encoding?
select current_setting('server_version'), current_setting('server_version_num')::integer,
  clock_timestamp(),
  current_setting('max_connections')::integer
    - current_setting('superuser_reserved_connections')::integer,
  (select count(*) from pg_stat_activity where backend_type = 'client backend'),
  pg_is_in_recovery() or current_setting('default_transaction_read_only')::boolean,
  current_setting('server_encoding'), pg_database_size(current_database());

-- name: schema()
-- Which schema is in the database, if any?
select version_num from alembic_version;

-- name: mode()
-- Whose data is it, live or simulated?
select mode from installation;

-- name: freshness()
-- What was observed last at each source, and how did the newest run of each of its price streams
-- that is over end?
select so.name, (select max(t.observed_at) from latest t where t.source_id = so.id),
  r.run_id, r.status, r.error_message
from sources so
join streams st on st.source_id = so.id and st.carries_prices
left join lateral (
  select run_id, status, error_message from etl_runs
  where stream_id = st.id and status not in ('queued', 'running')
  order by id desc limit 1
) r on true
order by so.name, st.name;
