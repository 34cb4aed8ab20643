package io.kintsugi.codec;

import io.kintsugi.base.ChecksumAlgorithm;
import java.util.Arrays;

/** Started by {@link CodecInfoTest} in processes of their own: says which paths are in use and tries them. */
final class CodecProbe {
    private CodecProbe() {}

    public static void main(String[] args) {
        System.out.println(CodecInfo.current().summary());
        boolean right;
        try (StripeFixture f = new StripeFixture(4, 2, 1000)) {
            ReedSolomon.of(4, 2).encode(f.stripe());
            right = f.firstWrongShard() < 0;
        }
        byte[] input = new byte[1000];
        for (ChecksumAlgorithm a : ChecksumAlgorithm.values()) {
            Digest d = Digest.of(a);
            d.update(input, 0, input.length);
            right &= Arrays.equals(References.value(a, input), d.finish());
        }
        System.out.println(right ? "parity and digests agree" : "parity or digests differ");
    }
}
