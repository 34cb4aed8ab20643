package io.kintsugi.s3;

import io.kintsugi.base.UploadedPart;
import io.kintsugi.objects.GetObject;
import io.kintsugi.objects.ObjectStore;
import io.kintsugi.objects.PartCopyResult;
import io.kintsugi.objects.RangeSpec;
import io.kintsugi.objects.UploadPartCopy;

/** @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html">UploadPartCopy</a> */
record UploadPartCopyHandler(ObjectStore store) implements S3Handler {
    private static final String RANGE = "x-amz-copy-source-range";

    @Override
    public void handle(S3Exchange exchange) {
        S3Request request = exchange.request();
        UnsupportedHeaders.checkWrite(request.headers());
        int number = Uploads.partNumber(request);
        CopySource source = CopyRequest.source(request);
        RangeSpec range = request.header(RANGE)
                .<RangeSpec>map(UploadPartCopyHandler::range)
                .orElseGet(RangeSpec.Whole::new);
        GetObject read = CopyRequest.read(source, range, request.headers());
        PartCopyResult result = CopyRequest.copying(
                () -> store.uploadPartCopy(new UploadPartCopy(Uploads.name(request), number, read)));
        S3Response response = S3Response.ok();
        VersionParam.writeSource(result.source(), source.version(), store, response);
        UploadedPart copied = result.part();
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
}
