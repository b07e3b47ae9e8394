import { relative, resolve } from "node:path";
import process from "node:process";
import { known } from "../base/known.ts";
import type { Terminal } from "../base/terminal.ts";
import { type Config, SETTING_NAMES, type SettingName, SETTINGS } from "../format/config.ts";
import type { PlanInput } from "../format/plan.ts";
import { PLAN_FIELD_NAMES } from "../format/plan_fields.ts";
import { findConfig, readConfig } from "../sweep/config_file.ts";

/** What a configuration file says about the options of one command. */
interface Configured {
  /** Absolute path of the file. */
  readonly path: string;
  /** Fields of a plan for which the command has an option. */
  readonly plan: PlanInput;
  readonly settings: Pick<Config, SettingName>;
}

export interface MayBeConfigured {
  readonly configured?: Configured | undefined;
  /** The settings that an option gives. */
  readonly chosen?: ReadonlySet<SettingName>;
}

/** The value of `--config` that stands for no file. */
const NONE = "none";

/** Adds to the options of a command what the configuration file says about them, and the defaults of settings. */
export async function settle<T extends object>(
  given: T & { readonly configFile?: string | undefined },
  { note }: Pick<Terminal, "note">,
): Promise<T & MayBeConfigured> {
  const configured = await configurationOf(given as typeof given & NamedData);
  if (configured !== undefined) note(`configuration: ${fromHere(configured.path)}`);
  const settled: Record<string, unknown> = { ...given };
  const names = SETTING_NAMES.filter((one) => Object.hasOwn(given, one));
  const chosen = new Set(names.filter((one) => settled[one] !== undefined));
  for (const name of names) {
    settled[name] ??= configured?.settings[name] ?? SETTINGS[name].default;
  }
  return { ...given, ...settled, configured, chosen };
}

/** Undefined where no file says anything about these options. */
async function configurationOf(
  given: { readonly configFile?: string | undefined } & NamedData,
): Promise<Configured | undefined> {
  const { configFile } = given;
  if (configFile === NONE) return undefined;
  const path = configFile === undefined ? findConfig(process.cwd()) : resolve(configFile);
  if (path === undefined) return undefined;
  const config = await readConfig(path);
  const meant = <N extends string>(names: readonly N[]) =>
    names.filter((name) => Object.hasOwn(given, name));
  const plan = pick(config, meant(PLAN_FIELD_NAMES));
  const settings = pick(config, settingsBeside(given, meant(SETTING_NAMES)));
  const isEmpty = Object.keys({ ...plan, ...settings }).length === 0;
  return isEmpty ? undefined : { path, plan, settings };
}

const pick = <T extends object>(from: T, names: readonly string[]): T =>
  known(Object.fromEntries(names.map((name) => [name, from[name as keyof T]]))) as T;

interface NamedData {
  readonly data?: unknown;
  readonly synthetic?: unknown;
}

/** An option that names data replaces whichever the configuration names. */
function settingsBeside(
  given: NamedData,
  names: readonly SettingName[],
): SettingName[] {
  const isDataGiven = given.data !== undefined || given.synthetic !== undefined;
  return names.filter((name) => !isDataGiven || (name !== "data" && name !== "synthetic"));
}

/** The options of a command that has no presets, with what is configured. */
export const withConfigured = <T extends MayBeConfigured>(given: T): T => ({
  ...given,
  ...given.configured?.plan,
  ...known(given),
});

/** A path inside this folder, relative to it. */
export function fromHere(path: string): string {
  const here = relative(process.cwd(), path);
  return here.startsWith("..") ? path : here;
}
