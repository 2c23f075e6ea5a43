#!/usr/bin/env bash
# Nodes on SQL engines. The last line is `N passed, M failed`.
exec python3 "$(dirname "${BASH_SOURCE[0]}")/run.py"
