import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { KNOWN_SETS, knownSet, MIRROR_HOSTS } from "./known_sets.ts";

test("Deno's tasks may reach exactly the hosts of the mirrors, and this machine", () => {
  const { tasks } = JSON.parse(readFileSync(new URL("../../deno.json", import.meta.url), "utf8"));
  let checked = 0;
  for (const [name, { command }] of Object.entries<{ command: string }>(tasks)) {
    const hosts = /--allow-net=(\S+)/.exec(command)?.[1].split(",");
    if (hosts === undefined || hosts.every((host) => host === "127.0.0.1")) continue;
    const others = hosts.filter((host) => host !== "127.0.0.1");
    assert.deepEqual(others.toSorted(), MIRROR_HOSTS.toSorted(), name);
    checked++;
  }
  assert.ok(checked >= 6);
});

test("a known set is found however its name is written", () => {
  for (const name of ["fashion-mnist", "FashionMNIST", "fashion_mnist", "Fashion MNIST"]) {
    assert.equal(knownSet(name)?.title, "Fashion-MNIST");
  }
  assert.equal(knownSet("emnist-letters")?.folder, "emnist");
  assert.equal(knownSet("EMNIST#letters")?.name, "emnist-letters");
  assert.equal(knownSet("Kuzushiji-MNIST")?.name, "kmnist");
  assert.equal(knownSet("digits"), undefined);
});

test("every file of a known set has a checksum and a mirror", () => {
  assert.deepEqual(
    KNOWN_SETS.map(({ name }) => name).slice(0, 4),
    ["mnist", "fashion-mnist", "kmnist", "qmnist"],
  );
  for (const { files, mirrors, name } of KNOWN_SETS) {
    assert.ok(mirrors.length >= 2, name);
    for (const { md5, sha256 } of files) assert.match(sha256 ?? md5 ?? "", /^([0-9a-f]{32}){1,2}$/);
  }
});
