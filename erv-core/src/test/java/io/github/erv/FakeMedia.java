package io.github.erv;

import io.github.erv.media.AudioWindow;
import io.github.erv.media.Frame;
import io.github.erv.media.MediaInfo;
import io.github.erv.media.MediaReader;
import io.github.erv.media.MediaRequest;
import io.github.erv.media.MediaSink;
import io.github.erv.media.MediaSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** A recording that is written down in the test: one input or event a read. */
final class FakeMedia implements MediaSource {
  private final List<Consumer<MediaSink>> events = new ArrayList<>();
  private Optional<Long> durationMicros = Optional.empty();
  private boolean video;
  private boolean audio;
  final AtomicInteger openReaders = new AtomicInteger();

  static FakeMedia of(List<? extends TimedInput> inputs) {
    return new FakeMedia().then(inputs);
  }

  FakeMedia then(List<? extends TimedInput> inputs) {
    for (TimedInput input : inputs) {
      if (input instanceof Frame frame) {
        video = true;
        events.add(sink -> sink.video(frame));
      } else if (input instanceof AudioWindow window) {
        audio = true;
        events.add(sink -> sink.audio(window));
      }
    }
    return this;
  }

  FakeMedia then(Consumer<MediaSink> event) {
    events.add(event);
    return this;
  }

  FakeMedia lasting(long micros) {
    durationMicros = Optional.of(micros);
    return this;
  }

  /** Says that there is a picture, though none may come. */
  FakeMedia withVideo() {
    video = true;
    return this;
  }

  FakeMedia withAudio() {
    audio = true;
    return this;
  }

  @Override
  public MediaReader open(MediaRequest request) {
    openReaders.incrementAndGet();
    Iterator<Consumer<MediaSink>> left = events.iterator();
    MediaInfo info =
        new MediaInfo(
            "fake",
            durationMicros,
            video ? Optional.of(new MediaInfo.Video("raw", 1, 1, 10)) : Optional.empty(),
            audio ? Optional.of(new MediaInfo.Audio("pcm", 1, 4000)) : Optional.empty());
    return new MediaReader() {
      @Override
      public MediaInfo info() {
        return info;
      }

      @Override
      public boolean read(MediaSink sink) {
        if (left.hasNext()) {
          left.next().accept(sink);
        }
        return left.hasNext();
      }

      @Override
      public void close() {
        openReaders.decrementAndGet();
      }
    };
  }
}
