package io.github.erv.media;

/** How the pixels of a {@link Frame} lie in memory; 8 bits a sample. */
public enum PixelFormat {
  /** One plane of luma or gray. */
  GRAY8(1, 1, 1, 0, 0),
  /** One plane, three bytes a pixel: red, green, blue. */
  RGB24(1, 3, 0, 0, 0),
  /** One plane, three bytes a pixel: blue, green, red. */
  BGR24(1, 3, 0, 0, 0),
  /** One plane, four bytes a pixel: red, green, blue, alpha. Alpha is ignored. */
  RGBA32(1, 4, 0, 0, 0),
  /** Three planes: Y, and U and V at half the width and height. */
  YUV420P(3, 1, 1, 1, 1),
  /** Two planes: Y, and U and V interleaved at half the width and height. */
  NV12(2, 1, 1, 1, 1),
  /** Three planes: Y, and U and V at half the width. */
  YUV422P(3, 1, 1, 1, 0);

  private final int planes;
  private final int bytesPerPixel;
  private final boolean luma;
  private final int chromaShiftX;
  private final int chromaShiftY;

  PixelFormat(int planes, int bytesPerPixel, int luma, int chromaShiftX, int chromaShiftY) {
    this.planes = planes;
    this.bytesPerPixel = bytesPerPixel;
    this.luma = luma == 1;
    this.chromaShiftX = chromaShiftX;
    this.chromaShiftY = chromaShiftY;
  }

  /**
   * Returns how many planes there are.
   *
   * @return 1, 2 or 3
   */
  public int planes() {
    return planes;
  }

  /**
   * Tells whether the first plane is luma: a gray picture that can be read without conversion.
   *
   * @return true for gray and YUV formats
   */
  public boolean lumaPlane() {
    return luma;
  }

  /**
   * Returns how many bytes a row of a plane holds, without padding.
   *
   * @param plane in [0, planes)
   * @param width of the picture in pixels
   * @return the number of bytes
   */
  public int rowBytes(int plane, int width) {
    if (plane == 0) {
      return Math.multiplyExact(width, bytesPerPixel);
    }
    int chroma = (width + (1 << chromaShiftX) - 1) >> chromaShiftX;
    return this == NV12 ? 2 * chroma : chroma;
  }

  /**
   * Returns how many rows a plane has.
   *
   * @param plane in [0, planes)
   * @param height of the picture in pixels
   * @return the number of rows
   */
  public int rows(int plane, int height) {
    return plane == 0 ? height : (height + (1 << chromaShiftY) - 1) >> chromaShiftY;
  }

  /**
   * Returns how many bytes a picture holds, without padding.
   *
   * @param width in pixels
   * @param height in pixels
   * @return the number of bytes
   * @throws ArithmeticException if that is more than an int holds
   */
  public int bytes(int width, int height) {
    int sum = 0;
    for (int p = 0; p < planes; p++) {
      sum = Math.addExact(sum, Math.multiplyExact(rowBytes(p, width), rows(p, height)));
    }
    return sum;
  }
}
