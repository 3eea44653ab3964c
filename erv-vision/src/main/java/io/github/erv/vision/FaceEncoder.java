package io.github.erv.vision;

import static java.util.Objects.requireNonNull;

import io.github.erv.Cue;
import io.github.erv.Encoder;
import io.github.erv.EncoderSession;
import io.github.erv.Evidence;
import io.github.erv.Evidence.Reason;
import io.github.erv.Modality;
import io.github.erv.Observation;
import io.github.erv.Region;
import io.github.erv.Subject;
import io.github.erv.emotion.Emotion;
import io.github.erv.emotion.LabelSet;
import io.github.erv.media.Frame;
import io.github.erv.media.TimeSpan;
import io.github.erv.onnx.OnnxOptions;
import io.github.erv.vision.face.FaceCrop;
import io.github.erv.vision.face.FaceModels;
import io.github.erv.vision.face.FaceTracker;
import io.github.erv.vision.face.HeadPose;
import io.github.erv.vision.face.SubjectResolver;
import io.github.erv.vision.face.TrackerOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads faces from pictures: finds and follows them, and lets any number of heads read each.
 *
 * <p>A head is an {@code Encoder<FaceCrop>}; the default is {@link ExpressionEncoder#bundled}. What
 * the heads say of a face gets the face's region, unless the head gave one, and the cues {@code
 * head.yaw}, {@code head.pitch} and {@code head.roll} in degrees, see {@link HeadPose}. A face that
 * is followed but cannot be read is {@link Evidence.Missing} for its subject: NO_FACE for up to
 * half a second after it was lost, TOO_SMALL, or OCCLUDED if it is turned too far. If nobody is
 * followed, that is said of {@link Subject#SCENE}. One frame alone gives all its faces at once.
 *
 * <p>Immutable and thread-safe.
 */
public final class FaceEncoder implements Encoder<Frame> {
  /** Quality of turn below which a head is not asked: about 68 degrees. */
  private static final float TURNED_AWAY = 0.2f;

  private final FaceModels models;
  private final TrackerOptions options;
  private final List<Encoder<FaceCrop>> heads;
  private final LabelSet labels;

  private FaceEncoder(FaceModels models, TrackerOptions options, List<Encoder<FaceCrop>> heads) {
    this.models = models;
    this.options = options;
    this.heads = List.copyOf(heads);
    Set<Emotion> union = new LinkedHashSet<>();
    heads.forEach(head -> head.labels().forEach(union::add));
    labels = heads.size() == 1 ? heads.get(0).labels() : LabelSet.of(List.copyOf(union));
  }

  /**
   * Loads the bundled models, with everything at its default.
   *
   * @return an encoder to close
   * @throws io.github.erv.error.NativeLibraryException if ONNX Runtime has no natives here
   */
  public static FaceEncoder bundled() {
    return builder().build();
  }

  /**
   * Starts an encoder.
   *
   * @return a builder with everything at its default
   */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public Modality modality() {
    return Modality.FACE;
  }

  /**
   * Returns the classes that the heads know.
   *
   * @return the head's labels; with several heads the union of theirs, in order of appearance
   */
  @Override
  public LabelSet labels() {
    return labels;
  }

  /**
   * Returns the length of the embeddings.
   *
   * @return the largest of the heads'
   */
  @Override
  public int embeddingSize() {
    return heads.stream().mapToInt(Encoder::embeddingSize).max().orElse(0);
  }

  @Override
  public List<String> models() {
    List<String> names = new ArrayList<>(models.names());
    heads.forEach(head -> names.addAll(head.models()));
    return List.copyOf(names);
  }

  @Override
  public List<String> notes() {
    return heads.stream().flatMap(head -> head.notes().stream()).toList();
  }

  @Override
  public EncoderSession<Frame> open() {
    return new Session();
  }

  /** Gives back the share of the bundled models, and closes the heads. Idempotent. */
  @Override
  public void close() {
    heads.forEach(Encoder::close);
    models.close();
  }

  private final class Session implements EncoderSession<Frame>, FaceTracker.Sink {
    private final FaceTracker tracker = models.open(options);
    private final List<EncoderSession<FaceCrop>> sessions = new ArrayList<>(heads.size());
    private final Consumer<Observation> fromHead = this::complete;
    private Consumer<Observation> out = observation -> {};
    private TimeSpan now = TimeSpan.at(0);
    private @Nullable FaceCrop face;
    private boolean closed;

    Session() {
      try {
        heads.forEach(head -> sessions.add(head.open()));
      } catch (RuntimeException e) {
        close();
        throw e;
      }
    }

    @Override
    public void encode(Frame frame, Consumer<Observation> out) {
      requireOpen();
      this.out = out;
      now = frame.span();
      tracker.track(frame, this);
    }

    @Override
    public void seen(FaceCrop crop) {
      if (crop.quality().turn() < TURNED_AWAY) {
        unseen(crop.subject(), Reason.OCCLUDED);
        return;
      }
      face = crop;
      for (EncoderSession<FaceCrop> session : sessions) {
        session.encode(crop, fromHead);
      }
      face = null;
    }

    @Override
    public void unseen(Subject subject, Reason reason) {
      out.accept(Observation.of(Modality.FACE, subject, now, new Evidence.Missing(reason)));
    }

    /** Adds where the face is and which way it is turned to what a head says of it. */
    private void complete(Observation observation) {
      FaceCrop crop = face;
      if (crop == null || !(observation.evidence() instanceof Evidence.Present present)) {
        out.accept(observation);
        return;
      }
      Evidence.Present.Builder builder = present.toBuilder();
      if (present.region().isEmpty()) {
        builder.region(crop.region());
      }
      HeadPose pose = crop.pose();
      List<Cue> cues = new ArrayList<>(present.cues().size() + 3);
      cues.addAll(present.cues());
      cues.add(new Cue("head.yaw", pose.yawDegrees(), "deg", crop.span()));
      cues.add(new Cue("head.pitch", pose.pitchDegrees(), "deg", crop.span()));
      cues.add(new Cue("head.roll", pose.rollDegrees(), "deg", crop.span()));
      out.accept(observation.withEvidence(builder.cues(cues).build()));
    }

    @Override
    public long watermarkMicros(long inputEndMicros) {
      long watermark = inputEndMicros;
      for (EncoderSession<FaceCrop> session : sessions) {
        watermark = Math.min(watermark, session.watermarkMicros(inputEndMicros));
      }
      return watermark;
    }

    @Override
    public void flush(Consumer<Observation> out) {
      requireOpen();
      sessions.forEach(session -> session.flush(out));
    }

    @Override
    public void discontinuity(long timeMicros) {
      requireOpen();
      tracker.discontinuity();
      sessions.forEach(session -> session.discontinuity(timeMicros));
    }

    private void requireOpen() {
      if (closed) {
        throw new IllegalStateException("a session of the face encoder is closed");
      }
    }

    @Override
    public void close() {
      closed = true;
      sessions.forEach(EncoderSession::close);
      tracker.close();
    }
  }

  /** Collects options. Not thread-safe. */
  public static final class Builder {
    private int mostFaces = TrackerOptions.DEFAULT.mostFaces();
    private int smallestFace = TrackerOptions.DEFAULT.smallestFace();
    private Optional<Region> region = TrackerOptions.DEFAULT.region();
    private Duration detectionInterval = TrackerOptions.DEFAULT.detectionInterval();
    private SubjectResolver resolver = TrackerOptions.DEFAULT.resolver();
    private OnnxOptions onnx = OnnxOptions.DEFAULT;
    private final List<Encoder<FaceCrop>> heads = new ArrayList<>();

    private Builder() {}

    /**
     * Sets how many faces are followed at a time, the largest first.
     *
     * @param value at least 1; 16 by default
     * @return this
     */
    public Builder mostFaces(int value) {
      mostFaces = requireAtLeastOne(value, "the most faces");
      return this;
    }

    /**
     * Sets below which size a face is not read, but said to be TOO_SMALL.
     *
     * @param pixels height of the face in the frame, at least 1; 20 by default
     * @return this
     */
    public Builder smallestFace(int pixels) {
      smallestFace = requireAtLeastOne(pixels, "the smallest face");
      return this;
    }

    private static int requireAtLeastOne(int value, String name) {
      if (value < 1) {
        throw new IllegalArgumentException(name + " must be at least 1, was " + value);
      }
      return value;
    }

    /**
     * Sets where faces are looked for: those whose middle lies inside.
     *
     * @param value in pixels of the frames; the whole frame by default
     * @return this
     */
    public Builder region(Region value) {
      region = Optional.of(value);
      return this;
    }

    /**
     * Sets how often new faces are looked for while others are followed.
     *
     * @param value media time, at least zero, which looks in every frame; 0.3 s by default
     * @return this
     */
    public Builder detectionInterval(Duration value) {
      if (value.isNegative()) {
        throw new IllegalArgumentException(
            "the detection interval must not be negative, was " + value);
      }
      detectionInterval = value;
      return this;
    }

    /**
     * Sets who says whether a face that appears is somebody seen before; by default it never is.
     *
     * @param value called on the thread of the session
     * @return this
     */
    public Builder subjectResolver(SubjectResolver value) {
      resolver = requireNonNull(value, "resolver");
      return this;
    }

    /**
     * Sets how the bundled models are loaded.
     *
     * @param value threads and device
     * @return this
     */
    public Builder onnx(OnnxOptions value) {
      onnx = requireNonNull(value, "onnx");
      return this;
    }

    /**
     * Adds something that reads each face, in place of the bundled reader of expressions.
     *
     * @param head closed with the encoder
     * @return this
     */
    public Builder head(Encoder<FaceCrop> head) {
      heads.add(requireNonNull(head, "head"));
      return this;
    }

    /**
     * Loads the models.
     *
     * @return an encoder to close
     * @throws io.github.erv.error.ModelException if a bundled model is damaged
     * @throws io.github.erv.error.NativeLibraryException if ONNX Runtime has no natives here
     */
    public FaceEncoder build() {
      TrackerOptions options =
          new TrackerOptions(mostFaces, smallestFace, region, detectionInterval, resolver);
      FaceModels models = FaceModels.bundled(onnx);
      try {
        return new FaceEncoder(
            models, options, heads.isEmpty() ? List.of(ExpressionEncoder.bundled(onnx)) : heads);
      } catch (RuntimeException e) {
        models.close();
        throw e;
      }
    }
  }
}
