#!/bin/sh
# Renders everything that services.yaml describes. Same as: hometrip generate
set -eu
cd "$(dirname "$0")/../.."
exec ./hometrip generate "$@"
