/**
 * Something that the user gave (a flag, a file, a plug-in, a mirror) cannot be used. The command line shows it with a
 * hint and exits with 2; any other error is a defect, shown with its stack. `message` says
 * `Cannot <act>: <state>, expected <wanted>`.
 */
export class InputError extends Error {
  override readonly name = "InputError";
  /** What the user can do about it, in one sentence; printed under the message as a hint. */
  readonly hint: string | undefined;

  constructor(message: string, hint?: string, options?: ErrorOptions) {
    super(message, options);
    this.hint = hint;
  }
}

/** A file that its author can fix: --watch shows the error and waits for the next edit. */
export class BrokenFile extends InputError {}

/** A file that loads and offers no program, such as one that others import. */
export class NoProgram extends BrokenFile {}

/** Ctrl-C ended a command early. `message` says what was done so far and how to go on. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

/** What is thrown where an interruption keeps something from being known. */
export const interruption = (signal: AbortSignal | undefined): unknown =>
  signal?.reason ?? new DOMException("It was interrupted", "AbortError");

/** Whether that was thrown. */
export const isInterruption = (error: unknown): boolean =>
  error instanceof Error && error.name === "AbortError";

/** The text of a thrown value: an error's message, a string, or JSON. */
export function messageOf(thrown: unknown): string {
  if (thrown instanceof Error) return thrown.message || thrown.name;
  if (typeof thrown === "string") return thrown;
  try {
    return JSON.stringify(thrown) ?? String(thrown);
  } catch {
    return String(thrown); // circular, or with a toJSON that throws
  }
}

/**
 * What a problem needs is more than its program can ever have: no defect, and no lack of this machine. A sweep skips
 * such cells.
 */
export class TooLarge extends RangeError {
  readonly size: Readonly<TooLargeSize>;

  constructor(message: string, size: TooLargeSize) {
    super(message);
    this.size = size;
  }
}

export interface TooLargeSize {
  /** An address space of WebAssembly in bytes, one array in bytes, or the pixels that are not 0 in a list. */
  readonly of: "wasm-memory" | "array" | "list";
  /** At least so much; where the rest was not looked at, it may be more. */
  readonly needed: number;
  /** Absent: only this runtime knows it. */
  readonly limit?: number;
}
