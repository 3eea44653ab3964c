package io.github.erv.media;

/** Which byte values luma and chroma use. */
public enum ColorRange {
  /** Luma from 16 to 235, as video is mostly coded. */
  LIMITED,
  /** All values from 0 to 255: RGB, gray, JPEG and some cameras. */
  FULL
}
