import { z } from "zod";
import { field } from "./field_kinds.ts";
import { SANDBOX_MODES } from "./sandbox.ts";

/** The fields of a plan that are about the user's own programs. */
export const PLUGIN_FIELDS = {
  plugins: field({
    kind: "files",
    flag: "plugin",
    schema: z.array(z.string()),
    default: [],
    label: "plug-ins",
    help: "A file with your own implementation; may be repeated",
    decides: "no figure",
  }),
  python: field({
    kind: "name",
    flag: "python",
    schema: z.string().optional(),
    otherwise: "$SLOPE_PYTHON, the active virtual environment, python3",
    label: "Python",
    help: "Interpreter of Python plug-ins",
  }),
  sandbox: field({
    kind: "choice",
    flag: "sandbox",
    schema: z.enum(SANDBOX_MODES).optional(),
    otherwise: "auto; require for diagnose of a folder",
    label: "sandbox of plug-ins",
    help:
      "Keep plug-ins from files, network and processes: auto, as far as this machine can; require, or do not run them; " +
      "off, trust them",
    decides: "no figure",
  }),
} as const;
