import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { DockerfileParser, type From } from "dockerfile-ast";
import { validate } from "dockerfile-utils";
import { PROJECT } from "../support/cli.ts";

const text = readFileSync(join(PROJECT, "Containerfile"), "utf8");
const file = DockerfileParser.parse(text);
const instructions = file.getInstructions();
const argumentsOf = (keyword: string): string[] =>
  instructions.filter((one) => one.getKeyword() === keyword)
    .map((one) => one.getArgumentsContent() ?? "");

test("a linter finds nothing in the Containerfile", () => {
  assert.deepEqual(validate(text), []);
});

test("the image starts from pinned images and the Deno that CI tests with", () => {
  const froms = file.getFROMs() as From[];
  for (const from of froms) {
    assert.match(from.getImage() ?? "", /^docker\.io\/[\w/-]+:[\w.-]*\d[\w.-]*$/);
  }
  const ci = readFileSync(join(PROJECT, ".ci", "run"), "utf8");
  const version = /\bdeno@([\d.]+)/.exec(ci)![1];
  assert.ok(froms.some((from) => from.getImage()!.endsWith(`deno:bin-${version}`)), version);
});

test("the image runs as a user who is not root, and writes to its volumes alone", () => {
  const [user] = argumentsOf("USER").slice(-1);
  assert.match(user, /^[1-9]\d+:[1-9]\d+$/);
  assert.deepEqual(JSON.parse(argumentsOf("VOLUME")[0]), ["/results", "/tmp"]);
  assert.deepEqual(JSON.parse(argumentsOf("ENTRYPOINT")[0]), ["slope"]);
  const [variables] = argumentsOf("ENV");
  for (const name of ["HOME", "DENO_DIR", "XDG_CACHE_HOME"]) {
    assert.match(variables, new RegExp(`\\b${name}=/tmp`), `${name} lies on a volume`);
  }
});

test("what the Containerfile copies is there, and not ignored", () => {
  const ignored = readFileSync(join(PROJECT, ".dockerignore"), "utf8").split("\n");
  const copied = [...text.matchAll(/^COPY (?!--from)(.+)$/gm)]
    .flatMap(([, words]) => words.split(/\s+/).slice(0, -1));
  assert.ok(copied.includes("src"));
  for (const path of copied) {
    assert.ok(existsSync(join(PROJECT, path)), path);
    assert.ok(ignored.includes(`!${path}`), `.dockerignore leaves ${path} out`);
  }
});
