package io.kintsugi.catalog;

import static io.kintsugi.catalog.Samples.BUCKET;
import static io.kintsugi.catalog.Samples.blobOf;
import static io.kintsugi.catalog.Samples.newVersion;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.BlobRef;
import io.kintsugi.base.BlobRef.Form;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.Upload;
import io.kintsugi.base.UploadedPart;
import io.kintsugi.drives.KvRow;
import io.kintsugi.drives.KvSpace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Pages of blobs over rows in memory, of which as few come at once as a test says, and which change in between. */
class BlobPagerTest {
    private static final long BUCKET_ID = 7;

    private final MemoryRows rows = new MemoryRows();
    private long order = 1;

    private static final class MemoryRows implements Rows {
        final Map<KvSpace, NavigableMap<byte[], byte[]>> spaces = new EnumMap<>(KvSpace.class);
        long someBytes = Long.MAX_VALUE;
        long bytesRead;
        /** Runs behind the next read of OBJECTS. */
        Optional<Runnable> afterObjects = Optional.empty();

        NavigableMap<byte[], byte[]> in(KvSpace space) {
            return spaces.computeIfAbsent(space, s -> new TreeMap<>(Arrays::compareUnsigned));
        }

        @Override
        public Optional<byte[]> get(KvSpace space, byte[] key) {
            return Optional.ofNullable(in(space).get(key));
        }

        @Override
        public List<KvRow> range(KvSpace space, byte[] from, byte[] to, int limit) {
            return read(space, from, to, limit, Long.MAX_VALUE);
        }

        @Override
        public List<KvRow> some(KvSpace space, byte[] from, byte[] to, int limit) {
            return read(space, from, to, limit, someBytes);
        }

        private List<KvRow> read(KvSpace space, byte[] from, byte[] to, int limit, long bytes) {
            List<KvRow> found = new ArrayList<>();
            long sum = 0;
            if (Arrays.compareUnsigned(from, to) < 0) {
                for (Map.Entry<byte[], byte[]> row : in(space).subMap(from, to).entrySet()) {
                    sum += row.getValue().length;
                    if (found.size() == limit || sum > bytes && !found.isEmpty()) {
                        break;
                    }
                    bytesRead += row.getValue().length;
                    found.add(new KvRow(row.getKey(), row.getValue()));
                }
            }
            if (space == KvSpace.OBJECTS && afterObjects.isPresent()) {
                Runnable change = afterObjects.get();
                afterObjects = Optional.empty();
                change.run();
            }
            return found;
        }
    }

    BlobPagerTest() {
        rows.in(KvSpace.BUCKETS).put(Keys.bucketById(BUCKET_ID), BucketRow.encodeName(BUCKET));
    }

    private record Put(ObjectVersion version, long order) {
        byte[] row() {
            return new VersionRow(order, Optional.empty(), version).encode();
        }

        byte[] object() {
            return Keys.object(BUCKET_ID, version.key());
        }

        byte[] old() {
            return Keys.history(BUCKET_ID, version.key(), order);
        }
    }

    private Put version(String key) {
        return new Put(Samples.object(key, newVersion()), order++);
    }

    private Put current(String key) {
        Put made = version(key);
        rows.in(KvSpace.OBJECTS).put(made.object(), made.row());
        return made;
    }

    private Put old(String key) {
        Put made = version(key);
        rows.in(KvSpace.HISTORY).put(made.old(), made.row());
        return made;
    }

    private Set<BlobRef> walk(int limit) {
        Set<BlobRef> met = new HashSet<>();
        Optional<String> next = Optional.empty();
        do {
            BlobPage page = new BlobPager(rows, limit).page(next);
            page.entries().forEach(entry -> assertTrue(met.add(entry.blob()), "given twice"));
            next = page.next();
        } while (next.isPresent());
        return met;
    }

    @Test
    void aVersionThatBecomesCurrentWhileItsPageIsReadIsMet() {
        Put first = old("k");
        Put second = current("k");
        current("m");
        rows.afterObjects = Optional.of(() -> {
            rows.in(KvSpace.HISTORY).remove(first.old());
            rows.in(KvSpace.OBJECTS).put(first.object(), first.row());
        });
        Set<BlobRef> met = walk(1000);
        assertTrue(met.contains(blobOf(first.version())), "it was there all the while");
        assertTrue(met.contains(blobOf(second.version())), "as it was when the walk began");
    }

    @Test
    void aVersionThatIsOverwrittenWhileItsPageIsReadIsMet() {
        Put first = current("k");
        current("m");
        rows.afterObjects = Optional.of(() -> {
            rows.in(KvSpace.HISTORY).put(first.old(), first.row());
            current("k");
        });
        assertTrue(walk(1000).contains(blobOf(first.version())));
    }

    @Test
    void howeverFewRowsComeAtOnceAllAreMet() {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            rows.in(KvSpace.OBJECTS).clear();
            rows.in(KvSpace.HISTORY).clear();
            Set<BlobRef> all = new HashSet<>();
            for (int i = random.nextInt(30); i > 0; i--) {
                String key = "k" + random.nextInt(8);
                for (int versions = random.nextInt(4); versions > 0; versions--) {
                    all.add(blobOf(old(key).version()));
                }
                if (random.nextBoolean()
                        && !rows.in(KvSpace.OBJECTS).containsKey(version(key).object())) {
                    all.add(blobOf(current(key).version()));
                }
            }
            rows.someBytes = random.nextInt(4) * 300L;
            assertEquals(all, walk(1 + random.nextInt(5)), "seed " + seed);
        }
    }

    /** Each row has as many parts as an object of some gigabytes. */
    @Test
    void aPageReadsNoMoreThanAFewTimesWhatComesAtOnce() {
        List<UploadedPart> parts = IntStream.rangeClosed(1, 200)
                .mapToObj(number -> Samples.uploaded(number, Form.FILES))
                .toList();
        int longest = 0;
        for (int i = 0; i < 100; i++) {
            ObjectVersion version = Samples.multipart(Samples.upload("k" + (100 + i)), newVersion(), parts);
            Put made = new Put(version, order++);
            rows.in(KvSpace.OBJECTS).put(made.object(), made.row());
            longest = Math.max(longest, made.row().length);
        }
        rows.someBytes = 3L * longest;
        Optional<String> next = Optional.empty();
        do {
            long before = rows.bytesRead;
            next = new BlobPager(rows, 1000).page(next).next();
            assertTrue(rows.bytesRead - before <= 4 * rows.someBytes, rows.bytesRead - before + " bytes");
        } while (next.isPresent());
    }

    @Test
    void aPartThatIsUploadedAgainHidesNoOther() {
        Upload upload = Samples.upload("k");
        rows.in(KvSpace.UPLOADS).put(Keys.upload(BUCKET_ID, upload.key(), upload.id()), UploadRow.encode(upload));
        List<UploadedPart> parts = IntStream.rangeClosed(1, 4)
                .mapToObj(number -> Samples.uploaded(number, Form.FILES))
                .toList();
        parts.forEach(part -> put(upload, part));
        BlobPage first = new BlobPager(rows, 2).page(Optional.empty());
        assertEquals(2, first.entries().size());
        put(upload, Samples.uploaded(1, Form.INLINE));
        BlobPage second = new BlobPager(rows, 2).page(first.next());
        assertEquals(
                List.of(parts.get(2).part().blob(), parts.get(3).part().blob()),
                second.entries().stream().map(BlobPage.Entry::blob).toList());
    }

    private void put(Upload upload, UploadedPart part) {
        rows.in(KvSpace.PARTS).put(Keys.part(upload.id(), part.part().number()), UploadRow.encodePart(part));
    }
}
