"""OpenAPI 3.1: the structure of the document, and answers against its schemas (the keywords the node writes)."""

import re

TYPES = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, (int, float)) and not isinstance(value, bool),
    "null": lambda value: value is None,
}
NOTES = {"description", "title", "format", "default", "examples", "contentEncoding", "contentMediaType"}
KEYWORDS = NOTES | {
    "type", "properties", "required", "items", "enum", "const", "pattern", "minLength", "maxLength", "minimum", "maximum",
    "minItems", "maxItems", "$ref", "additionalProperties", "oneOf", "anyOf", "allOf", "multipleOf", "propertyNames",
    "minProperties", "maxProperties", "exclusiveMinimum", "uniqueItems",
}
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
REFERENCE = "#/components/schemas/"


def problems(document, schema, value, where="answer"):
    """What of `value` is not as `schema` says; an empty list when all is."""
    if "$ref" in schema:
        return problems(document, document["components"]["schemas"][schema["$ref"][len(REFERENCE):]], value, where)
    for word in ("oneOf", "anyOf"):
        if word in schema:
            matching = sum(not problems(document, each, value, where) for each in schema[word])
            if matching == 0 or (word == "oneOf" and matching != 1):
                return [f"{where}: {matching} of {word} fit"]
    found = []
    kinds = schema.get("type")
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(TYPES[kind](value) for kind in kinds):
        return [f"{where}: is {value!r:.80}, not {' or '.join(kinds)}"]
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{where}: {value!r:.80} is none of {schema['enum']}")
    if isinstance(value, str):
        found += text_problems(schema, value, where)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        if value < schema.get("minimum", value) or value > schema.get("maximum", value):
            found.append(f"{where}: {value} is out of range")
    elif isinstance(value, list):
        if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
            found.append(f"{where}: has {len(value)} items")
        for index, item in enumerate(value):
            found += problems(document, schema.get("items", {}), item, f"{where}[{index}]")
    elif isinstance(value, dict):
        found += object_problems(document, schema, value, where)
    return found


def text_problems(schema, value, where):
    found = []
    if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)):
        found.append(f"{where}: has {len(value)} characters")
    if "pattern" in schema and not re.search(schema["pattern"], value):
        found.append(f"{where}: {value!r:.80} does not match {schema['pattern']}")
    return found


def object_problems(document, schema, value, where):
    found = [f"{where}: lacks {name}" for name in schema.get("required", []) if name not in value]
    known = schema.get("properties", {})
    for name, member in value.items():
        if name in known:
            found += problems(document, known[name], member, f"{where}.{name}")
        elif isinstance(schema.get("additionalProperties"), dict):
            found += problems(document, schema["additionalProperties"], member, f"{where}.{name}")
        elif known or schema.get("additionalProperties") is False:
            found.append(f"{where}: {name} is not in the document")
    return found


# ---- Structure ---------------------------------------------------------------------------------------------


def structure_problems(document):
    """Where the document breaks the OpenAPI 3.1.0 specification (the parts of it that the node uses)."""
    found = []
    if not re.fullmatch(r"3\.1\.\d+", str(document.get("openapi"))):
        found.append(f"openapi: {document.get('openapi')!r} is not 3.1.x")
    for name in ("title", "version"):
        if not isinstance(document.get("info", {}).get(name), str):
            found.append(f"info.{name}: is required")
    seen = {}
    for path, item in document.get("paths", {}).items():
        if not path.startswith("/"):
            found.append(f"{path}: a path begins with /")
        for method, operation in item.items():
            where = f"{method.upper()} {path}"
            if method not in METHODS:
                found.append(f"{where}: no such method")
                continue
            found += operation_problems(document, path, operation, where)
            if operation.get("operationId") in seen:
                found.append(f"{where}: operationId is that of {seen[operation['operationId']]}")
            seen[operation.get("operationId")] = where
    for name, schema in document.get("components", {}).get("schemas", {}).items():
        if not re.fullmatch(r"[A-Za-z0-9._-]+", name):
            found.append(f"components.schemas: {name!r} is no component name")
        found += schema_problems(document, schema, f"components.schemas.{name}")
    return found


def operation_problems(document, path, operation, where):
    found = [f"{where}: {name} is required" for name in ("operationId", "summary", "responses") if not operation.get(name)]
    placed = set()
    for parameter in operation.get("parameters", []):
        name = f"{parameter.get('in')} parameter {parameter.get('name')}"
        if parameter.get("in") not in ("path", "query", "header", "cookie") or not parameter.get("name"):
            found.append(f"{where}: a parameter needs name and in")
        if parameter.get("in") == "path" and parameter.get("required") is not True:
            found.append(f"{where}: {name} must be required")
        if (parameter.get("in"), parameter.get("name")) in placed:
            found.append(f"{where}: {name} comes twice")
        placed.add((parameter.get("in"), parameter.get("name")))
        found += schema_problems(document, parameter.get("schema"), f"{where}: {name}")
    in_path = set(re.findall(r"\{([^}]+)\}", path))
    declared = {name for place, name in placed if place == "path"}
    if in_path != declared:
        found.append(f"{where}: path parameters are {sorted(in_path)}, described are {sorted(declared)}")
    for status, response in operation.get("responses", {}).items():
        if not re.fullmatch(r"[1-5](\d\d|XX)|default", status):
            found.append(f"{where}: {status} is no status")
        if not isinstance(response.get("description"), str):
            found.append(f"{where}: response {status} needs a description")
        found += content_problems(document, response.get("content", {}), f"{where}: response {status}")
    found += content_problems(document, operation.get("requestBody", {}).get("content", {}), f"{where}: body")
    schemes = document.get("components", {}).get("securitySchemes", {})
    for requirement in operation.get("security", []):
        found += [f"{where}: security scheme {name} is not declared" for name in requirement if name not in schemes]
    return found


def content_problems(document, content, where):
    found = []
    for kind, media in content.items():
        if "/" not in kind:
            found.append(f"{where}: {kind!r} is no media type")
        if "schema" in media:
            found += schema_problems(document, media["schema"], f"{where} {kind}")
    return found


def schema_problems(document, schema, where):
    if not isinstance(schema, (dict, bool)):
        return [f"{where}: no schema"]
    if isinstance(schema, bool):
        return []
    found = [f"{where}: unknown keyword {name}" for name in schema if name not in KEYWORDS]
    if "$ref" in schema:
        name = schema["$ref"]
        if not name.startswith(REFERENCE) or name[len(REFERENCE):] not in document["components"]["schemas"]:
            found.append(f"{where}: {name} leads nowhere")
    kinds = schema.get("type", [])
    for kind in [kinds] if isinstance(kinds, str) else kinds:
        if kind not in TYPES:
            found.append(f"{where}: {kind!r} is no type")
    properties = schema.get("properties", {})
    found += [f"{where}: requires {name}, which it does not describe" for name in schema.get("required", []) if properties and name not in properties]
    for name, each in properties.items():
        found += schema_problems(document, each, f"{where}.{name}")
    for name in ("items", "additionalProperties", "propertyNames"):
        if name in schema:
            found += schema_problems(document, schema[name], f"{where}.{name}")
    for name in ("oneOf", "anyOf", "allOf"):
        for index, each in enumerate(schema.get(name, [])):
            found += schema_problems(document, each, f"{where}.{name}[{index}]")
    return found


# ---- Paths -------------------------------------------------------------------------------------------------


def route_of(paths, path):
    """The template among `paths` that a request path fits; the most literal one. None: no such path."""
    path = path.split("?")[0]
    parts = path.split("/")
    best = None
    for template in paths:
        pieces = template.split("/")
        rest = pieces[-1].endswith("...}")
        if not (len(pieces) == len(parts) or (rest and len(parts) >= len(pieces))):
            continue
        if all(piece == part or (piece.startswith("{") and part) for piece, part in zip(pieces, parts)):
            rank = (not rest, sum(not piece.startswith("{") for piece in pieces))
            if best is None or rank > best[0]:
                best = (rank, template)
    return best[1] if best else None
