/** Options for a test that starts processes: Bun's default time-out is 5 s. */
export const SLOW = { timeout: 300_000 };
