import assert from "node:assert/strict";
import { test } from "node:test";
import type { Message } from "../format/protocol.ts";
import { checkMessages } from "./message_check.ts";
import { reasonText } from "../report/reason_words.ts";

const HELLO: Message = { type: "hello", protocol: 1, runtime: "deno", version: "2.9.6" };
const samples = (...seconds: number[]): Message => ({
  type: "samples",
  engine: "ordered",
  epochsPerSample: 1,
  samplesNs: seconds.map((s) => s * 1e9),
  interference: {},
});
const epoch = (seconds: number): Message => ({
  type: "epoch",
  epoch: 1,
  testAccuracy: 0.5,
  trainNs: seconds * 1e9,
  evaluateNs: 0,
});

/** Sends each message at its second; returns the first complaint. */
function complaint(said: readonly [second: number, Message][], token?: string) {
  let now = 0;
  const watch = checkMessages(() => now * 1e9, token);
  for (const [second, message] of said) {
    now = second;
    const fault = watch(message);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

const complaintText = (...said: Parameters<typeof complaint>): string => {
  const failure = complaint(...said);
  return failure === undefined ? "" : reasonText(failure);
};

test("an honest child is believed, also when its messages wait and arrive together", () => {
  const memory = {};
  const done: Message = { type: "done", memory, token: "secret", clockNs: 9.8e9 };
  assert.equal(
    complaint([[0.1, HELLO], [5, epoch(4)], [9, samples(1, 1, 1)], [10, done]], "secret"),
    undefined,
  );
  assert.equal(
    complaint([[10, HELLO], [10, epoch(4)], [10, samples(1, 1, 1)], [10, done]], "secret"),
    undefined,
  );
});

test("samples longer than the time that has passed are not believed", () => {
  assert.match(complaintText([[0, HELLO], [5, samples(9)]]), /add up to 9.00 s, but only 5.00 s/);
  assert.match(complaintText([[0, HELLO], [5, epoch(5)], [6, samples(4)]]), /only 6.00 s/);
});

test("samples that took far longer than reported are not believed", () => {
  assert.match(
    complaintText([[0, HELLO], [9, samples(0.1)]]),
    /100 ms, but taking them took 9.00 s/,
  );
});

test("a clock that runs at half speed is noticed", () => {
  const done: Message = { type: "done", memory: {}, clockNs: 10e9 };
  assert.match(complaintText([[0, HELLO], [20, done]]), /its clock is slow: 10.0 s .* 20.0 s/);
});

test("a repeated message, or a done without the token, is forged", () => {
  assert.match(complaintText([[0, HELLO], [1, samples(1)], [1, samples(1)]]), /second "samples"/);
  const done: Message = { type: "done", memory: {} };
  assert.match(complaintText([[0, HELLO], [1, done]], "secret"), /lacks the token/);
  assert.match(
    complaintText([[0, HELLO], [1, { ...done, token: "guess" }]], "secret"),
    /lacks the token/,
  );
});
