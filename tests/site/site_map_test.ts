import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { deadLinks } from "../../site/check_links.ts";
import { addressOf, mapSite } from "../../site/site_map.ts";
import { withFolder } from "../support/cli.ts";

const LINKS: Readonly<Record<string, readonly string[]>> = {
  "docs/A.md": [
    "B.md#part",
    "#here",
    "https://example.org",
    "../src/x.ts",
    "../lib/",
    "../README.md",
    "picture.svg",
    "../demo/",
  ],
  "docs/B.md": ["A.md"],
  "demo/README.md": ["run.py"],
};
const FILES = ["docs/picture.svg", "src/x.ts", "lib/one.c", "lib/deep/two.c", "demo/run.py"];
const files = new Set([...Object.keys(LINKS), "README.md", ...FILES]);
const REPOSITORY = { files, bytesOf: () => 100, linksOf: (path: string) => LINKS[path] ?? [] };

test("a site takes in whatever its pages lead to, as page, code, folder or file", () => {
  const { sources, dead } = mapSite(["docs/A.md"], REPOSITORY);
  assert.deepEqual(dead, []);
  const outputs = [...sources].map(([path, { kind, output }]) => `${path} ${kind} ${output}`);
  assert.deepEqual(outputs.sort(), [
    "demo page demo/index.html",
    "demo/README.md page demo/index.html",
    "demo/run.py code demo/run.py.html",
    "docs/A.md page docs/A.html",
    "docs/B.md page docs/B.html",
    "docs/picture.svg copy docs/picture.svg",
    "lib folder lib/index.html",
    "lib/deep/two.c code lib/deep/two.c.html",
    "lib/one.c code lib/one.c.html",
    "src/x.ts code src/x.ts.html",
  ]);
  const addresses = LINKS["docs/A.md"].map((link) =>
    addressOf(link, sources.get("docs/A.md")!, sources)
  );
  assert.deepEqual(addresses, [
    "B.html#part",
    "#here",
    "https://example.org",
    "../src/x.ts.html",
    "../lib/index.html",
    "../index.html",
    "picture.svg",
    "../demo/index.html",
  ]);
  assert.equal(addressOf("deep/two.c", sources.get("lib")!, sources), "deep/two.c.html");
});

test("a link to what is not in the repository is dead, and names its page", () => {
  const linksOf = () => ["gone.md", "../src/gone/", "https://example.org"];
  assert.deepEqual(mapSite(["docs/A.md"], { ...REPOSITORY, linksOf }).dead, [
    "docs/A.md: gone.md",
    "docs/A.md: ../src/gone/",
  ]);
});

test("a long file is copied, not shown as code", () => {
  const { sources } = mapSite(["docs/A.md"], { ...REPOSITORY, bytesOf: () => 1e6 });
  assert.equal(sources.get("src/x.ts")!.output, "src/x.ts");
});

test("built pages are searched for missing files and headings, folders and absolute paths", async () => {
  await withFolder((folder) => {
    const pages = {
      "index.html":
        `<a href="a/b.html#yes"></a> <a href="a/b.html#no"></a> <a href="/a/b.html"></a>` +
        `<a href="a"></a><img src="gone.svg"><a href="https://example.org/gone"></a>` +
        `<script>const text = ' href="not a link"';</script><a href="#top"></a><p id="top"></p>`,
      "a/b.html": `<h2 id="yes"></h2><a href="../index.html"></a>`,
    };
    for (const [path, text] of Object.entries(pages)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    assert.deepEqual(deadLinks(folder), [
      "index.html: a/b.html#no: no such heading",
      "index.html: /a/b.html: leads outside a site that is opened from disk",
      "index.html: a: a folder, which a browser lists from disk",
      "index.html: gone.svg: no such file",
    ]);
  });
});
