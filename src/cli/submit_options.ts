import {
  flag,
  type InferValue,
  integer,
  merge,
  type Message,
  message,
  multiple,
  object,
  option,
  optional,
  string,
  withDefault,
} from "@optique/core";
import { dataOptions, formatOption, textOption } from "./options.ts";
import { duration, memory } from "./values.ts";

/** What every scheduler needs. The command says what is missing: the parser would not say what helps. */
const common = merge(
  object("Sweep", {
    plan: textOption("--plan", "FILE", message`The plan, as JSON. It alone decides what runs.`),
    out: textOption("--out", "DIR", message`Folder for the shards, which all nodes see.`),
    shards: optional(option("--shards", integer({ min: 1, metavar: "N" }), {
      description: message`Into how many shards to share the plan's rounds.`,
    })),
  }),
  dataOptions,
  object("Jobs", {
    name: textOption("--name", "NAME", message`Name of the jobs (default: slope-DIR).`),
    time: optional(option("--time", duration("TIME"), {
      description:
        message`Time limit of a shard, as 90m or 2h (default: from the plan's budget, with room to start).`,
    })),
    command: textOption(
      "--command",
      "COMMAND",
      message`How Slope starts on a node (default: as here; in a container, slope).`,
    ),
  }),
  object("Run", {
    now: withDefault(
      flag("--now", { description: message`Also run the script that submits.` }),
      false,
    ),
    dryRun: withDefault(
      flag("--dry-run", {
        description: message`Print the files on standard output, and write nothing.`,
      }),
      false,
    ),
  }),
  formatOption,
);
export type SubmitOptions = InferValue<typeof common>;

const cpusOption = (description: Message) =>
  optional(option("--cpus", integer({ min: 1, metavar: "N" }), { description }));
const memoryOption = (description: Message) =>
  optional(option("--memory", memory("SIZE"), { description }));

export const slurmOptions = merge(
  common,
  object("Slurm", {
    partition: textOption("--partition", "NAME", message`Partition of the jobs.`),
    account: textOption("--account", "NAME", message`Account that pays.`),
    constraint: textOption(
      "--constraint",
      "FEATURE",
      message`Feature of the nodes, so that all have one kind of processor.`,
    ),
    modules: multiple(option("--module", string({ metavar: "NAME" }), {
      description: message`Module to load before Slope starts; may be repeated.`,
    })),
    image: textOption(
      "--image",
      "IMAGE",
      message`Run in a container of Apptainer or Singularity: a .sif file, or docker://…. It needs --data or --synthetic.`,
    ),
    cpus: cpusOption(message`Cores of a shard (default: all of its node).`),
    memory: memoryOption(message`Memory of a shard, as 4G (default: all of its node).`),
  }),
);

export const kubernetesOptions = merge(
  common,
  object("Kubernetes", {
    image: textOption("--image", "IMAGE", message`Container image, as the nodes find it.`),
    claim: textOption(
      "--claim",
      "NAME",
      message`PersistentVolumeClaim for the results, which pods see as /results.`,
    ),
    constraint: textOption(
      "--constraint",
      "KEY=VALUE",
      message`Label of the nodes, so that all have one kind of processor.`,
    ),
    cpus: cpusOption(message`CPUs of a pod (default: 2).`),
    memory: memoryOption(message`Memory of a pod (default: 4G).`),
  }),
);

export const sshOptions = merge(
  common,
  object("ssh", {
    hosts: textOption(
      "--hosts",
      "FILE",
      message`A host on each line, as user@host; : is this machine.`,
    ),
  }),
);
