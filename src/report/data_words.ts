import { InputError } from "../base/errors.ts";
import { ownCommand } from "../base/own_command.ts";
import type { KnownSet } from "../data/known_sets.ts";
import type { DataPlace } from "../data/places.ts";
import type { DataEvent, Lacking, SetNotFound } from "../data/resolve_data.ts";
import type { DataNote } from "../data/schemas.ts";
import { counted, formatBytes, formatCount, formatFixed, formatNumber } from "./numbers.ts";

/** What is told while data are looked for: one line. */
export function eventText(event: DataEvent): string {
  switch (event.kind) {
    case "downloading":
      return `Downloading ${event.set.title} (${
        formatBytes(event.set.downloadBytes)
      }) to ${event.folder}`;
    case "synthetic":
      return `Warning: synthetic digits are used instead of MNIST (${
        lackingText(event.lacking)
      }). ` +
        "For the real data, download its four files into a folder and name it with --data.";
    case "unpacking":
      return `Unpacking ${event.path} once, to ${event.into}: a minute for each few gigabytes`;
    case "note": {
      const text = noteText(event.note);
      return text.startsWith("Warning") ? text : `Data: ${text}`;
    }
  }
}

/** Why a set could not be had, as part of a sentence. */
function lackingText(lacking: Lacking, set?: KnownSet): string {
  switch (lacking.kind) {
    case "no-home":
      return "there is no home folder to keep a download in";
    case "not-cached":
      return `there is no cache ${lacking.folder}, and downloads are off`;
    case "bad-cache":
      return `${lacking.state}, and downloads are off`;
    case "recent-failure": {
      const { minutes } = lacking;
      const when = minutes === 0 ? "a moment" : minutes === 1 ? "a minute" : `${minutes} minutes`;
      const get = ownCommand(set === undefined ? "data get" : `data get ${set.name}`);
      return `the download failed ${when} ago; \`${get}\` tries it again now`;
    }
    case "no-mirror":
      return lacking.state;
  }
}

/** The error for a set that was named and cannot be had. */
export function setNotFoundError({ set, lacking }: SetNotFound): InputError {
  return new InputError(`Cannot get ${set.title}: ${lackingText(lacking, set)}`, byHand(set));
}

const byHand = ({ files, mirrors }: KnownSet): string =>
  `download ${files.length === 1 ? files[0].name : "its files"} by hand from ${
    mirrors[0]
  } into a folder, and name ` +
  "that with --data";

const PIXEL_MAPS: Readonly<
  Record<Extract<DataNote, { kind: "pixels-mapped" }>["how"], string>
> = {
  unit: "multiplied by 255 and rounded to bytes",
  rounded: "rounded to bytes",
  wrapped: "read as unsigned bytes: −1 is 255",
  shifted: "shifted by 128 to bytes",
  linear: "mapped linearly to bytes from 0 to 255",
};

/** How a data set was read, or what is odd about it: one sentence. */
export function noteText(note: DataNote): string {
  switch (note.kind) {
    case "trailing":
      return `${note.path} has ${
        counted(note.bytes, "byte")
      } after its last value; they are left out.`;
    case "little-endian":
      return note.what === "header"
        ? `${note.path} has a little-endian header, which IDX does not allow; it is read so.`
        : `${note.path} has little-endian values, which IDX does not allow; they are read so.`;
    case "packed-again":
      return `${note.path} is packed by gzip ${note.gzip} times.`;
    case "label-column":
      return `${note.path} has ${note.columns} columns; the first is taken for the class.`;
    case "one-hot":
      return `${note.path} has one-hot labels of ${counted(note.classes, "class", "classes")}.`;
    case "examples-in-columns":
      return `${note.path} has an example in each column; it is read so.`;
    case "swapped":
      return `${note.labels} holds labels and ${note.images} holds images; their names say the opposite.`;
    case "labels-shifted":
      return `Labels 1 to ${note.classes} are read as classes 0 to ${note.classes - 1}.`;
    case "transposed":
      return `The images of ${note.set} are stored transposed; they are turned upright.`;
    case "pixels-mapped":
      return `Pixels from ${formatNumber(note.least)} to ${formatNumber(note.greatest)} are ${
        PIXEL_MAPS[note.how]
      }.`;
    case "unlabelled":
      return `${note.path} has no labels; it is not used.`;
    case "held-out":
      return `There is no test set, so ${formatCount(note.examples)} of ${
        formatCount(note.of)
      } examples are held out as one: ${
        note.which === "last" ? "the last ones" : "as many of each class"
      }.`;
    case "first-examples":
      return `${note.path} has ${formatBytes(note.bytes)}; only the first ${
        formatCount(note.examples)
      } of ${formatCount(note.of)} examples are read; for more, set SLOPE_DATA_BYTES, as to ${
        formatBytes(note.bytes).replace(" ", "")
      }.`;
    case "other-sets":
      return `Further sets in the folder are not used: ${
        note.others.join(", ")
      }; name one behind #.`;
    case "not-used":
      return `Not used: ${note.paths.join(", ")}.`;
    case "colours":
      return `Each pixel has ${note.channels} channels; each is an input.`;
    case "other-shape":
      return `Images have ${note.rows} × ${note.columns} pixels in ${
        counted(note.classes, "class", "classes")
      }: the default layers are ${note.features},16,16,${note.classes}.`;
    case "looks-inverted":
      return `Warning: the images look inverted: borders have a mean of ${
        formatFixed(note.border, 2)
      }, the middle ${formatFixed(note.middle, 2)} (0 is black). MNIST is white on black.`;
    case "looks-transposed":
      return `Warning: the digits look transposed: their correlation with printed digits is ${
        formatFixed(note.upright, 2)
      } as they are, ${formatFixed(note.transposed, 2)} transposed.`;
    case "dim":
      return `Warning: the brightest pixel is ${note.greatest} of 255, so the inputs are nearly zero.`;
  }
}

/** What one of the places for data holds, or why it cannot be used. */
export function placeText(one: DataPlace): string {
  switch (one.state) {
    case "usable":
      return `${one.isMnist ? "MNIST" : "a set other than MNIST"} in ${one.path}`;
    case "unusable":
      return one.problem;
    case "set":
      return `the set ${one.name}, cached or downloaded`;
    case "not-given":
      return one.place === "cache"
        ? "no home folder"
        : one.place === "--data"
        ? "not given"
        : "not set";
    case "always":
      return one.place === "download"
        ? "MNIST, 11 MB: `data get`"
        : "generated digits: --synthetic";
  }
}
