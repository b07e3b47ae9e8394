import { merge } from "@optique/core";
import process from "node:process";
import { dataPlaces } from "../data/places.ts";
import { placeText } from "../report/data_words.ts";
import {
  emulatedImplementations,
  findPrograms,
  firstCandidates,
  firstRuntime,
  type RuntimePrograms,
} from "../sweep/available.ts";
import { pythonCommands } from "../sweep/interpreters.ts";
import { type AvailablePeer, findPeers, PEERS } from "../sweep/peers.ts";
import { softwareText, unavailableText } from "../report/reason_words.ts";
import type { Described } from "../sweep/schedule.ts";
import { heldFrom, noBoxText } from "../report/sandbox_words.ts";
import { findBox } from "../trial/box/find_box.ts";
import { HELD } from "../format/sandbox.ts";
import { counted, listed } from "../report/numbers.ts";
import { alignedRows } from "../report/text_table.ts";
import { wrap } from "../base/wrap.ts";
import { RuntimeName } from "../format/trial_record.ts";
import { BRIEFS } from "./briefs.ts";
import { withConfigured } from "./configuration.ts";
import { action, dataOptions, formatOption } from "./options.ts";
import { print } from "./output.ts";
import { pluginOptions, runtimeOptions } from "./plan_options.ts";

const options = merge(runtimeOptions, pluginOptions, dataOptions, formatOption);

const texts = { brief: BRIEFS.list };

export const listCommand = action("list", options, texts, async (options, terminal, signal) => {
  const given = withConfigured(options);
  const programs = await findPrograms(
    given.runtimes ?? RuntimeName.options,
    given.runtimePaths ?? {},
    {
      paths: given.plugins ?? [],
      pythons: pythonCommands(process.env, given.python),
      sandbox: given.sandbox,
    },
    signal,
  );
  const peers = await findPeers(
    PEERS,
    firstRuntime(programs),
    pythonCommands(process.env),
    signal,
  );
  const found = {
    ...described(programs),
    peers: peers.map(describedPeer),
    sandbox: await boxHere(),
    data: dataPlaces(given.data, process.env).map((one) => ({
      place: one.place,
      available: one.state !== "not-given" && one.state !== "unusable",
      detail: placeText(one),
    })),
  };
  print(given.format, terminal, found, () => listLines(found, terminal.width));
  return 0;
});

async function boxHere() {
  const found = await findBox();
  return found.available
    ? { available: true as const, version: found.box.version }
    : { available: false as const, reason: found.reason };
}

const NOT_AVAILABLE = "not available";

type Listed = ReturnType<typeof described> & {
  readonly peers: readonly ReturnType<typeof describedPeer>[];
  readonly sandbox: Awaited<ReturnType<typeof boxHere>>;
  readonly data: readonly { place: string; available: boolean; detail: string }[];
};
type Answers = Listed["implementations"][0]["runtimes"];

function listLines(
  { implementations, peers, runtimes, sandbox, data }: Listed,
  width: number,
): string[] {
  const sections: Record<string, string[][]> = {
    "Implementations": implementations.map((
      { name, precision, summary, needs, onlyIfNamed, timedFromWidth, runtimes },
    ) => [
      name,
      precision,
      placesOf(runtimes),
      [
        summary,
        ...versionsOf(runtimes),
        ...reasonsOf(runtimes),
        ...(onlyIfNamed ? ["timed only if you name it"] : []),
        ...(needs.includes("ranks") ? ["timed only with --ranks, or if you name it"] : []),
        ...(timedFromWidth === undefined
          ? []
          : [`timed for hidden layers of ${timedFromWidth} neurons or more, or if you name it`]),
      ].join(" · "),
    ]),
    "Peers (with --peers)": peers.map(({ name, precision, availability, summary }) => [
      name,
      precision,
      availability.available ? "available" : NOT_AVAILABLE,
      availability.available
        ? [summary, ...versionsOf([availability])].join(" · ")
        : unavailableText(availability.reason),
    ]),
    "Runtimes": runtimes.map((runtime) => [
      runtime.name,
      runtime.available ? runtime.version : NOT_AVAILABLE,
      runtime.available ? runtime.path : unavailableText(runtime.reason),
    ]),
    "Sandbox of plug-ins": [
      [
        "bubblewrap",
        sandbox.available ? sandbox.version : NOT_AVAILABLE,
        sandbox.available
          ? `every plug-in is kept from ${heldFrom(HELD)}`
          : `${
            noBoxText(sandbox.reason)
          }; Deno and Node hold modules, nothing holds other plug-ins`,
      ],
    ],
    "Data": data.map(({ place, available, detail }) => [
      place,
      available ? "available" : NOT_AVAILABLE,
      detail,
    ]),
  };
  return [
    ...answerTexts(implementations, peers, runtimes).flatMap((text) => wrap(text, width, "  ")),
    ...Object.entries(sections).flatMap(([title, rows]) => [
      title,
      ...alignedRows(rows, width - 2).flat().map((line) => `  ${line}`),
    ]),
  ];
}

const whyNot = (answers: Answers): string[] =>
  answers.flatMap((one) => one.available ? [] : [unavailableText(one.reason)]);

/** How much can run here, and what cannot: the plug-ins that were named with the reason, of the others the names. */
function answerTexts(
  implementations: Listed["implementations"],
  peers: Listed["peers"],
  runtimes: Listed["runtimes"],
): string[] {
  const runsHere = ({ runtimes }: Listed["implementations"][0]) =>
    runtimes.some(({ available }) => available);
  const lost = implementations.filter((one) => one.plugin !== undefined && !runsHere(one));
  const kinds = {
    implementation: implementations.map((one) => ({ name: one.name, isHere: runsHere(one) })),
    peer: peers.map((one) => ({ name: one.name, isHere: one.availability.available })),
    runtime: runtimes.map((one) => ({ name: one.name, isHere: one.available })),
  };
  const counts = Object.entries(kinds).filter(([, all]) => all.length > 0).map(([kind, all]) =>
    `${all.filter(({ isHere }) => isHere).length} of ${counted(all.length, kind)}`
  );
  const lostNames = lost.map(({ name }) => name);
  const absent = Object.values(kinds).flat()
    .filter(({ name, isHere }) => !isHere && !lostNames.includes(name))
    .map(({ name }) => name);
  return [
    ...lost.map(({ name, runtimes }) =>
      `✗ ${name} cannot run here: ${[...new Set(whyNot(runtimes))].join("; ")}.`
    ),
    `${listed(counts)} can run here.`,
    ...(absent.length === 0 ? [] : [`Not here: ${absent.join(", ")}; the reasons stand below.`]),
  ];
}

/** "deno (software), bun": the runtimes in which an implementation is available. */
const placesOf = (answers: Answers): string =>
  answers.flatMap((one) => one.available ? [one.software ? softwareText(one.name) : one.name] : [])
    .join(", ") || NOT_AVAILABLE;

/** Why it is not available in the others. */
const reasonsOf = (answers: Answers): string[] =>
  answers.flatMap((one) =>
    one.available ? [] : [`not in ${one.name}: ${unavailableText(one.reason)}`]
  );

/** The library or device that an implementation uses, as its probe in any of the runtimes says. */
function versionsOf(answers: readonly Described["availability"][]): string[] {
  const versions = answers.flatMap((one) =>
    one.available && one.version ? one.software ? softwareText(one.version) : one.version : []
  );
  return [...new Set(versions)];
}

const describedPeer = (
  { described: { name, summary, precision, availability } }: AvailablePeer,
) => ({ name, summary, precision, availability });

function described(programs: readonly RuntimePrograms[]) {
  const emulated = emulatedImplementations(programs).map(({ implementation }) => implementation);
  return {
    implementations: firstCandidates(programs).map((
      { name, summary, precision, needs, timedFromWidth, plugin, interpreter, availability },
    ) => ({
      name,
      summary,
      precision,
      needs,
      ...(timedFromWidth !== undefined && { timedFromWidth }),
      ...(emulated.includes(name) ? { onlyIfNamed: true as const } : {}),
      ...(plugin !== undefined && { plugin }),
      runtimes: interpreter
        ? [{ name: interpreter.name, ...availability }]
        : programs.filter(({ found }) => found.available).map((entry) => ({
          name: entry.name,
          ...entry.candidates.find((one) => one.name === name)?.availability ??
            {
              available: false as const,
              reason: { kind: "not-offered" as const, runtime: entry.name },
            },
        })),
    })),
    runtimes: programs.map(({ name, found }) =>
      found.available
        ? { available: true as const, ...found.runtime }
        : { available: false as const, name, reason: found.reason }
    ),
  };
}
