"use strict";
// What makes the page of a report interactive. Without it everything can still be read; nothing is fetched.

const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const seriesOf = (element) =>
  /\bseries-(\d+)/.exec(element.closest(".series")?.getAttribute("class") ?? "")?.[1];

// Everything that belongs to a series, in plots, tables and switches.
const ofSeries = new Map();
for (const element of all(".series")) {
  const series = seriesOf(element);
  ofSeries.set(series, [...(ofSeries.get(series) ?? []), element]);
}

// Highlights one series: the others fade in every plot.
let lookedAt;
function look(series) {
  if (series === lookedAt) return;
  for (const [one, isLooked] of [[lookedAt, false], [series, true]]) {
    for (const element of ofSeries.get(one) ?? []) element.classList.toggle("looked-at", isLooked);
  }
  document.documentElement.classList.toggle("looking", series !== undefined);
  lookedAt = series;
}

// A box that is too wide fades where its content goes on, and can be scrolled by keyboard.
function showMore(box) {
  box.classList.toggle("more-left", box.scrollLeft > 1);
  box.classList.toggle("more-right", box.scrollLeft + box.clientWidth < box.scrollWidth - 1);
}

const watched = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    showMore(target);
    // A plot is always a tab stop.
    if (target.classList.contains("drawn")) continue;
    const isWider = target.scrollWidth > target.clientWidth ||
      target.scrollHeight > target.clientHeight;
    target.toggleAttribute("tabindex", false);
    if (isWider) target.tabIndex = 0;
    target.toggleAttribute("role", false);
    target.toggleAttribute("aria-label", false);
    if (!isWider) continue;
    target.setAttribute("role", "group");
    target.setAttribute("aria-label", `${nameOf(target)}: scrolls`);
  }
});

function nameOf(box) {
  const table = box.querySelector("table");
  const heading = document.getElementById(table?.getAttribute("aria-labelledby") ?? "");
  return heading?.textContent ?? table?.getAttribute("aria-label") ?? "code";
}

function watch(box) {
  box.addEventListener("scroll", () => showMore(box), { passive: true });
  watched.observe(box);
}
for (const box of all(".drawn, .scroll, pre")) watch(box);

// A link to something in a closed section opens it.
function openTarget(address) {
  const target = address.length > 1 &&
    document.getElementById(decodeURIComponent(address.slice(1)));
  const fold = target && target.closest("details:not([open])");
  if (fold) fold.open = true;
}
document.addEventListener("click", ({ target }) => {
  const link = target.closest('a[href^="#"]');
  if (link) openTarget(link.getAttribute("href"));
});
openTarget(location.hash);

// Metrics: one table at a time.
for (const box of all(".metrics")) {
  const sections = all(".metric", box);
  if (sections.length < 2) continue;
  const field = document.createElement("select");
  const label = document.createElement("label");
  for (const section of sections) {
    field.append(new Option(section.querySelector("h3").textContent));
  }
  label.append("Figure ", field);
  box.prepend(label);
  box.classList.add("chosen");
  const show = () => sections.forEach((one, i) => one.hidden = i !== field.selectedIndex);
  field.addEventListener("change", show);
  show();
}

// The target of a link must not lie under the sticky bar, whose height changes.
const heights = new ResizeObserver(([{ target }]) => {
  const stays = getComputedStyle(target).position === "sticky";
  document.documentElement.style.setProperty("--bar", `${stays ? target.offsetHeight : 0}px`);
});

// Switches: a pressed one shows its series in plots and tables.
for (const bar of all(".switches")) {
  bar.hidden = false;
  heights.observe(bar);
  const buttons = all("button[data-series]", bar);
  const isShown = (button) => button.getAttribute("aria-pressed") === "true";
  const show = (button, shown) => {
    button.setAttribute("aria-pressed", String(shown));
    for (const mark of ofSeries.get(button.dataset.series) ?? []) {
      if (mark.localName !== "button") mark.classList.toggle("left-out", !shown);
    }
  };
  for (const button of buttons) {
    button.title = button.textContent;
    button.addEventListener("click", () => show(button, !isShown(button)));
    for (const event of ["pointerenter", "focus"]) {
      button.addEventListener(event, () => look(button.dataset.series));
    }
    for (const event of ["pointerleave", "blur"]) button.addEventListener(event, () => look());
  }
  bar.querySelector("button:not([data-series])").addEventListener("click", () => {
    const some = buttons.some((one) => !isShown(one));
    buttons.forEach((one) => show(one, some));
  });
  const field = bar.querySelector("input");
  field?.addEventListener("input", () => {
    const holds = wordsIn(field.value);
    // Words that no name has hide nothing: an empty page would explain nothing.
    const isAny = buttons.some((one) => holds(one.textContent));
    field.setAttribute("aria-invalid", String(!isAny));
    buttons.forEach((one) => show(one, !isAny || holds(one.textContent)));
  });
}

// A test whether a text contains all the words that somebody looks for.
function wordsIn(wanted) {
  const words = wanted.toLowerCase().split(/\s+/).filter((word) => word !== "");
  return (text) => words.every((word) => text.toLowerCase().includes(word));
}

for (const row of all("tr.series")) {
  row.addEventListener("pointerenter", () => look(seriesOf(row)));
  row.addEventListener("pointerleave", () => look());
}
