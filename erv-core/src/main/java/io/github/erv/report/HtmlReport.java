package io.github.erv.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.google.common.html.HtmlEscapers;
import io.github.erv.timeline.EmotionTimeline;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A time line as a page for people: one HTML file that carries everything within itself and, by its
 * content security policy, cannot load anything from anywhere.
 *
 * <p>A lane for each subject shows emotions, affect, segments, confidence and what each modality
 * contributed over a common time axis; abstentions are faded, gaps hatched with their reason. There
 * is an overview, a table, a light and a dark form, and a printed one; it can be used by keyboard.
 * Probabilities and the like are rounded to three decimals.
 *
 * <p>A link may say where to look first: {@code interview.html#t=60,120&at=83.5} opens at the
 * second minute with the cursor at 83.5 seconds; {@code view=table} and {@code theme=dark} or
 * {@code light} may follow.
 *
 * <p>Immutable and thread-safe.
 */
public final class HtmlReport {
  /** Where segments begin and end; see {@link EmotionTimeline#segments}. */
  static final double SEGMENT_ONSET = 0.5;

  static final double SEGMENT_OFFSET = 0.4;

  private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{(\\w+)}");

  private final EmotionTimeline timeline;
  private final String title;
  private final List<KeyFrame> keyFrames;

  private HtmlReport(Builder builder) {
    timeline = builder.timeline;
    title = builder.title == null ? timeline.source() : builder.title;
    keyFrames = builder.keyFrames;
  }

  /**
   * Writes a time line with all defaults: titled by its source, without pictures.
   *
   * @param timeline what to show
   * @param file created, or overwritten
   * @throws IOException if the file cannot be written
   */
  public static void write(EmotionTimeline timeline, Path file) throws IOException {
    builder(timeline).build().write(file);
  }

  /**
   * Starts a report.
   *
   * @param timeline what to show
   * @return a builder
   */
  public static Builder builder(EmotionTimeline timeline) {
    return new Builder(timeline);
  }

  /**
   * Writes the report.
   *
   * @param file created, or overwritten
   * @throws IOException if the file cannot be written
   */
  public void write(Path file) throws IOException {
    Files.writeString(file, page());
  }

  private String page() throws IOException {
    String chartStyle = resource("uplot/uPlot.min.css");
    String style = resource("report.css");
    String chartScript = resource("uplot/uPlot.iife.min.js");
    String script = resource("report.js");
    Map<String, String> parts =
        Map.of(
            "title",
            HtmlEscapers.htmlEscaper().escape(title),
            "chartStyle",
            chartStyle,
            "style",
            style,
            "chartScript",
            chartScript,
            "script",
            script,
            "styleHashes",
            hash(chartStyle) + ' ' + hash(style),
            "scriptHashes",
            hash(chartScript) + ' ' + hash(script),
            "data",
            ReportData.json(timeline, title, keyFrames));
    Matcher template = PLACEHOLDER.matcher(resource("report.html"));
    StringBuilder page = new StringBuilder();
    while (template.find()) {
      template.appendReplacement(page, "");
      page.append(requireNonNull(parts.get(template.group(1)), template.group()));
    }
    return template.appendTail(page).toString();
  }

  /** Returns the content security policy's name for an inline script or style. */
  private static String hash(String text) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
      return "'sha256-" + Base64.getEncoder().encodeToString(digest) + '\'';
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = HtmlReport.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new FileNotFoundException(
            "erv-core lacks its resource " + name + "; is the jar complete?");
      }
      return new String(in.readAllBytes(), UTF_8);
    }
  }

  /** Collects what a report shows. Not thread-safe. */
  public static final class Builder {
    private final EmotionTimeline timeline;
    private @Nullable String title;
    private List<KeyFrame> keyFrames = List.of();

    private Builder(EmotionTimeline timeline) {
      this.timeline = requireNonNull(timeline, "timeline");
    }

    /**
     * Sets the title. Without it, it is the source of the time line.
     *
     * @param value for people
     * @return this
     */
    public Builder title(String value) {
      title = requireNonNull(value);
      return this;
    }

    /**
     * Sets pictures to show in the lanes of their subjects. Without it, the report holds none.
     *
     * @param value in any order; those of subjects that the time line does not have are left out
     * @return this
     */
    public Builder keyFrames(List<KeyFrame> value) {
      keyFrames = List.copyOf(value);
      return this;
    }

    /**
     * Returns the report.
     *
     * @return what was collected
     */
    public HtmlReport build() {
      return new HtmlReport(this);
    }
  }
}
