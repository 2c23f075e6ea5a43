# Run as a script by native.cmake. Builds the crate and puts library and headers into PRODUCT, last
# step a rename, so that an interrupted build leaves nothing that looks finished.

# Clones share the cargo folder: one at a time from here to the copy, or one would take the other's library.
file(MAKE_DIRECTORY ${TARGET_DIR})
file(LOCK ${TARGET_DIR}/icn_native.lock GUARD PROCESS)
if(EXISTS ${PRODUCT}/libicn_native.a)
  return()
endif()

set(ENV{CARGO_TARGET_DIR} ${TARGET_DIR})
# To cargo the crate is the same one in every clone and fresh when its files are older than the last build, which
# may have been another clone's: the digest of the sources makes it tell them apart.
get_filename_component(digest ${PRODUCT} NAME)
execute_process(
  COMMAND ${CARGO} rustc --release --locked --manifest-path ${SOURCE}/Cargo.toml -- -C metadata=${digest}
  COMMAND_ERROR_IS_FATAL ANY)

# wasmtime/conf.h must be the one generated with the library's features, else value types differ silently.
file(GLOB generated ${TARGET_DIR}/release/build/wasmtime-c-api-impl-*/out/include/wasmtime/conf.h)
set(newest "")
foreach(candidate IN LISTS generated)
  if(newest STREQUAL "" OR candidate IS_NEWER_THAN newest)
    set(newest ${candidate})
  endif()
endforeach()
if(newest STREQUAL "")
  message(FATAL_ERROR "wasmtime/conf.h was not generated below ${TARGET_DIR}")
endif()
string(REPLACE "/wasmtime/conf.h" "" include_folder ${newest})

set(staging ${PRODUCT}.tmp)
file(REMOVE_RECURSE ${staging})
file(MAKE_DIRECTORY ${staging})
file(COPY ${include_folder}/ DESTINATION ${staging}/include)
file(COPY ${SOURCE}/include/ DESTINATION ${staging}/include)
file(COPY ${TARGET_DIR}/release/libicn_native.a DESTINATION ${staging})
file(REMOVE_RECURSE ${PRODUCT})
file(RENAME ${staging} ${PRODUCT})
