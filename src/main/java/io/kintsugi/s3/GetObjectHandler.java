package io.kintsugi.s3;

import io.kintsugi.base.AtOnce;
import io.kintsugi.base.ByteSink;
import io.kintsugi.base.PieceSource;
import io.kintsugi.objects.ObjectRead;
import io.kintsugi.objects.ObjectStore;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/** @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html">GetObject</a> */
record GetObjectHandler(ObjectStore store) implements S3Handler {
    /** Head and body of an answer. */
    private record Found(S3Response head, ObjectRead read) {
        void answer(S3Exchange exchange) {
            long length = read.range().length();
            if (length == 0) {
                exchange.respond(head);
            } else {
                read.sendTo(new LateHead(exchange, head, length));
            }
        }
    }

    @Override
    public void handle(S3Exchange exchange) {
        begin(exchange).ifPresent(Runnable::run);
    }

    @Override
    public Optional<Runnable> begin(S3Exchange exchange) {
        ReadRequest request = ReadRequest.of(exchange);
        AtOnce<Found> found = request.read(store::getAtOnce)
                .then(read -> request.head(read, store).map(head -> new Found(head, read)));
        if (found instanceof AtOnce.Told<Found>(var whole) && whole.read().isInMemory()) {
            whole.answer(exchange);
            return Optional.empty();
        }
        return Optional.of(() -> found.orWait().answer(exchange));
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

        @Override
        public void drain(PieceSource source) {
            if (body.isPresent()) {
                body.get().drain(source);
            } else {
                source.next().ifPresent(first -> {
                    writeAll(first.bytes(), first.release());
                    drain(source);
                });
            }
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
