package io.kintsugi.iam;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.kintsugi.base.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Whatever a client says of itself: it is refused with a reason, or asks for nothing; nobody gets in by chance. */
class SignatureFuzzTest {
    private static final RootCredentials ROOT = new RootCredentials("tester", "a-secret-of-the-test");
    private static final SigV4Verifier VERIFIER = new SigV4Verifier(ROOT, "us-east-1", Clock.SYSTEM);

    /** A line of method, path and query, separated by blanks; then lines {@code name:value}. */
    @FuzzTest(maxDuration = "10s")
    void anyRequest(byte[] data) {
        String[] lines = new String(data, ISO_8859_1).split("\n", 64);
        String[] first = lines[0].split(" ", 3);
        List<String> headers = new ArrayList<>();
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            if (colon > 0) {
                headers.add(lines[i].substring(0, colon).toLowerCase(Locale.ROOT));
                headers.add(lines[i].substring(colon + 1).strip());
            }
        }
        String query = first.length > 2 ? first[2] : "";
        verify(new SignedRequest(first[0], first.length > 1 ? first[1] : "/", query, headers));
        try {
            HeadersInQuery.join(query, headers);
        } catch (AuthException refused) {
            refused.kind();
        }
    }

    private static void verify(SignedRequest request) {
        try {
            assertTrue(VERIFIER.verify(request).identity() instanceof Identity.Anonymous, "a forged signature");
        } catch (AuthException refused) {
            assertTrue(!refused.getMessage().contains(ROOT.secretKey()));
        }
    }

    @FuzzTest(maxDuration = "10s")
    void anyDate(byte[] data) {
        String text = new String(data, ISO_8859_1);
        AmzDate.parse(text).ifPresent(AmzDate::day);
        AmzDate.parseHttp(text).ifPresent(AmzDate::day);
    }
}
