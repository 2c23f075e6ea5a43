# icn_protobuf(TARGET FILE...): the messages of the files, compiled by protoc, as a library; `#include "<name>.pb.h"`.

find_program(ICN_PROTOC protoc)
find_library(ICN_PROTOBUF_LITE protobuf-lite)
if(NOT ICN_PROTOC OR NOT ICN_PROTOBUF_LITE)
  message(FATAL_ERROR "protoc or libprotobuf-lite was not found: run scripts/setup.sh")
endif()

function(icn_protobuf target)
  set(output ${CMAKE_BINARY_DIR}/protobuf/${target})
  file(MAKE_DIRECTORY ${output})
  set(sources "")
  foreach(file IN LISTS ARGN)
    get_filename_component(name ${file} NAME_WE)
    get_filename_component(folder ${file} DIRECTORY)
    add_custom_command(
      OUTPUT ${output}/${name}.pb.cc ${output}/${name}.pb.h
      COMMAND ${ICN_PROTOC} --proto_path=${folder} --cpp_out=${output} ${file}
      DEPENDS ${file}
      COMMENT "Compiling ${name}.proto")
    list(APPEND sources ${output}/${name}.pb.cc ${output}/${name}.pb.h)
  endforeach()
  add_library(${target} STATIC ${sources})
  target_include_directories(${target} SYSTEM PUBLIC ${output})
  target_compile_options(${target} PRIVATE -w)
  target_link_libraries(${target} PUBLIC ${ICN_PROTOBUF_LITE} Threads::Threads)
endfunction()
