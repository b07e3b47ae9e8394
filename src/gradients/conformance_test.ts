import test from "node:test";
import { candidates } from "./testing/available.ts";
import { CONFORMANCE } from "./testing/conformance.ts";

for (const { implementation, skip } of await candidates()) {
  for (const { title, check } of CONFORMANCE) {
    test(`${implementation.name}: ${title}`, { skip }, () => check(implementation));
  }
}
