/** A word that stands for the folder that a program may write, which the process that starts it makes. */
export const SCRATCH = "{scratch}";
