// The board: arrow keys, the line of the present time, drawing a time by pointer, the filter.
const wide = matchMedia("(width >= 56rem)");
const pad = (n) => String(n).padStart(2, "0");
const clock = (minutes) => `${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;

for (const board of document.querySelectorAll("[data-board]")) {
  roving(board);
  presentTime(board);
  wake(board);
  drawing(board);
}
filter();

// One stop for Tab; arrow keys go on from there (in cards every time is a stop of its own).
function roving(board) {
  const tracks = () => [...board.querySelectorAll("[data-track]")].filter((t) => t.offsetParent && t.querySelector("a"));
  const stops = () => [...board.querySelectorAll("[data-track] a")];
  const place = (link) => Number(link.parentElement.className.match(/\bs(\d+)/)[1]);
  const set = (link) => {
    for (const stop of stops()) stop.tabIndex = !wide.matches || stop === link ? 0 : -1;
  };
  const reset = () => set(stops()[0]);
  reset();
  wide.addEventListener("change", reset);
  board.addEventListener("focusin", (event) => {
    if (!wide.matches || !event.target.matches("[data-track] a")) return;
    set(event.target);
    // The browser scrolls by itself when Tab leads here; after that, not under the pointer.
    if (event.target.matches(":focus-visible")) requestAnimationFrame(() => reveal(board, event.target));
  });
  board.addEventListener("keydown", (event) => {
    const link = event.target.closest("[data-track] a");
    if (!link || !wide.matches || event.altKey || event.ctrlKey || event.metaKey) return;
    const rows = tracks();
    const row = rows.indexOf(link.closest("[data-track]"));
    const links = [...rows[row].querySelectorAll("a")];
    const at = links.indexOf(link);
    const nearest = (track) => track && [...track.querySelectorAll("a")]
      .reduce((a, b) => (Math.abs(place(b) - place(link)) < Math.abs(place(a) - place(link)) ? b : a));
    const next = {
      ArrowRight: links[at + 1], ArrowLeft: links[at - 1], Home: links[0], End: links.at(-1),
      ArrowDown: nearest(rows[row + 1]), ArrowUp: nearest(rows[row - 1]),
    }[event.key];
    if (!(event.key in { ArrowRight: 1, ArrowLeft: 1, ArrowDown: 1, ArrowUp: 1, Home: 1, End: 1 })) return;
    event.preventDefault();
    next?.focus({ preventScroll: true });
    if (next) reveal(board, next);
  });
}

// Browsers take what lies under the names beside the rows for seen, and leave a stretch wider than the board where it is.
function reveal(board, link) {
  const margin = 8;
  link.scrollIntoView({ block: "nearest", inline: "nearest" });
  const box = link.getBoundingClientRect();
  const left = board.getBoundingClientRect().left + board.clientLeft;
  const from = left + link.closest(".row").querySelector(".name").offsetWidth + margin;
  const until = left + board.clientWidth - margin;
  if (box.left < from || box.width > until - from) board.scrollLeft += box.left - from;
  else if (box.right > until) board.scrollLeft += box.right - until;
}

// The office's clock, whatever the reader's is.
function presentTime(board) {
  const { date, timezone, first, last } = board.dataset;
  if (!date) return;
  const parts = new Intl.DateTimeFormat("sv-SE", {
    timeZone: timezone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit",
  });
  const lines = [];
  const draw = () => {
    const [today, time] = parts.format(new Date()).split(" ");
    const [hour, minute] = time.split(":").map(Number);
    const share = (hour * 60 + minute - first) / (last - first);
    const shown = today === date && share >= 0 && share <= 1;
    if (shown && !lines.length) {
      for (const lane of board.querySelectorAll("[data-lanes], [data-track]")) {
        // In a week, of its seven rows only today's.
        const day = lane.closest(".row")?.getAttribute("aria-labelledby").match(/\d{4}-\d\d-\d\d$/)?.[0];
        if (day && day !== date) continue;
        const line = document.createElement(lane.matches("ol") ? "li" : "span");
        line.className = "now";
        line.setAttribute("role", "presentation");
        line.setAttribute("aria-hidden", "true");
        lane.append(line);
        lines.push(line);
      }
    }
    for (const line of lines) {
      line.hidden = !shown;
      line.style.insetInlineStart = `${share * 100}%`;
    }
  };
  draw();
  setInterval(draw, 30_000);
}

// Where the whole day does not fit, it opens on the morning, not at midnight.
function wake(board) {
  const { first, last } = board.dataset;
  const lanes = board.querySelector("[data-lanes]");
  if (board.scrollWidth > board.clientWidth) board.scrollLeft = (lanes.offsetWidth * (7 * 60 - first)) / (last - first);
}

// Pointing at free time shows an hour that a click would book; dragging draws another length.
function drawing(board) {
  const first = Number(board.dataset.first);
  const columns = (Number(board.dataset.last) - first) / 15;
  let drawn = null;
  let dropped = false;

  const quarter = (event, track) => {
    const box = track.getBoundingClientRect();
    return Math.floor(((event.clientX - box.left) / box.width) * columns);
  };
  const bounds = (link) => {
    const [, start, length] = link.parentElement.className.match(/\bs(\d+) w(\d+)/).map(Number);
    return [start, start + length];
  };
  const clear = () => {
    drawn?.ghost.remove();
    drawn?.track.classList.remove("drawing", "pointing");
    drawn = null;
  };
  const show = (state) => {
    const { ghost, from, to } = state;
    ghost.className = `ghost s${from} w${to - from}`;
    ghost.textContent = to - from > 3 ? `${clock(first + from * 15)}–${clock(first + to * 15)}` : to - from > 1 ? clock(first + from * 15) : "";
  };
  const point = (event, link) => {
    const track = link.closest("[data-track]");
    const [low, high] = bounds(link);
    if (drawn?.link !== link) {
      clear();
      const ghost = document.createElement("li");
      ghost.setAttribute("aria-hidden", "true");
      track.append(ghost);
      track.classList.add("pointing");
      drawn = { link, track, ghost };
    }
    const at = Math.min(Math.max(quarter(event, track), low), high - 1);
    drawn.from = Math.max(low, Math.min(at - (at % 2), high - 4)); // half hours, and a whole hour where there is room
    drawn.to = Math.min(high, drawn.from + 4);
    show(drawn);
  };
  const stretch = (event) => {
    const [low, high] = bounds(drawn.link);
    const at = Math.min(Math.max(quarter(event, drawn.track), low), high - 1);
    drawn.from = Math.min(drawn.anchor, at);
    drawn.to = Math.max(drawn.anchor, at) + 1;
    drawn.moved ||= Math.abs(event.clientX - drawn.x) > 6;
    if (drawn.moved) show(drawn);
  };
  const address = ({ link, from, to }) => {
    const url = new URL(link.href);
    url.searchParams.set("start", clock(first + from * 15));
    url.searchParams.set("end", clock(first + to * 15));
    return url;
  };

  board.addEventListener("pointermove", (event) => {
    if (!wide.matches || event.pointerType === "touch") return;
    if (drawn?.anchor !== undefined) return stretch(event);
    const link = event.target.closest("[data-free]");
    if (link) point(event, link);
    else clear();
  });
  board.addEventListener("pointerleave", () => drawn?.anchor === undefined && clear());
  board.addEventListener("pointerdown", (event) => {
    const link = event.target.closest("[data-free]");
    dropped = false;
    if (!link || !wide.matches || event.pointerType === "touch" || event.button !== 0 || event.ctrlKey || event.metaKey) return;
    point(event, link);
    const hour = [drawn.from, drawn.to];
    Object.assign(drawn, { anchor: quarter(event, drawn.track), x: event.clientX, moved: false, hour });
    drawn.track.classList.add("drawing");
  });
  board.addEventListener("dragstart", (event) => event.target.closest("[data-free]") && event.preventDefault());
  addEventListener("pointerup", () => {
    if (drawn?.anchor === undefined) return;
    const { link, moved, hour } = drawn;
    link.dataset.chosen = address(moved ? drawn : { link, from: hour[0], to: hour[1] });
    if (moved) location.assign(link.dataset.chosen); // the pointer may have left the link: then no click follows
    drawn.anchor = undefined;
  });
  addEventListener("pointercancel", clear);
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !drawn) return;
    dropped = drawn.anchor !== undefined; // the button is still down: the click to come is not meant
    clear();
  });
  board.addEventListener("click", (event) => {
    const link = event.target.closest("[data-free]");
    if (dropped && event.detail) return event.preventDefault();
    if (!link?.dataset.chosen || event.detail === 0) return; // by keyboard: the whole stretch, as the link says
    event.preventDefault();
    location.assign(link.dataset.chosen);
  });
}

function filter() {
  const input = document.querySelector("[data-filter]");
  const status = document.querySelector("[data-filter-status]");
  const plain = (text) => text.toLocaleLowerCase();
  input?.addEventListener("input", () => {
    let shown = 0;
    for (const row of document.querySelectorAll("[data-name]")) {
      row.hidden = !plain(row.dataset.name).includes(plain(input.value.trim()));
      shown += row.hidden ? 0 : 1;
    }
    for (const kind of document.querySelectorAll(".kind")) kind.hidden = !kind.querySelector(".row:not([hidden])");
    status.textContent = `${status.dataset.text} ${shown}`;
  });
}
