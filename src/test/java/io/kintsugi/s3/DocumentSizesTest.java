package io.kintsugi.s3;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.base.BlobId;
import io.kintsugi.base.BlobRef;
import io.kintsugi.base.Bucket;
import io.kintsugi.base.BucketName;
import io.kintsugi.base.ByteRange;
import io.kintsugi.base.Checksum;
import io.kintsugi.base.ChecksumAlgorithm;
import io.kintsugi.base.ChecksumType;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.ETag;
import io.kintsugi.base.ErasureCode;
import io.kintsugi.base.Id128;
import io.kintsugi.base.ListPage;
import io.kintsugi.base.ObjectKey;
import io.kintsugi.base.ObjectMetadata;
import io.kintsugi.base.ObjectPart;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.Upload;
import io.kintsugi.base.UploadId;
import io.kintsugi.base.UploadedPart;
import io.kintsugi.base.UploadsPage;
import io.kintsugi.base.VersionId;
import io.kintsugi.objects.CompleteUpload;
import io.kintsugi.objects.DeleteObjects;
import io.kintsugi.objects.ObjectRead;
import io.kintsugi.objects.PartsPage;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * What handlers ask for is what the largest documents take: those are made here, with all that is in memory beside
 * them, and weighed. And it is no more than a few times as much, as nobody is served with memory that is only reserved.
 */
class DocumentSizesTest {
    private static final Site SITE = Site.of("us-east-1");
    private static final BucketName BUCKET = new BucketName("bucket");
    private static final int PAGE = 1000;
    private static final int DRIVES = 32;
    private static final int TOO_MUCH = 3;

    private static String key(int number, String fill) {
        // one wide character makes two bytes of each in memory
        StringBuilder key = new StringBuilder((10_000 + number) + "\u5b57");
        int bytes = key.toString().getBytes(StandardCharsets.UTF_8).length;
        int each = fill.getBytes(StandardCharsets.UTF_8).length;
        return key.append(fill.repeat((ObjectKey.MAX_BYTES - bytes) / each)).toString();
    }

    private static ETag etag(int number) {
        return new ETag("%032x".formatted(number) + "-10000");
    }

    private static Optional<Checksum> checksum(int number) {
        byte[] value = HexFormat.of().parseHex("%0128x".formatted(number));
        return Optional.of(new Checksum(ChecksumAlgorithm.SHA512, ChecksumType.COMPOSITE, value, 10_000));
    }

    private static ObjectPart part(int number) {
        return part(
                number,
                IntStream.range(0, DRIVES)
                        .mapToObj(i -> new DriveId(new Id128(number, i)))
                        .toList());
    }

    private static ObjectPart part(int number, List<DriveId> drives) {
        BlobRef blob = new BlobRef(
                new BlobId(new Id128(number, 0)),
                BlobRef.Form.FILES,
                5 << 20,
                new ErasureCode(DRIVES - 4, 4),
                1 << 20,
                drives);
        return new ObjectPart(number, 5 << 20, etag(number), checksum(number), blob);
    }

    private static List<ObjectPart> parts(int count) {
        return IntStream.rangeClosed(1, count).mapToObj(DocumentSizesTest::part).toList();
    }

    private static ObjectVersion version(int number, String fill, int parts) {
        return new ObjectVersion(
                BUCKET,
                ObjectKey.ofUtf8(key(number, fill).getBytes(StandardCharsets.UTF_8)),
                new VersionId(new Id128(number, 1)),
                false,
                Long.MAX_VALUE,
                etag(number),
                Instant.ofEpochSecond(number, 123_456_789),
                ObjectMetadata.NONE,
                true,
                parts(parts),
                checksum(number));
    }

    private static ListPage page(String fill) {
        List<ListPage.Entry> entries = new ArrayList<>();
        for (int i = 0; i < PAGE; i++) {
            entries.add(new ListPage.Version(version(i, fill, 0), true));
        }
        return new ListPage(entries, true);
    }

    private static UploadsPage uploads() {
        return new UploadsPage(
                IntStream.range(0, PAGE)
                        .mapToObj(i -> new Upload(
                                BUCKET,
                                ObjectKey.ofUtf8(key(i, "\"").getBytes(StandardCharsets.UTF_8)),
                                new UploadId(new Id128(i, 1)),
                                Instant.ofEpochSecond(i, 123_456_789),
                                ObjectMetadata.NONE,
                                Optional.of(new Upload.ChecksumPlan(
                                        ChecksumAlgorithm.CRC64NVME, ChecksumType.FULL_OBJECT))))
                        .toList(),
                List.of(),
                true);
    }

    private static long used() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            System.gc();
            least = Math.min(
                    least,
                    Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory());
        }
        return least;
    }

    /** A handler's work, and what it kept meanwhile. */
    private record Made(FakeExchange exchange, List<Object> kept) {}

    private static Made made(S3Handler handler, FakeExchange.Given given, Object... kept) {
        FakeExchange exchange = given.exchange();
        handler.handle(exchange);
        return new Made(exchange, List.of(kept));
    }

    private static void weigh(Supplier<Made> work) {
        work.get(); // classes are loaded
        long before = used();
        Made made = work.get();
        long taken = used() - before;
        long reserved = made.exchange.reserved();
        Reference.reachabilityFence(made);
        assertTrue(taken <= reserved, () -> taken + " bytes are held, " + reserved + " were asked for");
        assertTrue(taken >= reserved / TOO_MUCH, () -> "only " + taken + " bytes are held of " + reserved);
    }

    private static FakeExchange.Given bucket() {
        return FakeExchange.Given.of("/bucket").query("prefix", "\"".repeat(1000));
    }

    @Test
    void pages() {
        weigh(() -> {
            ListPage page = page("\"");
            return made(new ListObjectVersionsHandler(FakeStore.answering(page), SITE), bucket(), page);
        });
        weigh(() -> {
            ListPage page = page("\u0001");
            return made(new ListObjectsHandler(FakeStore.answering(page), SITE), bucket(), page);
        });
        weigh(() -> {
            ListPage page = page("\u5b57");
            FakeExchange.Given given = bucket().query("encoding-type", "url").query("fetch-owner", "true");
            return made(new ListObjectsV2Handler(FakeStore.answering(page), SITE), given, page);
        });
        weigh(() -> {
            UploadsPage page = uploads();
            return made(new ListMultipartUploadsHandler(FakeStore.answering(page), SITE), bucket(), page);
        });
    }

    @Test
    void buckets() {
        weigh(() -> {
            List<Bucket> all = IntStream.range(0, 10_000)
                    .mapToObj(i -> new Bucket(
                            new BucketName("b".repeat(58) + (10_000 + i)),
                            Instant.ofEpochSecond(i, 123_456_789),
                            Bucket.Versioning.OFF))
                    .toList();
            return made(
                    new ListBucketsHandler(FakeStore.answering(all, List.of()), SITE),
                    FakeExchange.Given.of("/").query("max-buckets", "10000"),
                    all);
        });
    }

    @Test
    void partsOfUploads() {
        weigh(() -> {
            List<UploadedPart> parts = parts(PAGE).stream()
                    .map(part -> new UploadedPart(part, Instant.ofEpochSecond(part.number(), 123_456_789)))
                    .toList();
            PartsPage page = new PartsPage(uploads().uploads().getFirst(), parts, true);
            FakeExchange.Given given =
                    FakeExchange.Given.of("/bucket/key").query("uploadId", new UploadId(new Id128(1, 1)).toString());
            return made(new ListPartsHandler(FakeStore.answering(page), SITE), given, page);
        });
    }

    @Test
    void attributesOfAnObjectOfManyParts() {
        weigh(() -> {
            // as a row is read: drives that it names again are there once
            List<DriveId> drives = part(1).blob().placement();
            ObjectVersion version = version(1, "\"", 0)
                    .with(IntStream.rangeClosed(1, 10_000)
                            .mapToObj(number -> part(number, new ArrayList<>(drives).reversed()))
                            .toList());
            ObjectRead read = FakeStore.read(version, "", new ByteRange(0, 0), false);
            FakeExchange.Given given =
                    FakeExchange.Given.of("/bucket/key").header("x-amz-object-attributes", "ObjectParts");
            return made(new GetObjectAttributesHandler(FakeStore.answering(read)), given, version);
        });
    }

    private static FakeExchange.Given batch(String body) {
        return FakeExchange.Given.of("/bucket").header("content-md5", "x").body(body);
    }

    private static void weighBatch(String body, int items) {
        weigh(() -> {
            List<DeleteObjects.Result> results = new ArrayList<>();
            for (int i = 0; i < items; i++) {
                DeleteObjects.Item item = new DeleteObjects.Item(
                        ObjectKey.of(key(i, "\"")), Optional.empty(), io.kintsugi.base.WriteCondition.NONE);
                results.add(new DeleteObjects.Deleted(item, Optional.of(new VersionId(new Id128(i, 1)))));
            }
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            FakeStore store = FakeStore.answering(results);
            XmlElement tree = XmlReader.read(bytes, "Delete");
            String text = new String(bytes, StandardCharsets.UTF_8);
            return made(new DeleteObjectsHandler(store), batch(body), results, store, bytes, tree, text);
        });
    }

    @Test
    void batchesOfDeletions() {
        StringBuilder keys = new StringBuilder("<Delete>");
        for (int i = 0; i < PAGE; i++) {
            keys.append("<Object><Key>").append(key(i, "\"")).append("</Key></Object>");
        }
        weighBatch(keys.append("</Delete>").toString(), PAGE);
    }

    @Test
    void treesOfManyElements() {
        for (String filling : List.of("<a>\u5b57</a>".repeat(99_990), "<a b='' c='' d='' e=''/>".repeat(19_990))) {
            byte[] bytes = ("<VersioningConfiguration>" + filling + "</VersioningConfiguration>")
                    .getBytes(StandardCharsets.UTF_8);
            XmlReader.read(bytes, "VersioningConfiguration");
            long before = used();
            byte[] body = bytes.clone();
            XmlElement tree = XmlReader.read(body, "VersioningConfiguration");
            String text = new String(body, StandardCharsets.UTF_8);
            long taken = used() - before;
            long reserved = DocumentSizes.parsed(body.length);
            Reference.reachabilityFence(List.of(body, tree, text));
            assertTrue(taken <= reserved, () -> taken + " bytes are held, " + reserved + " were asked for");
        }
    }

    @Test
    void completionsOfManyParts() {
        StringBuilder body = new StringBuilder("<CompleteMultipartUpload>");
        for (int i = 1; i <= Numbers.MAX_PART_NUMBER; i++) {
            body.append("<Part><PartNumber>" + i + "</PartNumber><ETag>" + etag(i).value() + "</ETag></Part>");
        }
        String text = body.append("</CompleteMultipartUpload>").toString();
        weigh(() -> {
            ObjectVersion version = version(1, "\"", Numbers.MAX_PART_NUMBER);
            FakeStore store = FakeStore.answering(version);
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            XmlElement tree = XmlReader.read(bytes, "CompleteMultipartUpload");
            FakeExchange.Given given = FakeExchange.Given.of("/bucket/key")
                    .query("uploadId", new UploadId(new Id128(1, 1)).toString())
                    .body(text);
            Made made = made(new CompleteMultipartUploadHandler(store), given, version, store, bytes, tree);
            store.asked(CompleteUpload.class);
            return made;
        });
    }
}
