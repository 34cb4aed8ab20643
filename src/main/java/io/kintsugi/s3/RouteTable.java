package io.kintsugi.s3;

import java.util.List;

/**
 * Which method, on what, with which sub-resource, is which operation. {@link Router} tells apart what this table can't.
 */
final class RouteTable {
    /** All rows. */
    static final List<Row> ROUTES = List.of(
            service("GET", "", S3Operation.LIST_BUCKETS),
            bucket("DELETE", "", S3Operation.DELETE_BUCKET),
            bucket("GET", "", S3Operation.LIST_OBJECTS),
            bucket("HEAD", "", S3Operation.HEAD_BUCKET),
            bucket("POST", "", S3Operation.POST_OBJECT),
            bucket("PUT", "", S3Operation.CREATE_BUCKET),
            bucket("GET", "abac", S3Operation.GET_BUCKET_ABAC),
            bucket("PUT", "abac", S3Operation.PUT_BUCKET_ABAC),
            bucket("GET", "accelerate", S3Operation.GET_BUCKET_ACCELERATE_CONFIGURATION),
            bucket("PUT", "accelerate", S3Operation.PUT_BUCKET_ACCELERATE_CONFIGURATION),
            bucket("GET", "acl", S3Operation.GET_BUCKET_ACL),
            bucket("PUT", "acl", S3Operation.PUT_BUCKET_ACL),
            bucket("DELETE", "analytics", S3Operation.DELETE_BUCKET_ANALYTICS_CONFIGURATION),
            bucket("GET", "analytics", S3Operation.GET_BUCKET_ANALYTICS_CONFIGURATION),
            bucket("PUT", "analytics", S3Operation.PUT_BUCKET_ANALYTICS_CONFIGURATION),
            bucket("DELETE", "cors", S3Operation.DELETE_BUCKET_CORS),
            bucket("GET", "cors", S3Operation.GET_BUCKET_CORS),
            bucket("PUT", "cors", S3Operation.PUT_BUCKET_CORS),
            bucket("POST", "delete", S3Operation.DELETE_OBJECTS),
            bucket("DELETE", "encryption", S3Operation.DELETE_BUCKET_ENCRYPTION),
            bucket("GET", "encryption", S3Operation.GET_BUCKET_ENCRYPTION),
            bucket("PUT", "encryption", S3Operation.PUT_BUCKET_ENCRYPTION),
            bucket("DELETE", "intelligent-tiering", S3Operation.DELETE_BUCKET_INTELLIGENT_TIERING_CONFIGURATION),
            bucket("GET", "intelligent-tiering", S3Operation.GET_BUCKET_INTELLIGENT_TIERING_CONFIGURATION),
            bucket("PUT", "intelligent-tiering", S3Operation.PUT_BUCKET_INTELLIGENT_TIERING_CONFIGURATION),
            bucket("DELETE", "inventory", S3Operation.DELETE_BUCKET_INVENTORY_CONFIGURATION),
            bucket("GET", "inventory", S3Operation.GET_BUCKET_INVENTORY_CONFIGURATION),
            bucket("PUT", "inventory", S3Operation.PUT_BUCKET_INVENTORY_CONFIGURATION),
            bucket("DELETE", "lifecycle", S3Operation.DELETE_BUCKET_LIFECYCLE),
            bucket("GET", "lifecycle", S3Operation.GET_BUCKET_LIFECYCLE_CONFIGURATION),
            bucket("PUT", "lifecycle", S3Operation.PUT_BUCKET_LIFECYCLE_CONFIGURATION),
            bucket("GET", "location", S3Operation.GET_BUCKET_LOCATION),
            bucket("GET", "logging", S3Operation.GET_BUCKET_LOGGING),
            bucket("PUT", "logging", S3Operation.PUT_BUCKET_LOGGING),
            bucket("PUT", "metadataAnnotationTable", S3Operation.UPDATE_BUCKET_METADATA_ANNOTATION_TABLE_CONFIGURATION),
            bucket("DELETE", "metadataConfiguration", S3Operation.DELETE_BUCKET_METADATA_CONFIGURATION),
            bucket("GET", "metadataConfiguration", S3Operation.GET_BUCKET_METADATA_CONFIGURATION),
            bucket("POST", "metadataConfiguration", S3Operation.CREATE_BUCKET_METADATA_CONFIGURATION),
            bucket("PUT", "metadataInventoryTable", S3Operation.UPDATE_BUCKET_METADATA_INVENTORY_TABLE_CONFIGURATION),
            bucket("PUT", "metadataJournalTable", S3Operation.UPDATE_BUCKET_METADATA_JOURNAL_TABLE_CONFIGURATION),
            bucket("DELETE", "metadataTable", S3Operation.DELETE_BUCKET_METADATA_TABLE_CONFIGURATION),
            bucket("GET", "metadataTable", S3Operation.GET_BUCKET_METADATA_TABLE_CONFIGURATION),
            bucket("POST", "metadataTable", S3Operation.CREATE_BUCKET_METADATA_TABLE_CONFIGURATION),
            bucket("DELETE", "metrics", S3Operation.DELETE_BUCKET_METRICS_CONFIGURATION),
            bucket("GET", "metrics", S3Operation.GET_BUCKET_METRICS_CONFIGURATION),
            bucket("PUT", "metrics", S3Operation.PUT_BUCKET_METRICS_CONFIGURATION),
            bucket("GET", "notification", S3Operation.GET_BUCKET_NOTIFICATION_CONFIGURATION),
            bucket("PUT", "notification", S3Operation.PUT_BUCKET_NOTIFICATION_CONFIGURATION),
            bucket("GET", "object-lock", S3Operation.GET_OBJECT_LOCK_CONFIGURATION),
            bucket("PUT", "object-lock", S3Operation.PUT_OBJECT_LOCK_CONFIGURATION),
            bucket("DELETE", "ownershipControls", S3Operation.DELETE_BUCKET_OWNERSHIP_CONTROLS),
            bucket("GET", "ownershipControls", S3Operation.GET_BUCKET_OWNERSHIP_CONTROLS),
            bucket("PUT", "ownershipControls", S3Operation.PUT_BUCKET_OWNERSHIP_CONTROLS),
            bucket("DELETE", "policy", S3Operation.DELETE_BUCKET_POLICY),
            bucket("GET", "policy", S3Operation.GET_BUCKET_POLICY),
            bucket("PUT", "policy", S3Operation.PUT_BUCKET_POLICY),
            bucket("GET", "policyStatus", S3Operation.GET_BUCKET_POLICY_STATUS),
            bucket("DELETE", "publicAccessBlock", S3Operation.DELETE_PUBLIC_ACCESS_BLOCK),
            bucket("GET", "publicAccessBlock", S3Operation.GET_PUBLIC_ACCESS_BLOCK),
            bucket("PUT", "publicAccessBlock", S3Operation.PUT_PUBLIC_ACCESS_BLOCK),
            bucket("DELETE", "replication", S3Operation.DELETE_BUCKET_REPLICATION),
            bucket("GET", "replication", S3Operation.GET_BUCKET_REPLICATION),
            bucket("PUT", "replication", S3Operation.PUT_BUCKET_REPLICATION),
            bucket("GET", "requestPayment", S3Operation.GET_BUCKET_REQUEST_PAYMENT),
            bucket("PUT", "requestPayment", S3Operation.PUT_BUCKET_REQUEST_PAYMENT),
            bucket("GET", "session", S3Operation.CREATE_SESSION),
            bucket("DELETE", "tagging", S3Operation.DELETE_BUCKET_TAGGING),
            bucket("GET", "tagging", S3Operation.GET_BUCKET_TAGGING),
            bucket("PUT", "tagging", S3Operation.PUT_BUCKET_TAGGING),
            bucket("GET", "uploads", S3Operation.LIST_MULTIPART_UPLOADS),
            bucket("GET", "versioning", S3Operation.GET_BUCKET_VERSIONING),
            bucket("PUT", "versioning", S3Operation.PUT_BUCKET_VERSIONING),
            bucket("GET", "versions", S3Operation.LIST_OBJECT_VERSIONS),
            bucket("DELETE", "website", S3Operation.DELETE_BUCKET_WEBSITE),
            bucket("GET", "website", S3Operation.GET_BUCKET_WEBSITE),
            bucket("PUT", "website", S3Operation.PUT_BUCKET_WEBSITE),
            object("DELETE", "", S3Operation.DELETE_OBJECT),
            object("GET", "", S3Operation.GET_OBJECT),
            object("HEAD", "", S3Operation.HEAD_OBJECT),
            object("PUT", "", S3Operation.PUT_OBJECT),
            object("GET", "acl", S3Operation.GET_OBJECT_ACL),
            object("PUT", "acl", S3Operation.PUT_OBJECT_ACL),
            object("DELETE", "annotation", S3Operation.DELETE_OBJECT_ANNOTATION),
            object("GET", "annotation", S3Operation.GET_OBJECT_ANNOTATION),
            object("PUT", "annotation", S3Operation.PUT_OBJECT_ANNOTATION),
            object("GET", "attributes", S3Operation.GET_OBJECT_ATTRIBUTES),
            object("PUT", "encryption", S3Operation.UPDATE_OBJECT_ENCRYPTION),
            object("GET", "legal-hold", S3Operation.GET_OBJECT_LEGAL_HOLD),
            object("PUT", "legal-hold", S3Operation.PUT_OBJECT_LEGAL_HOLD),
            object("PUT", "renameObject", S3Operation.RENAME_OBJECT),
            object("POST", "restore", S3Operation.RESTORE_OBJECT),
            object("GET", "retention", S3Operation.GET_OBJECT_RETENTION),
            object("PUT", "retention", S3Operation.PUT_OBJECT_RETENTION),
            object("POST", "select", S3Operation.SELECT_OBJECT_CONTENT),
            object("DELETE", "tagging", S3Operation.DELETE_OBJECT_TAGGING),
            object("GET", "tagging", S3Operation.GET_OBJECT_TAGGING),
            object("PUT", "tagging", S3Operation.PUT_OBJECT_TAGGING),
            object("GET", "torrent", S3Operation.GET_OBJECT_TORRENT),
            object("DELETE", "uploadId", S3Operation.ABORT_MULTIPART_UPLOAD),
            object("GET", "uploadId", S3Operation.LIST_PARTS),
            object("POST", "uploadId", S3Operation.COMPLETE_MULTIPART_UPLOAD),
            object("PUT", "uploadId", S3Operation.UPLOAD_PART),
            object("POST", "uploads", S3Operation.CREATE_MULTIPART_UPLOAD));

    /** One row. */
    record Row(Router.Route route, S3Operation to) {}

    private RouteTable() {}

    private static Row service(String method, String subresource, S3Operation to) {
        return new Row(new Router.Route(method, S3Operation.Scope.SERVICE, subresource), to);
    }

    private static Row bucket(String method, String subresource, S3Operation to) {
        return new Row(new Router.Route(method, S3Operation.Scope.BUCKET, subresource), to);
    }

    private static Row object(String method, String subresource, S3Operation to) {
        return new Row(new Router.Route(method, S3Operation.Scope.OBJECT, subresource), to);
    }
}
