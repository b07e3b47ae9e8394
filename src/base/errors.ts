/**
 * Something the user gave (a flag, a file, a plug-in, a mirror) cannot be used.
 *
 * A class of its own because the command line must tell bad input (exit 2, a remedy, no stack) from a
 * defect of Slope (a stack). `message` says cause and place: `Cannot <act>: <state>, expected <wanted>`.
 */
export class InputError extends Error {
  override readonly name = "InputError";
  /** What the user can do about it, one sentence; printed under the message. */
  readonly remedy: string | undefined;

  constructor(message: string, remedy?: string, options?: ErrorOptions) {
    super(message, options);
    this.remedy = remedy;
  }
}

/** A file that whoever works on it may be about to mend: what watches it tells the error and waits. */
export class BrokenFile extends InputError {}

/** The text of anything that was thrown: an error's message, a string, or the value as JSON. */
export function messageOf(thrown: unknown): string {
  if (thrown instanceof Error) return thrown.message || thrown.name;
  if (typeof thrown === "string") return thrown;
  try {
    return JSON.stringify(thrown) ?? String(thrown);
  } catch {
    return String(thrown); // circular, or with a toJSON that throws
  }
}
