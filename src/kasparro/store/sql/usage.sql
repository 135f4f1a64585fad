-- name: sizes()
-- How large is the database, how large are its prices without their indexes, and how many are that?
select pg_database_size(current_database()),
  (select coalesce(sum(pg_table_size(relid)), 0)::bigint from pg_partition_tree('observations')),
  (select coalesce(sum(observations), 0)::bigint from data_versions);

-- name: paces(sources, since, packed)
-- What did the sweeps of these sources write since then, stream by stream? A payload that is still
-- plain counts with the share of its room that it will take.
with lately as (
  select stream_id, run_id, records_new, start_time from etl_runs
  where source = any(:sources) and status in ('success', 'partial') and start_time >= :since
), bodies as (
  select l.stream_id,
    sum(length(p.body) * case when p.base_id is null then :packed else 1 end) as bytes
  from lately l join raw_crypto_data p on p.run_id = l.run_id
  group by l.stream_id
)
select so.name, st.name, count(*), sum(l.records_new)::bigint, coalesce(min(b.bytes), 0),
  min(l.start_time)
from lately l
join streams st on st.id = l.stream_id
join sources so on so.id = st.source_id
left join bodies b on b.stream_id = l.stream_id
group by so.name, st.name
order by so.name, st.name;

-- name: accounts(clock)
-- Of each source: prices, calls of this month, records that wait in quarantine, its listings that
-- are listed still, and those of them that no other source's listing shares a coin with.
select so.name, coalesce(v.observations, 0), coalesce(w.calls, 0),
  (select count(*) from quarantine q join streams st on st.id = q.stream_id
    where st.source_id = so.id and q.resolved_at is null),
  count(l.id),
  count(l.id) filter (where not exists (
    select from listings o where o.asset_id = l.asset_id and o.source_id <> l.source_id))
from sources so
left join data_versions v on v.name = so.name
left join call_windows w on w.source = so.name and w.period = 'month'
  and w.starts_at = date_trunc('month', :clock::timestamptz)
left join listings l on l.source_id = so.id and l.unlisted_at is null
group by so.id, so.name, v.observations, w.calls
order by so.name;

-- name: calls(source, clock)
-- How often was this source called this month?
select calls from call_windows
where source = :source and period = 'month' and starts_at = date_trunc('month', :clock::timestamptz);

-- name: busiest_second(source)
-- How many calls had the second that had most of them? Older seconds than an hour are forgotten.
select coalesce(max(calls), 0) from call_windows where source = :source and period = 'second';
