-- name: planted_map()
-- Which shipped map is in the database?
select map_sha256 from installation;

-- name: remember_map(digest)!
-- This map is in the database now.
update installation set map_sha256 = :digest;

-- name: plant_asset(slug, symbol, name, kind)!
-- A shipped asset; a slug taken by a coin met earlier becomes the shipped one.
insert into assets (slug, symbol, name, kind)
values (:slug, :symbol, :name, :kind)
on conflict (slug) do update
  set symbol = excluded.symbol, name = excluded.name, kind = excluded.kind;

-- name: plant_relations(slug, wraps, bridged_from, successor)!
-- What a shipped asset wraps, is bridged from, or was succeeded by.
update assets set
  wraps_id = (select id from assets where slug = nullif(:wraps, '')),
  bridged_from_id = (select id from assets where slug = nullif(:bridged_from, '')),
  successor_id = (select id from assets where slug = nullif(:successor, ''))
where slug = :slug;

-- name: plant_listing(slug, source, source_asset_id)!
-- Which asset a source's id stands for.
insert into shipped_ids (source_name, source_asset_id, asset_id)
select :source, :source_asset_id, id from assets where slug = :slug
on conflict (source_name, source_asset_id) do update set asset_id = excluded.asset_id;
