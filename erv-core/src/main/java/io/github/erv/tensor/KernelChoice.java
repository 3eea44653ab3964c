package io.github.erv.tensor;

import java.lang.System.Logger.Level;

/** Which implementation of the kernels a JVM uses. */
final class KernelChoice {
  static final String PROPERTY = "erv.kernels";
  static final String AUTO = "auto";
  static final String SCALAR = "scalar";
  static final String VECTOR = "vector";

  private static final System.Logger LOGGER = System.getLogger(Kernels.class.getName());
  private static final String MODULE = "jdk.incubator.vector";

  private KernelChoice() {}

  /**
   * Returns the implementation of a name.
   *
   * @param choice one of the names above
   * @return the implementation
   * @throws IllegalArgumentException if there is no such name
   * @throws IllegalStateException if the Vector API is asked for and cannot be used here
   */
  static KernelSupport choose(String choice) {
    return switch (choice) {
      case SCALAR -> new ScalarKernels();
      case VECTOR -> vector();
      case AUTO -> vectorOrScalar();
      default ->
          throw new IllegalArgumentException(
              "-D%s must be %s, %s or %s, was %s"
                  .formatted(PROPERTY, AUTO, SCALAR, VECTOR, choice));
    };
  }

  private static KernelSupport vectorOrScalar() {
    try {
      return vector();
    } catch (IllegalStateException refusal) {
      LOGGER.log(Level.INFO, refusal.getMessage());
      return new ScalarKernels();
    }
  }

  private static KernelSupport vector() {
    if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
      throw new IllegalStateException(
          "kernels cannot use the Vector API and may run several times slower: start Java with"
              + " --add-modules "
              + MODULE
              + ", or choose plain Java by -D"
              + PROPERTY
              + "="
              + SCALAR);
    }
    try {
      // by name: the class does not load where the module is missing
      return Class.forName(KernelChoice.class.getPackageName() + ".VectorKernels")
          .asSubclass(KernelSupport.class)
          .getDeclaredConstructor()
          .newInstance();
    } catch (ReflectiveOperationException | LinkageError e) {
      throw new IllegalStateException(
          "the Vector API of Java %d on %s cannot be used; choose plain Java by -D%s=%s"
              .formatted(
                  Runtime.version().feature(), System.getProperty("os.arch"), PROPERTY, SCALAR),
          e);
    }
  }
}
