/** A monotonic clock: nanoseconds since an arbitrary point, as a float64. */
export type Clock = () => number;

// Bound when this module loads, before any plug-in is imported: a plug-in that patches `performance.now` later
// does not change what is measured.
const performanceNow = performance.now.bind(performance);

/** The real clock. Its resolution is 30–80 ns, depending on the runtime. */
export const monotonicNs: Clock = () => performanceNow() * 1e6;

const dateNow = Date.now.bind(Date);

/** Wall-clock time as an ISO 8601 string in UTC, millisecond resolution. */
export function timestamp(now: () => number = dateNow): string {
  return new Date(now()).toISOString();
}
