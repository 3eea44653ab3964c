package io.github.erv.training.voice;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv1d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.Dropout;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The network: log-mel frames, less their mean level; three convolutions over time; mean and
 * deviation over time; an embedding; logits. What it is made of is said once, here, for training by
 * DJL and for the ONNX graph alike.
 */
final class VoiceNet {
  /** A convolution over time without padding, then batch normalisation and ReLU. */
  record Layer(int channels, int kernel, int stride) {}

  static final List<Layer> LAYERS =
      List.of(new Layer(64, 5, 2), new Layer(96, 3, 1), new Layer(128, 3, 2));
  static final int EMBEDDING = 64;

  /** Under the square root, so that a channel that never changes has a gradient. */
  static final float VARIANCE_FLOOR = 1e-4f;

  private VoiceNet() {}

  /** Returns the network for input of shape (n, frames, bands), giving (n, classes). */
  static SequentialBlock block(int classes) {
    SequentialBlock net = new SequentialBlock();
    net.add(lambda(VoiceNet::centred, "centred"));
    for (Layer layer : LAYERS) {
      net.add(
          Conv1d.builder()
              .setKernelShape(new Shape(layer.kernel))
              .setFilters(layer.channels)
              .optStride(new Shape(layer.stride))
              .build());
      net.add(BatchNorm.builder().build());
      net.add(Activation::relu);
      net.add(Dropout.builder().optRate(0.1f).build());
    }
    net.add(lambda(VoiceNet::pooled, "pooled"));
    net.add(Dropout.builder().optRate(0.2f).build());
    net.add(Linear.builder().setUnits(EMBEDDING).build());
    net.add(Activation::relu);
    net.add(Dropout.builder().optRate(0.1f).build());
    net.add(Linear.builder().setUnits(classes).build());
    return net;
  }

  private static Block lambda(UnaryOperator<NDArray> function, String name) {
    return new LambdaBlock(list -> new NDList(function.apply(list.singletonOrThrow())), name);
  }

  /**
   * (n, frames, bands) to (n, bands, frames), less the mean over both: how loud it is depends on
   * the microphone, how the spectrum leans is part of the voice.
   */
  private static NDArray centred(NDArray frames) {
    NDArray bands = frames.transpose(0, 2, 1);
    return bands.sub(bands.mean(new int[] {1}, true).mean(new int[] {2}, true));
  }

  private static NDArray pooled(NDArray channels) {
    NDArray mean = channels.mean(new int[] {2}, true);
    NDArray variance = channels.sub(mean).square().mean(new int[] {2});
    return NDArrays.concat(new NDList(mean.squeeze(2), variance.add(VARIANCE_FLOOR).sqrt()), 1);
  }

  /** The values of all parameters in the order of the layers. */
  static List<float[]> parameters(Block net) {
    List<float[]> values = new ArrayList<>();
    net.getParameters().forEach(p -> values.add(p.getValue().getArray().toFloatArray()));
    return values;
  }
}
