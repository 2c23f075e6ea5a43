# Compiler settings shared by every target of ours. Third-party headers are system headers: warnings stop at our own code.

set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1")
set(CMAKE_CXX_FLAGS_DEBUG "-O1 -g1 -fno-omit-frame-pointer")

set(ICN_SANITIZE "" CACHE STRING "Sanitizers for -fsanitize=, empty for none")
option(ICN_FUZZ "Build the libFuzzer targets" OFF)
option(ICN_BATCHES "Compile the files of a folder in batches, which takes less time than one by one" ON)

add_library(icn_compiler INTERFACE)
target_compile_options(icn_compiler INTERFACE
  -Wall -Wextra -Werror -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wcast-align
  -fstack-protector-strong)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 reports these inside its own standard library when it inlines strings and vectors.
  target_compile_options(icn_compiler INTERFACE -Wno-restrict -Wno-maybe-uninitialized -Wno-array-bounds -Wno-stringop-overflow)
  # In a batch every file is an included one, of which GCC expects no member of a type from an unnamed namespace.
  target_compile_options(icn_compiler INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Wno-subobject-linkage>)
endif()
target_compile_definitions(icn_compiler INTERFACE
  SPDLOG_COMPILED_LIB SPDLOG_FMT_EXTERNAL
  BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_DISABLE_BOOST_COROUTINE
  ICN_VERSION="${PROJECT_VERSION}")
if(ICN_SANITIZE)
  target_compile_options(icn_compiler INTERFACE -fsanitize=${ICN_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(icn_compiler INTERFACE -fsanitize=${ICN_SANITIZE})
  target_compile_definitions(icn_compiler INTERFACE ICN_SANITIZED)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(icn_compiler INTERFACE -Wno-error -w)
  endif()
endif()
if(ICN_FUZZ)
  target_compile_options(icn_compiler INTERFACE -fsanitize=fuzzer-no-link)
endif()

find_program(ICN_CCACHE ccache)
if(ICN_CCACHE)
  # One cache for every clone: paths below the source folder are hashed relative to it. What a file depends on is taken from
  # the compiler, which saves a run of the preprocessor.
  set(CMAKE_CXX_COMPILER_LAUNCHER
    ${CMAKE_COMMAND} -E env CCACHE_DIR=${ICN_CACHE_FOLDER}/ccache CCACHE_MAXSIZE=5G
    CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1
    CCACHE_DEPEND=1 CCACHE_SLOPPINESS=time_macros ${ICN_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${CMAKE_CXX_COMPILER_LAUNCHER})
endif()
find_program(ICN_MOLD mold)
if(ICN_MOLD)
  target_link_options(icn_compiler INTERFACE -fuse-ld=mold)
endif()
