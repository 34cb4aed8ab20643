package io.kintsugi.s3;

import io.kintsugi.base.ChecksumAlgorithm;
import io.kintsugi.base.ObjectKey;
import io.kintsugi.base.StoreException;
import io.kintsugi.base.VersionId;
import io.kintsugi.base.WriteCondition;
import io.kintsugi.objects.DeleteObjects;
import io.kintsugi.objects.ObjectStore;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/** @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html">DeleteObjects</a> */
record DeleteObjectsHandler(ObjectStore store) implements S3Handler {
    static final int MAX_ITEMS = 1000;
    /** 1,000 keys of 1,024 bytes, every one of them a character reference, and as much again for what stands around. */
    private static final int MAX_BODY = 8 * 1024 * 1024;

    /** One line of the request: what is to be deleted, or why it can't even be asked for. */
    private sealed interface Line {}

    private record Asked(DeleteObjects.Item item) implements Line {}

    private record Wrong(String key, Optional<String> version, S3Error error, String message) implements Line {}

    @Override
    public void handle(S3Exchange exchange) {
        S3Request request = exchange.request();
        UnsupportedHeaders.checkWrite(request.headers());
        requireDigest(request.headers());
        byte[] body = exchange.readBody(MAX_BODY);
        exchange.reserve(DocumentSizes.deletion(body.length, request));
        XmlElement document = XmlReader.read(body, "Delete");
        List<Line> lines = lines(document);
        boolean quiet = document.childText("Quiet")
                .filter(text -> text.strip().equalsIgnoreCase("true"))
                .isPresent();
        Iterator<DeleteObjects.Result> results = delete(request, lines).iterator();
        XmlWriter xml = XmlWriter.document("DeleteResult");
        for (Line line : lines) {
            switch (line) {
                case Asked asked -> write(results.next(), quiet, xml);
                case Wrong wrong -> write(wrong, xml);
            }
        }
        exchange.respond(S3Response.ok().xml(xml));
    }

    private List<DeleteObjects.Result> delete(S3Request request, List<Line> lines) {
        List<DeleteObjects.Item> items = new ArrayList<>(lines.size());
        for (Line line : lines) {
            if (line instanceof Asked(DeleteObjects.Item item)) {
                items.add(item);
            }
        }
        if (items.isEmpty()) {
            store.bucket(request.bucket());
            return List.of();
        }
        return store.delete(new DeleteObjects(request.bucket(), items));
    }

    /** A batch that was damaged on its way would delete something else: AWS wants a digest of it. */
    private static void requireDigest(Headers headers) {
        boolean given = headers.contains("content-md5") || headers.contains("x-amz-trailer");
        for (ChecksumAlgorithm algorithm : ChecksumAlgorithm.values()) {
            given |= headers.contains(algorithm.headerName());
        }
        if (!given) {
            throw new S3Exception(
                    S3Error.INVALID_REQUEST,
                    "Missing required header for this request: Content-MD5 OR x-amz-checksum-*");
        }
    }

    private static List<Line> lines(XmlElement document) {
        List<XmlElement> objects = document.children("Object");
        if (objects.isEmpty() || objects.size() > MAX_ITEMS) {
            throw new S3Exception(S3Error.MALFORMED_XML)
                    .with("Detail", "1 to " + MAX_ITEMS + " objects may be deleted at once, not " + objects.size());
        }
        return objects.stream().map(DeleteObjectsHandler::line).toList();
    }

    private static Line line(XmlElement object) {
        String key = object.requiredText("Key");
        Optional<String> version = object.childText("VersionId").filter(text -> !text.isEmpty());
        if (key.isEmpty()) {
            throw new S3Exception(S3Error.MALFORMED_XML).with("Detail", "<Key> is empty");
        }
        if (version.isPresent() && !VersionId.isValid(version.get())) {
            S3Error error = S3Error.NO_SUCH_VERSION;
            return new Wrong(key, version, error, error.message());
        }
        WriteCondition condition = Conditions.delete(
                object.childText("ETag"), object.childText("LastModifiedTime"), object.childText("Size"));
        try {
            return new Asked(new DeleteObjects.Item(ObjectKey.of(key), version.map(VersionId::parse), condition));
        } catch (StoreException.Invalid tooLong) {
            return new Wrong(key, version, S3Error.KEY_TOO_LONG, tooLong.getMessage());
        }
    }

    private static void write(DeleteObjects.Result result, boolean quiet, XmlWriter xml) {
        switch (result) {
            case DeleteObjects.Deleted deleted -> {
                if (!quiet) {
                    write(deleted, xml);
                }
            }
            case DeleteObjects.Refused(DeleteObjects.Item item, StoreException reason) -> {
                S3Error error = S3Errors.of(reason);
                String key = item.key().value();
                write(new Wrong(key, item.version().map(VersionId::toString), error, reason.getMessage()), xml);
            }
        }
    }

    private static void write(DeleteObjects.Deleted deleted, XmlWriter xml) {
        xml.open("Deleted")
                .element("Key", deleted.item().key().value())
                .element("VersionId", deleted.item().version().map(VersionId::toString));
        deleted.marker()
                .ifPresent(marker ->
                        xml.element("DeleteMarker", true).element("DeleteMarkerVersionId", marker.toString()));
        xml.close();
    }

    private static void write(Wrong wrong, XmlWriter xml) {
        xml.open("Error")
                .element("Key", wrong.key())
                .element("VersionId", wrong.version())
                .element("Code", wrong.error().code())
                .element("Message", wrong.message())
                .close();
    }
}
