"""What a node tells a collector of traces. Names: OpenTelemetry protocol (JSON encoding), W3C Trace Context 1."""

import http.server
import json
import pathlib
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import icn_node  # noqa: E402

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = "00f067aa0ba902b7"
SAMPLED = f"00-{TRACE}-{PARENT}-01"
UNSAMPLED = f"00-{TRACE}-{PARENT}-00"
KIND_SERVER = 2

passed = 0
failed = 0


def check(name, holds, detail=""):
    global passed, failed
    if holds:
        passed += 1
    else:
        failed += 1
        print(f"FAILED {name}: {detail}")


class Collector(http.server.ThreadingHTTPServer):
    """Keeps every span that is posted to /v1/traces; answers `status`."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.spans, self.resources, self.requests, self.status = [], [], [], 200
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"

    def wait(self, wanted, seconds=10):
        """The first span for which `wanted` holds; None after a while."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for span in list(self.spans):
                if wanted(span):
                    return span
            time.sleep(0.05)
        return None


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        server = self.server
        server.requests.append((self.path, self.headers["content-type"]))
        for resource in body["resourceSpans"]:
            server.resources.append({a["key"]: a["value"]["stringValue"] for a in resource["resource"]["attributes"]})
            for scope in resource["scopeSpans"]:
                server.spans.extend(scope["spans"])
        self.send_response(server.status)
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *arguments):
        pass


def attributes(span):
    return {each["key"]: each["value"]["stringValue"] for each in span["attributes"]}


def named(name):
    return lambda span: span["name"] == name


def check_requests(node, collector):
    node.request("GET", "/system/status", headers={"traceparent": SAMPLED})
    span = collector.wait(named("GET /system/status"))
    check("a request is a span", span is not None, collector.spans)
    check("it belongs to the caller's trace", span["traceId"] == TRACE, span)
    check("and lies below the caller's step", span["parentSpanId"] == PARENT and span["spanId"] != PARENT, span)
    check("it is a server's", span["kind"] == KIND_SERVER, span)
    check("it says what was asked and answered",
          attributes(span).get("http.response.status_code") == "200" and attributes(span).get("http.route") == "/system/status",
          span)
    check("it lasts", 0 < int(span["endTimeUnixNano"]) - int(span["startTimeUnixNano"]) < 10_000_000_000, span)
    check("the resource is this node", collector.resources[0].get("service.name") == "icn"
          and collector.resources[0].get("service.instance.id") == node.did, collector.resources[:1])
    check("it is sent to /v1/traces as JSON", collector.requests[0] == ("/v1/traces", "application/json"), collector.requests[:1])

    node.request("GET", "/network/local-peer-id")
    span = collector.wait(named("GET /network/local-peer-id"))
    check("a request without a trace begins one", span is not None and "parentSpanId" not in span, span)
    node.request("GET", "/system/health", headers={"traceparent": UNSAMPLED})
    node.request("GET", "/nothing", headers={"traceparent": SAMPLED})
    span = collector.wait(named("GET"))
    check("a path that is none is traced by its method", span is not None and attributes(span)["http.response.status_code"] == "404", span)
    check("what the caller does not sample is not traced", not any(named("GET /system/health")(each) for each in collector.spans))


def check_jobs(node, collector):
    alice = icn_node.Member("alice")
    node.grant(alice)
    answer = node.request("POST", "/mesh/jobs?wait=20",
                          {"spec": {"kind": "echo", "args": ["hello"]}, "max_price": 20, "submitter_did": node.did},
                          key=node.operator_key, headers={"traceparent": SAMPLED})
    check("a job runs", answer.status == 201 and answer.json()["status"] == "completed", answer)
    run = collector.wait(named("job run"))
    request = collector.wait(named("POST /mesh/jobs"))
    check("its run is a span", run is not None, [span["name"] for span in collector.spans])
    check("below its request", run["traceId"] == TRACE and run["parentSpanId"] == request["spanId"], (run, request))
    check("it names the job", attributes(run)["icn.job.id"] == answer.json()["job_id"]
          and attributes(run)["icn.job.end"] == "completed", run)
    refused = node.request("POST", "/mesh/jobs", {"spec": {"kind": "echo"}, "max_price": 999999, "submitter_did": node.did},
                           key=node.operator_key, headers={"traceparent": SAMPLED})
    check("a refused one has no run", refused.status == 402, refused)
    again = node.request("POST", "/mesh/jobs?wait=20", {"spec": {"kind": "echo"}, "max_price": 20, "submitter_did": node.did},
                         key=node.operator_key, headers={"traceparent": UNSAMPLED})
    check("an untraced job runs", again.status == 201, again)
    time.sleep(1.5)
    check("there is one run in all", len([span for span in collector.spans if span["name"] == "job run"]) == 1)


def main():
    collector = Collector()
    with icn_node.Node(settings={"trace.endpoint": collector.url}) as node:
        check_requests(node, collector)
        check_jobs(node, collector)
        collector.status = 503
        node.request("GET", "/system/status")
        time.sleep(1.5)
        answers = [node.request("GET", "/system/status").status for _ in range(20)]
        check("a collector that refuses harms nobody", answers == [200] * 20, answers)
        check("and is told of once", node.log().count("spans were not taken") == 1, node.log()[-2000:])

    quiet = Collector()
    with icn_node.Node(settings={"trace.endpoint": quiet.url, "trace.sample_ppm": 0}) as node:
        node.request("GET", "/system/status")
        node.request("GET", "/system/info", headers={"traceparent": SAMPLED})
        check("only what brings a trace is traced", quiet.wait(named("GET /system/info")) is not None)
        check("and nothing else", not any(named("GET /system/status")(span) for span in quiet.spans), quiet.spans)

    with icn_node.Node() as node:
        status = node.request("GET", "/system/status", headers={"traceparent": SAMPLED}).status
        check("without a collector a trace is no matter", status == 200, status)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


sys.exit(main())
