package io.github.erv.training.face;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Activation;
import ai.djl.nn.Parameter;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.Dropout;
import ai.djl.nn.pooling.Pool;
import ai.djl.training.ParameterStore;
import ai.djl.training.initializer.Initializer;
import ai.djl.training.initializer.NormalInitializer;
import ai.djl.util.PairList;
import java.util.List;

/**
 * The network: a face standardised by its own mean and deviation; residual blocks with channel
 * attention (He et al., 2016; Hu et al., 2018, Squeeze-and-excitation networks); the mean over the
 * picture as the embedding; logits. {@link FaceOnnx} writes the same graph.
 */
final class FaceNet extends AbstractBlock {
  /**
   * A residual block: two convolutions of 3x3, the first with the stride, then attention over
   * channels. Its shortcut is averaged over the stride and mapped by a convolution of 1x1.
   */
  record Stage(String name, int channels, int stride) {}

  /*
   * All widths are multiples of 16, the lanes of a vector: with others the convolutions of PyTorch
   * 2.7.1 gave NaN now and then, on the same input not every time.
   */
  static final int STEM = 32;
  static final List<Stage> STAGES =
      List.of(new Stage("a", 48, 2), new Stage("b", 80, 2), new Stage("c", 192, 2));
  static final int EMBEDDING = 256;

  /** Channels over the width of the attention's bottleneck. */
  static final int SQUEEZE = 8;

  /** Under the square root of the variance of the pixels, so that noise is not blown up. */
  static final float CONTRAST_FLOOR = 16;

  static final float NORM_EPSILON = 1e-5f;
  private static final float NORM_MOMENTUM = 0.9f;
  private static final float DROPOUT = 0.4f;

  private final int classes;

  /**
   * Creates a network.
   *
   * @param classes number of logits
   */
  FaceNet(int classes) {
    this.classes = classes;
    convolution("stem", STEM, 1, 3);
    int channels = STEM;
    for (Stage stage : STAGES) {
      convolution(stage.name + ".1", stage.channels, channels, 3);
      convolution(stage.name + ".2", stage.channels, stage.channels, 3);
      convolution(stage.name + ".shortcut", stage.channels, channels, 1);
      dense(stage.name + ".squeeze", stage.channels / SQUEEZE, stage.channels);
      dense(stage.name + ".excite", stage.channels, stage.channels / SQUEEZE);
      channels = stage.channels;
    }
    convolution("head", EMBEDDING, channels, 1);
    dense("logits", classes, EMBEDDING);
  }

  private void convolution(String name, int out, int in, int kernel) {
    float deviation = (float) Math.sqrt(2.0 / (in * kernel * kernel)); // He et al., 2015
    add(name + ".weight", new NormalInitializer(deviation), true, out, in, kernel, kernel);
    add(name + ".gamma", Initializer.ONES, true, out);
    add(name + ".beta", Initializer.ZEROS, true, out);
    add(name + ".mean", Initializer.ZEROS, false, out);
    add(name + ".variance", Initializer.ONES, false, out);
  }

  private void dense(String name, int out, int in) {
    float deviation = (float) Math.sqrt(1.0 / in);
    add(name + ".weight", new NormalInitializer(deviation), true, out, in);
    add(name + ".bias", Initializer.ZEROS, true, out);
  }

  private void add(String name, Initializer initializer, boolean learnt, long... shape) {
    addParameter(
        Parameter.builder()
            .setName(name)
            .setType(Parameter.Type.OTHER)
            .optShape(new Shape(shape))
            .optInitializer(initializer)
            .optRequiresGrad(learnt)
            .build());
  }

  /** Maps pixels of shape (n, 1, side, side), 0 to 255, to logits (n, classes). */
  @Override
  protected NDList forwardInternal(
      ParameterStore store, NDList inputs, boolean training, PairList<String, Object> arguments) {
    Pass pass = new Pass(store, inputs.singletonOrThrow().getDevice(), training);
    NDArray pixels = inputs.singletonOrThrow();
    NDArray flat = pixels.reshape(pixels.getShape().get(0), -1);
    NDArray x = flat.sub(flat.mean(new int[] {1}, true));
    x = x.div(x.square().mean(new int[] {1}, true).add(CONTRAST_FLOOR).sqrt());
    x = x.reshape(pixels.getShape());
    x = Activation.relu(pass.convolution("stem", x, 1));
    for (Stage stage : STAGES) {
      NDArray straight = pass.convolution(stage.name + ".shortcut", pass.averaged(x, stage), 1);
      NDArray y = Activation.relu(pass.convolution(stage.name + ".1", x, stage.stride));
      y = pass.convolution(stage.name + ".2", y, 1);
      NDArray mean = pooled(y);
      NDArray gate = Activation.relu(pass.dense(stage.name + ".squeeze", mean));
      gate = Activation.sigmoid(pass.dense(stage.name + ".excite", gate));
      Shape perChannel = new Shape(gate.getShape().get(0), stage.channels, 1, 1);
      y = y.mul(gate.reshape(perChannel));
      x = Activation.relu(y.add(straight));
    }
    x = Activation.relu(pass.convolution("head", x, 1));
    NDArray kept = Dropout.dropout(pooled(x), DROPOUT, training).singletonOrThrow();
    return new NDList(pass.dense("logits", kept));
  }

  /** The mean over the picture, (n, channels). */
  private static NDArray pooled(NDArray x) {
    return Pool.globalAvgPool2d(x);
  }

  /** One pass over the network, with its parameters at hand. */
  private final class Pass {
    private final ParameterStore store;
    private final Device device;
    private final boolean training;

    Pass(ParameterStore store, Device device, boolean training) {
      this.store = store;
      this.device = device;
      this.training = training;
    }

    private NDArray parameter(String name) {
      return store.getValue(parameters.get(name), device, training);
    }

    /** A convolution that keeps the size but for the stride, and batch normalisation. */
    NDArray convolution(String name, NDArray x, int stride) {
      NDArray weight = parameter(name + ".weight");
      long pad = weight.getShape().get(2) / 2;
      NDArray y =
          Conv2d.conv2d(
                  x, weight, null, new Shape(stride, stride), new Shape(pad, pad), new Shape(1, 1))
              .singletonOrThrow();
      return BatchNorm.batchNorm(
              y,
              parameter(name + ".mean"),
              parameter(name + ".variance"),
              parameter(name + ".gamma"),
              parameter(name + ".beta"),
              1,
              NORM_MOMENTUM,
              NORM_EPSILON,
              training)
          .singletonOrThrow();
    }

    NDArray averaged(NDArray x, Stage stage) {
      Shape stride = new Shape(stage.stride, stage.stride);
      return Pool.avgPool2d(x, stride, stride, new Shape(0, 0), false, false);
    }

    NDArray dense(String name, NDArray x) {
      return Linear.linear(x, parameter(name + ".weight"), parameter(name + ".bias"))
          .singletonOrThrow();
    }
  }

  @Override
  public Shape[] getOutputShapes(Shape[] inputs) {
    return new Shape[] {new Shape(inputs[0].get(0), classes)};
  }

  /** The mean over the batch of the cross-entropy of soft targets (n, classes). */
  static NDArray softmaxCrossEntropy(NDArray logits, NDArray target) {
    return logits.logSoftmax(1).mul(target).sum().div(-logits.getShape().get(0));
  }
}
