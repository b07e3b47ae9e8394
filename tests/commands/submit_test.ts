import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { flags, refusesHere, slopeHere } from "../support/cli.ts";
import { SLOW } from "../support/slow.ts";
import { SCHEDULERS, SUBMITTED, submitWords, withPlan } from "../support/submissions.ts";

const onWindows = process.platform === "win32" && "it needs the shell of POSIX";

for (const scheduler of Object.keys(SCHEDULERS)) {
  test(
    `submit ${scheduler} writes what --dry-run prints, and says what to do next`,
    SLOW,
    async () => {
      await withPlan(async (place) => {
        const folder = join(place.out, scheduler);
        const dry = await slopeHere(submitWords(scheduler, place, { "dry-run": "" }));
        assert.equal(dry.code, 0, dry.stderr);
        assert.ok(!existsSync(place.out), "nothing is written");
        const json = await slopeHere(
          submitWords(scheduler, place, { "dry-run": "", format: "json" }),
        );
        const { files } = JSON.parse(json.stdout) as { files: { path: string; text: string }[] };

        const real = await slopeHere(submitWords(scheduler, place));
        assert.equal(real.code, 0, real.stderr);
        const said = real.stdout.replaceAll(/\s+/g, " ");
        assert.match(
          said,
          /^✓ 4 shards: the scripts are written, and nothing is submitted\. Next: `sh '.*the sweep.*submit\.sh'` submits 4 shards/,
        );
        assert.deepEqual(
          files.map(({ path }) => path).sort(),
          readdirSync(folder).map((name) => join(folder, name)).sort(),
        );
        for (const { path, text } of files) {
          assert.equal(readFileSync(path, "utf8"), text);
          assert.ok(dry.stdout.includes(`# ==> ${path} <==\n${text}`), path);
          assert.match(said, new RegExp(`wrote .*${basename(path)}`));
        }
        if (!onWindows) assert.ok(statSync(join(folder, "submit.sh")).mode & 0o100);
      });
    },
  );
}

test("what the options say stands in the scripts", SLOW, async () => {
  await withPlan(async (place) => {
    const written = async (scheduler: string, more: Record<string, string>) => {
      const { code, stdout, stderr } = await slopeHere(
        submitWords(scheduler, place, { ...more, "dry-run": "" }),
      );
      assert.equal(code, 0, stderr);
      return stdout.replaceAll(/ \\\n +/g, " ");
    };
    const data = join(place.folder, "my digits");
    mkdirSync(data);
    const command = '"/opt/my deno/deno" task slope';
    const slurm = await written("slurm", { command, time: "90m", name: "mine", data });
    assert.ok(slurm.includes(" '/opt/my deno/deno' task slope bench --config none "), slurm);
    assert.ok(slurm.includes(`--data '${data}' --shard "$SLURM_ARRAY_TASK_ID/4"`), slurm);
    assert.match(slurm, /^#SBATCH --job-name=mine$/m);
    assert.match(slurm, /^#SBATCH --job-name=mine-merge$/m);
    assert.match(slurm, /^#SBATCH --time=01:30:00$/m);
    assert.ok(slurm.includes(`merge '${place.out}' --out '${join(place.out, "merged")}'`), slurm);

    // A pod has its own folders: a path is left as it is.
    const kubernetes = await written("kubernetes", { synthetic: "", memory: "1.5G", cpus: "3" });
    assert.match(kubernetes, /memory: 1536Mi/);
    assert.match(kubernetes, /cpu: "3"/);
    assert.match(kubernetes, /- "--synthetic"\n/);
    assert.match(await written("kubernetes", { data: "src" }), /- "--data"\n +- "src"\n/);

    const ssh = await written("ssh", { command: "npx slope", data: "fashion-mnist" });
    assert.match(ssh, / && npx slope bench .* --data fashion-mnist --shard 4\/4$/m);
  });
});

test("a container binds the folder of the data, however the data are named", SLOW, async () => {
  await withPlan(async (place) => {
    const bound = async (data: string) => {
      const { code, stdout, stderr } = await slopeHere(
        submitWords("slurm", place, { image: "x.sif", "dry-run": "", data }),
      );
      assert.equal(code, 0, stderr);
      const text = stdout.replaceAll(/ \\\n +/g, " ");
      assert.match(text, /--bind /);
      assert.ok(text.includes(` --data '${data}' `) || text.includes(` --data ${data} `), text);
      return text.includes(`--bind '${folder}' `);
    };
    const folder = join(place.folder, "my #1 digits");
    mkdirSync(folder);
    const file = join(folder, "train-images-idx3-ubyte");
    writeFileSync(file, "");
    for (const data of [folder, `${folder}#letters`, file, `${file}#letters`]) {
      assert.ok(await bound(data), data);
    }
    assert.ok(!await bound("fashion-mnist"), "a node finds it in its own cache");
  });
});

test("submit overwrites nothing: the same text is kept, another is refused", SLOW, async () => {
  await withPlan(async (place) => {
    const words = submitWords("slurm", place);
    await slopeHere(words);
    const again = await slopeHere([...words, "--format", "json"]);
    assert.equal(again.code, 0, again.stderr);
    const { written, kept } = JSON.parse(again.stdout);
    assert.deepEqual([written.length, kept.length], [0, 3]);
    const path = join(place.out, "slurm", "shards.sh");
    writeFileSync(path, "mine");
    await refusesHere(words, /shards\.sh: a file of another text is there.*\nhint: remove/s);
    await refusesHere(submitWords("slurm", place, { shards: "2" }), /another text/);
    assert.equal(readFileSync(path, "utf8"), "mine");
    writeFileSync(join(place.folder, "file"), "");
    const blocked = { out: join(place.folder, "file", "sweep") };
    await refusesHere(submitWords("slurm", place, blocked), /Cannot write.*\nhint: .*--out/s);
  });
});

test("submit says what is missing, and what no scheduler can use", SLOW, async () => {
  await withPlan(async (place) => {
    const refused = async (
      scheduler: string,
      more: Record<string, string>,
      pattern: RegExp,
    ) => {
      await refusesHere(submitWords(scheduler, place, more), pattern);
      assert.ok(!existsSync(place.out), "nothing is written");
    };
    for (
      const [more, pattern] of [
        [{ shards: "0" }, /0/],
        [{ shards: "many" }, /many/],
        [{ shards: "5" }, /share 4 rounds among 5 shards.*\nhint: .*--shards 4/s],
        [{ plan: "/nowhere/plan.json" }, /Cannot read plan "\/nowhere\/plan\.json".*\nhint:/s],
        [{ plan: place.folder }, /Cannot read plan|not a file that a node/],
        [{ time: "soon" }, /expected a time above 0/],
        [{ time: "0" }, /expected a time above 0/],
        [{ time: "90000h" }, /days for a shard.*\nhint:/s],
        [{ name: "Two words" }, /Cannot call a job "Two words".*\nhint: .*--name/s],
        [{ name: "-x" }, /Cannot call a job|name/],
        [{ out: join(place.folder, "two\nlines") }, /--out .* line break.*\nhint:/s],
        [{ command: "a\nb" }, /--command .* line break/],
        [{ command: " " }, /Cannot start Slope by --command.*\nhint:/s],
        [{ command: "X=1 slope" }, /expected a program.*\nhint: .*env NAME=VALUE/s],
        [{ data: "a", synthetic: "" }, /Cannot use --synthetic and --data at once/],
        [{ data: "two\nlines" }, /--data .* line break/],
        [{ now: "", "dry-run": "" }, /Cannot use --now and --dry-run at once.*\nhint:/s],
        [{ partition: "two words" }, /--partition "two words".*\nhint:/s],
        [{ constraint: "a b" }, /--constraint "a b".*\nhint:/s],
        [{ module: "a;b" }, /--module "a;b".*\nhint:/s],
        [{ memory: "4GB" }, /expected an amount of memory/],
        [{ memory: "0G" }, /expected an amount of memory/],
        [{ cpus: "0" }, /0/],
        [
          { image: "x.sif", synthetic: "", out: join(place.folder, "a:b") },
          /no : and no ,.*\nhint:/s,
        ],
        [{ image: "x.sif" }, /--image: a container does not see.*\nhint: add --data DIR/s],
        [{ claim: "c" }, /Cannot use --claim: `slope submit slurm` has no such option/],
      ] as [Record<string, string>, RegExp][]
    ) {
      await refused("slurm", more, pattern);
    }
    for (
      const [more, pattern] of [
        [{ image: "two words" }, /--image "two words".*\nhint:/s],
        [{ claim: "Results" }, /--claim "Results".*\nhint:/s],
        [{ constraint: "genoa" }, /label of the nodes, as key=value.*\nhint:/s],
      ] as [Record<string, string>, RegExp][]
    ) {
      await refused("kubernetes", more, pattern);
    }
    await refused("ssh", { hosts: "/nowhere/hosts" }, /Cannot read hosts.*\nhint:/s);
    const given = flags({ plan: place.plan, out: place.out, shards: "4" });
    for (
      const [words, pattern] of [
        [
          ["slurm"],
          /without --plan: it says which plan to run\nhint: add it, as --plan plan\.json/,
        ],
        [["slurm", ...given.slice(0, 2)], /without --out: it says where.*\nhint:/s],
        [["slurm", ...given.slice(0, 4)], /without --shards: it says how many.*\nhint:/s],
        [["kubernetes", ...given], /without --image: it says which image.*\nhint:/s],
        [
          ["kubernetes", ...given, "--image", "x"],
          /without --claim: it says which claim.*\nhint:/s,
        ],
        [["ssh", ...given], /without --hosts: it says on which hosts.*\nhint:/s],
        [["slrum", ...given], /slrum.*did you mean "slurm"\?.*\nhint:/s],
        [[], /no command is named.*\nhint:/s],
      ] as [string[], RegExp][]
    ) {
      await refusesHere(["submit", ...words], pattern);
    }
  });
});

test("a plan that goes on as its trials demand cannot be shared", SLOW, async () => {
  for (
    const [field, value] of [
      ["resolve", 0.02],
      ["crossover", "batch"],
    ] as const
  ) {
    await withPlan(async (place) => {
      await refusesHere(
        submitWords("slurm", place),
        new RegExp(`Cannot share the plan.*"${field}".*\\nhint: take "${field}" out`, "s"),
      );
    }, { ...SUBMITTED, [field]: value });
  }
});

test("a plan without rounds has three", SLOW, async () => {
  await withPlan(async (place) => {
    await refusesHere(submitWords("slurm", place), /share 3 rounds among 4 shards/);
    assert.equal((await slopeHere(submitWords("slurm", place, { shards: "3" }))).code, 0);
  }, { implementations: ["naive_loop"] });
});
