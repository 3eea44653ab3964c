package io.github.erv.training.voice;

/**
 * One recording as the model sees it.
 *
 * @param name of the file
 * @param label index of its emotion
 * @param speaker who speaks
 * @param frames log-mel frames of speech, shape (frames, bands)
 */
@SuppressWarnings("ArrayRecordComponent") // held by the trainer alone, never compared
record Recording(String name, int label, String speaker, float[][] frames) {}
