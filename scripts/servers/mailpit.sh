#!/usr/bin/env bash
# Mailpit, a mail server that keeps everything it gets: without the pages that it would show, which its module does not hold.
set -euo pipefail
version=v1.33.1
exec bash "$(dirname "${BASH_SOURCE[0]}")/go/program.sh" mailpit "github.com/axllent/mailpit@$version" \
  -ldflags "-X github.com/axllent/mailpit/config.Version=$version"
