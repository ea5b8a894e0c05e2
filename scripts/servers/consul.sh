#!/usr/bin/env bash
# Puts `consul` into /usr/local/bin. Debian 12 has none; the package of Debian 11 is one static program that runs there too.
set -euo pipefail
command -v consul > /dev/null && exit 0
# shellcheck source=scripts/servers/debian/suites.sh
source "$(dirname "${BASH_SOURCE[0]}")/debian/suites.sh"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
unpack bullseye "$folder" consul
install -m 755 "$folder/usr/bin/consul" /usr/local/bin/consul
consul version | head -n1
