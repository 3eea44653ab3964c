package io.github.erv.bench.evaluate;

import io.github.erv.error.FormatException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Turns a copy of a corpus into a manifest for {@link Evaluate}:
 *
 * <pre>{@code
 * java -cp erv-bench/target/benchmarks.jar io.github.erv.bench.evaluate.Manifests \
 *     --corpus ravdess --root RAVDESS --out ravdess.csv
 * }</pre>
 *
 * <p>The corpora: {@code ferplus}, {@code emodb}, {@code crema-d}, {@code ravdess}, {@code raf-db},
 * {@code affectnet}, {@code meld}, in the layouts that their publishers give them. FER+ has no
 * picture files of its own: they are written as PNG into a folder beside the manifest.
 */
@Command(
    name = "Manifests",
    description = "Turns a copy of a corpus into a manifest.",
    mixinStandardHelpOptions = true)
public final class Manifests implements Callable<Integer> {
  @Option(
      names = "--corpus",
      required = true,
      description = "Which corpus it is: ${COMPLETION-CANDIDATES}.")
  private Corpus corpus = Corpus.FERPLUS;

  @Option(names = "--root", required = true, description = "The folder of the copy.")
  private Path root = Path.of(".");

  @Option(names = "--out", required = true, description = "The manifest to write.")
  private Path out = Path.of(".");

  @Option(names = "--part", description = "Of the corpus, as train; what is usually reported else.")
  private String part = "";

  private Manifests() {}

  /**
   * Runs the program.
   *
   * @param args see {@code --help}
   */
  public static void main(String... args) {
    System.exit(run(args));
  }

  static int run(String... args) {
    return new CommandLine(new Manifests())
        .registerConverter(Corpus.class, Corpus::named)
        .setExecutionExceptionHandler((e, command, parsed) -> Evaluate.failed(e))
        .execute(args);
  }

  @Override
  public Integer call() throws IOException {
    ManifestWriter manifest = new ManifestWriter(out, corpus.columns());
    String name = out.getFileName().toString();
    try {
      corpus.read(
          root, part, out.resolveSibling(name.replaceFirst("\\.csv$", "") + "-files"), manifest);
    } catch (IOException e) {
      throw new FormatException(root + " cannot be read as " + corpus + ": " + e, e);
    }
    if (manifest.size() == 0) {
      throw new FormatException(root + " holds nothing that looks like " + corpus);
    }
    manifest.write();
    System.out.println(out + ": " + manifest.size() + " rows");
    return 0;
  }
}
