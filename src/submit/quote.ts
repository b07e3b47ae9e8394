/**
 * A text as one word of a POSIX shell. It must have passed `checkLine`: a line break would be kept, and be hard to see.
 * What cannot mean anything to a shell stays as it is, for the sake of readers.
 */
export const shellWord = (text: string): string =>
  /^[\w%+:,./@-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

/** A command line of these words. */
export const shellLine = (words: readonly string[]): string => words.map(shellWord).join(" ");

/** The same on several lines, each of which starts with an option. */
export function shellLines(words: readonly string[], indent = "  "): string {
  const lines: string[][] = [];
  for (const word of words) {
    if (lines.length === 0 || word.startsWith("--")) lines.push([]);
    lines.at(-1)!.push(shellWord(word));
  }
  return lines.map((line) => line.join(" ")).join(` \\\n${indent}`);
}

/**
 * A text as a scalar of YAML 1.1 and 1.2: a string of JSON is one in both, as long as it has passed `checkLine`. Without
 * quotation marks `no`, `1e3` or `~` would not be texts.
 */
export const yamlText = (text: string): string => JSON.stringify(text);

/** An argument of a container: Kubernetes replaces $(NAME), and takes $$ for $. */
export const containerArgument = (text: string): string =>
  yamlText(text.replaceAll("$", () => "$$"));

/** A JSON document of ASCII characters, as the lines of a block in YAML. */
export const yamlBlock = (value: unknown, indent: string): string =>
  JSON.stringify(value, undefined, 2)
    .replaceAll(/[^\n -~]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .split("\n").map((line) => indent + line).join("\n");
