// Keeps what is told true while time, room or repetition are changed: the server words it anew.
const form = document.querySelector("form[data-tell]");
// What people write, and what only concerns the answer, is not sent along.
const KEPT = new Set(["csrf_token", "title", "version", "opened", "meeting", "meeting_url"]);
let asked = 0;
let date = form.elements.date.value;
let typing;

async function tell() {
  const number = ++asked;
  const url = new URL(location.pathname, location.origin);
  for (const [name, value] of new FormData(form)) if (!KEPT.has(name)) url.searchParams.append(name, value);
  const answer = await fetch(url, { headers: { Accept: "text/html" } });
  if (!answer.ok || number !== asked) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (number !== asked) return;
  for (const each of document.querySelectorAll("[data-told]")) {
    const fresh = page.querySelector(`[data-told=${each.dataset.told}]`);
    if (fresh && !each.contains(document.activeElement)) each.replaceChildren(...fresh.childNodes);
  }
}

// A series on the one weekday of its first day goes along when that is moved.
function weekdayGoesAlong() {
  const ticked = [...form.querySelectorAll("[name=weekdays]:checked")].map((each) => each.value);
  const [before, after] = [date, form.elements.date.value].map((each) => String((new Date(each).getUTCDay() + 6) % 7));
  date = form.elements.date.value;
  if (ticked.length !== 1 || ticked[0] !== before || after === "NaN") return;
  for (const each of form.querySelectorAll("[name=weekdays]")) each.checked = each.value === after;
}

function tellOrNothing() {
  clearTimeout(typing);
  // Without an answer the fields still say what is asked for.
  tell().catch(() => document.querySelector("[data-told=summary]").replaceChildren());
}

form.addEventListener("change", (event) => {
  if (!event.target.closest("[data-tells]")) return;
  if (event.target.name === "date") weekdayGoesAlong();
  tellOrNothing();
});

// A number counts as soon as it is typed, without leaving its field.
form.addEventListener("input", ({ target }) => {
  if (target.type !== "number" || !target.closest("[data-tells]")) return;
  clearTimeout(typing);
  if (target.value) typing = setTimeout(tellOrNothing, 400);
});
