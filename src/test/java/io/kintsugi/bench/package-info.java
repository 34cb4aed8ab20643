/**
 * Measures the whole store through its socket, with a generator that takes as little as it can of the cores that it
 * shares with the store: requests are signed beforehand, and one thread moves all connections.
 * {@link io.kintsugi.bench.S3Bench} is the program; figures go to {@code docs/PERFORMANCE.md}.
 */
package io.kintsugi.bench;
