import type { DataEvent } from "../data/resolve_data.ts";
import type { PresetName } from "../format/field_kinds.ts";
import type { PlanInput } from "../format/plan.ts";
import type { Summary } from "../format/summary.ts";
import { presetInput } from "../sweep/presets.ts";
import { startRun } from "../sweep/start_run.ts";
import type { SweepEvent } from "../sweep/sweep_event.ts";
import { type DataChoice, dataOf, givenPlan, measure } from "./measure.ts";
import { publish, runIn } from "./runs.ts";

/** How a sweep is run; its plan says what it measures. */
export interface BenchOptions extends DataChoice {
  /** Fields that the plan leaves out: "quick" takes about 15 s. */
  readonly preset?: PresetName | undefined;
  /** Folder that holds the folders of runs. Default: "results" in the working folder. */
  readonly out?: string | undefined;
  /** Receives what happens: trials that begin, records, what plug-ins print, and where data come from. */
  readonly onEvent?: ((event: SweepEvent | DataEvent) => void) | undefined;
  /** Ends the sweep: what was measured is kept, and `bench` rejects with the reason of the signal. */
  readonly signal?: AbortSignal | undefined;
}

/** Sweeps, writes the reports and returns the summary. */
export async function bench(plan: PlanInput, options: BenchOptions): Promise<Summary> {
  const { preset, out = "results", onEvent = () => {} } = options;
  const signal = options.signal ?? new AbortController().signal;
  const inputs = [...(preset ? [presetInput(preset)] : []), givenPlan(plan)];
  const handle = await startRun(inputs, () => dataOf(options, onEvent, signal), out, signal);
  await measure(handle, onEvent);
  const run = runIn(handle.folder);
  await publish(run);
  signal.throwIfAborted();
  return run.summary;
}
