package io.github.erv.media;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class MediaClockTest {
  private static final long SECOND = 1_000_000;

  private final Recorder sink = new Recorder();

  private long at(MediaClock.Track track, long stamp) {
    long time = track.time(stamp, sink);
    track.expect(time + 40_000);
    return time;
  }

  @Test
  void time_zero_isMoved() {
    MediaClock.Track track = new MediaClock(5 * SECOND, true, 0).track();

    assertEquals(0, at(track, 5 * SECOND));
    assertEquals(40_000, at(track, 5 * SECOND + 40_000));
  }

  @Test
  void time_stepAhead_isAHoleOrAJump() {
    MediaClock.Track hole = new MediaClock(0, false, 0).track();
    MediaClock.Track jump = new MediaClock(0, true, 0).track();
    at(hole, 0);
    at(jump, 0);

    assertEquals(100 * SECOND, at(hole, 100 * SECOND));
    assertEquals(0, sink.discontinuities.size());
    assertEquals(9 * SECOND, at(jump, 9 * SECOND));
    assertEquals(9 * SECOND + 40_000, at(jump, 100 * SECOND));
    assertEquals(1, sink.discontinuities.size());
  }

  @Test
  void time_jumpOfTwoTracks_keepsTheirOffset() {
    MediaClock clock = new MediaClock(0, true, 0);
    MediaClock.Track picture = clock.track();
    MediaClock.Track sound = clock.track();
    at(picture, 10 * SECOND);
    at(sound, 10 * SECOND);

    assertEquals(10 * SECOND + 40_000, at(picture, 500 * SECOND));
    assertEquals(10 * SECOND + 40_000, at(sound, 10 * SECOND + 40_000)); // not there yet
    assertEquals(10 * SECOND + 80_000, at(picture, 500 * SECOND + 40_000));
    assertEquals(10 * SECOND + 90_000, at(sound, 500 * SECOND + 50_000));
    assertEquals(1, sink.discontinuities.size());
  }

  @Test
  void time_wrapAround_goesOnUnmarked() {
    long wrap = MediaTrack.micros(1L << 33, 1, 90_000);
    MediaClock.Track track = new MediaClock(0, true, wrap).track();
    at(track, wrap - 20_000);

    assertEquals(wrap + 20_000, at(track, 20_000));
    assertEquals(wrap + 60_000, at(track, 60_000));
    assertEquals(0, sink.discontinuities.size());
  }

  @Test
  void micros_ticks_areRoundedToTheNearest() {
    assertEquals(33_367, MediaTrack.micros(1, 1001, 30_000));
    assertEquals(33_367, MediaTrack.micros(3003, 1, 90_000));
    assertEquals(-33_367, MediaTrack.micros(-3003, 1, 90_000));
    // nanoseconds: 292 years would overflow if multiplied first
    assertEquals(
        9_000_000_000_000_000L, MediaTrack.micros(9_000_000_000_000_000_000L, 1, 1_000_000_000));
    assertEquals(1L << 33, MediaTrack.micros(1L << 33, 1, 1_000_000));
  }
}
