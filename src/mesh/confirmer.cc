#include "mesh/confirmer.h"

#include "governance/tx/propose.h"
#include "mesh/job_services.h"
#include "mesh/lifecycle.h"
#include "mesh/tx/confirm.h"

namespace icn::mesh {
namespace {

std::optional<JobId> job_in(const std::string& data) {
  const auto json = codec::parse_json(data);
  const codec::Json* id = json.ok() ? json->find("job_id") : nullptr;
  if (id == nullptr || id->string() == nullptr) return std::nullopt;
  return JobId(*id->string());
}

}  // namespace

Result<std::vector<Effect>> load_effects(const dag::BlockStore& blocks, const Job& job) {
  ICN_TRY_ASSIGN(block, load_block_as(blocks, job.submitter, job.effects->cid));
  ICN_TRY_ASSIGN(list, codec::decode_block<EffectList>(block));
  return std::move(list.effects);
}

Confirmer::Confirmer(Parts parts) : parts_(std::move(parts)) {
  parts_.ledger.listen([this](const ledger::Published&, const std::vector<ledger::Event>& events) {
    for (const ledger::Event& event : events) {
      if (event.type == kJobEffectsOpened)
        parts_.loop.post([this, data = event.data] { on_opened(data); });
      else if (event.type == kJobEffectsApplied)
        parts_.loop.post([this, data = event.data] { on_applied(data); });
    }
  });
}

Result<void> Confirmer::start() {
  ICN_TRY_ASSIGN(snapshot, parts_.ledger.snapshot());
  ICN_TRY_ASSIGN(rows, ledger::kDue.scan(*snapshot, {}));
  while (true) {
    ICN_TRY_ASSIGN(row, rows.next());
    if (!row) return {};
    if (row->kind == kEffectsDue) parts_.loop.post([this, id = JobId(row->id)] { confirm(id); });
  }
}

void Confirmer::on_opened(const std::string& data) {
  if (const auto id = job_in(data)) confirm(*id);
}

void Confirmer::on_applied(const std::string& data) {
  const auto id = job_in(data);
  const auto store = parts_.ledger.store();
  if (!id || !store.ok()) return;
  const auto job = load_job(**store, *id);
  if (!job.ok() || !job->effects) return;
  const auto effects = load_effects(parts_.blocks, *job);
  if (!effects.ok()) return;
  for (const Effect& effect : *effects) {
    if (effect.kind != kGrantPropose) continue;
    const auto body = codec::from_json<governance::Propose::Body>(effect.body);
    const auto bytes =
        body.ok() ? load_block_as(parts_.blocks, job->submitter, body->content) : Result<Bytes>(body.error());
    if (!bytes.ok()) continue;
    dag::PutOptions options;
    options.author = job->submitter;
    options.time = parts_.clock.now_secs();
    options.type = dag::BlockType::kGovernance;
    options.visibility = dag::Visibility::kPublic;
    parts_.blocks.put_later(parts_.loop, {{body->content, *bytes, {}}}, options, {},
                            [log = parts_.log, cid = body->content](const Result<void>& done) {
                              if (done.ok() || !log) return;
                              log->warn("text {} of a proposal is not public: {}", cid.to_string(),
                                        done.error().detail());
                            });
  }
}

void Confirmer::confirm(const JobId& id) {
  const auto done = try_confirm(id);
  if (done.ok() || !parts_.log) return;
  parts_.log->warn("job {}: its effects wait for its submitter: {}", id.text(), done.error().detail());
}

// False: that is the submitter's to decide.
Result<bool> Confirmer::try_confirm(const JobId& id) {
  ICN_TRY_ASSIGN(store, parts_.ledger.store());
  ICN_TRY_ASSIGN(job, load_job(*store, id));
  if (!job.effects || job.effects->state != EffectsState::kOpen || job.executor != parts_.node) return false;
  const auto key = parts_.kept_key(job.submitter);
  if (!key.ok()) return false;
  ICN_TRY_ASSIGN(effects, load_effects(parts_.blocks, job));
  const ConfirmEffects::Body body{id, job.effects->cid, std::move(effects), false};
  const auto published = parts_.ledger.published();
  const auto transaction = ledger::make_signed(
      {job.submitter, key->id, key->secret}, published->network.network, "mesh.confirm", codec::to_json(body),
      std::max(parts_.clock.now_secs(), published->head.header.time) + 60, parts_.random);
  ICN_TRY_ASSIGN(checked, ledger::CheckedTransaction::from_json(parts_.ledger.rules().types,
                                                                codec::to_json(transaction)));
  parts_.gateway.submit_own(parts_.loop, std::move(checked), key->secret.public_key(),
                            [this, id](const Result<ledger::Commitment>& result) {
                              if ((result.ok() && result->outcome.ok) || !parts_.log) return;
                              parts_.log->warn(
                                  "job {}: its effects wait for its submitter: {}", id.text(),
                                  result.ok() ? result->outcome.detail : result.error().detail());
                            });
  return true;
}

}  // namespace icn::mesh
