#!/bin/sh
# Brings the database of each service (or of those that you name) to its newest migration, in the containers of
# docker-compose.yml. The embedded stack migrates by itself: hometrip up
set -eu
cd "$(dirname "$0")/.."
[ "$#" -gt 0 ] || set -- auth-service user-service listing-service booking-service payment-service
for service in "$@"; do
  echo "migrating $service"
  docker compose run --rm --no-deps "$service" migrate
done
