// The page: who is there, what can be voted on, how. Nothing is kept when it is closed.

const byId = id => document.getElementById(id);
const el = (tag, attributes, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name.startsWith("on")) node[name] = value; else node.setAttribute(name, value);
  }
  node.append(...children.filter(child => child !== null && child !== undefined));
  return node;
};
const say = (text, isBad) => {
  byId("said").textContent = text;
  byId("said").className = isBad ? "bad" : "soft";
};

let member = null; // {did, keyId, sign, token} or {did, apiKey}
let network = "";

const ask = async (path, body) => {
  const headers = { accept: "application/json" };
  if (member && member.token) headers.authorization = "Bearer " + member.token;
  if (member && member.apiKey) headers["x-api-key"] = member.apiKey;
  if (body !== undefined) headers["content-type"] = "application/json";
  const answer = await fetch(path, { method: body === undefined ? "GET" : "POST", headers, credentials: "omit", cache: "no-store",
    body: body === undefined ? undefined : JSON.stringify(body) });
  const json = await answer.json().catch(() => ({}));
  if (answer.ok) return json;
  const error = new Error([json.detail || json.title || "the node answered " + answer.status, json.code ? ` (${json.code})` : ""].join(""));
  error.status = answer.status;
  throw error;
};
const segment = text => encodeURIComponent(text);
const orNone = error => { if (error.status === 404) return null; throw error; };
const when = seconds => seconds ? new Date(seconds * 1000).toLocaleString() : "";

// --- entering

const enterWithKey = async () => {
  if (!window.isSecureContext) throw new Error("a browser signs only on pages from this machine or over https");
  let key = null, did = byId("key-did").value.trim();
  for (const file of byId("key-file").files) {
    const text = await file.text();
    if (file.name.endsWith(".did")) did = did || text.trim(); else key = await openKeyFile(text);
  }
  if (!key) throw new Error("choose your key file");
  did = did || "did:key:" + key.multikey;
  const document_ = await ask("/identity/did/" + segment(did));
  const method = document_.verificationMethod.find(each => each.publicKeyMultibase === key.multikey);
  if (!method) throw new Error("this key is none of " + did);
  const { challenge, audience } = await ask("/identity/session", {});
  const signature = hex(await key.sign(sessionBytes(audience, challenge, method.id)));
  const { token } = await ask("/identity/session", { challenge, key: method.id, signature });
  return { did, keyId: method.id, sign: key.sign, key: publicBytes(key.multikey), token };
};
const enterWithApiKey = async () => {
  const did = byId("api-did").value.trim(), apiKey = byId("api-key").value.trim();
  if (!did || !apiKey) throw new Error("both are needed");
  const document_ = await ask("/identity/did/" + segment(did));
  const method = document_.verificationMethod[0];
  return { did, apiKey, key: publicBytes(method.publicKeyMultibase) };
};
const entered = enter => async event => {
  event.preventDefault();
  say("...");
  try {
    member = await enter();
    network = (await ask("/system/info")).network_id;
    byId("key-form").reset();
    byId("api-form").reset();
    byId("who").textContent = member.did;
    await show();
    byId("enter").hidden = true;
    byId("inside").hidden = false;
    say("");
  } catch (error) {
    member = null;
    say(error.message, true);
  }
};
const leave = () => {
  member = null;
  byId("inside").hidden = true;
  byId("enter").hidden = false;
  for (const id of ["open", "done", "mana", "who"]) byId(id).replaceChildren();
  say("");
};

// --- a ballot: what can be said by each method, as fields and as JSON

const choices = {
  simple_majority: ["yes", "no", "abstain", "no_with_veto"], supermajority: ["yes", "no", "abstain", "no_with_veto"],
  unanimous: ["yes", "no", "abstain", "no_with_veto"], weighted: ["yes", "no", "abstain", "no_with_veto"],
  consensus: ["yes", "stand_aside", "block"], conviction: ["yes", "abstain"],
};
const positions = ["strong_support", "support", "neutral", "concern", "objection"];
const spoken = word => word.replaceAll("_", " ");

const oneOf = (legend, words) => {
  const name = "ballot" + Math.random().toString(36).slice(2);
  const inputs = words.map(word => el("input", { type: "radio", name, value: word, required: "" }));
  const field = el("fieldset", {}, el("legend", {}, legend),
    ...inputs.map((input, i) => el("label", {}, input, " " + spoken(words[i]))));
  return { field, value: () => (inputs.find(input => input.checked) || {}).value };
};
const ofEach = (legend, proposal, make) => {
  const inputs = Object.entries(optionWords(proposal)).map(([id, words]) => [id, words, make(id)]);
  const field = el("fieldset", {}, el("legend", {}, legend),
    ...inputs.map(([, words, input]) => el("label", {}, input.type === "checkbox" ? input : words + " ", input.type === "checkbox" ? " " + words : input)));
  return { field, inputs };
};
const optionWords = proposal => Object.fromEntries((proposal.method_params.options || []).map(id => [id, (proposal.options || {})[id] || id]));

// -> {field, value()}: value() answers the members of a ballot, or throws what is missing.
const ballotField = proposal => {
  const method = proposal.voting_method;
  if (method === "consent") {
    const position = oneOf("Your position", positions);
    const reason = el("textarea", { rows: 2 });
    position.field.append(el("label", {}, "Reason; of an objection: the harm, in 20 characters at least", reason));
    return { field: position.field, value: () => reason.value.trim() ? { position: position.value(), reason: reason.value.trim() } : { position: position.value() } };
  }
  if (method === "ranked_choice") {
    const count = (proposal.method_params.options || []).length;
    const ranks = ["-", ...Array.from({ length: count }, (_, i) => String(i + 1))];
    const { field, inputs } = ofEach("Your ranking: 1 is the most wanted", proposal, () => el("select", {}, ...ranks.map(rank => el("option", {}, rank))));
    return { field, value: () => {
      const ranked = inputs.filter(([, , input]) => input.value !== "-").sort((a, b) => a[2].value - b[2].value);
      if (ranked.length === 0) throw new Error("rank one at least");
      if (ranked.some(([, , input], i) => Number(input.value) !== i + 1)) throw new Error("each rank once, from 1 on without a gap");
      return { ranking: ranked.map(([id]) => id) };
    } };
  }
  if (method === "approval") {
    const { field, inputs } = ofEach("Whom or what you approve of", proposal, () => el("input", { type: "checkbox" }));
    return { field, value: () => ({ approvals: inputs.filter(([, , input]) => input.checked).map(([id]) => id) }) };
  }
  if (method === "score" || method === "quadratic") {
    const isScore = method === "score";
    const { field, inputs } = ofEach(isScore ? "Scores from 0 to 10" : "Credits, 100 altogether; below 0 against", proposal,
      () => el("input", { type: "number", step: 1, min: isScore ? 0 : -100, max: isScore ? 10 : 100 }));
    return { field, value: () => ({ [isScore ? "scores" : "credits"]:
      Object.fromEntries(inputs.filter(([, , input]) => input.value !== "").map(([id, , input]) => [id, Number(input.value)])) }) };
  }
  const choice = oneOf("Your ballot", choices[method] || choices.simple_majority);
  return { field: choice.field, value: () => ({ choice: choice.value() }) };
};
const ballotText = (ballot, proposal) => {
  if (!ballot) return "sealed";
  const words = optionWords(proposal), named = id => words[id] || id;
  if (ballot.ranking) return ballot.ranking.map(named).join(", then ");
  if (ballot.approvals) return ballot.approvals.map(named).join(", ") || "none";
  if (ballot.scores || ballot.credits) return Object.entries(ballot.scores || ballot.credits).map(([id, number]) => `${named(id)} ${number}`).join(", ");
  return spoken(ballot.choice || ballot.position || "") + (ballot.reason ? ": " + ballot.reason : "");
};

const cast = async (proposal, ballot) => {
  const path = `/governance/proposals/${segment(proposal.proposal_id)}/vote`;
  if (member.apiKey) return ask(path, { voter_did: member.did, revision: proposal.revision, ...ballot });
  const body = { proposal_id: proposal.proposal_id, revision: proposal.revision, ...ballot };
  return ask(path, await signedTransaction(member, network, "governance.vote", body));
};

// --- what is shown

const auditRoot = async id => {
  const audit = await ask(`/governance/proposals/${segment(id)}/audit`).catch(error => { if (error.status === 409) return null; throw error; });
  return audit && audit.statement.ballots.root;
};
// What the voter signed, out of its block of the ledger.
const signedOf = async id => {
  const { height } = await ask("/ledger/transactions/" + segment(id));
  const block = await ask("/ledger/blocks/" + height);
  for (const each of block.transactions) if (hex(await sha256(transactionBytes(each))) === id) return each;
  throw new Error("the block that should hold the ballot does not");
};
const checkReceipt = async (proposal, mine, out) => {
  out.replaceChildren("...");
  try {
    const receipt = await ask(`/governance/proposals/${segment(proposal.proposal_id)}/receipts/${segment(mine.vote_id)}`);
    const root = receipt.inclusion ? await auditRoot(proposal.proposal_id) : null;
    const checks = await receiptChecks(receipt, await signedOf(mine.transaction_id), member.key, root);
    out.replaceChildren(el("ul", { class: "checks" }, ...checks.map(check =>
      el("li", { class: check.ok ? "good" : "bad" }, (check.ok ? "\u2713 " : "\u2717 NOT: ") + check.what))),
      receipt.inclusion ? "" : "Its place in the tree of ballots can be checked once the vote is counted.");
  } catch (error) {
    out.replaceChildren(el("span", { class: "bad" }, error.message));
  }
};
const ballotPart = (proposal, mine) => {
  if (!mine) return null;
  const out = el("div", { role: "status", "aria-live": "polite" });
  return el("div", { class: "mine" }, el("p", {}, "Your ballot: ", el("strong", {}, ballotText(mine.ballot, proposal)), ", cast " + when(mine.cast_at)),
    el("button", { type: "button", onclick: () => checkReceipt(proposal, mine, out) }, "Check its receipt"), out);
};
const votePart = (proposal, mine) => {
  if (proposal.state !== "voting") return null;
  if (proposal.privacy !== "public") return el("p", { class: "soft" }, "Ballots of this vote are sealed: cast yours with `icn vote cast --sealed FILE`.");
  if (mine && proposal.method_params.closes_early) return null;
  const ballot = ballotField(proposal);
  return el("form", { onsubmit: async event => {
    event.preventDefault();
    say("...");
    try {
      const taken = await cast(proposal, ballot.value());
      await show();
      say(`Your ballot is taken: number ${taken.sequence} of this vote.`);
    } catch (error) {
      say(error.message, true);
    }
  } }, ballot.field, el("button", {}, mine ? "Cast another in its place" : "Cast"));
};
const resultText = proposal => {
  const result = proposal.result;
  if (!result) return "";
  const words = optionWords(proposal);
  const winners = (result.winners || []).length ? ": " + result.winners.map(id => words[id] || id).join(", ") : "";
  return (result.passed ? "passed" : "not passed") + winners;
};
const article = (proposal, mine) => el("article", { "data-proposal": proposal.proposal_id },
  el("h3", {}, proposal.title || proposal.proposal_id),
  el("p", { class: "soft" }, [spoken(proposal.voting_method), spoken(proposal.state), resultText(proposal),
    proposal.state === "voting" ? "until " + when(proposal.voting_ends) : "", proposal.proposer_did === member.did ? "proposed by you" : ""]
    .filter(Boolean).join(", ")),
  proposal.description ? el("p", {}, proposal.description) : null,
  ballotPart(proposal, mine), votePart(proposal, mine));

const mineOf = async proposal => {
  const page = await ask(`/governance/proposals/${segment(proposal.proposal_id)}/votes?voter=${segment(member.did)}`).catch(orNone);
  return page && page.items[0];
};
const openStates = ["draft", "pending_sponsorship", "discussion", "voting", "counting"];
const showProposals = async () => {
  const about = await ask("/governance/members/" + segment(member.did)).catch(orNone);
  const scopes = about ? about.memberships.filter(each => each.status === "active").map(each => each.scope) : [];
  const open = [], done = [];
  for (const scope of scopes) {
    const page = await ask("/governance/proposals?limit=50&scope=" + segment(scope));
    for (const each of page.items) {
      const isOpen = openStates.includes(each.state);
      (isOpen ? open : done).push(article(each, await mineOf(each).catch(() => null)));
    }
  }
  const none = scopes.length ? "None." : "You are a member of nothing on this ledger.";
  byId("open").replaceChildren(...(open.length ? open : [none]));
  byId("done").replaceChildren(...(done.length ? done : [none]));
};
const showMana = async () => {
  const mana = await ask("/economics/mana/explain?did=" + segment(member.did)).catch(orNone);
  if (!mana) return byId("mana").replaceChildren("You have no account yet.");
  byId("mana").replaceChildren(
    el("p", {}, `You have ${mana.balance} mana. It grows by ${mana.rate_per_hour} an hour up to ${mana.cap}` +
      (mana.full_at ? `, which it reaches ${when(mana.full_at)}.` : ".")),
    ...mana.notes.map(note => el("p", { class: "bad" }, note)),
    el("table", {}, el("thead", {}, el("tr", {}, ...["Factor", "Is", "Because", "What would change it"].map(title => el("th", { scope: "col" }, title)))),
      el("tbody", {}, ...mana.factors.map(each => el("tr", {}, el("th", { scope: "row" }, each.name), el("td", {}, String(each.value)),
        el("td", {}, each.input), el("td", {}, each.would_change))))),
    el("p", { class: "soft" }, `Rate: ${mana.rate_formula}. Cap: ${mana.cap_formula}. Mana gives nobody a vote.`));
};
const show = async () => { await showProposals(); await showMana(); };

byId("key-form").onsubmit = entered(enterWithKey);
byId("api-form").onsubmit = entered(enterWithApiKey);
byId("again").onclick = () => show().catch(error => say(error.message, true));
byId("leave").onclick = leave;
