import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { mentionFaults, VERSION_PLACES, versionFaults, withVersion } from "./version_places.ts";

const fromRoot = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const read = (path: string) => readFileSync(fromRoot(path), "utf8");
const { version } = JSON.parse(read("package.json"));

test("the version stands everywhere as in package.json", () => {
  assert.deepEqual(versionFaults(version, VERSION_PLACES, read), []);
});

test("a wrong version in any one place is told, with the place", () => {
  for (const place of VERSION_PLACES) {
    const spoilt = withVersion(read(place.path), "9.8.7", [place.pattern]);
    assert.notEqual(spoilt, read(place.path), `${place.path} ${place.pattern}`);
    const faults = versionFaults(
      version,
      VERSION_PLACES,
      (path) => path === place.path ? spoilt : read(path),
    );
    assert.deepEqual(faults.map((one) => one.place), [place.path]);
    assert.equal(faults[0].cause, `has version 9.8.7; package.json has ${version}`);
    assert.equal(withVersion(spoilt, version, [place.pattern]), read(place.path));
  }
});

test("a place that lost its version, or its file, is told", () => {
  const [{ path }] = VERSION_PLACES.slice(-1);
  for (const text of ["", undefined]) {
    const faults = versionFaults(version, VERSION_PLACES, (one) => one === path ? text : read(one));
    assert.deepEqual(faults.map((one) => `${one.place} ${one.cause}`), [
      `${path} has no version; package.json has ${version}`,
    ]);
  }
});

test("a page that tells readers to install another version is told, with its line", () => {
  const texts = new Map([
    [
      "README.md",
      `a\nnpm install slope-bench@0.1.0\nslope-1.2.3.tgz; slope@v1.2.3, slope@v0.0.0\n`,
    ],
  ]);
  assert.deepEqual(mentionFaults("1.2.3", texts).map(({ place, cause }) => `${place} ${cause}`), [
    "README.md:2 names slope-bench@0.1.0; package.json has 1.2.3",
  ]);
});
