-- name: schema()
-- Is there a schema of ours?
select 1 where to_regclass('public.alembic_version') is not null
  and to_regclass('public.raw_crypto_data') is not null;

-- name: occupants()
-- What is there already, apart from what belongs to an extension?
select c.relname from pg_class c
where c.relnamespace = 'public'::regnamespace
  and not exists (
    select from pg_depend d
    where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
  )
order by c.relkind <> 'r', c.relname;

-- name: analyze()#
-- Let the planner know the tables: a fresh one it takes for small.
analyze;

-- name: let_readers_read()#
-- The rights of the role that may read everything; a backup carries none, for roles are the
-- server's. A user who may not make roles goes without.
do $$
begin
  create role kasparro_reader nologin;
exception
  when duplicate_object or unique_violation then null;
  when insufficient_privilege then raise notice 'no right to create the role kasparro_reader';
end $$;
do $$
begin
  grant usage on schema public to kasparro_reader;
  grant select on all tables in schema public to kasparro_reader;
  alter default privileges grant select on tables to kasparro_reader;
exception when undefined_object or insufficient_privilege then
  raise notice 'the role kasparro_reader gets no rights';
end $$;
