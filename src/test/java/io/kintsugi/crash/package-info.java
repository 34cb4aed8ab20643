/**
 * Crash states of real files: what a process did to its drives is recorded below the JVM, a model of the page cache
 * says what may be left of it after a power cut at any moment, and each of these states is opened by the real code.
 * {@code docs/decisions/0015-crash-states-of-the-real-files.md} has the rules of the model.
 */
package io.kintsugi.crash;
