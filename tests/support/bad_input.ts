import assert from "node:assert/strict";
import { InputError } from "../../src/base/errors.ts";

/** For assert.throws and assert.rejects: an InputError with a hint and this message. */
export const badInput = (message: RegExp) => (error: unknown): true => {
  assert.ok(error instanceof InputError, `not an InputError: ${error}`);
  assert.match(error.message, message);
  assert.ok(error.hint);
  return true;
};
