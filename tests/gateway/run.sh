#!/usr/bin/env bash
# A node, two gateways of it, PostgreSQL and Redis. The last line is `N passed, M failed`.
exec python3 "$(dirname "${BASH_SOURCE[0]}")/run.py"
