#!/usr/bin/env bash
# OpenSearch as a library, which speaks Elasticsearch's REST API: its packages through Maven, and the small program in the folder
# beside this script that runs one node.
#   elasticsearch.sh     version 2, in the cache; needs Java 17 and Maven, which come from Debian when they are missing
#   elasticsearch.sh 3   version 3, in the root of the newer Debian, whose Java it needs (newer-debian.sh calls this)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/elasticsearch"

cache=${XDG_CACHE_HOME:-$HOME/.cache}
major=${1:-2}
case $major in
  2) version=2.18.0 place='' target=$cache/hometrip/servers/search-node ;;
  3) version=3.3.2 place=$cache/hometrip-test-servers/forky target=$place/opt/search-node ;;
  *) echo "elasticsearch.sh: there is no version $major" >&2; exit 1 ;;
esac
stamp=$(cat pom.xml SearchNode.java "$major/Plugins.java" <(echo "$version") | sha256sum | cut -d ' ' -f 1)
[[ -f $target/stamp && $(< "$target/stamp") == "$stamp" ]] && { [[ -n $place ]] || command -v java > /dev/null; } && exit 0

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

echo "install-servers: fetching the search node, OpenSearch $version" >&2
mkdir -p "$(dirname "$target")"
work=$(mktemp -d "$target.XXXXXX")
trap 'rm -rf "$work"' EXIT
# Elsewhere Maven would leave files beside the sources.
cp pom.xml SearchNode.java "$major/Plugins.java" "$work"
quiet mvn -q -B -f "$work/pom.xml" -Dopensearch.version="$version" dependency:copy-dependencies \
  -DincludeScope=runtime -DoutputDirectory="$work/lib"
compile=(javac -cp "${work#"$place"}/lib/*" -d "${work#"$place"}/classes" "${work#"$place"}"/{SearchNode,Plugins}.java)
# Java finds itself by /proc.
# shellcheck disable=SC2016 # for the shell that it is handed to
[[ -z $place ]] || compile=(unshare --mount sh -c 'mount -t proc proc "$0/proc" && exec /usr/sbin/chroot "$@"' "$place" "$place" "${compile[@]}")
quiet "${compile[@]}"
echo "$stamp" > "$work/stamp"
chmod 755 "$work"
rm -rf "$target"
mv "$work" "$target"
trap - EXIT
