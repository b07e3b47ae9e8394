import { Presets, SingleBar } from "cli-progress";
import process from "node:process";
import type { SweepEvent } from "../sweep/sweep.ts";
import type { Cell } from "../trial/record.ts";
import type { Terminal } from "./terminal.ts";

/** Shows a sweep on standard error: a bar that moves on a terminal, plain lines elsewhere. */
export interface Progress {
  show(event: SweepEvent): void;
  stop(): void;
}

export function createProgress(terminal: Terminal): Progress {
  return terminal.live ? liveBar(terminal) : plainLines(terminal);
}

function liveBar(terminal: Terminal): Progress {
  const bar = new SingleBar({
    format: "{bar} {value}/{total} trials · {eta_formatted} left · {now}",
    stream: process.stderr,
    hideCursor: true,
    clearOnComplete: true,
    gracefulExit: false, // the command line handles Ctrl-C itself
    autopadding: false,
    barsize: Math.max(10, Math.min(30, terminal.width - 70)),
    etaBuffer: 20,
  }, Presets.shades_classic);
  let running = false;
  return {
    show(event) {
      switch (event.type) {
        case "ceilings":
        case "warning":
          terminal.note(noteOf(event));
          break;
        case "planned":
          bar.start(event.trials, event.alreadyDone, { now: "preparing data" });
          running = true;
          break;
        case "extended":
          bar.setTotal(event.trials);
          break;
        case "pilot":
          bar.update({ now: `first look at ${nameOf(event.cell)}` });
          break;
        case "started":
          bar.update({ now: `round ${event.round} ${nameOf(event.cell)}` });
          break;
        case "recorded":
          bar.increment();
      }
    },
    stop() {
      if (running) bar.stop();
      running = false;
    },
  };
}

function plainLines(terminal: Terminal): Progress {
  let total = 0;
  let done = 0;
  return {
    show(event) {
      switch (event.type) {
        case "ceilings":
        case "warning":
          terminal.note(noteOf(event));
          break;
        case "planned":
          total = event.trials;
          done = event.alreadyDone;
          terminal.note(
            `${total} trials${done > 0 ? `, ${done} of them already done` : ""}`,
          );
          break;
        case "extended":
          total = event.trials;
          terminal.note(`${event.openCells} cells are not resolved: another round`);
          break;
        case "recorded": {
          done++;
          const { status, reason, cell, round } = event.record;
          const note = status === "ok" ? "ok" : `${status}: ${reason}`;
          terminal.note(`${done}/${total} round ${round} ${nameOf(cell)}: ${note}`);
        }
      }
    },
    stop() {},
  };
}

/** Both come before the bar is there. */
const noteOf = (event: Extract<SweepEvent, { type: "ceilings" | "warning" }>): string =>
  event.type === "ceilings"
    ? "measuring what this machine can do at best"
    : `warning: ${event.text}`;

const nameOf = (cell: Cell): string =>
  `${cell.implementation} · ${cell.runtime} · m = ${cell.examples} · B = ${cell.batchSize}` +
  (cell.threads > 1 ? ` · ${cell.threads} threads` : "") +
  (cell.copy === undefined ? "" : ` · ${cell.copy}`);
