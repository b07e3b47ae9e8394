// A running sweep: after each trial, one event holds the whole view.

const at = (id) => document.getElementById(id);

function show({ state, latest, bar, report, plot, head, rows, problems }) {
  at("state").textContent = state;
  at("latest").textContent = latest;
  at("bar").hidden = bar === undefined;
  if (bar !== undefined) [at("bar").max, at("bar").value] = [bar.max, bar.value];
  at("report").hidden = report === undefined;
  at("report").textContent = report ?? "";
  at("figure").hidden = plot === "";
  const isFirst = at("plot").innerHTML === "" && plot !== "";
  at("plot").innerHTML = plot;
  // On a phone the plot is wider than the screen: its right end, the largest m, says most.
  if (isFirst) at("plot").scrollLeft = at("plot").scrollWidth;
  const [thead] = document.querySelectorAll("#cells thead");
  if (thead.innerHTML !== head) thead.innerHTML = head;
  setRows(thead.nextElementSibling, rows);
  at("troubles").hidden = problems === "";
  at("problems").innerHTML = problems;
}

// A run that cannot be read has no report; the last view of it stays.
function tell(text) {
  at("state").textContent = text;
  at("latest").textContent = "";
  at("bar").hidden = true;
  at("report").hidden = true;
}

const close = follow(`/runs/${encodeURIComponent(at("live").dataset.name)}/events`, {
  view: show,
  problem: tell,
  end(text) {
    close();
    tell(text);
  },
});
