import type { ProgramFault } from "../../format/fault.ts";

/** Why a program in another language does not answer. */
export class ProgramError extends Error {
  readonly fault: ProgramFault;
  constructor(fault: ProgramFault) {
    super("message" in fault && fault.message ? fault.message : fault.kind);
    this.fault = fault;
  }
}
