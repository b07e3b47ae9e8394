// The list of runs: two ticked runs can be compared, and rows change as runs come and go.

const form = document.getElementById("runs");
const button = document.getElementById("compare");
const boxes = () => [...form.querySelectorAll("input")];

// Names of the ticked runs in the order of ticking, kept in the browser's history. The browser itself would restore
// boxes by their number, which belong to other runs after a new one has come.
let order = history.state?.ticked ?? [];

function showTicks() {
  const names = boxes().map(({ value }) => value);
  order = order.filter((name) => names.includes(name)).slice(-2);
  for (const box of boxes()) box.checked = order.includes(box.value);
  button.disabled = order.length !== 2;
  button.textContent = order.length === 2 ? "Compare these two" : "Tick two runs to compare them";
  history.replaceState({ ticked: order }, "");
}

form.addEventListener("change", ({ target }) => {
  order = order.filter((name) => name !== target.value);
  if (target.checked) order.push(target.value); // a third tick takes the first away
  showTicks();
});
addEventListener("pageshow", showTicks);
showTicks();

follow("/events", {
  runs(rows) {
    document.getElementById("problem").textContent = "";
    setRows(form.querySelector("tbody"), rows);
    showTicks();
  },
  problem: (text) => document.getElementById("problem").textContent = text,
  end: (text) => document.getElementById("problem").textContent = text,
});
