-- name: of_paths()
-- What was said about which file or directory?
select path, choices from file_choices order by path;

-- name: of_datasets()
-- What was said about the layout of which dataset?
select dataset, choices from dataset_choices order by dataset;

-- name: remember_path(path, choices)!
-- This is said about a file or a directory from now on.
insert into file_choices (path, choices) values (:path, :choices)
on conflict (path) do update set choices = excluded.choices, said_at = clock_timestamp();

-- name: remember_dataset(dataset, choices)!
-- This is said about the layout of a dataset from now on.
insert into dataset_choices (dataset, choices) values (:dataset, :choices)
on conflict (dataset) do update set choices = excluded.choices, said_at = clock_timestamp();

-- name: forget_path(path)!
-- Nothing is said about it, or about what lies in it, any more.
delete from file_choices where path = :path or starts_with(path, rtrim(:path, '/') || '/');

-- name: forget_dataset(dataset)!
-- Nothing is said about the layout of this dataset any more.
delete from dataset_choices where dataset = :dataset;
