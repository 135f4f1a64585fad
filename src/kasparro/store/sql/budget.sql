-- name: take(source, limits, spacing, clock)
-- May the source be called now? Null: yes, and it is counted; else when to ask again.
select take_call(:source, :limits::jsonb, :spacing, :clock);

-- name: pause(source, until, reason)!
-- Nobody calls this source before then.
insert into call_pauses (source, not_before, reason) values (:source, :until, :reason)
on conflict (source) do update
  set not_before = greatest(call_pauses.not_before, excluded.not_before), reason = excluded.reason;
