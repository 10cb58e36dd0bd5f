// Shows the password while it is typed: <button type="button" data-reveal data-hide="…" hidden>, in its form.
for (const button of document.querySelectorAll("[data-reveal]")) {
  const fields = [...button.form.querySelectorAll("input[type=password]")];
  const words = [button.textContent, button.dataset.hide];
  button.hidden = false;
  const show = (on) => {
    for (const field of fields) field.type = on ? "text" : "password";
    button.textContent = words[Number(on)];
    button.setAttribute("aria-pressed", on);
  };
  button.addEventListener("click", () => show(fields[0].type === "password"));
  // Sent as a password again, or browsers do not offer to keep it.
  button.form.addEventListener("submit", () => show(false));
}
