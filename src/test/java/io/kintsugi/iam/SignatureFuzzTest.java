package io.kintsugi.iam;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Whatever a client says of itself: it is refused with a reason, or asks for nothing; nobody gets in by chance. */
class SignatureFuzzTest {
    private static final SettableClock CLOCK = new SettableClock(Instant.parse("2026-11-27T12:01:00Z"));
    private static final SigV4Verifier VERIFIER = verifier("a-secret-of-the-test");
    private static final SigV4Verifier OTHER = verifier("another-secret");

    private static SigV4Verifier verifier(String secret) {
        return new SigV4Verifier(new RootCredentials("tester", secret), "us-east-1", CLOCK);
    }

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
        SignedRequest request = new SignedRequest(first[0], first.length > 1 ? first[1] : "/", query, headers);
        // what is said is the same whatever the secret is. To look for the secret in it would show it to the fuzzer,
        // which
        // watches comparisons, and a refusal repeats what the client sent
        assertEquals(answer(VERIFIER, request), answer(OTHER, request));
        try {
            HeadersInQuery.join(query, headers);
        } catch (AuthException refused) {
            refused.kind();
        }
    }

    private static String answer(SigV4Verifier verifier, SignedRequest request) {
        try {
            assertTrue(verifier.verify(request).identity() instanceof Identity.Anonymous, "a forged signature");
            return "";
        } catch (AuthException refused) {
            return refused.kind() + refused.getMessage() + refused.details();
        }
    }

    @FuzzTest(maxDuration = "10s")
    void anyDate(byte[] data) {
        String text = new String(data, ISO_8859_1);
        AmzDate.parse(text).ifPresent(AmzDate::day);
        AmzDate.parseHttp(text).ifPresent(AmzDate::day);
    }
}
