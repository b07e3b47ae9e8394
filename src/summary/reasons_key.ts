import type { Reason } from "../format/reason.ts";

/** The same for reasons that differ only in their figures: what to group trials by. */
export const reasonsKey = (reasons: readonly Reason[]): string =>
  JSON.stringify(reasons.map(identity));

function identity(reason: Reason): unknown[] {
  switch (reason.kind) {
    case "timed-out":
      return [reason.kind, reason.lastMessage];
    case "impossible-times":
      return [reason.kind, reason.of];
    case "over-budget":
    case "faster-than-ceiling":
    case "wrong-gradient":
    case "not-repeated":
      return [reason.kind];
    case "too-large":
      return [reason.kind, reason.of];
    default:
      return Object.values(reason);
  }
}
