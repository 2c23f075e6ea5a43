# Sourced by suites whose checks are JavaScript.

# skip REASON: ends the suite without a case.
skip() {
  echo "skipped: $1"
  echo "0 passed, 0 failed"
  exit 0
}

# npm_install NAME: puts the suite in the folder `here` and its locked packages into a folder of the user's cache, and
# names that in `cache`. Skips the suite without npm, or when the packages cannot be fetched the first time.
npm_install() {
  command -v npm >/dev/null || skip "npm is not installed"
  cache=${XDG_CACHE_HOME:-$HOME/.cache}/icn/$1
  mkdir -p "$cache" && cp "$here"/package.json "$here"/package-lock.json "$here"/*.mjs "$cache/" || exit 1
  (cd "$cache" && npm ci --no-audit --no-fund --prefer-offline >npm.log 2>&1) ||
    skip "npm could not install: $(tail -1 "$cache/npm.log")"
}
