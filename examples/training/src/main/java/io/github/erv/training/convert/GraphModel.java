package io.github.erv.training.convert;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.erv.training.convert.Weights.Weight;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A TensorFlow.js graph model, rewritten as ONNX. Every picture inside is turned from NHWC to NCHW;
 * it is turned back where the graph flattens it, so that the order of the outputs is kept.
 */
final class GraphModel {
  private final Map<String, JsonObject> nodes = new LinkedHashMap<>();
  private final Weights weights;
  private final TensorFlowGraph graph;
  private final Map<String, String> values = new HashMap<>();

  private GraphModel(JsonObject model, Path folder, String name) throws IOException {
    for (JsonElement node : model.getAsJsonObject("modelTopology").getAsJsonArray("node")) {
      nodes.put(node.getAsJsonObject().get("name").getAsString(), node.getAsJsonObject());
    }
    weights = Weights.read(model.getAsJsonArray("weightsManifest"), folder);
    graph = new TensorFlowGraph(name);
  }

  /**
   * An output to keep.
   *
   * @param node its name in the graph model
   * @param name what to call it
   * @param shape of it
   */
  record Output(String node, String name, List<Long> shape) {}

  /**
   * Converts a graph model; what leads to none of the outputs is left out.
   *
   * @param file the {@code model.json}
   * @param channels of the input: 3 for colour, 1 for gray
   * @param side of the square input
   */
  static byte[] convert(Path file, String name, int channels, int side, Output... outputs)
      throws IOException {
    JsonObject json = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
    GraphModel model = new GraphModel(json, file.resolveSibling("."), name);
    Set<String> needed = new HashSet<>();
    Deque<String> open = new ArrayDeque<>();
    for (Output output : outputs) {
      open.add(output.node());
    }
    while (!open.isEmpty()) {
      String node = open.remove();
      if (needed.add(node)) {
        model.inputs(node).forEach(open::add);
      }
    }
    for (String node : model.order(needed)) {
      model.convert(node, channels, side);
    }
    for (Output output : outputs) {
      long[] shape = output.shape().stream().mapToLong(Long::longValue).toArray();
      model.graph.output(model.value(output.node()), output.name(), shape);
    }
    return model.graph.bytes();
  }

  private List<String> inputs(String name) {
    JsonArray inputs = node(name).getAsJsonArray("input");
    return inputs == null
        ? List.of()
        : inputs.asList().stream().map(JsonElement::getAsString).toList();
  }

  private JsonObject node(String name) {
    JsonObject node = nodes.get(name);
    if (node == null) {
      throw new IllegalArgumentException("the graph has no node " + name);
    }
    return node;
  }

  private String operator(String name) {
    return node(name).get("op").getAsString();
  }

  /** Orders nodes so that each comes after its inputs. */
  private List<String> order(Set<String> needed) {
    Set<String> done = new HashSet<>();
    List<String> order = new ArrayList<>();
    while (order.size() < needed.size()) {
      int before = order.size();
      for (String name : nodes.keySet()) {
        if (needed.contains(name) && !done.contains(name) && done.containsAll(inputs(name))) {
          done.add(name);
          order.add(name);
        }
      }
      if (order.size() == before) {
        throw new IllegalArgumentException("the graph has a cycle");
      }
    }
    return order;
  }

  private String value(String name) {
    String value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException(
          name + " (" + operator(name) + ") has no counterpart in the ONNX graph");
    }
    return value;
  }

  private void convert(String name, int channels, int side) {
    List<String> in = inputs(name);
    String out =
        switch (operator(name)) {
          case "Const" -> null;
          case "Placeholder" -> graph.input("image", 1, channels, side, side);
          case "Identity" -> value(in.get(0));
          case "Relu", "Sigmoid" -> graph.node(operator(name), List.of(value(in.get(0))));
          case "AddV2" -> graph.node("Add", List.of(value(in.get(0)), value(in.get(1))));
          case "Prelu" -> prelu(value(in.get(0)), in.get(1));
          case "_FusedConv2D" -> convolution(name, in);
          case "DepthwiseConv2dNative" ->
              graph.convolution(
                  value(in.get(0)),
                  weights.get(in.get(1)),
                  List.of(),
                  stride(name),
                  same(name),
                  true);
          case "MaxPool" ->
              graph.maxPool(value(in.get(0)), spatial(name, "ksize"), stride(name), same(name));
          case "Pad" -> pad(value(in.get(0)), weights.get(in.get(1)).ints());
          case "Mean" -> mean(value(in.get(0)), weights.get(in.get(1)).ints());
          case "Reshape" -> reshape(value(in.get(0)), weights.get(in.get(1)).ints());
          default ->
              throw new IllegalArgumentException("no conversion of the operator " + operator(name));
        };
    if (out != null) {
      values.put(name, out);
    }
  }

  private String convolution(String name, List<String> in) {
    String out =
        graph.convolution(
            value(in.get(0)),
            weights.get(in.get(1)),
            List.of(weights.get(in.get(2))),
            stride(name),
            same(name),
            false);
    List<String> fused = new ArrayList<>();
    JsonObject list = attribute(name, "fused_ops").getAsJsonObject("list");
    for (JsonElement operator : list.getAsJsonArray("s")) {
      fused.add(decode(operator));
    }
    return switch (String.join("+", fused)) {
      case "BiasAdd" -> out;
      case "BiasAdd+Relu" -> graph.node("Relu", List.of(out));
      case "BiasAdd+Prelu" -> prelu(out, in.get(3));
      default -> throw new IllegalArgumentException("no conversion of the operators " + fused);
    };
  }

  private String prelu(String x, String slope) {
    Weight weight = weights.get(slope);
    return graph.node("PRelu", List.of(x, graph.weight(weight.reshape(weight.shape[2], 1, 1))));
  }

  /**
   * Turns TensorFlow's pairs (before, after) of N, H, W, C into ONNX's two halves of N, C, H, W.
   */
  private String pad(String x, int[] pairs) {
    long[] pads = new long[8];
    int[] axes = {0, 3, 1, 2};
    for (int i = 0; i < 4; i++) {
      pads[i] = pairs[2 * axes[i]];
      pads[4 + i] = pairs[2 * axes[i] + 1];
    }
    return graph.node("Pad", List.of(x, graph.longs(pads)));
  }

  /**
   * The mean over height and width, axes 1 and 2 of NHWC: what is left is the batch and channels.
   */
  private String mean(String x, int[] axes) {
    if (!Arrays.equals(axes, new int[] {1, 2})) {
      throw new IllegalArgumentException("no conversion of a mean over " + Arrays.toString(axes));
    }
    String pooled = graph.node("GlobalAveragePool", List.of(x));
    return graph.node("Reshape", List.of(pooled, graph.longs(1, -1)));
  }

  private String reshape(String x, int[] shape) {
    long[] sides = new long[shape.length];
    for (int i = 0; i < shape.length; i++) {
      sides[i] = i == 0 ? 1 : shape[i];
    }
    String turned =
        graph.node("Transpose", List.of(x), TensorFlowGraph.integers("perm", 0, 2, 3, 1));
    return graph.node("Reshape", List.of(turned, graph.longs(sides)));
  }

  private JsonObject attribute(String node, String attribute) {
    return node(node).getAsJsonObject("attr").getAsJsonObject(attribute);
  }

  private boolean same(String node) {
    return decode(attribute(node, "padding").get("s")).equals("SAME");
  }

  private int stride(String node) {
    return spatial(node, "strides");
  }

  private int spatial(String node, String attribute) {
    return attribute(node, attribute).getAsJsonObject("list").getAsJsonArray("i").get(1).getAsInt();
  }

  private static String decode(JsonElement text) {
    return new String(Base64.getDecoder().decode(text.getAsString()), UTF_8);
  }
}
