// Tables: sort by a column, and show only rows that contain some words.
const UNITS = { ns: 1, µs: 1e3, ms: 1e6, s: 1e9, B: 1, kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 };

const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

// "8.12 µs [8.05, 8.31]" → 8120, "3.1 × 10⁻⁷" → 3.1e-7; undefined without a figure.
function figureOf(text) {
  const found = /(−)?([\d,]+(?:\.\d+)?)(?: × 10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+))?(?: ([A-Za-zµ]+))?/.exec(text);
  if (!found) return undefined;
  const [, minus = "", digits, power = "⁰", unit] = found;
  const exponent = [...power].map((one) => one === "⁻" ? "-" : SUPERSCRIPTS.indexOf(one)).join("");
  const size = Number(`${digits.replaceAll(",", "")}e${exponent}`) * (UNITS[unit] ?? 1);
  return minus ? -size : size;
}

// Cells without a figure come last in both directions.
function byFigure(a, b, down) {
  const [x, y] = [figureOf(a), figureOf(b)];
  if (x === undefined || y === undefined) return Number(x === undefined) - Number(y === undefined);
  return down ? y - x : x - y;
}

const byText = (a, b, down) => (down ? -1 : 1) * a.localeCompare(b, "en", { numeric: true });

// The first click sorts upwards, the second downwards, the third restores the first order.
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
  // The switches filter rows of series.
  if (!table.querySelector("tr.series")) filterable(table);
}
