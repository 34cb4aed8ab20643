package io.kintsugi.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.kintsugi.s3.FakeExchange.Given;
import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who names a condition counts on it: nothing is changed as if there were none. */
class ConditionsTest {
    private static final String DATE = "Wed, 04 Mar 2026 05:06:07 GMT";
    private static final String UPLOAD_ID = "0000000000000000000000000000000f";
    private static final String COMPLETION = "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber>"
            + "<ETag>&quot;0123&quot;</ETag></Part></CompleteMultipartUpload>";

    /** What changes something, and a request for it. */
    private enum Change {
        PUT(PutObjectHandler::new, Given.of("/bucket/k").body("hello")),
        COPY(CopyObjectHandler::new, Given.of("/bucket/k").header("x-amz-copy-source", "/bucket/other")),
        COMPLETE(
                CompleteMultipartUploadHandler::new,
                Given.of("/bucket/k").query("uploadId", UPLOAD_ID).body(COMPLETION)),
        DELETE(DeleteObjectHandler::new, Given.of("/bucket/k")),
        ABORT(AbortMultipartUploadHandler::new, Given.of("/bucket/k").query("uploadId", UPLOAD_ID));

        private final Function<FakeStore, S3Handler> handler;
        private final Given given;

        Change(Function<FakeStore, S3Handler> handler, Given given) {
            this.handler = handler;
            this.given = given;
        }
    }

    @ParameterizedTest
    @CsvSource({
        "PUT, if-modified-since",
        "PUT, if-unmodified-since",
        "COPY, if-modified-since",
        "COPY, if-unmodified-since",
        "COMPLETE, if-modified-since",
        "COMPLETE, if-unmodified-since",
        "DELETE, if-none-match",
        "DELETE, if-modified-since",
        "DELETE, if-unmodified-since",
        "ABORT, x-amz-if-match-initiated-time"
    })
    void aConditionThatIsNotKnownThereIsRefused(Change change, String header) {
        FakeStore store = FakeStore.answering();
        Given given = change.given.header(header, DATE);
        S3Exception refused = assertThrows(S3Exception.class, () -> given.to(change.handler.apply(store)));
        assertEquals(S3Error.NOT_IMPLEMENTED, refused.error());
        assertEquals(0, store.calls());
    }
}
