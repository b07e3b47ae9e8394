const told = new Set<string>();

/**
 * The reason of a skip, `test(name, { skip: skipFor(reason) }, fn)` or `t.skip(skipFor(reason))`, which it prints once:
 * not every test runner shows it.
 */
export function skipFor<R extends string | false | undefined>(reason: R): R {
  if (reason && !told.has(reason)) {
    told.add(reason);
    console.error(`skipped: ${reason}`);
  }
  return reason;
}
