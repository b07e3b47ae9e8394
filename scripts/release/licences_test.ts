import assert from "node:assert/strict";
import { test } from "node:test";
import { type Bill, licenceFaults, licencesIn, licenceTable } from "./licences.ts";

const isDevelopment = [{ name: "cdx:npm:package:development", value: "true" }];
const BILL: Bill = {
  components: [
    {
      name: "zod",
      version: "1.0.0",
      licenses: [{ license: { id: "MIT" } }],
      components: [{
        group: "@a",
        name: "inner",
        version: "2.0.0",
        licenses: [{ expression: "(MIT OR GPL-3.0-only)" }],
      }],
    },
    {
      name: "axe",
      version: "3.0.0",
      licenses: [{ license: { id: "MPL-2.0" } }],
      properties: isDevelopment,
    },
    { name: "odd", version: "4.0.0", licenses: [{ license: { name: 'Own, "free"' } }] },
    { name: "bare", version: "5.0.0", properties: isDevelopment },
  ],
};

test("every dependency has a row, nested ones too", () => {
  assert.equal(
    licenceTable(licencesIn(BILL)),
    [
      "name,version,licence,use",
      "@a/inner,2.0.0,(MIT OR GPL-3.0-only),runtime",
      "axe,3.0.0,MPL-2.0,development",
      "bare,5.0.0,,development",
      'odd,4.0.0,"Own, ""free""",runtime',
      "zod,1.0.0,MIT,runtime",
      "",
    ].join("\r\n"),
  );
});

test("no licence is a fault anywhere; one that asks for more than a notice, where users get it", () => {
  const faults = licenceFaults(licencesIn(BILL)).map(({ place, cause }) => `${place} ${cause}`);
  assert.deepEqual(faults, ["bare 5.0.0 declares no licence", 'odd 4.0.0 has licence Own, "free"']);
  const joined: Bill = {
    components: [{
      name: "x",
      version: "1.0.0",
      licenses: [{ expression: "MIT AND GPL-3.0-only" }],
    }],
  };
  assert.equal(licenceFaults(licencesIn(joined)).length, 1);
});

test("a choice is one only where it is offered for the whole", () => {
  const isFault = (...expressions: string[]) => {
    const licenses = expressions.map((expression) => ({ expression }));
    return licenceFaults(licencesIn({ components: [{ name: "x", version: "1.0.0", licenses }] }))
      .length > 0;
  };
  const wrong = ["(MIT OR X) AND GPL-3.0", "GPL-3.0 AND (MIT OR X)", "((MIT OR X) AND GPL-3.0)"];
  for (const one of wrong) assert.ok(isFault(one), one);
  assert.ok(isFault("MIT OR X", "GPL-3.0"), "two licences hold at once");
  assert.ok(isFault("(MIT)) OR (X"));
  for (const one of ["(MIT OR X)", "GPL-3.0 OR MIT AND ISC", "(MIT OR ISC) AND 0BSD"]) {
    assert.ok(!isFault(one), one);
  }
  assert.ok(!isFault("MIT", "ISC"));
});
