import { launch } from "../trial/launch.ts";
import { type DiagnoseRequest, PROTOCOL_VERSION } from "../format/protocol.ts";
import type { Failure } from "../format/reason.ts";
import { permissionsOf, type TrialOptions } from "../trial/run_trial.ts";
import type { Finding } from "../format/finding.ts";

/**
 * Examines one subject, gradient or training, of the implementation of a trial's cell, in a process of its own. Returns what was found,
 * or why the examination came to no end; undefined when it was aborted.
 */
export async function examine(
  options: TrialOptions,
  subject: DiagnoseRequest["subject"],
  epochs: number,
): Promise<{ findings: Finding[] } | { failed: Failure } | undefined> {
  const { cell, plugin, data, initialisation, rate } = options.request;
  let findings: Finding[] = [];
  const outcome = await launch({
    runtime: options.runtime,
    permissions: permissionsOf(options),
    timeoutMs: options.timeoutMs,
    request: {
      type: "diagnose",
      protocol: PROTOCOL_VERSION,
      subject,
      cell,
      ...(plugin !== undefined && { plugin }),
      data,
      initialisation,
      rate,
      epochs,
    },
    ...(options.signal && { signal: options.signal }),
    onMessage(message) {
      if (message.type === "findings") findings = message.findings;
    },
  });
  if (outcome.ended === "aborted" || options.signal?.aborted) return undefined;
  return outcome.ended === "done" ? { findings } : { failed: outcome.failure };
}
