#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/executor.h"
#include "http/authentication/api_keys.h"
#include "storage/group_commit.h"

namespace icn::http {

enum class InvitationState { kOpen, kAccepted, kExpired };
constexpr auto enum_names(InvitationState) {
  return std::array{std::pair(InvitationState::kOpen, std::string_view("open")),
                    std::pair(InvitationState::kAccepted, std::string_view("accepted")),
                    std::pair(InvitationState::kExpired, std::string_view("expired"))};
}

// What an operator may see of an invitation; never its code.
struct InvitationInfo {
  std::string id;
  InvitationState state = InvitationState::kOpen;
  std::string label;
  Role role = Role::kMember;
  std::string scope;
  std::vector<Did> dids;
  std::optional<std::uint64_t> key_ttl;
  TimestampSecs created_at = 0;
  TimestampSecs expires_at = 0;
  std::optional<TimestampSecs> accepted_at;
  std::optional<std::string> api_key_id;
  std::vector<std::string> member_roles;
  static constexpr std::string_view schema_name = "Invitation";
  static constexpr auto fields() {
    using codec::field;
    return described(field("id", &InvitationInfo::id), field("state", &InvitationInfo::state),
                     field("label", &InvitationInfo::label, "for people: who is invited"),
                     field("role", &InvitationInfo::role, "of the API key it gives"),
                     field("scope", &InvitationInfo::scope, "organisation or group it invites to"),
                     field("dids", &InvitationInfo::dids, "whom the key's bearer may act as"),
                     field("key_ttl", &InvitationInfo::key_ttl, "seconds the key lives; absent: for ever"),
                     field("created_at", &InvitationInfo::created_at, "Unix seconds"),
                     field("expires_at", &InvitationInfo::expires_at, "Unix seconds"),
                     field("accepted_at", &InvitationInfo::accepted_at, "absent: not yet"),
                     field("api_key_id", &InvitationInfo::api_key_id, "the key it gave; absent: not yet"),
                     field("member_roles", &InvitationInfo::member_roles, "as a member of the scope"));
  }
};

struct NewInvitation {
  std::string label;
  Role role = Role::kMember;
  std::string scope;
  std::vector<Did> dids;
  std::optional<TimestampSecs> expires_at;  // none: in 7 days
  std::optional<std::uint64_t> key_ttl;
  std::vector<std::string> member_roles = {};
};

// What an accepted code gives: the key, and where its bearer is invited to.
struct AcceptedCode {
  NewApiKey made;
  std::string scope;
  std::vector<std::string> member_roles;
};

struct MadeInvitation {
  std::string code;  // "icn-invite-" and 43 characters; shown once
  InvitationInfo info;
};

// One-time codes that give an API key to who presents them first. The store holds a keyed hash of a code's
// secret. Accepting it is one durable write of both rows, the key and the spent invitation: a crash leaves
// both or none. Who has lost the answer presents the code again under the same `retry_key` within 24 h and
// gets the same key; it is derived from code and retry key, and lies nowhere.
// `done` runs on `executor`, once. Errors: those of the store, and those named. Thread: any.
class Invitations {
 public:
  static constexpr std::uint64_t kLifetimeSecs = 7 * 86'400;
  static constexpr std::uint64_t kLifetimeMaxSecs = 90 * 86'400;
  static constexpr std::uint64_t kRetrySecs = 86'400;
  static constexpr std::uint64_t kKeptSecs = 30 * 86'400;  // what was accepted or has expired stays listed
  static const storage::TableSchema& table();
  // Of a record of that table, for who copies rows.
  static Result<storage::IndexValues> index_values(ByteView record);

  // `node_secret`: 32 bytes. The others outlive this, and `writes` has stopped before this goes.
  Invitations(storage::Store& store, storage::GroupCommit& writes, ApiKeys& api_keys, ByteView node_secret,
              const Clock& clock, Random& random);
  ~Invitations();

  // malformed: an expiry that has passed or lies more than 90 days ahead, and what ApiKeys::check() refuses.
  using Made = std::function<void(const Result<MadeInvitation>&)>;
  void create(NewInvitation wanted, Executor& executor, Made done);
  // `dids`: whom the caller has proven to be; the key may act as them too. `retry_key` may be empty.
  //   invitation_unknown, invitation_used, invitation_expired, invitation_in_progress
  using Accepted = std::function<void(const Result<AcceptedCode>&)>;
  void accept(std::string_view code, std::string_view retry_key, const std::vector<Did>& dids,
              Executor& executor, Accepted done);
  // not_found, invitation_used (revoke the key it gave), invitation_in_progress
  void revoke(const std::string& id, Executor& executor, std::function<void(const Result<void>&)> done);

  // Newest first. `after`: the place of the last one of the page before; empty: from the start.
  struct Page {
    std::vector<InvitationInfo> items;
    Bytes next;  // empty: no more
  };
  Result<Page> list(Bytes after, std::size_t limit) const;

  // Drops what was accepted or has expired more than 30 days ago; call now and then. Returns how many.
  Result<std::size_t> prune();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace icn::http
