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
  /** Open, with the time that reading has taken so far; views of the same file share it. */
  readonly #file: { descriptor?: number; readNs: number };

  constructor(path: string, start: number, features: number, whole?: PixelFile) {
    this.path = path;
    this.start = start;
    this.features = features;
    this.#file = whole ? whole.#file : { readNs: 0 };
  }

  /** Time that reading has taken so far: it is no part of a kernel's set-up. */
  get readNs(): number {
    return this.#file.readNs;
  }

  /** Where the rows lie. */
  get place(): { readonly path: string; readonly start: number } {
    return { path: this.path, start: this.start };
  }

  /** The same file from row `first` on. */
  from(first: number): PixelFile {
    return new PixelFile(this.path, this.start + first * this.features, this.features, this);
  }

  /** Fills `into` with whole rows, from row `first` on. Throws RangeError where the file ends before. */
  read(first: number, into: Uint8Array): void {
    const begun = monotonicNs();
    const file = this.#file;
    // Kept open: the rows are those of this file, even where another takes its name.
    file.descriptor ??= openSync(this.path, "r");
    const got = readInto(file.descriptor, into, this.start + first * this.features);
    file.readNs += monotonicNs() - begun;
    if (got < into.length) {
      throw new RangeError(
        `Cannot read the pixels in "${this.path}": it ends ${into.length - got} bytes before row ${
          first + into.length / this.features
        } does`,
      );
    }
  }
}
