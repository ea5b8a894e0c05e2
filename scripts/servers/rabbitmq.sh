#!/usr/bin/env bash
# RabbitMQ from Debian, without starting the service that comes with it: tests run nodes of their own.
set -euo pipefail

has() { [[ -x /usr/lib/rabbitmq/bin/rabbitmq-server ]]; }
has && exit 0
if [[ $(id -u) != 0 || ! -x /usr/bin/apt-get ]]; then
  echo 'install-servers: RabbitMQ needs root on Debian, or /usr/lib/rabbitmq/bin/rabbitmq-server as its packages install it' >&2
  exit 1
fi

policy=/usr/sbin/policy-rc.d
[[ -e $policy ]] || { printf '#!/bin/sh\nexit 101\n' > $policy && chmod 755 $policy && trap 'rm -f $policy' EXIT; }
export DEBIAN_FRONTEND=noninteractive
get() { apt-get -o DPkg::Lock::Timeout=300 -q "$@"; }
install() { get install -y --no-install-recommends rabbitmq-server; }
echo 'install-servers: installing RabbitMQ' >&2
out=$( (install || { get update && install; }) 2>&1) || { printf '%s\n' "$out" | tail -n 20 >&2; exit 1; }
has
