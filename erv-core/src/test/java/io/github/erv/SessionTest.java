package io.github.erv;

import static io.github.erv.Cast.FACE_1;
import static io.github.erv.Cast.HOP;
import static io.github.erv.Cast.NOBODY;
import static io.github.erv.Cast.SILENCE;
import static io.github.erv.Cast.SPEECH;
import static io.github.erv.Cast.await;
import static io.github.erv.Cast.both;
import static io.github.erv.Cast.frame;
import static io.github.erv.Cast.frames;
import static io.github.erv.Cast.interleaved;
import static io.github.erv.Cast.sound;
import static io.github.erv.Cast.sounds;
import static io.github.erv.Modality.FACE;
import static io.github.erv.Modality.VOICE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.erv.contract.ScriptedEncoder;
import io.github.erv.contract.Transcript;
import io.github.erv.emotion.EmotionEstimate;
import io.github.erv.emotion.LabelSet;
import io.github.erv.error.InferenceException;
import io.github.erv.error.ModelException;
import io.github.erv.media.AudioWindow;
import io.github.erv.media.Frame;
import io.github.erv.media.PixelFormat;
import io.github.erv.media.TimeSpan;
import io.github.erv.timeline.EmotionTimeline;
import io.github.erv.timeline.Gap;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Live sessions: lateness, back-pressure, failure, cancellation, and what is left behind. */
@Timeout(30) // a deadlock must fail, not hang
class SessionTest {
  @AfterEach
  void noThreadIsLeft() {
    assertEquals(List.of(), Cast.threads());
  }

  private static ScriptedEncoder<Frame> faces(Consumer<Frame> before) {
    return ScriptedEncoder.of(
        FACE,
        LabelSet.EKMAN_7,
        (frame, out) -> {
          before.accept(frame);
          Cast.see(frame, out);
        });
  }

  private static ScriptedEncoder<AudioWindow> voice(Consumer<AudioWindow> before) {
    return ScriptedEncoder.of(
        VOICE,
        LabelSet.EKMAN_7,
        (window, out) -> {
          before.accept(window);
          Cast.hear(window, out);
        });
  }

  private static EmotionRecognizer.Builder recognizer() {
    return EmotionRecognizer.builder(LabelSet.EKMAN_7);
  }

  private static Thread pusher(Runnable push) {
    Thread thread = new Thread(push, "pusher");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  // ---- lateness

  @Test
  void push_soundStalls_pictureIsEstimatedAfterTheLateness() {
    Transcript transcript = new Transcript();
    try (EmotionRecognizer recognizer = both().lateness(Duration.ofMillis(200)).build();
        RecognitionSession session = recognizer.open(transcript)) {
      session.push(sound(0, 100_000, SILENCE));
      await(() -> session.statistics().stages().get(1).encoded() == 1);
      for (TimedInput frame : frames(0, 1_000_001, FACE_1)) {
        session.push(frame);
      }
      // the newest frame is at 1.0 s, so what ends by 0.8 s is not waited for
      await(() -> session.statistics().estimates() == 3);
    }
    assertEquals(5, transcript.lines().stream().filter(line -> line.startsWith("face-1")).count());
  }

  @Test
  void push_soundIsReadLast_pictureIsEstimatedOnceItIsSilent() {
    CountDownLatch go = new CountDownLatch(1);
    try (EmotionRecognizer recognizer =
            recognizer()
                .video(faces(frame -> {}))
                .audio(voice(window -> await(go)))
                .fusion(new Cast.Mean())
                .lateness(Duration.ofMillis(200))
                .build();
        RecognitionSession session = recognizer.open(new Transcript())) {
      session.push(sound(0, 100_000, SILENCE));
      frames(0, 1_000_001, FACE_1).forEach(session::push);
      await(() -> session.statistics().stages().get(0).encoded() == 11);
      assertEquals(0, session.statistics().estimates());
      go.countDown(); // no input comes after this
      await(() -> session.statistics().estimates() == 3);
    }
  }

  @Test
  void push_soundWithinTheLateness_isWaitedFor() {
    Transcript transcript = new Transcript();
    try (EmotionRecognizer recognizer = both().lateness(Duration.ofSeconds(2)).build();
        RecognitionSession session = recognizer.open(transcript)) {
      frames(0, 1_500_000, FACE_1).forEach(session::push);
      await(() -> session.statistics().stages().get(0).encoded() == 15);
      assertEquals(0, session.statistics().estimates());
      sounds(0, 1_500_000, SPEECH).forEach(session::push);
    }
    for (String line : transcript.lines()) {
      assertTrue(line.contains("voice=Contribution"), line);
    }
    assertEquals(6, transcript.lines().size());
  }

  @Test
  void push_soundAfterItsTime_isCountedAndWarnedOfOnce() {
    Transcript transcript = new Transcript();
    SessionStatistics statistics;
    try (EmotionRecognizer recognizer = both().lateness(Duration.ZERO).build()) {
      RecognitionSession session = recognizer.open(transcript);
      frames(0, 1_000_001, FACE_1).forEach(session::push);
      await(() -> session.statistics().estimates() == 4);
      sounds(0, 500_000, SPEECH).forEach(session::push); // ten windows
      session.close();
      statistics = session.statistics();
    }
    assertEquals(10, statistics.late());
    List<String> warnings =
        transcript.lines().stream().filter(line -> line.startsWith("warning")).toList();
    assertEquals(1, warnings.size());
    assertTrue(warnings.get(0).contains("voice"), warnings::toString);
  }

  /** An encoder that looks ahead says things late by design, though nothing has stalled. */
  @Test
  void push_encoderHoldsBackMoreThanTheLateness_nothingIsLate() {
    class LooksAhead implements ScriptedEncoder.Script<AudioWindow> {
      private static final long AHEAD = 600_000;
      private final List<TimeSpan> held = new ArrayList<>();

      @Override
      public void encode(AudioWindow window, Consumer<Observation> out) {
        held.add(window.span());
        say(window.span().endMicros() - AHEAD, out);
      }

      private void say(long untilMicros, Consumer<Observation> out) {
        while (!held.isEmpty() && held.get(0).endMicros() <= untilMicros) {
          TimeSpan span = held.remove(0);
          out.accept(
              Observation.of(
                  VOICE,
                  Subject.VOICE,
                  span,
                  Evidence.Present.of(Cast.said(9, span.startMicros()), 1)));
        }
      }

      @Override
      public long watermarkMicros(long inputEndMicros) {
        return held.isEmpty() ? inputEndMicros : held.get(0).startMicros();
      }

      @Override
      public void flush(Consumer<Observation> out) {
        say(Long.MAX_VALUE, out);
      }
    }
    Transcript transcript = new Transcript();
    try (EmotionRecognizer recognizer =
        recognizer()
            .video(Cast.faces())
            .audio(ScriptedEncoder.opening(VOICE, LabelSet.EKMAN_7, LooksAhead::new))
            .fusion(new Cast.Mean())
            .build()) {
      RecognitionSession session = recognizer.open(transcript);
      long number = 0;
      for (TimedInput input :
          interleaved(frames(0, 3_000_000, FACE_1), sounds(0, 3_000_000, SPEECH))) {
        session.push(input);
        number++;
        long all = number; // as live: each input is read before the next comes
        await(
            () ->
                session.statistics().stages().stream()
                        .mapToLong(SessionStatistics.Stage::encoded)
                        .sum()
                    == all);
      }
      session.close();
      assertEquals(0, session.statistics().late());
    }
    assertEquals(12, transcript.lines().size());
    for (String line : transcript.lines()) {
      assertTrue(line.contains("voice=Contribution"), line);
    }
  }

  // ---- back-pressure

  @Test
  void push_encoderBehindAndBlocking_waitsAndLosesNothing() {
    CountDownLatch go = new CountDownLatch(1);
    try (EmotionRecognizer recognizer = recognizer().video(faces(frame -> await(go))).build()) {
      RecognitionSession session = recognizer.open(estimate -> {});
      AtomicBoolean all = new AtomicBoolean();
      Thread pusher =
          pusher(
              () -> {
                frames(0, 5_000_000, FACE_1).forEach(frame -> assertTrue(session.push(frame)));
                all.set(true);
              });
      await(() -> pusher.getState() == Thread.State.WAITING);
      assertFalse(all.get());
      go.countDown();
      await(all::get);
      session.close();
      SessionStatistics.Stage stage = session.statistics().stages().get(0);
      assertEquals(
          List.of(50L, 0L, 50L), List.of(stage.pushed(), stage.dropped(), stage.encoded()));
      assertEquals(20, session.statistics().estimates());
    }
  }

  /** The queue holds 8; one more is being read. */
  private static List<Long> readWhile(Overflow overflow, int behind) {
    CountDownLatch go = new CountDownLatch(1);
    CountDownLatch reading = new CountDownLatch(1);
    List<Long> read = Collections.synchronizedList(new ArrayList<>());
    try (EmotionRecognizer recognizer =
        recognizer()
            .video(
                faces(
                    frame -> {
                      reading.countDown();
                      await(go);
                      read.add(frame.timestampMicros() / 100_000);
                    }))
            .overflow(overflow)
            .build()) {
      RecognitionSession session = recognizer.open(estimate -> {});
      session.push(frame(0, FACE_1));
      await(reading);
      int dropped = 0;
      for (int i = 1; i <= behind; i++) {
        dropped += session.push(frame(i * 100_000L, FACE_1)) ? 0 : 1;
      }
      assertEquals(behind - 8, dropped);
      go.countDown();
      session.close();
      SessionStatistics.Stage stage = session.statistics().stages().get(0);
      assertEquals(
          List.of(behind + 1L, behind - 8L, 9L),
          List.of(stage.pushed(), stage.dropped(), stage.encoded()));
    }
    return read;
  }

  @Test
  void push_encoderBehindAndDroppingOldest_readsTheNewest() {
    assertEquals(
        List.of(0L, 13L, 14L, 15L, 16L, 17L, 18L, 19L, 20L), readWhile(Overflow.DROP_OLDEST, 20));
  }

  @Test
  void push_encoderBehindAndDroppingNewest_readsTheOldest() {
    assertEquals(List.of(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L), readWhile(Overflow.DROP_NEWEST, 20));
  }

  @Test
  void push_listenerIsStuckAndDropping_doesNotWait() {
    CountDownLatch go = new CountDownLatch(1);
    CountDownLatch stuck = new CountDownLatch(1);
    try (EmotionRecognizer recognizer =
        recognizer().video(Cast.faces()).overflow(Overflow.DROP_OLDEST).build()) {
      RecognitionSession session =
          recognizer.open(
              estimate -> {
                stuck.countDown();
                await(go);
              });
      frames(0, 400_000, FACE_1).forEach(session::push);
      await(stuck);
      frames(400_000, 4_000_000, FACE_1).forEach(session::push);
      go.countDown();
      session.close();
      assertTrue(session.statistics().stages().get(0).dropped() > 20);
    }
  }

  @Test
  void push_arrayIsReusedAtOnce_pushedContentIsRead() {
    List<Integer> seen = Collections.synchronizedList(new ArrayList<>());
    List<Float> heard = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch go = new CountDownLatch(1);
    try (EmotionRecognizer recognizer =
            recognizer()
                .video(
                    faces(
                        frame -> {
                          await(go);
                          seen.add((int) frame.planes().get(0).data().get(5));
                        }))
                .audio(
                    voice(
                        window -> {
                          await(go);
                          heard.add(window.sample(3, 0));
                        }))
                .fusion(new Cast.Mean())
                .build();
        RecognitionSession session = recognizer.open(estimate -> {})) {
      byte[] pixels = new byte[6];
      float[] samples = new float[4];
      for (int i = 0; i < 5; i++) {
        pixels[5] = (byte) i;
        session.push(Frame.of(PixelFormat.GRAY8, 3, 2, pixels, i * 1000L));
        samples[3] = i;
        session.push(AudioWindow.of(samples, 4000, i * 1000L));
      }
      pixels[5] = 99;
      samples[3] = 99;
      go.countDown();
    }
    assertEquals(List.of(0, 1, 2, 3, 4), seen);
    assertEquals(List.of(0f, 1f, 2f, 3f, 4f), heard);
  }

  // ---- what callers do wrong

  @Test
  void push_timeGoesBack_isRefusedAndTheSessionGoesOn() {
    Transcript transcript = new Transcript();
    try (EmotionRecognizer recognizer = recognizer().video(Cast.faces()).build();
        RecognitionSession session = recognizer.open(transcript)) {
      session.push(frame(100_000, FACE_1));
      IllegalArgumentException refused =
          assertThrows(IllegalArgumentException.class, () -> session.push(frame(99_999, FACE_1)));
      assertTrue(refused.getMessage().contains("100000 us"), refused::getMessage);
      assertTrue(refused.getMessage().contains("99999 us"), refused::getMessage);
      session.push(frame(100_000, FACE_1)); // the same time again is no step back
      session.push(frame(300_000, FACE_1));
    }
    assertEquals(2, transcript.lines().size());
  }

  @Test
  void push_whatNobodyReads_isRefusedAndTheSessionGoesOn() {
    Transcript transcript = new Transcript();
    try (EmotionRecognizer recognizer = recognizer().video(Cast.faces()).build();
        RecognitionSession session = recognizer.open(transcript)) {
      IllegalArgumentException refused =
          assertThrows(
              IllegalArgumentException.class, () -> session.push(sound(0, 100_000, SPEECH)));
      assertTrue(refused.getMessage().contains("AudioWindow"), refused::getMessage);
      session.push(frame(0, FACE_1));
    }
    assertEquals(1, transcript.lines().size());
  }

  @Test
  void push_afterClose_isRefused() {
    try (EmotionRecognizer recognizer = recognizer().video(Cast.faces()).build()) {
      RecognitionSession session = recognizer.open(estimate -> {});
      session.close();
      session.close();
      session.cancel();
      assertThrows(IllegalStateException.class, () -> session.push(frame(0, FACE_1)));
      assertThrows(IllegalStateException.class, () -> session.discontinuity(0));
      assertEquals(0, session.statistics().estimates());
    }
  }

  @Test
  void close_ofTheRecognizer_closesWhatItOwnsAndOpensNothing() {
    ScriptedEncoder<Frame> encoder = Cast.faces();
    Cast.Mean fusion = new Cast.Mean();
    EmotionRecognizer recognizer = recognizer().video(encoder).fusion(fusion).build();
    recognizer.close();
    recognizer.close();
    assertTrue(encoder.closed());
    assertTrue(fusion.closed);
    assertThrows(IllegalStateException.class, () -> recognizer.open(estimate -> {}));
    assertThrows(IllegalStateException.class, () -> recognizer.estimate(frame(0, FACE_1)));
    assertThrows(
        IllegalStateException.class,
        () -> recognizer.analyze(FakeMedia.of(frames(0, 100_000, FACE_1))));
  }

  // ---- closing and cancelling

  @Test
  void close_fromTheListener_saysWhatIsLeftAndFreesEverything() {
    Cast.Mean fusion = new Cast.Mean();
    ScriptedEncoder<Frame> faces = Cast.faces();
    ScriptedEncoder<AudioWindow> voice = Cast.voice();
    Transcript transcript = new Transcript();
    try (EmotionRecognizer recognizer =
        recognizer().video(faces).audio(voice).fusion(fusion).build()) {
      AtomicReference<RecognitionSession> self = new AtomicReference<>();
      CountDownLatch opened = new CountDownLatch(1);
      RecognitionSession session =
          recognizer.open(
              new RecognitionListener() {
                @Override
                public void estimate(EmotionEstimate estimate) {
                  await(opened);
                  transcript.estimate(estimate);
                  self.get().close();
                }

                @Override
                public void gap(Gap gap) {
                  transcript.gap(gap);
                }
              });
      self.set(session);
      for (TimedInput input :
          interleaved(frames(0, 400_000, FACE_1), sounds(0, 400_000, SILENCE))) {
        session.push(input);
      }
      opened.countDown();
      await(() -> fusion.openSessions.get() == 0);
      session.close(); // now from outside: the threads are gone when it returns
      assertEquals(List.of(), Cast.threads());
      assertEquals(0, faces.openSessions() + voice.openSessions());
    }
    assertEquals(3, transcript.lines().size());
    assertTrue(transcript.lines().get(2).contains("gap SILENCE"), transcript.lines()::toString);
  }

  @Test
  void close_whilePushWaits_pushIsRefusedAndNothingHangs() {
    CountDownLatch go = new CountDownLatch(1);
    CountDownLatch reading = new CountDownLatch(1);
    try (EmotionRecognizer recognizer =
        recognizer()
            .video(
                faces(
                    frame -> {
                      reading.countDown();
                      await(go);
                    }))
            .build()) {
      RecognitionSession session = recognizer.open(estimate -> {});
      AtomicReference<Throwable> thrown = new AtomicReference<>();
      Thread pusher =
          pusher(
              () -> {
                try {
                  frames(0, 5_000_000, FACE_1).forEach(session::push);
                } catch (IllegalStateException e) {
                  thrown.set(e);
                }
              });
      await(reading);
      await(() -> pusher.getState() == Thread.State.WAITING);
      Thread closer = pusher(session::close);
      await(() -> thrown.get() != null); // while the encoder is still stuck
      assertTrue(thrown.get().getMessage().contains("closed"), thrown.get()::toString);
      go.countDown();
      await(() -> !closer.isAlive());
      assertEquals(9, session.statistics().stages().get(0).encoded());
    }
  }

  @Test
  void cancel_whileInputWaits_noEstimateComesAfterwards() {
    CountDownLatch go = new CountDownLatch(1);
    CountDownLatch reading = new CountDownLatch(1);
    Cast.Mean fusion = new Cast.Mean();
    Transcript transcript = new Transcript();
    try (EmotionRecognizer recognizer =
        recognizer()
            .video(
                faces(
                    frame -> {
                      reading.countDown();
                      await(go);
                    }))
            .fusion(fusion)
            .build()) {
      RecognitionSession session = recognizer.open(transcript);
      frames(0, 800_000, FACE_1).forEach(session::push);
      await(reading);
      Thread canceller = pusher(session::cancel);
      await(() -> canceller.getState() == Thread.State.WAITING);
      go.countDown();
      await(() -> !canceller.isAlive());
      assertEquals(0, fusion.openSessions.get());
      session.close();
    }
    assertEquals(List.of(), transcript.lines());
  }

  @Test
  void cancel_fromTheListener_isTheLastItHears() {
    AtomicReference<RecognitionSession> self = new AtomicReference<>();
    CountDownLatch opened = new CountDownLatch(1);
    List<EmotionEstimate> heard = Collections.synchronizedList(new ArrayList<>());
    try (EmotionRecognizer recognizer = recognizer().video(Cast.faces()).build()) {
      RecognitionSession session =
          recognizer.open(
              estimate -> {
                await(opened);
                heard.add(estimate);
                self.get().cancel();
              });
      self.set(session);
      frames(0, 600_000, FACE_1 | Cast.FACE_2).forEach(session::push);
      opened.countDown();
      await(() -> !heard.isEmpty());
      session.close();
    }
    assertEquals(1, heard.size());
  }

  // ---- failure

  private final IllegalStateException broken = new IllegalStateException("broken");

  private void requireFailure(EmotionRecognizer recognizer, RecognitionListener listener) {
    InferenceException failure =
        assertThrows(
            InferenceException.class,
            () -> {
              try (RecognitionSession session = recognizer.open(listener)) {
                for (TimedInput input :
                    interleaved(frames(0, 60_000_000, FACE_1), sounds(0, 60_000_000, SPEECH))) {
                  session.push(input);
                }
              }
            });
    assertSame(broken, failure.getCause());
    assertTrue(failure.getMessage().contains("broken"), failure::getMessage);
    assertEquals(List.of(), Cast.threads());
    InferenceException analyzed =
        assertThrows(
            InferenceException.class,
            () ->
                recognizer.analyze(
                    FakeMedia.of(
                        interleaved(frames(0, 60_000_000, FACE_1), sounds(0, 60_000_000, SPEECH))),
                    listener));
    assertSame(broken, analyzed.getCause());
  }

  private void breakAt(TimedInput input, long micros) {
    if (input.span().startMicros() >= micros) {
      throw broken;
    }
  }

  @Test
  void push_encoderFails_callerIsTold() {
    ScriptedEncoder<AudioWindow> other = Cast.voice();
    Cast.Mean fusion = new Cast.Mean();
    try (EmotionRecognizer recognizer =
        recognizer()
            .video(faces(frame -> breakAt(frame, 1_000_000)))
            .audio(other)
            .fusion(fusion)
            .build()) {
      requireFailure(recognizer, estimate -> {});
    }
    assertEquals(0, other.openSessions() + fusion.openSessions.get());
  }

  @Test
  void push_fusionFails_callerIsTold() {
    FusionStrategy failing =
        FusionStrategy.of(
            (in, out) -> {
              throw broken;
            });
    try (EmotionRecognizer recognizer = both().fusion(failing).build()) {
      requireFailure(recognizer, estimate -> {});
    }
  }

  @Test
  void push_listenerFails_callerIsTold() {
    try (EmotionRecognizer recognizer = both().build()) {
      requireFailure(
          recognizer,
          estimate -> {
            throw broken;
          });
    }
  }

  @Test
  void push_listenerFailsInAWarning_callerIsTold() {
    RecognitionListener failing =
        new RecognitionListener() {
          @Override
          public void estimate(EmotionEstimate estimate) {}

          @Override
          public void warning(String message) {
            throw broken;
          }
        };
    try (EmotionRecognizer recognizer = both().build()) {
      FakeMedia media =
          FakeMedia.of(interleaved(frames(0, 500_000, FACE_1), sounds(0, 500_000, SPEECH)))
              .then(
                  sink ->
                      sink.lost(
                          VOICE, TimeSpan.at(500_000), Evidence.Reason.DECODE_ERROR, "damaged"));
      InferenceException failure =
          assertThrows(InferenceException.class, () -> recognizer.analyze(media, failing));
      assertSame(broken, failure.getCause());
    }
  }

  @Test
  void push_anErvExceptionIsTheCause_tryWithResourcesTellsIt() {
    ModelException cause = new ModelException("the model is damaged");
    try (EmotionRecognizer recognizer =
        recognizer()
            .video(
                faces(
                    frame -> {
                      throw cause;
                    }))
            .build()) {
      InferenceException failure =
          assertThrows(
              InferenceException.class,
              () -> {
                try (RecognitionSession session = recognizer.open(estimate -> {})) {
                  frames(0, 60_000_000, FACE_1).forEach(session::push);
                }
              });
      assertSame(cause, failure.getCause());
    }
  }

  @Test
  void close_failureThatNobodyWasTold_isThrown() {
    CountDownLatch go = new CountDownLatch(1);
    try (EmotionRecognizer recognizer =
        recognizer()
            .video(
                faces(
                    frame -> {
                      await(go);
                      throw broken;
                    }))
            .build()) {
      RecognitionSession session = recognizer.open(estimate -> {});
      session.push(frame(0, FACE_1));
      go.countDown();
      assertSame(broken, assertThrows(InferenceException.class, session::close).getCause());
      session.close(); // told once
      InferenceException again =
          assertThrows(InferenceException.class, () -> session.push(frame(1, FACE_1)));
      assertSame(broken, again.getCause());
    }
  }

  @Test
  void push_waitsOnOneStageWhileAnotherFails_callerIsTold() {
    CountDownLatch forever = new CountDownLatch(1);
    CountDownLatch reading = new CountDownLatch(1);
    CountDownLatch fail = new CountDownLatch(1);
    try (EmotionRecognizer recognizer =
        recognizer()
            .video(
                faces(
                    frame -> {
                      reading.countDown();
                      await(forever);
                    }))
            .audio(
                voice(
                    window -> {
                      await(fail);
                      throw broken;
                    }))
            .fusion(new Cast.Mean())
            .build()) {
      RecognitionSession session = recognizer.open(estimate -> {});
      session.push(sound(0, 50_000, SPEECH));
      AtomicReference<Throwable> thrown = new AtomicReference<>();
      Thread pusher =
          pusher(
              () -> {
                try {
                  frames(0, 5_000_000, FACE_1).forEach(session::push);
                } catch (InferenceException e) {
                  thrown.set(e);
                }
              });
      await(reading);
      await(() -> pusher.getState() == Thread.State.WAITING);
      fail.countDown();
      await(() -> thrown.get() != null); // though the picture's encoder is still stuck
      assertSame(broken, thrown.get().getCause());
      forever.countDown();
      session.close();
    }
  }

  @Test
  void push_encoderThrowsAnError_callerIsTold() {
    StackOverflowError error = new StackOverflowError();
    try (EmotionRecognizer recognizer =
        recognizer()
            .video(
                faces(
                    frame -> {
                      throw error;
                    }))
            .build()) {
      RecognitionSession session = recognizer.open(estimate -> {});
      session.push(frame(0, FACE_1));
      assertSame(error, assertThrows(InferenceException.class, session::close).getCause());
    }
  }

  @Test
  void open_secondEncoderDoesNotOpen_firstIsClosed() {
    ScriptedEncoder<Frame> first = Cast.faces();
    Cast.Mean fusion = new Cast.Mean();
    ScriptedEncoder<AudioWindow> second =
        ScriptedEncoder.opening(
            VOICE,
            LabelSet.EKMAN_7,
            () -> {
              throw broken;
            });
    try (EmotionRecognizer recognizer =
        recognizer().video(first).audio(second).fusion(fusion).build()) {
      assertSame(
          broken, assertThrows(IllegalStateException.class, () -> recognizer.open(estimate -> {})));
    }
    assertEquals(0, first.openSessions() + fusion.openSessions.get());
  }

  // ---- cancelling an analysis

  @Test
  void analyze_interruptedWhileItWaits_isCancelled() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    CountDownLatch reading = new CountDownLatch(1);
    FakeMedia media = FakeMedia.of(frames(0, 60_000_000, FACE_1));
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    AtomicBoolean stillInterrupted = new AtomicBoolean();
    try (EmotionRecognizer recognizer =
        recognizer()
            .video(
                faces(
                    frame -> {
                      reading.countDown();
                      await(go);
                    }))
            .build()) {
      Thread thread =
          pusher(
              () -> {
                try {
                  recognizer.analyze(media);
                } catch (CancellationException e) {
                  thrown.set(e);
                  stillInterrupted.set(Thread.currentThread().isInterrupted());
                }
              });
      await(reading);
      await(() -> thread.getState() == Thread.State.WAITING);
      thread.interrupt();
      go.countDown();
      thread.join();
    }
    assertInstanceOf(CancellationException.class, thrown.get());
    assertTrue(stillInterrupted.get());
    assertEquals(0, media.openReaders.get());
  }

  @Test
  void analyze_interruptedInTheLastRead_isCancelled() throws Exception {
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    try (EmotionRecognizer recognizer = recognizer().video(Cast.faces()).build()) {
      FakeMedia media =
          FakeMedia.of(frames(0, 500_000, FACE_1)).then(sink -> Thread.currentThread().interrupt());
      Thread thread =
          pusher(
              () -> {
                try {
                  recognizer.analyze(media);
                } catch (CancellationException e) {
                  thrown.set(e);
                }
              });
      thread.join();
    }
    assertInstanceOf(CancellationException.class, thrown.get());
  }

  @Test
  void analyzeAsync_cancelled_stopsReading() {
    CountDownLatch reading = new CountDownLatch(1);
    FakeMedia media =
        new FakeMedia()
            .withVideo()
            .then(frames(0, 100_000, FACE_1))
            .then(
                sink -> {
                  reading.countDown();
                  await(() -> Thread.currentThread().isInterrupted());
                })
            .then(frames(100_000, 60_000_000, FACE_1));
    try (EmotionRecognizer recognizer = recognizer().video(Cast.faces()).build()) {
      CompletableFuture<EmotionTimeline> future = recognizer.analyzeAsync(media, estimate -> {});
      await(reading);
      assertTrue(future.cancel(true));
      assertThrows(CancellationException.class, future::join);
      await(() -> Cast.threads().isEmpty());
      assertEquals(0, media.openReaders.get());
    }
  }

  // ---- statistics, progress, memory

  @Test
  void statistics_afterClose_countEverything() {
    try (EmotionRecognizer recognizer = both().build()) {
      RecognitionSession session = recognizer.open(estimate -> {});
      for (TimedInput input :
          interleaved(frames(0, 1_000_000, FACE_1), sounds(0, 1_000_000, SPEECH))) {
        session.push(input);
      }
      session.close();
      SessionStatistics statistics = session.statistics();
      assertEquals(4, statistics.estimates());
      assertEquals(0, statistics.late());
      assertTrue(statistics.fusionNanos() > 0);
      SessionStatistics.Stage faces = statistics.stages().get(0);
      SessionStatistics.Stage voice = statistics.stages().get(1);
      assertEquals(List.of(FACE, VOICE), List.of(faces.modality(), voice.modality()));
      assertEquals(
          List.of(10L, 0L, 10L), List.of(faces.pushed(), faces.dropped(), faces.encoded()));
      assertEquals(
          List.of(20L, 0L, 20L), List.of(voice.pushed(), voice.dropped(), voice.encoded()));
      assertTrue(faces.busyNanos() > 0);
    }
  }

  @Test
  void analyze_progress_goesForwardToTheEnd() {
    List<Long> positions = Collections.synchronizedList(new ArrayList<>());
    List<Long> durations = Collections.synchronizedList(new ArrayList<>());
    RecognitionListener listener =
        new RecognitionListener() {
          @Override
          public void estimate(EmotionEstimate estimate) {}

          @Override
          public void progress(Progress progress) {
            positions.add(progress.positionMicros());
            durations.add(progress.durationMicros().orElseThrow());
          }
        };
    try (EmotionRecognizer recognizer = recognizer().video(Cast.faces()).build()) {
      recognizer.analyze(FakeMedia.of(frames(0, 1_000_000, FACE_1)).lasting(1_000_000), listener);
    }
    assertEquals(List.of(HOP, 2 * HOP, 3 * HOP, 900_001L), positions);
    assertEquals(List.of(1_000_000L, 1_000_000L, 1_000_000L, 1_000_000L), durations);
  }

  @Test
  void push_manyFrames_heapDoesNotGrow() {
    try (EmotionRecognizer recognizer = both().overflow(Overflow.BLOCK).build();
        RecognitionSession session = recognizer.open(estimate -> {})) {
      long after = 0;
      int[] shows = {FACE_1, NOBODY, FACE_1, Cast.FACE_1_COVERED, Cast.UNSEEN, FACE_1};
      for (int i = 0; i < 200_000; i++) {
        long t = i * 33_333L;
        session.push(frame(t, shows[i / 97 % shows.length]));
        session.push(sound(t, 32_000, i / 61 % 3 == 0 ? SILENCE : SPEECH));
        if (i == 20_000) {
          after = usedHeap();
        }
      }
      long grown = usedHeap() - after;
      assertTrue(grown < 2_000_000, () -> "180,000 frames left " + grown + " bytes on the heap");
    }
  }

  private static long usedHeap() {
    Runtime runtime = Runtime.getRuntime();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 5; i++) {
      System.gc();
      least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
    }
    return least;
  }
}
