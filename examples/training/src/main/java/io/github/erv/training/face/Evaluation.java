package io.github.erv.training.face;

import java.util.List;

/**
 * How well logits agree with faces.
 *
 * @param accuracy share of the faces with a majority that are read right
 * @param uar mean of the recalls of the classes that occur
 * @param softCrossEntropy mean over all faces of the cross-entropy of the votes, in nats
 */
record Evaluation(double accuracy, double uar, double softCrossEntropy) {
  static Evaluation of(float[][] logits, List<FerPlus.Face> faces) {
    int classes = FerPlus.LABELS.size();
    int[] right = new int[classes];
    int[] count = new int[classes];
    double entropy = 0;
    for (int i = 0; i < logits.length; i++) {
      FerPlus.Face face = faces.get(i);
      double normaliser = OperatingPoint.logSumExp(logits[i]);
      int best = 0;
      for (int c = 0; c < classes; c++) {
        entropy -= face.target()[c] * (logits[i][c] - normaliser) / logits.length;
        best = logits[i][c] > logits[i][best] ? c : best;
      }
      if (face.majority() >= 0) {
        count[face.majority()]++;
        right[face.majority()] += best == face.majority() ? 1 : 0;
      }
    }
    double recalls = 0;
    int occur = 0;
    int allRight = 0;
    int all = 0;
    for (int c = 0; c < classes; c++) {
      if (count[c] > 0) {
        recalls += right[c] / (double) count[c];
        occur++;
      }
      allRight += right[c];
      all += count[c];
    }
    return new Evaluation(allRight / (double) all, recalls / occur, entropy);
  }
}
