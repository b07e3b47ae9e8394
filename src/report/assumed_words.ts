import { ownFile } from "../base/own_command.ts";
import type { Assumption } from "../format/program_protocol.ts";

/** How a program's arguments are read where it does not declare it; undefined where it declares everything. */
export function assumedText(assumed: readonly Assumption[] = []): string | undefined {
  if (assumed.length === 0) return undefined;
  const told = assumed.map(({ name, value }) => `${name} = "${value}"`).join(", ");
  return `assumed: ${told} (declare what differs: ${ownFile("docs/PYTHON.md")})`;
}
