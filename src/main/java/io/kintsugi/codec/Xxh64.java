package io.kintsugi.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** XXH64 with seed 0, written from the specification ({@code doc/xxhash_spec.md} of xxHash, "XXH64"). */
final class Xxh64 implements XxhDigest.Hash {
    static final long P1 = 0x9E3779B185EBCA87L;
    static final long P2 = 0xC2B2AE3D27D4EB4FL;
    static final long P3 = 0x165667B19E3779F9L;
    static final long P4 = 0x85EBCA77C2B2AE63L;
    static final long P5 = 0x27D4EB2F165667C5L;
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int STRIPE = 32;

    private final byte[] rest = new byte[STRIPE];
    private int restLength;
    private long total;
    private long a = P1 + P2;
    private long b = P2;
    private long c;
    private long d = -P1;

    @Override
    public void update(byte[] bytes, int offset, int length) {
        total += length;
        int at = offset;
        int end = offset + length;
        if (restLength > 0) {
            int n = Math.min(STRIPE - restLength, length);
            System.arraycopy(bytes, at, rest, restLength, n);
            restLength += n;
            at += n;
            if (restLength < STRIPE) {
                return;
            }
            stripe(rest, 0);
            restLength = 0;
        }
        for (; end - at >= STRIPE; at += STRIPE) {
            stripe(bytes, at);
        }
        System.arraycopy(bytes, at, rest, 0, end - at);
        restLength = end - at;
    }

    @Override
    public byte[] value(int length) {
        return BigEndian.bytes(avalanche(tail(converged() + total)), length);
    }

    static long avalanche(long x) {
        long h = (x ^ x >>> 33) * P2;
        h = (h ^ h >>> 29) * P3;
        return h ^ h >>> 32;
    }

    private void stripe(byte[] bytes, int at) {
        a = round(a, (long) LONG.get(bytes, at));
        b = round(b, (long) LONG.get(bytes, at + 8));
        c = round(c, (long) LONG.get(bytes, at + 16));
        d = round(d, (long) LONG.get(bytes, at + 24));
    }

    private long converged() {
        if (total < STRIPE) {
            return P5;
        }
        long h = Long.rotateLeft(a, 1) + Long.rotateLeft(b, 7) + Long.rotateLeft(c, 12) + Long.rotateLeft(d, 18);
        return merge(merge(merge(merge(h, a), b), c), d);
    }

    private long tail(long start) {
        long h = start;
        int at = 0;
        for (; restLength - at >= 8; at += 8) {
            h = Long.rotateLeft(h ^ round(0, (long) LONG.get(rest, at)), 27) * P1 + P4;
        }
        if (restLength - at >= 4) {
            h = Long.rotateLeft(h ^ ((int) INT.get(rest, at) & 0xffffffffL) * P1, 23) * P2 + P3;
            at += 4;
        }
        for (; at < restLength; at++) {
            h = Long.rotateLeft(h ^ (rest[at] & 0xff) * P5, 11) * P1;
        }
        return h;
    }

    private static long round(long acc, long lane) {
        return Long.rotateLeft(acc + lane * P2, 31) * P1;
    }

    private static long merge(long h, long acc) {
        return (h ^ round(0, acc)) * P1 + P4;
    }
}
