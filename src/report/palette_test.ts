import assert from "node:assert/strict";
import { test } from "node:test";
import { contrast, DARK, LIGHT, propertiesOf } from "./palette.ts";
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
    const side = ratio >= 1 ? "faster" : "slower";
    for (const [scheme, written] of [[LIGHT, light], [DARK, dark]] as const) {
      const found = contrast(written, scheme.ground, scheme.map[side], strength);
      assert.ok(found >= 4.5, `${ratio}: ${written} has ${found}`);
    }
  }
});

test("a page has the colours of the palette, and those for the dark on screens alone", () => {
  const [light, dark] = STYLESHEET.split("@media screen and (prefers-color-scheme: dark)");
  assert.doesNotMatch(STYLESHEET, /@media \(prefers-color-scheme/);
  for (const [scheme, styles] of [[LIGHT, light], [DARK, dark]] as const) {
    for (const [name, colour] of propertiesOf(scheme)) {
      assert.ok(styles.includes(`--${name}: ${colour};`), name);
    }
  }
});

type Vector = readonly [number, number, number];

/** Machado, Oliveira and Fernandes, IEEE TVCG 15, 2009, table 1, severity 1.0: rows of a matrix on linear RGB. */
const DEFICIENCIES: Record<string, readonly Vector[]> = {
  normal: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

const times = (matrix: readonly Vector[], [x, y, z]: Vector): Vector =>
  matrix.map(([a, b, c]) => a * x + b * y + c * z) as unknown as Vector;

const linear = (colour: string): Vector =>
  [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as unknown as Vector;

/** A colour as somebody with a deficiency sees it, in OKLab (Ottosson, A perceptual color space, 2020). */
function seen(colour: string, deficiency: string): Vector {
  const rgb = times(DEFICIENCIES[deficiency], linear(colour))
    .map((part) => Math.min(1, Math.max(0, part))) as unknown as Vector;
  const cones = times([
    [0.4122214708, 0.5363325363, 0.0514459929],
    [0.2119034982, 0.6806995451, 0.1073969566],
    [0.0883024619, 0.2817188376, 0.6299787005],
  ], rgb).map(Math.cbrt) as unknown as Vector;
  return times([
    [0.2104542553, 0.793617785, -0.0040720468],
    [1.9779984951, -2.428592205, 0.4505937099],
    [0.0259040371, 0.7827717662, -0.808675766],
  ], cones);
}

const distance = (one: string, other: string, deficiency: string): number => {
  const [a, b] = [one, other].map((colour) => seen(colour, deficiency));
  return Math.hypot(...a.map((part, i) => part - b[i]));
};

test("winner and baseline are the easiest pair to tell apart, whichever wins and whoever looks", () => {
  for (const { series: [baseline, ...others] } of [LIGHT, DARK]) {
    for (const deficiency of Object.keys(DEFICIENCIES)) {
      for (const winner of others) {
        const apart = distance(winner, baseline, deficiency);
        for (const other of others) {
          const found = distance(winner, other, deficiency);
          assert.ok(found < apart, `${deficiency}: ${winner} ${other} ${found}, ${apart}`);
        }
      }
    }
  }
});

test("any two series differ by 0.05 in OKLab at least, whoever looks", () => {
  for (const { series } of [LIGHT, DARK]) {
    for (const deficiency of Object.keys(DEFICIENCIES)) {
      series.forEach((one, i) =>
        series.slice(i + 1).forEach((other) => {
          const found = distance(one, other, deficiency);
          assert.ok(found >= 0.05, `${deficiency}: ${one} ${other} ${found}`);
        })
      );
    }
  }
});
