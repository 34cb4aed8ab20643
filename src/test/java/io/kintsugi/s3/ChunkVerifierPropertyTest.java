package io.kintsugi.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.Clock;
import io.kintsugi.base.StoreException;
import io.kintsugi.iam.AmzTestDate;
import io.kintsugi.iam.Payload;
import io.kintsugi.iam.RootCredentials;
import io.kintsugi.iam.SigV4Verifier;
import io.kintsugi.iam.SignedRequest;
import io.kintsugi.iam.TestSigner;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** What of a body waits to be hashed with the next chunk, and that it does not wait for long. */
class ChunkVerifierPropertyTest {
    private static final RootCredentials ROOT = new RootCredentials("tester", "a-secret-of-the-test");
    private static final int MOST = (int) ChunkVerifier.MOST_WAITING_BYTES;
    private static final int PIECE = 50_000;

    /** The verifier of a body of zeros, and its right signatures, of the chunks and of the last, empty one. */
    private record Body(ChunkVerifier verifier, List<String> signatures) {
        static Body of(List<Integer> sizes) {
            TestSigner signer = new TestSigner(ROOT.accessKey(), ROOT.secretKey(), "us-east-1", AmzTestDate.now());
            Map<String, String> headers = signer.sign(
                    "PUT",
                    "/b/k",
                    Map.of(),
                    Map.of("host", "localhost", "x-amz-content-sha256", Payload.SIGNED_CHUNKS));
            List<String> flat = new ArrayList<>();
            headers.forEach((name, value) -> flat.addAll(List.of(name, value)));
            Payload.SignedChunks payload = (Payload.SignedChunks) new SigV4Verifier(ROOT, "us-east-1", Clock.SYSTEM)
                    .verify(new SignedRequest("PUT", "/b/k", "", flat))
                    .payload();
            List<byte[]> chunks = sizes.stream().map(byte[]::new).toList();
            byte[] wire = signer.chunks(TestSigner.seedOf(headers), chunks).bytes();
            List<String> signatures = new ArrayList<>();
            for (String part : new String(wire, StandardCharsets.ISO_8859_1).split("chunk-signature=", -1)) {
                signatures.add(part.substring(0, Math.min(64, part.length())));
            }
            return new Body(new ChunkVerifier(payload.signer()), signatures.subList(1, signatures.size()));
        }

        long waitsAfter(int bytes) {
            verifier.add(ByteBuffer.allocateDirect(bytes));
            return verifier.waitingBytes();
        }
    }

    @Example
    void twoChunksWaitForEachOther() {
        Body body = Body.of(List.of(64_000, 64_000));
        body.verifier().begin(body.signatures().get(0), 64_000, 64_000);
        assertEquals(30_000, body.waitsAfter(30_000));
        assertEquals(64_000, body.waitsAfter(34_000));
        body.verifier().end();
        body.verifier().begin(body.signatures().get(1), 64_000, 0);
        assertEquals(64_000 + 50_000, body.waitsAfter(50_000));
        assertEquals(0, body.waitsAfter(14_000));
        body.verifier().end();
        end(body);
    }

    @Example
    void nothingWaitsForAChunkThatDoesNotCome() {
        Body body = Body.of(List.of(64_000));
        body.verifier().begin(body.signatures().get(0), 64_000, 0);
        assertEquals(0, body.waitsAfter(30_000));
        assertEquals(0, body.waitsAfter(34_000));
        body.verifier().end();
        end(body);
    }

    @Example
    void largeChunksDoNotWait() {
        Body body = Body.of(List.of(MOST, MOST + 1));
        body.verifier().begin(body.signatures().get(0), MOST, MOST + 1);
        assertEquals(MOST, body.waitsAfter(MOST));
        body.verifier().end();
        body.verifier().begin(body.signatures().get(1), MOST + 1, 0);
        assertEquals(0, body.waitsAfter(MOST));
        assertEquals(0, body.waitsAfter(1));
        body.verifier().end();
        end(body);
    }

    /** The first of two chunks that is wrong is told when both are hashed, and not before. */
    @Example
    void theFirstIsVerifiedWithTheSecond() {
        Body body = Body.of(List.of(100, 100));
        body.verifier().begin("0".repeat(64), 100, 100);
        assertEquals(100, body.waitsAfter(100));
        body.verifier().end();
        body.verifier().begin(body.signatures().get(1), 100, 0);
        ByteBuffer piece = ByteBuffer.allocateDirect(100);
        assertThrows(StoreException.Invalid.class, () -> body.verifier().add(piece));
    }

    @Property(tries = 200)
    void littleWaitsAndAllIsVerified(
            @ForAll @Size(min = 1, max = 8) List<@IntRange(min = 1, max = 300_000) Integer> sizes, @ForAll long seed) {
        Random random = new Random(seed);
        Body body = Body.of(sizes);
        long behind = sizes.stream().mapToLong(size -> size).sum();
        for (int i = 0; i < sizes.size(); i++) {
            int left = sizes.get(i);
            behind -= left;
            body.verifier().begin(body.signatures().get(i), left, behind);
            while (left > 0) {
                int count = Math.min(left, 1 + random.nextInt(PIECE));
                left -= count;
                long waits = body.waitsAfter(count);
                assertTrue(waits < 2L * MOST + PIECE, () -> waits + " bytes wait");
                if (random.nextInt(10) == 0) {
                    body.verifier().settle();
                    assertEquals(0, body.verifier().waitingBytes());
                }
            }
            body.verifier().end();
        }
        end(body);
    }

    private static void end(Body body) {
        body.verifier().begin(body.signatures().getLast(), 0, 0);
        body.verifier().end();
        assertEquals(0, body.verifier().waitingBytes());
    }
}
