package io.github.erv.media;

import static java.util.Objects.requireNonNull;

import io.github.erv.TimedInput;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentSampleModel;
import java.awt.image.DataBufferByte;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A picture and its place in media time.
 *
 * <p><b>Memory.</b> A frame does not copy the pixels it is made of. One made by a caller is valid
 * as long as the caller leaves its array alone; one handed to a callback is valid until the
 * callback returns, and {@link #copy} keeps it. Thread-safe as long as nobody writes the pixels.
 */
public final class Frame implements TimedInput {
  /** The widest and highest picture taken: 16K. */
  public static final int MAX_SIDE = 16_384;

  /**
   * One plane of pixels.
   *
   * @param data from the first byte of the first row; heap or direct
   * @param stride bytes from one row to the next, at least the bytes of a row
   */
  public record Plane(ByteBuffer data, int stride) {
    // Takes a view whose position is the first byte.
    public Plane {
      data = data.slice();
    }
  }

  private final PixelFormat format;
  private final ColorRange range;
  private final int width;
  private final int height;
  private final List<Plane> planes;
  private final TimeSpan span;

  private Frame(
      PixelFormat format,
      ColorRange range,
      int width,
      int height,
      List<Plane> planes,
      long timestampMicros) {
    this.format = requireNonNull(format, "format");
    this.range = requireNonNull(range, "range");
    this.width = requireSide(width, "width");
    this.height = requireSide(height, "height");
    this.planes = List.copyOf(planes);
    this.span = TimeSpan.at(timestampMicros);
    if (planes.size() != format.planes()) {
      throw new IllegalArgumentException(
          format + " has " + format.planes() + " planes, given were " + planes.size());
    }
    for (int p = 0; p < planes.size(); p++) {
      int row = format.rowBytes(p, width);
      int stride = planes.get(p).stride();
      long needed = (long) stride * (format.rows(p, height) - 1) + row;
      if (stride < row || planes.get(p).data().remaining() < needed) {
        throw new IllegalArgumentException(
            "plane %d of a %dx%d %s frame needs a stride of %d and %d bytes, had %d and %d"
                .formatted(
                    p,
                    width,
                    height,
                    format,
                    row,
                    needed,
                    stride,
                    planes.get(p).data().remaining()));
      }
    }
  }

  /**
   * Returns a frame over planes.
   *
   * @param format of the planes
   * @param range of luma and chroma; RGB formats are always full
   * @param width in pixels, 1 to {@value #MAX_SIDE}
   * @param height in pixels, 1 to {@value #MAX_SIDE}
   * @param planes as many as the format has; not copied
   * @param timestampMicros presentation time
   * @return the frame
   * @throws IllegalArgumentException if a size, a stride or the number of planes is off
   */
  public static Frame of(
      PixelFormat format,
      ColorRange range,
      int width,
      int height,
      List<Plane> planes,
      long timestampMicros) {
    return new Frame(format, range, width, height, planes, timestampMicros);
  }

  /**
   * Returns a frame over a packed array of full-range pixels: planes one after the other, rows
   * without padding.
   *
   * @param format of the pixels
   * @param width in pixels, 1 to {@value #MAX_SIDE}
   * @param height in pixels, 1 to {@value #MAX_SIDE}
   * @param pixels at least {@link PixelFormat#bytes} long; not copied
   * @param timestampMicros presentation time
   * @return the frame
   * @throws IllegalArgumentException if a size is off
   */
  public static Frame of(
      PixelFormat format, int width, int height, byte[] pixels, long timestampMicros) {
    requireSide(width, "width");
    requireSide(height, "height");
    return packed(format, ColorRange.FULL, width, height, ByteBuffer.wrap(pixels), timestampMicros);
  }

  /**
   * Returns a frame of an image at media time 0.
   *
   * @param image of any type, 1 to {@value #MAX_SIDE} pixels wide and high
   * @return the frame, see {@link #of(BufferedImage, long)}
   */
  public static Frame of(BufferedImage image) {
    return of(image, 0);
  }

  /**
   * Returns a frame of an image. Images of the types {@code TYPE_3BYTE_BGR} and {@code
   * TYPE_BYTE_GRAY} are not copied; others are converted. Transparent pixels come out on white.
   *
   * @param image of any type, 1 to {@value #MAX_SIDE} pixels wide and high
   * @param timestampMicros presentation time
   * @return the frame
   */
  public static Frame of(BufferedImage image, long timestampMicros) {
    int width = requireSide(image.getWidth(), "width");
    int height = requireSide(image.getHeight(), "height");
    BufferedImage plain = image;
    boolean gray = image.getType() == BufferedImage.TYPE_BYTE_GRAY && packed(image, width);
    boolean bgr = image.getType() == BufferedImage.TYPE_3BYTE_BGR && packed(image, 3 * width);
    if (!gray && !bgr) {
      plain = new BufferedImage(width, height, BufferedImage.TYPE_3BYTE_BGR);
      Graphics2D graphics = plain.createGraphics();
      graphics.setColor(Color.WHITE);
      graphics.fillRect(0, 0, width, height);
      graphics.drawImage(image, 0, 0, null);
      graphics.dispose();
    }
    PixelFormat format =
        plain.getType() == BufferedImage.TYPE_BYTE_GRAY ? PixelFormat.GRAY8 : PixelFormat.BGR24;
    byte[] pixels = ((DataBufferByte) plain.getRaster().getDataBuffer()).getData();
    return of(format, width, height, pixels, timestampMicros);
  }

  /** Whether an image's rows lie one after the other from the first byte of its memory. */
  private static boolean packed(BufferedImage image, int rowBytes) {
    return image.getRaster().getParent() == null
        && image.getRaster().getDataBuffer().getOffset() == 0
        && image.getSampleModel() instanceof ComponentSampleModel layout
        && layout.getScanlineStride() == rowBytes;
  }

  private static Frame packed(
      PixelFormat format,
      ColorRange range,
      int width,
      int height,
      ByteBuffer bytes,
      long timestampMicros) {
    int needed = format.bytes(width, height);
    if (bytes.remaining() < needed) {
      throw new IllegalArgumentException(
          "a %dx%d %s frame needs %d bytes, had %d"
              .formatted(width, height, format, needed, bytes.remaining()));
    }
    Plane[] planes = new Plane[format.planes()];
    int offset = bytes.position();
    for (int p = 0; p < planes.length; p++) {
      int row = format.rowBytes(p, width);
      int size = row * format.rows(p, height);
      planes[p] = new Plane(bytes.duplicate().position(offset).limit(offset + size), row);
      offset += size;
    }
    return new Frame(format, range, width, height, List.of(planes), timestampMicros);
  }

  private static int requireSide(int side, String name) {
    if (side < 1 || side > MAX_SIDE) {
      throw new IllegalArgumentException(
          "a frame's " + name + " must be from 1 to " + MAX_SIDE + ", was " + side);
    }
    return side;
  }

  /**
   * Returns how the pixels lie.
   *
   * @return the format
   */
  public PixelFormat format() {
    return format;
  }

  /**
   * Returns which values the pixels use.
   *
   * @return the range
   */
  public ColorRange range() {
    return range;
  }

  /**
   * Returns the width.
   *
   * @return in pixels
   */
  public int width() {
    return width;
  }

  /**
   * Returns the height.
   *
   * @return in pixels
   */
  public int height() {
    return height;
  }

  /**
   * Returns the planes.
   *
   * @return as many as the format has, immutable; the position of their buffers is the first byte
   *     and must not be moved: take a duplicate to read on
   */
  public List<Plane> planes() {
    return planes;
  }

  /**
   * Returns the presentation time.
   *
   * @return in microseconds
   */
  public long timestampMicros() {
    return span.startMicros();
  }

  @Override
  public TimeSpan span() {
    return span;
  }

  /**
   * Returns this frame's pixels at another time.
   *
   * @param timestampMicros presentation time
   * @return a frame over the same memory
   */
  public Frame at(long timestampMicros) {
    return new Frame(format, range, width, height, planes, timestampMicros);
  }

  @Override
  public Frame copy() {
    return copyTo(ByteBuffer.allocate(format.bytes(width, height)));
  }

  /**
   * Copies the pixels, without padding, into a buffer.
   *
   * @param target with at least {@link PixelFormat#bytes} remaining; its position does not move
   * @return a frame over the buffer, valid as long as the buffer is left alone
   * @throws IllegalArgumentException if the buffer is too small
   */
  public Frame copyTo(ByteBuffer target) {
    Frame copy = packed(format, range, width, height, target, timestampMicros());
    for (int p = 0; p < planes.size(); p++) {
      Plane from = planes.get(p);
      ByteBuffer to = copy.planes.get(p).data();
      int row = format.rowBytes(p, width);
      int rows = format.rows(p, height);
      if (from.stride() == row) {
        to.put(0, from.data(), 0, row * rows);
      } else {
        for (int y = 0; y < rows; y++) {
          to.put(y * row, from.data(), y * from.stride(), row);
        }
      }
    }
    return copy;
  }

  /**
   * Returns the picture as an image, to look at or to keep. YUV is taken for BT.601, or for BT.709
   * from 720 lines on if its range is limited.
   *
   * @return an image of the type {@code TYPE_3BYTE_BGR} with memory of its own
   */
  public BufferedImage toImage() {
    return FrameImage.of(this);
  }

  @Override
  public String toString() {
    return width + "x" + height + ' ' + format + " at " + timestampMicros() / 1e6 + " s";
  }
}
