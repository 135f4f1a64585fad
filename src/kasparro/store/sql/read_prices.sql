-- name: plan_by_day(source, bounded, whole_from, whole_to, before, skip, reach)
-- Which sources answer, how many observations match, and in which days does the page lie? The
-- text has no partitions in it unless the span has broken ends: then it is planned only once.
with chosen as (
  select id, name from sources where :source::text is null or name = :source
), whole as (
  select d.day, sum(d.observations) as observations
  from chosen c cross join lateral (
    select day, observations from daily_counts
    where source_id = c.id and observations > 0
      and day >= coalesce(:whole_from::date, '-infinity')
      and day < least(:whole_to::date, :before::date, 'infinity')
    order by day desc
    limit :reach
  ) d
  group by d.day
), ends (lower, upper, observations) as ({ends}), buckets (lower, upper, observations) as (
  select lower, upper, observations from ends
  union all
  select day::timestamptz, (day + 1)::timestamptz, observations from whole
), walk as (
  select lower, upper, sum(observations) over (order by lower desc)::bigint as through
  from buckets
  where observations > 0 and (:before::date is null or lower < :before::date)
)
select
  array(select id::integer from chosen) as ids,
  case when :bounded then (
    select coalesce(sum(d.observations), 0)::bigint
    from chosen c join daily_counts d on d.source_id = c.id
    where d.day >= coalesce(:whole_from::date, '-infinity')
      and d.day < coalesce(:whole_to::date, 'infinity')
  ) + (select coalesce(sum(observations), 0)::bigint from ends)
  else (
    select coalesce(sum(v.observations), 0)::bigint
    from chosen c join data_versions v on v.name = c.name
  ) end as total,
  (select max(upper) from walk where through > :skip) as upper,
  coalesce((select max(lower) from walk where through >= :reach), (select min(lower) from walk))
    as lower,
  coalesce((select max(through) from walk where through <= :skip), 0) as skipped,
  (select string_agg(name || ':' || version, ' ' order by name) from data_versions) as version;

-- name: plan_by_month(source, symbol, coin_id, whole_from, whole_to, before, skip, reach)
-- Which series answer, how many observations match, and in which months does the page lie?
with recursive coin as (
  select id, merged_into_id from assets where slug = :coin_id
  union
  select a.id, a.merged_into_id from coin c join assets a on a.id = c.merged_into_id
), chosen as (
  select r.id
  from listings l
  join series r on r.listing_id = l.id
  join sources s on s.id = l.source_id
  where (:symbol::text is null or upper(l.symbol) = upper(:symbol))
    and (:coin_id::text is null
      or l.asset_id = any(array(select id from coin where merged_into_id is null)))
    and (:source::text is null or s.name = :source)
), whole as (
  select month, sum(observations) as observations
  from observation_counts
  where series_id = any(array(select id from chosen))
    and month >= coalesce(:whole_from::date, '-infinity')
    and month < coalesce(:whole_to::date, 'infinity')
  group by month
), ends (lower, upper, observations) as ({ends}), buckets (lower, upper, observations) as (
  select lower, upper, observations from ends
  union all
  select month::timestamptz, (month + interval '1 month')::timestamptz, observations from whole
), walk as (
  select lower, upper, sum(observations) over (order by lower desc)::bigint as through
  from buckets
  where observations > 0 and (:before::date is null or lower < :before::date)
)
select
  array(select id from chosen) as ids,
  (select coalesce(sum(observations), 0)::bigint from whole)
    + (select coalesce(sum(observations), 0)::bigint from ends) as total,
  (select max(upper) from walk where through > :skip) as upper,
  coalesce((select max(lower) from walk where through >= :reach), (select min(lower) from walk))
    as lower,
  coalesce((select max(through) from walk where through <= :skip), 0) as skipped,
  (select string_agg(name || ':' || version, ' ' order by name) from data_versions) as version;

-- name: no_ends()
-- The broken ends of a span of whole days or months.
select null::timestamptz, null::timestamptz, null::bigint where false

-- name: ends_of_sources(head_from, head_to, tail_from, tail_to)
-- How many observations of the chosen sources lie in the broken ends of a span? The ends are
-- filtered late: as conditions, they would lure the planner to the index of series.
  select :head_from::timestamptz, :head_to::timestamptz,
    count(*) filter (where observed_at >= :head_from and observed_at < :head_to)
  from observations
  where source_id = any(array(select id from chosen))
    and time_slot(observed_at) between time_slot(:head_from) and time_slot(:head_to)
  union all
  select :tail_from::timestamptz, :tail_to::timestamptz,
    count(*) filter (where observed_at >= :tail_from and observed_at < :tail_to)
  from observations
  where source_id = any(array(select id from chosen))
    and time_slot(observed_at) between time_slot(:tail_from) and time_slot(:tail_to)

-- name: ends_of_series(head_from, head_to, tail_from, tail_to)
-- The same of the chosen series.
  select :head_from::timestamptz, :head_to::timestamptz, count(*)
  from observations
  where series_id = any(array(select id from chosen))
    and observed_at >= :head_from and observed_at < :head_to
  union all
  select :tail_from::timestamptz, :tail_to::timestamptz, count(*)
  from observations
  where series_id = any(array(select id from chosen))
    and observed_at >= :tail_from and observed_at < :tail_to

-- name: newest_of_series()
-- The newest rows of one series: a probe, composed once for each.
(
  select o.series_id, o.observed_at, o.id, o.price_usd, o.market_cap_usd, o.volume_24h_usd,
    o.change_24h_percent
  from observations o
  where o.series_id = {id} and o.observed_at >= {lower} and o.observed_at < {upper}
    and (o.observed_at, o.series_id) < ({before}, {before_series})
  order by o.observed_at desc, o.series_id desc
  offset {skip} limit {reach}
)

-- name: newest_of_source()
-- The same of one source, whose index knows slots of time: it is read slot by slot, newest first.
-- Months choose the partitions. The exact ends are hidden: bare, the planner would take them for a
-- second reason why few rows match, and read a day twice, from both indexes, to skip an hour.
(
  select o.series_id, o.observed_at, o.id, o.price_usd, o.market_cap_usd, o.volume_24h_usd,
    o.change_24h_percent
  from observations o
  where o.source_id = {id}
    and o.observed_at >= {first_month} and o.observed_at < {end_of_months}
    and time_slot(o.observed_at) >= time_slot({lower})
    and time_slot(o.observed_at) <= time_slot(least({upper}, {before}))
    and (o.observed_at >= {lower} and o.observed_at < {upper}
      and (o.observed_at, o.series_id) < ({before}, {before_series}))::integer <> 0
  order by time_slot(o.observed_at) desc, o.observed_at desc, o.series_id desc
  offset {skip} limit {reach}
)

-- name: page()
-- The rows that all probes found as JSON, and where the next page begins.
with found as materialized (
  select * from ({probes}) as probes
  order by observed_at desc, series_id desc
  offset {skip} limit {limit} + 1
), lines as (
  select f.observed_at, f.series_id,
    row_number() over (order by f.observed_at desc, f.series_id desc) as place, (
    select row_to_json(line) from (
      select
        f.id,
        a.slug as coin_id,
        upper(l.symbol) as symbol,
        coalesce(nullif(l.name, ''), a.name) as name,
        f.price_usd,
        f.market_cap_usd as market_cap,
        f.volume_24h_usd as volume_24h,
        f.change_24h_percent as price_change_24h,
        iso_utc(f.observed_at) as timestamp,
        s.name as source
    ) as line
  )::text as line
  from found f
  join series r on r.id = f.series_id
  join listings l on l.id = r.listing_id
  join assets a on a.id = l.asset_id
  join sources s on s.id = l.source_id
)
select
  '[' || coalesce(string_agg(line, ',' order by place) filter (where place <= {limit}), '') || ']',
  count(*) > {limit},
  max(observed_at) filter (where place = {limit}),
  max(series_id) filter (where place = {limit})
from lines
