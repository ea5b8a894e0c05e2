#!/usr/bin/env bash
# FerretDB, which speaks MongoDB's protocol in front of DocumentDB and, unlike the tests' own front, has users.
set -euo pipefail
exec bash "$(dirname "${BASH_SOURCE[0]}")/go/program.sh" ferretdb github.com/FerretDB/FerretDB/v2/cmd/ferretdb@v2.7.0
