#include "http/openapi.h"

namespace icn::http {
namespace {

// One page, no outside resources. It reads /system/openapi.json and builds itself from it.
constexpr std::string_view kPage = R"page(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>API of this node</title>
<style>
:root { --ink: #1c2321; --soft: #5d6b66; --line: #d9e0dc; --ground: #fbfcfb; --mark: #14654f; --code: #f0f4f2; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6ece9; --soft: #9fb0a9; --line: #33403b; --ground: #141917; --mark: #6fd0b0; --code: #1e2623; }
}
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--ground); }
header, main { max-width: 62rem; margin: 0 auto; padding: 1.25rem; }
h1 { margin: 0; font-size: 1.5rem; }
h2 { margin: 2rem 0 .5rem; font-size: 1.1rem; color: var(--mark); text-transform: capitalize; }
.tools { display: flex; gap: .75rem; flex-wrap: wrap; margin-top: 1rem; }
.tools label { flex: 1 1 18rem; }
label { display: block; font-size: .85rem; color: var(--soft); }
input, textarea { width: 100%; padding: .45rem .6rem; font: inherit; color: inherit; background: var(--code);
  border: 1px solid var(--line); border-radius: .35rem; }
textarea { font: .85rem/1.4 ui-monospace, monospace; min-height: 8rem; }
details.op { border: 1px solid var(--line); border-radius: .5rem; margin: .4rem 0; }
details.op > summary { display: flex; gap: .75rem; align-items: baseline; padding: .5rem .75rem; cursor: pointer;
  flex-wrap: wrap; }
details.op > div { padding: .25rem .75rem .75rem; border-top: 1px solid var(--line); }
.method { font: 600 .8rem ui-monospace, monospace; min-width: 4.2rem; color: var(--mark); }
.path { font: .9rem ui-monospace, monospace; overflow-wrap: anywhere; }
.sum { color: var(--soft); flex: 1 1 12rem; }
.role { font-size: .75rem; border: 1px solid var(--line); border-radius: 1rem; padding: 0 .6rem; }
table { width: 100%; border-collapse: collapse; font-size: .9rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .5rem; border-bottom: 1px solid var(--line); }
code, pre { font: .85rem/1.45 ui-monospace, monospace; }
pre { background: var(--code); padding: .6rem; border-radius: .35rem; overflow: auto; max-height: 24rem;
  white-space: pre-wrap; overflow-wrap: anywhere; }
button { font: inherit; padding: .4rem 1rem; border: 0; border-radius: .35rem; background: var(--mark);
  color: var(--ground); cursor: pointer; margin-top: .6rem; }
button:focus-visible, summary:focus-visible, input:focus-visible, textarea:focus-visible { outline: 2px solid var(--mark);
  outline-offset: 2px; }
h3 { font-size: .9rem; margin: 1rem 0 .3rem; }
</style>
</head>
<body>
<header>
  <h1 id="title">API of this node</h1>
  <div id="about"></div>
  <div class="tools">
    <label>Find <input id="find" type="search" placeholder="path or words"></label>
    <label>API key, stays in this page <input id="key" type="password" autocomplete="off"></label>
  </div>
</header>
<main id="main"><p>Reading /system/openapi.json ...</p></main>
<script>
"use strict";
let api = null;
const el = (tag, attributes, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name === "onclick" || name === "ontoggle") node[name] = value; else node.setAttribute(name, value);
  }
  for (const child of children) if (child !== null) node.append(child);
  return node;
};
const resolve = schema => {
  const name = schema && schema.$ref && schema.$ref.split("/").pop();
  return name ? { name, ...api.components.schemas[name] } : schema || {};
};
const typeText = schema => {
  const s = resolve(schema);
  if (s.name) return s.name;
  if (s.enum) return s.enum.join(" | ");
  if (s.type === "array") return typeText(s.items) + "[]";
  return [].concat(s.type || "any").join(" or ") + (s.contentEncoding ? " (" + s.contentEncoding + ")" : "");
};
const boundText = s => {
  const parts = [];
  if (s.minimum !== undefined) parts.push("\u2265 " + s.minimum);
  if (s.maximum !== undefined) parts.push("\u2264 " + s.maximum);
  if (s.maxLength !== undefined) parts.push("up to " + s.maxLength + " characters");
  if (s.maxItems !== undefined) parts.push("up to " + s.maxItems + " items");
  return parts.join(", ");
};
const fieldRows = (schema, depth) => {
  const s = resolve(schema);
  const rows = [];
  for (const [name, field] of Object.entries(s.properties || {})) {
    const f = resolve(field);
    rows.push(el("tr", {}, el("td", { style: "padding-left:" + (0.5 + depth) + "rem" }, el("code", {}, name),
      (s.required || []).includes(name) ? " *" : ""), el("td", {}, typeText(field)),
      el("td", {}, [field.description || f.description || "", boundText(f)].filter(Boolean).join("; "))));
    const inner = f.type === "array" ? f.items : field;
    if (depth < 2 && resolve(inner).properties) rows.push(...fieldRows(inner, depth + 1));
  }
  return rows;
};
const fieldTable = schema => {
  const rows = fieldRows(schema, 0);
  return rows.length ? el("table", {}, el("tr", {}, el("th", {}, "field (* required)"), el("th", {}, "type"),
    el("th", {}, "meaning")), ...rows) : el("p", {}, typeText(schema));
};
const sample = (schema, depth = 0) => {
  const s = resolve(schema);
  if (s.enum) return s.enum[0];
  if (s.type === "array") return depth < 3 && s.minItems ? [sample(s.items, depth + 1)] : [];
  if (s.properties) {
    const out = {};
    for (const [name, field] of Object.entries(s.properties)) {
      if ((s.required || []).includes(name)) out[name] = sample(field, depth + 1);
    }
    return out;
  }
  const type = [].concat(s.type)[0];
  return type === "integer" || type === "number" ? s.minimum || 0 : type === "boolean" ? false
    : type === "string" ? "" : null;
};
const firstContent = part => part && part.content ? Object.entries(part.content)[0] : null;
const tryForm = (method, path, operation) => {
  const inputs = {};
  const form = el("div", {});
  for (const p of operation.parameters || []) {
    inputs[p.name] = el("input", { placeholder: p.description || "" });
    form.append(el("label", {}, p.name + (p.required ? " *" : ""), inputs[p.name]));
  }
  let body = null;
  const bodyContent = firstContent(operation.requestBody);
  if (bodyContent) {
    body = el("textarea", { "aria-label": "body", spellcheck: "false" });
    if (bodyContent[0].includes("json")) body.value = JSON.stringify(sample(bodyContent[1].schema), null, 2);
    form.append(el("label", {}, "body, " + bodyContent[0], body));
  }
  const out = el("pre", { hidden: "", "aria-live": "polite" });
  const send = async () => {
    let target = path;
    const query = new URLSearchParams();
    for (const p of operation.parameters || []) {
      const value = inputs[p.name].value;
      if (p.in === "path") target = target.replace("{" + p.name + "}", encodeURIComponent(value));
      else if (value !== "") query.set(p.name, value);
    }
    if (query.size) target += "?" + query;
    const headers = {};
    const key = document.getElementById("key").value;
    if (key) headers["x-api-key"] = key;
    if (body) headers["content-type"] = bodyContent[0];
    out.hidden = false;
    out.textContent = "...";
    const begin = performance.now();
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), 15000);
    try {
      const response = await fetch(target, { method: method.toUpperCase(), headers, signal: stop.signal,
        body: body ? body.value : undefined });
      const type = response.headers.get("content-type") || "";
      let text = type.startsWith("text/event-stream") ? "a stream; open " + target : await response.text();
      if (type.includes("json")) try { text = JSON.stringify(JSON.parse(text), null, 2); } catch { /* as it is */ }
      out.textContent = response.status + " " + response.statusText + ", " +
        Math.round(performance.now() - begin) + " ms\n\n" + text;
    } catch (error) {
      out.textContent = String(error);
    }
    clearTimeout(timer);
  };
  form.append(el("button", { type: "button", onclick: send }, "Send"), out);
  return form;
};
const fill = (holder, method, path, operation) => {
  if (operation.parameters) {
    holder.append(el("h3", {}, "Parameters"), el("table", {}, ...operation.parameters.map(p => el("tr", {},
      el("td", {}, el("code", {}, p.name), p.required ? " *" : ""), el("td", {}, p.in), el("td", {}, typeText(p.schema)),
      el("td", {}, [p.description || "", boundText(p.schema)].filter(Boolean).join("; "))))));
  }
  const body = firstContent(operation.requestBody);
  if (body) holder.append(el("h3", {}, "Body, " + body[0]), fieldTable(body[1].schema));
  for (const [status, response] of Object.entries(operation.responses)) {
    const answer = firstContent(response);
    if (status < 300) {
      holder.append(el("h3", {}, "Answer " + status + (answer ? ", " + answer[0] : "")));
      if (answer) holder.append(fieldTable(answer[1].schema));
    }
  }
  holder.append(el("h3", {}, "Errors"), el("table", {}, ...Object.entries(operation.responses)
    .filter(([status]) => status >= 400).map(([status, r]) => el("tr", {}, el("td", {}, status),
      el("td", {}, r.description.replaceAll("`", ""))))));
  holder.append(el("h3", {}, "Try it"), tryForm(method, path, operation));
};
const show = words => {
  const groups = new Map();
  for (const [path, item] of Object.entries(api.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      const text = (method + " " + path + " " + operation.summary).toLowerCase();
      if (!words.every(word => text.includes(word))) continue;
      const tag = operation.tags[0];
      if (!groups.has(tag)) groups.set(tag, []);
      const holder = el("div", {});
      groups.get(tag).push(el("details", { class: "op", ontoggle: () => {
        if (!holder.firstChild) fill(holder, method, path, operation);
      } }, el("summary", {}, el("span", { class: "method" }, method.toUpperCase()), el("span", { class: "path" }, path),
        el("span", { class: "sum" }, operation.summary), el("span", { class: "role" }, operation["x-role"] || "public")),
        holder));
    }
  }
  const parts = [];
  for (const [tag, operations] of groups) parts.push(el("h2", {}, tag), ...operations);
  document.getElementById("main").replaceChildren(...(parts.length ? parts : [el("p", {}, "Nothing found.")]));
};
fetch("/system/openapi.json").then(r => r.json()).then(document_ => {
  api = document_;
  document.getElementById("title").textContent = api.info.title + " " + api.info.version;
  document.getElementById("about").textContent = api.info.description;
  const find = document.getElementById("find");
  find.oninput = () => show(find.value.toLowerCase().split(/\s+/).filter(Boolean));
  show([]);
}).catch(error => { document.getElementById("main").textContent = "Cannot read /system/openapi.json: " + error; });
</script>
</body>
</html>
)page";

}  // namespace

std::string_view docs_page() { return kPage; }

std::string_view docs_page_policy() {
  return "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; "
         "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
}

}  // namespace icn::http
