package io.github.erv.error;

import org.jspecify.annotations.Nullable;

/** A native library is missing for this platform, or refuses to load. */
public final class NativeLibraryException extends ErvException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message what is missing, for which platform, and the Maven lines that add it
   * @param cause what made it fail, or null
   */
  public NativeLibraryException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /**
   * Describes natives that an application has to add, with the Maven lines that do it. If the cause
   * is that a class is missing, the lines add the classes too.
   *
   * @param what the library, as in {@code FFmpeg}
   * @param groupId of the artifact, as in {@code org.bytedeco}
   * @param artifactId of the artifact, as in {@code ffmpeg}
   * @param version of the artifact
   * @param classifier the platform, as in {@code linux-x86_64}; empty where one jar holds all
   * @param cause what made it fail
   * @return an exception whose message ends in those lines
   */
  public static NativeLibraryException missing(
      String what,
      String groupId,
      String artifactId,
      String version,
      String classifier,
      Throwable cause) {
    String platform =
        classifier.isEmpty()
            ? System.getProperty("os.name") + " " + System.getProperty("os.arch")
            : classifier;
    boolean classes = cause instanceof NoClassDefFoundError && !classifier.isEmpty();
    return new NativeLibraryException(
        what
            + (classes ? " is not" : " has no native library for " + platform)
            + " on the class path ("
            + cause.getMessage()
            + "). Add to the application's pom.xml:"
            + (classes ? dependency(groupId, artifactId, version, "") : "")
            + dependency(groupId, artifactId, version, classifier),
        cause);
  }

  private static String dependency(
      String groupId, String artifactId, String version, String classifier) {
    return "\n  <dependency>\n"
        + ("    <groupId>" + groupId + "</groupId>\n")
        + ("    <artifactId>" + artifactId + "</artifactId>\n")
        + ("    <version>" + version + "</version>\n")
        + (classifier.isEmpty() ? "" : "    <classifier>" + classifier + "</classifier>\n")
        + "  </dependency>";
  }
}
