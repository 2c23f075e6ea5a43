"""What a hostile client sends for a field, a parameter, a header or a whole body; and plausible values to hide it among."""

import base64
import json

NUMBERS = [b"0", b"-0", b"-0.0", b"-1", b"1.5", b"0.0001", b"1e400", b"-1e400", b"1e-400", b"1e308", b"1E+2", b"2147483648", b"9007199254740993",
           b"9223372036854775807", b"9223372036854775808", b"-9223372036854775808", b"-9223372036854775809", b"18446744073709551615",
           b"18446744073709551616", b"0." + b"0" * 300 + b"1", b"1" * 400, b"1000000000000.001", b"0.1e-2"]
NO_JSON = [b"NaN", b"Infinity", b"-", b"01", b"1.", b".5", b"+1", b"0x10", b"tru", b"'x'", b'"', b'"a', b"", b"undefined", b"/**/1", b"1 2", b"{", b"[1,]", b'{"a":1,}',
           b'"\x00"', b'"\n"', b'"\\x41"', b'"\\u12"']
UNICODE = [b'"\\ud800"', b'"\\udc00\\ud800"', b'"\\ud800\\u0041"', b'"\xff\xfe"', b'"\xc0\xaf"', b'"\xed\xa0\x80"', b'"\xf4\x90\x80\x80"', b'"\\u0000"',
           b'"a\\u0000b"', '"\u202e\u2066x"'.encode(), '"\ufeff"'.encode(), '"\U0001f642"'.encode() * 1, b'"\\uFFFF"', b'"\\u000a\\u000d"', b'"\x7f"']
TEXTS = [b'""', b'" "', b'"../../etc/passwd"', b'"/etc/passwd"', b'"did:key:"', b'"did:key:z"', b'"did:icn:person:"', b'"did:icn:person:0OIl"', b'"did:web:127.0.0.1%3A1"',
         b'"did:key:z' + b"1" * 3000 + b'"', b'"did:' + b"a:" * 2000 + b'"', b'"' + b"x" * 300 + b'"', b'"' + b"x" * 20_000 + b'"', b'"' + b"b" * 60 + b'"',
         b'"bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy"', b'"z' + b"1" * 900 + b'"', b'"' + b"00" * 64 + b'"', b'"' + b"AB" * 32 + b'"',
         b'"1"', b'"-1"', b'"18446744073709551616"', b'"1e3"', b'"NaN"', b'"true"', b'"null"', b'"%00"', b'"\'; DROP TABLE x;--"', b'"{}"', b'"http://127.0.0.1:1/"',
         b'"a\\r\\nX-Injected: 1"', b'"AAAA="', b'"===="', b'"*"', b'"(((((((((((((((((((a+)+)+$"']
SHAPES = [b"null", b"true", b"false", b"[]", b"{}", b"[[]]", b"[null]", b"[{}]", b'[""]', b'{"":null}', b'{"a":1,"a":2}', b'{"__proto__":{"a":1}}', b"[" + b"0," * 5000 + b"0]",
          b"[" + b'"x",' * 300 + b'"x"]', b"[" * 31 + b"]" * 31, b"[" * 40 + b"]" * 40, b"[" * 5000, b'{"a":' * 5000, b'{"/":"bafy"}', b'{"$ref":"#"}', b'{"type":"x"}',
          b'{"' + b"k" * 5000 + b'":1}', b"{" + b",".join(b'"%d":%d' % (i, i) for i in range(500)) + b"}"]
VALUES = NUMBERS + NO_JSON + UNICODE + TEXTS + SHAPES

SEGMENTS = [b"..", b"%2e%2e", b"..%2f..%2f..%2fetc%2fpasswd", b"%2e%2e%2f", b".", b"%", b"%2", b"%zz", b"%00", b"a%00b", b"%ff%fe", b"%c0%ae", b"%ed%a0%80", b"%25", b"%2525",
            b"%0d%0aX-Injected:%201", b"-1", b"0", b"00", b"1e3", b"0x10", b"18446744073709551616", b"18446744073709551615", b"9" * 300, b"null", b";a=b", b"a;b", b"a,b", b"*",
            b"did:key:z", b"did:icn:person:", b"did:icn:person:" + b"1" * 200, b"did%3Aweb%3A127.0.0.1%253A1", b"x" * 3000, b"%41" * 900, b"\xe2\x80\xae", b"\xff", b"+", b"%20",
            b"b" + b"a" * 58, b"z" + b"1" * 500, b"bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy", b"QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEZ79ojWnPbdG", b"'", b"<x>", b"{id}"]
QUERY_VALUES = [b"", b"-1", b"0", b"1", b"201", b"1e3", b"1.5", b"-0", b"18446744073709551615", b"18446744073709551616", b"9" * 400, b"NaN", b"null", b"true", b"%", b"%zz", b"%00",
                b"%ff", b"%c0%af", b"%ed%a0%80", b"+1", b"a%26b%3Dc", b"..%2f..", b"x" * 3000, b"a,b,,c", b",", b"," * 2000, b"\xff\xfe", b"did:key:z", b"did:icn:person:%00", b"*", b"%0d%0aX:1",
                base64.urlsafe_b64encode(bytes(16)), base64.urlsafe_b64encode(bytes(range(200))), b"AA" * 500, b"%22", b"%5B%5D"]
EXTRA_QUERIES = [b"limit", b"cursor", b"since", b"types", b"version", b"from", b"format", b"offset", b"key", b"name", b"dag-scope", b"entity-bytes", b"filename", b"download", b"queue", b"did"]
HEADERS = [(b"Range", [b"bytes=0-", b"bytes=-1", b"bytes=5-1", b"bytes=0-18446744073709551616", b"bytes=" + b"0-0," * 500, b"lines=1", b"bytes=0-0,1-1", b"bytes=99999999-"]),
           (b"If-None-Match", [b"*", b'"x"', b'W/"', b'"' + b"x" * 4000]), (b"Accept", [b"", b"application/vnd.ipld.car;version=9", b"*/*;q=9", b",,,", b"a/" + b"x" * 4000, b"text/html"]),
           (b"Last-Event-ID", [b"-1", b"x", b"9" * 60]), (b"Idempotency-Key", [b"", b"x" * 4000, b"\xff", b"a b", b"../.."]),
           (b"X-Correlation-Id", [b"", b"x" * 4000, b"\xff\xfe", b"a b", b"<script>"]), (b"Traceparent", [b"00-0-0-0", b"x" * 4000, b"00-" + b"0" * 32 + b"-" + b"0" * 16 + b"-01"]),
           (b"Origin", [b"null", b"https://evil.example", b"\xff"]), (b"X-Icn-Forwarded", [b"", b"10.0.0.1;https;0;" + b"0" * 32, b"x;" * 1000, b";;;"]),
           (b"Content-Digest", [b"sha-256=:AAAA:", b"x", b"sha-256=:" + b"A" * 4000 + b":"]), (b"Content-Encoding", [b"gzip", b"br, gzip"]), (b"Expect", [b"x"]),
           (b"Accept-Language", [b"xx" * 500, b"*"]), (b"If-Modified-Since", [b"yesterday"]), (b"Cookie", [b"a=b; " * 500])]
CREDENTIALS = [(b"Authorization", [b"", b"Bearer", b"Bearer ", b"Bearer \xff", b"Bearer x", b"Bearer " + b"x" * 5000, b"Basic YTpi", b"bearer null", b"Bearer a b", b"Bearer eyJhbGciOiJub25lIn0.e30.",
                                  b"Negotiate " + b"A" * 2000]),
               (b"X-Api-Key", [b"", b"x", b"icn_" + b"0" * 64, b"\xff\xfe", b"x" * 6000, b"null", b"' OR 1=1"]),
               (b"Signature-Input", [b"", b"sig1=", b"sig1=()", b'sig1=("@method" "@path");created=1;keyid="x";alg="none"', b"sig1=(" + b'"a" ' * 1000 + b")", b'sig1=("@method";;)',
                                     b'sig1=("x' + b"x" * 3000, b"sig1=((((((", b'sig1=("@method");created=99999999999999999999999', b"\xff=()"]),
               (b"Signature", [b"", b"sig1=::", b"sig1=:AAAA:", b"sig1=:" + b"A" * 4000 + b":"])]
CONTENT_TYPES = [b"", b"text/plain", b"application/x-www-form-urlencoded", b"multipart/form-data; boundary=x", b"application/json; charset=utf-16", b"application/json;", b"APPLICATION/JSON",
                 b"application/jsonx", b"application/ld+json", b"a" * 3000, b"\xff", b"application/json, text/plain"]


class Raw(bytes):
    """JSON as it is to be sent, right or wrong."""


def encode(value):
    if isinstance(value, Raw):
        return bytes(value)
    if isinstance(value, dict):
        return b"{" + b",".join(json.dumps(name).encode() + b":" + encode(each) for name, each in value.items()) + b"}"
    if isinstance(value, list):
        return b"[" + b",".join(map(encode, value)) + b"]"
    return json.dumps(value).encode()


def places(value, path=(), depth=4):
    """The paths of all values in a body but the body itself."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, each in members:
        yield path + (name,)
        if depth > 1:
            yield from places(each, path + (name,), depth - 1)


def changed(value, path, to):
    """A copy with another value at `path`; without it when `to` is None."""
    if not path:
        return to
    copy = dict(value) if isinstance(value, dict) else list(value)
    if len(path) == 1 and to is None:
        del copy[path[0]]
    else:
        copy[path[0]] = changed(value[path[0]], path[1:], to)
    return copy


def whole_bodies(text, rng):
    """Bodies that are wrong as a whole, around a right one."""
    yield from (b"null", b"[]", b'"x"', b"1", b"{", b"}", b" ", b"\xef\xbb\xbf" + text, text.decode("utf-8", "replace").encode("utf-16"), text + b"x", text + text, b"[" + text + b"]",
                b"{" + text[1:-1] + b",}", b"\x00" + text, text + b"\x00", b"[" * 15_000, b'{"a":' * 3000, b'{"a":' * 2999 + b"1" + b"}" * 2999, rng.randbytes(200),
                b"{" + b",".join(b'"n%d":0' % number for number in range(1200)) + b"}", b'{"' + b"n" * 15_000 + b'":1}', b"[" + b"{}," * 4000 + b"{}]", b"\x1f\x8b\x08\x00" + bytes(60))
    for _ in range(3):
        yield text[:rng.randrange(len(text))] if len(text) > 1 else b"{"
        spoilt = bytearray(text)
        spoilt[rng.randrange(len(spoilt))] = rng.randrange(256)
        yield bytes(spoilt)
    if len(text) > 2:
        yield text[:-1] + b"," + text[1:]  # every name twice


class Guesser:
    """Plausible values by the schema and the name of a field."""

    def __init__(self, document, known):
        self.schemas = document["components"]["schemas"]
        self.known = known  # did, other_did, cid, hex

    def value(self, schema, name="", depth=0):
        if "$ref" in schema:
            return self.value(self.schemas[schema["$ref"].rsplit("/", 1)[1]], name, depth)
        for word in ("oneOf", "anyOf"):
            if word in schema:
                return self.value(schema[word][0], name, depth)
        if "enum" in schema:
            return schema["enum"][0]
        kind = schema.get("type")
        kind = kind[0] if isinstance(kind, list) else kind
        if kind == "object":
            return {} if depth > 3 else {each: self.value(inner, each, depth + 1) for each, inner in schema.get("properties", {}).items()}
        if kind == "array":
            return [self.value(schema.get("items", {}), name, depth + 1)] if depth <= 3 else []
        if kind == "integer":
            return schema.get("minimum", 1) or 1
        if kind == "number":
            return max(1, schema.get("minimum", 1))
        if kind == "boolean":
            return True
        return self.text(schema, name)

    def text(self, schema, name):
        low = name.lower()
        if "cid" in low or low in ("resume_from", "checkpoint_id"):
            return self.known["cid"]
        if low in ("proposal", "actions", "bid", "credential", "presentation", "claims", "json_schema", "body"):
            return self.known.get(low, {"type": "GenericText", "data": {"text": "x"}})
        if "did" in low or low in ("from", "to", "holder", "issuer", "owner", "author", "against", "guardian", "guardians", "controller", "controllers", "organization", "executor", "coordinator",
                                   "sender", "creator", "by", "issuers", "members", "subject", "proposer", "submitter", "id"):
            return self.known["other_did"] if low in ("to", "to_did", "holder", "against", "guardian", "guardians", "controller", "controllers") else self.known["did"]
        if "pattern" in schema and "0-9a-f" in schema["pattern"]:
            return "ab" * (schema.get("minLength", 64) // 2)
        if low in ("data", "spec_bytes"):
            return "aGVsbG8="
        return "x" * max(4, schema.get("minLength", 0))

    def body(self, schema):
        return self.value(schema) if schema else {}
