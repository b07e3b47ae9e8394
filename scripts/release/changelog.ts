import type { Fault } from "./version_places.ts";

/** The kinds of changes of https://keepachangelog.com/en/1.1.0/. */
const KINDS = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"];

interface Release {
  readonly title: string;
  readonly line: number;
  readonly version?: string;
  readonly date?: string;
  readonly kinds: { readonly title: string; readonly line: number; readonly entries: number }[];
}

/**
 * What keeps a changelog from being one in the form of Keep a Changelog that describes `version`. `today` is a date as
 * "2026-11-28": no release is dated later.
 */
export function changelogFaults(text: string, version: string, today: string): Fault[] {
  const releases = releasesIn(text);
  const faults: Fault[] = [];
  const tell = (line: number, cause: string, hint: string) =>
    faults.push({ place: `CHANGELOG.md:${line}`, cause, hint });

  if (!text.startsWith("# Changelog\n")) tell(1, "does not begin with `# Changelog`", "begin so");
  for (const { title, line, kinds, version: one, date } of releases) {
    if (one === undefined) {
      tell(
        line,
        `"${title}" is no release`,
        "write `## [Unreleased]` or `## [1.2.3] - 2026-11-28`",
      );
    } else if (one !== "Unreleased") {
      if (date === undefined) tell(line, `${one} has no date`, `write \`## [${one}] - ${today}\``);
      else if (!isDate(date)) tell(line, `${date} is no date`, "write year-month-day");
      else if (date > today) tell(line, `${one} is dated ${date}, after today`, `write ${today}`);
    }
    for (const kind of kinds) {
      if (!KINDS.includes(kind.title)) {
        tell(kind.line, `"${kind.title}" is no kind of change`, `use ${KINDS.join(", ")}`);
      } else if (kind.entries === 0) {
        tell(kind.line, `${title} › ${kind.title} lists nothing`, "list a change, or remove it");
      }
    }
  }
  const wanted = releases.find((one) => one.version === version);
  if (wanted === undefined) {
    tell(
      releases[0]?.line ?? 1,
      `has no section for ${version}, the version in package.json`,
      `add \`## [${version}] - ${today}\``,
    );
  } else if (wanted.kinds.length === 0) {
    tell(wanted.line, `${version} lists no changes`, "describe them under `### Added` and so on");
  }
  const numbers = releases.flatMap((one) =>
    one.version === undefined || one.version === "Unreleased" ? [] : [one]
  );
  numbers.slice(1).forEach((one, i) => {
    if (compareVersions(one.version!, numbers[i].version!) >= 0) {
      tell(one.line, `${one.version} stands below ${numbers[i].version}`, "put the newest first");
    }
  });
  return faults;
}

function releasesIn(text: string): Release[] {
  const releases: Release[] = [];
  text.split("\n").forEach((content, i) => {
    const line = i + 1;
    const release = /^## (.*)$/.exec(content)?.[1];
    const kind = /^### (.*)$/.exec(content)?.[1];
    if (release !== undefined) {
      const parts = /^\[(Unreleased|\d+\.\d+\.\d+[\w.-]*)\](?: - (\S+))?$/.exec(release);
      releases.push({
        title: release,
        line,
        kinds: [],
        ...(parts?.[1] !== undefined && { version: parts[1] }),
        ...(parts?.[2] !== undefined && { date: parts[2] }),
      });
    } else if (kind !== undefined) {
      releases.at(-1)?.kinds.push({ title: kind, line, entries: 0 });
    } else if (/^[-*] /.test(content)) {
      const last = releases.at(-1)?.kinds.at(-1);
      if (last) releases.at(-1)!.kinds.splice(-1, 1, { ...last, entries: last.entries + 1 });
    }
  });
  return releases;
}

const isDate = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));

function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((one) => one.split(/[.-]/).slice(0, 3).map(Number));
  return left.map((part, i) => part - right[i]).find((difference) => difference !== 0) ?? 0;
}
