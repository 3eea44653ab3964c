/**
 * Contract tests for implementations of erv's interfaces, and the small fixtures they are written
 * with. In the test-jar of erv-core; needs JUnit 5 on the test class path.
 *
 * <p>A test of an encoder extends {@link io.github.erv.contract.EncoderContract}, one of a fusion
 * strategy {@link io.github.erv.contract.FusionContract}; both inherit all tests.
 */
@NullMarked
package io.github.erv.contract;

import org.jspecify.annotations.NullMarked;
