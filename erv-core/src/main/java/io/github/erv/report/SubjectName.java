package io.github.erv.report;

import io.github.erv.Subject;
import java.util.regex.Pattern;

/** What people are shown for a subject. */
final class SubjectName {
  private static final Pattern FACE = Pattern.compile("face-\\d+");

  private SubjectName() {}

  static boolean isFace(Subject subject) {
    return FACE.matcher(subject.id()).matches();
  }

  /** Returns {@code Face 1} for {@code face-1}; subjects that an application named stay as is. */
  static String of(Subject subject) {
    if (subject.equals(Subject.VOICE)) {
      return "Voice";
    }
    if (subject.equals(Subject.SCENE)) {
      return "Scene";
    }
    return isFace(subject) ? "Face " + subject.id().substring("face-".length()) : subject.id();
  }
}
