#!/usr/bin/env bash
# The same module and inputs give the same result CID on any node. The last line is `N passed, M failed`.
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1
export PYTHONDONTWRITEBYTECODE=1
PYTHONPATH=../lib exec python3 check.py
