// Checks the lines of the log that this page shows, in this browser, believing nobody but the market's key:
// 1 the words on the page are those that were sealed, 2 the line is the one it says it is, 3 a path of hashes
// leads from it to the root, 4 the market signed that root. #bag holds what it takes (facts, salt, entry, proof);
// [data-line] is one line, [data-check] one step of it, [data-result] the sum. Words stand in the page.
const utf8 = (text) => new TextEncoder().encode(text);
const base64 = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
const fromHex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
export const hex = (data) => Array.from(data, (byte) => byte.toString(16).padStart(2, "0")).join("");

const joined = (parts) => {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
};

const sha256 = async (...parts) => new Uint8Array(await crypto.subtle.digest("SHA-256", joined(parts)));
export const leafHash = (entry) => sha256([0], entry);
const nodeHash = (left, right) => sha256([1], left, right);

export const readHead = (note) => {
  const [origin, size, root] = note.split("\n");
  if (!/^\d+$/.test(size)) throw new Error("not a checkpoint");
  return { origin, size: BigInt(size), root: base64(root) };
};

// A C2SP tlog-proof: which line, the path, and the checkpoint it leads to.
export const readProof = (text) => {
  const cut = text.indexOf("\n\n");
  const [head, index, ...path] = text.slice(0, cut).split("\n");
  const note = text.slice(cut + 2);
  if (head !== "c2sp.org/tlog-proof@v1" || !/^index \d+$/.test(index)) throw new Error("not a proof");
  return { index: BigInt(index.slice(6)), path: path.map(base64), note, ...readHead(note) };
};

// RFC 9162, 2.1.3.2.
export const isIncluded = async (leaf, { index, size, path, root }) => {
  if (index >= size) return false;
  let [at, last, whole] = [index, size - 1n, leaf];
  for (const step of path) {
    if (last === 0n) return false;
    if (at & 1n || at === last) {
      whole = await nodeHash(step, whole);
      while (at && !(at & 1n)) [at, last] = [at >> 1n, last >> 1n];
    } else {
      whole = await nodeHash(whole, step);
    }
    [at, last] = [at >> 1n, last >> 1n];
  }
  return last === 0n && hex(whole) === hex(root);
};

// RFC 9162, 2.1.4.2.
export const isConsistent = async (old, fresh, path) => {
  if (old.size === 0n || old.size > fresh.size) return false;
  if (old.size === fresh.size) return path.length === 0 && hex(old.root) === hex(fresh.root);
  if (!path.length) return false;
  const [first, ...steps] = old.size & (old.size - 1n) ? path : [old.root, ...path];
  let [at, last] = [old.size - 1n, fresh.size - 1n];
  while (at & 1n) [at, last] = [at >> 1n, last >> 1n];
  let [before, after] = [first, first];
  for (const step of steps) {
    if (last === 0n) return false;
    if (at & 1n || at === last) {
      [before, after] = [await nodeHash(step, before), await nodeHash(step, after)];
      while (at && !(at & 1n)) [at, last] = [at >> 1n, last >> 1n];
    } else {
      after = await nodeHash(after, step);
    }
    [at, last] = [at >> 1n, last >> 1n];
  }
  return last === 0n && hex(before) === hex(old.root) && hex(after) === hex(fresh.root);
};

// Whether one of the keys signed the note; null where the browser does not know Ed25519.
export const isSigned = async (note, keys) => {
  const end = note.lastIndexOf("\n\n");
  const text = utf8(note.slice(0, end + 1));
  for (const vkey of keys) {
    const [name, id, ...packed] = vkey.split("+");
    const line = note.slice(end + 2).split("\n").find((one) => one.startsWith(`— ${name} `) && hex(base64(one.split(" ")[2]).slice(0, 4)) === id);
    if (!line) continue;
    let key;
    try {
      key = await crypto.subtle.importKey("raw", base64(packed.join("+")).slice(1), "Ed25519", false, ["verify"]);
    } catch {
      return null;
    }
    if (await crypto.subtle.verify("Ed25519", key, base64(line.split(" ")[2]).slice(4), text)) return true;
  }
  return false;
};

const attempt = async (step) => {
  try {
    return await step();
  } catch {
    return false;
  }
};

// What each step says of one line: true, false, or null for "cannot be checked here".
export const check = async ({ facts, salt, entry, proof }, number, keys) => ({
  seal: await attempt(async () => hex(await sha256(fromHex(salt), utf8(facts))) === JSON.parse(entry).seal),
  number: await attempt(() => BigInt(JSON.parse(entry).n) === BigInt(number) && readProof(proof).index === BigInt(number)),
  path: await attempt(async () => isIncluded(await leafHash(utf8(entry)), readProof(proof))),
  signature: await attempt(() => isSigned(readProof(proof).note, keys)),
});

// Whether what the page shows is what the sealed words say.
const isShown = (line, facts) =>
  Array.from(line.querySelectorAll("[data-fact]")).every(
    (shown) => (shown.dataset.value ?? shown.textContent) === String(facts[shown.dataset.fact] ?? ""),
  );

const KINDS = new Map([[true, "ok"], [false, "bad"], [null, "wait"]]);

const say = (tag, result, words) => {
  const kind = KINDS.get(result);
  tag.className = `tag ${kind}`;
  tag.textContent = words[kind];
  tag.hidden = false;
};

const run = async (page) => {
  const { keys, lines } = JSON.parse(document.getElementById("bag").textContent);
  const words = page.dataset;
  const sum = page.querySelector("[data-result]");
  if (!globalThis.crypto?.subtle) {
    sum.textContent = words.cannot;
    return;
  }
  const results = [];
  for (const line of page.querySelectorAll("[data-line]")) {
    const bag = lines[line.dataset.line];
    let said = { seal: false };
    if (bag) {
      said = await check(bag, line.dataset.line, keys);
      said.seal &&= isShown(line, JSON.parse(bag.facts));
      for (const step of line.querySelectorAll("[data-check]")) {
        say(step.querySelector("[data-said]"), said[step.dataset.check], words);
      }
    }
    const all = Object.values(said);
    const result = all.includes(false) ? false : all.includes(null) ? null : true;
    say(line.querySelector("[data-all]"), result, words);
    results.push(result);
  }
  const isBad = results.includes(false);
  sum.textContent = isBad ? words.broken : results.includes(null) ? words.half : results.length ? words.whole : words.none;
  sum.closest(".notice").className = `notice ${isBad ? "bad" : results.length && !results.includes(null) ? "ok" : "wait"}`;
};

// Somebody's checkpoint against the newest one: both signed, and the log of today continues that of then.
const continues = async (kept, card) => {
  const keys = JSON.parse(document.getElementById("keys").textContent);
  const newest = await (await fetch(card.dataset.newest)).text();
  const signed = [await isSigned(kept, keys), await isSigned(newest, keys)];
  if (signed.includes(false)) return false;
  const [old, fresh] = [readHead(kept), readHead(newest)];
  const answer = await fetch(`${card.dataset.consistency}${old.size}/${fresh.size}`);
  const path = answer.ok ? (await answer.text()).split("\n").slice(0, -1).map(base64) : [];
  return (await isConsistent(old, fresh, path)) && (signed.includes(null) ? null : true);
};

// The checkpoint in what was pasted, which may be the whole letter; undefined when there is none.
const NOTE = /\S+\n\d+\n[A-Za-z0-9+/]{43}=\n\n(?:— \S+ \S+\n)+/;
export const pasted = (text) => NOTE.exec(`${text.split("\n").map((line) => line.trim()).join("\n")}\n`)?.[0];

const compare = (card) => {
  const sum = card.querySelector("[data-result]");
  card.hidden = !globalThis.crypto?.subtle;
  card.querySelector("button").addEventListener("click", async () => {
    const kept = pasted(card.querySelector("textarea").value);
    const kind = kept ? KINDS.get(await attempt(() => continues(kept, card))) : "info";
    sum.textContent = card.dataset[kind];
    const notice = sum.closest(".notice");
    notice.className = `notice ${kind}`;
    notice.hidden = false;
  });
};

if (globalThis.document) {
  document.querySelectorAll("[data-log]").forEach(run);
  document.querySelectorAll("[data-kept]").forEach(compare);
}
