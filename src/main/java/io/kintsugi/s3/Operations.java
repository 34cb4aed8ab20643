package io.kintsugi.s3;

import io.kintsugi.objects.ObjectStore;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Every operation that is implemented, with its handler. */
public final class Operations {
    private static final List<String> OWNER_CHECKS =
            List.of("x-amz-expected-bucket-owner", "x-amz-source-expected-bucket-owner");

    private Operations() {}

    public static S3Handlers over(ObjectStore store, Site site) {
        Map<S3Operation, S3Handler> handlers = new EnumMap<>(S3Operation.class);
        buckets(handlers, store, site);
        objects(handlers, store);
        uploads(handlers, store, site);
        handlers.replaceAll((operation, handler) -> new CheckingOwner(handler, site));
        return new S3Handlers(handlers);
    }

    private static void buckets(Map<S3Operation, S3Handler> handlers, ObjectStore store, Site site) {
        handlers.put(S3Operation.LIST_BUCKETS, new ListBucketsHandler(store, site));
        handlers.put(S3Operation.CREATE_BUCKET, new CreateBucketHandler(store, site));
        handlers.put(S3Operation.HEAD_BUCKET, new HeadBucketHandler(store, site));
        handlers.put(S3Operation.DELETE_BUCKET, new DeleteBucketHandler(store));
        handlers.put(S3Operation.GET_BUCKET_LOCATION, new GetBucketLocationHandler(store, site));
        handlers.put(S3Operation.GET_BUCKET_VERSIONING, new GetBucketVersioningHandler(store));
        handlers.put(S3Operation.PUT_BUCKET_VERSIONING, new PutBucketVersioningHandler(store));
        handlers.put(S3Operation.LIST_OBJECTS, new ListObjectsHandler(store, site));
        handlers.put(S3Operation.LIST_OBJECTS_V2, new ListObjectsV2Handler(store, site));
        handlers.put(S3Operation.LIST_OBJECT_VERSIONS, new ListObjectVersionsHandler(store, site));
    }

    private static void objects(Map<S3Operation, S3Handler> handlers, ObjectStore store) {
        handlers.put(S3Operation.PUT_OBJECT, new PutObjectHandler(store));
        handlers.put(S3Operation.GET_OBJECT, new GetObjectHandler(store));
        handlers.put(S3Operation.HEAD_OBJECT, new HeadObjectHandler(store));
        handlers.put(S3Operation.GET_OBJECT_ATTRIBUTES, new GetObjectAttributesHandler(store));
        handlers.put(S3Operation.COPY_OBJECT, new CopyObjectHandler(store));
        handlers.put(S3Operation.DELETE_OBJECT, new DeleteObjectHandler(store));
        handlers.put(S3Operation.DELETE_OBJECTS, new DeleteObjectsHandler(store));
    }

    private static void uploads(Map<S3Operation, S3Handler> handlers, ObjectStore store, Site site) {
        handlers.put(S3Operation.CREATE_MULTIPART_UPLOAD, new CreateMultipartUploadHandler(store));
        handlers.put(S3Operation.UPLOAD_PART, new UploadPartHandler(store));
        handlers.put(S3Operation.UPLOAD_PART_COPY, new UploadPartCopyHandler(store));
        handlers.put(S3Operation.COMPLETE_MULTIPART_UPLOAD, new CompleteMultipartUploadHandler(store));
        handlers.put(S3Operation.ABORT_MULTIPART_UPLOAD, new AbortMultipartUploadHandler(store));
        handlers.put(S3Operation.LIST_MULTIPART_UPLOADS, new ListMultipartUploadsHandler(store, site));
        handlers.put(S3Operation.LIST_PARTS, new ListPartsHandler(store, site));
    }

    /** A client that expects its bucket to be someone else's must not be answered by us. */
    private record CheckingOwner(S3Handler handler, Site site) implements S3Handler {
        @Override
        public void handle(S3Exchange exchange) {
            check(exchange.request());
            handler.handle(exchange);
        }

        @Override
        public Optional<Runnable> begin(S3Exchange exchange) {
            check(exchange.request());
            return handler.begin(exchange);
        }

        private void check(S3Request request) {
            for (String header : OWNER_CHECKS) {
                if (request.header(header)
                        .filter(owner -> !owner.equals(site.owner()))
                        .isPresent()) {
                    throw new S3Exception(S3Error.ACCESS_DENIED);
                }
            }
        }
    }
}
