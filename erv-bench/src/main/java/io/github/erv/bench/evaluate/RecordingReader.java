package io.github.erv.bench.evaluate;

import io.github.erv.EmotionRecognizer;
import io.github.erv.Evidence;
import io.github.erv.FusionWindow;
import io.github.erv.Modality;
import io.github.erv.Observation;
import io.github.erv.RecognitionListener;
import io.github.erv.RecognitionSession;
import io.github.erv.Subject;
import io.github.erv.emotion.EmotionEstimate;
import io.github.erv.emotion.LabelSet;
import io.github.erv.error.MediaException;
import io.github.erv.media.AudioWindow;
import io.github.erv.media.Frame;
import io.github.erv.media.MediaReader;
import io.github.erv.media.MediaRequest;
import io.github.erv.media.MediaSink;
import io.github.erv.media.MediaSource;
import io.github.erv.media.TimeSpan;
import io.github.erv.onnx.ModelCard;
import io.github.erv.timeline.Gap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Reads whole recordings as shipped: one reading of a recording is the mean of its estimates,
 * weighted by the quality of what they rest on. Of several faces the one counts of which most was
 * seen; speech that belongs to no face counts with it.
 *
 * <p>The recordings of a session are played one after the other to one {@link RecognitionSession},
 * each starting on a whole second at least {@value #PAUSE_MICROS} microseconds after the end of the
 * one before, so that no window holds two of them.
 */
final class RecordingReader implements ItemReader {
  private static final long PAUSE_MICROS = 2_000_000;
  private static final long SECOND = 1_000_000;

  /** Sound is pushed in pieces of this many a second. */
  private static final int PIECES = 10;

  private final EmotionRecognizer recognizer;
  private final List<ModelCard> cards;
  private final List<String> models;
  private final boolean video;
  private final boolean audio;
  private final Degradation degradation;
  private final long seed;

  /**
   * @param recognizer closed with this
   * @param video whether it reads frames
   * @param audio whether it reads sound
   */
  RecordingReader(
      EmotionRecognizer recognizer,
      List<String> models,
      List<ModelCard> cards,
      boolean video,
      boolean audio,
      Degradation degradation,
      long seed) {
    this.recognizer = recognizer;
    this.models = List.copyOf(models);
    this.cards = List.copyOf(cards);
    this.video = video;
    this.audio = audio;
    this.degradation = degradation;
    this.seed = seed;
  }

  EmotionRecognizer recognizer() {
    return recognizer;
  }

  @Override
  public LabelSet labels() {
    return recognizer.labels();
  }

  @Override
  public List<String> models() {
    return models;
  }

  @Override
  public List<ModelCard> cards() {
    return cards;
  }

  @Override
  public Reading read(Item item) {
    return readSession(List.of(item)).get(0);
  }

  /** What a session says, gathered from its threads. */
  private static final class Heard implements RecognitionListener {
    private final List<EmotionEstimate> estimates = new ArrayList<>();
    private final List<Gap> gaps = new ArrayList<>();

    @Override
    public void estimate(EmotionEstimate estimate) {
      estimates.add(estimate);
    }

    @Override
    public void gap(Gap gap) {
      gaps.add(gap);
    }
  }

  @Override
  public List<Reading> readSession(List<Item> items) {
    Heard heard = new Heard();
    List<TimeSpan> spans = new ArrayList<>();
    List<String> errors = new ArrayList<>();
    try (RecognitionSession session = recognizer.open(heard)) {
      long at = 0;
      for (Item item : items) {
        Player player = new Player(session, at, degradation != Degradation.NONE && !video);
        String error = "";
        try {
          player.play(item);
        } catch (MediaException e) {
          error = e.getMessage();
        }
        errors.add(error);
        spans.add(new TimeSpan(at, Math.max(at + 1, player.endMicros)));
        at = (player.endMicros + PAUSE_MICROS + SECOND - 1) / SECOND * SECOND;
        session.discontinuity(at);
      }
    }
    List<Reading> readings = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      readings.add(
          errors.get(i).isEmpty()
              ? reading(spans.get(i), heard)
              : Reading.unreadable(errors.get(i)));
    }
    return readings;
  }

  /** Pushes a recording to a session, from some time on. */
  private final class Player implements MediaSink {
    private final RecognitionSession session;
    private final long startMicros;
    private final boolean gathering;
    private long endMicros;
    private float[] sound = new float[0];
    private int soundLength;
    private int rateHz;
    private long soundMicros;

    Player(RecognitionSession session, long startMicros, boolean gathering) {
      this.session = session;
      this.startMicros = startMicros;
      this.gathering = gathering;
      endMicros = startMicros;
    }

    void play(Item item) {
      MediaRequest request = new MediaRequest(video, audio, PIECES, Optional.empty());
      try (MediaReader reader = MediaSource.of(item.path()).open(request)) {
        while (reader.read(this)) {
          // until the end
        }
      }
      if (gathering && soundLength > 0) {
        float[] all = Arrays.copyOf(sound, soundLength);
        push(degradation.apply(all, rateHz, seed + item.line()), rateHz, soundMicros);
      }
    }

    @Override
    public void video(Frame frame) {
      long time = startMicros + Math.max(0, frame.timestampMicros());
      session.push(frame.at(time));
      endMicros = Math.max(endMicros, time + 1);
    }

    @Override
    public void audio(AudioWindow window) {
      float[] mono = new float[window.frames()];
      window.mixDownInto(mono, 0);
      if (!gathering) {
        push(mono, window.sampleRateHz(), window.span().startMicros());
        return;
      }
      if (soundLength == 0) {
        soundMicros = window.span().startMicros();
        rateHz = window.sampleRateHz();
      }
      if (sound.length < soundLength + mono.length) {
        sound = Arrays.copyOf(sound, 2 * (soundLength + mono.length));
      }
      System.arraycopy(mono, 0, sound, soundLength, mono.length);
      soundLength += mono.length;
    }

    private void push(float[] samples, int rate, long fromMicros) {
      long start = startMicros + Math.max(0, fromMicros);
      int piece = rate / PIECES;
      for (int from = 0; from < samples.length; from += piece) {
        AudioWindow window =
            AudioWindow.of(
                Arrays.copyOfRange(samples, from, Math.min(samples.length, from + piece)),
                rate,
                start + AudioWindow.micros(from, rate));
        session.push(window);
        endMicros = Math.max(endMicros, window.span().endMicros());
      }
    }

    @Override
    public void lost(Modality modality, TimeSpan span, Evidence.Reason reason, String detail) {
      session.discontinuity(startMicros + Math.max(0, span.endMicros()));
    }

    @Override
    public void discontinuity(long timeMicros) {
      session.discontinuity(startMicros + Math.max(0, timeMicros));
    }
  }

  /** Pools what was said in a span of time. */
  private Reading reading(TimeSpan span, Heard heard) {
    Map<Subject, List<Observation>> said = new TreeMap<>();
    for (EmotionEstimate estimate : heard.estimates) {
      if (within(estimate.span(), span) && estimate.distribution().informed()) {
        said.computeIfAbsent(estimate.subject(), subject -> new ArrayList<>())
            .add(observation(estimate));
      }
    }
    List<Observation> chosen = new ArrayList<>(said.getOrDefault(Subject.VOICE, List.of()));
    said.remove(Subject.VOICE);
    said.values().stream()
        .max((a, b) -> Double.compare(quality(a), quality(b)))
        .ifPresent(chosen::addAll);
    Optional<Evidence.Present> pooled =
        new FusionWindow(labels(), Subject.VOICE, span, span, Set.of(Modality.VOICE), chosen)
            .pooled(Modality.VOICE);
    if (pooled.flatMap(Evidence.Present::distribution).isPresent()) {
      return Reading.of(pooled.get().distribution().orElseThrow(), pooled.get().affect());
    }
    return Reading.missed(
        heard.gaps.stream()
            .filter(gap -> gap.span().startMicros() < span.endMicros())
            .filter(gap -> gap.span().endMicros() > span.startMicros())
            .findFirst()
            .map(gap -> gap.reason().name())
            .orElse("NOTHING_READ"));
  }

  private static boolean within(TimeSpan hop, TimeSpan span) {
    return hop.startMicros() >= span.startMicros() && hop.startMicros() < span.endMicros();
  }

  /** An estimate as evidence, so that it can be pooled: its quality is that of what it rests on. */
  private static Observation observation(EmotionEstimate estimate) {
    double weight = 0;
    double reliability = 0;
    for (EmotionEstimate.Contribution each : estimate.contributions().values()) {
      weight += each.weight();
      reliability += each.weight() * each.reliability();
    }
    float quality = weight > 0 ? (float) Math.min(1, reliability / weight) : 0;
    Evidence.Present.Builder evidence =
        Evidence.Present.builder(quality).distribution(estimate.distribution());
    estimate.affect().ifPresent(evidence::affect);
    return Observation.of(Modality.VOICE, Subject.VOICE, estimate.span(), evidence.build());
  }

  private static double quality(List<Observation> observations) {
    double sum = 0;
    for (Observation observation : observations) {
      // a bit for being seen at all, where nothing could be read well
      sum += 1e-6;
      if (observation.evidence() instanceof Evidence.Present present) {
        sum += present.quality();
      }
    }
    return sum;
  }

  @Override
  public void close() {
    recognizer.close();
  }
}
