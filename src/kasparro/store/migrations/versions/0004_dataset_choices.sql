-- What users say about the layout of a dataset, for every file of it.

create table dataset_choices (
  dataset text primary key,
  choices jsonb not null,
  said_at timestamptz not null default now()
);
comment on table dataset_choices is
  'What a person said about the layout of a dataset, when files of it were loaded.';
