import assert from "node:assert/strict";
import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { withFolder } from "../../../tests/support/cli.ts";
import { beginJournal, type DeformedSet, lookInto, noteBlock, partOf } from "./deform_files.ts";

const SET: DeformedSet = {
  deformation: 1,
  seed: 1,
  from: 0,
  examples: 900_000,
  rows: 28,
  columns: 28,
  source: { trainImages: "a", trainLabels: "b", testImages: "c", testLabels: "d" },
};

test("a line that is cut off becomes no block, however often the making is stopped", () =>
  withFolder(async (folder) => {
    const blocksIn = (): Set<number> => {
      const found = lookInto(folder, SET, false);
      assert.ok(found.state === "begun");
      return new Set(found.blocks);
    };
    writeFileSync(partOf(folder, "trainImages"), "");
    await beginJournal(folder, SET);
    const done = new Set<number>();
    for (const [written, cut] of [[[0, 1, 22], "2"], [[3, 31], "4"], [[2], ""]] as const) {
      for (const block of written) {
        noteBlock(folder, block);
        done.add(block);
      }
      appendFileSync(join(folder, "deform-unfinished.log"), cut);
      assert.deepEqual(blocksIn(), done);
      await beginJournal(folder, SET, blocksIn()); // as each call does that goes on
      assert.deepEqual(blocksIn(), done);
    }
  }));
