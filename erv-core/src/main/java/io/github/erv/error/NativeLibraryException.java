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
   * Describes natives that an application has to add, with the Maven lines that do it.
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
    return new NativeLibraryException(
        what
            + " has no native library for "
            + platform
            + " on the class path ("
            + cause.getMessage()
            + "). Add to the application's pom.xml:\n"
            + "  <dependency>\n"
            + ("    <groupId>" + groupId + "</groupId>\n")
            + ("    <artifactId>" + artifactId + "</artifactId>\n")
            + ("    <version>" + version + "</version>\n")
            + (classifier.isEmpty() ? "" : "    <classifier>" + classifier + "</classifier>\n")
            + "  </dependency>",
        cause);
  }
}
