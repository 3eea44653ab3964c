package io.github.erv;

import static java.util.Objects.requireNonNull;

import io.github.erv.emotion.Affect;
import io.github.erv.emotion.Distribution;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What an encoder found: something ({@link Present}), or nothing and why ({@link Missing}). That
 * there is no face or no speech is data, not an error, and fusion has to deal with both.
 */
public sealed interface Evidence permits Evidence.Present, Evidence.Missing {

  /** Why there is nothing. */
  enum Reason {
    /** No face in the picture. */
    NO_FACE,
    /** A face smaller than the encoder reads. */
    TOO_SMALL,
    /** A face that is covered, or turned too far. */
    OCCLUDED,
    /** No sound to speak of. */
    SILENCE,
    /** Sound, but nobody speaks. */
    NOT_SPEECH,
    /** The recording has no such stream: no picture, or no sound. */
    NO_STREAM,
    /** The stream ended before the recording did. */
    STREAM_ENDED,
    /** Nothing came in: frames further apart than the hop, or a source that stalled. */
    NO_INPUT,
    /** The stream is damaged here. */
    DECODE_ERROR
  }

  /**
   * Nothing was found.
   *
   * @param reason why
   */
  record Missing(Reason reason) implements Evidence {
    public Missing {
      requireNonNull(reason, "reason");
    }
  }

  /**
   * Something was found: a distribution over emotions, a position in affect space, an embedding, or
   * several of them. Immutable and thread-safe.
   */
  final class Present implements Evidence {
    private final @Nullable Distribution distribution;
    private final @Nullable Affect affect;
    private final float @Nullable [] embedding;
    private final float quality;
    private final @Nullable Region region;
    private final List<Cue> cues;

    private Present(Builder builder) {
      distribution = builder.distribution;
      affect = builder.affect;
      embedding = builder.embedding;
      quality = builder.quality;
      region = builder.region;
      cues = List.copyOf(builder.cues);
    }

    /**
     * Starts evidence of a given quality.
     *
     * @param quality how far the input lets itself be read, from 0 (not at all) to 1: size,
     *     sharpness, light and turn of a face, level and noise of a voice. NaN counts as 0.
     * @return a builder
     * @throws IllegalArgumentException if the quality is outside [0, 1]
     */
    public static Builder builder(float quality) {
      return new Builder(quality);
    }

    /**
     * Returns evidence that is a distribution alone.
     *
     * @param distribution over the encoder's labels
     * @param quality in [0, 1], see {@link #builder}
     * @return the evidence
     */
    public static Present of(Distribution distribution, float quality) {
      return builder(quality).distribution(distribution).build();
    }

    /**
     * Returns the emotion read.
     *
     * @return a distribution over the encoder's labels, or empty if it reads none
     */
    public Optional<Distribution> distribution() {
      return Optional.ofNullable(distribution);
    }

    /**
     * Returns the affect read by a model of the dimensions, never one derived from categories, not
     * even in part: a model of one dimension gives a cue.
     *
     * @return the position, or empty if the encoder reads none
     */
    public Optional<Affect> affect() {
      return Optional.ofNullable(affect);
    }

    /**
     * Returns the length of the embedding.
     *
     * @return the number of values, 0 if there is none
     */
    public int embeddingSize() {
      return embedding == null ? 0 : embedding.length;
    }

    /**
     * Copies the embedding into an array.
     *
     * @param target receives {@link #embeddingSize} values
     * @param offset where the first goes
     * @throws IndexOutOfBoundsException if they do not fit
     */
    public void copyEmbedding(float[] target, int offset) {
      if (embedding != null) {
        System.arraycopy(embedding, 0, target, offset, embedding.length);
      }
    }

    /**
     * Returns how far the input lets itself be read.
     *
     * @return from 0 (not at all) to 1
     */
    public float quality() {
      return quality;
    }

    /**
     * Returns where in the picture the evidence lies.
     *
     * @return the region in pixels of the analysed frame, or empty if there is no picture
     */
    public Optional<Region> region() {
      return Optional.ofNullable(region);
    }

    /**
     * Returns the measurements that came with it.
     *
     * @return an immutable list, often empty
     */
    public List<Cue> cues() {
      return cues;
    }

    /**
     * Returns a builder with everything this evidence holds.
     *
     * @return a builder
     */
    public Builder toBuilder() {
      Builder builder = new Builder(quality);
      builder.distribution = distribution;
      builder.affect = affect;
      builder.embedding = embedding;
      builder.region = region;
      builder.cues = cues;
      return builder;
    }

    @Override
    public String toString() {
      return "Present["
          + (distribution != null ? distribution + ", " : "")
          + (affect != null ? affect + ", " : "")
          + (embedding != null ? embedding.length + "-d embedding, " : "")
          + ("quality " + quality + "]");
    }

    /** Collects what was found. Not thread-safe. */
    public static final class Builder {
      private float quality;
      private @Nullable Distribution distribution;
      private @Nullable Affect affect;
      private float @Nullable [] embedding;
      private @Nullable Region region;
      private List<Cue> cues = List.of();

      private Builder(float quality) {
        quality(quality);
      }

      /**
       * Sets the quality.
       *
       * @param value in [0, 1]; NaN counts as 0
       * @return this
       */
      public Builder quality(float value) {
        if (value < 0 || value > 1) {
          throw new IllegalArgumentException("quality must be in [0, 1], was " + value);
        }
        quality = Float.isNaN(value) ? 0 : value;
        return this;
      }

      /**
       * Sets the emotion read.
       *
       * @param value over the encoder's labels
       * @return this
       */
      public Builder distribution(Distribution value) {
        distribution = requireNonNull(value);
        return this;
      }

      /**
       * Sets the affect read.
       *
       * @param value the position
       * @return this
       */
      public Builder affect(Affect value) {
        affect = requireNonNull(value);
        return this;
      }

      /**
       * Sets the embedding.
       *
       * @param values of the encoder's embedding size; copied
       * @return this
       */
      public Builder embedding(float... values) {
        embedding = values.clone();
        return this;
      }

      /**
       * Sets where in the picture it was found.
       *
       * @param value in pixels of the frame
       * @return this
       */
      public Builder region(Region value) {
        region = requireNonNull(value);
        return this;
      }

      /**
       * Sets the measurements.
       *
       * @param values any number; copied
       * @return this
       */
      public Builder cues(List<Cue> values) {
        cues = List.copyOf(values);
        return this;
      }

      /**
       * Returns the evidence.
       *
       * @return what was collected
       */
      public Present build() {
        return new Present(this);
      }
    }
  }
}
