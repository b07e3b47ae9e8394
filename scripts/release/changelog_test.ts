import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { changelogFaults } from "./changelog.ts";

const TODAY = "2026-11-28";
const GOOD = `# Changelog

## [Unreleased]

## [0.3.0] - 2026-11-20

### Added

- A thing.

### Fixed

- Another.

## [0.2.0] - 2026-10-01

### Added

- The first.
`;
const causes = (text: string, version = "0.3.0") =>
  changelogFaults(text, version, TODAY).map(({ place, cause }) => `${place} ${cause}`);

test("a changelog in the common form has no faults, and neither has Slope's", () => {
  assert.deepEqual(causes(GOOD), []);
  const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
  const { version } = JSON.parse(read("package.json"));
  const today = new Date().toISOString().slice(0, 10);
  assert.deepEqual(changelogFaults(read("CHANGELOG.md"), version, today), []);
});

test("what departs from the common form is told with its line", () => {
  const cases: [wrong: string, right: string, expected: string][] = [
    ["# Changes\n", "# Changelog\n", "CHANGELOG.md:1 does not begin with `# Changelog`"],
    ["## 0.3.0\n", "## [0.3.0] - 2026-11-20\n", `CHANGELOG.md:5 "0.3.0" is no release`],
    ["## [0.3.0]\n", "## [0.3.0] - 2026-11-20\n", "CHANGELOG.md:5 0.3.0 has no date"],
    ["2026-13-20", "2026-11-20", "CHANGELOG.md:5 2026-13-20 is no date"],
    ["2026-11-29", "2026-11-20", "CHANGELOG.md:5 0.3.0 is dated 2026-11-29, after today"],
    ["### News\n", "### Fixed\n", `CHANGELOG.md:11 "News" is no kind of change`],
    ["", "- Another.\n", "CHANGELOG.md:11 [0.3.0] - 2026-11-20 › Fixed lists nothing"],
    ["0.4.0", "0.2.0", "CHANGELOG.md:15 0.4.0 stands below 0.3.0"],
  ];
  for (const [wrong, right, expected] of cases) {
    const text = GOOD.replace(right, wrong);
    assert.notEqual(text, GOOD);
    assert.ok(causes(text).includes(expected), `${wrong}: ${causes(text)}`);
  }
});

test("a version without a section, or with an empty one, is told", () => {
  assert.deepEqual(causes(GOOD, "0.4.0"), [
    "CHANGELOG.md:3 has no section for 0.4.0, the version in package.json",
  ]);
  assert.deepEqual(causes("# Changelog\n\n## [0.3.0] - 2026-11-20\n"), [
    "CHANGELOG.md:3 0.3.0 lists no changes",
  ]);
});
