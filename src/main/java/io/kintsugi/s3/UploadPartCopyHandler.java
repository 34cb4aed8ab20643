package io.kintsugi.s3;

import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.UploadedPart;
import io.kintsugi.objects.GetObject;
import io.kintsugi.objects.ObjectStore;
import io.kintsugi.objects.RangeSpec;
import io.kintsugi.objects.ReadCondition;
import io.kintsugi.objects.UploadPartCopy;
import java.util.Optional;

/** @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html">UploadPartCopy</a> */
record UploadPartCopyHandler(ObjectStore store) implements S3Handler {
    private static final String RANGE = "x-amz-copy-source-range";

    @Override
    public void handle(S3Exchange exchange) {
        S3Request request = exchange.request();
        UnsupportedHeaders.checkWrite(request.headers());
        int number = Uploads.partNumber(request);
        CopySource source = CopyRequest.source(request);
        GetObject whole = CopyRequest.read(source, new RangeSpec.Whole(), request.headers());
        Optional<RangeSpec.FromTo> range = request.header(RANGE).map(UploadPartCopyHandler::range);
        S3Response response = S3Response.ok();
        UploadedPart copied = CopyRequest.copying(() -> {
            ObjectVersion found = store.head(whole).version();
            VersionParam.writeSource(found, source.version(), store, response);
            range.ifPresent(bytes -> checkWithin(bytes, found));
            return store.uploadPartCopy(new UploadPartCopy(Uploads.name(request), number, pinned(whole, range, found)));
        });
        XmlWriter xml = XmlWriter.document("CopyPartResult")
                .element("LastModified", HttpDates.xml(copied.lastModified()))
                .element("ETag", copied.part().etag().quoted());
        copied.part().checksum().ifPresent(checksum -> Checksums.write(checksum, xml));
        exchange.respond(response.xml(xml));
    }

    private static RangeSpec.FromTo range(String header) {
        if (header.startsWith("bytes=")
                && RangeHeader.strict(header).orElse(null) instanceof RangeSpec.FromTo(long first, long last)) {
            return new RangeSpec.FromTo(first, last);
        }
        throw S3Exception.invalidArgument(
                "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the"
                        + " zero-based offsets of the first and last bytes to copy",
                RANGE,
                header);
    }

    /** A copy is of the bytes that were named, never of fewer. */
    private static void checkWithin(RangeSpec.FromTo range, ObjectVersion source) {
        if (range.last() >= source.size()) {
            throw new S3Exception(
                    S3Error.INVALID_RANGE, "Range specified is not valid for source object of size: " + source.size());
        }
    }

    /** The very version whose size was looked at: another one since then fails the condition. */
    private static GetObject pinned(GetObject whole, Optional<RangeSpec.FromTo> range, ObjectVersion found) {
        ReadCondition condition = new ReadCondition(
                Optional.of(found.etag().quoted()), Optional.empty(), Optional.empty(), Optional.empty());
        RangeSpec bytes = range.isPresent() ? range.get() : new RangeSpec.Whole();
        return new GetObject(whole.bucket(), whole.key(), Optional.of(found.id()), bytes, condition);
    }
}
