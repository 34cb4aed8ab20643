package io.kintsugi.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** One connection of {@link EmptyServer}: one request after the other. */
final class EmptyExchange {
    private static final int HEAD_LIMIT = 32 * 1024;
    private static final int KEPT_BODY_LIMIT = 4 * 1024 * 1024;
    private static final byte[] HEAD_END = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    /** All connections belong to one thread, so they share these. */
    private static final ByteBuffer SCRATCH = ByteBuffer.allocateDirect(1 << 20);

    private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(1 << 20);

    private final SocketChannel channel;
    private final SelectionKey selection;
    private final EmptyNames names;
    private final ByteBuffer head = ByteBuffer.allocate(HEAD_LIMIT);
    private ByteBuffer keptBody = ByteBuffer.allocate(0);
    private EmptyRequest request;
    private long bodyLeft;
    private ByteBuffer answer = ByteBuffer.allocate(0);
    private long zerosLeft;

    EmptyExchange(SocketChannel channel, SelectionKey selection, EmptyNames names) {
        this.channel = channel;
        this.selection = selection;
        this.names = names;
    }

    void proceed() throws IOException {
        if (selection.isWritable()) {
            write();
            return;
        }
        ByteBuffer into = request == null ? head : SCRATCH.clear();
        int count = channel.read(into);
        if (count < 0) {
            channel.close();
            return;
        }
        if (request == null) {
            readHead();
        } else {
            take(SCRATCH.flip());
        }
    }

    private void readHead() throws IOException {
        int end = endOfHead();
        if (end < 0) {
            if (!head.hasRemaining()) {
                throw new IOException("a head of more than " + HEAD_LIMIT + " bytes");
            }
            return;
        }
        request = EmptyRequest.of(new String(head.array(), 0, end, StandardCharsets.ISO_8859_1));
        bodyLeft = request.contentLength();
        keptBody = ByteBuffer.allocate(request.method().equals("POST") ? (int) Math.min(bodyLeft, KEPT_BODY_LIMIT) : 0);
        if (request.expectsContinue()) {
            channel.write(ByteBuffer.wrap("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
        }
        ByteBuffer rest = head.flip().position(end).slice();
        head.clear();
        take(rest);
    }

    private int endOfHead() {
        for (int i = HEAD_END.length - 1; i < head.position(); i++) {
            if (head.get(i) == '\n' && head.get(i - 2) == '\n' && head.get(i - 1) == '\r') {
                return i + 1;
            }
        }
        return -1;
    }

    /** The body is dropped, but for what a POST says. */
    private void take(ByteBuffer bytes) throws IOException {
        bodyLeft -= bytes.remaining();
        if (keptBody.remaining() >= bytes.remaining()) {
            keptBody.put(bytes);
        }
        if (bodyLeft > 0) {
            return;
        }
        String body = new String(keptBody.array(), 0, keptBody.position(), StandardCharsets.UTF_8);
        EmptyAnswer said = names.answer(request, body);
        answer = ByteBuffer.wrap(said.bytes());
        zerosLeft = said.zeros();
        request = null;
        write();
    }

    private void write() throws IOException {
        boolean more = true;
        while (more) {
            ByteBuffer zeros = ZEROS.duplicate().limit((int) Math.min(ZEROS.capacity(), zerosLeft));
            long asked = answer.remaining() + (long) zeros.remaining();
            long wrote = channel.write(new ByteBuffer[] {answer, zeros});
            zerosLeft -= zeros.position();
            more = wrote == asked && zerosLeft > 0;
        }
        boolean done = !answer.hasRemaining() && zerosLeft == 0;
        selection.interestOps(done ? SelectionKey.OP_READ : SelectionKey.OP_WRITE);
    }

    /** What is sent: a head with what text follows it, and then as many zeros. */
    record EmptyAnswer(byte[] bytes, long zeros) {}

    /** The parts of a request's head that matter here. */
    record EmptyRequest(String method, String path, String query, String head) {
        static EmptyRequest of(String head) {
            int first = head.indexOf(' ');
            int second = head.indexOf(' ', first + 1);
            String target = head.substring(first + 1, second);
            int mark = target.indexOf('?');
            return new EmptyRequest(
                    head.substring(0, first),
                    mark < 0 ? target : target.substring(0, mark),
                    mark < 0 ? "" : target.substring(mark + 1),
                    head);
        }

        /**
         * The header's value, or an empty string; names are looked for as the generators write them and in lower case.
         */
        String header(String name) {
            int at = head.indexOf("\r\n" + name + ": ");
            at = at < 0 ? head.indexOf("\r\n" + name.toLowerCase(Locale.ROOT) + ": ") : at;
            return at < 0 ? "" : head.substring(at + name.length() + 4, head.indexOf('\r', at + 2));
        }

        long contentLength() {
            return number(header("Content-Length"), 0);
        }

        /** Without the framing of a body that is signed in chunks. */
        long objectBytes() {
            return number(header("X-Amz-Decoded-Content-Length"), contentLength());
        }

        boolean expectsContinue() {
            return header("Expect").equals("100-continue");
        }

        private static long number(String text, long otherwise) {
            return text.isEmpty() ? otherwise : Long.parseLong(text);
        }
    }
}
