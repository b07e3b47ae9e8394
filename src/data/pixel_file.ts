import { openSync } from "node:fs";
import { monotonicNs } from "../base/clock.ts";
import { readInto } from "../base/large_files.ts";

/** The pixels of a data set that stay in their file: row after row, one byte each. */
export class PixelFile {
  readonly path: string;
  /** Bytes before the first row. */
  readonly start: number;
  /** Pixels of one row. */
  readonly features: number;
  /** Time that reading has taken so far: it is no part of a kernel's set-up. */
  readNs = 0;
  #file: number | undefined;

  constructor(path: string, start: number, features: number) {
    this.path = path;
    this.start = start;
    this.features = features;
  }

  /** Where the rows lie. */
  get place(): { readonly path: string; readonly start: number } {
    return { path: this.path, start: this.start };
  }

  /** Fills `into` with whole rows, from row `first` on. Throws RangeError where the file ends before. */
  read(first: number, into: Uint8Array): void {
    const begun = monotonicNs();
    // Kept open: the rows are those of this file, even where another takes its name.
    this.#file ??= openSync(this.path, "r");
    const got = readInto(this.#file, into, this.start + first * this.features);
    this.readNs += monotonicNs() - begun;
    if (got < into.length) {
      throw new RangeError(
        `Cannot read the pixels in "${this.path}": it ends ${into.length - got} bytes before row ${
          first + into.length / this.features
        } does`,
      );
    }
  }
}
