-- What metrics count, kept where it happens: no scrape counts rows, and no purge takes back what
-- was counted.

create table run_totals (
  stream_id integer not null references streams,
  status text not null,
  runs bigint not null,
  seconds numeric not null,
  records_fetched bigint not null,
  records_new bigint not null,
  records_changed bigint not null,
  records_unchanged bigint not null,
  records_quarantined bigint not null,
  records_without_price bigint not null,
  payloads bigint not null,
  payloads_stored bigint not null,
  retries bigint not null,
  waits bigint not null,
  wait_seconds numeric not null,
  newest_run bigint not null,
  primary key (stream_id, status)
);
comment on table run_totals is 'All runs that ever ended, added up when they end.';
comment on column run_totals.newest_run is 'etl_runs.id, unless purged.';

-- A run in the shape of its totals, so that the sum over one and many is written once.
create function run_as_totals(r etl_runs) returns run_totals language sql stable as $$
  select r.stream_id, r.status, 1::bigint,
    coalesce(extract(epoch from r.end_time - r.start_time), 0), r.records_fetched, r.records_new,
    r.records_changed, r.records_unchanged, r.records_quarantined, r.records_without_price,
    r.payloads::bigint, r.payloads_stored::bigint, r.retries::bigint, r.waits::bigint,
    r.wait_seconds, r.id
$$;

-- A trigger, because runs end in several ways and none may be forgotten. A stream has one run at a
-- time, so nobody waits here for anybody.
create function count_ended_run() returns trigger language plpgsql as $$
begin
  insert into run_totals as t select * from run_as_totals(new)
  on conflict (stream_id, status) do update set
    runs = t.runs + 1,
    seconds = t.seconds + excluded.seconds,
    records_fetched = t.records_fetched + excluded.records_fetched,
    records_new = t.records_new + excluded.records_new,
    records_changed = t.records_changed + excluded.records_changed,
    records_unchanged = t.records_unchanged + excluded.records_unchanged,
    records_quarantined = t.records_quarantined + excluded.records_quarantined,
    records_without_price = t.records_without_price + excluded.records_without_price,
    payloads = t.payloads + excluded.payloads,
    payloads_stored = t.payloads_stored + excluded.payloads_stored,
    retries = t.retries + excluded.retries,
    waits = t.waits + excluded.waits,
    wait_seconds = t.wait_seconds + excluded.wait_seconds,
    newest_run = greatest(t.newest_run, excluded.newest_run);
  return null;
end $$;

-- The trigger comes first: its lock on etl_runs keeps any run from ending before those that ended
-- earlier are added up.
create trigger etl_runs_ended after update of status on etl_runs
  for each row when (old.end_time is null and new.end_time is not null)
  execute function count_ended_run();
insert into run_totals
select t.stream_id, t.status, sum(t.runs), sum(t.seconds), sum(t.records_fetched),
  sum(t.records_new), sum(t.records_changed), sum(t.records_unchanged),
  sum(t.records_quarantined), sum(t.records_without_price), sum(t.payloads),
  sum(t.payloads_stored), sum(t.retries), sum(t.waits), sum(t.wait_seconds), max(t.newest_run)
from etl_runs r cross join lateral run_as_totals(r) t
where r.end_time is not null
group by t.stream_id, t.status;

alter table checkpoints add column moved_at timestamptz;
comment on column checkpoints.moved_at is 'When a sweep last got anywhere, by the database''s clock.';
update checkpoints set moved_at = last_success_at;

alter table call_windows add column allowed integer;
comment on column call_windows.allowed is
  'What the newest caller allowed himself in this window; null: no bound.';

create or replace function take_call(
  of_source text, limits jsonb, spacing interval, clock timestamptz
) returns timestamptz language plpgsql set timezone to 'UTC' as $$
declare
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
  insert into call_windows (source, period, starts_at, calls, allowed)
  select of_source, p, date_trunc(p, clock), 1, (
    select min(l.calls) from jsonb_to_recordset(limits) as l (calls integer, period text)
    where l.period = p)
  from unnest(array['second', 'minute', 'month']) as p
  on conflict (source, period, starts_at) do update
    set calls = call_windows.calls + 1, allowed = excluded.allowed;
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
