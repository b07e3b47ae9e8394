import { norm, type Vector } from "./linear.ts";
import { ROUNDINGS } from "./roundings.ts";

/** What a program does with the bytes of a row. */
export interface PixelMap {
  readonly form: string;
  readonly formula: string;
  /** The same from x = byte / 255, as a plan declares it; absent where it depends on other bytes. */
  readonly expression?: string;
  /** Fewer digits: another finding than a map. */
  readonly isRounding?: boolean;
  /** A factor of byte / 255: the direction of a row does not show it. */
  readonly isScale?: boolean;
  readonly of: (bytes: Uint8Array) => Vector;
}

/** The same map for every byte, as a table: rows are mapped a thousand times. */
export function each(of: (byte: number) => number): PixelMap["of"] {
  const values = Float64Array.from({ length: 256 }, (_, byte) => of(byte));
  return (bytes) => {
    const x = new Float64Array(bytes.length);
    for (let i = 0; i < x.length; i++) x[i] = values[bytes[i]];
    return x;
  };
}

export const momentsOf = (x: Vector) => {
  const mean = x.reduce((sum, value) => sum + value, 0) / x.length;
  const variance = x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / x.length;
  return { mean, deviation: Math.sqrt(variance) };
};

export const RIGHT: PixelMap = { form: "", formula: "byte / 255", of: each((byte) => byte / 255) };

/** What programs do with bytes; the first that fits is taken. */
export const MAPS: readonly PixelMap[] = [
  {
    form: "not-divided",
    expression: "255*x",
    formula: "byte",
    isScale: true,
    of: each((byte) => byte),
  },
  {
    form: "divided-by-256",
    expression: "255*x/256",
    formula: "byte / 256",
    isScale: true,
    of: each((byte) => byte / 256),
  },
  {
    form: "divided-twice",
    expression: "x/255",
    formula: "byte / 255²",
    isScale: true,
    of: each((byte) => byte / 255 ** 2),
  },
  {
    form: "minus-1-to-1",
    expression: "2*x-1",
    formula: "byte / 127.5 − 1",
    isScale: true,
    of: each((byte) => byte / 127.5 - 1),
  },
  {
    form: "inverted",
    expression: "1-x",
    formula: "1 − byte / 255",
    isScale: true,
    of: each((byte) => 1 - byte / 255),
  },
  { form: "binarised", formula: "[byte ≥ 128]", isScale: true, of: each((b) => Number(b >= 128)) },
  { form: "binarised-above-0", formula: "[byte > 0]", of: each((byte) => Number(byte > 0)) },
  {
    form: "integer-division",
    formula: "⌊byte / 255⌋",
    of: each((byte) => Math.floor(byte / 255)),
  },
  {
    form: "offset-0.01",
    expression: "0.99*x+0.01",
    formula: "0.99 byte / 255 + 0.01",
    of: each((byte) => 0.99 * byte / 255 + 0.01),
  },
  {
    form: "standardised-mnist",
    expression: "standardised",
    formula: "(byte / 255 − 0.1307) / 0.3081",
    of: each((byte) => (byte / 255 - 0.1307) / 0.3081),
  },
  {
    form: "centred",
    expression: "x-0.5",
    formula: "byte / 255 − 0.5",
    of: each((byte) => byte / 255 - 0.5),
  },
  {
    form: "signed",
    formula: "(byte − 256 [byte > 127]) / 255",
    of: each((byte) => (byte > 127 ? byte - 256 : byte) / 255),
  },
  {
    form: "signed-128",
    formula: "(byte − 256 [byte > 127]) / 128",
    of: each((byte) => (byte > 127 ? byte - 256 : byte) / 128),
  },
  {
    form: "square",
    expression: "x^2",
    formula: "(byte / 255)²",
    of: each((byte) => (byte / 255) ** 2),
  },
  {
    form: "root",
    expression: "x^0.5",
    formula: "√(byte / 255)",
    of: each((byte) => Math.sqrt(byte / 255)),
  },
  {
    form: "standardised-per-image",
    formula: "(byte − mean of the image) / its standard deviation",
    of: (bytes) => {
      const { mean, deviation } = momentsOf(Float64Array.from(bytes));
      return Float64Array.from(bytes, (byte) => (byte - mean) / (deviation || 1));
    },
  },
  {
    form: "length-1",
    formula: "byte / ‖bytes of the image‖",
    of: (bytes) => {
      const length = norm(bytes);
      return Float64Array.from(bytes, (byte) => byte / (length || 1));
    },
  },
  {
    form: "maximum-1",
    formula: "byte / largest byte of the image",
    of: (bytes) => {
      const most = bytes.reduce((a, b) => Math.max(a, b), 1);
      return Float64Array.from(bytes, (byte) => byte / most);
    },
  },
  ...ROUNDINGS.map(({ form, name, of }): PixelMap => ({
    form,
    isRounding: true,
    formula: `${name}(byte / 255)`,
    of: each((byte) => of(byte / 255)),
  })),
];

/** In which order pixels enter. */
export interface Order {
  readonly form: string;
  readonly of: (i: number, features: number) => number;
}

const sideOf = (features: number) => Math.round(Math.sqrt(features));
const isSquare = (features: number) => sideOf(features) ** 2 === features;

export const ORDERS: readonly Order[] = [
  { form: "", of: (i) => i },
  { form: "reversed", of: (i, n) => n - 1 - i },
  { form: "shifted-by-one", of: (i, n) => (i + 1) % n },
  { form: "shifted-back-by-one", of: (i, n) => (i + n - 1) % n },
  ...[
    { form: "transposed", at: (r: number, c: number, n: number) => c * n + r },
    { form: "mirrored", at: (r: number, c: number, n: number) => r * n + n - 1 - c },
    { form: "upside-down", at: (r: number, c: number, n: number) => (n - 1 - r) * n + c },
  ].map(({ form, at }): Order => ({
    form,
    of: (i, features) => {
      if (!isSquare(features)) return i;
      const n = sideOf(features);
      return at(Math.floor(i / n), i % n, n);
    },
  })),
];

/** An order that leaves this many pixels as they are is none. */
export function changes(order: Order, features: number): boolean {
  for (let i = 0; i < features; i++) if (order.of(i, features) !== i) return true;
  return false;
}

export const ordered = (bytes: Uint8Array, { of }: Order): Uint8Array =>
  bytes.map((_, i) => bytes[of(i, bytes.length)]);
