-- name: whose_server()
-- Which data directory does this server serve, and does it have our database?
select current_setting('data_directory'),
  exists (select from pg_database where datname = 'kasparro');

-- name: create_database()#
-- Our database beside PostgreSQL's own; encoding and locale are the cluster's.
create database kasparro;
