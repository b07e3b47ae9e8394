import { z } from "zod";
import { DataSource } from "../data/schemas.ts";
import { Environment } from "./plan.ts";
import { ProfileRecord } from "./profile_record.ts";
import { FORMAT_VERSION } from "./trial_record.ts";

/** `profile.json`: what was profiled, on what, as measured. */
export const ProfileFile = z.strictObject({
  schema: z.literal(FORMAT_VERSION),
  environment: Environment,
  data: DataSource,
  profile: ProfileRecord,
});
export type ProfileFile = z.infer<typeof ProfileFile>;
