import assert from "node:assert/strict";
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { InputError } from "../base/errors.ts";
import type { Cell } from "../format/trial_record.ts";
import { skippedTrial } from "../trial/run_trial.ts";
import { journalTail, openJournal, readJournal, repairJournal } from "./journal.ts";

const CELL: Cell = {
  implementation: "naive_loop",
  runtime: "deno",
  examples: 1000,
  batchSize: 10,
  layerSizes: [784, 16, 16, 10],
  hiddenActivation: "sigmoid",
  outputLoss: "sigmoid-quadratic",
  rate: 3,
  precision: "float64",
  threads: 1,
  seed: 1,
};

function withJournal(body: (path: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), "slope-journal-"));
  try {
    body(join(folder, "trials.jsonl"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const WHY = { kind: "unavailable", message: "why not" } as const;

test("a journal gives back the records that were appended, in order", () => {
  withJournal((path) => {
    const journal = openJournal(path);
    const records = [1, 2, 3].map((round) => skippedTrial(CELL, round, WHY));
    records.forEach((record) => journal.append(record));
    journal.close();
    assert.deepEqual(readJournal(path).trials, records);
  });
});

test("a last line that was cut is left out and repaired, and nothing before it is lost", () => {
  withJournal((path) => {
    const journal = openJournal(path);
    journal.append(skippedTrial(CELL, 1, WHY));
    journal.close();
    const whole = readFileSync(path);
    appendFileSync(path, whole.subarray(0, whole.length >> 1));
    const content = readJournal(path);
    assert.equal(content.trials.length, 1);
    assert.equal(content.cutBytes, whole.length >> 1);
    repairJournal(path, content);
    assert.deepEqual(readFileSync(path), whole);
  });
});

test("a damaged line in the middle is an error that names the line", () => {
  withJournal((path) => {
    const line = JSON.stringify(skippedTrial(CELL, 1, WHY));
    writeFileSync(path, `${line}\n{"schema":1,"status":\n${line}\n`);
    assert.throws(
      () => readJournal(path),
      (error: unknown) => error instanceof InputError && /jsonl:2: not a JSON/.test(error.message),
    );
  });
});

test("a record of another schema is refused with the version it has", () => {
  withJournal((path) => {
    writeFileSync(path, JSON.stringify({ ...skippedTrial(CELL, 1, WHY), schema: 7 }) + "\n");
    assert.throws(
      () => readJournal(path),
      (error: unknown) =>
        error instanceof InputError && /schema is 7, expected 1/.test(error.message),
    );
  });
});

test("a record that lacks a field is refused with the field's name", () => {
  withJournal((path) => {
    const { round: _, ...rest } = skippedTrial(CELL, 1, WHY);
    writeFileSync(path, JSON.stringify(rest) + "\n");
    assert.throws(
      () => readJournal(path),
      (error: unknown) => error instanceof InputError && /round/.test(error.message),
    );
  });
});

test("a folder in the place of a journal is bad input with place and hint, and no defect", () => {
  withJournal((path) => {
    mkdirSync(path);
    for (const read of [() => readJournal(path), journalTail(path)]) {
      assert.throws(read, (error: unknown) => {
        assert.ok(error instanceof InputError);
        assert.match(error.message, /^Cannot read ".*trials\.jsonl": /);
        assert.match(error.hint ?? "", /restore the file from a copy/);
        return true;
      });
    }
  });
});

test("what follows a journal gets each record once, when its line is whole", () => {
  withJournal((path) => {
    const next = journalTail(path);
    assert.deepEqual(next(), []); // not there yet
    const [first, second] = [1, 2].map((round) =>
      skippedTrial(CELL, round, { kind: "unavailable", message: "warum nicht: größer" })
    );
    const line = new TextEncoder().encode(JSON.stringify(second) + "\n");
    writeFileSync(path, JSON.stringify(first) + "\n");
    appendFileSync(path, line.subarray(0, line.length - 9));
    assert.deepEqual(next(), [first]);
    assert.deepEqual(next(), []);
    appendFileSync(path, line.subarray(line.length - 9));
    assert.deepEqual(next(), [second]);
  });
});

test("a journal that has gone or become shorter while it was followed is an error", () => {
  withJournal((path) => {
    const next = journalTail(path);
    writeFileSync(path, `${JSON.stringify(skippedTrial(CELL, 1, WHY))}\n`);
    next();
    writeFileSync(path, "");
    assert.throws(next, /Cannot read .*it has 0 bytes and had \d+ before/);
    rmSync(path);
    assert.throws(next, /Cannot read .*trials\.jsonl/);
  });
});
