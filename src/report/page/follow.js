"use strict";
// What the pages share that show how things go: events of the server, and tables that change without losing focus.

const RETRY_MS = 3000;

// Listens while the page is looked at. A browser has six connections for a host: pages in the background must not
// keep theirs, or the seventh would wait for ever. The server tells all there is at the start of each.
// deno-lint-ignore no-unused-vars -- scripts that are put behind this one call it
function follow(address, handlers) {
  const connection = document.getElementById("connection");
  let source;
  let timer;
  function open() {
    clearTimeout(timer);
    if (source) return;
    source = new EventSource(address);
    source.addEventListener("open", () => connection.textContent = "");
    for (const [event, handle] of Object.entries(handlers)) {
      source.addEventListener(event, ({ data }) => handle(JSON.parse(data)));
    }
    source.addEventListener("error", () => {
      connection.textContent = "No connection: the server does not answer. Trying again.";
      // The browser tries again by itself only where nothing answered.
      if (source.readyState !== EventSource.CLOSED) return;
      close();
      timer = setTimeout(open, RETRY_MS);
    });
  }
  function close() {
    clearTimeout(timer);
    source?.close();
    source = undefined;
  }
  const adapt = () => document.visibilityState === "hidden" ? close() : open();
  document.addEventListener("visibilitychange", adapt);
  addEventListener("pagehide", close);
  addEventListener("pageshow", adapt);
  adapt();
  return close;
}

// Makes the rows of a table body those of `html`, by their keys: what is as it was stays in place, with its focus.
// deno-lint-ignore no-unused-vars -- likewise
function setRows(body, html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const wanted = [...template.content.children];
  const keys = new Set(wanted.map(({ dataset }) => dataset.key));
  const there = new Map([...body.rows].map((row) => [row.dataset.key, row]));
  for (const [key, row] of there) if (!keys.has(key)) row.remove();
  let next = body.firstElementChild;
  for (const fresh of wanted) {
    const row = there.get(fresh.dataset.key);
    if (row !== undefined) setCells(row, fresh);
    if (row === next && row !== undefined) next = next.nextElementSibling;
    else body.insertBefore(row ?? fresh, next);
  }
}

function setCells(row, fresh) {
  const focused = row.contains(document.activeElement) ? document.activeElement : undefined;
  const cells = [...fresh.cells];
  if (cells.length !== row.cells.length) row.replaceChildren(...cells);
  else {
    cells.forEach((cell, i) => {
      if (cell.outerHTML !== row.cells[i].outerHTML) row.cells[i].replaceWith(cell);
    });
  }
  if (focused === undefined || row.contains(focused)) return;
  const same = [...row.querySelectorAll("a")].find(({ href }) => href === focused.href);
  (same ?? row.querySelector("a"))?.focus({ preventScroll: true });
}
