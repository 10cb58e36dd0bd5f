// [data-unsent="<user>:<cooperative>"], or of a user alone, tells by data-text how many notes of theirs wait on this
// phone (outbox-store.js). form[data-forget] signs out: the page kept for the field goes first, what waits stays.
const SENT = ["sent", "put_aside"];

const database = () =>
  new Promise((done, fail) => {
    const asked = indexedDB.open("outbox");
    asked.onupgradeneeded = () => asked.transaction.abort(); // nothing was ever noted here: leave nothing behind
    asked.onsuccess = () => done(asked.result);
    asked.onerror = (event) => {
      event.preventDefault();
      fail(asked.error);
    };
  });

const count = async (place) => {
  const box = await database();
  const asked = box.transaction("events").objectStore("events").getAll();
  const rows = await new Promise((done, fail) => Object.assign(asked, { onsuccess: () => done(asked.result), onerror: fail }));
  box.close();
  const whose = place.dataset.unsent;
  const n = rows.filter((row) => [row.owner, row.user].includes(whose) && !SENT.includes(row.state)).length;
  place.textContent = place.dataset.text.replace("{n}", n);
  place.hidden = n === 0;
};

for (const place of document.querySelectorAll("[data-unsent]")) {
  count(place).catch(() => {});
  addEventListener("pageshow", (event) => event.persisted && count(place).catch(() => {}));
}

document.querySelector("form[data-forget]")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  await globalThis.caches?.delete("field-pages-1").catch(() => {});
  event.target.submit();
});
