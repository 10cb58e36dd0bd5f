// Keeps the page behind a code on this device, so that it can be read again where there is no signal. The worker beside
// it (keeper.js) answers with the kept page only when the market cannot be reached; such a page says how old it is.
const PAGES = "pages-1";
const PARTS = "parts-1";
const MOST = 60;
const ASK_AGAIN = 10_000; // ms
const root = document.documentElement;

const keep = async () => {
  const [pages, parts] = await Promise.all([caches.open(PAGES), caches.open(PARTS)]);
  const copy = root.cloneNode(true);
  copy.dataset.kept = new Date().toISOString();
  const html = `<!doctype html>\n${copy.outerHTML}`;
  await pages.put(location.href, new Response(html, { headers: { "Content-Type": "text/html; charset=utf-8" } }));
  const loaded = performance.getEntriesByType("resource").map((one) => one.name);
  const own = [...new Set([...loaded, import.meta.url])].filter((name) => name.startsWith(`${location.origin}/`));
  for (const name of own) if (!(await parts.match(name))) await parts.add(name).catch(() => {});
  const kept = await pages.keys();
  for (const old of kept.slice(0, Math.max(0, kept.length - MOST))) await pages.delete(old);
};

const told = document.querySelector("[data-kept-note]");
if (root.dataset.kept) {
  // This is the kept page.
  const at = new Date(root.dataset.kept);
  const two = (number) => String(number).padStart(2, "0");
  const when = `${two(at.getHours())}:${two(at.getMinutes())} ${two(at.getDate())}/${two(at.getMonth() + 1)}/${at.getFullYear()}`;
  told.textContent = told.dataset.keptNote.replace("{when}", when);
  told.hidden = false;
  // A phone says that it is online before a request comes through, or never says it: the market itself is asked, and
  // again and again while somebody reads. HEAD passes the worker by and counts as no scan.
  const renew = async () => {
    if (document.hidden) return;
    const answer = await fetch(told.dataset.keeper, { method: "HEAD", cache: "no-store" }).catch(() => null);
    if (answer?.ok) location.reload();
  };
  addEventListener("online", renew);
  document.addEventListener("visibilitychange", renew);
  setInterval(renew, ASK_AGAIN);
} else if (told && "serviceWorker" in navigator && "caches" in window) {
  const scope = `/${location.pathname.split("/")[1]}/`;
  navigator.serviceWorker.register(told.dataset.keeper, { scope }).then(keep).catch(() => {});
}
