/**
 * The house rules as failing tests: {@link io.kintsugi.arch.Rooms} says which room may know which and why,
 * {@link io.kintsugi.arch.Tidy} how a source file looks. The packages below {@code canary} break rules on purpose, to
 * show that the tests notice.
 */
package io.kintsugi.arch;
