-- name: to_analyze(before)
-- Which partitions that end before then have changed since the planner last looked at them?
select c.relname
from pg_inherits i join pg_class c on c.oid = i.inhrelid
left join pg_stat_user_tables t on t.relid = c.oid
where i.inhparent = 'observations'::regclass
  and (regexp_match(pg_get_expr(c.relpartbound, c.oid), $re$TO \('(.*)'\)$re$))[1]::timestamptz <= :before
  and (c.reltuples < 0 or t.n_mod_since_analyze > 0)
order by 1;

-- name: out_of_order(before, smallest, largest)
-- Which partitions that end before then, of so many rows, lie in another order than their key's?
select c.relname, c.reltuples::bigint
from pg_inherits i join pg_class c on c.oid = i.inhrelid
join pg_stats s on s.schemaname = 'public' and s.tablename = c.relname and s.attname = 'series_id'
where i.inhparent = 'observations'::regclass
  and (regexp_match(pg_get_expr(c.relpartbound, c.oid), $re$TO \('(.*)'\)$re$))[1]::timestamptz <= :before
  and c.reltuples between :smallest and :largest
  and s.correlation < 0.95
order by 1;

-- name: rewrite(part)
-- Put its rows in key order.
select rewrite_partition(:part);
