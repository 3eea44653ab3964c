package io.github.erv.examples.basics;

import io.github.erv.RecognitionListener;
import io.github.erv.emotion.EmotionEstimate;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarStyle;

/** A bar on the console that follows the reading of one recording, in seconds of media. */
final class Progress implements RecognitionListener, AutoCloseable {
  private final ProgressBar bar;

  Progress(String name) {
    bar =
        ProgressBar.builder()
            .setTaskName(name)
            .setInitialMax(-1) // not known until the recording is open
            .setUnit(" s", 1_000_000)
            .setStyle(ProgressBarStyle.ASCII)
            .build();
  }

  @Override
  public void estimate(EmotionEstimate estimate) {}

  @Override
  public void progress(RecognitionListener.Progress progress) {
    progress.durationMicros().ifPresent(bar::maxHint);
    bar.stepTo(progress.positionMicros());
  }

  @Override
  public void close() {
    bar.close();
  }
}
