#include "dag/api/get_ipfs.h"

#include "codec/dag_json.h"
#include "codec/unixfs_file.h"
#include "codec/unixfs_shard.h"
#include "dag/errors.h"
#include "dag/gateway_request.h"

namespace icn::dag::api {
namespace {

using http::Request;
using http::Response;

constexpr std::string_view kForever = "public, max-age=29030400, immutable";
constexpr std::size_t kListedMax = 10'000;  // entries of a directory
constexpr std::string_view kForeverPrivate = "private, max-age=29030400, immutable";

// A problem with a status that no category has.
Response problem_of(const Error& error, const Request& request, int status) {
  Response response = http::problem(error, request);
  std::string text(response.body_text());
  const std::string was = "\"status\":" + std::to_string(response.status);
  if (const std::size_t at = text.find(was); at != std::string::npos) {
    text.replace(at, was.size(), "\"status\":" + std::to_string(status));
  }
  response.status = status;
  response.body = std::move(text);
  return response;
}

std::string in_quotes(std::string_view text) { return '"' + std::string(text) + '"'; }

// A file name for a header: without what would end the quotes, and once more in UTF-8 when it needs it.
std::string disposition(std::string_view kind, std::string_view name) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string plain, encoded;
  bool is_plain = true;
  for (const char each : name) {
    const auto byte = static_cast<unsigned char>(each);
    const bool is_safe = std::isalnum(byte) != 0 || each == '.' || each == '-' || each == '_';
    const bool is_printable = byte >= 0x20 && byte < 0x7f && each != '"' && each != '\\';
    plain += is_printable ? each : '_';
    is_plain = is_plain && is_printable;
    if (is_safe) {
      encoded += each;
    } else {
      encoded += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  std::string out = std::string(kind) + "; filename=" + in_quotes(plain);
  if (!is_plain) out += "; filename*=UTF-8''" + encoded;
  return out;
}

std::string last_segment(const GatewayRequest& asked) {
  if (!asked.filename.empty()) return asked.filename;
  std::string_view path = asked.path;
  while (path.ends_with('/')) path.remove_suffix(1);
  return std::string(path.substr(path.rfind('/') + 1));
}

// One request on its way to an answer.
class Visit {
 public:
  Visit(const Api& api, const Request& request, GatewayRequest asked)
      : api_(api), request_(request), asked_(std::move(asked)) {}

  Result<Response> answer() {
    auto root = api_.access.get(request_.caller, asked_.cid);
    if (!root.ok()) {
      if (asked_.is_only_if_cached && root.error().is(kBlockNotFound))
        return problem_of(Error(kNotCached), request_, 412);
      return root.error();
    }
    api_.get_count.add();
    // Who is known may see private blocks further down, which are not loaded yet.
    const bool is_alone = asked_.format == GatewayFormat::kRaw || request_.caller.is_anonymous();
    is_public_ = is_alone && (*root)->meta.visibility == Visibility::kPublic;
    switch (asked_.format) {
      case GatewayFormat::kRaw:
        return raw(*root);
      case GatewayFormat::kCar:
        return car();
      case GatewayFormat::kFile:
        return file();
    }
    return Error(errors::kInternal);
  }

 private:
  // Blocks of this caller. What was loaded is noted while a path is followed.
  Result<BlockPtr> load(const Cid& cid) {
    ICN_TRY_ASSIGN(block, api_.access.get(request_.caller, cid));
    is_public_ = is_public_ && block->meta.visibility == Visibility::kPublic;
    return block;
  }
  BlockSource source() const {
    return
        [&access = api_.access, caller = request_.caller](const Cid& cid) { return access.get(caller, cid); };
  }
  codec::BlockLoader loader() const {
    return [source = source()](const Cid& cid) -> Result<Bytes> {
      ICN_TRY_ASSIGN(block, source(cid));
      return to_bytes(as_bytes(block->bytes));
    };
  }

  Result<codec::ResolvedPath> resolve(std::vector<Cid>& on_the_way) {
    return codec::resolve_path(asked_.cid, asked_.path, [&](const Cid& cid) -> Result<Bytes> {
      ICN_TRY_ASSIGN(block, load(cid));
      on_the_way.push_back(cid);
      return to_bytes(as_bytes(block->bytes));
    });
  }

  bool is_known(std::string_view etag) const {
    return matches_etag(request_.headers.find("if-none-match"), etag);
  }

  Response with_headers(Response response, std::string etag) const {
    auto& headers = response.headers;
    headers.emplace_back("Etag", std::move(etag));
    headers.emplace_back("Cache-Control", is_public_ ? kForever : kForeverPrivate);
    return response;
  }
  Response not_modified(std::string etag) const {
    Response response;
    response.status = 304;
    return with_headers(std::move(response), std::move(etag));
  }
  void add_location(Response& response, std::string_view format) const {
    if (asked_.is_format_in_url) return;
    const std::string query = request_.query.empty() ? "" : request_.query + "&";
    response.headers.emplace_back("Content-Location",
                                  request_.path + "?" + query + "format=" + std::string(format));
  }
  void name_attachment(Response& response, std::string_view ending) const {
    const std::string name =
        asked_.filename.empty() ? asked_.cid.to_string() + std::string(ending) : asked_.filename;
    response.headers.emplace_back("Content-Disposition", disposition("attachment", name));
  }

  Result<Response> raw(const BlockPtr& block) {
    if (!asked_.path.empty())
      return Error(errors::kMalformed, "a raw block is asked for by its CID, without a path");
    std::string etag = in_quotes(asked_.cid.to_string() + ".raw");
    if (is_known(etag)) return not_modified(std::move(etag));
    Response response;
    const auto range = read_range(request_.headers.find("range"), block->bytes.size());
    if (range && !range->is_satisfiable) return unsatisfiable(block->bytes.size());
    if (range) {
      response = Response::bytes(
          "application/vnd.ipld.raw",
          to_bytes(
              as_bytes(std::string_view(block->bytes).substr(range->first, range->past - range->first))));
      set_partial(response, *range, block->bytes.size());
    } else {
      response = Response::cached("application/vnd.ipld.raw",
                                  std::shared_ptr<const std::string>(block, &block->bytes));
    }
    response.headers.emplace_back("Accept-Ranges", "bytes");
    name_attachment(response, ".bin");
    add_location(response, "raw");
    return with_headers(std::move(response), std::move(etag));
  }

  Result<Response> car() {
    std::vector<Cid> on_the_way;
    ICN_TRY_ASSIGN(resolved, resolve(on_the_way));
    if (asked_.path.empty()) on_the_way.clear();
    std::string etag = car_etag(resolved.cid);
    if (is_known(etag)) return not_modified(std::move(etag));
    ICN_TRY_ASSIGN(end, load(resolved.cid));
    if (auto wrong = check_entity_bytes(*end)) return *wrong;
    const auto walk = std::make_shared<CarWalk>(source(), std::move(on_the_way), resolved.cid, asked_.car);
    Response response =
        Response::stream(asked_.car.has_duplicates ? "application/vnd.ipld.car; version=1; order=dfs; dups=y"
                                                   : "application/vnd.ipld.car; version=1; order=dfs; dups=n",
                         {[walk] { return walk->next(); }, std::nullopt});
    response.headers.emplace_back("Accept-Ranges", "none");
    name_attachment(response, ".car");
    add_location(response, "car");
    return with_headers(std::move(response), std::move(etag));
  }

  std::string car_etag(const Cid& end) const {
    std::string text = end.to_string() + ".car";
    if (!asked_.path.empty()) text += "." + asked_.cid.to_string();
    text += asked_.car.scope == DagScope::kAll     ? ""
            : asked_.car.scope == DagScope::kBlock ? ".block"
                                                   : ".entity";
    if (const auto& bytes = asked_.car.bytes) {
      text += "." + std::to_string(bytes->from) + "-" + (bytes->to ? std::to_string(*bytes->to) : "*");
    }
    return in_quotes(text + (asked_.car.has_duplicates ? ".y" : ".n"));
  }

  std::optional<Error> check_entity_bytes(const Block& end) const {
    if (!asked_.car.bytes || (end.cid.codec() != codec::kRaw && end.cid.codec() != codec::kDagPb)) return {};
    const auto node = codec::decode_unixfs(end.cid.codec(), as_bytes(end.bytes));
    if (!node.ok() || node->kind != codec::UnixFsNode::Kind::kFile || node->size == 0) return {};
    const std::int64_t from = asked_.car.bytes->from;
    if (from < 0 || static_cast<std::uint64_t>(from) < node->size) return {};
    return Error(errors::kMalformed, "entity-bytes: the file has " + std::to_string(node->size) + " bytes");
  }

  Result<Response> file() {
    std::vector<Cid> on_the_way;
    ICN_TRY_ASSIGN(resolved, resolve(on_the_way));
    ICN_TRY_ASSIGN(end, load(resolved.cid));
    const std::uint64_t codec = end->cid.codec();
    if (codec != codec::kRaw && codec != codec::kDagPb) return data(*end, resolved.inner_path);
    ICN_TRY_ASSIGN(node, codec::decode_unixfs(codec, as_bytes(end->bytes)));
    if (node.kind == codec::UnixFsNode::Kind::kFile) return file_content(resolved.cid, last_segment(asked_));
    return directory(resolved.cid, node);
  }

  Result<Response> file_content(const Cid& cid, const std::string& name) {
    std::string etag = in_quotes(cid.to_string());
    if (is_known(etag)) return not_modified(std::move(etag));
    ICN_TRY_ASSIGN(opened, codec::FileReader::open(cid, loader()));
    const auto reader = std::make_shared<codec::FileReader>(std::move(opened));
    const std::uint64_t size = reader->size();
    reader->select(0, std::min<std::uint64_t>(size, 512));
    ICN_TRY_ASSIGN(beginning, reader->next());
    const std::string type(content_type_of(name, beginning ? ByteView(*beginning) : ByteView()));
    const auto range = read_range(request_.headers.find("range"), size);
    if (range && !range->is_satisfiable) return unsatisfiable(size);
    const std::uint64_t first = range ? range->first : 0;
    const std::uint64_t past = range ? range->past : size;
    reader->select(first, past);
    Response response = Response::stream(type, {[reader] { return reader->next(); }, past - first});
    if (range) set_partial(response, *range, size);
    response.headers.emplace_back("Accept-Ranges", "bytes");
    if (asked_.is_download || !asked_.filename.empty()) {
      response.headers.emplace_back(
          "Content-Disposition",
          disposition(asked_.is_download ? "attachment" : "inline", name.empty() ? cid.to_string() : name));
    }
    add_path_headers(response, cid);
    return with_headers(std::move(response), std::move(etag));
  }

  Result<Response> directory(const Cid& cid, const codec::UnixFsNode& node) {
    if (!asked_.has_trailing_slash) {
      Response response;
      response.status = 301;
      response.headers.emplace_back(
          "Location", request_.path + "/" + (request_.query.empty() ? "" : "?" + request_.query));
      return response;
    }
    ICN_TRY_ASSIGN(index, entry_of(node, "index.html"));
    if (index) {
      ICN_TRY(load(*index));
      return file_content(*index, "index.html");
    }
    std::string etag = in_quotes("DirIndex-1_CID-" + cid.to_string());
    if (is_known(etag)) return not_modified(std::move(etag));
    Response response;
    response.content_type = "text/html; charset=utf-8";
    ICN_TRY_ASSIGN(list, list_of(node));
    response.body = std::move(list);
    add_path_headers(response, cid);
    return with_headers(std::move(response), std::move(etag));
  }

  Result<std::optional<Cid>> entry_of(const codec::UnixFsNode& node, std::string_view name) const {
    if (node.kind == codec::UnixFsNode::Kind::kShard) return codec::find_in_shard(node, name, loader());
    for (const codec::UnixFsChild& child : node.children) {
      if (child.name == name) return std::optional(child.cid);
    }
    return std::optional<Cid>();
  }

  static std::string escaped(std::string_view text) {
    std::string out;
    for (const char each : text) {
      if (each == '<' || each == '>' || each == '&' || each == '"' || each == '\'')
        out += "&#" + std::to_string(static_cast<int>(each)) + ";";
      else
        out += each;
    }
    return out;
  }

  Result<std::string> list_of(const codec::UnixFsNode& node) const {
    std::string out =
        "<!doctype html><meta charset=utf-8><title>" + escaped(request_.path) + "</title><ul>\n";
    std::size_t count = 0;
    const auto add = [&](const codec::UnixFsChild& child) {
      if (++count > kListedMax) return false;
      append_entry(out, child);
      return true;
    };
    if (node.kind == codec::UnixFsNode::Kind::kShard) {
      ICN_TRY(codec::list_shard(node, loader(), add));
    } else {
      for (const codec::UnixFsChild& child : node.children) {
        if (!add(child)) break;
      }
    }
    if (count > kListedMax)
      out += "<li>and more: only the first " + std::to_string(kListedMax) + " are shown\n";
    return out + "</ul>\n";
  }

  static void append_entry(std::string& out, const codec::UnixFsChild& child) {
    constexpr std::string_view kHex = "0123456789ABCDEF";
    std::string link;
    for (const char each : child.name) {
      const auto byte = static_cast<unsigned char>(each);
      if (std::isalnum(byte) != 0 || each == '.' || each == '-' || each == '_')
        link += each;
      else
        link += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
    out += "<li><a href=\"./" + link + "\">" + escaped(child.name) + "</a> " + child.cid.to_string() + "\n";
  }

  // A block of DAG-CBOR or DAG-JSON as it is, or the value inside it that the path ends at.
  Result<Response> data(const Block& end, const std::string& inner_path) {
    const bool is_cbor = end.cid.codec() == codec::kDagCbor;
    std::string etag = in_quotes(end.cid.to_string() + (inner_path.empty() ? "" : "/" + inner_path));
    if (is_known(etag)) return not_modified(std::move(etag));
    Response response;
    if (inner_path.empty()) {
      response = Response::bytes(is_cbor ? "application/vnd.ipld.dag-cbor" : "application/vnd.ipld.dag-json",
                                 to_bytes(as_bytes(end.bytes)));
    } else {
      ICN_TRY_ASSIGN(value, codec::decode_dag_cbor(as_bytes(end.bytes)));
      const codec::Value* at = &value;
      std::string_view rest = inner_path;
      while (!rest.empty() && at != nullptr) {
        const std::size_t slash = std::min(rest.find('/'), rest.size());
        if (slash > 0) at = at->find(rest.substr(0, slash));
        rest.remove_prefix(std::min(slash + 1, rest.size()));
      }
      if (at == nullptr) return Error(codec::errors::kPathNotFound);
      ICN_TRY_ASSIGN(text, codec::encode_dag_json(*at));
      response.content_type = "application/vnd.ipld.dag-json";
      response.body = std::move(text);
    }
    add_path_headers(response, end.cid);
    return with_headers(std::move(response), std::move(etag));
  }

  // Content of strangers is shown without a way to act in this node's name.
  void add_path_headers(Response& response, const Cid& end) const {
    response.headers.emplace_back("X-Ipfs-Path", request_.path);
    std::string roots = asked_.cid.to_string();
    if (end != asked_.cid) roots += "," + end.to_string();
    response.headers.emplace_back("X-Ipfs-Roots", std::move(roots));
    response.headers.emplace_back("Content-Security-Policy", "sandbox");
  }

  static void set_partial(Response& response, const ByteRange& range, std::uint64_t size) {
    response.status = 206;
    response.headers.emplace_back("Content-Range", "bytes " + std::to_string(range.first) + "-" +
                                                       std::to_string(range.past - 1) + "/" +
                                                       std::to_string(size));
  }
  Response unsatisfiable(std::uint64_t size) const {
    Response response = problem_of(Error(kBadRange), request_, 416);
    response.headers.emplace_back("Content-Range", "bytes */" + std::to_string(size));
    return response;
  }

  const Api& api_;
  const Request& request_;
  GatewayRequest asked_;
  bool is_public_ = true;
};

}  // namespace

void GetIpfs::handle(const Api& api, http::ExchangePtr exchange) {
  const Request& request = exchange->request();
  if (!api.has_gateway) return exchange->reply(Error(errors::kNotFound, "dag.gateway is off on this node"));
  auto asked = GatewayRequest::read(request);
  if (!asked.ok()) {
    if (!asked.error().is(kNotAcceptable)) return exchange->reply(asked.error());
    return exchange->reply(problem_of(asked.error(), request, 406));
  }
  auto response = Visit(api, request, std::move(asked).value()).answer();
  if (!response.ok()) return exchange->reply(response.error());
  exchange->reply(std::move(response).value());
}

}  // namespace icn::dag::api
