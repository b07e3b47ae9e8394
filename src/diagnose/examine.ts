import { type Answer, ask } from "../trial/ask.ts";
import { type DiagnoseRequest, PROTOCOL_VERSION } from "../format/protocol.ts";
import { permissionsOf, type TrialOptions } from "../trial/run_trial.ts";

/** Examines the gradient or the training of a trial's cell in a process of its own. */
export function examine(
  trial: TrialOptions,
  subject: DiagnoseRequest["subject"],
  epochs: number,
): Promise<Answer<DiagnoseRequest>> {
  const { cell, plugin, data, initialisation, rate } = trial.request;
  const request: DiagnoseRequest = {
    type: "diagnose",
    protocol: PROTOCOL_VERSION,
    subject,
    cell,
    ...(plugin !== undefined && { plugin }),
    data,
    initialisation,
    rate,
    epochs,
  };
  const { runtime, timeoutMs, signal } = trial;
  return ask(runtime, request, { permissions: permissionsOf(trial), timeoutMs, signal });
}
