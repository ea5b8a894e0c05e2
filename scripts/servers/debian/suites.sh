# To be sourced: what comes from another Debian than this machine's.
# shellcheck shell=bash

# The mirror that this machine uses already.
debian_mirror() {
  local mirror
  # shellcheck disable=SC2016 # for apt
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2> /dev/null | grep -E '/debian/?$' | head -n1 || true)
  [[ -n $mirror ]] || mirror=$(sed -nE 's/^(URIs: *|deb +(\[[^]]*\] +)?)(https?:[^ ]*\/debian)\/?( .*)?$/\3/p' \
    /etc/apt/sources.list /etc/apt/sources.list.d/* 2> /dev/null | head -n1)
  [[ -n $mirror ]] || {
    echo "install-servers: no Debian mirror in apt's configuration" >&2
    return 1
  }
  printf '%s\n' "${mirror%/}"
}

# Without installing them: a private apt with lists of its own fetches them, so that nothing else can ever come from the other suite.
# unpack SUITE FOLDER PACKAGE...: what these packages contain, without what they depend on.
unpack() {
  local suite=$1 folder=$2 mirror apt keyring=/usr/share/keyrings/debian-archive-keyring.gpg
  shift 2
  mirror=$(debian_mirror)
  apt=$(mktemp -d)
  mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$folder"
  echo "deb [signed-by=$keyring] $mirror $suite main" > "$apt/sources.list"
  cat > "$apt/apt.conf" << CONF
Dir::Etc::sourcelist "$apt/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::State::lists "$apt/lists";
Dir::State::status "/dev/null";
Dir::Cache "$apt/cache";
APT::Sandbox::User "root";
Acquire::Languages "none";
Acquire::Check-Valid-Until "false";
CONF
  (
    export APT_CONFIG=$apt/apt.conf
    cd "$apt" || exit
    apt-get update -qq
    apt-get download -qq "$@"
    for package in ./*.deb; do dpkg-deb -x "$package" "$folder"; done
  )
  rm -rf "$apt"
}
