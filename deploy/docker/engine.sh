#!/bin/sh
# Says what is in the way of Docker, in one line, and exits 1; says nothing when all is there.
set -eu

stop() {
  echo "kasparro: $1" >&2
  exit 1
}

command -v docker >/dev/null 2>&1 ||
  stop "docker is not installed: install Docker Engine with compose, or use make run, which needs neither"
docker compose version >/dev/null 2>&1 ||
  stop "docker has no compose plugin: install docker-compose-plugin (version 2.24 or newer)"
docker version --format '{{.Server.Version}}' >/dev/null 2>&1 ||
  stop "no Docker engine answers: start it (systemctl start docker), or ask for the right to use it"
