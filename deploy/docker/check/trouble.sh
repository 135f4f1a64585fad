# What is done to the compose stack, and how it stands it.
# shellcheck shell=bash

# kill_worker: by its number on the engine's host: from inside, process 1 cannot be killed, and
# what docker itself kills counts as stopped by its owner.
kill_worker() {
  local container restarts
  container=$(stack ps --quiet worker)
  restarts=$(docker inspect --format '{{.RestartCount}}' "$container")
  docker run --rm --pid host --user 0 --entrypoint sh "$IMAGE" \
    -c "kill -9 $(docker inspect --format '{{.State.Pid}}' "$container")"
  within 30 has_restarted "$container" "$restarts"
}

has_restarted() {
  [ "$(docker inspect --format '{{.State.Running}} {{.RestartCount}}' "$1")" = "true $(($2 + 1))" ]
}

survives_a_killed_worker() {
  local run
  is_running coingecko || ask "/run-etl?source=coingecko" --request POST --header "$(key)"
  within 30 is_running coingecko
  run=$(newest_run coingecko)
  kill_worker
  within 60 is_abandoned "$run"
  echo "$run is abandoned"
}

newest_run() {
  ask "/runs?source=$1&limit=1" | grep -o '"run_id":"[^"]*"' | cut -d '"' -f 4
}

is_abandoned() {
  ask "/runs?limit=50" | grep -q "\"run_id\":\"$1\"[^}]*\"status\":\"abandoned\""
}

killed_at_work() {
  ask /run-etl --request POST --header "$(key)" >/dev/null
  kill_worker
  within 60 nothing_runs
  within 60 asked_again
}

nothing_runs() {
  fails grep -qE '"status":"(running|queued)"' <<<"$(ask "/runs?limit=50")"
}

restarted() {
  stack restart --timeout 10
  within 60 answers_with 200 /health
  within 60 worker_is_alive
}

survives_a_paused_database() {
  within 60 stack pause postgres # an engine on cgroup v1 fails to freeze while all are busy
  within 30 answers_with 503 /health
  answers_with 503 '/data?offset=1'
  stack unpause postgres
  within 30 answers_with 200 /health
  within 60 worker_is_alive
  answers_with 200 '/data?offset=2'
  echo "503, then 200, and the worker is at work again"
}

survives_a_lost_network() {
  local network=${PROJECT}_database container
  container=$(stack ps --quiet postgres)
  docker network disconnect "$network" "$container"
  within 30 answers_with 503 /health
  docker network connect --alias postgres "$network" "$container"
  within 60 answers_with 200 /health
  within 60 worker_is_alive
  echo "503, then 200, and the worker is at work again"
}

worker_is_alive() {
  stack exec -T worker python3 -m kasparro.cli.alive
}

taken_down_and_up() {
  stack down --timeout 10
  stack up --detach --no-build --wait sandbox postgres api worker
}
