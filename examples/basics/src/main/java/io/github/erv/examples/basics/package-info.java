/**
 * First steps: programs of a page each, to be read and taken apart.
 *
 * <p>{@link io.github.erv.examples.basics.AnalyzeFile} is what most people come for, {@link
 * io.github.erv.examples.basics.Webcam} does the same live, {@link
 * io.github.erv.examples.basics.VoiceOnly} does without pictures and their natives, and {@link
 * io.github.erv.examples.basics.OwnEncoder} and {@link io.github.erv.examples.basics.OwnFusion} put
 * a part of one's own into the works.
 *
 * <p>Each runs from the root of the project by {@code mvn -q -Pdemo -DskipTests -pl examples/basics
 * -am package}, which packages the module and starts {@code AnalyzeFile}; {@code -Derv.main=Webcam}
 * starts another, and {@code -Derv.args="..."} holds its arguments.
 */
@NullMarked
package io.github.erv.examples.basics;

import org.jspecify.annotations.NullMarked;
