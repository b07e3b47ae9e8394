import { isAbsolute } from "node:path";
import { InputError } from "../base/errors.ts";
import { known } from "../base/known.ts";
import { IS_PACKAGE, slopeFolder } from "../base/own_files.ts";
import type { Terminal } from "../base/terminal.ts";
import { type PlanInput, pluginCommit } from "../format/plan.ts";
import { type BaseCommit, findBaseCommit } from "../sweep/base_version.ts";
import { findRunFolder, readRunFile } from "../sweep/run_folder.ts";
import { planLayers } from "./plan_options.ts";

/** The options of `bench` that decide what is measured beside the present code. */
type Given = Parameters<typeof planLayers>[0] & {
  readonly against?: string | undefined;
  readonly out: string;
  readonly threshold: number;
};

/** An earlier run by its folder, or a commit. */
export type Earlier = { readonly folder: string } | BaseCommit;

/** Before the name of a branch, tag or commit, where a run has the same name. */
const GIT = "git:";

/**
 * What `--against` names: a run, else a commit in the repository of the plug-ins; of Slope, where there are none. Throws
 * InputError where it is neither.
 */
export async function findEarlier(given: Given, { note }: Terminal): Promise<Earlier> {
  const named = given.against!;
  const layers = planLayers(given).map(({ input }) => input.plugins);
  const plugins = layers.findLast((one) => one !== undefined) ?? [];
  const commit = () => findBaseCommit(named.replace(GIT, ""), plugins, slopeFolder());
  if (named.startsWith(GIT)) return await commit();
  // Names of branches may have slashes, but none begins like a path.
  const isPath = isAbsolute(named) || /^\.{1,2}[\\/]/.test(named);
  const folder = await findRunFolder(named, given.out).catch((error) => {
    if (isPath || !(error instanceof InputError)) throw error;
  });
  if (folder === undefined && plugins.length === 0 && IS_PACKAGE) {
    throw new InputError(
      `Cannot measure against "${named}": there is no such run, and no plug-in whose repository has commits`,
      "name a plug-in with --plugin, or the folder of a run",
    );
  }
  if (folder === undefined) return await commit();
  const isBoth = await commit().then(() => true, () => false);
  if (isBoth) {
    note(`--against ${named} is the run ${folder}; ${GIT}${named} stands for the commit`);
  }
  return { folder };
}

/**
 * The layers of the plan. With an earlier run, options win over its plan, which stands in place of the configuration.
 * With a commit, only plug-ins and what an option names are measured. A null twin shows what is noise.
 */
export function inputsAgainst(earlier: Earlier | undefined, given: Given): PlanInput[] {
  const layers = planLayers(given);
  const { threshold } = given;
  if (earlier === undefined) return layers.map(({ input }) => input);
  if ("ref" in earlier) {
    const hasPlugins = layers.some(({ input }) => (input.plugins ?? []).length > 0);
    const withoutOthers = (
      { implementations: _, baseline: __, nullTwin: ___, ...input }: PlanInput,
    ) => input;
    return [
      { nullTwin: "auto" },
      ...hasPlugins ? [{ implementations: [] }] : [],
      ...layers.map(({ source, input }) =>
        hasPlugins && source.kind !== "option" ? withoutOthers(input) : input
      ),
      { against: { ...earlier, threshold } },
    ];
  }
  const { folder } = earlier;
  const run = readRunFile(folder);
  const { plan, environment: { gitCommit } } = run;
  // With --resolve, `rounds` is a limit, which the earlier run did not set.
  // Commands are those of this command line alone.
  const { rounds, beforeRun: _, beforeTrial: __, afterRun: ___, ...rest } = plan;
  const before: PlanInput = given.resolve === undefined ? { ...rest, rounds } : rest;
  return [
    { ...before, nullTwin: "auto" },
    ...layers.filter(({ source }) => source.kind !== "configuration").map(({ input }) => input),
    { against: known({ folder, threshold, gitCommit, pluginCommit: pluginCommit(run) }) },
  ];
}
