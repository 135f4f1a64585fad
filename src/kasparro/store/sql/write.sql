-- name: stream(source, name)
-- The numbers of a stream and of its source.
select st.id, so.id from streams st join sources so on so.id = st.source_id
where so.name = :source and st.name = :name;

-- name: checkpoint(stream_id)
-- Where did the last commit leave the stream?
select cursor, recalling, sweep_started_at from checkpoints where stream_id = :stream_id;

-- name: last_payload(stream_id, request_key)
-- What did the same request answer last time?
select id, headers, sha256, fetched_at, uninterpreted is null from raw_crypto_data
where stream_id = :stream_id and request_key = :request_key
order by id desc limit 1;

-- name: newest_answer(source, stream, request_key)
-- What did this request answer last time, as it came?
select p.body, b.body, p.fetched_at, p.status, p.headers
from raw_crypto_data p
left join raw_crypto_data b on b.id = p.base_id
join streams st on st.id = p.stream_id join sources so on so.id = st.source_id
where so.name = :source and st.name = :stream and p.request_key = :request_key
order by p.id desc limit 1;

-- name: payload_body(id)
-- What one payload stores, and what its base does.
select p.body, b.body
from raw_crypto_data p left join raw_crypto_data b on b.id = p.base_id
where p.id = :id;

-- name: keep_payload(stream_id, run_id, request, request_key, cursor, fetched_at, status, headers, body, body_bytes, sha256, uninterpreted)
-- Keep the bytes as they came.
insert into raw_crypto_data (stream_id, run_id, request, request_key, cursor, fetched_at, status,
  headers, body, body_bytes, sha256, uninterpreted)
values (:stream_id, :run_id, :request, :request_key, :cursor, :fetched_at, :status,
  :headers, :body, :body_bytes, :sha256, :uninterpreted)
returning id;

-- name: interpreted(id)!
-- This payload could be read after all.
update raw_crypto_data set uninterpreted = null where id = :id;

-- name: ensure_partition(instant)
-- Make sure an observation of that instant has a partition to go to.
select ensure_partition(:instant);

-- name: statements(series_ids, times, oldest, newest)
-- What do we know for exactly these series and times?
select o.series_id, o.observed_at, o.price_usd::numeric, o.market_cap_usd::numeric,
  o.volume_24h_usd::numeric, o.change_24h_percent::numeric, o.open_usd::numeric,
  o.high_usd::numeric, o.low_usd::numeric, o.id
from unnest(:series_ids::integer[], :times::timestamptz[]) as k (series_id, observed_at)
join observations o on o.series_id = k.series_id and o.observed_at = k.observed_at
where o.observed_at between :oldest and :newest;

-- name: statements_between(series_ids, oldest, newest)
-- What do we know of these series in a span of time?
select o.series_id, o.observed_at, o.price_usd::numeric, o.market_cap_usd::numeric,
  o.volume_24h_usd::numeric, o.change_24h_percent::numeric, o.open_usd::numeric,
  o.high_usd::numeric, o.low_usd::numeric, o.id
from observations o
where o.series_id = any(:series_ids) and o.observed_at between :oldest and :newest;

-- name: add_observations(rows, source_id)!
-- New observations of one page.
insert into observations
select observed_at, id, series_id, :source_id, price_usd, market_cap_usd, volume_24h_usd,
  change_24h_percent, open_usd, high_usd, low_usd
from statement_rows(:rows);

-- name: copy_observations()!
-- New observations by the thousand.
copy observations (series_id, observed_at, source_id, price_usd, market_cap_usd, volume_24h_usd,
  change_24h_percent, open_usd, high_usd, low_usd, id)
from stdin (format binary);

-- name: add_revisions(rows, source_id)!
-- What was said before for the same time.
insert into observation_revisions
select observed_at, id, series_id, :source_id, price_usd, market_cap_usd, volume_24h_usd,
  change_24h_percent, open_usd, high_usd, low_usd
from statement_rows(:rows)
on conflict do nothing;

-- name: restate_observations(rows, source_id)!
-- What is said now for a time we knew.
update observations o set
  source_id = :source_id, price_usd = n.price_usd, market_cap_usd = n.market_cap_usd,
  volume_24h_usd = n.volume_24h_usd, change_24h_percent = n.change_24h_percent,
  open_usd = n.open_usd, high_usd = n.high_usd, low_usd = n.low_usd, id = n.id
from statement_rows(:rows) n
where o.series_id = n.series_id and o.observed_at = n.observed_at;

-- name: move_latest(rows, source_id)!
-- The newest of each series, never moved back in time.
insert into latest
select observed_at, id, series_id, :source_id, price_usd, market_cap_usd, volume_24h_usd,
  change_24h_percent, open_usd, high_usd, low_usd
from statement_rows(:rows)
on conflict (series_id) do update set
  observed_at = excluded.observed_at, price_usd = excluded.price_usd,
  market_cap_usd = excluded.market_cap_usd, volume_24h_usd = excluded.volume_24h_usd,
  change_24h_percent = excluded.change_24h_percent, open_usd = excluded.open_usd,
  high_usd = excluded.high_usd, low_usd = excluded.low_usd, id = excluded.id
where excluded.observed_at >= latest.observed_at;

-- name: count_by_month(series_ids, months, source_id, numbers)!
-- Exact totals per series and month.
insert into observation_counts (series_id, month, source_id, observations)
select series_id, month, :source_id, number
from unnest(:series_ids::integer[], :months::date[], :numbers::bigint[])
  as n (series_id, month, number)
on conflict (series_id, month) do update
  set observations = observation_counts.observations + excluded.observations;

-- name: count_by_day(source_id, days, numbers)!
-- Exact totals per source and day.
insert into daily_counts (source_id, day, observations)
select :source_id, day, number from unnest(:days::date[], :numbers::bigint[]) as n (day, number)
on conflict (source_id, day) do update
  set observations = daily_counts.observations + excluded.observations;

-- name: source_changed(source, added)!
-- Answers about this source are no longer what they were.
insert into data_versions (name, version, observations) values (:source, 1, :added)
on conflict (name) do update
  set version = data_versions.version + 1, observations = data_versions.observations + :added;

-- name: identity_changed()!
-- Which coin is which is no longer what it was.
update data_versions set version = version + 1 where name = 'identity';

-- name: quarantine(payload_id, stream_id, run_id, positions, ids, fields, reasons, records, recorded_at)!
-- Records that broke their contract, with the reason and a pointer to the bytes.
insert into quarantine (payload_id, position, stream_id, run_id, source_asset_id, field, reason,
  record, recorded_at)
select :payload_id, n.position, :stream_id, :run_id, n.id, n.field, n.reason, n.record, :recorded_at
from unnest(:positions::integer[], :ids::text[], :fields::text[], :reasons::text[],
  :records::text[]) as n (position, id, field, reason, record)
on conflict do nothing;

-- name: move_checkpoint(stream_id, cursor, recalling, sweep_started_at)!
-- The sweep goes on here.
insert into checkpoints (stream_id, cursor, recalling, sweep_started_at, moved_at)
values (:stream_id, :cursor, :recalling, :sweep_started_at, clock_timestamp())
on conflict (stream_id) do update set cursor = excluded.cursor, recalling = excluded.recalling,
  sweep_started_at = excluded.sweep_started_at, moved_at = excluded.moved_at;

-- name: complete_sweep(stream_id, cursor, at)!
-- The sweep is over; nothing of it is left to do.
insert into checkpoints (stream_id, cursor, last_success_at, moved_at)
values (:stream_id, :cursor, :at, clock_timestamp())
on conflict (stream_id) do update set cursor = excluded.cursor, recalling = '{}',
  sweep_started_at = null, last_success_at = excluded.last_success_at, last_error = null,
  moved_at = excluded.moved_at;

-- name: note_failure(stream_id, at, error)!
-- The run failed; the cursor stays where it was.
insert into checkpoints (stream_id, cursor, last_failure_at, last_error)
values (:stream_id, '{}', :at, :error)
on conflict (stream_id) do update
  set last_failure_at = excluded.last_failure_at, last_error = excluded.last_error;

-- name: count_payload(run_id, fetched, new, changed, unchanged, quarantined, without_price, payloads, stored)!
-- What one payload added to the run.
update etl_runs set
  records_fetched = records_fetched + :fetched, records_new = records_new + :new,
  records_changed = records_changed + :changed, records_unchanged = records_unchanged + :unchanged,
  records_quarantined = records_quarantined + :quarantined,
  records_without_price = records_without_price + :without_price,
  payloads = payloads + :payloads, payloads_stored = payloads_stored + :stored
where run_id = :run_id;

-- name: count_waits(run_id, retries, waits, wait_seconds)!
-- How often and how long has the run waited so far?
update etl_runs set retries = :retries, waits = :waits, wait_seconds = :wait_seconds
where run_id = :run_id;

-- name: succeed(run_id, tracked, missed)
-- The run is over, its sweep complete: which tracked listings did it show, and which not?
update etl_runs set
  status = case when records_quarantined > 0 then 'partial' else 'success' end,
  end_time = clock_timestamp(), tracked = :tracked, missed = :missed
where run_id = :run_id and status = 'running'
returning status;

-- name: status(run_id)
-- How does the run stand?
select status from etl_runs where run_id = :run_id;

-- name: fail(run_id, status, error_kind, error_message, retries, waits, wait_seconds)
-- The run is over and did not get to its end.
update etl_runs set status = :status, end_time = clock_timestamp(), error_kind = :error_kind,
  error_message = :error_message, retries = :retries, waits = :waits, wait_seconds = :wait_seconds
where run_id = :run_id and status = 'running'
returning run_id;
