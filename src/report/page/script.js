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
