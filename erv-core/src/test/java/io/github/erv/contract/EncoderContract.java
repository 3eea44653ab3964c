package io.github.erv.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.erv.Encoder;
import io.github.erv.EncoderSession;
import io.github.erv.Evidence;
import io.github.erv.Observation;
import io.github.erv.TimedInput;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/**
 * What every {@link Encoder} must hold. Extend it, say how the encoder is made and what it reads,
 * and all tests are inherited.
 *
 * @param <I> what the encoder reads
 */
public abstract class EncoderContract<I> {
  /** For subclasses. */
  protected EncoderContract() {}

  /**
   * Returns a new encoder, which the contract closes.
   *
   * @return always the same kind, open
   */
  protected abstract Encoder<I> encoder();

  /**
   * Returns inputs in time order in which there is something to be found: the encoder must say
   * something {@link Evidence.Present} of them.
   *
   * @return the same content whenever called, two or more
   */
  protected abstract List<I> inputs();

  /**
   * Returns inputs in time order in which there is nothing to be found: pictures without a face,
   * silence. The encoder must say {@link Evidence.Missing} of them, and nothing else.
   *
   * @return the same content whenever called, at least one
   */
  protected abstract List<I> emptyInputs();

  /**
   * Returns where an input ends; to be overridden where inputs are not {@link TimedInput}s.
   *
   * @param input one of the inputs
   * @return media time in microseconds
   */
  protected long endMicros(I input) {
    if (input instanceof TimedInput timed) {
      return timed.span().endMicros();
    }
    throw new UnsupportedOperationException("override endMicros for " + input.getClass());
  }

  /** An encoder knows what it is, and says the same whenever it is asked. */
  @Test
  protected void properties_asked_areThereAndStay() {
    try (Encoder<I> encoder = encoder()) {
      assertNotNull(encoder.modality());
      assertTrue(encoder.labels().size() >= 2);
      assertTrue(encoder.embeddingSize() >= 0);
      assertEquals(encoder.modality(), encoder.modality());
      assertEquals(encoder.labels(), encoder.labels());
      assertEquals(encoder.embeddingSize(), encoder.embeddingSize());
      assertEquals(encoder.models(), encoder.models());
    }
  }

  /** Closing an encoder or a session again does nothing. */
  @Test
  protected void close_twice_doesNothing() {
    Encoder<I> encoder = encoder();
    EncoderSession<I> session = encoder.open();
    session.close();
    session.close();
    encoder.close();
    encoder.close();
  }

  /** A closed encoder opens no session. */
  @Test
  protected void open_afterClose_isRefused() {
    Encoder<I> encoder = encoder();
    encoder.close();
    IllegalStateException refused = assertThrows(IllegalStateException.class, encoder::open);
    assertNotNull(refused.getMessage(), "the message must name what is closed");
  }

  /** A closed session reads nothing. */
  @Test
  protected void encode_afterClose_isRefused() {
    try (Encoder<I> encoder = encoder()) {
      EncoderSession<I> session = encoder.open();
      session.close();
      assertThrows(
          IllegalStateException.class, () -> session.encode(inputs().get(0), observation -> {}));
    }
  }

  /** What is there is found. */
  @Test
  protected void encode_inputs_somethingIsPresent() {
    assertTrue(said(inputs()).stream().anyMatch(Observation::present), "nothing was found");
  }

  /** Where there is nothing, the encoder says so. */
  @Test
  protected void encode_emptyInputs_isMissing() {
    List<Observation> said = said(emptyInputs());
    assertFalse(said.isEmpty(), "nothing was said of inputs in which there is nothing");
    for (Observation observation : said) {
      assertFalse(observation.present(), () -> "found where there is nothing: " + observation);
    }
  }

  /** Modality, labels and the length of embeddings are those that the encoder announces. */
  @Test
  protected void encode_anything_isAsAnnounced() {
    try (Encoder<I> encoder = encoder()) {
      List<Observation> said = said(inputs());
      said.addAll(said(emptyInputs()));
      for (Observation observation : said) {
        assertEquals(encoder.modality(), observation.modality());
        if (observation.evidence() instanceof Evidence.Present present) {
          present
              .distribution()
              .ifPresent(distribution -> assertEquals(encoder.labels(), distribution.labels()));
          if (present.embeddingSize() != 0) {
            assertEquals(encoder.embeddingSize(), present.embeddingSize());
          }
        }
      }
    }
  }

  /** A second session of the same encoder, and one of another, say the same to the bit. */
  @Test
  protected void encode_sameInputs_saysTheSameToTheBit() {
    try (Encoder<I> encoder = encoder();
        Encoder<I> other = encoder()) {
      List<String> first = transcript(encoder, inputs());
      assertEquals(first, transcript(encoder, inputs()));
      assertEquals(first, transcript(other, inputs()));
    }
  }

  /** What a session read before it was opened anew leaves no trace in another. */
  @Test
  protected void encode_afterAnotherSession_isNotInfluenced() {
    try (Encoder<I> encoder = encoder()) {
      List<String> alone = transcript(encoder, inputs());
      Transcript transcript = new Transcript();
      try (EncoderSession<I> disturbing = encoder.open();
          EncoderSession<I> session = encoder.open()) {
        Iterator<I> empty = emptyInputs().iterator();
        for (I input : inputs()) {
          if (empty.hasNext()) {
            disturbing.encode(empty.next(), observation -> {});
          }
          session.encode(input, transcript);
        }
        session.flush(transcript);
      }
      assertEquals(alone, transcript.lines());
    }
  }

  /** Sessions in two threads do not disturb one another. */
  @Test
  protected void encode_twoThreads_saysTheSameToTheBit() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try (Encoder<I> encoder = encoder()) {
      List<String> alone = transcript(encoder, inputs());
      Callable<List<String>> run = () -> transcript(encoder, inputs());
      for (Future<List<String>> result : threads.invokeAll(List.of(run, run))) {
        assertEquals(alone, result.get());
      }
    } finally {
      threads.shutdown();
    }
  }

  /** Nothing is said of a time before the watermark, which never goes back. */
  @Test
  protected void watermark_whileReading_holdsAndNeverGoesBack() {
    try (Encoder<I> encoder = encoder();
        EncoderSession<I> session = encoder.open()) {
      watch(session, inputs(), false);
    }
  }

  /** A cut in the middle breaks neither the session nor its watermark. */
  @Test
  protected void discontinuity_midway_sessionGoesOn() {
    try (Encoder<I> encoder = encoder();
        EncoderSession<I> session = encoder.open()) {
      watch(session, inputs(), true);
    }
  }

  /** A cut before the first input says nothing that was not known. */
  @Test
  protected void discontinuity_beforeTheFirstInput_changesNothing() {
    try (Encoder<I> encoder = encoder();
        EncoderSession<I> session = encoder.open()) {
      session.discontinuity(0);
      Transcript transcript = new Transcript();
      inputs().forEach(input -> session.encode(input, transcript));
      session.flush(transcript);
      assertEquals(transcript(encoder, inputs()), transcript.lines());
    }
  }

  /** A session that has read nothing has nothing to say. */
  @Test
  protected void flush_withoutInput_isSilent() {
    assertEquals(List.of(), said(List.of()));
  }

  private void watch(EncoderSession<I> session, List<I> inputs, boolean cut) {
    long watermark = Long.MIN_VALUE;
    List<Observation> said = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      I input = inputs.get(i);
      if (cut && i == inputs.size() / 2) {
        session.discontinuity(endMicros(inputs.get(i - 1)));
      }
      session.encode(input, said::add);
      requireNotBefore(watermark, said);
      long reached = session.watermarkMicros(endMicros(input));
      assertTrue(reached >= watermark, "the watermark went back: " + watermark + " to " + reached);
      assertTrue(reached <= endMicros(input), "the watermark is ahead of the input: " + reached);
      watermark = reached;
    }
    session.flush(said::add);
    requireNotBefore(watermark, said);
  }

  private static void requireNotBefore(long watermark, List<Observation> said) {
    for (Observation observation : said) {
      assertTrue(
          observation.span().startMicros() >= watermark,
          () -> "said after the watermark " + watermark + " was reached: " + observation);
    }
    said.clear();
  }

  private List<Observation> said(List<I> inputs) {
    List<Observation> said = new ArrayList<>();
    try (Encoder<I> encoder = encoder();
        EncoderSession<I> session = encoder.open()) {
      inputs.forEach(input -> session.encode(input, said::add));
      session.flush(said::add);
    }
    return said;
  }

  private List<String> transcript(Encoder<I> encoder, List<I> inputs) {
    Transcript transcript = new Transcript();
    try (EncoderSession<I> session = encoder.open()) {
      inputs.forEach(input -> session.encode(input, transcript));
      session.flush(transcript);
    }
    return transcript.lines();
  }
}
