import assert from "node:assert/strict";
import { test } from "node:test";
import { findBrokenLinks } from "./check_links.ts";

const FILES = ["README.md", "docs/GUIDE.md", "docs/plot.svg", "src/model/sgd.ts", "src/model/"];

const broken = (pages: Record<string, string>) =>
  findBrokenLinks(new Map(Object.entries(pages)), (path) => FILES.includes(path));

test("links to files, headings and pages elsewhere are right", () => {
  assert.deepEqual(
    broken({
      "README.md":
        "[guide](docs/GUIDE.md#where-do-i-add-) ![plot](docs/plot.svg) [web](https://a.b/c)",
      "docs/GUIDE.md": "## Where do I add …?\n[up](../README.md) and [here](#where-do-i-add-)",
    }),
    [],
  );
});

test("a link to a missing file or heading is broken", () => {
  assert.deepEqual(
    broken({
      "README.md": "[a\nb](docs/NONE.md) [c](docs/GUIDE.md#none)",
      "docs/GUIDE.md": "# Guide\n[d](GUIDE.md) [e](#guid)",
    }),
    [
      "README.md: docs/NONE.md: no such file",
      "README.md: docs/GUIDE.md#none: no such heading",
      "docs/GUIDE.md: #guid: no such heading",
    ],
  );
});

test("a path in code marks is sought from the root, the page and src/", () => {
  assert.deepEqual(
    broken({
      "README.md": "`src/model/sgd.ts` `model/sgd.ts` `src/model/` `model/none.ts` `src/none/`",
    }),
    ["README.md: `model/none.ts`: no such file", "README.md: `src/none/`: no such file"],
  );
});

test("examples, patterns and files of a run are no paths", () => {
  assert.deepEqual(
    broken({
      "README.md":
        "`plots/*.svg` `src/**/*_test.ts` `mine.ts` `a/b`\n```ts\n[a](b.md) `src/c.ts`\n```\n",
    }),
    [],
  );
});
