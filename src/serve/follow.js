"use strict";
// Shared by the pages that follow a sweep: events of the server, and tables that change without losing focus.

const RETRY_MS = 3000;
// A browser has six connections to a host: pages may keep this many, the others stay free for opening pages.
const PLACES = 4;
// How often a page without a place asks.
const ASK_MS = 5000;

// Listens while the page is visible: a page in the background keeps no connection, or the seventh page would wait for
// ever. Without a free place, a page asks now and then. The server sends the whole view at the start of each connection.
// deno-lint-ignore no-unused-vars -- called by the scripts behind this one
function follow(address, handlers) {
  const connection = document.getElementById("connection");
  let isOpen = false;
  let turn = 0;
  let timer;
  let source;
  let leave;
  async function open() {
    if (isOpen) return;
    isOpen = true;
    const own = ++turn;
    const place = await takePlace();
    if (own !== turn) return place?.();
    leave = place;
    source = new EventSource(address);
    source.addEventListener("open", () => connection.textContent = "");
    for (const [event, handle] of Object.entries(handlers)) {
      source.addEventListener(event, ({ data }) => {
        handle(JSON.parse(data));
        if (place === undefined && own === turn) openAgain(ASK_MS);
      });
    }
    source.addEventListener("error", () => {
      connection.textContent = "No connection: the server does not answer. Trying again.";
      // The browser itself tries again only if nothing answered.
      if (source?.readyState === EventSource.CLOSED) openAgain(RETRY_MS);
    });
  }
  function openAgain(afterMs) {
    close();
    timer = setTimeout(open, afterMs);
  }
  function close() {
    isOpen = false;
    turn++;
    clearTimeout(timer);
    source?.close();
    leave?.();
    [source, leave] = [undefined, undefined];
  }
  const adapt = () => {
    if (document.visibilityState === "hidden") close();
    else {
      clearTimeout(timer);
      open();
    }
  };
  document.addEventListener("visibilitychange", adapt);
  addEventListener("pagehide", close);
  addEventListener("pageshow", adapt);
  adapt();
  return close;
}

// Takes one of the places that all pages of this server share in a browser and returns a function that gives it back;
// undefined if all are taken.
async function takePlace() {
  for (let place = 0; place < PLACES; place++) {
    const leave = await new Promise((resolve) => {
      navigator.locks.request(`slope-events-${place}`, { ifAvailable: true }, (lock) => {
        // Held until the returned promise resolves.
        if (lock) return new Promise((leave) => resolve(leave));
        resolve(undefined);
      });
    });
    if (leave) return leave;
  }
}

// Updates the rows of a table body to those of `html`, by their keys: unchanged rows keep their place and focus.
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
