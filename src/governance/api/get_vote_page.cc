#include "governance/api/get_vote_page.h"

#include "crypto/hash.h"

namespace icn::governance::api {
namespace {

void put_in_place(std::string& html, std::string_view mark, std::string_view text) {
  const std::size_t at = html.find(mark);
  ICN_ASSERT(at != std::string::npos);
  html.replace(at, mark.size(), text);
}

// As Content-Security-Policy names an inline element. Source: CSP Level 3, 2.3.1.
std::string hash_source(std::string_view text) {
  return "'sha256-" + base64_encode(ByteView(crypto::sha256(as_bytes(text)))) + "'";
}

}  // namespace

VotePage make_vote_page() {
  const std::string script = std::string(kVotePageProofs) + std::string(kVotePageScript);
  VotePage out{std::string(kVotePageHtml), ""};
  put_in_place(out.html, "/*style*/", kVotePageStyle);
  put_in_place(out.html, "/*script*/", script);
  out.policy = "default-src 'none'; script-src " + hash_source(script) + "; style-src " +
               hash_source(kVotePageStyle) +
               "; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
  return out;
}

http::Response GetVotePage::handle(const Api&, const http::Request&) {
  static const VotePage page = make_vote_page();
  http::Response response = http::Response::text(page.html);
  response.content_type = "text/html; charset=utf-8";
  response.headers.emplace_back("content-security-policy", page.policy);
  response.headers.emplace_back("referrer-policy", "no-referrer");
  return response;
}

}  // namespace icn::governance::api
