/** Numbers as people read them, the same in every locale: three significant digits, "−", "×" and superscripts. */

/** Significant digits without an exponent where that is readable: 0.0123, 1.23, 12.3, 1,230, 1.50 × 10⁻⁷. */
export function formatNumber(value: number, significant = 3): string {
  if (!Number.isFinite(value)) return String(value);
  if (value === 0) return "0";
  if (value < 0) return `−${formatNumber(-value, significant)}`;
  if (value >= 1e9 || value < 1e-4) return scientific(value, significant);
  const rounded = Number(value.toPrecision(significant));
  const whole = Math.floor(Math.log10(rounded)) + 1;
  return whole >= significant ? formatCount(rounded) : rounded.toFixed(significant - whole);
}

/** 1.5e-7 → "1.50 × 10⁻⁷"; of one digit, 1e-7 → "10⁻⁷"; 1.5 → "1.50". */
function scientific(value: number, significant: number): string {
  const [mantissa, exponent] = value.toExponential(significant - 1).split("e");
  if (Number(exponent) === 0) return mantissa;
  const power = [...exponent].map((digit) =>
    "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)] ?? (digit === "-" ? "⁻" : "")
  );
  return `${mantissa === "1" ? "" : `${mantissa} × `}10${power.join("")}`;
}

/** A relative error with an exponent, unless that is 0: 3.14e-7 → "3.1 × 10⁻⁷", 1 → "1.0". */
export const formatError = (error: number, significant = 2): string =>
  error === 0 ? "0" : scientific(error, significant);

/** So many digits behind the point: −0.5 → "−0.50". */
export function formatFixed(value: number, digits: number): string {
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}

/** As few digits as the value needs: 20000 → "20,000", 0.5 → "0.5". */
export const formatExact = (value: number): string =>
  Math.abs(value) >= 1000 ? formatCount(value) : String(Number(value.toPrecision(6)));

/** 60000 → "60,000". */
export const formatCount = (count: number): string =>
  String(Math.round(count)).replace("-", "−").replace(/\B(?=(\d{3})+$)/g, ",");

/** "1 epoch", "3 epochs", "1,000 epochs". */
export const counted = (count: number, noun: string, several = `${noun}s`): string =>
  `${formatCount(count)} ${count === 1 ? noun : several}`;

/** 7.4182 → "7.42 ×". */
export const formatRatio = (ratio: number): string => `${formatNumber(ratio)} ×`;

/** A ratio of which a per cent must show near 1: 1.2921 → "1.292". */
export const formatFactor = (ratio: number): string =>
  ratio > 0.1 && ratio < 10 ? ratio.toFixed(3) : formatNumber(ratio);

/** 0.9341 → "93.41 %". */
export const formatPercent = (share: number, digits = 2): string =>
  `${formatFixed(100 * share, digits)} %`;

/** A difference as a share: 0.043 → "+4.3 %". */
export const formatSigned = (share: number): string =>
  `${share < 0 ? "" : "+"}${formatNumber(100 * share, 2)} %`;

const DURATIONS = [[1, "ns"], [1e3, "µs"], [1e6, "ms"], [1e9, "s"]] as const;

/** 8123 → "8.12 µs": in the unit that leaves one to three digits before the point. */
export function formatDuration(ns: number): string {
  // 999.6 ns is 1.00 µs, not 1,000 ns: the unit is chosen after rounding.
  const rounded = Math.abs(Number(ns.toPrecision(3)));
  const [factor, unit] = DURATIONS.findLast(([factor]) => rounded >= factor) ?? DURATIONS[0];
  return `${formatNumber(ns / factor)} ${unit}`;
}

/** A round figure for an axis: "10.0 ms" → "10 ms", "2.50 MB" → "2.5 MB". */
export const withoutZeros = (text: string): string =>
  text.replace(/(\.\d*?)0+(?= )/, (_, digits) => digits === "." ? "" : digits);

/** Whole seconds, at least one: "45 s", "1 min 20 s", "2 h 5 min". */
export function formatWait(ns: number): string {
  const seconds = Math.max(1, Math.round(ns / 1e9));
  const minutes = Math.floor(seconds / 60);
  const [large, small] = minutes >= 60
    ? [`${Math.floor(minutes / 60)} h`, minutes % 60 && `${minutes % 60} min`]
    : [minutes && `${minutes} min`, seconds % 60 && `${seconds % 60} s`];
  return [large, small].filter(Boolean).join(" ");
}

/** Decimal units: 1 MB is 10⁶ bytes. */
export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(bytes || 1) / 3)));
  return `${formatNumber(bytes / 1000 ** power)} ${units[power]}`;
}

/** Caches are sold in powers of two: 32768 → "32 KiB". */
export function formatBinary(bytes: number): string {
  const kib = bytes / 1024;
  const [value, unit] = kib >= 1024 ? [kib / 1024, "MiB"] : [kib, "KiB"];
  return `${Number(value.toPrecision(3))} ${unit}`;
}

/**
 * "8.12 µs [8.05, 8.31]": the bounds in the unit of the value where `format` ends in one; "0.51 [0.42, …]" where the data
 * give no upper bound. An interval without any width (one sample, or a baseline against itself) is left out, because
 * it would claim certainty.
 */
export function formatInterval(
  { value, low, high }: { value: number; low?: number | undefined; high?: number | undefined },
  format: (value: number) => string,
): string {
  const text = format(value);
  if (low === high) return text;
  // A power of ten is no unit.
  const unitOf = (one: string) => / [^ \d⁰¹²³⁴⁵⁶⁷⁸⁹]+$/.exec(one)?.[0] ?? "";
  const unit = unitOf(text);
  const ends = [low, high].map((end) => end === undefined ? `…${unit}` : format(end));
  const isOne = ends.every((end) => unitOf(end) === unit);
  const shown = ends.map((end) => isOne ? end.slice(0, end.length - unit.length) : end);
  return `${text} [${shown.join(", ")}]`;
}

/** "a", "a and b", "a, b and c". */
export const listed = (names: readonly string[]): string =>
  names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;

/** The first letter in upper case, to begin a sentence. */
export const capitalised = (text: string): string => `${text[0].toUpperCase()}${text.slice(1)}`;
