import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { examineExample } from "../../scripts/gallery/examine_example.ts";
import { EXAMPLES, type Found, idOf, RECORD } from "../../scripts/gallery/gallery_page.ts";
import { NEEDS_PYTHON, PYTHON } from "../support/python.ts";

const recorded: Found = JSON.parse(readFileSync(RECORD, "utf8"));

for (const file of EXAMPLES) {
  const isRight = idOf(file) === "right";
  test(
    `${file} of the gallery has ${isRight ? "no finding" : `${idOf(file)} as its first finding`}`,
    file.endsWith(".py") ? NEEDS_PYTHON : {},
    async () => {
      const found = await examineExample(file, PYTHON ?? "");
      assert.equal(found[0]?.id, isRight ? undefined : idOf(file));
      const told = (all: typeof found) => all.map(({ id, layers }) => [id, ...layers].join(" "));
      assert.deepEqual(told(found), told(recorded[file]));
      const place = found[0] && "place" in found[0] ? found[0].place : undefined;
      if (place) assert.match(place.source ?? "", /# wrong/, "another line than the marked one");
    },
  );
}
