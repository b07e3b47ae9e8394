// Tables: sorted by a column, and only rows that hold some words.
const UNITS = { ns: 1, µs: 1e3, ms: 1e6, s: 1e9, B: 1, kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 };

// "8.12 µs [8.05, 8.31]" → 8120; undefined where there is no figure.
function figureOf(text) {
  const found = /(-|−|\+)?([\d,]+(?:\.\d+)?(?:e[+-]?\d+)?)(?: ([A-Za-zµ]+))?/.exec(text);
  if (!found) return undefined;
  const [, sign, digits, unit] = found;
  const size = Number(digits.replaceAll(",", "")) * (UNITS[unit] ?? 1);
  return sign === "-" || sign === "−" ? -size : size;
}

// What is no figure comes last, whether up or down.
function byFigure(a, b, down) {
  const [x, y] = [figureOf(a), figureOf(b)];
  if (x === undefined || y === undefined) return Number(x === undefined) - Number(y === undefined);
  return down ? y - x : x - y;
}

function byText(a, b, down) {
  const order = a.localeCompare(b, "en", { numeric: true });
  return down ? -order : order;
}

// A first click sorts upwards, a second downwards, a third gives the order back in which the rows were.
const NEXT = { none: "ascending", ascending: "descending", descending: "none" };

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
      const order = NEXT[head.getAttribute("aria-sort") ?? "none"];
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      if (order === "none") return body.append(...rows);
      head.setAttribute("aria-sort", order);
      const compare = head.classList.contains("number") ? byFigure : byText;
      const textOf = (row) => row.cells[column].textContent.trim();
      const sorted = rows.map((row) => ({ row, text: textOf(row) }))
        .sort((a, b) => compare(a.text, b.text, order === "descending"));
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
