import test from "node:test";
import { IMPLEMENTATIONS } from "./all.ts";
import type { Availability } from "./contract.ts";
import { CONFORMANCE } from "./testing/conformance.ts";

for (const implementation of IMPLEMENTATIONS) {
  const answer: Availability = await implementation.probe?.() ?? { available: true };
  if (!answer.available) console.error(`skipped: ${implementation.name}: ${answer.reason}`);
  const skip = answer.available ? false : answer.reason;
  for (const { title, check } of CONFORMANCE) {
    test(`${implementation.name}: ${title}`, { skip }, () => check(implementation));
  }
}
