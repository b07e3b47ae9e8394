import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { briefPlan, flags, latestTrials, slope, smallData, withFolder } from "../support/cli.ts";
import { SLOW } from "../support/slow.ts";
import { skipFor } from "../support/skips.ts";

for (const [what, options] of [["no space", "size=64k"], ["no file", "nr_inodes=2"]]) {
  test(
    `where the temporary folder has ${what} left: code 2, and nothing stays there`,
    SLOW,
    async (t) => {
      await withFolder(async (folder) => {
        const TMPDIR = join(folder, "disk");
        mkdirSync(TMPDIR);
        const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", TMPDIR]);
        if (mounted.status !== 0) return t.skip(skipFor("no right to mount a tmpfs"));
        try {
          const sweep = flags({ data: smallData(), plan: briefPlan(), out: folder, sizes: "200" });
          const { code, stderr } = await slope(["bench", ...sweep], { TMPDIR });
          assert.equal(code, 2, stderr);
          assert.match(
            stderr,
            /Cannot write (to )?".*slope-.*\nhint: free space there, or .*TMPDIR/s,
          );
          assert.deepEqual(readdirSync(TMPDIR), []);
        } finally {
          spawnSync("umount", [TMPDIR]);
        }
      });
    },
  );
}

test(
  "a full disk ends the sweep with code 2, and the trials so far are kept",
  SLOW,
  async (t) => {
    await withFolder(async (folder) => {
      const disk = join(folder, "disk");
      mkdirSync(disk);
      const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=16k", "tmpfs", disk]);
      if (mounted.status !== 0) return t.skip(skipFor("no right to mount a tmpfs"));
      try {
        const { code, stderr } = await slope([
          "bench",
          ...flags({ data: smallData(), plan: briefPlan(), out: disk, sizes: "200,400" }),
          ...flags({ epochs: "1", rounds: "8", implementations: "fused_typed" }),
        ]);
        assert.equal(code, 2, stderr);
        assert.match(stderr, /Cannot write ".*trials\.jsonl".*\nhint: free space.*--resume/s);
        const [kept] = [latestTrials(disk)];
        assert.ok(kept.length >= 1 && kept.every(({ status }) => status === "ok"));
        spawnSync("mount", ["-o", "remount,size=8m", disk]);
        const resumed = await slope(["bench", "--resume", "--data", smallData(), "--out", disk]);
        assert.equal(resumed.code, 0, resumed.stderr);
        assert.equal(latestTrials(disk).length, 16);
      } finally {
        spawnSync("umount", [disk]);
      }
    });
  },
);
