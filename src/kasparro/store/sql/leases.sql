-- name: evict_silent()
-- Who was silent for longer than its lease may be frozen inside a transaction, holding locks that
-- nobody gets past; while it pipelines its statements, no timeout of the server's ends it. Answers
-- the moment as of which the silent are gone: no later expiry may be acted upon.
with moment as materialized (select clock_timestamp() as at)
select m.at, count(pg_terminate_backend(a.pid))
from moment m
left join leases l on l.expires_at < m.at
left join pg_stat_activity a
  on a.pid = l.backend_pid and a.backend_start = l.backend_start
  and a.usename = current_user and a.pid <> pg_backend_pid()
group by m.at;

-- name: acquire(stream_id, token, run_id, holder, seconds, as_of)
-- May this session write the stream? Free when nobody holds it, the holder's backend has left, or
-- it has been silent too long; by the database's clock alone.
insert into leases (stream_id, token, run_id, holder, backend_pid, backend_start, expires_at)
select :stream_id, :token, :run_id, :holder, pid, backend_start,
  clock_timestamp() + make_interval(secs => :seconds)
from pg_stat_activity where pid = pg_backend_pid()
on conflict (stream_id) do update set
  token = excluded.token, run_id = excluded.run_id, holder = excluded.holder,
  backend_pid = excluded.backend_pid, backend_start = excluded.backend_start,
  expires_at = excluded.expires_at
where leases.expires_at < :as_of or not exists (
  select from pg_stat_activity a
  where a.pid = leases.backend_pid and a.backend_start = leases.backend_start
)
returning token;

-- name: renew(stream_id, token, seconds)
-- Is the lease still ours? The fence of every commit: no row, roll back.
update leases set
  expires_at = clock_timestamp() + make_interval(secs => :seconds),
  backend_pid = a.pid, backend_start = a.backend_start
from pg_stat_activity a
where stream_id = :stream_id and token = :token and a.pid = pg_backend_pid()
returning token;

-- name: extend(stream_id, token, seconds)
-- The same from a heartbeat's session, which is not the one that writes.
update leases set expires_at = clock_timestamp() + make_interval(secs => :seconds)
where stream_id = :stream_id and token = :token
returning token;

-- name: release(stream_id, token)!
-- We are done.
delete from leases where stream_id = :stream_id and token = :token;

-- name: streams(source)
-- The streams of a source, or of all, by number.
select st.id, so.name, st.name from streams st join sources so on so.id = st.source_id
where :source::text is null or so.name = :source
order by st.id;
