# The compose stack: how it starts, what it lets in, what it serves.
# shellcheck shell=bash

# stack ARGUMENTS…: the compose file as it is, with a .env, a name and sources of this check's own.
stack() {
  KASPARRO_IMAGE=$IMAGE CSV_PATH=$WORK/files API_HOST='' API_PORT=0 \
    docker compose --project-name "$PROJECT" --project-directory "$WORK" \
    --file docker-compose.yml --file deploy/docker/check/compose.yml "$@" </dev/null
}

# ask PATH [CURL ARGUMENTS…]: the body of an answer below 400.
ask() {
  local path=$1
  shift
  curl --silent --show-error --fail --max-time 30 "$@" "$(address)$path"
}

# status PATH [CURL ARGUMENTS…]: only the number.
status() {
  local path=$1
  shift
  curl --silent --output /dev/null --max-time 30 --write-out '%{http_code}' "$@" "$(address)$path"
}

answers_with() {
  [ "$(status "${@:2}")" = "$1" ]
}

address() {
  echo "http://$(stack port api 8000)"
}

key() {
  sed -n 's/^KASPARRO_ADMIN_KEY=/X-API-Key: /p' "$WORK/.env"
}

total_of() {
  ask "/data?source=$1&limit=1" | sed -n 's/.*"total_records":\([0-9]*\).*/\1/p'
}

refuses_without_password() {
  local said
  fails stack config --quiet 2>"$WORK/said"
  said=$(cat "$WORK/said")
  grep -E 'POSTGRES_PASSWORD|KASPARRO_ADMIN_KEY' <<<"$said" | grep -q 'make up makes one'
  echo "${said#*required variable }"
}

makes_keys() {
  (cd "$WORK" && "$ROOT/deploy/docker/secrets.sh")
  [ "$(find "$WORK/.env" -perm 600 | wc -l)" = 1 ]
  [ "$(grep -cE '^(POSTGRES_PASSWORD|KASPARRO_ADMIN_KEY)=.{32,}$' "$WORK/.env")" = 2 ]
  echo "mode 600"
}

is_valid() {
  install -d -m 755 "$WORK/files"
  install -m 644 src/kasparro/samples/prices.csv "$WORK/files"
  stack config --quiet
  echo "compose takes it"
}

answers_while_sources_hang() {
  export SOURCES=silent
  stack up --detach --no-build postgres silent api worker
  local seen
  seen=$(within 20 has_health_shape)
  within 150 is_running coingecko
  within 5 has_health_shape
  echo "$seen; the run of coingecko was under way by then and hanging" | tail -n 1
}

has_health_shape() {
  # A 503 while starting has the same shape.
  curl --silent --max-time 5 "$(address)/health" |
    grep -qE '"status":.*"database":.*"etl_status":\{("(coingecko|coinpaprika|csv)":.*){3}'
}

is_running() {
  ask "/runs?source=$1&limit=1" | grep -q '"status":"running"'
}

becomes_healthy() {
  local name
  for name in postgres api worker; do
    within 120 is_healthy "$(stack ps --quiet "$name")"
  done
  echo "postgres, api, worker"
}

is_hardened() {
  local name process
  for name in api worker; do
    process=$(stack exec -T "$name" cat /proc/1/status)
    has "$process" '^Uid:\s+10001\s+10001'
    has "$process" '^CapBnd:\s+0+$'
    has "$process" '^NoNewPrivs:\s+1$'
    fails stack exec -T "$name" touch /opt/kasparro/written
  done
  process=$(stack exec -T postgres cat /proc/1/status)
  has "$process" '^Uid:\s+[1-9]'
  has "$process" '^CapEff:\s+0+$'
  fails stack exec -T --user root postgres touch /written
  echo "api and worker are 10001, postgres is $(awk '/^Uid:/ {print $2}' <<<"$process")"
}

publishes_only_the_api() {
  local published
  published=$(docker ps --filter "label=com.docker.compose.project=$PROJECT" --format '{{.Ports}}' |
    grep -o '[^ ]*->[^ ,]*')
  echo "$published"
  [[ $published == 127.0.0.1:*'->8000/tcp' && $published != *$'\n'* ]]
}

ingests() {
  export SOURCES=sandbox
  stack up --detach --no-build --wait sandbox api worker
  asked_again
  local source seen=()
  for source in coinpaprika coingecko csv; do
    seen+=("$source $(total_of "$source")")
  done
  (($(total_of coinpaprika) > 900 && $(total_of coingecko) > 900 && $(total_of csv) > 0))
  ask "/data?coin_id=bitcoin&limit=1" | grep -q '"coin_id":"bitcoin","symbol":"BTC"'
  echo "${seen[*]}"
}

asked_again() {
  local runs
  runs=$(ask "/run-etl?wait=true" --request POST --header "$(key)" --max-time 120)
  sed -n 's/.*"run_ids":\[\(.*\)\].*/\1/p' <<<"$runs"
}

needs_the_key() {
  answers_with 401 /run-etl --request POST
  answers_with 403 /run-etl --request POST --header "X-API-Key: guessed"
  answers_with 405 /run-etl
  echo "401 without, 403 with another, 405 for GET"
}

reads_without_a_key() {
  local path paths runs
  mapfile -t runs < <(ask "/runs?limit=2" | grep -o '"run_id":"[^"]*"' | cut -d '"' -f 4)
  paths=(/ /data '/data?symbol=btc&source=csv' /assets /assets/bitcoin /health /stats /runs
    "/compare-runs?run_id_1=${runs[0]}&run_id_2=${runs[1]}" /quarantine /metrics /docs /redoc /openapi.json)
  for path in "${paths[@]}"; do
    answers_with 200 "$path" || { echo "$path answered $(status "$path")"; return 1; }
  done
  echo "${#paths[@]} answered 200"
}

digest() {
  stack exec -T worker kasparro db digest
}

# same_digest_after FUNCTION: the database says the same after it as before.
same_digest_after() {
  local before after
  before=$(digest)
  "$@"
  after=$(digest)
  [ "$before" = "$after" ] || { echo "was $before, is $after"; return 1; }
  echo "digest ${after:0:12}… before and after"
}

backs_up() {
  stack exec -T worker kasparro db backup - >"$WORK/backup"
  [ "$(head -c 5 "$WORK/backup")" = PGDMP ]
  echo "$(($(wc -c <"$WORK/backup") / 1000)) kB"
}
