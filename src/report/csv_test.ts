import assert from "node:assert/strict";
import { test } from "node:test";
import { makeRun, makeTrials } from "../../tests/support/trials.ts";
import { summarise } from "../summary/summarise.ts";
import type { Summary } from "../format/summary.ts";
import { csvFormat } from "./csv.ts";

async function rowsOf(summary: Summary): Promise<Record<string, string>[]> {
  const [{ path, content }] = await csvFormat.render(summary);
  assert.equal(path, "cells.csv");
  assert.ok(content.endsWith("\r\n"));
  const [header, ...rows] = parse(content);
  assert.equal(new Set(header).size, header.length);
  return rows.map((row) => {
    assert.equal(row.length, header.length);
    return Object.fromEntries(row.map((text, i) => [header[i], text]));
  });
}

/** RFC 4180, by its grammar and not by the code under test. */
function parse(text: string): string[][] {
  const rows: string[][] = [[]];
  const fields = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy;
  for (const [, quoted, plain, end] of text.matchAll(fields)) {
    rows[rows.length - 1].push(quoted?.replaceAll('""', '"') ?? plain);
    if (end === "\r\n") rows.push([]);
  }
  assert.deepEqual(rows.pop(), [], "the last line is not closed");
  return rows;
}

const run = makeRun();
const summary = summarise(run, makeTrials(run), "run");

test("the rows are the cells of the summary, digit for digit", async () => {
  const rows = await rowsOf(summary);
  assert.equal(rows.length, 21);
  summary.cells.forEach((cell, i) => {
    const row = rows[i];
    assert.equal(row.implementation, cell.cell.implementation);
    assert.equal(Number(row.examples), cell.cell.examples);
    assert.equal(row.layer_sizes, "784-16-16-10");
    assert.equal(Number(row.epoch_ns), cell.nsPerEpoch.value);
    assert.equal(Number(row.epoch_low_ns), cell.nsPerEpoch.low);
    assert.equal(Number(row.example_high_ns), cell.nsPerExample.high);
    assert.equal(Number(row.speedup_ratio), cell.speedup?.value);
    assert.equal(Number(row.test_accuracy_share), cell.testAccuracy);
    assert.equal(Number(row.peak_rss_bytes), cell.peakRssBytes);
    assert.equal(Number(row.last_loss), cell.epochs.at(-1)?.loss);
    assert.equal(row.verdict, cell.verdict);
  });
});

test("what is unknown is empty, not zero", async () => {
  const [{ memory: _, ...trial }] = makeTrials(run);
  const [row] = await rowsOf(summarise(run, [trial], "run"));
  assert.equal(row.peak_rss_bytes, "");
  assert.equal(row.time_to_90_ns, "");
});

test("names with commas, quotes and line ends stay one field", async () => {
  const name = 'a,"b"\r\nc';
  const odd = makeRun({ plan: { implementations: [name], baseline: name, sizes: [1000] } });
  const [row] = await rowsOf(summarise(odd, makeTrials(odd), "run"));
  assert.equal(row.implementation, name);
  assert.equal(row.runtime, "deno");
});

test("a run without cells has a header alone", async () => {
  assert.deepEqual(await rowsOf(summarise(run, [], "run")), []);
});
