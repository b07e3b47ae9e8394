import type { Fault } from "./version_places.ts";

type Versions = Readonly<Record<string, string>>;

export interface Manifest {
  readonly dependencies?: Versions;
  readonly devDependencies?: Versions;
}

/** The direct dependencies that a lock file was made for, and the version of each that it installs. */
interface Locked {
  readonly asked: Versions;
  readonly installs: (name: string) => string | undefined;
}

export type LockKind = "npm" | "bun" | "deno";

const RELOCK: Readonly<Record<LockKind, string>> = {
  npm: "npm install --package-lock-only",
  bun: "bun install --lockfile-only",
  deno: "deno install --frozen=false",
};

/** Dependencies that are not exact versions, or that a lock file has otherwise than package.json. */
export function lockFaults(
  manifest: Manifest,
  path: string,
  kind: LockKind,
  text: string,
): Fault[] {
  const wanted: Versions = { ...manifest.dependencies, ...manifest.devDependencies };
  const { asked, installs } = READERS[kind](text);
  const hint = `run \`${RELOCK[kind]}\``;
  return [
    ...Object.entries(wanted).flatMap(([name, version]) => {
      const locked = asked[name] ?? "missing";
      if (locked !== version) {
        return [{
          place: path,
          cause: `${name} is ${locked}; package.json has ${version}`,
          hint,
        }];
      }
      const installed = installs(name);
      return installed === version
        ? []
        : [{ place: path, cause: `installs ${name} ${installed}, not ${version}`, hint }];
    }),
    ...Object.keys(asked).filter((name) => !(name in wanted)).map((name) => ({
      place: path,
      cause: `has ${name}, which package.json lacks`,
      hint,
    })),
  ];
}

/** Dependencies whose version is a range, which a later install may fill with other code. */
export const rangeFaults = (manifest: Manifest, path: string): Fault[] =>
  Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })
    .filter(([, version]) => !/^\d+\.\d+\.\d+[\w.+-]*$/.test(version))
    .map(([name, version]) => ({
      place: path,
      cause: `${name} is "${version}", not one exact version`,
      hint: `write the version that the lock file has`,
    }));

const READERS: Readonly<Record<LockKind, (text: string) => Locked>> = {
  npm(text) {
    const { packages } = JSON.parse(text);
    const { dependencies, devDependencies } = packages[""] as Manifest;
    return {
      asked: { ...dependencies, ...devDependencies },
      installs: (name) => packages[`node_modules/${name}`]?.version,
    };
  },
  bun(text) {
    // JSON with commas before closing brackets.
    const { workspaces, packages } = JSON.parse(text.replaceAll(/,(?=\s*[}\]])/g, ""));
    const { dependencies, devDependencies } = workspaces[""] as Manifest;
    return {
      asked: { ...dependencies, ...devDependencies },
      installs: (name) => packages[name]?.[0].slice(name.length + 1),
    };
  },
  deno(text) {
    const { specifiers, workspace } = JSON.parse(text);
    const asked: Versions = Object.fromEntries(
      (workspace.packageJson.dependencies as string[]).map((one) => {
        const [, name, version] = /^npm:(.+)@([^@]+)$/.exec(one)!;
        return [name, version];
      }),
    );
    return {
      asked,
      // "3.0.0_peer@1.0.0": the version, then the peers that it was resolved with.
      installs: (name) => specifiers[`npm:${name}@${asked[name]}`]?.split("_")[0],
    };
  },
};
