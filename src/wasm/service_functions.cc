#include "base/errors.h"
#include "wasm/host_functions.h"
#include "wasm/run_context.h"

// Host functions that ask the node, through the run's HostServices. Source: domain.md 8.
namespace icn::wasm {
namespace {

constexpr std::uint32_t kJobIdBytes = 59;  // CIDv1, base32, SHA-256

// An answer the node failed to find is no answer: the run ends here and is tried elsewhere.
std::int64_t refuse(HostCall& call, const Error& error) {
  const std::int32_t code = guest_error(error);
  if (code == kInternal) call.stop(TrapCode::kUnavailable, "the node could not answer: " + error.detail());
  return code;
}

std::int64_t give_text(HostCall& call, std::size_t out, const Result<std::string>& text) {
  if (!text.ok()) return refuse(call, text.error());
  return call.give(call.u32(out), call.u32(out + 1), as_bytes(*text));
}

std::int64_t get_mana_balance(HostCall& call) {
  const auto did = call.read_text(call.u32(0), call.u32(1));
  if (!did) return kArgument;
  const auto balance = call.run().services().mana_balance_millimana(*did);
  return balance.ok() ? *balance : refuse(call, balance.error());
}

std::int64_t spend_mana(HostCall& call) {
  if (call.i64(0) <= 0) return kArgument;
  const auto spent = call.run().services().spend_mana(call.i64(0));
  return spent.ok() ? 0 : refuse(call, spent.error());
}

std::int64_t transfer_mana(HostCall& call) {
  const auto did = call.read_text(call.u32(0), call.u32(1));
  if (!did || call.i64(2) <= 0) return kArgument;
  const auto paid = call.run().services().transfer_mana(*did, call.i64(2));
  return paid.ok() ? 0 : refuse(call, paid.error());
}

// Not free to repeat, so the place for the id is checked before.
std::int64_t submit_mesh_job(HostCall& call) {
  if (call.u32(3) < kJobIdBytes) return kBuffer;
  if (!call.writable(call.u32(2), call.u32(3))) return kArgument;
  const auto json = call.read_text(call.u32(0), call.u32(1));
  if (!json) return kArgument;
  return give_text(call, 2, call.run().services().submit_job(*json));
}

std::int64_t store_dag_block(HostCall& call) {
  const auto block = call.read(call.u32(0), call.u32(1));
  if (!block) return kArgument;
  return give_text(call, 3, call.run().services().store_block(*block, call.u32(2)));
}

std::int64_t load_dag_block(HostCall& call) {
  const auto cid = call.read_text(call.u32(0), call.u32(1));
  if (!cid) return kArgument;
  const auto block = call.run().services().load_block(*cid);
  if (!block.ok()) return refuse(call, block.error());
  return call.give(call.u32(2), call.u32(3), *block);
}

std::int64_t get_governance_state(HostCall& call) {
  const auto id = call.read_text(call.u32(0), call.u32(1));
  if (!id) return kArgument;
  return give_text(call, 2, call.run().services().governance_state(*id));
}

std::int64_t did_resolve(HostCall& call) {
  const auto did = call.read_text(call.u32(0), call.u32(1));
  if (!did) return kArgument;
  return give_text(call, 2, call.run().services().resolve_did(*did));
}

std::int64_t get_reputation(HostCall& call) {
  const auto did = call.read_text(call.u32(0), call.u32(1));
  if (!did) return kArgument;
  const auto reputation = call.run().services().reputation_thousandths(*did);
  return reputation.ok() ? *reputation : refuse(call, reputation.error());
}

std::int64_t verify_credential(HostCall& call) {
  const auto json = call.read_text(call.u32(0), call.u32(1));
  if (!json) return kArgument;
  const auto valid = call.run().services().verify_credential(*json);
  return valid.ok() ? (*valid ? 1 : 0) : refuse(call, valid.error());
}

std::int64_t verify_signature(HostCall& call) {
  const auto did = call.read_text(call.u32(0), call.u32(1));
  const auto message = call.read(call.u32(2), call.u32(3));
  const auto signature = call.read(call.u32(4), call.u32(5));
  if (!did || !message || !signature) return kArgument;
  const auto valid = call.run().services().verify_signature(*did, *message, *signature);
  return valid.ok() ? (*valid ? 1 : 0) : refuse(call, valid.error());
}

std::int64_t create_proposal(HostCall& call) {
  if (call.u32(1) > kTextBytesMax) return kLimit;
  const auto json = call.read_text(call.u32(0), call.u32(1));
  if (!json) return kArgument;
  const auto listed = call.run().services().create_proposal(*json);
  return listed.ok() ? 0 : refuse(call, listed.error());
}

std::int64_t cast_vote(HostCall& call) {
  if (call.u32(3) > kTextBytesMax) return kLimit;
  const auto id = call.read_text(call.u32(0), call.u32(1));
  const auto ballot = call.read_text(call.u32(2), call.u32(3));
  if (!id || !ballot) return kArgument;
  const auto listed = call.run().services().cast_vote(*id, *ballot);
  return listed.ok() ? 0 : refuse(call, listed.error());
}

HostHandler advance_by(std::string_view step) {
  return [step](HostCall& call) -> std::int64_t {
    const auto id = call.read_text(call.u32(0), call.u32(1));
    if (!id) return kArgument;
    const auto listed = call.run().services().advance_proposal(*id, step);
    return listed.ok() ? 0 : refuse(call, listed.error());
  };
}

std::int64_t save_checkpoint(HostCall& call) {
  const auto state = call.read(call.u32(0), call.u32(1));
  if (!state) return kArgument;
  const auto saved = call.run().services().save_checkpoint(*state);
  return saved.ok() ? 0 : refuse(call, saved.error());
}

std::int64_t load_checkpoint(HostCall& call) {
  const auto state = call.run().services().load_checkpoint();
  if (!state.ok()) return refuse(call, state.error());
  return call.give(call.u32(0), call.u32(1), *state);
}

class NoHostServices final : public HostServices {
 public:
  Result<std::int64_t> mana_balance_millimana(std::string_view) override { return not_found(); }
  Result<void> spend_mana(std::int64_t) override { return not_permitted(); }
  Result<void> transfer_mana(std::string_view, std::int64_t) override { return not_permitted(); }
  Result<std::string> submit_job(std::string_view) override { return not_permitted(); }
  Result<std::string> store_block(ByteView, std::uint64_t) override { return not_permitted(); }
  Result<Bytes> load_block(std::string_view) override { return not_found(); }
  Result<std::string> governance_state(std::string_view) override { return not_found(); }
  Result<std::string> resolve_did(std::string_view) override { return not_found(); }
  Result<std::int64_t> reputation_thousandths(std::string_view) override { return not_found(); }
  Result<bool> verify_credential(std::string_view) override { return not_permitted(); }
  Result<bool> verify_signature(std::string_view, ByteView, ByteView) override { return not_permitted(); }
  Result<void> create_proposal(std::string_view) override { return not_permitted(); }
  Result<void> cast_vote(std::string_view, std::string_view) override { return not_permitted(); }
  Result<void> advance_proposal(std::string_view, std::string_view) override { return not_permitted(); }
  Result<void> save_checkpoint(ByteView) override { return not_permitted(); }
  Result<Bytes> load_checkpoint() override { return not_found(); }

 private:
  static Error not_found() { return Error(icn::errors::kNotFound); }
  static Error not_permitted() { return Error(icn::errors::kForbidden); }
};

}  // namespace

HostServices& no_host_services() {
  static NoHostServices none;  // has no state
  return none;
}

void add_service_functions(HostRegistry& registry) {
  const auto add = [&](const char* name, const char* signature, HostHandler handler) {
    registry.add({"icn", name, signature, kHostCallFuel, std::move(handler)});
  };
  add("get_mana_balance", "ii:l", get_mana_balance);
  add("spend_mana", "l:i", spend_mana);
  add("transfer_mana", "iil:i", transfer_mana);
  add("submit_mesh_job", "iiii:i", submit_mesh_job);
  add("store_dag_block", "iiiii:i", store_dag_block);
  add("load_dag_block", "iiii:i", load_dag_block);
  add("get_governance_state", "iiii:i", get_governance_state);
  add("did_resolve", "iiii:i", did_resolve);
  add("get_reputation", "ii:l", get_reputation);
  add("verify_credential", "ii:i", verify_credential);
  add("verify_signature", "iiiiii:i", verify_signature);
  add("create_proposal", "ii:i", create_proposal);
  add("cast_vote", "iiii:i", cast_vote);
  add("open_voting", "ii:i", advance_by("open"));
  add("close_voting", "ii:i", advance_by("close"));
  add("execute_proposal", "ii:i", advance_by("execute"));
  add("save_checkpoint", "ii:i", save_checkpoint);
  add("load_checkpoint", "ii:i", load_checkpoint);
}

}  // namespace icn::wasm
