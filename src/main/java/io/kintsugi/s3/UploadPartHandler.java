package io.kintsugi.s3;

import io.kintsugi.base.ObjectPart;
import io.kintsugi.objects.ObjectStore;
import io.kintsugi.objects.UploadPart;

/** @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPart.html">UploadPart</a> */
record UploadPartHandler(ObjectStore store) implements S3Handler {
    @Override
    public void handle(S3Exchange exchange) {
        S3Request request = exchange.request();
        UnsupportedHeaders.checkWrite(request.headers());
        int number = Uploads.partNumber(request);
        ObjectPart part = store.uploadPart(new UploadPart(Uploads.name(request), number, exchange.uploadBody()))
                .part();
        S3Response response = S3Response.ok().header("ETag", part.etag().quoted());
        part.checksum().ifPresent(checksum -> Checksums.writePartHeader(checksum, response));
        exchange.respond(response);
    }
}
