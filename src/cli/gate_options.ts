import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { withDefault } from "@optique/core/modifiers";
import { option } from "@optique/core/primitives";
import { FAIL_ON, type FailOn, THRESHOLD } from "../compare/gate.ts";
import { choiceList, percentage } from "./values.ts";

/** What a comparison counts, and what of it ends with exit code 1. */
export const gateOptions = object("Comparison", {
  threshold: withDefault(
    option("--threshold", percentage(), {
      description: message`Smaller differences do not count (default: 3%).`,
    }),
    THRESHOLD,
  ),
  failOn: withDefault(
    option("--fail-on", choiceList("VERDICTS", FAIL_ON), {
      description:
        message`Exit code 1 where one of these occurs: slower (default), wrong, unresolved.`,
    }),
    ["slower"] as FailOn[],
  ),
});
