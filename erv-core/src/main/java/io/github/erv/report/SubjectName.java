package io.github.erv.report;

import io.github.erv.Subject;

/** What people are shown for a subject. */
final class SubjectName {
  private SubjectName() {}

  /** Returns {@code Face 1} for {@code face-1}; subjects that an application named stay as is. */
  static String of(Subject subject) {
    if (subject.equals(Subject.VOICE)) {
      return "Voice";
    }
    if (subject.equals(Subject.SCENE)) {
      return "Scene";
    }
    return subject.id().matches("face-\\d+")
        ? "Face " + subject.id().substring("face-".length())
        : subject.id();
  }
}
