/**
 * Byte mathematics: Reed–Solomon, checksums, digests, and the pooled direct buffers that they work on. Layer 0: the
 * JDK, JavaReedSolomon and nouns of {@code io.kintsugi.base}; the only user of JNI. So two calls of the system that the
 * JDK lacks stand here, too, since they need the same library: {@link io.kintsugi.codec.CachedFile} for {@code drives},
 * and {@link io.kintsugi.codec.ProcessMemory}.
 *
 * <p>Invariants:
 *
 * <ul>
 *   <li>Every path of a kernel (C for each instruction set, C without any, Java) gives the same bytes. Reed–Solomon is
 *       byte-identical to JavaReedSolomon. Enforced by {@code ReedSolomonTest}, {@code DigestPropertyTest},
 *       {@code DigestPairPropertyTest} and {@code native/check.sh}.
 *   <li>Which path is taken is decided at run time from what the CPU says, and {@link io.kintsugi.codec.CodecInfo}
 *       tells it with the reason; without a loadable library everything works, in Java.
 *   <li>No native method is called with a range that was not checked against its buffer before.
 *   <li>A slab is given back exactly once; a pool never holds more than its bound. Enforced by {@code SlabPoolTest}.
 * </ul>
 *
 * <p>Class-level statement for the native image: {@code io.kintsugi.codec.Kernels} loads a library in its static
 * initialiser and must be initialised at run time; no other class of this room must. The resource
 * {@code native/linux-ARCH/libkintsugi.so} must be included. No JNI configuration is needed: C looks nothing up.
 */
package io.kintsugi.codec;
