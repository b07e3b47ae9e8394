/** Bytes as the whole of MNIST is usually standardised: its mean and standard deviation as byte / 255. */
const STANDARDISED = "(x - 0.1307) / 0.3081";

type Evaluate = (x: number) => number;

/**
 * What a pixel is, from x = byte / 255: numbers, x, + − * / ( ) and ^, as "x*0.99+0.01"; or "standardised", with the mean
 * and deviation of MNIST. Throws RangeError for anything else, and where a byte gives no finite number.
 */
export function pixelExpression(text: string): Evaluate {
  const evaluate = parse(text.trim() === "standardised" ? STANDARDISED : text);
  for (let byte = 0; byte < 256; byte++) {
    if (!Number.isFinite(evaluate(byte / 255))) {
      throw new RangeError(`an expression that is finite for every x from 0 to 1`);
    }
  }
  return evaluate;
}

const EXPECTED = 'numbers, x, + - * / ^ and brackets, as "x*0.99+0.01", or "standardised"';

/** A number or one character; spaces are left out. */
const TOKEN = /\d+\.?\d*(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?|\S/gi;

function parse(text: string): Evaluate {
  const tokens = text.match(TOKEN) ?? [];
  let at = 0;
  const take = (...wanted: string[]): string | undefined =>
    wanted.includes(tokens[at]) ? tokens[at++] : undefined;

  /** sum = term { (+ | −) term } */
  function sum(): Evaluate {
    let left = term();
    for (let sign = take("+", "-"); sign !== undefined; sign = take("+", "-")) {
      const [a, b] = [left, term()];
      left = sign === "+" ? (x) => a(x) + b(x) : (x) => a(x) - b(x);
    }
    return left;
  }
  /** term = factor { (* | /) factor } */
  function term(): Evaluate {
    let left = factor();
    for (let sign = take("*", "/"); sign !== undefined; sign = take("*", "/")) {
      const [a, b] = [left, factor()];
      left = sign === "*" ? (x) => a(x) * b(x) : (x) => a(x) / b(x);
    }
    return left;
  }
  /** factor = − factor | atom [ ^ factor ] */
  function factor(): Evaluate {
    if (take("-")) {
      const a = factor();
      return (x) => -a(x);
    }
    const base = atom();
    if (!take("^")) return base;
    const power = factor();
    return (x) => base(x) ** power(x);
  }
  function atom(): Evaluate {
    if (take("x")) return (x) => x;
    if (take("(")) {
      const inner = sum();
      if (!take(")")) throw new RangeError(EXPECTED);
      return inner;
    }
    const value = Number(tokens[at] ?? "?");
    if (!/^[\d.]/.test(tokens[at] ?? "") || !Number.isFinite(value)) {
      throw new RangeError(EXPECTED);
    }
    at++;
    return () => value;
  }

  const whole = sum();
  if (at < tokens.length) throw new RangeError(EXPECTED);
  return whole;
}
