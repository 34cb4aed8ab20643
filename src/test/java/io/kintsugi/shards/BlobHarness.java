package io.kintsugi.shards;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.kintsugi.base.BlobOrigin;
import io.kintsugi.base.BlobRef;
import io.kintsugi.base.BucketName;
import io.kintsugi.base.ByteRange;
import io.kintsugi.base.ByteSource;
import io.kintsugi.base.Clock;
import io.kintsugi.base.Entropy;
import io.kintsugi.base.ErasureCode;
import io.kintsugi.base.ObjectKey;
import io.kintsugi.base.Pieces;
import io.kintsugi.base.VersionId;
import io.kintsugi.cluster.Topology;
import io.kintsugi.codec.SlabPool;
import io.kintsugi.sim.SimTopology;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;

/** A blob store over some drives, with what a test wants to know of it. */
final class BlobHarness<T extends Topology> implements AutoCloseable {
    /** Long enough for a busy machine, and waited out only by what hangs. */
    static final BlobTimes PATIENT = new BlobTimes(
            Duration.ofSeconds(30),
            Duration.ofSeconds(30),
            Duration.ofSeconds(30),
            Duration.ofMillis(20),
            Duration.ofMillis(20),
            Duration.ofMillis(200),
            Duration.ofSeconds(30));

    static final BlobOrigin ORIGIN =
            new BlobOrigin(new BucketName("bucket"), ObjectKey.of("some/key"), VersionId.NULL, Optional.empty());

    /** What is kept with each blob that is written here. */
    static final byte[] NOTE = "what nobody in this room looks into".getBytes(StandardCharsets.UTF_8);

    final T topology;
    final SlabPool slabs = new SlabPool(64 << 20);
    final List<BlobRef> wanting = new CopyOnWriteArrayList<>();
    final ErasureBlobStore store;

    BlobHarness(T topology) {
        this(topology, PATIENT);
    }

    BlobHarness(T topology, BlobTimes times) {
        this.topology = topology;
        this.store = new ErasureBlobStore(
                new ErasureBlobStore.Parts(topology, slabs, Clock.SYSTEM, Entropy.FAST, times),
                (blob, spare) -> wanting.add(blob));
    }

    static BlobHarness<SimTopology> simulated(int dataShards, int parityShards) {
        return new BlobHarness<>(new SimTopology(new ErasureCode(dataShards, parityShards)));
    }

    static byte[] bytes(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    /** Writes with a stated length, and checks what the tap saw. */
    BlobRef write(byte[] bytes) {
        return write(bytes, OptionalLong.of(bytes.length));
    }

    BlobRef write(byte[] bytes, OptionalLong length) {
        ByteArrayOutputStream seen = new ByteArrayOutputStream();
        BlobRef blob = store.write(ORIGIN, BlobNote.of(NOTE), length, inPieces(bytes), pieces -> {
            for (ByteBuffer piece : pieces) {
                byte[] copy = new byte[piece.remaining()];
                piece.get(piece.position(), copy);
                seen.writeBytes(copy);
            }
        });
        assertEquals(bytes.length, blob.size());
        assertSame(bytes, seen.toByteArray(), "what the tap saw");
        return blob;
    }

    /** A source that gives odd amounts at a time. */
    static ByteSource inPieces(byte[] bytes) {
        return Pieces.of(ByteBuffer.wrap(bytes), 40_009);
    }

    byte[] read(BlobRef blob) {
        return read(blob, new ByteRange(0, blob.size()));
    }

    byte[] read(BlobRef blob, ByteRange range) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        store.read(blob, range, (piece, release) -> {
            byte[] copy = new byte[piece.remaining()];
            piece.get(copy);
            out.writeBytes(copy);
            release.run();
        });
        return out.toByteArray();
    }

    void assertReads(byte[] expected, BlobRef blob) {
        String what = "blob of " + blob.size() + " bytes";
        ByteBuffer left = ByteBuffer.wrap(expected);
        store.read(blob, new ByteRange(0, blob.size()), (piece, release) -> {
            ByteBuffer wanted = left.slice(left.position(), Math.min(left.remaining(), piece.remaining()));
            assertEquals(-1, wanted.mismatch(piece), what + " differs at this offset behind " + left.position());
            left.position(left.position() + wanted.limit());
            release.run();
        });
        assertEquals(0, left.remaining(), what + " is cut off");
    }

    static void assertSame(byte[] expected, byte[] actual, String what) {
        assertEquals(expected.length, actual.length, what);
        int at = Arrays.mismatch(expected, actual);
        assertEquals(-1, at, what + " differs at this offset");
    }

    /** All memory came back: called when nothing hangs any more. */
    void assertNoMemoryLent() {
        assertEquals(0, slabs.statistics().inUseBytes(), "bytes still lent");
    }

    @Override
    public void close() {
        topology.close();
    }
}
