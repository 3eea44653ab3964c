package io.github.erv.onnx;

import static java.util.Objects.requireNonNull;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import com.google.common.util.concurrent.Uninterruptibles;
import io.github.erv.error.ModelException;
import io.github.erv.error.NativeLibraryException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A model loaded by ONNX Runtime, and its {@link ModelCard}.
 *
 * <p>A model is immutable, thread-safe and shared: loading the same bytes with the same options
 * again gives a second handle on the same native model, which is freed when the last handle is
 * closed. What a thread needs to run it is an {@link OnnxSession}, see {@link #open}.
 */
public final class OnnxModel implements AutoCloseable {
  /** The ONNX Runtime release that natives are asked for when they are missing. */
  private static final String RUNTIME_VERSION = "1.29.0";

  private record Key(String sha256, OnnxOptions options) {}

  /** A native model and how many handles there are on it. Guarded by {@link #LOADED}. */
  private static final class Shared {
    final OrtSession session;
    int handles;

    Shared(OrtSession session) {
      this.session = session;
    }
  }

  private static final Map<Key, Shared> LOADED = new HashMap<>();

  private static final long START_STACK_BYTES = 128L << 20;

  /** Null until it is needed. Guarded by {@link #LOADED}. */
  private static @Nullable OrtEnvironment environment;

  private final ModelCard card;
  private final Key key;
  private final Shared shared;
  private final AtomicBoolean closed = new AtomicBoolean();

  private OnnxModel(ModelCard card, Key key, Shared shared) {
    this.card = card;
    this.key = key;
    this.shared = shared;
  }

  /**
   * Loads a model that is bundled as a resource: {@code <name>.onnx} beside {@code
   * <name>.card.json}.
   *
   * @param anchor a class in whose package's folder the resources lie
   * @param name path relative to the anchor, without ending
   * @param options how to load
   * @return a handle to close
   * @throws ModelException if a resource is missing, or the model is not what its card says
   * @throws NativeLibraryException if ONNX Runtime has no natives here
   */
  public static OnnxModel resource(Class<?> anchor, String name, OnnxOptions options) {
    byte[] card = resourceBytes(anchor, name + ".card.json");
    return load(
        resourceBytes(anchor, name + ".onnx"), ModelCard.parse(card, name + ".card.json"), options);
  }

  private static byte[] resourceBytes(Class<?> anchor, String name) {
    try (InputStream in = anchor.getResourceAsStream(name)) {
      if (in == null) {
        throw new ModelException(
            "the resource " + name + " is missing beside " + anchor.getName() + "; repack the jar");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new ModelException("the resource " + name + " cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * Loads a model file, with its card beside it: {@code model.onnx} and {@code model.card.json}.
   *
   * @param file the model
   * @param options how to load
   * @return a handle to close
   * @throws ModelException if a file is missing, or the model is not what its card says
   * @throws NativeLibraryException if ONNX Runtime has no natives here
   */
  public static OnnxModel load(Path file, OnnxOptions options) {
    String name = String.valueOf(file.getFileName()).replaceFirst("\\.onnx$", "");
    Path card = file.resolveSibling(name + ".card.json");
    return load(fileBytes(file), ModelCard.parse(fileBytes(card), card.toString()), options);
  }

  private static byte[] fileBytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new ModelException("the file " + file + " cannot be read: " + e, e);
    }
  }

  /**
   * Loads a model from memory.
   *
   * @param bytes the ONNX file
   * @param card what it has to be
   * @param options how to load
   * @return a handle to close
   * @throws ModelException if the model is damaged, or not what its card says
   * @throws NativeLibraryException if ONNX Runtime has no natives here
   */
  public static OnnxModel load(byte[] bytes, ModelCard card, OnnxOptions options) {
    if (card.licenceClass() == ModelCard.LicenceClass.NON_COMMERCIAL
        && !options.nonCommercialAllowed()) {
      throw new ModelException(
          card.id()
              + " is licensed for non-commercial use only ("
              + card.licence()
              + "); load it with OnnxOptions.allowNonCommercial() if that is kept");
    }
    String hash = card.requireHashOf(bytes);
    Key key = new Key(hash, options);
    synchronized (LOADED) {
      Shared shared = LOADED.get(key);
      if (shared == null) {
        shared = new Shared(create(bytes, card, options));
        LOADED.put(key, shared);
      }
      shared.handles++;
      OnnxModel model = new OnnxModel(card, key, shared);
      try {
        model.check();
      } catch (RuntimeException e) {
        model.close();
        throw e;
      }
      return model;
    }
  }

  /*
   * ONNX Runtime 1.29 for Linux matches the command line of the process against a regular
   * expression when its environment is made, and recurses for every character, some 256 bytes of
   * stack each: with a class path of 4,000 characters the process dies on a thread of ordinary
   * size. So the environment is made on a thread that has room for half a million.
   */
  static OrtEnvironment environment() {
    synchronized (LOADED) {
      OrtEnvironment known = environment;
      if (known == null) {
        known = start();
        environment = known;
      }
      return known;
    }
  }

  private static OrtEnvironment start() {
    FutureTask<OrtEnvironment> start =
        new FutureTask<>(
            () -> OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING, "erv"));
    new Thread(null, start, "erv-onnx-start", START_STACK_BYTES).start();
    try {
      return requireNonNull(Uninterruptibles.getUninterruptibly(start));
    } catch (ExecutionException e) {
      throw NativeLibraryException.missing(
          "ONNX Runtime",
          "com.microsoft.onnxruntime",
          "onnxruntime",
          RUNTIME_VERSION,
          "",
          e.getCause() == null ? e : e.getCause());
    }
  }

  private static OrtSession create(byte[] bytes, ModelCard card, OnnxOptions options) {
    OrtEnvironment environment = environment();
    try (OrtSession.SessionOptions settings = new OrtSession.SessionOptions()) {
      settings.setIntraOpNumThreads(options.threads());
      settings.setInterOpNumThreads(1);
      settings.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
      // a waiting pool must not take a core from the stage beside it
      settings.addConfigEntry("session.intra_op.allow_spinning", "0");
      if (options.cuda() >= 0) {
        settings.addCUDA(options.cuda());
      }
      return environment.createSession(bytes, settings);
    } catch (OrtException e) {
      throw new ModelException(
          card.id() + " cannot be loaded (" + bytes.length + " bytes): " + e.getMessage(), e);
    }
  }

  /** Holds the graph against the card: input shape, and as many outputs as there are labels. */
  private void check() {
    try {
      NodeInfo input = shared.session.getInputInfo().get(card.inputName());
      if (input == null) {
        throw new ModelException(
            card.id()
                + " has no input "
                + card.inputName()
                + ", but "
                + shared.session.getInputNames());
      }
      if (input.getInfo() instanceof TensorInfo tensor
          && !compatible(tensor.getShape(), card.inputShape())) {
        throw new ModelException(
            "the input "
                + card.inputName()
                + " of "
                + card.id()
                + " must have the shape "
                + Arrays.toString(card.inputShape())
                + ", was "
                + Arrays.toString(tensor.getShape()));
      }
      if (card.labels().isPresent()) {
        int labels = card.labels().get().size();
        NodeInfo output = shared.session.getOutputInfo().values().iterator().next();
        long[] shape = ((TensorInfo) output.getInfo()).getShape();
        long classes = shape.length == 0 ? 0 : shape[shape.length - 1];
        if (classes != labels) {
          throw new ModelException(
              "the first output of "
                  + card.id()
                  + " must have one value a label, that is "
                  + labels
                  + ", had "
                  + classes);
        }
      }
    } catch (OrtException e) {
      throw new ModelException(card.id() + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static boolean compatible(long[] graph, long[] card) {
    if (graph.length != card.length) {
      return false;
    }
    for (int i = 0; i < graph.length; i++) {
      if (graph[i] >= 0 && card[i] >= 0 && graph[i] != card[i]) {
        return false;
      }
    }
    return true;
  }

  /**
   * Returns what has to be known of this model.
   *
   * @return the card
   */
  public ModelCard card() {
    return card;
  }

  /**
   * Opens a session for a model whose shapes are all fixed, or free in the first dimension only,
   * which becomes 1.
   *
   * @return a session for use by one thread at a time
   * @throws IllegalStateException if this model is closed
   */
  public OnnxSession open() {
    return open(Map.of());
  }

  /**
   * Opens a session with given shapes.
   *
   * @param shapes by the names of inputs and outputs, for those that have free dimensions
   * @return a session for use by one thread at a time
   * @throws IllegalStateException if this model is closed
   * @throws ModelException if a shape contradicts the graph, or one is still free
   */
  public OnnxSession open(Map<String, long[]> shapes) {
    OnnxModel own;
    synchronized (LOADED) {
      if (closed.get()) { // in here, or another thread's close could free the model in between
        throw new IllegalStateException("the model " + card.id() + " is closed");
      }
      shared.handles++; // the session's share, so that closing the model first does no harm
      own = new OnnxModel(card, key, shared);
    }
    try {
      return new OnnxSession(own, shared.session, shapes);
    } catch (RuntimeException e) {
      own.close();
      throw e;
    }
  }

  /** Gives back this handle; the last one frees the native model. Idempotent. */
  @Override
  public void close() {
    if (closed.getAndSet(true)) {
      return;
    }
    synchronized (LOADED) {
      if (--shared.handles == 0) {
        LOADED.remove(key);
        try {
          shared.session.close();
        } catch (OrtException e) {
          throw new ModelException(card.id() + " cannot be closed: " + e.getMessage(), e);
        }
      }
    }
  }

  @Override
  public String toString() {
    return card.id();
  }
}
