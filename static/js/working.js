// While a job works, its card tells how far it is; once it is done the page comes whole. A page that reloads itself
// every two seconds would take the reader's place away each time; without script it has to.
const EVERY = 2000;

const look = async () => {
  const card = document.querySelector("[data-working]");
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (answer.status >= 500 || answer.status === 429) throw new Error(answer.status);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = page.querySelector("[data-working]");
    if (!now) return location.reload();
    card.replaceChildren(...now.childNodes);
  } catch {
    // No signal, or the market is busy or being started anew: the card stays, the next look may find it.
  }
  setTimeout(look, EVERY);
};

setTimeout(look, EVERY);
