#!/usr/bin/env bash
# Tries the image and the compose stack for real and prints a table of what held; 1 when a row failed.
# Where no engine runs it says so and exits 0. PYTHON_IMAGE and POSTGRES_IMAGE name other base images.
# What it makes has names of its own and is removed; it asks no provider anything.
set -euo pipefail

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
export ROOT
cd "$ROOT"
if ! why=$(deploy/docker/engine.sh 2>&1); then
  echo "docker-check was skipped: ${why#kasparro: }"
  exit 0
fi

PROJECT=kasparro-check-$$
IMAGE=$PROJECT:latest
WORK=$(mktemp -d)
unset POSTGRES_PASSWORD KASPARRO_ADMIN_KEY # those of a stack that runs here are none of our business
source deploy/docker/check/report.sh
source deploy/docker/check/image.sh
source deploy/docker/check/stack.sh
source deploy/docker/check/trouble.sh

clean_up() {
  docker rm --force --volumes "$PROJECT-alone" >/dev/null 2>&1 || true
  stack down --volumes --timeout 2 >/dev/null 2>&1 || true
  docker image rm --force "$IMAGE" >/dev/null 2>&1 || true
  rm -rf "$WORK"
}
trap clean_up EXIT

echo "$(docker version --format 'engine {{.Server.Version}}'), $(docker compose version --short)" \
  "compose, bases ${PYTHON_IMAGE:-of the Dockerfile} and ${POSTGRES_IMAGE:-of the compose file}"

check "hadolint finds nothing in the Dockerfile" lint
check "without a password compose refuses and says what to do" refuses_without_password
check "the first start makes the keys, for their owner only" makes_keys
check "the compose file is valid" is_valid
needed "the image builds" builds
check "the image carries the version of the code" has_the_version
check "what lies beside the code stays out of the image" keeps_secrets_out
check "the image is small over its base" is_small
check "alone and with nothing set it serves, on a read-only root" serves_alone
check "alone it stops in order and keeps what it has" keeps_what_it_has

needed "the API answers within seconds while every source hangs" answers_while_sources_hang
check "all containers become healthy" becomes_healthy
check "no process is root, none has a capability, no root is writable" is_hardened
check "only the API is published, and on 127.0.0.1" publishes_only_the_api
check "the worker that is killed in a run comes back; the run is over" survives_a_killed_worker
needed "a run that is asked for with the key brings all three sources" ingests
check "without the key nothing can be started" needs_the_key
check "every reading endpoint answers without a key" reads_without_a_key
check "the same input again leaves the same database" same_digest_after asked_again
check "kill -9 of a worker at work loses nothing and doubles nothing" same_digest_after killed_at_work
check "a restart of everything keeps everything" same_digest_after restarted
check "a paused database is a 503, and a 200 when it goes on" survives_a_paused_database
check "a lost network is a 503, and a 200 when it is back" survives_a_lost_network
check "down and up again keep everything" same_digest_after taken_down_and_up
check "a backup comes out of the stack" backs_up

report
