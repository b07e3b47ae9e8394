import assert from "node:assert/strict";
import { test } from "node:test";
import { isTimedUnnamed } from "../../gradients/availability.ts";
import { IMPLEMENTATIONS } from "../../gradients/all.ts";
import { looksOf, looksOfSeries } from "./looks.ts";

const NAMES = IMPLEMENTATIONS
  .filter((one) => !one.needs?.includes("gpu") && isTimedUnnamed(one))
  .map(({ name }) => name);

test("every implementation that is timed by default and needs no GPU has a colour of its own, and the usual baseline the first", () => {
  const slots = looksOf(NAMES).map((look) => look?.slot);
  assert.equal(new Set(slots).size, NAMES.length);
  assert.equal(slots[NAMES.indexOf("naive_loop")], 0);
  assert.ok(!slots.includes(undefined));
});

test("a name has one look in every run, whatever else is in it and in whatever order", () => {
  const all = looksOf(NAMES);
  for (let i = 0; i < NAMES.length; i++) {
    assert.deepEqual(looksOf([NAMES[i]]), [all[i]], NAMES[i]);
  }
  assert.deepEqual(looksOf(NAMES.toReversed()), all.toReversed());
  assert.deepEqual(looksOf([...NAMES.slice(0, 4), "mine"]).slice(0, 4), all.slice(0, 4));
});

test("neither a colour nor a symbol is used twice, and a tenth series has no look", () => {
  const many = looksOfSeries(
    ["deno", "bun"].flatMap((runtime) =>
      NAMES.slice(0, 5).map((implementation) => ({
        implementation,
        label: `${implementation} · ${runtime}`,
      }))
    ),
  );
  const there = many.filter((look) => look !== undefined);
  assert.equal(there.length, 9);
  assert.equal(new Set(there.map(({ colour }) => colour)).size, 9);
  // The library's triangle2 is a triangle, too.
  const shapes = there.map(({ symbol }) =>
    typeof symbol === "string" ? symbol.replace(/\d$/, "") : symbol
  );
  assert.equal(new Set(shapes).size, 9);
  assert.equal(many[9], undefined);
});
