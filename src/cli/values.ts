import { message, text as plain } from "@optique/core/message";
import type { NonEmptyString } from "@optique/core/nonempty";
import type { ValueParser } from "@optique/core/valueparser";

/**
 * A value parser from a plain function that throws a RangeError with what it expected. The text of the
 * error is `Cannot use "<input>": expected …`; the option's name is added by the parser around it.
 */
function valueParser<T>(
  metavar: NonEmptyString,
  placeholder: T,
  read: (text: string) => T,
  write: (value: T) => string = String,
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
        return {
          success: false,
          error: message`Cannot use ${text}: expected ${plain(error.message)}.`,
        };
      }
    },
    format: write,
  };
}

const items = (text: string): string[] => text.split(",").map((item) => item.trim());

/** Words separated by commas: "a,b". */
export const wordList = (metavar: NonEmptyString) =>
  valueParser<string[]>(metavar, [], (text) => {
    const words = items(text);
    if (words.some((word) => word === "")) throw new RangeError("names separated by commas");
    return words;
  }, (words) => words.join(","));

/** Words separated by commas, each one of `choices`. */
export const choiceList = <T extends string>(
  metavar: NonEmptyString,
  choices: readonly T[],
) =>
  valueParser<T[]>(
    metavar,
    [],
    (text) =>
      items(text).map((item) => {
        const found = choices.find((choice) => choice === item);
        if (found === undefined) throw new RangeError(`some of ${choices.join(", ")}`);
        return found;
      }),
    (words) => words.join(","),
  );

/** Whole numbers, each at least `min`, separated by commas: "784,16,10". */
export const integerList = (metavar: NonEmptyString, min: number) =>
  valueParser<number[]>(
    metavar,
    [],
    (text) => items(text).map((item) => readInteger(item, min)),
    (numbers) => numbers.join(","),
  );

/** Minibatch sizes: whole numbers or "full", separated by commas. */
export const batchList = () =>
  valueParser<(number | "full")[]>(
    "SIZES",
    [],
    (text) =>
      items(text).map((item) =>
        item === "full" ? item : readInteger(item, 1, 'whole numbers from 1, or "full"')
      ),
    (sizes) => sizes.join(","),
  );

/** Thread counts: whole numbers or "all", separated by commas. */
export const threadList = () =>
  valueParser<(number | "all")[]>(
    "COUNTS",
    [],
    (text) =>
      items(text).map((item) =>
        item === "all" ? item : readInteger(item, 1, 'whole numbers from 1, or "all"')
      ),
    (counts) => counts.join(","),
  );

/** A positive number: "3.0". */
export const positiveNumber = (metavar: NonEmptyString) =>
  valueParser<number>(metavar, 1, (text) => {
    const value = text.trim() === "" ? NaN : Number(text);
    if (!Number.isFinite(value) || value <= 0) throw new RangeError("a number above 0");
    return value;
  });

/** A share above 0 % and below 100 % as a factor: "2%" → 0.02. The sign is needed, lest 2 be taken for 200 %. */
export const percentage = () =>
  valueParser<number>("PERCENT", 0.01, (text) => {
    const match = /^(\d+(?:\.\d+)?)\s*%$/.exec(text.trim());
    const value = match ? Number(match[1]) / 100 : NaN;
    if (!(value > 0 && value < 1)) {
      throw new RangeError('a percentage above 0 and below 100, as "2%"');
    }
    return value;
  }, (value) => `${value * 100}%`);

/** A time in seconds from "60s", "500ms", "2m", "1h" or a plain number of seconds. */
export const duration = () =>
  valueParser<number>("TIME", 1, (text) => {
    const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text.trim());
    const seconds = match ? Number(match[1]) * SECONDS[match[2] ?? "s"] : NaN;
    if (!(seconds > 0)) throw new RangeError('a time above 0, as "60s", "500ms", "2m" or "1h"');
    return seconds;
  }, (seconds) => `${seconds}s`);

const SECONDS: Record<string, number> = { ms: 1e-3, s: 1, m: 60, h: 3600 };

/** "node=24.21.0" → ["node", "24.21.0"]. */
export const assignment = <T extends string>(
  metavar: NonEmptyString,
  names: readonly T[],
) =>
  valueParser<[T, string]>(metavar, [names[0], ""], (text) => {
    const at = text.indexOf("=");
    const name = names.find((one) => one === text.slice(0, at));
    if (at < 0 || name === undefined || at === text.length - 1) {
      throw new RangeError(`NAME=VALUE with a name of ${names.join(", ")}`);
    }
    return [name, text.slice(at + 1)];
  }, ([name, value]) => `${name}=${value}`);

function readInteger(text: string, min: number, expected = `whole numbers from ${min}`): number {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (!Number.isSafeInteger(value) || value < min) throw new RangeError(expected);
  return value;
}
