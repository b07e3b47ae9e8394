import process from "node:process";

/**
 * $SLOPE_DATA as it was before any test ran. Commands that run in the process of their test blank it, and tests that run
 * at the same time share their variables.
 */
export const GIVEN_DATA: string = process.env.SLOPE_GIVEN_DATA ??= process.env.SLOPE_DATA ?? "";
