#!/usr/bin/env bash
# Jaeger, which has no packages outside of container images: built from its Go module (Apache-2.0), with the versions and
# checksums of its own go.mod and go.sum, into a cache folder. Needs Go 1.24 or newer, and about ten minutes of CPU time once.
set -euo pipefail
version=v1.76.0 # as a program it calls itself 2.13
module=github.com/jaegertracing/jaeger

target=${XDG_CACHE_HOME:-$HOME/.cache}/hometrip/servers/jaeger
[[ -x $target/jaeger && -f $target/version && $(< "$target/version") == "$version" ]] && exit 0
for folder in /usr/local/go/bin /usr/lib/go/bin; do
  command -v go > /dev/null || PATH=$PATH:$folder
done
if ! command -v go > /dev/null; then
  echo 'install-servers: Jaeger needs Go 1.24 or newer, and there is no go here' >&2
  exit 1
fi

quiet() { local out; out=$("$@" 2>&1) || { printf '%s\n' "$out" | tail -n 20 >&2; return 1; }; }
echo 'install-servers: building Jaeger, which takes some minutes' >&2
mkdir -p "$(dirname "$target")"
work=$(mktemp -d "$target.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work"
sources=$(go mod download -json "$module@$version" | sed -nE 's/^\t"Dir": "(.*)",?$/\1/p')
# Nothing is written there: go.sum is complete. Without optimisations it is built in half the time.
quiet go build -C "$sources" -mod=readonly -buildvcs=false -trimpath -gcflags='all=-N -l' -ldflags='-s -w' \
  -o "$work/jaeger" ./cmd/jaeger
echo "$version" > "$work/version"
chmod 755 "$work"
rm -rf "$target"
mv "$work" "$target"
trap - EXIT
