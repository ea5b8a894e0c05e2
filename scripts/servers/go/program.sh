#!/usr/bin/env bash
# program.sh NAME MODULE@VERSION [-ldflags …]: builds a test server from its Go module into the cache, unless it is there. Needs
# Go 1.25 or newer.
set -euo pipefail
name=$1 module=$2
shift 2
target=${XDG_CACHE_HOME:-$HOME/.cache}/hometrip-test-servers/$name
program=$target/$name-${module##*@}
[[ -x $program ]] && exit 0
if ! command -v go > /dev/null; then
  echo "install-servers: $name needs Go to be built" >&2
  exit 1
fi

echo "install-servers: building $name (one to several minutes)" >&2
mkdir -p "$target"
# On the same file system, so that the last step is one: whoever is interrupted leaves nothing half built.
work=$(mktemp -d -p "$target")
trap 'rm -rf "$work"' EXIT
out=$(GOBIN=$work go install "$@" "$module" 2>&1) || { printf '%s\n' "$out" | tail -n 20 >&2; exit 1; }
rm -f "$target/$name-"*
mv "$work/$name" "$program"
