import type { CellSummary, Summary } from "../format/summary.ts";
import type { ReportFormat } from "./report_format.ts";
import { deviceText } from "./reason_words.ts";

export const csvFormat: ReportFormat = {
  name: "csv",
  summary: "cells.csv: one row per cell, for spreadsheets and data frames",
  render(summary) {
    const cells = [...summary.cells, ...summary.copies];
    const columns = [
      ...COLUMNS,
      ...(cells.some(({ cell }) => cell.machine !== undefined) ? [MACHINE] : []),
    ];
    const header = columns.map(([name]) => name);
    const rows = cells.map((cell) => columns.map(([, value]) => value(cell, summary)));
    return [{ path: "cells.csv", content: csvText([header, ...rows]) }];
  },
};

export type Value = string | number | undefined;

/** Lines end in CRLF (RFC 4180), the last one too. */
export const csvText = (rows: readonly (readonly Value[])[]): string =>
  rows.map((row) => row.map(field).join(",") + "\r\n").join("");

type Column = readonly [string, (cell: CellSummary, summary: Summary) => Value];

/** Only where machines of several kinds measured. */
const MACHINE: Column = ["machine", ({ cell }) => cell.machine];

const COLUMNS: readonly Column[] = [
  ["implementation", ({ cell }) => cell.implementation],
  ["runtime", ({ cell }) => cell.runtime],
  ["batch", ({ series }, summary) => summary.series[series].batch],
  ["batch_size", ({ cell }) => cell.batchSize],
  ["examples", ({ cell }) => cell.examples],
  ["seed", ({ cell }) => cell.seed],
  ["copy", ({ cell }) => cell.copy],
  ["layer_sizes", ({ cell }) => cell.layerSizes.join("-")],
  ["hidden_activation", ({ cell }) => cell.hiddenActivation],
  ["output_loss", ({ cell }) => cell.outputLoss],
  ["rate", ({ cell }) => cell.rate],
  ["precision", ({ cell }) => cell.precision],
  ["threads", ({ cell }) => cell.threads],
  ["ranks", ({ cell }) => cell.ranks],
  ["device", ({ device }) => device && deviceText(device)],
  ["trials", ({ trials }) => trials],
  ["samples", ({ samples }) => samples],
  ["warmup_samples", ({ warmupSamples }) => warmupSamples],
  ["disturbed_samples", ({ disturbance }) => disturbance?.disturbed],
  ["samples_set_aside", ({ disturbance }) => disturbance?.setAside],
  ["waited_share", ({ disturbance }) => disturbance?.waitedShare],
  ["ns_per_epoch_all", ({ nsPerEpochAll }) => nsPerEpochAll?.value],
  ["flat_trials", ({ steadiness }) => steadiness?.flat],
  ["warmup_trials", ({ steadiness }) => steadiness?.["warm-up"]],
  ["slowdown_trials", ({ steadiness }) => steadiness?.slowdown],
  ["unsteady_trials", ({ steadiness }) => steadiness?.["no steady state"]],
  ["epoch_ns", ({ nsPerEpoch }) => nsPerEpoch.value],
  ["epoch_low_ns", ({ nsPerEpoch }) => nsPerEpoch.low],
  ["epoch_high_ns", ({ nsPerEpoch }) => nsPerEpoch.high],
  ["epoch_mad_ns", ({ madNs }) => madNs],
  ["example_ns", ({ nsPerExample }) => nsPerExample.value],
  ["example_low_ns", ({ nsPerExample }) => nsPerExample.low],
  ["example_high_ns", ({ nsPerExample }) => nsPerExample.high],
  ["confidence_share", ({ nsPerEpoch }) => nsPerEpoch.confidence],
  ["epoch_flop", ({ flopPerEpoch }) => flopPerEpoch],
  ["flop_per_second", ({ flopPerSecond }) => flopPerSecond],
  ["epoch_flop_done", ({ roofline }) => roofline?.flopDonePerEpoch],
  ["flop_done_per_second", ({ roofline }) => roofline?.flopDonePerSecond],
  ["epoch_moved_bytes", ({ roofline }) => roofline?.bytesPerEpoch],
  ["flop_per_byte", ({ roofline }) => roofline?.flopPerByte],
  ["ceiling_flop_per_second", ({ roofline }) => roofline?.ceiling?.flopPerSecond],
  ["ceiling_share", ({ roofline }) => roofline?.ceiling?.share],
  ["ceiling_bound", ({ roofline }) => roofline?.ceiling?.bound],
  [
    "same_model",
    ({ series }, { sameModel }) => sameModel.find((one) => one.series === series)?.verdict,
  ],
  ["speedup_ratio", ({ speedup }) => speedup?.value],
  ["speedup_low_ratio", ({ speedup }) => speedup?.low],
  ["speedup_high_ratio", ({ speedup }) => speedup?.high],
  ["speedup_verdict", ({ speedupVerdict }) => speedupVerdict],
  ["slowdown_ratio", ({ slowdown }) => slowdown],
  ["test_accuracy_share", ({ testAccuracy }) => testAccuracy],
  ["last_loss", ({ epochs }) => epochs.at(-1)?.loss],
  ["time_to_90_ns", ({ timeTo90Ns }) => timeTo90Ns],
  ["peak_rss_bytes", ({ peakRssBytes }) => peakRssBytes],
  ["working_bytes", ({ workingBytes }) => workingBytes],
  ["open_ns", ({ openNs }) => openNs],
  ["set_up_bytes", ({ setUpBytes }) => setUpBytes],
  ["threads_used", ({ threadsUsed }) => threadsUsed],
  ["communication_share", ({ communicationShare }) => communicationShare],
  ["parallel_efficiency_share", ({ parallelEfficiency }) => parallelEfficiency?.value],
  ["parallel_efficiency_low_share", ({ parallelEfficiency }) => parallelEfficiency?.low],
  ["parallel_efficiency_high_share", ({ parallelEfficiency }) => parallelEfficiency?.high],
  ["gc_share", ({ gcShare }) => gcShare],
  ["collections_per_epoch", ({ collectionsPerEpoch }) => collectionsPerEpoch],
  ["cpu_share", ({ cpuShare }) => cpuShare],
  ["involuntary_switches", ({ involuntarySwitches }) => involuntarySwitches],
  ["steal_share", ({ stealShare }) => stealShare],
  ["verdict", ({ verdict }) => verdict],
  ["max_relative_error", ({ maxRelativeError }) => maxRelativeError],
];

/** An unknown value is empty. */
/** A stranger's text as a cell: a spreadsheet takes one that begins with =, @ or +…(…) for a formula, and runs it. */
export const plainCell = (text: string | undefined): string | undefined =>
  text !== undefined && /^(?:[=@\t\r]|[+-].*[|!(])/.test(text) ? `'${text}` : text;

function field(value: Value): string {
  const text = String(value ?? "");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
