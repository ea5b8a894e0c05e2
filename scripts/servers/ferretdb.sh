#!/usr/bin/env bash
# FerretDB, which speaks MongoDB's protocol in front of DocumentDB and, unlike the tests' own front, has users: built from its Go
# module into the cache. Needs Go 1.25 or newer.
set -euo pipefail
version=v2.7.0
target=${XDG_CACHE_HOME:-$HOME/.cache}/hometrip-test-servers/ferretdb
[[ -x $target/ferretdb-$version ]] && exit 0
if ! command -v go > /dev/null; then
  echo 'install-servers: FerretDB needs Go to be built' >&2
  exit 1
fi

echo 'install-servers: building FerretDB (one to several minutes)' >&2
mkdir -p "$target"
work=$(mktemp -d "$target/build.XXXXXX")
trap 'rm -rf "$work"' EXIT
out=$(GOBIN=$work go install "github.com/FerretDB/FerretDB/v2/cmd/ferretdb@$version" 2>&1) ||
  { printf '%s\n' "$out" | tail -n 20 >&2; exit 1; }
mv "$work/ferretdb" "$target/ferretdb-$version"
