package io.kintsugi.iam;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is let in, and with which answer the rest is not. */
class SigV4VerifierTest {
    private static final String SECRET = "a-secret-of-the-test";
    private static final RootCredentials ROOT = new RootCredentials("tester", SECRET);
    private static final Instant NOW = Instant.parse("2026-02-28T23:59:30Z");
    private static final String DATE = "20260228T235930Z";
    private static final TestSigner SIGNER = new TestSigner("tester", SECRET, "us-east-1", DATE);
    private static final String HOST = "localhost:9000";

    private final SettableClock clock = new SettableClock(NOW);
    private final SigV4Verifier verifier = new SigV4Verifier(ROOT, "us-east-1", clock);

    @Test
    void anonymousIsNobodyAndMayNothing() {
        Verified verified = verifier.verify(new SignedRequest("GET", "/", "", List.of("host", HOST)));
        assertInstanceOf(Identity.Anonymous.class, verified.identity());
        AuthException refused = assertThrows(AuthException.class, () -> new Authorizer().check(verified.identity()));
        assertEquals(AuthException.Kind.ACCESS_DENIED, refused.kind());
        new Authorizer().check(new Identity.Root("tester"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/b/k", "/b/a%20b", "/b/%C3%A4", "/b/..//x/", "/b/%2F", "/b/a%2Bb"})
    void pathsAreSignedAsTheyAre(String path) {
        assertInstanceOf(
                Identity.Root.class,
                verify(signed("GET", path, Map.of("list-type", "2"))).identity());
    }

    @ParameterizedTest
    @CsvSource({
        "GET /b/k,/b/k,us-east-1,tester,",
        "PUT /b/k,/b/k,us-east-1,tester,SIGNATURE_MISMATCH",
        "GET /b/k,/b/l,us-east-1,tester,SIGNATURE_MISMATCH",
        "GET /b/k,/b//k,us-east-1,tester,SIGNATURE_MISMATCH",
        "GET /b/k,/b/k,eu-west-1,tester,AUTHORIZATION_HEADER_MALFORMED",
        "GET /b/k,/b/k,us-east-1,other,INVALID_ACCESS_KEY"
    })
    void headers(String signed, String path, String region, String user, String kind) {
        TestSigner signer = new TestSigner(user, SECRET, region, DATE);
        String signedMethod = signed.substring(0, 3);
        String signedPath = signed.substring(4);
        Map<String, String> headers = signer.sign(signedMethod, signedPath, Map.of(), head());
        check(kind, new SignedRequest("GET", path, "", flat(headers)));
    }

    @Test
    void theExpectedRegionIsNamed() {
        Map<String, String> headers = new TestSigner("tester", SECRET, "auto", DATE).sign("GET", "/", Map.of(), head());
        AuthException refused =
                assertThrows(AuthException.class, () -> verify(new SignedRequest("GET", "/", "", flat(headers))));
        assertEquals(List.of(new AuthException.Detail("Region", "us-east-1")), refused.details());
    }

    @Test
    void aWrongSecretIsToldByTheStringToSignAndNoSecret() {
        Map<String, String> headers =
                new TestSigner("tester", "wrong-secret", "us-east-1", DATE).sign("GET", "/", Map.of(), head());
        AuthException refused =
                assertThrows(AuthException.class, () -> verify(new SignedRequest("GET", "/", "", flat(headers))));
        assertEquals(AuthException.Kind.SIGNATURE_MISMATCH, refused.kind());
        assertTrue(refused.details().stream().anyMatch(detail -> detail.name().equals("StringToSign")));
        assertFalse(refused.details().toString().contains(SECRET));
        assertFalse(ROOT.toString().contains(SECRET));
    }

    @Test
    void aCustomersKeyIsNotShown() {
        Map<String, String> head = new TreeMap<>(head());
        head.put("x-amz-server-side-encryption-customer-key", "the-key-of-a-customer");
        Map<String, String> headers = new TestSigner("tester", "x", "us-east-1", DATE).sign("GET", "/", Map.of(), head);
        AuthException refused =
                assertThrows(AuthException.class, () -> verify(new SignedRequest("GET", "/", "", flat(headers))));
        assertFalse(refused.details().toString().contains("the-key-of-a-customer"));
    }

    @Test
    void whatWasAddedOnTheWayIsNoticed() {
        List<String> headers = new ArrayList<>(flat(SIGNER.sign("PUT", "/b/k", Map.of(), head())));
        headers.addAll(List.of("x-amz-acl", "public-read"));
        check("ACCESS_DENIED", new SignedRequest("PUT", "/b/k", "", headers));
        List<String> twoHosts = new ArrayList<>(flat(SIGNER.sign("PUT", "/b/k", Map.of(), head())));
        twoHosts.addAll(List.of("host", "elsewhere"));
        check("SIGNATURE_MISMATCH", new SignedRequest("PUT", "/b/k", "", twoHosts));
        check(
                "SIGNATURE_MISMATCH",
                new SignedRequest("PUT", "/b/k", "acl", flat(SIGNER.sign("PUT", "/b/k", Map.of(), head()))));
    }

    @ParameterizedTest
    @CsvSource({"0,", "899,", "-899,", "901,TIME_TOO_SKEWED", "-901,TIME_TOO_SKEWED"})
    void skew(long seconds, String kind) {
        SignedRequest request = signed("GET", "/", Map.of());
        clock.set(NOW.plusSeconds(seconds));
        check(kind, request);
    }

    @ParameterizedTest
    @CsvSource({
        "0,600,",
        "600,600,",
        "601,600,ACCESS_DENIED",
        "-899,600,",
        "-901,600,ACCESS_DENIED",
        "604800,604800,",
        "0,604801,AUTHORIZATION_QUERY_MALFORMED",
        "0,0,AUTHORIZATION_QUERY_MALFORMED",
        "0,-1,AUTHORIZATION_QUERY_MALFORMED",
        "0,99999999999,AUTHORIZATION_QUERY_MALFORMED"
    })
    void presignedTime(long secondsLater, String expires, String kind) {
        String query =
                SIGNER.presign("GET", HOST, "/b/k", Map.of("X-Amz-Expires", expires, "response-expires", "a b/c"));
        clock.set(NOW.plusSeconds(secondsLater));
        check(kind, new SignedRequest("GET", "/b/k", query, List.of("host", HOST)));
    }

    @Test
    void eachPartOfAPresignedQueryIsNeeded() {
        String query = SIGNER.presign("GET", HOST, "/b/k", Map.of());
        for (String part : query.split("&")) {
            String rest = query.replace(part, "").replace("&&", "&");
            AuthException refused = assertThrows(
                    AuthException.class,
                    () -> verify(new SignedRequest("GET", "/b/k", rest, List.of("host", HOST))),
                    part);
            assertEquals(AuthException.Kind.AUTHORIZATION_QUERY_MALFORMED, refused.kind(), part);
        }
    }

    @Test
    void aPresignedQueryAndAHeaderAreOneTooMany() {
        String query = SIGNER.presign("GET", HOST, "/b/k", Map.of());
        check(
                "INVALID_ARGUMENT",
                new SignedRequest("GET", "/b/k", query, flat(SIGNER.sign("GET", "/b/k", Map.of(), head()))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "AWS tester:c2ln|INVALID_REQUEST",
                "AWS4-ECDSA-P256-SHA256 Credential=x|UNSUPPORTED_SIGNATURE",
                "Basic dGVzdA==|INVALID_ARGUMENT",
                "AWS4-HMAC-SHA256|AUTHORIZATION_HEADER_MALFORMED",
                "AWS4-HMAC-SHA256 Credential=a/b/c,SignedHeaders=host,Signature=0|AUTHORIZATION_HEADER_MALFORMED",
                "AWS4-HMAC-SHA256 Credential=a/20260228/us-east-1/s3/aws4_request,SignedHeaders=host,Signature=0"
                        + "|AUTHORIZATION_HEADER_MALFORMED",
                "AWS4-HMAC-SHA256 Credential=a/20260228/us-east-1/s3/aws4_request,SignedHeaders=Host,Signature=0"
                        + "|AUTHORIZATION_HEADER_MALFORMED"
            })
    void otherAuthorizationHeaders(String header, String kind) {
        check(
                kind,
                new SignedRequest("GET", "/", "", List.of("host", HOST, "x-amz-date", DATE, "authorization", header)));
    }

    @Test
    void theHashHeaderIsNeededAndUnderstood() {
        Map<String, String> none = SIGNER.sign("GET", "/", Map.of(), Map.of("host", HOST));
        check("INVALID_REQUEST", new SignedRequest("GET", "/", "", flat(none)));
        Map<String, String> odd =
                SIGNER.sign("GET", "/", Map.of(), Map.of("host", HOST, "x-amz-content-sha256", "abc"));
        check("INVALID_ARGUMENT", new SignedRequest("GET", "/", "", flat(odd)));
    }

    @Test
    void brokenPercentEncodingOfAQueryIsRefused() {
        check(
                "INVALID_URI",
                new SignedRequest("GET", "/", "prefix=%ff", flat(SIGNER.sign("GET", "/", Map.of(), head()))));
    }

    @Test
    void datesOfManyYearsDoNotPileUpKeys() {
        SigningKeys keys = new SigningKeys(SECRET, "us-east-1");
        Hmac first = keys.of("20200101");
        for (int day = 0; day < 1000; day++) {
            keys.of(AmzDate.of(NOW.plus(Duration.ofDays(day))).day());
        }
        byte[] message = {1, 2, 3};
        assertArrayEquals(first.sign(message), keys.of("20200101").sign(message));
    }

    private void check(String kind, SignedRequest request) {
        if (kind == null) {
            assertInstanceOf(Identity.Root.class, verify(request).identity());
        } else {
            AuthException refused = assertThrows(AuthException.class, () -> verify(request));
            assertEquals(AuthException.Kind.valueOf(kind), refused.kind(), refused.getMessage());
        }
    }

    private Verified verify(SignedRequest request) {
        return verifier.verify(request);
    }

    private static SignedRequest signed(String method, String path, Map<String, String> query) {
        List<String> parts = new ArrayList<>();
        query.forEach((name, value) -> parts.add(name + "=" + TestSigner.encode(value)));
        return new SignedRequest(method, path, String.join("&", parts), flat(SIGNER.sign(method, path, query, head())));
    }

    private static Map<String, String> head() {
        return Map.of("host", HOST, "x-amz-content-sha256", Payload.UNSIGNED);
    }

    private static List<String> flat(Map<String, String> headers) {
        List<String> flat = new ArrayList<>();
        headers.forEach((name, value) -> flat.addAll(List.of(name, value)));
        return flat;
    }
}
