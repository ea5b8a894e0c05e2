#!/usr/bin/env bash
# OpenSearch as a library, which speaks Elasticsearch's REST API: its packages through Maven into a cache folder, and the small
# program beside this script that runs one node. Needs Java 17 and Maven, which come from Debian when they are missing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/elasticsearch"

target=${XDG_CACHE_HOME:-$HOME/.cache}/hometrip/servers/search-node
stamp=$(cat pom.xml SearchNode.java | sha256sum | cut -d ' ' -f 1)
[[ -f $target/stamp && $(< "$target/stamp") == "$stamp" ]] && command -v java > /dev/null && exit 0

quiet() { local out; out=$("$@" 2>&1) || { printf '%s\n' "$out" | tail -n 20 >&2; return 1; }; }
if ! command -v javac > /dev/null || ! command -v mvn > /dev/null; then
  if [[ $(id -u) != 0 || ! -x /usr/bin/apt-get ]]; then
    echo 'install-servers: the search node needs Java 17 and Maven, or root on Debian to install them' >&2
    exit 1
  fi
  export DEBIAN_FRONTEND=noninteractive
  get() { apt-get -o DPkg::Lock::Timeout=300 -q "$@"; }
  packages=(openjdk-17-jdk-headless maven)
  quiet get install -y --no-install-recommends "${packages[@]}" ||
    { quiet get update && quiet get install -y --no-install-recommends "${packages[@]}"; }
fi

echo 'install-servers: fetching the search node' >&2
mkdir -p "$(dirname "$target")"
work=$(mktemp -d "$target.XXXXXX")
trap 'rm -rf "$work"' EXIT
quiet mvn -q -B -f pom.xml dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$work/lib"
quiet javac -cp "$work/lib/*" -d "$work/classes" SearchNode.java
echo "$stamp" > "$work/stamp"
chmod 755 "$work"
rm -rf "$target"
mv "$work" "$target"
trap - EXIT
