import { TooLarge } from "../../base/errors.ts";
import { layerShapes, type Network } from "../../model/network.ts";
import type { LayerLayout, Layout } from "../../model/layout.ts";

export const PAGE_BYTES = 65_536;
const LINE_BYTES = 64;
/** float32 lanes of a vector. */
export const LANES = 4;

/** Hands out addresses of one linear memory, each at the start of a cache line. */
export class Arena {
  /** Address 0 stays free, as in C. */
  private next = LINE_BYTES;

  take(bytes: number): number {
    const address = this.next;
    this.next += Math.ceil(bytes / LINE_BYTES) * LINE_BYTES;
    return address;
  }

  takeFloats(count: number): number {
    return this.take(4 * count);
  }

  /** The address after everything taken. */
  get end(): number {
    return this.next;
  }

  /** Pages of 64 KiB needed for everything taken. Throws TooLarge beyond 4 GiB, the reach of an address. */
  get pages(): number {
    return pagesFor(this.next);
  }
}

/** What an address can reach. */
export const MOST_PAGES = 65_536;

function pagesFor(bytes: number): number {
  const pages = Math.ceil(bytes / PAGE_BYTES);
  if (pages > MOST_PAGES) {
    throw new TooLarge(
      `Cannot open the kernel: it needs ${Math.ceil(bytes / 2 ** 20)} MiB, ` +
        "expected at most the 4096 MiB that WebAssembly can address; use a smaller subset or network",
      { of: "wasm-memory", needed: bytes, limit: MOST_PAGES * PAGE_BYTES },
    );
  }
  return pages;
}

/**
 * Grows the memory to at least `bytes`, and by an eighth: pages that nothing writes cost no memory, but each growth takes
 * time. Views of the memory are detached if it grows. Throws TooLarge beyond 4 GiB.
 */
export function growTo(memory: WebAssembly.Memory, bytes: number, mostPages = MOST_PAGES): void {
  const [needed, now] = [pagesFor(bytes), memory.buffer.byteLength / PAGE_BYTES];
  if (needed <= now) return;
  memory.grow(Math.min(mostPages, Math.max(needed, Math.ceil(now * 9 / 8))) - now);
}

/** A layer with input-major weights, each row padded to whole vectors. Strides are in elements. */
interface PaddedLayer extends LayerLayout {
  /** Outputs rounded up to whole vectors: the used part of a row of weights. */
  readonly width: number;
}

export interface PaddedLayout extends Layout {
  readonly layers: readonly PaddedLayer[];
}

/**
 * The layout of the wasm kernels: layer by layer the weights input-major [in][stride], then the biases
 * [width], each part on its own cache lines. The weights of one pixel to all neurons lie side by side, so
 * they are multiplied as vectors. `strideOf` gives the elements from one row to the next.
 */
export function paddedLayout(
  network: Network,
  strideOf: (width: number) => number = (width) => width,
): PaddedLayout {
  let offset = 0;
  const take = (elements: number): number => {
    const at = offset;
    offset += Math.ceil(elements / 16) * 16;
    return at;
  };
  const layers = layerShapes(network).map(({ inputs, outputs }): PaddedLayer => {
    const width = padded(outputs);
    const inStride = strideOf(width);
    return {
      inputs,
      outputs,
      width,
      weightOffset: take(inputs * inStride),
      outStride: 1,
      inStride,
      biasOffset: take(width),
      biasStride: 1,
    };
  });
  return { length: offset, layers };
}

/**
 * Elements from one row to the next. Rows of a multiple of 512 bytes are spread by one cache line: otherwise
 * a walk down a column would hit the same few sets of the level 1 cache, which repeat every 4 KiB.
 */
export const spreadStride = (width: number): number => width % 128 === 0 ? width + 16 : width;

/** The count, rounded up to whole vectors. */
export const padded = (count: number): number => Math.ceil(count / LANES) * LANES;
