#!/bin/sh
# Says what is in the way of Docker, in one line, and exits 1; says nothing when all is there.
set -eu

stop() {
  echo "kasparro: $1" >&2
  exit 1
}

# at_least_2_24 VERSION: as compose prints it, such as 2.26.1-4 or v2.24.0. Before 2.24 it knows no
# env_file that need not exist.
at_least_2_24() {
  version=${1#v}
  minor=${version#*.}
  [ "${version%%.*}" -gt 2 ] || { [ "${version%%.*}" -eq 2 ] && [ "${minor%%.*}" -ge 24 ]; }
}

command -v docker >/dev/null 2>&1 ||
  stop "docker is not installed: install Docker Engine with compose, or use make run, which needs neither"
compose=$(docker compose version --short 2>/dev/null) ||
  stop "docker has no compose plugin: install docker-compose-plugin (version 2.24 or newer)"
at_least_2_24 "$compose" ||
  stop "docker compose $compose is too old: install docker-compose-plugin 2.24 or newer"
docker version --format '{{.Server.Version}}' >/dev/null 2>&1 ||
  stop "no Docker engine answers: start it (systemctl start docker), or ask for the right to use it"
