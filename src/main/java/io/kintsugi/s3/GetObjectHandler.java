package io.kintsugi.s3;

import io.kintsugi.base.ByteSink;
import io.kintsugi.objects.ObjectRead;
import io.kintsugi.objects.ObjectStore;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/** @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html">GetObject</a> */
record GetObjectHandler(ObjectStore store) implements S3Handler {
    @Override
    public void handle(S3Exchange exchange) {
        ReadRequest request = ReadRequest.of(exchange);
        ObjectRead read = request.read(store::get);
        S3Response head = request.head(read, store);
        if (read.range().length() == 0) {
            exchange.respond(head);
            return;
        }
        read.sendTo(new LateHead(exchange, head, read.range().length()));
    }

    /**
     * Answers with the head when the first bytes are there, so that what fails before them can still become an error.
     */
    private static final class LateHead implements ByteSink {
        private final S3Exchange exchange;
        private final S3Response head;
        private final long length;
        private Optional<ByteSink> body = Optional.empty();

        LateHead(S3Exchange exchange, S3Response head, long length) {
            this.exchange = exchange;
            this.head = head;
            this.length = length;
        }

        @Override
        public void write(ByteBuffer bytes, Runnable release) {
            begun(release).write(bytes, release);
        }

        @Override
        public void writeAll(List<ByteBuffer> pieces, Runnable release) {
            begun(release).writeAll(pieces, release);
        }

        private ByteSink begun(Runnable release) {
            try {
                ByteSink sink = body.isPresent() ? body.get() : exchange.stream(head, length);
                body = Optional.of(sink);
                return sink;
            } catch (RuntimeException e) {
                release.run();
                throw e;
            }
        }
    }
}
