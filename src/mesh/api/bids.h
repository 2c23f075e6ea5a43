#pragma once

#include "mesh/api/job_view.h"

namespace icn::mesh::api {

// GET /mesh/jobs/{id}/bids
struct ListBids {
  struct Input {
    JobId id;
    static constexpr auto fields() { return described(codec::field("id", &Input::id, "job id")); }
  };
  struct Output {
    std::uint32_t attempt = 1;
    std::vector<JudgedBid> judged;
    std::vector<Bid> open;
    static constexpr std::string_view schema_name = "JobBids";
    static constexpr auto fields() {
      using codec::field;
      return described(
          field("attempt", &Output::attempt, "the job is at"),
          field("judged", &Output::judged, "with the parts of their scores, once it is assigned"),
          field("open", &Output::open, "that this node holds as the coordinator of a job without executor"));
    }
  };
  static constexpr std::string_view summary =
      "The bids for a job: as the ledger judged them, or as they come";
  static void handle(const Api& api, const http::Call& call, Input input, http::Reply<Output> reply);
};

// POST /mesh/jobs/{id}/bids. For bidders that are no peers; the coordinator of the job takes it.
struct SubmitBid {
  struct Input {
    JobId id;
    Bid bid;
    static constexpr auto fields() {
      return described(codec::field("id", &Input::id, "job id"), codec::field("bid", &Input::bid, "signed"));
    }
  };
  struct Output {
    bool accepted = false;
    std::string reason;
    static constexpr std::string_view schema_name = "BidAnswer";
    static constexpr auto fields() {
      using codec::field;
      return described(field("accepted", &Output::accepted, "it takes part in the choice"),
                       field("reason", &Output::reason, "why not; empty when accepted"));
    }
  };
  static constexpr std::string_view summary = "Offer to run an attempt of a job";
  static constexpr bool changes_state = false;
  static constexpr bool is_signed_body = true;
  static void handle(const Api& api, const http::Call& call, Input input, http::Reply<Output> reply);
};

}  // namespace icn::mesh::api
