import assert from "node:assert/strict";
import { test } from "node:test";
import { withPackedLinks } from "./packed_links.ts";

test("a link to what is not packed becomes its words; all else stays", () => {
  const packed = ["README.md", "docs/GUIDE.md", "docs/a.svg", "examples"];
  const of = (text: string, page = "docs/GUIDE.md") =>
    withPackedLinks(page, text, (path) => packed.includes(path.replace(/\/$/, "")));
  for (
    const kept of [
      "[README](../README.md#start), [here](#here), [site](https://a.b/c), ![a](a.svg)",
      "[`examples/`](../examples/)",
      "`[a](b.md)` and\n```md\n[a](b.md)\n```\n",
    ]
  ) {
    assert.equal(of(kept), kept);
  }
  assert.equal(
    of("see [the\ntests](../tests/) and [`a.ts`](a.ts#x)."),
    "see the\ntests and `a.ts`.",
  );
  assert.equal(of("[a](b.md) `x` [README](../README.md)"), "a `x` [README](../README.md)");
  assert.equal(of("![plot](plots/a.svg)", "README.md"), "plot");
});
