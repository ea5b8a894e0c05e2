#!/bin/sh
# Dumps each PostgreSQL database of docker-compose.yml (or those that you name) into a new folder below the first
# argument (default: ./backups). A folder is there only when every dump in it is complete.
set -eu
target=${1:-backups}
[ "$#" -eq 0 ] || shift
[ "$#" -gt 0 ] || set -- auth booking listing payment user
folder=$target/$(date -u +%Y-%m-%dT%H-%M-%SZ)
umask 077
mkdir -p "$folder.partial"
trap 'rm -rf "$folder.partial"' EXIT
compose=$(dirname "$0")/../docker-compose.yml
for database in "$@"; do
  docker compose --file "$compose" exec -T postgres pg_dump --username postgres --format custom "$database" > "$folder.partial/$database.dump"
  echo "$database"
done
mv "$folder.partial" "$folder"
echo "backup is in $folder"
