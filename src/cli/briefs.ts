import { message } from "@optique/core/message";

/** What each command does, in one line. They stand apart from the commands, which take longer to load than to list. */
export const BRIEFS = {
  bench: message`Train implementations on growing subsets and compare them.`,
  list: message`Implementations, runtimes and data sets: available, or why not.`,
  verify: message`Check every implementation against the oracle, without timing it.`,
  train: message`Train one implementation, with live loss and accuracy.`,
  profile: message`Where one implementation's time and memory go.`,
  diagnose:
    message`Say what is wrong with an implementation, why it does not learn, and what to change.`,
  compare: message`Two runs: ratio, interval, verdict; exit code 1 on a regression.`,
  merge: message`One run of the shards that several nodes measured.`,
  history: message`The runs of a folder over time: trends, and where a level changed.`,
  report: message`Render a run again, byte for byte the same.`,
  serve: message`A local page of all runs: open, compare, follow one that is running.`,
  choose: message`Say which implementation trains a given network fastest, set-up included.`,
  data: message`Get, check, describe and multiply data sets.`,
  config: message`What is in force for a sweep, and where each value comes from.`,
  submit: message`Share a sweep among the nodes of a cluster: Slurm, Kubernetes or ssh.`,
  init: message`Write a plug-in to start from, its test and a configuration.`,
} as const;

export type CommandName = keyof typeof BRIEFS;
