// Loads what a page has use for. Every page works without any of it.
const has = (selector) => document.querySelector(selector) !== null;

if (has("[data-board]")) import("./board.js");
if (has("form[data-live]")) import("./find.js");
if (has("[data-undo]")) import("./undo.js");
if (has("form[data-tell]")) import("./book.js");
if (has("[data-left]")) import("./counter.js");

for (const alert of document.querySelectorAll("[data-focus]")) {
  alert.focus();
  break;
}

document.addEventListener("click", async (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
  if (event.target.closest("[data-print]")) window.print();
  const step = event.target.closest("[data-step]");
  if (step) {
    const input = step.parentElement.querySelector("input");
    input.value = Math.max(0, (Number(input.value) || 0) + Number(step.dataset.step));
  }
  const copy = event.target.closest("[data-copy]");
  if (copy) {
    const source = document.getElementById(copy.dataset.copy);
    source.select();
    await (navigator.clipboard?.writeText(source.value) ?? document.execCommand("copy"));
    source.closest(".field").querySelector("[data-copy-status]").textContent = copy.dataset.copied;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// A second click on a slow line must not send a form twice.
document.addEventListener("submit", (event) => {
  if (event.target.method !== "post") return;
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "1";
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("[data-sent]")) delete form.dataset.sent;
});
