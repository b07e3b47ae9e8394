import assert from "node:assert/strict";
import { test } from "node:test";
import { mcnemar } from "./mcnemar.ts";

/** Examples that only one got right, and some that both or neither did. */
function answers(onlyOwn: number, onlyBaseline: number): [Uint8Array, Uint8Array] {
  const kinds = [[onlyOwn, 1, 0], [onlyBaseline, 0, 1], [7, 1, 1], [5, 0, 0]];
  const side = (place: 1 | 2) =>
    Uint8Array.from(kinds.flatMap((kind) => Array<number>(kind[0]).fill(kind[place])));
  return [side(1), side(2)];
}

test("the examples that one alone got right are counted, and give the p-value of the binomial", () => {
  const { onlyOwn, onlyBaseline, pValue } = mcnemar(...answers(1, 7));
  assert.deepEqual([onlyOwn, onlyBaseline], [1, 7]);
  // 2 · (1 + 8) / 2⁸
  assert.ok(Math.abs(pValue - 18 / 256) < 1e-12);
});

test("equal counts, and none at all, are no difference", () => {
  assert.equal(mcnemar(...answers(30, 30)).pValue, 1);
  assert.equal(mcnemar(...answers(0, 0)).pValue, 1);
});

test("the binomial and its approximation meet where one takes over from the other", () => {
  const exact = mcnemar(...answers(470, 530)).pValue;
  const approximate = mcnemar(...answers(471, 531)).pValue;
  assert.ok(Math.abs(exact / approximate - 1) < 0.02, `${exact} and ${approximate}`);
  assert.ok(exact > 0.05 && exact < 0.07);
});
