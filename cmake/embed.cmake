# icn_embed(TARGET FILE NAMESPACE SYMBOL): the text of FILE becomes `const std::string_view NAMESPACE::SYMBOL` of TARGET.

function(icn_embed target file namespace symbol)
  file(READ ${file} content)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
  set(output ${CMAKE_BINARY_DIR}/embedded/${symbol}.cc)
  configure_file(${CMAKE_SOURCE_DIR}/cmake/embed.cc.in ${output} @ONLY)
  target_sources(${target} PRIVATE ${output})
endfunction()
