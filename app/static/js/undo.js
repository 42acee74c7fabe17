// Counts down while a booking can be undone. The server has its own clock; this one only shows it.
const form = document.querySelector("[data-undo]");
const seconds = form.querySelector("[data-seconds]");
const bar = form.querySelector("progress");
const total = Number(form.dataset.undo) * 1000;
const began = performance.now();

function tick() {
  const left = total - (performance.now() - began);
  if (left <= 0 && !form.contains(document.activeElement)) return form.remove();
  seconds.textContent = Math.max(0, Math.ceil(left / 1000));
  bar.value = Math.max(0, (left / total) * 100);
  setTimeout(tick, 200);
}
tick();
