package io.kintsugi.sim.engine.toys;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kintsugi.base.BucketName;
import io.kintsugi.base.Clock;
import io.kintsugi.base.Entropy;
import io.kintsugi.base.ErasureCode;
import io.kintsugi.base.ObjectKey;
import io.kintsugi.base.ObjectMetadata;
import io.kintsugi.base.WriteCondition;
import io.kintsugi.catalog.CatalogSettings;
import io.kintsugi.catalog.EmbeddedCatalog;
import io.kintsugi.codec.SlabPool;
import io.kintsugi.objects.GetObject;
import io.kintsugi.objects.HealReports;
import io.kintsugi.objects.ObjectSettings;
import io.kintsugi.objects.Objects;
import io.kintsugi.objects.PutObject;
import io.kintsugi.objects.RangeSpec;
import io.kintsugi.objects.ReadCondition;
import io.kintsugi.objects.UploadBody;
import io.kintsugi.shards.BlobTimes;
import io.kintsugi.shards.ErasureBlobStore;
import io.kintsugi.sim.SimTopology;
import io.kintsugi.sim.engine.SimContext;
import io.kintsugi.sim.engine.SimScenario;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The real catalog, blobs and use cases on simulated drives; a few clients write and read what they wrote. */
public final class SmallStore implements SimScenario {
    private static final BucketName BUCKET = new BucketName("bucket");
    private static final int CLIENTS = 3;
    private static final int PUTS = 4;

    @Override
    public void run(SimContext context) throws Exception {
        SimTopology drives = new SimTopology(new ErasureCode(2, 2));
        SlabPool slabs = new SlabPool(64 << 20);
        ErasureBlobStore blobs = new ErasureBlobStore(
                new ErasureBlobStore.Parts(drives, slabs, Clock.SYSTEM, Entropy.FAST, BlobTimes.DEFAULT),
                new HealReports(Clock.SYSTEM));
        EmbeddedCatalog catalog = EmbeddedCatalog.open(drives, Clock.SYSTEM, CatalogSettings.DEFAULT);
        Objects objects = new Objects(catalog, blobs, Clock.SYSTEM, Entropy.FAST, ObjectSettings.DEFAULTS);
        objects.createBucket(BUCKET);
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            int number = i;
            clients.add(context.spawn("client-" + i, () -> client(context, objects, number)));
        }
        for (Thread client : clients) {
            client.join();
        }
        catalog.close();
    }

    private void client(SimContext context, Objects objects, int number) {
        for (int i = 0; i < PUTS; i++) {
            int size = i % 2 == 0 ? 100 : 20_000;
            byte[] bytes =
                    ("client " + number + " put " + i + " ").repeat(size / 10).getBytes(UTF_8);
            ObjectKey key = ObjectKey.of("key-" + number);
            context.log("put " + key + " of " + bytes.length);
            objects.put(new PutObject(BUCKET, key, ObjectMetadata.NONE, WriteCondition.NONE, new Body(bytes)));
            GetObject get = new GetObject(BUCKET, key, Optional.empty(), new RangeSpec.Whole(), ReadCondition.NONE);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            objects.get(get).sendTo((read, release) -> {
                byte[] copy = new byte[read.remaining()];
                read.get(copy);
                out.writeBytes(copy);
                release.run();
            });
            if (!java.util.Arrays.equals(bytes, out.toByteArray())) {
                throw new AssertionError("read something else than was written to " + key);
            }
            context.log("read " + key);
        }
    }

    private static final class Body implements UploadBody {
        private final ByteBuffer rest;

        Body(byte[] bytes) {
            rest = ByteBuffer.wrap(bytes);
        }

        @Override
        public OptionalLong length() {
            return OptionalLong.of(rest.capacity());
        }

        @Override
        public Optional<byte[]> contentMd5() {
            return Optional.empty();
        }

        @Override
        public Optional<io.kintsugi.base.ChecksumAlgorithm> checksumAlgorithm() {
            return Optional.empty();
        }

        @Override
        public Optional<byte[]> claimedChecksum() {
            return Optional.empty();
        }

        @Override
        public int read(ByteBuffer target) {
            if (!rest.hasRemaining()) {
                return -1;
            }
            int count = Math.min(rest.remaining(), target.remaining());
            target.put(rest.slice(rest.position(), count));
            rest.position(rest.position() + count);
            return count;
        }
    }
}
