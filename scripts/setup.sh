#!/usr/bin/env bash
# setup.sh [build|run|test|bench|federation]: installs what is missing for that purpose, and nothing else.
# Needs root or sudo only when something is missing; without either it prints the one command to run.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
purpose=${1:-build}

# package | what satisfies it | purpose | why
# "what satisfies it": `package`, or `command NAME` where a program from elsewhere does as well.
# Purposes, comma between: every purpose needs the rows of `build`, and its own.
TABLE='
ca-certificates              | package            | build | lets cargo check who it downloads from
g++                          | command g++        | build | compiles the node
cmake                        | command cmake      | build | describes the build
ninja-build                  | command ninja      | build | runs the build
ccache                       | command ccache     | build | makes second builds fast
mold                         | command mold       | build | links in seconds
pkg-config                   | command pkg-config | build | finds libsodium
clang                        | command clang      | build | compiles example jobs to WebAssembly, and the fuzz targets
lld                          | command wasm-ld    | build | links example jobs
wasi-libc                    | package            | build | C library of example jobs
libclang-rt-14-dev           | package            | build | run time of the sanitizers and libFuzzer
libclang-rt-14-dev-wasm32    | package            | build | compiler run time of example jobs
libboost1.81-dev             | package            | build | HTTP, JSON, asynchronous I/O (1.81, not the default 1.74)
librocksdb-dev               | package            | build | the default store
libsqlite3-dev               | package            | build | the store that is one file to query
libpq-dev                    | package            | build | the store that is a PostgreSQL database
libhiredis-dev               | package            | build | answers shared in a Redis server
libsodium-dev                | package            | build | keys, signatures, encryption at rest
zlib1g-dev                   | package            | build | compresses status lists
libzstd-dev                  | package            | build | compresses backups
libprotobuf-dev              | package            | build | messages of CometBFT (ABCI)
protobuf-compiler            | command protoc     | build | compiles them
libssl-dev                   | package            | build | TLS 1.3
libspdlog-dev                | package            | build | log
libfmt-dev                   | package            | build | text formatting
libcli11-dev                 | package            | build | command line
libtomlplusplus-dev          | package            | build | settings files
libmimalloc-dev              | package            | build | memory allocator of the node
python3                      | command python3    | build | sorts files into batches; test runners
libgtest-dev                 | package            | test  | unit tests
libgmock-dev                 | package            | test  | matchers of the unit tests
libbenchmark-dev             | package            | test,bench | micro benches, run tiny in the tests
clang-format                 | command clang-format | test | make fmt, make lint
clang-tidy                   | command clang-tidy | test  | make lint
curl                         | command curl       | test  | tests over HTTP
jq                           | command jq         | test  | reads JSON answers in tests
python3-cryptography         | package            | test  | signs transactions in the tests of tests/
zsh                          | command zsh        | test  | completion of the command line in it
fish                         | command fish       | test  | completion of the command line in it
chromium                     | command chromium   | test  | the pages of a node in a real browser
wrk                          | command wrk        | bench | HTTP load
postgresql                   | package            | test,bench | a server for the tests of that store; pgbench, the peer of durable writes
postgresql-contrib           | package            | bench | pgbench on older layouts
redis-server                 | command redis-server | test,bench | a server for the tests of shared answers
rocksdb-tools                | package            | bench | db_bench, the peer of the RocksDB engine
'

fail() { printf 'setup: %s\n' "$*" >&2; exit 1; }

# at_least HAVE WANT: compares major.minor.
at_least() {
  local have_major=${1%%.*} have_minor=${1#*.} want_major=${2%%.*} want_minor=${2#*.}
  have_minor=${have_minor%%.*}
  ((have_major > want_major || (have_major == want_major && have_minor >= want_minor)))
}

# version_of PROGRAM: the first number like 1.95 in what `PROGRAM --version` prints.
version_of() {
  local text
  text=$("$1" --version 2>/dev/null) || return 1
  [[ $text =~ ([0-9]+\.[0-9]+) ]] && printf '%s' "${BASH_REMATCH[1]}"
}

check_rust() {
  local version
  command -v cargo >/dev/null && version=$(version_of rustc) ||
    fail 'Rust was not found. icn needs 1.95 or newer: install it with rustup, then try again.'
  at_least "$version" 1.95 ||
    fail "Rust $version is too old. icn needs 1.95 or newer: run \`rustup update stable\`, then try again."
}

check_compilers() {
  local version
  version=$(version_of cmake) || fail 'CMake was not found. icn needs 3.25 or newer.'
  at_least "$version" 3.25 || fail "CMake $version is too old. icn needs 3.25 or newer."
  version=$(g++ -dumpfullversion 2>/dev/null) || fail 'g++ was not found. icn needs 12 or newer.'
  at_least "$version" 12.0 || fail "g++ $version is too old. icn needs 12 or newer."
}

COMETBFT_VERSION=v0.40.0
# Ours differs from the release in one line (below); `cometbft version` tells it.
COMETBFT_BUILD=$COMETBFT_VERSION-icn.1

# The ordering engine of federations. Its tests and the ten-node run need it; a node alone does not.
install_cometbft() {
  local folder=$ICN_CACHE/go/bin version
  ! grep -aqF "$COMETBFT_BUILD" "$folder/cometbft" 2>/dev/null || return 0
  command -v go >/dev/null ||
    fail "Go was not found. CometBFT $COMETBFT_VERSION is built with Go 1.25 or newer: install it from https://go.dev/dl, then try again."
  version=$(go version)
  [[ $version =~ go([0-9]+\.[0-9]+) ]] && at_least "${BASH_REMATCH[1]}" 1.25 ||
    fail "$version is too old. CometBFT $COMETBFT_VERSION is built with Go 1.25 or newer."
  printf 'setup: building CometBFT %s into %s, once; about 5 minutes on 2 cores\n' "$COMETBFT_VERSION" "$folder"
  local module=github.com/cometbft/cometbft source release
  release=$(go mod download -json "$module@$COMETBFT_VERSION" | sed -nE 's/^[[:space:]]*"Dir": "(.*)",?$/\1/p')
  [[ -d $release ]] || fail "CometBFT was not fetched: run \`go mod download $module@$COMETBFT_VERSION\` to see why."
  source=$(mktemp -d)
  cp -r "$release/." "$source"
  chmod -R u+w "$source"
  # Its client of the application counts in nanoseconds what is named milliseconds, and a timer of 20 ns that finds
  # nobody listening sets itself anew at once: on busy processors that is 40 % of what an engine uses.
  sed -i -E 's/(flushThrottleMS +=) 20( .*)?$/\1 time.Millisecond/' "$source/abci/client/socket_client.go"
  grep -qE 'flushThrottleMS += time.Millisecond' "$source/abci/client/socket_client.go" ||
    fail "CometBFT $COMETBFT_VERSION is not as expected: abci/client/socket_client.go has no flushThrottleMS of 20."
  (cd "$source" && go build -v -trimpath -ldflags "-X $module/version.TMGitCommitHash=$COMETBFT_BUILD" \
    -o "$folder/cometbft.new" ./cmd/cometbft) 2>&1 |
    { [[ -t 1 ]] && while read -r line; do printf '\r\033[K  %s' "${line:0:100}"; done && printf '\n' || cat >"$source/build.log"; } || true
  [[ -x $folder/cometbft.new ]] || { tail -5 "$source/build.log" >&2 || true; rm -rf "$source"; fail 'CometBFT was not built.'; }
  mv "$folder/cometbft.new" "$folder/cometbft"
  rm -rf "$source"
}

trim() { local text=${1#"${1%%[![:space:]]*}"}; printf '%s' "${text%"${text##*[![:space:]]}"}"; }

# Fills `missing` (packages) and `reasons` (one line each).
missing=()
reasons=()
find_missing() {
  local installed package check row_purpose why
  installed=" $(dpkg-query --show --showformat '${db:Status-Abbrev}${Package} ' 2>/dev/null) "
  while IFS='|' read -r package check row_purpose why; do
    package=${package%% *}
    read -r check <<<"$check"
    read -r row_purpose <<<"$row_purpose"
    [[ -n $package && ($row_purpose == build || ,$row_purpose, == *",$purpose,"*) ]] || continue
    if [[ $check == "command "* ]]; then
      command -v "${check#command }" >/dev/null && continue
    fi
    [[ $installed == *" ii $package "* || $installed == *" hi $package "* ]] && continue
    missing+=("$package")
    reasons+=("$(printf '  %-26s %s' "$package" "$(trim "$why")")")
  done <<<"$TABLE"
}

install_missing() {
  local as_root=()
  if [[ $(id -u) != 0 ]]; then
    if command -v sudo >/dev/null && { [[ -t 0 ]] || sudo -n true 2>/dev/null; }; then
      as_root=(sudo)
    else
      printf 'Neither root nor sudo is at hand. Run this once as root, then try again:\n\n'
      printf '  apt-get update && apt-get install --yes --no-install-recommends %s\n\n' "${missing[*]}"
      exit 1
    fi
  fi
  local options=(--yes --no-install-recommends -o DPkg::Lock::Timeout=300)
  [[ -t 1 ]] || options+=(--quiet -o Dpkg::Use-Pty=0)
  "${as_root[@]}" apt-get "${options[@]}" update </dev/null
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get "${options[@]}" install "${missing[@]}" </dev/null
}

case $purpose in
  build | test | bench | federation) ;;
  run) purpose=build ;;
  *) printf 'usage: scripts/setup.sh [build|run|test|bench|federation]\n' >&2; exit 2 ;;
esac

check_rust
checked=
if command -v dpkg-query >/dev/null; then
  checked=yes
  find_missing
  if ((${#missing[@]})); then
    printf 'setup: %d of the packages for `%s` are missing:\n' "${#missing[@]}" "$purpose"
    printf '%s\n' "${reasons[@]}"
    install_missing
  fi
else
  printf 'setup: not a Debian system: packages are not checked, see the table in scripts/setup.sh\n'
fi
check_compilers
[[ $purpose != test && $purpose != federation ]] || install_cometbft
[[ -z $checked ]] || ((${#missing[@]})) || printf 'setup: nothing to install for `%s`\n' "$purpose"
