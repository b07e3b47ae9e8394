import { Buffer } from "node:buffer";

/** Packs zeros and ones as base64: eight to a byte, the first in the lowest bit. */
export function packBits(bits: Uint8Array): string {
  const bytes = new Uint8Array(Math.ceil(bits.length / 8));
  bits.forEach((bit, i) => bytes[i >> 3] |= bit << (i & 7));
  return Buffer.from(bytes).toString("base64");
}

/** Reverses packBits; the last byte is padded with zeros. */
export function unpackBits(text: string): Uint8Array {
  const bytes = Buffer.from(text, "base64");
  return Uint8Array.from({ length: 8 * bytes.length }, (_, i) => bytes[i >> 3] >> (i & 7) & 1);
}
