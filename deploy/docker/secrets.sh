#!/bin/sh
# Makes the password of the database and the admin key in .env, where they are not set yet.
# What stands there stays; the file becomes readable by its owner only.
set -eu
umask 077

FILE=${1:-.env}

has() {
  grep -Eq "^[[:space:]]*(export[[:space:]]+)?$1[[:space:]]*=[[:space:]]*[^[:space:]#]" "$FILE"
}

end_last_line() {
  [ ! -s "$FILE" ] || [ -z "$(tail -c 1 "$FILE")" ] || echo >>"$FILE"
}

make_key() {
  has "$1" && return
  end_last_line
  printf '%s=%s\n' "$1" "$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')" >>"$FILE"
  echo "made $1 in $FILE" >&2
}

touch "$FILE"
chmod 600 "$FILE"
make_key POSTGRES_PASSWORD
make_key KASPARRO_ADMIN_KEY
