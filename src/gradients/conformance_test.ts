import test from "node:test";
import { candidates } from "../../tests/support/available_implementations.ts";
import { CONFORMANCE } from "../../tests/support/conformance.ts";

for (const { implementation, skip } of await candidates()) {
  for (const { title, check } of CONFORMANCE) {
    test(`${implementation.name}: ${title}`, { skip }, () => check(implementation));
  }
}
