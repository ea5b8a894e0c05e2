/** The three versions of one file. */
export interface ThreeTexts {
  /** The last pristine rendering that the user's file is based on. */
  readonly base: string;
  /** The user's file. */
  readonly mine: string;
  /** The new rendering. */
  readonly theirs: string;
}
