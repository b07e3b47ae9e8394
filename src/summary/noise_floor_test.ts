import assert from "node:assert/strict";
import test from "node:test";
import { makeTrial } from "../../tests/support/trials.ts";
import { noiseFloorOf, withoutCopy } from "./noise_floor.ts";

/** The trials of one cell with these ns per epoch, round by round; NaN: that round has none. */
function cellOf(examples: number, epochNs: readonly number[], copy?: "twin" | "reference") {
  const { cell } = makeTrial({ cell: { examples, ...(copy && { copy }) } });
  const steady = epochNs.flatMap((ns, i) =>
    Number.isNaN(ns) ? [] : [{ round: i + 1, sorted: Float64Array.of(ns) }]
  );
  return { cell, steady };
}

test("the noise floor is the greatest factor between a twin and its original, either way", () => {
  const floor = noiseFloorOf([
    cellOf(1000, [100, 100, 100]),
    cellOf(1000, [101, 101, 101], "twin"),
    cellOf(2000, [200, 200, 200]),
    cellOf(2000, [190, 190, 190], "twin"),
  ]);
  assert.ok(floor);
  assert.equal(floor.implementation, "fused_typed");
  assert.ok(Math.abs(floor.floor - (200 / 190 - 1)) < 1e-12, `${floor.floor}`);
  assert.deepEqual(floor.cells.map(({ cell, rounds }) => [cell.examples, cell.copy, rounds]), [
    [1000, undefined, 3],
    [2000, undefined, 3],
  ]);
  assert.ok(Math.abs(floor.cells[0].ratio - 1.01) < 1e-12);
});

test("a machine that drifts from round to round leaves the noise floor alone: rounds are paired", () => {
  const floor = noiseFloorOf([
    cellOf(1000, [100, 300, 200, NaN, 50]),
    cellOf(1000, [102, 306, 204, 900, NaN], "twin"),
  ]);
  assert.ok(floor && Math.abs(floor.floor - 0.02) < 1e-12, `${floor?.floor}`);
  assert.equal(floor.cells[0].rounds, 3);
});

test("without a twin, its original or a common round there is no noise floor, rather than zero", () => {
  assert.equal(noiseFloorOf([]), undefined);
  assert.equal(noiseFloorOf([cellOf(1000, [100]), cellOf(1000, [110], "reference")]), undefined);
  assert.equal(noiseFloorOf([cellOf(1000, [100], "twin"), cellOf(2000, [100])]), undefined);
  assert.equal(
    noiseFloorOf([cellOf(1000, [100, NaN]), cellOf(1000, [NaN, 100], "twin")]),
    undefined,
  );
});

test("a cell without its copy is the cell that it is a copy of", () => {
  const { cell } = makeTrial();
  assert.deepEqual(withoutCopy({ ...cell, copy: "twin" }), cell);
});
