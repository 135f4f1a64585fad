-- Older payloads packed against an earlier answer to the same request.

alter table raw_crypto_data add column base_id bigint references raw_crypto_data;
comment on column raw_crypto_data.base_id is
  'The payload whose bytes are the zstd dictionary that body needs; null: it needs none.';
comment on column raw_crypto_data.body is
  'The bytes as they came, compressed with zstd; with those of base_id as dictionary, if it has one.';
create index raw_crypto_data_base on raw_crypto_data (base_id) where base_id is not null;

alter table installation add column compacted_through bigint not null default 0;
comment on column installation.compacted_through is 'The last payload that packing has considered.';

-- Put the rows of a partition in key order, in full pages. The old rows serve readers until the new
-- ones take their place at the end, so only that last step shuts anybody out.
create function rewrite_partition(part text) returns void
language plpgsql set timezone to 'UTC' as $$
declare
  fresh text := part || '_new';
  bounds text;
  edges text[];
begin
  select pg_get_expr(relpartbound, oid) into strict bounds from pg_class where oid = part::regclass;
  edges := regexp_match(bounds, 'FROM \((.*)\) TO \((.*)\)');
  execute format('create table %I (like observations including constraints)', fresh);
  execute format('insert into %I select * from %I order by series_id, observed_at', fresh, part);
  execute format(
    'alter table %I add primary key (series_id, observed_at) with (fillfactor = 100),'
    ' add constraint in_bounds check (observed_at >= %s and observed_at < %s)',
    fresh, edges[1], edges[2]
  );
  execute format(
    'create index %I on %I (source_id, time_slot(observed_at)) with (fillfactor = 100)',
    fresh || '_slots', fresh
  );
  execute format('alter table observations detach partition %I', part);
  execute format('alter table observations attach partition %I %s', fresh, bounds);
  execute format('alter table %I drop constraint in_bounds', fresh);
  execute format('drop table %I', part);
  execute format('alter table %I rename to %I', fresh, part);
  execute format('alter index %I rename to %I', fresh || '_pkey', part || '_pkey');
  execute format('alter index %I rename to %I', fresh || '_slots', part || '_slots');
end $$;
