#!/usr/bin/env bash
# API cases, kill -9, example jobs and a cooperative's first day on every storage engine. The last line is `N passed, M failed`.
# `run.sh soak`: all API cases, which takes minutes an engine.
cd "$(dirname "${BASH_SOURCE[0]}")" && exec python3 -B matrix.py "$@"
