package io.github.erv;

import io.github.erv.contract.ScriptedEncoder;
import io.github.erv.emotion.Distribution;
import io.github.erv.emotion.LabelSet;
import io.github.erv.media.AudioWindow;
import io.github.erv.media.Frame;
import io.github.erv.media.PixelFormat;
import io.github.erv.media.TimeSpan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Who plays in the tests of the pipeline: frames of one pixel whose bits say which faces are seen,
 * windows of sound whose level says whether somebody speaks, and encoders that read them.
 */
final class Cast {
  static final long HOP = 250_000;

  /** What a frame shows; faces may be added. */
  static final int NOBODY = 0;

  static final int FACE_1 = 1;
  static final int FACE_2 = 2;
  static final int FACE_1_COVERED = 4;

  /** The encoder says nothing at all of this frame. */
  static final int UNSEEN = 128;

  static final float SILENCE = 0;
  static final float SPEECH = 0.5f;

  /** The encoder says nothing at all of this sound. */
  static final float UNHEARD = -1;

  private Cast() {}

  static Frame frame(long micros, int shows) {
    return Frame.of(PixelFormat.GRAY8, 1, 1, new byte[] {(byte) shows}, micros);
  }

  static AudioWindow sound(long startMicros, long lengthMicros, float level) {
    float[] samples = new float[Math.toIntExact(lengthMicros * 4 / 1000)];
    samples[0] = level;
    return AudioWindow.of(samples, 4000, startMicros);
  }

  /** Ten frames a second from a start to an end. */
  static List<TimedInput> frames(long startMicros, long endMicros, int shows) {
    List<TimedInput> frames = new ArrayList<>();
    for (long t = startMicros; t < endMicros; t += 100_000) {
      frames.add(frame(t, shows));
    }
    return frames;
  }

  /** Windows of 50 ms from a start to an end. */
  static List<TimedInput> sounds(long startMicros, long endMicros, float level) {
    List<TimedInput> windows = new ArrayList<>();
    for (long t = startMicros; t < endMicros; t += 50_000) {
      windows.add(sound(t, 50_000, level));
    }
    return windows;
  }

  /** All inputs by their start, as a container would hold them. */
  @SafeVarargs
  static List<TimedInput> interleaved(List<TimedInput>... streams) {
    List<TimedInput> all = new ArrayList<>();
    for (List<TimedInput> stream : streams) {
      all.addAll(stream);
    }
    all.sort((a, b) -> a.span().compareTo(b.span()));
    return all;
  }

  /** A distribution that depends on who and when, to the last bit. */
  static Distribution said(int who, long micros) {
    SplittableRandom random = new SplittableRandom(31 * micros + who);
    float[] logits = new float[LabelSet.EKMAN_7.size()];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = (float) random.nextDouble(-2, 2);
    }
    return Distribution.softmax(LabelSet.EKMAN_7, logits);
  }

  static void see(Frame frame, Consumer<Observation> out) {
    int shows = frame.planes().get(0).data().get(0) & 0xff;
    long t = frame.timestampMicros();
    for (int face = 1; face <= 2; face++) {
      if ((shows & face) != 0) {
        out.accept(
            Observation.of(
                Modality.FACE,
                Subject.face(face),
                frame.span(),
                Evidence.Present.of(said(face, t), 0.9f)));
      }
    }
    if ((shows & FACE_1_COVERED) != 0) {
      out.accept(missing(Modality.FACE, Subject.face(1), frame.span(), Evidence.Reason.OCCLUDED));
    }
    if (shows == NOBODY) {
      out.accept(missing(Modality.FACE, Subject.SCENE, frame.span(), Evidence.Reason.NO_FACE));
    }
  }

  static void hear(AudioWindow window, Consumer<Observation> out) {
    float level = window.sample(0, 0);
    TimeSpan span = window.span();
    if (level > 0) {
      out.accept(
          Observation.of(
              Modality.VOICE,
              Subject.VOICE,
              span,
              Evidence.Present.of(said(9, span.startMicros()), level)));
    } else if (level == SILENCE) {
      out.accept(missing(Modality.VOICE, Subject.VOICE, span, Evidence.Reason.SILENCE));
    }
  }

  static Observation missing(
      Modality modality, Subject subject, TimeSpan span, Evidence.Reason why) {
    return Observation.of(modality, subject, span, new Evidence.Missing(why));
  }

  static ScriptedEncoder<Frame> faces() {
    return ScriptedEncoder.of(Modality.FACE, LabelSet.EKMAN_7, Cast::see);
  }

  static ScriptedEncoder<AudioWindow> voice() {
    return ScriptedEncoder.of(Modality.VOICE, LabelSet.EKMAN_7, Cast::hear);
  }

  /** Faces and voice, fused by their mean, a quarter of a second a hop, four hops a window. */
  static EmotionRecognizer.Builder both() {
    return EmotionRecognizer.builder(LabelSet.EKMAN_7)
        .video(faces())
        .audio(voice())
        .fusion(new Mean())
        .hop(Duration.ofMillis(250))
        .window(Duration.ofSeconds(1));
  }

  /** Fuses by the plain mean, and counts its open sessions. */
  static final class Mean implements FusionStrategy {
    final AtomicInteger openSessions = new AtomicInteger();
    volatile boolean closed;

    @Override
    public FusionSession open() {
      openSessions.incrementAndGet();
      return new FusionSession() {
        private boolean over;

        @Override
        public void fuse(FusionWindow in, Fused out) {
          mean(in, out);
        }

        @Override
        public void close() {
          if (!over) {
            over = true;
            openSessions.decrementAndGet();
          }
        }
      };
    }

    @Override
    public void close() {
      closed = true;
    }

    static void mean(FusionWindow in, Fused out) {
      List<Modality> present =
          in.modalities().stream().filter(m -> in.pooled(m).isPresent()).toList();
      float[] sum = new float[in.labels().size()];
      for (Modality modality : present) {
        Evidence.Present evidence = in.pooled(modality).orElseThrow();
        Distribution distribution = evidence.distribution().orElseThrow();
        for (int e = 0; e < sum.length; e++) {
          sum[e] += distribution.probability(e);
        }
        out.contribution(modality, 1.0 / present.size(), evidence.quality());
      }
      out.distribution(Distribution.proportionalTo(in.labels(), sum));
    }
  }

  /** The threads of sessions and analyses that are alive. */
  static List<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("erv-") && thread.isAlive())
        .toList();
  }

  /** Waits for something that is bound to happen; fails after ten seconds. */
  static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + 10_000_000_000L;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("it did not happen within ten seconds");
      }
      LockSupport.parkNanos(100_000);
    }
  }

  /** Waits for a latch, interrupted or not: an encoder that is stuck in native code. */
  static void await(CountDownLatch latch) {
    boolean interrupted = false;
    while (true) {
      try {
        latch.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
