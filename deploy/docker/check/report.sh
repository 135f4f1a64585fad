# One row for each claim: whether it held, what was seen, how long it took.
# shellcheck shell=bash

SKIPPED=77 # what a check returns that cannot be made here
ROWS=()
FAILED=0
LEFT_OUT=0

# check CLAIM FUNCTION…: any failing command fails the function; its last line is what was seen.
check() {
  local claim=$1 seen status started=$SECONDS verdict=pass
  shift
  set +e
  seen=$(set -euo pipefail && "$@" 2>&1)
  status=$?
  set -e
  case $status in
    0) ;;
    "$SKIPPED") verdict=skip LEFT_OUT=$((LEFT_OUT + 1)) ;;
    *) verdict=FAIL FAILED=$((FAILED + 1)) ;;
  esac
  ROWS+=("$(printf '%s  %-70s %3d s  %s' "$verdict" "$claim" $((SECONDS - started)) "${seen##*$'\n'}")")
  echo "${ROWS[-1]}"
  [ "$verdict" != FAIL ] || echo "      | ${seen//$'\n'/$'\n'      | }"
}

# needed CLAIM FUNCTION…: nothing after it makes sense without it.
needed() {
  local failed=$FAILED
  check "$@"
  [ "$FAILED" = "$failed" ] || report
}

report() {
  echo
  printf '%s\n' "${ROWS[@]}"
  echo
  if [ "$FAILED" != 0 ]; then
    echo "docker-check: $FAILED of ${#ROWS[@]} failed"
    exit 1
  fi
  echo "docker-check: $((${#ROWS[@]} - LEFT_OUT)) held, none failed, $LEFT_OUT skipped"
}

# within SECONDS COMMAND…: try until it succeeds; prints after how many seconds it did.
within() {
  local patience=$1 started=$SECONDS
  shift
  until "$@" >/dev/null 2>&1; do
    if ((SECONDS - started >= patience)); then
      echo "not within $patience s: $*"
      "$@"
      return 1
    fi
    sleep 0.5
  done
  echo "after $((SECONDS - started)) s"
}

# fails COMMAND…: holds when the command fails. A bare ! would not: set -e looks away from it.
fails() {
  if "$@"; then
    echo "should have failed: $*"
    return 1
  fi
}

# has TEXT PATTERN: a line of the text looks so; shows the text when none does.
has() {
  grep -qE "$2" <<<"$1" || {
    printf '%s\nno line like %s\n' "$1" "$2"
    return 1
  }
}
