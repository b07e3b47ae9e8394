"use strict";
// What makes the page of a report more than paper. Without it everything is there to read; nothing is fetched.

const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const seriesOf = (element) =>
  /\bseries-(\d+)/.exec(element.closest(".series")?.getAttribute("class") ?? "")?.[1];

// One series is looked at: the others step back, in every plot and in the switches.
function look(series) {
  document.documentElement.classList.toggle("looking", series !== undefined);
  for (const element of all(".series")) {
    element.classList.toggle(
      "looked-at",
      series !== undefined && element.classList.contains(`series-${series}`),
    );
  }
}

// Switches: pressed = shown.
for (const bar of all(".switches")) {
  bar.hidden = false;
  const buttons = all("button", bar);
  const show = (button, isShown) => {
    button.setAttribute("aria-pressed", String(isShown));
    for (const mark of all(`svg .series-${button.dataset.series}`)) {
      mark.classList.toggle("left-out", !isShown);
    }
  };
  for (const button of buttons) {
    if (button.dataset.series === undefined) {
      button.addEventListener("click", () => {
        const others = buttons.filter(({ dataset }) => dataset.series !== undefined);
        const isShown = others.some((one) => one.getAttribute("aria-pressed") === "false");
        others.forEach((one) => show(one, isShown));
      });
      continue;
    }
    button.addEventListener(
      "click",
      () => show(button, button.getAttribute("aria-pressed") === "false"),
    );
    for (const event of ["pointerenter", "focus"]) {
      button.addEventListener(event, () => look(button.dataset.series));
    }
    for (const event of ["pointerleave", "blur"]) button.addEventListener(event, () => look());
  }
}

// What a marker says stands beside it at once; the browser's own tooltip would wait, and say it twice.
const tip = document.createElement("div");
tip.className = "tip";
tip.hidden = true;
document.body.append(tip);
for (const title of all("svg .series title")) {
  title.parentElement.dataset.tip = title.textContent;
  title.remove();
}
for (const plot of all("figure svg")) {
  plot.addEventListener("pointerover", ({ target }) => {
    look(seriesOf(target));
    const text = target.closest("[data-tip]")?.dataset.tip;
    tip.hidden = text === undefined;
    if (text === undefined) return;
    tip.textContent = text;
    const at = target.getBoundingClientRect();
    const right = document.documentElement.clientWidth - tip.offsetWidth - 8;
    tip.style.left = `${Math.max(8, Math.min(at.right + 8, right)) + scrollX}px`;
    tip.style.top = `${at.top + scrollY - tip.offsetHeight - 4}px`;
  });
  plot.addEventListener("pointerleave", () => {
    look();
    tip.hidden = true;
  });
}

// Tables: sorted by a column, and only rows that hold some words.
const UNITS = { ns: 1, µs: 1e3, ms: 1e6, s: 1e9, B: 1, kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 };

// "8.12 µs [8.05, 8.31]" → 8120. What is no figure comes last.
function figureOf(text) {
  const found = /(-|−|\+)?([\d,]+(?:\.\d+)?(?:e[+-]?\d+)?)(?: ([A-Za-zµ]+))?/.exec(text);
  if (!found) return Infinity;
  const [, sign, digits, unit] = found;
  const size = Number(digits.replaceAll(",", "")) * (UNITS[unit] ?? 1);
  return sign === "-" || sign === "−" ? -size : size;
}

function sortable(table) {
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const heads = all("thead th", table);
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const textOf = (row) => row.cells[column].textContent.trim();
      const isNumeric = head.classList.contains("number");
      const sorted = rows.map((row) => ({ row, text: textOf(row) })).sort((a, b) => {
        const order = isNumeric
          ? figureOf(a.text) - figureOf(b.text) || 0
          : a.text.localeCompare(b.text, "en", { numeric: true });
        return down ? -order : order;
      });
      body.append(...sorted.map(({ row }) => row));
    });
  });
}

function filterable(table) {
  const rows = [...table.tBodies[0].rows];
  if (rows.length < 6) return;
  const label = document.createElement("label");
  const field = document.createElement("input");
  const count = document.createElement("output");
  field.type = "search";
  label.className = "filter";
  label.append("Rows with ", field, " ", count);
  table.closest(".scroll").before(label);
  field.addEventListener("input", () => {
    const words = field.value.toLowerCase().split(/\s+/).filter((word) => word !== "");
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
    }
    const shown = rows.filter(({ hidden }) => !hidden).length;
    count.textContent = words.length === 0 ? "" : `${shown} of ${rows.length}`;
  });
}

for (const table of all(".scroll table")) {
  if (table.tBodies[0].rows.length < 2) continue;
  sortable(table);
  filterable(table);
}
