import assert from "node:assert/strict";
import { test } from "node:test";
import { fileReader, openInterferenceMeter } from "./interference.ts";

/** Something for the process to spend CPU time on. */
function work(): number {
  let x = 0;
  for (let i = 0; i < 3e6; i++) x = x * 0.999 + 0.001;
  return x;
}

test("each sample has its entry, and none has the time between samples", () => {
  const interferenceMeter = openInterferenceMeter();
  for (let sample = 0; sample < 3; sample++) {
    work(); // before the sample
    interferenceMeter.open();
    if (sample === 1) { for (let i = 0; i < 20; i++) work(); }
    interferenceMeter.close();
    interferenceMeter.close(); // a second time does nothing
  }
  const entries = interferenceMeter.entries(3);
  assert.ok(entries);
  assert.equal(entries.cpuNs.length, 3);
  assert.equal(entries.involuntarySwitches.length, 3);
  assert.ok(entries.cpuNs[1] > 1e6 && entries.cpuNs[1] > entries.cpuNs[0], `${entries.cpuNs}`);
  for (const known of [entries.waitNs, entries.pressureNs, entries.stealNs]) {
    if (known !== undefined) assert.equal(known.length, 3);
  }
});

test("no entries are given if the samples differ from the recorded ones, or there are none", () => {
  const interferenceMeter = openInterferenceMeter();
  assert.equal(interferenceMeter.entries(0), undefined);
  interferenceMeter.open();
  interferenceMeter.close();
  assert.equal(interferenceMeter.entries(2), undefined);
  assert.ok(interferenceMeter.entries(1));
});

test("only the first thousand samples are recorded", () => {
  const interferenceMeter = openInterferenceMeter();
  for (let i = 0; i < 1200; i++) {
    interferenceMeter.open();
    interferenceMeter.close();
  }
  assert.equal(interferenceMeter.entries(1200)?.cpuNs.length, 1000);
});

test("an unreadable system file is named with the reason and not tried again", () => {
  const asked: string[] = [];
  const files = fileReader((path) => {
    asked.push(path);
    if (path === "/proc/pressure/cpu") return "some avg10=0.00 total=5\nfull total=1\n";
    if (path === "/proc/stat") return "cpu without figures";
    throw new Error("no permission");
  });
  const meter = openInterferenceMeter(files);
  meter.open();
  meter.close();
  const entries = meter.entries(1);
  assert.deepEqual(entries?.unreadable, [
    { path: "/proc/self/schedstat", message: "no permission" },
    { path: "/proc/stat", message: "it has another format" },
  ]);
  assert.deepEqual([entries?.waitNs, entries?.pressureNs, entries?.stealNs], [
    undefined,
    [0],
    undefined,
  ]);
  assert.equal(asked.filter((path) => path === "/proc/stat").length, 1);
});
