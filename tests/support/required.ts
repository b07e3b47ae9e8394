import process from "node:process";

/** Set where everything that tests of clusters need was installed: then they may not be skipped. */
const REQUIRED = "SLOPE_REQUIRE_CLUSTER";

/**
 * `test(name, { skip: skipFor(reason) }, …)` for tests of schedulers and of MPI: prints the reason, or throws it where
 * this machine must have what is missing. False without a reason.
 */
export function skipFor(reason: string | false): string | false {
  if (reason === false) return false;
  if (process.env[REQUIRED] === "1") throw new Error(`${REQUIRED} is set, and yet: ${reason}`);
  console.error(`skipped: ${reason}`);
  return reason;
}
