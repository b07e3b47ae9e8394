import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { withFolder } from "../../tests/support/cli.ts";
import { writeIdxSet } from "../../tests/support/idx.ts";
import { resolveHere, SET } from "../../tests/support/resolve_here.ts";
import { setNotFoundError } from "../report/data_words.ts";
import { md5 } from "./formats/table.ts";
import { knownSet } from "./known_sets.ts";
import { SetNotFound } from "./resolve_data.ts";

test("a set that is named is downloaded into a cache of its own, then taken from there", () =>
  withFolder(async (folder) => {
    writeIdxSet(join(folder, "www"), SET);
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url!);
      response.end(readFileSync(join(folder, "www", request.url!)));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const mirror = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const known = knownSet("Fashion MNIST")!;
    const files = known.files.map((file) => ({
      ...file,
      md5: md5(readFileSync(join(folder, "www", `${file.name}.gz`))),
    }));
    const options = {
      place: "fashion-mnist",
      sets: [{ ...known, files, mirrors: [mirror] }],
      environment: { XDG_CACHE_HOME: folder },
      allowDownload: true,
    };
    try {
      const { train, source, lines } = await resolveHere(options);
      assert.deepEqual(train, SET.train);
      assert.equal(source.name, "fashion-mnist");
      assert.equal(source.source, `download from ${mirror}`);
      assert.equal(asked.length, 4);
      assert.deepEqual(lines, [
        `Downloading Fashion-MNIST (30.9 MB) to ${join(folder, "slope", "fashion-mnist")}`,
      ]);
      const second = await resolveHere(options);
      assert.equal(second.source.source, `cache ${join(folder, "slope", "fashion-mnist")}`);
      assert.equal(asked.length, 4);
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }));

test("a named set that cannot be had is an error with its mirrors, and never replaced", () =>
  withFolder(async (folder) => {
    const options = {
      place: "kmnist",
      mirrors: ["http://127.0.0.1:1/"],
      environment: { XDG_CACHE_HOME: folder },
      allowDownload: true,
      download: { connectTimeoutMs: 2000 },
    };
    const told = async () => {
      const error = await resolveHere(options).then(() => undefined, (thrown) => thrown);
      assert.ok(error instanceof SetNotFound, String(error));
      return setNotFoundError(error);
    };
    const first = await told();
    assert.match(
      first.message,
      /^Cannot get Kuzushiji-MNIST: .*127\.0\.0\.1:1\/ could not be read/,
    );
    assert.match(first.hint!, /^download its files by hand from https:\/\/codh/);
    const second = await told();
    assert.match(second.message, /the download failed a moment ago; `.*data get kmnist` tries it/);
  }));

test("a name that is neither a path nor a set is refused with the nearest", async () => {
  const error = await resolveHere({ place: "fasion-mnist" }).catch((thrown) => thrown);
  assert.match(error.message, /no such folder, file or known set/);
  assert.match(error.hint, /did you mean "fashion-mnist"/);
  const family = await resolveHere({ place: "emnist" }).catch((thrown) => thrown);
  assert.match(family.hint, /name one of emnist-balanced, .*emnist-letters/);
});

test("a folder that is called like a set is the folder", () =>
  withFolder(async (folder) => {
    const before = process.cwd();
    writeIdxSet(join(folder, "kmnist"), SET);
    process.chdir(folder);
    try {
      const { source } = await resolveHere({ place: "kmnist" });
      assert.equal(source.source, "folder kmnist");
    } finally {
      process.chdir(before);
    }
  }));
