package io.github.erv.fusion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl;
import com.google.common.hash.Hashing;
import io.github.erv.Fused;
import io.github.erv.FusionSession;
import io.github.erv.FusionStrategy;
import io.github.erv.Modality;
import io.github.erv.contract.FusionContract;
import io.github.erv.emotion.Emotion;
import io.github.erv.emotion.LabelSet;
import io.github.erv.fusion.train.Example;
import io.github.erv.onnx.ModelCard;
import io.github.erv.onnx.OnnxModel;
import io.github.erv.onnx.OnnxOptions;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * A graph whose result a test can compute: each modality's features are summed over steps where its
 * mask says so, plus its times, and the sums of all modalities added up: {@code logit_e = sum_m
 * sum_s (mask_s x_se + seconds_s)}.
 */
class OnnxFusionTest {
  private static final int STEPS = 3;

  private static OnnxMl.ValueInfoProto value(String name, long... shape) {
    OnnxMl.TensorShapeProto.Builder dimensions = OnnxMl.TensorShapeProto.newBuilder();
    for (long size : shape) {
      dimensions.addDim(OnnxMl.TensorShapeProto.Dimension.newBuilder().setDimValue(size));
    }
    return OnnxMl.ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            OnnxMl.TypeProto.newBuilder()
                .setTensorType(
                    OnnxMl.TypeProto.Tensor.newBuilder().setElemType(1).setShape(dimensions)))
        .build();
  }

  private static OnnxMl.NodeProto.Builder node(String type, String output, String... inputs) {
    OnnxMl.NodeProto.Builder node = OnnxMl.NodeProto.newBuilder().setOpType(type).addOutput(output);
    for (String input : inputs) {
      node.addInput(input);
    }
    return node;
  }

  private static OnnxMl.AttributeProto ints(String name, long... values) {
    OnnxMl.AttributeProto.Builder attribute =
        OnnxMl.AttributeProto.newBuilder()
            .setName(name)
            .setType(OnnxMl.AttributeProto.AttributeType.INTS);
    for (long value : values) {
      attribute.addInts(value);
    }
    return attribute.build();
  }

  private static OnnxMl.AttributeProto keepNot() {
    return OnnxMl.AttributeProto.newBuilder()
        .setName("keepdims")
        .setType(OnnxMl.AttributeProto.AttributeType.INT)
        .setI(0)
        .build();
  }

  private static OnnxModel model(LabelSet labels, String... modalities) {
    OnnxMl.GraphProto.Builder graph = OnnxMl.GraphProto.newBuilder().setName("sums");
    String sum = "";
    for (String m : modalities) {
      graph.addInput(value(m, 1, STEPS, labels.size()));
      graph.addInput(value(m + "-mask", 1, STEPS));
      graph.addInput(value(m + "-seconds", 1, STEPS));
      graph.addNode(node("Unsqueeze", m + ".u", m + "-mask").addAttribute(ints("axes", 2)));
      graph.addNode(node("Unsqueeze", m + ".t", m + "-seconds").addAttribute(ints("axes", 2)));
      graph.addNode(node("Mul", m + ".p", m, m + ".u"));
      graph.addNode(node("Add", m + ".q", m + ".p", m + ".t"));
      graph.addNode(
          node("ReduceSum", m + ".s", m + ".q")
              .addAttribute(ints("axes", 1))
              .addAttribute(keepNot()));
      String next = m.equals(modalities[modalities.length - 1]) ? "logits" : m + ".a";
      graph.addNode(
          sum.isEmpty() ? node("Identity", next, m + ".s") : node("Add", next, sum, m + ".s"));
      sum = next;
    }
    graph.addOutput(value("logits", 1, labels.size()));
    byte[] bytes =
        OnnxMl.ModelProto.newBuilder()
            .setIrVersion(7)
            .addOpsetImport(OnnxMl.OperatorSetIdProto.newBuilder().setVersion(12))
            .setGraph(graph)
            .build()
            .toByteArray();
    String card =
        """
        {
          "name": "sums", "version": "1.0", "sha256": "%s", "task": "test",
          "weights": {"source": "here", "licence": "Apache-2.0", "licenceClass": "PERMISSIVE"},
          "data": {"name": "none", "licence": "none", "rightsClear": true},
          "labels": ["%s"],
          "input": {"name": "%s", "shape": [1, %d, %d]},
          "outputs": [{"name": "logits", "shape": [1, %d], "meaning": "logits"}],
          "temperature": 2
        }
        """
            .formatted(
                Hashing.sha256().hashBytes(bytes),
                String.join("\", \"", labels.emotions().stream().map(Emotion::name).toList()),
                modalities[0],
                STEPS,
                labels.size(),
                labels.size());
    return OnnxModel.load(bytes, ModelCard.parse(card, "test"), OnnxOptions.DEFAULT);
  }

  private static OnnxFusion fusion(LabelSet labels) {
    OnnxFusion.Builder builder = OnnxFusion.builder(model(labels, "face", "text", "voice"));
    for (String m : new String[] {"face", "text", "voice"}) {
      builder.modality(new Modality(m), m, labels.size(), STEPS, m + "-mask", m + "-seconds");
    }
    return builder.build();
  }

  @Nested
  class Contract extends FusionContract {
    @Override
    protected FusionStrategy strategy() {
      return fusion(LabelSet.EKMAN_7);
    }

    @Override
    protected int embeddingSize(Modality modality) {
      return 7;
    }

    @Override
    protected boolean symmetric() {
      return true;
    }
  }

  @Test
  void fuse_graphOfSums_isTheirSoftmax() {
    LabelSet two = LabelSet.of(Emotion.HAPPINESS, Emotion.SADNESS);
    Example example =
        Example.builder(two)
            .featuresAt(Modality.FACE, 0, 100, -100) // a fourth step, too early to be shown
            .featuresAt(Modality.FACE, 1_000_000, 1, 0.5f)
            .featuresAt(Modality.FACE, 2_000_000, 0.25f, 0)
            .featuresAt(Modality.FACE, 3_000_000, 1, 1)
            .featuresAt(Modality.VOICE, 3_000_000, -0.5f, 2)
            .label(Emotion.SADNESS);
    try (OnnxFusion fusion = fusion(two);
        FusionSession session = fusion.open()) {
      Fused fused = new Fused();
      session.fuse(example.window(), fused);
      double difference = (2.25 - 0.5 - (1.5 + 2)) / 2; // times add the same to both
      double p = 1 / (1 + Math.exp(-difference));
      assertEquals(p, fused.distribution().orElseThrow().probability(0), 1e-6);
      assertEquals(Set.of(Modality.FACE, Modality.VOICE), fused.contributions().keySet());
      double withoutFace = 1 / (1 + Math.exp(1.25));
      double withoutVoice = 1 / (1 + Math.exp(-0.75 / 2));
      double share =
          Math.abs(p - withoutFace) / (Math.abs(p - withoutFace) + Math.abs(p - withoutVoice));
      assertEquals(share, fused.contributions().get(Modality.FACE).weight(), 1e-5);
      Example longer = Example.builder(two).features(Modality.FACE, 1, 2, 3).label(Emotion.SADNESS);
      String message =
          assertThrows(
                  IllegalArgumentException.class, () -> session.fuse(longer.window(), new Fused()))
              .getMessage();
      assertTrue(message.contains("2") && message.contains("3"), message);
    }
  }

  @Test
  void build_notTheGraph_isRefused() {
    LabelSet two = LabelSet.of(Emotion.HAPPINESS, Emotion.SADNESS);
    try (OnnxModel model = model(two, "face")) {
      assertThrows(IllegalArgumentException.class, () -> OnnxFusion.builder(model).build());
      assertThrows(
          IllegalArgumentException.class,
          () -> OnnxFusion.builder(model).modality(Modality.FACE, "nose", 2, STEPS).build());
      assertThrows(
          RuntimeException.class,
          () -> OnnxFusion.builder(model).modality(Modality.FACE, "face", 5, STEPS).build());
    }
  }
}
