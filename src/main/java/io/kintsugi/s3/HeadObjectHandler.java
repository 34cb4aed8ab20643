package io.kintsugi.s3;

import io.kintsugi.base.AtOnce;
import io.kintsugi.objects.ObjectStore;
import java.util.Optional;

/** @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html">HeadObject</a> */
record HeadObjectHandler(ObjectStore store) implements S3Handler {
    @Override
    public void handle(S3Exchange exchange) {
        begin(exchange).ifPresent(Runnable::run);
    }

    @Override
    public Optional<Runnable> begin(S3Exchange exchange) {
        ReadRequest request = ReadRequest.of(exchange);
        AtOnce<S3Response> head = request.read(store::headAtOnce)
                .then(read -> request.head(read, store)
                        .map(made -> made.header("Content-Length", read.range().length())));
        if (head instanceof AtOnce.Told<S3Response>(var whole)) {
            exchange.respond(whole);
            return Optional.empty();
        }
        return Optional.of(() -> exchange.respond(head.orWait()));
    }
}
