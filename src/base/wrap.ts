/** A space between a number and its unit, or beside the sign of "m = 4,000", where no line breaks. */
const UNIT =
  / (?=(?:[nµm]?s|[KMG]?i?B|%|×)(?:[^\p{L}\p{N}]|$))(?<=[\d.] )|(?<=\p{L}) (?== \d)|(?<=\p{L} =) (?=\d)/gu;

/**
 * Breaks a text at spaces into lines of at most `width`, never between a number and its unit or its name; all but the first start
 * with `indent`.
 */
export function wrap(text: string, width: number, indent = ""): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.replaceAll(UNIT, "\u00a0").split(" ").map(withSpaces)) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = indent + word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  lines.push(line);
  return lines;
}

const withSpaces = (word: string): string => word.replaceAll("\u00a0", " ");
