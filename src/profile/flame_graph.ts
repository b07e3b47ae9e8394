import { basename } from "node:path";
import type { CallNode } from "./call_tree.ts";
import { formatDuration, formatPercent } from "../report/numbers.ts";
import { fitting } from "../report/plots/text_width.ts";
import { escapeXml } from "../report/plots/xml.ts";

const WIDTH = 1200;
const ROW = 18;
const TOP = 46;
const BOTTOM = 26;
/** Narrower frames would be invisible. */
const LEAST_WIDTH = 0.4;
const MOST_ROWS = 64;
const FONT_SIZE = 11;
/** px that a readable name needs. */
const ROOM_FOR_NAME = 20;

type Kind = "kernel" | "slope" | "runtime" | "collection";
const KINDS: Record<Kind, { legend: string; light: string; dark: string }> = {
  kernel: { legend: "implementation", light: "#f2b37a", dark: "#8a4b14" },
  slope: { legend: "harness", light: "#a9c7e8", dark: "#2d5580" },
  runtime: { legend: "runtime", light: "#d5dae0", dark: "#434d57" },
  collection: { legend: "garbage collection", light: "#e79aa5", dark: "#8c2f3e" },
};

/**
 * Draws a call tree as a self-contained SVG (B. Gregg, The Flame Graph, ACM Queue 14 (2), 2016). The width of a frame is
 * its share of the time; callers stand above what they call, the hottest call on the left. A tooltip shows the
 * figures of each frame.
 */
export function flameGraph(tree: CallNode, title: string): string {
  const frames: string[] = [];
  let rows = 0;
  let hidden = 0;
  const draw = (node: CallNode, x: number, row: number): void => {
    const width = node.totalUs / tree.totalUs * WIDTH;
    if (width < LEAST_WIDTH || row >= MOST_ROWS) {
      hidden++;
      return;
    }
    rows = Math.max(rows, row + 1);
    frames.push(frame(node, x, TOP + row * ROW, width, tree.totalUs));
    drawAll(node.children, x, row + 1);
  };
  const drawAll = (nodes: readonly CallNode[], x: number, row: number): void => {
    let next = x;
    for (const node of nodes) {
      draw(node, next, row);
      next += node.totalUs / tree.totalUs * WIDTH;
    }
  };
  drawAll(tree.children, 0, 0);
  const height = TOP + rows * ROW + BOTTOM;
  const kinds = Object.entries(KINDS) as [Kind, (typeof KINDS)[Kind]][];
  const legend = kinds.map(([kind, { legend }], i) =>
    `<rect class="${kind}" x="${WIDTH - 4 * 150 + i * 150}" y="26" width="12" height="12"/>` +
    `<text x="${WIDTH - 4 * 150 + i * 150 + 17}" y="36">${legend}</text>`
  );
  const note = `${formatDuration(tree.totalUs * 1000)} of samples` +
    (hidden > 0 ? `; ${hidden} frames too narrow or too deep to draw` : "");
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="title" font-family="system-ui, sans-serif" font-size="11">`,
    `<title id="title">${escapeXml(title)}</title>`,
    "<style>",
    "svg { background: #fff; } text { fill: #1d2125; } .note { fill: #59636e; } rect { stroke: #fff; stroke-width: .5; }",
    ...kinds.map(([kind, { light }]) => `.${kind} { fill: ${light}; }`),
    "g:hover rect { stroke: #000; stroke-width: 1.5; }",
    "@media (prefers-color-scheme: dark) {",
    "svg { background: #15191e; } text { fill: #dfe4ea; } .note { fill: #9aa5b1; } rect { stroke: #15191e; }",
    ...kinds.map(([kind, { dark }]) => `.${kind} { fill: ${dark}; }`),
    "g:hover rect { stroke: #fff; }",
    "}",
    "</style>",
    `<text x="4" y="18" font-size="14" font-weight="600">${escapeXml(title)}</text>`,
    ...legend,
    ...frames,
    `<text class="note" x="4" y="${height - 9}">${escapeXml(note)}</text>`,
    "</svg>",
    "",
  ].join("\n");
}

function frame(node: CallNode, x: number, y: number, width: number, allUs: number): string {
  const place = node.url === ""
    ? ""
    : ` (${basename(node.url)}${node.line > 0 ? `:${node.line}` : ""})`;
  const self = formatPercent(node.selfUs / allUs, 1);
  const told = `${node.name}${place}: ${formatPercent(node.totalUs / allUs, 1)} of the time, ` +
    `${self} in itself`;
  const room = width - 6;
  const label = fitting(node.name, room, FONT_SIZE);
  return `<g><title>${escapeXml(told)}</title>` +
    `<rect class="${kindOf(node)}" x="${x.toFixed(2)}" y="${y}" ` +
    `width="${width.toFixed(2)}" height="${ROW - 1}"/>` +
    (room < ROOM_FOR_NAME
      ? ""
      : `<text x="${(x + 3).toFixed(2)}" y="${y + 12}">${escapeXml(label)}</text>`) +
    "</g>";
}

/** A plug-in may lie anywhere, so whatever is neither harness nor runtime is the implementation. */
function kindOf({ name, url }: CallNode): Kind {
  if (name === "(garbage collector)") return "collection";
  if (url === "" || /^(node|ext|bun|native|builtin):/.test(url)) return "runtime";
  if (/\/(site|dist)-packages\/|\/lib\/python\d/.test(url)) return "runtime"; // what Python came with
  return /\/src\/((trial|base|data)\/|model\/sgd\.ts)|\/kits\/python\//.test(url)
    ? "slope"
    : "kernel";
}
