#pragma once

#include <array>

#include "base/clock.h"
#include "codec/cid.h"
#include "codec/records.h"
#include "crypto/ed25519.h"
#include "ledger/tables.h"

// The directory of cooperatives. Source: domain.md 10 "Cooperative profile".
namespace icn::federation {

enum class CooperativeType {
  kWorker,
  kConsumer,
  kMultiStakeholder,
  kHousing,
  kFinancial,
  kPlatform,
  kAgricultural,
  kEducation,
  kEnergy,
  kHealthcare,
  kCommons,
  kGeneral,
};
constexpr auto enum_names(CooperativeType) {
  using enum CooperativeType;
  using Name = std::pair<CooperativeType, std::string_view>;
  return std::array{Name(kWorker, "worker"),
                    Name(kConsumer, "consumer"),
                    Name(kMultiStakeholder, "multi_stakeholder"),
                    Name(kHousing, "housing"),
                    Name(kFinancial, "financial"),
                    Name(kPlatform, "platform"),
                    Name(kAgricultural, "agricultural"),
                    Name(kEducation, "education"),
                    Name(kEnergy, "energy"),
                    Name(kHealthcare, "healthcare"),
                    Name(kCommons, "commons"),
                    Name(kGeneral, "general")};
}

struct Capability {
  std::string type;  // lower case, as "compute", "storage", "bookkeeping"
  std::string description;
  std::string specs;
  bool available = true;
  std::string exchange_model;
  static constexpr std::string_view schema_name = "CooperativeCapability";
  static constexpr auto fields() {
    using codec::field, codec::defaulted_field;
    return described(
        field("type", &Capability::type, "lower case letters, digits, - and _", {1, 40}),
        defaulted_field("description", &Capability::description, "", {0, 500}),
        defaulted_field("specs", &Capability::specs, "", {0, 500}),
        defaulted_field("available", &Capability::available, "true unless said"),
        defaulted_field("exchange_model", &Capability::exchange_model, "mana, mutual credit, gift", {0, 60}));
  }
};
inline constexpr std::size_t kCapabilitiesMax = 32;

// What a cooperative says of itself. Signed by its DID over "icn:cooperative-profile:v1" 0x00 + canonical
// JSON without the signature.
struct Profile {
  Did did;
  std::string name;
  CooperativeType type = CooperativeType::kGeneral;
  std::string description;
  std::string website;
  std::string email;
  std::string geo_scope;  // "Basel, CH"; regions are found by its parts
  std::vector<Capability> capabilities;
  std::uint64_t member_count = 0;
  std::uint64_t founded_year = 0;
  std::string legal_structure;
  TimestampSecs created_at = 0;
  TimestampSecs updated_at = 0;
  KeyId key;
  codec::HexBytes signature;
  static constexpr std::string_view schema_name = "CooperativeProfile";
  static constexpr auto fields() {
    using codec::field, codec::defaulted_field;
    return described(
        field("did", &Profile::did), field("name", &Profile::name, "", {1, 100}),
        defaulted_field("type", &Profile::type, "general unless said"),
        defaulted_field("description", &Profile::description, "", {0, 2'000}),
        defaulted_field("website", &Profile::website, "", {0, 300}),
        defaulted_field("email", &Profile::email, "", {0, 200}),
        defaulted_field("geo_scope", &Profile::geo_scope, "place and region, commas between", {0, 100}),
        defaulted_field("capabilities", &Profile::capabilities, "", {0, kCapabilitiesMax}),
        defaulted_field("member_count", &Profile::member_count),
        defaulted_field("founded_year", &Profile::founded_year),
        defaulted_field("legal_structure", &Profile::legal_structure, "", {0, 100}),
        defaulted_field("created_at", &Profile::created_at, "Unix seconds"),
        defaulted_field("updated_at", &Profile::updated_at, "Unix seconds"),
        defaulted_field("key", &Profile::key, "verification method that signs"),
        defaulted_field("signature", &Profile::signature, "Ed25519, hex", {0, 64}));
  }
};

Bytes profile_bytes(const Profile& profile);
// bad_profile: names of capabilities of another form, or one that comes twice.
Result<void> check_profile(const Profile& profile);
// bad_profile: `key` did not sign it.
Result<void> check_profile_signature(const Profile& profile, const crypto::PublicKey& key);

// What the ledger holds of a cooperative; its texts lie in the block. Key: DID.
struct Cooperative {
  Did did;
  codec::Cid profile;
  CooperativeType type = CooperativeType::kGeneral;
  std::vector<std::string> regions;       // lower case, in order
  std::vector<std::string> capabilities;  // types, in order
  TimestampSecs registered_at = 0;
  TimestampSecs updated_at = 0;
  static constexpr auto fields() {
    using codec::field;
    return described(field("did", &Cooperative::did), field("profile", &Cooperative::profile),
                     field("type", &Cooperative::type), field("regions", &Cooperative::regions),
                     field("capabilities", &Cooperative::capabilities),
                     field("registered_at", &Cooperative::registered_at),
                     field("updated_at", &Cooperative::updated_at));
  }
};

// That a cooperative offers something. Key (capability, DID).
struct Offering {
  TimestampSecs since = 0;
  static constexpr auto fields() { return described(codec::field("since", &Offering::since)); }
};

inline std::optional<Bytes> cooperative_type_index(const Cooperative& each) {
  return ledger::key_of(each.type, each.did);
}
inline const ledger::Table<Did, Cooperative> kCooperatives{
    110, "cooperatives", {{"idx_cooperatives_type", &cooperative_type_index}}};
inline const ledger::Table<std::tuple<std::string, Did>, Offering> kOfferings{111, "cooperative_offerings"};

// "Basel, CH" as {"basel", "ch"}; each once, in order.
std::vector<std::string> regions_of(std::string_view geo_scope);

}  // namespace icn::federation
