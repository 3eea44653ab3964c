package io.github.erv.fusion.train;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * One way to divide examples so that no group is on both sides.
 *
 * @param training what to fit to
 * @param test what to measure on
 */
public record Fold(List<Example> training, List<Example> test) {
  public Fold {
    training = List.copyOf(training);
    test = List.copyOf(test);
  }

  /**
   * Divides examples into folds of about the same size. Every group is in the test part of exactly
   * one fold; examples without a group each make a group of their own.
   *
   * @param examples in any order
   * @param k how many folds, at least 2 and at most the number of groups
   * @param seed of the shuffle that decides between divisions that are equally even
   * @return k folds
   * @throws IllegalArgumentException if there are fewer groups than folds
   */
  public static List<Fold> byGroup(List<Example> examples, int k, long seed) {
    Map<String, List<Integer>> groups = new LinkedHashMap<>();
    for (int i = 0; i < examples.size(); i++) {
      String group = examples.get(i).group();
      groups.computeIfAbsent(group.isEmpty() ? "\0" + i : group, key -> new ArrayList<>()).add(i);
    }
    if (k < 2 || k > groups.size()) {
      throw new IllegalArgumentException(
          "there must be 2 to " + groups.size() + " folds, one a group at most, were " + k);
    }
    List<List<Integer>> order = new ArrayList<>(groups.values());
    Collections.shuffle(order, new Random(seed));
    order.sort((a, b) -> Integer.compare(b.size(), a.size())); // stable: ties stay shuffled
    int[] fold = new int[examples.size()];
    int[] size = new int[k];
    for (List<Integer> group : order) {
      int smallest = 0;
      for (int f = 1; f < k; f++) {
        smallest = size[f] < size[smallest] ? f : smallest;
      }
      size[smallest] += group.size();
      for (int i : group) {
        fold[i] = smallest;
      }
    }
    List<Fold> folds = new ArrayList<>();
    for (int f = 0; f < k; f++) {
      List<Example> training = new ArrayList<>();
      List<Example> test = new ArrayList<>();
      for (int i = 0; i < fold.length; i++) {
        (fold[i] == f ? test : training).add(examples.get(i));
      }
      folds.add(new Fold(training, test));
    }
    return folds;
  }
}
