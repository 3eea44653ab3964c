package io.github.erv.fusion.train;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import io.github.erv.error.ModelException;
import io.github.erv.tensor.Safetensors;
import java.util.List;

/**
 * A family of fusion that is a network trained by gradient descent. Implementations are records of
 * hyper-parameters, which are saved with the weights as JSON; they add their layers in {@link
 * #network}, and so can yours.
 */
public interface Architecture extends Trainable {
  /** The metadata that holds the hyper-parameters. */
  String HYPER_PARAMETERS = "erv.architecture";

  /**
   * Builds the layers.
   *
   * @param inputs what there is of each modality
   * @param outputs how many numbers come out
   * @param parameters where weights come from
   * @return the network
   */
  Network network(Inputs inputs, int outputs, Parameters parameters);

  @Override
  default TrainedFusion fit(List<Example> examples, Training training) {
    return new GradientDescent(this, examples, training).run();
  }

  @Override
  default TrainedFusion restore(Safetensors weights) {
    Architecture architecture;
    try {
      architecture = new Gson().fromJson(weights.requireMetadata(HYPER_PARAMETERS), getClass());
    } catch (JsonParseException | IllegalArgumentException e) {
      throw new ModelException(
          "the hyper-parameters of " + name() + " are not valid: " + e.getMessage(), e);
    } catch (RuntimeException e) { // Gson wraps what a record's constructor throws
      throw new ModelException(
          "the hyper-parameters of " + name() + " are refused: " + rootMessage(e), e);
    }
    if (architecture == null) {
      throw new ModelException("the hyper-parameters of " + name() + " are empty");
    }
    return TrainedNetwork.of(architecture, weights);
  }

  private static String rootMessage(Throwable e) {
    Throwable root = e;
    for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
      root = cause;
    }
    return String.valueOf(root.getMessage());
  }
}
