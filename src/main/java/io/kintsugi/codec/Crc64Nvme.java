package io.kintsugi.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.zip.Checksum;

/**
 * CRC-64/NVME in Java, eight bytes a step: polynomial 0xad93d23594c93659, reflected, initial value and final xor all
 * ones (NVM Express NVM Command Set Specification 1.0, "64b CRC").
 */
final class Crc64Nvme implements Checksum {
    /** The polynomial, bit-reversed. */
    static final long POLYNOMIAL = 0x9a6c9329ac4bc9b5L;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long[][] TABLE = tables();

    private long crc = -1;

    @Override
    public void update(int b) {
        crc = crc >>> 8 ^ TABLE[0][(int) (crc ^ b) & 0xff];
    }

    @Override
    public void update(byte[] bytes, int offset, int length) {
        long c = crc;
        int at = offset;
        int end = offset + length;
        for (; end - at >= 8; at += 8) {
            long x = c ^ (long) LONG.get(bytes, at);
            c = TABLE[7][(int) x & 0xff]
                    ^ TABLE[6][(int) (x >>> 8) & 0xff]
                    ^ TABLE[5][(int) (x >>> 16) & 0xff]
                    ^ TABLE[4][(int) (x >>> 24) & 0xff]
                    ^ TABLE[3][(int) (x >>> 32) & 0xff]
                    ^ TABLE[2][(int) (x >>> 40) & 0xff]
                    ^ TABLE[1][(int) (x >>> 48) & 0xff]
                    ^ TABLE[0][(int) (x >>> 56)];
        }
        for (; at < end; at++) {
            c = c >>> 8 ^ TABLE[0][(int) (c ^ bytes[at]) & 0xff];
        }
        crc = c;
    }

    @Override
    public long getValue() {
        return ~crc;
    }

    @Override
    public void reset() {
        crc = -1;
    }

    private static long[][] tables() {
        long[][] t = new long[8][256];
        for (int i = 0; i < 256; i++) {
            long c = i;
            for (int bit = 0; bit < 8; bit++) {
                c = (c & 1) == 0 ? c >>> 1 : c >>> 1 ^ POLYNOMIAL;
            }
            t[0][i] = c;
        }
        for (int i = 0; i < 256; i++) {
            for (int n = 1; n < 8; n++) {
                t[n][i] = t[n - 1][i] >>> 8 ^ t[0][(int) t[n - 1][i] & 0xff];
            }
        }
        return t;
    }
}
