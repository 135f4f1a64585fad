-- name: all()
-- What was said about which file or directory?
select path, choices from file_choices order by path;

-- name: remember(path, choices)!
-- This is said about it from now on.
insert into file_choices (path, choices) values (:path, :choices)
on conflict (path) do update set choices = excluded.choices, said_at = clock_timestamp();

-- name: forget(path)
-- Nothing is said about it, or about what lies in it, any more.
delete from file_choices where path = :path or starts_with(path, rtrim(:path, '/') || '/')
returning path;
