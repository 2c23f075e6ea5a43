# Run as a script by native.cmake. Builds the crate and puts library and headers into PRODUCT, last
# step a rename, so that an interrupted build leaves nothing that looks finished.

set(ENV{CARGO_TARGET_DIR} ${TARGET_DIR})
execute_process(
  COMMAND ${CARGO} build --release --locked --manifest-path ${SOURCE}/Cargo.toml
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
