-- name: payload(id)
-- Which stream's is this payload, which run fetched it, and what was asked?
select so.name, st.name, p.run_id, p.request, p.cursor, p.fetched_at, p.status, p.headers,
  p.body_bytes, encode(p.sha256, 'hex')
from raw_crypto_data p
join streams st on st.id = p.stream_id join sources so on so.id = st.source_id
where p.id = :id;
