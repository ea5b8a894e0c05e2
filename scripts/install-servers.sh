#!/usr/bin/env bash
# Installs the servers that `npm run test:servers` proves the adapters on: each script below servers/ brings one, and leaves
# alone what is there. Ends with exit code 1 and the list of what could not be had.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/servers" || exit 1
missing=()
for script in *.sh; do
  bash "$script" || missing+=("${script%.sh}")
done
if ((${#missing[@]})); then
  echo "install-servers: not to be had here: ${missing[*]}" >&2
  exit 1
fi
