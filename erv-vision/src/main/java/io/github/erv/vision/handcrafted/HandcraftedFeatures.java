package io.github.erv.vision.handcrafted;

import static java.util.Objects.checkFromIndexSize;
import static java.util.Objects.requireNonNull;

import io.github.erv.Subject;
import io.github.erv.vision.face.FaceCrop;
import io.github.erv.vision.handcrafted.LocalBinaryPatterns.Labelling;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Which numbers are measured on a face, and what each is called: any of the features of this
 * package, one after the other.
 *
 * <p>Written as text, as model files keep it: {@code "face 48 1.0; hog 6 2 9; lbp UNIFORM 8 1.0 6"}
 * is a face of 48 pixels with a margin of 1, and then the arguments of the builder's methods.
 * Immutable and thread-safe; a {@link Session} belongs to one thread.
 */
public final class HandcraftedFeatures {
  /** Pictures of a face further apart do not belong to one motion. */
  private static final long GAP_MICROS = 500_000;

  /** A group of features. */
  private interface Part {
    List<String> names(int side);

    Reader open(int side);

    /** Tells whether it remembers the pictures before, and so has a reader for each subject. */
    default boolean moves() {
      return false;
    }

    /** Returns it as in the text. */
    String text();
  }

  /** Measures one group. */
  private interface Reader extends AutoCloseable {
    /**
     * Measures.
     *
     * @param luma of the face
     * @param seconds since the picture before of the same face; NaN if there is none
     */
    void into(FaceCrop face, byte[] luma, double seconds, float[] out, int offset);

    @Override
    default void close() {}
  }

  private record Hog(int cell, int block, int bins) implements Part {
    HistogramOfOrientedGradients gradients(int side) {
      return HistogramOfOrientedGradients.of(side, side, cell, block, bins);
    }

    @Override
    public List<String> names(int side) {
      return named("hog", gradients(side).names());
    }

    @Override
    public Reader open(int side) {
      HistogramOfOrientedGradients gradients = gradients(side);
      return (face, luma, seconds, out, offset) -> gradients.into(luma, out, offset);
    }

    @Override
    public String text() {
      return "hog " + cell + ' ' + block + ' ' + bins;
    }
  }

  private record Lbp(Labelling labelling, int points, double radius, int grid) implements Part {
    LocalBinaryPatterns patterns(int side) {
      return LocalBinaryPatterns.of(labelling, points, radius, side, side);
    }

    @Override
    public List<String> names(int side) {
      return named("lbp" + points + '@' + radius, patterns(side).names(grid, grid));
    }

    @Override
    public Reader open(int side) {
      LocalBinaryPatterns patterns = patterns(side);
      int size = grid * grid * patterns.labels();
      return (face, luma, seconds, out, offset) -> {
        patterns.histogramsInto(luma, grid, grid, out, offset);
        rootInPlace(out, offset, size);
      };
    }

    @Override
    public String text() {
      return "lbp " + labelling + ' ' + points + ' ' + radius + ' ' + grid;
    }
  }

  private record Geometry() implements Part {
    @Override
    public List<String> names(int side) {
      return named("geometry", LandmarkGeometry.names());
    }

    @Override
    public Reader open(int side) {
      return (face, luma, seconds, out, offset) ->
          LandmarkGeometry.into(face.landmarks(), out, offset);
    }

    @Override
    public String text() {
      return "geometry";
    }
  }

  private record Flow(int grid) implements Part {
    @Override
    public List<String> names(int side) {
      return named("flow", OpticalFlow.names(grid, grid));
    }

    @Override
    public boolean moves() {
      return true;
    }

    @Override
    public Reader open(int side) {
      return new FlowReader(side, grid, names(side).size());
    }

    @Override
    public String text() {
      return "flow " + grid;
    }
  }

  private static final class FlowReader implements Reader {
    private final int side;
    private final int grid;
    private final int size;
    private final OpticalFlow flow;
    private final byte[] before;

    FlowReader(int side, int grid, int size) {
      this.side = side;
      this.grid = grid;
      this.size = size;
      flow = OpticalFlow.of(side, side);
      before = new byte[side * side];
    }

    @Override
    public void into(FaceCrop face, byte[] luma, double seconds, float[] out, int offset) {
      if (Double.isNaN(seconds)) {
        Arrays.fill(out, offset, offset + size, 0);
      } else {
        flow.between(before, luma);
        flow.statisticsInto(grid, grid, out, offset);
        int statistics = size / (grid * grid);
        for (int i = 0; i < size; i++) {
          // of the first four the length is in pixels; the other two have none
          out[offset + i] /= (float) (i % statistics < 4 ? seconds * side : seconds);
        }
      }
      System.arraycopy(luma, 0, before, 0, before.length);
    }

    @Override
    public void close() {
      flow.close();
    }
  }

  private record Top(
      Labelling labelling, int points, double radius, int timeRadius, int grid, int pictures)
      implements Part {
    LbpTop patterns(int side) {
      return LbpTop.of(labelling, points, radius, timeRadius, side, side, grid, grid, pictures);
    }

    @Override
    public List<String> names(int side) {
      return named("lbptop", patterns(side).names());
    }

    @Override
    public boolean moves() {
      return true;
    }

    @Override
    public Reader open(int side) {
      LbpTop patterns = patterns(side);
      return (face, luma, seconds, out, offset) -> {
        if (Double.isNaN(seconds)) {
          patterns.reset();
        }
        patterns.add(luma);
        patterns.histogramsInto(out, offset);
        rootInPlace(out, offset, patterns.size());
      };
    }

    @Override
    public String text() {
      return "lbptop %s %d %s %d %d %d"
          .formatted(labelling, points, radius, timeRadius, grid, pictures);
    }
  }

  private static List<String> named(String group, List<String> names) {
    return names.stream().map(name -> group + '.' + name).toList();
  }

  /** With it, the product of two histograms is their Bhattacharyya coefficient. */
  private static void rootInPlace(float[] values, int offset, int count) {
    for (int i = offset; i < offset + count; i++) {
      values[i] = (float) Math.sqrt(values[i]);
    }
  }

  private final int side;
  private final double margin;
  private final List<Part> parts;
  private final List<Integer> sizes = new ArrayList<>();
  private final List<String> names;

  private HandcraftedFeatures(Builder builder) {
    side = builder.side;
    margin = builder.margin;
    parts = List.copyOf(builder.parts);
    List<String> all = new ArrayList<>();
    for (Part part : parts) {
      List<String> own = part.names(side);
      sizes.add(own.size());
      all.addAll(own);
    }
    names = List.copyOf(all);
  }

  /**
   * Starts a set of features.
   *
   * @param side width and height of the face when it is measured, in pixels, 16 to 256
   * @param margin how much larger than the face the picture is, above 0 to 10: 1 shows forehead to
   *     chin
   * @return a builder without features
   */
  public static Builder builder(int side, double margin) {
    return new Builder(side, margin);
  }

  /**
   * Reads a set of features from its text.
   *
   * @param text as {@link #toString} writes it
   * @return the features
   * @throws IllegalArgumentException if the text is none, saying where
   */
  public static HandcraftedFeatures parse(String text) {
    String[] groups = text.strip().split("\\s*;\\s*", -1);
    String[] face = groups[0].split("\\s+", -1);
    if (face.length != 3 || !face[0].equals("face")) {
      throw new IllegalArgumentException(
          "features must start with \"face\", its side and its margin, were \"" + text + '"');
    }
    Builder builder = builder(Integer.parseInt(face[1]), Double.parseDouble(face[2]));
    for (int g = 1; g < groups.length; g++) {
      String[] words = groups[g].split("\\s+", -1);
      try {
        switch (words[0] + ' ' + (words.length - 1)) {
          case "hog 3" -> builder.hog(whole(words[1]), whole(words[2]), whole(words[3]));
          case "lbp 4" ->
              builder.lbp(
                  Labelling.valueOf(words[1]),
                  whole(words[2]),
                  Double.parseDouble(words[3]),
                  whole(words[4]));
          case "geometry 0" -> builder.geometry();
          case "flow 1" -> builder.flow(whole(words[1]));
          case "lbptop 6" ->
              builder.lbpTop(
                  Labelling.valueOf(words[1]),
                  whole(words[2]),
                  Double.parseDouble(words[3]),
                  whole(words[4]),
                  whole(words[5]),
                  whole(words[6]));
          default ->
              throw new IllegalArgumentException("there is no such group with so many numbers");
        }
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "the features \"" + groups[g] + "\" are not valid: " + e.getMessage(), e);
      }
    }
    return builder.build();
  }

  private static int whole(String text) {
    return Integer.parseInt(text);
  }

  /** Collects groups of features; they follow one another in the order they were added. */
  public static final class Builder {
    private final int side;
    private final double margin;
    private final List<Part> parts = new ArrayList<>();

    private Builder(int side, double margin) {
      this.side = LocalBinaryPatterns.requireIn(side, 16, 256, "a face's side");
      if (!(margin > 0 && margin <= 10)) {
        throw new IllegalArgumentException("a margin must be in (0, 10], was " + margin);
      }
      this.margin = margin;
    }

    /**
     * Adds {@link HistogramOfOrientedGradients}.
     *
     * @param cell side of a cell in pixels
     * @param block side of a block in cells
     * @param bins directions in half a turn
     * @return this
     */
    public Builder hog(int cell, int block, int bins) {
      return add(new Hog(cell, block, bins));
    }

    /**
     * Adds the square roots of {@link LocalBinaryPatterns}' histograms.
     *
     * @param labelling which patterns count as the same
     * @param points on the circle
     * @param radius of the circle in pixels
     * @param grid rows and columns of cells
     * @return this
     */
    public Builder lbp(Labelling labelling, int points, double radius, int grid) {
      LocalBinaryPatterns.requireIn(grid, 1, side, "the grid");
      return add(new Lbp(requireNonNull(labelling, "labelling"), points, radius, grid));
    }

    /**
     * Adds {@link LandmarkGeometry}.
     *
     * @return this
     */
    public Builder geometry() {
      return add(new Geometry());
    }

    /**
     * Adds the statistics of {@link OpticalFlow} since the picture before: speeds in sides of the
     * face a second, the rest a second. All 0 in the first picture of a face, and after half a
     * second without it. It needs OpenCV's natives.
     *
     * @param grid rows and columns of cells
     * @return this
     */
    public Builder flow(int grid) {
      return add(new Flow(LocalBinaryPatterns.requireIn(grid, 1, side / 2, "the grid")));
    }

    /**
     * Adds the square roots of {@link LbpTop}'s histograms. They start anew after half a second
     * without the face.
     *
     * @param labelling which patterns count as the same
     * @param points on the ellipses
     * @param radius in pixels
     * @param timeRadius in pictures
     * @param grid rows and columns of cells
     * @param pictures over which patterns are counted
     * @return this
     */
    public Builder lbpTop(
        Labelling labelling, int points, double radius, int timeRadius, int grid, int pictures) {
      return add(
          new Top(
              requireNonNull(labelling, "labelling"), points, radius, timeRadius, grid, pictures));
    }

    private Builder add(Part part) {
      if (part.names(side).isEmpty()) {
        throw new IllegalArgumentException("there are no features in " + part.text());
      }
      parts.add(part);
      return this;
    }

    /**
     * Returns the features.
     *
     * @return at least one
     * @throws IllegalArgumentException if none was added
     */
    public HandcraftedFeatures build() {
      if (parts.isEmpty()) {
        throw new IllegalArgumentException("there must be at least one group of features");
      }
      return new HandcraftedFeatures(this);
    }
  }

  /**
   * Returns how many there are.
   *
   * @return at least 1
   */
  public int size() {
    return names.size();
  }

  /**
   * Returns what each is.
   *
   * @return as in {@code hog.b3.4.c0.1.60deg} or {@code geometry.mouth.open}; immutable
   */
  public List<String> names() {
    return names;
  }

  /**
   * Returns how much larger than the face the picture is.
   *
   * @return above 0 to 10
   */
  public double margin() {
    return margin;
  }

  /**
   * Opens a session.
   *
   * @return something to close
   * @throws io.github.erv.error.NativeLibraryException if there is flow among the features, but no
   *     natives of OpenCV
   */
  public Session open() {
    return new Session();
  }

  /**
   * Measures faces, and remembers what those that move looked like before. Faces that are gone for
   * half a second are forgotten. Used by one thread at a time; allocates nothing but for a face
   * that is new.
   */
  public final class Session implements AutoCloseable {
    private final byte[] luma = new byte[side * side];

    /** Of the groups that remember nothing. */
    private final List<Reader> shared = new ArrayList<>();

    private final Map<Subject, Track> tracks = new HashMap<>();
    private final boolean moves = parts.stream().anyMatch(Part::moves);

    private Session() {
      shared.addAll(opened(false));
      if (moves) { // what natives lack is said at once
        opened(true).forEach(Reader::close);
      }
    }

    private List<Reader> opened(boolean moving) {
      return parts.stream()
          .filter(part -> part.moves() == moving)
          .map(part -> part.open(side))
          .collect(Collectors.toList());
    }

    /**
     * Measures a face.
     *
     * @param face any subject's, not before the last
     * @param out receives {@link #size} values, all finite
     * @param offset where the first goes
     * @throws IndexOutOfBoundsException if the array is too short
     */
    public void into(FaceCrop face, float[] out, int offset) {
      checkFromIndexSize(offset, size(), out.length);
      face.lumaInto(side, margin, luma);
      double seconds = Double.NaN;
      List<Reader> own = List.of();
      if (moves) {
        Track track = track(face);
        seconds = track.step(face.span().startMicros());
        own = track.readers;
      }
      int at = offset;
      int nextShared = 0;
      int nextOwn = 0;
      for (int p = 0; p < parts.size(); p++) {
        Reader reader = parts.get(p).moves() ? own.get(nextOwn++) : shared.get(nextShared++);
        reader.into(face, luma, seconds, out, at);
        at += sizes.get(p);
      }
    }

    private Track track(FaceCrop face) {
      long now = face.span().startMicros();
      tracks.values().removeIf(track -> track.over(now));
      return tracks.computeIfAbsent(face.subject(), subject -> new Track(opened(true)));
    }

    /** Forgets what faces looked like before, as after a cut. */
    public void forget() {
      tracks.values().forEach(Track::close);
      tracks.clear();
    }

    /** Gives back native memory. Idempotent. */
    @Override
    public void close() {
      forget();
    }
  }

  /** One face's readers of motion. */
  private static final class Track {
    final List<Reader> readers;
    private long lastMicros = Long.MIN_VALUE;

    Track(List<Reader> readers) {
      this.readers = readers;
    }

    /** Returns the seconds since the last picture, NaN if there was none. */
    double step(long nowMicros) {
      double seconds = lastMicros == Long.MIN_VALUE ? Double.NaN : (nowMicros - lastMicros) / 1e6;
      lastMicros = nowMicros;
      return seconds > 0 ? seconds : Double.NaN;
    }

    /** Closes if the face is gone for too long. */
    boolean over(long nowMicros) {
      boolean over = nowMicros - lastMicros > GAP_MICROS || nowMicros < lastMicros;
      if (over) {
        close();
      }
      return over;
    }

    void close() {
      readers.forEach(Reader::close);
    }
  }

  /**
   * Returns the text that {@link #parse} reads.
   *
   * @return one line
   */
  @Override
  public String toString() {
    return "face "
        + side
        + ' '
        + margin
        + parts.stream().map(part -> "; " + part.text()).collect(Collectors.joining());
  }
}
