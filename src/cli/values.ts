import { type Message, message, text as plain } from "@optique/core/message";
import type { NonEmptyString } from "@optique/core/nonempty";
import { choice, type ValueParser } from "@optique/core/valueparser";
import { closestTo } from "../base/closest.ts";
import { pixelExpression } from "../model/pixel_expression.ts";
import { sizeRange } from "../format/subset_sizes.ts";

/**
 * A value parser from a plain function that throws a RangeError with what it expected. The text of the error is
 * `Cannot use "<input>": expected …`; the parser around it adds the name of the option.
 */
function valueParser<T>(
  metavar: NonEmptyString,
  placeholder: T,
  read: (text: string) => T,
): ValueParser<"sync", T> {
  return {
    mode: "sync",
    metavar,
    placeholder,
    parse(text) {
      try {
        return { success: true, value: read(text) };
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        return { success: false, error: cannotUse(text, error.message) };
      }
    },
    format: String,
  };
}

const cannotUse = (text: string, expected: string): Message =>
  message`Cannot use ${text}: expected ${plain(expected)}${
    plain(expected.endsWith("?") ? "" : ".")
  }`;

/** "ordered, mitata or tinybench; did you mean …?" */
function expectedOneOf(word: string, choices: readonly string[]): string {
  const near = closestTo(word, choices);
  return `${orList(choices)}${near === undefined ? "" : `; did you mean "${near}"?`}`;
}

/** "a, b or c". */
const orList = (words: readonly string[]): string =>
  words.length < 2 ? words.join() : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;

const items = (text: string): string[] => text.split(",").map((item) => item.trim());

/** One of `choices`. */
export const oneOf = <const T extends string>(metavar: NonEmptyString, choices: readonly T[]) =>
  choice(choices, {
    metavar,
    errors: { invalidChoice: (text) => cannotUse(text, expectedOneOf(text, choices)) },
  });

/** Words separated by commas: "a,b". */
export const wordList = (metavar: NonEmptyString) =>
  valueParser<string[]>(metavar, [], (text) => {
    const words = items(text);
    if (words.includes("")) throw new RangeError("names separated by commas");
    return words;
  });

/** Words separated by commas, each one of `choices`. */
export const choiceList = <T extends string>(metavar: NonEmptyString, choices: readonly T[]) =>
  valueParser<T[]>(metavar, [], (text) =>
    items(text).map((item) => {
      const found = choices.find((choice) => choice === item);
      if (found === undefined) throw new RangeError(`some of ${expectedOneOf(item, choices)}`);
      return found;
    }));

/** Whole numbers separated by commas, each at least `least` or the word: "10,100,full". */
export const integerList = (metavar: NonEmptyString, least: number, word?: string) =>
  valueParser<(number | string)[]>(metavar, [], (text) => integers(text, least, word));

/** Widths of layers: "784,128,10", or as Slope prints them, "784-128-10". */
export const widthList = (metavar: NonEmptyString) =>
  valueParser<(number | string)[]>(
    metavar,
    [],
    (text) => integers(/^\d+(?:-\d+)+$/.test(text) ? text.replaceAll("-", ",") : text, 1),
  );

function integers(text: string, least: number, word?: string): (number | string)[] {
  return items(text).map((item) => {
    if (item === word) return item;
    const value = /^\d+$/.test(item) ? Number(item) : NaN;
    if (!Number.isSafeInteger(value) || value < least) {
      throw new RangeError(
        `whole numbers from ${least}${word === undefined ? "" : `, or "${word}"`}`,
      );
    }
    return value;
  });
}

/** The m of subsets: "1000,2000", "1k..60k", "1k..60k:4" or "all". */
export const subsetList = (metavar: NonEmptyString) =>
  valueParser<string[]>(metavar, [], (text) =>
    items(text).map((item) => {
      sizeRange(item);
      return item;
    }));

/** One m: "50000", "50k", or "all" for Infinity. */
export const subset = (metavar: NonEmptyString) =>
  valueParser<number>(metavar, 1, (text) => {
    try {
      if (!text.includes("..")) return sizeRange(text.trim()).first;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
    throw new RangeError("one number of examples from 1, as 2000, 2k or all");
  });

/** Positive numbers separated by commas: "0.3,3". */
export const numberList = (metavar: NonEmptyString) =>
  valueParser<number[]>(metavar, [], (text) =>
    items(text).map((item) => {
      const value = item === "" ? NaN : Number(item);
      if (!Number.isFinite(value) || value <= 0) throw new RangeError("numbers above 0");
      return value;
    }));

/** A positive number. */
export const positiveNumber = (metavar: NonEmptyString) =>
  valueParser<number>(metavar, 1, (text) => {
    const value = text.trim() === "" ? NaN : Number(text);
    if (!Number.isFinite(value) || value <= 0) throw new RangeError("a number above 0");
    return value;
  });

/** Two targets, the lower one first: "0.01,0.99". */
export const targetPair = () =>
  valueParser<[number, number]>("LOW,HIGH", [0, 1], (text) => {
    const [low, high, ...more] = items(text).map((item) => item === "" ? NaN : Number(item));
    if (!(low < high) || !Number.isFinite(low + high) || more.length > 0) {
      throw new RangeError('two numbers, the lower one first, as "0.01,0.99"');
    }
    return [low, high];
  });

/** An expression of x = byte / 255. */
export const pixelText = () =>
  valueParser<string>("EXPRESSION", "x", (text) => {
    pixelExpression(text);
    return text.trim();
  });

/** A share above 0 % and below 100 %: "2%" → 0.02. Without the sign, 2 could be taken for 200 %. */
export const percentage = (metavar: NonEmptyString) =>
  valueParser<number>(metavar, 0.01, (text) => {
    const match = /^(\d+(?:\.\d+)?)\s*%$/.exec(text.trim());
    const value = match ? Number(match[1]) / 100 : NaN;
    if (!(value > 0 && value < 1)) {
      throw new RangeError('a percentage above 0 and below 100, as "2%"');
    }
    return value;
  });

const SECONDS: Record<string, number> = { ms: 1e-3, s: 1, m: 60, h: 3600 };

/** A time in seconds from "60s", "500ms", "2m", "1h" or a plain number of seconds. */
export const duration = (metavar: NonEmptyString) =>
  valueParser<number>(metavar, 1, (text) => {
    const match = /^(\d+(?:\.\d+)?(?:e-?\d+)?)(ms|s|m|h)?$/.exec(text.trim());
    const seconds = match ? Number(match[1]) * SECONDS[match[2] ?? "s"] : NaN;
    if (!(seconds > 0)) throw new RangeError('a time above 0, as "60s", "500ms", "2m" or "1h"');
    return seconds;
  });

/** "node=24.21.0" → ["node", "24.21.0"]. */
export const assignment = (metavar: NonEmptyString, names: readonly string[]) =>
  valueParser<[string, string]>(metavar, [names[0], ""], (text) => {
    const at = text.indexOf("=");
    const name = text.slice(0, at);
    if (at < 0 || at === text.length - 1) {
      throw new RangeError(`NAME=VALUE, where NAME is ${orList(names)}`);
    }
    if (!names.includes(name)) throw new RangeError(expectedOneOf(name, names));
    return [name, text.slice(at + 1)];
  });

export const yesOrNo = (metavar: NonEmptyString) =>
  valueParser<boolean>(metavar, false, (text) => {
    if (text !== "yes" && text !== "no") throw new RangeError("yes or no");
    return text === "yes";
  });

const MEBIBYTES: Record<string, number> = { M: 1, G: 1024, T: 1024 ** 2 };

/** An amount of memory in whole MiB from "512M", "4G" or "4Gi": powers of two, as Slurm counts. */
export const memory = (metavar: NonEmptyString) =>
  valueParser<number>(metavar, 1, (text) => {
    const match = /^(\d+(?:\.\d+)?)([MGT])i?$/.exec(text.trim());
    const mebibytes = match ? Math.ceil(Number(match[1]) * MEBIBYTES[match[2]]) : NaN;
    if (!(mebibytes > 0) || !Number.isSafeInteger(mebibytes)) {
      throw new RangeError('an amount of memory above 0, as "512M" or "4G"');
    }
    return mebibytes;
  });
