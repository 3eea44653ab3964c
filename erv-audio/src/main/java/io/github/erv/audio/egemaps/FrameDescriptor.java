package io.github.erv.audio.egemaps;

/**
 * A descriptor of the user's own, computed in the same stream beside the parameter set: {@link
 * Egemaps#Egemaps(int, int, java.util.List)} takes any number, {@link Egemaps#own} hands out their
 * values.
 *
 * <pre>{@code
 * FrameDescriptor zeroCrossings = (samples, offset, length, f0Hz) -> {
 *   int crossings = 0;
 *   for (int i = offset + 1; i < offset + length; i++) {
 *     if (samples[i] * samples[i - 1] < 0) {
 *       crossings++;
 *     }
 *   }
 *   return crossings;
 * };
 * }</pre>
 *
 * <p>Called once a frame, in order, on the thread that feeds the stream. An exception leaves
 * through {@link Egemaps#process} or {@link Egemaps#finish} and leaves the stream fit for {@link
 * Egemaps#reset} only.
 */
@FunctionalInterface
public interface FrameDescriptor {
  /**
   * Returns the value of a frame.
   *
   * @param samples hold the frame of 20 ms, finite; the stream's own, not to be changed nor kept
   * @param offset where it starts
   * @param length how many samples it has
   * @param f0Hz its fundamental frequency, 0 if unvoiced
   * @return the value
   */
  float of(float[] samples, int offset, int length, float f0Hz);
}
