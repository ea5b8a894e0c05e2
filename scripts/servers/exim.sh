#!/usr/bin/env bash
# Exim, Debian's mail server, in a root of its own in the cache: installed as usual it would take the place of the machine's own mail
# server. Tests run it there (tests/servers/exim.ts).
set -euo pipefail
target=${XDG_CACHE_HOME:-$HOME/.cache}/hometrip-test-servers/exim
program=$target/usr/sbin/exim4
[[ -x $program ]] && exit 0
if [[ $(id -u) != 0 || ! -x /usr/bin/apt-get ]]; then
  echo 'install-servers: Exim needs root on Debian' >&2
  exit 1
fi

# shellcheck source=scripts/servers/debian/suites.sh
source "$(dirname "${BASH_SOURCE[0]}")/debian/suites.sh"
mirror=$(debian_mirror)
suite=$(sed -nE 's/^VERSION_CODENAME=//p' /etc/os-release)
export DEBIAN_FRONTEND=noninteractive
if ! command -v mmdebstrap > /dev/null; then
  get() { apt-get -o DPkg::Lock::Timeout=300 -q "$@"; }
  install() { get install -y --no-install-recommends mmdebstrap; }
  out=$( (install || { get update && install; }) 2>&1) || { printf '%s\n' "$out" | tail -n 20 >&2; exit 1; }
fi

echo 'install-servers: building a root with Exim (about a minute)' >&2
mkdir -p "${target%/*}"
# Beside its place, so that the move is all or nothing; another run may be quicker.
partial=$(mktemp -d "$target.XXXXXX")
trap 'rm -rf "$partial" "$partial.log"' EXIT
mmdebstrap --variant=minbase --format=directory --include=exim4-daemon-light \
  --aptopt='APT::Install-Recommends "false"' --aptopt='Acquire::Languages "none"' \
  --aptopt='Acquire::Check-Valid-Until "false"' --dpkgopt=force-unsafe-io \
  --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' \
  "$suite" "$partial/root" "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" \
  > "$partial.log" 2>&1 || { tail -n 20 "$partial.log" >&2; exit 1; }
chmod 755 "$partial/root"
mv -T "$partial/root" "$target" 2> /dev/null || [[ -x $program ]]
