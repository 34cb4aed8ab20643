package io.kintsugi.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The process itself: it starts on the addresses that it is given, says that it is well, ends on signals, starts again.
 */
class StartStopIT {
    /** Ended by request: 0, or what shells show for SIGTERM. */
    private static final Set<Integer> ENDED_BY_SIGTERM = Set.of(0, 128 + 15);

    private static final int ENDED_BY_SIGKILL = 128 + 9;

    @TempDir
    Path root;

    @Test
    void listensWhereItIsToldAndIsHealthy() throws Exception {
        try (var store = StoreProcess.under(root).start()) {
            assertEquals(200, store.manage("/q/health/live").statusCode());
            var ready = store.manage("/q/health/ready");
            assertEquals(200, ready.statusCode());
            assertFalse(ready.body().contains("PostgreSQL"), "nothing is told of what is not used");
            assertTrue(store.manage("/q/metrics").body().contains("jvm_")
                    || StoreProcess.binary().isPresent());
            assertListens(store.endpoint());
            assertListens(store.console());
        }
    }

    /** The one that was built, which its banner has as well; also beside a store that runs. */
    @Test
    void saysWhichVersionItIs() throws InterruptedException {
        try (var store = StoreProcess.under(root).start()) {
            int said = store.log().length();
            assertEquals(0, store.command("--version").waitForExit(), store::log);
            String line = store.log().substring(said).strip();
            assertTrue(line.startsWith("kintsugi ") && Character.isDigit(line.charAt(9)), line);
            assertTrue(store.log().contains("Kintsugi " + line.substring(9) + " is ready"), store::log);
        }
    }

    @Test
    void endsOnSigtermAndStartsAgain() {
        try (var store = StoreProcess.under(root).start()) {
            int status = store.stop();
            assertTrue(ENDED_BY_SIGTERM.contains(status), () -> "status " + status + "\n" + store.log());
            assertFalse(store.isAlive());
            store.start();
            assertTrue(store.isAlive());
        }
    }

    @Test
    void startsAgainAfterSigkill() {
        try (var store = StoreProcess.under(root).start()) {
            store.kill();
            assertEquals(ENDED_BY_SIGKILL, store.awaitExit());
            store.start();
            assertTrue(store.isAlive());
        }
    }

    private static void assertListens(URI address) throws Exception {
        try (var socket = new Socket(address.getHost(), address.getPort())) {
            assertTrue(socket.isConnected());
        }
    }
}
