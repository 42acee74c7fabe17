// Says how many characters are left once there are few. The server counts too, and refuses.
const NEAR = 50;

for (const field of document.querySelectorAll("[data-left]")) {
  const seen = document.createElement("p");
  const heard = document.createElement("p");
  seen.className = "hint figures";
  seen.setAttribute("aria-hidden", "true");
  heard.className = "hush";
  heard.setAttribute("role", "status");
  field.after(seen, heard);
  let pause;
  const tell = () => {
    const left = field.maxLength - field.value.length;
    seen.textContent = left > NEAR ? "" : `${field.dataset.left} ${left}`;
    clearTimeout(pause);
    pause = setTimeout(() => { heard.textContent = seen.textContent; }, 1000); // not at every key
  };
  field.addEventListener("input", tell);
  if (field.value) tell();
}
