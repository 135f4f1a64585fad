-- What users choose: coins to ask for by id, and how their files are to be read.

create table pins (
  id integer generated always as identity primary key,
  asset_id integer unique references assets,
  source_name text,
  source_asset_id text,
  pinned_at timestamptz not null default now(),
  unique (source_name, source_asset_id),
  check ((asset_id is null) <> (source_asset_id is null)),
  check ((source_name is null) = (source_asset_id is null))
);
comment on table pins is
  'Asked for by id, whatever their rank: a coin at every source that has it, or one id of a source.';

create table unknown_ids (
  source_id smallint not null references sources,
  source_asset_id text not null,
  asked_at timestamptz not null,
  primary key (source_id, source_asset_id)
);
comment on table unknown_ids is 'Ids that were asked for and that their source did not know.';

create view pinned_ids as
select id as pin_id, source_name, source_asset_id from pins where asset_id is null
union
select p.id, s.source_name, s.source_asset_id
from pins p join assets a on a.id = p.asset_id
join shipped_ids s on s.asset_id = coalesce(a.merged_into_id, a.id)
union
select p.id, so.name, l.source_asset_id
from pins p join assets a on a.id = p.asset_id
join listings l on l.asset_id = coalesce(a.merged_into_id, a.id)
join sources so on so.id = l.source_id;

create table file_choices (
  path text primary key,
  choices jsonb not null,
  said_at timestamptz not null default now()
);
comment on table file_choices is
  'What a person said about a file, or about all files of a directory, when they were loaded.';
