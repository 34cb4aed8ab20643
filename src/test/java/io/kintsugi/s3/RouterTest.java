package io.kintsugi.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every operation of S3 is told by its request, and none is taken for another. */
class RouterTest {
    /** One line of {@code s3-operations.txt}. */
    record Row(String name, String method, String target, List<String> headers) {
        static Row of(String line) {
            String[] words = line.split(" ");
            return new Row(
                    words[0], words[1], words[2], words[3].equals("-") ? List.of() : List.of(words[3].split(",")));
        }
    }

    static List<Row> rows() throws IOException {
        try (InputStream in = RouterTest.class.getResourceAsStream("/s3-operations.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(Row::of)
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("rows")
    void eachOperationIsRecognised(Row row) {
        S3Operation operation = route(row.method(), row.target(), row.headers());
        assertEquals(row.name(), operation.awsName());
    }

    @ParameterizedTest
    @MethodSource("rows")
    void whatSdksAddChangesNothing(Row row) {
        String separator = row.target().contains("?") ? "&" : "?";
        String target = row.target() + separator + "x-id=" + row.name() + "&unknown=1";
        assertEquals(row.name(), route(row.method(), target, row.headers()).awsName());
    }

    @Test
    void everyNameHasARow() throws IOException {
        Set<S3Operation> seen = EnumSet.noneOf(S3Operation.class);
        rows().forEach(row -> seen.add(route(row.method(), row.target(), row.headers())));
        assertEquals(EnumSet.allOf(S3Operation.class), seen);
    }

    /** Whatever carries a sub-resource is that, or an error; never what it would be without. */
    @Test
    void aSubresourceIsNeverIgnored() {
        Set<S3Operation> plain = EnumSet.of(
                S3Operation.PUT_OBJECT,
                S3Operation.COPY_OBJECT,
                S3Operation.GET_OBJECT,
                S3Operation.HEAD_OBJECT,
                S3Operation.DELETE_OBJECT,
                S3Operation.CREATE_BUCKET,
                S3Operation.DELETE_BUCKET,
                S3Operation.LIST_OBJECTS,
                S3Operation.LIST_OBJECTS_V2,
                S3Operation.HEAD_BUCKET,
                S3Operation.LIST_BUCKETS,
                S3Operation.POST_OBJECT);
        for (String subresource : Router.subresourceNames()) {
            for (String path : List.of("/", "/bucket", "/bucket/key")) {
                for (String method : List.of("GET", "HEAD", "PUT", "POST", "DELETE", "PATCH")) {
                    try {
                        S3Operation operation = route(method, path + "?" + subresource, List.of("content-type"));
                        assertTrue(
                                !plain.contains(operation),
                                method + " " + path + "?" + subresource + " is " + operation);
                    } catch (S3Exception refused) {
                        assertEquals(4, refused.error().status() / 100);
                    }
                }
            }
        }
        assertTrue(Router.subresourceNames().containsAll(List.of("acl", "uploadId", "tagging", "versioning")));
    }

    @ParameterizedTest
    @CsvSource({
        "GET,/b?acl&policy,INVALID_ARGUMENT",
        "PUT,/b/k?partNumber=1,INVALID_ARGUMENT",
        "PUT,/b/k?uploadId=x,INVALID_ARGUMENT",
        "GET,/b?list-type=3,INVALID_ARGUMENT",
        "PUT,/b/k?location,METHOD_NOT_ALLOWED",
        "POST,/b/k,METHOD_NOT_ALLOWED",
        "HEAD,/b/k?acl,METHOD_NOT_ALLOWED",
        "DELETE,/,METHOD_NOT_ALLOWED",
        "TRACE,/b/k,METHOD_NOT_ALLOWED",
        "POST,/b,PRECONDITION_FAILED"
    })
    void refusals(String method, String target, String error) {
        S3Exception refused = assertThrows(S3Exception.class, () -> route(method, target, List.of()));
        assertEquals(S3Error.valueOf(error), refused.error());
    }

    @Test
    void whatIsAllowedInsteadIsSaid() {
        S3Exception refused = assertThrows(S3Exception.class, () -> route("POST", "/b/k?acl", List.of()));
        assertEquals(List.of(new S3Response.Header("Allow", "GET, PUT")), refused.headers());
    }

    private static S3Operation route(String method, String target, List<String> headerNames) {
        RequestLine line = RequestLine.parse(target);
        String[] headers = headerNames.stream()
                .flatMap(name -> Stream.of(name, name.equals("content-type") ? "multipart/form-data; boundary=x" : "1"))
                .toArray(String[]::new);
        return Router.route(method, line.target("localhost", List.of()), line.query(), Headers.of(headers));
    }
}
