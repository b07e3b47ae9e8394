import assert from "node:assert/strict";
import test from "node:test";
import { pixelExpression } from "./pixel_expression.ts";

test("an expression of x has the usual precedence", () => {
  const at = (text: string, x = 0.5) => pixelExpression(text)(x);
  assert.equal(at("x*0.99+0.01"), 0.5 * 0.99 + 0.01);
  assert.equal(at("0.01 + x * 0.99"), 0.01 + 0.5 * 0.99);
  assert.equal(at("(x - 0.1307) / 0.3081"), (0.5 - 0.1307) / 0.3081);
  assert.equal(at("standardised"), at("(x - 0.1307) / 0.3081"));
  assert.equal(at("1 - x - 0.25"), 0.25);
  assert.equal(at("-x^2"), -0.25);
  assert.equal(at("2^-x^2"), 2 ** -0.25);
  assert.equal(at("255*x/256"), 255 * 0.5 / 256);
  assert.equal(at("1e-2*x"), 0.005);
});

test("anything else is refused, and so is what is not finite", () => {
  for (const text of ["", "x x", "y", "x*", "(x", "x)", "x=>1", "alert(1)", "1..2", "x.y", "1/x"]) {
    assert.throws(() => pixelExpression(text), RangeError, text);
  }
});
