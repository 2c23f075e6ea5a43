# Where slow-to-make products lie, shared by every clone and preset. scripts/common.sh names the same folder.

if(DEFINED ENV{XDG_CACHE_HOME} AND NOT "$ENV{XDG_CACHE_HOME}" STREQUAL "")
  set(ICN_CACHE_FOLDER $ENV{XDG_CACHE_HOME}/icn)
else()
  set(ICN_CACHE_FOLDER $ENV{HOME}/.cache/icn)
endif()
