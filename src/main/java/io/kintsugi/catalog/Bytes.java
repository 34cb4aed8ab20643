package io.kintsugi.catalog;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Big-endian numbers in byte arrays, and the neighbours of byte strings in unsigned order. */
final class Bytes {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final byte HIGHEST = (byte) 0xFF;

    private Bytes() {}

    static void putLong(byte[] target, int at, long value) {
        LONG.set(target, at, value);
    }

    static long getLong(byte[] source, int at) {
        return (long) LONG.get(source, at);
    }

    static void putInt(byte[] target, int at, int value) {
        INT.set(target, at, value);
    }

    static int getInt(byte[] source, int at) {
        return (int) INT.get(source, at);
    }

    /** The least byte string behind {@code bytes}. */
    static byte[] successor(byte[] bytes) {
        return Arrays.copyOf(bytes, bytes.length + 1);
    }

    /** The least byte string behind all that begin with {@code prefix}, which must not be only 0xFF. */
    static byte[] behindPrefix(byte[] prefix) {
        int last = prefix.length - 1;
        while (last >= 0 && prefix[last] == HIGHEST) {
            last--;
        }
        if (last < 0) {
            throw new IllegalArgumentException("nothing sorts behind a prefix of only 0xFF");
        }
        byte[] next = Arrays.copyOf(prefix, last + 1);
        next[last]++;
        return next;
    }

    static byte[] max(byte[] a, byte[] b) {
        return Arrays.compareUnsigned(a, b) >= 0 ? a : b;
    }

    static boolean startsWith(byte[] bytes, byte[] prefix) {
        return bytes.length >= prefix.length && Arrays.equals(bytes, 0, prefix.length, prefix, 0, prefix.length);
    }
}
