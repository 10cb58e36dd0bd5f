// Rows that scroll sideways: Chromium leaves a link half outside when Tab comes to it. Show the whole.
// (Never on a press: what moves under a finger is missed.)
document.addEventListener("focusin", ({ target }) => {
  if (target.matches(".chips > *, .queues > *") && target.matches(":focus-visible"))
    target.scrollIntoView({ block: "nearest", inline: "nearest" });
});
