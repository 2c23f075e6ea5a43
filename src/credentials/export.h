#pragma once

#include "identity/export.h"

namespace icn::credentials {

// Part "credentials" of a DID's archive: {held, issued, disclosures}, rows of docs/formats/credentials.md as
// blocks of their own, newest first, kExportCredentialsMax of each. The credentials, sealed as they are kept,
// and the reasons of their changes come along.
identity::ExportPart credentials_export();

inline constexpr std::size_t kExportCredentialsMax = 10'000;

}  // namespace icn::credentials
