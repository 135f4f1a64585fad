-- name: asset(slug)
-- The coin of this slug, following merges.
select coalesce(m.id, a.id), coalesce(m.slug, a.slug)
from assets a left join assets m on m.id = a.merged_into_id
where a.slug = :slug;

-- name: ids_of(asset_id)
-- What is this coin called at each source, by the shipped map and by what was linked?
select source_name, source_asset_id from shipped_ids where asset_id = :asset_id
union
select so.name, l.source_asset_id from listings l join sources so on so.id = l.source_id
where l.asset_id = :asset_id
order by 1, 2;

-- name: is_known(source, source_asset_id)
-- Has this id been seen, or does the shipped map have it?
select exists (
  select from listings l join sources so on so.id = l.source_id
  where so.name = :source and l.source_asset_id = :source_asset_id
) or exists (
  select from shipped_ids where source_name = :source and source_asset_id = :source_asset_id
);

-- name: pin_asset(asset_id)!
-- Ask for this coin by id from now on.
insert into pins (asset_id) values (:asset_id) on conflict do nothing;

-- name: pin_id(source, source_asset_id)!
-- Ask this source for this id from now on.
insert into pins (source_name, source_asset_id) values (:source, :source_asset_id)
on conflict do nothing;

-- name: unpin_asset(asset_id)
-- Ask for it only where it is shown or was before.
delete from pins p using assets a
where a.id = p.asset_id and :asset_id in (a.id, a.merged_into_id)
returning p.id;

-- name: unpin_id(source, source_asset_id)
-- The same for one id.
delete from pins where source_name = :source and source_asset_id = :source_asset_id returning id;

-- name: pinned()
-- What is pinned, what each source calls it, and what came of asking for it?
select coalesce(a.slug, p.source_name || ':' || p.source_asset_id), i.source_name,
  i.source_asset_id, l.name, coin.slug, n.price_usd::numeric, n.observed_at, l.last_seen_at,
  l.unlisted_at, u.asked_at
from pins p
left join assets a on a.id = p.asset_id
left join pinned_ids i on i.pin_id = p.id
left join sources so on so.name = i.source_name
left join listings l on l.source_id = so.id and l.source_asset_id = i.source_asset_id
left join assets coin on coin.id = l.asset_id
left join unknown_ids u on u.source_id = so.id and u.source_asset_id = i.source_asset_id
left join lateral (
  select t.price_usd, t.observed_at from series r join latest t on t.series_id = r.id
  where r.listing_id = l.id order by t.observed_at desc limit 1
) n on true
order by 1, 2, 3;

-- name: names()
-- Every coin there is, with what people call it.
select slug, symbol, name from assets where merged_into_id is null;
