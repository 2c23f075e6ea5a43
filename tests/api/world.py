"""Runs one case file against one node: its variables, its callers, its requests, and what each answer must be."""

import base64
import hashlib
import http.client
import json
import os
import re
import time

import icn_node
from case_file import MISSING, BadCase, Request, look_up, split_word, substitute
from schema import problems, route_of
from website import Website

# Transactions that the node sends by itself: they may succeed while a request is refused.
OWN_TRANSACTIONS = {"dag.charge", "mesh.assign", "mesh.settle", "mesh.claim", "mesh.start", "mesh.withdraw", "mesh.judge", "mesh.confirm"}
# The members of these answers depend on the type of the transaction.
OPEN_ANSWERS = {("POST", "/ledger/transactions")}
PROBLEM_MEMBERS = {"type", "title", "status", "detail", "code", "correlation_id", "instance"}
MEMBERS_NEEDED = PROBLEM_MEMBERS - {"instance"}
NEEDED_HEADERS = {401: "www-authenticate", 405: "allow", 429: "retry-after", 503: "retry-after"}


class Failed(Exception):
    """A check that did not hold; the text says which and how."""


class World:
    def __init__(self, node, document):
        self.node = node
        self.document = document  # the served OpenAPI document
        self.variables = {}
        self.members = {}
        self.keys = {"operator": node.operator_key}
        self.sessions = {}
        self.transactions = {}  # by name, for `replay`
        self.answered = []  # (method, template, status) for coverage
        self.neighbours = []
        self.website = None
        self.refresh()

    def refresh(self):
        self.variables.update(node=self.node.did, network=self.node.network, port=self.node.port, operator_key=self.node.operator_key)

    def fill(self, text):
        return substitute(text, self.variables, self.generate)

    def generate(self, word, argument):
        """${now}, ${now +60}, ${random 16} (bytes in hex), ${text 100}, ${nested 40}, ${many 3 NAME}, ${base64 HEX}, ${sha TEXT} (in hex), ${cid TEXT} (of a raw block), ${commitment PROPOSAL VOTER CHOICE SALT} (of the variables of these names, and the choice itself)"""
        if word == "now":
            return str(int(time.time()) + int(argument or 0))
        if word == "random":
            return os.urandom(int(argument or 16)).hex()
        if word == "text":
            return "x" * int(argument)
        if word == "nested":
            return "[" * int(argument) + "]" * int(argument)
        if word == "many":
            count, name = argument.split()
            return ", ".join([self.variables[name]] * int(count))
        if word == "base64":
            return base64.b64encode(bytes.fromhex(argument)).decode()
        if word == "sha":
            return hashlib.sha256(argument.encode()).hexdigest()
        if word == "commitment":
            proposal, voter, choice, salt = argument.split()
            sealed = {"ballot": {"choice": choice}, "proposal_id": self.variables[proposal], "revision": 1, "salt": self.variables[salt], "voter": self.variables[voter]}
            text = json.dumps(sealed, sort_keys=True, separators=(",", ":"))
            return hashlib.sha256(b"icn:ballot-commit:v1\0" + text.encode()).hexdigest()
        if word == "cid":
            return icn_node.raw_cid(argument.encode())
        return None

    # -- statements

    def run_statement(self, statement):
        getattr(self, "do_" + statement.word)(statement.rest)

    def do_let(self, rest):
        name, _, value = rest.partition("=")
        self.variables[name.strip()] = self.fill(value.strip())

    def do_sleep(self, rest):
        time.sleep(float(rest))

    def do_neighbour(self, rest):
        """neighbour NAME [TEXT]: another node; it holds TEXT as a public block and `not TEXT` as a private one"""
        name, _, text = rest.partition(" ")
        other = icn_node.Node()
        self.neighbours.append(other)
        peer = other.get("/network/local-peer-id").json()
        self.variables[name + "_address"], self.variables[name + "_peer"] = peer["addresses"][0], peer["peer_id"]
        for data, visibility in ((text, "public"), ("not " + text, "private")) if text else ():
            block = {"data": base64.b64encode(data.encode()).decode(), "visibility": visibility}
            self.must(201, other.post("/dag/blocks", block, key=other.operator_key))

    def do_federation(self, rest):
        """federation NAME POLICY: another node that has become a federation; NAME is an invitation to it, as JSON"""
        name, policy = rest.split()
        other = icn_node.Node(settings={"consensus.listen": "127.0.0.1:0", "p2p.enabled": False})
        self.neighbours.append(other)
        self.must(201, other.post("/federation/init", {"name": name, "policy": policy}, key=other.operator_key))
        other.stop()
        other.start()
        for _ in range(300):
            if other.get("/system/ready").status == 200:
                break
            time.sleep(0.1)
        made = other.post("/federation/invitations", {"api": [other.url]}, key=other.operator_key)
        self.variables[name] = json.dumps(self.must(201, made))

    def do_page(self, rest):
        """page PATH BODY: a document of somebody else at http://127.0.0.1:$web_port; "> URL" sends its reader there"""
        if self.website is None:
            self.website = Website()
            self.variables["web_port"] = self.website.port
        path, _, body = rest.partition(" ")
        self.website.pages[self.fill(path)] = self.fill(body)

    def close(self):
        for other in self.neighbours:
            other.close()
        if self.website is not None:
            self.website.close()

    def do_restart(self, rest):
        self.node.kill() if rest == "kill" else self.node.stop()
        self.node.start()
        self.refresh()

    def do_member(self, rest):
        """member NAME [icn] [granted]: the key stays here"""
        name, *options = rest.split()
        member = icn_node.Member(name)
        if "icn" in options:
            body, did = member.create_body(self.node.network)
            self.must(201, self.node.post("/identity/did/create", member.transaction(self.node, "identity.create", body)))
            member = icn_node.Member(name, did, did + "#key-1")
        self.adopt(name, member, options)

    def do_rotate(self, name):
        """A new key for a did:icn member; its old one stays as NAME_old."""
        old = self.members[name]
        new = icn_node.Member(name + " " + os.urandom(4).hex(), old.did, f"{old.did}#key-{int(old.key_id.rpartition('-')[2]) + 1}")
        body = old.rotate_body(self.node.network, new)
        self.must(200, self.node.post("/ledger/transactions", old.transaction(self.node, "identity.rotate", body)))
        self.members[name + "_old"], self.members[name] = old, new

    def do_kept(self, rest):
        """kept NAME [granted]: a did:icn whose key the node keeps for the API key of the same name"""
        name, *options = rest.split()
        self.keys[name] = self.node.api_key("member")
        made = self.must(201, self.node.post("/identity/did/create", {}, key=self.keys[name]))
        member = icn_node.Member(name, made["did"], made["key"])
        self.adopt(name, member, options)

    def do_new_key(self, rest):
        """new_key NAME for DID: a key for a DID that does not have it yet: NAME_key, NAME_nonce, NAME_proof"""
        name, _, did = self.fill(rest).partition(" for ")
        subject = icn_node.Member(name + " " + os.urandom(4).hex(), did, did + "#key-1")
        body = subject.rotate_body(self.node.network, subject)
        self.variables.update({f"{name}_key": body["new_key"], f"{name}_nonce": body["nonce"], f"{name}_proof": body["proof"]})

    def adopt(self, name, member, options):
        self.members[name] = member
        self.variables[name] = member.did
        if "granted" in options:
            answer = self.node.post("/economics/mana/grants", {"to": member.did}, key=self.node.operator_key)
            if answer.status != 409:  # granted when it was made
                self.must(201, answer)

    def do_api_key(self, rest):
        """api_key NAME role=member [dids=$alice,$bob] [expires=SECONDS_FROM_NOW]"""
        name, *options = self.fill(rest).split()
        given = dict(option.split("=", 1) for option in options)
        body = {"label": name, "role": given.get("role", "member"), "dids": [did for did in given.get("dids", "").split(",") if did]}
        if "expires" in given:
            body["expires_at"] = int(time.time()) + int(given["expires"])
        made = self.must(201, self.node.post("/system/api-keys", body, key=self.node.operator_key))
        self.keys[name] = made["key"]
        self.variables[name + "_id"] = made["info"]["id"]

    @staticmethod
    def must(status, answer):
        if answer.status != status:
            raise BadCase(f"a statement failed: {answer}")
        return answer.json()

    # -- requests

    def credentials(self, who, method, path, body):
        """The headers that say who asks: `operator`, an API key, a member (its session), `NAME signing` (RFC 9421)."""
        if not who or who == "nobody":
            return {}
        name, _, how = who.partition(" ")
        if how == "signing":
            return self.members[name].sign_request(self.node.port, method, path, body)
        if name in self.keys:
            return {"x-api-key": self.keys[name]}
        if name not in self.members:
            raise BadCase(f"nobody is called {name}")
        if name not in self.sessions:
            member = self.members[name]
            asked = self.must(200, self.node.post("/identity/session", {}))
            signature = member.session_signature(asked["challenge"], asked["audience"])
            opened = {"challenge": asked["challenge"], "key": member.key_id, "signature": signature}
            self.sessions[name] = self.must(200, self.node.post("/identity/session", opened))["token"]
        return {"authorization": "Bearer " + self.sessions[name]}

    def body_of(self, request):
        if not request.body:
            return None
        word, rest = split_word(request.body[0])
        if word == "@bytes":
            return b"x" * int(rest)
        if word == "@hex":
            return bytes.fromhex(self.fill(rest))
        if word == "@file":
            return (icn_node.ROOT / rest).read_bytes()
        return self.fill("\n".join(request.body)).encode()

    def prepare(self, request):
        """(method, path, who, body) of a request statement."""
        if request.word == "request":
            match = re.fullmatch(r"(\S+) (\S+)(?: as (.+))?", self.fill(request.rest))
            if not match:
                raise BadCase(f"`{request.rest}` is not METHOD PATH [as WHO]")
            return (*match.groups(), self.body_of(request))
        if request.word == "replay":
            match = re.fullmatch(r"(\w+)(?: at (\S+))?(?: as (.+))?", self.fill(request.rest))
            return "POST", match.group(2) or "/ledger/transactions", match.group(3), self.transactions[match.group(1)]
        return self.prepare_signed(request)

    def prepare_signed(self, request):
        """signed TYPE by NAME [at PATH] [as WHO] [with CHANGE, CHANGE]"""
        match = re.fullmatch(r"(\S+) by (\w+)(?: at (\S+))?(?: as (.+?))?(?: with (.+))?", self.fill(request.rest))
        if not match:
            raise BadCase(f"`{request.rest}` is not TYPE by NAME [at PATH] [as WHO] [with CHANGE, ...]")
        kind, name, path, who, changes = match.groups()
        sender = signer = self.members[name]
        transaction = sender.unsigned(self.node.network, kind, json.loads(self.fill("\n".join(request.body)) or "{}"))
        late, saved = [], None
        for change in re.split(r", (?=[a-z])", changes or ""):
            word, rest = split_word(change)
            if word == "signature":
                late.append((word, rest))
            elif word == "signer":
                signer = self.members[rest]
            elif word == "key":
                signer = self.members[rest]
                transaction["key"] = signer.key_id
            elif word == "set":
                member, value = split_word(rest)
                transaction[member] = json.loads(value)
            elif word == "without":
                transaction.pop(rest) if rest != "signature" else late.append(("drop", rest))
            elif word == "expires":
                transaction["expires"] = int(time.time()) + int(rest)
            elif word == "tampered":
                late.append((word, rest))
            elif word == "saved":
                saved = rest
            elif word:
                raise BadCase(f"`{change}` changes no transaction")
        payload = self.finish_signed(signer.signed(transaction), late)
        self.variables["transaction_id"] = icn_node.transaction_id(transaction)
        if saved:
            self.transactions[saved] = payload
            self.variables[saved] = self.variables["transaction_id"]
        return "POST", path or "/ledger/transactions", who, payload

    @staticmethod
    def finish_signed(transaction, late):
        for word, rest in late:
            if word == "signature":
                transaction["signature"] = {"wrong": ("0" if transaction["signature"][0] != "0" else "1") + transaction["signature"][1:],
                                            "zero": "00" * 64, "short": transaction["signature"][:-2]}[rest]
            elif word == "drop":
                transaction.pop(rest)
            else:
                member, value = split_word(rest)
                transaction[member] = json.loads(value)
        return json.dumps(transaction).encode()

    def send(self, request):
        """(method, path, answer)"""
        if request.word == "raw":
            return self.send_raw(request)
        options = dict((word, rest) for word, rest in request.options if word != "header")
        method, path, who, body = self.prepare(request)
        headers = dict(self.credentials(who, method, path, body))
        for word, rest in request.options:
            if word == "header":
                name, _, value = self.fill(rest).partition(":")
                headers[name.strip().lower()] = None if value.strip() == "none" else value.strip()
        if body is not None:
            headers.setdefault("content-type", "application/json")
        if "until" in options:
            return method, path, self.read_until(method, path, headers, self.fill(options["until"]))
        for _ in range(int(options.get("times", 1))):
            answer = self.node.request(method, path, body, headers)
        return method, path, answer

    def read_until(self, method, path, headers, text, timeout=10):
        """An endless answer, read until `text` has come."""
        connection = http.client.HTTPConnection("127.0.0.1", self.node.port, timeout=timeout)
        try:
            connection.request(method, path, headers=headers)
            response = connection.getresponse()
            body, deadline = b"", time.monotonic() + timeout
            while text.encode() not in body and time.monotonic() < deadline:
                got = response.read1(65536)
                if not got:
                    break
                body += got
        except TimeoutError:
            raise Failed(f"`{text}` did not come within {timeout} s") from None
        finally:
            connection.close()
        return icn_node.Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, body)

    def send_raw(self, request):
        """The lines as they stand, each ended by CR LF, and an empty one; `\\x00` escapes are bytes."""
        text = self.fill("\n".join(request.body)).replace("\n", "\r\n") + "\r\n\r\n"
        data = text.encode().decode("unicode_escape").encode("latin-1")
        answer = icn_node.exchange_raw(self.node.port, data)
        head, _, body = answer.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        if not re.match(r"HTTP/1\.[01] \d{3}", lines[0]):
            raise Failed(f"no HTTP answer: {answer[:200]!r}")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        return "RAW", request.body[0] if request.body else "", icn_node.Answer(int(lines[0].split()[1]), headers, body)

    # -- a request and its checks

    def run_request(self, request):
        seconds = next((float(rest) for word, rest in request.options if word == "retry"), 0)
        deadline = time.monotonic() + seconds
        while True:
            try:
                return self.run_once(request)
            except Failed:
                if time.monotonic() >= deadline:
                    raise
                time.sleep(0.05)

    def run_once(self, request):
        before = self.before(request)
        method, path, answer = self.send(request)
        try:
            self.judge(request, method, path, answer, before)
        except Failed as failure:
            raise Failed(f"{failure}\n      {method} {path[:200]}\n      answered {answer}") from None

    def judge(self, request, method, path, answer, before):
        template = None if method == "RAW" else route_of(self.document["paths"], path)
        shapes = [check.rest for check in request.checks if check.word == "shape"]
        for check in request.checks:
            if check.word == "status" and answer.status != int(check.rest):
                raise Failed(f"line {check.line}: status is {answer.status}, not {check.rest}")
        if template:
            self.answered.append((method, template, answer.status))
        if not shapes:
            self.check_answer(request, method, template, answer)
        for check in request.checks:
            try:
                getattr(self, "check_" + check.word)(check.rest, answer, before)
            except Failed as failure:
                raise Failed(f"line {check.line}: {failure}") from None
        if answer.status >= 400 and method not in ("GET", "HEAD", "OPTIONS"):
            self.check_nothing_happened(before["height"])

    def check_answer(self, request, method, template, answer):
        """What holds for every answer: a correlation id; a problem document or what the OpenAPI document says."""
        if not answer.headers.get("x-correlation-id"):
            raise Failed("x-correlation-id is missing")
        if method == "HEAD":
            if answer.body:
                raise Failed("HEAD was answered with a body")
            return
        if answer.status >= 400:
            self.check_problem(request, answer)
        elif method != "RAW" and template and answer.status not in (202, 204, 206):
            operation = self.document["paths"][template].get(method.lower())
            documented = operation["responses"].get(str(answer.status)) if operation else None
            if operation and documented is None:
                raise Failed(f"status {answer.status} is not in the OpenAPI document")
            if (method, template) in OPEN_ANSWERS:
                return
            content = (documented or {}).get("content", {}).get("application/json", {})
            if "schema" in content:
                wrong = problems(self.document, content["schema"], answer.json())
                if wrong:
                    raise Failed("not as the OpenAPI document says: " + "; ".join(wrong[:4]))

    @staticmethod
    def check_problem(request, answer):
        if answer.headers.get("content-type") != "application/problem+json":
            raise Failed(f"content-type is {answer.headers.get('content-type')}, not application/problem+json")
        try:
            problem = answer.json()
        except ValueError:
            raise Failed("the problem is no JSON") from None
        if not MEMBERS_NEEDED <= set(problem) <= PROBLEM_MEMBERS:
            raise Failed(f"the problem has the members {sorted(problem)}")
        if problem["status"] != answer.status:
            raise Failed(f"the problem says status {problem['status']}")
        if problem["correlation_id"] != answer.headers["x-correlation-id"]:
            raise Failed("the problem has another correlation id than the header")
        for name in ("title", "detail", "code", "type"):
            if not isinstance(problem[name], str) or not problem[name]:
                raise Failed(f"the problem has no {name}")
        if not re.fullmatch(r"[A-Za-z0-9_]+", problem["code"]):
            raise Failed(f"{problem['code']} is no code")
        needed = NEEDED_HEADERS.get(answer.status)
        if needed and needed not in answer.headers:
            raise Failed(f"{answer.status} without {needed}")
        if not any(check.word == "code" for check in request.checks):
            raise Failed(f"a refusal needs a `code` check; it is {problem['code']}")

    def check_status(self, rest, answer, before):
        pass  # compared first of all, in judge()

    def check_shape(self, rest, answer, before):
        pass  # leaves out check_answer()

    def check_code(self, rest, answer, before):
        if rest == "*":
            return  # HEAD: there is no body to read it from
        code = answer.json().get("code")
        if code != rest:
            raise Failed(f"code is {code}, not {rest}")

    def check_header(self, rest, answer, before):
        name, _, rest = rest.partition(" ")
        compare(answer.headers.get(name.lower(), MISSING), self.fill(rest), name)

    def check_body(self, rest, answer, before):
        if rest == "empty":
            rest = "= "
        compare(answer.text, self.fill(rest), "the body", is_text=True)

    def check_expect(self, rest, answer, before):
        path, _, rest = self.fill(rest).partition(" ")
        try:
            document = answer.json()
        except ValueError:
            raise Failed("the answer is no JSON") from None
        compare(look_up(document, path), rest, path)

    def check_save(self, rest, answer, before):
        name, _, path = rest.partition("=")
        word, header = split_word(path.strip())
        found = answer.headers.get(header, MISSING) if word == "header" else look_up(answer.json(), word)
        if found is MISSING:
            raise Failed(f"{path.strip()} is not there to be saved")
        self.variables[name.strip()] = found if isinstance(found, str) else json.dumps(found)

    # -- before and after

    def before(self, request):
        """What `unchanged` and `changed` compare with, and the newest block before a request."""
        seen = {"height": self.node.height()}
        for check in request.checks:
            if check.word in ("unchanged", "changed"):
                seen[check.rest] = self.observe(check.rest)
        return seen

    def observe(self, what):
        word, rest = split_word(self.fill(what))
        if word == "height":
            return self.node.height()
        if word == "balance":
            did = self.members[rest].did if rest in self.members else rest
            newest = self.node.get(f"/economics/mana/history?limit=1&did={did}").json()["items"]
            return {"newest entry": newest, **self.node.balance(did)}
        for _ in range(40):
            answer = self.node.get(rest, key=self.node.operator_key)  # GET /path
            if '"in_sync":false' not in answer.text:  # what is done behind a write is still under way
                break
            time.sleep(0.05)
        return {"status": answer.status, "body": re.sub(r',"last_used_at":\d+', "", answer.text)}

    def check_unchanged(self, rest, answer, before):
        first, second = before[rest], self.observe(rest)
        if rest.startswith("balance"):
            # Regeneration goes on: it adds no entry, and no more than the rate.
            seconds = second["as_of"] - first["as_of"]
            gain = second["balance"] - first["balance"]
            if first["newest entry"] != second["newest entry"] or not -1e-9 <= gain <= first["rate_per_hour"] * seconds / 3600 + 0.002:
                raise Failed(f"the balance went from {first} to {second}")
        elif first != second:
            raise Failed(f"{rest} went from {first} to {second}")

    def check_changed(self, rest, answer, before):
        if before[rest] == self.observe(rest):
            raise Failed(f"{rest} is still {before[rest]}")

    def check_nothing_happened(self, height_before):
        """A refused request may leave a failed transaction in a block, never one that was done."""
        for height in range(height_before + 1, self.node.height() + 1):
            block = self.node.get(f"/ledger/blocks/{height}").json()
            for transaction, outcome in zip(block["transactions"], block["outcomes"]):
                if outcome["ok"] and transaction["type"] not in OWN_TRANSACTIONS:
                    raise Failed(f"refused, but block {height} holds a {transaction['type']} that was done")


KINDS = {"string": str, "integer": int, "number": (int, float), "boolean": bool, "object": dict, "array": list, "null": type(None)}
FORMS = {"did": r"did:[a-z0-9]+:.+", "cid": r"b[a-z2-7]{50,}", "hex": r"([0-9a-f]{2})+"}


def compare(found, rest, name, is_text=False):
    """`= VALUE`, `!= VALUE`, `< <= > >=`, `~ TEXT` or `~ /REGEX/`, `is KIND`, `has VALUE`, `count N`, `exists`, `absent`."""
    word, value = split_word(rest)
    if word == "absent":
        if found is not MISSING:
            raise Failed(f"{name} is {show(found)}, and should be absent")
        return
    if found is MISSING:
        raise Failed(f"{name} is absent")
    if word == "exists":
        return
    if word in ("=", "!=", "<", "<=", ">", ">=", "has") and not is_text:
        value = read_value(value, found)
    holds = {
        "=": lambda: same(found, value),
        "!=": lambda: not same(found, value),
        "<": lambda: found < value,
        "<=": lambda: found <= value,
        ">": lambda: found > value,
        ">=": lambda: found >= value,
        "~": lambda: matches(found, value),
        "is": lambda: is_kind(found, value),
        "has": lambda: any(fits(each, value) for each in found),
        "count": lambda: len(found) == int(value),
    }.get(word)
    if holds is None:
        raise BadCase(f"`{rest}` compares nothing")
    if not holds():
        raise Failed(f"{name} is {show(found)}, expected {word} {show(value)}")


def read_value(text, found):
    """JSON, or text where text is compared and it is written without quotes."""
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return text if isinstance(found, str) and not isinstance(value, str) else value


def same(left, right):
    return left == right and isinstance(left, bool) == isinstance(right, bool)


def matches(found, value):
    text = found if isinstance(found, str) else json.dumps(found)
    if len(value) > 1 and value.startswith("/") and value.endswith("/"):
        return re.search(value[1:-1], text) is not None
    return value in text


def is_kind(found, kind):
    if kind in FORMS:
        return isinstance(found, str) and re.fullmatch(FORMS[kind], found) is not None
    return isinstance(found, KINDS[kind]) and (kind == "boolean" or not isinstance(found, bool))


def fits(found, wanted):
    """Equal, or an object that has at least the members of `wanted`."""
    if isinstance(found, dict) and isinstance(wanted, dict):
        return all(name in found and fits(found[name], value) for name, value in wanted.items())
    return same(found, wanted)


def show(value):
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= 160 else text[:160] + "..."


def node_of(steps):
    """The node a file asks for by its `node` statements: a profile and settings."""
    settings = {"rate_limit.failures": 0, "log.level": "error"}
    profile = "development"
    for step in steps:
        if not isinstance(step, Request) and step.word == "node":
            for option in step.rest.split():
                name, _, value = option.partition("=")
                if name == "profile":
                    profile = value
                else:
                    settings[name] = value
    return profile, settings
