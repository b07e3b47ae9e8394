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

// What is too wide for its place can be scrolled by keyboard.
const watched = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    target.toggleAttribute("tabindex", false);
    if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
  }
});
for (const box of all(".drawn")) watched.observe(box);

// Switches: pressed = shown, in plots and tables.
for (const bar of all(".switches")) {
  bar.hidden = false;
  const buttons = all("button[data-series]", bar);
  const isShown = (button) => button.getAttribute("aria-pressed") === "true";
  const show = (button, shown) => {
    button.setAttribute("aria-pressed", String(shown));
    const { series } = button.dataset;
    for (const mark of all(`svg .series-${series}, tr.series-${series}`)) {
      mark.classList.toggle("left-out", !shown);
    }
  };
  for (const button of buttons) {
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
  field.addEventListener("input", () => {
    const holds = wordsIn(field.value);
    buttons.forEach((one) => show(one, holds(one.textContent)));
  });
}

// Whether a text has all the words that somebody looks for.
function wordsIn(wanted) {
  const words = wanted.toLowerCase().split(/\s+/).filter((word) => word !== "");
  return (text) => words.every((word) => text.toLowerCase().includes(word));
}

for (const row of all("tr.series")) {
  row.addEventListener("pointerenter", () => look(seriesOf(row)));
  row.addEventListener("pointerleave", () => look());
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
  if (rows.length < 8) return;
  const label = document.createElement("label");
  const field = document.createElement("input");
  const count = document.createElement("output");
  field.type = "search";
  label.className = "filter";
  label.append("Rows with ", field, " ", count);
  table.closest(".scroll").before(label);
  field.addEventListener("input", () => {
    const holds = wordsIn(field.value);
    for (const row of rows) row.hidden = !holds(row.textContent);
    const shown = rows.filter(({ hidden }) => !hidden).length;
    count.textContent = field.value.trim() === "" ? "" : `${shown} of ${rows.length}`;
  });
}

for (const table of all(".scroll table:not(.facts)")) {
  if (table.tBodies[0].rows.length < 2) continue;
  sortable(table);
  // Rows of series have the switches.
  if (!table.querySelector("tr.series")) filterable(table);
}

// Raw trials: unpacked when somebody wants to see them.
const SVG = "http://www.w3.org/2000/svg";

async function rawTrials() {
  const bytes = Uint8Array.from(
    atob(document.getElementById("raw-run").textContent),
    (character) => character.charCodeAt(0),
  );
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  const { columns } = JSON.parse(await new Response(stream).text());
  const fields = Object.keys(columns);
  return columns.cell.map((_, i) =>
    Object.fromEntries(
      fields.flatMap((field) => columns[field][i] === null ? [] : [[field, columns[field][i]]]),
    )
  );
}

function element(name, content = [], attributes = {}) {
  const made = document.createElement(name);
  made.append(...[content].flat());
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

const COLUMNS = [
  ["implementation", ({ cell }) => cell.implementation + (cell.copy ? ` (${cell.copy})` : "")],
  ["runtime", ({ cell }) => cell.runtime],
  ["m", ({ cell }) => cell.examples.toLocaleString("en-US"), "number"],
  ["B", ({ cell }) => cell.batchSize.toLocaleString("en-US"), "number"],
  ["threads", ({ cell }) => String(cell.threads), "number"],
  ["seed", ({ cell }) => String(cell.seed), "number"],
  ["round", ({ round }) => String(round), "number"],
  ["status", ({ status, reason }) => status + (reason ? `: ${reason}` : "")],
  ["samples", ({ samplesNs }) => samplesNs.length.toLocaleString("en-US"), "number"],
  ["started", ({ startedAt }) => startedAt],
];

// Samples in their order from the left, their time upwards from 0; in the shade those of the warm-up.
function drawSamples({ samplesNs, epochsPerSample = 1 }, warmup) {
  const [width, height] = [700, 160];
  const times = samplesNs.map((ns) => ns / epochsPerSample / 1e6);
  const most = Math.max(...times) * 1.05;
  const x = (i) => (i + 0.5) / times.length * width;
  const y = (ms) => height - ms / most * height;
  const make = (name, attributes) => {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  };
  const svg = make("svg", {
    viewBox: `0 0 ${width} ${height}`,
    role: "img",
    class: "samples",
    "aria-label": `${times.length} samples in their order, ${warmup} of them warm-up`,
  });
  svg.append(
    make("rect", { class: "warm-up", width: warmup / times.length * width, height }),
    ...times.map((ms, i) =>
      make("circle", { cx: x(i), cy: y(ms), r: times.length > 200 ? 1.2 : 2.5 })
    ),
  );
  const range = `${Math.min(...times).toPrecision(3)} to ${Math.max(...times).toPrecision(3)} ms`;
  return element("figure", [
    svg,
    element(
      "figcaption",
      `${times.length} samples, ${range} per epoch, from 0; ${warmup} of warm-up`,
    ),
  ]);
}

const fold = document.querySelector(".raw-trials");
if (fold) {
  fold.hidden = false;
  fold.addEventListener("toggle", async () => {
    const warmups = JSON.parse(document.getElementById("warm-ups").textContent);
    const trials = (await rawTrials()).map((trial, i) => ({ trial, warmup: warmups[i] }))
      .sort((a, b) => a.trial.startedAt < b.trial.startedAt ? -1 : 1);
    const rows = trials.map(({ trial, warmup }) => {
      const cells = COLUMNS.map(([, of, kind]) =>
        element("td", of(trial), kind && { class: kind })
      );
      if (trial.samplesNs.length > 0) {
        const button = element("button", cells[0].textContent, { type: "button" });
        button.addEventListener("click", () => {
          shown.replaceChildren(drawSamples(trial, warmup));
        });
        cells[0].replaceChildren(button);
      }
      return element("tr", cells);
    });
    const heads = COLUMNS.map(([title, , kind]) =>
      element("th", title, { scope: "col", ...(kind && { class: kind }) })
    );
    const table = element("table", [
      element("thead", element("tr", heads)),
      element("tbody", rows),
    ]);
    const shown = element("div", [], { "aria-live": "polite" });
    const box = { class: "scroll tall", tabindex: "0", role: "group", "aria-label": "raw trials" };
    fold.append(shown, element("div", table, box));
    sortable(table);
    filterable(table);
  }, { once: true });
}
