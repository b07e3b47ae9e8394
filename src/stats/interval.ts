/** A figure with the interval that covers it at `confidence`. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** 0.95 = 95 %. */
  readonly confidence: number;
}
