# shellcheck shell=bash disable=SC2034
# Sourced by the scripts beside it: folders, and how progress is shown.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$ROOT" || exit 1

# What is slow to make is shared by every clone. cmake/cache.cmake names the same folder.
ICN_CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/icn
export CCACHE_DIR=$ICN_CACHE/ccache
export CCACHE_MAXSIZE=5G
# Paths below the checkout are hashed relative to it, so that a fresh clone in another folder finds what this one made.
export CCACHE_BASEDIR=$ROOT CCACHE_NOHASHDIR=1
# A shell that did not read the login files may lack rustup's folder.
command -v cargo >/dev/null || PATH=$PATH:$HOME/.cargo/bin
JOBS=$(nproc)

say() { printf '\n== %s\n' "$*"; }

# duration SECONDS: "75" becomes "1 min 15 s".
duration() {
  if (($1 >= 60)); then printf '%d min %d s' $(($1 / 60)) $(($1 % 60)); else printf '%d s' "$1"; fi
}
