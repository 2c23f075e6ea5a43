#pragma once

#include <string_view>
#include <vector>

#include "codec/json.h"
#include "credentials/errors.h"

// The part of JSON Schema 2020-12 that claims are held against:
//   type properties required additionalProperties (true or false) items enum const
//   minimum maximum minLength maxLength minItems maxItems format (date, date-time, uri, did)
//   and, without effect: $schema $id title description examples default
// `format` is an assertion here. Every other keyword is refused by name when a schema is registered: a schema
// never promises a check that is not made. No regular expressions: their cost cannot be bounded.
namespace icn::credentials {

inline constexpr std::size_t kSchemaBytesMax = 64 << 10;

// bad_schema, with the place and the keyword.
Result<void> check_schema(const codec::Json& schema);
// `schema` has passed check_schema().   claims_refused, with the place
Result<void> check_claims(const codec::Json& schema, const codec::Json& claims);

// Those every network knows (domain.md 3), by id; names that begin with "icn:" belong to them.
struct StandardSchema {
  std::string_view id;  // "icn:cooperative:membership:v1"
  codec::Json schema;
};
const std::vector<StandardSchema>& standard_schemas();
const codec::Json* find_standard_schema(std::string_view id);

}  // namespace icn::credentials
