#include <cstdlib>

#include "config/settings.h"

// Any bytes as the settings file: an error, or settings that print as TOML which reads back the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  icn::config::Sources sources;
  sources.file_name = "fuzz.toml";
  sources.file_text.emplace(reinterpret_cast<const char*>(data), size);
  const auto settings = icn::config::load_settings(sources);
  if (!settings) return 0;
  sources.file_text = icn::config::effective_toml(*settings);
  const auto again = icn::config::load_settings(sources);
  if (!again) std::abort();
  if (!(*again == *settings)) std::abort();
  return 0;
}
