// Raw trials: unpacked when somebody opens them.
const SVG = "http://www.w3.org/2000/svg";

async function rawTrials() {
  if (globalThis.DecompressionStream === undefined) {
    throw new Error("this browser has no DecompressionStream to unpack them with");
  }
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

const count = (value) => value.toLocaleString("en-US");
const counted = (samples) => samples === 1 ? "1 sample" : `${count(samples)} samples`;

const COLUMNS = [
  ["implementation", ({ cell }) => cell.implementation + (cell.copy ? ` (${cell.copy})` : "")],
  ["runtime", ({ cell }) => cell.runtime],
  ["m", ({ cell }) => count(cell.examples), "number"],
  ["B", ({ cell }) => count(cell.batchSize), "number"],
  ["threads", ({ cell }) => String(cell.threads), "number"],
  ["seed", ({ cell }) => String(cell.seed), "number"],
  ["round", ({ round }) => String(round), "number"],
  ["status", ({ status, reason }) => status + (reason ? `: ${reason}` : "")],
  ["samples", ({ samplesNs }) => count(samplesNs.length), "number"],
  ["started", ({ startedAt }) => startedAt],
];

// Samples in order from the left, their time upwards from 0, those of the warm-up shaded.
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
    "aria-label": `${counted(times.length)} in order, ${warmup} of them warm-up`,
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
      `${
        counted(times.length)
      }, ${range} per epoch, ${warmup} of them warm-up; the axis begins at 0`,
    ),
  ]);
}

// The parts of the network, and the rate, that differ between the trials.
function columnsFor(trials) {
  const differing = ["layerSizes", "hiddenActivation", "outputLoss", "rate"].filter((part) =>
    new Set(trials.map(({ trial: { cell } }) => String(cell[part]))).size > 1
  );
  if (differing.length === 0) return COLUMNS;
  const text = (part, value) =>
    part === "layerSizes" ? value.join("-") : part === "rate" ? `rate ${value}` : value;
  const network = ({ cell }) => differing.map((part) => text(part, cell[part])).join(" · ");
  return [...COLUMNS.slice(0, 2), ["network", network], ...COLUMNS.slice(2)];
}

function trialTable(trials, show) {
  const columns = columnsFor(trials);
  const rows = trials.map(({ trial, warmup }) => {
    const cells = columns.map(([, of, kind]) => element("td", of(trial), kind && { class: kind }));
    if (trial.samplesNs.length > 0) {
      const button = element("button", cells[0].textContent, { type: "button" });
      button.addEventListener("click", () => show(drawSamples(trial, warmup)));
      cells[0].replaceChildren(button);
    }
    return element("tr", cells);
  });
  const heads = columns.map(([title, , kind]) =>
    element("th", title, { scope: "col", ...(kind && { class: kind }) })
  );
  return element("table", [
    element("thead", element("tr", heads)),
    element("tbody", rows),
  ], { "aria-label": "Raw trials" });
}

const fold = document.querySelector(".raw-trials");
if (fold) {
  const state = fold.querySelector(".list-state");
  state.textContent = "";
  fold.addEventListener("toggle", async () => {
    state.textContent = "Unpacking …";
    try {
      const warmups = JSON.parse(document.getElementById("warm-ups").textContent);
      const trials = (await rawTrials()).map((trial, i) => ({ trial, warmup: warmups[i] }))
        .sort((a, b) => a.trial.startedAt < b.trial.startedAt ? -1 : 1);
      const shown = element("div", [], { "aria-live": "polite" });
      const table = trialTable(trials, (plot) => shown.replaceChildren(plot));
      const box = element("div", table, { class: "scroll tall" });
      fold.append(shown, box);
      sortable(table);
      filterable(table);
      watch(box);
      state.remove();
    } catch ({ message }) {
      state.textContent = `The trials cannot be listed: ${message}.`;
    }
  }, { once: true });
}
