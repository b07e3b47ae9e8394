import { CURRENT_RUNTIME } from "../../src/base/runtime.ts";
import { skipFor } from "./skips.ts";

/** Options for a test that starts processes: Bun's default time-out is 5 s. */
export const SLOW = { timeout: 300_000 };

/** A reason to skip, for a test whose subject is the same whichever runtime runs the command; false under Deno. */
export const skipOutsideDeno: string | false = skipFor(
  CURRENT_RUNTIME.name !== "deno" &&
    "its subject does not depend on the runtime, and the tests under Deno have it",
);
