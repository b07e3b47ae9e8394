import { z } from "zod";

const positive = z.int().positive();

/** A part of a plan that one node measures: the rounds `index`, `index + count`, `index + 2 count` and so on, from 1. */
export const Shard = z.strictObject({ index: positive, count: positive });
export type Shard = z.infer<typeof Shard>;
