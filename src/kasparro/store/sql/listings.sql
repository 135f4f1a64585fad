-- name: known(source_id, stream_id, ids)
-- What do we have of these listings, and of this stream's series on them?
select l.source_asset_id, l.id, l.symbol, l.name, l.unlisted_at is not null, r.id
from listings l
left join series r on r.listing_id = l.id and r.stream_id = :stream_id
where l.source_id = :source_id and l.source_asset_id = any(:ids);

-- name: lock_identity()
-- Two sources creating assets at once would wait for each other in opposite order.
select pg_advisory_xact_lock(hashtextextended('kasparro identity', 0));

-- name: shipped(source, ids)
-- Which of these ids does the shipped map know?
select source_asset_id, asset_id from shipped_ids
where source_name = :source and source_asset_id = any(:ids);

-- name: by_slug(slugs)
-- Which assets have these slugs, following merges?
select slug, coalesce(merged_into_id, id) from assets where slug = any(:slugs);

-- name: by_shipped_symbol(symbols)
-- Which symbols belong to exactly one asset of the shipped map?
select upper(a.symbol), min(a.id)
from assets a
where upper(a.symbol) = any(:symbols)
  and exists (select from shipped_ids s where s.asset_id = a.id)
group by upper(a.symbol)
having count(*) = 1;

-- name: add_assets(slugs, symbols, names)
-- New assets, each alone until something links it.
insert into assets (slug, symbol, name)
select * from unnest(:slugs::text[], :symbols::text[], :names::text[])
returning slug, id;

-- name: add_listings(source_id, ids, asset_ids, symbols, names, evidence, seen_at)
-- New listings on their assets.
insert into listings
  (source_id, source_asset_id, asset_id, symbol, name, evidence, first_seen_at, last_seen_at)
select :source_id, l.id, l.asset_id, l.symbol, l.name, l.evidence, :seen_at, :seen_at
from unnest(:ids::text[], :asset_ids::integer[], :symbols::text[], :names::text[], :evidence::jsonb[])
  as l (id, asset_id, symbol, name, evidence)
returning source_asset_id, id;

-- name: record_links(listing_ids, asset_ids, methods, evidence, confidences, decided_at)!
-- How and why these listings came to their assets.
insert into link_decisions (listing_id, to_asset_id, method, evidence, confidence, decided_at)
select l.listing_id, l.asset_id, l.method, l.evidence, l.confidence, :decided_at
from unnest(:listing_ids::integer[], :asset_ids::integer[], :methods::text[], :evidence::jsonb[],
  :confidences::numeric[]) as l (listing_id, asset_id, method, evidence, confidence);

-- name: add_series(stream_id, listing_ids, seen_at)
-- New series of this stream on these listings.
insert into series (stream_id, listing_id, last_seen_at)
select :stream_id, listing_id, :seen_at from unnest(:listing_ids::integer[]) as listing_id
returning listing_id, id;

-- name: rename(listing_ids, symbols, names)!
-- The source calls these listings something else now.
update listings l set symbol = n.symbol, name = n.name
from unnest(:listing_ids::integer[], :symbols::text[], :names::text[]) as n (id, symbol, name)
where l.id = n.id;

-- name: saw(stream_id, listing_ids, seen_at)!
-- These listings were in the answer just now.
with seen_series as (
  update series set last_seen_at = greatest(last_seen_at, :seen_at)
  where stream_id = :stream_id and listing_id = any(:listing_ids)
)
update listings set last_seen_at = greatest(last_seen_at, :seen_at),
  unlisted_at = case when unlisted_at < :seen_at then null else unlisted_at end
where id = any(:listing_ids);

-- name: unlist(source_id, ids, unlisted_at)!
-- The source no longer has these listings.
update listings set unlisted_at = :unlisted_at
where source_id = :source_id and source_asset_id = any(:ids) and unlisted_at is null;

-- name: replace_contracts(source_id, ids, platforms, addresses, owners)!
-- What a catalogue says of the contracts of these listings, and nothing older.
with said as (
  select * from unnest(:owners::text[], :platforms::text[], :addresses::text[])
    as s (source_asset_id, platform, address)
), gone as (
  delete from contracts c
  where c.source_id = :source_id and c.source_asset_id = any(:ids) and not exists (
    select from said s where s.source_asset_id = c.source_asset_id
      and s.platform = c.platform and s.address = c.address)
    and c.platform in (select platform from said)
)
insert into contracts (source_id, source_asset_id, platform, address)
select :source_id, source_asset_id, platform, address from said
on conflict do nothing;

-- name: note_unknown(source_id, ids, asked_at)!
-- The source was asked for these ids and does not know them; those that are listings it unlists.
insert into unknown_ids (source_id, source_asset_id, asked_at)
select :source_id, asked.id, :asked_at from unnest(:ids::text[]) as asked (id)
where not exists (
  select from listings l where l.source_id = :source_id and l.source_asset_id = asked.id
)
on conflict (source_id, source_asset_id) do update set asked_at = excluded.asked_at;

-- name: missing(stream_id, since)
-- Which tracked listings has this sweep not shown yet, and which pinned ids has no sweep ever shown?
-- Pinned ones first, then those longest unseen. An id its source did not know rests for a day.
select source_asset_id from (
  select l.source_asset_id, r.last_seen_at as seen_at, exists (
    select from pinned_ids p
    where p.source_name = so.name and p.source_asset_id = l.source_asset_id
  ) as pinned
  from series r
  join listings l on l.id = r.listing_id
  join sources so on so.id = l.source_id
  where r.stream_id = :stream_id and r.last_seen_at < :since and l.unlisted_at is null
  union
  select p.source_asset_id, '-infinity', true
  from streams st
  join sources so on so.id = st.source_id
  join pinned_ids p on p.source_name = so.name
  where st.id = :stream_id and not exists (
    select from listings l where l.source_id = so.id and l.source_asset_id = p.source_asset_id
  ) and not exists (
    select from unknown_ids u where u.source_id = so.id
      and u.source_asset_id = p.source_asset_id and u.asked_at > :since - interval '1 day'
  )
) as m
order by pinned desc, seen_at, source_asset_id;

-- name: tracked(stream_id)
-- How many listings does this stream track?
select count(*) from series r join listings l on l.id = r.listing_id
where r.stream_id = :stream_id and l.unlisted_at is null;
