/**
 * Faces read without a neural network: features that have names, and a classifier whose every
 * weight belongs to one of them.
 *
 * <p>Texture is {@link LocalBinaryPatterns} on a grid, and {@link LbpTop} where it changes; shape
 * is {@link HistogramOfOrientedGradients} and {@link LandmarkGeometry}; motion is {@link
 * OpticalFlow}. Each works alone on pictures of one's own, allocates nothing once it is made, and
 * counts as the scikit-image or OpenCV function of the same name does, where there is one. {@link
 * HandcraftedFaceEncoder} puts them before a support vector machine.
 */
@NullMarked
package io.github.erv.vision.handcrafted;

import org.jspecify.annotations.NullMarked;
