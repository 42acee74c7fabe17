// Keeps what is told above and below the fields true while time or room are changed: the server words it anew.
const when = document.querySelector("[data-when]");
let asked = 0;

async function tell() {
  const number = ++asked;
  const form = when.closest("form");
  const url = new URL(location.pathname, location.origin);
  url.searchParams.set("resource", form.elements.resources.value);
  for (const name of ["date", "start", "end", "confirm"]) url.searchParams.set(name, form.elements[name].value);
  const answer = await fetch(url, { headers: { Accept: "text/html" } });
  if (!answer.ok || number !== asked) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (number !== asked) return;
  for (const each of document.querySelectorAll("[data-told]")) {
    each.replaceChildren(...page.querySelector(`[data-told=${each.dataset.told}]`).childNodes);
  }
}

// Without an answer the fields still say what is asked for.
when.addEventListener("change", () => tell().catch(() => document.querySelector("[data-told=summary]").replaceChildren()));
