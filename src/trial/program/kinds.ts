import { statSync } from "node:fs";

/** A plug-in that is a command line: "cmd: julia mine.jl". */
const COMMAND = /^cmd:\s*/;

/** What runs a plug-in: its module or library in the trial's runtime, Python with its kit, or a program of its own. */
type PluginKind = "module" | "python" | "native" | "program";

export function kindOf(plugin: string): PluginKind {
  if (COMMAND.test(plugin)) return "program";
  if (plugin.endsWith(".py")) return "python";
  if (/\.(c|so|dylib|dll)$/.test(plugin)) return "native";
  return /\.([cm]?[jt]s|[jt]sx)$/.test(plugin) || !isExecutable(plugin) ? "module" : "program";
}

/** It runs in another process than the one that Slope starts for its trial. */
export const isForeign = (plugin: string): boolean =>
  kindOf(plugin) === "python" || kindOf(plugin) === "program";

/** The words of a plug-in's command line; quotation marks keep spaces. */
export function wordsOf(plugin: string): string[] {
  if (!COMMAND.test(plugin)) return [plugin];
  const words = plugin.replace(COMMAND, "").matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g);
  return [...words].map(([, double, single, plain]) => double ?? single ?? plain);
}

/** The command line with these words: `wordsOf` backwards. */
export const commandOf = (words: readonly string[]): string =>
  `cmd: ${words.map((word) => word.includes('"') ? `'${word}'` : `"${word}"`).join(" ")}`;

function isExecutable(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && found.isFile() && (found.mode & 0o111) !== 0;
}
