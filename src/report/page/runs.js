"use strict";
// The list of runs: two can be ticked to be compared, and rows change as runs come and go.

const form = document.getElementById("runs");
const button = document.getElementById("compare");
const ticked = () => [...form.querySelectorAll("input:checked")];

function check() {
  const count = ticked().length;
  button.disabled = count !== 2;
  button.textContent = count === 2 ? "Compare these two" : "Tick two runs to compare them";
}

// A third tick takes the first away.
let order = [];
form.addEventListener("change", ({ target }) => {
  order = [
    ...order.filter((value) => value !== target.value),
    ...(target.checked ? [target.value] : []),
  ];
  while (order.length > 2) {
    const gone = order.shift();
    for (const box of ticked()) if (box.value === gone) box.checked = false;
  }
  check();
});
check();

new EventSource("/events").addEventListener("runs", ({ data }) => {
  const kept = new Set(ticked().map(({ value }) => value));
  form.querySelector("tbody").innerHTML = JSON.parse(data);
  for (const box of form.querySelectorAll("input")) box.checked = kept.has(box.value);
  check();
});
