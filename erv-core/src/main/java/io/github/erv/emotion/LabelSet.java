package io.github.erv.emotion;

import static io.github.erv.emotion.Emotion.ANGER;
import static io.github.erv.emotion.Emotion.CALM;
import static io.github.erv.emotion.Emotion.CONTEMPT;
import static io.github.erv.emotion.Emotion.DISGUST;
import static io.github.erv.emotion.Emotion.FEAR;
import static io.github.erv.emotion.Emotion.HAPPINESS;
import static io.github.erv.emotion.Emotion.NEUTRAL;
import static io.github.erv.emotion.Emotion.SADNESS;
import static io.github.erv.emotion.Emotion.SURPRISE;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * An ordered set of emotions: the classes that a model knows, in the order of its outputs.
 *
 * <p>Popular systems use many orders of the same seven words, so everything in erv binds labels by
 * name; the order only says where in an array a class stands. Immutable and thread-safe; two sets
 * are equal if they hold the same emotions in the same order, whatever their names.
 */
public final class LabelSet implements Iterable<Emotion> {
  /** The six basic emotions of Ekman (1992), without neutral. */
  public static final LabelSet EKMAN_6 =
      named("ekman-6", HAPPINESS, SURPRISE, SADNESS, ANGER, DISGUST, FEAR);

  /** The six basic emotions and neutral. */
  public static final LabelSet EKMAN_7 =
      named("ekman-7", NEUTRAL, HAPPINESS, SURPRISE, SADNESS, ANGER, DISGUST, FEAR);

  /** The eight classes of FER+ (Barsoum et al., 2016), in its order. */
  public static final LabelSet FERPLUS_8 =
      named("ferplus-8", NEUTRAL, HAPPINESS, SURPRISE, SADNESS, ANGER, DISGUST, FEAR, CONTEMPT);

  /** The eight classes of RAVDESS (Livingstone and Russo, 2018), in its order. */
  public static final LabelSet RAVDESS_8 =
      named("ravdess-8", NEUTRAL, CALM, HAPPINESS, SADNESS, ANGER, FEAR, DISGUST, SURPRISE);

  private final String name;
  private final List<Emotion> emotions;
  private final Map<Emotion, Integer> index;

  private LabelSet(String name, List<Emotion> emotions) {
    this.name = name;
    this.emotions = List.copyOf(emotions);
    if (emotions.size() < 2) {
      throw new IllegalArgumentException("a label set needs at least 2 emotions, had " + emotions);
    }
    this.index = new LinkedHashMap<>();
    for (Emotion emotion : emotions) {
      if (index.put(emotion, index.size()) != null) {
        throw new IllegalArgumentException("a label set holds " + emotion + " twice: " + emotions);
      }
    }
  }

  /**
   * Returns a label set of the given emotions in the given order.
   *
   * @param emotions at least two, none twice
   * @return the set
   * @throws IllegalArgumentException if there are fewer than two, or one stands twice
   */
  public static LabelSet of(Emotion... emotions) {
    return of(List.of(emotions));
  }

  /**
   * Returns a label set of the given emotions in the given order.
   *
   * @param emotions at least two, none twice
   * @return the set
   * @throws IllegalArgumentException if there are fewer than two, or one stands twice
   */
  public static LabelSet of(List<Emotion> emotions) {
    return new LabelSet(
        emotions.stream().map(Emotion::name).collect(Collectors.joining("+")), emotions);
  }

  private static LabelSet named(String name, Emotion... emotions) {
    return new LabelSet(name, List.of(emotions));
  }

  /**
   * Returns a short name: {@code ekman-7}, or the emotions joined by plus signs.
   *
   * @return the name
   */
  public String name() {
    return name;
  }

  /**
   * Returns the emotions in order.
   *
   * @return an immutable list
   */
  public List<Emotion> emotions() {
    return emotions;
  }

  /**
   * Returns how many emotions there are.
   *
   * @return at least 2
   */
  public int size() {
    return emotions.size();
  }

  /**
   * Returns the emotion at an index.
   *
   * @param index in [0, {@link #size()})
   * @return the emotion
   */
  public Emotion get(int index) {
    return emotions.get(index);
  }

  /**
   * Returns the index of an emotion.
   *
   * @param emotion any emotion
   * @return its index, or -1 if this set does not hold it
   */
  public int indexOf(Emotion emotion) {
    return index.getOrDefault(emotion, -1);
  }

  /**
   * Tells whether this set holds an emotion.
   *
   * @param emotion any emotion
   * @return true if it does
   */
  public boolean contains(Emotion emotion) {
    return index.containsKey(emotion);
  }

  @Override
  public Iterator<Emotion> iterator() {
    return emotions.iterator();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof LabelSet that && emotions.equals(that.emotions);
  }

  @Override
  public int hashCode() {
    return emotions.hashCode();
  }

  @Override
  public String toString() {
    return name;
  }
}
