package io.kintsugi.s3;

import io.kintsugi.base.ByteSink;
import io.kintsugi.base.ByteSource;
import io.kintsugi.base.ChecksumAlgorithm;
import io.kintsugi.iam.Identity;
import io.kintsugi.iam.Verified;
import io.kintsugi.objects.UploadBody;

/** A request that was understood and verified, on its wire. */
record Exchange(S3Request request, Verified verified, WireRequest wire, Answer answer) implements S3Exchange {
    private static final byte[] NO_BODY = new byte[0];
    private static final ByteSource EMPTY = target -> -1;

    @Override
    public Identity identity() {
        return verified.identity();
    }

    @Override
    public String requestId() {
        return wire.requestId();
    }

    @Override
    public UploadBody uploadBody() {
        BodyHeaders headers = BodyHeaders.read(request.headers(), verified.payload());
        if (headers.length().isEmpty()) {
            throw new S3Exception(S3Error.MISSING_CONTENT_LENGTH);
        }
        return WireBody.of(raw(), verified.payload(), headers);
    }

    @Override
    public byte[] readBody(int maxBytes) {
        BodyHeaders headers = BodyHeaders.read(headersOfDocument(), verified.payload());
        if (!wire.hasBody() && headers.length().isEmpty()) {
            return NO_BODY;
        }
        wire.documents()
                .receive(WireBody.memory(Math.min(maxBytes, headers.length().orElse(maxBytes))));
        byte[] body = WireBody.of(raw(), verified.payload(), headers).readAll(maxBytes);
        wire.documents().received(body.length);
        return body;
    }

    @Override
    public void reserve(long bytes) {
        wire.documents().reserve(bytes);
    }

    @Override
    public boolean reserveAtOnce(long bytes) {
        return wire.documents().reserveAtOnce(bytes);
    }

    @Override
    public void keep(long bytes) {
        wire.documents().keep(bytes);
    }

    @Override
    public boolean keepAtOnce(long bytes) {
        return wire.documents().keepAtOnce(bytes);
    }

    /** The checksum that completes an upload is that of the object, not of the document that lists its parts. */
    private Headers headersOfDocument() {
        return request.operation() == S3Operation.COMPLETE_MULTIPART_UPLOAD
                ? request.headers()
                        .without(name -> ChecksumAlgorithm.ofHeaderName(name).isPresent())
                : request.headers();
    }

    private ByteSource raw() {
        return wire.body().<ByteSource>map(body -> body).orElse(EMPTY);
    }

    @Override
    public void respond(S3Response response) {
        answer.send(response, request.isHead());
    }

    @Override
    public ByteSink stream(S3Response head, long contentLength) {
        return answer.stream(head, contentLength);
    }
}
