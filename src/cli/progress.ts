import { MultiBar, Presets, type SingleBar } from "cli-progress";
import process from "node:process";
import { type Clock, monotonicNs } from "../base/clock.ts";
import { wrap } from "../base/wrap.ts";
import type { Plan } from "../format/plan.ts";
import type { SweepEvent } from "../sweep/sweep_event.ts";
import type { Cell, TrialRecord } from "../format/trial_record.ts";
import { createProgramLog } from "./program_log.ts";
import { createTimeLeft } from "./time_left.ts";
import type { Terminal } from "../base/terminal.ts";
import type { Reason } from "../format/reason.ts";
import { counted, formatWait } from "../report/numbers.ts";
import { reasonsText, unmeasuredText } from "../report/reason_words.ts";
import { axesOfPlan, axisParts } from "../summary/axes.ts";
import { reasonsKey } from "../summary/reasons_key.ts";

/** Shows a sweep on standard error: a bar that moves on a terminal, plain lines elsewhere. */
export interface Progress {
  show(event: SweepEvent): void;
  stop(): void;
}

/** `stream` is where the bar moves. */
export const createProgress = (
  terminal: Pick<Terminal, "note" | "live">,
  clock: Clock = monotonicNs,
  stream = process.stderr,
): Progress => terminal.live ? liveBar(terminal, clock, stream) : plainLines(terminal, clock);

function liveBar(
  terminal: Pick<Terminal, "note">,
  clock: Clock,
  stream: typeof process.stderr,
): Progress {
  const left = createTimeLeft(clock);
  const missed = createMissed();
  const columns = () => stream.columns || 80;
  let now = "preparing data";
  let plan: Plan | undefined;
  const bars = new MultiBar({
    format: (_, { value, total }) => barLine(value, total, left.text(), now, columns()),
    stream,
    hideCursor: true,
    clearOnComplete: true,
    gracefulExit: false, // the command line handles Ctrl-C itself
    fps: 5, // the time left falls within a trial too
    forceRedraw: true, // a line above the bar clears it
  }, Presets.shades_classic);
  let bar: SingleBar | undefined;
  /** Prints above the bar at once: a failure may be worth Ctrl-C. */
  const tell = (text: string) => {
    if (bar === undefined) return terminal.note(text);
    wrap(text, columns(), "  ").forEach((line) => bars.log(`${line}\n`));
    bars.update();
  };
  const log = createProgramLog({ note: tell });
  return {
    show(event) {
      const hasRun = left.see(event);
      switch (event.type) {
        case "ceilings":
        case "unmeasured":
          noteOf(event).forEach(tell);
          break;
        case "log":
          log(event.cell, event.line);
          break;
        case "planned":
          plan = event.plan;
          bar = bars.create(event.trials, event.alreadyDone);
          bars.update();
          break;
        case "extended":
        case "beyond":
          bar?.setTotal(event.trials);
          break;
        case "pilot":
          now = `first look at ${nameOf(event.cell, plan)}`;
          break;
        case "started":
          now = `round ${event.round} · ${nameOf(event.cell, plan)}`;
          break;
        case "recorded":
          bar?.increment();
          if (missed.isWorthTelling(event.record, hasRun)) {
            tell(trialText(event.record, plan));
          }
      }
    },
    stop() {
      if (bar === undefined) return;
      missed.rest().forEach(tell);
      bars.stop();
      bar = undefined;
    },
  };
}

/** The bar and as many of the other parts as fit; no part is cut. */
function barLine(
  value: number,
  total: number,
  left: string | undefined,
  now: string,
  columns: number,
): string {
  const size = columns < 50 ? 0 : Math.max(10, Math.min(30, columns - 70));
  const full = total > 0 ? Math.round(size * value / total) : size;
  const { barCompleteChar, barIncompleteChar } = Presets.shades_classic;
  let line = barCompleteChar.repeat(full) + barIncompleteChar.repeat(size - full);
  line += `${line === "" ? "" : " "}${value}/${counted(total, "trial")}`;
  for (const part of [...(left === undefined ? [] : [left]), ...now.split(" · ")]) {
    if (line.length + 3 + part.length >= columns) break;
    line += ` · ${part}`;
  }
  return line;
}

/** Plain lines state the time left at most this often. */
const SAID_EVERY_NS = 10e9;

function plainLines(terminal: Pick<Terminal, "note">, clock: Clock): Progress {
  const left = createTimeLeft(clock);
  const missed = createMissed();
  let total = 0;
  let done = 0;
  let plan: Plan | undefined;
  let saidNs = -Infinity;
  const log = createProgramLog(terminal);
  return {
    show(event) {
      const hasRun = left.see(event);
      switch (event.type) {
        case "ceilings":
        case "unmeasured":
          noteOf(event).forEach(terminal.note);
          break;
        case "log":
          log(event.cell, event.line);
          break;
        case "planned":
          total = event.trials;
          done = event.alreadyDone;
          plan = event.plan;
          terminal.note(
            `${counted(total, "trial")}, at most ${formatWait(event.plan.budgetSeconds * 1e9)}` +
              (done > 0 ? `, ${done} of them already done` : ""),
          );
          break;
        case "beyond":
          total = event.trials;
          terminal.note(`bisecting: ${event.cells.map((cell) => nameOf(cell, plan)).join(", ")}`);
          break;
        case "extended":
          total = event.trials;
          terminal.note(`${counted(event.openCells, "cell")} not resolved: another round`);
          break;
        case "recorded":
          done++;
          if (event.record.status === "ok" || missed.isWorthTelling(event.record, hasRun)) {
            terminal.note(
              `${done}/${total} ${trialText(event.record, plan)}${hasRun ? sayLeft() : ""}`,
            );
          }
      }
    },
    stop: () => missed.rest().forEach((line) => terminal.note(line)),
  };

  function sayLeft(): string {
    const text = left.text();
    if (text === undefined || clock() - saidNs < SAID_EVERY_NS) return "";
    saidNs = clock();
    return ` · ${text}`;
  }
}

/** Trials without figures: each that ran is worth a line; of others with one kind of reason, only the first. */
function createMissed() {
  const untold = new Map<string, { status: string; reasons: readonly Reason[]; names: string[] }>();
  return {
    isWorthTelling({ status, reasons = [], cell }: TrialRecord, hasRun: boolean): boolean {
      if (status === "ok") return false;
      if (hasRun) return true;
      const kind = `${status} ${reasonsKey(reasons)}`;
      const alike = untold.get(kind);
      if (alike === undefined) untold.set(kind, { status, reasons, names: [] });
      else alike.names.push(cell.implementation);
      return alike === undefined;
    },
    /** "14 more trials skipped, alike: naive_loop, wasm_simd: predicted 3 s …". */
    rest: () =>
      [...untold.values()].filter(({ names }) => names.length > 0).map(
        ({ status, reasons, names }) =>
          `${counted(names.length, "more trial")} ${status}, alike: ` +
          `${[...new Set(names)].join(", ")}: ${reasonsText(reasons)}`,
      ),
  };
}

/** These events come before the bar. A machine need not have BLAS: only the report mentions it. */
function noteOf(event: Extract<SweepEvent, { type: "ceilings" | "unmeasured" }>): string[] {
  if (event.type === "ceilings") return ["measuring the highest rates of this machine"];
  return event.unmeasured.what === "blas"
    ? []
    : [`warning: not measured: ${unmeasuredText(event.runtime, event.unmeasured)}`];
}

const trialText = (
  { status, reasons = [], cell, round }: TrialRecord,
  plan: Plan | undefined,
): string =>
  `round ${round} ${nameOf(cell, plan)}: ${
    status === "ok" ? "ok" : `${status}: ${reasonsText(reasons)}`
  }`;

const nameOf = (cell: Cell, plan: Plan | undefined): string =>
  `${cell.implementation} · ${cell.runtime} · m = ${cell.examples} · B = ${cell.batchSize}` +
  (plan ? axisParts(cell, axesOfPlan(plan)) : []).map((part) => ` · ${part}`).join("") +
  (cell.threads > 1 ? ` · ${cell.threads} threads` : "") +
  (cell.ranks === undefined ? "" : ` · ${counted(cell.ranks, "rank")}`) +
  ((plan?.seeds.length ?? 1) > 1 ? ` · seed ${cell.seed}` : "") +
  (cell.copy === undefined ? "" : ` · ${cell.copy}`);
