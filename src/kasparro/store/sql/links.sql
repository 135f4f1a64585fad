-- name: only_one_links()
-- Is nobody else linking right now? Until the end of the transaction it is us.
select pg_try_advisory_xact_lock(hashtextextended('kasparro links', 0));

-- name: both_swept(left, right)
-- Have both sources shown all they have at least once?
select count(distinct so.name) = 2
from checkpoints c
join streams st on st.id = c.stream_id join sources so on so.id = st.source_id
where st.carries_prices and c.last_success_at is not null and so.name in (:left, :right);

-- name: candidates(source, other)
-- Every listing of a source: its newest price, its contracts, and whether its counterpart at the
-- other source is known, or a person has said that there is none.
select l.source_asset_id, l.symbol, l.name, n.price_usd::numeric, n.observed_at,
  coalesce((
    select jsonb_agg(jsonb_build_array(c.platform, c.address)) from contracts c
    where c.source_id = l.source_id and c.source_asset_id = l.source_asset_id), '[]'),
  exists (
    select from listings o join sources os on os.id = o.source_id
    where o.asset_id = l.asset_id and os.name = :other
  ) or exists (
    select from link_decisions d where d.listing_id = l.id and d.undone_at is not null
  )
from listings l
join sources so on so.id = l.source_id
left join lateral (
  select t.price_usd, t.observed_at from series r join latest t on t.series_id = r.id
  where r.listing_id = l.id order by t.observed_at desc limit 1
) n on true
where so.name = :source
order by l.source_asset_id;

-- name: listing(source, source_asset_id)
-- One listing and its asset.
select l.id, l.asset_id, a.slug, l.symbol, l.name from listings l
join sources so on so.id = l.source_id join assets a on a.id = l.asset_id
where so.name = :source and l.source_asset_id = :source_asset_id;

-- name: asset(slug)
-- The asset of this slug, following merges.
select coalesce(m.id, a.id), coalesce(m.slug, a.slug)
from assets a left join assets m on m.id = a.merged_into_id
where a.slug = :slug;

-- name: move_listing(listing_id, asset_id)!
-- The listing stands for another asset from now on, and for all its past.
update listings set asset_id = :asset_id where id = :listing_id;

-- name: merge_if_empty(asset_id, into_id)!
-- An asset that lost its last listing lives on under another slug.
update assets a set merged_into_id = :into_id
where a.id = :asset_id and not exists (select from listings where asset_id = a.id)
  and not exists (select from shipped_ids where asset_id = a.id);

-- name: follow_merge(asset_id, into_id)!
-- Whoever was merged into it before goes along.
update assets set merged_into_id = :into_id
where merged_into_id = :asset_id
  and (select merged_into_id from assets where id = :asset_id) is not null;

-- name: revive(asset_id)!
-- The asset stands by itself again.
update assets set merged_into_id = null where id = :asset_id;

-- name: decide(listing_id, from_asset_id, to_asset_id, method, evidence, confidence)!
-- How and why a listing came to its asset.
insert into link_decisions (listing_id, from_asset_id, to_asset_id, method, evidence, confidence)
values (:listing_id, :from_asset_id, :to_asset_id, :method, :evidence, :confidence);

-- name: standing_decision(listing_id)
-- The decision that put the listing where it is.
select id, from_asset_id, method from link_decisions
where listing_id = :listing_id and undone_at is null and method <> 'undo'
order by id desc limit 1;

-- name: undo(id)!
-- That decision no longer stands.
update link_decisions set undone_at = clock_timestamp() where id = :id;

-- name: new_asset(slug, symbol, name)
-- An asset for a listing that goes its own way.
insert into assets (slug, symbol, name) values (:slug, upper(:symbol), :name) returning id;

-- name: decisions(asset_id)
-- Why are these listings one asset?
select so.name, l.source_asset_id, l.symbol, l.name, d.method, d.evidence, d.confidence,
  d.decided_at, d.undone_at
from listings l
join sources so on so.id = l.source_id
left join link_decisions d on d.listing_id = l.id
where l.asset_id = :asset_id
order by so.name, l.source_asset_id, d.id;
