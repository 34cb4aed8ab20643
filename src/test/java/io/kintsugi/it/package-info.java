/**
 * Tests of the packaged application in a process of its own, JVM or native image, through real clients and signals.
 * {@link io.kintsugi.it.StoreProcess} starts and ends it; classes named {@code …IT} run in Maven's {@code verify}.
 */
package io.kintsugi.it;
