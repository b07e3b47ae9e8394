import type { Finding } from "../../format/finding.ts";
import type { GradientImplementation, Problem } from "../../gradients/contract.ts";
import { eraseBiases } from "../../model/layout.ts";
import { type Exam, makeExam } from "../inside/exam.ts";
import { explainProgram } from "../inside/explain_program.ts";
import { EXACTNESS, type Exactness } from "../inside/readings.ts";
import { isAdaptive } from "./adaptive.ts";
import { type AskKernel, createAsk } from "./ask_again.ts";
import { behaviourFindings, observe } from "./behaviour.ts";
import { droppedShare } from "./dropout.ts";
import { withFiles } from "./exam_files.ts";
import {
  type Case,
  type ExaminedKernel,
  openForExamination,
  type Question,
} from "./examined_kernel.ts";
import { caseOf, departs, explained, rightLoss } from "./explained.ts";
import { failsAtLengths } from "./fails_at_lengths.ts";
import { fillBrokenParts } from "./fill_broken_parts.ts";
import { findingOrder } from "./finding_order.ts";
import { ignoresParameters, isRepeated, isSame } from "./kept_answers.ts";
import { isNormalisation, locateFindings } from "./locate_findings.ts";
import { overflow } from "./overflow.ts";
import { updateFindings } from "./own_update.ts";
import { LARGE, largeProbesOf, MOST_ROWS, probesOf } from "./probes.ts";
import { signsAlone } from "./signs_alone.ts";
import { findSilence } from "./silent_neurons.ts";
import { FINE, isLittle, ROUGHLY, someRounding, unreadIn } from "./some_rounding.ts";
import { unexplained } from "./unexplained.ts";

/**
 * Asks an implementation for gradients and compares them with the oracle's. Where they differ, reads the program from
 * the inside and names the stages that depart. Returns an empty list if all is right. `initial` holds the parameters at
 * the start, canonical order.
 */
export async function examineGradient(
  implementation: GradientImplementation,
  given: Problem,
  initial: Float64Array,
  seed: number,
): Promise<Finding[]> {
  const longest = Math.min(given.maxBatchSize, MOST_ROWS);
  using dataset = withFiles(makeExam(given.dataset, seed).dataset, given.dataset);
  const problem = { ...given, dataset, maxBatchSize: longest };
  const kernel = await openForExamination(implementation, problem);
  const exam = makeExam(given.dataset, seed, kernel.withoutBiases);
  const { network } = problem;
  const probes = probesOf(problem, initial, seed).map((one) =>
    kernel.withoutBiases
      ? { ...one, parameters: eraseBiases(network, one.parameters.slice()) }
      : one
  );
  try {
    const observed = await observe(kernel, probes[0], probes[1]);
    const dropped = observed.answers === "varies"
      ? await droppedShare(kernel, probes[0])
      : undefined;
    const isUnknown = observed.answers === "varies" && dropped === undefined;
    const behaviour = {
      ...observed,
      ...(dropped !== undefined && { dropped }),
      ...(isUnknown && await isAdaptive(kernel, probes[0]) && { isAdaptive: true }),
    };
    const findings: Finding[] = behaviourFindings(behaviour, network.convention?.momentum);
    if (behaviour.answers === "varies") return findings;
    const ask = await createAsk(kernel, behaviour, probes[0]);
    const cases: Case[] = [];
    for (const probe of probes) cases.push(await caseOf(kernel, ask, probe));
    const askFilled = fillBrokenParts(kernel, ask, cases);
    const filled: Case[] = [];
    if (askFilled !== ask) {
      for (const probe of probes) filled.push(await caseOf(kernel, askFilled, probe));
    }
    const finite = (askFilled === ask ? cases : filled)
      .filter(({ gradient }) => gradient.every(Number.isFinite));
    if (finite.length > 0) {
      const { precision } = implementation;
      const { withoutBiases, returnsLoss } = kernel;
      const whole = { problem, cases: finite, behaviour, precision, withoutBiases, returnsLoss };
      const readTo = async (
        ask: AskKernel,
        cases: readonly Case[],
        exactness: Exactness,
        exam: Exam,
      ) => {
        const explanation = await explainProgram(
          async (parameters, rows) => await ask({ parameters, batch: Uint32Array.from(rows) }),
          network,
          exam,
          cases,
          exactness,
          longest,
          seed,
        );
        const told = explained({ ...whole, cases }, explanation, given.dataset.count, findings);
        return { explanation, told };
      };
      const read = async (ask: AskKernel, cases: readonly Case[], questions = exam) => {
        const exactly = await readTo(ask, cases, EXACTNESS[precision], questions);
        // The factor of a velocity's gradient is told with the velocity.
        if (exactly.told.length === 0 && behaviour.momentum) return exactly;
        if (exactly.told.length === 0) {
          const finer = precision === "float32"
            ? await readTo(ask, cases, FINE, questions)
            : undefined;
          const isWhole = finer !== undefined && finer.told.length > 0 &&
            unreadIn(finer) <= 10 * FINE.fit;
          return isWhole
            ? finer
            : { ...exactly, told: [someRounding(cases, precision, { finer })] };
        }
        const unread = exactly.explanation?.inside.unexplained.length ?? 0;
        const isHidden = unread === 0 && exactly.told.every(({ id }) => id === "unexplained");
        if (isHidden && questions.large === undefined) {
          // Ordinary rows show nothing of what extreme z alone do.
          const large = { ...questions, large: LARGE };
          const extreme = await readTo(ask, cases, EXACTNESS[precision], large);
          if (unreadIn(extreme) <= 10 * EXACTNESS[precision].fit) return extreme;
        }
        if (unread === 0 || precision === "float32") return exactly;
        // Formulas that hold for three digits, and not for more.
        const roughly = await readTo(ask, cases, EXACTNESS.float32, questions);
        if (unreadIn(roughly) > ROUGHLY) return exactly;
        const rounding = someRounding(cases, precision, { finer: exactly, isRough: true });
        return { ...roughly, told: [...roughly.told, rounding] };
      };
      const isWrong = departs(kernel, whole);
      const signs = isWrong ? signsAlone(finite, network) : undefined;
      const silence = isWrong
        ? await findSilence(kernel, askFilled, finite, exam, seed)
        : undefined;
      if (silence) {
        const { mended, ...figures } = silence;
        findings.push({ id: "silent-neurons", ...figures, layers: [...silence.layers] });
        const readings: Awaited<ReturnType<typeof read>>[] = [];
        for (const ask of mended) {
          const cases: Case[] = [];
          for (const probe of probes) cases.push(await caseOf(kernel, ask, probe));
          if (departs(kernel, { ...whole, cases })) readings.push(await read(ask, cases));
          else {return [
              ...findings,
              ...await updateFindings(kernel, probes[0], precision, behaviour),
            ];}
        }
        // The same shift of every layer explains all, too, with shifts in the other direction.
        const [best] = readings.sort((a, b) =>
          unreadIn(a) + a.told.length - unreadIn(b) - b.told.length
        );
        findings.push(...best?.told ?? []);
      } else if (isWrong && isRepeated(finite)) {
        return [...findings, { id: "non-deterministic", layers: [], changes: "never" }];
      } else if (isWrong && finite.length > 1 && await ignoresParameters(askFilled, finite)) {
        return [
          ...findings,
          { id: "non-deterministic", layers: [], changes: "not-with-parameters" },
        ];
      } else if (isWrong && signs) {
        const isRight = "agreement" in signs;
        const { fit } = EXACTNESS[precision];
        return [...findings, signs, ...(isRight ? [] : [unexplained(problem, finite, [], fit)])];
      } else if (isWrong) {
        const { explanation, told } = await read(askFilled, finite);
        // Formulas of a program that has changed meanwhile mean nothing.
        const again = await caseOf(kernel, askFilled, probes[0]);
        if (!isSame(kernel, again, (askFilled === ask ? cases : filled)[0])) {
          return [...findings, { id: "non-deterministic", layers: [], changes: "at-the-end" }];
        }
        findings.push(
          ...(explanation
            ? await locateFindings(told, kernel, explanation, network, exam, seed)
            : told),
        );
      } else {
        const large = await answersTo(kernel, askFilled, largeProbesOf(probes));
        if (large !== undefined && departs(kernel, { ...whole, cases: large })) {
          // Taking earlier answers away from large ones leaves rounding that is not the program's.
          const isOwn = behaviour.answers === "momentum" || behaviour.answers === "sums-up";
          const told = isLittle(large, network)
            ? isOwn ? [] : [someRounding(large, precision)]
            : (await read(askFilled, large, { ...exam, large: LARGE })).told;
          findings.push(...told.map((one): Finding => ({ ...one, large: LARGE })));
        } else findings.push(...rightLoss(whole));
      }
    }
    findings.push(...await updateFindings(kernel, probes[0], implementation.precision, behaviour));
    // A gradient of 0 that is divided by its size is not finite either.
    const isNormalised = findings.some(isNormalisation);
    const large = await overflow(kernel, ask, probes[0], cases);
    findings.push(...large.filter((one) => !(isNormalised && one.id === "overflow")));
    return findings.sort((a, b) => findingOrder(a) - findingOrder(b));
  } catch (error) {
    const told = await failsAtLengths(kernel, probes[0], error);
    if (told === undefined) throw error;
    return [told];
  } finally {
    await kernel.close();
  }
}

/** The answers to large questions; undefined where one fails or is not finite, which is told as such. */
async function answersTo(
  kernel: ExaminedKernel,
  ask: AskKernel,
  questions: readonly Question[],
): Promise<Case[] | undefined> {
  const cases: Case[] = [];
  try {
    for (const question of questions) cases.push(await caseOf(kernel, ask, question));
  } catch {
    return undefined;
  }
  return cases.every(({ gradient }) => gradient.every(Number.isFinite)) ? cases : undefined;
}
