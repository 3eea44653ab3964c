package io.github.erv.fusion;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.hash.Hashing;
import io.github.erv.FusionSession;
import io.github.erv.emotion.LabelSet;
import io.github.erv.error.ModelException;
import io.github.erv.fusion.train.Trainable;
import io.github.erv.fusion.train.TrainedFusion;
import io.github.erv.onnx.ModelCard;
import io.github.erv.onnx.Provenance;
import io.github.erv.tensor.Safetensors;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Makes fusion strategies. */
public final class Fusion {
  private static final SortedMap<String, Trainable> FAMILIES = new TreeMap<>();

  static {
    for (Trainable family :
        new Trainable[] {
          new LatePooling(false),
          new LatePooling(true),
          new StackingFusion.Family(),
          new DempsterShaferFusion.Family(),
          new CcaFusion.Family(),
          EarlyFusion.DEFAULT,
          HierarchicalFusion.DEFAULT,
          TensorFusion.DEFAULT,
          LowRankFusion.DEFAULT,
          GatedFusion.DEFAULT,
          SelfAttentionFusion.DEFAULT,
          DoubleAttentionFusion.DEFAULT,
          GraphAttentionFusion.DEFAULT,
          CrossAttentionFusion.DEFAULT
        }) {
      FAMILIES.put(family.name(), family);
    }
  }

  private Fusion() {}

  /**
   * Returns late (decision-level) fusion with its defaults: a log-linear pool in which face and
   * voice count as they do for people who judge acted clips, emotion by emotion, scaled by the
   * quality of what was seen. The face decides about happiness, while voice and face count alike
   * for anger and sadness; an emotion that was not among those judged takes the mean, and a
   * modality other than these two the weight 1, which is the mean of theirs.
   *
   * @return a strategy
   * @throws ModelException if the bundled weights are damaged
   */
  public static LateFusion late() {
    return Votes.LATE;
  }

  /** The weights fitted on CREMA-D, read when they are first asked for. */
  private static final class Votes {
    private static final LateFusion LATE = read("weights/late");

    private static LateFusion read(String name) {
      byte[] weights = resource(name + ".safetensors");
      ModelCard card =
          ModelCard.parse(new String(resource(name + ".card.json"), UTF_8), name + ".card.json");
      String hash = Hashing.sha256().hashBytes(weights).toString();
      if (!hash.equals(card.sha256())) {
        throw new ModelException(
            "the bundled %s.safetensors has the hash %s, its card says %s"
                .formatted(name, hash, card.sha256()));
      }
      return new LatePooling(false)
          .pool(Safetensors.parse(weights, name + ".safetensors"))
          .temperature(card.temperature())
          .models(List.of(card.id()))
          .build();
    }

    private static byte[] resource(String name) {
      try (InputStream in = Fusion.class.getResourceAsStream(name)) {
        if (in == null) {
          throw new ModelException("erv-fusion lacks its resource " + name);
        }
        return in.readAllBytes();
      } catch (IOException e) {
        throw new ModelException("cannot read the resource " + name + ": " + e.getMessage(), e);
      }
    }
  }

  /**
   * Returns what fits a log-linear pool, with a weight for every modality and class and a
   * temperature of the result.
   *
   * @return a family to fit
   */
  public static Trainable logLinearPool() {
    return new LatePooling(false);
  }

  /**
   * Returns what fits a linear pool, with a weight for every modality and class and a temperature
   * of the result.
   *
   * @return a family to fit
   */
  public static Trainable linearPool() {
    return new LatePooling(true);
  }

  /**
   * Returns what fits stacked generalisation: a logistic regression on what the modalities conclude
   * each by itself, one for every subset of them, which learns whom to believe about what.
   *
   * @return a family to fit
   */
  public static Trainable stacking() {
    return new StackingFusion.Family();
  }

  /**
   * Returns what fits the reliabilities of a {@link DempsterShaferFusion}.
   *
   * @return a family to fit
   */
  public static Trainable dempsterShafer() {
    return new DempsterShaferFusion.Family();
  }

  /**
   * Returns what fits generalised canonical correlation analysis: modalities projected onto what
   * they share, and read by a logistic regression, one for every subset of them.
   *
   * @return a family to fit
   */
  public static Trainable cca() {
    return new CcaFusion.Family();
  }

  /**
   * Returns every family that can be fitted, by the names that tools use.
   *
   * @return an immutable map in the order of the names
   */
  public static SortedMap<String, Trainable> families() {
    return Collections.unmodifiableSortedMap(FAMILIES);
  }

  /**
   * Returns a family by its name.
   *
   * @param name as in {@code stacking}
   * @return the family
   * @throws IllegalArgumentException if there is none of that name
   */
  public static Trainable family(String name) {
    Trainable family = FAMILIES.get(name);
    if (family == null) {
      throw new IllegalArgumentException(
          "there is no fusion \"" + name + "\"; there are " + FAMILIES.keySet());
    }
    return family;
  }

  /**
   * Loads what was fitted before, of whatever family: {@code name.safetensors} with its card {@code
   * name.card.json} beside it. Weights whose licence is non-commercial are refused.
   *
   * @param file what {@link TrainedFusion#save} wrote, or PyTorch for the same architecture
   * @return the strategy
   * @throws ModelException if a file is missing or damaged, or is not what its card says
   */
  public static TrainedFusion load(Path file) {
    return load(file, false);
  }

  /**
   * Loads what was fitted before, of whatever family, with its card beside it.
   *
   * @param file what {@link TrainedFusion#save} wrote, or PyTorch for the same architecture
   * @param nonCommercialAllowed whether weights whose card says NON_COMMERCIAL may load: the caller
   *     states that their licence is kept
   * @return the strategy
   * @throws ModelException if a file is missing or damaged, or is not what its card says
   */
  public static TrainedFusion load(Path file, boolean nonCommercialAllowed) {
    ModelCard card = Provenance.requireCard(file, nonCommercialAllowed);
    Safetensors tensors = Safetensors.read(file);
    String name = tensors.requireMetadata(TrainedFusion.FAMILY);
    Trainable family = FAMILIES.get(name);
    if (family == null) {
      throw new ModelException(
          file + " holds the fusion \"" + name + "\"; there are " + FAMILIES.keySet());
    }
    return new Carded(family.restore(tensors), card);
  }

  /** A strategy that knows its name. */
  private record Carded(TrainedFusion fusion, ModelCard card) implements TrainedFusion {
    @Override
    public String family() {
      return fusion.family();
    }

    @Override
    public LabelSet labels() {
      return fusion.labels();
    }

    @Override
    public Safetensors weights() {
      return fusion.weights();
    }

    @Override
    public FusionSession open() {
      return fusion.open();
    }

    @Override
    public List<String> models() {
      return List.of(card.id());
    }

    @Override
    public void close() {
      fusion.close();
    }
  }
}
