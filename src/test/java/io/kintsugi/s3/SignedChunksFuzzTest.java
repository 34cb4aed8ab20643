package io.kintsugi.s3;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.kintsugi.base.Clock;
import io.kintsugi.base.Pieces;
import io.kintsugi.base.StoreException;
import io.kintsugi.iam.AmzTestDate;
import io.kintsugi.iam.Payload;
import io.kintsugi.iam.RootCredentials;
import io.kintsugi.iam.SigV4Verifier;
import io.kintsugi.iam.SignedRequest;
import io.kintsugi.iam.TestSigner;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * A body of signed chunks that somebody has tampered with, or nobody: what is taken is what was signed, all of it, in
 * its order, and everything else is refused, however it arrives and wherever it is read to. What is right is told by a
 * reader that has the whole body before it, and hashes with the JDK.
 */
class SignedChunksFuzzTest {
    private static final RootCredentials ROOT = new RootCredentials("tester", "a-secret-of-the-test");
    private static final String REGION = "us-east-1";
    private static final String EXTENSION = ";chunk-signature=";
    private static final int SIGNATURE_CHARS = 64;
    private static final int MAX_SIZE_DIGITS = 12;
    private static final int MOST_TARGETS = 6;
    /** About what waits for the next chunk and what does not ({@link ChunkVerifier#MOST_WAITING_BYTES}). */
    private static final int[] LARGE = {4_096, 65_535, 65_536, 70_000, 131_072, 131_073};

    private static final int SMALL = 200;

    /** What the fuzzer says, a byte at a time; zeros when it says no more. */
    private record Words(ByteBuffer left) {
        int next(int bound) {
            return (left.hasRemaining() ? left.get() & 0xff : 0) % bound;
        }
    }

    /** As it is on the wire. */
    private record Chunk(String size, String signature, byte[] bytes) {
        Chunk signed(String other) {
            return new Chunk(size, other, bytes);
        }

        byte[] wire() {
            byte[] head = TestSigner.latin1(size + EXTENSION + signature + "\r\n");
            return TestSigner.concat(List.of(head, bytes, TestSigner.latin1("\r\n")));
        }
    }

    /** A request, and the chunks of its body as they were signed, the last, empty one too. */
    private record Sent(TestSigner signer, Map<String, String> headers, List<byte[]> contents) {
        static Sent of(List<byte[]> contents) {
            var signer = new TestSigner(ROOT.accessKey(), ROOT.secretKey(), REGION, AmzTestDate.now());
            Map<String, String> headers = signer.sign(
                    "PUT",
                    "/b/k",
                    Map.of(),
                    Map.of(
                            "host",
                            "localhost",
                            "x-amz-content-sha256",
                            Payload.SIGNED_CHUNKS,
                            "x-amz-decoded-content-length",
                            Integer.toString(TestSigner.concat(contents).length)));
            return new Sent(signer, headers, contents);
        }

        byte[] content() {
            return TestSigner.concat(contents);
        }

        byte[] wire(List<byte[]> chunks) {
            byte[] wire = signer.chunks(TestSigner.seedOf(headers), chunks).bytes();
            return TestSigner.concat(List.of(wire, TestSigner.latin1("\r\n")));
        }

        List<Chunk> chunks() {
            return parse(wire(contents)).orElseThrow();
        }

        WireBody body(byte[] wire, int mostBytesOfPiece) {
            List<String> flat = new ArrayList<>();
            headers.forEach((name, value) -> flat.addAll(List.of(name, value)));
            Payload payload = new SigV4Verifier(ROOT, REGION, Clock.SYSTEM)
                    .verify(new SignedRequest("PUT", "/b/k", "", flat))
                    .payload();
            BodyHeaders read = BodyHeaders.read(Headers.of(flat.toArray(String[]::new)), payload);
            return WireBody.of(Pieces.of(ByteBuffer.wrap(wire), mostBytesOfPiece), payload, read);
        }
    }

    /** How many chunks, how long each; what is done to them; how they arrive. */
    @FuzzTest(maxDuration = "20s")
    void anySignedBody(byte[] data) {
        Words words = new Words(ByteBuffer.wrap(data));
        Sent sent = Sent.of(contents(words));
        byte[] wire = tampered(sent, words);
        Optional<byte[]> right = taken(sent, wire);
        Random splits = new Random(words.next(256));
        WireBody body = sent.body(wire, 1 + splits.nextInt(1 + splits.nextInt(200_000)));
        try {
            byte[] decoded = splits.nextBoolean()
                    ? readPieces(body, splits)
                    : TargetReads.whole(body, splits, MOST_TARGETS, 1, 1 << splits.nextInt(19));
            assertEquals(-1, body.read(ByteBuffer.allocate(1)));
            assertArrayEquals(right.orElseThrow(() -> new AssertionError("taken, and not signed")), decoded);
            assertArrayEquals(sent.content(), decoded);
        } catch (StoreException.Invalid refused) {
            assertEquals(4, S3Errors.of(refused).status() / 100);
            right.ifPresent(bytes -> {
                throw new AssertionError("refused, and signed", refused);
            });
        }
    }

    private static List<byte[]> contents(Words words) {
        List<byte[]> contents = new ArrayList<>();
        for (int i = words.next(5); i >= 0; i--) {
            int size = words.next(256);
            byte[] content = new byte[size < SMALL ? size + 1 : LARGE[size % LARGE.length]];
            new Random(i).nextBytes(content);
            contents.add(content);
        }
        return contents;
    }

    private static byte[] tampered(Sent sent, Words words) {
        List<Chunk> chunks = new ArrayList<>(sent.chunks());
        for (int i = words.next(4); i > 0 && !chunks.isEmpty(); i--) {
            tamper(chunks, words);
        }
        byte[] wire = TestSigner.concat(chunks.stream().map(Chunk::wire).toList());
        for (int i = words.next(3); i > 0 && wire.length > 0; i--) {
            wire[words.next(256) * wire.length / 256] ^= (byte) words.next(256);
        }
        return wire;
    }

    private static void tamper(List<Chunk> chunks, Words words) {
        int i = words.next(chunks.size());
        int j = words.next(chunks.size());
        Chunk one = chunks.get(i);
        Chunk other = chunks.get(j);
        switch (words.next(9)) {
            case 0 -> Collections.swap(chunks, i, j);
            case 1 -> {
                chunks.set(i, one.signed(other.signature()));
                chunks.set(j, other.signed(one.signature()));
            }
            case 2 -> chunks.add(j, one);
            case 3 -> chunks.remove(i);
            case 4 -> chunks.set(i, new Chunk(one.size(), one.signature(), flipped(one.bytes(), words)));
            case 5 -> {
                byte[] signature = flipped(TestSigner.latin1(one.signature()), words);
                chunks.set(i, one.signed(new String(signature, ISO_8859_1)));
            }
            case 6 -> chunks.set(i, new Chunk("0" + one.size().toUpperCase(Locale.ROOT), one.signature(), one.bytes()));
            case 7 -> split(chunks, i, words);
            default -> chunks.set(i, one.signed(one.signature().substring(words.next(SIGNATURE_CHARS))));
        }
    }

    private static byte[] flipped(byte[] bytes, Words words) {
        byte[] flipped = bytes.clone();
        if (flipped.length > 0) {
            flipped[words.next(256) * flipped.length / 256] ^= (byte) (1 << words.next(8));
        }
        return flipped;
    }

    /** The same bytes in two chunks, of which each has the signature of both. */
    private static void split(List<Chunk> chunks, int i, Words words) {
        Chunk both = chunks.get(i);
        int at = words.next(256) * both.bytes().length / 256;
        byte[] first = Arrays.copyOf(both.bytes(), at);
        byte[] second = Arrays.copyOfRange(both.bytes(), at, both.bytes().length);
        chunks.set(i, new Chunk(Integer.toHexString(first.length), both.signature(), first));
        chunks.add(i + 1, new Chunk(Integer.toHexString(second.length), both.signature(), second));
    }

    // ---- what is right

    /** The bytes of the body if it is one, whole, and each chunk has its signature. */
    private static Optional<byte[]> taken(Sent sent, byte[] wire) {
        return parse(wire)
                .filter(chunks -> {
                    List<byte[]> contents = chunks.stream().map(Chunk::bytes).toList();
                    List<Chunk> signed = parse(sent.wire(contents.subList(0, contents.size() - 1)))
                            .orElseThrow();
                    return chunks.stream()
                            .map(Chunk::signature)
                            .toList()
                            .equals(signed.stream().map(Chunk::signature).toList());
                })
                .map(chunks ->
                        TestSigner.concat(chunks.stream().map(Chunk::bytes).toList()))
                .filter(bytes -> bytes.length == sent.content().length);
    }

    /** Chunks up to the first empty one, with nothing behind it; empty when it is anything else. */
    private static Optional<List<Chunk>> parse(byte[] wire) {
        String text = new String(wire, ISO_8859_1);
        List<Chunk> chunks = new ArrayList<>();
        int at = 0;
        do {
            int end = text.indexOf("\r\n", at);
            int mark = text.indexOf(EXTENSION, at);
            if (end < 0 || mark < 0 || mark > end || text.substring(at, end).indexOf('\n') >= 0) {
                return Optional.empty();
            }
            String size = text.substring(at, mark);
            if (!size.matches("[0-9a-fA-F]{1," + MAX_SIZE_DIGITS + "}")) {
                return Optional.empty();
            }
            long bytes = Long.parseLong(size, 16);
            int begin = end + 2;
            if (bytes > wire.length - begin || !text.startsWith("\r\n", begin + (int) bytes)) {
                return Optional.empty();
            }
            at = begin + (int) bytes;
            String signature = text.substring(mark + EXTENSION.length(), end);
            chunks.add(new Chunk(size, signature, Arrays.copyOfRange(wire, begin, at)));
            at += 2;
        } while (chunks.getLast().bytes().length > 0);
        return at == wire.length ? Optional.of(chunks) : Optional.empty();
    }

    // ---- readers

    private static byte[] readPieces(WireBody body, Random splits) {
        ByteArrayOutputStream decoded = new ByteArrayOutputStream();
        ByteBuffer target = ByteBuffer.allocate(1 + splits.nextInt(1 << splits.nextInt(18)));
        while (body.read(target) >= 0) {
            decoded.write(target.array(), 0, target.position());
            Arrays.fill(target.array(), (byte) 0);
            target.clear();
        }
        return decoded.toByteArray();
    }
}
