package io.kintsugi.s3;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Decides which operation a request is: by its method, whether it names a bucket and a key, and the sub-resource in its
 * query. A sub-resource that does not go with the rest is an error, never ignored: {@code PUT /b/k?acl} that is not
 * understood must not overwrite {@code k}. Parameters that are no sub-resource of S3 are ignored, as S3 does.
 */
final class Router {
    private static final String NONE = "";
    private static final String UPLOAD_ID = "uploadId";
    private static final String COPY_SOURCE = "x-amz-copy-source";
    private static final List<String> METHODS = List.of("GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS");
    private static final Map<Route, S3Operation> ROUTES =
            RouteTable.ROUTES.stream().collect(Collectors.toUnmodifiableMap(RouteTable.Row::route, RouteTable.Row::to));
    private static final Map<String, Boolean> SUBRESOURCES = subresources();

    /** What a sub-resource is looked up by. */
    record Route(String method, S3Operation.Scope scope, String subresource) {}

    private Router() {}

    /** @throws S3Exception when there is no such operation, or the request could be more than one */
    static S3Operation route(String method, S3Target target, QueryParams query, Headers headers) {
        if (method.equals("OPTIONS")) {
            return S3Operation.PREFLIGHT_REQUEST;
        }
        if (method.equals("POST") && isGetObjectResponse(target)) {
            return S3Operation.WRITE_GET_OBJECT_RESPONSE;
        }
        S3Operation.Scope scope = scope(target);
        String subresource = subresource(query);
        S3Operation operation = Optional.ofNullable(ROUTES.get(new Route(method, scope, subresource)))
                .orElseThrow(() -> notAllowed(method, scope, subresource));
        return refined(operation, query, headers);
    }

    private static boolean isGetObjectResponse(S3Target target) {
        return target.key().isEmpty()
                && target.bucket().equals(Optional.of(S3Operation.WRITE_GET_OBJECT_RESPONSE.awsName()));
    }

    private static S3Operation.Scope scope(S3Target target) {
        if (target.key().isPresent()) {
            return S3Operation.Scope.OBJECT;
        }
        return target.bucket().isPresent() ? S3Operation.Scope.BUCKET : S3Operation.Scope.SERVICE;
    }

    private static Map<String, Boolean> subresources() {
        Map<String, Boolean> names = new HashMap<>();
        RouteTable.ROUTES.forEach(row -> names.put(row.route().subresource(), true));
        names.remove(NONE);
        return Map.copyOf(names);
    }

    /** The one sub-resource of the query, or {@link #NONE}. */
    private static String subresource(QueryParams query) {
        String found = NONE;
        for (int i = 0; i < query.count(); i++) {
            String name = query.name(i);
            if (SUBRESOURCES.containsKey(name) && !name.equals(found)) {
                if (!found.equals(NONE)) {
                    throw S3Exception.invalidArgument(
                            "Conflicting query string parameters: " + found + ", " + name, "ResourceType", name);
                }
                found = name;
            }
        }
        return found;
    }

    /** Where the rest of the query, or a header, makes the difference. */
    private static S3Operation refined(S3Operation operation, QueryParams query, Headers headers) {
        return switch (operation) {
            case LIST_BUCKETS -> isDirectoryListing(query) ? S3Operation.LIST_DIRECTORY_BUCKETS : operation;
            case LIST_OBJECTS -> listing(query);
            case PUT_OBJECT -> put(query, headers);
            case UPLOAD_PART -> part(query, headers);
            case POST_OBJECT -> form(headers);
            case GET_BUCKET_ANALYTICS_CONFIGURATION ->
                unless(query, "id", operation, S3Operation.LIST_BUCKET_ANALYTICS_CONFIGURATIONS);
            case GET_BUCKET_INTELLIGENT_TIERING_CONFIGURATION ->
                unless(query, "id", operation, S3Operation.LIST_BUCKET_INTELLIGENT_TIERING_CONFIGURATIONS);
            case GET_BUCKET_INVENTORY_CONFIGURATION ->
                unless(query, "id", operation, S3Operation.LIST_BUCKET_INVENTORY_CONFIGURATIONS);
            case GET_BUCKET_METRICS_CONFIGURATION ->
                unless(query, "id", operation, S3Operation.LIST_BUCKET_METRICS_CONFIGURATIONS);
            case GET_OBJECT_ANNOTATION ->
                unless(query, "annotationName", operation, S3Operation.LIST_OBJECT_ANNOTATIONS);
            default -> operation;
        };
    }

    private static S3Operation unless(QueryParams query, String name, S3Operation with, S3Operation without) {
        return query.contains(name) ? with : without;
    }

    private static boolean isDirectoryListing(QueryParams query) {
        return query.contains("max-directory-buckets")
                || query.first("x-id").filter("ListDirectoryBuckets"::equals).isPresent();
    }

    private static S3Operation listing(QueryParams query) {
        Optional<String> type = query.first("list-type");
        if (type.isEmpty()) {
            return S3Operation.LIST_OBJECTS;
        }
        if (!type.get().equals("2")) {
            throw S3Exception.invalidArgument("Invalid List Type specified in Request", "list-type", type.get());
        }
        return S3Operation.LIST_OBJECTS_V2;
    }

    private static S3Operation put(QueryParams query, Headers headers) {
        if (query.contains("partNumber")) {
            throw S3Exception.invalidArgument(
                    "A part number needs the upload that it is a part of: uploadId is missing",
                    "partNumber",
                    query.first("partNumber").orElse(""));
        }
        return headers.contains(COPY_SOURCE) ? S3Operation.COPY_OBJECT : S3Operation.PUT_OBJECT;
    }

    private static S3Operation part(QueryParams query, Headers headers) {
        if (!query.contains("partNumber")) {
            throw S3Exception.invalidArgument(
                    "This operation does not accept a query-string with uploadId and without partNumber.",
                    UPLOAD_ID,
                    query.first(UPLOAD_ID).orElse(""));
        }
        return headers.contains(COPY_SOURCE) ? S3Operation.UPLOAD_PART_COPY : S3Operation.UPLOAD_PART;
    }

    private static S3Operation form(Headers headers) {
        String type = headers.first("content-type").orElse("");
        if (!type.regionMatches(true, 0, "multipart/form-data", 0, "multipart/form-data".length())) {
            throw new S3Exception(S3Error.PRECONDITION_FAILED)
                    .with("Condition", "Bucket POST must be of the enclosure-type multipart/form-data");
        }
        return S3Operation.POST_OBJECT;
    }

    private static S3Exception notAllowed(String method, S3Operation.Scope scope, String subresource) {
        TreeSet<String> allowed = METHODS.stream()
                .filter(other -> ROUTES.containsKey(new Route(other, scope, subresource)))
                .collect(Collectors.toCollection(TreeSet::new));
        return new S3Exception(S3Error.METHOD_NOT_ALLOWED)
                .with("Method", method)
                .with("ResourceType", subresource.equals(NONE) ? scope.name() : subresource)
                .withHeader("Allow", String.join(", ", allowed));
    }

    /** For tests: the names that may not be ignored. */
    static List<String> subresourceNames() {
        String[] names = SUBRESOURCES.keySet().toArray(String[]::new);
        Arrays.sort(names);
        return List.of(names);
    }
}
