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
import java.util.TreeMap;

/**
 * One attempt to make an object. Its number goes along as user metadata, and in the storage class, which is all that
 * listings have, so that whatever is read later names the attempt that it is of; its bytes are a function of its
 * pieces.
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
        String name = Integer.toString(number);
        return new ObjectMetadata(new TreeMap<>(), new TreeMap<>(Map.of(nameOf(name), name)), new TreeMap<>(), name);
    }

    /** Shorter by what the storage class takes: a row is as long as if there were none. */
    private static String nameOf(String number) {
        return NAME.substring(Math.min(number.length(), NAME.length() - 1));
    }

    /** The attempt that an object is of; empty for delete markers. Listings have no other metadata than the class. */
    static Optional<Integer> numberOf(ObjectVersion version) {
        if (version.deleteMarker()) {
            return Optional.empty();
        }
        String number = version.metadata().storageClass();
        if (number.equals(ObjectMetadata.STANDARD)) {
            return Optional.of(-1);
        }
        boolean listed = version.parts().isEmpty();
        boolean named = number.equals(version.metadata().user().get(nameOf(number)));
        return Optional.of(listed || named ? Integer.parseInt(number) : -1);
    }
}
