"""Asks a node for each of its lists, by each way to narrow it: what there is to ask stands in the document of the interface."""

import json
import pathlib
import urllib.parse

import icn_node

DOCUMENT = pathlib.Path(__file__).resolve().parents[2] / "docs" / "reference" / "openapi.json"
# Of one proposal, with votes: these cases of tests/api ask for them.
IN_CASES = {"/governance/proposals/{id}/objections": "governance/objections", "/governance/proposals/{id}/votes": "governance/ballots"}


def lists():
    """Path and parameters of each list."""
    for path, item in sorted(json.loads(DOCUMENT.read_text())["paths"].items()):
        parameters = {each["name"]: each for each in item.get("get", {}).get("parameters", ())}
        if "limit" in parameters:
            yield path, parameters


def value_of(parameter, did):
    name, schema = parameter["name"], parameter["schema"]
    if "enum" in schema:
        return schema["enum"][-1]
    samples = {"type": "storage", "scope": "local", "role": "member", "since": "1", "all": "true", "status": "voting", "name": "governance.count_step"}
    return samples.get(name, did)


def requests(did):
    """One a list as it is, and one for each parameter that narrows it."""
    for path, parameters in lists():
        if path in IN_CASES:
            continue
        fixed = {each["name"]: value_of(each, did) for each in parameters.values() if each.get("required") and each["in"] == "query"}
        for name in [each["name"] for each in parameters.values() if each["in"] == "path"]:
            path = path.replace("{" + name + "}", urllib.parse.quote(value_of(parameters[name], did), safe=""))
        yield path + ("?" + urllib.parse.urlencode(fixed) if fixed else "")
        for name, each in parameters.items():
            if each["in"] == "query" and not name.endswith("cursor") and name != "limit" and name not in fixed:
                yield path + "?" + urllib.parse.urlencode({**fixed, name: value_of(each, did)})


def ask_all(url):
    """On a node whose stores lie there: how many lists, and what was not answered."""
    settings = {"storage.backend": "postgresql", "storage.postgresql.url": url, "storage.postgresql.schema": "icn_lists"}
    with icn_node.Node(settings=settings) as node:
        node.grant(icn_node.Member("ann"))
        asked = list(requests(node.did))
        wrong = [f"{path}: {answer}" for path in asked
                 if (answer := node.get(path, key=node.operator_key)).status not in (200, 404)]
        return len(asked), wrong
