#!/usr/bin/env bash
# What stands in for MongoDB, which no package repository of Debian has: PostgreSQL 18 with the DocumentDB extension. Both are in
# a newer Debian than 12, so they get a root of their own in the cache; tests run them there (tests/servers/mongodb.ts).
set -euo pipefail
suite=forky
target=${XDG_CACHE_HOME:-$HOME/.cache}/hometrip-test-servers/mongodb
[[ -e $target/usr/share/postgresql/18/extension/documentdb.control ]] && exit 0
if [[ $(id -u) != 0 || ! -x /usr/bin/apt-get ]]; then
  echo 'install-servers: the stand-in for MongoDB needs root on Debian' >&2
  exit 1
fi

# The mirror that this machine uses already.
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2> /dev/null | grep -E '/debian/?$' | head -n1 || true)
[[ -n $mirror ]] || mirror=$(sed -nE 's/^(URIs: *|deb +(\[[^]]*\] +)?)(https?:[^ ]*\/debian)\/?( .*)?$/\3/p' \
  /etc/apt/sources.list /etc/apt/sources.list.d/* 2> /dev/null | head -n1)
[[ -n $mirror ]] || {
  echo "install-servers: no Debian mirror in apt's configuration" >&2
  exit 1
}
export DEBIAN_FRONTEND=noninteractive
if ! command -v mmdebstrap > /dev/null; then
  get() { apt-get -o DPkg::Lock::Timeout=300 -q "$@"; }
  install() { get install -y --no-install-recommends mmdebstrap; }
  out=$( (install || { get update && install; }) 2>&1) || { printf '%s\n' "$out" | tail -n 20 >&2; exit 1; }
fi

echo 'install-servers: building a root with PostgreSQL and DocumentDB (one to three minutes)' >&2
mkdir -p "${target%/*}"
# Beside its place, so that the move is all or nothing; another run may be quicker.
partial=$(mktemp -d "$target.XXXXXX")
trap 'rm -rf "$partial" "$partial.log"' EXIT
mmdebstrap --variant=minbase --format=directory --include=postgresql-18-documentdb \
  --aptopt='APT::Install-Recommends "false"' --aptopt='Acquire::Languages "none"' \
  --aptopt='Acquire::Check-Valid-Until "false"' --dpkgopt=force-unsafe-io \
  --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' \
  --essential-hook='mkdir -p "$1/etc/postgresql-common" && echo "create_main_cluster = false" > "$1/etc/postgresql-common/createcluster.conf"' \
  "$suite" "$partial/root" "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${mirror%/} $suite main" \
  > "$partial.log" 2>&1 || { tail -n 20 "$partial.log" >&2; exit 1; }
chmod 755 "$partial/root"
mv -T "$partial/root" "$target" 2> /dev/null || [[ -e $target/usr/share/postgresql/18/extension/documentdb.control ]]
