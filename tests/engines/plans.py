"""What PostgreSQL says about how it answered: every query of the node's tables goes through an index and sorts nothing.

The server is told to take any index before it reads a whole table (a table of ten rows is read whole otherwise): what it still
reads whole, or sorts, has no index that fits. Plans come from its own auto_explain, for whatever a node asked while tests ran.
"""

import json
import re

SETTINGS = {
    "session_preload_libraries": "auto_explain",
    "auto_explain.log_min_duration": "0",
    "auto_explain.log_format": "json",
    "enable_seqscan": "off",
    "enable_bitmapscan": "off",
}
# Of one row, or of the server.
NOT_OURS = re.compile(r"icn_meta|pg_|information_schema")
PLAN = re.compile(r"LOG:  duration: [0-9.]+ ms  plan:\n(\t\{\n.*?\n\t\})", re.S)


def nodes(plan):
    yield plan
    for each in plan.get("Plans", ()):
        yield from nodes(each)


def problems(explained):
    for node in nodes(explained["Plan"]):
        if node["Node Type"] == "Seq Scan":
            yield f"reads all of {node.get('Relation Name')}"
        elif node["Node Type"] in ("Sort", "Incremental Sort"):
            yield f"sorts by {node.get('Sort Key')}"


def judge(log):
    """How many different queries of tables were explained, and a text for each that has no index."""
    seen, wrong = set(), []
    for text in PLAN.findall(log):
        explained = json.loads(text)
        query = explained["Query Text"]
        if NOT_OURS.search(query) or " FROM " not in query.upper() or query in seen:
            continue
        seen.add(query)
        found = sorted(set(problems(explained)))
        if found:
            wrong.append(f"{query}\n  {'; '.join(found)}")
    return len(seen), wrong
