import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { GRADIENT_FINDING_IDS, wordsOf } from "../../src/diagnose/words/finding_words.ts";
import { findingText } from "../../src/diagnose/words/finding_text.ts";
import type { Finding } from "../../src/format/finding.ts";

const FOLDER = fileURLToPath(new URL("../../examples/mistakes/", import.meta.url));

/** File name → what diagnose finds in it. */
export type Found = Record<string, Finding[]>;

export const RECORD = `${FOLDER}found.json`;

/** The files of the gallery: one named after each finding, and right.py. */
export const EXAMPLES: readonly string[] = readdirSync(FOLDER)
  .filter((file) => /\.(py|ts)$/.test(file)).sort();

/** "wrong_slope.py" → "wrong-slope" */
export const idOf = (file: string): string => file.replace(/\..*$/, "").replaceAll("_", "-");

/**
 * The page. Throws when a finding has no example, or when its example has another finding first, so that no section
 * shows what diagnose does not say.
 */
export function galleryPage(found: Found): string {
  const sections = GRADIENT_FINDING_IDS.map((id) => {
    const file = EXAMPLES.find((one) => idOf(one) === id);
    if (file === undefined) throw new Error(`Cannot show "${id}": examples/mistakes/ has none`);
    const first = found[file]?.[0];
    if (first?.id !== id) throw new Error(`Cannot show "${id}": ${file} has ${first?.id} first`);
    return { id, file, first };
  });
  return [
    HEAD,
    codeOf("right.py"),
    `| finding | what it means |\n| --- | --- |\n${
      sections.map(({ id, first }) => `| [${id}](#${id}) | ${wordsOf(first).meaning} |`).join("\n")
    }`,
    ...sections.map(sectionOf),
  ].join("\n\n") + "\n";
}

const HEAD = `# Mistakes that diagnose names

<!-- written by scripts/make_gallery.ts -->

Each finding about a gradient, with a short program that has it and what \`diagnose\` says of that
program. A comment marks the line that is wrong. Try one:

\`\`\`sh
deno task diagnose examples/mistakes/wrong_slope.py --explain evidence
\`\`\`

The right program, of which most others are copies with a line or two changed:`;

function sectionOf({ id, file, first }: { id: string; file: string; first: Finding }): string {
  const language = file.endsWith(".py") ? "python" : "typescript";
  return [`## ${id}`, codeOf(file), fenced("", seenOf(first, language))].join("\n\n");
}

const WIDTH = 90;

const seenOf = (finding: Finding, language: "python" | "typescript"): string =>
  findingText(finding, 1, WIDTH, language, true).join("\n");

const codeOf = (file: string): string =>
  `[\`${file}\`](../examples/mistakes/${file})\n\n${
    fenced(file.endsWith(".py") ? "python" : "ts", readFileSync(FOLDER + file, "utf8").trimEnd())
  }`;

const fenced = (language: string, text: string): string => `\`\`\`${language}\n${text}\n\`\`\``;
