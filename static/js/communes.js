// Choosing a province fills the list of its communes. The province select carries
// data-province and data-communes-url; GET <url>?province=NN answers JSON [{code, name}].
// The commune select is the [data-commune] of the same form. Without script the form posts
// the province and comes back with the list.
const fill = async (province) => {
  const commune = province.form?.querySelector("select[data-commune]");
  if (!commune) return;
  const wanted = province.value;
  const empty = commune.querySelector('option[value=""]') ?? new Option("", "");
  commune.replaceChildren(empty);
  commune.value = "";
  if (!wanted) return;
  commune.setAttribute("aria-busy", "true");
  try {
    const url = new URL(province.dataset.communesUrl, location.href);
    url.searchParams.set("province", wanted);
    const answer = await fetch(url, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(answer.status);
    const units = await answer.json();
    if (province.value !== wanted) return; // an older answer came late
    commune.append(...units.map(({ code, name }) => new Option(name, code)));
  } catch {
    // The list stays empty; posting the form brings it from the server.
  } finally {
    commune.removeAttribute("aria-busy");
  }
};

document.addEventListener("change", (event) => {
  if (event.target.matches?.("select[data-province]")) fill(event.target);
});

// A form shown with a province but no list yet (the browser put the choice back).
for (const province of document.querySelectorAll("select[data-province]")) {
  const commune = province.form?.querySelector("select[data-commune]");
  if (province.value && commune && commune.options.length < 2) fill(province);
}
