package io.kintsugi.it;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A client of the console, of health or of metrics who sends one request behind the other gets one answer. */
class ShortConnectionsIT {
    private static final int TIMEOUT_MILLIS = 100_000;

    @TempDir
    Path root;

    @Test
    void whoSendsManyRequestsGetsOneAnswer() throws Exception {
        try (StoreProcess store = StoreProcess.under(root).start()) {
            assertOneAnswer(store.console(), "/", "404");
            assertOneAnswer(store.management(), "/q/health/live", "200");
            assertOneAnswer(store.management(), "/q/health/ready", "200");
            assertOneAnswer(store.management(), "/q/metrics", "200");
            assertOneAnswer(store.management(), "/nothing", "404");
            store.stop();
        }
    }

    private static void assertOneAnswer(URI to, String path, String status) throws IOException {
        String request = "GET " + path + " HTTP/1.1\r\nhost: h\r\n\r\n";
        try (Socket socket = new Socket(to.getHost(), to.getPort())) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.getOutputStream().write(request.repeat(10).getBytes(US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), US_ASCII);
            assertTrue(answer.startsWith("HTTP/1.1 " + status + " "), answer);
            assertTrue(answer.toLowerCase(Locale.ROOT).contains("\r\nconnection: close\r\n"), answer);
            assertEquals(2, answer.split("HTTP/1.1 ", -1).length, answer);
        }
    }
}
