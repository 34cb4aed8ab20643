package io.kintsugi.s3;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.kintsugi.base.ByteSource;
import io.kintsugi.base.Clock;
import io.kintsugi.base.StoreException;
import io.kintsugi.iam.AmzTestDate;
import io.kintsugi.iam.Payload;
import io.kintsugi.iam.RootCredentials;
import io.kintsugi.iam.SigV4Verifier;
import io.kintsugi.iam.SignedRequest;
import io.kintsugi.iam.TestSigner;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.zip.CRC32;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** However the bytes of an aws-chunked body arrive, it is the same body; and no change of it goes unnoticed. */
class AwsChunkedPropertyTest {
    private static final RootCredentials ROOT = new RootCredentials("tester", "a-secret-of-the-test");
    private static final int MAX_CHUNKS = 5;

    /** The three codings. */
    enum Coding {
        SIGNED(Payload.SIGNED_CHUNKS),
        SIGNED_TRAILER(Payload.SIGNED_CHUNKS_TRAILER),
        UNSIGNED_TRAILER(Payload.UNSIGNED_CHUNKS_TRAILER);

        private final String word;

        Coding(String word) {
            this.word = word;
        }
    }

    /** A request as a client sends it. */
    private record Sent(Map<String, String> headers, byte[] body, byte[] content) {
        static Sent of(Coding coding, List<byte[]> chunks) {
            TestSigner signer = new TestSigner(ROOT.accessKey(), ROOT.secretKey(), "us-east-1", AmzTestDate.now());
            byte[] content = TestSigner.concat(chunks);
            Map<String, String> headers = new TreeMap<>(Map.of(
                    "host",
                    "localhost",
                    "x-amz-content-sha256",
                    coding.word,
                    "x-amz-decoded-content-length",
                    Integer.toString(content.length)));
            if (coding != Coding.SIGNED) {
                headers.put("x-amz-trailer", "x-amz-checksum-crc32");
            }
            headers = signer.sign("PUT", "/b/k", Map.of(), headers);
            return new Sent(headers, body(coding, signer, headers, chunks), content);
        }

        private static byte[] body(Coding coding, TestSigner signer, Map<String, String> headers, List<byte[]> chunks) {
            String trailer = "x-amz-checksum-crc32:" + crc32(TestSigner.concat(chunks));
            return switch (coding) {
                case SIGNED -> {
                    byte[] signed =
                            signer.chunks(TestSigner.seedOf(headers), chunks).bytes();
                    yield TestSigner.concat(List.of(signed, TestSigner.latin1("\r\n")));
                }
                case SIGNED_TRAILER -> {
                    TestSigner.SignedBody signed = signer.chunks(TestSigner.seedOf(headers), chunks);
                    String signature = signer.trailerSignature(signed.last(), trailer + "\n");
                    yield TestSigner.concat(List.of(
                            signed.bytes(),
                            TestSigner.latin1(trailer + "\r\nx-amz-trailer-signature:" + signature + "\r\n\r\n")));
                }
                case UNSIGNED_TRAILER -> unsigned(chunks, trailer);
            };
        }

        private static byte[] unsigned(List<byte[]> chunks, String trailer) {
            List<byte[]> parts = new ArrayList<>();
            for (byte[] chunk : chunks) {
                parts.add(TestSigner.latin1(Integer.toHexString(chunk.length) + "\r\n"));
                parts.add(chunk);
                parts.add(TestSigner.latin1("\r\n"));
            }
            parts.add(TestSigner.latin1("0\r\n" + trailer + "\r\n\r\n"));
            return TestSigner.concat(parts);
        }

        Sent with(byte[] otherBody) {
            return new Sent(headers, otherBody, content);
        }
    }

    @Property(tries = 300)
    void anySplitGivesTheSameBytes(
            @ForAll Coding coding,
            @ForAll @Size(max = MAX_CHUNKS) List<@IntRange(min = 1, max = 9000) Integer> sizes,
            @ForAll long seed) {
        Random random = new Random(seed);
        Sent sent = Sent.of(coding, chunks(sizes, random));
        assertArrayEquals(sent.content(), decode(sent, random));
    }

    /** Chunks of the lengths that SDKs send, and around what may wait to be hashed with the next one. */
    @Property(tries = 100)
    void largeChunksGiveTheSameBytes(
            @ForAll Coding coding,
            @ForAll @Size(min = 1, max = 7) List<@IntRange(min = 0, max = 7) Integer> kinds,
            @ForAll long seed) {
        Random random = new Random(seed);
        int most = (int) ChunkVerifier.MOST_WAITING_BYTES;
        int[] sizes = {1, 100, 65536, 65536, 65536, most, most + 1, 300_000};
        Sent sent = Sent.of(coding, chunks(kinds.stream().map(k -> sizes[k]).toList(), random));
        assertArrayEquals(sent.content(), decode(sent, random));
    }

    /** Whichever chunk of several has a wrong byte or a wrong signature. */
    @Property(tries = 200)
    void aWrongChunkIsRefusedWhereverItIs(
            @ForAll @Size(min = 1, max = 6) List<@IntRange(min = 1, max = 4000) Integer> sizes,
            @ForAll boolean inSignature,
            @ForAll long seed) {
        Random random = new Random(seed);
        List<byte[]> chunks = chunks(sizes, random);
        Sent sent = Sent.of(Coding.SIGNED, chunks);
        int wrong = random.nextInt(chunks.size());
        int begin = 0;
        for (int i = 0; i <= wrong; i++) {
            begin = indexOf(sent.body(), "\r\n", begin + (i > 0 ? sizes.get(i - 1) + 2 : 0)) + 2;
        }
        byte[] corrupted = sent.body().clone();
        corrupted[inSignature ? begin - 3 : begin + random.nextInt(sizes.get(wrong))] ^= 1;
        StoreException.Invalid refused =
                assertThrows(StoreException.Invalid.class, () -> decode(sent.with(corrupted), random));
        assertEquals(StoreException.Invalid.Kind.CHUNK_SIGNATURE, refused.kind());
    }

    private static int indexOf(byte[] bytes, String text, int from) {
        return new String(bytes, StandardCharsets.ISO_8859_1).indexOf(text, from);
    }

    /** A line feed for a carriage return between trailers means the same; nothing else does. */
    @Property(tries = 500)
    void anyCorruptedByteIsNoticed(
            @ForAll boolean trailer,
            @ForAll @Size(min = 1, max = 3) List<@IntRange(min = 1, max = 300) Integer> sizes,
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 255) int flip) {
        Random random = new Random(seed);
        Sent sent = Sent.of(trailer ? Coding.SIGNED_TRAILER : Coding.SIGNED, chunks(sizes, random));
        byte[] corrupted = sent.body().clone();
        int position = random.nextInt(corrupted.length);
        corrupted[position] ^= (byte) flip;
        try {
            byte[] decoded = decode(sent.with(corrupted), random);
            assertArrayEquals(sent.content(), decoded);
            assertEquals(
                    true,
                    isSame(sent.body()[position], corrupted[position]),
                    "byte " + position + " of " + new String(sent.body(), StandardCharsets.ISO_8859_1));
        } catch (StoreException.Invalid refused) {
            assertEquals(4, S3Errors.of(refused).status() / 100);
        }
    }

    /** Hexadecimal digits in the size and names of trailers may change their case, and blank lines their end. */
    private static boolean isSame(byte before, byte after) {
        return Character.toLowerCase(before) == Character.toLowerCase(after)
                || before == '\r' && (after == '\n' || after == ' ' || after == '\t');
    }

    @Property(tries = 300)
    void anyBodyCutShortIsNoticed(@ForAll Coding coding, @ForAll long seed) {
        Random random = new Random(seed);
        Sent sent = Sent.of(coding, chunks(List.of(100, 200), random));
        int length = random.nextInt(sent.body().length - (coding == Coding.SIGNED ? 0 : 2));
        byte[] cut = Arrays.copyOf(sent.body(), length);
        assertThrows(StoreException.Invalid.class, () -> decode(sent.with(cut), random), () -> "cut to " + length);
    }

    @Property(tries = 300)
    void anyNoiseIsRefused(@ForAll Coding coding, @ForAll byte[] noise, @ForAll long seed) {
        Sent sent = Sent.of(coding, chunks(List.of(10), new Random(seed)));
        assertThrows(StoreException.Invalid.class, () -> decode(sent.with(noise), new Random(seed)));
    }

    /** As minio-go sends it: the trailer's line ends in a line feed, and empty lines follow. */
    @Example
    void otherLineEndsOfTrailers() {
        Sent sent = Sent.of(Coding.SIGNED_TRAILER, List.of(new byte[10]));
        String text = new String(sent.body(), StandardCharsets.ISO_8859_1);
        String other = text.replace("\r\nx-amz-trailer-signature", "\n\r\nx-amz-trailer-signature");
        assertArrayEquals(new byte[10], decode(sent.with(TestSigner.latin1(other)), new Random(1)));
    }

    @Example
    void controlCharactersAreNoWhiteSpace() {
        Sent sent = Sent.of(Coding.SIGNED_TRAILER, List.of(new byte[10]));
        byte[] corrupted = sent.body().clone();
        corrupted[corrupted.length - 4] = '\f';
        assertThrows(StoreException.Invalid.class, () -> decode(sent.with(corrupted), new Random(1)));
    }

    @Example
    void trailersThatWereNotAnnouncedOrAreMissing() {
        Sent sent = Sent.of(Coding.UNSIGNED_TRAILER, List.of(new byte[10]));
        String text = new String(sent.body(), StandardCharsets.ISO_8859_1);
        for (String other : List.of(
                text.replace("x-amz-checksum-crc32:", "x-amz-checksum-sha1:"),
                text.replace("x-amz-checksum-crc32:", "x-amz-checksum-crc32"),
                text.substring(0, text.indexOf("x-amz")) + "\r\n",
                text.replace("\r\n\r\n", "\r\nx-more:1\r\n\r\n"))) {
            StoreException.Invalid refused = assertThrows(
                    StoreException.Invalid.class,
                    () -> decode(sent.with(TestSigner.latin1(other)), new Random(1)),
                    other);
            assertEquals(StoreException.Invalid.Kind.MALFORMED_TRAILER, refused.kind());
        }
    }

    @Example
    void theDecodedLengthIsBinding() {
        Sent sent = Sent.of(Coding.UNSIGNED_TRAILER, List.of(new byte[10], new byte[5]));
        for (String length : List.of("14", "16", "9", "1000000")) {
            sent.headers().put("x-amz-decoded-content-length", length);
            StoreException.Invalid refused =
                    assertThrows(StoreException.Invalid.class, () -> decode(sent, new Random(1)));
            assertEquals(StoreException.Invalid.Kind.INCOMPLETE_BODY, refused.kind());
        }
    }

    @Example
    void endlessLinesAndSizesAreBounded() {
        Sent sent = Sent.of(Coding.UNSIGNED_TRAILER, List.of(new byte[10]));
        for (String body : List.of(
                "a".repeat(5000),
                "0".repeat(500) + "\r\n",
                "ffffffffffffffff\r\n",
                "-1\r\n",
                "\r\n",
                " a\r\n",
                "a;x=y\r\n",
                "0\r\nx-amz-checksum-crc32:" + "A".repeat(5000) + "\r\n",
                "0\r\n" + "\r\n".repeat(5000))) {
            assertThrows(
                    StoreException.Invalid.class,
                    () -> decode(sent.with(TestSigner.latin1(body)), new Random(1)),
                    body);
        }
    }

    private static byte[] decode(Sent sent, Random random) {
        List<String> flat = new ArrayList<>();
        sent.headers().forEach((name, value) -> flat.addAll(List.of(name, value)));
        Payload payload = sent.headers().get("x-amz-content-sha256").equals(Payload.UNSIGNED_CHUNKS_TRAILER)
                ? new Payload.UnsignedChunks()
                : new SigV4Verifier(ROOT, "us-east-1", Clock.SYSTEM)
                        .verify(new SignedRequest("PUT", "/b/k", "", flat))
                        .payload();
        BodyHeaders headers = BodyHeaders.read(Headers.of(flat.toArray(String[]::new)), payload);
        WireBody body = WireBody.of(source(sent.body(), random), payload, headers);
        byte[] decoded = random.nextBoolean()
                ? readPieces(body, random)
                : TargetReads.whole(body, random, 6, 0, 1 + (1 << random.nextInt(14)));
        assertEquals(-1, body.read(ByteBuffer.allocate(1)));
        Optional<byte[]> claimed = body.claimedChecksum();
        assertEquals(headers.trailers().isPresent(), claimed.isPresent());
        return decoded;
    }

    private static byte[] readPieces(WireBody body, Random random) {
        ByteArrayOutputStream decoded = new ByteArrayOutputStream();
        ByteBuffer target = ByteBuffer.allocate(1 + random.nextInt(5000));
        while (body.read(target) >= 0) {
            decoded.write(target.array(), 0, target.position());
            target.clear();
        }
        return decoded.toByteArray();
    }

    /** Gives at least a byte and at most what random says. */
    private static ByteSource source(byte[] bytes, Random random) {
        ByteBuffer left = ByteBuffer.wrap(bytes);
        int most = 1 + random.nextInt(3) * random.nextInt(4000);
        return target -> {
            if (!left.hasRemaining()) {
                return -1;
            }
            int count = Math.min(1 + random.nextInt(most), Math.min(left.remaining(), target.remaining()));
            target.put(target.position(), left, left.position(), count).position(target.position() + count);
            left.position(left.position() + count);
            return count;
        };
    }

    private static List<byte[]> chunks(List<Integer> sizes, Random random) {
        List<byte[]> chunks = new ArrayList<>();
        for (int size : sizes) {
            byte[] chunk = new byte[size];
            random.nextBytes(chunk);
            chunks.add(chunk);
        }
        return chunks;
    }

    private static String crc32(byte[] bytes) {
        CRC32 crc = new CRC32();
        crc.update(bytes);
        return Base64.getEncoder()
                .encodeToString(
                        ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
    }
}
