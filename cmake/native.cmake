# The Rust static library of native/, made once per content: the product lies in the user's cache
# folder under a hash of the sources and the compiler version, so every clone and preset shares it.

find_program(ICN_CARGO cargo)
if(NOT ICN_CARGO)
  message(FATAL_ERROR "cargo was not found. ICN needs Rust 1.95 or newer: install it with rustup (https://rustup.rs), then try again.")
endif()
execute_process(COMMAND rustc --version OUTPUT_VARIABLE ICN_RUSTC_VERSION OUTPUT_STRIP_TRAILING_WHITESPACE)
string(REGEX MATCH "[0-9]+\\.[0-9]+" ICN_RUST_NUMBER "${ICN_RUSTC_VERSION}")
if(ICN_RUST_NUMBER VERSION_LESS 1.95)
  message(FATAL_ERROR "Rust ${ICN_RUST_NUMBER} is too old. ICN needs 1.95 or newer: run `rustup update stable`, then try again.")
endif()

file(GLOB_RECURSE native_sources CONFIGURE_DEPENDS
  ${CMAKE_SOURCE_DIR}/native/*.rs ${CMAKE_SOURCE_DIR}/native/*.toml
  ${CMAKE_SOURCE_DIR}/native/*.lock ${CMAKE_SOURCE_DIR}/native/*.h)
list(SORT native_sources)
set(native_digest "${ICN_RUSTC_VERSION}")
foreach(file IN LISTS native_sources)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
  file(SHA256 ${file} file_digest)
  string(SHA256 native_digest "${native_digest}${file_digest}")
endforeach()
string(SUBSTRING ${native_digest} 0 16 native_digest)
set(native_product ${ICN_CACHE_FOLDER}/native/${native_digest})

add_custom_command(
  OUTPUT ${native_product}/libicn_native.a
  COMMAND ${CMAKE_COMMAND}
    -D SOURCE=${CMAKE_SOURCE_DIR}/native -D PRODUCT=${native_product}
    -D TARGET_DIR=${ICN_CACHE_FOLDER}/cargo-target -D CARGO=${ICN_CARGO}
    -P ${CMAKE_SOURCE_DIR}/cmake/build_native.cmake
  USES_TERMINAL
  COMMENT "Building native/ with cargo (once; about 10 minutes)")
add_custom_target(icn_native_build DEPENDS ${native_product}/libicn_native.a)

add_library(icn_native INTERFACE)
add_dependencies(icn_native icn_native_build)
target_include_directories(icn_native SYSTEM INTERFACE ${native_product}/include)
target_link_libraries(icn_native INTERFACE ${native_product}/libicn_native.a zstd dl m pthread)
