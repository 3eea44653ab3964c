package io.github.erv.training.face;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Parameter;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Everything that a run carries from one epoch to the next. */
final class TrainingState {
  /** A parameter with its velocity and its running average. */
  private record Slot(Parameter parameter, boolean learnt, NDArray velocity, NDArray average) {}

  private final FaceNet net;
  private final List<Slot> slots = new ArrayList<>();
  int epoch;
  double best = Double.POSITIVE_INFINITY;

  TrainingState(FaceNet net) {
    this.net = net;
    net.getParameters()
        .forEach(
            entry -> {
              Parameter parameter = entry.getValue();
              NDArray array = parameter.getArray();
              boolean learnt = parameter.requiresGradient();
              NDArray velocity = array.getManager().zeros(array.getShape());
              slots.add(new Slot(parameter, learnt, velocity, array.duplicate()));
              if (learnt) {
                array.setRequiresGradient(true);
              }
            });
  }

  FaceNet net() {
    return net;
  }

  NDManager manager() {
    return slots.get(0).velocity.getManager();
  }

  long learnt() {
    return slots.stream().filter(Slot::learnt).mapToLong(s -> s.velocity.size()).sum();
  }

  /**
   * One step of descent with Nesterov's momentum, which also clears the gradients. Convolutions and
   * matrices decay, others do not.
   */
  void step(float rate, float momentum, float decay) {
    try (NDManager scope = manager().newSubManager()) {
      for (Slot slot : slots) {
        if (slot.learnt) {
          NDArray array = slot.parameter.getArray();
          NDArray weight = array.stopGradient();
          NDArray gradient = array.getGradient();
          weight.attach(scope);
          gradient.attach(scope);
          NDArray velocity = slot.velocity.stopGradient(); // so that what comes of it is in scope
          velocity.attach(scope);
          NDArray slope =
              array.getShape().dimension() > 1
                  ? gradient.add(weight.mul(decay))
                  : gradient.duplicate();
          slope.attach(scope);
          velocity.muli(momentum).addi(slope);
          weight.subi(slope.add(velocity.mul(momentum)).muli(rate));
          gradient.subi(gradient);
        }
      }
    }
  }

  /** Lets the running average follow the weights; it starts as their plain mean. */
  void average(float keeps) {
    for (Slot slot : slots) {
      try (NDArray weight = slot.parameter.getArray().stopGradient();
          NDArray part = weight.mul(1 - keeps)) {
        slot.average.muli(keeps).addi(part);
      }
    }
  }

  Map<String, float[]> averages() {
    Map<String, float[]> values = new LinkedHashMap<>();
    slots.forEach(slot -> values.put(slot.parameter.getName(), slot.average.toFloatArray()));
    return values;
  }

  /** Starts from the given weights, which are their own average. */
  void start(Map<String, float[]> weights) {
    Weights.into(net, weights);
    slots.forEach(slot -> Weights.copy(weights, slot.parameter.getName(), slot.average));
  }

  void save(Path file) throws IOException {
    Map<String, float[]> velocities = new LinkedHashMap<>();
    slots.forEach(slot -> velocities.put(slot.parameter.getName(), slot.velocity.toFloatArray()));
    Path whole = file.resolveSibling(file.getFileName() + ".part");
    try (DataOutputStream out =
        new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(whole)))) {
      out.writeInt(epoch);
      out.writeDouble(best);
      Weights.write(out, Weights.of(net));
      Weights.write(out, velocities);
      Weights.write(out, averages());
    }
    Files.move(whole, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }

  void load(Path file) throws IOException {
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
      epoch = in.readInt();
      best = in.readDouble();
      Weights.into(net, Weights.read(in));
      Map<String, float[]> velocities = Weights.read(in);
      Map<String, float[]> averages = Weights.read(in);
      for (Slot slot : slots) {
        Weights.copy(velocities, slot.parameter.getName(), slot.velocity);
        Weights.copy(averages, slot.parameter.getName(), slot.average);
      }
    }
  }
}
