import type { z } from "zod";
import { InputError } from "../base/errors.ts";
import { FORMAT_VERSION } from "../format/trial_record.ts";

/** Parses the JSON of one file or line of a run. Throws InputError, with `place`, for anything else. */
export function parseVersioned<T>(
  schema: z.ZodType<T>,
  text: string,
  place: string,
  expected: string,
  hint: string,
): T {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new InputError(`Cannot read ${place}: not a JSON value, expected ${expected}`, hint);
  }
  const version = (json as { schema?: unknown } | null)?.schema;
  if (version !== FORMAT_VERSION) {
    throw new InputError(
      `Cannot read ${place}: schema is ${JSON.stringify(version)}, expected ${FORMAT_VERSION}`,
      "read it with the version of Slope that wrote it",
    );
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new InputError(`Cannot read ${place}: ${issue.path.join(".")}: ${issue.message}`, hint);
}
