package io.kintsugi.iam;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.kintsugi.base.ChecksumAlgorithm;
import io.kintsugi.codec.Digest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What URLs of Signature Version 4 bring in their query: those of the AWS SDK for JavaScript 3.1164 without any
 * setting, of the signer of the AWS SDK for Go 1.48, of botocore 1.43, and some that were made here.
 */
class HeadersInQueryTest {
    private static final String KEY = "AKIAIOSFODNN7EXAMPLE";
    private static final String SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    private static final String HOST = "127.0.0.1:9000";
    private static final TestSigner SIGNER = new TestSigner(KEY, SECRET, "us-east-1", "20300101T000000Z");
    private static final String CREDENTIAL =
            "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20300101%2Fus-east-1%2Fs3%2Faws4_request";

    private final SigV4Verifier verifier = new SigV4Verifier(
            new RootCredentials(KEY, SECRET), "us-east-1", new SettableClock(Instant.parse("2030-01-01T00:10:00Z")));

    @Test
    void whatTheSdkForJavaScriptHoistsIsAHeader() {
        String put = js(
                "b3c1412bc6a48eda52943a9bb953c8db1451902430b677b2cf0d1a67cd0bea16",
                "x-amz-acl=private&x-amz-checksum-sha256=RM591n2VngNST%2FrBd%2FHfuoSwzVXxlb5LJYVpyIwINUk%3D"
                        + "&x-amz-meta-colour=blue%20green&x-amz-meta-name=x%2Cy&x-amz-storage-class=STANDARD"
                        + "&x-amz-tagging=a%3Db%26c%3Dd&x-id=PutObject");
        brings(
                "PUT",
                put,
                "x-amz-acl=private",
                "x-amz-checksum-sha256=RM591n2VngNST/rBd/HfuoSwzVXxlb5LJYVpyIwINUk=",
                "x-amz-meta-colour=blue green",
                "x-amz-meta-name=x,y",
                "x-amz-storage-class=STANDARD",
                "x-amz-tagging=a=b&c=d");
        String create = js(
                "d664eacb35f25908e67853c62ffa576c2a70735975c7e8df20d029909cafe093",
                "uploads=&x-amz-checksum-algorithm=CRC32C&x-amz-meta-a=%C3%BC");
        brings("POST", create, "x-amz-checksum-algorithm=CRC32C", "x-amz-meta-a=\u00c3\u00bc");
        String attributes = js(
                "0695744f73596167faa25e495cabc8f18407c026428d1cb28645ef7de4cfeedc",
                "attributes=&x-amz-object-attributes=ETag%2C%20ObjectSize");
        brings("GET", attributes, "x-amz-object-attributes=ETag, ObjectSize");
    }

    @Test
    void aCopyStaysACopy() {
        String copy = js(
                "557fe7f3ae5666069b5641292efe891d2ca58f0015b276437e665cb09cec27da",
                "x-amz-copy-source=a%2Fs%2520p&x-id=CopyObject");
        brings("PUT", copy, "x-amz-copy-source=a/s%20p");
        String part = js(
                "9e9d56bf04077287e3a527d59db1563890166ec2a5b4992fbef7f4a1817380fa",
                "partNumber=2&uploadId=u&x-amz-copy-source=a%2Fs&x-amz-copy-source-range=bytes%3D0-5"
                        + "&x-id=UploadPartCopy");
        brings("PUT", part, "x-amz-copy-source=a/s", "x-amz-copy-source-range=bytes=0-5");
        String otherCase = botocore(
                "X-Amz-Copy-Source=a%2Fb&X-AMZ-META-Colour=blue",
                "host", "5f7ba7c0039ed338266bd0acc9a97baa32fbcad3600911662e62494256fa0d95");
        brings("PUT", otherCase, "x-amz-meta-colour=blue", "x-amz-copy-source=a/b");
    }

    /** AWS takes any body with such a URL. */
    @Test
    void theChecksumOfABodyThatIsNotKnownYetIsNone() {
        String put = js(
                "78059ecbde9ee3bad05a62238cfc50b4fed321cae5083f3f124837863ee1c515",
                "x-amz-checksum-crc32=AAAAAA%3D%3D&x-amz-sdk-checksum-algorithm=CRC32&x-id=PutObject");
        brings("PUT", put);
        String part = js(
                "8872d15ad1285b94801bba85e0084083aef06d918c54723a40c8839c1c2bad1c",
                "partNumber=2&uploadId=u%2B%2F%3D&x-amz-checksum-crc32=AAAAAA%3D%3D"
                        + "&x-amz-sdk-checksum-algorithm=CRC32&x-id=UploadPart");
        brings("PUT", part);
    }

    /** It hoists what it was not told to leave. */
    @Test
    void theSdkForGoHoistsSomeAndSignsTheOthers() {
        String query = "X-Amz-Algorithm=AWS4-HMAC-SHA256" + CREDENTIAL
                + "&X-Amz-Date=20300101T000000Z&X-Amz-Expires=604800&X-Amz-Odd=a&X-Amz-Odd=b"
                + "&X-Amz-SignedHeaders=host%3Bx-amz-checksum-sha256%3Bx-amz-copy-source-range"
                + "&X-Amz-Tagging-Directive=REPLACE&x-id=PutObject"
                + "&X-Amz-Signature=9bba88e2b501628e135721bbeebb6e5f925926f4b6e06ca75e0a487c67d0fe01";
        List<String> sent = List.of(
                "host",
                HOST,
                "x-amz-checksum-sha256",
                "RM591n2VngNST/rBd/HfuoSwzVXxlb5LJYVpyIwINUk=",
                "x-amz-copy-source-range",
                "bytes=0-5");
        verifier.verify(new SignedRequest("PUT", "/b/k", query, sent));
        List<String> all = new ArrayList<>(sent);
        all.addAll(List.of("x-amz-odd", "a", "x-amz-odd", "b", "x-amz-tagging-directive", "REPLACE"));
        assertEquals(all, HeadersInQuery.join(query, sent));
    }

    @ParameterizedTest
    @EnumSource
    void theChecksumOfNoBytesIsKnown(ChecksumAlgorithm algorithm) {
        String nothing = Base64.getEncoder().encodeToString(Digest.of(algorithm).finish());
        Map<String, String> query = Map.of("X-Amz-Sdk-Checksum-Algorithm", algorithm.wireName(), "x-amz-meta-a", "b");
        brings("PUT", presigned(with(query, algorithm.headerName(), nothing)), "x-amz-meta-a=b");
        String other = nothing.replaceFirst("^.", "B");
        brings(
                "PUT",
                presigned(with(query, algorithm.headerName(), other)),
                "x-amz-sdk-checksum-algorithm=" + algorithm.wireName(),
                algorithm.headerName() + "=" + other,
                "x-amz-meta-a=b");
    }

    @Test
    void aHeaderMayRepeatItsParameterButNotContradictIt() {
        String same = botocore(
                "x-amz-meta-a=1",
                "host%3Bx-amz-meta-a",
                "762e94dc15c51ce73408c11811208ae2aa3cb94f5022d36c033623f3f9c2c48e");
        List<String> one = List.of("host", HOST, "x-amz-meta-a", "1");
        verifier.verify(new SignedRequest("PUT", "/b/k", same, one));
        assertEquals(one, HeadersInQuery.join(same, one));
        String other = botocore(
                "x-amz-meta-a=1",
                "host%3Bx-amz-meta-a",
                "c1ec78c536dd4e19fbc8309792024a44a3ec296ab92934c3a4e4cec6bde0fc44");
        List<String> two = List.of("host", HOST, "x-amz-meta-a", "2");
        verifier.verify(new SignedRequest("PUT", "/b/k", other, two));
        refused("INVALID_REQUEST", other, two);
    }

    @Test
    void aContradictionIsToldWithoutItsValues() {
        String name = "x-amz-server-side-encryption-customer-key";
        AuthException refused =
                refused("INVALID_REQUEST", presigned(Map.of(name, "one-key")), List.of(name, "another-key"));
        assertEquals(List.of(new AuthException.Detail("Header", name)), refused.details());
        assertFalse(refused.getMessage().contains("one-key"), refused.getMessage());
        assertFalse(refused.getMessage().contains("another-key"), refused.getMessage());
    }

    @Test
    void aHeaderThatOnlyTheQueryHasSignedIsNotSigned() {
        String query = presigned(Map.of("x-amz-acl", "private"));
        SignedRequest request = new SignedRequest("PUT", "/b/k", query, List.of("host", HOST, "x-amz-acl", "private"));
        AuthException refused = assertThrows(AuthException.class, () -> verifier.verify(request));
        assertEquals(List.of(new AuthException.Detail("HeadersNotSigned", "x-amz-acl")), refused.details());
    }

    @ParameterizedTest
    @CsvSource({
        "private,public-read",
        "x-amz-acl,x-amz-grant",
        "x-amz-acl=private,x-amz-acl=private&x-amz-acl=public-read",
        "x-amz-acl=private,x-amz-acl=private&X-AMZ-Copy-Source=a/b",
        "x-amz-acl=private,x-id=y"
    })
    void nothingCanBeAddedOrChanged(String part, String other) {
        String query = presigned(Map.of("x-amz-acl", "private", "x-amz-meta-a", "b"));
        String changed = query.replace(part, other);
        assertNotEquals(query, changed);
        AuthException refused = assertThrows(
                AuthException.class,
                () -> verifier.verify(new SignedRequest("PUT", "/b/k", changed, List.of("host", HOST))));
        assertEquals(AuthException.Kind.SIGNATURE_MISMATCH, refused.kind());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-Amz-Algorithm",
                "x-amz-credential",
                "X-AMZ-DATE",
                "x-amz-expires",
                "x-amz-signedheaders",
                "x-amz-signature",
                "x-amz-security-token",
                "x-amz-content-sha256",
                "content-type",
                "content-md5",
                "authorization",
                "host"
            })
    void whatIsOfTheSignatureOrNotOfAmazonIsNoHeader(String name) {
        assertEquals(List.of(), HeadersInQuery.join("X-Amz-Algorithm=x&" + name + "=y", List.of()));
    }

    @Test
    void theHashOfTheBodyAndTokensAreFoundInAnyCase() {
        String hash = TestSigner.sha256Hex(new byte[] {1});
        String query = presigned(Map.of("x-amz-content-sha256", hash));
        AuthException refused = assertThrows(
                AuthException.class,
                () -> verifier.verify(new SignedRequest("PUT", "/b/k", query, List.of("host", HOST))));
        assertEquals(AuthException.Kind.SIGNATURE_MISMATCH, refused.kind());
        String token = presigned(Map.of("x-amz-security-token", "t"));
        refused = assertThrows(
                AuthException.class,
                () -> verifier.verify(new SignedRequest("PUT", "/b/k", token, List.of("host", HOST))));
        assertEquals(AuthException.Kind.INVALID_TOKEN, refused.kind());
    }

    @Test
    void severalOfOneNameAreSeveralHeaders() {
        String query = "X-Amz-Algorithm=x&x-amz-meta-a=c&x-amz-meta-a=b";
        List<String> both = List.of("x-amz-meta-a", "b", "x-amz-meta-a", "c");
        assertEquals(both, HeadersInQuery.join(query, List.of()));
        List<String> one = List.of("x-amz-meta-a", "b,c");
        assertEquals(one, HeadersInQuery.join(query, one));
        refused("INVALID_REQUEST", query, List.of("x-amz-meta-a", "b"));
    }

    @Test
    void aControlCharacterIsRefused() {
        refused("INVALID_REQUEST", presigned(Map.of("x-amz-meta-a", "b\r\nx-amz-acl: private")), List.of());
        refused("INVALID_REQUEST", presigned(Map.of("x-amz-meta-a\n", "b")), List.of());
    }

    /** It would be stored, and every answer that has it would fail. */
    @ParameterizedTest
    @ValueSource(
            strings = {"a b", "a:", "\u00fc", "\u20ac", "(", ")", ",", "/", "[", "a\"", "a\\", "a;", "=", "@", "{}", "?"
            })
    void aNameThatNoHeaderCanHaveIsRefused(String name) {
        refused("INVALID_REQUEST", presigned(Map.of("x-amz-meta-" + name, "b")), List.of());
    }

    @Test
    void whateverANameMayHaveIsTaken() {
        String name = "x-amz-meta-!#$%&'*+-.^_`|~09azAZ";
        brings("PUT", presigned(Map.of(name, "b")), name.toLowerCase(Locale.ROOT) + "=b");
    }

    @Test
    void aRequestThatIsNotPresignedHasTheHeadersItCameWith() {
        List<String> headers = List.of("host", HOST);
        assertEquals(headers, HeadersInQuery.join("x-amz-copy-source=a/b&x-amz-meta-a=b", headers));
        assertEquals(headers, HeadersInQuery.join("", headers));
    }

    private static String js(String signature, String rest) {
        return "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Content-Sha256=UNSIGNED-PAYLOAD" + CREDENTIAL
                + "&X-Amz-Date=20300101T000000Z&X-Amz-Expires=604800&X-Amz-Signature=" + signature
                + "&X-Amz-SignedHeaders=host&" + rest;
    }

    private static String botocore(String first, String signedHeaders, String signature) {
        return first + "&X-Amz-Algorithm=AWS4-HMAC-SHA256" + CREDENTIAL
                + "&X-Amz-Date=20300101T000000Z&X-Amz-Expires=604800&X-Amz-SignedHeaders=" + signedHeaders
                + "&X-Amz-Signature=" + signature;
    }

    private static String presigned(Map<String, String> query) {
        return SIGNER.presign("PUT", HOST, "/b/k", with(query, "X-Amz-Expires", "604800"));
    }

    private static Map<String, String> with(Map<String, String> map, String name, String value) {
        Map<String, String> more = new TreeMap<>(map);
        more.put(name, value);
        return more;
    }

    /** The URL is good, and has these headers, {@code name=value}, in the order of its parameters. */
    private void brings(String method, String query, String... headers) {
        verifier.verify(new SignedRequest(method, "/b/k", query, List.of("host", HOST)));
        List<String> joined = HeadersInQuery.join(query, List.of("host", HOST));
        List<String> found = new ArrayList<>();
        for (int i = 2; i < joined.size(); i += 2) {
            found.add(joined.get(i) + "=" + joined.get(i + 1));
        }
        assertEquals(List.of("host", HOST), joined.subList(0, 2));
        assertEquals(List.of(headers), found);
    }

    private static AuthException refused(String kind, String query, List<String> headers) {
        AuthException refused = assertThrows(AuthException.class, () -> HeadersInQuery.join(query, headers));
        assertEquals(AuthException.Kind.valueOf(kind), refused.kind(), refused.getMessage());
        return refused;
    }
}
