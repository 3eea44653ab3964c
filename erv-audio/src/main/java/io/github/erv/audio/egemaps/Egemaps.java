package io.github.erv.audio.egemaps;

import static java.util.Objects.checkFromIndexSize;
import static java.util.Objects.checkIndex;

import io.github.erv.media.AudioWindow;
import java.util.Arrays;
import java.util.List;

/**
 * The extended Geneva Minimalistic Acoustic Parameter Set, version 02, of a stream of mono samples:
 * {@value #DESCRIPTORS} descriptors every 10 ms while sound goes in, and {@value #FUNCTIONALS}
 * functionals of them over any stretch that is still remembered, without computing descriptors
 * anew.
 *
 * <pre>{@code
 * Egemaps voice = new Egemaps(16_000, 1_000);      // remembers 10 s
 * voice.process(samples, 0, samples.length);       // as often as sound comes in
 * float[] features = new float[Egemaps.FUNCTIONALS];
 * voice.functionalsInto(voice.frames() - 200, voice.frames(), features, 0); // the last 2 s
 * }</pre>
 *
 * <p><b>Frames.</b> Frame i starts i hops after the first sample; a hop is 10 ms, spectra reach
 * over 20 ms and voice over 60 ms, rounded to whole samples at the sound's own rate. A frame is
 * complete once its pitch is decided, which looks {@value #LOOKAHEAD} frames ahead; {@link #finish}
 * completes the rest.
 *
 * <p><b>Samples</b> are in [-1, 1], where 1 is 32767 of 16 bits; those that are not finite count as
 * 0. What comes out does not depend on how they are cut into calls. Nothing is allocated a frame
 * after construction. Used by one thread at a time.
 *
 * @see "Eyben et al. (2016), The Geneva Minimalistic Acoustic Parameter Set (GeMAPS) for voice
 *     research and affective computing, IEEE Trans. Affective Computing 7(2)"
 */
public final class Egemaps {
  /** Descriptors a frame. */
  public static final int DESCRIPTORS = 25;

  /** Functionals a stretch of frames. */
  public static final int FUNCTIONALS = 88;

  /** Frames that a complete frame lies behind the newest. */
  public static final int LOOKAHEAD = 40;

  private final int own;
  private final DescriptorStream stream;
  private final Functionals functionals;

  /**
   * Creates a stream.
   *
   * @param sampleRateHz of the sound, {@value AudioWindow#MIN_SAMPLE_RATE_HZ} to {@value
   *     AudioWindow#MAX_SAMPLE_RATE_HZ}
   * @param historyFrames how many complete frames are remembered, at least 1
   * @throws IllegalArgumentException if a number is off
   */
  public Egemaps(int sampleRateHz, int historyFrames) {
    this(sampleRateHz, historyFrames, List.of());
  }

  /**
   * Creates a stream that computes descriptors of the user's own beside.
   *
   * @param sampleRateHz of the sound, {@value AudioWindow#MIN_SAMPLE_RATE_HZ} to {@value
   *     AudioWindow#MAX_SAMPLE_RATE_HZ}
   * @param historyFrames how many complete frames are remembered, at least 1
   * @param own descriptors, whose values {@link #own} returns by their place in the list
   * @throws IllegalArgumentException if a number is off
   */
  public Egemaps(int sampleRateHz, int historyFrames, List<FrameDescriptor> own) {
    if (sampleRateHz < AudioWindow.MIN_SAMPLE_RATE_HZ
        || sampleRateHz > AudioWindow.MAX_SAMPLE_RATE_HZ) {
      throw new IllegalArgumentException(
          "a sample rate must be from %d to %d Hz, was %d"
              .formatted(
                  AudioWindow.MIN_SAMPLE_RATE_HZ, AudioWindow.MAX_SAMPLE_RATE_HZ, sampleRateHz));
    }
    if (historyFrames < 1) {
      throw new IllegalArgumentException(
          "at least 1 frame must be remembered, were " + historyFrames);
    }
    this.own = own.size();
    this.stream = new DescriptorStream(sampleRateHz, historyFrames, own);
    this.functionals = new Functionals(stream);
  }

  /**
   * Returns the names of the descriptors, in order, as openSMILE prints them.
   *
   * @return as in {@code Loudness_sma3}
   */
  public static List<String> descriptorNames() {
    return Names.DESCRIPTORS;
  }

  /**
   * Returns the names of the functionals, in order, as openSMILE prints them.
   *
   * @return as in {@code loudness_sma3_amean}
   */
  public static List<String> functionalNames() {
    return Names.FUNCTIONALS;
  }

  /**
   * Returns the functionals of a whole recording.
   *
   * @param samples mono, in [-1, 1]
   * @param sampleRateHz of the sound
   * @return shape ({@value #FUNCTIONALS})
   * @throws IllegalArgumentException if the rate is off, or the sound is shorter than 20 ms
   */
  public static float[] functionals(float[] samples, int sampleRateHz) {
    int hop = Math.max(1, DescriptorStream.hop(sampleRateHz)); // the rate is checked below
    Egemaps egemaps = new Egemaps(sampleRateHz, samples.length / hop + 1);
    egemaps.process(samples, 0, samples.length);
    egemaps.finish();
    if (egemaps.frames() == 0) {
      throw new IllegalArgumentException(
          "at least 20 ms of sound are needed, were %d samples at %d Hz"
              .formatted(samples.length, sampleRateHz));
    }
    float[] values = new float[FUNCTIONALS];
    egemaps.functionalsInto(0, egemaps.frames(), values, 0);
    return values;
  }

  /** Starts anew, as if nothing had been heard. */
  public void reset() {
    stream.reset();
  }

  /**
   * Takes up samples.
   *
   * @param samples hold the sound
   * @param offset where it starts
   * @param length how many samples, any number
   * @throws IndexOutOfBoundsException if the array is too short
   * @throws IllegalStateException after {@link #finish}
   */
  public void process(float[] samples, int offset, int length) {
    checkFromIndexSize(offset, length, samples.length);
    stream.process(samples, offset, length);
  }

  /** Completes the frames that wait for sound to come. Until {@link #reset} none may come. */
  public void finish() {
    stream.finish();
  }

  /**
   * Returns how many frames are complete.
   *
   * @return frames since the start
   */
  public long frames() {
    return stream.frames();
  }

  /**
   * Returns up to which frame voice was looked for: as many as are complete, but after {@link
   * #finish} those that end within the last 60 ms are left out, as the reference does when it
   * prints descriptors and selects voiced and unvoiced frames.
   *
   * @return at most {@link #frames}
   */
  public long voiceFrames() {
    return stream.voiceFrames();
  }

  /**
   * Returns the first frame that is still remembered.
   *
   * @return number of the frame
   */
  public long firstFrame() {
    return stream.firstFrame();
  }

  /**
   * Writes the descriptors of a complete frame.
   *
   * @param frame from {@link #firstFrame} to {@link #frames} - 1
   * @param target receives {@value #DESCRIPTORS} values; those of voice are 0 where there is none,
   *     the formants' levels -201
   * @param offset where the first goes
   * @throws IndexOutOfBoundsException if the frame is not there, or the array is too short
   */
  public void descriptorsInto(long frame, float[] target, int offset) {
    checkFromIndexSize(offset, DESCRIPTORS, target.length);
    requireRemembered(frame, frame + 1);
    stream.rowInto(frame, DESCRIPTORS, target, offset);
  }

  /**
   * Returns the value of a descriptor of the user's own. It is not smoothed.
   *
   * @param frame from {@link #firstFrame} to {@link #frames} - 1
   * @param index its place in the list given at construction
   * @return what it returned for the frame
   * @throws IndexOutOfBoundsException if the frame or the descriptor is not there
   */
  public float own(long frame, int index) {
    checkIndex(index, own);
    requireRemembered(frame, frame + 1);
    return stream.own(frame, index);
  }

  /**
   * Writes the functionals of a stretch of frames.
   *
   * @param from first frame, at least {@link #firstFrame}
   * @param to the frame after the last, at most {@link #frames}
   * @param target receives {@value #FUNCTIONALS} values, 0 where nothing can be said: of voice
   *     where there is none
   * @param offset where the first goes
   * @throws IndexOutOfBoundsException if the frames are not there, or the array is too short
   */
  public void functionalsInto(long from, long to, float[] target, int offset) {
    checkFromIndexSize(offset, FUNCTIONALS, target.length);
    requireRemembered(from, to);
    Arrays.fill(target, offset, offset + FUNCTIONALS, 0);
    functionals.computeInto(from, to, target, offset);
  }

  private void requireRemembered(long from, long to) {
    if (from < firstFrame() || to > frames() || from >= to) {
      throw new IndexOutOfBoundsException(
          "frames %d to %d are remembered, wanted %d to %d"
              .formatted(firstFrame(), frames() - 1, from, to - 1));
    }
  }
}
