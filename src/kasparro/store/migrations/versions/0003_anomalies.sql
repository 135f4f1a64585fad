-- What was measured of each run, which listings it showed, and what is wrong with it.

alter table etl_runs add column schema_version text not null default '';
alter table etl_runs add column examined_at timestamptz;
comment on column etl_runs.examined_at is
  'When the run was held against the runs before it; null: still to do, by whoever ends a run next.';
update etl_runs set examined_at = end_time where end_time is not null;
create index etl_runs_to_examine on etl_runs (id) where examined_at is null and end_time is not null;

create table run_figures (
  run_number bigint primary key references etl_runs,
  incomparable text,
  configuration jsonb not null,
  newest_observed_at timestamptz,
  checkpoint_found_at timestamptz,
  checkpoint_left_at timestamptz,
  answers jsonb not null,
  figures jsonb not null
);
comment on table run_figures is
  'One row per run, beside the counts of etl_runs: few bytes each, because they are kept for years.';
comment on column run_figures.incomparable is
  'Why its figures say nothing about other runs; null: they do.';
comment on column run_figures.checkpoint_found_at is
  'The last success before this run, as its checkpoint had it when the run ended.';

alter table series add column shown boolean not null default false;
comment on column series.shown is 'Did the newest complete sweep of its stream show it?';

create table coverage_changes (
  run_number bigint not null references etl_runs,
  series_id integer not null,
  shown boolean not null,
  primary key (run_number, series_id)
);
create index coverage_changes_series on coverage_changes (series_id, run_number);
comment on table coverage_changes is
  'What a complete sweep showed and the one before did not, and the reverse.';

create table anomalies (
  id bigint generated always as identity primary key,
  run_number bigint not null references etl_runs,
  name text not null,
  kind text not null check (kind in ('statistic', 'invariant', 'failure')),
  cause text not null,
  severity text not null check (severity in ('warn', 'critical')),
  expected numeric,
  actual numeric,
  z numeric,
  message text not null,
  listings text[] not null default '{}',
  spoils boolean not null,
  status text not null default 'open' check (status in ('open', 'acknowledged')),
  confirmed boolean,
  note text,
  found_at timestamptz not null default now(),
  acknowledged_at timestamptz,
  unique (run_number, name),
  check ((status = 'open') = (acknowledged_at is null)),
  check ((status = 'open') = (confirmed is null))
);
create index anomalies_open on anomalies (id) where status = 'open';
comment on column anomalies.spoils is
  'A run with such a fact about it is no measure for others, whether anybody has confirmed it or not.';
