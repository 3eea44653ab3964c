package io.github.erv.vision.face;

import static java.util.Objects.requireNonNull;

import io.github.erv.Evidence.Reason;
import io.github.erv.Region;
import io.github.erv.Subject;
import io.github.erv.media.Frame;
import io.github.erv.vision.face.FaceDetector.Detection;
import io.github.erv.vision.face.SubjectResolver.Lost;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Follows faces through the frames of one recording, each under a {@link Subject} of its own.
 *
 * <p>Faces are looked for when nobody is followed, when somebody was just lost, and otherwise every
 * {@linkplain TrackerOptions#detectionInterval interval}; in between, the landmarks of one frame
 * say where to look in the next. A subject is never handed from one face to another: after a cut,
 * when two tracks fall on one face, or when a face suddenly looks different, the track ends, and
 * what is seen next is a new subject. A face that is lost keeps its subject for half a second, if
 * it comes back where it was.
 *
 * <p>Used by one thread at a time. The same frames give the same faces, to the bit.
 */
public final class FaceTracker implements AutoCloseable {
  /** Receives what is seen in a frame. */
  public interface Sink {
    /**
     * A face is seen.
     *
     * @param face valid until this returns
     */
    void seen(FaceCrop face);

    /**
     * A face that is followed is not seen, or none is.
     *
     * @param subject whose face it is; {@link Subject#SCENE} when nobody is followed
     * @param reason why
     */
    void unseen(Subject subject, Reason reason);
  }

  /** Score of the detector from which the mesh is asked for its opinion. */
  private static final float POSSIBLE = 0.5f;

  /** Score of the detector from which a face is believed at first sight. */
  private static final float CERTAIN = 0.7f;

  /** What the mesh must think of a face. */
  private static final float PRESENT = 0.5f;

  /** How much wider is looked where nobody is certain. */
  private static final double FARTHER = 2;

  /** What fills a picture: share of its shorter side. Smaller faces would have been found. */
  private static final double FILLS = 0.5;

  /** Distance of mesh and detection, in sides of the face, from which the mesh is mistrusted. */
  private static final double SLID_OFF = 0.2;

  /** How long a lost face keeps its subject. */
  private static final long COASTING_MICROS = 500_000;

  /** Correlation of a face with itself one frame later, if nothing but the face has moved. */
  private static final double UNCHANGED = 0.7;

  /** Correlation of a face with itself one frame later, below which the mesh has lost it. */
  private static final double CONTINUOUS = 0.2;

  /** Correlation of a face with itself after it was lost. */
  private static final double RECOGNISABLE = 0.3;

  /** Faces that share more than this of their area are one. */
  private static final float SAME_PLACE = 0.4f;

  /** How many of those who were followed before are remembered for the resolver. */
  private static final int REMEMBERED = 64;

  /** Somebody who is followed. */
  private static final class Track {
    Subject subject;
    FaceCrop crop;
    Landmarks landmarks;
    Region region;
    byte[] look = new byte[FaceCrop.JUDGED_SIDE * FaceCrop.JUDGED_SIDE];
    long seenMicros;
    boolean visible = true;

    /** Whether it was seen well enough to be a subject. */
    boolean confirmed;

    Track(FaceCrop crop) {
      this.crop = crop;
      subject = crop.subject();
      landmarks = crop.landmarks();
      region = crop.region();
      seenMicros = crop.span().startMicros();
    }

    void see(FaceCrop face) {
      crop = face;
      landmarks = face.landmarks();
      region = face.region();
      seenMicros = face.span().startMicros();
      visible = true;
    }
  }

  private final FaceDetector detector;
  private final FaceMesh mesh;
  private final TrackerOptions options;
  private final FrameSampler sampler = new FrameSampler();
  private final SceneCut cut = new SceneCut();
  private final List<Track> tracks = new ArrayList<>();
  private final Deque<Lost> lost = new ArrayDeque<>();
  private byte[] judged = new byte[FaceCrop.JUDGED_SIDE * FaceCrop.JUDGED_SIDE];
  private int numbers;
  private int width;
  private int height;
  private long timeMicros = Long.MIN_VALUE;
  private long detectedMicros;
  private boolean closed;

  FaceTracker(FaceDetector detector, FaceMesh mesh, TrackerOptions options) {
    this.detector = detector;
    this.mesh = mesh;
    this.options = requireNonNull(options, "options");
  }

  /**
   * Looks at the next frame.
   *
   * @param frame of any size and format, not before the last one
   * @param sink receives every face that is followed, in the order of their first appearance
   * @throws IllegalStateException if this is closed
   */
  public void track(Frame frame, Sink sink) {
    if (closed) {
      throw new IllegalStateException("the face tracker is closed");
    }
    long now = frame.timestampMicros();
    if (frame.width() != width || frame.height() != height || now < timeMicros) {
      discontinuity();
      width = frame.width();
      height = frame.height();
    }
    timeMicros = now;
    SceneCut.Verdict verdict = cut.test(frame);
    if (verdict == SceneCut.Verdict.CUT) {
      endAll();
    }
    boolean everybody = follow(frame, verdict);
    everybody &= separate();
    boolean tooSmall = false;
    if (!everybody
        || tracks.isEmpty()
        || now - detectedMicros >= options.detectionInterval().toNanos() / 1_000) {
      detectedMicros = now;
      tooSmall = detect(frame);
    }
    tracks.removeIf(
        track -> {
          boolean over =
              !track.visible && (!track.confirmed || now - track.seenMicros > COASTING_MICROS);
          if (over) {
            remember(track);
          }
          return over;
        });
    report(sink, tooSmall);
  }

  /** Ends all tracks: what comes next does not continue what was before. */
  public void discontinuity() {
    endAll();
    cut.reset();
  }

  private void endAll() {
    tracks.forEach(this::remember);
    tracks.clear();
  }

  private void end(Track track) {
    remember(track);
    tracks.remove(track);
  }

  private void remember(Track track) {
    if (track.confirmed) {
      lost.addFirst(new Lost(track.subject, track.region, track.seenMicros));
      if (lost.size() > REMEMBERED) {
        lost.removeLast();
      }
    }
  }

  /** Looks for each face where it was. Returns whether all were seen. */
  private boolean follow(Frame frame, SceneCut.Verdict verdict) {
    boolean everybody = true;
    for (int i = tracks.size() - 1; i >= 0; i--) {
      Track track = tracks.get(i);
      if (!track.visible) {
        everybody = false;
        continue;
      }
      track.visible = false;
      Landmarks landmarks = mesh.place(frame, track.landmarks.square(), sampler, PRESENT);
      if (landmarks == null || !near(track.region, landmarks.bounds()) || !inside(landmarks)) {
        everybody = false;
        continue;
      }
      FaceCrop crop = new FaceCrop(frame, track.subject, landmarks, sampler, judged);
      double likeness = correlation(judged, track.look);
      if (verdict == SceneCut.Verdict.SUDDEN && likeness < UNCHANGED) {
        end(track);
        everybody = false;
        continue;
      }
      if (verdict == SceneCut.Verdict.LIVELY && likeness < CONTINUOUS) {
        everybody = false;
        continue;
      }
      accept(track, crop);
    }
    return everybody;
  }

  private void accept(Track track, FaceCrop crop) {
    track.see(crop);
    byte[] older = track.look;
    track.look = judged;
    judged = older;
  }

  /** Tells whether a face can have got from one place to another between two frames. */
  private static boolean near(Region from, Region to) {
    float growth = (to.width() + to.height()) / (from.width() + from.height());
    return growth > 0.6f && growth < 1.67f && from.overlap(to) > 0.15f;
  }

  /** Tells whether a face lies in the frame, and in the region that is looked at. */
  private boolean inside(Landmarks landmarks) {
    Region region = landmarks.bounds();
    float x = region.x() + region.width() / 2;
    float y = region.y() + region.height() / 2;
    return x >= 0
        && y >= 0
        && x < width
        && y < height
        && options.region().map(r -> contains(r, x, y)).orElse(true);
  }

  private static boolean contains(Region region, float x, float y) {
    return x >= region.x()
        && y >= region.y()
        && x < region.x() + region.width()
        && y < region.y() + region.height();
  }

  /** Ends tracks that have fallen on one face, as whose it is cannot be told. */
  private boolean separate() {
    boolean apart = true;
    for (int i = tracks.size() - 1; i >= 0; i--) {
      for (int j = i - 1; j >= 0; j--) {
        Track later = tracks.get(i);
        Track earlier = tracks.get(j);
        if (later.visible && earlier.visible && later.region.overlap(earlier.region) > SAME_PLACE) {
          end(later);
          end(earlier);
          apart = false;
          i--;
          break;
        }
      }
    }
    return apart;
  }

  /** Looks for faces that are not followed. Returns whether there are some too small to read. */
  private boolean detect(Frame frame) {
    Square whole = lookedAt(frame);
    boolean tooSmall = detect(frame, whole, 0);
    if (!tooSmall && tracks.stream().noneMatch(track -> track.confirmed)) {
      // one face may fill the picture, which only from farther away looks as the models expect
      detect(frame, whole.scaled(FARTHER), FILLS * Math.min(frame.width(), frame.height()));
    }
    return tooSmall;
  }

  /** The same, among faces of some size in a square. */
  private boolean detect(Frame frame, Square square, double smallest) {
    List<Detection> detections = detector.detect(frame, square, sampler, POSSIBLE);
    detections.removeIf(detection -> detection.square().side() < smallest);
    detections.sort(Comparator.comparingDouble(d -> -(double) d.box().width() * d.box().height()));
    boolean tooSmall = false;
    for (Detection detection : detections) {
      Track known = at(detection);
      if (known != null) {
        if (!known.confirmed) {
          confirm(known);
        }
        anchor(frame, known, detection);
        continue;
      }
      Landmarks landmarks = place(frame, detection);
      if (landmarks == null || !inside(landmarks) || taken(landmarks.bounds())) {
        continue;
      }
      if (landmarks.square().side() < options.smallestFace()) {
        tooSmall = true;
        continue;
      }
      appear(frame, landmarks, detection.score());
    }
    return tooSmall;
  }

  private @Nullable Landmarks place(Frame frame, Detection detection) {
    Landmarks landmarks = mesh.place(frame, detection.square(), sampler, PRESENT);
    // once more, centred on the face itself
    return landmarks == null ? null : mesh.place(frame, landmarks.square(), sampler, PRESENT);
  }

  /** Puts a mesh that slid off its face, as behind a hand, back on it. */
  private void anchor(Frame frame, Track track, Detection detection) {
    Square followed = track.landmarks.square();
    Square detected = detection.square();
    double off = Math.hypot(followed.x() - detected.x(), followed.y() - detected.y());
    if (off <= SLID_OFF * followed.side()) {
      return;
    }
    Landmarks landmarks = place(frame, detection);
    if (landmarks != null && near(track.region, landmarks.bounds())) {
      accept(track, new FaceCrop(frame, track.subject, landmarks, sampler, judged));
    }
  }

  private Square lookedAt(Frame frame) {
    Region region =
        options.region().orElseGet(() -> new Region(0, 0, frame.width(), frame.height()));
    return new Square(
        region.x() + region.width() / 2,
        region.y() + region.height() / 2,
        Math.max(region.width(), region.height()),
        0);
  }

  /** Returns the track that is seen where a detection is. */
  private @Nullable Track at(Detection detection) {
    float x = detection.box().x() + detection.box().width() / 2;
    float y = detection.box().y() + detection.box().height() / 2;
    for (Track track : tracks) {
      if (track.visible
          && (contains(track.region, x, y) || track.region.overlap(detection.box()) > SAME_PLACE)) {
        return track;
      }
    }
    return null;
  }

  private boolean taken(Region region) {
    for (Track track : tracks) {
      if (track.visible && track.region.overlap(region) > SAME_PLACE / 2) {
        return true;
      }
    }
    return false;
  }

  /** Gives a face that appears to the track that lost it, or to a new one. */
  private void appear(Frame frame, Landmarks landmarks, float score) {
    FaceCrop crop = new FaceCrop(frame, Subject.face(numbers + 1), landmarks, sampler, judged);
    Track owner = null;
    int claims = 0;
    for (Track track : tracks) {
      if (!track.visible && near(track.region, crop.region())) {
        claims++;
        owner = correlation(judged, track.look) >= RECOGNISABLE ? track : owner;
      }
    }
    if (owner != null && claims == 1) {
      accept(owner, crop.withSubject(owner.subject));
      return;
    }
    if (tracks.size() < options.mostFaces()) {
      Track track = new Track(crop);
      tracks.add(track);
      accept(track, crop);
      if (score >= CERTAIN) {
        confirm(track);
      }
    }
  }

  /** Makes a track a subject. */
  private void confirm(Track track) {
    track.subject = Subject.face(numbers + 1);
    track.crop = track.crop.withSubject(track.subject);
    List<Lost> candidates = List.copyOf(lost);
    Subject known = options.resolver().resolve(track.crop, candidates).orElse(null);
    if (known == null) {
      numbers++;
    } else {
      if (!lost.removeIf(candidate -> candidate.subject().equals(known))) {
        throw new IllegalStateException(
            "a subject resolver must choose among those lost, "
                + (candidates + ", chose " + known));
      }
      track.subject = known;
      track.crop = track.crop.withSubject(known);
    }
    track.confirmed = true;
  }

  private void report(Sink sink, boolean tooSmall) {
    boolean said = false;
    for (Track track : tracks) {
      if (track.confirmed) {
        said = true;
        if (!track.visible) {
          sink.unseen(track.subject, Reason.NO_FACE);
        } else if (track.crop.side() < options.smallestFace()) {
          sink.unseen(track.subject, Reason.TOO_SMALL);
        } else {
          sink.seen(track.crop);
        }
      }
    }
    if (!said) {
      sink.unseen(Subject.SCENE, tooSmall ? Reason.TOO_SMALL : Reason.NO_FACE);
    }
  }

  /** Returns Pearson's correlation of two pictures, 0 if one is blank. */
  private static double correlation(byte[] a, byte[] b) {
    long sumA = 0;
    long sumB = 0;
    long squaresA = 0;
    long squaresB = 0;
    long products = 0;
    for (int i = 0; i < a.length; i++) {
      int x = a[i] & 255;
      int y = b[i] & 255;
      sumA += x;
      sumB += y;
      squaresA += (long) x * x;
      squaresB += (long) y * y;
      products += (long) x * y;
    }
    double n = a.length;
    double variance = (squaresA - sumA * sumA / n) * (squaresB - sumB * sumB / n);
    return variance <= 0 ? 0 : (products - sumA * sumB / n) / Math.sqrt(variance);
  }

  /** Gives back scratch and this tracker's share of the models. Idempotent. */
  @Override
  public void close() {
    closed = true;
    mesh.close();
    detector.close();
  }
}
