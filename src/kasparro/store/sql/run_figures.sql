-- name: prices_before(series_ids)
-- What was the newest price of each of these series until now?
select series_id, observed_at, price_usd::numeric from latest
where series_id = any(:series_ids);

-- name: cover(run_number, stream_id, since, cumulative)
-- Which listings does this complete sweep show that the one before it did not, and the reverse?
-- A stream that is read only where it is new never stops showing what it showed once.
with changed as (
  update series set shown = not shown
  where stream_id = :stream_id and shown <> (last_seen_at >= :since or (:cumulative and shown))
  returning id, shown
), kept as (
  insert into coverage_changes (run_number, series_id, shown)
  select :run_number, id, shown from changed
)
select
  (select count(*) from series where stream_id = :stream_id and last_seen_at >= :since),
  (select count(*) from changed where shown),
  (select count(*) from changed where not shown);

-- name: number(run_id)
-- The number of a run.
select id from etl_runs where run_id = :run_id;

-- name: last_success(stream_id)
-- When did the stream succeed last, as its checkpoint has it?
select last_success_at from checkpoints where stream_id = :stream_id;

-- name: keep(run_number, incomparable, configuration, newest_observed_at, checkpoint_found_at, checkpoint_left_at, answers, figures)!
-- What was measured of a run.
insert into run_figures (run_number, incomparable, configuration, newest_observed_at,
  checkpoint_found_at, checkpoint_left_at, answers, figures)
values (:run_number, :incomparable, :configuration, :newest_observed_at,
  :checkpoint_found_at, :checkpoint_left_at, :answers, :figures)
on conflict (run_number) do nothing;
