// The tip of a marker shows at once; the browser's own tooltip would wait and repeat it.
const tip = document.createElement("div");
tip.className = "tip";
tip.hidden = true;
// What screen readers say when somebody moves from marker to marker by keyboard.
const told = document.createElement("div");
told.className = "unseen";
told.setAttribute("role", "status");
document.querySelector("main").append(tip, told);

for (const title of all("svg .series title")) {
  title.parentElement.dataset.tip = title.textContent;
  title.remove();
}

let pointed;
function point(marker, series = marker && seriesOf(marker)) {
  pointed?.classList.remove("pointed");
  pointed = marker;
  tip.hidden = marker === undefined;
  look(series);
  if (marker === undefined) return;
  tip.textContent = marker.dataset.tip;
  const at = marker.getBoundingClientRect();
  const right = document.documentElement.clientWidth - tip.offsetWidth - 8;
  const above = at.top - tip.offsetHeight - 4;
  tip.style.left = `${Math.max(8, Math.min(at.right + 8, right)) + scrollX}px`;
  tip.style.top = `${(above < 0 ? at.bottom + 4 : above) + scrollY}px`;
}

// A finger is wider than a marker: a tap selects the nearest one within so many px.
const FINGER = 24;

function nearest(plot, x, y) {
  let [found, least] = [undefined, FINGER];
  for (const marker of shownMarkers(plot)) {
    const { left, right, top, bottom } = marker.getBoundingClientRect();
    const distance = Math.hypot(
      Math.max(left - x, 0, x - right),
      Math.max(top - y, 0, y - bottom),
    );
    if (distance < least) [found, least] = [marker, distance];
  }
  return found;
}

const shownMarkers = (plot) =>
  all("[data-tip]", plot).filter((marker) => marker.getClientRects().length > 0);

// The marker that a key leads to from `at`. Up and down go to the neighbouring series, at the same place.
function markerBy(key, markers, at) {
  const series = [...new Set(markers.map(seriesOf))];
  const groups = series.map((one) => markers.filter((marker) => seriesOf(marker) === one));
  const row = groups.findIndex((group) => group.includes(at));
  if (row < 0) return markers[0];
  const column = groups[row].indexOf(at);
  const [down, right] = KEYS[key];
  const within = (of, place) => of[Math.max(0, Math.min(of.length - 1, place))];
  return within(within(groups, row + down), column + right);
}

// Rows down and columns to the right.
const KEYS = {
  ArrowRight: [0, 1],
  ArrowLeft: [0, -1],
  ArrowDown: [1, 0],
  ArrowUp: [-1, 0],
  Home: [0, -Infinity],
  End: [0, Infinity],
};

for (const plot of all("figure svg")) {
  plot.addEventListener("pointerover", ({ target, pointerType }) => {
    if (pointerType === "touch") return;
    const marker = target.closest("[data-tip]") ?? undefined;
    if (marker === undefined || marker !== pointed) point(marker, seriesOf(target));
  });
  plot.addEventListener("pointerleave", ({ pointerType }) => {
    // Lifting a finger is no reason to hide the tip.
    if (pointerType !== "touch") point();
  });
  plot.addEventListener("click", ({ target, clientX, clientY }) => {
    point(target.closest("[data-tip]") ?? nearest(plot, clientX, clientY));
  });
  const box = plot.closest(".drawn");
  if (box === null) continue;
  // One tab stop for each plot. Its role is application, because a screen reader would keep the arrow keys for itself.
  box.tabIndex = 0;
  const name = plot.getAttribute("aria-label");
  if (plot.querySelector("[data-tip]") === null) {
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", name);
    continue;
  }
  box.setAttribute("role", "application");
  box.setAttribute("aria-label", `${name}: arrow keys move from marker to marker`);
  box.addEventListener("keydown", (event) => {
    if (!(event.key in KEYS) || event.ctrlKey || event.metaKey || event.altKey) return;
    const markers = shownMarkers(plot);
    if (markers.length === 0) return;
    event.preventDefault();
    const marker = markerBy(event.key, markers, pointed);
    marker.scrollIntoView({ block: "nearest", inline: "nearest" });
    point(marker);
    marker.classList.add("pointed");
    told.textContent = marker.dataset.tip;
  });
  box.addEventListener("blur", () => point());
}

document.addEventListener("click", ({ target }) => {
  if (!tip.hidden && target.closest("figure svg") === null) point();
});
document.addEventListener("keydown", ({ key }) => {
  if (key === "Escape") point();
});
