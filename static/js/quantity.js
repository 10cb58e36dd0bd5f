// The quantity of a line in the basket: − and + stand beside the number, and a change goes out by itself.
// The answer is the whole page; its main part and the places replace ours, so nobody loses their place in a
// long basket. What fails is sent the plain way. Without script the button data-update does it.
const PAUSE = 500; // ms; several presses on + go out as one

const main = document.querySelector("main");
const places = document.querySelector(".tabs");
const said = document.createElement("p");
said.className = "visually-hidden";
said.setAttribute("role", "status");
document.body.append(said);

const dress = () => {
  for (const button of main.querySelectorAll("[data-step]")) button.hidden = false;
  for (const button of main.querySelectorAll("[data-update]")) button.hidden = true;
};

const renew = (page, form) => {
  const focused = form.contains(document.activeElement) && document.activeElement;
  const step = focused?.dataset?.step;
  main.innerHTML = page.querySelector("main").innerHTML;
  if (places) places.innerHTML = page.querySelector(".tabs").innerHTML;
  dress();
  const field = document.getElementById(form.querySelector("input[type=number]").id);
  if (focused) (step ? field?.form.querySelector(`[data-step="${step}"]`) : field)?.focus();
  said.textContent = main.querySelector(".sum .total")?.textContent ?? "";
};

let round = 0;
const send = async (form) => {
  const mine = round;
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form) });
    if (!answer.ok && answer.status !== 422) throw new Error(answer.statusText);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (mine === round) renew(page, form); // otherwise a later change is on its way and brings everything
  } catch {
    if (mine === round) form.submit();
  }
};

let timer;
let waiting;
const later = (form, pause) => {
  if (waiting && waiting !== form) send(waiting);
  clearTimeout(timer);
  round += 1;
  waiting = form;
  timer = setTimeout(() => {
    waiting = undefined;
    if (form.reportValidity()) send(form);
  }, pause);
};

main.addEventListener("click", (event) => {
  const button = event.target.closest("[data-step]");
  if (!button) return;
  const field = button.form.querySelector("input[type=number]");
  const before = field.value;
  if (button.dataset.step > 0) field.stepUp();
  else field.stepDown();
  if (field.value !== before) later(button.form, PAUSE);
});
main.addEventListener("change", (event) => {
  const form = event.target.closest("form.qty");
  if (form) later(form, 0);
});
// Sent the plain way (Enter, the bin): what waits goes with it.
main.addEventListener("submit", () => {
  clearTimeout(timer);
  waiting = undefined;
  round += 1;
});

dress();
