#!/usr/bin/env bash
# Puts `consul` into /usr/local/bin. Debian 12 has none; the package of Debian 11 is one static program that runs there too.
# A private apt with lists of its own fetches it, so that nothing else can ever come from the other suite.
set -euo pipefail
command -v consul > /dev/null && exit 0
suite=bullseye
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

# The mirror that this machine uses already.
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2> /dev/null | grep -E '/debian/?$' | head -n1 || true)
[[ -n $mirror ]] || mirror=$(sed -nE 's/^(URIs: *|deb +(\[[^]]*\] +)?)(https?:[^ ]*\/debian)\/?( .*)?$/\3/p' \
  /etc/apt/sources.list /etc/apt/sources.list.d/* 2> /dev/null | head -n1)
[[ -n $mirror ]] || {
  echo "consul.sh: no Debian mirror in apt's configuration" >&2
  exit 1
}

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir -p "$folder/lists/partial" "$folder/cache/archives/partial"
echo "deb [signed-by=$keyring] ${mirror%/} $suite main" > "$folder/sources.list"
cat > "$folder/apt.conf" << CONF
Dir::Etc::sourcelist "$folder/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::State::lists "$folder/lists";
Dir::State::status "/dev/null";
Dir::Cache "$folder/cache";
APT::Sandbox::User "root";
Acquire::Languages "none";
Acquire::Check-Valid-Until "false";
CONF
export APT_CONFIG=$folder/apt.conf
cd "$folder"
apt-get update -qq
apt-get download -qq consul
dpkg-deb -x consul_*.deb unpacked
install -m 755 unpacked/usr/bin/consul /usr/local/bin/consul
consul version | head -n1
