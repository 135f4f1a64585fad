-- name: whose()
-- Who are we, in which database, who owns our tables there, and may their owner do anything?
select current_user, current_database(), r.rolname, r.rolsuper
from (select) one
left join pg_class c on c.relname = 'alembic_version' and c.relkind = 'r'
left join pg_roles r on r.oid = c.relowner
order by c.oid limit 1;
