#!/usr/bin/env bash
# Mailpit, a mail server that keeps everything it gets: built from its Go module into the cache, without the pages that it would
# show, which the module does not hold. Needs Go 1.25 or newer.
set -euo pipefail
version=v1.33.1
target=${XDG_CACHE_HOME:-$HOME/.cache}/hometrip-test-servers/mailpit
[[ -x $target/mailpit-$version ]] && exit 0
if ! command -v go > /dev/null; then
  echo 'install-servers: Mailpit needs Go to be built' >&2
  exit 1
fi

echo 'install-servers: building Mailpit (one to several minutes)' >&2
mkdir -p "$target"
work=$(mktemp -d "$target/build.XXXXXX")
trap 'rm -rf "$work"' EXIT
out=$(GOBIN=$work go install -ldflags "-X github.com/axllent/mailpit/config.Version=$version" \
  "github.com/axllent/mailpit@$version" 2>&1) || { printf '%s\n' "$out" | tail -n 20 >&2; exit 1; }
mv "$work/mailpit" "$target/mailpit-$version"
