package io.github.erv;

/** What a {@link RecognitionSession} does with input while an encoder has fallen behind. */
public enum Overflow {
  /** Lets {@link RecognitionSession#push} wait: nothing is lost. */
  BLOCK,
  /** Drops the input that has waited longest. */
  DROP_OLDEST,
  /** Drops the input that comes in. */
  DROP_NEWEST
}
