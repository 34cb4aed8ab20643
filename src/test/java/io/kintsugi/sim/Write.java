package io.kintsugi.sim;

import io.kintsugi.base.ObjectMetadata;
import io.kintsugi.base.ObjectVersion;
import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One attempt to make an object. Its number goes along as user metadata, so that whatever is read later names the
 * attempt that it is of, and its bytes are a function of its pieces.
 *
 * @param number unique within a run
 * @param etag as S3 defines it, quotes left out
 */
record Write(int number, List<Piece> pieces, String etag) {
    private static final String NAME = "write";
    private static final HexFormat HEX = HexFormat.of();

    /** Bytes that came in one request; {@code seed} tells them. */
    record Piece(long seed, int size) {
        /** What they are: chance, but always the same (SplitMix64). */
        byte[] bytes() {
            byte[] bytes = new byte[size];
            long state = seed;
            for (int i = 0; i < size; i++) {
                if (i % Long.BYTES == 0) {
                    state += 0x9e3779b97f4a7c15L;
                }
                long mixed = (state ^ state >>> 30) * 0xbf58476d1ce4e5b9L;
                bytes[i] = (byte) (mixed >>> 8 * (i % Long.BYTES));
            }
            return bytes;
        }

        String md5() {
            return HEX.formatHex(digest(bytes()));
        }
    }

    static Write single(int number, List<Piece> pieces) {
        return new Write(number, pieces, HEX.formatHex(digest(bytes(pieces))));
    }

    static Write multipart(int number, List<Piece> pieces) {
        ByteArrayOutputStream sums = new ByteArrayOutputStream();
        pieces.forEach(piece -> sums.writeBytes(digest(piece.bytes())));
        return new Write(number, pieces, HEX.formatHex(digest(sums.toByteArray())) + "-" + pieces.size());
    }

    private static byte[] digest(byte[] bytes) {
        try {
            return MessageDigest.getInstance("MD5").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] bytes(List<Piece> pieces) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        pieces.forEach(piece -> all.writeBytes(piece.bytes()));
        return all.toByteArray();
    }

    byte[] bytes() {
        return bytes(pieces);
    }

    int size() {
        return pieces.stream().mapToInt(Piece::size).sum();
    }

    ObjectMetadata metadata() {
        return metadata(number);
    }

    static ObjectMetadata metadata(int number) {
        return new ObjectMetadata(Map.of(), Map.of(NAME, Integer.toString(number)), Map.of());
    }

    /** The attempt that an object is of; empty for delete markers. */
    static Optional<Integer> numberOf(ObjectVersion version) {
        return version.deleteMarker()
                ? Optional.empty()
                : Optional.of(Integer.valueOf(version.metadata().user().getOrDefault(NAME, "-1")));
    }
}
