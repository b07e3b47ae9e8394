import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { withFolder } from "../../tests/support/cli.ts";
import { SLOW } from "../../tests/support/slow.ts";
import { CURRENT_RUNTIME } from "../base/runtime.ts";
import type { DescribedImplementation } from "../format/protocol.ts";
import type { Request } from "../format/request.ts";
import { PROTOCOL_VERSION } from "../format/protocol_version.ts";
import { type Answer, ask } from "./ask.ts";
import { findRuntime } from "./runtimes.ts";

const found = await findRuntime(CURRENT_RUNTIME.name);
assert.ok(found.available);
const { runtime } = found;

const DESCRIBE = { type: "describe", protocol: PROTOCOL_VERSION } as const;
const CEILINGS: Extract<Request, { type: "ceilings" }> = {
  type: "ceilings",
  protocol: PROTOCOL_VERSION,
  budgetNs: 1e6,
  threads: 1,
  buffersBytes: [65_536],
};

/** Asks a program that answers every request with these lines, and stays. */
async function askProgram<R extends Request>(
  request: R,
  lines: readonly unknown[],
  signal?: AbortSignal,
): Promise<Answer<R>> {
  let answer: Answer<R> | undefined;
  await withFolder(async (folder) => {
    const script = join(folder, "program.mjs");
    const code = lines.map((line) => `console.log(${JSON.stringify(JSON.stringify(line))});`);
    writeFileSync(script, [...code, "setInterval(() => {}, 1000);"].join("\n"));
    const permissions = { read: [folder], needs: [] };
    answer = await ask(runtime, request, { permissions, timeoutMs: 20_000, script, signal });
  });
  return answer!;
}

const PACE = { type: "pace", nsPerExample: 1 };

test(
  "the reply is that of the request, and comes with the memory of the process",
  SLOW,
  async () => {
    const answer = await ask(runtime, DESCRIBE, {
      permissions: { read: [], needs: [] },
      timeoutMs: 30_000,
    });
    assert.ok(answer.ended === "reply");
    const reply: readonly DescribedImplementation[] = answer.reply; // by its type, too
    assert.ok(reply.some(({ name }) => name === "naive_loop"));
    const { peakRssBytes } = answer;
    assert.ok(peakRssBytes === undefined || peakRssBytes > 2 ** 20, String(peakRssBytes));
  },
);

test("a failure keeps the messages that came before it", SLOW, async () => {
  const answer = await askProgram(DESCRIBE, [PACE, { type: "odd" }]);
  assert.ok(answer.ended === "failed");
  assert.equal(answer.failure.kind, "invalid-message");
  assert.deepEqual(answer.messages, [PACE]);
});

test("an answer to another request is a failure", SLOW, async () => {
  const described = { type: "implementations", implementations: [] };
  const answer = await askProgram(CEILINGS, [described]);
  assert.ok(answer.ended === "failed" && answer.failure.kind === "invalid-message");
  assert.match(answer.failure.message ?? "", /does not answer "ceilings"/);
});

test(
  "a message for which the listener fails the process is not part of the answer",
  SLOW,
  async () => {
    await withFolder(async (folder) => {
      const script = join(folder, "program.mjs");
      const lines = [PACE, { type: "implementations", implementations: [] }];
      writeFileSync(
        script,
        lines.map((one) => `console.log('${JSON.stringify(one)}');`).join("\n"),
      );
      const answer = await ask(runtime, DESCRIBE, {
        permissions: { read: [folder], needs: [] },
        timeoutMs: 20_000,
        script,
        onMessage: ({ type }, child) =>
          child.fail({ kind: "forged-message", sent: type, problem: "repeated" }),
      });
      assert.ok(answer.ended === "failed");
      assert.deepEqual([answer.failure.kind, answer.messages], ["forged-message", []]);
    });
  },
);

test(
  "a program that does not exit after its last message is killed, and its reply counts",
  SLOW,
  async () => {
    const described = { type: "implementations", implementations: [] };
    const answer = await askProgram(DESCRIBE, [described]);
    assert.ok(answer.ended === "reply");
    assert.deepEqual(answer.reply, []);
  },
);

test("an abort is neither a reply nor a failure", SLOW, async () => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 200);
  assert.deepEqual(await askProgram(DESCRIBE, [], controller.signal), { ended: "aborted" });
});
