#!/usr/bin/env bash
# Installs other people's programs that `npm run test:tools` runs the generated files through, on Debian and as root:
# nginx, promtool, shellcheck, docker with compose 2. What is there already stays. HOMETRIP_TOOLS may name a folder with
# some of them. Ends with exit code 1 and the list of what could not be had.
set -euo pipefail

bin=/usr/local/bin
plugins=/usr/local/lib/docker/cli-plugins
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
[[ -n ${HOMETRIP_TOOLS:-} ]] && PATH=$HOMETRIP_TOOLS:$PATH

say() { printf 'install-tools: %s\n' "$*" >&2; }
quiet() { local out; out=$("$@" 2>&1) || { printf '%s\n' "$out" | tail -n 20 >&2; return 1; }; }

# The mirror that this machine gets its own Debian packages from.
# shellcheck disable=SC2016 # apt expands this itself
mirror() { apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -E '/debian/?$' | head -n 1; }

# apt for another suite of Debian, with lists of its own: nothing of it can be installed on this system by accident.
suite_apt() {
  local suite=$1 dir=$work/apt-$1
  shift
  if [[ ! -f $dir/apt.conf ]]; then
    mkdir -p "$dir/lists/partial" "$dir/cache/archives/partial"
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(mirror) $suite main" > "$dir/sources.list"
    cat > "$dir/apt.conf" << CONF
Dir::Etc::sourcelist "$dir/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::State::lists "$dir/lists";
Dir::State::status "/dev/null";
Dir::Cache "$dir/cache";
APT::Sandbox::User "root";
Acquire::Languages "none";
CONF
    APT_CONFIG=$dir/apt.conf quiet apt-get update -q
  fi
  APT_CONFIG=$dir/apt.conf "$@"
}

# from_deb PACKAGE FILE TARGET TRIAL...: one program out of a package of the first suite whose program runs here.
# The newer suites come first, because the generated files are for current versions of these programs.
from_deb() {
  local package=$1 file=$2 target=$3 suite
  shift 3
  for suite in trixie sid; do
    rm -rf "$work/deb" && mkdir -p "$work/deb"
    (cd "$work/deb" && suite_apt "$suite" apt-get download -q "$package" > /dev/null 2>&1) || continue
    dpkg-deb -x "$work"/deb/*.deb "$work/deb/root"
    install -D -m 755 "$work/deb/root/$file" "$target"
    "$@" > /dev/null 2>&1 && say "$package from $suite" && return 0
    rm -f "$target"
  done
  return 1
}

# Installs without starting the service that comes with the package.
from_host() {
  local policy=/usr/sbin/policy-rc.d
  [[ -e $policy ]] || { printf '#!/bin/sh\nexit 101\n' > $policy && chmod 755 $policy && trap 'rm -rf "$work" '$policy EXIT; }
  export DEBIAN_FRONTEND=noninteractive
  quiet apt-get install -y -q --no-install-recommends "$@" ||
    { quiet apt-get update -q && quiet apt-get install -y -q --no-install-recommends "$@"; }
}

# `server … resolve` in upstreams came with 1.27.3.
has_nginx() { command -v nginx > /dev/null && printf '%s\n' 'nginx version: nginx/1.27.3' "$(nginx -v 2>&1)" | sort -CV; }
has_promtool() { promtool --version; }
has_shellcheck() { shellcheck --version; }
has_docker() { docker --version; }
has_compose() { docker compose version; }

# Debian's stable nginx is too old, and the current one wants a newer C library than this system may have: it gets a
# folder with its own.
get_nginx() {
  local dir=/usr/local/lib/hometrip-nginx loader deb
  for suite in trixie sid; do
    rm -rf "$work/nginx" && mkdir -p "$work/nginx/debs"
    (cd "$work/nginx/debs" &&
      suite_apt "$suite" apt-get download -q nginx nginx-common libc6 libcrypt1 libpcre2-8-0 libssl3t64 libzstd1 zlib1g > /dev/null 2>&1) || continue
    for deb in "$work"/nginx/debs/*.deb; do dpkg-deb -x "$deb" "$work/nginx/root"; done
    rm -rf "$dir" && mkdir -p "$dir/lib"
    find "$work/nginx/root" -name '*.so*' -path '*-linux-gnu/*' -exec cp -Lf {} "$dir/lib/" \;
    install -m 755 "$work/nginx/root/usr/sbin/nginx" "$dir/nginx"
    loader=$(basename "$(find "$dir/lib" -name 'ld-linux*' | head -n 1)")
    printf '#!/bin/sh\nexec %s --library-path %s %s "$@"\n' "$dir/lib/$loader" "$dir/lib" "$dir/nginx" > $bin/nginx
    chmod 755 $bin/nginx
    [[ -e /etc/nginx/mime.types ]] || install -D -m 644 "$work/nginx/root/etc/nginx/mime.types" /etc/nginx/mime.types
    hash -r
    has_nginx && say "nginx from $suite, with its libraries" && return 0
    rm -rf "$dir" $bin/nginx
  done
  return 1
}
get_promtool() { from_deb promtool usr/bin/promtool $bin/promtool $bin/promtool --version; }
get_shellcheck() { from_host shellcheck; }
get_docker() { from_deb docker-cli usr/bin/docker $bin/docker $bin/docker --version; }
get_compose() {
  from_deb docker-compose usr/libexec/docker/cli-plugins/docker-compose $plugins/docker-compose docker compose version
}

missing=()
for tool in nginx promtool shellcheck docker compose; do
  "has_$tool" > /dev/null 2>&1 && continue
  if [[ $(id -u) != 0 || ! -x /usr/bin/apt-get ]]; then missing+=("$tool"); continue; fi
  say "installing $tool"
  "get_$tool" || true
  hash -r
  "has_$tool" > /dev/null 2>&1 || missing+=("$tool")
done
if ((${#missing[@]})); then
  say "not to be had here: ${missing[*]} (needs root on Debian; or install them, or put them in a folder named by HOMETRIP_TOOLS)"
  exit 1
fi
