/** Options of a test that starts processes: Bun ends a test after 5 s unless it says that it takes longer. */
export const SLOW = { timeout: 300_000 };
