// While packing, a scanned label leads to the number of its lot in [data-lot-scan], or says that the
// lot is none of those that this order may be packed from. The server says which lot a code is of.
const form = document.querySelector("[data-lot-scan]");
const said = document.querySelector("[data-lot-said]");

document.addEventListener("scanned", async (event) => {
  if (!form) return;
  event.preventDefault();
  const address = `${form.dataset.lotScan}?${new URLSearchParams({ code: event.detail })}`;
  const told = await fetch(address, { headers: { Accept: "application/json" } })
    .then((answer) => answer.json())
    .catch(() => ({}));
  const field = told.lot && form.querySelector(`input[name^="take_"][name$="_${told.lot}"]`);
  said.textContent = told.lot ? `${field ? form.dataset.right : form.dataset.other} ${told.number}` : (told.problem ?? "");
  field?.focus();
  field?.select();
});
