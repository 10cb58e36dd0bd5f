// A section with data-push="address" switches on that this device is told of a mailbox, and off again. It is written hidden
// and shown where the browser can: a service worker receives what comes, even while no page of the market is open.
// data-key is the market's key, data-worker the worker's address; it is written as it looks when off, other words stand
// in data-on-text, data-on-label, data-blocked-text and data-failed-text.
const CAN = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));

const active = (registration) =>
  registration.active
    ? registration
    : new Promise((done) => {
        const worker = registration.installing ?? registration.waiting;
        worker.addEventListener("statechange", () => worker.state === "activated" && done(registration));
      });

const subscribe = async (card) => {
  const { pushManager } = await active(await navigator.serviceWorker.register(card.dataset.worker));
  const options = { userVisibleOnly: true, applicationServerKey: bytes(card.dataset.key) };
  try {
    return await pushManager.subscribe(options);
  } catch (error) {
    if (error.name !== "InvalidStateError") throw error;
    // The market has another key than the one this browser subscribed with.
    await (await pushManager.getSubscription())?.unsubscribe();
    return pushManager.subscribe(options);
  }
};

const known = async (card) => {
  const registration = await navigator.serviceWorker.getRegistration(card.dataset.worker);
  return registration?.pushManager.getSubscription();
};

const tell = async (card, act, subscription) => {
  const { endpoint, keys } = subscription.toJSON();
  const body = new URLSearchParams({ act, endpoint, p256dh: keys.p256dh, auth: keys.auth });
  const headers = { "X-CSRFToken": card.querySelector("[name=csrfmiddlewaretoken]").value };
  const answer = await fetch(card.dataset.push, { method: "POST", body, headers });
  if (!answer.ok) throw new Error(answer.status);
  return (await answer.json()).on;
};

const offer = async (card) => {
  const says = card.querySelector("[data-says]");
  const button = card.querySelector("[data-turn]");
  const off = { text: says.textContent, label: button.textContent };
  let isOn = false;
  const show = (text) => {
    const blocked = Notification.permission === "denied";
    says.textContent = text ?? (blocked ? card.dataset.blockedText : isOn ? card.dataset.onText : off.text);
    button.textContent = isOn ? card.dataset.onLabel : off.label;
    button.hidden = blocked;
  };
  button.addEventListener("click", async () => {
    button.disabled = true;
    button.textContent = button.dataset.busy;
    try {
      const subscription = isOn ? await known(card) : await subscribe(card);
      isOn = subscription ? await tell(card, isOn ? "off" : "on", subscription) : false;
      show();
    } catch (error) {
      show(error.name === "NotAllowedError" ? undefined : card.dataset.failedText);
    }
    button.disabled = false;
  });
  try {
    const subscription = Notification.permission === "granted" && (await known(card));
    isOn = Boolean(subscription && (await tell(card, "ask", subscription)));
  } catch {
    isOn = false; // no line: pressing the button will say so
  }
  show();
  card.hidden = false;
};

if (CAN) document.querySelectorAll("[data-push]").forEach(offer);
