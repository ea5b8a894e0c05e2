#!/usr/bin/env bash
# Servers that Debian 12 has not, or only older: RabbitMQ 4, Redis 8, Valkey 9, what stands in for MongoDB, which no package
# repository has: PostgreSQL 18 with the DocumentDB extension, and the Java that OpenSearch 3 needs. A newer Debian has them all; it
# gets a root of its own in the cache, and tests run them there (tests/servers/root.ts).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
suite=forky
packages=rabbitmq-server,redis-server,valkey-server,postgresql-18-documentdb,openjdk-25-jdk-headless
target=${XDG_CACHE_HOME:-$HOME/.cache}/hometrip-test-servers/$suite
has() {
  local path
  for path in usr/lib/rabbitmq/bin/rabbitmq-server usr/bin/redis-server usr/bin/valkey-server \
    usr/share/postgresql/18/extension/documentdb.control etc/alternatives/javac; do
    # Some are absolute links, which lead elsewhere from here.
    [[ -e $target/$path || -L $target/$path ]] || return 1
  done
}
search_node() { exec bash "$here/elasticsearch.sh" 3; }
has && search_node
if [[ $(id -u) != 0 || ! -x /usr/bin/apt-get ]]; then
  echo 'install-servers: RabbitMQ 4, Redis 8, Valkey 9 and the stand-in for MongoDB need root on Debian' >&2
  exit 1
fi

# shellcheck source=scripts/servers/debian/suites.sh
source "$here/debian/suites.sh"
mirror=$(debian_mirror)
export DEBIAN_FRONTEND=noninteractive
if ! command -v mmdebstrap > /dev/null; then
  get() { apt-get -o DPkg::Lock::Timeout=300 -q "$@"; }
  install() { get install -y --no-install-recommends mmdebstrap; }
  out=$( (install || { get update && install; }) 2>&1) || { printf '%s\n' "$out" | tail -n 20 >&2; exit 1; }
fi

echo "install-servers: building a root of Debian's $suite with RabbitMQ 4, Redis 8, Valkey 9 and DocumentDB (one to three minutes)" >&2
mkdir -p "${target%/*}"
# Beside its place, so that the move is all or nothing; another run may be quicker.
partial=$(mktemp -d "$target.XXXXXX")
trap 'rm -rf "$partial" "$partial.log"' EXIT
# shellcheck disable=SC2016 # for the shell of the hook
mmdebstrap --variant=minbase --format=directory --include="$packages" \
  --aptopt='APT::Install-Recommends "false"' --aptopt='Acquire::Languages "none"' \
  --aptopt='Acquire::Check-Valid-Until "false"' --dpkgopt=force-unsafe-io \
  --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' \
  --essential-hook='mkdir -p "$1/usr/share/man/man1" "$1/etc/postgresql-common" && echo "create_main_cluster = false" > "$1/etc/postgresql-common/createcluster.conf"' \
  "$suite" "$partial/root" "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" \
  > "$partial.log" 2>&1 || { tail -n 20 "$partial.log" >&2; exit 1; }
chmod 755 "$partial/root"
# What is there lacks a server that was added since it was made.
has || rm -rf "$target"
mv -T "$partial/root" "$target" 2> /dev/null || has
rm -rf "$partial" "$partial.log"
search_node
