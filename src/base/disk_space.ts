import { statfsSync } from "node:fs";
import { InputError } from "./errors.ts";

/**
 * Throws InputError where the disk of a folder has not so many bytes for `what`, as "the set". Where the system does not
 * tell, nothing is checked.
 */
export function checkSpace(folder: string, bytes: number, what: string, hint: string): void {
  let free: number;
  try {
    const { bavail, bsize } = statfsSync(folder);
    free = bavail * bsize;
  } catch {
    return;
  }
  if (free < bytes) {
    throw new InputError(
      `Cannot write to "${folder}": ${what} needs ${gigabytes(bytes)}, and ${
        gigabytes(free)
      } are free there`,
      hint,
    );
  }
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(bytes < 1e8 ? 4 : 2)} GB`;
