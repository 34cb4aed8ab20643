package io.kintsugi.s3;

import io.kintsugi.base.VersionId;
import io.kintsugi.objects.DeleteObjects;
import io.kintsugi.objects.ObjectStore;
import java.util.List;

/** @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html">DeleteObject</a> */
record DeleteObjectHandler(ObjectStore store) implements S3Handler {
    @Override
    public void handle(S3Exchange exchange) {
        S3Request request = exchange.request();
        UnsupportedHeaders.checkWrite(request.headers());
        var item =
                new DeleteObjects.Item(request.key(), VersionParam.of(request), Conditions.delete(request.headers()));
        DeleteObjects.Result result =
                store.delete(new DeleteObjects(request.bucket(), List.of(item))).getFirst();
        switch (result) {
            case DeleteObjects.Refused refused -> throw refused.reason();
            case DeleteObjects.Deleted deleted -> exchange.respond(response(deleted));
        }
    }

    private static S3Response response(DeleteObjects.Deleted deleted) {
        S3Response response = S3Response.noContent();
        deleted.marker().ifPresent(marker -> response.header("x-amz-delete-marker", "true"));
        deleted.item()
                .version()
                .or(deleted::marker)
                .map(VersionId::toString)
                .ifPresent(version -> response.header(VersionParam.HEADER, version));
        return response;
    }
}
