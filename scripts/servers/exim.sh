#!/usr/bin/env bash
# Exim, Debian's mail server, in a root of its own in the cache: installed as usual it would take the place of the machine's own mail
# server. Tests run it there (tests/servers/exim.ts).
set -euo pipefail
target=${XDG_CACHE_HOME:-$HOME/.cache}/hometrip-test-servers/exim
program=$target/usr/sbin/exim4
[[ -x $program ]] && exit 0
if [[ $(id -u) != 0 || ! -x /usr/bin/apt-get ]]; then
  echo 'install-servers: Exim needs root on Debian' >&2
  exit 1
fi

# The mirror and the release of this machine.
suite=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2> /dev/null | grep -E '/debian/?$' | head -n1 || true)
[[ -n $mirror ]] || mirror=$(sed -nE 's/^(URIs: *|deb +(\[[^]]*\] +)?)(https?:[^ ]*\/debian)\/?( .*)?$/\3/p' \
  /etc/apt/sources.list /etc/apt/sources.list.d/* 2> /dev/null | head -n1)
[[ -n $mirror && -n $suite ]] || {
  echo "install-servers: no Debian mirror in apt's configuration" >&2
  exit 1
}
export DEBIAN_FRONTEND=noninteractive
if ! command -v mmdebstrap > /dev/null; then
  get() { apt-get -o DPkg::Lock::Timeout=300 -q "$@"; }
  install() { get install -y --no-install-recommends mmdebstrap; }
  out=$( (install || { get update && install; }) 2>&1) || { printf '%s\n' "$out" | tail -n 20 >&2; exit 1; }
fi

echo 'install-servers: building a root with Exim (about a minute)' >&2
mkdir -p "${target%/*}"
# Beside its place, so that the move is all or nothing; another run may be quicker.
partial=$(mktemp -d "$target.XXXXXX")
trap 'rm -rf "$partial" "$partial.log"' EXIT
mmdebstrap --variant=minbase --format=directory --include=exim4-daemon-light \
  --aptopt='APT::Install-Recommends "false"' --aptopt='Acquire::Languages "none"' \
  --aptopt='Acquire::Check-Valid-Until "false"' --dpkgopt=force-unsafe-io \
  --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' \
  "$suite" "$partial/root" "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${mirror%/} $suite main" \
  > "$partial.log" 2>&1 || { tail -n 20 "$partial.log" >&2; exit 1; }
chmod 755 "$partial/root"
mv -T "$partial/root" "$target" 2> /dev/null || [[ -x $program ]]
