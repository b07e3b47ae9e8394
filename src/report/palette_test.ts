import assert from "node:assert/strict";
import { test } from "node:test";
import { contrast, DARK, LIGHT } from "./palette.ts";
import { inkOf, INKS } from "./plots/speedup_map.ts";
import { STYLESHEET } from "./stylesheet.ts";

test("black on white is 21:1, and half black over white is what the eye sees", () => {
  assert.equal(contrast("#000000", "#ffffff"), 21);
  assert.equal(contrast("#777777", "#777777"), 1);
  assert.ok(Math.abs(contrast("#ffffff", "#ffffff", "#000000", 0.5) - 3.95) < 0.05);
});

test("every series stands out from its ground by 3:1 at least, in the light and in the dark", () => {
  assert.equal(LIGHT.series.length, DARK.series.length);
  for (const { series, ground, text } of [LIGHT, DARK]) {
    for (const colour of series) {
      assert.ok(contrast(colour, ground) >= 3, `${colour}: ${contrast(colour, ground)}`);
    }
    assert.ok(contrast(text, ground) >= 7);
    assert.equal(new Set(series).size, series.length);
  }
});

test("what is written in a field of the speedup map has 4.5:1 at every strength, light and dark", () => {
  for (let log = -3; log <= 3; log += 0.005) {
    const ratio = 10 ** log;
    const ink = inkOf(ratio);
    const [light, dark] = ink === INKS.turning
      ? [ink, "#ffffff"]
      : ink === INKS.turned
      ? [ink, "#000000"]
      : [ink, ink].map((short) => short.replace(/^#(.)(.)(.)$/, "#$1$1$2$2$3$3"));
    const strength = Math.round(100 * Math.min(1, Math.abs(Math.log(ratio)) / Math.log(100))) / 100;
    const series = ratio >= 1 ? 0 : 1;
    for (const [scheme, written] of [[LIGHT, light], [DARK, dark]] as const) {
      const found = contrast(written, scheme.ground, scheme.series[series], strength);
      assert.ok(found >= 4.5, `${ratio}: ${written} has ${found}`);
    }
  }
});

test("a page has the colours of the palette, and those for the dark on screens alone", () => {
  const [light, dark] = STYLESHEET.split("@media screen and (prefers-color-scheme: dark)");
  assert.doesNotMatch(STYLESHEET, /@media \(prefers-color-scheme/);
  LIGHT.series.forEach((colour, i) => assert.ok(light.includes(`--series-${i}: ${colour};`)));
  DARK.series.forEach((colour, i) => assert.ok(dark.includes(`--series-${i}: ${colour};`)));
});
