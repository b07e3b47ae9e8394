import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { CURRENT_RUNTIME } from "../base/runtime.ts";
import { launch, type Outcome } from "./launch.ts";
import type { Message } from "../format/protocol.ts";
import { PROTOCOL_VERSION } from "../format/protocol_version.ts";
import { commandFor, findRuntime, type Runtime } from "./runtimes.ts";
import { reasonText } from "../report/reason_words.ts";

const HELLO = JSON.stringify({
  type: "hello",
  protocol: PROTOCOL_VERSION,
  runtime: CURRENT_RUNTIME.name,
  version: CURRENT_RUNTIME.version,
});

async function currentRuntime(): Promise<Runtime> {
  const found = await findRuntime(CURRENT_RUNTIME.name);
  assert.ok(found.available);
  return found.runtime;
}

/** Runs a child made of this code; returns its outcome and messages. */
async function launchCode(
  code: string,
  options: { timeoutMs?: number; signal?: AbortSignal } = {},
): Promise<{ outcome: Outcome; messages: Message[] }> {
  const folder = mkdtempSync(join(tmpdir(), "slope-launch-"));
  const script = join(folder, "child.mjs");
  writeFileSync(script, `import process from "node:process";\n${code}`);
  const messages: Message[] = [];
  try {
    const outcome = await launch({
      runtime: await currentRuntime(),
      permissions: { read: [dirname(script)], needs: [] },
      request: { type: "describe", protocol: PROTOCOL_VERSION },
      timeoutMs: options.timeoutMs ?? 30_000,
      ...(options.signal && { signal: options.signal }),
      onMessage: (message) => messages.push(message),
      script,
    });
    return { outcome, messages };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function reasonOf(outcome: Outcome): string {
  assert.equal(outcome.ended, "failed");
  return outcome.ended === "failed" ? reasonText(outcome.failure) : "";
}

test("a child that exits early is a failure that keeps its messages and its last words", async () => {
  const { outcome, messages } = await launchCode(
    `process.stdout.write(${JSON.stringify(HELLO + "\n")});
     process.stderr.write("no luck today\\n");
     process.exitCode = 3;`,
  );
  assert.match(reasonOf(outcome), /exit code 3.*while it was loaded or opened.*no luck today/);
  assert.equal(messages.length, 1);
});

test("a child that is killed by a signal is a failure that names the signal", async () => {
  const { outcome } = await launchCode(
    `process.kill(process.pid, "SIGKILL"); setInterval(() => {}, 1000);`,
  );
  if (CURRENT_RUNTIME.name === "deno") {
    // Deno's child has no permission to signal, itself included: it dies of that instead.
    assert.match(reasonOf(outcome), /ended early/);
  } else {
    assert.match(reasonOf(outcome), /signal SIGKILL/);
  }
});

test("a child that hangs is killed when its time is over", async () => {
  const { outcome } = await launchCode("while (true);", { timeoutMs: 700 });
  assert.match(reasonOf(outcome), /timed out after 700 ms/);
});

test("a child that floods its output is killed, with and without line ends", async () => {
  const lines = await launchCode(
    `const line = "[]".padEnd(65536) + "\\n"; while (true) process.stdout.write(line);`,
  );
  assert.match(reasonOf(lines.outcome), /invalid message/);
  const blob = await launchCode(
    `const blob = "x".repeat(65536); const more = () => { process.stdout.write(blob, more); }; more();`,
  );
  assert.match(reasonOf(blob.outcome), /more than 16 MiB/);
});

test("a child that sends an invalid message is a failure that quotes it", async () => {
  const text = await launchCode(`console.log("hello there"); setInterval(() => {}, 1000);`);
  assert.match(reasonOf(text.outcome), /invalid message.*hello there.*not JSON/);
  const json = await launchCode(`console.log('{"type":"pace"}'); setInterval(() => {}, 1000);`);
  assert.match(reasonOf(json.outcome), /nsPerExample/);
});

test("a child that cannot be started is a failure", async () => {
  const outcome = await launch({
    runtime: { name: "node", version: "0.0.0", path: "/nowhere/to/be/found" },
    permissions: { read: [], needs: [] },
    request: { type: "describe", protocol: PROTOCOL_VERSION },
    timeoutMs: 1000,
  });
  assert.match(reasonOf(outcome), /cannot start \/nowhere/);
});

test("an abort kills the child and is no failure", async () => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 300);
  const { outcome } = await launchCode("while (true);", { signal: controller.signal });
  assert.equal(outcome.ended, "aborted");
});

test("Slope's own child describes its implementations", async () => {
  const messages: Message[] = [];
  const outcome = await launch({
    runtime: await currentRuntime(),
    permissions: { read: [], needs: [] },
    request: { type: "describe", protocol: PROTOCOL_VERSION },
    timeoutMs: 30_000,
    onMessage: (message) => messages.push(message),
  });
  assert.equal(outcome.ended, "done");
  const described = messages.find((message) => message.type === "implementations");
  assert.ok(described?.implementations.some(({ name }) => name === "naive_loop"));
});

test("Deno is allowed the folders that a trial reads, those with commas by the one above", () => {
  const runtime = { name: "deno", version: "2.9.6", path: "/usr/bin/deno" } as const;
  const { args } = commandFor(runtime, "child.ts", { read: ["/a/b", "/a/c,d/e"], needs: [] });
  assert.ok(args.includes("--allow-read=/proc/pressure/cpu,/a/b,/a"), args.join(" "));
  assert.ok(!args.some((arg) => /allow-(all|net|write|run|ffi)/.test(arg)));
  const { args: withFfi } = commandFor(runtime, "child.ts", { read: [], needs: ["ffi"] });
  assert.ok(withFfi.includes("--allow-ffi"));
  const libraries = ["/lib/a.so", "/odd,/b.so", "/lib/c.so"];
  const { args: withSome } = commandFor(runtime, "child.ts", { read: [], needs: [], libraries });
  assert.ok(withSome.includes("--allow-ffi=/lib/a.so,/lib/c.so"));
  const none = { read: [], needs: ["ffi" as const], libraries: [] };
  const { args: withNone } = commandFor(runtime, "child.ts", none);
  assert.ok(!withNone.some((argument) => argument.startsWith("--allow-ffi")));
});
