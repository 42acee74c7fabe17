// Shows what is free as soon as a choice is made, without leaving the page or losing the focus.
const form = document.querySelector("form[data-live]");
let asked = 0;

async function update() {
  const number = ++asked;
  const url = new URL(location.pathname, location.origin);
  url.search = new URLSearchParams(new FormData(form)).toString();
  const answer = await fetch(url, { headers: { Accept: "text/html" } });
  if (number !== asked) return;
  if (!answer.ok) return form.submit();
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (number !== asked) return;
  const results = document.getElementById(form.dataset.live);
  const fresh = page.getElementById(form.dataset.live);
  const heading = results.querySelector("[role=status]");
  heading.replaceChildren(...fresh.querySelector("[role=status]").childNodes); // the same node, so that it is read out
  fresh.querySelector("[role=status]").replaceWith(heading);
  results.replaceChildren(...fresh.childNodes);
  history.replaceState(null, "", url);
}

// Chosen before this script came, or kept by the browser on the way back to the page.
function already() {
  return [...form.elements].some((each) =>
    each.type === "radio" ? each.checked !== each.defaultChecked : "defaultValue" in each && each.value !== each.defaultValue);
}

const show = () => update().catch(() => form.submit());
form.addEventListener("change", show);
addEventListener("pageshow", () => already() && show());
if (already()) show();
