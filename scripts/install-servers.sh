#!/usr/bin/env bash
# Installs the servers that `npm run test:servers` proves the adapters on: each script below servers/ brings one or some, and leaves
# alone what is there. One takes minutes, mostly waiting for the network: it runs beside the others. Ends with
# exit code 1 and the list of what could not be had.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/servers" || exit 1
# Without lists two scripts would fetch them at once, and one would fail.
[[ $(id -u) != 0 || ! -x /usr/bin/apt-get || -n $(apt-cache policy redis-server 2> /dev/null) ]] || apt-get -qq update
beside=(newer-debian.sh)
missing=() running=()
for script in "${beside[@]}"; do
  bash "$script" &
  running+=("$!")
done
for script in *.sh; do
  [[ " ${beside[*]} " == *" $script "* ]] || bash "$script" || missing+=("${script%.sh}")
done
for i in "${!beside[@]}"; do
  wait "${running[$i]}" || missing+=("${beside[$i]%.sh}")
done
if ((${#missing[@]})); then
  echo "install-servers: not to be had here: ${missing[*]}" >&2
  exit 1
fi
