import { relativeAddress } from "../site_map.ts";

const escape = (text) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(`"`, "&quot;");

/** Links to the headings, down to the third level where there are few of the second; none on short pages. */
function contentsOf(html) {
  const all = [...html.matchAll(/<h([23]) id="([^"]+)"[^>]*>(.*?)<\/h\1>/gs)];
  const main = all.filter(([, level]) => level === "2");
  const headings = main.length > 3 ? main : all;
  if (headings.length < 3) return "";
  const items = headings.map(([, level, id, text]) =>
    `<li class="level-${level}"><a href="#${id}">${text.replaceAll(/<\/?a\b[^>]*>/g, "")}</a></li>`
  );
  return `<details class="contents"><summary>On this page</summary><ul>${
    items.join("")
  }</ul></details>`;
}

const iconOf = (colour) =>
  `data:image/svg+xml,${
    encodeURIComponent(
      `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path d="M1 14 15 2v12z" fill="${colour}"/></svg>`,
    )
  }`;

export function render({ content, title, groups, isStart, page }) {
  const here = page.url.replace(/^\//, "").replace(/\/$/, "/index.html") || "index.html";
  const to = (output) => relativeAddress(here, output);
  const root = relativeAddress(here, "x").slice(0, -1);
  const item = ({ output, label }) =>
    `<li><a href="${to(output)}"${output === here ? ` aria-current="page"` : ""}>${
      escape(label)
    }</a></li>`;
  const navigation = groups.map((group) =>
    `<h2>${escape(group.title)}</h2><ul>${group.pages.map(item).join("")}</ul>`
  ).join("\n");
  return `<!doctype html>
<html lang="en" data-root="${root}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${
    isStart ? "Slope: which gradient, how does it scale, and why?" : `${escape(title)} · Slope`
  }</title>
<link rel="icon" href="${iconOf("#0b57d0")}">
<link rel="stylesheet" href="${root}style.css">
<link rel="stylesheet" href="${root}code.css">
<script src="${root}page.js"></script>
</head>
<body${isStart ? ` class="start"` : ""}>
<a class="skip" href="#content">Skip to the content</a>
<header>
<a class="brand" href="${
    to("index.html")
  }"><svg viewBox="0 0 16 16" aria-hidden="true"><path d="M1 14 15 2v12z"/></svg>Slope</a>
<search hidden>
<label class="unseen" for="search">Search the site</label>
<input id="search" type="search" placeholder="Search" autocomplete="off">
<div id="found" role="region" aria-label="Search results" aria-live="polite" hidden></div>
</search>
<button type="button" id="scheme" hidden>Dark</button>
<button type="button" class="menu" popovertarget="navigation">Menu</button>
</header>
<nav id="navigation" popover aria-label="Pages">
${navigation}
</nav>
<main id="content" tabindex="-1">
${isStart ? content : content.replace("</h1>", (end) => end + contentsOf(content))}
</main>
</body>
</html>
`;
}
