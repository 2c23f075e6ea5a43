# icn_wasm_program(NAME SOURCES file...): a C program compiled for WASI into examples/NAME.wasm of the build
# folder. Debian: clang, lld, wasi-libc, libclang-rt-14-dev-wasm32. Where they are missing nothing is built, one line
# says so, and the tests that run such programs are skipped.

find_program(ICN_WASI_CLANG NAMES clang)
set(ICN_WASM_PROGRAMS ${CMAKE_BINARY_DIR}/examples)
file(MAKE_DIRECTORY ${ICN_WASM_PROGRAMS})
set(ICN_WASI FALSE)
if(ICN_WASI_CLANG)
  file(WRITE ${CMAKE_BINARY_DIR}/wasi_probe.c "#include <stdio.h>\nint main(void) { return puts(\"\") < 0; }\n")
  execute_process(
    COMMAND ${ICN_WASI_CLANG} --target=wasm32-wasi ${CMAKE_BINARY_DIR}/wasi_probe.c -o ${CMAKE_BINARY_DIR}/wasi_probe.wasm
    RESULT_VARIABLE wasi_failed OUTPUT_QUIET ERROR_QUIET)
  if(wasi_failed EQUAL 0)
    set(ICN_WASI TRUE)
  endif()
endif()
if(NOT ICN_WASI)
  message(STATUS "No C compiler for WASI: the jobs of examples/ are not built. On Debian: apt-get install clang lld wasi-libc libclang-rt-14-dev-wasm32")
endif()

add_custom_target(icn_wasm_programs)

function(icn_wasm_program name)
  cmake_parse_arguments(ARG "" "" "SOURCES" ${ARGN})
  if(NOT ICN_WASI)
    return()
  endif()
  set(output ${ICN_WASM_PROGRAMS}/${name}.wasm)
  add_custom_command(
    OUTPUT ${output}
    # The stack lies first, so that a job that overruns it traps in place of overwriting its data. Jobs here print no
    # floating point numbers; a printf that could would be a third of what there is to compile.
    COMMAND ${ICN_WASI_CLANG} --target=wasm32-wasi -std=gnu11 -O2 -Wall -Wextra -Werror -I${CMAKE_SOURCE_DIR}/sdk/c
      -Wl,--strip-debug -Wl,--stack-first -Wl,-z,stack-size=262144 ${ARG_SOURCES} -o ${output} -lc-printscan-no-floating-point
    DEPENDS ${ARG_SOURCES} ${CMAKE_SOURCE_DIR}/sdk/c/icn.h ${CMAKE_SOURCE_DIR}/sdk/c/icn_lean.h
    COMMENT "Compiling the job ${name} for WASI")
  add_custom_target(icn_wasm_program_${name} DEPENDS ${output})
  add_dependencies(icn_wasm_programs icn_wasm_program_${name})
endfunction()
