package io.kintsugi.s3;

/**
 * Every operation of the S3 API (version 2006-03-01), by the name that AWS gives it, also those that this server does
 * not implement: they are recognised all the same, so that none is ever taken for another. Operations that AWS keeps
 * only under an old name (as {@code GetBucketLifecycle}) are their successors on the wire.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html">Operations
 *     of S3</a>
 */
public enum S3Operation {
    ABORT_MULTIPART_UPLOAD("AbortMultipartUpload", Scope.OBJECT),
    COMPLETE_MULTIPART_UPLOAD("CompleteMultipartUpload", Scope.OBJECT),
    COPY_OBJECT("CopyObject", Scope.OBJECT),
    CREATE_BUCKET("CreateBucket", Scope.BUCKET),
    CREATE_BUCKET_METADATA_CONFIGURATION("CreateBucketMetadataConfiguration", Scope.BUCKET),
    CREATE_BUCKET_METADATA_TABLE_CONFIGURATION("CreateBucketMetadataTableConfiguration", Scope.BUCKET),
    CREATE_MULTIPART_UPLOAD("CreateMultipartUpload", Scope.OBJECT),
    CREATE_SESSION("CreateSession", Scope.BUCKET),
    DELETE_BUCKET("DeleteBucket", Scope.BUCKET),
    DELETE_BUCKET_ANALYTICS_CONFIGURATION("DeleteBucketAnalyticsConfiguration", Scope.BUCKET),
    DELETE_BUCKET_CORS("DeleteBucketCors", Scope.BUCKET),
    DELETE_BUCKET_ENCRYPTION("DeleteBucketEncryption", Scope.BUCKET),
    DELETE_BUCKET_INTELLIGENT_TIERING_CONFIGURATION("DeleteBucketIntelligentTieringConfiguration", Scope.BUCKET),
    DELETE_BUCKET_INVENTORY_CONFIGURATION("DeleteBucketInventoryConfiguration", Scope.BUCKET),
    DELETE_BUCKET_LIFECYCLE("DeleteBucketLifecycle", Scope.BUCKET),
    DELETE_BUCKET_METADATA_CONFIGURATION("DeleteBucketMetadataConfiguration", Scope.BUCKET),
    DELETE_BUCKET_METADATA_TABLE_CONFIGURATION("DeleteBucketMetadataTableConfiguration", Scope.BUCKET),
    DELETE_BUCKET_METRICS_CONFIGURATION("DeleteBucketMetricsConfiguration", Scope.BUCKET),
    DELETE_BUCKET_OWNERSHIP_CONTROLS("DeleteBucketOwnershipControls", Scope.BUCKET),
    DELETE_BUCKET_POLICY("DeleteBucketPolicy", Scope.BUCKET),
    DELETE_BUCKET_REPLICATION("DeleteBucketReplication", Scope.BUCKET),
    DELETE_BUCKET_TAGGING("DeleteBucketTagging", Scope.BUCKET),
    DELETE_BUCKET_WEBSITE("DeleteBucketWebsite", Scope.BUCKET),
    DELETE_OBJECT("DeleteObject", Scope.OBJECT),
    DELETE_OBJECT_ANNOTATION("DeleteObjectAnnotation", Scope.OBJECT),
    DELETE_OBJECT_TAGGING("DeleteObjectTagging", Scope.OBJECT),
    DELETE_OBJECTS("DeleteObjects", Scope.BUCKET),
    DELETE_PUBLIC_ACCESS_BLOCK("DeletePublicAccessBlock", Scope.BUCKET),
    GET_BUCKET_ABAC("GetBucketAbac", Scope.BUCKET),
    GET_BUCKET_ACCELERATE_CONFIGURATION("GetBucketAccelerateConfiguration", Scope.BUCKET),
    GET_BUCKET_ACL("GetBucketAcl", Scope.BUCKET),
    GET_BUCKET_ANALYTICS_CONFIGURATION("GetBucketAnalyticsConfiguration", Scope.BUCKET),
    GET_BUCKET_CORS("GetBucketCors", Scope.BUCKET),
    GET_BUCKET_ENCRYPTION("GetBucketEncryption", Scope.BUCKET),
    GET_BUCKET_INTELLIGENT_TIERING_CONFIGURATION("GetBucketIntelligentTieringConfiguration", Scope.BUCKET),
    GET_BUCKET_INVENTORY_CONFIGURATION("GetBucketInventoryConfiguration", Scope.BUCKET),
    GET_BUCKET_LIFECYCLE_CONFIGURATION("GetBucketLifecycleConfiguration", Scope.BUCKET),
    GET_BUCKET_LOCATION("GetBucketLocation", Scope.BUCKET),
    GET_BUCKET_LOGGING("GetBucketLogging", Scope.BUCKET),
    GET_BUCKET_METADATA_CONFIGURATION("GetBucketMetadataConfiguration", Scope.BUCKET),
    GET_BUCKET_METADATA_TABLE_CONFIGURATION("GetBucketMetadataTableConfiguration", Scope.BUCKET),
    GET_BUCKET_METRICS_CONFIGURATION("GetBucketMetricsConfiguration", Scope.BUCKET),
    GET_BUCKET_NOTIFICATION_CONFIGURATION("GetBucketNotificationConfiguration", Scope.BUCKET),
    GET_BUCKET_OWNERSHIP_CONTROLS("GetBucketOwnershipControls", Scope.BUCKET),
    GET_BUCKET_POLICY("GetBucketPolicy", Scope.BUCKET),
    GET_BUCKET_POLICY_STATUS("GetBucketPolicyStatus", Scope.BUCKET),
    GET_BUCKET_REPLICATION("GetBucketReplication", Scope.BUCKET),
    GET_BUCKET_REQUEST_PAYMENT("GetBucketRequestPayment", Scope.BUCKET),
    GET_BUCKET_TAGGING("GetBucketTagging", Scope.BUCKET),
    GET_BUCKET_VERSIONING("GetBucketVersioning", Scope.BUCKET),
    GET_BUCKET_WEBSITE("GetBucketWebsite", Scope.BUCKET),
    GET_OBJECT("GetObject", Scope.OBJECT),
    GET_OBJECT_ACL("GetObjectAcl", Scope.OBJECT),
    GET_OBJECT_ANNOTATION("GetObjectAnnotation", Scope.OBJECT),
    GET_OBJECT_ATTRIBUTES("GetObjectAttributes", Scope.OBJECT),
    GET_OBJECT_LEGAL_HOLD("GetObjectLegalHold", Scope.OBJECT),
    GET_OBJECT_LOCK_CONFIGURATION("GetObjectLockConfiguration", Scope.BUCKET),
    GET_OBJECT_RETENTION("GetObjectRetention", Scope.OBJECT),
    GET_OBJECT_TAGGING("GetObjectTagging", Scope.OBJECT),
    GET_OBJECT_TORRENT("GetObjectTorrent", Scope.OBJECT),
    GET_PUBLIC_ACCESS_BLOCK("GetPublicAccessBlock", Scope.BUCKET),
    HEAD_BUCKET("HeadBucket", Scope.BUCKET),
    HEAD_OBJECT("HeadObject", Scope.OBJECT),
    LIST_BUCKET_ANALYTICS_CONFIGURATIONS("ListBucketAnalyticsConfigurations", Scope.BUCKET),
    LIST_BUCKET_INTELLIGENT_TIERING_CONFIGURATIONS("ListBucketIntelligentTieringConfigurations", Scope.BUCKET),
    LIST_BUCKET_INVENTORY_CONFIGURATIONS("ListBucketInventoryConfigurations", Scope.BUCKET),
    LIST_BUCKET_METRICS_CONFIGURATIONS("ListBucketMetricsConfigurations", Scope.BUCKET),
    LIST_BUCKETS("ListBuckets", Scope.SERVICE),
    LIST_DIRECTORY_BUCKETS("ListDirectoryBuckets", Scope.SERVICE),
    LIST_MULTIPART_UPLOADS("ListMultipartUploads", Scope.BUCKET),
    LIST_OBJECT_ANNOTATIONS("ListObjectAnnotations", Scope.OBJECT),
    LIST_OBJECT_VERSIONS("ListObjectVersions", Scope.BUCKET),
    LIST_OBJECTS("ListObjects", Scope.BUCKET),
    LIST_OBJECTS_V2("ListObjectsV2", Scope.BUCKET),
    LIST_PARTS("ListParts", Scope.OBJECT),
    POST_OBJECT("PostObject", Scope.BUCKET),
    PREFLIGHT_REQUEST("PreflightRequest", Scope.SERVICE),
    PUT_BUCKET_ABAC("PutBucketAbac", Scope.BUCKET),
    PUT_BUCKET_ACCELERATE_CONFIGURATION("PutBucketAccelerateConfiguration", Scope.BUCKET),
    PUT_BUCKET_ACL("PutBucketAcl", Scope.BUCKET),
    PUT_BUCKET_ANALYTICS_CONFIGURATION("PutBucketAnalyticsConfiguration", Scope.BUCKET),
    PUT_BUCKET_CORS("PutBucketCors", Scope.BUCKET),
    PUT_BUCKET_ENCRYPTION("PutBucketEncryption", Scope.BUCKET),
    PUT_BUCKET_INTELLIGENT_TIERING_CONFIGURATION("PutBucketIntelligentTieringConfiguration", Scope.BUCKET),
    PUT_BUCKET_INVENTORY_CONFIGURATION("PutBucketInventoryConfiguration", Scope.BUCKET),
    PUT_BUCKET_LIFECYCLE_CONFIGURATION("PutBucketLifecycleConfiguration", Scope.BUCKET),
    PUT_BUCKET_LOGGING("PutBucketLogging", Scope.BUCKET),
    PUT_BUCKET_METRICS_CONFIGURATION("PutBucketMetricsConfiguration", Scope.BUCKET),
    PUT_BUCKET_NOTIFICATION_CONFIGURATION("PutBucketNotificationConfiguration", Scope.BUCKET),
    PUT_BUCKET_OWNERSHIP_CONTROLS("PutBucketOwnershipControls", Scope.BUCKET),
    PUT_BUCKET_POLICY("PutBucketPolicy", Scope.BUCKET),
    PUT_BUCKET_REPLICATION("PutBucketReplication", Scope.BUCKET),
    PUT_BUCKET_REQUEST_PAYMENT("PutBucketRequestPayment", Scope.BUCKET),
    PUT_BUCKET_TAGGING("PutBucketTagging", Scope.BUCKET),
    PUT_BUCKET_VERSIONING("PutBucketVersioning", Scope.BUCKET),
    PUT_BUCKET_WEBSITE("PutBucketWebsite", Scope.BUCKET),
    PUT_OBJECT("PutObject", Scope.OBJECT),
    PUT_OBJECT_ACL("PutObjectAcl", Scope.OBJECT),
    PUT_OBJECT_ANNOTATION("PutObjectAnnotation", Scope.OBJECT),
    PUT_OBJECT_LEGAL_HOLD("PutObjectLegalHold", Scope.OBJECT),
    PUT_OBJECT_LOCK_CONFIGURATION("PutObjectLockConfiguration", Scope.BUCKET),
    PUT_OBJECT_RETENTION("PutObjectRetention", Scope.OBJECT),
    PUT_OBJECT_TAGGING("PutObjectTagging", Scope.OBJECT),
    PUT_PUBLIC_ACCESS_BLOCK("PutPublicAccessBlock", Scope.BUCKET),
    RENAME_OBJECT("RenameObject", Scope.OBJECT),
    RESTORE_OBJECT("RestoreObject", Scope.OBJECT),
    SELECT_OBJECT_CONTENT("SelectObjectContent", Scope.OBJECT),
    UPDATE_BUCKET_METADATA_ANNOTATION_TABLE_CONFIGURATION(
            "UpdateBucketMetadataAnnotationTableConfiguration", Scope.BUCKET),
    UPDATE_BUCKET_METADATA_INVENTORY_TABLE_CONFIGURATION(
            "UpdateBucketMetadataInventoryTableConfiguration", Scope.BUCKET),
    UPDATE_BUCKET_METADATA_JOURNAL_TABLE_CONFIGURATION("UpdateBucketMetadataJournalTableConfiguration", Scope.BUCKET),
    UPDATE_OBJECT_ENCRYPTION("UpdateObjectEncryption", Scope.OBJECT),
    UPLOAD_PART("UploadPart", Scope.OBJECT),
    UPLOAD_PART_COPY("UploadPartCopy", Scope.OBJECT),
    WRITE_GET_OBJECT_RESPONSE("WriteGetObjectResponse", Scope.SERVICE);

    private final String awsName;
    private final Scope scope;

    S3Operation(String awsName, Scope scope) {
        this.awsName = awsName;
        this.scope = scope;
    }

    /** As AWS's documentation has it, as in {@code PutObject}. */
    public String awsName() {
        return awsName;
    }

    /** What the operation is about. */
    Scope scope() {
        return scope;
    }

    /**
     * Whether the request says who it is from in its headers or query. A form upload says it in its body, and a
     * browser's preflight not at all.
     */
    boolean isSignedInItsHead() {
        return this != POST_OBJECT && this != PREFLIGHT_REQUEST;
    }

    /** Whether the operation names a bucket, a key, or neither. */
    enum Scope {
        SERVICE,
        BUCKET,
        OBJECT
    }
}
