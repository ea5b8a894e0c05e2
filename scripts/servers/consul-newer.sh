#!/usr/bin/env bash
# A newer Consul than Debian 11 has, built from its module: 1.16.2, the last one under the Mozilla Public License (later patches of 1.16
# are not). Needs Go 1.21 or newer; Debian 12 has an older one, so that of Debian 13 is unpacked for the build when there is none.
set -euo pipefail
version=1.16.2
go=1.24
target=${XDG_CACHE_HOME:-$HOME/.cache}/hometrip-test-servers/consul
[[ -x $target/consul && $("$target/consul" version) == "Consul v$version"* ]] && exit 0
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

mkdir -p "${target%/*}"
work=$(mktemp -d "$target.XXXXXX")
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
quiet() { local out; out=$("$@" 2>&1) || { printf '%s\n' "$out" | tail -n 20 >&2; return 1; }; }

enough() { command -v go > /dev/null && go version | grep -qE 'go1\.(2[1-9]|[3-9][0-9])'; }
[[ ! -x /usr/local/go/bin/go ]] || PATH=$PATH:/usr/local/go/bin
if ! enough; then
  # shellcheck source=scripts/servers/debian/suites.sh
  source "$here/debian/suites.sh"
  unpack trixie "$work/go" "golang-$go-go" "golang-$go-src"
  export GOROOT=$work/go/usr/lib/go-$go
  PATH=$GOROOT/bin:$PATH
  enough
fi

echo "install-servers: building Consul $version (some minutes)" >&2
export GOTOOLCHAIN=local GOFLAGS=-buildvcs=false
folder() { go mod download -json "$1" | sed -nE 's/^\t"Dir": "(.*)",?$/\1/p'; }
cp -r --no-preserve=mode "$(folder "github.com/hashicorp/consul@v$version")" "$work/consul"
cd "$work/consul"
head -n 3 LICENSE | grep -q 'Mozilla Public License'
# Its parts are modules of their own, which it expects in these folders.
for part in api envoyextensions proto-public sdk troubleshoot; do
  number=$(sed -nE "s#^\tgithub.com/hashicorp/consul/$part (v[^ ]+)\$#\1#p" go.mod)
  cp -r --no-preserve=mode "$(cd / && folder "github.com/hashicorp/consul/$part@$number")" "$part"
  head -n 3 "$part/LICENSE" | grep -q 'Mozilla Public License'
done
quiet nice go build -trimpath -ldflags '-s -w' -o "$work/consul.new" .
mkdir -p "$target"
mv "$work/consul.new" "$target/consul"
"$target/consul" version | head -n 1
