// What a marker says stands beside it at once; the browser's own tooltip would wait, and say it twice.
const tip = document.createElement("div");
tip.className = "tip";
tip.hidden = true;
// What readers of screens are told when somebody goes from marker to marker by keyboard.
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

// A finger is wider than a marker: the nearest one so near, in px, is meant.
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

// Keys: which marker comes from the one at `at`. Up and down go to the neighbours of its series, at the same place.
function markerBy(key, markers, at) {
  const series = [...new Set(markers.map(seriesOf))];
  const groups = series.map((one) => markers.filter((marker) => seriesOf(marker) === one));
  const row = groups.findIndex((group) => group.includes(at));
  if (row < 0) return markers[0];
  const column = groups[row].indexOf(at);
  const group = (place) => groups[Math.max(0, Math.min(groups.length - 1, place))];
  const within = (of, place) => of[Math.max(0, Math.min(of.length - 1, place))];
  switch (key) {
    case "ArrowRight":
      return within(groups[row], column + 1);
    case "ArrowLeft":
      return within(groups[row], column - 1);
    case "ArrowDown":
      return within(group(row + 1), column);
    case "ArrowUp":
      return within(group(row - 1), column);
    case "Home":
      return groups[row][0];
    case "End":
      return groups[row].at(-1);
  }
}

const KEYS = ["ArrowRight", "ArrowLeft", "ArrowDown", "ArrowUp", "Home", "End"];

for (const plot of all("figure svg")) {
  plot.addEventListener("pointerover", ({ target, pointerType }) => {
    if (pointerType === "touch") return;
    const marker = target.closest("[data-tip]") ?? undefined;
    if (marker === undefined || marker !== pointed) point(marker, seriesOf(target));
  });
  plot.addEventListener("pointerleave", ({ pointerType }) => {
    // A finger leaves whatever it touched when it is lifted.
    if (pointerType !== "touch") point();
  });
  plot.addEventListener("click", ({ target, clientX, clientY }) => {
    point(target.closest("[data-tip]") ?? nearest(plot, clientX, clientY));
  });
  const box = plot.closest(".drawn");
  if (box === null) continue;
  // One stop for each plot: an application, because a reader of screens would keep the arrows for itself.
  box.tabIndex = 0;
  const name = plot.getAttribute("aria-label");
  if (plot.querySelector("[data-tip]") === null) {
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", name);
    continue;
  }
  box.setAttribute("role", "application");
  box.setAttribute("aria-label", `${name}: arrows go from marker to marker`);
  box.addEventListener("keydown", (event) => {
    if (!KEYS.includes(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
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
