package io.github.erv.training.voice;

import java.util.Arrays;
import java.util.List;

/**
 * How much less sure a model ought to be of what is unlike its training. The distance of an input
 * is the mean square of its normalised features. Logits are divided by
 *
 * <pre>
 * temperature * exp(far * log(1 + max(0, distance - usual)) + stranger * (1 - known))
 * </pre>
 *
 * @param temperature of usual input of a speaker well known
 * @param usual a distance that is not unusual
 * @param far how doubt grows with the distance
 * @param stranger how much greater doubt is where nothing is known of the speaker
 */
record Doubt(float temperature, float usual, float far, float stranger) {
  /** One held-out reading. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Held(int label, float[] logits, double distance, double known) {
    static Held of(VoicePopulation.Example example, TrainedVoice voice) {
      float[] input = example.input();
      return new Held(
          example.label(),
          Arrays.copyOf(voice.outputs(input), TrainVoice.LABELS.size()),
          Doubt.distance(input),
          input[input.length - 1]);
    }
  }

  static double distance(float[] input) {
    double sum = 0;
    for (int i = 0; i < input.length - 1; i++) {
      sum += (double) input[i] * input[i];
    }
    return sum / (input.length - 1);
  }

  double exponent(double distance, double known) {
    return far * Math.log1p(Math.max(0, distance - usual)) + stranger * (1 - known);
  }

  /**
   * The least mean cross-entropy, by steps along each number in turn that shrink; usual is the
   * median distance.
   */
  static Doubt fit(List<Held> held) {
    double[] distances = held.stream().mapToDouble(Held::distance).sorted().toArray();
    float usual = (float) distances[distances.length / 2];
    double[] at = {0, 0, 0};
    double least = crossEntropy(held, usual, at);
    for (double step = 0.5; step > 0.004; step /= 2) {
      boolean better = true;
      while (better) {
        better = false;
        for (int i = 0; i < at.length; i++) {
          for (double sign : new double[] {step, -step}) {
            double[] next = at.clone();
            next[i] += sign;
            double loss = crossEntropy(held, usual, next);
            if (loss < least && (i == 0 || next[i] >= 0)) {
              least = loss;
              at = next;
              better = true;
            }
          }
        }
      }
    }
    return new Doubt((float) Math.exp(at[0]), usual, (float) at[1], (float) at[2]);
  }

  private static double crossEntropy(List<Held> held, float usual, double[] at) {
    Doubt doubt = new Doubt((float) Math.exp(at[0]), usual, (float) at[1], (float) at[2]);
    double sum = 0;
    for (Held one : held) {
      double temperature = doubt.temperature * Math.exp(doubt.exponent(one.distance, one.known));
      double total = 0;
      for (float logit : one.logits) {
        total += Math.exp((logit - one.logits[one.label]) / temperature);
      }
      sum += Math.log(total);
    }
    return sum / held.size();
  }
}
