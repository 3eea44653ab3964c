package io.github.erv.report;

import com.google.gson.stream.JsonWriter;
import io.github.erv.Evidence;
import io.github.erv.Modality;
import io.github.erv.Region;
import io.github.erv.Subject;
import io.github.erv.emotion.Affect;
import io.github.erv.emotion.Distribution;
import io.github.erv.emotion.Emotion;
import io.github.erv.emotion.EmotionEstimate;
import io.github.erv.emotion.EmotionEstimate.Contribution;
import io.github.erv.emotion.LabelSet;
import io.github.erv.error.FormatException;
import io.github.erv.media.TimeSpan;
import io.github.erv.timeline.EmotionTimeline;
import io.github.erv.timeline.Gap;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Time lines as JSON Lines: one JSON object a line, the form that other tools build on. {@link
 * #read} gives back an equal time line.
 *
 * <p>The first line is the header; estimates and gaps follow in time order, then by subject. Fields
 * stand in the order given here. All are always there, {@code null} where there is nothing to say,
 * except those marked <em>optional</em>.
 *
 * <table>
 *   <caption>The header, {@code "type":"timeline"}</caption>
 *   <tr><th>field</th><th>value</th></tr>
 *   <tr><td>{@code type}</td><td>{@code "timeline"}</td></tr>
 *   <tr><td>{@code schema}</td><td>{@value #SCHEMA}. It grows when a field changes its meaning or
 *       goes; new fields may come without. A reader refuses numbers above its own and ignores
 *       fields that it does not know.</td></tr>
 *   <tr><td>{@code source}</td><td>the name of the recording, for people</td></tr>
 *   <tr><td>{@code startMicros}, {@code endMicros}</td><td>the analysed part, whole microseconds of
 *       media time</td></tr>
 *   <tr><td>{@code labels}</td><td>the emotions of every distribution, in order; at least
 *       two</td></tr>
 *   <tr><td>{@code models}</td><td>name and version of each model</td></tr>
 *   <tr><td>{@code warnings}</td><td>sentences for people</td></tr>
 * </table>
 *
 * <table>
 *   <caption>An estimate, {@code "type":"estimate"}</caption>
 *   <tr><th>field</th><th>value</th></tr>
 *   <tr><td>{@code type}</td><td>{@code "estimate"}</td></tr>
 *   <tr><td>{@code subject}</td><td>who: {@code "face-1"}, {@code "voice"}</td></tr>
 *   <tr><td>{@code startMicros}, {@code endMicros}</td><td>when, half-open, whole microseconds of
 *       media time</td></tr>
 *   <tr><td>{@code emotion}</td><td>the most probable one; {@code null} if the distribution is
 *       empty. Not to be acted on where {@code abstained} is true.</td></tr>
 *   <tr><td>{@code distribution}</td><td>emotion to probability in [0, 1], summing to 1; only the
 *       emotions that the models know. One that is not there is no information, not 0.</td></tr>
 *   <tr><td>{@code valence}, {@code arousal}, {@code dominance}</td><td>in [-1, 1], or {@code null}
 *       for all three</td></tr>
 *   <tr><td>{@code affectSource}</td><td>{@code "model"}: a model read them; {@code "derived"}:
 *       computed from the distribution by published norms (and anew when read); {@code null}:
 *       there are none</td></tr>
 *   <tr><td>{@code confidence}</td><td>in [0, 1]</td></tr>
 *   <tr><td>{@code abstained}</td><td>true if the confidence fell short</td></tr>
 *   <tr><td>{@code contributions}</td><td>modality to its share in the result, in [0, 1]; only
 *       those that were present</td></tr>
 *   <tr><td>{@code reliability}</td><td>modality to how far its evidence could be read, in [0, 1];
 *       the same modalities</td></tr>
 *   <tr><td>{@code missing}</td><td>modality to the reason why it had nothing, a name of {@link
 *       io.github.erv.Evidence.Reason}</td></tr>
 *   <tr><td>{@code region}</td><td><em>optional</em>: {@code [x, y, width, height]} of the face, in
 *       pixels of the analysed frame</td></tr>
 *   <tr><td>{@code models}</td><td><em>optional</em>: name and version of each model, where they are
 *       not those of the header</td></tr>
 * </table>
 *
 * <table>
 *   <caption>A gap, {@code "type":"gap"}</caption>
 *   <tr><th>field</th><th>value</th></tr>
 *   <tr><td>{@code type}</td><td>{@code "gap"}</td></tr>
 *   <tr><td>{@code subject}</td><td>whose time line has the gap; {@code null} for the scene as a
 *       whole: nobody was there</td></tr>
 *   <tr><td>{@code startMicros}, {@code endMicros}</td><td>when, as above</td></tr>
 *   <tr><td>{@code reason}</td><td>a name of {@link io.github.erv.Evidence.Reason}</td></tr>
 * </table>
 *
 * <p>Numbers are the shortest decimals that read back to the same float. Thread-safe.
 */
public final class JsonLines {
  /** The schema that this version writes, and the newest that it reads. */
  public static final int SCHEMA = 1;

  private static final List<LabelSet> KNOWN_LABELS =
      List.of(LabelSet.EKMAN_6, LabelSet.EKMAN_7, LabelSet.FERPLUS_8, LabelSet.RAVDESS_8);

  private JsonLines() {}

  /**
   * Writes a time line to a file.
   *
   * @param timeline what to write
   * @param file created, or overwritten
   * @throws IOException if the file cannot be written
   */
  public static void write(EmotionTimeline timeline, Path file) throws IOException {
    try (Writer out = Files.newBufferedWriter(file)) {
      write(timeline, out);
    }
  }

  /**
   * Writes a time line.
   *
   * @param timeline what to write
   * @param out receives the lines, each ended by a line feed; neither flushed nor closed
   * @throws IOException if {@code out} throws it
   */
  public static void write(EmotionTimeline timeline, Appendable out) throws IOException {
    out.append(header(timeline)).append('\n');
    TimelineVisitor.visitAll(
        timeline,
        new TimelineVisitor() {
          @Override
          public void visit(EmotionEstimate estimate) throws IOException {
            out.append(line(estimate, timeline.models())).append('\n');
          }

          @Override
          public void visit(Gap gap) throws IOException {
            out.append(line(gap)).append('\n');
          }
        });
  }

  /**
   * Returns one estimate as a line, as for a live log. Its {@code models} are always there.
   *
   * @param estimate what to write
   * @return a JSON object without a line feed
   */
  public static String line(EmotionEstimate estimate) {
    return line(estimate, null);
  }

  /**
   * Returns one gap as a line, as for a live log.
   *
   * @param gap what to write
   * @return a JSON object without a line feed
   */
  public static String line(Gap gap) {
    return object(
        json -> {
          json.name("type").value("gap");
          json.name("subject");
          if (gap.subject().equals(Subject.SCENE)) {
            json.nullValue();
          } else {
            json.value(gap.subject().id());
          }
          span(json, gap.span());
          json.name("reason").value(gap.reason().name());
        });
  }

  private static String header(EmotionTimeline timeline) {
    return object(
        json -> {
          json.name("type").value("timeline");
          json.name("schema").value(SCHEMA);
          json.name("source").value(timeline.source());
          span(json, timeline.span());
          strings(json, "labels", timeline.labels().emotions().stream().map(Emotion::name));
          strings(json, "models", timeline.models().stream());
          strings(json, "warnings", timeline.warnings().stream());
        });
  }

  private static String line(EmotionEstimate estimate, @Nullable List<String> headerModels) {
    return object(
        json -> {
          json.name("type").value("estimate");
          json.name("subject").value(estimate.subject().id());
          span(json, estimate.span());
          Distribution distribution = estimate.distribution();
          json.name("emotion").value(distribution.informed() ? distribution.top().name() : null);
          json.name("distribution").beginObject();
          for (int i = 0; i < distribution.labels().size(); i++) {
            if (distribution.supports(i)) {
              number(json, distribution.labels().get(i).name(), distribution.probability(i));
            }
          }
          json.endObject();
          @Nullable Affect affect = estimate.affect().orElse(null);
          if (affect == null) {
            json.name("valence").nullValue();
            json.name("arousal").nullValue();
            json.name("dominance").nullValue();
            json.name("affectSource").nullValue();
          } else {
            number(json, "valence", affect.valence());
            number(json, "arousal", affect.arousal());
            number(json, "dominance", affect.dominance());
            json.name("affectSource").value(estimate.affectDerived() ? "derived" : "model");
          }
          number(json, "confidence", estimate.confidence());
          json.name("abstained").value(estimate.abstained());
          json.name("contributions").beginObject();
          for (Map.Entry<Modality, Contribution> entry : estimate.contributions().entrySet()) {
            number(json, entry.getKey().name(), entry.getValue().weight());
          }
          json.endObject();
          json.name("reliability").beginObject();
          for (Map.Entry<Modality, Contribution> entry : estimate.contributions().entrySet()) {
            number(json, entry.getKey().name(), entry.getValue().reliability());
          }
          json.endObject();
          json.name("missing").beginObject();
          for (Map.Entry<Modality, Evidence.Reason> entry : estimate.missing().entrySet()) {
            json.name(entry.getKey().name()).value(entry.getValue().name());
          }
          json.endObject();
          @Nullable Region region = estimate.region().orElse(null);
          if (region != null) {
            json.name("region").beginArray();
            json.jsonValue(Decimal.shortest(region.x()));
            json.jsonValue(Decimal.shortest(region.y()));
            json.jsonValue(Decimal.shortest(region.width()));
            json.jsonValue(Decimal.shortest(region.height()));
            json.endArray();
          }
          if (!estimate.models().equals(headerModels)) {
            strings(json, "models", estimate.models().stream());
          }
        });
  }

  /** Writes the fields of an object. */
  private interface Fields {
    void writeTo(JsonWriter json) throws IOException;
  }

  private static String object(Fields fields) {
    StringWriter text = new StringWriter();
    try (JsonWriter json = new JsonWriter(text)) {
      json.beginObject();
      fields.writeTo(json);
      json.endObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a StringWriter throws none
    }
    return text.toString();
  }

  private static void span(JsonWriter json, TimeSpan span) throws IOException {
    json.name("startMicros").value(span.startMicros());
    json.name("endMicros").value(span.endMicros());
  }

  private static void number(JsonWriter json, String name, float value) throws IOException {
    json.name(name).jsonValue(Decimal.shortest(value));
  }

  private static void strings(JsonWriter json, String name, Stream<String> values)
      throws IOException {
    json.name(name).beginArray();
    for (String value : (Iterable<String>) values::iterator) {
      json.value(value);
    }
    json.endArray();
  }

  /**
   * Reads a time line back.
   *
   * @param file as {@link #write(EmotionTimeline, Path)} wrote it
   * @return a time line equal to the one written
   * @throws IOException if the file cannot be read
   * @throws FormatException if a line is not as described above, naming the file, the line, the
   *     field, and what was expected and found
   */
  public static EmotionTimeline read(Path file) throws IOException {
    try (Reader in = Files.newBufferedReader(file)) {
      return read(in, file.toString());
    } catch (CharacterCodingException e) {
      throw new FormatException(file + " is not UTF-8 text", e);
    }
  }

  /**
   * Reads a time line back.
   *
   * @param in the lines; read to the end, not closed
   * @return a time line equal to the one written
   * @throws IOException if {@code in} throws it
   * @throws FormatException if a line is not as described above
   */
  public static EmotionTimeline read(Reader in) throws IOException {
    return read(in, "time line");
  }

  private static EmotionTimeline read(Reader in, String origin) throws IOException {
    BufferedReader lines = new BufferedReader(in);
    String first = lines.readLine();
    if (first == null) {
      throw new FormatException(origin + " is empty, expected a line of \"type\":\"timeline\"");
    }
    JsonLine header = new JsonLine(origin, 1, first);
    header.requireText("type", "timeline");
    long schema = header.wholeNumber("schema");
    if (schema < 1 || schema > SCHEMA) {
      throw header.error(
          "schema",
          "a number from 1 to " + SCHEMA + "; a higher one needs a newer version of erv",
          Long.toString(schema));
    }
    LabelSet labels = header.check(() -> labels(header.texts("labels")));
    List<String> models = header.texts("models");
    EmotionTimeline.Builder timeline =
        EmotionTimeline.builder(header.text("source"), labels).span(span(header)).models(models);
    header.texts("warnings").forEach(timeline::warning);
    int number = 1;
    for (String text = lines.readLine(); text != null; text = lines.readLine()) {
      number++;
      JsonLine line = new JsonLine(origin, number, text);
      String type = line.text("type");
      switch (type) {
        case "estimate" -> timeline.add(line.check(() -> estimate(line, labels, models)));
        case "gap" -> timeline.add(line.check(() -> gap(line)));
        default -> throw line.error("type", "\"estimate\" or \"gap\"", '"' + type + '"');
      }
    }
    try {
      return timeline.build();
    } catch (IllegalArgumentException e) {
      throw new FormatException(origin + ": " + e.getMessage(), e);
    }
  }

  private static LabelSet labels(List<String> names) {
    LabelSet labels = LabelSet.of(names.stream().map(Emotion::new).toList());
    return KNOWN_LABELS.stream().filter(labels::equals).findFirst().orElse(labels);
  }

  private static TimeSpan span(JsonLine line) {
    return line.check(
        () -> new TimeSpan(line.wholeNumber("startMicros"), line.wholeNumber("endMicros")));
  }

  private static Gap gap(JsonLine line) {
    return new Gap(
        line.isNull("subject") ? Subject.SCENE : new Subject(line.text("subject")),
        span(line),
        line.constant("reason", line.text("reason"), Evidence.Reason.class));
  }

  private static EmotionEstimate estimate(
      JsonLine line, LabelSet labels, List<String> headerModels) {
    Distribution distribution = distribution(line, labels);
    EmotionEstimate.Builder estimate =
        EmotionEstimate.builder(new Subject(line.text("subject")), span(line), distribution)
            .confidence(line.number("confidence"))
            .abstained(line.flag("abstained"))
            .contributions(contributions(line))
            .missing(missing(line))
            .models(line.has("models") ? line.texts("models") : headerModels);
    if (!line.isNull("affectSource")) {
      String source = line.text("affectSource");
      switch (source) {
        case "model" ->
            estimate.affect(
                new Affect(
                    line.number("valence"), line.number("arousal"), line.number("dominance")));
        case "derived" -> {}
        default -> throw line.error("affectSource", "\"model\", \"derived\" or null", source);
      }
    }
    if (line.has("region")) {
      float[] region = line.numbers("region", 4);
      estimate.region(new Region(region[0], region[1], region[2], region[3]));
    }
    return estimate.build();
  }

  private static Distribution distribution(JsonLine line, LabelSet labels) {
    float[] probabilities = new float[labels.size()];
    boolean[] support = new boolean[labels.size()];
    for (String name : line.names("distribution")) {
      int index = labels.indexOf(new Emotion(name));
      if (index < 0) {
        throw line.error("distribution", "only emotions of " + labels.emotions(), name);
      }
      probabilities[index] = line.number("distribution", name);
      support[index] = true;
    }
    Distribution distribution = Distribution.of(labels, probabilities, support);
    String expected = distribution.informed() ? distribution.top().name() : null;
    String actual = line.isNull("emotion") ? null : line.text("emotion");
    if (!String.valueOf(expected).equals(String.valueOf(actual))) {
      throw line.error("emotion", "the top of the distribution, " + expected, "" + actual);
    }
    return distribution;
  }

  private static SortedMap<Modality, Contribution> contributions(JsonLine line) {
    SortedMap<Modality, Contribution> contributions = new TreeMap<>();
    for (String name : line.names("contributions")) {
      contributions.put(
          new Modality(name),
          new Contribution(line.number("contributions", name), line.number("reliability", name)));
    }
    return contributions;
  }

  private static SortedMap<Modality, Evidence.Reason> missing(JsonLine line) {
    SortedMap<Modality, Evidence.Reason> missing = new TreeMap<>();
    for (String name : line.names("missing")) {
      missing.put(
          new Modality(name),
          line.constant("missing." + name, line.text("missing", name), Evidence.Reason.class));
    }
    return missing;
  }
}
