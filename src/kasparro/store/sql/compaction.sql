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

-- name: base(id, stream_id, request_key, followers)
-- The newest plain answer to the same request that came before and has room for one more, and what
-- both store. A payload that is a base itself stays plain.
select b.id, b.body, p.body
from raw_crypto_data p
cross join lateral (
  select c.id, c.body from raw_crypto_data c
  where c.stream_id = :stream_id and c.request_key = :request_key and c.id < :id
    and c.base_id is null
  order by c.id desc
  limit 1
) b
where p.id = :id and p.base_id is null
  and not exists (select from raw_crypto_data f where f.base_id = p.id)
  and (select count(*) from raw_crypto_data f where f.base_id = b.id) < :followers
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
