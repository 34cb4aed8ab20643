package io.kintsugi.s3;

import io.kintsugi.objects.ObjectRead;
import io.kintsugi.objects.ObjectStore;

/** @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html">HeadObject</a> */
record HeadObjectHandler(ObjectStore store) implements S3Handler {
    @Override
    public void handle(S3Exchange exchange) {
        ReadRequest request = ReadRequest.of(exchange);
        ObjectRead read = request.read(store::head);
        exchange.respond(
                request.head(read, store).header("Content-Length", read.range().length()));
    }
}
