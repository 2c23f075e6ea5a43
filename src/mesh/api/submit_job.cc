#include "mesh/api/submit_job.h"

#include <algorithm>
#include <charconv>

#include "base/errors.h"
#include "economics/accounts.h"
#include "mesh/errors.h"
#include "mesh/signers.h"
#include "mesh/tx/submit.h"

namespace icn::mesh::api {
namespace {

constexpr std::uint64_t kWaitMaxSecs = 60;
constexpr std::string_view kType = "mesh.submit";

// A submission on its way: what must be stored before it, and what is then submitted.
struct Plan {
  Did submitter;
  Submission submission;
  std::vector<dag::NewBlock> blocks;
  std::optional<codec::Json> signed_transaction;
  std::uint64_t wait_secs = 0;
  std::optional<std::uint32_t> bid_window_ms;
  std::shared_ptr<Service::Admission> admission;
  std::string trace;
};

// Whoever runs the job finds the trace of its request; a submission that comes to nothing has none.
void expect_trace(Api& api, const Plan& plan) {
  JobTraces* const traces = api.service.traces();
  if (traces != nullptr) traces->expect(plan.submitter, plan.submission.manifest_cid, plan.trace);
}
void forget_trace(Api& api, const Did& submitter, const codec::Cid& manifest, const std::string& trace) {
  JobTraces* const traces = api.service.traces();
  if (traces != nullptr) traces->forget(submitter, manifest, trace);
}

Result<std::uint64_t> wait_of(const http::Request& request) {
  const auto text = request.query_parameter("wait");
  if (!text || *text == "none") return std::uint64_t{0};
  std::uint64_t secs = 0;
  const auto [end, code] = std::from_chars(text->data(), text->data() + text->size(), secs);
  if (code != std::errc() || end != text->data() + text->size() || secs > kWaitMaxSecs) {
    return Error(errors::kMalformed,
                 "wait: must be none or whole seconds from 0 to " + std::to_string(kWaitMaxSecs));
  }
  return secs;
}

Result<void> add_inputs(const std::vector<SubmitJob::InputData>& data, JobSpec& spec, Plan& plan) {
  for (const SubmitJob::InputData& each : data) {
    ICN_TRY_ASSIGN(cid, add_content(each.data, plan.blocks));
    spec.inputs.push_back({cid, each.name});
  }
  return {};
}

// The spec under `manifest`, if `reader` may see it.
Result<JobSpec> held_spec(const Api& api, const codec::Cid& manifest, const Did& reader) {
  auto bytes = load_block_as(api.blocks, reader, manifest);
  if (!bytes.ok()) {
    return Error(kInvalidSpec, "manifest_cid: the spec is not here; send it as \"spec\"");
  }
  return read_spec(*bytes);
}

// `is_held`: the spec was read from its block here, which need not be stored again.
Result<void> finish_spec(const Api& api, const JobSpec& spec, bool is_held, const Did& coordinator,
                         Plan& plan) {
  ICN_TRY(validate_spec(spec, api.ledger.published()->parameters));
  SpecBlock block = spec_block(spec);
  if (block.bytes.size() > kSpecBytesMax) return Error(kInvalidSpec, "the spec is larger than 1 MiB");
  plan.submission = submission_of(spec, block.cid, coordinator);
  if (is_held) return {};
  ICN_TRY_ASSIGN(made, dag::trusted_block(block.cid, std::move(block.bytes)));
  plan.blocks.push_back(std::move(made));
  return {};
}

// The one spec a plain body gives, in whichever form.
Result<JobSpec> given_spec(const Api& api, const Did& submitter, SubmitJob::Input& input) {
  const int count = static_cast<int>(input.spec.has_value()) + static_cast<int>(input.spec_json.has_value()) +
                    static_cast<int>(input.spec_bytes.has_value()) +
                    static_cast<int>(input.manifest_cid.has_value());
  if (count != 1)
    return Error(errors::kMalformed, "give one of spec, spec_json, spec_bytes and manifest_cid");
  if (input.spec) return std::move(*input.spec);
  if (input.manifest_cid) return held_spec(api, *input.manifest_cid, submitter);
  if (input.spec_bytes && !as_text(*input.spec_bytes).starts_with('{')) return read_spec(*input.spec_bytes);
  const std::string_view name = input.spec_json ? "spec_json" : "spec_bytes";
  codec::Json json = input.spec_json ? std::move(*input.spec_json) : codec::Json(to_text(*input.spec_bytes));
  if (const std::string* text = json.string()) {
    auto parsed = codec::parse_json(std::string(*text));
    if (!parsed.ok()) return Error(errors::kMalformed, parsed.error().detail()).within(name);
    json = std::move(*parsed);
  }
  auto spec = codec::from_json<JobSpec>(json);
  if (!spec.ok()) return spec.error().within(name);
  return spec;
}

// Only who coordinates a job waits for its bids.
Result<void> check_window(const Api& api, const Plan& plan) {
  if (!plan.bid_window_ms || plan.submission.coordinator == api.service.node().did) return {};
  return Error(errors::kRuleBroken, "bid_window_ms: this node does not coordinate the job; leave it out");
}

Result<Plan> plan_plain(const Api& api, const http::Request& request, const http::InputSource& source) {
  ICN_TRY_ASSIGN(input, http::read_input<SubmitJob::Input>(source, codec::UnknownMembers::kRefuse));
  Plan plan;
  if (input.submitter_did) {
    plan.submitter = *input.submitter_did;
  } else {
    ICN_TRY_ASSIGN(submitter, http::own_did(request.caller, "submitter_did", api.kept_dids));
    plan.submitter = std::move(submitter);
  }
  if (input.max_price && input.cost_mana) return Error(errors::kMalformed, "max_price and cost_mana are one");
  ICN_TRY_ASSIGN(spec, given_spec(api, plan.submitter, input));
  plan.bid_window_ms = input.bid_window_ms;
  if (input.max_price) spec.max_price = *input.max_price;
  if (input.cost_mana) spec.max_price = *input.cost_mana;
  ICN_TRY(add_inputs(input.input_data, spec, plan));
  ICN_TRY(finish_spec(api, spec, false, input.coordinator.value_or(api.service.node().did), plan));
  ICN_TRY(check_window(api, plan));
  return plan;
}

Result<std::uint32_t> read_window(const codec::Json& given) {
  const auto ms = codec::from_json<std::uint32_t>(given);
  if (ms.ok() && *ms >= kBidWindowMsMin && *ms <= kBidWindowMsMax) return *ms;
  return Error(errors::kMalformed, "bid_window_ms: must be " + std::to_string(kBidWindowMsMin) + " to " +
                                       std::to_string(kBidWindowMsMax));
}

// The spec beside a signed transaction must be the one that was signed.
Result<Plan> plan_signed(const Api& api, codec::Json transaction) {
  Plan plan;
  std::optional<JobSpec> spec;
  if (const codec::Json* given = transaction.find("spec")) {
    ICN_TRY_ASSIGN(read, codec::from_json<JobSpec>(*given));
    spec = std::move(read);
  }
  std::vector<SubmitJob::InputData> data;
  if (const codec::Json* given = transaction.find("input_data")) {
    ICN_TRY_ASSIGN(read, codec::from_json<std::vector<SubmitJob::InputData>>(*given));
    data = std::move(read);
  }
  if (const codec::Json* given = transaction.find("bid_window_ms")) {
    ICN_TRY_ASSIGN(read, read_window(*given));
    plan.bid_window_ms = read;
  }
  const codec::Json* sender = transaction.find("sender");
  if (sender == nullptr || sender->string() == nullptr) {
    return Error(errors::kMalformed, "sender: must be a DID");
  }
  plan.submitter = Did(*sender->string());
  ICN_TRY_ASSIGN(submission, codec::from_json<Submission>(*transaction.find("body")));
  const bool is_held = !spec;
  if (is_held) {
    ICN_TRY_ASSIGN(held, held_spec(api, submission.manifest_cid, plan.submitter));
    spec = std::move(held);
  }
  // The spec names its inputs already. Who has seen the transaction could add what its signer never meant.
  for (const SubmitJob::InputData& each : data) {
    ICN_TRY_ASSIGN(cid, add_content(each.data, plan.blocks));
    const auto is_it = [&](const JobInput& input) { return input.cid == cid; };
    if (std::ranges::none_of(spec->inputs, is_it) && spec->module_cid != cid) {
      return Error(kInvalidSpec, "input_data: the spec does not name " + cid.to_string());
    }
  }
  ICN_TRY(finish_spec(api, *spec, is_held, submission.coordinator, plan));
  if (plan.submission != submission) {
    return Error(kInvalidSpec,
                 "the signed submission differs from the spec " + plan.submission.manifest_cid.to_string());
  }
  ICN_TRY(check_window(api, plan));
  transaction.erase("spec");
  transaction.erase("input_data");
  transaction.erase("bid_window_ms");
  plan.signed_transaction = std::move(transaction);
  return plan;
}

// What waits for the job's end is answered here.
void answer_end(Api& api, const http::ExchangePtr& exchange, SubmitJob::Output output,
                const std::shared_ptr<const EndedJob>& ended) {
  const auto job = find_job(api, output.job_id);
  if (!job.ok()) return exchange->reply(job.error());
  const JobView view = view_of(api.service, output.job_id, *job);
  output.status = view.status;
  output.escrow = view.escrow;
  output.code = view.code;
  output.result_cid = view.result_cid;
  output.receipt_cid = view.receipt_cid;
  const FinishedAttempt* attempt = ended ? ended->attempt.get() : nullptr;
  const bool is_it = attempt != nullptr && attempt->claim.receipt_cid == job->receipt;
  if (is_it) {
    output.receipt = attempt->receipt;
    if (attempt->is_result_here) output.result = result_view(job->result, attempt->result);
  } else if (is_final(job->status)) {
    if (auto receipt = load_receipt(api, *job); receipt.ok()) output.receipt = std::move(*receipt);
    if (!job->result.empty()) {
      const LoadBlock load = [&](const codec::Cid& cid) {
        return load_block_as(api.blocks, job->submitter, cid);
      };
      auto bytes = read_content(job->result, load, kInlineResultBytesMax);
      if (bytes.ok()) output.result = result_view(job->result, std::move(*bytes));
    }
  }
  exchange->reply(http::Response::json(codec::to_json_text(output), SubmitJob::success_status));
}

void submit(Api& api, http::ExchangePtr exchange, Plan plan) {
  ledger::WriteOptions options;
  options.type = kType;
  options.success_status = SubmitJob::success_status;
  expect_trace(api, plan);
  api.service.set_bid_window({plan.submitter, plan.submission.manifest_cid}, plan.bid_window_ms);
  options.answer = [&api, wait_secs = plan.wait_secs, admission = plan.admission, submitter = plan.submitter,
                    manifest = plan.submission.manifest_cid, trace = plan.trace](
                       const http::ExchangePtr& to, const ledger::CheckedTransaction& transaction,
                       const Result<ledger::Commitment>& result) {
    if (!result.ok() || !result->outcome.ok) forget_trace(api, submitter, manifest, trace);
    if (!result.ok() || !result->outcome.ok || wait_secs == 0) {
      return to->reply(
          ledger::Writer::answer_outcome(transaction, result, to->request(), SubmitJob::success_status));
    }
    const auto json = codec::parse_json(result->outcome.output);
    const auto submitted = json.ok() ? codec::from_json<mesh::SubmitJob::Output>(*json)
                                     : Result<mesh::SubmitJob::Output>(json.error());
    if (!submitted.ok()) return to->reply(submitted.error());
    SubmitJob::Output output;
    output.job_id = submitted->job_id;
    output.transaction_id = transaction.id();
    output.height = result->height;
    api.service.when_ended(submitted->job_id, result->height, to->executor(), wait_secs * 1'000,
                           [&api, to, output](const std::shared_ptr<const EndedJob>& ended) {
                             answer_end(api, to, output, ended);
                           });
  };
  if (plan.signed_transaction) {
    return api.writer.submit_signed(std::move(exchange), std::move(*plan.signed_transaction), options);
  }
  api.writer.submit_plain(std::move(exchange), {plan.submitter, codec::to_json(plan.submission)}, options);
}

// True when every block is here already, readable for the submitter: nothing need be written.
bool all_held(const Api& api, const Plan& plan) {
  for (const dag::NewBlock& block : plan.blocks) {
    const auto is_held = may_read_block(api.blocks, plan.submitter, block.cid);
    if (!is_held.ok() || !*is_held) return false;
  }
  return true;
}

// Blocks are kept in the name of the submitter only once it is known to have signed.
Result<void> check_signature(const Api& api, const codec::Json& transaction) {
  ICN_TRY_ASSIGN(checked, ledger::CheckedTransaction::from_json(api.ledger.rules().types, transaction));
  ICN_TRY_ASSIGN(store, api.ledger.store());
  const ledger::Transaction& envelope = checked->envelope();
  return check_signer(*store, envelope.sender, envelope.key, as_text(checked->signing_bytes()),
                      envelope.signature);
}

// Nothing is stored for who cannot pay: the same answers as the ledger's, before it.
Result<void> check_funds(const Api& api, const Submission& submission, const Did& submitter) {
  ICN_TRY_ASSIGN(store, api.ledger.store());
  const TimestampSecs now = std::max(api.clock.now_secs(), api.ledger.published()->head.header.time);
  ICN_TRY_ASSIGN(found, economics::account_at(*store, submitter, now));
  if (!found.exists || found.account.stage == economics::Stage::kUnverified) {
    return Error(kNotVerified, submitter.text() + " has had no start grant");
  }
  const Millimana available = economics::available_at(found.account, found.running_secs);
  if (available >= submission.max_price) return {};
  return Error(kInsufficientBudget, codec::to_json_text(submission.max_price) + " mana needed, " +
                                        codec::to_json_text(available) + " available");
}

// Stores what the plan needs and submits it.
void begin(Api& api, http::ExchangePtr exchange, Result<Plan> plan) {
  if (!plan.ok()) return exchange->reply(plan.error());
  auto wait_secs = wait_of(exchange->request());
  if (!wait_secs.ok()) return exchange->reply(wait_secs.error());
  if (!plan->signed_transaction) {
    // Before anything is stored for somebody the caller may not act for.
    auto key = api.writer.custody().key_for(exchange->request().caller, plan->submitter);
    if (!key.ok()) return exchange->reply(key.error());
  }
  auto admission = api.service.admit();
  if (!admission.ok()) return exchange->reply(admission.error());
  plan->admission = std::move(*admission);
  plan->wait_secs = *wait_secs;
  if (api.service.traces() != nullptr) plan->trace = exchange->request().traceparent;
  if (all_held(api, *plan)) return submit(api, std::move(exchange), std::move(*plan));

  if (plan->signed_transaction) {
    const auto valid = check_signature(api, *plan->signed_transaction);
    if (!valid.ok()) return exchange->reply(valid.error());
  }
  if (const auto funds = check_funds(api, plan->submission, plan->submitter); !funds.ok()) {
    return exchange->reply(funds.error());
  }
  dag::PutOptions options;
  options.author = plan->submitter;
  options.time = api.clock.now_secs();
  options.type = dag::BlockType::kExecution;
  std::vector<dag::NewBlock> blocks = std::exchange(plan->blocks, {});
  Executor& executor = exchange->executor();
  auto held = std::make_shared<Plan>(std::move(*plan));
  api.blocks.put_later(executor, std::move(blocks), std::move(options), {},
                       [&api, exchange, held](const Result<void>& stored) {
                         if (!stored.ok()) return exchange->reply(stored.error());
                         submit(api, exchange, std::move(*held));
                       });
}

Result<Plan> plan_spec(const Api& api, const Did& submitter, const JobSpec& spec, const Did& coordinator) {
  Plan plan;
  plan.submitter = submitter;
  ICN_TRY(finish_spec(api, spec, false, coordinator, plan));
  return plan;
}

}  // namespace

void SubmitJob::handle(Api& api, http::ExchangePtr exchange) {
  auto source = http::InputSource::of(exchange->request());
  if (!source.ok()) return exchange->reply(source.error());
  auto plan = ledger::is_signed_transaction(source->body()) ? plan_signed(api, source->take_body())
                                                            : plan_plain(api, exchange->request(), *source);
  begin(api, std::move(exchange), std::move(plan));
}

void submit_spec(Api& api, http::ExchangePtr exchange, const Did& submitter, const JobSpec& spec) {
  auto plan = plan_spec(api, submitter, spec, api.service.node().did);
  begin(api, std::move(exchange), std::move(plan));
}

}  // namespace icn::mesh::api
