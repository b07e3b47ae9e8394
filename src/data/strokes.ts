/**
 * Shapes of the digits 0 to 9: for each digit several hands, each a list of strokes, each stroke a list of points
 * (x to the right, y down, both 0 to 1) on a smooth curve. Strokes that share a point stay joined when the digit
 * is distorted. A stroke that ends where it began is closed.
 */
type Hand = readonly (readonly number[])[];

// deno-fmt-ignore
const HANDS: readonly (readonly Hand[])[] = [
  [ // 0: closed; begun at the top and not quite closed
    [[.5, 0, .15, .2, .05, .5, .15, .82, .5, 1, .85, .82, .95, .5, .85, .2, .5, 0]],
    [[.62, .03, .3, .08, .07, .4, .1, .78, .42, 1, .8, .88, .95, .52, .82, .14, .42, .05]],
  ],
  [ // 1: a line; with a flag; with a flag and a foot
    [[.5, 0, .5, .5, .5, 1]],
    [[.5, 0, .51, .5, .5, 1]],
    [[.32, .22, .52, 0], [.52, 0, .52, .5, .52, 1]],
    [[.3, .24, .52, 0], [.52, 0, .52, .5, .52, 1], [.22, 1, .52, 1, .82, 1]],
  ],
  [ // 2: with a corner; with a loop at the foot
    [[.08, .25, .25, .04, .6, 0, .85, .2, .75, .48, .4, .78, .05, 1], [.05, 1, .5, .97, .95, .95]],
    [[.1, .2, .4, 0, .8, .12, .78, .42, .45, .78, .15, .98, .05, .85, .25, .75, .55, .9, .95, .93]],
  ],
  [ // 3: round; with a flat top
    [[.1, .12, .45, 0, .82, .12, .78, .36, .4, .48], [.4, .48, .8, .58, .9, .8, .6, 1, .2, .97, .03, .85]],
    [[.1, .03, .85, .02], [.85, .02, .42, .42], [.42, .42, .8, .55, .88, .8, .55, 1, .05, .9]],
  ],
  [ // 4: open with corners; closed; open and round
    [[.2, 0, .12, .3, .1, .52], [.1, .52, .5, .52, .95, .48], [.75, .05, .72, .5, .68, 1]],
    [[.7, 1, .7, .5, .7, 0], [.7, 0, .05, .62], [.05, .62, .5, .62, .95, .6]],
    [[.15, .02, .08, .35, .3, .52, .65, .45, .85, 0], [.85, 0, .78, .5, .7, 1]],
  ],
  [ // 5: in one go; with the cap written last
    [[.9, 0, .25, .03], [.25, .03, .18, .42], [.18, .42, .5, .36, .85, .52, .88, .8, .55, 1, .08, .92]],
    [[.25, .06, .2, .42, .55, .38, .85, .6, .7, .92, .35, 1, .05, .88], [.25, .06, .6, .05, .92, .01]],
  ],
  [ // 6: round; steep with a small bowl
    [[.7, 0, .35, .2, .1, .6, .2, .92, .55, 1, .85, .8, .75, .56, .45, .52, .15, .72]],
    [[.55, 0, .25, .4, .12, .75, .35, 1, .7, .95, .75, .7, .5, .6, .2, .75]],
  ],
  [ // 7: plain; with a bar; with a serif
    [[.05, .08, .45, .04, .95, .02], [.95, .02, .65, .45, .4, 1]],
    [[.05, .06, .45, .04, .95, .02], [.95, .02, .65, .45, .4, 1], [.3, .52, .55, .5, .82, .48]],
    [[.05, .22, .08, .04], [.08, .04, .5, .05, .92, .03], [.92, .03, .6, .5, .5, 1]],
  ],
  [ // 8: in one go; two rings
    [[.78, .1, .4, 0, .15, .2, .45, .46, .82, .72, .55, 1, .18, .9, .2, .65, .55, .45, .88, .24, .78, .1]],
    [[.5, 0, .2, .1, .2, .36, .5, .46, .8, .36, .8, .1, .5, 0],
      [.5, .46, .1, .6, .12, .9, .5, 1, .88, .9, .9, .6, .5, .46]],
  ],
  [ // 9: with a straight tail; with a curved one
    [[.85, .2, .55, 0, .2, .1, .12, .38, .45, .5, .8, .35, .85, .2], [.85, .2, .8, .6, .65, 1]],
    [[.82, .18, .5, 0, .15, .12, .12, .36, .45, .48, .82, .18], [.82, .18, .86, .55, .65, .93, .2, .97]],
  ],
];

/** A hand with indexed points, so that a shared point moves as one. */
export interface StrokePlan {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly strokes: readonly (readonly number[])[];
}

export const STROKE_PLANS: readonly (readonly StrokePlan[])[] = HANDS.map((hands) =>
  hands.map((hand) => {
    const xs: number[] = [];
    const ys: number[] = [];
    const indexOf = (x: number, y: number): number => {
      const known = xs.findIndex((value, i) => value === x && ys[i] === y);
      if (known >= 0) return known;
      xs.push(x);
      return ys.push(y) - 1;
    };
    const strokes = hand.map((flat) => {
      const indices: number[] = [];
      for (let i = 0; i < flat.length; i += 2) indices.push(indexOf(flat[i], flat[i + 1]));
      return indices;
    });
    return { x: Float64Array.from(xs), y: Float64Array.from(ys), strokes };
  })
);
