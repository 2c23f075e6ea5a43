#pragma once

#include "governance/api/context.h"

namespace icn::governance::api {

// GET /vote: a page on which a member votes in a browser (web/vote/). It holds all it needs; its
// Content-Security-Policy allows this style and this script by their hashes, and requests to this node alone.
struct GetVotePage {
  static constexpr std::string_view summary = "A page to vote on: proposals, ballots and receipts, mana";
  static constexpr std::string_view output_content_type = "text/html";
  static http::Response handle(const Api& api, const http::Request& request);
};

// The page as it is served, and its policy.
struct VotePage {
  std::string html;
  std::string policy;
};
VotePage make_vote_page();

// web/vote/
extern const std::string_view kVotePageHtml;
extern const std::string_view kVotePageStyle;
extern const std::string_view kVotePageProofs;
extern const std::string_view kVotePageScript;

}  // namespace icn::governance::api
