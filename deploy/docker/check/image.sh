# The image by itself.
# shellcheck shell=bash

CANARY=canary-$$-$RANDOM # stands where secrets stand, and must not turn up in the image
PROVIDERS=(api.coinpaprika.com api.coingecko.com)

lint() {
  command -v hadolint >/dev/null || {
    echo "hadolint is not installed"
    return "$SKIPPED"
  }
  hadolint Dockerfile
  hadolint --version
}

builds() {
  mkdir "$WORK/context"
  tar --exclude=./.git --exclude=./.venv --exclude=./.env -c . | tar -C "$WORK/context" -x
  mkdir "$WORK/context/.git"
  echo "token = $CANARY" | tee "$WORK/context/.git/config" >"$WORK/context/.env"
  local arguments=()
  [ -z "${PYTHON_IMAGE:-}" ] || arguments+=(--build-arg "PYTHON_IMAGE=$PYTHON_IMAGE")
  docker build --tag "$IMAGE" "${arguments[@]}" "$WORK/context" >"$WORK/build.log" 2>&1 ||
    { tail -n 30 "$WORK/build.log"; return 1; }
  docker image inspect --format '{{len .RootFS.Layers}} layers' "$IMAGE"
}

has_the_version() {
  local version said
  version=$(sed -n 's/^__version__ = "\(.*\)"$/\1/p' src/kasparro/__init__.py)
  said=$(docker run --rm "$IMAGE" --version)
  [[ $said == "kasparro $version, schema "* ]]
  echo "$said"
}

keeps_secrets_out() {
  local container names
  container=$(docker create "$IMAGE")
  docker export "$container" >"$WORK/image.tar"
  docker rm --volumes "$container" >/dev/null
  names=$(tar -tf "$WORK/image.tar")
  grep -q 'site-packages/kasparro/settings.py$' <<<"$names" # else we look in the wrong place
  fails grep -E '^(app|build|data|opt/kasparro)/(\.env|\.git|tests|docker-compose.yml)(/|$)' <<<"$names"
  fails grep -aq "$CANARY" "$WORK/image.tar"
  docker history --no-trunc "$IMAGE" >"$WORK/history"
  docker image inspect --format '{{range .Config.Env}}{{println .}}{{end}}' "$IMAGE" >>"$WORK/history"
  fails grep -E "$CANARY|[A-Z]*(PASSWORD|_KEY|SECRET|TOKEN)=" "$WORK/history"
  rm "$WORK/image.tar"
  echo "neither .env nor .git, no secret in the environment or the history"
}

is_small() {
  local base added
  base=${PYTHON_IMAGE:-$(sed -n 's/^ARG PYTHON_IMAGE=//p' Dockerfile)}
  added=$((($(size_of "$IMAGE") - $(size_of "$base")) / 1000000))
  echo "$added MB over $base"
  ((added < 200))
}

size_of() {
  docker image inspect --format '{{.Size}}' "$1"
}

serves_alone() {
  # No provider is asked: their names lead to the container itself, where nobody answers.
  local hosts=("${PROVIDERS[@]/%/:127.0.0.1}")
  docker run --detach --name "$PROJECT-alone" --publish 127.0.0.1::8000 --read-only --tmpfs /tmp \
    --cap-drop ALL --security-opt no-new-privileges --memory 768m --pids-limit 256 \
    "${hosts[@]/#/--add-host=}" "$IMAGE" >/dev/null
  local started=$SECONDS first
  within 15 alone_answers
  first=$((SECONDS - started))
  within 90 alone_has_prices
  within 60 is_healthy "$PROJECT-alone"
  [ "$(docker exec "$PROJECT-alone" id -u)" = 10001 ]
  fails docker exec "$PROJECT-alone" touch /written
  echo "answered after $first s, had the prices of the sample after $((SECONDS - started)) s"
}

keeps_what_it_has() {
  local before after code
  within 30 alone_is_done_with_the_sample
  before=$(what_alone_holds)
  docker stop --time 30 "$PROJECT-alone" >/dev/null
  code=$(docker inspect --format '{{.State.ExitCode}}' "$PROJECT-alone")
  [ "$code" = 0 ] || { echo "exit code $code"; return 1; }
  docker start "$PROJECT-alone" >/dev/null
  within 90 alone_has_prices
  after=$(what_alone_holds)
  [ "$before" = "$after" ] || { diff <(echo "$before") <(echo "$after"); return 1; }
  docker rm --force --volumes "$PROJECT-alone" >/dev/null
  echo "exit code 0, the same $(awk '/observations/ {print $1}' <<<"$after") prices after the next start"
}

# Without the checkpoints: sources that cannot be reached are tried again and again meanwhile.
what_alone_holds() {
  docker exec "$PROJECT-alone" kasparro db digest --lines |
    sed -nE 's/^(observations|payloads|listings|latest|totals): ([0-9]+ .*)/\2 \1/p' | sort
}

alone_answers() {
  curl --silent --max-time 5 "http://$(docker port "$PROJECT-alone" 8000)/health" | grep -q etl_status
}

alone_has_prices() {
  curl --silent --fail --max-time 5 "http://$(docker port "$PROJECT-alone" 8000)/data?source=csv" |
    grep -q '"coin_id":"bitcoin"'
}

alone_is_done_with_the_sample() {
  curl --silent --fail --max-time 5 "http://$(docker port "$PROJECT-alone" 8000)/runs?source=csv&limit=1" |
    grep -q '"status":"success"'
}

is_healthy() {
  [ "$(docker inspect --format '{{.State.Health.Status}}' "$1")" = healthy ]
}
