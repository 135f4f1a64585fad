-- name: baseline(stream_id, part)
-- What has this part of the stream looked like so far?
select baseline from drift_baselines where stream_id = :stream_id and part = :part;

-- name: baselines(stream_id)
-- All parts of a stream.
select part, baseline from drift_baselines where stream_id = :stream_id order by part for update;

-- name: learn(stream_id, part, baseline, at)!
-- What it looks like from now on.
insert into drift_baselines (stream_id, part, baseline, learned_at)
values (:stream_id, :part, :baseline, :at)
on conflict (stream_id, part) do update
  set baseline = excluded.baseline, learned_at = excluded.learned_at;

-- name: aliases(stream_id)
-- Which other names do its fields have?
select name, alias from field_aliases where stream_id = :stream_id order by id;

-- name: denied(stream_id)
-- Which renames has a person rejected?
select path, sign from drift_events
where stream_id = :stream_id and class = 'renamed' and status = 'rejected';

-- name: held(payload_id)
-- Which records of a payload wait, and for what? In the order in which reasons count.
select e.path, e.class, h.positions
from drift_holds h join drift_events e on e.id = h.event_id
where h.payload_id = :payload_id and h.released_at is null
order by e.path collate "C", e.class;

-- name: in_force(stream_id, since)
-- What holds records and was seen since then, whatever people said of it but yes?
select class, severity, path, evidence, confidence::float8, details, sign
from drift_events
where stream_id = :stream_id and severity = 'ERR' and status <> 'accepted' and path <> ''
  and last_seen >= :since
order by id;

-- name: sight(stream_id, run_id, payload_id, category, severity, path, sign, evidence, details, confidence, at, status, resolved_at, note)
-- Count a sighting of what is known, or write an event: its number, and whether it is new.
with known as (
  select id from drift_events
  where stream_id = :stream_id and class = :category and path = :path
    and (status = 'open'
      or sign = :sign and status = 'rejected'
      or sign = :sign and status = 'accepted' and :status::text = 'accepted'
        and (class = 'added' or last_seen > :at::timestamptz - interval '1 day'))
  order by status = 'open' desc, id desc
  limit 1
), again as (
  update drift_events e set occurrences = e.occurrences + 1,
    last_seen = greatest(e.last_seen, :at), sign = :sign, severity = :severity,
    evidence = :evidence, details = :details, confidence = :confidence
  from known where e.id = known.id
  returning e.id
), first as (
  insert into drift_events (stream_id, run_id, payload_id, class, severity, path, sign, evidence,
    details, confidence, detected_at, last_seen, status, resolved_at, note)
  select :stream_id, :run_id, :payload_id, :category, :severity, :path, :sign, :evidence,
    :details, :confidence, :at, :at, :status, :resolved_at, :note
  where not exists (select from known)
  returning id
)
select id, false from again union all select id, true from first;

-- name: hold(payload_id, event_id, positions)!
-- These records wait.
insert into drift_holds (payload_id, event_id, positions)
values (:payload_id, :event_id, :positions)
on conflict do nothing;

-- name: event(id)
-- One event, with the stream it is of.
select e.id, so.name, st.name, st.id, so.id, st.carries_prices, e.class, e.severity, e.path,
  e.evidence, e.details, e.status
from drift_events e
join streams st on st.id = e.stream_id join sources so on so.id = st.source_id
where e.id = :id
for update of e;

-- name: decide(id, status, at, note)!
-- A person has decided.
update drift_events set status = :status, resolved_at = :at, note = :note where id = :id;

-- name: release(event_id, at)!
-- Its records need not wait for it any longer.
update drift_holds set released_at = :at where event_id = :event_id and released_at is null;

-- name: add_alias(stream_id, name, alias, event_id, at)!
-- One more name for a field.
insert into field_aliases (stream_id, name, alias, event_id, accepted_at)
values (:stream_id, :name, :alias, :event_id, :at)
on conflict do nothing;

-- name: events(source, status, limit)
-- The events, those that wait for somebody first, then the newest.
select e.id, so.name, st.name, e.class, e.severity, e.status, e.path, e.evidence, e.confidence,
  e.details, e.run_id, e.payload_id, e.detected_at, e.last_seen, e.occurrences,
  coalesce((select sum(cardinality(h.positions)) from drift_holds h
    where h.event_id = e.id and h.released_at is null), 0)::bigint,
  e.resolved_at, e.note
from drift_events e
join streams st on st.id = e.stream_id join sources so on so.id = st.source_id
where (:source::text is null or so.name = :source)
  and (:status::text is null or e.status = :status)
order by e.status = 'open' desc, e.id desc
limit :limit;
