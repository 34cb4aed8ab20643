package io.kintsugi.s3;

import io.kintsugi.base.ByteSource;
import io.kintsugi.base.StoreException;
import io.kintsugi.iam.ChunkSigner;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * Decodes {@code aws-chunked}: chunks of {@code size[;chunk-signature=…]}, a last one of size 0, and trailers. The
 * bytes of a chunk are handed on as they come; its signature is checked when it is complete ({@link ChunkVerifier}),
 * and the source ends only after everything was right, so that whoever keeps nothing of a source that failed keeps
 * nothing unsigned.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html">Chunked upload</a>
 */
final class AwsChunkedSource implements ByteSource {
    private static final int MAX_SIZE_DIGITS = 12;
    private static final int BUFFER = 4096;
    private static final String EXTENSION = ";chunk-signature=";

    private final ByteSource source;
    private final Optional<ChunkSigner> signer;
    private final Optional<ChunkVerifier> verifier;
    private final Optional<Trailers> trailers;
    private final ByteBuffer input = ByteBuffer.allocate(BUFFER).flip();
    private long undecoded;
    private long chunkLeft;
    private State state = State.FIRST_HEADER;

    private enum State {
        FIRST_HEADER,
        HEADER,
        DATA,
        TRAILERS,
        ENDED
    }

    /**
     * @param signer of the chunks, where they are signed
     * @param trailers that are to come, where any are
     * @param decodedLength bytes that the chunks must have together
     */
    AwsChunkedSource(ByteSource source, Optional<ChunkSigner> signer, Optional<Trailers> trailers, long decodedLength) {
        this.source = source;
        this.signer = signer;
        this.verifier = signer.map(ChunkVerifier::new);
        this.trailers = trailers;
        this.undecoded = decodedLength;
    }

    @Override
    public int read(ByteBuffer target) {
        try {
            return decode(target);
        } finally {
            verifier.ifPresent(ChunkVerifier::settle);
        }
    }

    /** As always; chunks that come whole into these targets are hashed two at a time. */
    @Override
    public int readFully(List<ByteBuffer> targets) {
        try {
            int count = 0;
            for (ByteBuffer target : targets) {
                while (target.hasRemaining()) {
                    int decoded = decode(target);
                    if (decoded < 0) {
                        return count;
                    }
                    count += decoded;
                }
            }
            return count;
        } finally {
            // the targets are the caller's again; and a wrong signature is told before what is wrong behind it
            verifier.ifPresent(ChunkVerifier::settle);
        }
    }

    /** Reads as {@link #read}, but what was read may still be to be hashed, where it lies. */
    private int decode(ByteBuffer target) {
        while (true) {
            switch (state) {
                case FIRST_HEADER, HEADER -> beginChunk();
                case DATA -> {
                    if (chunkLeft > 0) {
                        return readData(target);
                    }
                    verifier.ifPresent(ChunkVerifier::end);
                    state = State.HEADER;
                }
                case TRAILERS -> endBody();
                case ENDED -> {
                    return -1;
                }
            }
        }
    }

    private void beginChunk() {
        if (state == State.HEADER && !readLine().isEmpty()) {
            throw malformed("a chunk has more bytes than its header says");
        }
        String line = readLine();
        int extension = line.indexOf(';');
        chunkLeft = size(extension < 0 ? line : line.substring(0, extension));
        String signature = signature(extension < 0 ? "" : line.substring(extension));
        if (chunkLeft > undecoded) {
            throw incomplete("The chunks hold more bytes than x-amz-decoded-content-length says.");
        }
        undecoded -= chunkLeft;
        verifier.ifPresent(chunks -> chunks.begin(signature, chunkLeft, undecoded));
        if (chunkLeft > 0) {
            state = State.DATA;
        } else {
            verifier.ifPresent(ChunkVerifier::end);
            state = State.TRAILERS;
        }
    }

    private int readData(ByteBuffer target) {
        int wanted = (int) Math.min(chunkLeft, target.remaining());
        int start = target.position();
        int limit = target.limit();
        target.limit(start + wanted);
        int count;
        if (input.hasRemaining()) {
            count = Math.min(wanted, input.remaining());
            target.put(start, input, input.position(), count).position(start + count);
            input.position(input.position() + count);
        } else {
            count = source.read(target);
        }
        target.limit(limit);
        if (count < 0) {
            throw incomplete("The body ends within a chunk.");
        }
        chunkLeft -= count;
        verifier.ifPresent(chunks -> chunks.add(target.slice(start, count)));
        return count;
    }

    private void endBody() {
        if (undecoded > 0) {
            throw incomplete("The chunks hold " + undecoded + " bytes less than x-amz-decoded-content-length says.");
        }
        if (trailers.isPresent()) {
            trailers.get().read(this::readLineOrEnd, signer);
        } else if (readLineOrEnd().filter(String::isEmpty).isEmpty()) {
            throw malformed("the last chunk is not followed by an empty line");
        } else if (readLineOrEnd().isPresent()) {
            throw malformed("there are bytes behind the last chunk");
        }
        state = State.ENDED;
    }

    private String readLine() {
        return readLineOrEnd().orElseThrow(() -> incomplete("The body ends where a chunk was to begin."));
    }

    /** A line without its end, which is CR LF, or, among trailers, LF alone. Empty at the end of the body. */
    private Optional<String> readLineOrEnd() {
        StringBuilder line = new StringBuilder();
        while (fill()) {
            char c = (char) (input.get() & 0xff);
            if (c == '\n') {
                boolean carriageReturn = !line.isEmpty() && line.charAt(line.length() - 1) == '\r';
                if (carriageReturn) {
                    line.setLength(line.length() - 1);
                } else if (trailers.isEmpty() || state != State.TRAILERS) {
                    throw malformed("a line ends without a carriage return");
                }
                return Optional.of(line.toString());
            }
            if (line.length() >= Trailers.MAX_LINE) {
                throw malformed("a line is longer than " + Trailers.MAX_LINE + " bytes");
            }
            line.append(c);
        }
        if (!line.isEmpty()) {
            throw malformed("the body ends within a line");
        }
        return Optional.empty();
    }

    private boolean fill() {
        if (!input.hasRemaining()) {
            input.clear();
            int count = source.read(input);
            input.flip();
            return count > 0;
        }
        return true;
    }

    private static long size(String digits) {
        if (digits.isEmpty() || digits.length() > MAX_SIZE_DIGITS) {
            throw malformed("a chunk has no size");
        }
        long size = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = digits.charAt(i) < 0x80 ? Character.digit(digits.charAt(i), 16) : -1;
            if (digit < 0) {
                throw malformed("the size of a chunk is not hexadecimal");
            }
            size = size << 4 | digit;
        }
        return size;
    }

    private String signature(String extension) {
        if (signer.isEmpty()) {
            if (!extension.isEmpty()) {
                throw malformed("an unsigned chunk has an extension");
            }
            return "";
        }
        if (!extension.startsWith(EXTENSION)) {
            throw malformed("a chunk has no chunk-signature");
        }
        return extension.substring(EXTENSION.length());
    }

    private static StoreException.Invalid malformed(String detail) {
        return new StoreException.Invalid(
                StoreException.Invalid.Kind.MALFORMED_CHUNK, "The aws-chunked body is malformed: " + detail + ".");
    }

    private static StoreException.Invalid incomplete(String message) {
        return new StoreException.Invalid(StoreException.Invalid.Kind.INCOMPLETE_BODY, message);
    }
}
