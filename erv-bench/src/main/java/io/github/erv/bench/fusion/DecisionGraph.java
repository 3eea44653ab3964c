package io.github.erv.bench.fusion;

import static io.github.erv.examples.onnx.OnnxGraph.integer;

import io.github.erv.Evidence;
import io.github.erv.FusionWindow;
import io.github.erv.Modality;
import io.github.erv.Observation;
import io.github.erv.bench.tensor.GraphLayers;
import io.github.erv.bench.tensor.OnnxRun;
import io.github.erv.examples.onnx.OnnxGraph;
import io.github.erv.fusion.train.TrainedFusion;
import io.github.erv.tensor.Safetensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Says in the words of ONNX what the families do that fuse decisions, in a window in which every
 * modality is present and knows every class: a mean over the window of each, weighted by quality,
 * and what the family makes of them.
 */
final class DecisionGraph {
  /** The least probability that has a logarithm. */
  private static final float FLOOR = 1e-4f;

  private final OnnxGraph graph = new OnnxGraph("fusion");
  private final Map<String, float[]> inputs = new LinkedHashMap<>();
  private final Map<String, long[]> shapes = new LinkedHashMap<>();
  private final List<Modality> modalities;
  private final Safetensors weights;
  private final FusionWindow window;
  private final int classes;

  private DecisionGraph(TrainedFusion fusion, FusionWindow window) {
    modalities = List.copyOf(window.modalities());
    weights = fusion.weights();
    classes = window.labels().size();
    this.window = window;
  }

  /** Returns a run whose output is the probabilities of the classes, shape (1, classes). */
  static OnnxRun of(TrainedFusion fusion, FusionWindow window) {
    DecisionGraph of = new DecisionGraph(fusion, window);
    String p =
        switch (fusion.family()) {
          case "late" -> of.late(false);
          case "late-linear" -> of.late(true);
          case "stacking" -> of.stacking();
          case "dempster-shafer" -> of.dempsterShafer();
          case "cca" -> of.cca();
          default -> throw new IllegalArgumentException("no graph for " + fusion.family());
        };
    of.graph.output(p, "p", 1, of.classes);
    OnnxRun run = new OnnxRun(of.graph.bytes(), "p", 1, of.classes);
    of.inputs.forEach(
        (name, values) -> run.input(name, values, of.shapes.getOrDefault(name, new long[0])));
    return run;
  }

  private String input(String name, float[] values, long... shape) {
    inputs.put(name, values);
    shapes.put(name, shape);
    return graph.input(name, shape);
  }

  private List<Evidence.Present> present(int m) {
    List<Evidence.Present> present = new ArrayList<>();
    for (Observation observation : window.observations(modalities.get(m))) {
      present.add((Evidence.Present) observation.evidence());
    }
    return present;
  }

  /** The quality of each step, shape (1, steps). */
  private String qualities(int m) {
    String name = "quality " + m;
    if (inputs.containsKey(name)) {
      return name;
    }
    List<Evidence.Present> present = present(m);
    float[] quality = new float[present.size()];
    for (int i = 0; i < quality.length; i++) {
      quality[i] = present.get(i).quality();
    }
    return input(name, quality, 1, quality.length);
  }

  /** The mean quality, shape (1, 1). */
  private String quality(int m) {
    String sum = GraphLayers.sum(graph, qualities(m), 1);
    return binary("Mul", sum, graph.scalar(1f / present(m).size()));
  }

  /** The mean of (steps, columns), weighted by quality. */
  private String mean(int m, String values) {
    String q = qualities(m);
    return binary("Div", binary("MatMul", q, values), GraphLayers.sum(graph, q, 1));
  }

  private String distribution(int m) {
    List<Evidence.Present> present = present(m);
    float[] p = new float[present.size() * classes];
    for (int i = 0; i < p.length; i++) {
      p[i] = present.get(i / classes).distribution().orElseThrow().probability(i % classes);
    }
    return mean(m, input("distribution " + m, p, present.size(), classes));
  }

  private String embedding(int m) {
    List<Evidence.Present> present = present(m);
    int size = present.get(0).embeddingSize();
    float[] x = new float[present.size() * size];
    for (int i = 0; i < present.size(); i++) {
      present.get(i).copyEmbedding(x, i * size);
    }
    return mean(m, input("embedding " + m, x, present.size(), size));
  }

  private String binary(String operator, String x, String y) {
    return graph.node(operator, List.of(x, y));
  }

  private String logarithm(String p) {
    return graph.node("Log", List.of(binary("Max", p, graph.scalar(FLOOR))));
  }

  private float[] row(String tensor, int m) {
    float[] all = weights.require(tensor, modalities.size(), classes);
    return Arrays.copyOfRange(all, m * classes, (m + 1) * classes);
  }

  private String sumOf(List<String> parts) {
    return parts.size() == 1 ? parts.get(0) : graph.node("Sum", parts);
  }

  /** The mean of log p_m or of p_m, weighted by w_m q_m, to the power 1 / T. */
  private String late(boolean linear) {
    List<String> counts = new ArrayList<>();
    List<String> votes = new ArrayList<>();
    for (int m = 0; m < modalities.size(); m++) {
      String w = binary("Mul", graph.floats(row("weights", m), 1, classes), quality(m));
      counts.add(w);
      votes.add(binary("Mul", w, linear ? distribution(m) : logarithm(distribution(m))));
    }
    String mean = binary("Div", sumOf(votes), sumOf(counts));
    String log = linear ? logarithm(mean) : mean;
    float temperature = weights.require("temperature", 1)[0];
    return graph.node("Softmax", List.of(binary("Mul", log, graph.scalar(1 / temperature))));
  }

  private String name() {
    return String.join("+", modalities.stream().map(Modality::name).toList());
  }

  private String regression(List<String> vectors) {
    String x = GraphLayers.concat(graph, vectors, 1);
    float[] bias = weights.require(name() + ".bias", classes);
    int[] shape = weights.shape(name() + ".weight");
    float[] weight = weights.require(name() + ".weight", shape);
    return graph.node("Softmax", List.of(GraphLayers.linear(graph, x, weight, bias)));
  }

  private String stacking() {
    List<String> ratios = new ArrayList<>();
    for (int m = 0; m < modalities.size(); m++) {
      String log = logarithm(distribution(m));
      String mean = binary("Mul", GraphLayers.sum(graph, log, 1), graph.scalar(1f / classes));
      ratios.add(binary("Mul", binary("Sub", log, mean), quality(m)));
    }
    return regression(ratios);
  }

  /** The closed form of the conjunctive rule, normalised; pignistic probabilities. */
  private String dempsterShafer() {
    List<String> ignorances = new ArrayList<>();
    List<String> believed = new ArrayList<>();
    for (int m = 0; m < modalities.size(); m++) {
      String reliability = graph.floats(row("reliability", m), 1, classes);
      String mass = binary("Mul", binary("Mul", distribution(m), reliability), quality(m));
      String ignorance = binary("Sub", graph.scalar(1), GraphLayers.sum(graph, mass, 1));
      ignorances.add(ignorance);
      believed.add(binary("Add", mass, ignorance));
    }
    String nobody = product(ignorances);
    String single = binary("Sub", product(believed), nobody);
    String shared = binary("Add", single, binary("Mul", nobody, graph.scalar(1f / classes)));
    return binary("Div", shared, binary("Add", GraphLayers.sum(graph, single, 1), nobody));
  }

  private String product(List<String> parts) {
    String all = parts.get(0);
    for (String part : parts.subList(1, parts.size())) {
      all = binary("Mul", all, part);
    }
    return all;
  }

  private String cca() {
    List<String> variates = new ArrayList<>();
    for (int m = 0; m < modalities.size(); m++) {
      String view = "view." + modalities.get(m);
      int[] shape = weights.shape(view); // the constant is the last column
      float[] all = weights.require(view, shape);
      String projection = graph.floats(all, shape[0], shape[1]);
      String x =
          GraphLayers.concat(graph, List.of(embedding(m), graph.floats(new float[] {1}, 1, 1)), 1);
      variates.add(graph.node("Gemm", List.of(x, projection), integer("transB", 1)));
    }
    return regression(variates);
  }
}
