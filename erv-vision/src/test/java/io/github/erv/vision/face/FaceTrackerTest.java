package io.github.erv.vision.face;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.erv.Evidence.Reason;
import io.github.erv.Region;
import io.github.erv.Subject;
import io.github.erv.media.Frame;
import io.github.erv.onnx.OnnxOptions;
import io.github.erv.vision.Pictures;
import java.awt.image.BufferedImage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Laws of tracking, on scenes whose truth is known because they are drawn. */
class FaceTrackerTest {
  private static final int WIDTH = 640;
  private static final int HEIGHT = 360;
  private static final long FRAME_MICROS = 100_000;

  /** How far, in heights of the head, the middle of the mesh may lie from where it was drawn. */
  private static final double OFF = 0.15;

  private static FaceModels models;

  @BeforeAll
  static void load() {
    models = FaceModels.bundled(OnnxOptions.DEFAULT);
  }

  @AfterAll
  static void close() {
    models.close();
  }

  /** What was said of one frame. */
  private static final class Seen implements FaceTracker.Sink {
    final TreeMap<Subject, Region> faces = new TreeMap<>();
    final TreeMap<Subject, Reason> missing = new TreeMap<>();

    @Override
    public void seen(FaceCrop face) {
      faces.put(face.subject(), face.region());
    }

    @Override
    public void unseen(Subject subject, Reason reason) {
      missing.put(subject, reason);
    }

    Subject only() {
      assertEquals(1, faces.size(), faces + " " + missing);
      return faces.firstKey();
    }

    /** Who is at a place, if anybody. */
    Optional<Subject> at(double x, double y, double height) {
      return faces.entrySet().stream()
          .filter(
              e -> {
                Region r = e.getValue();
                return Math.hypot(r.x() + r.width() / 2 - x, r.y() + r.height() / 2 - y)
                    < OFF * height;
              })
          .map(e -> e.getKey())
          .findFirst();
    }
  }

  private static BufferedImage scene(long seed) {
    return Pictures.blocks(WIDTH, HEIGHT, seed);
  }

  private static BufferedImage scene(long seed, double x, double y, int height) {
    BufferedImage image = scene(seed);
    Pictures.head(image, x, y, height);
    return image;
  }

  /** The middle of the face lies below the middle of the head. */
  private static final double FACE_BELOW = 0.09;

  private static final class Show implements AutoCloseable {
    final FaceTracker tracker;
    long time;

    Show(TrackerOptions options) {
      tracker = models.open(options);
    }

    Seen show(BufferedImage image) {
      Seen seen = new Seen();
      tracker.track(Frame.of(image, time), seen);
      time += FRAME_MICROS;
      return seen;
    }

    @Override
    public void close() {
      tracker.close();
    }
  }

  private static Show show() {
    return new Show(TrackerOptions.DEFAULT);
  }

  private static TrackerOptions options(
      int mostFaces, int smallest, Optional<Region> region, SubjectResolver resolver) {
    return new TrackerOptions(mostFaces, smallest, region, Duration.ofMillis(300), resolver);
  }

  @Test
  void track_pan_followsOneFace() {
    try (Show show = show()) {
      Set<Subject> subjects = new HashSet<>();
      for (int i = 0; i < 40; i++) {
        double x = 110 + 10.5 * i;
        double y = 180 + 30 * Math.sin(i / 6.0);
        Seen seen = show.show(scene(1, x, y, 160));
        Optional<Subject> there = seen.at(x, y + FACE_BELOW * 160, 160);
        assertTrue(there.isPresent(), i + ": " + seen.faces);
        subjects.add(there.get());
        assertEquals(1, seen.faces.size());
      }
      assertEquals(Set.of(Subject.face(1)), subjects);
    }
  }

  @Test
  void track_growingFace_followsOneFace() {
    try (Show show = show()) {
      for (int i = 0; i < 30; i++) {
        int height = (int) (60 * Math.pow(1.06, i));
        assertEquals(Subject.face(1), show.show(scene(2, 300, 180, height)).only(), "frame " + i);
      }
    }
  }

  @Test
  void track_cutToAnotherScene_isANewSubject() {
    try (Show show = show()) {
      for (int i = 0; i < 5; i++) {
        assertEquals(Subject.face(1), show.show(scene(3, 300, 180, 160)).only());
      }
      for (int i = 0; i < 5; i++) {
        assertEquals(Subject.face(2), show.show(scene(4, 310, 185, -160)).only());
      }
    }
  }

  @Test
  void track_cutToNobody_endsAtOnce() {
    try (Show show = show()) {
      for (int i = 0; i < 5; i++) {
        show.show(scene(3, 300, 180, 160));
      }
      Seen seen = show.show(scene(5));
      assertEquals(0, seen.faces.size());
      assertEquals(Reason.NO_FACE, seen.missing.get(Subject.SCENE));
    }
  }

  @Test
  void track_shortlyHidden_keepsItsSubject() {
    try (Show show = show()) {
      for (int i = 0; i < 5; i++) {
        show.show(scene(6, 300, 180, 120));
      }
      for (int i = 0; i < 4; i++) {
        Seen seen = show.show(scene(6));
        assertEquals(0, seen.faces.size());
        assertEquals(Reason.NO_FACE, seen.missing.get(Subject.face(1)));
        assertFalse(seen.missing.containsKey(Subject.SCENE));
      }
      assertEquals(Subject.face(1), show.show(scene(6, 304, 182, 120)).only());
    }
  }

  @Test
  void track_longHidden_isANewSubject() {
    try (Show show = show()) {
      for (int i = 0; i < 5; i++) {
        show.show(scene(6, 300, 180, 120));
      }
      Seen last = new Seen();
      for (int i = 0; i < 8; i++) {
        last = show.show(scene(6));
      }
      assertEquals(Set.of(Subject.SCENE), last.missing.keySet());
      assertEquals(Subject.face(2), show.show(scene(6, 300, 180, 120)).only());
    }
  }

  @Test
  void track_backElsewhere_isANewSubject() {
    try (Show show = show()) {
      for (int i = 0; i < 5; i++) {
        show.show(scene(6, 150, 180, 120));
      }
      show.show(scene(6));
      Seen seen = show.show(scene(6, 480, 180, 120));
      assertEquals(Set.of(Subject.face(2)), seen.faces.keySet());
    }
  }

  @Test
  void track_twoFacesCross_areNeverExchanged() {
    try (Show show = show()) {
      Subject leftAtFirst = null;
      Subject rightAtFirst = null;
      for (int i = 0; i <= 40; i++) {
        double a = 120 + 10 * i;
        double b = 520 - 10 * i;
        BufferedImage image = scene(7);
        Pictures.head(image, b, 185, -130);
        Pictures.head(image, a, 165, 150);
        Seen seen = show.show(image);
        if (i == 0) {
          leftAtFirst = seen.at(a, 165 + FACE_BELOW * 150, 150).orElseThrow();
          rightAtFirst = seen.at(b, 185 + FACE_BELOW * 130, 130).orElseThrow();
        }
        if (Math.abs(a - b) > 80) { // nearer, one hides the other
          Optional<Subject> walkerA = seen.at(a, 165 + FACE_BELOW * 150, 150);
          Optional<Subject> walkerB = seen.at(b, 185 + FACE_BELOW * 130, 130);
          assertTrue(walkerA.isPresent() && walkerB.isPresent(), i + ": " + seen.faces);
          assertFalse(walkerA.get().equals(rightAtFirst), "exchanged in frame " + i);
          assertFalse(walkerB.get().equals(leftAtFirst), "exchanged in frame " + i);
        }
        assertTrue(seen.faces.size() <= 2, i + ": " + seen.faces);
      }
    }
  }

  @Test
  void track_secondFaceEnters_isFoundWithinTheInterval() {
    try (Show show = show()) {
      for (int i = 0; i < 6; i++) {
        assertEquals(Subject.face(1), show.show(scene(8, 180, 180, 140)).only());
      }
      int frames = 0;
      Seen seen;
      do {
        BufferedImage image = scene(8, 180, 180, 140);
        Pictures.head(image, 460, 190, -120);
        seen = show.show(image);
        frames++;
      } while (seen.faces.size() < 2 && frames < 10);
      assertTrue(frames * FRAME_MICROS <= 400_000, "found after frames: " + frames);
      assertEquals(Set.of(Subject.face(1), Subject.face(2)), seen.faces.keySet());
    }
  }

  @Test
  void track_faceFillsThePicture_isFound() {
    for (int side = 48; side <= 192; side *= 2) {
      BufferedImage image = Pictures.blocks(side, side, 11);
      Pictures.head(image, side / 2.0, side / 2.0, (int) (1.4 * side));
      try (FaceTracker tracker = models.open(TrackerOptions.DEFAULT)) {
        Seen seen = new Seen();
        tracker.track(Frame.of(image), seen);
        Region region = seen.faces.get(seen.only());
        assertEquals(side / 2.0, region.x() + region.width() / 2, OFF * 1.4 * side);
        assertEquals(side / 2.0, region.y() + region.height() / 2, OFF * 1.4 * side);
      }
    }
  }

  @Test
  void track_oneStill_givesAllFacesTheLargestFirst() {
    try (Show show = show()) {
      BufferedImage image = scene(9, 120, 180, 90);
      Pictures.head(image, 320, 180, 170);
      Pictures.head(image, 520, 180, -120);
      Seen seen = show.show(image);
      assertEquals(
          List.of(Subject.face(1), Subject.face(2), Subject.face(3)),
          new ArrayList<>(seen.faces.keySet()));
      assertEquals(Optional.of(Subject.face(1)), seen.at(320, 195, 170));
      assertEquals(Optional.of(Subject.face(2)), seen.at(520, 191, 120));
    }
  }

  @Test
  void track_mostFaces_takesTheLargest() {
    try (Show show = new Show(options(1, 20, Optional.empty(), (face, lost) -> Optional.empty()))) {
      BufferedImage image = scene(9, 120, 180, 90);
      Pictures.head(image, 400, 180, 170);
      Seen seen = show.show(image);
      assertEquals(seen.only(), seen.at(400, 195, 170).orElseThrow());
    }
  }

  @Test
  void track_region_ignoresWhatLiesOutside() {
    Region left = new Region(0, 0, 320, 360);
    try (Show show =
        new Show(options(16, 20, Optional.of(left), (face, lost) -> Optional.empty()))) {
      BufferedImage image = scene(9, 150, 180, 120);
      Pictures.head(image, 480, 180, 170);
      Seen seen = show.show(image);
      assertEquals(seen.only(), seen.at(150, 191, 120).orElseThrow());
      Seen walkedOut = new Seen();
      for (double x = 150; x < 420; x += 15) {
        walkedOut = show.show(scene(9, x, 180, 120));
      }
      assertEquals(0, walkedOut.faces.size());
    }
  }

  @Test
  void track_smallestFace_isSaidToBeTooSmall() {
    try (Show show =
        new Show(options(16, 150, Optional.empty(), (face, lost) -> Optional.empty()))) {
      Seen seen = show.show(scene(9, 300, 180, 120));
      assertEquals(Reason.TOO_SMALL, seen.missing.get(Subject.SCENE));
      assertEquals(0, seen.faces.size());
    }
  }

  @Test
  void track_resolver_givesTheSubjectBack() {
    SubjectResolver latest = (face, lost) -> lost.stream().findFirst().map(l -> l.subject());
    try (Show show = new Show(options(16, 20, Optional.empty(), latest))) {
      assertEquals(Subject.face(1), show.show(scene(6, 300, 180, 120)).only());
      for (int i = 0; i < 8; i++) {
        show.show(scene(6));
      }
      assertEquals(Subject.face(1), show.show(scene(6, 200, 180, 120)).only());
    }
  }

  @Test
  void track_resolverThatInvents_isRefused() {
    SubjectResolver inventing = (face, lost) -> Optional.of(new Subject("somebody"));
    try (Show show = new Show(options(16, 20, Optional.empty(), inventing))) {
      assertThrows(IllegalStateException.class, () -> show.show(scene(6, 300, 180, 120)));
    }
  }

  @Test
  void discontinuity_sameFace_isANewSubject() {
    try (Show show = show()) {
      assertEquals(Subject.face(1), show.show(scene(6, 300, 180, 120)).only());
      show.tracker.discontinuity();
      assertEquals(Subject.face(2), show.show(scene(6, 300, 180, 120)).only());
    }
  }

  @Test
  void track_otherSize_isANewSubject() {
    try (Show show = show()) {
      assertEquals(Subject.face(1), show.show(scene(6, 300, 180, 120)).only());
      BufferedImage portrait = Pictures.portrait();
      assertEquals(Subject.face(2), show.show(portrait).only());
    }
  }

  @Test
  void track_afterClose_isRefused() {
    Show show = show();
    show.close();
    show.close();
    assertThrows(IllegalStateException.class, () -> show.show(scene(6)));
  }

  @Test
  void options_outOfRange_areRefused() {
    SubjectResolver none = (face, lost) -> Optional.empty();
    assertThrows(IllegalArgumentException.class, () -> options(0, 20, Optional.empty(), none));
    assertThrows(IllegalArgumentException.class, () -> options(1, 0, Optional.empty(), none));
    assertThrows(
        IllegalArgumentException.class,
        () -> new TrackerOptions(1, 1, Optional.empty(), Duration.ofMillis(-1), none));
  }
}
