import type { InputError } from "../base/errors.ts";
import type { Terminal } from "../base/terminal.ts";
import { errorText } from "./reason_words.ts";

/** Prints what is wrong with the input, and what helps. */
export function tellError(error: InputError, { note }: Pick<Terminal, "note">): void {
  note(`error: ${errorText(error)}`);
  if (error.hint !== undefined) note(`hint: ${error.hint}`);
}
