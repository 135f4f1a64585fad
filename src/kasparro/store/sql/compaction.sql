-- name: next_payloads(before, limit)
-- Which payloads fetched before then has nobody considered yet? In the order they came.
select p.id, p.stream_id, p.request_key
from raw_crypto_data p, installation i
where p.id > i.compacted_through and p.fetched_at < :before
order by p.id
limit :limit;

-- name: considered(id)!
-- What to begin after next time.
update installation set compacted_through = :id where compacted_through < :id;

-- name: with_base(id, stream_id, request_key, followers, of_a_kind)
-- What a plain payload stores, and what its base to be does: the newest plain answer that came before
-- it to the same request, or else, for a small one to a request that nobody made before, to one of its
-- kind: the same path, asked with the same parameters. No base where that one has no room for one more
-- follower. A base stays plain.
select p.body, b.id, b.body
from raw_crypto_data p
left join lateral (
  select c.id, c.body
  from (
    (
      select id, body, 1 as distance from raw_crypto_data
      where stream_id = :stream_id and request_key = :request_key and id < :id and base_id is null
      order by id desc
      limit 1
    )
    union all
    (
      select id, body, 2 from raw_crypto_data k
      where stream_id = :stream_id and id between :id - 1000 and :id - 1 and base_id is null
        and p.body_bytes < :of_a_kind
        and not exists (
          select from raw_crypto_data
          where stream_id = :stream_id and request_key = :request_key and id < :id
        )
        and request ->> 'path' = p.request ->> 'path'
        and array(select jsonb_object_keys(request -> 'params') order by 1)
          = array(select jsonb_object_keys(p.request -> 'params') order by 1)
      order by id desc
      limit 1
    )
  ) c
  order by c.distance
  limit 1
) b on (select count(*) from raw_crypto_data f where f.base_id = b.id) < :followers
where p.id = :id and p.base_id is null
  and not exists (select from raw_crypto_data f where f.base_id = p.id)
for update of p;

-- name: store(id, body, base_id)!
-- The same bytes in another form.
update raw_crypto_data set body = :body, base_id = :base_id where id = :id;

-- name: orphans_to_be(stream_ids, before)
-- Which payloads are packed against one that was fetched before then, though they were not? The
-- oldest of each base first.
select f.id, f.base_id
from raw_crypto_data f join raw_crypto_data b on b.id = f.base_id
where f.stream_id = any(:stream_ids) and b.fetched_at < :before and f.fetched_at >= :before
order by f.base_id, f.id;
