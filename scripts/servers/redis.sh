#!/usr/bin/env bash
# Redis from Debian, without starting the service that comes with it: tests run servers of their own.
set -euo pipefail

has() { command -v redis-server > /dev/null; }
has && exit 0
if [[ $(id -u) != 0 || ! -x /usr/bin/apt-get ]]; then
  echo 'install-servers: Redis needs root on Debian, or redis-server in the PATH' >&2
  exit 1
fi

policy=/usr/sbin/policy-rc.d
[[ -e $policy ]] || { printf '#!/bin/sh\nexit 101\n' > $policy && chmod 755 $policy && trap 'rm -f $policy' EXIT; }
export DEBIAN_FRONTEND=noninteractive
get() { apt-get -o DPkg::Lock::Timeout=300 -q "$@"; }
install() { get install -y --no-install-recommends redis-server; }
echo 'install-servers: installing Redis' >&2
out=$( (install || { get update && install; }) 2>&1) || { printf '%s\n' "$out" | tail -n 20 >&2; exit 1; }
has
