#include "mesh/market/withdrawals.h"

namespace icn::mesh {

void Withdrawals::add(WithdrawJobs::Item item, Done done) {
  waiting_.push_back({std::move(item), std::move(done)});
  submit_more();
}

void Withdrawals::submit_more() {
  if (is_submitting_ || waiting_.empty()) return;
  is_submitting_ = true;
  WithdrawJobs::Body body;
  std::vector<Done> asked;
  while (!waiting_.empty() && asked.size() < kWithdrawalsPerTransaction) {
    body.withdrawals.push_back(std::move(waiting_.front().item));
    asked.push_back(std::move(waiting_.front().done));
    waiting_.pop_front();
  }
  around_.submit("mesh.withdraw", codec::to_json(body),
                 [this, asked = std::move(asked)](const Result<codec::Json>& answer) {
                   const auto output = answer.ok() ? codec::from_json<WithdrawJobs::Output>(*answer)
                                                   : Result<WithdrawJobs::Output>(answer.error());
                   is_submitting_ = false;
                   for (std::size_t i = 0; i < asked.size(); ++i) {
                     const bool is_known = output.ok() && i < output->outcomes.size();
                     asked[i](is_known ? output->outcomes[i].result : "");
                   }
                   submit_more();
                 });
}

}  // namespace icn::mesh
