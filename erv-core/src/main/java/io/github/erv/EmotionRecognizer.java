package io.github.erv;

import static com.google.common.base.Preconditions.checkState;
import static java.util.Objects.requireNonNull;

import io.github.erv.emotion.Distribution;
import io.github.erv.emotion.EmotionEstimate;
import io.github.erv.emotion.LabelSet;
import io.github.erv.error.ErvException;
import io.github.erv.media.AudioWindow;
import io.github.erv.media.Frame;
import io.github.erv.media.MediaInfo;
import io.github.erv.media.MediaReader;
import io.github.erv.media.MediaRequest;
import io.github.erv.media.MediaSink;
import io.github.erv.media.MediaSource;
import io.github.erv.media.TimeSpan;
import io.github.erv.spi.EncoderProvider;
import io.github.erv.spi.FusionProvider;
import io.github.erv.timeline.EmotionTimeline;
import io.github.erv.timeline.Gap;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Turns video and speech into estimates of expressed emotion.
 *
 * <pre>{@code
 * try (EmotionRecognizer recognizer = EmotionRecognizer.create()) {
 *   EmotionTimeline timeline = recognizer.analyze(Path.of("interview.mp4"));
 *   HtmlReport.write(timeline, Path.of("interview.html"));
 * }
 * }</pre>
 *
 * <p>A recogniser is immutable, thread-safe and meant to be kept: it owns the encoders and the
 * fusion it was built with and closes them when it is closed. Everything runs on this machine;
 * nothing is sent anywhere.
 */
public final class EmotionRecognizer implements AutoCloseable {
  /** An encoder and the class of what it reads. */
  record Listening<I extends TimedInput>(Class<I> type, Encoder<I> encoder) {}

  private static final System.Logger LOGGER = System.getLogger(EmotionRecognizer.class.getName());

  /** Windows of sound are short, so many may wait; a queue of frames costs memory and delay. */
  private static final int QUEUE_CAPACITY = 8;

  private final LabelSet labels;
  private final List<Listening<?>> encoders;
  private final Fusing.Settings settings;
  private final Overflow overflow;
  private final long latenessMicros;
  private final double framesPerSecond;
  private volatile boolean closed;

  private EmotionRecognizer(Builder builder, FusionStrategy fusion) {
    labels = builder.labels;
    encoders = List.copyOf(builder.encoders);
    overflow = builder.overflow;
    latenessMicros = builder.latenessMicros;
    framesPerSecond = builder.framesPerSecond;
    Set<String> models = new LinkedHashSet<>();
    SortedSet<Modality> modalities = new TreeSet<>();
    for (Listening<?> listening : encoders) {
      models.addAll(listening.encoder.models());
      modalities.add(listening.encoder.modality());
    }
    models.addAll(fusion.models());
    settings =
        new Fusing.Settings(
            labels,
            fusion,
            builder.binding,
            builder.windowMicros,
            builder.hopMicros,
            builder.abstainBelow,
            List.copyOf(models),
            modalities);
  }

  /**
   * Creates a recogniser with every module on the class path and its bundled models, over {@link
   * LabelSet#EKMAN_7}.
   *
   * @return a recogniser to close
   * @throws IllegalStateException if no module offers an encoder
   * @throws io.github.erv.error.NativeLibraryException if natives are missing, with the Maven lines
   *     that add them
   */
  public static EmotionRecognizer create() {
    Builder builder = builder(LabelSet.EKMAN_7);
    try {
      for (EncoderProvider<?> provider : ServiceLoader.load(EncoderProvider.class)) {
        builder.provided(provider);
      }
      if (builder.encoders.isEmpty()) {
        throw new IllegalStateException(
            "no encoder is on the class path; add io.github.erv:erv-vision or io.github.erv:erv-audio,"
                + " or io.github.erv:erv for everything");
      }
      return builder.build();
    } catch (RuntimeException | Error e) {
      builder.closeAll();
      throw e;
    }
  }

  /**
   * Starts a recogniser with parts of the caller's choice. Takes ownership: what is given to the
   * builder is closed with the recogniser.
   *
   * @param labels the classes of every estimate; encoders with other labels are mapped by name
   * @return a builder
   */
  public static Builder builder(LabelSet labels) {
    return new Builder(labels);
  }

  /**
   * Returns the classes of every estimate.
   *
   * @return the label set
   */
  public LabelSet labels() {
    return labels;
  }

  /**
   * Reads a recording from start to end.
   *
   * @param file any picture and sound that FFmpeg reads, a WAV file, or a still picture
   * @return what was expressed, with gaps where nothing could be read
   * @throws io.github.erv.error.MediaException if the file is missing, unreadable or not media
   */
  public EmotionTimeline analyze(Path file) {
    return analyze(MediaSource.of(file));
  }

  /**
   * Reads a source to its end.
   *
   * @param source a recording, or a stream that ends
   * @return what was expressed
   * @throws io.github.erv.error.MediaException if the source cannot be opened
   */
  public EmotionTimeline analyze(MediaSource source) {
    return analyze(source, Optional.empty(), estimate -> {});
  }

  /**
   * Reads a part of a source.
   *
   * @param source a recording
   * @param span the part
   * @return what was expressed in it
   * @throws io.github.erv.error.MediaException if the source cannot be opened
   */
  public EmotionTimeline analyze(MediaSource source, TimeSpan span) {
    return analyze(source, Optional.of(span), estimate -> {});
  }

  /**
   * Reads a source to its end, and tells a listener on the way. To stop early, interrupt the thread
   * that calls this.
   *
   * @param source a recording, or a stream that ends
   * @param listener takes estimates, gaps and progress as they come
   * @return what was expressed
   * @throws io.github.erv.error.MediaException if the source cannot be opened
   * @throws CancellationException if the thread was interrupted; its interrupt status is kept
   */
  public EmotionTimeline analyze(MediaSource source, RecognitionListener listener) {
    return analyze(source, Optional.empty(), listener);
  }

  /**
   * Reads a source on a thread of its own.
   *
   * @param source a recording, or a stream that ends
   * @param listener takes estimates, gaps and progress as they come
   * @return the time line to come; cancelling it stops the reading
   */
  public CompletableFuture<EmotionTimeline> analyzeAsync(
      MediaSource source, RecognitionListener listener) {
    requireOpen();
    CompletableFuture<EmotionTimeline> future = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                future.complete(analyze(source, listener));
              } catch (RuntimeException | Error e) {
                future.completeExceptionally(e);
              }
            },
            "erv-analyze");
    thread.setDaemon(true);
    CompletableFuture<EmotionTimeline> unused =
        future.whenComplete(
            (timeline, error) -> {
              if (future.isCancelled()) {
                thread.interrupt();
              }
            });
    thread.start();
    return future;
  }

  private EmotionTimeline analyze(
      MediaSource source, Optional<TimeSpan> span, RecognitionListener listener) {
    requireOpen();
    boolean video = reads(Frame.class);
    boolean audio = reads(AudioWindow.class);
    checkState(video || audio, "no encoder reads frames or sound; add one to the recogniser");
    MediaRequest request = new MediaRequest(video, audio, framesPerSecond, span);
    try (MediaReader reader = source.open(request)) {
      MediaInfo info = reader.info();
      EmotionTimeline.Builder timeline =
          EmotionTimeline.builder(info.name(), labels).models(settings.models());
      encoders.forEach(listening -> listening.encoder.notes().forEach(timeline::warning));
      long start = span.map(TimeSpan::startMicros).orElse(0L);
      RecognitionSession session =
          new RecognitionSession(
              encoders,
              settings,
              new Recording(timeline, listener),
              Overflow.BLOCK,
              QUEUE_CAPACITY,
              Long.MAX_VALUE);
      try {
        session.begin(start, info.durationMicros());
        long end =
            Math.min(
                info.durationMicros().orElse(start),
                span.map(TimeSpan::endMicros).orElse(Long.MAX_VALUE));
        if (video && info.video().isEmpty()) {
          session.absent(Frame.class, end);
        }
        if (audio && info.audio().isEmpty()) {
          session.absent(AudioWindow.class, end);
        }
        Feed feed = new Feed(session);
        boolean more = true;
        while (more) {
          more = reader.read(feed);
          if (Thread.currentThread().isInterrupted()) {
            throw new CancellationException("the analysis of " + info.name() + " was interrupted");
          }
        }
        session.close();
        SessionStatistics statistics = session.statistics();
        LOGGER.log(System.Logger.Level.DEBUG, () -> info.name() + ": " + statistics);
        listener.finished(statistics);
      } catch (RuntimeException | Error e) {
        session.cancel();
        if (Thread.currentThread().isInterrupted()
            && !(e instanceof ErvException || e instanceof CancellationException)) {
          CancellationException cancelled =
              new CancellationException("the analysis of " + info.name() + " was interrupted");
          cancelled.initCause(e);
          throw cancelled;
        }
        throw e;
      }
      return timeline.span(session.covered(start)).build();
    }
  }

  private boolean reads(Class<? extends TimedInput> type) {
    return encoders.stream().anyMatch(listening -> listening.type.isAssignableFrom(type));
  }

  /** Passes what a reader reads to a session. */
  private record Feed(RecognitionSession session) implements MediaSink {
    @Override
    public void video(Frame frame) {
      session.push(frame);
    }

    @Override
    public void audio(AudioWindow window) {
      session.push(window);
    }

    @Override
    public void lost(Modality modality, TimeSpan span, Evidence.Reason reason, String detail) {
      session.lost(
          modality.equals(Modality.VOICE) ? AudioWindow.class : Frame.class, span, reason, detail);
    }

    @Override
    public void discontinuity(long timeMicros) {
      session.discontinuity(timeMicros);
    }
  }

  /** Gathers a time line while a caller's listener listens too. */
  private record Recording(EmotionTimeline.Builder timeline, RecognitionListener listener)
      implements RecognitionListener {
    @Override
    public void estimate(EmotionEstimate estimate) {
      timeline.add(estimate);
      listener.estimate(estimate);
    }

    @Override
    public void gap(Gap gap) {
      timeline.add(gap);
      listener.gap(gap);
    }

    @Override
    public void observation(Observation observation) {
      listener.observation(observation);
    }

    @Override
    public void warning(String message) {
      LOGGER.log(System.Logger.Level.DEBUG, message);
      timeline.warning(message);
      listener.warning(message);
    }

    @Override
    public void progress(Progress progress) {
      listener.progress(progress);
    }
  }

  /**
   * Opens a live session: the caller pushes frames and sound as they come.
   *
   * @param listener takes estimates and gaps, on the session's threads, one call at a time
   * @return a session to close before this recogniser
   */
  public RecognitionSession open(RecognitionListener listener) {
    requireOpen();
    return new RecognitionSession(
        encoders, settings, listener, overflow, QUEUE_CAPACITY, latenessMicros);
  }

  /**
   * Reads one picture.
   *
   * @param frame any picture
   * @return one estimate a face that can be read, in the order of the faces' numbers; empty if
   *     there is none
   * @throws IllegalStateException if no encoder reads frames
   */
  public List<EmotionEstimate> estimate(Frame frame) {
    return once(Frame.class, frame).stream()
        .filter(in -> in.modalities().stream().anyMatch(m -> in.pooled(m).isPresent()))
        .map(this::fuse)
        .toList();
  }

  /**
   * Reads one stretch of speech.
   *
   * @param window any sound; a second or more is best
   * @return the estimate; {@linkplain EmotionEstimate#abstained abstained} with an uninformed
   *     distribution, and the reason in {@link EmotionEstimate#missing}, if nobody speaks
   * @throws IllegalStateException if no encoder reads sound
   */
  public EmotionEstimate estimate(AudioWindow window) {
    List<FusionWindow> voices = once(AudioWindow.class, window);
    for (FusionWindow in : voices) {
      if (in.modalities().stream().anyMatch(m -> in.pooled(m).isPresent())) {
        return fuse(in);
      }
    }
    TreeMap<Modality, Evidence.Reason> missing = new TreeMap<>();
    for (FusionWindow in : voices) {
      for (Modality modality : in.modalities()) {
        for (Observation observation : in.observations(modality)) {
          if (observation.evidence() instanceof Evidence.Missing evidence) {
            missing.put(modality, evidence.reason());
          }
        }
      }
    }
    return EmotionEstimate.builder(Subject.VOICE, window.span(), Distribution.uninformed(labels))
        .confidence(0)
        .abstained(true)
        .missing(missing)
        .models(settings.models())
        .build();
  }

  private EmotionEstimate fuse(FusionWindow in) {
    try (FusionSession fusion = settings.strategy().open()) {
      return Fusing.estimate(in, fusion, settings, (modality, hop) -> Optional.empty());
    }
  }

  /** Lets every encoder of a kind read one input, by itself; one window for each subject. */
  private <I extends TimedInput> List<FusionWindow> once(Class<I> type, I input) {
    requireOpen();
    checkState(reads(type), "no encoder reads a %s; add one", type.getSimpleName());
    TreeMap<Subject, List<Observation>> said = new TreeMap<>();
    SortedSet<Modality> modalities = new TreeSet<>();
    Fusing.Labels over = new Fusing.Labels(labels);
    for (Listening<?> listening : encoders) {
      if (listening.type.isAssignableFrom(type)) {
        modalities.add(listening.encoder.modality());
        @SuppressWarnings("unchecked") // the type was just checked
        Encoder<? super I> encoder = (Encoder<? super I>) listening.encoder;
        try (EncoderSession<? super I> session = encoder.open()) {
          List<Observation> out = new ArrayList<>();
          session.encode(input, out::add);
          session.flush(out::add);
          for (Observation observation : out) {
            said.computeIfAbsent(observation.subject(), subject -> new ArrayList<>())
                .add(over.apply(observation));
          }
        }
      }
    }
    return said.entrySet().stream()
        .map(
            lane ->
                new FusionWindow(
                    labels, lane.getKey(), input.span(), input.span(), modalities, lane.getValue()))
        .toList();
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the emotion recogniser is closed");
    }
  }

  /** Closes the encoders and the fusion. Sessions must be closed before. Idempotent. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      encoders.forEach(listening -> listening.encoder.close());
      settings.strategy().close();
    }
  }

  /** Collects the parts of a recogniser. Not thread-safe. */
  public static final class Builder {
    private final LabelSet labels;
    private final List<Listening<?>> encoders = new ArrayList<>();
    private @Nullable FusionStrategy fusion;
    private SpeakerBinding binding = SpeakerBinding.soleFace();
    private long windowMicros = 1_000_000;
    private long hopMicros = 250_000;
    private long latenessMicros = 200_000;
    private double framesPerSecond = 10;
    private double abstainBelow = 0.25;
    private Overflow overflow = Overflow.BLOCK;

    private Builder(LabelSet labels) {
      this.labels = requireNonNull(labels, "labels");
    }

    /**
     * Adds an encoder of pictures.
     *
     * @param encoder closed with the recogniser
     * @return this
     */
    public Builder video(Encoder<Frame> encoder) {
      return encoder(Frame.class, encoder);
    }

    /**
     * Adds an encoder of sound.
     *
     * @param encoder closed with the recogniser
     * @return this
     */
    public Builder audio(Encoder<AudioWindow> encoder) {
      return encoder(AudioWindow.class, encoder);
    }

    /**
     * Adds an encoder of any kind of input.
     *
     * @param type what it reads
     * @param encoder closed with the recogniser
     * @param <I> what it reads
     * @return this
     */
    public <I extends TimedInput> Builder encoder(Class<I> type, Encoder<I> encoder) {
      encoders.add(new Listening<>(requireNonNull(type), requireNonNull(encoder)));
      return this;
    }

    private <I extends TimedInput> void provided(EncoderProvider<I> provider) {
      encoder(provider.input(), provider.create());
    }

    /**
     * Sets how modalities are fused. Without it, the strategy that erv-fusion offers is used, or,
     * where there is only one modality and no erv-fusion, its readings are averaged over the
     * window.
     *
     * @param value closed with the recogniser
     * @return this
     */
    public Builder fusion(FusionStrategy value) {
      fusion = requireNonNull(value);
      return this;
    }

    /**
     * Sets whose voice is heard. Without it, speech belongs to the {@linkplain
     * SpeakerBinding#soleFace sole face}.
     *
     * @param value stateless or thread-safe
     * @return this
     */
    public Builder speakers(SpeakerBinding value) {
      binding = requireNonNull(value);
      return this;
    }

    /**
     * Sets how much time an estimate looks back on, one second by default.
     *
     * @param value at least a millisecond; at least the hop when the recogniser is built
     * @return this
     */
    public Builder window(Duration value) {
      windowMicros = requireMicros("window", value, 1000);
      return this;
    }

    /**
     * Sets how far apart estimates are, a quarter of a second by default. Hops lie on a grid
     * anchored at media time 0.
     *
     * @param value at least a millisecond; at most the window when the recogniser is built
     * @return this
     */
    public Builder hop(Duration value) {
      hopMicros = requireMicros("hop", value, 1000);
      return this;
    }

    /**
     * Sets how long a live session waits for a modality that has fallen silent, 200 ms of media
     * time by default. Recordings are always waited for.
     *
     * @param value at least zero
     * @return this
     */
    public Builder lateness(Duration value) {
      latenessMicros = requireMicros("lateness", value, 0);
      return this;
    }

    private static long requireMicros(String name, Duration value, long least) {
      long micros = value.toNanos() / 1000;
      if (micros < least) {
        throw new IllegalArgumentException(
            name + " must be at least " + least + " us, was " + value);
      }
      return micros;
    }

    /**
     * Sets how many frames of a recording are read a second of media at the most, 10 by default;
     * infinity reads every frame. Frames that are pushed are always read.
     *
     * @param value greater than 0
     * @return this
     */
    public Builder framesPerSecond(double value) {
      if (!(value > 0)) {
        throw new IllegalArgumentException(
            "frames per second must be greater than 0, was " + value);
      }
      framesPerSecond = value;
      return this;
    }

    /**
     * Sets the confidence below which an estimate abstains, 0.25 by default.
     *
     * @param value in [0, 1]
     * @return this
     */
    public Builder abstainBelow(double value) {
      if (!(value >= 0 && value <= 1)) {
        throw new IllegalArgumentException("abstainBelow must be in [0, 1], was " + value);
      }
      abstainBelow = value;
      return this;
    }

    /**
     * Sets what a live session does when an encoder has fallen behind. Recordings always block.
     *
     * @param value {@link Overflow#BLOCK} by default
     * @return this
     */
    public Builder overflow(Overflow value) {
      overflow = requireNonNull(value);
      return this;
    }

    /**
     * Returns the recogniser.
     *
     * @return a recogniser to close
     * @throws IllegalArgumentException if the hop exceeds the window
     * @throws IllegalStateException if there is no encoder, or there are several modalities and
     *     nothing to fuse them with
     */
    public EmotionRecognizer build() {
      if (hopMicros > windowMicros) {
        throw new IllegalArgumentException(
            "the hop of "
                + hopMicros
                + " us exceeds the window of "
                + windowMicros
                + " us; time between would be skipped");
      }
      if (encoders.isEmpty()) {
        throw new IllegalStateException(
            "a recogniser needs an encoder; add video(...) or audio(...)");
      }
      return new EmotionRecognizer(this, fusion == null ? offered() : fusion);
    }

    private FusionStrategy offered() {
      for (FusionProvider provider : ServiceLoader.load(FusionProvider.class)) {
        return provider.create();
      }
      Set<Modality> modalities = new TreeSet<>();
      encoders.forEach(listening -> modalities.add(listening.encoder.modality()));
      if (modalities.size() > 1) {
        throw new IllegalStateException(
            "nothing on the class path fuses " + modalities + "; add io.github.erv:erv-fusion");
      }
      return FusionStrategy.of(EmotionRecognizer::passOn);
    }

    private void closeAll() {
      encoders.forEach(listening -> listening.encoder.close());
    }
  }

  /** Fusion for a single modality: what it read, averaged over the window. */
  private static void passOn(FusionWindow in, Fused out) {
    for (Modality modality : in.modalities()) {
      in.pooled(modality)
          .ifPresent(
              evidence -> {
                evidence.distribution().ifPresent(out::distribution);
                evidence.affect().ifPresent(out::affect);
                out.contribution(modality, 1, evidence.quality());
              });
    }
  }
}
