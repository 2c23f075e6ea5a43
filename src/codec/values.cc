#include "codec/values.h"

#include <algorithm>

#include "codec/values_struct.h"

namespace icn::codec {

Error wrong_kind(std::string_view wanted, const Json& json) {
  return Error(errors::kMalformed, "must be " + std::string(wanted) + ", not " + std::string(json.kind()));
}

Result<void> check_measure(std::int64_t measure, const Limits& limits, std::string_view what) {
  if (measure >= limits.min && measure <= limits.max) return {};
  std::string allowed;
  if (limits.min != Limits{}.min) allowed = "at least " + std::to_string(limits.min);
  if (limits.max != Limits{}.max)
    allowed += (allowed.empty() ? "at most " : " and at most ") + std::to_string(limits.max);
  return Error(errors::kMalformed,
               std::string(what) + " must be " + allowed + ", not " + std::to_string(measure));
}

void fail_within(std::optional<Error>& failure, const Error& error, std::string_view name) {
  failure = error.within(name);
}

void fail_missing(std::optional<Error>& failure, std::string_view name) {
  failure = Error(errors::kMalformed, std::string(name) + ": is required");
}

Error unknown_member(const Json::Object& members, std::span<const std::string_view> known) {
  const auto unknown = std::ranges::find_if(
      members, [&](const Json::Member& each) { return std::ranges::find(known, each.first) == known.end(); });
  ICN_ASSERT(unknown != members.end());
  std::string allowed;
  for (const std::string_view each : known) allowed += (allowed.empty() ? "" : ", ") + std::string(each);
  return Error(errors::kMalformed,
               "unknown field \"" + unknown->first.substr(0, 60) + "\"; known are: " + allowed);
}

}  // namespace icn::codec
