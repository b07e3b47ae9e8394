import type { ResolvedData } from "../data/resolve_data.ts";
import type { DryRun } from "../format/dry_run.ts";
import type { PlanInput } from "../format/plan.ts";
import { FORMAT_VERSION } from "../format/trial_record.ts";
import type { Terminal } from "../base/terminal.ts";
import { dryRunText } from "../report/dry_run_text.ts";
import { compareCells, seriesOf } from "../summary/series.ts";
import { earlierRunsHere, planDryRun } from "../sweep/dry_run.ts";
import { orClose, type Setup } from "../sweep/prepared_sweep.ts";
import { resolveSetup } from "../sweep/resolve_setup.ts";
import type { PrintFormat } from "./options.ts";
import { print } from "./output.ts";

/** Prints what a sweep would measure, and how long it would take. Makes no run and starts no trial. */
export async function dryRun(
  inputs: readonly PlanInput[],
  data: () => Promise<ResolvedData>,
  { out, format }: { readonly out: string; readonly format: PrintFormat },
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number> {
  const setup = await resolveSetup(inputs, data, { signal });
  return await orClose(setup, () => tellOf(setup, { out, format }, terminal, signal));
}

async function tellOf(
  setup: Setup,
  { out, format }: { readonly out: string; readonly format: PrintFormat },
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number> {
  const { plan } = setup;
  const earlier = earlierRunsHere(
    out,
    (name, { message }) =>
      terminal.note(`warning: the run ${name} is left out of the prediction: ${message}`),
  );
  const { cells, ...rest } = await planDryRun(setup, earlier, signal);
  const inOrder = cells.toSorted((a, b) => compareCells(plan)(a.cell, b.cell));
  const { series, indexOf } = seriesOf(inOrder.map(({ cell }) => cell), plan);
  const found: DryRun = {
    schema: FORMAT_VERSION,
    cells: inOrder.map((one) => ({ ...one, label: series[indexOf(one.cell)].label })),
    budgetSeconds: plan.budgetSeconds,
    ...rest,
    from: [...rest.from],
  };
  print(format, terminal, found, () => dryRunText(found, terminal));
  return 0;
}
