package io.github.erv.media;

import io.github.erv.Evidence;
import io.github.erv.Modality;
import java.util.ArrayList;
import java.util.List;

/** A sink that keeps everything. */
class Recorder implements MediaSink {
  record Loss(Modality modality, TimeSpan span, Evidence.Reason reason) {}

  final List<Frame> frames = new ArrayList<>();
  final List<AudioWindow> windows = new ArrayList<>();
  final List<Loss> losses = new ArrayList<>();
  final List<Long> discontinuities = new ArrayList<>();

  static Recorder of(MediaSource source, MediaRequest request) {
    Recorder recorder = new Recorder();
    try (MediaReader reader = source.open(request)) {
      while (reader.read(recorder)) {
        // the sink takes it
      }
    }
    return recorder;
  }

  static Recorder of(MediaSource source) {
    return of(source, MediaRequest.ALL);
  }

  @Override
  public void video(Frame frame) {
    frames.add(frame.copy());
  }

  @Override
  public void audio(AudioWindow window) {
    windows.add(window.copy());
  }

  @Override
  public void lost(Modality modality, TimeSpan span, Evidence.Reason reason, String detail) {
    losses.add(new Loss(modality, span, reason));
  }

  @Override
  public void discontinuity(long timeMicros) {
    discontinuities.add(timeMicros);
  }

  List<Long> times() {
    return frames.stream().map(Frame::timestampMicros).toList();
  }

  List<Integer> ids() {
    return frames.stream().map(MediaFixtures::id).toList();
  }

  int sampleCount() {
    return windows.stream().mapToInt(AudioWindow::frames).sum();
  }

  /** Returns all samples of a channel in a row. */
  float[] samples(int channel) {
    float[] all = new float[sampleCount()];
    int n = 0;
    for (AudioWindow window : windows) {
      for (int i = 0; i < window.frames(); i++) {
        all[n++] = window.sample(i, channel);
      }
    }
    return all;
  }
}
