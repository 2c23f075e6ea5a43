#!/usr/bin/env bash
# API cases, kill -9 and a cooperative's first day on every storage engine. The last line is `N passed, M failed`.
# `run.sh soak`: all API cases and 30 rounds of kill -9 each, which takes minutes an engine.
cd "$(dirname "${BASH_SOURCE[0]}")" && exec python3 -B matrix.py "$@"
