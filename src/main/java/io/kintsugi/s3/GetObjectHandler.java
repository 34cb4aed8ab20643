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
        /** What is kept in mind until the client has all of it. */
        long bytes() {
            return DocumentSizes.pieces(read.pieces());
        }

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
        AtOnce<Found> found = find(request);
        if (found instanceof AtOnce.Told<Found>(var whole) && whole.read().isInMemory()) {
            whole.answer(exchange);
            return Optional.empty();
        }
        return Optional.of(rest(exchange, request, found));
    }

    private AtOnce<Found> find(ReadRequest request) {
        return request.read(store::getAtOnce)
                .then(read -> request.head(read, store).map(head -> new Found(head, read.withoutParts())));
    }

    /** What is left to do, which holds no more than there is memory for: where 10,000 parts lie takes megabytes. */
    private Runnable rest(S3Exchange exchange, ReadRequest request, AtOnce<Found> found) {
        if (found instanceof AtOnce.Told<Found>(var whole)) {
            long bytes = whole.bytes();
            return bytes == 0 || exchange.keepAtOnce(bytes)
                    ? () -> whole.answer(exchange)
                    : () -> answerLater(exchange, request, bytes);
        }
        return () -> rest(exchange, request, AtOnce.told(found.orWait())).run();
    }

    /** Finds it once more when there is room: whoever waits holds nothing of what he waits for. */
    private void answerLater(S3Exchange exchange, ReadRequest request, long bytes) {
        exchange.keep(bytes);
        Found found = find(request).orWait();
        if (found.bytes() > bytes) {
            throw new S3Exception(S3Error.SLOW_DOWN);
        }
        found.answer(exchange);
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
