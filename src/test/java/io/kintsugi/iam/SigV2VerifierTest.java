package io.kintsugi.iam;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Presigned URLs of version 2: AWS's own, those that botocore 1.43 makes without any setting, and what was done to
 * them.
 */
class SigV2VerifierTest {
    private static final String KEY = "AKIAIOSFODNN7EXAMPLE";
    private static final String SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    private static final String HOST = "127.0.0.1:9000";
    private static final long END = Instant.parse("2030-01-01T00:00:00Z").getEpochSecond();
    private static final TestUrlSigner SIGNER = new TestUrlSigner(KEY, SECRET, END);

    private static final String GET =
            "/b/k?AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE" + "&Signature=LWOiq70xTZqFLC2PnRnzJc9NPTA%3D&Expires=1893456000";
    private static final String PUT = "/b/k?AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE"
            + "&Signature=n19%2FzzKE98Td5SEpwoxQWgMREWM%3D&Expires=1893456000";
    private static final String PUT_TEXT = "/b/k?AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE"
            + "&Signature=vvjWgVZTCz122Ih%2FhnOcFqznpM4%3D&content-type=text%2Fplain%3B%20charset%3Dutf-8"
            + "&Expires=1893456000";
    private static final String PUT_HEADERS = "/b/k?AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE"
            + "&Signature=7x2p1qcIMtHf1SLZ%2FFXBPXOm0Mk%3D&content-md5=1B2M2Y8AsgTpgAmY7PhCfg%3D%3D"
            + "&x-amz-meta-colour=blue%20green&x-amz-storage-class=STANDARD&Expires=1893456000";
    private static final String COPY = "/b/k?AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE"
            + "&Signature=Zq63A0yhIG0JN5NfO3JRfNdgDG8%3D&x-amz-copy-source=a%2Fs%2520p&Expires=1893456000";
    private static final String VERSION = "/b/k?versionId=3sL4kqtJlcpXroDTDmJ%2BrmSpXd3dIbrHY%2BMTRCxf3vjVBH40Nr8X8g"
            + "dRQBpUMLUo&AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=ZdSOuPgld7sdWLvwvWFq7DktFH8%3D"
            + "&Expires=1893456000";
    private static final String OVERRIDES = "/b/k?response-content-disposition="
            + "attachment%3B%20filename%3D%22a%20b%2B%C3%BC.txt%22&response-content-type=text%2Fplain"
            + "&AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=pilk8yGLBdo02Qry24A%2BYLpGK8s%3D&Expires=1893456000";

    private final SettableClock clock = new SettableClock(Instant.ofEpochSecond(END - 600));
    private final SigV4Verifier verifier = new SigV4Verifier(new RootCredentials(KEY, SECRET), "eu-test-1", clock);

    @Test
    void theExampleOfAws() {
        clock.set(Instant.ofEpochSecond(1_175_139_620));
        String query = "AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=NpgCjnDzrM%2BWFzoENXmpNDUsSn8%3D"
                + "&Expires=1175139620";
        verifies(new SignedRequest(
                "GET", "/photos/puppy.jpg", query, Optional.of("johnsmith"), List.of("host", "johnsmith.s3.aws")));
        verifies(new SignedRequest("GET", "/johnsmith/photos/puppy.jpg", query, List.of("host", "s3.aws")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "GET " + GET,
                "PUT " + PUT,
                "PUT " + PUT_TEXT,
                "PUT " + PUT_HEADERS,
                "PUT " + COPY,
                "GET " + VERSION,
                "GET " + OVERRIDES,
                "HEAD /b/k?AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=JbSAiNvoKZts%2FJ5V0YFY%2BE6D8FE%3D"
                        + "&Expires=1893456000",
                "GET /b/photos/a%20b%2Bc/%C3%BC/%E6%97%A5%E6%9C%AC~%2A%281%29//x.jpg"
                        + "?AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=4FKsVe8jyHNU4mcIr5JZUwwcyfk%3D"
                        + "&Expires=1893456000",
                "DELETE /b/k?AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=RDeYmYDWU42POd0DhvK54ARsyek%3D"
                        + "&Expires=1893456000",
                "GET /b?list-type=2&prefix=a%2F&encoding-type=url&AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE"
                        + "&Signature=NJ27dLt26b2fahPr0BTHImusHQI%3D&Expires=1893456000",
                "POST /b/k?uploads&AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=gKHwXHhY5NwUvNtUMqCemyoW2CA%3D"
                        + "&Expires=1893456000",
                "PUT /b/k?uploadId=u%2B%2F%3D&partNumber=2&AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE"
                        + "&Signature=AjwVRzwFzsEmy7R2sPPprfNyIHg%3D&Expires=1893456000",
                "GET /?AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=bQLyLnEUnUHFZA8wClumd8EM9pk%3D"
                        + "&Expires=1893456000",
                "GET /b/k?attributes&AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=Mi%2FlyuXwp4CfpIcSQ2cBZjeL0wk%3D"
                        + "&x-amz-object-attributes=ETag&Expires=1893456000",
                "GET /b/k?tagging&AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=eTPFvC8IIsfuX9a99scLH%2BUPP0U%3D"
                        + "&Expires=1893456000"
            })
    void urlsOfBotocore(String method, String url) {
        assertInstanceOf(Payload.Unsigned.class, verifies(request(method, url)).payload());
    }

    @ParameterizedTest
    @CsvSource({
        "/photos/a%20b.jpg,'',3HJ5neI2zI37czbb2JBOPw%2BUylo%3D",
        "/,list-type=2&encoding-type=url&,jkriobz4fzSAUkLZ1ah5B57CCS4%3D"
    })
    void aBucketThatTheHostNamesIsSigned(String path, String query, String signature) {
        String all = query + "AWSAccessKeyId=" + KEY + "&Signature=" + signature + "&Expires=1893456000";
        List<String> headers = List.of("host", "bucket.s3.example.org:9000");
        verifies(new SignedRequest("GET", path, all, Optional.of("bucket"), headers));
        refused("SIGNATURE_MISMATCH", new SignedRequest("GET", path, all, Optional.of("other"), headers));
        refused("SIGNATURE_MISMATCH", new SignedRequest("GET", path, all, headers));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "PUT|" + GET + "|k|k",
                "HEAD|" + GET + "|k|k",
                "GET|" + GET + "|/b/k|/b/l",
                "GET|" + GET + "|/b/k|/b/%6b",
                "GET|" + GET + "|/b/k|/b//k",
                "GET|" + GET + "|1893456000|1893456001",
                "GET|" + GET + "|1893456000|01893456000",
                "GET|" + GET + "|LWOi|LWOj",
                "GET|" + GET + "|%3D|",
                "GET|" + GET + "|?|?acl&",
                "GET|" + GET + "|?|?versionId=x&",
                "GET|" + GET + "|?|?response-content-type=text/html&",
                "GET|" + GET + "|?|?x-amz-acl=public-read&",
                "GET|" + GET + "|?|?X-Amz-Meta-A=b&",
                "PUT|" + PUT + "|?|?content-type=text/html&",
                "PUT|" + PUT + "|?|?Content-MD5=1B2M2Y8AsgTpgAmY7PhCfg%3D%3D&",
                "PUT|" + PUT + "|?|?x-amz-copy-source=a/b&",
                "PUT|" + PUT_TEXT + "|plain|html",
                "PUT|" + PUT_TEXT + "|&content-type=text%2Fplain%3B%20charset%3Dutf-8|",
                "PUT|" + PUT_HEADERS + "|blue|red",
                "PUT|" + PUT_HEADERS + "|&content-md5=1B2M2Y8AsgTpgAmY7PhCfg%3D%3D|",
                "PUT|" + COPY + "|&x-amz-copy-source=a%2Fs%2520p|",
                "GET|" + VERSION + "|3sL4|3sL5",
                "GET|" + OVERRIDES + "|plain|html",
                "GET|" + OVERRIDES + "|&response-content-type=text%2Fplain|"
            })
    void eachPartIsSigned(String method, String url, String part, String other) {
        assertTrue(url.contains(part));
        AuthException refused =
                refused("SIGNATURE_MISMATCH", request(method, url.replace(part, other == null ? "" : other)));
        assertTrue(refused.details().stream().anyMatch(detail -> detail.name().equals("StringToSign")));
        assertFalse(refused.details().toString().contains(SECRET));
    }

    @ParameterizedTest
    @CsvSource({
        "x-amz-acl,public-read",
        "content-type,text/html",
        "content-md5,AAAA",
        "x-amz-content-sha256,UNSIGNED-PAYLOAD"
    })
    void headersAreSignedToo(String name, String value) {
        refused("SIGNATURE_MISMATCH", request("PUT", PUT, name, value));
    }

    @Test
    void aHeaderMayRepeatItsParameterButNotContradictIt() {
        verifies(request("PUT", PUT_TEXT, "content-type", "text/plain; charset=utf-8"));
        refused("INVALID_REQUEST", request("PUT", PUT_TEXT, "content-type", "text/html"));
        verifies(request("GET", GET, "x-amz-date", "20300101T000000Z"));
    }

    @Test
    void severalHeadersOfOneNameAreOneLine() {
        String query = SIGNER.query("PUT\n\nimage/jpeg\n", "x-amz-acl:private\nx-amz-meta-who:joe,jane\n/b/k");
        String[] headers = {
            "x-amz-meta-who", "joe", "content-type", "image/jpeg", "x-amz-meta-who", " jane ", "x-amz-acl", "private"
        };
        verifies(request("PUT", "/b/k?" + query, headers));
    }

    @Test
    void aLineFeedInAHeaderOfTheQueryIsRefused() {
        String query = SIGNER.query("PUT\n\n\n", "x-amz-copy-source:/a/b\nx-amz-meta-a:b\n/b/k");
        verifies(request("PUT", "/b/k?x-amz-copy-source=/a/b&x-amz-meta-a=b&" + query));
        refused("INVALID_REQUEST", request("PUT", "/b/k?x-amz-copy-source=/a/b%0Ax-amz-meta-a%3Ab&" + query));
        refused("INVALID_REQUEST", request("PUT", "/b/k?x-amz-copy-source:/a/b%0Ax-amz-meta-a=b&" + query));
    }

    @Test
    void oneParameterThatLooksLikeTwoIsRefused() {
        String query = SIGNER.query("GET\n\n\n", "/b/k?response-expires=a&versionId=v");
        verifies(request("GET", "/b/k?response-expires=a&versionId=v&" + query));
        refused("INVALID_REQUEST", request("GET", "/b/k?response-expires=a%26versionId%3Dv&" + query));
        String innocent = SIGNER.query("GET\n\n\n", "/b/k?response-expires=a&b&&=c&");
        verifies(request("GET", "/b/k?response-expires=a%26b%26%26%3Dc%26&" + innocent));
    }

    @ParameterizedTest
    @CsvSource({"0,", "-86400,", "1,Request has expired"})
    void itEnds(long secondsAfterEnd, String message) {
        clock.set(Instant.ofEpochSecond(END + secondsAfterEnd));
        if (message == null) {
            verifies(request("GET", GET));
        } else {
            assertEquals(message, refused("ACCESS_DENIED", request("GET", GET)).getMessage());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"soon", "-1", "1e9", "1893456000.0", "253402300800", "99999999999999999999", "%2B1"})
    void aTimeThatIsNoneIsNamed(String expires) {
        AuthException refused = refused("ACCESS_DENIED", request("GET", GET.replace("1893456000", expires)));
        assertTrue(refused.getMessage().startsWith("Invalid date (should be seconds since epoch"));
    }

    @Test
    void eachParameterIsNeeded() {
        for (String name : List.of("AWSAccessKeyId", "Signature", "Expires")) {
            AuthException refused = refused("ACCESS_DENIED", request("GET", GET.replace(name, "other")));
            assertTrue(refused.getMessage().endsWith("there is no " + name + "."), refused.getMessage());
        }
        assertInstanceOf(
                Identity.Anonymous.class,
                verifier.verify(request("GET", "/b/k?Expires=1893456000")).identity());
    }

    @Test
    void anotherKeyAndATokenAreRefused() {
        refused("INVALID_ACCESS_KEY", request("GET", GET.replace(KEY, "AKIAIOSFODNN7EXAMPLF")));
        refused("INVALID_TOKEN", request("GET", GET + "&x-amz-security-token=t"));
        refused("INVALID_TOKEN", request("GET", GET, "x-amz-security-token", "t"));
    }

    @Test
    void oneMechanismIsEnough() {
        refused("INVALID_ARGUMENT", request("GET", GET, "authorization", "AWS4-HMAC-SHA256 Credential=x"));
        refused("INVALID_ARGUMENT", request("GET", GET + "&X-Amz-Algorithm=AWS4-HMAC-SHA256"));
    }

    @Test
    void aHashOfTheBodyIsUnderstoodWhenItIsSigned() {
        String hash = "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072";
        Payload.Hashed hashed =
                assertInstanceOf(Payload.Hashed.class, verifies(withHash(hash)).payload());
        assertArrayEquals(Hmac.Sha256.of(TestSigner.latin1("Welcome to Amazon S3.")), hashed.sha256());
        assertInstanceOf(
                Payload.Unsigned.class, verifies(withHash(Payload.UNSIGNED)).payload());
        refused("INVALID_ARGUMENT", withHash(Payload.SIGNED_CHUNKS));
    }

    @Test
    void aCustomersKeyIsNotShown() {
        AuthException refused = refused(
                "SIGNATURE_MISMATCH",
                request("GET", GET, "x-amz-server-side-encryption-customer-key", "the-key-of-a-customer"));
        assertFalse(refused.details().toString().contains("the-key-of-a-customer"));
    }

    private static SignedRequest withHash(String word) {
        String query = SIGNER.query("PUT\n\n\n", "x-amz-content-sha256:" + word + "\n/b/k");
        return request("PUT", "/b/k?" + query, "x-amz-content-sha256", word);
    }

    private static SignedRequest request(String method, String url, String... more) {
        int question = url.indexOf('?');
        List<String> headers = new ArrayList<>(List.of("host", HOST));
        headers.addAll(List.of(more));
        return new SignedRequest(method, url.substring(0, question), url.substring(question + 1), headers);
    }

    private Verified verifies(SignedRequest request) {
        Verified verified = verifier.verify(request);
        assertEquals(new Identity.Root(KEY), verified.identity());
        return verified;
    }

    private AuthException refused(String kind, SignedRequest request) {
        AuthException refused = assertThrows(AuthException.class, () -> verifier.verify(request));
        assertEquals(AuthException.Kind.valueOf(kind), refused.kind(), refused.getMessage());
        return refused;
    }
}
