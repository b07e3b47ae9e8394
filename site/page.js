// Search, and light or dark. A plain script, because pages from disk load no modules. Without it, the pages are whole.
"use strict";
{
  const root = document.documentElement;
  const remembered = () => {
    try {
      return localStorage.getItem("slope-scheme");
    } catch {
      return null; // storage may be forbidden
    }
  };
  const isDark = () =>
    (root.dataset.scheme ??
      (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  // Before the page is drawn, so that it does not flash.
  const scheme = remembered();
  if (scheme === "dark" || scheme === "light") root.dataset.scheme = scheme;

  const prepareScheme = () => {
    const button = document.getElementById("scheme");
    const tell = () => {
      button.textContent = isDark() ? "Light" : "Dark";
    };
    button.hidden = false;
    button.addEventListener("click", () => {
      root.dataset.scheme = isDark() ? "light" : "dark";
      try {
        localStorage.setItem("slope-scheme", root.dataset.scheme);
      } catch {
        // It holds for this page alone.
      }
      tell();
    });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", tell);
    tell();
  };

  const load = (name) =>
    new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = root.dataset.root + name;
      script.onload = resolve;
      script.onerror = () => reject(new Error(`Cannot load ${name}`));
      document.head.append(script);
    });

  let index;
  const openIndex = () =>
    index ??= (async () => {
      await Promise.all([load("minisearch.js"), load("search.js")]);
      const search = new MiniSearch({
        fields: ["title", "under", "text"],
        storeFields: ["at", "title", "under", "text"],
        tokenize: (text) => text.toLowerCase().split(/[^\p{L}\p{N}]+/u).filter(Boolean),
        searchOptions: {
          boost: { title: 4, under: 2 },
          prefix: true,
          fuzzy: 0.15,
          combineWith: "AND",
        },
      });
      search.addAll(globalThis.slopeSections.map((section, id) => ({ id, ...section })));
      return search;
    })();

  /** Some words around the first one that was found. */
  const excerpt = (text, terms) => {
    const lower = text.toLowerCase();
    const places = terms.map((term) => lower.indexOf(term)).filter((place) => place >= 0);
    const from = Math.max(0, Math.min(...places, text.length) - 40);
    return (from > 0 ? "…" : "") + text.slice(from, from + 120) +
      (text.length > from + 120 ? "…" : "");
  };

  const prepareSearch = () => {
    const area = document.querySelector("search");
    const field = document.getElementById("search");
    const found = document.getElementById("found");
    area.hidden = false;
    const element = (name, text) => {
      const one = document.createElement(name);
      one.textContent = text;
      return one;
    };
    const show = async () => {
      const wanted = field.value.trim();
      if (wanted === "") {
        found.hidden = true;
        return;
      }
      const hits = (await openIndex()).search(wanted).slice(0, 12);
      if (field.value.trim() !== wanted) return; // a later key was faster
      const items = hits.map(({ at, title, under, text, terms }) => {
        const link = document.createElement("a");
        link.href = root.dataset.root + at;
        link.append(
          element("b", title),
          element("small", [under, excerpt(text, terms)].filter(Boolean).join(" · ")),
        );
        const item = document.createElement("li");
        item.append(link);
        return item;
      });
      const list = document.createElement("ul");
      list.append(...items);
      found.replaceChildren(items.length > 0 ? list : element("p", "Nothing found."));
      found.hidden = false;
    };
    field.addEventListener("focus", openIndex);
    field.addEventListener("input", show);
    const step = (by) => {
      const stops = [field, ...found.querySelectorAll("a")];
      const next = stops[stops.indexOf(document.activeElement) + by];
      next?.focus();
    };
    area.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        step(event.key === "ArrowDown" ? 1 : -1);
        event.preventDefault();
      }
      if (event.key === "Enter" && event.target === field) found.querySelector("a")?.click();
      if (event.key === "Escape") {
        found.hidden = true;
        field.focus();
      }
    });
    document.addEventListener("click", (event) => {
      if (!area.contains(event.target) || event.target.closest("#found a")) found.hidden = true;
    });
    document.addEventListener("keydown", (event) => {
      if (
        event.key === "/" && !/^(?:INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName)
      ) {
        field.focus();
        event.preventDefault();
      }
    });
  };

  document.addEventListener("DOMContentLoaded", () => {
    prepareScheme();
    prepareSearch();
  });
}
