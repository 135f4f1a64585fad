-- name: plan_by_day(source, bounded, whole_from, whole_to, head_from, head_to, tail_from, tail_to, before, skip, reach)
-- Which sources answer, how many observations match, and in which days does the page lie? The ends
-- of a span are filtered late: as conditions, they would lure the planner to the index of series.
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
), head as (
  select count(*) filter (where observed_at >= :head_from::timestamptz
    and observed_at < :head_to::timestamptz) as observations
  from observations
  where source_id = any(array(select id from chosen))
    and time_slot(observed_at) between time_slot(:head_from) and time_slot(:head_to)
), tail as (
  select count(*) filter (where observed_at >= :tail_from::timestamptz
    and observed_at < :tail_to::timestamptz) as observations
  from observations
  where source_id = any(array(select id from chosen))
    and time_slot(observed_at) between time_slot(:tail_from) and time_slot(:tail_to)
), buckets (lower, upper, observations) as (
  select :head_from::timestamptz, :head_to::timestamptz, observations from head
  union all
  select day::timestamptz, (day + 1)::timestamptz, observations from whole
  union all
  select :tail_from::timestamptz, :tail_to::timestamptz, observations from tail
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
  ) + (select observations from head) + (select observations from tail)
  else (
    select coalesce(sum(v.observations), 0)::bigint
    from chosen c join data_versions v on v.name = c.name
  ) end as total,
  (select max(upper) from walk where through > :skip) as upper,
  coalesce((select max(lower) from walk where through >= :reach), (select min(lower) from walk))
    as lower,
  coalesce((select max(through) from walk where through <= :skip), 0) as skipped,
  (select string_agg(name || ':' || version, ' ' order by name) from data_versions) as version;

-- name: plan_by_month(source, symbol, coin_id, whole_from, whole_to, head_from, head_to, tail_from, tail_to, before, skip, reach)
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
), head as (
  select count(*) as observations from observations
  where series_id = any(array(select id from chosen))
    and observed_at >= :head_from::timestamptz and observed_at < :head_to::timestamptz
), tail as (
  select count(*) as observations from observations
  where series_id = any(array(select id from chosen))
    and observed_at >= :tail_from::timestamptz and observed_at < :tail_to::timestamptz
), buckets (lower, upper, observations) as (
  select :head_from::timestamptz, :head_to::timestamptz, observations from head
  union all
  select month::timestamptz, (month + interval '1 month')::timestamptz, observations from whole
  union all
  select :tail_from::timestamptz, :tail_to::timestamptz, observations from tail
), walk as (
  select lower, upper, sum(observations) over (order by lower desc)::bigint as through
  from buckets
  where observations > 0 and (:before::date is null or lower < :before::date)
)
select
  array(select id from chosen) as ids,
  (select coalesce(sum(observations), 0)::bigint from whole)
    + (select observations from head) + (select observations from tail) as total,
  (select max(upper) from walk where through > :skip) as upper,
  coalesce((select max(lower) from walk where through >= :reach), (select min(lower) from walk))
    as lower,
  coalesce((select max(through) from walk where through <= :skip), 0) as skipped,
  (select string_agg(name || ':' || version, ' ' order by name) from data_versions) as version;

-- name: newest_of_series()
-- The newest keys of one series: a probe, composed once for each.
(
  select o.series_id, o.observed_at from observations o
  where o.series_id = {id} and o.observed_at >= {lower} and o.observed_at < {upper}
    and (o.observed_at, o.series_id) < ({before}, {before_series})
  order by o.observed_at desc, o.series_id desc
  limit {reach}
)

-- name: newest_of_source()
-- The same of one source, whose index knows slots of time: it is read slot by slot, newest first.
(
  select o.series_id, o.observed_at from observations o
  where o.source_id = {id} and o.observed_at >= {lower} and o.observed_at < {upper}
    and time_slot(o.observed_at) >= time_slot({lower})
    and time_slot(o.observed_at) <= time_slot(least({upper}, {before}))
    and (o.observed_at, o.series_id) < ({before}, {before_series})
  order by time_slot(o.observed_at) desc, o.observed_at desc, o.series_id desc
  limit {reach}
)

-- name: page()
-- The rows behind the keys of all probes as JSON, and where the next page begins.
with keys as materialized (
  select series_id, observed_at,
    row_number() over (order by observed_at desc, series_id desc) - {skip} as place
  from ({probes}) as probes
  order by observed_at desc, series_id desc
  offset {skip} limit {limit} + 1
), lines as (
  select k.place, k.observed_at, k.series_id, (
    select row_to_json(line) from (
      select
        o.id,
        a.slug as coin_id,
        upper(l.symbol) as symbol,
        coalesce(nullif(l.name, ''), a.name) as name,
        o.price_usd,
        o.market_cap_usd as market_cap,
        o.volume_24h_usd as volume_24h,
        o.change_24h_percent as price_change_24h,
        iso_utc(o.observed_at) as timestamp,
        s.name as source
    ) as line
  )::text as line
  from keys k
  join observations o on o.series_id = k.series_id and o.observed_at = k.observed_at
    and o.observed_at >= {lower} and o.observed_at < {upper}
  join series r on r.id = k.series_id + 0
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
