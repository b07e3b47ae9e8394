import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { pathToFileURL } from "node:url";
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { test } from "node:test";
import process from "node:process";
import { slopeFolder } from "../base/own_files.ts";
import { CURRENT_RUNTIME } from "../base/runtime.ts";
import { noBoxText } from "../report/sandbox_words.ts";
import { PROJECT, withFolder } from "../../tests/support/cli.ts";
import { skipFor } from "../../tests/support/skips.ts";
import { assertEnds } from "../../tests/support/processes.ts";
import { known } from "../base/known.ts";
import { findBox } from "./box/find_box.ts";
import { permissionsToDescribe } from "./permissions.ts";
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
  options: { timeoutMs?: number; signal?: AbortSignal; runtime?: Runtime; programWrites?: [] } = {},
): Promise<{ outcome: Outcome; messages: Message[] }> {
  const folder = mkdtempSync(join(tmpdir(), "slope-launch-"));
  const script = join(folder, "child.mjs");
  writeFileSync(script, `import process from "node:process";\n${code}`);
  const messages: Message[] = [];
  try {
    const outcome = await launch({
      runtime: options.runtime ?? await currentRuntime(),
      permissions: {
        read: [dirname(script)],
        needs: [],
        ...known({ programWrites: options.programWrites }),
      },
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

test("a child whose program left a process behind that holds its pipes ends with it", async (t) => {
  const node = await findRuntime("node"); // Deno's child may start no processes
  if (!node.available) return t.skip(skipFor("Node is not installed"));
  const code = `import { spawn } from "node:child_process";
     const left = spawn("sleep", ["60"], { stdio: "inherit", detached: true });
     process.stderr.write("left " + left.pid, () => process.exit(3));`;
  const { outcome } = await launchCode(code, { runtime: node.runtime });
  const reason = reasonOf(outcome);
  assert.match(reason, /exit code 3.*left \d+/);
  process.kill(Number(/left (\d+)/.exec(reason)![1])); // throws where it has ended already
});

test("what a child left running in its group ends with it", async (t) => {
  const node = await findRuntime("node"); // Deno's child may start no processes
  if (!node.available) return t.skip(skipFor("Node is not installed"));
  await withFolder(async (folder) => {
    const file = join(folder, "left");
    const code = `import { spawn } from "node:child_process";
       import { writeFileSync } from "node:fs";
       const left = spawn("sleep", ["60"], { stdio: "ignore" });
       writeFileSync(${JSON.stringify(file)}, String(left.pid));
       console.log('{"type":"implementations","implementations":[]}');
       process.stdin.on("end", () => process.exit(0)).resume();`;
    const { outcome } = await launchCode(code, { runtime: node.runtime, programWrites: [] });
    assert.equal(outcome.ended, "done");
    await assertEnds(file);
  });
});

test("a child that computes without end does not outlive this process", async () => {
  await withFolder(async (folder) => {
    const [child, parent, file] = ["child.mjs", "parent.mjs", "pid"].map((one) =>
      join(folder, one)
    );
    writeFileSync(child, `console.error(globalThis.process?.pid ?? Deno.pid); for (;;);`);
    const options = {
      runtime: await currentRuntime(),
      permissions: { read: [folder], needs: [] },
      request: { type: "describe", protocol: PROTOCOL_VERSION },
      timeoutMs: 60_000,
      script: child,
    };
    const launcher = pathToFileURL(join(import.meta.dirname!, "launch.ts")).href;
    writeFileSync(
      parent,
      `import { writeFileSync } from "node:fs";
       import process from "node:process";
       import { launch } from ${JSON.stringify(launcher)};
       await launch({ ...${JSON.stringify(options)}, onLog(pid) {
         writeFileSync(${JSON.stringify(file)}, pid);
         process.exit(7);
       } });`,
    );
    const flags = CURRENT_RUNTIME.name === "deno"
      ? ["run", "--allow-all", "--no-check", "--config", join(PROJECT, "deno.json")]
      : [];
    assert.equal(spawnSync(process.execPath, [...flags, parent]).status, 7);
    await assertEnds(file);
  });
});

const found = await findBox();
const NEEDS_BOX = found.available ? {} : { skip: skipFor(noBoxText(found.reason)) };

test(
  "an abort while the box of a plug-in starts ends it, whatever the moment",
  NEEDS_BOX,
  async () => {
    assert.ok(found.available);
    const runtime = await currentRuntime();
    const confinement = { box: found.box, isStrict: false };
    const plugin = join(slopeFolder(), "examples", "one_layer.ts");
    const permissions = permissionsToDescribe(plugin, undefined, confinement);
    const abortAfter = async (ms: number) => {
      const controller = new AbortController();
      setTimeout(() => controller.abort(), ms);
      const outcome = await launch({
        runtime,
        permissions,
        request: { type: "describe", protocol: PROTOCOL_VERSION, plugin },
        timeoutMs: 30_000,
        signal: controller.signal,
      });
      assert.equal(outcome.ended, "aborted", `after ${ms} ms`);
    };
    // Many at once: the moment that matters is short where nothing else runs.
    for (let i = 0; i < 10; i++) {
      await Promise.all(Array.from({ length: 24 }, (_, k) => abortAfter(5 + 2 * k + i / 5)));
    }
  },
);

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
