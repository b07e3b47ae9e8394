import assert from "node:assert/strict";
import { test } from "node:test";
import { parseHTML } from "linkedom";
import { callTree } from "./call_tree.ts";
import { lineTold } from "./original_lines.ts";
import { makeCpuProfile } from "../../tests/support/cpu_profile.ts";
import { flameGraph } from "./flame_graph.ts";

const svgOf = (called?: string, title = "mine, m = 1,000") =>
  flameGraph(callTree(makeCpuProfile(called), lineTold), title);

const framesOf = (svg: string) => [...parseHTML(svg).document.querySelectorAll("g")];

test("a frame is as wide as its share of the time, below the one that called it", () => {
  const [step, multiply, collection] = framesOf(svgOf()).map((group) => {
    const rect = group.querySelector("rect")!;
    const of = (name: string) => Number(rect.getAttribute(name));
    return { x: of("x"), y: of("y"), width: of("width"), kind: rect.getAttribute("class") };
  });
  assert.deepEqual([step.x, step.width, step.kind], [0, 840, "kernel"]);
  assert.deepEqual([multiply.x, multiply.width], [0, 720]);
  assert.ok(multiply.y > step.y);
  assert.deepEqual([collection.x, collection.width], [840, 360]);
  assert.deepEqual([collection.y, collection.kind], [step.y, "collection"]);
});

test("each frame has its figures in a tooltip", () => {
  const titles = framesOf(svgOf()).map((group) => group.querySelector("title")!.textContent);
  assert.deepEqual(titles, [
    "step (in.ts:5): 70.0 % of the time, 10.0 % in itself",
    "multiply (product.js:9): 60.0 % of the time, 60.0 % in itself",
    "(garbage collector): 30.0 % of the time, 30.0 % in itself",
  ]);
});

test("names are escaped", () => {
  const evil = '</text><script>alert("1")</script>&';
  const svg = svgOf(evil, evil);
  assert.ok(!svg.includes("<script"));
  assert.ok(svg.includes("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;"));
});
