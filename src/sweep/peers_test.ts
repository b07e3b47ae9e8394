import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { CURRENT_RUNTIME } from "../base/runtime.ts";
import type { Runtime } from "../trial/runtimes.ts";
import { InputError } from "../base/errors.ts";
import { unavailableText } from "../report/reason_words.ts";
import { withFolder } from "../../tests/support/cli.ts";
import { pythonCommands } from "./interpreters.ts";
import { type AvailablePeer, choosePeers, findPeers, PEERS, PEERS_FOLDER } from "./peers.ts";

test("peers are chosen by name, all of them by all", () => {
  assert.deepEqual(choosePeers([]), []);
  assert.deepEqual(choosePeers(["jax_js", "numpy_batch", "jax_js"]), ["jax_js", "numpy_batch"]);
  assert.deepEqual(choosePeers(["all"]), PEERS);
});

test("an unknown peer is refused with the nearest", () => {
  assert.throws(
    () => choosePeers(["numpy_batsch"]),
    (error: unknown) =>
      error instanceof InputError && /did you mean "numpy_batch"/.test(error.message),
  );
  assert.throws(() => choosePeers(["qqq"]), /Cannot find peer "qqq"$/);
});

test("Python is the one of SLOPE_PYTHON alone, or the first that has what the peer needs", () => {
  assert.deepEqual(pythonCommands({ SLOPE_PYTHON: "/opt/python" }), ["/opt/python"]);
  assert.deepEqual(pythonCommands({ SLOPE_PYTHON: "" }), ["python3", "/usr/bin/python3"]);
  assert.deepEqual(pythonCommands({ SLOPE_PYTHON: "/opt/python" }, "python3.12"), ["python3.12"]);
  assert.deepEqual(pythonCommands({ VIRTUAL_ENV: "/venv" }), ["/venv/bin/python"]);
});

const HERE: Runtime = { ...CURRENT_RUNTIME, path: process.execPath };

test("without a Python, or without a runtime, a peer is unavailable", async () => {
  const nowhere = ["/nowhere/to/be/found"];
  const [python] = await findPeers(["numpy_question"], HERE, nowhere);
  const [javascript] = await findPeers(["tfjs_wasm"], undefined, nowhere);
  assert.deepEqual(reasonOf(python), {
    kind: "no-language",
    language: "python",
    tried: [{ command: "/nowhere/to/be/found", message: "not found" }],
  });
  assert.deepEqual(reasonOf(javascript), { kind: "no-language", language: "javascript" });
});

test("a Python that fails is named with what it said", async () => {
  await withFolder(async (folder) => {
    const pythons = [["fails", "echo no such version >&2; exit 3"], ["babbles", "echo hello"]].map(
      ([name, code]) => {
        const path = join(folder, name);
        writeFileSync(path, `#!/bin/sh\n${code}\n`, { mode: 0o755 });
        return path;
      },
    );
    const [peer] = await findPeers(["numpy_batch"], HERE, pythons);
    const reason = reasonOf(peer);
    assert.ok(reason?.kind === "no-language");
    assert.deepEqual(reason.tried?.map(({ command }) => command), pythons);
    assert.match(reason.tried?.[0].message ?? "", /no such version/);
    assert.match(reason.tried?.[1].message ?? "", /JSON/);
    assert.match(unavailableText(reason), /fails: no such version; .*babbles: .*SLOPE_PYTHON/);
  });
});

const reasonOf = ({ described: { availability } }: AvailablePeer) =>
  availability.available ? undefined : availability.reason;

test("every peer is a file, which says the name that the file has", () => {
  assert.deepEqual(PEERS, [
    "brain_js",
    "jax_js",
    "numpy_batch",
    "numpy_question",
    "scalar_autograd",
    "tfjs_wasm",
    "torch_autograd",
  ]);
  for (const name of PEERS) {
    const file = ["py", "ts"].map((ending) => join(PEERS_FOLDER, `${name}.${ending}`))
      .find((path) => existsSync(path));
    assert.ok(file, name);
    assert.ok(readFileSync(file, "utf8").includes(`"${name}"`), `${file} has no "${name}"`);
  }
});
