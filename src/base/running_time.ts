/** The time is measured in steps. One that took this much longer than it should is not counted. */
const [STEP_MS, LATE_MS] = [5000, 1000];

/**
 * Calls `then` after a time in which this process ran: the time for which Ctrl-Z stops it does not count, because its
 * children are stopped, too, or wait for it. Returns what cancels that.
 */
export function afterRunning(
  ms: number,
  then: () => void,
  nowMs: () => number = () => performance.now(),
): () => void {
  let leftMs = ms;
  let timer: ReturnType<typeof setTimeout>;
  const wait = (): void => {
    const step = Math.min(leftMs, STEP_MS);
    const until = nowMs() + step;
    timer = setTimeout(() => {
      if (nowMs() - until < LATE_MS) leftMs -= step;
      if (leftMs > 0) wait();
      else then();
    }, step);
  };
  wait();
  return () => clearTimeout(timer);
}
