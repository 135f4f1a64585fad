-- What each stream has looked like, how that changed, what people decided, and what waits for them.

create table drift_baselines (
  stream_id integer not null references streams,
  part text not null,
  baseline bytea not null,
  learned_at timestamptz not null,
  primary key (stream_id, part)
);
comment on table drift_baselines is
  'What the payloads of a part of a stream (a page, a file) look like; JSON, compressed with zstd.';

create table drift_events (
  id bigint generated always as identity primary key,
  stream_id integer not null references streams,
  run_id text not null,
  payload_id bigint references raw_crypto_data on delete set null,
  class text not null check (class in ('added', 'removed', 'widened', 'narrowed', 'nullability',
    'enum', 'unit', 'format', 'renamed', 'structure')),
  severity text not null check (severity in ('INFO', 'WARN', 'ERR')),
  path text not null,
  sign text not null,
  evidence text not null,
  details jsonb not null,
  confidence numeric check (confidence between 0 and 1),
  detected_at timestamptz not null,
  last_seen timestamptz not null,
  occurrences integer not null default 1,
  status text not null check (status in ('open', 'accepted', 'rejected')),
  resolved_at timestamptz,
  note text,
  check ((status = 'open') = (resolved_at is null))
);
create unique index drift_events_one_open on drift_events (stream_id, class, path)
  where status = 'open';
create index drift_events_stream on drift_events (stream_id, class, path, id desc);
create index drift_events_payload on drift_events (payload_id);
comment on table drift_events is
  'Times are the payloads'' own. What holds nothing (INFO, WARN) is accepted as it is written.';
comment on column drift_events.sign is 'Equal for the same drift seen again.';

create table drift_holds (
  payload_id bigint not null references raw_crypto_data on delete cascade,
  event_id bigint not null references drift_events on delete cascade,
  positions integer[] not null,
  released_at timestamptz,
  primary key (payload_id, event_id)
);
create index drift_holds_event on drift_holds (event_id);
comment on table drift_holds is
  'Records that were not believed, so that a replay does not believe them either; null: still.';

create table field_aliases (
  id integer generated always as identity primary key,
  stream_id integer not null references streams,
  name text not null,
  alias text not null,
  event_id bigint references drift_events on delete set null,
  accepted_at timestamptz not null,
  unique (stream_id, name, alias)
);
comment on table field_aliases is
  'Other names for a field of the contract, accepted by a person; the name itself comes first.';
