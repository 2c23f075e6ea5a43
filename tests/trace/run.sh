#!/usr/bin/env bash
# Traces at a collector. The last line is `N passed, M failed`.
exec python3 "$(dirname "${BASH_SOURCE[0]}")/run.py"
